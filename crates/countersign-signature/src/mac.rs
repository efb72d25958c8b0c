//! The HMAC methods: a key whose schedule is kept, so that signing costs only the message.

use countersign_key::SecureRandom;
use hmac::{EagerHash, Hmac, KeyInit as _, Mac as _};
use subtle::{Choice, ConstantTimeEq as _};
use zeroize::Zeroize as _;

use crate::method::Scheme;
use crate::signer::SigningKey;
use crate::verifier::VerifyingKey;
use crate::{
    HmacKey, KeyKind, Message, Method, Signature, SignatureMismatch, SignerError, UnusableKey,
};

/// The prepared key of a signer or verifier.
pub(crate) struct Key(Box<dyn Mac>);

impl Key {
    pub(crate) fn new(method: &'static Method, key: &HmacKey) -> Result<Self, UnusableKey> {
        match method.scheme {
            Scheme::Mac(prepare) => Ok(Self(prepare(key.expose_secret()))),
            _ => Err(UnusableKey::WrongKind {
                method: method.name(),
                expected: method.kind(),
                found: KeyKind::Secret,
            }),
        }
    }
}

impl SigningKey for Key {
    fn sign(
        &self,
        _method: &'static Method,
        message: &[u8],
        _random: Option<&mut dyn SecureRandom>,
    ) -> Result<Signature, SignerError> {
        let mut code = [0; 64];
        let len = self.0.mac(message, &mut code);
        Ok(Signature::from_array(code, len))
    }

    fn sign_text(
        &self,
        _method: &'static Method,
        message: &[u8],
        _random: Option<&mut dyn SecureRandom>,
        out: &mut Vec<u8>,
    ) -> Result<(), SignerError> {
        let mut code = [0; 64];
        let len = self.0.mac(message, &mut code);
        crate::signature::write_base64(code.get(..len).unwrap_or(&[]), out);
        Ok(())
    }
}

impl VerifyingKey for Key {
    fn verify(&self, message: &Message<'_>, signature: &[u8]) -> Result<(), SignatureMismatch> {
        let mut code = [0; 64];
        let len = self.0.mac(message.base_string(), &mut code);
        let code = code.get(..len).unwrap_or(&[]);
        if same(code, signature).into() {
            return Ok(());
        }
        Err(SignatureMismatch)
    }
}

