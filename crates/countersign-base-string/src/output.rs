//! Where text is written to: a buffer of known size, or a sink.

use alloc::vec::Vec;

use countersign_encoding::{SLACK, encode_to_slice};

use crate::component::{Component, Spelling};

pub(crate) trait Output {
    /// Text that is written as it is.
    fn plain(&mut self, text: &[u8]);
    /// Octets to encode once.
    fn once(&mut self, octets: &[u8]);
    /// A component to encode once.
    #[inline(always)]
    fn component_once(&mut self, component: &Component<'_>) {
        match component.spelling() {
            Spelling::Plain | Spelling::Canonical => self.plain(component.bytes()),
            Spelling::Raw => self.once(component.bytes()),
            Spelling::Percent | Spelling::Form => self.once(&component.decoded()),
        }
    }
    /// A component to encode twice.
    fn twice(&mut self, component: &Component<'_>);
}

/// The end of a vector, made long enough for what comes.
pub(crate) struct Buffer<'b> {
    rest: &'b mut [u8],
    at: usize,
}

impl Buffer<'_> {
    /// Appends what `write` writes; that must be `len` bytes at most.
    #[inline]
    pub(crate) fn append(out: &mut Vec<u8>, len: usize, write: impl FnOnce(&mut Buffer<'_>)) {
        let start = out.len();
        out.resize(start.saturating_add(len).saturating_add(SLACK), 0);
        let mut buffer = Buffer {
            rest: out.get_mut(start..).unwrap_or_default(),
            at: 0,
        };
        write(&mut buffer);
        let written = buffer.at;
        out.truncate(start.saturating_add(written));
    }

    #[inline(always)]
    fn with_room(&mut self, write: impl FnOnce(&mut [u8]) -> Option<usize>) {
        if let Some(written) = self.rest.get_mut(self.at..).and_then(write) {
            // Never past the end of `rest`.
            self.at = self.at.wrapping_add(written);
        }
    }
}

impl Output for Buffer<'_> {
    #[inline(always)]
    fn plain(&mut self, text: &[u8]) {
        self.with_room(|room| copy(text, room));
    }

    #[inline(always)]
    fn once(&mut self, octets: &[u8]) {
        self.with_room(|room| encode_to_slice(octets, room));
    }

    #[inline(always)]
    fn twice(&mut self, component: &Component<'_>) {
        self.with_room(|room| component.write_twice(room));
    }
}

/// Copies text to the beginning of `room`; says how long it is. Most texts here are short: two
/// copies of fixed length that may overlap beat a call.
#[inline(always)]
pub(crate) fn copy(text: &[u8], room: &mut [u8]) -> Option<usize> {
    let slot = room.get_mut(..text.len())?;
    match text.len() {
        8..16 => {
            *slot.first_chunk_mut::<8>()? = *text.first_chunk()?;
            *slot.last_chunk_mut::<8>()? = *text.last_chunk()?;
        }
        16..33 => {
            *slot.first_chunk_mut::<16>()? = *text.first_chunk()?;
            *slot.last_chunk_mut::<16>()? = *text.last_chunk()?;
        }
        _ => slot.copy_from_slice(text),
    }
    Some(text.len())
}

/// How much is gathered before a sink gets it.
const GATHER: usize = 512;
/// How many octets are encoded at once; thrice as many fit into [`GATHER`].
const PIECE: usize = 64;

/// A sink behind a small buffer, so that it gets few large pieces.
pub(crate) struct Stream<W> {
    gathered: [u8; GATHER],
    at: usize,
    write: W,
}

impl<W: FnMut(&[u8])> Stream<W> {
    pub(crate) const fn new(write: W) -> Self {
        Self {
            gathered: [0; GATHER],
            at: 0,
            write,
        }
    }

    pub(crate) fn flush(&mut self) {
        if self.at > 0 {
            (self.write)(self.gathered.get(..self.at).unwrap_or_default());
            self.at = 0;
        }
    }

    /// The free part, at least `len` bytes long; `None` when there can't be so many.
    fn room(&mut self, len: usize) -> Option<&mut [u8]> {
        if len > GATHER {
            return None;
        }
        if self.at.saturating_add(len) > GATHER {
            self.flush();
        }
        self.gathered.get_mut(self.at..)
    }
}

impl<W: FnMut(&[u8])> Output for Stream<W> {
    fn plain(&mut self, text: &[u8]) {
        if let Some(slot) = self
            .room(text.len())
            .and_then(|room| room.get_mut(..text.len()))
        {
            slot.copy_from_slice(text);
            self.at = self.at.saturating_add(text.len());
        } else {
            self.flush();
            (self.write)(text);
        }
    }

    fn once(&mut self, octets: &[u8]) {
        for piece in octets.chunks(PIECE) {
            let written = self
                .room(PIECE.saturating_mul(3))
                .and_then(|room| encode_to_slice(piece, room));
            self.at = self.at.saturating_add(written.unwrap_or(0));
        }
    }

    fn twice(&mut self, component: &Component<'_>) {
        if let Some(written) = self
            .room(component.twice_len())
            .and_then(|room| component.write_twice(room))
        {
            self.at = self.at.saturating_add(written);
        } else {
            self.flush();
            component.stream_twice(&mut self.write);
        }
    }
}
