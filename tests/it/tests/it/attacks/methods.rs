//! Signature methods that don't go with the key.

use countersign_key::RsaPublicKey;
use countersign_signature::{Method, Methods, Signature};
use countersign_test_support::fixtures;

use crate::http_world::{Keys, PARTNER, PINNED, PRIVATE, SECRET, Setup, VICTIM, World};

const REJECTED: &str = "signature_method_rejected";

/// What an attacker knows of an application that signs with RSA, as the octets of an HMAC key.
fn public_material() -> Vec<Vec<u8>> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let base64 = |bytes: &[u8]| Signature::from_bytes(bytes).to_base64();
    let spki = fixtures::key("rsa2048.spki.pem");
    let der = fixtures::certificate("live.der");
    let pem = text(fixtures::certificate("live.pem"));
    let key = RsaPublicKey::read(&spki).unwrap();
    let modulus: String = key
        .modulus()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let encoded = |text: &str| format!("{}&", countersign_encoding::encode(text)).into_bytes();
    vec![
        encoded(&text(spki.clone())),
        encoded(text(spki).trim_end()),
        encoded(&pem),
        encoded(&pem.replace('\n', "\r\n")),
        [der.clone(), b"&".to_vec()].concat(),
        encoded(&base64(&der)),
        encoded(&modulus),
    ]
}

#[tokio::test]
async fn h15_a_public_key_is_no_secret() {
    let world = World::fresh().await;
    for material in public_material() {
        for method in [Method::HMAC_SHA1, Method::HMAC_SHA256] {
            for consumer in [PRIVATE, PARTNER] {
                let keys = Keys::Hmac(method, material.clone());
                let sent = world.call(consumer, "/photos").keys(keys).sign();
                world.refuse(&sent, 400, REJECTED).await;
            }
        }
    }
}

#[tokio::test]
async fn h16_no_secret_is_no_empty_secret() {
    let world = World::fresh().await;
    for key in ["&", "&tokensecret", ""] {
        for consumer in [PRIVATE, PARTNER] {
            let keys = Keys::Hmac(Method::HMAC_SHA1, key.into());
            let sent = world.call(consumer, "/photos").keys(keys).sign();
            world.refuse(&sent, 400, REJECTED).await;
        }
    }
}

#[tokio::test]
async fn h17_an_rsa_key_of_the_attackers() {
    let world = World::fresh().await;
    for method in [Method::RSA_SHA1, Method::RSA_SHA256] {
        let keys = Keys::Rsa(method, "rsa2048-other.pkcs8.pem");
        let sent = world.victim().keys(keys).sign();
        let answer = world.refuse(&sent, 400, REJECTED).await;
        let advice = "No certificates have been registered for the consumer";
        assert_eq!(answer.advice(), advice);
    }
}

fn with_plaintext(origin: &'static str) -> Setup {
    let mut setup = Setup {
        origin,
        ..Setup::default()
    };
    let methods = Methods::standard().dangerous_with_plaintext();
    let policy = setup.settings.policy.clone();
    setup.settings.policy = policy.with_methods(methods);
    setup
}

#[tokio::test]
async fn h18_plaintext() {
    let right = || Keys::plaintext(&SECRET(VICTIM), "");
    let off = World::fresh().await;
    off.refuse(&off.victim().keys(right()).sign(), 400, REJECTED)
        .await;

    let bare = with_plaintext("http://api.example.com").world().await;
    let sent = bare.victim().keys(right()).sign();
    let before = bare.snapshot();
    let answer = bare.send(&sent).await;
    assert_eq!((answer.status, answer.problem().as_str()), (400, REJECTED));
    assert_eq!(bare.snapshot(), before);

    let on = with_plaintext("https://api.example.com").world().await;
    on.accept(&on.victim().keys(right()).sign()).await;
    for (consumer, token) in [
        ("not-the-secret-of-it", ""),
        (&*SECRET(VICTIM), "x"),
        ("", ""),
    ] {
        let wrong = Keys::plaintext(consumer, token);
        let mut sent = on.victim().keys(wrong).sign();
        // What was sent is wrong; the right one is what must not be shown.
        sent.right = SECRET(VICTIM) + "&";
        on.refuse(&sent, 401, "signature_invalid").await;
    }
}

#[tokio::test]
async fn h19_spellings_of_a_method() {
    let world = World::fresh().await;
    for name in [
        "hmac-sha1",
        "HMAC-SHA1 ",
        "none",
        "HMAC-SHA1,PLAINTEXT",
        "HMAC-MD5",
        "RSA",
    ] {
        let sent = world.victim().set("oauth_signature_method", name).sign();
        world.refuse(&sent, 400, REJECTED).await;
    }
    for call in [
        world.victim().set("oauth_signature_method", ""),
        world.victim().without("oauth_signature_method"),
    ] {
        let answer = world.refuse(&call.sign(), 400, "parameter_absent").await;
        let absent = super::names(&answer, "oauth_parameters_absent");
        assert_eq!(absent, ["oauth_signature_method"]);
    }
}

#[tokio::test]
async fn h20_a_weaker_method_than_agreed() {
    let world = World::fresh().await;
    for method in [Method::HMAC_SHA1, Method::HMAC_SHA512] {
        let keys = Keys::hmac(method, &SECRET(PINNED), "");
        let sent = world.call(PINNED, "/photos").keys(keys).sign();
        world.refuse(&sent, 400, REJECTED).await;
    }
    world.accept(&world.call(PINNED, "/photos").sign()).await;
}
