//! What is readable in a request without its signature: misspelt, lost or borrowed pieces.

use countersign_key::Secret;

use super::{PHOTO, diagnosed, found, keys};
use crate::{Case, Confidence, Diagnosis, Keys, Verdict};

const SIGNATURE: &str = "MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D";

/// The search is not what is tested here.
fn few(case: Case<'_>) -> Case<'_> {
    case.with_budget(1_000)
}

fn changed(from: &str, to: &str) -> Diagnosis {
    let text = PHOTO.replace(from, to);
    assert_ne!(text, PHOTO, "{from}");
    diagnosed(&text, &keys(), few)
}

/// The photo request, with a refusal of this text.
fn refused(body: &str) -> Diagnosis {
    let text = format!("{PHOTO}HTTP/1.1 400 X\r\n\r\n{body}");
    diagnosed(&text, &keys(), few)
}

fn best(diagnosis: &Diagnosis) -> (&'static str, &'static str) {
    found(diagnosis).first().copied().unwrap_or_default()
}

#[test]
fn a_header_that_can_be_mended_is_proven_when_the_signature_then_holds() {
    for (from, to) in [
        ("OAuth realm", "OAuth, realm"),
        ("OAuth realm", "OAuth ,realm"),
        ("OAuth realm", "OAuth: realm"),
        ("OAuth realm", "Authorization: OAuth realm"),
        ("\"dpf43f3p2l4k3l03\"", "dpf43f3p2l4k3l03"),
        ("\"chapoH\", ", "\"chapoH\"; "),
    ] {
        let diagnosis = changed(from, to);
        assert_eq!(found(&diagnosis), [("hdr.malformed", "proven")], "{to}");
        let wrong = PHOTO.replace(from, to).replace("MdpQ", "MdpR");
        let tampered = diagnosed(&wrong, &keys(), few);
        assert_eq!(best(&tampered), ("hdr.malformed", "likely"), "{to}");
    }
}

#[test]
fn a_key_that_was_never_handed_over_is_named() {
    for word in ["undefined", "null", "None", "your_consumer_key"] {
        let diagnosis = changed("dpf43f3p2l4k3l03", word);
        assert_eq!(
            best(&diagnosis),
            ("config.missing_credentials", "likely"),
            "{word}"
        );
    }
    // Signed with the key 'undefined&', as a library does whose options were not read.
    let text = "GET /v1/items HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: OAuth \
        oauth_consumer_key=\"undefined\", oauth_nonce=\"kllo9940pd9333jh\", \
        oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1191242096\", \
        oauth_token=\"nnch734d00sl2jdk\", oauth_version=\"1.0\", \
        oauth_signature=\"RrAWK2VedMlvAT2gXoShSmzcNTA%3D\"\r\n\r\n";
    let diagnosis = diagnosed(text, &keys(), few);
    assert_eq!(best(&diagnosis), ("config.missing_credentials", "proven"));
    let empty = changed("dpf43f3p2l4k3l03", "");
    let first = &empty.findings()[0];
    assert_eq!(first.code.as_str(), "hdr.param_absent");
    assert!(
        first
            .also
            .iter()
            .any(|code| code.as_str() == "config.missing_credentials")
    );
}

#[test]
fn a_blank_at_the_end_of_a_key_is_named() {
    let diagnosis = changed("dpf43f3p2l4k3l03", "dpf43f3p2l4k3l03%20");
    // The signature fits the key without the blank.
    assert_eq!(best(&diagnosis), ("key.whitespace", "proven"));
}

#[test]
fn another_token_than_the_one_at_hand_is_told() {
    let diagnosis = changed("nnch734d00sl2jdk", "hh5s93j4hdidpola");
    assert_eq!(best(&diagnosis), ("token.wrong_type", "likely"));
    assert!(
        diagnosis
            .next()
            .is_some_and(|next| next.contains("request token"))
    );
}

#[test]
fn a_token_at_hand_that_is_not_sent_is_a_remark() {
    let text = PHOTO
        .replace("oauth_token=\"nnch734d00sl2jdk\", ", "")
        .replace(SIGNATURE, "hSZHYRkHxQZfTDkOKoWdQDUXKRM%3D");
    // The signature is not the right one for that: no remark, it is refused for other reasons.
    let diagnosis = diagnosed(&text, &keys(), few);
    assert_ne!(best(&diagnosis).0, "key.token_secret_missing");
}

#[test]
fn an_unencoded_plus_in_the_signature_is_proven() {
    let text = "GET /v1/items HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: OAuth \
        oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_nonce=\"n1\", \
        oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1191242096\", \
        oauth_token=\"nnch734d00sl2jdk\", oauth_version=\"1.0\", \
        oauth_signature=\"+XZg49a/2XHktigZ+oYn9SS138M=\"\r\n\r\n";
    let diagnosis = diagnosed(text, &keys(), few);
    assert_eq!(found(&diagnosis), [("sig.not_percent_encoded", "proven")]);
    // Encoded as it should be, nothing is wrong.
    let right = text.replace(
        "+XZg49a/2XHktigZ+oYn9SS138M=",
        "%2BXZg49a%2F2XHktigZ%2BoYn9SS138M%3D",
    );
    let diagnosis = diagnosed(&right, &keys(), few);
    assert_eq!(found(&diagnosis), []);
}

#[test]
fn parameters_in_the_header_that_are_none_of_its_own() {
    let diagnosis = changed("OAuth realm", "OAuth size=\"original\", realm");
    assert_eq!(best(&diagnosis), ("hdr.extra_params", "proven"));
    let diagnosis = changed("OAuth realm", "OAuth colour=\"red\", realm");
    assert_eq!(best(&diagnosis), ("hdr.extra_params", "proven"));
    let text = PHOTO
        .replace("OAuth realm", "OAuth colour=\"red\", realm")
        .replace("MdpQ", "MdpR");
    let tampered = diagnosed(&text, &keys(), few);
    assert!(
        tampered
            .findings()
            .iter()
            .all(|finding| finding.confidence != Confidence::Proven)
    );
}

#[test]
fn a_nonce_that_follows_from_the_timestamp_is_none() {
    let diagnosis = changed("chapoH", "137131202");
    assert!(
        found(&diagnosis).contains(&("nonce.reuse", "likely")),
        "{:?}",
        found(&diagnosis)
    );
}

#[test]
fn words_in_place_of_a_timestamp_are_told_without_a_clock() {
    for (value, note) in [
        ("NaN", "a word for a missing number"),
        ("undefined", "a word for a missing number"),
        ("1318622958.25", "fraction"),
        ("-5", "negative"),
    ] {
        let diagnosis = changed("137131202", value);
        let finding = diagnosis
            .findings()
            .iter()
            .find(|finding| finding.code.as_str() == "time.malformed")
            .unwrap();
        let notes = format!("{:?}", finding.evidence);
        assert!(notes.contains(note), "{value}: {notes}");
    }
}

#[test]
fn a_timestamp_of_some_manual_is_worth_a_look_without_a_clock() {
    let diagnosis = changed("137131202", "1191242096");
    let check = diagnosis
        .checks()
        .iter()
        .find(|check| check.id == "timestamp")
        .unwrap();
    assert_eq!(check.status.as_str(), "warn", "{}", check.detail);
}

#[test]
fn keys_of_another_set_are_recognised() {
    let other = Keys::default()
        .with_consumer_key("sandbox-key")
        .with_consumer_secret(Secret::new("sandbox-secret"));
    let keys = keys().with_other("sandbox", other);
    let text = PHOTO.replace("dpf43f3p2l4k3l03", "sandbox-key");
    let diagnosis = diagnosed(&text, &keys, few);
    assert!(
        found(&diagnosis).contains(&("env.mismatch", "likely")),
        "{:?}",
        found(&diagnosis)
    );
}

#[test]
fn the_steps_of_the_flow_need_what_they_need() {
    for (path, code) in [
        ("/oauth/request_token", "callback.config"),
        ("/oauth/AccessToken", "hdr.param_absent"),
    ] {
        let text = PHOTO.replace("/photos?", &format!("{path}?"));
        let text = format!("{text}HTTP/1.1 401 X\r\n\r\nno");
        let diagnosis = diagnosed(&text, &Keys::default(), few);
        assert_eq!(best(&diagnosis), (code, "possible"), "{path}");
    }
}

#[test]
fn an_answer_that_names_what_is_not_wrong_is_not_believed() {
    let diagnosis =
        refused("oauth_problem=timestamp_refused&oauth_acceptable_timestamps=137131142-137131262");
    assert_eq!(diagnosis.verdict(), Verdict::Likely);
    assert_eq!(found(&diagnosis), [("provider.fault", "possible")]);
    assert!(diagnosis.next().is_some());
}

#[test]
fn an_absent_parameter_that_was_sent_got_lost_or_was_not_understood() {
    let diagnosis = refused(
        "oauth_problem=parameter_absent&oauth_parameters_absent=oauth_consumer_key%26oauth_nonce",
    );
    let codes: Vec<_> = found(&diagnosis)
        .into_iter()
        .map(|(code, _)| code)
        .collect();
    assert_eq!(
        codes,
        [
            "hdr.stripped",
            "hdr.provider_strict_parser",
            "callback.config"
        ]
    );
}

#[test]
fn a_provider_whose_clocks_disagree_is_at_fault() {
    let judged = |date: &str| {
        let text = format!(
            "{PHOTO}HTTP/1.1 401 X\r\nDate: Tue, 07 May 1974 {date} GMT\r\n\r\n\
             oauth_problem=timestamp_refused&oauth_acceptable_timestamps=137141142-137141742"
        );
        best(&diagnosed(&text, &keys(), few))
    };
    assert_eq!(judged("04:00:02"), ("provider.fault", "likely"));
    assert!(judged("06:50:42").0.starts_with("time."));
}
