//! What is examined, and what was found in it.

use core::fmt;

use crate::Problem;
use crate::redacted::Length;
use crate::text::Recognised;

/// The parts of an HTTP answer in which a problem can stand.
///
/// `Debug` shows lengths only: the answer may be one with a token secret.
///
/// ```
/// use countersign_problem::{Answer, ProblemCode, parse};
///
/// let answer = Answer {
///     status: Some(401),
///     challenges: &[r#"OAuth realm="yahooapis.com", oauth_problem="token_rejected""#],
///     content_type: None,
///     body: b"",
/// };
/// let found = parse(&answer).unwrap();
/// assert_eq!(*found.problem.code(), ProblemCode::TOKEN_REJECTED);
/// assert_eq!(found.realm.as_deref(), Some("yahooapis.com"));
/// ```
#[derive(Clone, Copy, Default)]
#[expect(
    clippy::exhaustive_structs,
    reason = "these are all parts that carry a problem"
)]
pub struct Answer<'a> {
    /// The HTTP status, if known. No code is concluded from it: providers differ too much. With a
    /// status of success, only those who are known to refuse so are believed to mean a problem by
    /// a text of theirs.
    pub status: Option<u16>,
    /// The values of the `WWW-Authenticate` header fields.
    pub challenges: &'a [&'a str],
    /// The value of `Content-Type`. It is not believed: the body is looked at.
    pub content_type: Option<&'a str>,
    /// The body, after its content coding was undone.
    pub body: &'a [u8],
}

impl<'a> Answer<'a> {
    /// An answer of which only the body is known.
    #[must_use]
    pub const fn from_body(body: &'a [u8]) -> Self {
        Self {
            status: None,
            challenges: &[],
            content_type: None,
            body,
        }
    }
}

impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            status,
            challenges,
            content_type,
            body,
        } = self;
        let challenges: Vec<Length> = challenges.iter().map(|text| Length::of(text)).collect();
        f.debug_struct("Answer")
            .field("status", status)
            .field("challenges", &challenges)
            .field("content_type", content_type)
            .field("body", &Length::of_bytes(body))
            .finish()
    }
}

/// How much of a body and of each challenge is looked at, in bytes.
///
/// What lies behind is as if it were not there, and [`Found::cut_off`] says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScanLimit(usize);

impl ScanLimit {
    /// At most `limit` bytes.
    #[must_use]
    pub const fn bytes(limit: usize) -> Self {
        Self(limit)
    }

    /// The limit in bytes.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }
}

impl Default for ScanLimit {
    /// 256 KiB.
    fn default() -> Self {
        Self(256 * 1024)
    }
}

/// A problem found in an answer, and what stood beside it.
///
/// All text in it comes from the server: pass it through [`harmless`](crate::harmless) before
/// printing. `Debug` shows the lengths of what was sent back, which may hold secrets.
#[derive(Clone)]
#[non_exhaustive]
pub struct Found {
    /// The problem. If it was inferred, its advice is the text that led to it.
    pub problem: Problem,
    /// Whether the answer names the problem, or only says something that means it.
    pub grounds: Grounds,
    /// Where it stood.
    pub read_from: Source,
    /// The realm of the challenge, as sent.
    pub realm: Option<String>,
    /// The signature base string that the server computed, if it sent it back.
    pub base_string_echo: Option<String>,
    /// The signature that the server received, if it sent it back.
    pub presented_signature: Option<String>,
    /// The signature that the server expected. A server must never disclose it.
    pub expected_signature: Option<String>,
    /// The signature method, if the server sent it back.
    pub signature_method: Option<String>,
    /// The provider's own code, like `135` or `INVALID_LOGIN`.
    pub provider_code: Option<String>,
    /// The provider's finer code, like `TOKEN_IP_MISMATCHED`.
    pub provider_detail: Option<String>,
    /// What the server's clock said, in seconds since 1970, if the answer says so.
    pub server_time: Option<i64>,
    /// What the server took the client's timestamp for.
    pub client_time: Option<i64>,
    /// How far apart the two may be, in seconds.
    pub window_seconds: Option<u64>,
    /// Whether the provider says that a retry may help.
    pub recoverable: Option<bool>,
    /// The known texts that the answer contains, the most specific first.
    pub recognised: Vec<Recognised>,
    /// Whether a part of the answer lay behind the [`ScanLimit`].
    pub cut_off: bool,
}

impl Found {
    /// Whether the token may be good all the same, by a text in the answer that its provider gives to
    /// other refusals too.
    ///
    /// ```
    /// use countersign_problem::{Answer, parse};
    ///
    /// let challenge = r#"OAuth realm="1234567", error="token_rejected", error_description="Invalid login attempt.""#;
    /// let answer = Answer {
    ///     status: Some(401),
    ///     challenges: &[challenge],
    ///     ..Answer::default()
    /// };
    /// let found = parse(&answer).unwrap();
    /// assert_eq!(found.problem.code().as_str(), "token_rejected");
    /// assert!(found.token_may_be_good());
    /// ```
    #[must_use]
    pub fn token_may_be_good(&self) -> bool {
        self.recognised.iter().any(|it| it.row.token_may_be_good)
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            problem,
            grounds,
            read_from,
            realm,
            base_string_echo,
            presented_signature,
            expected_signature,
            signature_method,
            provider_code,
            provider_detail,
            server_time,
            client_time,
            window_seconds,
            recoverable,
            recognised,
            cut_off,
        } = self;
        let length = |text: &Option<String>| Length::of_option(text.as_ref());
        f.debug_struct("Found")
            .field("problem", problem)
            .field("grounds", grounds)
            .field("read_from", read_from)
            .field("realm", realm)
            .field("base_string_echo", &length(base_string_echo))
            .field("presented_signature", &length(presented_signature))
            .field("expected_signature", &length(expected_signature))
            .field("signature_method", signature_method)
            .field("provider_code", provider_code)
            .field("provider_detail", provider_detail)
            .field("server_time", server_time)
            .field("client_time", client_time)
            .field("window_seconds", window_seconds)
            .field("recoverable", recoverable)
            .field("recognised", recognised)
            .field("cut_off", cut_off)
            .finish()
    }
}

/// How certain the code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a code stands in the answer or it does not"
)]
pub enum Grounds {
    /// The answer has the code.
    Declared,
    /// The answer has another text or number that means the code.
    Inferred,
}

/// The part of the answer in which the problem stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// A `WWW-Authenticate` header field.
    Challenge,
    /// A body that is a form.
    FormBody,
    /// A page.
    Html,
    /// JSON.
    Json,
    /// Any other text.
    Text,
    /// XML.
    Xml,
}
