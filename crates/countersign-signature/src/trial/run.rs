//! The three hash functions on their compression functions, so that a state costs next to nothing
//! to copy and to finish.

use zeroize::Zeroize;

use crate::Hash;

/// The longest block, of SHA-512.
const LONGEST: usize = 128;

/// What a key is padded with for the inner and for the outer hash (RFC 2104 section 2).
const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

/// The chaining value of a hash function.
pub(super) trait Core: Copy + Zeroize {
    const HASH: Hash;
    /// Bytes of a block.
    const BLOCK: usize;
    /// Bytes that the length takes at the end of the last block.
    const LENGTH: usize;
    const START: Self;
    /// Two blocks of zeros: what is left of a text, its end mark and its length never need more.
    const TAIL: Self::Tail;
    type Tail: AsMut<[u8]>;

    /// Absorbs whole blocks.
    fn compress(&mut self, blocks: &[u8]);

    /// The chaining value as bytes, at the front.
    fn bytes(&self) -> [u8; 64];
}

macro_rules! core {
    ($name:ident, $word:ty, $words:literal, $block:literal, $length:literal, $hash:expr, $compress:path, $start:expr) => {
        #[derive(Clone, Copy)]
        pub(super) struct $name([$word; $words]);

        impl Zeroize for $name {
            fn zeroize(&mut self) {
                self.0.zeroize();
            }
        }

        impl Core for $name {
            const HASH: Hash = $hash;
            const BLOCK: usize = $block;
            const LENGTH: usize = $length;
            const START: Self = Self($start);
            const TAIL: Self::Tail = [0; 2 * $block];
            type Tail = [u8; 2 * $block];

            #[inline]
            fn compress(&mut self, blocks: &[u8]) {
                $compress(&mut self.0, blocks.as_chunks::<$block>().0);
            }

            #[inline]
            fn bytes(&self) -> [u8; 64] {
                let mut out = [0; 64];
                let (places, _) = out.as_chunks_mut::<{ size_of::<$word>() }>();
                for (to, word) in places.iter_mut().zip(&self.0) {
                    *to = word.to_be_bytes();
                }
                out
            }
        }
    };
}

core!(
    Sha1,
    u32,
    5,
    64,
    8,
    Hash::Sha1,
    sha1::block_api::compress,
    [
        0x6745_2301,
        0xefcd_ab89,
        0x98ba_dcfe,
        0x1032_5476,
        0xc3d2_e1f0
    ]
);
core!(
    Sha256,
    u32,
    8,
    64,
    8,
    Hash::Sha256,
    sha2::block_api::compress256,
    [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19
    ]
);
core!(
    Sha512,
    u64,
    8,
    128,
    16,
    Hash::Sha512,
    sha2::block_api::compress512,
    [
        0x6a09_e667_f3bc_c908,
        0xbb67_ae85_84ca_a73b,
        0x3c6e_f372_fe94_f82b,
        0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1,
        0x9b05_688c_2b3e_6c1f,
        0x1f83_d9ab_fb41_bd6b,
        0x5be0_cd19_137e_2179
    ]
);

/// A hash under way; with the outer chaining value it is an HMAC.
#[derive(Clone)]
pub(super) struct Run<C: Core> {
    state: C,
    outer: Option<C>,
    /// What did not fill a block yet.
    waiting: [u8; LONGEST],
    filled: usize,
    absorbed: u64,
}

impl<C: Core> Run<C> {
    pub(super) fn plain() -> Self {
        Self {
            state: C::START,
            outer: None,
            waiting: [0; LONGEST],
            filled: 0,
            absorbed: 0,
        }
    }

    pub(super) fn keyed(key: &[u8]) -> Self {
        let hashed;
        let short = if key.len() > C::BLOCK {
            hashed = C::HASH.digest(key);
            hashed.as_bytes()
        } else {
            key
        };
        let mut block = [INNER; LONGEST];
        for (to, from) in block.iter_mut().zip(short) {
            *to ^= *from;
        }
        let (mut inner, mut outer) = (C::START, C::START);
        inner.compress(front(&block, C::BLOCK));
        for octet in &mut block {
            *octet ^= INNER ^ OUTER;
        }
        outer.compress(front(&block, C::BLOCK));
        if let Some(secret) = block.get_mut(..short.len()) {
            secret.zeroize();
        }
        Self {
            state: inner,
            outer: Some(outer),
            absorbed: wide(C::BLOCK),
            ..Self::plain()
        }
    }

    pub(super) fn absorb(&mut self, part: &[u8]) {
        self.absorbed = self.absorbed.saturating_add(wide(part.len()));
        let (mut state, mut waiting) = (self.state, self.waiting);
        self.filled = run_through(&mut state, &mut waiting, self.filled, part);
        (self.state, self.waiting) = (state, waiting);
    }

    #[inline]
    pub(super) fn finish(&self, rest: &[u8]) -> [u8; 64] {
        let absorbed = self.absorbed.saturating_add(wide(rest.len()));
        self.end(
            self.state,
            front(&self.waiting, self.filled),
            rest,
            absorbed,
        )
    }

