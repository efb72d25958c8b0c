//! Replays, wrong keys, wrong kinds of token; and stores that fail.

use countersign_signature::Method;

use super::world::{CALLBACK, Client, Keys, NOW, PARTNER, PUBLIC, world};

#[test]
fn a_request_is_accepted_once() {
    let world = world();
    let tokens = world.connect(PUBLIC, "ann");
    let call = PUBLIC.resource(&tokens);
    let signed = call.sign(NOW);
    assert_eq!(world.send_signed(&call, &signed).status, 200);
    let answer = world.send_signed(&call, &signed);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (401, "nonce_used")
    );
    assert_eq!(world.cause(), "nonce");
    for later in [1, 299] {
        world.clock.advance(later);
        assert_eq!(world.send_signed(&call, &signed).problem(), "nonce_used");
    }
    world.clock.advance(1);
    assert_eq!(
        world.send_signed(&call, &signed).problem(),
        "timestamp_refused"
    );
}

#[test]
fn of_a_hundred_copies_at_once_one_is_accepted() {
    let world = world();
    let tokens = world.connect(PUBLIC, "ann");
    let call = PUBLIC.resource(&tokens);
    let signed = call.sign(NOW);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..100)
            .map(|_| scope.spawn(|| world.send_signed(&call, &signed)))
            .collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let accepted = answers.iter().filter(|it| it.status == 200).count();
    let used = answers.iter().filter(|it| it.problem() == "nonce_used");
    assert_eq!((accepted, used.count()), (1, 99));
}

#[test]
fn a_forged_request_burns_no_nonce() {
    let world = world();
    let tokens = world.connect(PUBLIC, "ann");
    let mut forged = PUBLIC.resource(&tokens).nonce("n1");
    forged.client.keys = Keys::Hmac("not the consumer's secret");
    assert_eq!(world.send(&forged).problem(), "signature_invalid");
    let honest = PUBLIC.resource(&tokens).nonce("n1");
    assert_eq!(world.send(&honest).status, 200);
}

#[test]
fn a_nonce_belongs_to_its_consumer_token_and_timestamp() {
    let world = world();
    let tokens = world.connect(PUBLIC, "ann");
    let partner = world.connect(PARTNER, "bob");
    let call = PUBLIC.resource(&tokens).nonce("n");
    assert_eq!(world.send(&call).status, 200);
    assert_eq!(world.send(&call.clone().at(NOW - 1)).status, 200);
    assert_eq!(
        world.send(&PARTNER.resource(&partner).nonce("n")).status,
        200
    );
    assert_eq!(world.send(&call).problem(), "nonce_used");
}

#[test]
fn the_kind_of_key_decides_about_the_method() {
    let world = world();
    // RSA by a consumer that has a secret: as if no certificate was registered.
    let rsa = Client {
        keys: Keys::Rsa("rsa2048.pkcs8.pem"),
        ..PUBLIC
    };
    let answer = world.send(&rsa.temporary(CALLBACK));
    assert_eq!(
        (answer.status, answer.advice().as_str()),
        (400, "No certificates have been registered for the consumer")
    );
    // HMAC by one that has certificates, under the text of a public certificate or any other.
    let hmac = Client {
        keys: Keys::Hmac("-----BEGIN CERTIFICATE-----"),
        ..PARTNER
    };
    let answer = world.send(&hmac.temporary(CALLBACK));
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "signature_method_rejected")
    );
}

#[test]
fn a_consumer_may_be_pinned_to_a_method() {
    let world = world();
    let now = world.clock.now();
    let found = countersign_store::testing::block_on(async {
        use countersign_store::ConsumerStore as _;
        world.provider.stores().consumers.consumer(PUBLIC.key).await
    });
    let found = found.unwrap().unwrap();
    let mut consumer = found.row.clone();
    consumer.methods = vec!["HMAC-SHA256".to_owned()];
    let expected = countersign_store::Expected::Version(found.version);
    let registered = world.provider.register(expected, consumer, now);
    countersign_store::testing::block_on(registered).unwrap();
    let mut call = PUBLIC.temporary(CALLBACK);
    assert_eq!(world.send(&call).problem(), "signature_method_rejected");
    call.signature_method = Some(Method::HMAC_SHA256);
    assert_eq!(world.send(&call).status, 200);
}

