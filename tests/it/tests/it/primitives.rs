//! HMAC and RSA against the data sets of others: the primitive, without any policy of registration.

use std::collections::BTreeSet;

use countersign_key::{RsaPrivateKey, RsaPublicKey};
use countersign_signature::{HmacKey, Method, PureRust, RsaBackend, Signature, Signer, Verifier};
use countersign_test_support::random::FixedRandom;
use countersign_test_support::{unhex, vectors};
use serde_json::Value;

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{name} in {value}"))
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .unwrap_or_else(|| panic!("{name}"))
}

fn flags(test: &Value) -> Vec<&str> {
    list(test, "flags")
        .iter()
        .filter_map(Value::as_str)
        .collect()
}

fn rsa_method(hash: &str) -> Option<&'static Method> {
    match hash {
        "SHA-1" | "SHA1" => Some(Method::RSA_SHA1),
        "SHA-256" | "SHA256" => Some(Method::RSA_SHA256),
        "SHA-512" | "SHA512" => Some(Method::RSA_SHA512),
        _ => None,
    }
}

/// Whether a case has to be accepted; what `acceptable` means is written in `exceptions.toml`.
fn wanted(test: &Value) -> bool {
    match text(test, "result") {
        "valid" => true,
        "invalid" => false,
        "acceptable" => {
            let policies = vectors::policies();
            let known = |flag: &&str| {
                policies
                    .iter()
                    .find(|row| row.flag == **flag && row.published == "acceptable")
            };
            let flags = flags(test);
            let rows = flags.iter().filter_map(known).collect::<Vec<_>>();
            assert_eq!(
                rows.len(),
                flags.len(),
                "a flag without a policy: {flags:?}"
            );
            rows.iter().all(|row| row.ours == "accept")
        }
        other => panic!("result {other}"),
    }
}

#[derive(Default)]
struct Tally {
    cases: usize,
    accepted: usize,
    disagreements: Vec<String>,
}

impl Tally {
    fn count(&mut self, name: &str, wanted: bool, got: bool) {
        self.cases += 1;
        self.accepted += usize::from(got);
        if wanted != got {
            self.disagreements
                .push(format!("{name}: wanted {wanted}, got {got}"));
        }
    }

    fn finish(&self, set: &str, cases: usize) {
        let wrong = self.disagreements.len();
        println!(
            "{set}: {} cases, {} accepted, {wrong} disagreements",
            self.cases, self.accepted
        );
        assert!(
            self.disagreements.is_empty(),
            "{set}:\n{}",
            self.disagreements.join("\n")
        );
        assert_eq!(self.cases, cases, "{set}: number of cases");
    }
}

/// The RSA backends compiled in; every case runs on each of them.
fn backends() -> Vec<&'static dyn RsaBackend> {
    const PURE_RUST: PureRust = PureRust::new();
    #[cfg(feature = "openssl")]
    const OPENSSL: countersign_signature::OpenSsl = countersign_signature::OpenSsl::new();
    vec![
        &PURE_RUST,
        #[cfg(feature = "openssl")]
        &OPENSSL,
    ]
}

fn verify_group(
    backend: &dyn RsaBackend,
    tally: &mut Tally,
    file: &str,
    group: &Value,
    key: &RsaPublicKey,
) {
    let method = rsa_method(text(group, "sha")).expect("one of our hashes");
    let verifier = Verifier::rsa_with(backend, method, key).expect("a usable key");
    for test in list(group, "tests") {
        let message = unhex(text(test, "msg"));
        let signature = Signature::from_bytes(&unhex(text(test, "sig")));
        let got = verifier.verify(&message, &signature).is_ok();
        let name = format!("{file} {} ({})", test["tcId"], text(test, "comment"));
        tally.count(&name, wanted(test), got);
    }
}

#[test]
fn wycheproof_rsa_verification() {
    backends()
        .into_iter()
        .for_each(wycheproof_rsa_verification_on);
}

fn wycheproof_rsa_verification_on(backend: &dyn RsaBackend) {
    let mut tally = Tally::default();
    for file in [
        "2048_sha256",
        "2048_sha512",
        "3072_sha256",
        "4096_sha256",
        "8192_sha256",
    ] {
        let set = vectors::set(&format!("wycheproof/rsa_signature_{file}_test.json"));
        for group in list(&set, "testGroups") {
            let key = RsaPublicKey::read(&unhex(text(group, "publicKeyDer"))).expect("a key");
            let again = RsaPublicKey::read(text(group, "publicKeyPem").as_bytes()).expect("a key");
            assert_eq!(key, again, "the two spellings of one key");
            verify_group(backend, &mut tally, file, group, &key);
        }
    }
    tally.finish(&format!("wycheproof RSA verify, {}", backend.name()), 1_293);
}

#[test]
fn own_rsa_sha1_verification() {
    backends()
        .into_iter()
        .for_each(own_rsa_sha1_verification_on);
}

fn own_rsa_sha1_verification_on(backend: &dyn RsaBackend) {
    let mut tally = Tally::default();
    let set = vectors::set("rsa_sha1/rsa_signature_sha1_test.json");
    for group in list(&set, "testGroups") {
        let key = component_key(
            text(&group["publicKey"], "modulus"),
            text(&group["publicKey"], "publicExponent"),
        );
        verify_group(backend, &mut tally, "rsa_sha1", group, &key.expect("a key"));
    }
    tally.finish(&format!("RSA-SHA1 verify, {}", backend.name()), 448);
}

