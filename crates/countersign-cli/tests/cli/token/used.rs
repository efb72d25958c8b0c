//! `request` with the connection of a profile.

use super::World;
use super::provider::{EXPIRED, GOOD, Provider, token};
use crate::run::Ran;

fn request(world: &World, provider: &Provider, more: &[&str]) -> Ran {
    let url = format!("{}/api", provider.base);
    let request = ["request", "--profile", "acme", &url];
    world.run(&[&request[..], more].concat(), b"")
}

#[test]
fn an_expired_token_is_renewed_and_the_request_sent_once_more() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    provider.set(|state| state.expired = Some(1));
    let document = request(&world, &provider, &["--format", "json"]);
    let document = document.exits(0).json();
    assert_eq!(document["retried"], "token");
    assert_eq!(document["sent"], 2);
    let counts = provider.set(|state| (state.renewals, state.requests));
    assert_eq!(counts, (1, 2));
    assert_eq!(world.kept().token(), token(2));
    assert_eq!(world.kept().previous(), None, "the new one has worked");

    // Once only: a provider that takes the next one for expired too is not asked for ever.
    provider.set(|state| state.expired = Some(2));
    provider.set(|state| state.requests = 0);
    let sent = |state: &super::provider::State| (state.renewals, state.requests);
    provider.set(|state| state.expired = Some(2));
    let ran = request(&world, &provider, &["--no-retry"]).exits(1);
    assert!(ran.err.contains("token_expired"), "{}", ran.err);
    assert_eq!(provider.set(|state| sent(state)), (1, 1));
}

/// Nothing is sent with a token whose time is known to be over.
#[test]
fn a_token_whose_time_is_over_is_renewed_first() {
    let provider = Provider::start();
    let world = provider.world(EXPIRED);
    let ran = request(&world, &provider, &[]).exits(0);
    assert!(ran.err.contains("the token was renewed"), "{}", ran.err);
    let counts = provider.set(|state| (state.renewals, state.requests));
    assert_eq!(counts, (1, 1));
    // What is not asked for changes nothing.
    let before = world.kept().generation();
    request(&world, &provider, &["--dry-run"]).exits(0);
    assert_eq!(world.kept().generation(), before);
}

/// Nothing can be renewed, so nothing is sent.
#[test]
fn a_token_whose_time_is_over_is_not_sent_if_it_was_not_renewed() {
    let world = World::at("http://127.0.0.1:9");
    world.add("http://127.0.0.1:9", EXPIRED);
    let request = ["request", "--profile", "acme", "http://127.0.0.1:9/"];
    let ran = world.run(&request, b"").exits(3);
    assert!(ran.err.contains("not_sent"), "{}", ran.err);
    assert_eq!(world.kept().token(), token(1));
    assert_eq!(world.state(), "expired");
}

#[test]
fn a_lost_grant_asks_for_another_and_is_remembered() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    request(&world, &provider, &[]).exits(0);
    provider.set(|state| state.revoked = true);
    let next = "next: countersign token authorize --profile acme";
    let ran = request(&world, &provider, &[]).exits(1);
    assert!(ran.err.contains(next), "{}", ran.err);
    assert!(
        ran.err.contains("acme is no longer connected"),
        "{}",
        ran.err
    );
    assert_eq!(ran.err.matches(next).count(), 1, "{}", ran.err);
    assert_eq!(world.state(), "lost");
    // From now on nothing is sent.
    let before = provider.set(|state| state.requests);
    let ran = request(&world, &provider, &[]).exits(4);
    assert!(ran.err.contains(next), "{}", ran.err);
    assert_eq!(provider.set(|state| state.requests), before);
    // Nor is anything renewed.
    let renew = ["token", "renew", "--profile", "acme"];
    let ran = world.run(&renew, b"").exits(1);
    assert!(ran.out.contains(next), "{}", ran.out);
    assert_eq!(provider.set(|state| state.renewals), 0);
}

/// The first refusal is not believed: another process has renewed meanwhile.
#[test]
fn what_another_process_brought_is_taken() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    request(&world, &provider, &[]).exits(0);
    let lines = world.written();
    // As an application does that has no part in the store: the token is superseded.
    provider.set(|state| state.generation = 2);
    let ran = request(&world, &provider, &[]).exits(1);
    assert!(ran.err.contains("token_rejected"), "{}", ran.err);
    assert_eq!(world.state(), "lost");
    // What is written into the file by hand counts, and nothing is lost of what was there.
    let by_hand = format!(
        "token = \"{}\"\ntoken_secret = \"canary-2\"\n{lines}",
        token(2)
    );
    world.files().write("config/profiles/acme.toml", by_hand);
    request(&world, &provider, &[]).exits(0);
    assert_eq!(world.state(), "active");
    assert_eq!(world.kept().generation(), 2);
    let written = world.written();
    let (now, before) = written.split_once("[other.previous]").unwrap();
    assert!(!now.contains("token = "), "{written}");
    assert!(before.contains(&token(1)), "{written}");
}

