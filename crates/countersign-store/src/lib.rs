#![doc = include_str!("../README.md")]

mod connection;
mod consumer;
mod dynamic;
mod error;
mod fingerprint;
mod listing;
mod memory;
mod moment;
mod nonce;
mod null;
#[cfg(feature = "seal")]
pub mod seal;
#[cfg(feature = "testing")]
pub mod testing;
mod token;
mod version;

pub use connection::{
    AnswerNumber, Connection, ConnectionChange, ConnectionCommit, ConnectionId, ConnectionStore,
    Fence, FoundConnection, Happening, HistoryEntry, KeptAnswer, Lease, LeaseStep, RawAnswer,
    RenewalFault, TokenCredentials,
};
pub use consumer::{
    Consumer, ConsumerAt, ConsumerKind, ConsumerStore, Credential, Derived, Difference, Standing,
};
pub use dynamic::{BoxFuture, DynConnectionStore, DynConsumerStore, DynNonceStore, DynTokenStore};
pub use error::StoreError;
pub use fingerprint::{Domain, Fingerprint, FingerprintKey};
pub use listing::Listing;
pub use memory::{
    Forgotten, KeptNonce, MemoryConnectionStore, MemoryConsumerStore, MemoryNonceStore,
    MemoryTokenStore, NonceLimits, Start, TokenLimits,
};
pub use moment::Moment;
pub use nonce::{Insertion, Nonce, NonceStore};
pub use null::NullNonceStore;
pub use token::{
    AccessToken, Change, ChangedRows, Grant, GrantId, GrantSelection, Issued, TemporaryCredentials,
    TokenAndGrant, TokenStore,
};
pub use version::{Commit, Expected, Version, Versioned};
