//! `admin`: beside a service that runs, and without one.

mod grants;
mod secrets;
mod users;
mod world;

use crate::run::Ran;
use world::World;

const KEY: &str = "photo-printer";

/// The document of a command, with its schema looked at.
#[track_caller]
fn json(ran: Ran) -> serde_json::Value {
    let document = ran.json();
    assert_eq!(document["schema"], "countersign/admin/1");
    document
}

/// A refusal says the same as text and as JSON.
#[track_caller]
fn refused(world: &World, arguments: &[&str], words: &str) {
    let ran = world.admin(arguments).exits(1);
    assert!(ran.err.contains(words), "{arguments:?}: {}", ran.err);
    assert_eq!(ran.out, "", "{arguments:?}");
    let ran = world
        .admin(&[arguments, &["--format", "json"]].concat())
        .exits(1);
    let error = json(ran)["error"].as_str().expect("an error").to_owned();
    assert!(error.contains(words), "{arguments:?}: {error}");
}

fn add<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let add = ["consumer", "add", KEY, "--kind", "public", "--two-legged"];
    [&add[..], more].concat()
}

#[test]
fn a_consumer_is_added_changed_rejected_and_removed_while_it_is_asked() {
    let world = World::serving();
    let ran = world.admin(&["consumer", "list"]).exits(0);
    assert_eq!(ran.out, "No applications are registered.\n");
    let ran = world.admin(&add(&[
        "--secret-out",
        "new.secret",
        "--name",
        "Photo Printer",
    ]));
    let ran = ran.exits(0);
    assert!(
        ran.err.contains("its secret is in new.secret"),
        "{}",
        ran.err
    );
    assert!(ran.out.contains("signs with   a secret\n"), "{}", ran.out);
    let secret = world.files.read("new.secret");
    assert_eq!(secret.trim_end().len(), 64);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let file = std::fs::metadata(world.files.path().join("new.secret")).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(world.ask_as(KEY, secret.trim_end()), "ok");

    let shown = json(
        world
            .admin(&["consumer", "show", KEY, "--format", "json"])
            .exits(0),
    );
    assert_eq!(shown["consumer"]["kind"], "public");
    assert_eq!(shown["consumer"]["two_legged"], true);
    assert_eq!(shown["consumer"]["in_config"], false);
    let listed = json(
        world
            .admin(&["consumer", "list", "--format", "json"])
            .exits(0),
    );
    assert_eq!(listed["consumers"][0], shown["consumer"]);
    let ran = world.admin(&["consumer", "list"]).exits(0);
    assert_eq!(
        ran.out,
        "photo-printer  public  a secret  accepted  Photo Printer\n"
    );

    let set = [
        "consumer",
        "set",
        KEY,
        "--name",
        "Printer",
        "--method",
        "HMAC-SHA256",
    ];
    let callback = [
        "--callback",
        "https://printer.example/ready",
        "--callback",
        "oob",
    ];
    let ran = world.admin(&[&set[..], &callback].concat()).exits(0);
    for line in [
        "name         Printer\n",
        "callback     oob\n",
        "methods      HMAC-SHA256\n",
    ] {
        assert!(ran.out.contains(line), "{line}: {}", ran.out);
    }
    assert_eq!(
        world.ask_as(KEY, secret.trim_end()),
        "signature_method_rejected"
    );
    let any = ["consumer", "set", KEY, "--any-method", "--no-callbacks"];
    let ran = world.admin(&any).exits(0);
    assert!(!ran.out.contains("callback"), "{}", ran.out);
    assert_eq!(world.ask_as(KEY, secret.trim_end()), "ok");

    world
        .files
        .write("other.secret", "another secret of the consumer\n");
    let change = ["consumer", "secret", KEY, "--secret-file", "other.secret"];
    world.admin(&change).exits(0);
    assert_eq!(world.ask_as(KEY, secret.trim_end()), "signature_invalid");
    let secret = "another secret of the consumer";
    assert_eq!(world.ask_as(KEY, secret), "ok");
    let ran = world.admin(&["consumer", "reject", KEY]).exits(0);
    assert_eq!(ran.out, "photo-printer is rejected\n");
    assert_eq!(world.ask_as(KEY, secret), "consumer_key_rejected");
    world.admin(&["consumer", "accept", KEY]).exits(0);
    assert_eq!(world.ask_as(KEY, secret), "ok");
    let ran = world
        .admin(&["consumer", "remove", KEY, "--format", "json"])
        .exits(0);
    assert_eq!(json(ran)["grants_ended"], 0);
    assert_eq!(world.ask_as(KEY, secret), "consumer_key_unknown");
    refused(
        &world,
        &["consumer", "remove", KEY],
        "there is no consumer \"photo-printer\"",
    );
}

