//! Three legs, two legs, xAuth: what is given out, and how often.

use std::sync::Arc;

use countersign_key::Secret;
use countersign_provider::{Approver, AuthorizeError, OUT_OF_BAND};
use countersign_store::testing::block_on;
use countersign_store::{Consumer, ConsumerKind, Credential};

use super::world::{CALLBACK, Client, Keys, PARTNER, PRIVATE, PUBLIC, world};

#[test]
fn a_public_application_is_connected_and_used() {
    let world = world();
    let temporary = world.send(&PUBLIC.temporary(CALLBACK)).tokens();
    assert_eq!(temporary.all["oauth_callback_confirmed"], "true");
    assert_eq!(world.trail.last().action.as_str(), "temporary_credentials");

    let now = world.clock.now();
    let pending = block_on(world.provider.pending(&temporary.token, now)).unwrap();
    assert_eq!(
        (pending.consumer_key.as_str(), pending.callback.as_str()),
        (PUBLIC.key, CALLBACK)
    );
    let by = Approver::new("ann", "Acme", "Standard");
    let approval = block_on(world.provider.approve(&temporary.token, by, now)).unwrap();
    let redirect = approval.redirect.unwrap();
    let verifier = approval.verifier.expose_secret();
    assert_eq!(
        redirect,
        format!(
            "{CALLBACK}&oauth_token={}&oauth_verifier={verifier}",
            temporary.token
        )
    );

    let tokens = world.send(&PUBLIC.exchange(&temporary, verifier)).tokens();
    assert_eq!(tokens.all["oauth_expires_in"], "1800");
    assert_eq!(tokens.handle, None, "public applications can't renew");
    let answer = world.send(&PUBLIC.resource(&tokens));
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, "consumer=public-app&user=ann")
    );
    let event = world.trail.last();
    assert!(event.granted);
    assert_eq!(event.organisation.as_deref(), Some("Acme"));
}

#[test]
fn a_partner_application_gets_a_session_handle() {
    let world = world();
    let tokens = world.connect(PARTNER, "ann");
    assert!(tokens.handle.is_some());
    assert_eq!(
        tokens.all["oauth_authorization_expires_in"],
        (365 * 86_400).to_string()
    );
}

#[test]
fn a_private_application_uses_its_key_as_token_and_has_no_flow() {
    let world = world();
    let mut call = PRIVATE.call("GET", "/invoices");
    call.token = Some((PRIVATE.key.to_owned(), String::new()));
    assert_eq!(world.send(&call).status, 200);
    let answer = world.send(&PRIVATE.temporary(CALLBACK));
    assert_eq!(
        (answer.problem().as_str(), answer.advice().as_str()),
        (
            "consumer_key_rejected",
            "Private applications cannot request a Request Token"
        )
    );
}

#[test]
fn temporary_credentials_are_good_for_one_exchange() {
    let world = world();
    let (temporary, verifier) = world.approved(PUBLIC, "ann");
    let exchange = PUBLIC.exchange(&temporary, &verifier);
    assert_eq!(world.send(&exchange).status, 200);
    let again = world.send(&exchange);
    assert_eq!(
        (again.status, again.problem().as_str()),
        (401, "token_used")
    );
    assert_eq!(world.cause(), "used");
}

#[test]
fn of_fifty_parallel_exchanges_one_succeeds() {
    let world = world();
    let (temporary, verifier) = world.approved(PUBLIC, "ann");
    let exchange = PUBLIC.exchange(&temporary, &verifier);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..50)
            .map(|_| scope.spawn(|| world.send(&exchange)))
            .collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let granted = answers.iter().filter(|answer| answer.status == 200).count();
    let used = answers.iter().filter(|it| it.problem() == "token_used");
    assert_eq!((granted, used.count()), (1, 49));
}

#[test]
fn five_wrong_verifiers_burn_temporary_credentials() {
    let world = world();
    let (temporary, verifier) = world.approved(PUBLIC, "ann");
    for _ in 0..5 {
        let answer = world.send(&PUBLIC.exchange(&temporary, "wrong"));
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "parameter_rejected")
        );
        assert_eq!(world.cause(), "wrong_verifier");
    }
    let answer = world.send(&PUBLIC.exchange(&temporary, &verifier));
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (401, "token_rejected")
    );
    assert_eq!(world.cause(), "burnt");
}

