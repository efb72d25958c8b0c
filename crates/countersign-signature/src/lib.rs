#![doc = include_str!("../README.md")]

pub mod body_hash;
mod error;
mod external;
mod hash;
mod hmac_key;
#[cfg(feature = "hmac")]
mod mac;
mod message;
mod method;
mod plaintext;
mod random;
#[cfg(feature = "rsa")]
pub mod recover;
mod request;
#[cfg(feature = "rsa")]
mod rsa;
mod scratch;
mod signature;
mod signed;
mod signer;
#[cfg(test)]
mod testing;
pub mod trial;
mod verifier;

pub use countersign_base_string::Place as Placement;
pub use error::{SignatureMismatch, SignerError, UnusableKey};
pub use external::{BlockingSigner, ExternalError, ExternalSigner, ToSign};
pub use hash::{Digest, Hash};
pub use hmac_key::HmacKey;
pub use message::Message;
pub use method::{KeyKind, Method, Methods};
#[cfg(feature = "os-random")]
pub use random::OsRandom;
pub use random::{nonce, write_nonce};
pub use request::{Prepared, SignError, SignRequest, sign};
#[cfg(feature = "openssl")]
pub use rsa::OpenSsl;
#[cfg(feature = "rsa")]
pub use rsa::{PureRust, RsaBackend, RsaOperationError, RsaPrivateOperation, RsaPublicOperation};
pub use scratch::Scratch;
pub use signature::{Signature, SignatureSyntaxError};
pub use signed::Signed;
pub use signer::Signer;
pub use verifier::Verifier;

#[cfg(all(test, feature = "hmac"))]
mod tests;
