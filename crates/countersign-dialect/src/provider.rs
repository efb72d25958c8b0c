//! The columns of the provider table.

use crate::{Endpoint, Endpoints, Flow, Quirk};

/// How well a row, or one endpoint of it, is supported by what could be read.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the three grades are closed by definition"
)]
pub enum Grade {
    /// The provider's own documentation or server source was read.
    A,
    /// Other people's clients, tests or threads were read.
    B,
    /// Unverified: general knowledge, no source was read. Check before relying on it.
    C,
}

impl Grade {
    /// One sentence for people.
    ///
    /// ```
    /// assert!(countersign_dialect::Grade::C.meaning().contains("unverified"));
    /// ```
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::A => "read in the provider's own documentation or server source",
            Self::B => "read in other people's clients, tests or threads",
            Self::C => "unverified: general knowledge, no source was read",
        }
    }

    /// Whether a source was read at all (grades A and B).
    #[must_use]
    pub const fn is_verified(self) -> bool {
        matches!(self, Self::A | Self::B)
    }
}

/// How many of the protocol's steps a client of this provider takes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Legs {
    /// The token is issued on a page of the provider; the client only signs.
    IssuedToken,
    /// Only the consumer signs; there is no token.
    One,
    /// The consumer acts for itself, with an empty or absent token.
    Two,
    /// Request token, the user's approval, access token (RFC 5849 section 2).
    Three,
    /// User name and password are exchanged for a token.
    XAuth,
    /// The provider calls you: you are the verifier.
    ProviderCalls,
}

/// Where a provider takes the protocol parameters (RFC 5849 section 3.5).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Placement {
    /// The `Authorization` header.
    Header,
    /// The query of the URL.
    Query,
    /// The form body.
    Body,
}

/// What the provider expects of `realm`; it is never signed (RFC 5849 section 3.4.1.3.1).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Realm {
    /// No source says anything.
    NotStated,
    /// Accepted and not looked at.
    Ignored,
    /// May be sent.
    Optional,
    /// Clients are asked to leave it out.
    LeaveOut,
    /// This text exactly.
    Literal(&'static str),
    /// Required, and what it must hold.
    Required(&'static str),
}

/// Whether `oauth_body_hash` is wanted.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum BodyHash {
    /// No source says anything.
    NotStated,
    /// Not used; bodies other than forms are not covered by the signature.
    NotUsed,
    /// Wanted on every request with a body; the name of the hash.
    Required(&'static str),
    /// Wanted on bodies that are no form, and not on forms; the name of the hash.
    NonFormBodies(&'static str),
}

/// How far a timestamp may lie from the provider's clock, in seconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Window {
    /// How old it may be, where a figure is known.
    pub past: Option<u32>,
    /// How far ahead it may be, where a figure is known.
    pub future: Option<u32>,
    /// What else is known; empty when nothing is.
    pub note: &'static str,
}

impl Window {
    pub(crate) const UNKNOWN: Self = Self {
        past: None,
        future: None,
        note: "",
    };

    pub(crate) const fn symmetric(seconds: u32, note: &'static str) -> Self {
        Self {
            past: Some(seconds),
            future: Some(seconds),
            note,
        }
    }

    pub(crate) const fn note(note: &'static str) -> Self {
        Self {
            past: None,
            future: None,
            note,
        }
    }
}

/// What the provider demands of a nonce.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Nonce {
    /// Fewest characters, where known.
    pub min_len: Option<u16>,
    /// Most characters, where known.
    pub max_len: Option<u16>,
    /// For how many seconds a used nonce is remembered, where known.
    pub kept: Option<u32>,
    /// What else is known; empty when nothing is.
    pub note: &'static str,
}

impl Nonce {
    pub(crate) const UNKNOWN: Self = Self {
        min_len: None,
        max_len: None,
        kept: None,
        note: "",
    };
}

/// The wrapping in which a refusal arrives.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Shape {
    /// A `WWW-Authenticate` challenge.
    Challenge,
    /// A form-encoded body with `oauth_problem`.
    FormBody,
    /// An HTML page.
    Html,
    /// A JSON document.
    Json,
    /// A redirect to an address that the caller named.
    Redirect,
    /// Plain text.
    Text,
    /// An XML document.
    Xml,
}

/// One code of a provider's own error list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ErrorCode {
    /// The code as the provider writes it.
    pub code: &'static str,
    /// What it means.
    pub means: &'static str,
    /// The Problem Reporting code that says the same, where there is one.
    pub problem: Option<&'static str>,
}

