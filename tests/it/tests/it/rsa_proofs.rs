//! What an RSA signature proves: with the certificate alone, and with the private key beside it.

use std::collections::BTreeMap;

use countersign_capture::OwnedAnswer;
use countersign_certificate::Certificate;
use countersign_clock::UnixTime;
use countersign_doctor::{Case, Confidence, Diagnosis, Keys, Verdict, diagnose};
use countersign_encoding::encode;
use countersign_key::RsaPrivateKey;
use countersign_signature::{Method, Signer};
use countersign_test_support::fixtures;
use countersign_test_support::random::FixedRandom;
use countersign_test_support::zoo::{self, Fault, Request};

use crate::zoo::{SEED, captured};

const NO_CERTIFICATES: &str = "oauth_problem=signature_method_rejected&oauth_problem_advice=\
    No%20certificates%20have%20been%20registered%20for%20the%20consumer";

const PKCS1: [&Method; 3] = [Method::RSA_SHA1, Method::RSA_SHA256, Method::RSA_SHA512];

fn key(name: &str) -> RsaPrivateKey {
    RsaPrivateKey::read(&fixtures::key(name), None).unwrap()
}

fn registered(name: &str) -> Keys {
    Keys::default().with_certificate(Certificate::read(&fixtures::certificate(name)).unwrap())
}

/// The request as sent with an RSA signature of a base string, and what the doctor says of it.
fn diagnosed(
    request: &Request,
    base_string: &str,
    used: &'static Method,
    key: &RsaPrivateKey,
    keys: &Keys,
    answer: Option<&str>,
) -> Diagnosis {
    let mut random = FixedRandom::new(SEED);
    let signature = Signer::rsa(used, key)
        .unwrap()
        .sign(base_string.as_bytes(), Some(&mut random))
        .unwrap();
    let sent = captured(&request.send(&encode(&signature.to_text())));
    let answer = answer.map(|body| OwnedAnswer::new().with_status(400).with_body(body));
    let mut case = Case::default()
        .with_request(&sent)
        .with_keys(keys)
        .at(UnixTime::from_seconds(request.timestamp()));
    if let Some(answer) = &answer {
        case = case.with_answer(answer);
    }
    diagnose(&case)
}

/// The codes of this confidence, with the others that the same evidence allows.
fn codes(diagnosis: &Diagnosis, confidence: Confidence) -> Vec<&str> {
    diagnosis
        .findings()
        .iter()
        .filter(|finding| finding.confidence == confidence)
        .flat_map(|finding| core::iter::once(&finding.code).chain(&finding.also))
        .map(|code| code.as_str())
        .collect()
}

fn proven(diagnosis: &Diagnosis) -> Vec<&str> {
    codes(diagnosis, Confidence::Proven)
}

fn right(request: &Request) -> String {
    zoo::signature(request).base_string
}

#[test]
fn right_signatures_are_valid_by_the_certificate_alone() {
    let mut random = FixedRandom::new(SEED);
    let (own, keys) = (key("rsa2048.pkcs8.pem"), registered("live.pem"));
    for _ in 0..30 {
        for method in PKCS1 {
            let request = zoo::request(&mut random).declaring(method.name());
            let diagnosis = diagnosed(&request, &right(&request), method, &own, &keys, None);
            assert_eq!(diagnosis.verdict(), Verdict::Valid, "{diagnosis:?}");
        }
    }
}

#[test]
fn another_hash_is_proven_by_the_certificate_alone() {
    let mut random = FixedRandom::new(SEED);
    let (own, keys) = (key("rsa2048.pkcs8.pem"), registered("live.pem"));
    for declared in PKCS1 {
        for used in PKCS1.into_iter().filter(|used| *used != declared) {
            let request = zoo::request(&mut random).declaring(declared.name());
            let diagnosis = diagnosed(&request, &right(&request), used, &own, &keys, None);
            assert_eq!(diagnosis.verdict(), Verdict::Explained);
            let proven = proven(&diagnosis);
            assert!(
                proven.contains(&"rsa.other_hash"),
                "{declared} by {used}: {proven:?}"
            );
        }
    }
}

/// The faults that touch the base string, and a request for each on which it shows.
fn other_base_strings(random: &mut FixedRandom) -> Vec<(&'static Fault, Request, String)> {
    let by_base = |fault: &&Fault| {
        let family = fault.code.split('.').next().unwrap();
        ["enc", "method", "sbs", "uri"].contains(&family)
    };
    zoo::all()
        .filter(by_base)
        .map(|fault| {
            let (request, base) = (0..3000)
                .find_map(|_| {
                    let request = zoo::request(random).declaring("RSA-SHA1");
                    let base = zoo::base_string_with(fault, &request, random)?;
                    Some((request, base))
                })
                .unwrap_or_else(|| panic!("{} shows on no request", fault.what));
            (fault, request, base)
        })
        .collect()
}

