use countersign_base_string::{Request, Uri};
use countersign_clock::UnixTime;
use countersign_signature::{Method, Methods};

use super::{NOW, URL, get, header, ordinary};
use crate::{CheckId, ORDER, Outcome, Policy, examine};

#[test]
fn the_order_is_the_order_of_the_variants() {
    assert!(ORDER.is_sorted());
    let position = |id| ORDER.iter().position(|candidate| *candidate == id).unwrap();
    assert_eq!(
        position(CheckId::Nonce),
        ORDER.len() - 1,
        "nothing is written before the nonce"
    );
    assert!(position(CheckId::Signature) < position(CheckId::TokenState));
    assert!(
        position(CheckId::Window) < position(CheckId::Consumer),
        "cheap checks first"
    );
}

/// Every fault that needs neither key nor store, each beside all that come after it.
#[test]
fn the_first_failure_in_the_order_decides() {
    let faults: [(&str, &str); 6] = [
        ("oauth_token=\"a\", ", "duplicates"),
        ("", "required"),
        ("oauth_version=\"2.0\", ", "version"),
        ("oauth_nonce=\"a b\", ", "syntax"),
        ("oauth_timestamp=\"1\", ", "timestamp"),
        ("", ""),
    ];
    let policy = Policy::default();
    for first in 0..5 {
        let mut value = "OAuth oauth_token=\"a\", oauth_signature_method=\"HMAC-SHA1\", \
                         oauth_signature=\"AAAA\", "
            .to_owned();
        if first > 1 {
            value.push_str("oauth_consumer_key=\"k\", ");
        }
        for (text, _) in faults.iter().skip(first) {
            value.push_str(&text.replace(' ', "%20").replace(",%20", ", "));
        }
        if first > 3 {
            value.push_str("oauth_nonce=\"n\", ");
        }
        value.push_str("x=\"y\"");
        let request = get(URL, &value);
        let refusal = examine(&request, UnixTime::from_seconds(NOW), &policy)
            .admit()
            .unwrap_err();
        assert_eq!(refusal.check().as_str(), faults[first].1, "{value}");
    }
}

#[test]
fn all_checks_without_keys_are_kept_for_the_operator() {
    let value = "OAuth oauth_version=\"9\", oauth_nonce=\"%20\", oauth_timestamp=\"1\", \
                 oauth_signature=\"AAAA\"";
    let request = get(URL, value);
    let policy = Policy::default();
    let examination = examine(&request, UnixTime::from_seconds(NOW), &policy);
    let failed: Vec<_> = examination
        .failures()
        .iter()
        .map(|cause| cause.check())
        .collect();
    assert_eq!(
        failed,
        [
            CheckId::Required,
            CheckId::Version,
            CheckId::Syntax,
            CheckId::Window
        ]
    );
    assert_eq!(
        examination.trail().outcome(CheckId::Consumer),
        Outcome::NotRun
    );
    assert_eq!(
        examination.trail().outcome(CheckId::Signature),
        Outcome::NotRun
    );
}

#[test]
fn a_hostile_header_is_refused_by_its_length() {
    let value = format!("OAuth x=\"{}\"", "a".repeat(1 << 20));
    let request = Request::new("GET", Uri::parse(URL).unwrap())
        .unwrap()
        .with_authorization(&value);
    let policy = Policy::default();
    let refusal = examine(&request, UnixTime::from_seconds(NOW), &policy)
        .admit()
        .unwrap_err();
    assert_eq!(refusal.check(), CheckId::Limits);
    let answer = refusal.answer();
    assert_eq!((answer.status, answer.problem), (431, None));
}

#[test]
fn every_check_has_its_place() {
    let mut trail = crate::Trail::default();
    for (index, id) in ORDER.into_iter().enumerate() {
        trail.passed(id);
        let passed = trail.iter().filter(|(_, it)| *it == Outcome::Passed);
        assert_eq!(passed.count(), index + 1);
        assert_eq!(trail.outcome(id), Outcome::Passed);
    }
}

/// What is refused whatever is looked up is told before, and nothing else is.
#[test]
fn a_request_that_no_key_could_help_is_known_before_the_look_ups() {
    let value = header(URL, &ordinary(), Method::HMAC_SHA1);
    let start = value.find("oauth_signature=\"").unwrap() + "oauth_signature=\"".len();
    let end = start + value[start..].find('"').unwrap();
    let signature = value[start..end].to_owned();
    let (plain, secure) = (
        "http://photos.example.net/a",
        "https://photos.example.net/a",
    );
    let plaintext = || value.replace("HMAC-SHA1", "PLAINTEXT");
    let standard = Policy::default();
    let all = Methods::standard().dangerous_with_plaintext();
    let with_plaintext = Policy::default().with_methods(all);
    let raw = Policy::default().lenient_raw_protocol();
    let split = value.replace("oauth_nonce=\"", "oauth_nonce=\"a&");
    for (policy, url, value, expected) in [
        (&standard, secure, value.clone(), None),
        (&standard, secure, value.replace(&signature, "AAAA"), None),
        (
            &standard,
            secure,
            value.replace(&signature, "%21"),
            Some(CheckId::Signature),
        ),
        (
            &standard,
            secure,
            value.replace("HMAC-SHA1", "HMAC-MD5"),
            Some(CheckId::Method),
        ),
        (&standard, secure, plaintext(), Some(CheckId::Method)),
        (&raw, secure, value.clone(), None),
        (&raw, secure, split.clone(), Some(CheckId::Signature)),
        (&standard, secure, split, None),
        (&with_plaintext, secure, plaintext(), None),
        (&with_plaintext, plain, plaintext(), Some(CheckId::Method)),
    ] {
        let request = get(url, &value);
        let admitted = examine(&request, UnixTime::from_seconds(NOW), policy).admit();
        let refused = admitted.unwrap().could_pass().err();
        assert_eq!(
            refused.map(|it| it.cause().check()),
            expected,
            "{url}, {value}"
        );
    }
}
