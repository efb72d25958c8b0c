//! Tokens that end while the proxy runs.
#![cfg(unix)]

use super::Proxy;
use crate::request::server::{Server, reply};
use crate::token::World;
use crate::token::provider::{EXPIRED, GOOD, Provider, token};

const TOKEN: &str = "token = \"old-token-of-user\"\ntoken_secret = \"canary-old\"\n";

fn refused(problem: &str) -> String {
    reply("401 Unauthorized", "", &format!("oauth_problem={problem}"))
}

pub(super) fn start(world: &World, upstream: &str) -> Proxy {
    let arguments = ["--profile", "acme", "--upstream", upstream];
    let variables = [("COUNTERSIGN_CONFIG_DIR", world.config())];
    Proxy::start_with(world.files().path(), &arguments, &variables)
}

#[test]
fn an_expired_token_is_renewed_and_the_request_sent_once_more() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    provider.set(|state| state.expired = Some(1));
    let proxy = start(&world, &provider.base);
    assert_eq!(proxy.facts["has_token"], true);
    // Refused before it was looked at, it had no effect.
    assert_eq!(proxy.ask("POST /a", "", "b=c").body, "served");
    assert_eq!(proxy.get("/d").body, "served");
    proxy.stop();
    let counts = provider.set(|state| (state.renewals, state.requests));
    assert_eq!(counts, (1, 3));
    assert_eq!(world.kept().token(), token(2));
    assert_eq!(world.kept().previous(), None, "the new one has worked");
}

/// What is called expired whatever it is is not renewed with every request.
#[test]
fn a_token_that_never_worked_is_not_renewed_again() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    provider.set(|state| state.expired = Some(u64::MAX));
    let proxy = start(&world, &provider.base);
    for at in 0..4 {
        let answer = proxy.get(&format!("/{at}"));
        assert_eq!(answer.body, "oauth_problem=token_expired", "{answer:?}");
    }
    assert_eq!(provider.set(|state| state.renewals), 1);
    let log = proxy.stop();
    assert!(log.contains("renewed a moment ago"), "{log}");
}

/// Nothing is sent with a token whose time is known to be over, and of many requests one renews it.
#[test]
fn a_token_whose_time_is_over_is_renewed_first_and_once() {
    let provider = Provider::start();
    let world = provider.world(EXPIRED);
    let proxy = start(&world, &provider.base);
    std::thread::scope(|scope| {
        for at in 0..8 {
            let proxy = &proxy;
            scope.spawn(move || assert_eq!(proxy.get(&format!("/{at}")).body, "served"));
        }
    });
    // So it is while requests are under way.
    provider.set(|state| state.expired = Some(2));
    std::thread::scope(|scope| {
        for at in 0..8 {
            let proxy = &proxy;
            scope.spawn(move || assert_eq!(proxy.get(&format!("/{at}")).body, "served"));
        }
    });
    proxy.stop();
    assert_eq!(provider.set(|state| state.renewals), 2);
    assert_eq!(world.kept().token(), token(3));
}

/// Nothing can be renewed, so nothing is sent.
#[test]
fn a_token_whose_time_is_over_is_not_sent_if_it_was_not_renewed() {
    let world = World::at("http://127.0.0.1:9");
    world.add("http://127.0.0.1:9", EXPIRED);
    let server = Server::answering(vec![reply("200 OK", "", "")]);
    let proxy = start(&world, &server.url(""));
    let answer = proxy.get("/");
    answer.is_own(503, "proxy_internal_error", "it was not renewed");
    // What the system says of it, as `request` does.
    assert!(answer.body.contains("refused"), "{answer:?}");
    proxy.stop();
    assert!(server.requests().is_empty());
}

/// A grant that was lost is asked for with nothing, until the user has come back.
#[test]
fn a_lost_grant_is_told_and_one_that_is_back_is_used() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    let proxy = start(&world, &provider.base);
    assert_eq!(proxy.get("/a").body, "served");
    provider.set(|state| state.revoked = true);
    // The provider's own word first,
    let answer = proxy.get("/b");
    assert_eq!(answer.status, 401);
    assert_eq!(answer.body, "oauth_problem=token_rejected");
    let before = provider.set(|state| state.requests);
    // then nothing is sent any more.
    let next = "countersign token authorize --profile acme";
    proxy.get("/c").is_own(503, "proxy_internal_error", next);
    assert_eq!(provider.set(|state| state.requests), before);
    assert_eq!(world.state(), "lost");
    provider.set(|state| (state.revoked, state.generation) = (false, 7));
    let lines = world.written();
    let back = format!("token = \"{}\"\ntoken_secret = \"canary-7\"\n", token(7));
    let profile = "config/profiles/acme.toml";
    world.files().write(profile, format!("{back}{lines}"));
    let url = format!("{}/api", provider.base);
    let request = ["request", "--profile", "acme", &url];
    world.run(&request, b"").exits(0);
    assert_eq!(proxy.get("/d").body, "served");
    let log = proxy.stop();
    assert_eq!(log.matches(next).count(), 2, "{log}");
}

