//! Where text is written to: a buffer that grows, or a sink.

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
    /// A parameter to encode twice, after a separator unless it is the first.
    #[inline(always)]
    fn pair_twice(&mut self, first: bool, name: &Component<'_>, value: &Component<'_>) {
        if !first {
            self.plain(AND);
        }
        self.twice(name);
        self.plain(EQUALS);
        self.twice(value);
    }
}

/// `&` and `=` between parameters of a base string, encoded once.
const AND: &[u8] = b"%26";
const EQUALS: &[u8] = b"%3D";

/// A vector that is written to behind a place, and grows when it has to.
///
/// The vector's length is what may be written to, so that a kept one is not filled with zeros
/// again. It is held by value, which lets the compiler keep all of this in registers.
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    at: usize,
}

impl Buffer {
    /// Appends what `write` writes; most often `len` bytes are enough for that.
    #[inline]
    pub(crate) fn append(out: &mut Vec<u8>, len: usize, write: impl FnOnce(&mut Self)) {
        let at = out.len();
        let mut bytes = core::mem::take(out);
        bytes.resize(at.saturating_add(len).saturating_add(SLACK), 0);
        let mut buffer = Self { bytes, at };
        write(&mut buffer);
        let Self { mut bytes, at } = buffer;
        bytes.truncate(at);
        *out = bytes;
    }

    /// Overwrites `kept` from its beginning; says how much of it counts.
    #[inline]
    pub(crate) fn overwrite(kept: &mut Vec<u8>, write: impl FnOnce(&mut Self)) -> usize {
        let mut buffer = Self {
            bytes: core::mem::take(kept),
            at: 0,
        };
        write(&mut buffer);
        *kept = buffer.bytes;
        buffer.at
    }

    /// Lets `write` write where `len` bytes are free, slack included.
    #[inline(always)]
    pub(crate) fn with_room(&mut self, len: usize, write: impl FnOnce(&mut [u8]) -> Option<usize>) {
        // `at` is never past the end.
        if self.bytes.len().wrapping_sub(self.at) < len {
            self.bytes = grown(core::mem::take(&mut self.bytes), self.at, len);
        }
        if let Some(written) = self.bytes.get_mut(self.at..).and_then(write) {
            self.at = self.at.wrapping_add(written);
        }
    }
}

/// Twice as long at least, so that growing costs little in all.
#[cold]
#[inline(never)]
fn grown(mut bytes: Vec<u8>, at: usize, len: usize) -> Vec<u8> {
    let len = at
        .saturating_add(len)
        .max(bytes.len().saturating_mul(2))
        .max(1024);
    bytes.resize(len, 0);
    bytes
}

impl Output for Buffer {
    #[inline(always)]
    fn plain(&mut self, text: &[u8]) {
        // No text is so long that this wraps.
        self.with_room(text.len().wrapping_add(SLACK), |room| copy(text, room));
    }

    #[inline]
    fn once(&mut self, octets: &[u8]) {
        let len = octets.len().saturating_mul(3).saturating_add(SLACK);
        self.with_room(len, |room| encode_to_slice(octets, room));
    }

    #[inline(always)]
    fn twice(&mut self, component: &Component<'_>) {
        if component.is_verbatim() {
            return self.plain(component.bytes());
        }
        let len = component.twice_len().saturating_add(SLACK);
        self.with_room(len, |room| component.write_twice(room));
    }

    #[inline(always)]
    fn pair_twice(&mut self, first: bool, name: &Component<'_>, value: &Component<'_>) {
        let len = name
            .twice_len()
            .saturating_add(value.twice_len())
            .saturating_add(PAIR_SLACK);
        self.with_room(len, |room| {
            let mut at: usize = 0;
            if !first {
                *room.first_chunk_mut()? = *b"%26 ";
                at = AND.len();
            }
            at = at.wrapping_add(name.write_twice(room.get_mut(at..)?)?);
            let room = room.get_mut(at..)?;
            *room.first_chunk_mut()? = *b"%3D ";
            let room = room.get_mut(EQUALS.len()..)?;
            let written = value.write_twice(room)?;
            Some(at.wrapping_add(EQUALS.len()).wrapping_add(written))
        });
    }
}

/// Room for what stands before name and value, and the slack of both.
const PAIR_SLACK: usize = SLACK + 8;

/// Copies text to the beginning of `room`; says how long it is. Most texts here are short: two
/// copies of fixed length that may overlap beat a call.
#[inline(always)]
pub(crate) fn copy(text: &[u8], room: &mut [u8]) -> Option<usize> {
    let len = text.len();
    let slot = room.get_mut(..len)?;
    if len >= 16 {
        if len <= 32 {
            *slot.first_chunk_mut::<16>()? = *text.first_chunk()?;
            *slot.last_chunk_mut::<16>()? = *text.last_chunk()?;
        } else if len <= 64 {
            *slot.first_chunk_mut::<32>()? = *text.first_chunk()?;
            *slot.last_chunk_mut::<32>()? = *text.last_chunk()?;
        } else {
            slot.copy_from_slice(text);
        }
    } else if len >= 8 {
        *slot.first_chunk_mut::<8>()? = *text.first_chunk()?;
        *slot.last_chunk_mut::<8>()? = *text.last_chunk()?;
    } else if len >= 4 {
        *slot.first_chunk_mut::<4>()? = *text.first_chunk()?;
        *slot.last_chunk_mut::<4>()? = *text.last_chunk()?;
    } else if len >= 2 {
        *slot.first_chunk_mut::<2>()? = *text.first_chunk()?;
        *slot.last_chunk_mut::<2>()? = *text.last_chunk()?;
    } else if let (Some(slot), Some(byte)) = (slot.first_mut(), text.first()) {
        *slot = *byte;
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
