//! Whether a form was sent from a page of ours.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, header};
use subtle::ConstantTimeEq as _;

use crate::random_id::RandomId;

/// Which page a request came from, as browsers tell.
const FETCH_SITE: &str = "sec-fetch-site";

/// What goes into each form of a browser: another site can't read it, and another browser's is not
/// taken.
pub(crate) fn form_token(session: &RandomId) -> String {
    URL_SAFE_NO_PAD.encode(session.digest("form"))
}

/// Compares in a time that does not depend on what was sent.
pub(crate) fn is_form_token(sent: &str, session: &RandomId) -> bool {
    form_token(session).as_bytes().ct_eq(sent.as_bytes()).into()
}

/// Whether the browser says that another site sent the request. Clients that are no browsers say
/// nothing; the token of the form is asked of all.
pub(crate) fn is_foreign(headers: &HeaderMap, own: &str) -> bool {
    let text = |name: &str| {
        let value = headers.get(name)?;
        // What is not text is not ours either.
        Some(value.to_str().unwrap_or_default())
    };
    let site = text(FETCH_SITE);
    if !matches!(site, None | Some("same-origin" | "none")) {
        return true;
    }
    match text(header::ORIGIN.as_str()) {
        None => false,
        // Our pages send no referrer, and browsers make the origin of their forms opaque with it;
        // so they do for those of a frame that hides where it is from.
        Some("null") => site != Some("same-origin"),
        Some(origin) => origin != own,
    }
}

#[cfg(test)]
mod tests {
    use countersign_signature::OsRandom;
    use http::HeaderValue;

    use super::*;

    const OWN: &str = "https://api.example.com";

    fn foreign(site: Option<&str>, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
            if let Some(value) = value {
                headers.insert(name, HeaderValue::from_str(value).unwrap());
            }
        }
        is_foreign(&headers, OWN)
    }

    #[test]
    fn requests_of_our_pages_are_told_from_those_of_others() {
        let cases = [
            (None, None, false),
            (None, Some(OWN), false),
            (Some("same-origin"), Some(OWN), false),
            (Some("same-origin"), Some("null"), false),
            (Some("none"), None, false),
            (Some("none"), Some("null"), true),
            (None, Some("null"), true),
            (None, Some("http://api.example.com"), true),
            (None, Some("https://api.example.com:8443"), true),
            (None, Some("https://api.example.com.evil.example"), true),
            (None, Some("https://www.example.com"), true),
            (None, Some(""), true),
            (Some("cross-site"), None, true),
            (Some("cross-site"), Some(OWN), true),
            (Some("same-site"), Some("null"), true),
            (Some("same-origin"), Some("https://evil.example"), true),
            (Some("SAME-ORIGIN"), None, true),
        ];
        for (site, origin, expected) in cases {
            assert_eq!(foreign(site, origin), expected, "{site:?} {origin:?}");
        }
    }

    #[test]
    fn the_token_of_a_form_is_that_of_its_session() {
        let [mine, other] = [(); 2].map(|()| RandomId::draw(&mut OsRandom::new()).unwrap());
        let token = form_token(&mine);
        assert!(is_form_token(&token, &mine));
        assert!(!is_form_token(&token, &other));
        assert!(!is_form_token("", &mine));
        assert!(!is_form_token(&token[1..], &mine));
        assert_ne!(token, *mine.text(), "the page does not show the cookie");
    }
}