/// The profile's applications elsewhere go on with a token that a stranger refused.
#[test]
fn what_a_stranger_says_of_the_token_counts_for_nothing() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    let stranger = Server::answering(vec![
        refused("token_rejected"),
        refused("token_expired"),
        reply("200 OK", "", "served"),
    ]);
    let proxy = start(&world, &stranger.url(""));
    assert_eq!(proxy.get("/a").body, "oauth_problem=token_rejected");
    assert_eq!(proxy.get("/b").body, "oauth_problem=token_expired");
    assert_eq!(proxy.get("/c").body, "served");
    let log = proxy.stop();
    assert!(log.contains("counts for nothing"), "{log}");
    assert_eq!(stranger.requests().len(), 3);
    assert_eq!(provider.set(|state| state.renewals), 0);
    assert_eq!(world.state(), "active");
    assert_eq!(world.kept().token(), token(1));
}

/// A profile that had no token when the proxy started, and no store.
#[test]
fn a_token_that_is_authorised_later_is_used() {
    let provider = Provider::start();
    let world = World::at(&provider.base);
    let proxy = start(&world, &provider.base);
    assert_eq!(proxy.facts["has_token"], false);
    assert_eq!(proxy.get("/a").status, 401);
    let lines = world.written();
    world
        .files()
        .write("config/profiles/acme.toml", format!("{GOOD}{lines}"));
    let url = format!("{}/api", provider.base);
    world
        .run(&["request", "--profile", "acme", &url], b"")
        .exits(0);
    assert_eq!(proxy.get("/b").body, "served");
    proxy.stop();
}

/// Every line of a log in JSON is a document, whatever else is told meanwhile.
#[test]
fn notes_are_lines_of_the_log() {
    let provider = Provider::start();
    let world = provider.world(EXPIRED);
    provider.set(|state| state.holds = true);
    let (one, other) = (start(&world, &provider.base), start(&world, &provider.base));
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| one.get("/a").body);
        provider.until(|state| state.renewals == 1);
        // The second process finds that the first renews, and waits for it.
        let waits = scope.spawn(|| other.get("/b").body);
        std::thread::sleep(core::time::Duration::from_secs(3));
        provider.set(|state| state.holds = false);
        assert_eq!(asked.join().unwrap(), "served");
        assert_eq!(waits.join().unwrap(), "served");
    });
    one.stop();
    let log = other.stop();
    assert!(
        log.contains("another process seems to be renewing"),
        "{log}"
    );
    for line in log.lines() {
        let line: Result<serde_json::Value, _> = serde_json::from_str(line);
        assert!(line.is_ok(), "{log}");
    }
}

/// Waits for other processes may lie days apart.
#[test]
fn a_second_wait_is_told_too() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    let proxy = start(&world, &provider.base);
    assert_eq!(proxy.get("/a").body, "served");
    let kept = world.kept();
    for generation in [1, 2] {
        kept.take_lease();
        provider.set(|state| state.expired = Some(generation));
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| proxy.get("/b").body);
            std::thread::sleep(core::time::Duration::from_secs(4));
            kept.end_lease();
            assert_eq!(waits.join().unwrap(), "served");
        });
        std::thread::sleep(core::time::Duration::from_millis(1500));
    }
    let log = proxy.stop();
    assert_eq!(log.matches("another process seems").count(), 2, "{log}");
}

/// A profile that is gone signs nothing, though its token was known at the start.
#[test]
fn a_profile_that_was_removed_signs_nothing_more() {
    for asks_before in [false, true] {
        let provider = Provider::start();
        let world = provider.world(GOOD);
        let proxy = start(&world, &provider.base);
        if asks_before {
            assert_eq!(proxy.get("/a").body, "served");
        }
        let before = provider.set(|state| state.requests);
        world.run(&["profile", "remove", "acme"], b"").exits(0);
        let next = "countersign token authorize --profile acme";
        proxy.get("/b").is_own(503, "proxy_internal_error", next);
        assert_eq!(provider.set(|state| state.requests), before);
        proxy.stop();
    }
}

