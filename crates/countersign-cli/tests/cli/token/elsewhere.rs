//! Requests that go to others than the profile's provider.

use super::provider::{GOOD, Provider};
use crate::request::server::{Server, reply};

/// What it says of the token and of the time is shown, and counts for nothing: other processes go on with
/// the connection.
#[test]
fn another_host_ends_no_grant() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    let api = format!("{}/api", provider.base);
    let request = ["request", "--profile", "acme", &api];
    world.run(&request, b"").exits(0);
    let date = "Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n";
    for problem in ["token_rejected", "token_expired", "token_revoked"] {
        let body = format!("oauth_problem={problem}");
        let other = Server::answering(vec![reply("401 No", date, &body)]);
        let url = other.url("/evil");
        let ran = world
            .run(&["request", "--profile", "acme", &url], b"")
            .exits(1);
        assert!(ran.out.contains(&body), "{}", ran.out);
        let noted = "is at none of the profile's addresses";
        assert_eq!(ran.err.matches(noted).count(), 1, "{}", ran.err);
        for told in [
            "this machine's clock is",
            "no longer connected",
            "authorize",
        ] {
            let notes = ran.err.split("[").next().unwrap();
            assert!(!notes.contains(told), "{told}: {}", ran.err);
        }
        assert_eq!(other.requests().len(), 1);
        assert_eq!(world.state(), "active");
    }
    world.run(&request, b"").exits(0);
    assert!(world.kept().history().is_empty());
    assert_eq!(provider.set(|state| state.renewals), 0);
}
