//! A connection whose bytes are looked at before hyper reads them.

use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::io;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use super::{Framing, Refused};

/// What hyper reads instead of the rest of a head that is refused: whatever came before, it is no
/// request, and answered with 400 in its turn.
const NO_REQUEST: &[u8] = b"\0\r\n\r\n";

/// How long the end of a connection waits for a sender who is still sending: closed at once, the
/// answer might not reach it.
const LINGER: Duration = Duration::from_secs(1);

/// How much is read and thrown away in that time.
const THROWN_AWAY: usize = 256 * 1024;

/// A connection that gives only messages that all readers read in the same way.
#[derive(Debug)]
pub(crate) struct Checked<S> {
    stream: S,
    framing: Framing,
    refused: Option<Instead>,
    ending: Option<Ending>,
}

/// What is read once a message was refused.
#[derive(Debug)]
enum Instead {
    /// This, then the end.
    NoRequest(&'static [u8]),
    /// An error: the head was answered or is being acted on.
    Error,
}

#[derive(Debug)]
struct Ending {
    /// Allocated for those connections only that end in the middle of a message.
    linger: Pin<Box<Sleep>>,
    left: usize,
}

impl<S> Checked<S> {
    pub(crate) const fn new(stream: S) -> Self {
        Self {
            stream,
            framing: Framing::new(),
            refused: None,
            ending: None,
        }
    }

    /// Reads what takes the place of a refused message.
    fn read_instead(&mut self, buffer: &mut ReadBuf<'_>) -> io::Result<()> {
        match &mut self.refused {
            Some(Instead::NoRequest(rest)) => {
                let (now, later) = rest.split_at(rest.len().min(buffer.remaining()));
                buffer.put_slice(now);
                *rest = later;
                Ok(())
            }
            Some(Instead::Error) => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the body is not framed",
            )),
            None => Ok(()),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Checked<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.refused.is_some() {
            return Poll::Ready(this.read_instead(buffer));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
        let bytes = buffer.filled().get(before..).unwrap_or_default();
        let Err(Refused { passed, in_head }) = this.framing.read(bytes) else {
            return Poll::Ready(Ok(()));
        };
        buffer.set_filled(before.saturating_add(passed));
        this.refused = Some(if in_head {
            Instead::NoRequest(NO_REQUEST)
        } else {
            Instead::Error
        });
        tracing::debug!(in_head, "a message was refused by its frame");
        metrics::counter!("countersign_frames_refused_total").increment(1);
        if !in_head && passed > 0 {
            // First what came before it.
            return Poll::Ready(Ok(()));
        }
        Poll::Ready(this.read_instead(buffer))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Checked<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.ending.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
            if this.refused.is_none() && this.framing.is_between_messages() {
                return Poll::Ready(Ok(()));
            }
        }
        let ending = this.ending.get_or_insert_with(|| Ending {
            linger: Box::pin(tokio::time::sleep(LINGER)),
            left: THROWN_AWAY,
        });
        while ending.left > 0 {
            let mut room = [0; 2048];
            let mut buffer = ReadBuf::new(&mut room);
            match Pin::new(&mut this.stream).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    ending.left = ending.left.saturating_sub(buffer.filled().len());
                }
                // Whoever is gone needs no more care.
                Poll::Ready(_) => break,
                Poll::Pending => return ending.linger.as_mut().poll(context).map(Ok),
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests;
