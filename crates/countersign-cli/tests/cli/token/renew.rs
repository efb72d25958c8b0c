//! `token renew`: the newest token is never lost, and no two processes renew at once.

use std::io::Read as _;
use std::process::Child;

use super::World;
use crate::request::server::{Server, reply};
use crate::run::{ended, start};

const RENEW: [&str; 4] = ["token", "renew", "--profile", "acme"];

const TOKEN: &str = "token = \"old-token-of-user\"\ntoken_secret = \"canary-old\"\n\
                     session_handle = \"canary-handle\"\n";

fn world(server: &Server) -> World {
    let base = server.url("");
    let world = World::at(&base);
    world.add(&base, TOKEN);
    world
}

fn next() -> String {
    let body = "oauth_token=new-token-of-user&oauth_token_secret=canary-new&oauth_expires_in=1800\
                &oauth_session_handle=canary-next";
    reply("200 OK", "", body)
}

#[test]
fn the_new_token_is_kept_and_the_old_one_beside_it() {
    let server = Server::answering(vec![next()]);
    let world = world(&server);
    let ran = world
        .run(&[&RENEW[..], &["--format", "json"]].concat(), b"")
        .exits(0);
    let document = ran.json();
    assert_eq!(document["token"], "new-... (17 chars)");
    assert_eq!(document["state"], "active");
    let sent = String::from_utf8(server.requests().remove(0)).unwrap();
    assert!(sent.starts_with("POST /access_token "), "{sent}");
    assert!(
        sent.contains("oauth_session_handle=\"canary-handle\""),
        "{sent}"
    );
    let written = world.written();
    let (now, before) = written.split_once("[other.previous]").unwrap();
    assert!(now.contains("token = \"new-token-of-user\""), "{written}");
    assert!(
        now.contains("session_handle = \"canary-next\""),
        "{written}"
    );
    assert!(!now.contains("renewal_began"), "{written}");
    assert!(
        before.contains("token = \"old-token-of-user\""),
        "{written}"
    );
    assert!(
        before.contains("token_secret = \"canary-old\""),
        "{written}"
    );
}

/// The provider would refuse a second renewal: all processes end with the one new token.
#[test]
fn of_many_processes_one_renews() {
    let server = Server::answering(vec![
        next(),
        reply("401 No", "", "oauth_problem=token_rejected"),
    ]);
    let world = world(&server);
    // The lock is held until all have read the old token and wait.
    let lock = world.files().path().join("config/profiles/.lock");
    let lock = std::fs::File::open(lock).unwrap();
    lock.lock().unwrap();
    let variables = [("COUNTERSIGN_CONFIG_DIR", world.config())];
    let mut children: Vec<Child> = (0..8)
        .map(|_| start(world.files().path(), &RENEW, &variables))
        .collect();
    for child in &mut children {
        let mut line = [0; 14];
        child
            .stderr
            .as_mut()
            .unwrap()
            .read_exact(&mut line)
            .unwrap();
        assert_eq!(&line, b"another proces");
    }
    lock.unlock().unwrap();
    let ran = children.into_iter().map(|child| ended(&RENEW, child));
    let codes: Vec<i32> = ran.map(|ran| ran.code).collect();
    assert_eq!(codes, [0; 8]);
    assert_eq!(server.requests().len(), 1);
    assert!(world.written().contains("token = \"new-token-of-user\""));
}

/// The answer is lost: that is known, and what a strict provider says then is the truth.
#[test]
fn a_lost_answer_is_known_as_such() {
    let server = Server::answering(vec![String::new()]);
    let lost = world(&server);
    let ran = lost.run(&RENEW, b"").exits(3);
    assert!(ran.err.contains("not known"), "{}", ran.err);
    server.requests();
    assert!(lost.written().contains("renewal_began = "));
    assert!(lost.written().contains("old-token-of-user"));
    assert_eq!(lost.state(), "renewal_unknown");

    // A graceful provider gives the same token again; a strict one refuses.
    let again = |answer: String| {
        let server = Server::answering(vec![answer]);
        let world = World::at(&server.url(""));
        let began = format!("{TOKEN}renewal_began = 1700000000\n");
        world.add(&server.url(""), &began);
        (world, server)
    };
    let (graceful, server) = again(next());
    graceful.run(&RENEW, b"").exits(0);
    assert_eq!(graceful.state(), "active");
    server.requests();
    let (strict, server) = again(reply("401 No", "", "oauth_problem=token_rejected"));
    let ran = strict.run(&RENEW, b"").exits(1);
    assert!(
        ran.err
            .contains("a renewal begun at 2023-11-14T22:13:20Z had no answer"),
        "{}",
        ran.err
    );
    assert!(
        ran.out
            .contains("countersign token authorize --profile acme"),
        "{}",
        ran.out
    );
    assert_eq!(strict.state(), "lost");
    assert!(strict.written().contains("old-token-of-user"));
    server.requests();
}

