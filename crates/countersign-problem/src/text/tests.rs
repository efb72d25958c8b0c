use super::{Grade, Pattern, by_number, of_code, recognise, rows};
use crate::ProblemCode;

fn first(text: &str) -> super::Recognised {
    recognise(text)
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("{text} is not recognised"))
}

#[test]
fn every_row_is_complete() {
    let mut patterns: Vec<Pattern> = Vec::new();
    for row in rows() {
        let text = row.pattern.text();
        assert!(!text.is_empty() && !row.providers.is_empty(), "{text}");
        assert!(row.meaning.ends_with(['.', ')']), "{text}");
        assert!(!row.causes.is_empty() && !row.remedies.is_empty(), "{text}");
        assert!(
            row.causes
                .iter()
                .chain(row.remedies)
                .all(|s| s.ends_with(['.', '?'])),
            "{text}"
        );
        assert!(row.settles.ends_with(['.', '?']), "{text}");
        assert!(!row.source.is_empty(), "{text}");
        assert!(
            row.code.as_ref().is_none_or(ProblemCode::is_known),
            "{text}"
        );
        assert!(!patterns.contains(&row.pattern), "{text} has two rows");
        patterns.push(row.pattern);
        if row.source == "general knowledge" {
            assert_eq!(row.grade, Grade::C, "{text}");
        }
    }
    assert!(patterns.len() >= 150, "{}", patterns.len());
}

#[test]
fn every_row_recognises_its_own_text() {
    for row in rows() {
        let found = match row.pattern {
            Pattern::Number { at, value } => by_number(Some(at), value),
            pattern => {
                // Every gap filled with something that fits it.
                let mut text = String::new();
                for (index, part) in pattern.text().split('{').enumerate() {
                    if index > 0 {
                        text.push_str("17");
                    }
                    text.push_str(part.split_once('}').map_or(part, |(_, literal)| literal));
                }
                recognise(&text)
            }
        };
        let itself = found
            .iter()
            .any(|recognised| core::ptr::eq(recognised.row, row));
        assert!(itself, "{:?}", row.pattern);
    }
}

#[test]
fn the_six_answers_of_the_seed_have_their_causes_in_order() {
    for (text, code, causes) in [
        (
            "The access token has not been authorized, or has been revoked by the user",
            ProblemCode::TOKEN_REJECTED,
            ["disconnected", "removed", "second authorisation"].as_slice(),
        ),
        (
            "Token THISISANCCESSTOKEN does not match an expected REQUEST token",
            ProblemCode::TOKEN_REJECTED,
            ["Two workers", "never stored"].as_slice(),
        ),
        (
            "The timestamp is too old, it must be at most 300 seconds before the server\u{2019}s",
            ProblemCode::TIMESTAMP_REFUSED,
            ["behind"].as_slice(),
        ),
        (
            "The timestamp is too far in the future, it must be at most 300 seconds after the server's current date and time",
            ProblemCode::TIMESTAMP_REFUSED,
            ["ahead"].as_slice(),
        ),
        (
            "No certificates have been registered for the consumer",
            ProblemCode::SIGNATURE_METHOD_REJECTED,
            ["expired"].as_slice(),
        ),
        (
            "Failed to validate signature",
            ProblemCode::SIGNATURE_INVALID,
            ["certificate does not belong to the private key"].as_slice(),
        ),
    ] {
        let found = first(text);
        assert_eq!(found.row.code, Some(code), "{text}");
        for (cause, word) in found.row.causes.iter().zip(causes) {
            assert!(cause.contains(word), "{text}: {cause}");
        }
    }
    let found = first("Token THISISANCCESSTOKEN does not match an expected REQUEST token");
    assert_eq!(found.capture("token"), Some("THISISANCCESSTOKEN"));
    let found = first(
        "The timestamp is too old, it must be at most 120 seconds before the server's current date and time",
    );
    assert_eq!(found.number("seconds"), Some(120));
    assert_eq!(found.capture("token"), None);
}

#[test]
fn the_longer_text_comes_first() {
    let found = recognise("Invalid signature - provided signature does not match.");
    assert_eq!(found[0].row.providers, ["WooCommerce"]);
    assert!(found.len() > 1);
}

#[test]
fn all_advice_of_the_seeds_provider_is_known() {
    for text in [
        "The access token has not been authorized, or has been revoked by the user",
        "Token X does not match an expected REQUEST token",
        "Token does not match an expected REQUEST token",
        "Token X does not match an expected ACCESS token",
        "Token does not match an expected ACCESS token",
        "Token has not been provided",
        "The access token is not valid",
        "The Request could not be verified",
        "The access token has expired",
        "The nonce value \"X\" has already been used",
        "No certificates have been registered for the consumer",
        "Partner applications must use RSA-SHA1 signature method",
        "Failed to validate signature",
        "Unknown Consumer (Realm: , Key: K)",
        "Consumer key was not recognised",
        "Private applications cannot request a Request Token",
        "The consumer was denied access to this resource.",
        "please wait before retrying the xero api",
        "organisation offline",
        "rate limit exceeded",
        "The page you are attempting to access requires an SSL client certificate",
        "Missing required parameter : oauth_token",
        "The parameter \"oauth_verifier\" was rejected",
        "When obtaining a request token, you must not supply the oauth_token parameter",
        "The oauth_token_secret must not be transmitted to the provider.",
        "Encountered unexpected oauth_body_hash value in form-encoded request",
        "Unknown or previously rejected token \"T\"",
        "The decision to give access to the consumer has yet to be made, please try again later.",
        "Failed to validate body hash",
        "Expired timestamp, yours 1, ours 2",
        "oauth_signature [a=] does not match expected value [b=]",
        "Authentication failed timestamp invalid -1366125875",
    ] {
        assert!(!recognise(text).is_empty(), "{text}");
    }
}

#[test]
fn a_code_leads_to_its_texts() {
    let capitals = ProblemCode::parse("TOKEN_REJECTED").unwrap();
    assert!(of_code(&ProblemCode::TOKEN_REJECTED).count() > 10);
    assert_eq!(
        of_code(&capitals).count(),
        of_code(&ProblemCode::TOKEN_REJECTED).count()
    );
    assert_eq!(of_code(&ProblemCode::parse("gremlins").unwrap()).count(), 0);
}

#[test]
fn what_nobody_says_is_not_recognised() {
    for text in ["", " ", "hello", "token", "the", "signature", "{token}"] {
        assert!(recognise(text).is_empty(), "{text}");
    }
    assert!(recognise(&"x ".repeat(1_000_000)).is_empty());
    assert!(by_number(None, "99999").is_empty());
}
