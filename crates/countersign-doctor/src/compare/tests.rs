#![allow(clippy::indexing_slicing, reason = "tests")]

use countersign_base_string::Scheme;
use countersign_capture::{OwnedAnswer, OwnedRequest, read};

use crate::tests::keys;
use crate::{Case, Comparison, Relation, Verdict, compare, compare_hops};

/// Single deviations are enough here.
const BUDGET: u64 = 3_000;

/// A request that the example keys signed for https; the shape of real refusals, rebuilt with
/// public keys.
const SENT: &str = "GET /v1/items HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: OAuth \
    oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_nonce=\"kllo9940pd9333jh\", \
    oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1191242096\", \
    oauth_token=\"nnch734d00sl2jdk\", oauth_version=\"1.0\", \
    oauth_signature=\"5soz2%2FSz%2BEQYyto9eklkJFTMXJg%3D\"\r\n\r\n";

/// The same, with the nonce md5(timestamp).
const SECOND: &str = "GET /v1/items HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: OAuth \
    oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_nonce=\"2ddde3f88c3d10da76032230dc6d9079\", \
    oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1191242096\", \
    oauth_token=\"nnch734d00sl2jdk\", oauth_version=\"1.0\", \
    oauth_signature=\"E4AVn2zeVr9KkswAW4sYkopXJJw%3D\"\r\n\r\n";

fn request(text: &str) -> OwnedRequest {
    let capture = read(text.as_bytes()).unwrap();
    capture
        .request()
        .unwrap()
        .clone()
        .with_scheme(Scheme::Https)
}

fn answer(status: u16, body: &str) -> OwnedAnswer {
    OwnedAnswer::new().with_status(status).with_body(body)
}

/// Both captures with the example keys, each perhaps with its answer.
fn compared(
    first: (&str, Option<&OwnedAnswer>),
    second: (&str, Option<&OwnedAnswer>),
) -> Comparison {
    let keys = keys();
    let (one, other) = (request(first.0), request(second.0));
    let case = |request, answer: Option<_>| {
        let mut case = Case::default()
            .with_request(request)
            .with_keys(&keys)
            .with_budget(BUDGET);
        case.answer = answer;
        case
    };
    compare(&case(&one, first.1), &case(&other, second.1))
}

fn found(comparison: &Comparison) -> Vec<(&'static str, &'static str)> {
    let findings = comparison.findings().iter();
    findings
        .map(|finding| (finding.code.as_str(), finding.confidence.as_str()))
        .collect()
}

fn without_header(text: &str) -> String {
    text.lines()
        .filter(|line| !line.starts_with("Authorization"))
        .map(|line| format!("{line}\r\n"))
        .collect()
}

#[test]
fn a_header_that_is_gone_on_the_server_was_stripped() {
    let arrived = without_header(SENT);
    let refused = answer(401, "header missing");
    for answer in [None, Some(&refused)] {
        let comparison = compared((SENT, None), (&arrived, answer));
        assert_eq!(comparison.relation(), Relation::OnTheWay);
        assert_eq!(found(&comparison), [("hdr.stripped", "proven")]);
        assert_eq!(comparison.verdict(), Verdict::Explained);
    }
    // Wrong before it was sent: then the hop is not the whole cause.
    let wrong = SENT.replace("5soz2", "5soz3");
    let comparison = compared((&wrong, None), (&arrived, None));
    assert_eq!(found(&comparison)[0], ("hdr.stripped", "likely"));
}

#[test]
fn what_a_redirect_did_is_seen_from_both_hops() {
    let moved = |to: &str| {
        OwnedAnswer::new()
            .with_status(302)
            .with_header("Location", to)
    };
    let refused = answer(400, "No OAuth parameters supplied");
    let dropped = compared(
        (SENT, Some(&moved("https://api.example.com/v1/items/123"))),
        (
            &without_header(SENT).replace("items", "items/123"),
            Some(&refused),
        ),
    );
    assert_eq!(dropped.relation(), Relation::Redirect);
    assert_eq!(found(&dropped)[0], ("redirect.header_dropped", "proven"));
    let again = SENT.replace("/v1/items", "/v1/items/123");
    let refused = answer(401, "signature does not match");
    let not_resigned = compared(
        (SENT, Some(&moved("https://api.example.com/v1/items/123"))),
        (&again, Some(&refused)),
    );
    assert_eq!(found(&not_resigned)[0], ("redirect.not_resigned", "proven"));
    // Signed anew, the redirect is no cause.
    let anew = compared((SENT, Some(&moved("/v1/items"))), (SECOND, None));
    assert!(
        found(&anew)
            .iter()
            .all(|(code, _)| !code.starts_with("redirect.")),
        "{:?}",
        found(&anew)
    );
}

#[test]
fn a_nonce_sent_twice_or_made_from_the_time_is_named() {
    let refused = answer(401, "oauth_problem=nonce_used");
    let fine = answer(200, "");
    let twice = compared((SENT, Some(&fine)), (SENT, Some(&refused)));
    assert_eq!(twice.relation(), Relation::Repeated);
    assert_eq!(found(&twice), [("nonce.reuse", "proven")]);
    let unanswered = compared((SENT, None), (SENT, None));
    assert_eq!(found(&unanswered), [("nonce.reuse", "likely")]);
    assert!(unanswered.next().is_some());
    let derived = compared((SENT, None), (SECOND, None));
    assert_eq!(derived.relation(), Relation::Separate);
    assert_eq!(found(&derived)[0], ("nonce.reuse", "likely"));
    let other = SECOND.replace("2ddde3f8", "2ddde3f9");
    let not_derived = compared((SENT, None), (&other, None));
    assert!(
        found(&not_derived)
            .iter()
            .all(|(code, _)| *code != "nonce.reuse")
    );
}