#[test]
fn a_changed_secret_counts_at_once() {
    use countersign_key::Secret;
    use countersign_store::testing::block_on;
    use countersign_store::{ConsumerStore as _, Credential, Expected};

    let world = world();
    let tokens = world.connect(PUBLIC, "ann");
    assert_eq!(world.send(&PUBLIC.resource(&tokens)).status, 200);
    let consumers = &world.provider.stores().consumers;
    let change = |secret: &'static str| {
        let found = block_on(consumers.consumer(PUBLIC.key)).unwrap().unwrap();
        let mut consumer = found.row.clone();
        consumer.credential = Credential::Secret(std::sync::Arc::new(Secret::new(secret)));
        // Taken out and registered anew: the version begins from the start.
        let expected = Expected::Version(found.version);
        let removed = block_on(consumers.remove_consumer(expected, PUBLIC.key));
        assert_eq!(removed.unwrap(), countersign_store::Commit::Done);
        world.register(consumer);
        Client {
            keys: Keys::Hmac(secret),
            ..PUBLIC
        }
    };
    let changed = change("another secret of the consumer");
    assert_eq!(
        world.send(&PUBLIC.resource(&tokens)).problem(),
        "signature_invalid"
    );
    assert_eq!(world.send(&changed.resource(&tokens)).status, 200);
}

#[test]
fn kinds_of_token_are_not_mixed_up() {
    let world = world();
    let (temporary, _) = world.approved(PUBLIC, "ann");
    let answer = world.send(&PUBLIC.resource(&temporary));
    assert_eq!(
        answer.advice(),
        format!(
            "Token {} does not match an expected ACCESS token",
            temporary.token
        )
    );
    assert_eq!(world.cause(), "wrong_kind");
    let tokens = world.connect(PUBLIC, "ann");
    let answer = world.send(&PUBLIC.exchange(&tokens, "verifier"));
    assert_eq!(
        answer.advice(),
        format!(
            "Token {} does not match an expected REQUEST token",
            tokens.token
        )
    );
    let partner = world.connect(PARTNER, "ann");
    let mut handle = PARTNER.resource(&partner);
    handle.token = Some((partner.handle.clone().unwrap(), partner.secret.clone()));
    let answer = world.send(&handle);
    assert_eq!(answer.advice(), "The access token is not valid");
}

#[test]
fn the_token_of_another_consumer_is_no_use() {
    let world = world();
    let tokens = world.connect(PUBLIC, "ann");
    let answer = world.send(&PARTNER.resource(&tokens));
    assert_eq!(
        (
            answer.status,
            answer.problem().as_str(),
            answer.advice().as_str()
        ),
        (401, "token_rejected", "The access token is not valid")
    );
}

#[test]
fn a_dead_token_is_only_explained_to_its_owner() {
    let world = world();
    let tokens = world.connect(PUBLIC, "ann");
    world.clock.advance(1_800);
    assert_eq!(
        world.send(&PUBLIC.resource(&tokens)).problem(),
        "token_expired"
    );
    let mut forged = PUBLIC.resource(&tokens);
    forged.client.keys = Keys::Hmac("not the consumer's secret");
    assert_eq!(world.send(&forged).problem(), "signature_invalid");
}

#[test]
fn what_is_too_long_reaches_no_store() {
    let world = world();
    let mut tokens = world.connect(PUBLIC, "ann");
    tokens.token = "t".repeat(256);
    let answer = world.send(&PUBLIC.resource(&tokens));
    assert_eq!(answer.pairs()["oauth_parameters_rejected"], "oauth_token");
    tokens.token.pop();
    assert_eq!(
        world.send(&PUBLIC.resource(&tokens)).problem(),
        "token_rejected"
    );
}

#[test]
fn every_request_leaves_one_line() {
    let world = world();
    let tokens = world.connect(PUBLIC, "ann");
    let before = world.trail.events().len();
    let call = PUBLIC.resource(&tokens);
    let signed = call.sign(NOW);
    world.send_signed(&call, &signed);
    world.send_signed(&call, &signed);
    world.send_signed(&call, "OAuth oauth_consumer_key=\"a%0D%0Ab%1B%E2%80%A8\"");
    let events = world.trail.events();
    assert_eq!(events.len(), before + 3);
    for event in events {
        let line = event.to_string();
        assert!(
            line.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
            "{line}"
        );
        assert!(!line.contains(&tokens.token) && !line.contains(&tokens.secret));
    }
}
