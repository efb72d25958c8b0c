//! No public value shows a secret.

use core::fmt::Debug;

use countersign_base_string::{Place, ProtocolParameters, Request, Uri};

use crate::testing::key;
use crate::{Method, Scratch, SignRequest, Signer, Verifier};

const CANARY: &str = "canary7cb1f0";

fn check(value: &impl Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!text.contains(CANARY), "{text}");
        let bytes: Vec<String> = CANARY
            .bytes()
            .take(4)
            .map(|byte| byte.to_string())
            .collect();
        assert!(
            !text.replace([' ', '\n'], "").contains(&bytes.join(",")),
            "{text}"
        );
    }
}

#[test]
fn debug_shows_no_secret() {
    let key = key(CANARY, CANARY);
    check(&key);
    let request = Request::new("GET", Uri::parse("https://example.com/").unwrap()).unwrap();
    let plain = Signer::dangerous_plaintext(&key);
    let hmac = Signer::hmac(Method::HMAC_SHA1, &key).unwrap();
    check(&plain);
    check(&hmac);
    check(&Verifier::dangerous_plaintext(&key));
    check(&Verifier::hmac(Method::HMAC_SHA1, &key).unwrap());
    for (signer, name) in [(plain, "PLAINTEXT"), (hmac, "HMAC-SHA1")] {
        check(&signer.sign(CANARY.as_bytes(), None).unwrap());
        let protocol = ProtocolParameters::new("key", name, "1", "n")
            .with_verifier(CANARY)
            .with_session_handle(CANARY);
        for place in [Place::Header, Place::Query] {
            let sign = SignRequest::new(&request, &protocol).with_placement(place);
            check(&sign);
            let prepared = sign.prepare(signer.method()).unwrap();
            check(&prepared);
            check(&prepared.to_sign());
            check(&sign.sign(&signer, None).unwrap());
            let mut scratch = Scratch::new();
            let mut out = Vec::new();
            sign.sign_into(&signer, None, &mut scratch, &mut out)
                .unwrap();
            check(&scratch);
        }
    }
}

#[cfg(feature = "rsa")]
#[test]
fn debug_shows_no_private_key() {
    use crate::testing::{WIKI, backends, private};
    let key = private(WIKI);
    for backend in backends() {
        let signer = Signer::rsa_with(&*backend, Method::RSA_SHA1, &key).unwrap();
        assert_eq!(format!("{signer:?}"), "Signer(RSA-SHA1, [redacted])");
    }
}