#[test]
fn what_changed_on_the_way_is_named() {
    let cases = [
        (
            SENT.replace("GET ", "HEAD "),
            SENT.to_owned(),
            "method.rewritten_by_proxy",
        ),
        (
            SENT.replace("/v1/items", "/v1/items?a=1&utm_source=x"),
            SENT.replace("/v1/items", "/v1/items?a=1"),
            "intermediary.params_removed",
        ),
        (
            SENT.to_owned(),
            SENT.replace("/v1/items", "/v1/items?cache=7"),
            "intermediary.params_added",
        ),
        (
            SENT.to_owned(),
            SENT.replace("/v1/items", "/app/v1/items"),
            "uri.path",
        ),
        (
            SENT.to_owned(),
            SENT.replace("/v1/items", "/v1/items/"),
            "uri.trailing_slash",
        ),
        (
            SENT.to_owned(),
            SENT.replace("api.example.com", "app-7.internal"),
            "uri.host",
        ),
        (
            SENT.to_owned(),
            SENT.replace("api.example.com", "api.example.com:8443"),
            "uri.proxy_port",
        ),
        (
            SENT.to_owned(),
            SENT.replace("%2B", "%20"),
            "sig.not_percent_encoded",
        ),
        (
            SENT.to_owned(),
            SENT.replace("oauth_version=\"1.0\", ", ""),
            "hdr.param_lost",
        ),
    ];
    for (sent, arrived, code) in cases {
        let comparison = compared((&sent, None), (&arrived, None));
        assert_eq!(comparison.relation(), Relation::OnTheWay, "{code}");
        assert!(
            found(&comparison).iter().any(|(found, _)| *found == code),
            "{:?}",
            found(&comparison)
        );
        assert_eq!(comparison.relation().labels(), ["client", "server"]);
        assert_eq!(
            comparison.differences().len(),
            1,
            "{code}: {:?}",
            comparison.differences()
        );
    }
}

#[test]
fn a_terminated_tls_is_the_servers_to_mend() {
    let keys = keys();
    let (sent, arrived) = (request(SENT), request(SENT).with_scheme(Scheme::Http));
    let case = |request| {
        Case::default()
            .with_request(request)
            .with_keys(&keys)
            .with_budget(BUDGET)
    };
    let comparison = compare(&case(&sent), &case(&arrived));
    assert_eq!(found(&comparison), [("uri.scheme_proxy", "proven")]);
    assert_eq!(comparison.findings()[0].side, crate::Side::Verifier);
    let hops = compare_hops(&[case(&sent), case(&sent), case(&arrived)]);
    let verdicts: Vec<_> = hops.iter().map(Comparison::relation).collect();
    assert_eq!(verdicts, [Relation::Repeated, Relation::OnTheWay]);
}

#[test]
fn two_programs_are_compared_on_what_they_signed() {
    // In another place, with other spellings and fields that are not signed: all that differs.
    let in_query = "GET /v1/items?oauth_consumer_key=dpf43f3p2l4k3l03&oauth_nonce=other-nonce\
        &oauth_signature_method=HMAC-SHA1&oauth_timestamp=1191242097&oauth_token=nnch734d00sl2jdk\
        &oauth_version=1.0&oauth_signature=xx HTTP/1.1\r\nHost: API.example.com\r\n\
        User-Agent: other/1\r\n\r\n";
    let comparison = compared(
        (SENT, Some(&answer(200, ""))),
        (in_query, Some(&answer(401, ""))),
    );
    assert_eq!(comparison.relation(), Relation::Separate);
    let what: Vec<&str> = comparison
        .differences()
        .iter()
        .map(|one| one.what.as_str())
        .collect();
    assert_eq!(
        what,
        ["Authorization header", "place of the OAuth parameters"]
    );
    let immaterial = comparison.immaterial().join("; ");
    for part in [
        "oauth_nonce",
        "oauth_timestamp",
        "oauth_signature",
        "user-agent",
        "host",
    ] {
        assert!(immaterial.contains(part), "{part}: {immaterial}");
    }
}

#[test]
fn no_secret_is_shown() {
    let plaintext = SENT.replace("HMAC-SHA1", "PLAINTEXT");
    let one = plaintext.replace(
        "5soz2%2FSz%2BEQYyto9eklkJFTMXJg%3D",
        "consumer-canary%26token",
    );
    let other = plaintext.replace("5soz2%2FSz%2BEQYyto9eklkJFTMXJg%3D", "other-canary%26token");
    let login = |text: &str, password: &str| {
        text.replace(
            "/v1/items",
            &format!("/v1/items?x_auth_password={password}"),
        )
    };
    let comparison = compared(
        (&login(&one, "pass-canary"), None),
        (&login(&other, "word-canary"), None),
    );
    let told = format!("{comparison:?}");
    assert!(!told.contains("canary"), "{told}");
}
