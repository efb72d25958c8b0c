//! Grants that only seem to be lost, and the way back from a loss.

use super::World;
use crate::request::server::{Server, reply};
use crate::run::Ran;

const TOKEN: &str = "token = \"nnch734d00sl2jdk\"\ntoken_secret = \"canary-token\"\n";

fn request(world: &World, url: &str) -> Ran {
    world.run(&["request", "--profile", "acme", url], b"")
}

/// A provider that answers once so and then with 200, and a profile of it.
fn world(refusal: String) -> (World, Server, String) {
    let server = Server::answering(vec![refusal, reply("200 OK", "", "served")]);
    let world = World::new(&server);
    let base = server.url("");
    world.add(&base, TOKEN);
    let url = format!("{base}/api");
    (world, server, url)
}

/// NetSuite answers so to whatever it refuses, BrickLink to a good token from another address.
#[test]
fn an_answer_that_tells_nothing_of_the_token_ends_no_grant() {
    let json = "Content-Type: application/json\r\n";
    let challenge = "WWW-Authenticate: OAuth realm=\"1234567_SB1\", error=\"token_rejected\", \
                     error_description=\"Invalid login attempt.\"\r\n";
    for refusal in [
        reply(
            "401 Unauthorized",
            json,
            r#"{"error":{"code":"INVALID_LOGIN"}}"#,
        ),
        reply("401 Unauthorized", challenge, ""),
        reply(
            "401 Unauthorized",
            json,
            r#"{"meta":{"description":"TOKEN_IP_MISMATCHED: 192.0.2.1","message":"BAD_OAUTH_REQUEST","code":401}}"#,
        ),
    ] {
        let (world, server, url) = world(refusal);
        let ran = request(&world, &url).exits(1);
        assert!(ran.err.contains("token_rejected"), "{}", ran.err);
        assert_eq!(world.state(), "active");
        request(&world, &url).exits(0);
        assert_eq!(server.requests().len(), 2);
    }
}

/// Its twin: the token is named dead, and comes back when the user knows better.
#[test]
fn a_lost_token_is_taken_for_good_again_when_its_user_says_so() {
    let refusal = reply("401 Unauthorized", "", "oauth_problem=token_rejected");
    let (world, server, url) = world(refusal);
    let reinstate = ["token", "reinstate", "--profile", "acme"];
    let ran = world.run(&reinstate, b"").exits(1);
    assert!(ran.err.contains("not lost"), "{}", ran.err);
    request(&world, &url).exits(1);
    assert_eq!(world.state(), "lost");
    let ran = request(&world, &url).exits(4);
    assert!(
        ran.err.contains("countersign token reinstate"),
        "{}",
        ran.err
    );

    let ran = world.run(&[&reinstate[..], &["--format", "json"]].concat(), b"");
    let document = ran.exits(0).json();
    assert_eq!(
        (&document["action"], &document["state"]),
        (&"reinstate".into(), &"active".into())
    );
    request(&world, &url).exits(0);
    assert_eq!(server.requests().len(), 2);
    let kept = world.kept().found().row.row.credentials.clone();
    assert_eq!(kept.secret.expose_secret(), "canary-token");
}

/// The newest token may stand in the profile's file, which the store did not take: it is not lost.
#[test]
fn a_newer_token_in_the_file_goes_before_the_one_that_is_lost() {
    let refusal = reply("401 Unauthorized", "", "oauth_problem=token_rejected");
    let (world, server, url) = world(refusal);
    request(&world, &url).exits(1);
    assert_eq!(world.state(), "lost");
    let newer = "token = \"newer\"\ntoken_secret = \"canary-newer\"\nunstored = \"newer\"\n\
                 unstored_generation = 2\n";
    let written = format!("{newer}{}", world.written());
    world.files().write("config/profiles/acme.toml", written);
    let ran = world.run(&["token", "reinstate", "--profile", "acme"], b"");
    assert!(ran.exits(1).err.contains("not lost"));
    assert_eq!(world.kept().token(), "newer");
    request(&world, &url).exits(0);
    server.requests();
}
