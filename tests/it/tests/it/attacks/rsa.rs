//! Forged RSA signatures.

use countersign_key::{RegistrationPolicy, RsaPrivateKey, RsaPublicKey};
use countersign_provider::RegistrationError;
use countersign_signature::{Hash, Method, PureRust, RsaBackend as _, Signature};
use countersign_store::{ConsumerStore as _, Credential, Expected};
use countersign_test_support::fixtures;
use countersign_test_support::random::FixedRandom;

use crate::http_world::{Keys, PRIVATE, World};

const INVALID: &str = "signature_invalid";
/// DER of the `DigestInfo` of SHA-1, but the digest (RFC 8017 section 9.2).
const SHA1: [u8; 15] = [
    0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14,
];

/// Encodings of the digest that a lenient verifier took for the right one.
fn encodings(digest: &[u8], length: usize) -> Vec<Vec<u8>> {
    let info = [&SHA1[..], digest].concat();
    let mut no_null = info.clone();
    no_null.drain(11..13);
    (no_null[1], no_null[3]) = (no_null[1] - 2, no_null[3] - 2);
    let long_length = [&[0x30, 0x81, info[1]], &info[2..]].concat();
    let padded = |kind: u8, fill: usize, rest: &[u8]| {
        let mut encoded = vec![0, kind];
        encoded.resize(2 + fill, if kind == 1 { 0xff } else { 0x5a });
        encoded.push(0);
        encoded.extend_from_slice(rest);
        encoded.resize(length, 0);
        encoded
    };
    let room = length - 3;
    let mut gap = padded(1, room - info.len(), &info);
    gap[10] = 0xfe;
    vec![
        // With e = 3 this one needs no key: a cube root, and garbage behind the digest.
        padded(1, 8, &info),
        padded(1, room - info.len() - 1, &[&info[..], &[0]].concat()),
        padded(1, room - no_null.len(), &no_null),
        padded(1, room - long_length.len(), &long_length),
        padded(1, room - digest.len(), digest),
        padded(2, room - info.len(), &info),
        padded(0, room - info.len(), &info),
        gap,
    ]
}

#[tokio::test]
async fn h23_forgeries_of_small_exponents() {
    let world = World::fresh().await;
    let upload = fixtures::certificate("e3.pem");
    let now = world.clock.now();
    let refused = world
        .provider()
        .add_certificate(PRIVATE, &upload, now)
        .await;
    assert!(
        matches!(refused, Err(RegistrationError::Weak(_))),
        "{refused:?}"
    );
    let key = RsaPublicKey::read(&fixtures::key("rsa2048.spki.pem")).unwrap();
    for exponent in [&[1_u8][..], &[2], &[3], &[1, 0, 0]] {
        let other = RsaPublicKey::from_components(key.modulus(), exponent);
        let policy = RegistrationPolicy::default();
        assert!(other.is_err() || other.is_ok_and(|key| policy.check(&key).is_err()));
    }

    // Past the registration: as if an older version had let it in.
    let consumers = &world.provider().stores().consumers;
    let mut forced = consumers
        .consumer(PRIVATE)
        .await
        .unwrap()
        .unwrap()
        .row
        .clone();
    let certificate = countersign_certificate::Certificate::read(&upload).unwrap();
    forced.credential = Credential::Certificates([certificate].into_iter().collect());
    let version = consumers.consumer(PRIVATE).await.unwrap().unwrap().version;
    let put = consumers.put_consumer(Expected::Version(version), forced);
    assert_eq!(put.await.unwrap(), countersign_store::Commit::Done);
    let keys = Keys::Rsa(Method::RSA_SHA1, "rsa2048-e3.pkcs8.pem");
    let call = world.call(PRIVATE, "/photos").keys(keys);
    world.accept(&call.sign()).await;

    let call = call.nonce("another");
    let private = RsaPrivateKey::read(&fixtures::key("rsa2048-e3.pkcs8.pem"), None).unwrap();
    let private = PureRust::new().private(&private).unwrap();
    let digest = Hash::Sha1.digest(call.sign().base_string.as_bytes());
    for encoded in encodings(digest.as_bytes(), 256) {
        // The arithmetic is right, so that only the comparison can refuse.
        let forged = private.apply(&encoded, &mut FixedRandom::new(3)).unwrap();
        let text = Signature::from_bytes(&forged).to_base64();
        world.refuse(&call.forged(&text), 401, INVALID).await;
    }
    world.accept(&call.sign()).await;
}

/// `a + b` of numbers in big-endian octets; `a` is at least as long.
fn plus(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut sum = vec![0];
    sum.extend_from_slice(a);
    let mut carry = 0_u16;
    for at in 0..sum.len() {
        let place = sum.len() - 1 - at;
        let digit = b.len().checked_sub(1 + at).map_or(0, |place| b[place]);
        carry += u16::from(sum[place]) + u16::from(digit);
        sum[place] = carry.to_le_bytes()[0];
        carry >>= 8;
    }
    if sum[0] == 0 {
        sum.remove(0);
    }
    sum
}

/// `a - b` of numbers of one length.
fn minus(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut difference = a.to_vec();
    let mut borrow = 0_i16;
    for place in (0..a.len()).rev() {
        let digit = i16::from(a[place]) - i16::from(b[place]) - borrow;
        borrow = i16::from(digit < 0);
        difference[place] = digit.rem_euclid(256).to_le_bytes()[0];
    }
    difference
}

#[tokio::test]
async fn h24_numbers_that_are_no_signature() {
    let world = World::fresh().await;
    let key = RsaPublicKey::read(&fixtures::key("rsa2048.spki.pem")).unwrap();
    let n = key.modulus();
    let call = world.call(PRIVATE, "/photos");
    let s = Signature::parse_base64(&call.sign().right).unwrap();
    let s = s.as_bytes();
    let mut one = vec![0; n.len()];
    one[n.len() - 1] = 1;
    let forged = [
        plus(n, s),
        plus(&plus(n, n), s),
        minus(n, s),
        vec![0; n.len()],
        one.clone(),
        minus(n, &one),
        n.to_vec(),
        s[1..].to_vec(),
        [&[0], s].concat(),
        [s, &[0]].concat(),
        s.repeat(4),
        vec![0],
    ];
    for number in forged {
        let text = Signature::from_bytes(&number).to_base64();
        world.refuse(&call.forged(&text), 401, INVALID).await;
    }
    world.accept(&call.sign()).await;
}