/// Who loses the grant for the same cause again and again is warned.
#[test]
fn a_cause_that_comes_again_is_a_warning() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    let lines = world.written();
    for times in 1..=3 {
        provider.set(|state| state.revoked = false);
        // The user authorised again; what came is written in by hand here.
        let other = format!("token-{times}-of-the-user");
        provider.set(|state| state.generation = times);
        let again = lines.replace("token-1-of-the-user", &other);
        world.files().write("config/profiles/acme.toml", again);
        request(&world, &provider, &[]).exits(0);
        provider.set(|state| state.revoked = true);
        let ran = request(&world, &provider, &[]).exits(1);
        let warned = ran.err.contains(&format!("lost {times} times in a row"));
        assert_eq!(warned, times > 1, "{}", ran.err);
    }
    let status = ["token", "status", "--profile", "acme", "--history"];
    let ran = world.run(&status, b"").exits(1);
    assert!(
        ran.out
            .contains("warning: the grant was lost 3 times in a row for token_rejected"),
        "{}",
        ran.out
    );
    assert_eq!(ran.out.matches("\nlost ").count(), 3, "{}", ran.out);
}

/// As HTTP writes a time; the year is far enough from any test.
const LONG_AGO: &str = "Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n";

/// A clock that is off is warned of, once a day, also where nothing was refused.
#[test]
fn a_clock_that_is_off_is_a_warning_once_a_day() {
    use crate::request::server::{Server, reply};

    let answers = || vec![reply("200 OK", LONG_AGO, ""), reply("200 OK", LONG_AGO, "")];
    let server = Server::answering(answers());
    let world = World::new(&server);
    let url = server.url("/");
    let request = ["request", "--profile", "acme", &url];
    let told = "warning: this machine's clock is ";
    let ran = world.run(&request, b"").exits(0);
    assert!(ran.err.contains(told), "{}", ran.err);
    assert!(
        ran.err.contains(" s ahead of the provider's"),
        "{}",
        ran.err
    );
    let ran = world.run(&request, b"").exits(0);
    assert!(!ran.err.contains(told), "{}", ran.err);
    server.requests();
    // A day later it is.
    let before = countersign_clock::system::now()
        .saturating_add(-86_400)
        .seconds();
    let note = format!("{{\"clock\":{before}}}");
    let server = Server::answering(answers());
    let url = server.url("/");
    world.add(&server.url(""), "");
    world.files().write("config/profiles/acme.told.json", note);
    let ran = world
        .run(&["request", "--profile", "acme", &url], b"")
        .exits(0);
    assert!(ran.err.contains(told), "{}", ran.err);
    // Out of a cache: the date is that of another answer.
    server.requests();
    let cached = format!("{LONG_AGO}Age: 1\r\n");
    let server = Server::answering(vec![reply("200 OK", &cached, "")]);
    let url = server.url("/");
    world.add(&server.url(""), "");
    let ran = world
        .run(&["request", "--profile", "acme", &url], b"")
        .exits(0);
    assert_eq!(ran.err, "");
    server.requests();
}

#[test]
fn a_certificate_that_ends_is_a_warning_once_a_day() {
    use crate::request::server::{Server, reply};

    let world = World::at("http://127.0.0.1:9");
    for (days, is_told) in [("10", true), ("400", false)] {
        let certificate = ["cert", "new", "--cn", "acme", "--days", days];
        let out = [
            "--private-key",
            "acme.key.pem",
            "-o",
            "acme.cer.pem",
            "--force",
        ];
        world.run(&[&certificate[..], &out].concat(), b"").exits(0);
        world.files().write(
            "rsa.toml",
            "consumer_key = \"k\"\nprivate_key = \"acme.key.pem\"\ncertificate = \"acme.cer.pem\"\n",
        );
        let add = ["profile", "add", "rsa", "--force", "--keys", "rsa.toml"];
        world.run(&add, b"").exits(0);
        let told = "warning: the certificate of rsa ends in ";
        let server = Server::answering(vec![reply("200 OK", "", ""), reply("200 OK", "", "")]);
        let url = server.url("/");
        for first in [true, false] {
            let ran = world
                .run(&["request", "--profile", "rsa", &url], b"")
                .exits(0);
            assert_eq!(ran.err.contains(told), is_told && first, "{}", ran.err);
        }
        server.requests();
    }
}

