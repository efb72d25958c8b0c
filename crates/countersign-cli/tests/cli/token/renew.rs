//! `token renew`: the newest token is never lost.

use super::World;
use super::provider::{GOOD, Provider, token};
use crate::request::server::{Server, reply};

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
    let row = world.kept().found().row.row.clone();
    assert_eq!(row.credentials.token.expose_secret(), "new-token-of-user");
    let handle = row.credentials.session_handle.as_ref().unwrap();
    assert_eq!(handle.expose_secret(), "canary-next");
    let before = row.previous.as_ref().unwrap();
    assert_eq!(before.token.expose_secret(), "old-token-of-user");
    assert_eq!(before.secret.expose_secret(), "canary-old");
    // The doctor may try it, as it may any other set of the profile.
    let show = world.run(&["profile", "show", "acme"], b"").exits(0);
    assert!(show.out.contains("previous"), "{}", show.out);
}

/// No answer at all: that is known, and nothing is lost.
#[test]
fn a_lost_answer_is_known_as_such() {
    let server = Server::answering(vec![String::new()]);
    let lost = world(&server);
    let ran = lost.run(&RENEW, b"").exits(3);
    assert!(ran.err.contains("not known"), "{}", ran.err);
    server.requests();
    assert_eq!(lost.kept().token(), "old-token-of-user");
    assert_eq!(lost.state(), "renewal_unknown");
    // Nothing went out where nobody listens.
    let world = World::at("http://127.0.0.1:9");
    world.add("http://127.0.0.1:9", TOKEN);
    let ran = world.run(&RENEW, b"").exits(3);
    assert!(!ran.err.contains("not known"), "{}", ran.err);
    assert_eq!(world.state(), "active");
}

/// A doubt from before there was a store: a graceful provider gives the same token again, a strict one
/// refuses.
#[test]
fn a_doubt_that_was_moved_is_settled() {
    for is_strict in [false, true] {
        let answer = if is_strict {
            reply("401 No", "", "oauth_problem=token_rejected")
        } else {
            next()
        };
        let server = Server::answering(vec![answer]);
        let base = server.url("");
        let world = World::at(&base);
        world.add(&base, &format!("{TOKEN}renewal_began = 1700000000\n"));
        let ran = world.run(&RENEW, b"").exits(i32::from(is_strict));
        server.requests();
        if !is_strict {
            assert_eq!(world.state(), "active");
            continue;
        }
        let told = "a renewal begun at 2023-11-14T22:13:20Z had no answer";
        assert!(ran.err.contains(told), "{}", ran.err);
        let next = "countersign token authorize --profile acme";
        assert!(ran.out.contains(next), "{}", ran.out);
        assert_eq!(world.state(), "lost");
        assert_eq!(world.kept().token(), "old-token-of-user");
    }
}

/// A fault says nothing against the token, whatever its body claims.
#[test]
fn a_fault_changes_no_token() {
    for (answer, code, state) in [
        (
            reply("503 No", "", "oauth_problem=token_rejected"),
            1,
            "renewal_unknown",
        ),
        // What is no token is asked for once more, and here nobody is left to answer.
        (reply("200 OK", "", "<html>"), 3, "renewal_unknown"),
        (
            reply("200 OK", "", "oauth_token=new&oauth_token_secret="),
            3,
            "renewal_unknown",
        ),
        (
            reply("401 No", "", "oauth_problem=consumer_key_refused"),
            1,
            "active",
        ),
    ] {
        let server = Server::answering(vec![answer.clone()]);
        let world = world(&server);
        world.run(&RENEW, b"").exits(code);
        assert_eq!(world.state(), state, "{answer}");
        assert_eq!(world.kept().token(), "old-token-of-user");
        server.requests();
    }
}

/// A token in an answer that can't be read is lost: the provider is asked for one that can.
#[test]
fn an_answer_is_asked_for_as_it_is() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    provider.set(|state| state.compresses = true);
    world.run(&RENEW, b"").exits(0);
    assert_eq!(world.kept().token(), token(2));
    assert_eq!(provider.set(|state| state.renewals), 1);
}

/// Whoever sent something does not say that nothing was sent.
#[test]
fn a_token_that_another_process_brought_is_told_as_such() {
    use std::sync::{Arc, Mutex};

    use countersign_clock::system;
    use countersign_key::Secret;
    use countersign_store::testing::block_on;
    use countersign_store::{ConnectionChange, ConnectionStore as _, Expected, TokenCredentials};
    use countersign_token::{Generation, Notice};

    use super::kept::Kept;

    let config = Arc::new(Mutex::new(String::new()));
    let there = Arc::clone(&config);
    let server = Server::meanwhile(vec![String::new()], move |_| {
        let kept = Kept::open(&there.lock().unwrap());
        let found = kept.found();
        let mut row = found.row.row.clone();
        row.life = row.life.on(Notice::Answered(Generation::new(2))).0;
        let secret = |text: &str| Arc::new(Secret::new(text));
        let next = TokenCredentials::new(secret("new-token"), secret("canary"), system::now());
        row.previous = Some(core::mem::replace(&mut row.credentials, next));
        let change = ConnectionChange::new(Expected::Version(found.row.version), row);
        let _done = block_on(kept.store.commit(change)).unwrap();
    });
    let world = world(&server);
    world.config().clone_into(&mut config.lock().unwrap());
    let ran = world.run(&RENEW, b"").exits(0);
    assert!(ran.err.contains("got no answer"), "{}", ran.err);
    assert!(!ran.err.contains("nothing was sent"), "{}", ran.err);
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
    }
    let ran = world.run(&RENEW, b"").exits(1);
    assert!(ran.err.contains("had no answer"), "{}", ran.err);
    assert_eq!(world.state(), "lost");
    server.requests();
}

/// A grant that is gone is not asked for again; the user's authorisation brings another.
#[test]
fn a_lost_grant_stays_lost_until_the_user_authorises() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    provider.set(|state| state.revoked = true);
    for _ in 0..2 {
        world.run(&RENEW, b"").exits(1);
        assert_eq!(world.state(), "lost");
    }
    assert_eq!(provider.set(|state| state.renewals), 1);
    // A profile that takes its place begins anew, and one that is gone leaves nothing.
    provider.set(|state| state.revoked = false);
    world.add(&provider.base, GOOD);
    assert_eq!(world.state(), "active");
    world.run(&RENEW, b"").exits(0);
    assert_eq!(world.kept().token(), token(2));
    world.run(&["profile", "remove", "acme"], b"").exits(0);
    let left = std::fs::read_dir(format!("{}/profiles", world.config())).unwrap();
    assert_eq!(left.count(), 1, "the lock alone");
    assert!(world.kept().find().is_none());
}
