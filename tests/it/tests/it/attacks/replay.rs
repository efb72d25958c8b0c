//! Replays, and nonces that an attacker chooses.

use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

use countersign_clock::UnixTime;
use countersign_encoding::encode;
use countersign_store::testing::block_on;
use countersign_store::{Insertion, Nonce, NonceLimits, NonceStore as _};
use tokio::task::JoinSet;

use crate::http_world::{
    Answer, Counted, HONEST, NOW, Setup, Shared, Threads, VICTIM, World, exchange, limited_nonces,
    nonces,
};

#[tokio::test]
async fn h01_a_plain_replay() {
    let world = World::fresh().await;
    let sent = world.victim().sign();
    world.accept(&sent).await;
    world.refuse(&sent, 401, "nonce_used").await;
}

/// Over a store that several nodes share. A file has one server alone: a hundred copies to it, and
/// a second process that is refused, are in `provider/sqlite.rs`.
async fn one_of_a_hundred<N: Counted>(store: N) {
    let store = Shared(Arc::new(store));
    let first = Setup::on(store.clone()).world().await;
    let second = Setup::on(store).world().await;
    let threads = Threads::new();
    let nodes = [
        threads.serve(first.router()).await,
        threads.serve(second.router()).await,
    ];
    let bytes = Arc::new(first.victim().sign().bytes());
    let mut copies = JoinSet::new();
    for copy in 0..100 {
        let (address, bytes) = (nodes[copy % 2].address, Arc::clone(&bytes));
        let copy = async move { Answer::read(&exchange(address, &bytes).await).unwrap() };
        copies.spawn_on(copy, threads.handle());
    }
    let answers = copies.join_all().await;
    let accepted = answers.iter().filter(|answer| answer.status == 200);
    assert_eq!(accepted.count(), 1);
    let replays = answers.iter().filter(|answer| answer.status == 401);
    assert_eq!(
        replays
            .filter(|answer| answer.problem() == "nonce_used")
            .count(),
        99
    );
    assert_eq!(first.nonces(), 1);
    assert_eq!(first.reached() + second.reached(), 1);
    let lines = first.trail.len() + second.trail.len();
    // Each node has a line for each application it registered.
    assert_eq!(lines, 100 + 2 * 5);
    // The thread's log is that of the world made last.
    let honest = second.call(HONEST, "/photos").sign();
    second.accept(&honest).await;
}

/// A forged request with a nonce, then the honest one with the same.
async fn burning_a_nonce<N: Counted>(store: N) {
    let world = Setup::on(store).world().await;
    let honest = world.victim();
    let before = world.nonces();
    let forged = world
        .send(&honest.forged("AAAAAAAAAAAAAAAAAAAAAAAAAAA="))
        .await;
    assert_eq!(
        (forged.status, forged.problem().as_str()),
        (401, "signature_invalid")
    );
    assert_eq!(world.nonces(), before);
    world.accept(&honest.sign()).await;
    assert_eq!(world.nonces(), before + 1);
}

#[tokio::test]
async fn h02_a_hundred_copies_at_once_over_two_nodes() {
    one_of_a_hundred(nonces()).await;
}

#[tokio::test]
async fn h03_a_forged_request_burns_no_nonce() {
    burning_a_nonce(nonces()).await;
}

#[tokio::test]
async fn h08_another_spelling_of_a_nonce() {
    let world = World::fresh().await;
    let sent = world.victim().nonce("abc").sign();
    world.accept(&sent).await;
    let respelled = sent.replaced("\"abc\"", "\"%61bc\"");
    world.refuse(&respelled, 401, "nonce_used").await;
}

#[tokio::test]
async fn h09_a_nonce_is_one_consumers_tokens_and_seconds() {
    let world = World::fresh().await;
    let tokens = world.connect(VICTIM, "ann").await;
    let same = |call: crate::http_world::Call| call.nonce("same").sign();
    for sent in [
        same(world.victim()),
        same(world.call(HONEST, "/photos")),
        same(world.with_token(VICTIM, "/photos", &tokens)),
        same(world.victim().at(NOW + 1)),
    ] {
        world.accept(&sent).await;
        world.refuse(&sent, 401, "nonce_used").await;
    }
}

#[tokio::test]
async fn h10_two_nonces_in_a_second() {
    let world = World::fresh().await;
    let (first, second) = (world.victim().sign(), world.victim().sign());
    world.accept(&first).await;
    world.accept(&second).await;
    world.refuse(&first, 401, "nonce_used").await;
    world.refuse(&second, 401, "nonce_used").await;
}

#[tokio::test]
async fn h11_a_flood_of_nonces_is_its_senders_own() {
    const QUOTA: u32 = 50;
    let limits = NonceLimits::default().with_per_consumer(QUOTA);
    let world = Setup::with_limits(limits).world().await;
    for _ in 0..QUOTA {
        world.accept(&world.victim().sign()).await;
    }
    for _ in 0..9 * QUOTA {
        let answer = world.send(&world.victim().sign()).await;
        assert_eq!(answer.problem(), "consumer_key_refused");
    }
    assert_eq!(world.nonces(), usize::try_from(QUOTA).unwrap());
    let flood = world.victim().sign();
    // Whoever is throttled is told when to come back.
    let answer = world.refuse(&flood, 429, "consumer_key_refused").await;
    let wait: i64 = answer.field("retry-after").unwrap().parse().unwrap();
    assert!((1..=612).contains(&wait), "{wait}");
    world.clock.advance(wait);
    world.accept(&world.victim().sign()).await;
}

