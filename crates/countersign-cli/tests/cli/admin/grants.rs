//! Grants and tokens.

use countersign_clock::system;

use super::world::{World, day};
use super::{KEY, add, json, refused};

const SECRET: &str = "a secret of the consumer";

fn world() -> World {
    let mut world = World::stopped();
    world.feed(&add(&["--secret-file", "-"]), SECRET).exits(0);
    world.give(KEY, &[("Acme", "token of Acme"), ("Beta", "token of Beta")]);
    world.serve();
    world
}

#[test]
fn a_grant_is_shown_and_its_end_counts_with_the_next_request() {
    let world = world();
    let ask = |token| world.ask_with(KEY, SECRET, token);
    assert_eq!(
        (ask("token of Acme"), ask("token of Beta")),
        ("ok".into(), "ok".into())
    );
    let id = "01".repeat(16);
    let ran = world
        .admin(&["grant", "list", "--organisation", "Acme"])
        .exits(0);
    assert!(
        ran.out
            .starts_with(&format!("{id}  photo-printer  Acme  ann  live  ")),
        "{}",
        ran.out
    );
    assert!(ran.out.contains(&day(system::now())), "{}", ran.out);
    let shown = json(
        world
            .admin(&["grant", "show", &id, "--format", "json"])
            .exits(0),
    );
    assert_eq!(shown["grant"]["user"], "ann");
    assert_eq!(shown["grant"]["standing"], true);
    let ran = world.admin(&["grant", "show", &id]).exits(0);
    assert!(ran.out.contains("state        live\n"), "{}", ran.out);

    let ran = world.admin(&["grant", "revoke", &id]).exits(0);
    assert_eq!(ran.out, format!("{id} is revoked\n"));
    assert_eq!(
        (ask("token of Acme"), ask("token of Beta")),
        ("token_rejected".into(), "ok".into())
    );
    let ran = world.admin(&["grant", "revoke", &id]).exits(0);
    assert_eq!(ran.out, format!("{id} had ended before: withdrawn\n"));
    let beta = [
        "grant",
        "revoke",
        "--consumer",
        KEY,
        "--organisation",
        "Beta",
    ];
    let ran = world.admin(&beta).exits(0);
    assert_eq!(ran.out, "photo-printer is disconnected from Beta\n");
    assert_eq!(ask("token of Beta"), "token_rejected");
    refused(
        &world,
        &beta,
        "there is no grant of \"photo-printer\" for \"Beta\"",
    );
    refused(
        &world,
        &["grant", "show", &"f".repeat(32)],
        "there is no grant",
    );
    let list = |more: &[&str]| {
        let arguments = [
            &["grant", "list", "--user", "ann", "--format", "json"],
            more,
        ]
        .concat();
        let document = json(world.admin(&arguments).exits(0));
        document["grants"].as_array().unwrap().len()
    };
    assert_eq!((list(&[]), list(&["--all"])), (0, 2));
    assert_eq!(world.admin(&["grant", "list"]).exits(0).out, "No grants.\n");
    let trail = world.files.read("countersign-audit.log");
    let lines = trail
        .lines()
        .filter(|line| line.contains(" revoke granted "));
    assert!(
        lines
            .clone()
            .all(|line| line.ends_with(" by=\"administrator\"")),
        "{trail}"
    );
    assert_eq!(lines.count(), 2);
}

#[test]
fn what_became_of_a_token_is_told_and_the_token_is_not() {
    let world = world();
    let token = "token of Acme";
    let run = |command, more: &[&str]| {
        let arguments = [&["token", command, "--token-file", "-"], more].concat();
        world.feed(&arguments, &format!("{token}\n"))
    };
    let ran = run("show", &[]).exits(0);
    assert!(
        ran.out
            .contains("usable       yes: accepted at resources\n"),
        "{}",
        ran.out
    );
    let ran = run("revoke", &[]).exits(0);
    assert_eq!(ran.out, "revoked\n");
    assert_eq!(world.ask_with(KEY, SECRET, token), "token_rejected");
    let ran = run("show", &[]).exits(0);
    assert!(
        ran.out.contains("cause        revoked_by_administrator\n"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains(token), "{}", ran.out);
    let document = json(run("show", &["--format", "json"]).exits(0));
    assert_eq!(document["token"]["usable"], false);
    assert_eq!(document["token"]["kind"], "access");
    assert_eq!(document["token"]["grant"]["state"], "withdrawn");
    // As the audit trail names it.
    let fingerprint = document["token"]["fingerprint"].as_str().unwrap();
    let trail = world.files.read("countersign-audit.log");
    assert!(
        trail.contains(&format!(" token=\"{fingerprint}\"")),
        "{trail}"
    );
    let ran = run("revoke", &["--format", "json"]).exits(0);
    assert_eq!(json(ran)["was_live"], false);
    world.files.write("other", "a token that nobody has\n");
    for command in ["show", "revoke"] {
        refused(
            &world,
            &["token", command, "--token-file", "other"],
            "there is no such token",
        );
    }
}
