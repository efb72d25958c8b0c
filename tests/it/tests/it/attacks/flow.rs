//! The flow: callbacks, verifiers, and swaps.

use countersign_provider::check_callback;
use tokio::task::JoinSet;

use crate::http_world::{Answer, CALLBACK, PARTNER, Threads, VICTIM, World, exchange};

const REJECTED: &str = "parameter_rejected";

#[tokio::test]
async fn h47_no_callback() {
    let world = World::fresh().await;
    let call = world.temporary_call(VICTIM).without("oauth_callback");
    let answer = world.refuse(&call.sign(), 400, "parameter_absent").await;
    assert_eq!(
        super::names(&answer, "oauth_parameters_absent"),
        ["oauth_callback"]
    );
}

#[tokio::test]
async fn h48_whoever_has_not_the_verifier() {
    let world = World::fresh().await;
    let (temporary, verifier) = world.approved(VICTIM, "ann").await;
    let swap = || world.swap_call(VICTIM, &temporary);
    // Its nonce is spent, as everything else about it is right.
    let answer = world.send(&swap().sign()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "parameter_absent")
    );
    assert_eq!(
        super::names(&answer, "oauth_parameters_absent"),
        ["oauth_verifier"]
    );
    for guess in ["", "1", "2", "3", "4"] {
        let answer = world
            .send(&swap().set("oauth_verifier", guess).sign())
            .await;
        assert_eq!((answer.status, answer.problem().as_str()), (400, REJECTED));
        assert_eq!(world.trail.cause(), "wrong_verifier");
    }
    let right = swap().set("oauth_verifier", &verifier);
    let answer = world.send(&right.sign()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (401, "token_rejected")
    );
    assert_eq!(world.trail.cause(), "burnt");
    // Another user's flow is none the worse.
    world.connect(VICTIM, "bob").await;
}

#[tokio::test]
async fn h49_callbacks_that_lead_elsewhere() {
    let world = World::fresh().await;
    let tricks = [
        "https://app.example.com@evil.example/ready?n=1",
        "https://user:pass@app.example.com/ready?n=1",
        "https://app.example.com.evil.example/ready?n=1",
        "https://app.example.com\\evil.example/ready?n=1",
        "//evil.example/ready",
        "https://app.example.com%2f.evil.example/ready?n=1",
        "https://app.example.com:8443/ready?n=1",
        "https://app.example.com:443/ready?n=1",
        "HTTPS://app.example.com/ready?n=1",
        "https://APP.example.com/ready?n=1",
        "https://app.example.com/Ready?n=1",
        "https://app.example.com/ready?n=1#frag",
        "https://app.example.com/ready?n=1&next=https://evil.example",
        "https://app.example.com/ready",
        "http://app.example.com/ready?n=1",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://app.example.com/ready?n=1\r\nSet-Cookie: x=1",
        " https://app.example.com/ready?n=1",
        "",
    ];
    for callback in tricks {
        let call = world.temporary_call(VICTIM).set("oauth_callback", callback);
        let before = world.snapshot();
        let answer = world.send(&call.sign()).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, REJECTED),
            "{callback}"
        );
        assert_eq!(
            super::names(&answer, "oauth_parameters_rejected"),
            ["oauth_callback"]
        );
        assert_eq!(answer.field("location"), None);
        assert_eq!(answer.field("set-cookie"), None);
        // No row; but the nonce of a rightly signed request.
        let rows = |snapshot| {
            format!("{snapshot:?}")
                .split("rows")
                .nth(1)
                .unwrap()
                .to_owned()
        };
        assert_eq!(rows(world.snapshot()), rows(before));
    }
    for callback in tricks
        .into_iter()
        .filter(|callback| callback.contains(['@', '\\', '#', '\r', ' ']))
    {
        assert!(check_callback(callback).is_err(), "{callback}");
    }
    for callback in [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/ready",
        "",
    ] {
        assert!(check_callback(callback).is_err(), "{callback}");
    }
    // One at the authorisation is not read: the one of the request is bound.
    let temporary = world.tokens(&world.accept(&world.temporary_call(VICTIM).sign()).await);
    let pending = world
        .provider()
        .pending(&temporary.token, world.clock.now())
        .await;
    assert_eq!(pending.unwrap().callback, CALLBACK);
}

#[tokio::test]
async fn h50_fifty_swaps_at_once() {
    let world = World::fresh().await;
    let (temporary, verifier) = world.approved(PARTNER, "ann").await;
    let threads = Threads::new();
    let socket = threads.serve(world.router()).await;
    let mut swaps = JoinSet::new();
    for _ in 0..50 {
        let call = world
            .swap_call(PARTNER, &temporary)
            .set("oauth_verifier", &verifier);
        let (bytes, address) = (call.sign().bytes(), socket.address);
        let swap = async move { Answer::read(&exchange(address, &bytes).await).unwrap() };
        swaps.spawn_on(swap, threads.handle());
    }
    let answers = swaps.join_all().await;
    let (good, bad): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(good.len(), 1, "{answers:?}");
    for answer in bad {
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (401, "token_used")
        );
    }
    let tokens = world.tokens(good[0]);
    let sent = world.with_token(PARTNER, "/photos", &tokens).sign();
    world.accept(&sent).await;
}
