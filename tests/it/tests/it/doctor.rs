//! The doctor on RSA: what the certificate alone proves, and what needs the private key.

use countersign_base_string::{
    BaseString, Limits, Parameters, Place, ProtocolParameters, Request, Uri,
};
use countersign_capture::{OwnedAnswer, OwnedRequest};
use countersign_certificate::Certificate;
use countersign_clock::UnixTime;
use countersign_doctor::{Case, Diagnosis, Keys, Verdict, diagnose};
use countersign_key::RsaPrivateKey;
use countersign_signature::{Method, Signer};
use countersign_test_support::fixtures;
use countersign_test_support::random::FixedRandom;

const URL: &str = "https://api.example.com/v1/items?order=date%20desc";
const TARGET: &str = "/v1/items?order=date%20desc";
const SIGNED_AT: i64 = 1_700_000_000;

fn key(name: &str) -> RsaPrivateKey {
    RsaPrivateKey::read(&fixtures::key(name), None).unwrap()
}

fn certificate(name: &str) -> Certificate {
    Certificate::read(&fixtures::certificate(name)).unwrap()
}

/// A request that declares `declared` and is signed with `used` and `key`, over the base string
/// that `change` makes of the right one.
fn request(
    declared: &str,
    used: &'static Method,
    key: &RsaPrivateKey,
    change: impl FnOnce(String) -> String,
) -> OwnedRequest {
    let timestamp = SIGNED_AT.to_string();
    let protocol = ProtocolParameters::new("consumer", declared, &timestamp, "nonce-0001");
    let wire = Request::new("GET", Uri::parse(URL).unwrap()).unwrap();
    let mut parameters = Parameters::collect(&wire, &Limits::default()).unwrap();
    parameters.add_protocol(&protocol, Place::Header);
    let base = change(BaseString::new(&wire, &parameters).into_string());
    let mut random = FixedRandom::new(11);
    let signature = Signer::rsa(used, key)
        .unwrap()
        .sign(base.as_bytes(), Some(&mut random))
        .unwrap();
    let mut header = Vec::new();
    protocol
        .write_header(None, &signature.to_text(), &mut header)
        .unwrap();
    OwnedRequest::new("GET", TARGET)
        .with_host("api.example.com")
        .with_header("Host", "api.example.com")
        .with_header("Authorization", header)
        .with_scheme("https".parse().unwrap())
}

fn diagnosed(request: &OwnedRequest, keys: &Keys) -> Diagnosis {
    diagnose(
        &Case::default()
            .with_request(request)
            .with_keys(keys)
            .at(UnixTime::from_seconds(SIGNED_AT)),
    )
}

fn found(diagnosis: &Diagnosis) -> Vec<(&'static str, &'static str)> {
    diagnosis
        .findings()
        .iter()
        .map(|finding| (finding.code.as_str(), finding.confidence.as_str()))
        .collect()
}

fn registered(name: &str) -> Keys {
    Keys::default().with_certificate(certificate(name))
}

#[test]
fn a_right_signature_is_valid_by_the_certificate_alone() {
    let own = key("rsa2048.pkcs8.pem");
    for method in [
        Method::RSA_SHA1,
        Method::RSA_SHA256,
        Method::RSA_SHA512,
        Method::RSA_PSS_SHA256,
    ] {
        let request = request(method.name(), method, &own, |base| base);
        let diagnosis = diagnosed(&request, &registered("live.pem"));
        assert_eq!(found(&diagnosis), [], "{method}");
        assert_eq!(diagnosis.verdict(), Verdict::Valid, "{method}");
    }
}

#[test]
fn another_base_string_is_proven_by_the_certificate_alone() {
    let own = key("rsa2048.pkcs8.pem");
    let wrong = request("RSA-SHA1", Method::RSA_SHA1, &own, |base| {
        base.replace("https", "http")
    });
    let diagnosis = diagnosed(&wrong, &registered("live.pem"));
    assert_eq!(found(&diagnosis), [("uri.scheme_server", "proven")]);
}

#[test]
fn the_clients_base_string_then_names_the_cause() {
    let own = key("rsa2048.pkcs8.pem");
    let mut signed = String::new();
    let wrong = request("RSA-SHA1", Method::RSA_SHA1, &own, |base| {
        signed = base.replace("%2520", "%252520");
        signed.clone()
    });
    let keys = registered("live.pem");
    let diagnosis = diagnose(
        &Case::default()
            .with_request(&wrong)
            .with_keys(&keys)
            .with_client_base_string(&signed),
    );
    assert_eq!(found(&diagnosis), [("enc.double_encoded", "proven")]);
}