/// Compares in constant time for codes of one length: all differences are gathered, and looked at
/// once.
fn same(a: &[u8], b: &[u8]) -> Choice {
    let ((a_words, a_rest), (b_words, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let words = a_words.iter().zip(b_words).fold(0, |differing, (a, b)| {
        differing | (u32::from_ne_bytes(*a) ^ u32::from_ne_bytes(*b))
    });
    // No code is empty, and lengths are no secret.
    words.ct_eq(&0)
        & a_rest.ct_eq(b_rest)
        & Choice::from(u8::from(a.len() == b.len() && !a.is_empty()))
}

/// A key prepared for message authentication.
pub(crate) trait Mac: Send + Sync {
    /// Writes the code of `message` to the front of `out`; how long it is.
    fn mac(&self, message: &[u8], out: &mut [u8; 64]) -> usize;
}

/// Any hash function, by way of the `hmac` crate.
struct Keyed<D: EagerHash>(Hmac<D>);

/// Prepares `key`, which may have any length.
pub(crate) fn prepare<D>(key: &[u8]) -> Box<dyn Mac>
where
    D: EagerHash,
    Hmac<D>: Send + Sync + Clone + 'static,
{
    match Hmac::<D>::new_from_slice(key) {
        Ok(state) => Box::new(Keyed::<D>(state)),
        // HMAC takes keys of any length; the trait's error has no case here.
        Err(_) => Box::new(Keyed::<D>(Hmac::new(
            &hmac::digest::common::Key::<Hmac<D>>::default(),
        ))),
    }
}

impl<D> Mac for Keyed<D>
where
    D: EagerHash,
    Hmac<D>: Send + Sync + Clone,
{
    fn mac(&self, message: &[u8], out: &mut [u8; 64]) -> usize {
        let code = self.0.clone().chain_update(message).finalize().into_bytes();
        for (to, from) in out.iter_mut().zip(code.iter()) {
            *to = *from;
        }
        code.len().min(out.len())
    }
}

/// HMAC-SHA1 on the compression function itself.
///
/// Most OAuth 1.0a signatures are HMAC-SHA1 over a few hundred bytes. There, cloning and finishing
/// the general state takes a fifth of the whole; keeping only the two chaining values takes
/// nothing.
struct KeyedSha1 {
    inner: [u32; 5],
    outer: [u32; 5],
}

const BLOCK: usize = 64;
const SHA1_START: [u32; 5] = [
    0x6745_2301,
    0xefcd_ab89,
    0x98ba_dcfe,
    0x1032_5476,
    0xc3d2_e1f0,
];

const SHA1_LEN: usize = 20;

/// Room for a hash, a one bit, zeros, and the length in bits of a block and a hash.
const OUTER_BLOCK: [u8; BLOCK] = {
    let mut block = [0; BLOCK];
    block[SHA1_LEN] = 0x80;
    let [.., high, low] = ((BLOCK + SHA1_LEN) * 8).to_be_bytes();
    block[BLOCK - 2] = high;
    block[BLOCK - 1] = low;
    block
};

/// Prepares `key`, which may have any length, for SHA-1.
pub(crate) fn prepare_sha1(key: &[u8]) -> Box<dyn Mac> {
    let hashed;
    let short = if key.len() > BLOCK {
        hashed = crate::Hash::Sha1.digest(key);
        hashed.as_bytes()
    } else {
        key
    };
    let start = |pad: u8| {
        let mut block = [pad; BLOCK];
        for (to, from) in block.iter_mut().zip(short) {
            *to ^= *from;
        }
        let mut state = SHA1_START;
        sha1::block_api::compress(&mut state, &[block]);
        block.zeroize();
        state
    };
    Box::new(KeyedSha1 {
        inner: start(0x36),
        outer: start(0x5c),
    })
}

impl Mac for KeyedSha1 {
    fn mac(&self, message: &[u8], out: &mut [u8; 64]) -> usize {
        let mut state = self.inner;
        finish_sha1(&mut state, message);
        // The second message is as long as a hash, so its block is always the same but for that.
        let mut block = OUTER_BLOCK;
        write_sha1(&state, &mut block);
        state = self.outer;
        sha1::block_api::compress(&mut state, &[block]);
        write_sha1(&state, out);
        SHA1_LEN
    }
}

/// Absorbs `message` and the padding into a state that has absorbed one block already.
fn finish_sha1(state: &mut [u32; 5], message: &[u8]) {
    let (blocks, rest) = message.as_chunks::<BLOCK>();
    sha1::block_api::compress(state, blocks);
    // The rest, a one bit, zeros, and the length in bits: one block if it fits, else two.
    let mut last = [[0; BLOCK]; 2];
    if let Some((place, after)) = last.as_flattened_mut().split_at_mut_checked(rest.len()) {
        place.copy_from_slice(rest);
        if let Some(end) = after.first_mut() {
            *end = 0x80;
        }
    }
    let blocks: &mut [[u8; BLOCK]] = if rest.len() < 56 {
        &mut last[..1]
    } else {
        &mut last
    };
    let bits = u64::try_from(message.len())
        .unwrap_or(u64::MAX)
        .wrapping_add(64)
        .wrapping_mul(8);
    if let Some(place) = blocks.as_flattened_mut().last_chunk_mut() {
        *place = bits.to_be_bytes();
    }
    sha1::block_api::compress(state, blocks);
}

fn write_sha1(state: &[u32; 5], out: &mut [u8]) {
    for (to, word) in out.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *to = word.to_be_bytes();
    }
}

impl Drop for KeyedSha1 {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

#[cfg(test)]
mod tests;
