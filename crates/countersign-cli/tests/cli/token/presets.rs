//! Providers that give tokens out in another way, by the row of their preset.

use countersign_clock::system;

use super::World;
use super::clocks::http_date;
use super::provider::EXPIRED;
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

/// Providers that refuse with a status of success: `timestamp_refused`, `signature_invalid`, and what is
/// no refusal.
pub(crate) const WORDS: [(&str, &str, &str, &str); 3] = [
    (
        "bricklink",
        r#"{"meta":{"description":"TIMESTAMP_REFUSED: x","message":"BAD_OAUTH_REQUEST","code":401},"data":{}}"#,
        r#"{"meta":{"description":"SIGNATURE_INVALID: x","message":"BAD_OAUTH_REQUEST","code":401},"data":{}}"#,
        r#"{"meta":{"description":"OK","message":"OK","code":200},"data":{"remarks":"SIGNATURE_INVALID"}}"#,
    ),
    (
        "fatsecret",
        r#"{"error":{"code":6,"message":"Invalid/expired timestamp: 'oauth_timestamp' '1'"}}"#,
        r#"{"error":{"code":8,"message":"Invalid signature: oauth_signature 'x'"}}"#,
        r#"{"food":{"food_name":"Invalid signature soup","code":8}}"#,
    ),
    (
        "mediawiki",
        r#"{"error":{"code":"mwoauth-invalid-authorization","info":"The authorization headers in your request are not valid: Expired timestamp, yours 1, ours 2"}}"#,
        r#"{"error":{"code":"mwoauth-invalid-authorization","info":"The authorization headers in your request are not valid: Invalid signature"}}"#,
        r#"{"query":{"pages":[{"title":"Invalid consumer"}]}}"#,
    ),
];

pub(crate) const RENEWED: &str =
    "oauth_token=token-2-of-the-user&oauth_token_secret=canary-2&oauth_expires_in=1800";

/// A profile of a preset with these lines, whose API and address for tokens are at a server.
pub(crate) fn of_preset(preset: &str, base: &str, lines: &str) -> World {
    let world = World::at(base);
    world.add(base, lines);
    let access_token = format!("access_token={base}/access_token");
    let mut add = vec!["profile", "add", "acme", "--force", "--keys", "keys.toml"];
    add.extend(["--preset", preset, "--base-url", base]);
    add.extend(["--endpoint", &access_token]);
    if preset == "mediawiki" {
        add.extend(["--fill", "host=wiki.example"]);
    }
    world.run(&add, b"").exits(0);
    world
}

/// As for the answers of the proxy, what nobody knows the words of is no success.
#[test]
fn a_new_token_that_is_refused_does_not_end_the_one_before() {
    let new =
        r#"{"error":{"code":"mwoauth-invalid-authorization","info":"Words that nobody has seen"}}"#;
    let php = "a:1:{s:5:\"error\";a:1:{s:4:\"code\";s:29:\"mwoauth-invalid-authorization\";}}";
    let of_php = "Content-Type: application/vnd.php.serialized; charset=utf-8\r\n";
    let in_head = "Content-Type: text/html; charset=utf-8\r\nMediaWiki-API-Error: mwoauth-invalid-authorization\r\n";
    let unknown = [
        ("mediawiki", "", new, false),
        ("mediawiki", of_php, php, false),
        (
            "mediawiki",
            in_head,
            "<!DOCTYPE html>\n<html></html>",
            false,
        ),
        ("fatsecret", "Content-Type: image/png\r\n", "PNG", false),
    ];
    let known = WORDS.map(|(preset, _, refusal, _)| (preset, "", refusal, false));
    let served = WORDS.map(|(preset, _, _, served)| (preset, "", served, true));
    for (preset, headers, body, is_served) in unknown.into_iter().chain(known).chain(served) {
        let server = Server::answering(vec![
            reply("200 OK", "", RENEWED),
            reply("200 OK", headers, body),
        ]);
        let world = of_preset(preset, &server.url(""), EXPIRED);
        world.run(&["request", "--profile", "acme", "/a"], b"");
        assert_eq!(world.kept().previous().is_none(), is_served, "{body}");
        assert_eq!(world.state(), "active", "{body}");
        assert_eq!(server.requests().len(), 2, "{body}");
    }
}

/// The steps of a flow are refused so too, and so is a renewal.
#[test]
fn a_step_whose_timestamp_is_refused_corrects_the_clock_once() {
    let refusal =
        "Error: An error occurred in the OAuth protocol: Expired timestamp, yours 1, ours 2";
    let date = http_date(system::now().saturating_add(600));
    let late = || reply("200 OK", &date, refusal);
    let renew = ["token", "renew", "--profile", "acme"];
    let server = Server::answering(vec![late(), reply("200 OK", "", RENEWED), late(), late()]);
    let world = of_preset("mediawiki", &server.url(""), EXPIRED);
    let ran = world.run(&renew, b"").exits(0);
    assert!(ran.err.contains("the clocks differ by"), "{}", ran.err);
    world.run(&renew, b"").exits(1);
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    for (request, is_corrected) in requests.iter().zip([false, true, false, true]) {
        let text = String::from_utf8_lossy(request);
        let (_, rest) = text.split_once("oauth_timestamp=\"").unwrap();
        let at: i64 = rest.split('"').next().unwrap().parse().unwrap();
        let off = at - system::now().seconds();
        assert_eq!(off > 300, is_corrected, "{off}");
    }
    assert_eq!(world.state(), "active");
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
        assert!(ran.err.contains("not shown"), "{}", ran.err);
        let requests = server.requests();
        let sent = String::from_utf8_lossy(&requests[0]);
        let login = "x_auth_mode=client_auth&x_auth_username=jane&x_auth_password=canary%20pass";
        assert!(sent.ends_with(login), "{sent}");
        assert_eq!(world.state(), state);
        assert!(!world.written().contains("canary pass"));
    }
}

/// What would not be sent is not taken.
#[test]
fn a_password_flow_has_neither_callback_nor_parameters() {
    let world = world("http://127.0.0.1:9", "instapaper", &["access_token"]);
    for option in [["--callback", "oob"], ["--parameter", "a=b"]] {
        let ran = world.run(&[&AUTHORIZE[..], &option].concat(), b"jane\ncanary pass\n");
        let ran = ran.exits(2);
        assert!(ran.err.contains(option[0]), "{}", ran.err);
        assert!(!ran.err.contains("not shown"), "{}", ran.err);
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