fn component_key(modulus: &str, exponent: &str) -> Option<RsaPublicKey> {
    let even = |digits: &str| {
        if digits.len().is_multiple_of(2) {
            digits.to_owned()
        } else {
            format!("0{digits}")
        }
    };
    RsaPublicKey::from_components(&unhex(&even(modulus)), &unhex(&even(exponent))).ok()
}

#[test]
fn nist_rsa_verification() {
    backends().into_iter().for_each(nist_rsa_verification_on);
}

fn nist_rsa_verification_on(backend: &dyn RsaBackend) {
    let mut tally = Tally::default();
    let set = vectors::set("nist_cavp/sigver15_186-3.json");
    for (at, test) in list(&set, "tests").iter().enumerate() {
        let method = rsa_method(text(test, "sha")).expect("one of our hashes");
        // A key that cannot be loaded verifies nothing; then the case has to be an invalid one.
        let got = component_key(text(test, "n"), text(test, "e")).is_some_and(|key| {
            let verifier = Verifier::rsa_with(backend, method, &key).expect("a usable key");
            let signature = Signature::from_bytes(&unhex(text(test, "sig")));
            verifier
                .verify(&unhex(text(test, "msg")), &signature)
                .is_ok()
        });
        tally.count(&format!("case {at}"), text(test, "result") == "valid", got);
    }
    tally.finish(&format!("NIST SigVer15, {}", backend.name()), 270);
}

#[test]
fn wycheproof_rsa_signing() {
    backends().into_iter().for_each(wycheproof_rsa_signing_on);
}

fn wycheproof_rsa_signing_on(backend: &dyn RsaBackend) {
    let (mut same, mut skipped, mut wrong) = (0_usize, BTreeSet::new(), Vec::new());
    let (mut other_hashes, mut unbalanced) = (0_usize, 0_usize);
    let mut random = FixedRandom::new(1);
    for bits in [1024, 1536, 2048, 3072, 4096] {
        let file = format!("rsa_pkcs1_{bits}_sig_gen_test.json");
        let set = vectors::set(&format!("wycheproof/{file}"));
        for group in list(&set, "testGroups") {
            let tests = list(group, "tests");
            let Some(method) = rsa_method(text(group, "sha")) else {
                other_hashes += tests.len();
                skipped.insert(text(group, "sha").to_owned());
                continue;
            };
            let key = RsaPrivateKey::read(&unhex(text(group, "privateKeyPkcs8")), None)
                .unwrap_or_else(|error| panic!("{file}: {error}"));
            unbalanced += tests.len() * usize::from(key.has_unbalanced_primes());
            let signer = Signer::rsa_with(backend, method, &key).expect("a usable key");
            let verifier =
                Verifier::rsa_with(backend, method, key.public_key()).expect("a usable key");
            for test in tests {
                assert!(wanted(test), "{file}: {test}");
                let message = unhex(text(test, "msg"));
                let ours = signer
                    .sign(&message, Some(&mut random))
                    .expect("a signature");
                if ours.as_bytes() != unhex(text(test, "sig")) {
                    wrong.push(format!("{file} {}", test["tcId"]));
                }
                verifier.verify(&message, &ours).expect("our own signature");
                same += 1;
            }
        }
    }
    println!(
        "wycheproof RSA sign, {}: {same} cases ({unbalanced} with unbalanced primes), {} differ; \
         {other_hashes} skipped for their hash: {skipped:?}",
        backend.name(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!((same, unbalanced, other_hashes + same), (94, 6, 158));
    assert_eq!(
        skipped.into_iter().collect::<Vec<_>>(),
        ["SHA-224", "SHA-384"]
    );
}

#[test]
fn wycheproof_hmac() {
    let mut tally = Tally::default();
    let (mut whole, mut truncated) = (0_usize, 0_usize);
    for (file, method) in [
        ("hmac_sha1", Method::HMAC_SHA1),
        ("hmac_sha256", Method::HMAC_SHA256),
        ("hmac_sha512", Method::HMAC_SHA512),
    ] {
        let length = method.hash().expect("a hash").len();
        let set = vectors::set(&format!("wycheproof/{file}_test.json"));
        for group in list(&set, "testGroups") {
            let tag_length = group["tagSize"].as_u64().expect("a number") as usize / 8;
            for test in list(group, "tests") {
                let key = HmacKey::from_bytes(&unhex(text(test, "key")));
                let message = unhex(text(test, "msg"));
                let tag = unhex(text(test, "tag"));
                let verifier = Verifier::hmac(method, &key).expect("an HMAC method");
                let verified = verifier
                    .verify(&message, &Signature::from_bytes(&tag))
                    .is_ok();
                let code = Signer::hmac(method, &key)
                    .expect("an HMAC method")
                    .sign(&message, None)
                    .expect("a code");
                assert_eq!(code.as_bytes().len(), length);
                let got = if tag_length == length {
                    whole += 1;
                    assert_eq!(verified, code.as_bytes() == tag);
                    verified
                } else {
                    // OAuth knows no truncation: the verifier refuses, the front of the code is compared.
                    truncated += 1;
                    assert!(
                        !verified,
                        "{file} {}: a truncated code was accepted",
                        test["tcId"]
                    );
                    code.as_bytes()[..tag_length] == tag[..]
                };
                tally.count(&format!("{file} {}", test["tcId"]), wanted(test), got);
            }
        }
    }
    println!(
        "wycheproof HMAC: {whole} whole tags, {truncated} truncated ones (refused by the verifier)"
    );
    tally.finish("wycheproof HMAC", 518);
}
