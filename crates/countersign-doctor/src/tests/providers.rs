//! Known providers, their texts, and redirects.

use countersign_capture::{OwnedAnswer, OwnedRequest};

use super::found;
use crate::{Case, Diagnosis, Side, Verdict, diagnose};

fn request(host: &str, method: &str, realm: Option<&str>) -> OwnedRequest {
    let realm = realm.map_or_else(String::new, |realm| format!("realm=\"{realm}\", "));
    OwnedRequest::new("GET", "/app/site/hosting/restlet.nl?script=1&deploy=1")
        .with_scheme("https".parse().unwrap())
        .with_host(host)
        .with_header(
            "Authorization",
            format!(
                "OAuth {realm}oauth_consumer_key=\"k\", oauth_token=\"t\", \
                 oauth_signature_method=\"{method}\", oauth_timestamp=\"137131202\", \
                 oauth_nonce=\"chapoHchapoH\", \
                 oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\""
            ),
        )
}

fn of(request: &OwnedRequest, answer: Option<&OwnedAnswer>) -> Diagnosis {
    let case = Case::default().with_request(request);
    diagnose(&match answer {
        Some(answer) => case.with_answer(answer),
        None => case,
    })
}

#[test]
fn netsuites_one_answer_is_read_with_the_request() {
    let answer = OwnedAnswer::new()
        .with_status(401)
        .with_header("Content-Type", "application/json")
        .with_body(
            r#"{"error":{"code":"INVALID_LOGIN_ATTEMPT","message":"Invalid login attempt."}}"#,
        );
    let host = "1234567-sb1.restlets.api.netsuite.com";
    let diagnosis = of(
        &request(host, "HMAC-SHA1", Some("1234567-sb1")),
        Some(&answer),
    );
    let codes = found(&diagnosis);
    assert_eq!(codes[0], ("sig.method_unsupported", "likely"), "{codes:?}");
    assert!(codes.contains(&("hdr.realm", "likely")), "{codes:?}");
    let shown = format!("{:?}", diagnosis.findings());
    assert!(shown.contains("1234567_SB1"), "{shown}");
    // Alone, the answer allows many causes and says where to look.
    let alone = diagnose(&Case::default().with_answer(&answer));
    assert_eq!(found(&alone)[0], ("hdr.realm", "possible"));
    assert!(
        alone
            .next()
            .is_some_and(|next| next.contains("Login Audit Trail"))
    );
}

#[test]
fn a_request_as_the_provider_wants_it_has_no_breach() {
    let host = "1234567-sb1.restlets.api.netsuite.com";
    let right = request(host, "HMAC-SHA1", Some("1234567_SB1"));
    assert_eq!(
        found(&of(&right, None)),
        [("sig.method_unsupported", "likely")]
    );
    let mut checks = of(&request("api.twitter.com", "HMAC-SHA1", None), None)
        .checks()
        .to_vec();
    checks.retain(|check| check.id == "provider");
    assert_eq!(checks.len(), 1);
    assert_eq!(checks[0].status.as_str(), "ok");
}

