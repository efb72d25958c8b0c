#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use proptest::prelude::*;

use super::{parse, parse_within};
use crate::{Answer, Found, Grounds, ProblemCode, ScanLimit, Source, VersionRange};

fn body(text: &str) -> Found {
    parse(&Answer::from_body(text.as_bytes())).unwrap()
}

fn challenge(text: &str) -> Found {
    parse(&Answer {
        challenges: &[text],
        ..Answer::default()
    })
    .unwrap()
}

#[test]
fn challenge_and_body_complete_each_other() {
    let found = parse(&Answer {
        status: Some(401),
        challenges: &[
            "Basic realm=\"x\"",
            "OAuth realm=\"api\", oauth_problem=timestamp_refused",
        ],
        content_type: Some("text/html"),
        body: b"oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1-2",
    })
    .unwrap();
    assert_eq!(found.read_from, Source::Challenge);
    assert_eq!(found.realm.as_deref(), Some("api"));
    assert_eq!(
        found.problem.acceptable_timestamps().unwrap().to_string(),
        "1-2"
    );

    let found = parse(&Answer {
        challenges: &["OAuth oauth_problem=token_used"],
        body: b"oauth_problem=timestamp_refused&oauth_problem_advice=other",
        ..Answer::default()
    })
    .unwrap();
    assert_eq!(found.problem.code().as_str(), "token_used");
    assert_eq!(found.problem.advice(), None);
}

#[test]
fn codes_in_odd_case_are_the_same_problem() {
    let found = parse(&Answer {
        status: Some(401),
        challenges: &["OAuth oauth_problem=\"TOKEN_REJECTED\""],
        content_type: None,
        body: b"oauth_problem=token_rejected&oauth_problem_advice=The%20access%20token%20is%20not%20valid",
    })
    .unwrap();
    assert_eq!(found.problem.code().as_str(), "TOKEN_REJECTED");
    assert_eq!(
        found.problem.code().known(),
        Some(ProblemCode::TOKEN_REJECTED)
    );
    assert_eq!(
        found.problem.advice(),
        Some("The access token is not valid")
    );
    let other = parse(&Answer {
        status: Some(401),
        challenges: &["OAuth oauth_problem=\"TOKEN_EXPIRED\""],
        content_type: None,
        body: b"oauth_problem=token_rejected&oauth_problem_advice=x",
    })
    .unwrap();
    assert_eq!(other.problem.advice(), None);
}

#[test]
fn debug_shows_no_value_that_was_sent_back() {
    let text = "oauth_problem=signature_invalid&oauth_signature=canary%26&a=canary\
                &oauth_problem_advice=canary&oauth_parameters_rejected=b%3Dcanary\
                &oauth_signature_base_string=GET%26http%253A%252F%252Fh%26c%253Dcanary";
    let challenge = "OAuth realm=\"api\", oauth_signature=\"canary\"";
    let answer = Answer {
        status: Some(401),
        challenges: &[challenge],
        content_type: None,
        body: text.as_bytes(),
    };
    let found = parse(&answer).unwrap();
    assert_eq!(found.presented_signature.as_deref(), Some("canary&"));
    let other = body("oauth_signature [canary] does not match expected value [canary]");
    assert_eq!(other.expected_signature.as_deref(), Some("canary"));
    for shown in [
        format!("{answer:?}{found:?}{other:?}"),
        format!("{answer:#?}{found:#?}{other:#?}"),
    ] {
        assert!(!shown.contains("canary"), "{shown}");
        assert!(!shown.contains("99, 97, 110"), "{shown}");
        assert!(shown.contains("signature_invalid"), "{shown}");
    }
}

