#![doc = include_str!("../README.md")]

mod consumer;
mod error;
mod fingerprint;
mod memory;
mod nonce;
mod token;
mod version;

pub use consumer::{Consumer, ConsumerKind, ConsumerStore, Credential, Standing};
pub use error::StoreError;
pub use fingerprint::{Domain, Fingerprint, FingerprintKey};
pub use memory::{KeptNonce, MemoryNonceStore, NonceLimits, Start};
pub use nonce::{Insertion, Nonce, NonceStore};
pub use token::{
    AccessToken, Change, Grant, GrantId, GrantSelection, Issued, TemporaryCredentials,
    TokenAndGrant, TokenStore,
};
pub use version::{Commit, Expected, Version, Versioned};
