//! H28: what the time of a refusal tells in terse mode, which should be nothing:
//! `cargo bench -p countersign-test-it --bench timing`.
//!
//! Two requests that are told the same take turns of a few each, with the order drawn anew each time;
//! the medians of their times may differ by 2 %. Fails if they differ by more in each of three tries.
//! With words behind `--` only the pairs whose names hold one of them are measured.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a benchmark has no input from outside and may stop at the first fault"
)]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use countersign_base_string::{Place, ProtocolParameters, Request, Uri};
use countersign_clock::{UnixTime, Window};
use countersign_key::{RegistrationPolicy, RsaPrivateKey, Secret};
use countersign_provider::{Answers, Provider, Settings, Stores, read_certificate};
use countersign_signature::{HmacKey, Method, Signature, Signer, sign};
use countersign_store::{
    AccessToken, Change, Commit, Consumer, ConsumerKind, ConsumerStore, Credential, Domain,
    Expected, FingerprintKey, Grant, GrantId, MemoryConsumerStore, MemoryNonceStore,
    MemoryTokenStore, NonceStore, Start, TokenStore,
};
use countersign_store_sqlite::{Options, SqliteStore};
use countersign_test_support::fixtures;
use countersign_test_support::random::FixedRandom;
use countersign_token::Expiry;
use tokio::runtime::{Builder, Runtime};

const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);
const URL: &str = "https://api.example.com/photos?file=vacation.jpg&size=original";
/// As long as the secrets that terse mode verifies with in place of one.
const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// So many of one kind follow each other: what was found before may be found sooner.
const RUN: usize = 4;
/// The most that two medians may differ.
const LIMIT: f64 = 0.02;
/// Noise parts two that are alike once, a leak each time.
const TRIES: usize = 3;

type InMemory = Provider<MemoryConsumerStore, MemoryTokenStore, MemoryNonceStore>;
type InFile = Provider<SqliteStore, SqliteStore, SqliteStore>;

async fn in_memory(answers: Answers) -> InMemory {
    let key = || FingerprintKey::from_bytes([7; 16]);
    let stores = Stores {
        consumers: MemoryConsumerStore::default(),
        tokens: MemoryTokenStore::default(),
        nonces: MemoryNonceStore::new(key(), Window::default(), Start::FirstStart),
    };
    provider(stores, key(), answers).await
}

async fn in_file(directory: &Path) -> InFile {
    let options = Options::dangerous_without_seal().create_if_missing();
    let path = directory.join("store.db");
    let store = SqliteStore::open(path, &options, NOW, FixedRandom::new(3)).unwrap();
    let key = store.fingerprint_key();
    let stores = Stores {
        consumers: store.clone(),
        tokens: store.clone(),
        nonces: store,
    };
    provider(stores, key, Answers::Terse).await
}

async fn provider<C, T, N>(
    stores: Stores<C, T, N>,
    key: FingerprintKey,
    answers: Answers,
) -> Provider<C, T, N>
where
    C: ConsumerStore,
    T: TokenStore,
    N: NonceStore,
{
    let id = GrantId::from_bytes([1; 16]);
    let grant = Grant::new(id, "known-public", "Acme", "ann", NOW, Expiry::NEVER);
    let fingerprint = key.of(Domain::Token, &[b"known-token"]);
    let secret = Arc::new(Secret::new(SECRET));
    let token = AccessToken::new(fingerprint, &grant, secret, NOW, Expiry::after(NOW, 1_800));
    let change = Change::new().grant(Expected::Absent, grant).access(token);
    assert_eq!(stores.tokens.commit(change).await.unwrap(), Commit::Done);
    let mut settings = Settings::default();
    settings.answers = answers;
    let provider = Provider::new(stores, settings, key, FixedRandom::new(1)).unwrap();
    let secret = Credential::Secret(Arc::new(Secret::new(SECRET)));
    let mut public = Consumer::new("known-public", ConsumerKind::Public, secret);
    public.may_use_two_legged = true;
    let policy = RegistrationPolicy::default();
    let certificate = read_certificate(&fixtures::certificate("live.pem"), &policy).unwrap();
    let certificates = Credential::Certificates([certificate].into_iter().collect());
    let mut private = Consumer::new("known-private", ConsumerKind::Private, certificates);
    private.organisation = Some("Acme".to_owned());
    let certificate = read_certificate(&fixtures::certificate("rsa4096.pem"), &policy).unwrap();
    let certificates = Credential::Certificates([certificate].into_iter().collect());
    let mut longer = Consumer::new("known-longer!", ConsumerKind::Private, certificates);
    longer.organisation = Some("Acme".to_owned());
    for consumer in [public, private, longer] {
        provider
            .register(Expected::Absent, consumer, NOW)
            .await
            .unwrap();
    }
    provider
}

/// What is signed and what is sent.
fn request(form: &[u8]) -> Request<'_> {
    let request = Request::new("POST", Uri::parse(URL).unwrap()).unwrap();
    if form.is_empty() {
        return request;
    }
    request.with_body(Some("application/x-www-form-urlencoded"), form)
}