#[test]
fn companions_encoded_twice_are_read() {
    let found = body(
        "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1400000000%252D1400000600\
         &oauth_acceptable_versions=1%252E0-1%252E0\
         &oauth_problem_advice=The%2520access%2520token%2520has%2520expired",
    );
    let range = found.problem.acceptable_timestamps().unwrap();
    assert_eq!((range.low(), range.high()), (1_400_000_000, 1_400_000_600));
    assert_eq!(
        found.problem.acceptable_versions(),
        Some(VersionRange::ONLY_1_0)
    );
    assert_eq!(found.recognised.len(), 1);
    // The advice itself stays as sent: a percent sign may be meant.
    assert_eq!(
        found.problem.advice(),
        Some("The%20access%20token%20has%20expired")
    );
}

#[test]
fn a_bare_challenge_leaves_the_word_to_the_body() {
    let found = parse(&Answer {
        challenges: &["OAuth realm=\"api\""],
        body: b"oauth_problem=nonce_used\r\n",
        ..Answer::default()
    })
    .unwrap();
    assert_eq!(found.problem.code().as_str(), "nonce_used");
    assert_eq!(found.realm.as_deref(), Some("api"));
    assert_eq!(found.read_from, Source::FormBody);
}

#[test]
fn answers_without_a_problem_have_none() {
    for text in [
        "",
        "OK",
        "<html><body>Not found</body></html>",
        "{\"message\":\"hello\"}",
        "\u{0}",
    ] {
        assert!(
            parse(&Answer::from_body(text.as_bytes())).is_none(),
            "{text:?}"
        );
    }
    let basic = Answer {
        challenges: &["Basic realm=\"oauth\""],
        ..Answer::default()
    };
    assert!(parse(&basic).is_none());
    let bearer = Answer {
        challenges: &["Bearer error=\"invalid_token\""],
        ..Answer::default()
    };
    assert!(parse(&bearer).is_none());
    let own = Answer {
        challenges: &["OAuth realm=\"api\""],
        ..Answer::default()
    };
    assert!(parse(&own).is_none());
}

#[test]
fn netsuite_names_its_code_error() {
    let found = challenge(
        "OAuth realm=\"9910981_SB1\", error=\"token_rejected\", error_description=\"Invalid login attempt.\"",
    );
    assert_eq!(found.problem.code().as_str(), "token_rejected");
    assert_eq!(found.problem.advice(), Some("Invalid login attempt."));
    assert_eq!(found.recognised[0].row.providers, ["NetSuite"]);
}

#[test]
fn text_with_both_clocks_gives_them() {
    let found = body(
        "Expired timestamp: given 1552895690 and now 1552999863 has a greater difference than threshold 300",
    );
    assert_eq!(found.grounds, Grounds::Inferred);
    assert_eq!(found.client_time, Some(1_552_895_690));
    assert_eq!(found.server_time, Some(1_552_999_863));
    assert_eq!(found.window_seconds, Some(300));

    let found = body(
        "{\"error\":{\"developer_message\":\"Expired timestamp, yours 10, ours 20\",\"reason_stack\":[\"bad_request\",\"invalid_timestamp\"],\"yours\":10,\"ours\":20,\"difference\":10,\"threshold\":300,\"status\":400}}",
    );
    assert_eq!(found.problem.code().as_str(), "timestamp_refused");
    assert_eq!((found.client_time, found.server_time), (Some(10), Some(20)));
    assert_eq!(found.window_seconds, Some(300));

    let found = body(
        "oauth_problem=timestamp_refused&oauth_problem_advice=The timestamp is too old, it must be at most 120 seconds before the server\u{2019}s",
    );
    assert_eq!(found.window_seconds, Some(120));
}

#[test]
fn bricklink_says_it_in_capitals_with_status_200() {
    let found = body(
        "{\"meta\":{\"description\":\"TIMESTAMP_REFUSED: x\",\"message\":\"BAD_OAUTH_REQUEST\",\"code\":401},\"data\":{}}",
    );
    assert_eq!(found.problem.code().as_str(), "timestamp_refused");
    assert_eq!(found.provider_code.as_deref(), Some("BAD_OAUTH_REQUEST"));
    assert_eq!(found.provider_detail.as_deref(), Some("TIMESTAMP_REFUSED"));
    // A word that no row has, but that is one of the extension's.
    let found = body(
        "{\"meta\":{\"description\":\"TOKEN_REVOKED: x\",\"message\":\"BAD_OAUTH_REQUEST\",\"code\":401}}",
    );
    assert_eq!(found.problem.code().as_str(), "token_revoked");
}