    /// The result from a state on, which has not absorbed `waiting`, less than a block, and `rest`;
    /// `absorbed` is the length of all in the end.
    #[inline]
    fn end(&self, mut state: C, waiting: &[u8], rest: &[u8], absorbed: u64) -> [u8; 64] {
        let mut part = rest;
        if !waiting.is_empty() {
            let room = C::BLOCK.saturating_sub(waiting.len());
            let Some((first, later)) = rest.split_at_checked(room) else {
                close(&mut state, [waiting, rest], absorbed);
                return self.wrapped(state);
            };
            let mut block = C::TAIL;
            put([waiting, first], block.as_mut());
            state.compress(front(block.as_mut(), C::BLOCK));
            part = later;
        }
        // Blocks are powers of two.
        let whole = part.len() & !C::BLOCK.wrapping_sub(1);
        let (blocks, left) = part.split_at_checked(whole).unwrap_or_default();
        if !blocks.is_empty() {
            state.compress(blocks);
        }
        close(&mut state, [left, &[]], absorbed);
        self.wrapped(state)
    }

    /// The result where this is the state at the end of the text.
    #[inline]
    fn wrapped(&self, state: C) -> [u8; 64] {
        let inner = state.bytes();
        let Some(mut outer) = self.outer else {
            return inner;
        };
        let len = C::HASH.len();
        let absorbed = wide(C::BLOCK.saturating_add(len));
        close(&mut outer, [front(&inner, len), &[]], absorbed);
        outer.bytes()
    }
}

/// A hash under way, and its states at the end of each block of a text behind that.
#[derive(Clone)]
pub(super) struct Track<C: Core> {
    run: Run<C>,
    states: Vec<C>,
}

impl<C: Core> Track<C> {
    pub(super) fn new(run: &Run<C>, text: &[u8]) -> Self {
        // Large enough, so that no state is left behind in a smaller one.
        let blocks = text.len().saturating_add(run.filled).checked_div(C::BLOCK);
        let mut states = Vec::with_capacity(blocks.unwrap_or_default());
        let (mut state, mut waiting) = (run.state, run.waiting);
        let mut rest = text;
        let mut room = C::BLOCK.saturating_sub(run.filled);
        let mut filled = run.filled;
        while let Some((block, later)) = rest.split_at_checked(room) {
            filled = run_through(&mut state, &mut waiting, filled, block);
            states.push(state);
            (rest, room) = (later, C::BLOCK);
        }
        debug_assert!(filled == 0 || states.is_empty(), "whole blocks only");
        if run.outer.is_some() {
            state.zeroize();
        }
        Self {
            run: run.clone(),
            states,
        }
    }

    #[inline]
    pub(super) fn finish(&self, text: &[u8], common: usize) -> [u8; 64] {
        let blocks = common
            .min(text.len())
            .saturating_add(self.run.filled)
            .checked_div(C::BLOCK)
            .unwrap_or_default();
        let known = blocks
            .min(self.states.len())
            .checked_sub(1)
            .and_then(|last| self.states.get(last));
        let Some(state) = known else {
            return self.run.finish(text);
        };
        let done = blocks
            .min(self.states.len())
            .saturating_mul(C::BLOCK)
            .saturating_sub(self.run.filled);
        let rest = text.get(done..).unwrap_or_default();
        let absorbed = self.run.absorbed.saturating_add(wide(text.len()));
        self.run.end(*state, &[], rest, absorbed)
    }
}

impl<C: Core> Drop for Track<C> {
    fn drop(&mut self) {
        if self.run.outer.is_some() {
            self.states.zeroize();
        }
    }
}

impl<C: Core> Drop for Run<C> {
    fn drop(&mut self) {
        if let Some(outer) = &mut self.outer {
            outer.zeroize();
            self.state.zeroize();
        }
    }
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[inline]
fn front(bytes: &[u8], len: usize) -> &[u8] {
    bytes.get(..len).unwrap_or_default()
}

/// Copies `parts` to the front of `to`; how many bytes that are.
#[inline]
fn put(parts: [&[u8]; 2], to: &mut [u8]) -> usize {
    let mut filled = 0_usize;
    for part in parts {
        let end = filled.saturating_add(part.len());
        if let Some(place) = to.get_mut(filled..end) {
            place.copy_from_slice(part);
            filled = end;
        }
    }
    filled
}

/// Absorbs `part` into a state with `filled` bytes waiting; how many wait then.
#[inline]
fn run_through<C: Core>(
    state: &mut C,
    waiting: &mut [u8; LONGEST],
    mut filled: usize,
    mut part: &[u8],
) -> usize {
    if filled > 0 {
        let room = C::BLOCK.saturating_sub(filled);
        let place = waiting.get_mut(filled..).unwrap_or_default();
        let Some((first, later)) = part.split_at_checked(room) else {
            return filled.saturating_add(put([part, &[]], place));
        };
        put([first, &[]], place);
        state.compress(front(waiting, C::BLOCK));
        part = later;
    }
    // Blocks are powers of two.
    let whole = part.len() & !C::BLOCK.wrapping_sub(1);
    if let Some((blocks, rest)) = part.split_at_checked(whole) {
        if !blocks.is_empty() {
            state.compress(blocks);
        }
        filled = put([rest, &[]], waiting);
    }
    filled
}

/// Absorbs the end of a text, less than a block in two parts, with a one bit, zeros, and the length
/// in bits of all that was absorbed.
#[inline]
fn close<C: Core>(state: &mut C, parts: [&[u8]; 2], absorbed: u64) {
    let mut tail = C::TAIL;
    let tail = tail.as_mut();
    let filled = put(parts, tail);
    if let Some(mark) = tail.get_mut(filled) {
        *mark = 0x80;
    }
    let room = C::BLOCK.saturating_sub(C::LENGTH);
    let len = if filled < room {
        C::BLOCK
    } else {
        C::BLOCK.saturating_mul(2)
    };
    if let Some(place) = tail.get_mut(..len).and_then(<[u8]>::last_chunk_mut) {
        *place = absorbed.saturating_mul(8).to_be_bytes();
    }
    state.compress(front(tail, len));
}
