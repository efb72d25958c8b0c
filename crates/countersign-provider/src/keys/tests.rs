use countersign_base_string::{Limits, Parameters, Request, Uri};
use countersign_key::SecureRandom;
use countersign_store::ConsumerKind;

use super::*;

const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);
const LATER: UnixTime = UnixTime::from_seconds(9_000_000_000);
const OF_2048_BITS: &[u8] =
    include_bytes!("../../../../tests/support/fixtures/certificates/live.pem");
const OF_4096_BITS: &[u8] =
    include_bytes!("../../../../tests/support/fixtures/certificates/rsa4096.pem");

struct Counting(u8);

impl SecureRandom for Counting {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError> {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
        Ok(())
    }
}

fn stand_ins() -> StandIns {
    StandIns::new(&Mint::new(Box::new(Counting(0))), &Methods::standard()).unwrap()
}

fn consumer(certificates: &[&[u8]]) -> Consumer {
    let read = |pem: &&[u8]| Certificate::read_all(pem).unwrap().remove(0);
    let certificates = certificates.iter().map(read).collect();
    let credential = Credential::Certificates(certificates);
    Consumer::new("app", ConsumerKind::Partner, credential)
}

/// The length of the verification beside the consumer's own, for a signature of a length.
fn beside_of(
    method: &str,
    consumer: Option<&Consumer>,
    length: usize,
    now: UnixTime,
) -> Option<usize> {
    let stand_ins = stand_ins();
    let signature = Signature::from_bytes(&vec![1; length]);
    let text = countersign_encoding::encode(&signature.to_base64()).into_owned();
    let authorization =
        format!("OAuth oauth_signature_method=\"{method}\", oauth_signature=\"{text}\"");
    let request = Request::new("GET", Uri::parse("https://api.example.com/").unwrap())
        .unwrap()
        .with_authorization(&authorization);
    let parameters = Parameters::collect(&request, &Limits::default()).unwrap();
    let claims = Claims::of(&parameters);
    let mut borrowed = Borrowed::of(consumer);
    let found = borrowed.lookup_tersely(consumer, &claims, &Methods::standard(), now, &stand_ins);
    let beside = found.beside?;
    assert_eq!(beside.signature.as_bytes().len(), beside.length);
    Some(beside.length)
}

fn beside(consumer: Option<&Consumer>, length: usize, now: UnixTime) -> Option<usize> {
    beside_of("RSA-SHA1", consumer, length, now)
}

#[test]
fn a_signature_of_another_length_is_verified_by_a_stand_in_too() {
    let (short, long) = (consumer(&[OF_2048_BITS]), consumer(&[OF_4096_BITS]));
    let both = consumer(&[OF_2048_BITS, OF_4096_BITS]);
    for now in [NOW, LATER] {
        let lengths = |consumer| [256, 384, 512].map(|length| beside(Some(consumer), length, now));
        assert_eq!(lengths(&short), [None, Some(384), Some(512)]);
        assert_eq!(lengths(&long), [Some(256), Some(384), None]);
        assert_eq!(lengths(&both), [None, Some(384), None]);
    }
    // The one stand-in of an unknown consumer has the length itself.
    assert_eq!([256, 384, 512].map(|it| beside(None, it, NOW)), [None; 3]);
}

#[test]
fn a_signature_as_long_as_no_modulus_takes_an_operation_of_a_stand_in_alone() {
    let secret = Credential::Secret(Arc::new(Secret::new("secret")));
    let secret = Consumer::new("app", ConsumerKind::Public, secret);
    let (short, long) = (consumer(&[OF_2048_BITS]), consumer(&[OF_4096_BITS]));
    for found in [None, Some(&short), Some(&long), Some(&secret)] {
        for length in [1, 100, 255, 257, 320, 513] {
            for now in [NOW, LATER] {
                assert_eq!(beside(found, length, now), Some(256), "{length}");
            }
        }
    }
    let stand_ins = stand_ins();
    for (length, modulus) in [(256, 256), (384, 384), (512, 512), (255, 256)] {
        let chosen = stand_ins.as_long_as(Method::RSA_SHA1, length).unwrap();
        assert_eq!(chosen.length, modulus);
        assert_eq!(chosen.verifier.method(), Method::RSA_SHA1);
    }
}

#[test]
fn next_to_a_refused_hmac_stands_an_operation_of_a_stand_in() {
    let secret = Credential::Secret(Arc::new(Secret::new("secret")));
    let mut secret = Consumer::new("app", ConsumerKind::Public, secret);
    let certified = consumer(&[OF_2048_BITS]);
    for standing in [Standing::Accepted, Standing::Rejected] {
        secret.standing = standing;
        for found in [None, Some(&certified), Some(&secret)] {
            for method in ["HMAC-SHA1", "HMAC-SHA256"] {
                assert_eq!(beside_of(method, found, 20, NOW), Some(256));
            }
        }
    }
}

#[test]
fn the_keys_of_certificates_that_are_over_stay_parsed() {
    let consumer = consumer(&[OF_2048_BITS]);
    assert_eq!(beside(Some(&consumer), 256, LATER), None);
    let kept: Option<&KeptCertificates> =
        consumer.derived.get_or_init(|| panic!("nothing was kept"));
    assert!(kept.is_some());
}