#[test]
fn more_providers_are_understood() {
    for (text, code) in [
        (
            "{\"errors\":[{\"code\":89,\"message\":\"x\"}]}",
            "token_rejected",
        ),
        (
            "{\"error\":{\"code\":8,\"message\":\"Invalid signature: oauth_signature 'abc'\"}}",
            "signature_invalid",
        ),
        (
            "<?xml version=\"1.0\"?><rsp stat=\"fail\"><err code=\"33\" msg=\"invalid nonce\"/></rsp>",
            "nonce_used",
        ),
        (
            "{\"error\":{\"code\":\"mwoauth-invalid-authorization\",\"info\":\"The authorization headers in your request are not valid: Nonce already used: 7\"}}",
            "nonce_used",
        ),
        (
            "{\"code\":\"json_oauth1_signature_mismatch\",\"message\":\"x\"}",
            "signature_invalid",
        ),
        (
            "<html><body><h1>HTTP Status 401 - Unknown consumer key</h1></body></html>",
            "consumer_key_unknown",
        ),
        (
            "{\"oauth_problem\":\"nonce_used\",\"oauth_problem_advice\":\"a b\"}",
            "nonce_used",
        ),
        (
            "{\"error\":{\"description\":\"OAuth oauth_problem=\\\"token_expired\\\", realm=\\\"yahooapis.com\\\"\"}}",
            "token_expired",
        ),
        (
            "{\"message\":\"oauth_problem=token_rejected\\u0026oauth_problem_advice=x\"}",
            "token_rejected",
        ),
        (
            "<error>oauth_problem=token_used&amp;oauth_problem_advice=a%20b</error>",
            "token_used",
        ),
        ("{\"broken\": oauth_problem=token_used", "token_used"),
        (
            "HTTP Status 401 (oauth_problem=signature_invalid).",
            "signature_invalid",
        ),
        (
            "https://a.example/cb?x=1&oauth_problem=user_refused&oauth_token=t",
            "user_refused",
        ),
        (
            "oauth_problem=timestamp_refused,oauth_acceptable_timestamps=1-2",
            "timestamp_refused",
        ),
        ("\u{feff}oauth_problem=nonce_used", "nonce_used"),
    ] {
        assert_eq!(body(text).problem.code().as_str(), code, "{text}");
    }
}

#[test]
fn invalid_utf_8_is_no_obstacle() {
    let found = parse(&Answer::from_body(
        b"oauth_problem=token_used&oauth_problem_advice=\xff%ff!",
    ))
    .unwrap();
    assert_eq!(found.problem.advice(), Some("\u{fffd}\u{fffd}!"));
}

#[test]
fn what_lies_behind_the_limit_is_not_seen() {
    let text = "x".repeat(100) + "\noauth_problem=token_used";
    let answer = Answer::from_body(text.as_bytes());
    assert!(parse_within(&answer, ScanLimit::bytes(100)).is_none());
    assert!(
        !parse_within(&answer, ScanLimit::bytes(200))
            .unwrap()
            .cut_off
    );
    let long = "oauth_problem=token_used&a=".to_owned() + &"b".repeat(1000);
    let answer = Answer::from_body(long.as_bytes());
    assert!(
        parse_within(&answer, ScanLimit::bytes(100))
            .unwrap()
            .cut_off
    );
    assert!(parse_within(&answer, ScanLimit::bytes(0)).is_none());
}

