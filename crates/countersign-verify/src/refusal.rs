//! Why a request was refused.

use core::fmt;

use countersign_base_string::{ParametersError, Place};
use countersign_clock::{AcceptableRange, TimestampError, Verdict};
use countersign_problem::harmless;
use countersign_signature::SignatureSyntaxError;

use crate::check::{CheckId, Trail};
use crate::token::TokenFault;

/// The first failure of the pipeline, with all checks run so far.
#[derive(Debug, Clone)]
pub struct Refusal {
    inner: Box<Inner>,
}

#[derive(Debug, Clone)]
struct Inner {
    cause: Cause,
    trail: Trail,
}

impl Refusal {
    pub(crate) fn new(cause: Cause, mut trail: Trail) -> Self {
        trail.failed(cause.check());
        Self {
            inner: Box::new(Inner { cause, trail }),
        }
    }

    /// What went wrong.
    #[must_use]
    pub fn cause(&self) -> &Cause {
        &self.inner.cause
    }

    /// The check that failed first.
    #[must_use]
    pub fn check(&self) -> CheckId {
        self.inner.cause.check()
    }

    /// What each check came to.
    #[must_use]
    pub fn trail(&self) -> &Trail {
        &self.inner.trail
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} check failed: {}", self.check(), self.inner.cause)
    }
}

impl core::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        core::error::Error::source(&self.inner.cause)
    }
}

