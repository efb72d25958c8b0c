//! Killed while a renewal is under way.

use super::World;
use super::provider::{GOOD, Provider, token};
use crate::run::start;

const RENEW: [&str; 4] = ["token", "renew", "--profile", "acme"];

/// A renewal that the provider has carried out, and whose process is killed before the answer.
fn killed(provider: &Provider) -> World {
    let world = provider.world(GOOD);
    provider.set(|state| state.holds = true);
    let variables = [("COUNTERSIGN_CONFIG_DIR", world.config())];
    let mut child = start(world.files().path(), &RENEW, &variables);
    provider.until(|state| state.renewals == 1);
    child.kill().unwrap();
    child.wait().unwrap();
    provider.set(|state| state.holds = false);
    // As long as its lease lasts it may still be at it.
    assert_eq!(world.state(), "active");
    world.kept().end_lease();
    assert_eq!(world.state(), "renewal_unknown");
    assert_eq!(world.kept().token(), token(1));
    world
}

#[test]
fn a_graceful_provider_gives_the_token_that_nobody_got() {
    let provider = Provider::start();
    provider.set(|state| state.is_graceful = true);
    let world = killed(&provider);
    world.run(&RENEW, b"").exits(0);
    assert_eq!(world.state(), "active");
    assert_eq!(world.kept().token(), token(2));
    assert_eq!(provider.set(|state| state.generation), 2);
}

#[test]
fn a_strict_one_has_the_user_asked_and_the_old_token_is_kept() {
    let provider = Provider::start();
    let world = killed(&provider);
    let ran = world.run(&RENEW, b"").exits(1);
    assert!(ran.err.contains("had no answer"), "{}", ran.err);
    let next = "next: countersign token authorize --profile acme";
    assert!(ran.out.contains(next), "{}", ran.out);
    assert_eq!(world.state(), "lost");
    assert_eq!(world.kept().token(), token(1));
    // One retry only.
    assert_eq!(provider.set(|state| state.renewals), 2);
    let status = ["token", "status", "--profile", "acme", "--history"];
    let ran = world.run(&status, b"").exits(1);
    assert!(ran.out.contains("renewal_lost"), "{}", ran.out);
}

/// The answer to the first try is lost on the way, and the second is its one retry.
#[test]
fn a_lost_answer_is_asked_for_once_more() {
    for is_graceful in [true, false] {
        let provider = Provider::start();
        provider.set(|state| {
            state.is_graceful = is_graceful;
            state.loses = 1;
        });
        let world = provider.world(GOOD);
        let ran = world.run(&RENEW, b"");
        assert_eq!(provider.set(|state| state.renewals), 2);
        if is_graceful {
            ran.exits(0);
            assert_eq!(world.kept().token(), token(2));
        } else {
            let ran = ran.exits(1);
            assert!(ran.err.contains("had no answer"), "{}", ran.err);
            assert_eq!(world.state(), "lost");
            assert_eq!(world.kept().token(), token(1));
        }
    }
}
