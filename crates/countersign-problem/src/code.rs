//! The value of `oauth_problem`.

use core::fmt;
use std::borrow::Cow;

/// The longest code kept; the longest one of the extension has 33 characters.
const MAX_LEN: usize = 128;

/// A problem code of the Problem Reporting extension, or any other word a server put there.
///
/// The vocabulary is open: servers invent codes, some of them with blanks
/// (`rate limit exceeded`). They are kept as sent; [`known`](Self::known) names the code of the
/// extension that an invented one stands for.
///
/// ```
/// use countersign_problem::ProblemCode;
///
/// let code = ProblemCode::parse("access_token_expired")?;
/// assert!(!code.is_known());
/// assert_eq!(code.known(), Some(ProblemCode::TOKEN_EXPIRED));
/// # Ok::<(), countersign_problem::CodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProblemCode(Cow<'static, str>);

macro_rules! codes {
    ($($name:ident = $text:literal: $doc:literal;)*) => {
        impl ProblemCode {
            $(
                #[doc = concat!("`", $text, "`: ", $doc, ".")]
                pub const $name: Self = Self(Cow::Borrowed($text));
            )*

            /// The 18 codes of the extension, in its order.
            pub const ALL: [Self; 18] = [$(Self::$name),*];
        }
    };
}

codes! {
    VERSION_REJECTED = "version_rejected": "the `oauth_version` is not spoken";
    PARAMETER_ABSENT = "parameter_absent": "a required parameter is missing";
    PARAMETER_REJECTED = "parameter_rejected": "a parameter is unexpected or its value is bad";
    TIMESTAMP_REFUSED = "timestamp_refused": "the timestamp lies outside the window";
    NONCE_USED = "nonce_used": "the nonce was seen before";
    SIGNATURE_METHOD_REJECTED = "signature_method_rejected": "the method is not accepted";
    SIGNATURE_INVALID = "signature_invalid": "the signature does not match the request";
    CONSUMER_KEY_UNKNOWN = "consumer_key_unknown": "no such consumer";
    CONSUMER_KEY_REJECTED = "consumer_key_rejected": "the consumer is not accepted, for good";
    CONSUMER_KEY_REFUSED = "consumer_key_refused": "the consumer is not accepted for now";
    TOKEN_USED = "token_used": "a token for one use was used before";
    TOKEN_EXPIRED = "token_expired": "the token is too old";
    TOKEN_REVOKED = "token_revoked": "its owner took the token back";
    TOKEN_REJECTED = "token_rejected": "the token is not accepted, no reason given";
    ADDITIONAL_AUTHORIZATION_REQUIRED = "additional_authorization_required":
        "the user has to approve once more";
    PERMISSION_UNKNOWN = "permission_unknown": "the user has not decided yet";
    PERMISSION_DENIED = "permission_denied": "the user or the provider said no";
    USER_REFUSED = "user_refused": "the user will not allow more for now";
}

