//! What is signed by one crate and verified by the whole pipeline of another.

use countersign_base_string::{Place, ProtocolParameters, Request, Uri};
use countersign_certificate::Certificate;
use countersign_key::{RsaPrivateKey, Secret, pkcs12};
use countersign_problem::ProblemCode;
use countersign_signature::{Hash, HmacKey, Method, Signature, Signer, Verifier, body_hash, sign};
use countersign_test_support::clock::FakeClock;
use countersign_test_support::credentials::{CONSUMER_KEY, CONSUMER_SECRET, TOKEN, TOKEN_SECRET};
use countersign_test_support::fixtures::{self, PASSPHRASE};
use countersign_test_support::random::FixedRandom;
use countersign_test_support::vectors;
use countersign_test_support::wire::Wire;
use countersign_verify::{
    BodyCoverage, Cause, Certificates, Consumer, Policy, Refusal, Token, verify,
};

const FORM: &str = "application/x-www-form-urlencoded";
const SIGNED_AT: i64 = 1_700_000_000;

fn request() -> Wire {
    Wire {
        method: "POST".to_owned(),
        url: "https://API.example.com:443/r%20v/X?b=%C3%A9&a=2+q&a=".to_owned(),
        content_type: Some(FORM.to_owned()),
        body: b"c=%2B&d".to_vec(),
        authorization: None,
    }
}

/// Signs the request at [`SIGNED_AT`]; the request as sent.
fn signed(wire: &Wire, signer: &Signer, place: Place, body_hash: Option<&str>) -> Wire {
    let uri = Uri::parse(&wire.url).expect("a URI");
    let request = Request::new(&wire.method, uri)
        .expect("a method")
        .with_body(wire.content_type.as_deref(), &wire.body);
    let timestamp = SIGNED_AT.to_string();
    let mut protocol =
        ProtocolParameters::new(CONSUMER_KEY, signer.method().name(), &timestamp, "chapoH")
            .with_token(TOKEN);
    if let Some(hash) = body_hash {
        protocol = protocol.with_body_hash(hash);
    }
    let mut random = FixedRandom::new(6);
    let made = sign(&request, &protocol, signer, place, None, Some(&mut random)).expect("signed");
    let mut sent = wire.clone();
    sent.authorization = made.authorization().map(str::to_owned);
    sent.url = made.url(&sent.url);
    made.append_to_body(&mut sent.body);
    sent
}

/// Runs the pipeline; how the body was covered, or why it was refused.
fn check(wire: &Wire, consumer: Consumer<'_>, clock: &FakeClock) -> Result<BodyCoverage, Refusal> {
    let secret = Secret::new(TOKEN_SECRET);
    let uri = Uri::parse(&wire.url).expect("a URI");
    let mut request = Request::new(&wire.method, uri)
        .expect("a method")
        .with_body(wire.content_type.as_deref(), &wire.body);
    if let Some(authorization) = &wire.authorization {
        request = request.with_authorization(authorization);
    }
    let policy = Policy::default();
    let token = Some(Token::new(&secret));
    verify(&request, consumer, token, clock.now(), &policy)
        .into_outcome()
        .map(|proven| proven.body())
}

fn hmac(method: &'static Method) -> Signer {
    let key = HmacKey::new(
        &Secret::new(CONSUMER_SECRET),
        Some(&Secret::new(TOKEN_SECRET)),
    );
    Signer::hmac(method, &key).expect("an HMAC method")
}

fn rsa(name: &str, method: &'static Method) -> Signer {
    let key = RsaPrivateKey::read(&fixtures::key(name), None).expect("a key");
    Signer::rsa(method, &key).expect("a usable key")
}

fn certificate(name: &str) -> Certificate {
    Certificate::read(&fixtures::certificate(name)).expect("a certificate")
}

#[test]
fn every_place_passes_and_every_twin_is_refused() {
    let secret = Secret::new(CONSUMER_SECRET);
    let clock = FakeClock::at(SIGNED_AT);
    for place in [Place::Header, Place::Query, Place::Body] {
        let sent = signed(&request(), &hmac(Method::HMAC_SHA256), place, None);
        let outcome = check(&sent, Consumer::secret(&secret), &clock);
        assert_eq!(outcome.expect("accepted"), BodyCoverage::Form, "{place:?}");
        for (change, twin) in sent.tampered() {
            let refusal = check(&twin, Consumer::secret(&secret), &clock).expect_err(change);
            assert!(
                matches!(refusal.cause(), Cause::SignatureMismatch),
                "{place:?}, {change}: {refusal}"
            );
        }
    }
    // A secret is no certificate, whatever the request says.
    let sent = signed(
        &request(),
        &rsa("rsa2048.pkcs8.pem", Method::RSA_SHA1),
        Place::Header,
        None,
    );
    let refusal = check(&sent, Consumer::secret(&secret), &clock).expect_err("no certificate");
    let answer = refusal.answer();
    let problem = answer.problem.expect("a problem");
    assert_eq!(*problem.code(), ProblemCode::SIGNATURE_METHOD_REJECTED);
}