#[test]
fn another_base_string_is_proven_and_named_by_the_certificate_alone() {
    let mut random = FixedRandom::new(SEED);
    let (own, keys) = (key("rsa2048.pkcs8.pem"), registered("live.pem"));
    let mut unnamed: BTreeMap<String, String> = BTreeMap::new();
    let cases = other_base_strings(&mut random);
    for (fault, request, base) in &cases {
        let method = Method::RSA_SHA1;
        let diagnosis = diagnosed(request, base, method, &own, &keys, None);
        assert_eq!(diagnosis.verdict(), Verdict::Explained, "{}", fault.what);
        let proven = proven(&diagnosis);
        assert!(!proven.contains(&"rsa.key_mismatch"), "{}", fault.what);
        if proven.contains(&"rsa.other_base_string") {
            unnamed.insert(fault.what.to_owned(), proven.join(", "));
        }
    }
    println!(
        "rsa: {} other base strings, all proven by the certificate alone, {} without naming the cause: {unnamed:?}",
        cases.len(),
        unnamed.len()
    );
    assert!(unnamed.len() * 100 <= cases.len() * 5, "{unnamed:#?}");
}

#[test]
fn another_hash_and_another_base_string_at_once_are_both_told() {
    let mut random = FixedRandom::new(SEED);
    let (own, keys) = (key("rsa2048.pkcs8.pem"), registered("live.pem"));
    for (fault, request, base) in other_base_strings(&mut random).into_iter().step_by(7) {
        let method = Method::RSA_SHA256;
        let diagnosis = diagnosed(&request, &base, method, &own, &keys, None);
        assert_eq!(diagnosis.verdict(), Verdict::Explained, "{}", fault.what);
        let proven = proven(&diagnosis);
        assert!(
            proven.contains(&"rsa.other_hash"),
            "{}: {proven:?}",
            fault.what
        );
    }
}

#[test]
fn another_key_pair_is_proven_only_with_the_private_key() {
    let mut random = FixedRandom::new(SEED);
    for name in ["rsa2048-other.pkcs8.pem", "rsa4096.pkcs8.pem"] {
        let request = zoo::request(&mut random).declaring("RSA-SHA1");
        let base = right(&request);
        let alone = registered("live.pem");
        let diagnosis = diagnosed(&request, &base, Method::RSA_SHA1, &key(name), &alone, None);
        assert_ne!(diagnosis.verdict(), Verdict::Explained, "{name}");
        assert_eq!(proven(&diagnosis), [""; 0]);
        let likely = codes(&diagnosis, Confidence::Likely);
        assert!(
            likely.contains(&"rsa.not_this_key_or_altered"),
            "{name}: {likely:?}"
        );
        assert!(
            diagnosis
                .next()
                .is_some_and(|next| next.contains("private key")),
            "{:?}",
            diagnosis.next()
        );

        let both = registered("live.pem").with_private_key(key(name));
        let diagnosis = diagnosed(&request, &base, Method::RSA_SHA1, &key(name), &both, None);
        assert_eq!(diagnosis.verdict(), Verdict::Explained, "{name}");
        assert_eq!(proven(&diagnosis), ["rsa.key_mismatch"], "{name}");
    }
}

#[test]
fn a_signature_altered_on_the_way_is_never_a_proven_mismatch() {
    let mut random = FixedRandom::new(SEED);
    let request = zoo::request(&mut random).declaring("RSA-SHA1");
    // The octets of a signature that neither key made.
    let stranger = key("rsa2048-other.pkcs8.pem");
    for keys in [
        registered("live.pem"),
        registered("live.pem").with_private_key(key("rsa2048.pkcs8.pem")),
    ] {
        let base = right(&request);
        let diagnosis = diagnosed(&request, &base, Method::RSA_SHA1, &stranger, &keys, None);
        assert_eq!(proven(&diagnosis), [""; 0]);
        assert!(
            codes(&diagnosis, Confidence::Likely).contains(&"rsa.not_this_key_or_altered"),
            "{diagnosis:?}"
        );
    }
}

#[test]
fn an_expired_certificate_explains_the_answer_about_no_certificates() {
    let mut random = FixedRandom::new(SEED);
    let request = zoo::request(&mut random).declaring("RSA-SHA1");
    let (own, base) = (key("rsa2048.pkcs8.pem"), right(&request));
    let said = |keys: &Keys| {
        let answer = Some(NO_CERTIFICATES);
        let diagnosis = diagnosed(&request, &base, Method::RSA_SHA1, &own, keys, answer);
        let codes: Vec<String> = diagnosis
            .findings()
            .iter()
            .map(|finding| finding.code.as_str().to_owned())
            .collect();
        let problem = diagnosis.problem().expect("the answer names one");
        assert_eq!(problem.code().as_str(), "signature_method_rejected");
        codes
    };
    let expired = registered("expired.pem");
    assert_eq!(said(&expired).first().unwrap(), "rsa.certificate_expired");
    let with_key = registered("expired.pem").with_private_key(key("rsa2048.pkcs8.pem"));
    assert_eq!(said(&with_key).first().unwrap(), "rsa.certificate_expired");
    // A certificate that is live is not to blame.
    let live = said(&registered("live.pem"));
    assert!(
        !live.contains(&"rsa.certificate_expired".to_owned()),
        "{live:?}"
    );
}
