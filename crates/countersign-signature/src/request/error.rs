//! Why a request is not signed.

use countersign_base_string::{AuthorizationWriteError, ParametersError};

use crate::{ExternalError, SignerError};

/// Why a request was not signed. Nothing has been changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The request has an `Authorization` field already, and there is only one.
    #[error("the request has credentials in an Authorization field already")]
    AuthorizationTaken,
    /// A body hash is due for every body but a form, whose parameters are signed themselves
    /// (Request Body Hash extension, section 4.1.1).
    #[error("expected no oauth_body_hash with a form body, found one")]
    BodyHashOnForm,
    /// The external signer gave no usable signature.
    #[error("the external signer failed")]
    External(#[source] ExternalError),
    /// No `Authorization` field can carry the realm or a parameter's name.
    #[error("the Authorization field cannot be written")]
    Header(#[source] AuthorizationWriteError),
    /// A protocol parameter that every signature but `PLAINTEXT` needs is not there
    /// ([RFC 5849 section 3.1](https://www.rfc-editor.org/rfc/rfc5849#section-3.1)).
    #[error("expected {name}, found none")]
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// The protocol parameters can be in the body only if that is a form ([RFC 5849 section
    /// 3.5.2](https://www.rfc-editor.org/rfc/rfc5849#section-3.5.2)).
    #[error("expected a form body to hold the protocol parameters, found another body or none")]
    NoFormBody,
    /// `oauth_signature_method` does not name the signer's method.
    #[error("expected the oauth_signature_method {expected}, found another or none")]
    OtherMethod {
        /// The name of the signer's method.
        expected: &'static str,
    },
    /// The request's parameters cannot be read.
    #[error("the parameters of the request cannot be read")]
    Parameters(#[source] ParametersError),
    /// Protocol parameters that are not encoded have their place in the `Authorization` field only.
    #[error(
        "expected the Authorization field for parameters that are not encoded, found another place"
    )]
    RawOutsideHeader,
    /// A value cannot be sent as it stands.
    #[error("expected {name} to need no encoding at this provider, found other characters")]
    RawValue {
        /// The parameter.
        name: String,
    },
    /// A realm has its place in the `Authorization` field only.
    #[error("expected no realm outside the Authorization field, found one")]
    RealmOutsideHeader,
    /// A protocol parameter would be sent twice ([RFC 5849 section
    /// 3.1](https://www.rfc-editor.org/rfc/rfc5849#section-3.1)).
    #[error("expected {name} once, found it twice")]
    Repeated {
        /// Its name.
        name: String,
    },
    /// The key could not sign.
    #[error("the base string could not be signed")]
    Signer(#[source] SignerError),
}
