//! Tokens of another kind, of another application, and dead ones.

use crate::http_world::{Call, HONEST, Keys, PARTNER, SECRET, Tokens, VICTIM, World};

const REJECTED: &str = "token_rejected";

/// Refused after its signature was found right: the nonce is not spent, as the state of the token
/// is looked at before.
async fn refused(world: &World, call: Call, problem: &str) {
    world.refuse(&call.sign(), 401, problem).await;
}

#[tokio::test]
async fn h51_a_token_of_another_kind() {
    let world = World::fresh().await;
    let (temporary, verifier) = world.approved(PARTNER, "ann").await;
    refused(
        &world,
        world.with_token(PARTNER, "/photos", &temporary),
        REJECTED,
    )
    .await;
    let access = world.connect(PARTNER, "bob").await;
    let swap = world
        .swap_call(PARTNER, &access)
        .set("oauth_verifier", verifier);
    refused(&world, swap, REJECTED).await;
    refused(&world, world.swap_call(PARTNER, &access), REJECTED).await;
    let handle = Tokens {
        token: access.handle.clone().unwrap(),
        ..access.clone()
    };
    refused(
        &world,
        world.with_token(PARTNER, "/photos", &handle),
        REJECTED,
    )
    .await;
    refused(&world, world.renew_call(PARTNER, &handle), REJECTED).await;
    world
        .accept(&world.with_token(PARTNER, "/photos", &access).sign())
        .await;
}

#[tokio::test]
async fn h52_the_token_of_another_application() {
    let world = World::fresh().await;
    let tokens = world.connect(VICTIM, "ann").await;
    let thief = world
        .call(HONEST, "/photos")
        .set("oauth_token", &tokens.token);
    for secret in [tokens.secret.as_str(), "", "guessed"] {
        let keys = Keys::secrets(&SECRET(HONEST), secret);
        refused(&world, thief.clone().keys(keys), REJECTED).await;
        assert_eq!(world.trail.cause(), "token");
    }
    let (temporary, verifier) = world.approved(VICTIM, "bob").await;
    let swap = world
        .swap_call(HONEST, &temporary)
        .set("oauth_verifier", verifier);
    refused(&world, swap, REJECTED).await;
    world
        .accept(&world.with_token(VICTIM, "/photos", &tokens).sign())
        .await;
}

async fn dead(world: &World, consumer: &str, tokens: &Tokens, problem: &str, cause: &str) {
    let call = || world.with_token(consumer, "/photos", tokens);
    refused(world, call(), problem).await;
    assert_eq!(world.trail.cause(), cause);
    // Whoever can't sign is not told what became of the token.
    let forged = if consumer == PARTNER {
        Keys::Rsa(
            countersign_signature::Method::RSA_SHA1,
            "rsa2048-other.pkcs8.pem",
        )
    } else {
        Keys::secrets(&SECRET(consumer), "guessed")
    };
    refused(world, call().keys(forged), "signature_invalid").await;
}

#[tokio::test]
async fn h53_dead_tokens() {
    let world = World::fresh().await;
    let expired = world.connect(VICTIM, "ann").await;
    world.clock.advance(1_801);
    dead(&world, VICTIM, &expired, "token_expired", "expired").await;

    let first = world.connect(PARTNER, "ann").await;
    let renewed = world.send(&world.renew_call(PARTNER, &first).sign()).await;
    let second = world.tokens(&renewed);
    dead(&world, PARTNER, &first, REJECTED, "superseded").await;

    let now = world.clock.now();
    let revoked = world.provider().disconnect(PARTNER, "Acme", now).await;
    assert!(revoked.unwrap());
    dead(&world, PARTNER, &second, REJECTED, "revoked_by_user").await;
}
