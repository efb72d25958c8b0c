//! Terse mode: one answer for everything that would tell which keys and tokens exist.

use countersign_provider::Answers;
use countersign_store::testing::block_on;

use super::world::{Answer, Client, Keys, NOW, PARTNER, PUBLIC, Tokens, World, world_with};

fn terse() -> World {
    world_with(|settings| settings.answers = Answers::Terse)
}

const UNKNOWN: Client = Client {
    key: "nobody",
    keys: Keys::Hmac("some secret of nobody"),
};

fn made_up(tokens: &Tokens) -> Tokens {
    Tokens {
        token: "made-up".to_owned(),
        ..tokens.clone()
    }
}

#[test]
fn what_would_tell_is_one_answer() {
    let world = terse();
    let tokens = world.connect(PUBLIC, "ann");
    let wrong_secret = Client {
        keys: Keys::Hmac("not the consumer's secret"),
        ..PUBLIC
    };
    let rsa = Client {
        keys: Keys::Rsa("rsa2048.pkcs8.pem"),
        ..PUBLIC
    };
    let hmac = Client {
        keys: Keys::Hmac("-----BEGIN CERTIFICATE-----"),
        ..PARTNER
    };
    let mut wrong_token_secret = tokens.clone();
    wrong_token_secret.secret = "other".to_owned();
    let cases = [
        ("consumer", UNKNOWN.resource(&tokens)),
        ("consumer", UNKNOWN.resource(&made_up(&tokens))),
        ("signature", wrong_secret.resource(&tokens)),
        ("token", PUBLIC.resource(&made_up(&tokens))),
        ("signature", PUBLIC.resource(&wrong_token_secret)),
        ("method", rsa.resource(&tokens)),
        ("method", hmac.resource(&tokens)),
    ];
    let mut told: Option<Answer> = None;
    for (cause, call) in cases {
        let answer = world.send(&call);
        assert_eq!(answer.status, 401);
        assert_eq!(
            *told.get_or_insert_with(|| answer.clone()),
            answer,
            "{cause}"
        );
        assert_eq!(world.cause(), cause, "the audit trail knows");
    }
    assert_eq!(world.send(&PUBLIC.resource(&tokens)).status, 200);
}

#[test]
fn a_right_signature_earns_the_truth() {
    let world = terse();
    let tokens = world.connect(PUBLIC, "ann");
    let call = PUBLIC.resource(&tokens);
    let signed = call.sign(NOW);
    world.send_signed(&call, &signed);
    assert_eq!(world.send_signed(&call, &signed).problem(), "nonce_used");
    let now = world.clock.now();
    block_on(world.provider.disconnect(PUBLIC.key, "Acme", now)).unwrap();
    let answer = world.send(&PUBLIC.resource(&tokens));
    assert_eq!(answer.problem(), "token_rejected");
    assert_eq!(
        answer.advice(),
        "The access token has not been authorized, or has been revoked by the user"
    );
}

#[test]
fn what_no_key_decides_about_is_told_to_all_alike() {
    let world = terse();
    let tokens = world.connect(PUBLIC, "ann");
    let hashed = |client: Client| {
        let mut call = client.call("POST", "/items").with(&tokens);
        call.form = Some("a=1");
        let signed = call.sign(NOW).replace(
            "OAuth ",
            "OAuth oauth_body_hash=\"2jmj7l5rSw0yVb%2FvlWAYkK%2FYBwk%3D\", ",
        );
        world.send_signed(&call, &signed)
    };
    let known = hashed(PUBLIC);
    assert_eq!(known.problem(), "parameter_rejected");
    assert_eq!(known, hashed(UNKNOWN));
}

#[test]
fn with_rsa_a_forgotten_token_is_told_to_its_owner() {
    let world = terse();
    let tokens = world.connect(PARTNER, "ann");
    let answer = world.send(&PARTNER.resource(&made_up(&tokens)));
    assert_eq!(answer.problem(), "token_rejected");
}

#[test]
fn faults_of_form_are_told_to_everybody() {
    let world = terse();
    let tokens = world.connect(PUBLIC, "ann");
    let call = UNKNOWN.resource(&tokens).at(NOW - 301);
    assert_eq!(world.send(&call).problem(), "timestamp_refused");
    let answer = world.send_signed(&call, "OAuth oauth_consumer_key=\"a\"");
    assert_eq!(answer.problem(), "parameter_absent");
}