#[test]
fn the_window_includes_its_ends() {
    let secret = Secret::new(CONSUMER_SECRET);
    let sent = signed(&request(), &hmac(Method::HMAC_SHA1), Place::Header, None);
    let clock = FakeClock::at(SIGNED_AT - 301);
    let mut answers = Vec::new();
    for step in [0, 1, 600, 1] {
        clock.advance(step);
        answers.push(check(&sent, Consumer::secret(&secret), &clock).map_err(|r| r.answer()));
    }
    assert!(answers[1].is_ok() && answers[2].is_ok());
    for (at, advice) in [
        (
            0,
            "The timestamp is too far in the future, it must be at most 300 seconds after the server's current date and time",
        ),
        (
            3,
            "The timestamp is too old, it must be at most 300 seconds before the server's current date and time",
        ),
    ] {
        let answer = answers[at].as_ref().expect_err("refused");
        let problem = answer.problem.as_ref().expect("a problem");
        assert_eq!(*problem.code(), ProblemCode::TIMESTAMP_REFUSED);
        assert_eq!(problem.advice(), Some(advice));
        let range = problem.acceptable_timestamps().expect("a range");
        let now = if at == 0 {
            SIGNED_AT - 301
        } else {
            SIGNED_AT + 301
        };
        assert_eq!(
            (range.low() as i64, range.high() as i64),
            (now - 300, now + 300)
        );
    }
}

/// The middle of a year, as the clock shows it.
fn year(year: i64) -> i64 {
    (year - 1970) * 31_556_952 + 15_000_000
}

#[test]
fn certificates_count_while_they_live() {
    let both = [certificate("expired.pem"), certificate("live.pem")];
    let other = [certificate("other-key.pem")];
    let live_ones = |at: i64| countersign_certificate::live(&both, FakeClock::at(at).now()).len();
    assert_eq!(
        [2012, 2017, 2026, 2101].map(|at| live_ones(year(at))),
        [1, 0, 1, 0]
    );

    let sent = signed(
        &request(),
        &rsa("rsa2048.pkcs8.pem", Method::RSA_SHA256),
        Place::Header,
        None,
    );
    let now = FakeClock::at(SIGNED_AT);
    assert_eq!(
        check(&sent, Consumer::certificates(&both), &now).expect("live"),
        BodyCoverage::Form
    );
    for (change, twin) in sent.tampered() {
        check(&twin, Consumer::certificates(&both), &now).expect_err(change);
    }
    let refusal = check(&sent, Consumer::certificates(&other), &now).expect_err("another key");
    assert!(
        matches!(refusal.cause(), Cause::SignatureMismatch),
        "{refusal}"
    );
    // Two live ones and one of another kind among them: whichever signed, it verifies.
    let several = [
        certificate("ec.pem"),
        other[0].clone(),
        certificate("live.pem"),
    ];
    check(&sent, Consumer::certificates(&several), &now).expect("the last one signed");
    for (change, twin) in sent.tampered() {
        check(&twin, Consumer::certificates(&several), &now).expect_err(change);
    }
    for dead in [
        &both[..1],
        &[certificate("not-yet.pem")],
        &[certificate("ec.pem")],
        &[],
    ] {
        let refusal = check(&sent, Consumer::certificates(dead), &now).expect_err("none is live");
        let problem = refusal.answer().problem.expect("a problem");
        assert_eq!(*problem.code(), ProblemCode::SIGNATURE_METHOD_REJECTED);
        let advice = "No certificates have been registered for the consumer";
        assert_eq!(problem.advice(), Some(advice));
    }
}

#[test]
fn kept_certificates_count_as_others_do() {
    let sent = signed(
        &request(),
        &rsa("rsa2048.pkcs8.pem", Method::RSA_SHA256),
        Place::Header,
        None,
    );
    let now = FakeClock::at(SIGNED_AT);
    for names in [
        &["live.pem"][..],
        &["expired.pem", "live.pem"],
        &["ec.pem", "other-key.pem", "live.pem"],
        &["other-key.pem"],
        &["expired.pem"],
        &["not-yet.pem", "expired.pem"],
        &["ec.pem"],
        &[],
    ] {
        let certificates: Vec<_> = names.iter().map(|name| certificate(name)).collect();
        let kept = Certificates::new(certificates.clone());
        let told = |consumer| check(&sent, consumer, &now).map_err(|refusal| refusal.to_string());
        let first = told(Consumer::kept_certificates(&kept));
        assert_eq!(
            first,
            told(Consumer::certificates(&certificates)),
            "{names:?}"
        );
        assert_eq!(first, told(Consumer::kept_certificates(&kept)), "once more");
        for (change, twin) in sent.tampered() {
            check(&twin, Consumer::kept_certificates(&kept), &now).expect_err(change);
        }
    }
}