#[test]
fn a_text_that_is_known_is_explained() {
    let answer = OwnedAnswer::new()
        .with_status(401)
        .with_header("Content-Type", "application/json")
        .with_body(r#"{"errors":[{"code":32,"message":"Could not authenticate you."}]}"#);
    let diagnosis = diagnose(&Case::default().with_answer(&answer));
    assert_eq!(diagnosis.verdict(), Verdict::Likely);
    let first = &diagnosis.findings()[0];
    assert_eq!(first.code.as_str(), "sig.mismatch");
    assert!(
        first
            .evidence
            .iter()
            .any(|evidence| evidence.what == "meaning"),
        "{first:?}"
    );
}

#[test]
fn an_ended_service_is_only_possible_and_never_hides_its_own_words() {
    let old = request("api.xero.com", "HMAC-SHA1", None);
    assert_eq!(found(&of(&old, None)), []);
    let silent = OwnedAnswer::new().with_status(404).with_body("gone");
    assert_eq!(
        found(&of(&old, Some(&silent))),
        [("protocol.retired", "possible")]
    );
    let telling = OwnedAnswer::new().with_status(401).with_body(
        "oauth_problem=token_rejected&oauth_problem_advice=The access token has not been \
         authorized, or has been revoked by the user",
    );
    let codes: Vec<_> = found(&of(&old, Some(&telling)))
        .into_iter()
        .map(|(code, _)| code)
        .collect();
    assert_eq!(
        codes,
        ["token.revoked", "token.role_changed", "token.replaced"]
    );
}

#[test]
fn a_redirect_is_named_with_both_urls() {
    let sent = request("example.com", "HMAC-SHA1", None);
    let redirect = |status: u16, location: &str| {
        let answer = OwnedAnswer::new()
            .with_status(status)
            .with_header("Location", location);
        of(&sent, Some(&answer))
    };
    let away = redirect(301, "https://www.example.com/app?token=canary");
    assert_eq!(
        found(&away),
        [
            ("redirect.header_dropped", "likely"),
            ("redirect.not_resigned", "likely")
        ]
    );
    assert!(!format!("{:?}", away.findings()).contains("canary"));
    for same in ["/login", "https://example.com/app/", "//example.com/x"] {
        assert_eq!(
            found(&redirect(302, same)),
            [("redirect.not_resigned", "likely")],
            "{same}"
        );
    }
    for (status, location) in [(304, "/x"), (200, "/x")] {
        let codes = found(&redirect(status, location));
        assert!(
            codes.iter().all(|(code, _)| !code.starts_with("redirect.")),
            "{status}: {codes:?}"
        );
    }
}

#[test]
fn a_status_alone_says_a_little() {
    let status = |status: u16| {
        let answer = OwnedAnswer::new().with_status(status).with_body("no");
        found(&diagnose(&Case::default().with_answer(&answer)))
    };
    assert_eq!(status(429), [("ratelimit", "possible")]);
    assert_eq!(status(503), [("provider.fault", "possible")]);
    assert_eq!(status(418), []);
}

#[test]
fn what_the_request_rules_out_is_not_suggested() {
    let sent = request("example.com", "HMAC-SHA1", None);
    let answer = OwnedAnswer::new()
        .with_status(401)
        .with_body("oauth_problem=signature_invalid");
    let diagnosis = of(&sent, Some(&answer));
    assert_eq!(found(&diagnosis), [("sig.mismatch", "possible")]);
    assert_eq!(diagnosis.findings()[0].side, Side::Client);
}

#[test]
fn a_refusal_that_speaks_of_the_body_hash_is_heard() {
    let bare = request("example.com", "HMAC-SHA1", None);
    let says = |body: &str| {
        let answer = OwnedAnswer::new().with_status(400).with_body(body);
        let codes = found(&of(&bare, Some(&answer)));
        codes.contains(&("bodyhash.missing", "likely"))
    };
    assert!(says(
        r#"{"Source":"OAuth.BodyHash","Description":"Body hash parameter missing."}"#
    ));
    assert!(says("Did not find oauth_body_hash"));
    assert!(!says("Did not find oauth_token"));
}

/// A signature by a departure that the provider asks for is right there, and a mistake elsewhere.
#[test]
fn a_departure_that_the_row_asks_for_is_no_mistake() {
    use countersign_base_string::{ProtocolParameters, Request, Uri};
    use countersign_key::Secret;
    use countersign_signature::{HmacKey, Method, SignRequest, Signer};

    let key = HmacKey::new(&Secret::new("kd94hf93k423kf44"), None);
    let signer = Signer::hmac(Method::HMAC_SHA256, &key).unwrap();
    let uri = Uri::parse("https://gateway.example/a?b=c%20d").unwrap();
    let unsigned = Request::new("GET", uri).unwrap();
    let protocol =
        ProtocolParameters::new("dpf43f!p2l4k3l03", "HMAC-SHA256", "137131202", "chapoH");
    let signed = SignRequest::new(&unsigned, &protocol)
        .with_raw_protocol()
        .sign(&signer, None)
        .unwrap();
    let request = |target: &str| {
        OwnedRequest::new("GET", target)
            .with_scheme("https".parse().unwrap())
            .with_host("gateway.example")
            .with_header("Authorization", signed.authorization().unwrap())
    };
    let keys = || crate::Keys::default().with_consumer_secret(Secret::new("kd94hf93k423kf44"));
    let raw = || keys().with_provider(countersign_dialect::by_id("mastercard").unwrap());
    let judged = |target: &str, keys: &crate::Keys| {
        let request = request(target);
        let diagnosis = diagnose(&Case::default().with_request(&request).with_keys(keys));
        let check = |check: &&crate::Check| check.id == "signature";
        let check = diagnosis.checks().iter().find(check).unwrap().clone();
        (check, found(&diagnosis), diagnosis)
    };
    let (check, found, diagnosis) = judged("/a?b=c%20d", &raw());
    assert_eq!(check.status.as_str(), "ok", "{check:?}");
    assert!(check.detail.contains("mastercard_raw_params"), "{check:?}");
    assert!(
        !found.iter().any(|(_, sure)| *sure == "proven"),
        "{found:?}"
    );
    assert_eq!(diagnosis.base_string(), Some(signed.base_string().as_str()));
    // Changed on the way, it holds by no departure.
    let (check, ..) = judged("/a?b=c%20e", &raw());
    assert_eq!(check.status.as_str(), "fail", "{check:?}");
    // Whoever's provider asks for nothing of the kind is told.
    let (check, found, _) = judged("/a?b=c%20d", &keys());
    assert_eq!(check.status.as_str(), "fail", "{check:?}");
    let (code, sure) = found[0];
    assert!(code.starts_with("enc.") && sure == "proven", "{found:?}");
}
