//! The eight scenarios of the seed: what the caller is told, letter for letter, and the true cause.

use std::sync::Arc;

use countersign_provider::read_certificate;
use countersign_store::testing::block_on;
use countersign_store::{Consumer, ConsumerKind, Credential};
use countersign_test_support::fixtures;

use super::world::{Answer, Client, Keys, NOW, PARTNER, PUBLIC, World, world};

const NOT_AUTHORIZED: &str =
    "The access token has not been authorized, or has been revoked by the user";

/// Status, problem and advice in the challenge and in the body.
fn assert_told(answer: &Answer, status: u16, problem: &str, advice: &str) {
    assert_eq!(answer.status, status);
    let encoded = countersign_encoding::encode(advice);
    let body = &answer.body;
    assert!(
        body.starts_with(&format!(
            "oauth_problem={problem}&oauth_problem_advice={encoded}"
        )),
        "{body}"
    );
    let challenge = answer.challenge.as_deref().unwrap();
    assert!(
        challenge.starts_with(&format!(
            "OAuth realm=\"Example\", oauth_problem=\"{problem}\", oauth_problem_advice=\"{encoded}\""
        )),
        "{challenge}"
    );
}

#[test]
fn the_user_revoked() {
    let world = world();
    let tokens = world.connect(PUBLIC, "ann");
    let now = world.clock.now();
    assert!(block_on(world.provider.disconnect(PUBLIC.key, "Acme", now)).unwrap());
    let answer = world.send(&PUBLIC.resource(&tokens));
    assert_told(&answer, 401, "token_rejected", NOT_AUTHORIZED);
    assert_eq!(world.cause(), "revoked_by_user");
}

#[test]
fn the_role_of_the_user_changed_or_the_user_was_removed() {
    let world = world();
    let tokens = world.connect(PUBLIC, "ann");
    let now = world.clock.now();
    let change = |role| block_on(world.provider.role_changed("ann", "Acme", role, now)).unwrap();
    assert_eq!(change("Financial Adviser"), 0);
    assert_eq!(world.send(&PUBLIC.resource(&tokens)).status, 200);
    assert_eq!(change("read only"), 1);
    let answer = world.send(&PUBLIC.resource(&tokens));
    assert_told(&answer, 401, "token_rejected", NOT_AUTHORIZED);
    assert_eq!(world.cause(), "role_changed");

    let tokens = world.connect(PUBLIC, "bob");
    let removed = block_on(world.provider.user_removed("bob", "Acme", now)).unwrap();
    assert_eq!(removed, 1);
    let answer = world.send(&PUBLIC.resource(&tokens));
    assert_told(&answer, 401, "token_rejected", NOT_AUTHORIZED);
    assert_eq!(world.cause(), "user_removed");
}

#[test]
fn a_second_authentication_took_place() {
    let world = world();
    let first = world.connect(PUBLIC, "ann");
    let second = world.connect(PUBLIC, "bob");
    let answer = world.send(&PUBLIC.resource(&first));
    assert_told(&answer, 401, "token_rejected", NOT_AUTHORIZED);
    assert_eq!(world.cause(), "replaced");
    assert_eq!(world.send(&PUBLIC.resource(&second)).status, 200);
}

#[test]
fn a_renewal_with_a_token_that_was_swapped() {
    let world = world();
    let first = world.connect(PARTNER, "ann");
    let second = world.send(&PARTNER.renew(&first)).tokens();
    let answer = world.send(&PARTNER.renew(&first));
    let advice = format!(
        "Token {} does not match an expected REQUEST token",
        first.token
    );
    assert_told(&answer, 401, "token_rejected", &advice);
    assert_eq!(world.cause(), "superseded");
    let answer = world.send(&PARTNER.resource(&first));
    let advice = advice.replace("REQUEST", "ACCESS");
    assert_told(&answer, 401, "token_rejected", &advice);
    assert_eq!(world.send(&PARTNER.resource(&second)).status, 200);
}

#[test]
fn the_timestamp_is_too_old_or_too_new() {
    let world = world();
    let tokens = world.connect(PUBLIC, "ann");
    let range = format!("{}-{}", NOW - 300, NOW + 300);
    for (offset, advice) in [
        (
            -301,
            "The timestamp is too old, it must be at most 300 seconds before the server's current date and time",
        ),
        (
            301,
            "The timestamp is too far in the future, it must be at most 300 seconds after the server's current date and time",
        ),
    ] {
        let answer = world.send(&PUBLIC.resource(&tokens).at(NOW + offset));
        assert_told(&answer, 401, "timestamp_refused", advice);
        assert_eq!(answer.pairs()["oauth_acceptable_timestamps"], range);
        assert_eq!(world.cause(), "timestamp");
    }
    for offset in [-300, 0, 300] {
        let call = PUBLIC.resource(&tokens).at(NOW + offset);
        assert_eq!(world.send(&call).status, 200, "{offset}");
    }
}

fn with_certificate(world: &World, key: &'static str, certificate: &str) -> Client {
    let certificate = read_certificate(
        &fixtures::certificate(certificate),
        &countersign_key::RegistrationPolicy::default(),
    )
    .unwrap();
    let credential = Credential::Certificates(Arc::from(vec![certificate]));
    let mut consumer = Consumer::new(key, ConsumerKind::Private, credential);
    consumer.organisation = Some("Acme".to_owned());
    world.register(consumer);
    Client {
        key,
        keys: Keys::Rsa("rsa2048.pkcs8.pem"),
    }
}

fn private(world: &World, client: Client) -> Answer {
    let mut call = client.call("GET", "/invoices");
    call.token = Some((client.key.to_owned(), String::new()));
    world.send(&call)
}

#[test]
fn the_certificate_expired() {
    let world = world();
    let advice = "No certificates have been registered for the consumer";
    for (key, certificate) in [("old-app", "expired.pem"), ("early-app", "not-yet.pem")] {
        let client = with_certificate(&world, key, certificate);
        let answer = private(&world, client);
        assert_told(&answer, 400, "signature_method_rejected", advice);
        assert_eq!(world.cause(), "certificate");
    }
}

#[test]
fn the_certificate_is_of_another_key_pair() {
    let world = world();
    let client = with_certificate(&world, "mixed-up-app", "other-key.pem");
    let answer = private(&world, client);
    assert_told(
        &answer,
        401,
        "signature_invalid",
        "Failed to validate signature",
    );
    assert_eq!(world.cause(), "signature");
}