/// The cause of a refusal, as the operator may know it.
///
/// What the caller is told is [`Refusal::answer`]: the same, reduced to a problem code and its
/// companions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// Two `Authorization` fields, one of them OAuth's: which one was meant is anybody's guess.
    #[error("expected one Authorization field, found {found}")]
    AuthorizationTwice {
        /// How many there are.
        found: usize,
    },
    /// `oauth_body_hash` is not the hash of the body.
    #[error("oauth_body_hash is not the hash of the body received")]
    BodyHashMismatch,
    /// `oauth_body_hash` came with a form body, whose parameters are signed already.
    #[error("oauth_body_hash was sent with a form body, which is signed by its parameters")]
    BodyHashOnForm,
    /// No certificate or key of the consumer is usable now.
    #[error(
        "expected a certificate that is live now, found {expired} expired and {not_yet} not yet valid"
    )]
    NoLiveCertificate {
        /// Registered, and expired.
        expired: usize,
        /// Registered, and not valid yet.
        not_yet: usize,
    },
    /// The consumer key is for now not accepted.
    #[error("the consumer is throttled for {retry_after} s")]
    ConsumerRefused {
        /// Seconds for `Retry-After`.
        retry_after: u32,
    },
    /// The consumer key is permanently not accepted.
    #[error("the consumer key is not accepted")]
    ConsumerRejected,
    /// No such consumer key.
    #[error("the consumer key is not known")]
    ConsumerUnknown,
    /// Protocol parameters occur more than once.
    #[error("protocol parameters occur more than once: {}", listed(names))]
    Duplicated {
        /// Their names.
        names: Vec<String>,
    },
    /// The method belongs to another kind of key than the consumer's, or to none.
    #[error("the signature method is not one this consumer may use")]
    MethodNotAllowed {
        /// Whether the request asked for RSA and the consumer has no RSA key: then, as for an
        /// expired certificate, "no certificates" is the answer.
        rsa_without_certificate: bool,
    },
    /// PLAINTEXT over a connection without TLS (RFC 5849 section 3.4.4).
    #[error("PLAINTEXT is only accepted over https")]
    PlaintextWithoutTls,
    /// The nonce was seen before.
    #[error("the nonce was used before")]
    NonceUsed,
    /// The consumer has as many live nonces as it may have.
    #[error("the consumer used up its quota of nonces, {retry_after} s are left")]
    NonceQuota {
        /// Seconds for `Retry-After`.
        retry_after: u32,
    },
    /// The store of nonces can't answer: our own fault, never the caller's.
    #[error("the nonce store is not available")]
    NonceUnavailable {
        /// Seconds for `Retry-After`.
        retry_after: u32,
    },
    /// No `oauth_` parameter anywhere: not an OAuth request.
    #[error("the request carries no OAuth parameter")]
    NotOAuth,
    /// The request can't be read.
    #[error("the request can't be read")]
    Unreadable(#[source] ParametersError),
    /// Protocol parameters stand in more than one place, or where the policy's signers sign none.
    #[error("{}", misplaced(places))]
    Placement {
        /// The places, in the order found.
        places: Vec<Place>,
    },
    /// Required parameters are missing or empty.
    #[error("required parameters are missing: {}", names.join(", "))]
    Absent {
        /// Their names.
        names: Vec<&'static str>,
    },
    /// A protocol parameter has a value outside its syntax.
    #[error("{name} is malformed: expected {expected}")]
    Malformed {
        /// The name of the parameter.
        name: &'static str,
        /// What its syntax is.
        expected: &'static str,
    },
    /// Protocol parameters have values that are not text in UTF-8 (RFC 5849 section 3.6).
    #[error("expected text in UTF-8, found other bytes in: {}", names.join(", "))]
    NotUtf8 {
        /// Their names.
        names: Vec<&'static str>,
    },
    /// The signature is not the one computed.
    #[error("the signature is not the one computed")]
    SignatureMismatch,
    /// The signature is not canonical base64.
    #[error("the signature is not canonical base64")]
    SignatureSyntax(#[source] SignatureSyntaxError),
    /// The timestamp is no decimal number.
    #[error("the timestamp is malformed")]
    TimestampSyntax(#[source] TimestampError),
    /// The timestamp is outside the window.
    #[error("the timestamp is outside the acceptable range {range}")]
    TimestampRefused {
        /// On which side, by how much, and the advice.
        verdict: Verdict,
        /// What is acceptable now.
        range: AcceptableRange,
    },
    /// The token is not in a state to be used.
    #[error("the token can't be used")]
    Token(#[source] TokenFault),
    /// `oauth_version` is not `1.0`.
    #[error("oauth_version is not 1.0")]
    Version,
}

/// More names than this are counted, not listed: whoever sends them chooses how many there are.
pub(crate) const NAMES_LISTED: usize = 16;

/// A longer name is cut where it is shown.
const NAME_SHOWN: usize = 40;

fn misplaced(places: &[Place]) -> String {
    match places {
        [place] => {
            format!("protocol parameters stand in the {place}, where none of them is signed")
        }
        _ => format!(
            "protocol parameters stand in {} places, one is allowed",
            places.len()
        ),
    }
}

/// Foreign names for people: short, and nothing in them steers a terminal or a log.
fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(NAMES_LISTED)
        .map(|name| {
            let cut: String = name.chars().take(NAME_SHOWN).collect();
            harmless(&cut).replace('\n', " ")
        })
        .collect();
    let more = names.len().saturating_sub(NAMES_LISTED);
    match more {
        0 => shown.join(", "),
        _ => format!("{} and {more} more", shown.join(", ")),
    }
}

impl Cause {
    /// The cause and everything below it in one sentence.
    #[must_use]
    pub fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut source = core::error::Error::source(self);
        while let Some(error) = source {
            text.push_str(": ");
            text.push_str(&error.to_string());
            source = error.source();
        }
        text
    }

    /// The check that fails with this cause.
    #[must_use]
    pub fn check(&self) -> CheckId {
        match self {
            Self::Unreadable(error) if error.is_limit() => CheckId::Limits,
            Self::Unreadable(_)
            | Self::NotOAuth
            | Self::NotUtf8 { .. }
            | Self::AuthorizationTwice { .. } => CheckId::Grammar,
            Self::Placement { .. } => CheckId::Placement,
            Self::Duplicated { .. } => CheckId::Duplicates,
            Self::Absent { names } if names == &["oauth_body_hash"] => CheckId::BodyHash,
            Self::Absent { .. } => CheckId::Required,
            Self::Version => CheckId::Version,
            Self::Malformed { .. } | Self::TimestampSyntax(_) => CheckId::Syntax,
            Self::TimestampRefused { .. } => CheckId::Window,
            Self::ConsumerRefused { .. } | Self::ConsumerRejected | Self::ConsumerUnknown => {
                CheckId::Consumer
            }
            Self::MethodNotAllowed { .. } | Self::PlaintextWithoutTls => CheckId::Method,
            Self::NoLiveCertificate { .. } => CheckId::Certificate,
            Self::Token(fault) if fault.is_binding() => CheckId::TokenBinding,
            Self::Token(_) => CheckId::TokenState,
            Self::BodyHashMismatch | Self::BodyHashOnForm => CheckId::BodyHash,
            Self::SignatureMismatch | Self::SignatureSyntax(_) => CheckId::Signature,
            Self::NonceUsed | Self::NonceQuota { .. } | Self::NonceUnavailable { .. } => {
                CheckId::Nonce
            }
        }
    }
}
