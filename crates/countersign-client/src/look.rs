//! Whether the body of an answer has to be looked at before its status is believed.

use countersign_dialect::{Provider, Shape};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};

use crate::answer::MAX_ANSWER;
use crate::refusal::text;

/// What the head of an answer tells of its body, where some providers refuse with a status of success.
///
/// ```
/// use countersign_client::Look;
/// use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
/// use http::StatusCode;
///
/// let row = countersign_dialect::by_id("bricklink");
/// let mut headers = HeaderMap::new();
/// headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
/// assert_eq!(Look::at(row, StatusCode::OK, &headers), Look::Due);
/// assert_eq!(Look::at(row, StatusCode::CREATED, &headers), Look::Needless);
/// assert_eq!(Look::at(None, StatusCode::OK, &headers), Look::Needless);
///
/// headers.insert(CONTENT_LENGTH, HeaderValue::from_static("1000000"));
/// assert_eq!(Look::at(row, StatusCode::OK, &headers), Look::Vain);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "each is something that a caller has to do, so a new one must not go unnoticed"
)]
pub enum Look {
    /// The body may be a refusal: read [`MAX_ANSWER`] of it, then ask
    /// [`Attempts`](crate::Attempts).
    Due,
    /// The provider refuses in no such way: the status says all.
    Needless,
    /// Under this status the provider refuses, and this body is too long or of another kind than its
    /// refusals: it goes on as it comes. Nobody has seen that it is no refusal all the same, so that it
    /// says nothing for the token.
    Vain,
}

/// Media types that documents of a shape have, and the ends of others.
const TYPES: &[(Shape, &[&str], &str)] = &[
    (Shape::FormBody, &["application/x-www-form-urlencoded"], ""),
    (
        Shape::Json,
        &[
            "application/json",
            "application/javascript",
            "text/json",
            "text/javascript",
        ],
        "+json",
    ),
    (Shape::Xml, &["application/xml", "text/xml"], "+xml"),
];

/// What careless providers call everything.
const ANY: [&str; 2] = ["text/html", "text/plain"];

impl Look {
    /// At an answer of this provider, of which its head is there.
    #[must_use]
    pub fn at(row: Option<&Provider>, status: StatusCode, headers: &HeaderMap) -> Self {
        let Some(row) = row else {
            return Self::Needless;
        };
        if !row.errors.statuses.contains(&status.as_u16()) {
            return Self::Needless;
        }
        let length = text(headers, &CONTENT_LENGTH).and_then(|length| length.parse().ok());
        let is_short = length.is_none_or(|length: usize| length <= MAX_ANSWER);
        if is_short && !is_coded(headers) && is_typed(row.errors.shapes, headers) {
            Self::Due
        } else {
            Self::Vain
        }
    }
}

/// Whether the body is not as it is read.
pub(crate) fn is_coded(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(CONTENT_ENCODING).iter();
    codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// Whether the declared type, if there is one, is that of one of the shapes.
fn is_typed(shapes: &[Shape], headers: &HeaderMap) -> bool {
    let Some(declared) = headers.get(CONTENT_TYPE) else {
        return true;
    };
    let declared = declared.to_str().unwrap_or_default();
    let media = declared.split(';').next().unwrap_or_default().trim_ascii();
    let is = |name: &&str| media.eq_ignore_ascii_case(name);
    let ends = |end: &str| {
        let at = media.len().checked_sub(end.len());
        let last = at.and_then(|at| media.get(at..));
        !end.is_empty() && last.is_some_and(|last| last.eq_ignore_ascii_case(end))
    };
    ANY.iter().any(is)
        || TYPES.iter().any(|(shape, names, end)| {
            shapes.contains(shape) && (names.iter().any(is) || ends(end))
        })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_look_is_due_where_a_refusal_may_be() {
        for (id, status, kind, length, look) in [
            ("bricklink", 200, "", "", Look::Due),
            (
                "bricklink",
                200,
                "Application/JSON; charset=utf-8",
                "80",
                Look::Due,
            ),
            (
                "bricklink",
                200,
                "application/problem+json",
                "65536",
                Look::Due,
            ),
            ("bricklink", 200, "text/html", "80", Look::Due),
            ("bricklink", 200, "application/json", "65537", Look::Vain),
            ("bricklink", 200, "text/event-stream", "", Look::Vain),
            ("bricklink", 200, "application/xml", "80", Look::Vain),
            ("bricklink", 200, "image/png", "80", Look::Vain),
            ("fatsecret", 200, "text/xml", "80", Look::Due),
            ("bricklink", 201, "application/json", "80", Look::Needless),
            ("bricklink", 401, "application/json", "80", Look::Needless),
            ("trello", 500, "text/plain", "80", Look::Due),
            ("tumblr", 200, "application/json", "80", Look::Needless),
        ] {
            let row = countersign_dialect::by_id(id);
            let mut headers = HeaderMap::new();
            for (name, value) in [(CONTENT_TYPE, kind), (CONTENT_LENGTH, length)] {
                if !value.is_empty() {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            let status = StatusCode::from_u16(status).unwrap();
            let seen = Look::at(row, status, &headers);
            assert_eq!(seen, look, "{id} {status} {kind} {length}");
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            if look == Look::Due {
                assert_eq!(Look::at(row, status, &headers), Look::Vain, "{id}");
            }
        }
    }
}