/// Killed while the answer is under way: the intent is durable, the lock is gone with the process.
#[test]
fn a_killed_renewal_leaves_its_intent() {
    let (tell, asked) = std::sync::mpsc::channel();
    let (go_on, killed) = std::sync::mpsc::channel();
    let server = Server::meanwhile(vec![next(), next()], move |before| {
        if before == 0 {
            tell.send(()).unwrap();
            killed.recv().unwrap();
        }
    });
    let world = world(&server);
    let variables = [("COUNTERSIGN_CONFIG_DIR", world.config())];
    let mut child = start(world.files().path(), &RENEW, &variables);
    asked.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(world.state(), "renewal_unknown");
    assert!(world.written().contains("token = \"old-token-of-user\""));
    go_on.send(()).unwrap();
    // A graceful provider gives the token that nobody got.
    world.run(&RENEW, b"").exits(0);
    assert_eq!(world.state(), "active");
    assert!(world.written().contains("token = \"new-token-of-user\""));
    assert_eq!(server.requests().len(), 2);
}

/// A fault says nothing against the token, whatever its body claims.
#[test]
fn a_fault_changes_no_token() {
    for (answer, state) in [
        (
            reply("503 No", "", "oauth_problem=token_rejected"),
            "renewal_unknown",
        ),
        (reply("200 OK", "", "<html>"), "renewal_unknown"),
        (
            reply("200 OK", "", "oauth_token=new&oauth_token_secret="),
            "renewal_unknown",
        ),
        (
            reply("401 No", "", "oauth_problem=consumer_key_refused"),
            "active",
        ),
    ] {
        let server = Server::answering(vec![answer.clone()]);
        let world = world(&server);
        world.run(&RENEW, b"").exits(1);
        assert_eq!(world.state(), state, "{answer}");
        assert!(world.written().contains("token = \"old-token-of-user\""));
        server.requests();
    }
}

/// A grant that is gone stays gone, whatever an attempt after it comes to.
#[test]
fn a_lost_grant_stays_lost() {
    let server = Server::answering(vec![
        reply("401 No", "", "oauth_problem=token_rejected"),
        reply("401 No", "", "oauth_problem=consumer_key_refused"),
        next(),
    ]);
    let world = world(&server);
    for _ in 0..2 {
        world.run(&RENEW, b"").exits(1);
        assert_eq!(world.state(), "lost");
    }
    world.run(&RENEW, b"").exits(0);
    assert_eq!(world.state(), "active");
    server.requests();
}

/// What became of a renewal without an answer is not told by the refusal of another.
#[test]
fn a_lost_answer_is_not_forgotten() {
    let refused = || reply("401 No", "", "oauth_problem=consumer_key_refused");
    let server = Server::answering(vec![
        refused(),
        reply("503 No", "", ""),
        refused(),
        reply("401 No", "", "oauth_problem=token_rejected"),
    ]);
    let base = server.url("");
    let world = World::at(&base);
    world.add(&base, &format!("{TOKEN}renewal_began = 1700000000\n"));
    for _ in 0..3 {
        world.run(&RENEW, b"").exits(1);
        assert_eq!(world.state(), "renewal_unknown");
        assert!(world.written().contains("renewal_began = 1700000000\n"));
    }
    let ran = world.run(&RENEW, b"").exits(1);
    let told = "a renewal begun at 2023-11-14T22:13:20Z had no answer";
    assert!(ran.err.contains(told), "{}", ran.err);
    assert_eq!(world.state(), "lost");
    assert!(!world.written().contains("renewal_began"));
    server.requests();
}

#[test]
fn a_cause_that_comes_again_is_told() {
    let refused = || reply("401 No", "", "oauth_problem=token_rejected");
    let server = Server::answering(vec![refused(), refused()]);
    let world = world(&server);
    let history = ["token", "status", "--profile", "acme", "--history"];
    world.run(&RENEW, b"").exits(1);
    let ran = world.run(&history, b"").exits(1);
    assert!(!ran.out.contains("2 times"), "{}", ran.out);
    world.run(&RENEW, b"").exits(1);
    let ran = world.run(&history, b"").exits(1);
    assert!(
        ran.out.contains("lost 2 times for token_rejected"),
        "{}",
        ran.out
    );
    let json = world.run(&[&history[..], &["--format", "json"]].concat(), b"");
    let document = json.exits(1).json();
    assert_eq!(document["repeated"]["times"], 2);
    assert_eq!(document["history"].as_array().unwrap().len(), 2);
    server.requests();
    // A profile that takes its place begins anew, and one that is gone leaves nothing.
    world.add("http://127.0.0.1:9", TOKEN);
    assert_eq!(world.state(), "active");
    world.run(&["profile", "remove", "acme"], b"").exits(0);
    let left = std::fs::read_dir(format!("{}/profiles", world.config())).unwrap();
    assert_eq!(left.count(), 1, "the lock alone");
}
