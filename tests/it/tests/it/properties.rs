//! Properties that hold for every request, across the crates.

use std::collections::BTreeMap;

use countersign_base_string::{Place, ProtocolParameters, Request, Uri};
use countersign_key::{RsaPrivateKey, Secret};
use countersign_signature::{HmacKey, Method, Signed, Signer, Verifier, sign};
use countersign_test_support::fixtures;
use countersign_test_support::random::FixedRandom;
use countersign_test_support::wire::Wire;
use proptest::prelude::*;

use crate::random_request::{address, form, pairs, word};
use crate::wire;

const FORM: &str = "application/x-www-form-urlencoded";

/// A request by its seed: proptest shrinks towards small numbers, the rest is ours.
fn request(seed: u64, with_form: bool) -> Wire {
    let mut random = FixedRandom::new(seed);
    let mut wire = Wire {
        method: "GET".to_owned(),
        url: address(&mut random),
        ..Wire::default()
    };
    let query = pairs(&mut random, 6);
    if !query.is_empty() {
        wire.url = format!("{}?{}", wire.url, form(&mut random, &query));
    }
    if with_form {
        wire.method = (*random.pick(&["POST", "PUT", "PATCH", "DELETE"])).to_owned();
        wire.content_type = Some(
            (*random.pick(&[FORM, "Application/X-WWW-Form-URLencoded; charset=UTF-8"])).to_owned(),
        );
        let body = pairs(&mut random, 6);
        wire.body = form(&mut random, &body).into_bytes();
    } else if random.below(3) == 0 {
        wire.method = "POST".to_owned();
        wire.content_type = Some("application/json".to_owned());
        wire.body = b"{\"a\":\"b&c=d\"}".to_vec();
    }
    wire
}

struct Client {
    signer: Signer,
    verifier: Verifier,
    consumer_key: String,
    token: Option<String>,
    nonce: String,
}

impl Client {
    fn hmac(seed: u64, method: &'static Method) -> Self {
        let mut random = FixedRandom::new(seed ^ 0xa5a5);
        let secret = |random: &mut FixedRandom| Secret::new(word(random, 10));
        let key = HmacKey::new(&secret(&mut random), Some(&secret(&mut random)));
        Self {
            signer: Signer::hmac(method, &key).expect("an HMAC method"),
            verifier: Verifier::hmac(method, &key).expect("an HMAC method"),
            consumer_key: word(&mut random, 8),
            token: (random.below(2) == 0).then(|| word(&mut random, 8)),
            nonce: word(&mut random, 8),
        }
    }

    fn rsa(method: &'static Method) -> Self {
        let key = RsaPrivateKey::read(&fixtures::key("rsa1024.pkcs8.pem"), None).expect("a key");
        Self {
            signer: Signer::rsa(method, &key).expect("a usable key"),
            verifier: Verifier::rsa(method, key.public_key()).expect("a usable key"),
            consumer_key: "key".to_owned(),
            token: Some(String::new()),
            nonce: "nonce".to_owned(),
        }
    }

    /// Signs the request; what to add, and the request as sent.
    fn sign(&self, wire: &Wire, place: Place) -> (Signed, Wire) {
        let request = Request::new(&wire.method, Uri::parse(&wire.url).expect("a URI"))
            .expect("a method")
            .with_body(wire.content_type.as_deref(), &wire.body);
        let method = self.signer.method().name();
        let mut protocol =
            ProtocolParameters::new(&self.consumer_key, method, "1700000000", &self.nonce);
        if let Some(token) = &self.token {
            protocol = protocol.with_token(token);
        }
        let mut random = FixedRandom::new(4);
        let signed = sign(
            &request,
            &protocol,
            &self.signer,
            place,
            None,
            Some(&mut random),
        )
        .expect("signed");
        let mut sent = wire.clone();
        sent.authorization = signed.authorization().map(str::to_owned);
        sent.url = signed.url(&wire.url);
        signed.append_to_body(&mut sent.body);
        (signed, sent)
    }
}

/// Method, base string URI and decoded parameters: what a signature covers, read the plain way.
type Triple = (String, String, BTreeMap<(Vec<u8>, Vec<u8>), usize>);

fn triple(wire: &Wire) -> Triple {
    let mut parameters = BTreeMap::new();
    let mut count = |name: Vec<u8>, value: Vec<u8>| {
        *parameters.entry((name, value)).or_insert(0) += 1;
    };
    if let Some((_, query)) = wire.url.split_once('?') {
        read_form(query.as_bytes(), &mut count);
    }
    if wire.is_form() {
        read_form(&wire.body, &mut count);
    }
    for item in wire
        .authorization
        .iter()
        .flat_map(|header| header[6..].split(", "))
    {
        let (name, value) = item.split_once('=').expect("a pair");
        count(
            unescape(name.as_bytes()),
            unescape(value.trim_matches('"').as_bytes()),
        );
    }
    parameters.retain(|(name, _), _| name != b"oauth_signature");
    let base_uri = Uri::parse(&wire.url).expect("a URI").base_uri();
    (wire.method.to_ascii_uppercase(), base_uri, parameters)
}