/// What another process has put into the profile counts.
#[test]
fn a_token_that_another_process_got_is_taken_over() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    let proxy = start(&world, &provider.base);
    assert_eq!(proxy.get("/a").body, "served");
    provider.set(|state| state.generation = 2);
    let lines = world.written();
    let other = format!("token = \"{}\"\ntoken_secret = \"canary-2\"\n", token(2));
    let profile = "config/profiles/acme.toml";
    world.files().write(profile, format!("{other}{lines}"));
    assert_eq!(proxy.ask("POST /b", "", "c=d").body, "served");
    proxy.stop();
    assert_eq!(world.state(), "active");
}

/// The token that another process has put into the profile is refused as well: a loss, and noted.
#[test]
fn a_successor_that_is_refused_too_is_a_loss() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    let proxy = start(&world, &provider.base);
    assert_eq!(proxy.get("/a").body, "served");
    provider.set(|state| state.generation = 3);
    let lines = world.written();
    let other = format!("token = \"{}\"\ntoken_secret = \"canary-2\"\n", token(2));
    let profile = "config/profiles/acme.toml";
    world.files().write(profile, format!("{other}{lines}"));
    let answer = proxy.get("/b");
    assert_eq!(answer.body, "oauth_problem=token_rejected", "{answer:?}");
    assert_eq!(provider.set(|state| state.requests), 3, "one with each");
    assert_eq!(world.state(), "lost");
    // From now on nothing is sent.
    let next = "countersign token authorize --profile acme";
    proxy.get("/c").is_own(503, "proxy_internal_error", next);
    assert_eq!(provider.set(|state| state.requests), 3);
    let log = proxy.stop();
    assert!(log.contains(next), "{log}");
    let status = ["token", "status", "--profile", "acme", "--history"];
    let ran = world.run(&status, b"").exits(1);
    assert_eq!(
        ran.out.matches("  token_rejected\n").count(),
        1,
        "{}",
        ran.out
    );
}

/// A token that can't be renewed, and a profile that can't be read any more: the answer is passed
/// back as it is.
#[test]
fn where_nothing_helps_the_answer_is_the_tools() {
    let server = Server::answering(vec![refused("token_expired"), refused("token_expired")]);
    let base = server.url("");
    let world = World::at(&base);
    world.add(&base, TOKEN);
    let proxy = start(&world, &base);
    let answer = proxy.get("/a");
    assert_eq!(answer.body, "oauth_problem=token_expired", "{answer:?}");
    let broken = "consumer_secret = \"canary\" \"\n";
    world.files().write("config/profiles/acme.toml", broken);
    let answer = proxy.get("/b");
    assert_eq!(answer.body, "oauth_problem=token_expired", "{answer:?}");
    let log = proxy.stop();
    assert!(
        log.contains("countersign token renew --profile acme"),
        "{log}"
    );
    assert_eq!(
        log.matches("no other token is to be had").count(),
        1,
        "{log}"
    );
    assert_eq!(server.requests().len(), 2);
}

/// Another profile that is put in use meanwhile signs nothing here.
#[test]
fn the_profile_in_use_at_the_start_stays() {
    let server = Server::answering(vec![refused("token_rejected"), reply("200 OK", "", "")]);
    let base = server.url("");
    let world = World::at(&base);
    world.add(&base, TOKEN);
    let other = "consumer_key = \"other\"\nconsumer_secret = \"canary\"\ntoken = \"t\"\n";
    world.files().write("other.toml", other);
    let add = ["profile", "add", "other", "--keys", "other.toml"];
    world.run(&add, b"").exits(0);
    world.run(&["profile", "use", "acme"], b"").exits(0);
    let variables = [("COUNTERSIGN_CONFIG_DIR", world.config())];
    let arguments = ["--upstream", base.as_str()];
    let proxy = Proxy::start_with(world.files().path(), &arguments, &variables);
    assert_eq!(proxy.facts["profile"], "acme");
    world.run(&["profile", "use", "other"], b"").exits(0);
    assert_eq!(proxy.get("/").status, 401);
    let log = proxy.stop();
    assert!(log.contains("authorize --profile acme"), "{log}");
    assert_eq!(server.requests().len(), 1);
}

/// What a keys file can't have is not advised.
#[test]
fn a_keys_file_is_not_renewed() {
    let files = super::relayed::files();
    let server = Server::answering(vec![refused("token_expired"), refused("token_rejected")]);
    let proxy = Proxy::to(files.path(), &server.url(""));
    for _ in 0..2 {
        assert_eq!(proxy.get("/").status, 401);
    }
    let log = proxy.stop();
    assert_eq!(log.matches("(countersign profile add)").count(), 2, "{log}");
    assert!(!log.contains("--keys"), "{log}");
    assert_eq!(server.requests().len(), 2);
}
