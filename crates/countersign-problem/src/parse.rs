//! Finding the problem in an answer.

mod beyond;
mod body;
mod challenge;
mod infer;
mod json;
mod markup;
mod segment;

pub use beyond::{parse_beyond, parse_step, refuses_beyond};

use crate::answer::{Answer, Found, Grounds, ScanLimit, Source};
use crate::problem::{ADVICE, CODE, ECHO, REALM};
use crate::{Problem, ProblemCode, lenient, text};

/// More pairs than any answer has; what follows is not read.
const MAX_PAIRS: usize = 1024;

/// Decoded names and values, in order.
type Pairs = Vec<(String, String)>;

/// NetSuite's names for a code and its advice, in an `OAuth` challenge.
const ERROR: &str = "error";
const ERROR_DESCRIPTION: &str = "error_description";

/// Finds the problem in an answer, whatever form it has there.
///
/// The challenge is looked at first, then the body, whose declared type is not believed: forms,
/// forms within HTML, JSON or XML, raw blanks, PECL's unencoded `debug_sbs` are all read. If no
/// `oauth_problem` is there, a text or number of a known provider may still mean one
/// ([`Grounds::Inferred`]).
///
/// The cost is linear in what the [`ScanLimit`] lets through. No input panics.
///
/// ```
/// use countersign_problem::{Answer, Grounds, parse};
///
/// let body = br#"{"errors":[{"code":135,"message":"Timestamp out of bounds."}]}"#;
/// let found = parse(&Answer::from_body(body)).unwrap();
/// assert_eq!(found.problem.code().as_str(), "timestamp_refused");
/// assert_eq!(found.grounds, Grounds::Inferred);
/// assert_eq!(found.provider_code.as_deref(), Some("135"));
/// ```
#[must_use]
pub fn parse(answer: &Answer<'_>) -> Option<Found> {
    parse_within(answer, ScanLimit::default())
}

/// Like [`parse`], with a limit of one's own.
#[must_use]
pub fn parse_within(answer: &Answer<'_>, limit: ScanLimit) -> Option<Found> {
    let mut cut_off = false;
    let header = answer.challenges.iter().find_map(|value| {
        let seen = bounded(value, limit, &mut cut_off);
        challenge::read(seen)
    });
    let bytes = answer.body.get(..limit.get()).unwrap_or(answer.body);
    cut_off |= bytes.len() < answer.body.len();
    let body_text = String::from_utf8_lossy(bytes);
    let body = body::Body::read(&body_text);

    let realm = header.as_ref().and_then(|pairs| value(pairs, REALM));
    let from_header = header.and_then(|pairs| Reading::declared(pairs, Source::Challenge));
    let from_body = body.declared();
    let mut found = match (from_header, from_body) {
        (Some(header), Some(body)) => header.completed(body).into_found(),
        (Some(reading), None) | (None, Some(reading)) => reading.into_found(),
        (None, None) => infer::infer(&body, answer.status)?,
    };
    found.realm = realm.or(found.realm);
    found.cut_off = cut_off;
    Some(found)
}

/// A declared problem before its side information is drawn out.
struct Reading {
    problem: Problem,
    grounds: Grounds,
    source: Source,
    realm: Option<String>,
}

impl Reading {
    /// The problem that `pairs` declare, or that a base string sent back betrays.
    fn declared(mut pairs: Pairs, source: Source) -> Option<Self> {
        let realm = value(&pairs, REALM);
        if value(&pairs, CODE).is_none() && source == Source::Challenge {
            for (name, _) in &mut pairs {
                match name.as_str() {
                    ERROR => CODE.clone_into(name),
                    ERROR_DESCRIPTION => ADVICE.clone_into(name),
                    _ => {}
                }
            }
        }
        if let Some(problem) = Problem::from_pairs(&pairs) {
            let problem = problem.ok()?;
            return Some(Self {
                problem,
                grounds: Grounds::Declared,
                source,
                realm,
            });
        }
        // Weibo and old net.oauth send the base string without a code: it can only be this one.
        value(&pairs, ECHO)?;
        let mut problem = Problem::new(ProblemCode::SIGNATURE_INVALID);
        for (name, value) in &pairs {
            problem.absorb(name, value);
        }
        Some(Self {
            problem,
            grounds: Grounds::Inferred,
            source,
            realm,
        })
    }

    /// The challenge's reading with what only the body has.
    fn completed(mut self, body: Self) -> Self {
        let (ours, theirs) = (self.problem.code(), body.problem.code());
        if ours == theirs || (ours.known().is_some() && ours.known() == theirs.known()) {
            self.problem.complete(body.problem);
        }
        self.realm = self.realm.or(body.realm);
        self
    }

    fn into_found(self) -> Found {
        let extra = |name| self.problem.extra_value(name).map(str::to_owned);
        let mut found = Found {
            grounds: self.grounds,
            read_from: self.source,
            realm: self.realm,
            base_string_echo: extra(ECHO),
            presented_signature: extra("oauth_signature"),
            expected_signature: extra("oauth_right_signature"),
            signature_method: extra("oauth_signature_method"),
            provider_code: extra("code").or_else(|| extra("oauth_error_code")),
            provider_detail: None,
            server_time: None,
            client_time: None,
            window_seconds: None,
            recoverable: None,
            recognised: Vec::new(),
            cut_off: false,
            problem: self.problem,
        };
        let advice = found.problem.advice().unwrap_or_default().to_owned();
        found.recognised = text::recognise(&advice);
        if found.recognised.is_empty() && advice.contains('%') && !advice.contains(' ') {
            // Encoded twice, as happens where a framework encodes headers and bodies on its own.
            found.recognised = text::recognise(&lenient::decode(&advice));
        }
        if found.recognised.is_empty() && !found.problem.code().is_known() {
            found.recognised = text::recognise(found.problem.code().as_str());
        }
        infer::take_captures(&mut found);
        found
    }
}

/// The part of `text` within the limit, cut before a character that would be torn.
fn bounded<'a>(text: &'a str, limit: ScanLimit, cut_off: &mut bool) -> &'a str {
    if text.len() <= limit.get() {
        return text;
    }
    *cut_off = true;
    let end = (0..=limit.get())
        .rev()
        .find(|&end| text.is_char_boundary(end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

fn value(pairs: &[(String, String)], name: &str) -> Option<String> {
    pairs
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.clone())
}

#[cfg(test)]
mod tests;