/// How a provider says no.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ErrorFormat {
    /// The wrappings seen; empty when none was seen.
    pub shapes: &'static [Shape],
    /// What to know when reading it; empty when nothing is.
    pub note: &'static str,
    /// The provider's own codes.
    pub codes: &'static [ErrorCode],
    /// Statuses other than those of 4xx with which it refuses too; one of `codes` stands at one of
    /// `code_at` then, or the text begins with one where that is empty.
    pub statuses: &'static [u16],
    /// Where its code may stand in a document, seen from the root, as `error.code`, or `errors[0].code`
    /// in the first of a list; empty where it refuses in text.
    pub code_at: &'static [&'static str],
    /// The field of the head that has the code too, whatever the body is; empty where there is none.
    pub code_header: &'static str,
    /// The word with which its text begins where a step of its flow is refused with one of `statuses`;
    /// empty where it has none.
    pub step_begins: &'static str,
}

impl ErrorFormat {
    pub(crate) const UNKNOWN: Self = Self {
        shapes: &[],
        note: "",
        codes: &[],
        statuses: &[],
        code_at: &[],
        code_header: "",
        step_begins: "",
    };

    /// The names of its own codes.
    pub fn code_names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.codes.iter().map(|code| code.code)
    }
}

/// One provider: what a client, a verifier or somebody who was refused needs to know of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Provider {
    /// The key of the row: lower-case letters, digits and hyphens.
    pub id: &'static str,
    /// The name for people.
    pub name: &'static str,
    /// The hosts of the service. `api.example.com` stands for itself and what lies below it,
    /// `{acct}.example.com` only for what lies below `example.com`.
    pub hosts: &'static [&'static str],
    /// The root of its API, where that is the same for everybody.
    pub api: Option<Endpoint>,
    /// The signature methods that it takes, the usual one first.
    pub methods: &'static [&'static str],
    /// The flows that it knows, the usual one first.
    pub legs: &'static [Legs],
    /// Its addresses.
    pub endpoints: Endpoints,
    /// Where its flow leaves RFC 5849.
    pub flow: Flow,
    /// Where it takes the protocol parameters, the usual place first; empty when no source says.
    pub placement: &'static [Placement],
    /// Its rule for `realm`.
    pub realm: Realm,
    /// Its rule for `oauth_body_hash`.
    pub body_hash: BodyHash,
    /// Its acceptance window.
    pub window: Window,
    /// Its rule for nonces.
    pub nonce: Nonce,
    /// Where it leaves RFC 5849, as rows of [`quirks`](crate::quirks).
    pub quirks: &'static [Quirk],
    /// What else a caller should know, one fact a line.
    pub notes: &'static [&'static str],
    /// How it refuses.
    pub errors: ErrorFormat,
    /// Whether the row holds enough, and is well enough supported, to set up a client from it.
    pub preset: bool,
    /// The day on which the service is announced to end, as `YYYY-MM-DD`.
    pub ends: Option<&'static str>,
    /// Where the row was read.
    pub source: &'static str,
    /// How well the row is supported.
    pub grade: Grade,
}

impl Provider {
    pub(crate) const BLANK: Self = Self {
        id: "",
        name: "",
        hosts: &[],
        api: None,
        methods: &[],
        legs: &[],
        endpoints: Endpoints::NONE,
        flow: Flow::RFC5849,
        placement: &[],
        realm: Realm::NotStated,
        body_hash: BodyHash::NotStated,
        window: Window::UNKNOWN,
        nonce: Nonce::UNKNOWN,
        quirks: &[],
        notes: &[],
        errors: ErrorFormat::UNKNOWN,
        preset: false,
        ends: None,
        source: "",
        grade: Grade::C,
    };

    /// Whether the provider is known to take this signature method. The name is compared as it
    /// stands: method names are case-sensitive (RFC 5849 section 3.1).
    ///
    /// ```
    /// let trello = countersign_dialect::by_id("trello").expect("a row");
    /// assert!(trello.accepts("HMAC-SHA1"));
    /// assert!(!trello.accepts("PLAINTEXT"));
    /// ```
    #[must_use]
    pub fn accepts(&self, method: &str) -> bool {
        self.methods.contains(&method)
    }

    /// Whether this host belongs to the provider; ASCII case, a port and a final dot do not count.
    #[must_use]
    pub fn owns_host(&self, host: &str) -> bool {
        crate::lookup::best_match(self.hosts, host).is_some()
    }
}

pub(crate) const fn code(
    code: &'static str,
    means: &'static str,
    problem: &'static str,
) -> ErrorCode {
    ErrorCode {
        code,
        means,
        problem: if problem.is_empty() {
            None
        } else {
            Some(problem)
        },
    }
}
