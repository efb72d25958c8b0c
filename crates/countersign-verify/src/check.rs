//! The checks of the pipeline, and the one place where their order is written down.

use core::fmt;

/// One check of the pipeline.
///
/// The variants stand in the order in which the pipeline decides: see [`ORDER`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum CheckId {
    /// Sizes and counts are within the limits of the policy (RFC 5849 section 4.10).
    Limits,
    /// The request can be read: header grammar, percent-encoding, UTF-8 (RFC 5849 section 3.5).
    Grammar,
    /// All `oauth_` parameters stand in one place: header, body or query (RFC 5849 section 3.5).
    Placement,
    /// No `oauth_` parameter occurs twice (RFC 5849 section 3.1).
    Duplicates,
    /// Every required parameter is there (RFC 5849 section 3.1). An empty consumer key, method or
    /// signature is as good as none; an empty timestamp or nonce is a matter of syntax.
    Required,
    /// `oauth_version`, if sent, is `1.0` (RFC 5849 section 3.1).
    Version,
    /// Timestamp, nonce and verifier are well formed (RFC 5849 section 3.3).
    Syntax,
    /// The timestamp is inside the acceptance window (RFC 5849 section 3.3).
    Window,
    /// The consumer is known and usable.
    Consumer,
    /// The signature method is one that this consumer's kind of key may use.
    Method,
    /// For RSA: a certificate or public key is live now.
    Certificate,
    /// The token is known and was issued to this consumer.
    TokenBinding,
    /// `oauth_body_hash` is the hash of the body, where one is due.
    BodyHash,
    /// The signature is the one computed (RFC 5849 section 3.4).
    Signature,
    /// The token is neither expired, revoked, used nor replaced.
    TokenState,
    /// The nonce is new for this consumer, token and timestamp (RFC 5849 section 3.3).
    Nonce,
}

/// The order in which the pipeline decides; the first failure is the answer.
///
/// The checks up to [`CheckId::Window`] need neither a store nor a key: all of them are run and
/// kept for the operator, whichever fails. From [`CheckId::Consumer`] on, nothing is looked up and
/// no key is used after a failure; the nonce comes last, so that nothing is written for a request
/// whose signature is not right.
pub const ORDER: [CheckId; 16] = [
    CheckId::Limits,
    CheckId::Grammar,
    CheckId::Placement,
    CheckId::Duplicates,
    CheckId::Required,
    CheckId::Version,
    CheckId::Syntax,
    CheckId::Window,
    CheckId::Consumer,
    CheckId::Method,
    CheckId::Certificate,
    CheckId::TokenBinding,
    CheckId::BodyHash,
    CheckId::Signature,
    CheckId::TokenState,
    CheckId::Nonce,
];

impl CheckId {
    /// Where its outcome lies in a [`Trail`].
    const fn shift(self) -> u32 {
        match self {
            Self::Limits => 0,
            Self::Grammar => 2,
            Self::Placement => 4,
            Self::Duplicates => 6,
            Self::Required => 8,
            Self::Version => 10,
            Self::Syntax => 12,
            Self::Window => 14,
            Self::Consumer => 16,
            Self::Method => 18,
            Self::Certificate => 20,
            Self::TokenBinding => 22,
            Self::BodyHash => 24,
            Self::Signature => 26,
            Self::TokenState => 28,
            Self::Nonce => 30,
        }
    }

    /// The stable name of the check, as printed and as written to JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Limits => "limits",
            Self::Grammar => "grammar",
            Self::Placement => "placement",
            Self::Duplicates => "duplicates",
            Self::Required => "required",
            Self::Version => "version",
            Self::Syntax => "syntax",
            Self::Window => "timestamp",
            Self::Consumer => "consumer",
            Self::Method => "method",
            Self::Certificate => "certificate",
            Self::TokenBinding => "token",
            Self::BodyHash => "body_hash",
            Self::Signature => "signature",
            Self::TokenState => "token_state",
            Self::Nonce => "nonce",
        }
    }

    /// The section of RFC 5849 that the check enforces, where there is one.
    #[must_use]
    pub const fn section(self) -> Option<&'static str> {
        match self {
            Self::Limits => Some("4.10"),
            Self::Grammar | Self::Placement => Some("3.5"),
            Self::Duplicates | Self::Required | Self::Version => Some("3.1"),
            Self::Syntax | Self::Window | Self::Nonce => Some("3.3"),
            Self::Method | Self::Signature => Some("3.4"),
            Self::Consumer | Self::TokenBinding | Self::TokenState => Some("3.2"),
            Self::Certificate | Self::BodyHash => None,
        }
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a check passes, fails, does not apply or was not run"
)]
pub enum Outcome {
    /// Not run, because an earlier check failed or because it needs a store.
    #[default]
    NotRun,
    /// Run and passed.
    Passed,
    /// Run and failed.
    Failed,
    /// Does not apply to this request: no body hash was sent, say.
    NotApplicable,
}

impl Outcome {
    const fn number(self) -> u32 {
        match self {
            Self::NotRun => 0,
            Self::Passed => 1,
            Self::Failed => 2,
            Self::NotApplicable => 3,
        }
    }

    /// By the lowest two bits.
    const fn of_number(bits: u32) -> Self {
        match bits & MASK {
            0 => Self::NotRun,
            1 => Self::Passed,
            2 => Self::Failed,
            _ => Self::NotApplicable,
        }
    }
}

/// The outcomes of all checks so far. Copying it is cheap; it holds no text.
///
/// Two bits for each check: as one word it is handed from stage to stage in a register.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Trail {
    outcomes: u32,
}

/// The two bits of a check.
const MASK: u32 = 0b11;

impl Trail {
    pub(crate) const fn set(&mut self, id: CheckId, outcome: Outcome) {
        let shift = id.shift();
        self.outcomes = (self.outcomes & !(MASK << shift)) | (outcome.number() << shift);
    }

    pub(crate) const fn passed(&mut self, id: CheckId) {
        self.set(id, Outcome::Passed);
    }

    pub(crate) const fn failed(&mut self, id: CheckId) {
        self.set(id, Outcome::Failed);
    }

    pub(crate) const fn not_applicable(&mut self, id: CheckId) {
        self.set(id, Outcome::NotApplicable);
    }

    /// The same with a check that failed afterwards: that of a body which was read last.
    #[must_use]
    pub const fn with_failed(mut self, id: CheckId) -> Self {
        self.failed(id);
        self
    }

    /// What `id` came to.
    #[must_use]
    pub const fn outcome(&self, id: CheckId) -> Outcome {
        Outcome::of_number(self.outcomes >> id.shift())
    }

    /// All checks in the order of the pipeline.
    pub fn iter(&self) -> impl Iterator<Item = (CheckId, Outcome)> + '_ {
        let outcomes = self.outcomes;
        ORDER
            .into_iter()
            .map(move |id| (id, Outcome::of_number(outcomes >> id.shift())))
    }
}

impl fmt::Debug for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// One check as shown to a person: what it was, what it came to, and the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// Which check.
    pub id: CheckId,
    /// What it came to.
    pub outcome: Outcome,
    /// The facts in a few words; never a secret.
    pub detail: String,
}