#[test]
fn the_verifier_is_needed_and_belongs_to_its_token() {
    let world = world();
    let (first, _) = world.approved(PUBLIC, "ann");
    let (_, other) = world.approved(PUBLIC, "bob");
    let call = PUBLIC.call("POST", "/oauth/AccessToken").with(&first);
    let answer = world.send(&call);
    assert_eq!(answer.pairs()["oauth_parameters_absent"], "oauth_verifier");
    let answer = world.send(&PUBLIC.exchange(&first, &other));
    assert_eq!(answer.problem(), "parameter_rejected");
}

#[test]
fn nothing_is_exchanged_before_the_user_decides_or_after_a_no() {
    let world = world();
    let temporary = world.send(&PUBLIC.temporary(CALLBACK)).tokens();
    let answer = world.send(&PUBLIC.exchange(&temporary, "guess"));
    assert_eq!(answer.problem(), "permission_unknown");
    let now = world.clock.now();
    let redirect = block_on(world.provider.deny(&temporary.token, now)).unwrap();
    assert!(redirect.unwrap().ends_with("&oauth_problem=user_refused"));
    let answer = world.send(&PUBLIC.exchange(&temporary, "guess"));
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "permission_denied")
    );
    let late = block_on(world.provider.approve(
        &temporary.token,
        Approver::new("ann", "Acme", "standard"),
        now,
    ));
    assert!(matches!(late, Err(AuthorizeError::Closed(_))), "{late:?}");
}

#[test]
fn temporary_credentials_expire() {
    let world = world();
    let (temporary, verifier) = world.approved(PUBLIC, "ann");
    world.clock.advance(600);
    let answer = world.send(&PUBLIC.exchange(&temporary, &verifier));
    assert_eq!(answer.problem(), "token_expired");
}

#[test]
fn only_some_roles_may_connect() {
    let world = world();
    let temporary = world.send(&PUBLIC.temporary(CALLBACK)).tokens();
    let by = Approver::new("ann", "Acme", "read only");
    let now = world.clock.now();
    let refused = block_on(world.provider.approve(&temporary.token, by, now));
    assert!(matches!(refused, Err(AuthorizeError::Role)));
}

#[test]
fn out_of_band_the_verifier_is_typed() {
    let world = world();
    let temporary = world.send(&PUBLIC.temporary(OUT_OF_BAND)).tokens();
    let by = Approver::new("ann", "Acme", "standard");
    let now = world.clock.now();
    let approval = block_on(world.provider.approve(&temporary.token, by, now)).unwrap();
    assert_eq!(approval.redirect, None);
    let verifier = approval.verifier.expose_secret();
    assert_eq!(verifier.len(), 12);
    assert_eq!(
        world.send(&PUBLIC.exchange(&temporary, verifier)).status,
        200
    );
}

#[test]
fn callbacks_are_matched_exactly() {
    let world = world();
    for callback in [
        "https://app.example.com@evil.example/ready?n=1",
        "https://app.example.com.evil.example/ready?n=1",
        "https://app.example.com\\evil.example",
        "//app.example.com/ready?n=1",
        "https://app.example.com/ready%2f?n=1",
        "https://app.example.com:443/ready?n=1",
        "https://APP.example.com/ready?n=1",
        "https://app.example.com/ready?n=1#x",
        "https://app.example.com/ready",
        "javascript:alert(1)",
        "data:text/html,x",
        "OOB",
        "",
    ] {
        let answer = world.send(&PUBLIC.temporary(callback));
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "parameter_rejected"),
            "{callback}"
        );
    }
    let answer = world.send(&PUBLIC.call("POST", "/oauth/RequestToken"));
    assert_eq!(answer.pairs()["oauth_parameters_absent"], "oauth_callback");
}

const TWO_LEGGED: Client = Client {
    key: "machine",
    keys: Keys::Hmac("two-legged-consumer-secret"),
};

#[test]
fn two_legged_requests_are_for_those_who_may() {
    let world = world();
    let secret = Arc::new(Secret::new("two-legged-consumer-secret"));
    let credential = Credential::Secret(secret);
    let mut consumer = Consumer::new(TWO_LEGGED.key, ConsumerKind::Public, credential);
    consumer.may_use_two_legged = true;
    world.register(consumer);
    let mut call = TWO_LEGGED.call("GET", "/reports");
    assert_eq!(world.send(&call).status, 200, "no token");
    call.token = Some((String::new(), String::new()));
    assert_eq!(world.send(&call).status, 200, "an empty one");
    let answer = world.send(&PUBLIC.call("GET", "/reports"));
    assert_eq!(
        (
            answer.status,
            answer.problem().as_str(),
            answer.advice().as_str()
        ),
        (401, "token_rejected", "Token has not been provided")
    );
}