#[test]
fn certificates_roll_over_while_the_service_runs() {
    let world = World::serving();
    let fixture = countersign_test_support::fixtures::certificate;
    for name in [
        "live.pem",
        "other-key.pem",
        "weak-1024-sha1.pem",
        "ec.pem",
        "expired.pem",
        "not-yet.pem",
    ] {
        world.files.write(name, fixture(name));
    }
    let key = countersign_test_support::fixtures::key;
    world.files.write("key.pem", key("rsa2048.pkcs8.pem"));
    let new = ["--two-legged", "--certificate", "live.pem"];
    let add = [
        "consumer",
        "add",
        KEY,
        "--kind",
        "partner",
        "--callback",
        "oob",
    ];
    let ran = world.admin(&[&add[..], &new].concat()).exits(0);
    assert!(
        ran.out.contains("signs with   1 certificate, 1 live\n"),
        "{}",
        ran.out
    );
    assert_eq!(world.ask_rsa(KEY, "rsa2048.pkcs8.pem"), "ok");
    assert_eq!(
        world.ask_rsa(KEY, "rsa2048-other.pkcs8.pem"),
        "signature_invalid"
    );
    let change = |file| ["certificate", "add", KEY, file];
    for (file, words) in [
        ("key.pem", "found a private key"),
        ("weak-1024-sha1.pem", "1024"),
        ("ec.pem", "RSA"),
        ("expired.pem", "found one that expired"),
        ("live.pem", "is there already"),
    ] {
        refused(&world, &change(file), words);
    }
    world.admin(&change("nowhere.pem")).exits(3);
    let ran = world.admin(&change("not-yet.pem")).exits(0);
    assert!(
        ran.err.contains("note: it is not used before 2090-01-01"),
        "{}",
        ran.err
    );
    let ran = world.admin(&[&change("other-key.pem")[..], &["--format", "json"]].concat());
    let document = json(ran.exits(0));
    assert_eq!(document["certificate"]["state"], "live");
    for file in [
        "rsa2048.pkcs8.pem",
        "rsa2048-other.pkcs8.pem",
        "rsa2048.pkcs8.pem",
    ] {
        assert_eq!(world.ask_rsa(KEY, file), "ok", "{file}");
    }
    let list = json(
        world
            .admin(&["certificate", "list", KEY, "--format", "json"])
            .exits(0),
    );
    let all = list["certificates"].as_array().unwrap();
    assert_eq!(all.len(), 3);
    let text = world.admin(&["certificate", "list"]).exits(0).out;
    assert_eq!(text.lines().count(), 3);
    let sha256 = all[0]["sha256"].as_str().unwrap();
    let remove = |digits| ["certificate", "remove", KEY, digits];
    world.admin(&remove(&sha256[..8])).exits(2);
    world.admin(&remove(&sha256[..11])).exits(0);
    assert_eq!(world.ask_rsa(KEY, "rsa2048.pkcs8.pem"), "signature_invalid");
    assert_eq!(world.ask_rsa(KEY, "rsa2048-other.pkcs8.pem"), "ok");
    let last = document["certificate"]["sha256"].as_str().unwrap();
    refused(&world, &remove(last), "this is the last one");
    assert_eq!(world.ask_rsa(KEY, "rsa2048-other.pkcs8.pem"), "ok");
    world
        .admin(&[&remove(last)[..], &["--force"]].concat())
        .exits(0);
    assert_eq!(
        world.ask_rsa(KEY, "rsa2048-other.pkcs8.pem"),
        "signature_method_rejected"
    );
}

