//! How long the search takes, and its limits.
//!
//! Each line diagnoses a refused request as a whole, reading included; the fastest of some rounds
//! counts, in time on a processor. Prints a line per piece of work and fails if one is above its limit. An argument picks
//! the lines whose names contain it: `cargo bench -p countersign-doctor --bench search -- rsa`.

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a benchmark has no input from outside and may stop at the first fault"
)]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

use core::hint::black_box;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::Instant;

use countersign_base_string::Scheme;
use countersign_capture::{OwnedRequest, read};
use countersign_doctor::{Case, Diagnosis, Keys, Verdict, diagnose};
use countersign_encoding::encode;
use countersign_key::{RsaPrivateKey, Secret, SecureRandom};
use countersign_signature::{HmacKey, Method, Signer};

/// Seven protocol parameters, four of the query, two of the body, some of them reserved.
const QUERY: &str = "page=2&q=red%20shoes&sizes=38%2C39&tag=a%2Bb";
const BODY: &str = "comment=nice%21&name=J%C3%BCrgen";

/// The base string of a client: right where `changes` is empty.
fn base_string(method: &str, changes: &[(&str, &str)]) -> String {
    let parameters = format!(
        "comment=nice%21&name=J%C3%BCrgen&oauth_consumer_key=dpf43f3p2l4k3l03\
         &oauth_nonce=kllo9940pd9333jh&oauth_signature_method={method}\
         &oauth_timestamp=1191242096&oauth_token=nnch734d00sl2jdk&oauth_version=1.0\
         &page=2&q=red%20shoes&sizes=38%2C39&tag=a%2Bb"
    );
    let base = format!(
        "POST&{}&{}",
        encode("https://api.example.com/v1/search"),
        encode(&parameters)
    );
    changes.iter().fold(base, |base, (from, to)| {
        assert!(base.contains(from), "{from} is not there");
        base.replacen(from, to, 1)
    })
}

fn request(method: &str, signature: &str) -> OwnedRequest {
    let text = format!(
        "POST /v1/search?{QUERY} HTTP/1.1\r\nHost: api.example.com\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
         Authorization: OAuth oauth_consumer_key=\"dpf43f3p2l4k3l03\", \
         oauth_token=\"nnch734d00sl2jdk\", oauth_signature_method=\"{method}\", \
         oauth_timestamp=\"1191242096\", oauth_nonce=\"kllo9940pd9333jh\", oauth_version=\"1.0\", \
         oauth_signature=\"{}\"\r\n\r\n{BODY}",
        BODY.len(),
        encode(signature)
    );
    let capture = read(text.as_bytes()).unwrap();
    capture.request().unwrap().clone()
}

fn keys() -> Keys {
    Keys::default()
        .with_consumer_secret(Secret::new("kd94hf93k423kf44"))
        .with_token_secret(Secret::new("pfkkdhi9sl3r4s00"))
}

fn key(token_secret: Option<&str>) -> HmacKey {
    HmacKey::new(
        &Secret::new("kd94hf93k423kf44"),
        token_secret.map(Secret::new).as_ref(),
    )
}

fn hmac(key: &HmacKey, base: &str) -> String {
    let signer = Signer::hmac(Method::HMAC_SHA1, key).unwrap();
    signer.sign(base.as_bytes(), None).unwrap().to_base64()
}

/// Random enough for a benchmark.
struct Counter(u64);

impl SecureRandom for Counter {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), countersign_key::RandomError> {
        for byte in out {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            *byte = self.0.to_be_bytes()[0];
        }
        Ok(())
    }
}

/// A test key of 2048 bits, which signs nothing else.
const PRIVATE_KEY: &[u8] = include_bytes!("../../countersign-signature/benches/rsa2048.pem");

struct Line {
    name: &'static str,
    /// Milliseconds at most.
    limit: f64,
    rounds: u32,
}

fn wanted(name: &str) -> bool {
    let mut words = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .peekable();
    words.peek().is_none() || words.any(|word| name.contains(&word))
}

/// Milliseconds on a processor by this thread, which other work on the machine does not add to; since
/// some moment in the past where the system does not tell.
#[expect(clippy::disallowed_methods, reason = "measuring time is the purpose")]
fn now() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let on_processor = told
        .as_deref()
        .and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    match on_processor {
        Some(nanoseconds) => nanoseconds as f64 / 1e6,
        None => START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e3,
    }
}

/// A system tells such time every few milliseconds only, so that work is repeated for this long.
const LONG_ENOUGH: f64 = 80.0;

fn fastest(rounds: u32, mut work: impl FnMut()) -> f64 {
    let mut times = 1_u32;
    let mut best = f64::INFINITY;
    for _ in 0..rounds.max(2) {
        let start = now();
        for _ in 0..times {
            work();
        }
        let took = (now() - start) / f64::from(times);
        if took * f64::from(times) < LONG_ENOUGH {
            times = times.saturating_mul(2);
        } else {
            best = best.min(took);
        }
    }
    best
}

