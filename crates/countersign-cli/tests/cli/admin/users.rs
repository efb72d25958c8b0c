//! Users and their grants.

use super::world::World;
use super::{KEY, add, json, refused};

const SECRET: &str = "a secret of the consumer";
const TOKENS: [(&str, &str); 3] = [
    ("Acme", "token of Acme"),
    ("Beta", "token of Beta"),
    ("Gamma", "token of Gamma"),
];

fn world() -> World {
    let mut world = World::stopped();
    world
        .feed(&add(&["--secret-file", "-"]), &format!("{SECRET}\n"))
        .exits(0);
    world
        .files
        .write("password", "correct horse battery staple\n");
    let user = ["user", "add", "ann", "--password-file", "password"];
    let places = [
        "--organisation",
        "Acme=standard",
        "--organisation",
        "Beta=standard",
    ];
    let ran = world.admin(&[&user[..], &places].concat()).exits(0);
    assert_eq!(
        ran.out,
        "name         ann\n\
         organisation Acme  standard, may connect applications\n\
         organisation Beta  standard, may connect applications\n"
    );
    world.give(KEY, &TOKENS);
    world.serve();
    world
}

fn asked(world: &World, expected: [&str; 3]) {
    for ((_, token), expected) in TOKENS.iter().zip(expected) {
        assert_eq!(world.ask_with(KEY, SECRET, token), expected, "{token}");
    }
}

#[test]
fn what_a_user_may_no_longer_have_allowed_ends_at_once() {
    let world = world();
    asked(&world, ["ok"; 3]);
    let role = |role| ["user", "role", "ann", "Acme", role];
    let ran = world.admin(&role("financial adviser")).exits(0);
    assert_eq!(
        ran.out,
        "ann is financial adviser in Acme, 0 grants ended\n"
    );
    asked(&world, ["ok"; 3]);
    let ran = world.admin(&role("read only")).exits(0);
    assert_eq!(ran.out, "ann is read only in Acme, 1 grant ended\n");
    asked(&world, ["token_rejected", "ok", "ok"]);
    let leave = ["user", "leave", "ann", "Beta", "--format", "json"];
    let document = json(world.admin(&leave).exits(0));
    assert_eq!(document["grants_ended"], 1);
    assert_eq!(document["user"]["organisations"][0]["name"], "Acme");
    assert_eq!(document["user"]["organisations"][0]["may_connect"], false);
    asked(&world, ["token_rejected", "token_rejected", "ok"]);
    refused(
        &world,
        &leave[..4],
        "there is no place of \"ann\" in \"Beta\"",
    );
    let ran = world.admin(&["user", "list"]).exits(0);
    assert_eq!(ran.out, "ann  Acme=read only\n");
    let ran = world.admin(&["user", "remove", "ann"]).exits(0);
    assert_eq!(ran.out, "ann is removed, 1 grant ended\n");
    asked(&world, ["token_rejected"; 3]);
    refused(&world, &["user", "show", "ann"], "there is no user \"ann\"");
    refused(
        &world,
        &["user", "remove", "ann"],
        "there is no user \"ann\"",
    );
    let ran = world.admin(&["user", "list", "--format", "json"]).exits(0);
    assert_eq!(json(ran)["users"], serde_json::json!([]));
}

#[test]
fn passwords_come_from_files_and_are_checked() {
    let world = World::stopped();
    let add = ["user", "add", "ann", "--password-file", "-"];
    let ran = world.feed(&add, "short\n").exits(1);
    assert!(ran.err.contains("at least 8 characters"), "{}", ran.err);
    world.feed(&add, "correct horse battery staple\n").exits(0);
    let ran = world.feed(&add, "correct horse battery staple\n").exits(1);
    assert!(ran.err.contains("\"ann\" is there already"), "{}", ran.err);
    let change = |name| ["user", "password", name, "--password-file", "-"];
    let ran = world
        .feed(&change("ann"), "another horse battery staple\n")
        .exits(0);
    assert_eq!(ran.out, "ann has another password\n");
    world
        .feed(&change("bob"), "another horse battery staple\n")
        .exits(1);
    // The hash needs no store.
    let nowhere = crate::run::Files::new();
    let hash = ["admin", "user", "hash", "--password-file", "-"];
    let ran = nowhere
        .feed(&hash, b"correct horse battery staple\n")
        .exits(0);
    assert!(ran.out.starts_with("$argon2id$v=19$"), "{}", ran.out);
    assert_eq!(ran.out.lines().count(), 1);
    let as_json = [&hash[..], &["--format", "json"]].concat();
    let ran = nowhere
        .feed(&as_json, b"correct horse battery staple\n")
        .exits(0);
    assert!(
        json(ran)["password_hash"]
            .as_str()
            .unwrap()
            .starts_with("$argon2id$")
    );
    nowhere.feed(&hash, b"short").exits(1);
}
