//! Who asks, as fields for an API that knows nothing of OAuth.

use countersign_provider::Verified;
use countersign_verify::BodyCoverage;
use http::header::{HeaderMap, HeaderName, HeaderValue};

const CONSUMER: HeaderName = HeaderName::from_static("x-oauth-consumer");
const USER: HeaderName = HeaderName::from_static("x-oauth-user");
const ORGANISATION: HeaderName = HeaderName::from_static("x-oauth-organisation");
const ROLE: HeaderName = HeaderName::from_static("x-oauth-role");
const BODY: HeaderName = HeaderName::from_static("x-oauth-body");

/// Sets what was verified.
pub(super) fn set(headers: &mut HeaderMap, verified: &Verified) {
    let known = [
        (CONSUMER, Some(verified.consumer_key())),
        (USER, verified.user()),
        (ORGANISATION, verified.organisation()),
        (ROLE, verified.role()),
    ];
    for (name, value) in known {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(encoded(value)).ok()) {
            headers.insert(name, value);
        }
    }
    headers.insert(
        BODY,
        HeaderValue::from_static(coverage(verified.coverage())),
    );
}

/// How a body is covered, in a word.
pub(crate) const fn coverage(coverage: BodyCoverage) -> &'static str {
    match coverage {
        BodyCoverage::Empty => "empty",
        BodyCoverage::Form => "form",
        BodyCoverage::Hashed => "hashed",
        // What was not compared with its hash is not covered by it.
        _ => "unsigned",
    }
}

/// A value as a field can carry it: percent-encoded but for visible ASCII and blanks inside.
fn encoded(value: &str) -> String {
    let last = value.len().saturating_sub(1);
    let mut text = String::with_capacity(value.len());
    for (at, byte) in value.bytes().enumerate() {
        let is_inner_blank = byte == b' ' && at != 0 && at != last;
        if is_inner_blank || (byte.is_ascii_graphic() && byte != b'%') {
            text.push(char::from(byte));
        } else {
            text.push('%');
            for digit in [byte >> 4, byte & 15] {
                let digit = char::from_digit(digit.into(), 16).unwrap_or_default();
                text.push(digit.to_ascii_uppercase());
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_a_field_value_and_says_no_more_than_it_is() {
        let cases = [
            ("photo-printer", "photo-printer"),
            ("financial adviser", "financial adviser"),
            (" a ", "%20a%20"),
            (" ", "%20"),
            ("", ""),
            ("50%", "50%25"),
            ("a%20b", "a%2520b"),
            ("J\u{fc}rgen", "J%C3%BCrgen"),
            ("a\r\nX-OAuth-Role: b", "a%0D%0AX-OAuth-Role: b"),
            ("a\tb\0\u{7f}", "a%09b%00%7F"),
        ];
        for (value, expected) in cases {
            assert_eq!(encoded(value), expected);
            assert!(HeaderValue::try_from(encoded(value)).is_ok());
        }
    }
}