fn read_form(text: &[u8], count: &mut impl FnMut(Vec<u8>, Vec<u8>)) {
    for pair in text
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
    {
        let plus = pair
            .iter()
            .map(|byte| if *byte == b'+' { b' ' } else { *byte });
        let pair = plus.collect::<Vec<_>>();
        let at = pair
            .iter()
            .position(|byte| *byte == b'=')
            .unwrap_or(pair.len());
        count(
            unescape(&pair[..at]),
            unescape(pair.get(at + 1..).unwrap_or_default()),
        );
    }
}

fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'%' {
            let digits = core::str::from_utf8(&text[at + 1..at + 3]).expect("two digits");
            out.push(u8::from_str_radix(digits, 16).expect("hexadecimal"));
            at += 3;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}

const HMAC: [&Method; 3] = [Method::HMAC_SHA1, Method::HMAC_SHA256, Method::HMAC_SHA512];

/// The same parameters in another order and another spelling: another wire, the same request.
fn respelt(wire: &Wire, seed: u64) -> Wire {
    let Some((front, query)) = wire.url.split_once('?') else {
        return wire.clone();
    };
    let mut pairs = Vec::new();
    read_form(query.as_bytes(), &mut |name, value| {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        pairs.push((text(name), text(value)));
    });
    pairs.rotate_left(1);
    let query = form(&mut FixedRandom::new(seed), &pairs);
    Wire {
        url: format!("{front}?{query}"),
        ..wire.clone()
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_was_signed_verifies(seed: u64, with_form: bool, at in 0_usize..3, way in 0_usize..3) {
        let place = match (way, with_form) {
            (0, _) => Place::Header,
            (1, true) => Place::Body,
            _ => Place::Query,
        };
        let client = Client::hmac(seed, HMAC[at]);
        let (signed, sent) = client.sign(&request(seed, with_form), place);
        prop_assert_eq!(wire::verify(&sent, &client.verifier), Ok(()));
        let base_string = wire::base_string(&sent);
        prop_assert_eq!(base_string.as_deref(), Ok(signed.base_string().as_str()));
    }

    #[test]
    fn the_base_string_stands_for_the_triple(a: u64, same: bool, with_form: bool) {
        let client = Client::hmac(a, Method::HMAC_SHA1);
        let (_, one) = client.sign(&request(a, with_form), Place::Header);
        let other = if same { respelt(&one, a) } else { request(a.wrapping_add(1), with_form) };
        prop_assert_eq!(
            wire::base_string(&one).expect("a base string")
                == wire::base_string(&other).expect("a base string"),
            triple(&one) == triple(&other)
        );
        if same {
            prop_assert_eq!(wire::verify(&other, &client.verifier), Ok(()));
        }
    }

    #[test]
    fn whatever_changes_the_triple_is_refused(seed: u64, with_form: bool, header: bool) {
        let place = if header { Place::Header } else { Place::Query };
        let client = Client::hmac(seed, Method::HMAC_SHA256);
        let (_, sent) = client.sign(&request(seed, with_form), place);
        for (change, twin) in sent.tampered() {
            prop_assert_ne!(triple(&twin), triple(&sent), "{}", change);
            prop_assert!(wire::verify(&twin, &client.verifier).is_err(), "{}", change);
        }
    }

    #[test]
    fn signing_adds_and_changes_nothing_else(seed: u64, with_form: bool) {
        let client = Client::hmac(seed, Method::HMAC_SHA1);
        let wire = request(seed, with_form);
        let (signed, sent) = client.sign(&wire, Place::Header);
        prop_assert_eq!((&sent.url, &sent.body), (&wire.url, &wire.body));
        prop_assert!(signed.query().is_none() && signed.body().is_none());
        let (_, sent) = client.sign(&wire, Place::Query);
        prop_assert!(sent.url.starts_with(&wire.url));
        prop_assert_eq!((&sent.authorization, &sent.body), (&None, &wire.body));
        if with_form {
            let (_, sent) = client.sign(&wire, Place::Body);
            prop_assert!(sent.body.starts_with(&wire.body));
            prop_assert_eq!((&sent.authorization, &sent.url), (&None, &wire.url));
        }
    }

    #[test]
    fn every_place_gives_the_same_signature(seed: u64, at in 0_usize..3) {
        let client = Client::hmac(seed, HMAC[at]);
        let wire = request(seed, true);
        let of = |place| client.sign(&wire, place).0.signature().to_text();
        prop_assert_eq!(of(Place::Header), of(Place::Query));
        prop_assert_eq!(of(Place::Header), of(Place::Body));
    }

    #[test]
    fn another_secret_is_refused(seed: u64) {
        let client = Client::hmac(seed, Method::HMAC_SHA1);
        let (_, sent) = client.sign(&request(seed, false), Place::Header);
        let other = Client::hmac(seed.wrapping_add(1), Method::HMAC_SHA1);
        prop_assert!(wire::verify(&sent, &other.verifier).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_rsa_signed_verifies(seed: u64, with_form: bool, at in 0_usize..4) {
        let methods =
            [Method::RSA_SHA1, Method::RSA_SHA256, Method::RSA_SHA512, Method::RSA_PSS_SHA256];
        let client = Client::rsa(methods[at]);
        let (_, sent) = client.sign(&request(seed, with_form), Place::Header);
        prop_assert_eq!(wire::verify(&sent, &client.verifier), Ok(()));
        for (change, twin) in sent.tampered() {
            prop_assert!(wire::verify(&twin, &client.verifier).is_err(), "{}", change);
        }
    }
}