#[test]
fn what_cannot_be_meant_is_usage_and_what_cannot_run_says_why() {
    let world = World::stopped();
    world.files.write("a.secret", "a secret of 16 characters\n");
    for arguments in [
        &["consumer", "add", KEY, "--kind", "public"][..],
        &add(&["--secret-file", "a.secret", "--secret-out", "b"]),
        &["consumer", "set", KEY],
        &["consumer", "secret", KEY],
        &["grant", "revoke"],
        &["grant", "revoke", "--consumer", KEY],
        &["grant", "show", "12"],
        &["user", "add", "ann"],
        &[
            "user",
            "add",
            "ann",
            "--password-file",
            "a.secret",
            "--organisation",
            "Acme",
        ],
        &["token", "show"],
        &[],
    ] {
        world.admin(arguments).exits(2);
    }
    assert!(
        world
            .admin(&add(&["--secret-file", "nowhere"]))
            .exits(3)
            .err
            .contains("nowhere")
    );
    world.files.write("empty", "\n");
    let ran = world.admin(&add(&["--secret-file", "empty"])).exits(3);
    assert!(ran.err.contains("found nothing"), "{}", ran.err);
    // Nothing is made in a directory without a store.
    let nowhere = crate::run::Files::new();
    let ran = nowhere.run(&["admin", "consumer", "list"]).exits(3);
    assert!(
        ran.err
            .contains("found no file countersign.db: start the service once"),
        "{}",
        ran.err
    );
    assert_eq!(std::fs::read_dir(nowhere.path()).unwrap().count(), 0);
    let config = world.files.path().join("countersign.toml");
    let config = ["--config", config.to_str().unwrap()];
    nowhere
        .run(&[&["admin", "consumer", "list"], &config[..]].concat())
        .exits(0);
    // One that is named has to be there, also where it is the usual one.
    for name in ["nowhere.toml", "countersign.toml"] {
        let ran = nowhere
            .run(&["admin", "user", "list", "--config", name])
            .exits(3);
        assert!(
            ran.err.contains(&format!("can't read {name}")),
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_refused_consumer_leaves_no_secret_behind() {
    let world = World::stopped();
    let out = ["--secret-out", "new.secret"];
    let bad = add(&[&out[..], &["--method", "RSA-SHA1"]].concat());
    refused(&world, &bad, "does not go with");
    assert!(!world.files.path().join("new.secret").exists());
    world.admin(&add(&out)).exits(0);
    let before = world.files.read("new.secret");
    let ran = world
        .admin(&["consumer", "secret", KEY, "--secret-out", "new.secret"])
        .exits(2);
    assert!(ran.err.contains("exists already"), "{}", ran.err);
    refused(
        &world,
        &["consumer", "secret", "nobody", "--secret-out", "b"],
        "no consumer",
    );
    assert!(!world.files.path().join("b").exists());
    assert_eq!(world.files.read("new.secret"), before);
}

#[test]
fn the_configuration_has_the_last_word_and_that_is_said() {
    let world = World::stopped();
    world.files.write("a.secret", "a secret of 16 characters\n");
    world.configure(&format!(
        "[[consumer]]\nkey = \"{KEY}\"\nkind = \"public\"\nsecret_file = \"a.secret\"\n"
    ));
    let ran = world.admin(&add(&["--secret-file", "a.secret"])).exits(0);
    let note = "note: the configuration names the consumer photo-printer";
    assert!(ran.err.contains(note), "{}", ran.err);
    assert!(ran.out.contains("in config    yes\n"), "{}", ran.out);
    let ran = world
        .admin(&["consumer", "remove", KEY, "--format", "json"])
        .exits(0);
    assert!(
        json(ran)["notes"][0]
            .as_str()
            .unwrap()
            .contains("the next start")
    );
}
