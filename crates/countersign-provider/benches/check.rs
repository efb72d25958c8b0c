//! The check of one request from borrowed parts, against what it must not cost more than:
//! `cargo bench -p countersign-provider --bench check`.
//!
//! `ratio` is our time divided by the peer's, as in the benchmark `ratios` of
//! `countersign-signature`: below 1 we are quicker, and the limit of 0.75 lets us take three
//! quarters of the peer's time. It is no ratio of rates, of which 0.75 would let us take four
//! thirds. A line beyond its limit says MISSED, and the benchmark fails.
//!
//! Rounds of both sides alternate; minima are compared.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark may stop at the first fault"
)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "no input from outside"
)]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

use core::hint::black_box;
use core::num::NonZeroU64;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use countersign_base_string::{Place, ProtocolParameters, Request, Uri};
use countersign_certificate::Certificate;
use countersign_clock::{UnixTime, Window};
use countersign_key::{RandomError, RsaPrivateKey, Secret, SecureRandom};
use countersign_provider::{Provider, Route, Settings, Stores};
use countersign_signature::{HmacKey, Method, OsRandom, Signature, Signer, Verifier, sign};
use countersign_store::testing::block_on;
use countersign_store::{
    AccessToken, Change, Commit, Consumer, ConsumerKind, Credential, Expected, FingerprintKey,
    Grant, GrantId, Insertion, MemoryConsumerStore, MemoryNonceStore, MemoryTokenStore, Nonce,
    NonceStore as _, Start, TokenStore as _,
};
use countersign_token::Expiry;
use oauth1_request as peer;

const NOW: i64 = 1_790_000_000;
const URL: &str = "https://api.example.com/1.1/statuses/update.json?include_entities=true";
const BODY: &[u8] = b"status=Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20signed%20OAuth%20request%21";
const FORM: &str = "application/x-www-form-urlencoded";
const SECRET: &str = "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw";
const TOKEN: &str = "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb";
const TOKEN_SECRET: &str = "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE";
const KEY: &[u8] = include_bytes!("data/key.pem");
const CERTIFICATE: &[u8] = include_bytes!("data/certificate.pem");
const CONSUMER: &str = "xvz1evFS4wEEPTGEFPHBog";
const PRIVATE: &str = "private-application";

type MemoryProvider = Provider<MemoryConsumerStore, MemoryTokenStore, MemoryNonceStore>;

fn provider() -> MemoryProvider {
    let stores = Stores {
        consumers: MemoryConsumerStore::default(),
        tokens: MemoryTokenStore::default(),
        nonces: nonces(),
    };
    let key = FingerprintKey::from_bytes([7; 16]);
    let provider = Provider::new(stores, Settings::default(), key, OsRandom::new()).unwrap();
    let secret = Credential::Secret(Arc::new(Secret::new(SECRET)));
    let mut consumer = Consumer::new(CONSUMER, ConsumerKind::Public, secret);
    consumer.may_use_two_legged = true;
    let certificate = Certificate::read(CERTIFICATE).unwrap();
    let certificates = Credential::Certificates(Arc::from(vec![certificate]));
    let mut private = Consumer::new(PRIVATE, ConsumerKind::Private, certificates);
    private.organisation = Some("Acme".to_owned());
    for consumer in [consumer, private] {
        let now = UnixTime::from_seconds(NOW);
        block_on(provider.register(Expected::Absent, consumer, now)).unwrap();
    }
    let now = UnixTime::from_seconds(NOW);
    let (id, expires) = (GrantId::from_bytes([1; 16]), Expiry::after(now, 1_800));
    let grant = Grant::new(id, CONSUMER, "Acme", "Jane", now, expires);
    let secret = Arc::new(Secret::new(TOKEN_SECRET));
    let token = provider.token_fingerprint(TOKEN);
    let token = AccessToken::new(token, &grant, secret, now, expires);
    let change = Change::new().grant(Expected::Absent, grant).access(token);
    let done = block_on(provider.stores().tokens.commit(change)).unwrap();
    assert_eq!(done, Commit::Done);
    provider
}

fn nonces() -> MemoryNonceStore {
    let key = FingerprintKey::from_bytes([9; 16]);
    MemoryNonceStore::new(key, Window::default(), Start::FirstStart)
}

/// Requests that differ in their nonce, signed beforehand.
struct Signed {
    headers: Vec<String>,
    next: usize,
}

/// For PKCS#1 v1.5 no random byte decides about the signature.
struct Constant;

impl SecureRandom for Constant {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        out.fill(0x5a);
        Ok(())
    }
}

fn signed(signer: &Signer, consumer: &str, token: Option<&str>, count: u32) -> Signed {
    let uri = Uri::parse(URL).unwrap();
    let request = Request::new("POST", uri)
        .unwrap()
        .with_body(Some(FORM), BODY);
    let timestamp = NOW.to_string();
    let headers = (0..count).map(|number| {
        let nonce = format!("kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZe{number:08}");
        let name = signer.method().name();
        let mut protocol = ProtocolParameters::new(consumer, name, &timestamp, &nonce);
        if let Some(token) = token {
            protocol = protocol.with_token(token);
        }
        let mut random = Constant;
        let random: Option<&mut dyn SecureRandom> = Some(&mut random);
        let signed = sign(&request, &protocol, signer, Place::Header, None, random);
        signed.unwrap().authorization().unwrap().to_owned()
    });
    Signed {
        headers: headers.collect(),
        next: 0,
    }
}