/// In a chain those of the issuers end later, and nothing is signed under them.
#[test]
fn the_end_of_an_issuers_certificate_hides_none() {
    use crate::request::server::{Server, reply};

    let server = Server::answering(vec![reply("200 OK", "", "")]);
    let world = World::new(&server);
    for (name, days) in [("leaf", "10"), ("issuer", "4000")] {
        let (key, out) = (format!("{name}.key.pem"), format!("{name}.cer.pem"));
        let certificate = ["cert", "new", "--cn", name, "--days", days];
        let files = ["--private-key", &key, "-o", &out];
        world
            .run(&[&certificate[..], &files].concat(), b"")
            .exits(0);
    }
    let read = |name: &str| std::fs::read_to_string(world.files().path().join(name)).unwrap();
    let chain = format!("{}{}", read("leaf.cer.pem"), read("issuer.cer.pem"));
    world.files().write("chain.pem", chain);
    world.files().write(
        "rsa.toml",
        "consumer_key = \"k\"\nprivate_key = \"leaf.key.pem\"\ncertificate = \"chain.pem\"\n",
    );
    let add = ["profile", "add", "rsa", "--keys", "rsa.toml"];
    world.run(&add, b"").exits(0);
    let ran = world
        .run(&["request", "--profile", "rsa", &server.url("/")], b"")
        .exits(0);
    let told = "warning: the certificate of rsa ends in ";
    assert!(ran.err.contains(told), "{}", ran.err);
    server.requests();
}

/// A refusal whose body breaks off is a refusal, by its head.
#[test]
fn a_refusal_that_breaks_off_is_shown() {
    use crate::request::server::Server;

    let half = "HTTP/1.1 401 No\r\nWWW-Authenticate: OAuth oauth_problem=\"token_rejected\"\r\n\
                Content-Length: 999\r\nConnection: close\r\n\r\noauth_pro";
    let server = Server::answering(vec![half.to_owned()]);
    let world = World::new(&server);
    world.add(&server.url(""), GOOD);
    let url = server.url("/");
    let ran = world
        .run(&["request", "--profile", "acme", &url], b"")
        .exits(1);
    assert!(ran.err.contains("broke off"), "{}", ran.err);
    assert!(
        ran.err.contains("acme is no longer connected"),
        "{}",
        ran.err
    );
    server.requests();
    assert_eq!(world.state(), "lost");
}

/// A profile that is gone by then hides no answer.
#[test]
fn the_providers_answer_is_shown_whatever_became_of_the_profile() {
    use std::path::PathBuf;
    use std::sync::{Arc, Mutex};

    use crate::request::server::{Server, reply};

    let profile = Arc::new(Mutex::new(PathBuf::new()));
    let there = Arc::clone(&profile);
    let refused = reply("401 No", "", "oauth_problem=token_rejected");
    let server = Server::meanwhile(vec![refused], move |_| {
        std::fs::remove_file(&*there.lock().unwrap()).unwrap();
    });
    let world = World::new(&server);
    world.add(&server.url(""), GOOD);
    *profile.lock().unwrap() = world.files().path().join("config/profiles/acme.toml");
    let url = server.url("/");
    let ran = world
        .run(&["request", "--profile", "acme", &url], b"")
        .exits(1);
    assert!(
        ran.out.contains("oauth_problem=token_rejected"),
        "{}",
        ran.out
    );
    assert!(ran.err.contains("there is no profile acme"), "{}", ran.err);
    server.requests();
}

/// The provider's own word is remembered.
#[test]
fn a_revoked_token_is_called_revoked() {
    use crate::request::server::{Server, reply};

    let refused = reply("401 No", "", "oauth_problem=token_revoked");
    let server = Server::answering(vec![refused]);
    let world = World::new(&server);
    world.add(&server.url(""), GOOD);
    let url = server.url("/");
    world
        .run(&["request", "--profile", "acme", &url], b"")
        .exits(1);
    server.requests();
    let status = ["token", "status", "--profile", "acme", "--history"];
    let ran = world.run(&status, b"").exits(1);
    assert!(ran.out.contains("  revoked\n"), "{}", ran.out);
}
