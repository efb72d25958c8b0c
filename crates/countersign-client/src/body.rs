//! What a signer is shown of a body, and when a body is hashed.

use core::fmt;

use countersign_signature::Method;
use countersign_signature::body_hash::{self, Rule};

use crate::sign::SignError;

/// What a signer is shown of a request's body.
///
/// `Debug` shows lengths only.
#[derive(Clone, Copy)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a body is read as a form, read as bytes, known by its hash, or not looked at"
)]
pub enum Body<'a> {
    /// The bytes as sent. Those of a form are read and signed; others are hashed if the
    /// [`BodyHashPolicy`] says so.
    Bytes(&'a [u8]),
    /// The decoded pairs of a form that the caller sends, encoded in whatever way decodes to the
    /// same.
    Form(&'a [(&'a str, &'a str)]),
    /// The value of `oauth_body_hash`, of a body that is streamed.
    Hashed(&'a str),
    /// A body that is streamed and not covered by the signature, as RFC 5849 section 3.4.1.3.1
    /// leaves every body that is no form.
    Unsigned,
}

impl Body<'_> {
    /// No body.
    pub const EMPTY: Self = Self::Bytes(&[]);
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Form(pairs) => write!(f, "Form({} pairs)", pairs.len()),
            Self::Hashed(_) => f.write_str("Hashed"),
            Self::Unsigned => f.write_str("Unsigned"),
        }
    }
}

/// When `oauth_body_hash` is sent (Request Body Hash extension). A form never has one: its
/// parameters are signed themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BodyHashPolicy {
    when: When,
    rule: Rule,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum When {
    #[default]
    Never,
    WithBody,
    Always,
}

impl BodyHashPolicy {
    /// Never.
    pub const NEVER: Self = Self {
        when: When::Never,
        rule: Rule::MethodHash,
    };

    /// For every body that is there and is no form.
    #[must_use]
    pub const fn with_body(rule: Rule) -> Self {
        Self {
            when: When::WithBody,
            rule,
        }
    }

    /// For every request but a form, the empty body included.
    #[must_use]
    pub const fn always(rule: Rule) -> Self {
        Self {
            when: When::Always,
            rule,
        }
    }

    /// Whether a body that nobody looked at could be one whose hash is due.
    pub(crate) const fn is_due(self) -> bool {
        !matches!(self.when, When::Never)
    }

    /// The hash of a body that is no form, if one is due.
    pub(crate) fn hash(self, method: &Method, body: &[u8]) -> Option<String> {
        let due = match self.when {
            When::Never => false,
            When::WithBody => !body.is_empty(),
            When::Always => true,
        };
        due.then(|| body_hash::compute(self.rule.hash_for(method), body))
    }

    /// A hash that the caller made: its form is checked, as a wrong one only shows at the provider.
    pub(crate) fn check(self, method: &Method, hash: &str) -> Result<(), SignError> {
        body_hash::Streamed::new(self.rule.hash_for(method), hash)
            .map(|_| ())
            .map_err(SignError::BodyHash)
    }
}