#[test]
fn a_body_hash_covers_the_body() {
    let secret = Secret::new(CONSUMER_SECRET);
    let clock = FakeClock::at(SIGNED_AT);
    let json = Wire {
        content_type: Some("application/json".to_owned()),
        body: b"{\"amount\":100}".to_vec(),
        ..request()
    };
    let hash = body_hash::compute(Hash::Sha256, &json.body);
    let sent = signed(
        &json,
        &hmac(Method::HMAC_SHA256),
        Place::Header,
        Some(&hash),
    );
    let covered = check(&sent, Consumer::secret(&secret), &clock).expect("accepted");
    assert_eq!(covered, BodyCoverage::Hashed);
    let tampered = Wire {
        body: b"{\"amount\":900}".to_vec(),
        ..sent
    };
    let refusal = check(&tampered, Consumer::secret(&secret), &clock).expect_err("another body");
    assert!(
        matches!(refusal.cause(), Cause::BodyHashMismatch),
        "{refusal}"
    );
    assert_eq!(
        *refusal.answer().problem.expect("a problem").code(),
        ProblemCode::SIGNATURE_INVALID
    );
    // Without the hash nothing covers the body, and the proof says so.
    let sent = signed(&json, &hmac(Method::HMAC_SHA256), Place::Header, None);
    let tampered = Wire {
        body: b"{\"amount\":900}".to_vec(),
        ..sent
    };
    let covered = check(&tampered, Consumer::secret(&secret), &clock).expect("accepted");
    assert_eq!(covered, BodyCoverage::Unsigned);
}

#[test]
fn every_container_holds_the_same_key() {
    let passphrase = Secret::new(PASSPHRASE);
    let live = certificate("live.pem");
    assert_eq!(live.der(), certificate("live.der").der());
    let message = b"GET&https%3A%2F%2Fexample.com%2F&";
    let mut signatures = Vec::new();
    let mut keys = vec![
        pkcs12::read(&fixtures::key("rsa2048.p12"), &passphrase).expect("an archive"),
        pkcs12::read(&fixtures::key("rsa2048.legacy.p12"), &passphrase).expect("an old archive"),
    ]
    .into_iter()
    .map(|contents| {
        assert_eq!(contents.certificates(), [live.der()]);
        contents.into_private_key()
    })
    .collect::<Vec<_>>();
    for name in [
        "pkcs8.pem",
        "pkcs8.der",
        "pkcs1.pem",
        "pkcs1.der",
        "encrypted-pkcs8.pem",
        "encrypted-pkcs8.der",
    ] {
        let file = fixtures::key(&format!("rsa2048.{name}"));
        let key = RsaPrivateKey::read(&file, Some(&passphrase));
        keys.push(key.unwrap_or_else(|error| panic!("{name}: {error}")));
    }
    for key in &keys {
        live.matches(key).expect("the certificate's key");
        let signer = Signer::rsa(Method::RSA_SHA1, key).expect("a usable key");
        let mut random = FixedRandom::new(7);
        let signature = signer
            .sign(message, Some(&mut random))
            .expect("a signature");
        signatures.push(signature.to_base64());
    }
    assert_eq!(signatures.len(), 8);
    assert!(
        signatures
            .iter()
            .all(|signature| *signature == signatures[0])
    );
    let other = RsaPrivateKey::read(&fixtures::key("rsa2048-other.pkcs8.pem"), None).expect("key");
    live.matches(&other).expect_err("another key");
    // The old encryption of PKCS#1 is named, not guessed at.
    let old = fixtures::key("rsa2048.encrypted-pkcs1.pem");
    let refused = RsaPrivateKey::read(&old, Some(&passphrase)).expect_err("DEK-Info");
    assert!(
        refused.to_string().contains("openssl pkcs8 -topk8"),
        "{refused}"
    );
}

/// The certificate that belongs to the wiki's RSA example verifies its signature, dead as it is.
#[test]
fn the_certificate_of_the_wiki_verifies_its_example() {
    let cases = vectors::cases("signature");
    let case = cases
        .iter()
        .find(|case| case.id == "wiki-sig-rsa-photos")
        .expect("the case");
    let pem = case.input("certificate_pem").expect("a certificate");
    let certificate = Certificate::read(pem.as_bytes()).expect("a certificate");
    let key = certificate.public_key().expect("an RSA key");
    let verifier = Verifier::rsa(Method::RSA_SHA1, key).expect("a usable key");
    let text = case.expected("base_string").expect("a base string");
    let published = case.expected("signature").expect("a signature");
    let signature = Signature::parse_base64(published).expect("base64");
    verifier
        .verify(text.as_bytes(), &signature)
        .expect("the published signature");
    let corrected = text.replace("vacaction", "vacation");
    verifier
        .verify(corrected.as_bytes(), &signature)
        .expect_err("the spelling is signed");
}