impl Line {
    fn explain(&self, request: &OwnedRequest, keys: &Keys, verdict: Verdict) -> (bool, u64) {
        if !wanted(self.name) {
            return (true, 0);
        }
        let diagnosed = || -> Diagnosis {
            let case = Case::default()
                .with_request(request)
                .with_keys(keys)
                .with_scheme(Scheme::Https);
            diagnose(black_box(&case))
        };
        let diagnosis = diagnosed();
        let codes: Vec<_> = diagnosis
            .findings()
            .iter()
            .map(|finding| finding.code.as_str())
            .collect();
        assert_eq!(diagnosis.verdict(), verdict, "{}: {codes:?}", self.name);
        let best = fastest(self.rounds, || drop(black_box(diagnosed())));
        let ok = best <= self.limit;
        println!(
            "{:<24} {best:>9.2} ms  tried {:>8}  limit {:.0} ms  {}  {}",
            self.name,
            diagnosis.tried(),
            self.limit,
            if ok { "ok" } else { "MISSED" },
            codes.join(" "),
        );
        (ok, diagnosis.tried())
    }
}

/// Base strings of so many octets on average, half a block more and less, so that they take as many
/// blocks as those of all lengths do.
fn base_strings(mean: usize) -> Vec<String> {
    let base = base_string("HMAC-SHA1", &[]);
    (0..=64)
        .map(|more| base.chars().cycle().take(mean + more - 32).collect())
        .collect()
}

/// The rate of the whole search, as a part of the rate at which base strings as long as those that it
/// tried are signed.
fn rate() -> bool {
    const NAME: &str = "rate";
    /// Least part.
    const LIMIT: f64 = 0.60;
    if !wanted(NAME) {
        return true;
    }
    let hopeless = request("HMAC-SHA1", &hmac(&key(Some("another")), "nothing known"));
    let keys = keys();
    let owner = key(Some("pfkkdhi9sl3r4s00"));
    let signer = Signer::hmac(Method::HMAC_SHA1, &owner).unwrap();
    let (mut tried, mut octets) = (0, 0);
    let (mut whole, mut bare) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..4 {
        whole = whole.min(fastest(2, || {
            let case = Case::default()
                .with_request(&hopeless)
                .with_keys(&keys)
                .with_scheme(Scheme::Https);
            let diagnosis = diagnose(black_box(&case));
            assert_eq!(diagnosis.verdict(), Verdict::Unexplained);
            (tried, octets) = (diagnosis.tried(), diagnosis.octets());
        }));
        let bases = base_strings(usize::try_from(octets / tried).unwrap());
        bare = bare.min(fastest(20, || {
            for base in bases.iter().cycle().take(100_000) {
                black_box(signer.sign(black_box(base.as_bytes()), None).unwrap());
            }
        }));
    }
    let ours = tried as f64 / whole;
    let theirs = 100_000.0 / bare;
    let ratio = ours / theirs;
    let ok = ratio >= LIMIT;
    println!(
        "{NAME:<24} {whole:>9.2} ms  tried {tried:>8}  {:.0} of {:.0} a ms of {} octets  ratio {ratio:.3}  limit {LIMIT:.2}  {}",
        ours,
        theirs,
        octets / tried,
        if ok { "ok" } else { "MISSED" },
    );
    ok
}

/// The most memory that this process ever had, in MiB.
fn memory() -> bool {
    const LIMIT: f64 = 50.0;
    if !wanted("memory") {
        return true;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| {
        let kib = line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?;
        kib.trim().parse::<f64>().ok()
    });
    let Some(peak) = peak.map(|kib| kib / 1024.0) else {
        println!("memory: not known on this system");
        return true;
    };
    let ok = peak <= LIMIT;
    println!(
        "{:<24} {peak:>9.1} MiB  limit {LIMIT:.0} MiB  {}",
        "memory",
        if ok { "ok" } else { "MISSED" }
    );
    ok
}

fn main() -> ExitCode {
    let method = "HMAC-SHA1";
    let right = key(Some("pfkkdhi9sl3r4s00"));
    let plus = ("%3Dred%2520shoes", "%3Dred%2Bshoes");
    let slash = ("search&", "search%2F&");
    let version = ("%26oauth_version%3D1.0", "");
    let line = |name, limit, rounds| Line {
        name,
        limit,
        rounds,
    };
    let explain = |line: Line, key: &HmacKey, changes: &[(&str, &str)]| {
        let signature = hmac(key, &base_string(method, changes));
        line.explain(&request(method, &signature), &keys(), Verdict::Explained)
            .0
    };
    let mut results = vec![
        explain(line("single", 2.0, 20), &right, &[plus]),
        explain(line("single: key", 2.0, 20), &key(None), &[]),
        explain(line("double", 100.0, 6), &right, &[plus, slash]),
        explain(
            line("double: parameters", 100.0, 5),
            &right,
            &[plus, version],
        ),
        explain(line("double: key", 100.0, 5), &key(None), &[plus]),
        explain(line("triple", 2000.0, 2), &right, &[plus, slash, version]),
        explain(line("triple: key", 2000.0, 2), &key(None), &[plus, version]),
    ];
    let private = RsaPrivateKey::read(PRIVATE_KEY, None).unwrap();
    let signer = Signer::rsa(Method::RSA_SHA1, &private).unwrap();
    let signature = signer
        .sign(
            base_string("RSA-SHA1", &[plus]).as_bytes(),
            Some(&mut Counter(1)),
        )
        .unwrap()
        .to_base64();
    let public = Keys::default().with_public_key(private.public_key().clone());
    results.push(
        line("rsa-2048 single", 5.0, 20)
            .explain(
                &request("RSA-SHA1", &signature),
                &public,
                Verdict::Explained,
            )
            .0,
    );
    results.push(rate());
    results.push(memory());
    if results.iter().all(|ok| *ok) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