#[test]
fn another_hash_is_proven_by_the_certificate_alone() {
    let own = key("rsa2048.pkcs8.pem");
    let wrong = request("RSA-SHA1", Method::RSA_SHA256, &own, |base| base);
    assert_eq!(
        found(&diagnosed(&wrong, &registered("live.pem"))),
        [("rsa.other_hash", "proven")]
    );
}

#[test]
fn another_key_pair_is_proven_only_with_the_private_key() {
    let own = key("rsa2048-other.pkcs8.pem");
    let request = request("RSA-SHA1", Method::RSA_SHA1, &own, |base| base);
    let diagnosis = diagnosed(&request, &registered("live.pem"));
    assert_eq!(
        found(&diagnosis),
        [("rsa.not_this_key_or_altered", "likely")]
    );
    assert!(
        diagnosis
            .next()
            .is_some_and(|next| next.contains("private key"))
    );

    let keys = registered("live.pem").with_private_key(own);
    let diagnosis = diagnosed(&request, &keys);
    assert_eq!(found(&diagnosis), [("rsa.key_mismatch", "proven")]);
    let shown: Vec<_> = diagnosis.findings()[0]
        .evidence
        .iter()
        .map(|e| e.what.as_str())
        .collect();
    assert_eq!(shown, ["signature", "not proven", "key"]);
}

#[test]
fn a_key_of_another_size_is_a_mismatch_too() {
    let own = key("rsa1024.pkcs8.pem");
    let request = request("RSA-SHA1", Method::RSA_SHA1, &own, |base| base);
    let keys = registered("live.pem").with_private_key(own);
    assert_eq!(
        found(&diagnosed(&request, &keys)),
        [("rsa.key_mismatch", "proven")]
    );
}

#[test]
fn a_signature_that_was_altered_is_never_called_proven() {
    let own = key("rsa2048.pkcs8.pem");
    let right = request("RSA-SHA1", Method::RSA_SHA1, &own, |base| base);
    let header = right.authorizations()[0].to_owned();
    let at = header.rfind("oauth_signature=\"").unwrap() + "oauth_signature=\"".len() + 8;
    let letter = if &header[at..=at] == "B" { "C" } else { "B" };
    let altered = format!("{}{letter}{}", &header[..at], &header[at + 1..]);
    let request = OwnedRequest::new("GET", TARGET)
        .with_host("api.example.com")
        .with_header("Authorization", altered)
        .with_scheme("https".parse().unwrap());
    for keys in [
        registered("live.pem"),
        registered("live.pem").with_private_key(own),
    ] {
        let diagnosis = diagnosed(&request, &keys);
        assert!(!found(&diagnosis).is_empty());
        assert!(
            found(&diagnosis)
                .iter()
                .all(|(_, confidence)| *confidence != "proven"),
            "{:?}",
            found(&diagnosis)
        );
    }
}

#[test]
fn an_expired_certificate_explains_the_answer_about_no_certificates() {
    let own = key("rsa2048.pkcs8.pem");
    let request = request("RSA-SHA1", Method::RSA_SHA1, &own, |base| base);
    let answer = OwnedAnswer::new().with_status(400).with_body(
        "oauth_problem=signature_method_rejected&oauth_problem_advice=No%20certificates%20have%20been%20registered%20for%20the%20consumer",
    );
    let keys = registered("expired.pem").with_private_key(own);
    let diagnosis = diagnose(
        &Case::default()
            .with_request(&request)
            .with_answer(&answer)
            .with_keys(&keys)
            .at(UnixTime::from_seconds(SIGNED_AT)),
    );
    assert_eq!(found(&diagnosis), [("rsa.certificate_expired", "likely")]);
    assert!(
        diagnosis
            .checks()
            .iter()
            .any(|c| c.id == "signature" && c.status.as_str() == "ok")
    );
}

#[test]
fn a_second_certificate_that_is_live_is_a_roll_over() {
    let own = key("rsa2048.pkcs8.pem");
    let request = request("RSA-SHA1", Method::RSA_SHA1, &own, |base| base);
    let keys = registered("expired.pem").with_certificate(certificate("live.pem"));
    let diagnosis = diagnosed(&request, &keys);
    assert_eq!(found(&diagnosis), []);
}

#[test]
fn every_registered_certificate_counts() {
    let own = key("rsa2048.pkcs8.pem");
    let right = request("RSA-SHA1", Method::RSA_SHA1, &own, |base| base);
    for keys in [
        registered("other-key.pem").with_certificate(certificate("live.pem")),
        registered("ec.pem").with_certificate(certificate("live.pem")),
        registered("other-key.pem").with_public_key(own.public_key().clone()),
    ] {
        let diagnosis = diagnosed(&right, &keys);
        assert_eq!(found(&diagnosis), []);
        assert_eq!(diagnosis.verdict(), Verdict::Valid);
    }
    let wrong = request("RSA-SHA1", Method::RSA_SHA1, &own, |base| {
        base.replace("https", "http")
    });
    let keys = registered("other-key.pem").with_certificate(certificate("live.pem"));
    assert_eq!(
        found(&diagnosed(&wrong, &keys)),
        [("uri.scheme_server", "proven")],
        "the second certificate opens it"
    );
}

