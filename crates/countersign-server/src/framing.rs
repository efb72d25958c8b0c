//! Where one message ends and the next begins, read from the bytes themselves.
//!
//! hyper takes some messages that another reader takes for two, or for another one: a length beside
//! chunks, chunks twice, lines that end without a carriage return. None of them has an honest
//! sender, so each is 400 and the end of its connection, before anybody acts on it.

mod head;
mod line;
mod stream;

pub(crate) use stream::Checked;

use core::mem;

use head::Head;

/// The longest line of a head. hyper gives up earlier, with 431.
const HEAD_LINE: usize = 128 * 1024;

/// The longest line with the size of a chunk and what else is said of it.
const SIZE_LINE: usize = 512;

/// The end of the line behind a chunk.
const CHUNK_END: usize = 2;

/// The most bytes of fields behind the last chunk.
const TRAILERS: usize = 16 * 1024;

/// What comes next on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// A request's first line.
    Request,
    /// A field, or the empty line behind them.
    Field,
    /// So many bytes of a body, then a request.
    Body(u64),
    /// The size of a chunk.
    Size,
    /// So many bytes of a chunk.
    Chunk(u64),
    /// The end of the line behind a chunk.
    ChunkEnd,
    /// A field behind the last chunk, or the empty line behind them; so many bytes are left.
    Trailer(usize),
}

/// A message that is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused {
    /// How many of the bytes come before what is wrong.
    passed: usize,
    /// Whether it is in a head, which nobody has acted on yet.
    in_head: bool,
}

/// Follows the messages of one connection, in whatever pieces they come.
#[derive(Debug)]
pub(crate) struct Framing {
    next: Next,
    head: Head,
    /// The beginning of a line whose end has not come.
    begun: Vec<u8>,
}

impl Framing {
    pub(crate) const fn new() -> Self {
        Self {
            next: Next::Request,
            head: Head::new(),
            begun: Vec::new(),
        }
    }

    /// Whether all that came is whole messages.
    pub(crate) fn is_between_messages(&self) -> bool {
        self.next == Next::Request && self.begun.is_empty()
    }

    /// Reads on.
    ///
    /// After an error nothing more may be read.
    pub(crate) fn read(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = match &mut self.next {
                Next::Body(left) | Next::Chunk(left) => skip(left, rest.len()),
                _ => self.read_line(rest).map_err(|in_head| Refused {
                    passed: bytes.len().saturating_sub(rest.len()),
                    in_head,
                })?,
            };
            self.next = match self.next {
                Next::Body(0) => Next::Request,
                Next::Chunk(0) => Next::ChunkEnd,
                next => next,
            };
            rest = rest.get(taken..).unwrap_or_default();
        }
        Ok(())
    }

    /// Reads to the end of a line, or all there is; gives how many bytes that was.
    fn read_line(&mut self, bytes: &[u8]) -> Result<usize, bool> {
        let (in_head, longest) = match self.next {
            Next::Request | Next::Field => (true, HEAD_LINE),
            Next::Size => (false, SIZE_LINE),
            Next::Trailer(left) => (false, left),
            Next::ChunkEnd | Next::Body(_) | Next::Chunk(_) => (false, CHUNK_END),
        };
        let end = memchr::memchr(b'\n', bytes);
        let taken = end.map_or(bytes.len(), |end| end.saturating_add(1));
        let more = bytes.get(..taken).unwrap_or_default();
        let length = self.begun.len().saturating_add(more.len());
        if length > longest {
            return Err(in_head);
        }
        if end.is_none() {
            self.begun.extend_from_slice(more);
            return Ok(taken);
        }
        let next = if self.begun.is_empty() {
            self.line(more)
        } else {
            let mut line = mem::take(&mut self.begun);
            line.extend_from_slice(more);
            let next = self.line(&line);
            // Its room is good for the next line that comes in pieces.
            line.clear();
            self.begun = line;
            next
        };
        self.next = next.ok_or(in_head)?;
        Ok(taken)
    }

    /// What comes after a line; nothing if it can't be taken.
    fn line(&mut self, line: &[u8]) -> Option<Next> {
        let text = line.strip_suffix(b"\r\n")?;
        match self.next {
            // A line break too many between messages is nobody's message.
            Next::Request if text.is_empty() => Some(Next::Request),
            Next::Request => {
                self.head = Head::of(text)?;
                Some(Next::Field)
            }
            Next::Field if text.is_empty() => self.head.body(),
            Next::Field => {
                self.head.field(text)?;
                Some(Next::Field)
            }
            Next::Size => match line::chunk_size(text)? {
                0 => Some(Next::Trailer(TRAILERS)),
                size => Some(Next::Chunk(size)),
            },
            Next::ChunkEnd => text.is_empty().then_some(Next::Size),
            Next::Trailer(_) if text.is_empty() => Some(Next::Request),
            Next::Trailer(left) => {
                line::is_field(text).then(|| Next::Trailer(left.saturating_sub(line.len())))
            }
            Next::Body(_) | Next::Chunk(_) => None,
        }
    }
}

/// Takes what there is off what is left; gives how much that was.
fn skip(left: &mut u64, there: usize) -> usize {
    let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(there);
    *left = left.saturating_sub(u64::try_from(taken).unwrap_or(u64::MAX));
    taken
}

#[cfg(test)]
mod tests;