/// The value of an `Authorization` field.
fn header(signer: &Signer, consumer: &str, token: Option<&str>) -> (String, Signature) {
    let request = request(&[]);
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

/// Wrong signatures of which none and so many octets in front are right. Both are spelt with as
/// many escapes, as reading those takes time too.
fn leading(right: usize) -> [String; 2] {
    let (header, signature) = header(&hmac(SECRET), "known-public", None);
    let encode = |octets: &[u8]| {
        let text = Signature::from_bytes(octets).to_base64();
        countersign_encoding::encode(&text).into_owned()
    };
    let wrong = |right: usize, mask: u8| {
        let octets = signature.as_bytes().iter().enumerate();
        let octets: Vec<u8> = octets
            .map(|(at, octet)| if at < right { *octet } else { octet ^ mask })
            .collect();
        encode(&octets)
    };
    let mut masks = (1..=u8::MAX).map(|mask| [wrong(0, mask), wrong(right, mask)]);
    let [one, other] = masks.find(|[one, other]| one.len() == other.len()).unwrap();
    let spelt = encode(signature.as_bytes());
    assert!(header.contains(&spelt));
    [one, other].map(|wrong| header.replace(&spelt, &wrong))
}

/// The value of an `Authorization` field, with these octets for a signature.
fn forged(signer: &Signer, consumer: &str, octets: &[u8]) -> String {
    let (header, signature) = header(signer, consumer, None);
    let encode = |signature: &Signature| {
        let text = signature.to_base64();
        countersign_encoding::encode(&text).into_owned()
    };
    header.replace(&encode(&signature), &encode(&Signature::from_bytes(octets)))
}

/// The value of an `Authorization` field, with a text for a signature that none can be.
fn unreadable(signer: &Signer, consumer: &str) -> String {
    let (header, signature) = header(signer, consumer, None);
    let spelt = countersign_encoding::encode(&signature.to_base64()).into_owned();
    header.replace(&spelt, "%21")
}

/// Two requests that are told the same.
struct Pair {
    name: &'static str,
    headers: [String; 2],
    form: Vec<u8>,
    samples: usize,
}

/// Nanoseconds of one refusal.
#[expect(clippy::disallowed_methods, reason = "measuring time is the purpose")]
fn one<C: ConsumerStore, T: TokenStore, N: NonceStore>(
    runtime: &Runtime,
    provider: &Provider<C, T, N>,
    header: &str,
    form: &[u8],
) -> f64 {
    let request = request(form).with_authorization(header);
    let route = provider.route("photos");
    let start = Instant::now();
    let outcome = runtime.block_on(provider.verify(&request, &route, NOW));
    let nanoseconds = start.elapsed().as_nanos() as f64;
    assert_eq!(outcome.unwrap_err().told().status, 401);
    nanoseconds
}

/// Of what is refused otherwise, no octet that is called right would be.
fn assert_accepted<C: ConsumerStore, T: TokenStore, N: NonceStore>(
    runtime: &Runtime,
    provider: &Provider<C, T, N>,
) {
    let (header, _) = header(&hmac(SECRET), "known-public", None);
    let request = request(&[]).with_authorization(&header);
    let route = provider.route("photos");
    let outcome = runtime.block_on(provider.verify(&request, &route, NOW));
    assert!(outcome.is_ok(), "{:?}", outcome.err());
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

/// Whether the two are alike in one of the tries.
fn alike<C: ConsumerStore, T: TokenStore, N: NonceStore>(
    runtime: &Runtime,
    provider: &Provider<C, T, N>,
    pair: &Pair,
) -> bool {
    let Pair {
        name,
        headers,
        form,
        samples,
    } = pair;
    let samples = *samples;
    let mut random = FixedRandom::new(5);
    for tries_left in (0..TRIES).rev() {
        let mut times = [Vec::with_capacity(samples), Vec::with_capacity(samples)];
        let rounds = samples / RUN;
        for round in 0..rounds + rounds / 10 {
            let first = random.below(2);
            for side in [first, 1 - first] {
                for _ in 0..RUN {
                    let time = one(runtime, provider, &headers[side], form);
                    // The first rounds warm up.
                    if round >= rounds / 10 {
                        times[side].push(time);
                    }
                }
            }
        }
        let [one, other] = times.map(median);
        let differs = (one - other).abs() / one.min(other);
        let word = match tries_left {
            _ if differs <= LIMIT => "ok",
            0 => "MISSED",
            _ => "again",
        };
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
    println!("stores in memory");
    let memory = all_alike(&runtime, &runtime.block_on(in_memory(Answers::Terse)));
    // Without the RSA operation of terse refusals, next to which an octet would hardly show.
    println!("explicit answers");
    let explicit = runtime.block_on(in_memory(Answers::Explicit));
    let octets = [1, 10, 19].map(|right| Pair {
        name: "0, some leading octets right",
        headers: leading(right),
        form: Vec::new(),
        samples: 20_000,
    });
    assert_accepted(&runtime, &explicit);
    let octets = measure(&runtime, &explicit, &octets);
    println!("a store in a file");
    let directory = tempfile::tempdir().unwrap();
    let file = all_alike(&runtime, &runtime.block_on(in_file(directory.path())));
    let measured: Vec<bool> = [memory, octets, file].into_iter().flatten().collect();
    assert!(!measured.is_empty(), "no pair has such a name");
    measured.into_iter().all(|ok| ok)
}

fn all_alike<C: ConsumerStore, T: TokenStore, N: NonceStore>(
    runtime: &Runtime,
    provider: &Provider<C, T, N>,
) -> Option<bool> {
    assert_accepted(runtime, provider);
    let key = RsaPrivateKey::read(&fixtures::key("rsa2048-other.pkcs8.pem"), None).unwrap();
    let rsa = Signer::rsa(Method::RSA_SHA1, &key).unwrap();
    let of = |signer: &Signer, consumer, token| header(signer, consumer, token).0;
    let wrong = hmac("another secret");
    let public = |consumer, token| of(&wrong, consumer, token);
    let token = |token| public("known-public", Some(token));
    let private = |consumer| of(&rsa, consumer, None);
    let consumers = ["known-public", "other-public"].map(|consumer| public(consumer, None));
    let signers = ["known-private", "other-private"].map(private);
    let long = RsaPrivateKey::read(&fixtures::key("rsa4096.pkcs8.pem"), None).unwrap();
    let long = Signer::rsa(Method::RSA_SHA256, &long).unwrap();
    let short = ["known-longer!", "other-private"].map(private);
    let longer = ["known-private", "other-private"].map(|key| of(&long, key, None));
    let own = ["known-private", "other-private"].map(|key| of(&rsa, key, Some(key)));
    let known = ["known-private", "other-private"];
    // On which side of a modulus a number lies tells the modulus.
    let first = |octet| {
        let octets = [&[octet][..], &[0xff; 255]].concat();
        known.map(|key| forged(&rsa, key, &octets))
    };
    let of_length = |length| known.map(|key| forged(&rsa, key, &vec![1; length]));
    let unread = known.map(|key| unreadable(&rsa, key));
    let unread_hmac = ["known-public", "other-public"].map(|key| unreadable(&wrong, key));
    let hmacs = known.map(|key| public(key, None));
    let hashed = known.map(|key| {
        of(&long, key, None).replace(
            "OAuth ",
            "OAuth oauth_body_hash=\"AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D\", ",
        )
    });
    let small = |name, headers, samples| Pair {
        name,
        headers,
        form: Vec::new(),
        samples,
    };
    let large = |name, headers| Pair {
        name,
        headers,
        form: [&b"a="[..], &[b'1'; 1_000_000]].concat(),
        samples: 200,
    };
    let pairs = [
        small("known, unknown consumer (HMAC)", consumers, 5_000),
        small("known, unknown consumer (RSA)", signers.clone(), 2_000),
        small("the same, its key for a token (RSA)", own, 2_000),
        small("4096 bits, unknown; a signature of 2048", short, 2_000),
        small(
            "2048 bits, unknown; a signature of 4096",
            longer.clone(),
            2_000,
        ),
        small("the same, with a wrong hash of the body", hashed, 2_000),
        small("a signature that is no base64 (RSA)", unread, 5_000),
        small("a signature that is no base64 (HMAC)", unread_hmac, 5_000),
        small("a signature of 100 octets", of_length(100), 5_000),
        small("a signature of 320 octets", of_length(320), 5_000),
        small("an HMAC by a consumer with a certificate", hmacs, 5_000),
        large("the same, and a long form", longer),
        large("known, unknown consumer (RSA), a long form", signers),
        small("a number of 2048 bits, of ones", first(0xff), 2_000),
        small("a number of 2048 bits, from c0", first(0xc0), 2_000),
        small("a number of 2048 bits, from a0", first(0xa0), 2_000),
        small("a number of 2048 bits, from 80", first(0x80), 2_000),
        small(
            "known, unknown token",
            ["known-token", "other-token"].map(token),
            5_000,
        ),
    ];
    measure(runtime, provider, &pairs)
}

/// Whether all pairs that were asked for are alike, if any of these was.
fn measure<C: ConsumerStore, T: TokenStore, N: NonceStore>(
    runtime: &Runtime,
    provider: &Provider<C, T, N>,
    pairs: &[Pair],
) -> Option<bool> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words = words.iter().filter(|word| !word.starts_with("--"));
    let words: Vec<&str> = words.map(String::as_str).collect();
    let is_wanted =
        |pair: &&Pair| words.is_empty() || words.iter().any(|word| pair.name.contains(word));
    let outcomes = pairs.iter().filter(is_wanted);
    let outcomes: Vec<bool> = outcomes
        .map(|pair| alike(runtime, provider, pair))
        .collect();
    (!outcomes.is_empty()).then(|| outcomes.into_iter().all(|ok| ok))
}

fn main() -> ExitCode {
    if h28_timing() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
