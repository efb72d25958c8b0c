//! A service that is killed under load, and one that is told to stop.

use std::collections::HashSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::mpsc::{Sender, channel};

use countersign_key::Secret;
use countersign_server::{ConsumerEntryKind, NewConsumer, NewKeys, TokenKind};

use crate::support::beside::{Beside, Serving, request};
use crate::support::{Answer, Client, FORM, Unsigned};

const KEY: &str = "photo-printer";
const SECRET: &str = "a secret of the consumer's own";

/// How many rounds: 20 unless it is set.
const ROUNDS: &str = "COUNTERSIGN_KILL_ROUNDS";

/// How many clients ask at once.
const CLIENTS: usize = 4;

/// The longest that a start may take, in milliseconds.
const START: u64 = 1_000;

async fn world() -> Beside {
    let world = Beside::new("").await;
    let keys = NewKeys::Secret(Secret::new(SECRET));
    let mut new = NewConsumer::new(KEY, ConsumerEntryKind::Public, keys);
    new.callbacks = vec!["oob".to_owned()];
    new.two_legged = true;
    world.admin().add_consumer(new).await.unwrap();
    world
}

/// What a request came to.
struct Sent {
    bytes: Vec<u8>,
    /// `None` if the service died before it answered in full.
    answer: Option<Answer>,
}

fn send(serving: &Serving, bytes: Vec<u8>) -> Sent {
    let answer = serving.send(&bytes);
    Sent { bytes, answer }
}

/// Sends, until the service is gone; every third request asks for a token.
fn load(serving: &Serving, sent: &Sender<Sent>) {
    let client = Client::hmac(KEY, SECRET);
    let ask = Unsigned {
        callback: Some("oob"),
        ..Unsigned::post("/oauth/RequestToken", FORM, b"")
    };
    for number in 0.. {
        let unsigned = if number % 3 == 0 {
            ask
        } else {
            Unsigned::get("/echo")
        };
        let done = send(serving, request(&client, &unsigned));
        let is_over = done.answer.is_none();
        // Whoever listens has heard enough.
        let _gone = sent.send(done);
        if is_over {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::disallowed_methods,
    reason = "how many rounds are run is up to the caller"
)]
async fn nothing_is_accepted_twice_and_no_token_is_lost_by_kills() {
    let rounds = std::env::var(ROUNDS).ok().and_then(|it| it.parse().ok());
    let world = world().await;
    let (mut accepted, mut tokens) = (Vec::new(), HashSet::new());
    let mut moment = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..rounds.unwrap_or(20) {
        let mut serving = world.serve();
        assert!(
            serving.opened_in < START,
            "round {round}: {} ms",
            serving.opened_in
        );
        moment = moment
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let before_the_kill = usize::try_from(moment >> 58).unwrap();
        let process = serving.process.id();
        let (sender, sent) = channel();
        let mut unanswered = Vec::new();
        std::thread::scope(|scope| {
            for _ in 0..CLIENTS {
                let (serving, sender) = (&serving, sender.clone());
                scope.spawn(move || load(serving, &sender));
            }
            drop(sender);
            for (number, done) in sent.iter().enumerate() {
                if number == before_the_kill {
                    signal("KILL", process);
                }
                let Some(answer) = done.answer else {
                    unanswered.push(done.bytes);
                    continue;
                };
                assert_eq!(answer.status, 200, "{answer:?}");
                if let Some(token) = answer.value("oauth_token") {
                    assert!(tokens.insert(token.to_owned()), "given out twice");
                }
                accepted.push(done.bytes);
            }
        });
        serving.process.wait().unwrap();
        drop(serving);

        let serving = world.serve();
        assert!(
            serving.opened_in < START,
            "round {round}: {} ms",
            serving.opened_in
        );
        let newest = accepted.len().saturating_sub(64);
        for bytes in &accepted[newest..] {
            let again = send(&serving, bytes.clone()).answer.unwrap();
            assert_eq!(
                again.problem(),
                Some("nonce_used"),
                "round {round}: {again:?}"
            );
        }
        // Accepted before the kill or after it, but not twice.
        for bytes in unanswered {
            send(&serving, bytes.clone());
            let again = send(&serving, bytes).answer.unwrap();
            assert_eq!(
                again.problem(),
                Some("nonce_used"),
                "round {round}: {again:?}"
            );
        }
    }
    let serving = world.serve();
    for bytes in &accepted {
        let again = send(&serving, bytes.clone()).answer.unwrap();
        assert_eq!(again.problem(), Some("nonce_used"), "{again:?}");
    }
    let admin = world.admin();
    assert!(
        tokens.len() > 5 && accepted.len() > 40,
        "{} {}",
        tokens.len(),
        accepted.len()
    );
    for token in &tokens {
        let row = admin
            .token(token)
            .await
            .expect("a token that was given out");
        assert_eq!(row.kind, TokenKind::Temporary);
    }
}

fn signal(name: &str, process: u32) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &process.to_string()])
        .status();
    assert!(sent.unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_is_answered_after_sigterm() {
    let world = world().await;
    let mut serving = world.serve();
    let client = Client::hmac(KEY, SECRET);
    let bytes = request(&client, &Unsigned::post("/echo", FORM, b"size=original"));
    let (first, rest) = bytes.split_at(bytes.len() - 4);
    let mut slow = TcpStream::connect(serving.address).unwrap();
    slow.write_all(first).unwrap();
    // Answered, so that the connection before it was accepted as well.
    assert_eq!(serving.ask(&client).await, "ok");
    signal("TERM", serving.process.id());
    while TcpStream::connect(serving.address).is_ok() {
        tokio::time::sleep(core::time::Duration::from_millis(5)).await;
    }
    slow.write_all(rest).unwrap();
    let mut answer = Vec::new();
    slow.read_to_end(&mut answer).unwrap();
    let answer = Answer::parse(&answer);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(serving.process.wait().unwrap().success());
}
