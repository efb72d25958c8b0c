//! What ends grants, and what registering refuses.

use std::sync::Arc;

use countersign_key::{RegistrationPolicy, Secret};
use countersign_provider::{Ending, RegistrationError, read_certificate};
use countersign_store::testing::block_on;
use countersign_store::{Consumer, ConsumerKind, Credential, Expected};
use countersign_test_support::fixtures;

use super::world::{PARTNER, PUBLIC, Tokens, world};

#[test]
fn the_first_cause_stays() {
    let world = world();
    let tokens = world.connect(PARTNER, "ann");
    let now = world.clock.now();
    let removed = block_on(world.provider.user_removed("ann", "Acme", now)).unwrap();
    assert_eq!(removed, 1);
    assert!(!block_on(world.provider.disconnect(PARTNER.key, "Acme", now)).unwrap());
    let again = block_on(world.provider.user_removed("ann", "Acme", now)).unwrap();
    assert_eq!(again, 0);
    world.send(&PARTNER.resource(&tokens));
    assert_eq!(world.cause(), "user_removed");
}

#[test]
fn a_user_leaves_one_organisation_only() {
    let world = world();
    let public = world.connect(PUBLIC, "ann");
    let partner = world.connect(PARTNER, "ann");
    let now = world.clock.now();
    let removed = block_on(world.provider.user_removed("ann", "Other", now)).unwrap();
    assert_eq!(removed, 0);
    assert_eq!(world.send(&PUBLIC.resource(&public)).status, 200);
    let removed = block_on(world.provider.user_removed("ann", "Acme", now)).unwrap();
    assert_eq!(removed, 2);
    assert_eq!(world.send(&PARTNER.resource(&partner)).status, 401);
}

#[test]
fn an_expired_token_stays_expired_when_it_is_replaced() {
    let world = world();
    let first = world.connect(PARTNER, "ann");
    let grant = {
        world.send(&PARTNER.resource(&first));
        world.trail.last().grant.unwrap()
    };
    let now = world.clock.now();
    assert!(block_on(world.provider.end_grant(grant, Ending::RevokedByUser, now)).unwrap());
    world.connect(PARTNER, "bob");
    world.send(&PARTNER.resource(&first));
    assert_eq!(world.cause(), "revoked_by_user");
}

#[test]
fn what_was_approved_ends_before_it_becomes_a_grant() {
    let world = world();
    let now = world.clock.now();
    let refused = |temporary: &Tokens, verifier: &str, cause: &str| {
        let answer = world.send(&PARTNER.exchange(temporary, verifier));
        assert_eq!(answer.problem(), "token_rejected");
        assert_eq!(world.cause(), cause);
    };
    let (temporary, verifier) = world.approved(PARTNER, "ann");
    let (others, other) = world.approved(PUBLIC, "bob");
    let removed = block_on(world.provider.user_removed("ann", "Acme", now)).unwrap();
    assert_eq!(removed, 0, "no grant yet");
    refused(&temporary, &verifier, "user_removed");

    let (temporary, verifier) = world.approved(PARTNER, "ann");
    block_on(world.provider.role_changed("ann", "Acme", "read only", now)).unwrap();
    refused(&temporary, &verifier, "role_changed");

    let (temporary, verifier) = world.approved(PARTNER, "ann");
    assert!(block_on(world.provider.disconnect(PARTNER.key, "Acme", now)).unwrap());
    refused(&temporary, &verifier, "revoked_by_user");
    assert_eq!(world.send(&PUBLIC.exchange(&others, &other)).status, 200);
}

#[test]
fn certificates_roll_over() {
    let world = world();
    let now = world.clock.now();
    let add = |input: &[u8]| block_on(world.provider.add_certificate(PARTNER.key, input, now));
    add(&fixtures::certificate("rsa4096.pem")).unwrap();
    let tokens = world.connect(PARTNER, "ann");
    assert_eq!(world.send(&PARTNER.resource(&tokens)).status, 200);

    let refused = add(&fixtures::key("rsa2048.pkcs8.pem"));
    assert!(matches!(refused, Err(RegistrationError::PrivateKey)));
    let refused = add(&fixtures::certificate("weak-1024-sha1.pem"));
    assert!(matches!(refused, Err(RegistrationError::Weak(_))));
    let refused = add(&fixtures::certificate("e3.pem"));
    assert!(matches!(refused, Err(RegistrationError::Weak(_))));
    let refused = add(&fixtures::certificate("ec.pem"));
    assert!(matches!(refused, Err(RegistrationError::Certificate(_))));
    let refused = add(&fixtures::certificate("bundle.pem"));
    assert!(matches!(
        refused,
        Err(RegistrationError::Several { found: 2 })
    ));
    let mut both = fixtures::certificate("live.pem");
    both.extend(fixtures::key("rsa2048.encrypted-pkcs8.pem"));
    assert!(matches!(add(&both), Err(RegistrationError::PrivateKey)));
    assert!(add(b"not a certificate").is_err());
}

#[test]
fn what_is_not_registered() {
    let world = world();
    let now = world.clock.now();
    let register = |consumer| block_on(world.provider.register(Expected::Absent, consumer, now));
    let secret = |text: &str| Credential::Secret(Arc::new(Secret::new(text)));
    let long = "a secret of 16 or more";
    let consumer = |key: &str, text: &str| Consumer::new(key, ConsumerKind::Public, secret(text));

    let refused = register(consumer("short", "fifteen letters"));
    assert!(matches!(
        refused,
        Err(RegistrationError::Secret { found: 15 })
    ));
    for key in ["", "with blank", "ключ", &"k".repeat(256)] {
        let refused = register(consumer(key, long));
        assert!(
            matches!(refused, Err(RegistrationError::Key { .. })),
            "{key}"
        );
    }
    let partner = Consumer::new("partner", ConsumerKind::Partner, secret(long));
    assert!(matches!(
        register(partner),
        Err(RegistrationError::KindNeedsCertificates)
    ));
    let mut odd = consumer("callback", long);
    odd.callbacks = vec![
        "https://ok.example/".into(),
        "https://user@evil.example/".into(),
    ];
    assert!(matches!(
        register(odd),
        Err(RegistrationError::Callback { index: 1, .. })
    ));
    let mut methods = consumer("methods", long);
    methods.methods = vec!["HMAC-SHA256".into(), "RSA-SHA1".into()];
    assert!(matches!(
        register(methods),
        Err(RegistrationError::Method { .. })
    ));
    let certificate = read_certificate(
        &fixtures::certificate("live.pem"),
        &RegistrationPolicy::default(),
    );
    let credential = Credential::Certificates(Arc::from(vec![certificate.unwrap()]));
    let private = Consumer::new("private", ConsumerKind::Private, credential);
    assert!(matches!(
        register(private),
        Err(RegistrationError::NoOrganisation)
    ));
    assert!(register(consumer("good", long)).is_ok());
    assert!(matches!(
        register(consumer("good", long)),
        Err(RegistrationError::Conflict)
    ));
}
