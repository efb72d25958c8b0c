//! Providers that give tokens out in another way, by the row of their preset.

use super::World;
use crate::request::server::{Server, reply};

const AUTHORIZE: [&str; 4] = ["token", "authorize", "--profile", "acme"];
const ACCESS: &str = "oauth_token=access&oauth_token_secret=canary-token";

/// A profile of a preset whose addresses, as far as it has some, are at a server.
fn world(base: &str, preset: &str, steps: &[&str]) -> World {
    let world = World::at(base);
    let endpoints: Vec<String> = steps
        .iter()
        .map(|step| format!("{step}={base}/{step}"))
        .collect();
    let mut add = vec!["profile", "add", "acme", "--force", "--keys", "keys.toml"];
    add.extend(["--preset", preset]);
    if preset == "magento" {
        add.extend(["--fill", "host=shop.example"]);
    }
    for endpoint in &endpoints {
        add.extend(["--endpoint", endpoint]);
    }
    world.run(&add, b"").exits(0);
    world
}

/// The names that the page takes do not hang on its address: the sandbox has another one.
#[test]
fn the_page_of_a_sandbox_takes_the_names_of_its_provider() {
    let temporary = "oauth_token=temporary&oauth_token_secret=canary&oauth_callback_confirmed=true";
    let server = Server::answering(vec![
        reply("200 OK", "", temporary),
        reply("200 OK", "", ACCESS),
    ]);
    let steps = ["request_token", "authorize", "access_token"];
    let world = world(&server.url(""), "etrade", &steps);
    assert!(world.written().contains("callback = \"oob\""));
    // No callback is named: the provider takes none but a code.
    let ran = world.run(&AUTHORIZE, b"12345\n").exits(0);
    let page = "/authorize?key=dpf43f3p2l4k3l03&token=temporary\n";
    assert!(ran.err.contains(page), "{}", ran.err);
    let requests = server.requests();
    let first = String::from_utf8_lossy(&requests[0]);
    assert!(first.contains("oauth_callback=\"oob\""), "{first}");
    assert_eq!(world.state(), "active");
}

#[test]
fn a_provider_without_a_page_is_asked_with_its_verifier() {
    let server = Server::answering(vec![
        reply("200 OK", "", "oauth_token=t&oauth_token_secret=canary"),
        reply("200 OK", "", ACCESS),
    ]);
    let world = world(
        &server.url(""),
        "magento",
        &["request_token", "access_token"],
    );
    assert!(!world.written().contains("authorize_url"));
    let ran = world.run(&AUTHORIZE, b"a-verifier\n").exits(0);
    assert!(ran.err.contains("The verifier: "), "{}", ran.err);
    assert!(!ran.err.contains("Open this address"), "{}", ran.err);
    let requests = server.requests();
    let last = String::from_utf8_lossy(&requests[1]);
    assert!(last.contains("oauth_verifier=\"a-verifier\""), "{last}");
    assert_eq!(world.state(), "active");
}

#[test]
fn a_name_and_a_password_are_exchanged_and_kept_nowhere() {
    for (answer, code, state) in [
        (reply("200 OK", "", ACCESS), 0, "active"),
        (
            reply("401 No", "", "oauth_problem=permission_denied"),
            1,
            "absent",
        ),
    ] {
        let server = Server::answering(vec![answer]);
        let world = world(&server.url(""), "instapaper", &["access_token"]);
        let ran = world.run(&AUTHORIZE, b"jane\ncanary pass\n").exits(code);
        assert!(ran.err.contains("password"), "{}", ran.err);
        let requests = server.requests();
        let sent = String::from_utf8_lossy(&requests[0]);
        let login = "x_auth_mode=client_auth&x_auth_username=jane&x_auth_password=canary%20pass";
        assert!(sent.ends_with(login), "{sent}");
        assert_eq!(world.state(), state);
        assert!(!world.written().contains("canary pass"));
    }
}

/// What can be done for a token is what is advised.
#[test]
fn the_advice_is_what_the_provider_has() {
    let by_hand = "write token and token_secret into the file";
    for (preset, code, authorize, status) in [
        ("bricklink", 4, by_hand, by_hand),
        ("mastercard", 4, "it has no tokens", "none is needed"),
        ("instapaper", 1, "", "for a user's name and password"),
        ("tumblr", 1, "", "countersign token authorize gets one"),
    ] {
        let world = World::at("http://127.0.0.1:9");
        let add = ["profile", "add", "acme", "--force", "--keys", "keys.toml"];
        world
            .run(&[&add[..], &["--preset", preset]].concat(), b"")
            .exits(0);
        if code == 4 {
            let ran = world.run(&AUTHORIZE, b"").exits(code);
            assert!(ran.err.contains(authorize), "{preset}: {}", ran.err);
        }
        let ran = world.run(&["profile", "status", "acme"], b"");
        let line = ran.out.lines().find(|line| line.contains(" token "));
        let line = line.unwrap_or_else(|| panic!("{preset}: {}", ran.out));
        assert!(line.contains(status), "{preset}: {line}");
    }
}