/// Invented codes and the code of the extension that each stands for.
static RELATED: [(&str, ProblemCode); 34] = [
    // OAuth Session draft 1 section 5.2.
    ("access_token_expired", ProblemCode::TOKEN_EXPIRED),
    // net.oauth: the request token has not been approved.
    ("token_not_authorized", ProblemCode::PERMISSION_UNKNOWN),
    // DevDefined.OAuth; a wrong body hash means that the body is not the signed one.
    ("body_hash_invalid", ProblemCode::SIGNATURE_INVALID),
    ("bad_verifier", ProblemCode::PARAMETER_REJECTED),
    ("verifier_invalid", ProblemCode::PARAMETER_REJECTED),
    ("rate limit exceeded", ProblemCode::CONSUMER_KEY_REFUSED),
    // Magento's spelling.
    ("token_revoke", ProblemCode::TOKEN_REVOKED),
    (
        "ost_oauth_parameter_absent_error",
        ProblemCode::PARAMETER_ABSENT,
    ),
    (
        "unable_to_determine_oauth_type",
        ProblemCode::PARAMETER_ABSENT,
    ),
    ("nonce_rejected", ProblemCode::PARAMETER_REJECTED),
    // authlib and other OAuth 2 like names.
    (
        "duplicated_oauth_protocol_parameter",
        ProblemCode::PARAMETER_REJECTED,
    ),
    ("invalid_client", ProblemCode::CONSUMER_KEY_UNKNOWN),
    ("invalid_consumer", ProblemCode::CONSUMER_KEY_UNKNOWN),
    ("invalid_nonce", ProblemCode::NONCE_USED),
    ("invalid_signature", ProblemCode::SIGNATURE_INVALID),
    ("invalid_timestamp", ProblemCode::TIMESTAMP_REFUSED),
    ("invalid_token", ProblemCode::TOKEN_REJECTED),
    ("missing_required_parameter", ProblemCode::PARAMETER_ABSENT),
    (
        "unsupported_signature_method",
        ProblemCode::SIGNATURE_METHOD_REJECTED,
    ),
    // NetSuite's names.
    ("nonceused", ProblemCode::NONCE_USED),
    ("noncerejected", ProblemCode::PARAMETER_REJECTED),
    ("unknownintegration", ProblemCode::CONSUMER_KEY_UNKNOWN),
    ("integrationblocked", ProblemCode::CONSUMER_KEY_REFUSED),
    (
        "authorizationflowrequired",
        ProblemCode::CONSUMER_KEY_REJECTED,
    ),
    ("featuredisabled", ProblemCode::CONSUMER_KEY_REJECTED),
    ("invalidtimestamp", ProblemCode::TIMESTAMP_REFUSED),
    ("invalidsignature", ProblemCode::SIGNATURE_INVALID),
    ("invalidcallback", ProblemCode::PARAMETER_REJECTED),
    ("missingrequiredparameter", ProblemCode::PARAMETER_ABSENT),
    (
        "missingtokenpassportrequiredfields",
        ProblemCode::PARAMETER_ABSENT,
    ),
    ("invalid_login", ProblemCode::TOKEN_REJECTED),
    ("invalid_login_attempt", ProblemCode::TOKEN_REJECTED),
    // BrickLink.
    ("token_ip_mismatched", ProblemCode::TOKEN_REJECTED),
    // LTI 1.1 providers in the words of OAuth 1.0.
    ("consumer_key_invalid", ProblemCode::CONSUMER_KEY_UNKNOWN),
];

impl ProblemCode {
    /// Takes any text of 1 to 128 bytes as a code.
    ///
    /// # Errors
    /// [`CodeError`] if it is empty or longer.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        if text.is_empty() || text.len() > MAX_LEN {
            return Err(CodeError { len: text.len() });
        }
        Ok(Self::ALL
            .into_iter()
            .find(|known| known.0 == text)
            .unwrap_or_else(|| Self(Cow::Owned(text.to_owned()))))
    }

    /// The code as sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is one of the 18 codes of the extension, as spelled there.
    #[must_use]
    pub fn is_known(&self) -> bool {
        Self::ALL.contains(self)
    }

    /// The code of the extension that this one is or stands for.
    ///
    /// Capitals are looked through (BrickLink writes `TIMESTAMP_REFUSED`), and invented codes
    /// whose meaning is known are translated.
    #[must_use]
    pub fn known(&self) -> Option<Self> {
        let same = |known: &str| known.eq_ignore_ascii_case(&self.0);
        Self::ALL
            .into_iter()
            .find(|code| same(&code.0))
            .or_else(|| {
                RELATED
                    .iter()
                    .find(|(text, _)| same(text))
                    .map(|(_, code)| code.clone())
            })
    }

    /// The HTTP status of an answer with this code.
    ///
    /// | status | codes |
    /// |---|---|
    /// | 400 | `parameter_absent`, `parameter_rejected`, `version_rejected`, `signature_method_rejected` |
    /// | 401 | `consumer_key_unknown`, `consumer_key_rejected`, `token_*`, `signature_invalid`, `nonce_used`, `timestamp_refused`, `additional_authorization_required`, `permission_unknown` |
    /// | 403 | `permission_denied`, `user_refused` |
    /// | 429 | `consumer_key_refused`, with a `Retry-After` |
    ///
    /// An invented code has the status of the one it stands for, else 401.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.known()
            .and_then(|code| crate::catalogue::row(&code))
            .map_or(401, |row| row.status)
    }
}

impl fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::str::FromStr for ProblemCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Why a text can't be a problem code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeError {
    len: usize,
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected a problem code of 1 to {MAX_LEN} bytes, found {}",
            self.len
        )
    }
}

impl core::error::Error for CodeError {}

#[cfg(test)]
mod tests;
