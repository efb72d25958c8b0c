//! Who is there: enumeration, secrets that are none, and what is written into stores and logs.

use std::sync::Arc;

use countersign_key::Secret;
use countersign_provider::{Answers, RegistrationError};
use countersign_signature::Method;
use countersign_store::{Consumer, ConsumerKind, Credential, Expected};

use crate::http_world::{Keys, PARTNER, PRIVATE, SECRET, Sent, Setup, VICTIM, World};

#[tokio::test]
async fn h54_terse_answers_are_one() {
    let mut setup = Setup::default();
    setup.settings.answers = Answers::Terse;
    let world = setup.world().await;
    let tokens = world.connect(VICTIM, "ann").await;
    let guess = |consumer: &str, token: &str| Keys::secrets(consumer, token);
    let rsa = || Keys::Rsa(Method::RSA_SHA1, "rsa2048-other.pkcs8.pem");
    let right = SECRET(VICTIM);
    let attempts = [
        world.victim().keys(guess("wrong", "")),
        world.victim().set("oauth_consumer_key", "nobody"),
        world
            .victim()
            .set("oauth_token", "nothing")
            .keys(guess(&right, "x")),
        world
            .with_token(VICTIM, "/photos", &tokens)
            .keys(guess(&right, "wrong")),
        world.with_token(crate::http_world::HONEST, "/photos", &tokens),
        world.victim().keys(rsa()),
        world.call(PRIVATE, "/photos").keys(rsa()),
        world.call(PRIVATE, "/photos").keys(guess("", "")),
        world
            .call(PARTNER, "/photos")
            .set("oauth_token", "nothing")
            .keys(rsa()),
        world
            .call(PRIVATE, "/photos")
            .set("oauth_consumer_key", "nobody"),
    ];
    let mut answers = Vec::new();
    for call in attempts {
        answers.push(world.refuse(&call.sign(), 401, "signature_invalid").await);
    }
    for answer in &answers {
        assert_eq!(*answer, answers[0]);
    }
    // With RSA the token has no part in the key: whoever signs rightly is told the truth.
    let forgotten = world.call(PARTNER, "/photos").set("oauth_token", "nothing");
    world.refuse(&forgotten.sign(), 401, "token_rejected").await;
}

#[tokio::test]
async fn h55_secrets_that_are_none() {
    let world = World::fresh().await;
    let register = async |key: &str, secret: &str| {
        let credential = Credential::Secret(Arc::new(Secret::new(secret)));
        let consumer = Consumer::new(key, ConsumerKind::Public, credential);
        let now = world.clock.now();
        world
            .provider()
            .register(Expected::Absent, consumer, now)
            .await
    };
    let before = world.snapshot();
    for secret in ["", "secret", "fifteen-letters"] {
        let refused = register("new-app", secret).await;
        assert!(matches!(refused, Err(RegistrationError::Secret { .. })));
    }
    for key in ["", "a b", "a\nb", "kéy", &"k".repeat(256)] {
        let refused = register(key, "a secret that is long enough").await;
        assert!(
            matches!(refused, Err(RegistrationError::Key { .. })),
            "{key}"
        );
    }
    assert_eq!(world.snapshot(), before);
    // No key has a secret by its looks.
    for key in [
        "http://x",
        "https://lti.example",
        "new-app",
        "null",
        "undefined",
    ] {
        for secret in ["secret", "", key] {
            let keys = Keys::secrets(secret, "");
            let call = world.victim().set("oauth_consumer_key", key).keys(keys);
            world
                .refuse(&call.sign(), 401, "consumer_key_unknown")
                .await;
        }
    }
}

#[tokio::test]
async fn h56_keys_that_speak_to_a_store() {
    let world = World::fresh().await;
    for key in [
        "'; DROP TABLE consumers; --",
        "{tag}",
        "*",
        "%",
        "victim-app' OR '1'='1",
        "Victim-App",
        "victim-app ",
    ] {
        let call = world.victim().set("oauth_consumer_key", key);
        world
            .refuse(&call.sign(), 401, "consumer_key_unknown")
            .await;
        let call = world.victim().set("oauth_token", key);
        world.refuse(&call.sign(), 401, "token_rejected").await;
    }
    for key in ["\r\nFLUSHALL\r\n", "victim-app\0", "\u{1b}"] {
        for name in ["oauth_consumer_key", "oauth_token"] {
            let call = world.victim().set(name, key);
            world.refuse(&call.sign(), 400, "parameter_rejected").await;
        }
    }
    let call = world.victim().set("oauth_consumer_key", "k".repeat(65_536));
    world.refuse(&call.sign(), 431, "").await;
}

#[tokio::test]
async fn h57_nothing_that_was_sent_steers_a_log() {
    let world = World::fresh().await;
    let names = [
        "oauth_consumer_key",
        "oauth_token",
        "oauth_signature_method",
        "oauth_timestamp",
        "oauth_nonce",
        "oauth_version",
        "oauth_callback",
        "oauth_verifier",
        "oauth_session_handle",
        "oauth_body_hash",
    ];
    let payload = "x\r\n2099-01-01 GRANTED admin\u{1b}[2J\u{2028}\u{202e}\u{85}\"\\";
    // Every request goes through the helper, which has the log at TRACE and one line for each.
    for name in names {
        for target in ["/photos", "/oauth/RequestToken", "/oauth/AccessToken"] {
            let mut call = world.call(VICTIM, target).set(name, payload);
            call.method = "POST";
            let lines = world.trail.len();
            let answer = world.send(&call.sign()).await;
            assert!(matches!(answer.status, 400 | 401), "{name} {answer:?}");
            let event = &world.trail.events()[lines];
            assert!(!event.granted);
            assert!(!event.to_string().contains("GRANTED admin\u{1b}"));
        }
    }
    let twice = world
        .victim()
        .and("oauth_\r\nevil", payload)
        .and("oauth_\r\nevil", payload);
    world.refuse(&twice.sign(), 400, "parameter_rejected").await;
    let raw = Sent {
        body: b"oauth_\xff\xfe=\x1b".to_vec(),
        ..world.victim().body(crate::http_world::FORM, "a=b").sign()
    };
    world.refuse(&raw, 400, "parameter_rejected").await;
}
