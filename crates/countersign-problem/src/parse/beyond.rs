//! Refusals under statuses that say something else.

use super::body::Body;
use super::infer;
use super::json::{FIRST, Field};
use crate::answer::{Answer, Found, ScanLimit, Source};

/// Parts of the media types that documents are sent as.
const TYPES: [&str; 5] = ["javascript", "json", "text/html", "text/plain", "xml"];

/// Finds the problem in an answer of a provider that refuses with other statuses than those of 4xx
/// too.
///
/// Where its code has `places`, as `error.code`, one of its own codes stands at one of them, seen from
/// the root of a document; else its text begins with one. The first object of a list in the root is
/// `errors[0]`. The cause is a word of this provider, or of the
/// extension, in the object around the code: what only resembles a refusal, in content that was asked
/// for, is none.
///
/// ```
/// use countersign_problem::{Answer, parse_beyond};
///
/// let body = br#"{"meta":{"description":"SIGNATURE_INVALID: x","message":"BAD_OAUTH_REQUEST"}}"#;
/// let answer = Answer { status: Some(200), ..Answer::from_body(body) };
/// let read = |statuses, place| {
///     parse_beyond(&answer, "BrickLink", statuses, &[place], ["BAD_OAUTH_REQUEST"])
/// };
/// let found = read(&[200], "meta.message").unwrap();
/// assert_eq!(found.problem.code().as_str(), "signature_invalid");
/// assert!(read(&[200], "data.message").is_none());
/// assert!(read(&[500], "meta.message").is_none());
/// ```
#[must_use]
pub fn parse_beyond<'c>(
    answer: &Answer<'_>,
    provider: &str,
    statuses: &[u16],
    places: &[&str],
    codes: impl IntoIterator<Item = &'c str>,
) -> Option<Found> {
    let (text, cut_off) = seen(answer, statuses)?;
    let found = match own(answer, &text, places, codes)? {
        Own::Document(kind, near) => infer::infer_own(kind, &near, None, provider),
        Own::Text(text) => infer::infer_own(Source::Text, &[], Some(text), provider),
    };
    found.map(|found| Found { cut_off, ..found })
}

/// Whether an answer is one of those that [`parse_beyond`] reads, be it in words that mean nothing to
/// it.
///
/// ```
/// use countersign_problem::{Answer, parse_beyond, refuses_beyond};
///
/// let body = br#"{"meta":{"description":"SOMETHING_NEW: x","message":"BAD_OAUTH_REQUEST"}}"#;
/// let answer = Answer { status: Some(200), ..Answer::from_body(body) };
/// let codes = ["BAD_OAUTH_REQUEST"];
/// assert!(parse_beyond(&answer, "BrickLink", &[200], &["meta.message"], codes).is_none());
/// assert!(refuses_beyond(&answer, &[200], &["meta.message"], codes));
/// ```
#[must_use]
pub fn refuses_beyond<'c>(
    answer: &Answer<'_>,
    statuses: &[u16],
    places: &[&str],
    codes: impl IntoIterator<Item = &'c str>,
) -> bool {
    seen(answer, statuses).is_some_and(|(text, _)| own(answer, &text, places, codes).is_some())
}

/// What a provider says beside a code of its own.
enum Own<'t> {
    /// The fields of the object around the code.
    Document(Source, Vec<Field>),
    Text(&'t str),
}

fn own<'t, 'c>(
    answer: &Answer<'_>,
    text: &'t str,
    places: &[&str],
    codes: impl IntoIterator<Item = &'c str>,
) -> Option<Own<'t>> {
    let body = Body::read(text);
    let mut codes = codes.into_iter();
    if places.is_empty() {
        let is_own = body.kind == Source::Text && codes.any(|code| begins(body.raw, code));
        return is_own.then_some(Own::Text(body.raw));
    }
    let is_typed = answer.content_type.is_none_or(is_of_a_document);
    if !is_typed || !matches!(body.kind, Source::Json | Source::Xml) {
        return None;
    }
    let codes: Vec<&str> = codes.collect();
    places.iter().find_map(|place| {
        let (object, name) = place.rsplit_once('.').unwrap_or(("", place));
        let near = near(&body.fields, object);
        let is_own = near.iter().any(|field| {
            let is_it = |code: &&str| field.value.eq_ignore_ascii_case(code);
            field.name == name && codes.iter().any(is_it)
        });
        is_own.then_some(Own::Document(body.kind, near))
    })
}

/// The fields of an object that is known by its place.
fn near(fields: &[Field], object: &str) -> Vec<Field> {
    let parent = object.strip_suffix(FIRST).unwrap_or(object);
    let is_near = |field: &&Field| field.object.as_deref() == Some(object);
    let near = fields.iter().filter(is_near).map(|field| Field {
        parent: parent.to_owned(),
        ..field.clone()
    });
    near.collect()
}

/// Finds the problem in the answer to a step of a flow, of a provider that refuses it with one of these
/// statuses, in a text that begins with this word.
///
/// ```
/// use countersign_problem::{Answer, parse_step};
///
/// let read = |body: &str| {
///     let answer = Answer { status: Some(200), ..Answer::from_body(body.as_bytes()) };
///     parse_step(&answer, "MediaWiki", &[200], "Error")
/// };
/// let found = read("Error: An error occurred in the OAuth protocol: Invalid signature").unwrap();
/// assert_eq!(found.problem.code().as_str(), "signature_invalid");
/// assert!(read("Errors: Invalid signature").is_none());
/// assert!(read("The Error: Invalid signature").is_none());
/// ```
#[must_use]
pub fn parse_step(
    answer: &Answer<'_>,
    provider: &str,
    statuses: &[u16],
    word: &str,
) -> Option<Found> {
    let (text, cut_off) = seen(answer, statuses)?;
    let body = Body::read(&text);
    if body.kind != Source::Text || word.is_empty() || !begins(body.raw, word) {
        return None;
    }
    let found = infer::infer_own(body.kind, &[], Some(body.raw), provider);
    found.map(|found| Found { cut_off, ..found })
}

/// What is looked at, if the status is one of those, and whether that is not all.
fn seen<'a>(answer: &Answer<'a>, statuses: &[u16]) -> Option<(std::borrow::Cow<'a, str>, bool)> {
    if !statuses.contains(&answer.status?) {
        return None;
    }
    let bytes = answer.body.get(..ScanLimit::default().get());
    let bytes = bytes.unwrap_or(answer.body);
    let cut_off = bytes.len() < answer.body.len();
    Some((String::from_utf8_lossy(bytes), cut_off))
}

/// Whether a text begins with these words, and not with longer ones.
fn begins(text: &str, words: &str) -> bool {
    let head = text.get(..words.len());
    let next = text.get(words.len()..).and_then(|rest| rest.chars().next());
    head.is_some_and(|head| head.eq_ignore_ascii_case(words))
        && !next.is_some_and(|next| next.is_alphanumeric() || next == '_')
}

/// A text of some other kind is one that somebody wrote, whatever it looks like.
fn is_of_a_document(declared: &str) -> bool {
    let media = declared.split(';').next().unwrap_or_default();
    let media = media.trim_ascii().to_ascii_lowercase();
    media.is_empty() || TYPES.iter().any(|part| media.contains(part))
}
