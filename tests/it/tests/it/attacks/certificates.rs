//! Certificates: their dates, and what is no certificate to be registered.

use countersign_provider::RegistrationError;
use countersign_signature::Method;
use countersign_store::{ConsumerStore as _, Credential, Expected};
use countersign_test_support::fixtures;

use crate::http_world::{HONEST, Keys, PRIVATE, World, certificate};

const REJECTED: &str = "signature_method_rejected";
const NONE: &str = "No certificates have been registered for the consumer";
/// `short.pem`: 2030-01-01 00:00:00 to 2030-01-31 00:00:00.
const SHORT: [i64; 2] = [1_893_456_000, 1_896_048_000];
/// `live.pem` ends on 2099-12-31 23:59:59, a `GeneralizedTime`.
const LIVE_ENDS: i64 = 4_102_444_799;
/// `not-yet.pem` begins on 2090-01-01 00:00:00.
const NOT_YET_BEGINS: i64 = 3_786_912_000;

async fn register(world: &World, names: &[&str]) {
    let consumers = &world.provider().stores().consumers;
    let found = consumers.consumer(PRIVATE).await.unwrap().unwrap();
    let mut consumer = found.row.clone();
    let certificates = names.iter().map(|name| certificate(name)).collect();
    consumer.credential = Credential::Certificates(certificates);
    let (version, now) = (Expected::Version(found.version), world.clock.now());
    let outcome = world.provider().register(version, consumer, now).await;
    outcome.unwrap();
}

async fn live(world: &World, at: i64) {
    world.clock.set(at);
    world.accept(&world.call(PRIVATE, "/photos").sign()).await;
}

async fn dead(world: &World, at: i64) {
    world.clock.set(at);
    let sent = world.call(PRIVATE, "/photos").sign();
    let answer = world.refuse(&sent, 400, REJECTED).await;
    assert_eq!(answer.advice(), NONE);
}

#[tokio::test]
async fn h26_the_dates_of_certificates() {
    let world = World::fresh().await;
    let [begins, ends] = SHORT;
    register(&world, &["short.pem"]).await;
    dead(&world, begins - 1).await;
    live(&world, begins).await;
    live(&world, ends).await;
    dead(&world, ends + 1).await;

    let world = World::fresh().await;
    register(&world, &["short.pem", "not-yet.pem"]).await;
    dead(&world, ends + 1).await;
    live(&world, NOT_YET_BEGINS).await;
    live(&world, LIVE_ENDS).await;
    dead(&world, LIVE_ENDS + 1).await;

    // Two that overlap: there is no gap where one ends.
    let world = World::fresh().await;
    register(&world, &["short.pem", "live.pem"]).await;
    for at in [begins - 1, begins, ends, ends + 1] {
        live(&world, at).await;
    }
}

#[tokio::test]
async fn h27_what_is_no_certificate_to_register() {
    let world = World::fresh().await;
    register(&world, &["other-key.pem"]).await;
    let sent = world.call(PRIVATE, "/photos").sign();
    let answer = world.refuse(&sent, 401, "signature_invalid").await;
    assert_eq!(answer.advice(), "Failed to validate signature");
    let keys = Keys::Rsa(Method::RSA_SHA1, "rsa2048-other.pkcs8.pem");
    world
        .accept(&world.call(PRIVATE, "/photos").keys(keys).sign())
        .await;

    let pem = fixtures::certificate("live.pem");
    let private = fixtures::key("rsa2048.pkcs8.pem");
    let der = fixtures::certificate("live.der");
    let before = world.snapshot();
    let uploads: [(&str, Vec<u8>); 12] = [
        ("several", fixtures::certificate("bundle.pem")),
        ("several", [pem.clone(), pem.clone()].concat()),
        ("weak", fixtures::certificate("weak-1024-sha1.pem")),
        ("weak", fixtures::certificate("e3.pem")),
        ("certificate", fixtures::certificate("ec.pem")),
        ("certificate", fixtures::key("rsa2048.spki.pem")),
        ("certificate", [&der[..], &[0]].concat()),
        ("certificate", der[..der.len() - 1].to_vec()),
        ("certificate", b"-----BEGIN CERTIFICATE-----\n".to_vec()),
        ("private", [pem.clone(), private.clone()].concat()),
        ("private", private),
        ("private", fixtures::key("rsa2048.pkcs1.der")),
    ];
    for (kind, upload) in uploads {
        let now = world.clock.now();
        let refused = world
            .provider()
            .add_certificate(PRIVATE, &upload, now)
            .await;
        let found = match refused.unwrap_err() {
            RegistrationError::Several { .. } => "several",
            RegistrationError::Weak(_) => "weak",
            RegistrationError::Certificate(_) => "certificate",
            RegistrationError::PrivateKey => "private",
            other => panic!("{kind}: {other:?}"),
        };
        assert_eq!(found, kind);
        assert_eq!(world.snapshot(), before);
    }
    world.accept(&world.call(HONEST, "/photos").sign()).await;
}
