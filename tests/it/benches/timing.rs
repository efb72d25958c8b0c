//! H28: what the time of a refusal tells in terse mode, which should be nothing:
//! `cargo bench -p countersign-test-it --bench timing`.
//!
//! Two requests that are told the same take turns, with the order drawn anew each time; the medians
//! of their times may differ by 2 %. Fails if they differ by more.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a benchmark has no input from outside and may stop at the first fault"
)]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use countersign_base_string::{Place, ProtocolParameters, Request, Uri};
use countersign_clock::{UnixTime, Window};
use countersign_key::{RegistrationPolicy, RsaPrivateKey, Secret};
use countersign_provider::{Answers, Provider, Settings, Stores, read_certificate};
use countersign_signature::{HmacKey, Method, Signature, Signer, sign};
use countersign_store::{
    Consumer, ConsumerKind, Credential, Expected, FingerprintKey, MemoryConsumerStore,
    MemoryNonceStore, MemoryTokenStore, Start,
};
use countersign_test_support::fixtures;
use countersign_test_support::random::FixedRandom;
use tokio::runtime::{Builder, Runtime};

const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);
const URL: &str = "https://api.example.com/photos?file=vacation.jpg&size=original";
const SECRET: &str = "a secret of an application";
/// The most that two medians may differ.
const LIMIT: f64 = 0.02;

type Terse = Provider<MemoryConsumerStore, MemoryTokenStore, MemoryNonceStore>;

async fn provider() -> Terse {
    let key = || FingerprintKey::from_bytes([7; 16]);
    let stores = Stores {
        consumers: MemoryConsumerStore::default(),
        tokens: MemoryTokenStore::default(),
        nonces: MemoryNonceStore::new(key(), Window::default(), Start::FirstStart),
    };
    let mut settings = Settings::default();
    settings.answers = Answers::Terse;
    let provider = Provider::new(stores, settings, key(), FixedRandom::new(1)).unwrap();
    let secret = Credential::Secret(Arc::new(Secret::new(SECRET)));
    let mut public = Consumer::new("known-public", ConsumerKind::Public, secret);
    public.may_use_two_legged = true;
    let policy = RegistrationPolicy::default();
    let certificate = read_certificate(&fixtures::certificate("live.pem"), &policy).unwrap();
    let certificates = Credential::Certificates([certificate].into_iter().collect());
    let mut private = Consumer::new("known-private", ConsumerKind::Private, certificates);
    private.organisation = Some("Acme".to_owned());
    for consumer in [public, private] {
        provider
            .register(Expected::Absent, consumer, NOW)
            .await
            .unwrap();
    }
    provider
}

/// The value of an `Authorization` field.
fn header(signer: &Signer, consumer: &str, token: Option<&str>) -> (String, Signature) {
    let request = Request::new("GET", Uri::parse(URL).unwrap()).unwrap();
    let (timestamp, name) = (NOW.seconds().to_string(), signer.method().name());
    let mut protocol = ProtocolParameters::new(consumer, name, &timestamp, "nonce");
    if let Some(token) = token {
        protocol = protocol.with_token(token);
    }
    let mut random = FixedRandom::new(2);
    let signed = sign(
        &request,
        &protocol,
        signer,
        Place::Header,
        None,
        Some(&mut random),
    );
    let signed = signed.unwrap();
    let signature = Signature::from_bytes(signed.signature().as_bytes());
    (signed.authorization().unwrap().to_owned(), signature)
}

fn hmac(secret: &str) -> Signer {
    Signer::hmac(Method::HMAC_SHA1, &HmacKey::new(&Secret::new(secret), None)).unwrap()
}

/// A wrong signature of which so many octets in front are right.
fn leading(right: usize) -> String {
    let (header, signature) = header(&hmac(SECRET), "known-public", None);
    let mut octets = signature.as_bytes().to_vec();
    for octet in octets.iter_mut().skip(right) {
        *octet ^= 0x55;
    }
    let encode = |text: String| countersign_encoding::encode(&text).into_owned();
    let other = encode(Signature::from_bytes(&octets).to_base64());
    header.replace(&encode(signature.to_base64()), &other)
}

/// Nanoseconds of one refusal.
#[expect(clippy::disallowed_methods, reason = "measuring time is the purpose")]
fn one(runtime: &Runtime, provider: &Terse, header: &str) -> f64 {
    let uri = Uri::parse(URL).unwrap();
    let request = Request::new("GET", uri).unwrap().with_authorization(header);
    let route = provider.route("photos");
    let start = Instant::now();
    let outcome = runtime.block_on(provider.verify(&request, &route, NOW));
    let nanoseconds = start.elapsed().as_nanos() as f64;
    assert_eq!(outcome.unwrap_err().told().status, 401);
    nanoseconds
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

/// Whether the two are alike; noise may part them once, a leak each time.
fn alike(runtime: &Runtime, provider: &Terse, name: &str, pair: [&str; 2], samples: usize) -> bool {
    let mut random = FixedRandom::new(5);
    for _ in 0..3 {
        let mut times = [Vec::with_capacity(samples), Vec::with_capacity(samples)];
        for round in 0..samples + samples / 10 {
            let first = random.below(2);
            for side in [first, 1 - first] {
                let time = one(runtime, provider, pair[side]);
                // The first rounds warm up.
                if round >= samples / 10 {
                    times[side].push(time);
                }
            }
        }
        let [one, other] = times.map(median);
        let differs = (one - other).abs() / one.min(other);
        let word = if differs <= LIMIT { "ok" } else { "MISSED" };
        println!(
            "{name:42} {one:9.0} ns {other:9.0} ns {:5.2} % {word}",
            differs * 100.0
        );
        if differs <= LIMIT {
            return true;
        }
    }
    false
}

fn h28_timing() -> bool {
    let runtime = Builder::new_current_thread().build().unwrap();
    let provider = runtime.block_on(provider());
    let key = RsaPrivateKey::read(&fixtures::key("rsa2048-other.pkcs8.pem"), None).unwrap();
    let rsa = Signer::rsa(Method::RSA_SHA1, &key).unwrap();
    let of = |signer: &Signer, consumer, token| header(signer, consumer, token).0;
    let wrong = hmac("another secret");
    let pairs = [
        (
            "known, unknown consumer (HMAC)",
            of(&wrong, "known-public", None),
            of(&wrong, "other-public", None),
            20_000,
        ),
        (
            "known, unknown consumer (RSA)",
            of(&rsa, "known-private", None),
            of(&rsa, "other-private", None),
            2_000,
        ),
        (
            "known, unknown token",
            of(&rsa, "known-private", Some("known-private")),
            of(&rsa, "known-private", Some("other-private")),
            2_000,
        ),
        ("0, 1 leading octets right", leading(0), leading(1), 20_000),
        (
            "0, 10 leading octets right",
            leading(0),
            leading(10),
            20_000,
        ),
        (
            "0, 19 leading octets right",
            leading(0),
            leading(19),
            20_000,
        ),
    ];
    let outcomes = pairs.map(|(name, one, other, samples)| {
        alike(&runtime, &provider, name, [&one, &other], samples)
    });
    outcomes.into_iter().all(|ok| ok)
}

fn main() -> ExitCode {
    if h28_timing() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