/// What `n` refused requests of one second cost the store, and what the next `n` do: twice as many may
/// take 2.3 times as long. The quickest of several floods counts, as others use the machine too.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the time it takes is the question"
)]
fn h11_a_flood_costs_no_more_the_longer_it_lasts() {
    const QUOTA: u32 = 200;
    const FLOOD: u32 = 10 * QUOTA;
    let now = UnixTime::from_seconds(NOW);
    let mut quickest = [Duration::MAX; 2];
    for _ in 0..50 {
        let store = limited_nonces(NonceLimits::default().with_per_consumer(QUOTA));
        let send = |number: u32| {
            let text = number.to_string();
            block_on(store.insert(Nonce::new("c", "", now, &text), now)).unwrap()
        };
        assert!((0..QUOTA).all(|number| send(number) == Insertion::New));
        for (half, quickest) in quickest.iter_mut().enumerate() {
            let first = QUOTA + FLOOD * u32::try_from(half).unwrap();
            let start = Instant::now();
            for number in first..first + FLOOD {
                let answer = send(number);
                assert!(matches!(answer, Insertion::OverQuota { .. }), "{answer:?}");
            }
            *quickest = start.elapsed().min(*quickest);
        }
    }
    let [first, second] = quickest.map(|time| time.as_secs_f64());
    assert!(second <= 1.3 * first, "{first} s, then {second} s");
}

#[tokio::test]
async fn h12_forms_of_a_nonce() {
    let world = World::fresh().await;
    for good in ["1", "!~", &"n".repeat(255)] {
        world.accept(&world.victim().nonce(good).sign()).await;
    }
    let absent = world.victim().without("oauth_nonce").sign();
    let answer = world.refuse(&absent, 400, "parameter_absent").await;
    let names = answer.parameter("oauth_parameters_absent");
    assert_eq!(names.as_deref(), Some("oauth_nonce"));
    for bad in ["", &"n".repeat(256), "a\0b", "a\nb", "a b", "\u{7f}", "nön"] {
        let sent = world.victim().nonce(bad).sign();
        let answer = world.refuse(&sent, 400, "parameter_rejected").await;
        let names = answer.parameter("oauth_parameters_rejected").unwrap();
        assert!(names.starts_with("oauth_nonce"), "{names}");
    }
    // Too much for a field whatever is in it; and so much that the server itself reads no further.
    let long = world.victim().nonce("n".repeat(1 << 16)).sign();
    world.refuse(&long, 431, "").await;
    let socket = world.serve().await;
    let before = world.snapshot();
    let endless = world.victim().nonce("n".repeat(1 << 20)).sign();
    let answer = world.send_raw(&socket, &endless, 0).await;
    world.came_to_nothing(&before, &answer, 431, "").await;
}

#[tokio::test]
async fn h13_a_late_replay() {
    let world = World::fresh().await;
    let sent = world.victim().at(NOW + 300).sign();
    world.accept(&sent).await;
    for after in [1, 300, 599, 600] {
        world.clock.set(NOW + after);
        world.refuse(&sent, 401, "nonce_used").await;
    }
    for after in [601, 602, 86_400] {
        world.clock.set(NOW + after);
        world.refuse(&sent, 401, "timestamp_refused").await;
    }
}

#[tokio::test]
async fn h14_the_clock_is_set_back() {
    let world = World::fresh().await;
    let sent = world.victim().sign();
    world.accept(&sent).await;
    // Long enough for the nonce to be forgotten.
    world.clock.advance(700);
    for _ in 0..500 {
        world.accept(&world.victim().sign()).await;
    }
    world.clock.advance(-600);
    // The store can't vouch for it, which is no fault of the caller's.
    let before = world.snapshot();
    let answer = world.send(&sent).await;
    assert_eq!((answer.status, answer.problem().as_str()), (503, ""));
    assert!(answer.field("retry-after").is_some());
    assert_eq!(world.snapshot(), before);
    world.clock.advance(600);
    world.accept(&world.victim().sign()).await;
}

#[tokio::test]
async fn h58_no_verdict_is_kept() {
    let world = World::fresh().await;
    for bad_first in [true, false] {
        let call = world.victim();
        let bad = call.forged("AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        if bad_first {
            world.refuse(&bad, 401, "signature_invalid").await;
        }
        world.accept(&call.sign()).await;
        // Not as used: a wrong signature learns nothing of nonces.
        world.refuse(&bad, 401, "signature_invalid").await;
        world.refuse(&call.sign(), 401, "nonce_used").await;
        let respelled = encode(call.sign().right.as_str()).into_owned();
        let other = call.sign().replaced(&respelled, "AAAA");
        world.refuse(&other, 401, "signature_invalid").await;
    }
}