impl Signed {
    /// Verifies the next of them.
    fn verify(&mut self, provider: &MemoryProvider, route: &Route) {
        let header = &self.headers[self.next];
        self.next += 1;
        let uri = Uri::parse(URL).unwrap();
        let request = Request::new("POST", uri)
            .unwrap()
            .with_body(Some(FORM), BODY)
            .with_authorization(header);
        let now = UnixTime::from_seconds(NOW);
        black_box(block_on(provider.verify(black_box(&request), route, now)).unwrap());
    }
}

/// Nanoseconds per call of both, alternating: minima.
#[expect(clippy::disallowed_methods, reason = "measuring time is the purpose")]
fn minima(rounds: u32, calls: u32, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> (f64, f64) {
    let turn = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        for _ in 0..calls {
            work();
        }
        start.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
    };
    let (mut our_best, mut their_best) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..rounds {
        our_best = our_best.min(turn(&mut ours));
        their_best = their_best.min(turn(&mut theirs));
    }
    (our_best, their_best)
}

fn report(name: &str, ours: f64, peer: f64, limit: f64) -> bool {
    let ratio = ours / peer;
    let ok = ratio <= limit;
    let verdict = if ok { "ok" } else { "MISSED" };
    println!(
        "{name:<28} ours {ours:>8.0} ns  peer {peer:>8.0} ns  ratio {ratio:.3}  limit {limit:.2}  {verdict}"
    );
    ok
}

fn main() -> ExitCode {
    // Cargo passes options of its own; any other argument is a part of the names to measure.
    let mut wanted = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'));
    let results = match wanted.next().as_deref() {
        Some("hmac") => vec![hmac(None), hmac(Some((TOKEN, TOKEN_SECRET)))],
        Some("rsa") => vec![rsa()],
        _ => vec![hmac(None), hmac(Some((TOKEN, TOKEN_SECRET))), rsa()],
    };
    if results.iter().all(|ok| *ok) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The check against oauth1-request, which signs the same request again, as a provider without a
/// verifier would have to; the nonce is taken off, as its cost has a limit of its own. Once without
/// a token and once with one, as in the foundation's example: there both sides have more to sign,
/// and ours a token to look up.
fn hmac(token: Option<(&'static str, &'static str)>) -> bool {
    // No more requests than fit the caches: the peer works on one.
    const ROUNDS: u32 = 100;
    const CALLS: u32 = 32;
    let provider = provider();
    let route = provider.route("statuses");
    let token_secret = token.map(|(_, secret)| Secret::new(secret));
    let key = HmacKey::new(&Secret::new(SECRET), token_secret.as_ref());
    let signer = Signer::hmac(Method::HMAC_SHA1, &key).unwrap();
    let sent = token.map(|(token, _)| token);
    let mut requests = signed(&signer, CONSUMER, sent, ROUNDS * CALLS);
    let credentials = peer::Credentials::new(CONSUMER, SECRET);
    let mut client: peer::Builder<'_, _, &str, &str> = peer::Builder::new(
        credentials,
        peer::signature_method::hmac_sha1::HmacSha1::new(),
    );
    client
        .nonce("kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZe00000000")
        .timestamp(NonZeroU64::new(1_790_000_000))
        .version(true);
    if let Some((token, secret)) = token {
        client.token(peer::Credentials::new(token, secret));
    }
    let pairs = [
        ("include_entities", "true"),
        (
            "status",
            "Hello Ladies + Gentlemen, a signed OAuth request!",
        ),
    ];
    let url = "https://api.example.com/1.1/statuses/update.json";
    let mut out = String::new();
    let (check, resigning) = minima(
        ROUNDS,
        CALLS,
        || requests.verify(&provider, &route),
        || {
            out.clear();
            let request = peer::ParameterList::new(pairs.to_vec());
            client.authorize_with_buf(&mut out, "POST", black_box(url), &request);
            black_box(&out);
        },
    );
    let store = nonces();
    let mut number = 0_u64;
    let (nonce, _) = minima(
        ROUNDS,
        CALLS,
        || {
            number += 1;
            let text = number.to_string();
            let now = UnixTime::from_seconds(NOW);
            let nonce = Nonce::new(CONSUMER, sent.unwrap_or_default(), now, &text);
            let stored = black_box(block_on(store.insert(nonce, now)));
            assert_eq!(stored.unwrap(), Insertion::New);
        },
        || {},
    );
    println!("{:<28} ours {nonce:>8.0} ns, taken off the check", "nonce");
    let name = match token {
        None => "check-hmac-sha1",
        Some(_) => "check-hmac-sha1-token",
    };
    report(name, check - nonce, resigning, 0.75)
}

/// A private application's request, its key kept parsed, against the bare verification.
fn rsa() -> bool {
    const ROUNDS: u32 = 1_000;
    let provider = provider();
    let route = provider.route("statuses");
    let key = RsaPrivateKey::read(KEY, None).unwrap();
    let signer = Signer::rsa(Method::RSA_SHA1, &key).unwrap();
    let mut requests = signed(&signer, PRIVATE, Some(PRIVATE), ROUNDS);
    let certificate = Certificate::read(CERTIFICATE).unwrap();
    let verifier = Verifier::rsa(Method::RSA_SHA1, certificate.public_key().unwrap()).unwrap();
    let message = b"a base string of no matter what";
    let mut random = Constant;
    let random: Option<&mut dyn SecureRandom> = Some(&mut random);
    let text = signer.sign(message, random).unwrap().to_base64();
    let signature = Signature::parse_base64(&text).unwrap();
    let (check, bare) = minima(
        ROUNDS,
        1,
        || requests.verify(&provider, &route),
        || verifier.verify(black_box(message), &signature).unwrap(),
    );
    report("check-rsa-sha1", check, bare, 1.10)
}
