//! What hostile requests take: no time to speak of, and no memory for good.

use core::time::Duration;
use std::collections::HashSet;

use countersign_key::Secret;
use countersign_server::{ConsumerEntryKind, NewConsumer, NewKeys};
use tokio::time::Instant;

use crate::support::beside::{Beside, Serving, request};
use crate::support::browser::Browser;
use crate::support::flow;
use crate::support::log::{listen, log};
use crate::support::{Answer, Client, FORM, NOW, Unsigned, World};

const KEY: &str = "photo-printer";
const SECRET: &str = "a secret of the consumer's own";

/// How many requests in a round.
const REQUESTS: u32 = 900;

async fn world() -> Beside {
    let world = Beside::new("").await;
    let keys = NewKeys::Secret(Secret::new(SECRET));
    let mut new = NewConsumer::new(KEY, ConsumerEntryKind::Public, keys);
    new.two_legged = true;
    world.admin().add_consumer(new).await.unwrap();
    world
}

/// A request that is refused, no two of them alike.
fn hostile(number: u32) -> Vec<u8> {
    let plain = |line: &str, rest: &str| {
        format!("{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{rest}\r\n").into_bytes()
    };
    let signed = |client: Client| request(&client, &Unsigned::get("/echo"));
    match number % 9 {
        0 => plain(&format!("GET /echo?{number}"), ""),
        1 => signed(Client::hmac(KEY, &format!("guess {number} of the secret"))),
        2 => signed(Client::hmac(&format!("unknown {number}"), SECRET)),
        3 => {
            let token = format!("unknown token {number}");
            signed(Client::hmac_with_token(KEY, SECRET, &token, "secret"))
        }
        4 => {
            let late = Unsigned {
                at: NOW - 301 - i64::from(number),
                ..Unsigned::get("/echo")
            };
            request(&Client::hmac(KEY, SECRET), &late)
        }
        5 => plain(&format!("GET /oauth/authorize?oauth_token={number}"), ""),
        6 => plain(
            "POST /echo",
            &format!("Content-Length: {number}\r\nTransfer-Encoding: chunked\r\n"),
        ),
        7 => {
            let cookie = format!("Cookie: countersign-session={number:043}\r\n");
            let form = format!("{cookie}Content-Type: {FORM}\r\nContent-Length: 0\r\n");
            plain("POST /oauth/login", &form)
        }
        _ => plain(&format!("POST /oauth/AccessToken?{number}"), ""),
    }
}

/// Sends a round; gives how long the slowest but one in a hundred took.
fn round(serving: &Serving, number: u32) -> Duration {
    let first = number * REQUESTS;
    let mut times: Vec<Duration> = (first..first + REQUESTS)
        .map(|number| {
            let bytes = hostile(number);
            let begun = Instant::now();
            let answer = serving.send(&bytes).unwrap();
            let took = begun.elapsed();
            assert!((400..500).contains(&answer.status), "{number} {answer:?}");
            took
        })
        .collect();
    times.sort();
    times[times.len() * 99 / 100]
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_requests_are_answered_at_once_and_leave_nothing_in_memory() {
    let world = world().await;
    let serving = world.serve();
    // The first ones fill what is bounded: caches, queues, the room of connections.
    let mut slowest: Vec<Duration> = (0..3).map(|number| round(&serving, number)).collect();
    let before = serving.resident();
    slowest.extend((3..9).map(|number| round(&serving, number)));
    let more = serving.resident().saturating_sub(before);
    // 1 KiB for each would be ten times as much.
    assert!(more < 512, "{before} KiB, and {more} KiB more");
    let honest = serving.ask(&Client::hmac(KEY, SECRET)).await;
    assert_eq!(honest, "ok");
    // Other work on the machine makes rounds slower, and no slow service makes one quick.
    let best = slowest.iter().min().unwrap();
    assert!(*best <= Duration::from_millis(50), "{slowest:?}");
}

/// How many of the answers have a line in the log.
fn logged(answers: &[Answer]) -> usize {
    let log = log();
    let logged = log.split("id=\"").skip(1);
    let logged: HashSet<&str> = logged.filter_map(|it| it.split('"').next()).collect();
    let ids = answers.iter().map(|it| it.field("x-request-id").unwrap());
    ids.filter(|id| logged.contains(id)).count()
}

/// While the store is out of order strangers fill no disk with it.
#[tokio::test(flavor = "multi_thread")]
async fn what_strangers_come_upon_has_a_bounded_number_of_lines() {
    listen();
    let world = World::new().await;
    // The look-ups before a signature, and the pages.
    rusqlite::Connection::open(world.path("countersign.db"))
        .unwrap()
        .execute_batch("DROP TABLE temporary_credentials; DROP TABLE consumers")
        .unwrap();
    let stranger = Client::hmac("nobody", SECRET);
    let page = Unsigned::get("/oauth/authorize?oauth_token=some");
    for (client, request) in [(Some(&stranger), &Unsigned::get("/echo")), (None, &page)] {
        let mut answers = Vec::new();
        for _ in 0..600 {
            let answer = world.send(client, request).await;
            assert_eq!(answer.status, 503, "{answer:?}");
            answers.push(answer);
        }
        assert_eq!(logged(&answers), 500, "{}", request.target);
        world.pass(60);
    }
    let trail = world.read("countersign-audit.log");
    assert_eq!(trail.matches("store_unavailable").count(), 500);
}

/// Whoever saw one signed request can send it again and again, without any key.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_has_a_bounded_number_of_lines() {
    listen();
    let mut world = flow::world().await;
    let over = flow::connect(&world, &mut Browser::default(), "ann", "Demo Ltd").await;
    world.pass(1_801);
    let seen = world.request(Some(&world.client()), &Unsigned::get("/echo"));
    assert_eq!(world.raw(&seen).await.status, 200);
    let mut answers = Vec::new();
    for _ in 0..600 {
        let answer = world.raw(&seen).await;
        assert_eq!(answer.problem(), Some("nonce_used"), "{answer:?}");
        answers.push(answer);
    }
    assert_eq!(logged(&answers), 500);
    // It hides nothing else.
    let stranger = Client::hmac("nobody", SECRET);
    let stranger = world.send(Some(&stranger), &Unsigned::get("/echo")).await;
    assert_eq!(logged(&[stranger]), 1);
    let over = over.call(&world).await;
    assert_eq!(over.problem(), Some("token_expired"), "{over:?}");
    assert_eq!(logged(&[over]), 1);
    world.pass(1);
    world.raw(&seen).await;
    world.stop().await;
    let trail = world.read("countersign-audit.log");
    assert_eq!(trail.matches("cause=\"nonce\"").count(), 501);
    assert_eq!(trail.matches("problem=\"token_expired\"").count(), 1);
    let told = " left_out refused 0 count=\"100\" detail=\"refusals for a nonce\"";
    assert_eq!(trail.matches(told).count(), 1);
}
