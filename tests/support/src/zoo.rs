//! The zoo of broken signers.
//!
//! A signer of its own, written from RFC 5849 without any crate of this project, that makes
//! requests at random and breaks their signatures by faults of real programs. Each fault is a hook
//! in one step of the signer and has the class of cause that the doctor should name.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::exhaustive_enums,
    reason = "test code that counts and draws"
)]

mod fault;
mod faults;
mod habitat;
mod request;
mod signer;
mod sorting;
mod spelling;
#[cfg(test)]
mod tests;

pub use fault::{Fault, Specimen, all, base_string_with, draw};
pub use request::{Credentials, Hash, Other, Request, Sent};
pub use signer::Signature;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_key::SecureRandom as _;

use crate::random::FixedRandom;
use spelling::Spelling;

/// A right request.
#[must_use]
pub fn request(random: &mut FixedRandom) -> Request {
    habitat::request(random)
}

/// The signature of a request by RFC 5849.
#[must_use]
pub fn signature(request: &Request) -> Signature {
    signer::Plan::right(request).sign()
}

/// A secret that has nothing to do with those of a request.
#[must_use]
pub fn another_secret(random: &mut FixedRandom) -> String {
    habitat::another_secret(random)
}

/// The request as sent with a right signature.
#[must_use]
pub fn right(request: &Request) -> Sent {
    request.send(&signature(request).encoded)
}

/// The request as sent with a signature under another consumer secret.
#[must_use]
pub fn signed_with(request: &Request, consumer_secret: &str) -> Sent {
    let mut other = request.clone();
    consumer_secret.clone_into(&mut other.credentials.consumer_secret);
    request.send(&signature(&other).encoded)
}

/// The request as sent with octets for a signature that no key made.
#[must_use]
pub fn signed_by_chance(request: &Request, random: &mut FixedRandom) -> Sent {
    let octets = match request.hash {
        Hash::Sha1 => 20,
        Hash::Sha256 => 32,
        Hash::Sha512 => 64,
    };
    let mut chance = vec![0; octets];
    random.fill(&mut chance).expect("a fixed sequence");
    request.send(&Spelling::RFC.encode(&STANDARD.encode(chance)))
}
