//! Why a request was not sent.

use countersign_client::SignError;
use countersign_key::RandomError;

use crate::source::SourceError;

/// Why a request was not signed, and not sent. It arrives within the error of `reqwest-middleware`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// The request goes where the credentials are not for.
    #[error("expected a request to one of the origins of these credentials, found one to another")]
    OtherOrigin,
    /// The system's generator fails.
    #[error("there is no randomness for a nonce")]
    Random(#[source] RandomError),
    /// The request can't be signed.
    #[error("the request can't be signed")]
    Sign(#[source] SignError),
    /// There are no credentials.
    #[error("there is nothing to sign with")]
    Source(#[source] SourceError),
    /// The URL is not one that HTTP can carry as it is spelled.
    #[error("expected a URL that is sent as it is spelled, found another")]
    Url,
}

impl From<SigningError> for reqwest_middleware::Error {
    fn from(error: SigningError) -> Self {
        Self::middleware(error)
    }
}