/// Far more than one pass over each would take minutes.
#[test]
fn hostile_answers_are_read_in_one_pass() {
    for (pattern, bytes) in [
        ("oauth_problem=", 1 << 20),
        ("oauth_problem=x&", 1 << 20),
        ("[", 1 << 20),
        ("oauth_problem=&", 1 << 15),
        ("oauth_problem=,", 1 << 15),
        ("{\"a\":", 1 << 15),
        ("[{\"a\":\"", 1 << 15),
        ("<a", 1 << 15),
        ("<a>", 1 << 15),
        ("<a b=\"c\" ", 1 << 15),
        ("</a>", 1 << 15),
        ("&", 1 << 15),
        ("&amp", 1 << 15),
        ("&#", 1 << 15),
        ("\\\\", 1 << 15),
        ("\"", 1 << 15),
        ("\\u", 1 << 15),
        ("%", 1 << 15),
        ("%2", 1 << 15),
        ("(", 1 << 15),
        ("OAuth ", 1 << 15),
        ("OAuth \noauth_problem=", 1 << 15),
        ("(oauth_problem=", 1 << 15),
        (", ", 1 << 15),
        ("a=,", 1 << 15),
        ("=", 1 << 15),
        ("Expired timestamp, yours ", 1 << 15),
        ("oauth_problem=x&debug_sbs=", 1 << 15),
        ("oauth_problem_advice=x&", 1 << 15),
        ("oauth_acceptable_versions=x&", 1 << 15),
        ("a b ", 1 << 15),
        ("\"a\",", 1 << 15),
        ("{\"code\":32},", 1 << 15),
        ("\u{fffd}", 1 << 15),
        ("\n", 1 << 15),
        ("realm=", 1 << 15),
    ] {
        let text = pattern.repeat(bytes / pattern.len());
        for start in ["", "oauth_problem=x&", "{\"message\":\"", "<html>", "<x>"] {
            let text = format!("{start}{text}");
            let answer = Answer {
                challenges: &[&text],
                body: text.as_bytes(),
                ..Answer::default()
            };
            let found = parse(&answer);
            assert!(found.is_none_or(|found| found.problem.code().as_str().len() <= 128));
        }
    }
    let name = "a".repeat(1 << 17);
    let attributes = " b=\"\"".repeat(1 << 14);
    assert!(
        parse(&Answer::from_body(
            format!("<{name}{attributes}>").as_bytes()
        ))
        .is_none()
    );
}

#[test]
fn only_so_many_pairs_are_read() {
    let text = "oauth_problem=token_used&".to_owned() + &"a=b&".repeat(5000);
    assert_eq!(body(&text).problem.extra().len(), 1023);
    assert_eq!(challenge(&text).problem.extra().len(), 1023);
}

proptest! {
    #[test]
    fn no_bytes_panic(body: Vec<u8>, header: String) {
        let answer = Answer { challenges: &[&header], body: &body, ..Answer::default() };
        let found = parse(&answer);
        prop_assert!(found.is_none_or(|found| !found.problem.code().as_str().is_empty()));
    }

    #[test]
    fn no_near_miss_panics(
        parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "oauth_problem", "=", "&", ",", " ", "\"", "\\", "OAuth ", "realm", "token_used", "%20", "%",
                "{", "}", "[", "]", ":", "<", ">", "/", "&amp;", "\n", "debug_sbs=", "oauth_problem_advice",
                "oauth_parameters_absent", "oauth_acceptable_timestamps", "1-2", "errors", "code", "32", "\u{e9}",
                "Token ", " does not match an expected REQUEST token", "(", ")", "\\ud83d", "\\ude00",
            ]),
            0..40,
        ),
    ) {
        let text = parts.concat();
        let answer = Answer { challenges: &[&text], body: text.as_bytes(), ..Answer::default() };
        if let Some(found) = parse(&answer) {
            // Whatever was read can be written and read again.
            let again = parse(&Answer::from_body(found.problem.form_body().as_bytes())).unwrap();
            prop_assert_eq!(again.problem, found.problem);
        }
    }
}