#[test]
fn a_signature_by_the_expired_one_of_two_certificates_is_a_roll_over_left_half_done() {
    let own = key("rsa2048.pkcs8.pem");
    let request = request("RSA-SHA1", Method::RSA_SHA1, &own, |base| base);
    let keys = registered("expired.pem").with_certificate(certificate("other-key.pem"));
    assert_eq!(
        found(&diagnosed(&request, &keys)),
        [("rsa.certificate_expired", "likely")]
    );
}

#[test]
fn another_padding_is_another_method_and_proven() {
    let own = key("rsa2048.pkcs8.pem");
    for (declared, used) in [
        ("RSA-PSS-SHA256", Method::RSA_SHA256),
        ("RSA-PSS", Method::RSA_SHA256),
        ("RSA-SHA1", Method::RSA_PSS_SHA256),
        ("RSA-SHA256", Method::RSA_PSS_SHA256),
    ] {
        let same = request(declared, used, &own, |base| base);
        assert_eq!(
            found(&diagnosed(&same, &registered("live.pem"))),
            [("sig.alg_mismatch", "proven")],
            "{declared} {used}"
        );
        let other = request(declared, used, &own, |base| base.replace("https", "http"));
        let mut findings = found(&diagnosed(&other, &registered("live.pem")));
        findings.sort_unstable();
        assert_eq!(
            findings,
            [
                ("sig.alg_mismatch", "proven"),
                ("uri.scheme_server", "proven")
            ],
            "{declared} {used}"
        );
    }
}

#[test]
fn an_rsa_signature_in_hexadecimal_is_proven() {
    let own = key("rsa2048.pkcs8.pem");
    let right = request("RSA-SHA1", Method::RSA_SHA1, &own, |base| base);
    let header = right.authorizations()[0].to_owned();
    let (head, signature) = header.split_once("oauth_signature=\"").unwrap();
    let text = countersign_encoding::decode(signature.trim_end_matches('"')).unwrap();
    let bytes = countersign_signature::Signature::parse_base64(&text).unwrap();
    let hex: String = bytes
        .as_bytes()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let request = OwnedRequest::new("GET", TARGET)
        .with_host("api.example.com")
        .with_header("Authorization", format!("{head}oauth_signature=\"{hex}\""))
        .with_scheme("https".parse().unwrap());
    assert_eq!(
        found(&diagnosed(&request, &registered("live.pem"))),
        [("sig.hex_not_base64", "proven")]
    );
    assert_eq!(
        found(&diagnosed(&request, &registered("other-key.pem"))),
        [("sig.hex_not_base64", "likely")]
    );
}

#[test]
fn ones_own_key_alone_does_not_clear_the_certificate() {
    let own = key("rsa2048.pkcs8.pem");
    let request = request("RSA-SHA1", Method::RSA_SHA1, &own, |base| base);
    let answer = OwnedAnswer::new()
        .with_status(401)
        .with_body("oauth_problem=signature_invalid");
    let codes = |keys: &Keys| {
        let diagnosis = diagnose(
            &Case::default()
                .with_request(&request)
                .with_answer(&answer)
                .with_keys(keys)
                .at(UnixTime::from_seconds(SIGNED_AT)),
        );
        (
            found(&diagnosis),
            diagnosis.next().unwrap_or_default().to_owned(),
        )
    };
    let (alone, next) = codes(&Keys::default().with_private_key(own));
    assert_eq!(
        alone,
        [
            ("rsa.key_mismatch", "possible"),
            ("provider.fault", "possible")
        ]
    );
    assert!(next.contains("certificate registered"), "{next}");
    assert_eq!(
        codes(&registered("live.pem")).0,
        [("provider.fault", "possible")]
    );
}

#[test]
fn a_live_certificate_rules_its_end_out() {
    let own = key("rsa2048.pkcs8.pem");
    let request = request("RSA-SHA1", Method::RSA_SHA1, &own, |base| base);
    let answer = OwnedAnswer::new().with_status(400).with_body(
        "oauth_problem=signature_method_rejected&oauth_problem_advice=No%20certificates%20have%20been%20registered%20for%20the%20consumer",
    );
    let keys = registered("live.pem").with_private_key(own);
    let diagnosis = diagnose(
        &Case::default()
            .with_request(&request)
            .with_answer(&answer)
            .with_keys(&keys)
            .at(UnixTime::from_seconds(SIGNED_AT)),
    );
    assert_eq!(found(&diagnosis), [("rsa.no_certificate", "possible")]);
}
