//! No output holds a secret, a password, a hash of one or a token, but where it is asked for.

use super::world::{TOKEN_SECRET, World};
use super::{KEY, add};

const CANARIES: [&str; 5] = [
    "canary-consumer-secret",
    "canary-password",
    "canary-token",
    TOKEN_SECRET,
    "$argon2",
];

#[test]
fn no_output_holds_a_secret_and_no_trail() {
    let world = World::stopped();
    world.files.write("secret", "canary-consumer-secret\n");
    world.files.write("password", "canary-password\n");
    world.files.write("token", "canary-token\n");
    let key = countersign_test_support::fixtures::key("rsa2048.pkcs8.pem");
    let key_line = String::from_utf8(key.clone())
        .unwrap()
        .lines()
        .nth(1)
        .unwrap()
        .to_owned();
    world.files.write("key.pem", key);
    world.admin(&add(&["--secret-file", "secret"])).exits(0);
    world.give(KEY, &[("Acme", "canary-token")]);
    let commands: [&[&str]; 24] = [
        &add(&["--secret-file", "secret"]),
        &["consumer", "list"],
        &["consumer", "show", KEY],
        &["consumer", "set", KEY, "--name", "x"],
        &["consumer", "secret", KEY, "--secret-file", "secret"],
        &[
            "consumer",
            "add",
            "b",
            "--kind",
            "partner",
            "--secret-file",
            "secret",
        ],
        &[
            "consumer",
            "add",
            "b",
            "--kind",
            "partner",
            "--certificate",
            "key.pem",
        ],
        &["certificate", "add", KEY, "key.pem"],
        &["certificate", "list"],
        &["user", "add", "ann", "--password-file", "password"],
        &["user", "add", "ann", "--password-file", "password"],
        &["user", "password", "ann", "--password-file", "password"],
        &["user", "show", "ann"],
        &["user", "list"],
        &["grant", "list"],
        &["grant", "show", &"01".repeat(16)],
        &["token", "show", "--token-file", "token"],
        &["token", "show", "--token-file", "secret"],
        &["token", "revoke", "--token-file", "token"],
        &["token", "revoke", "--token-file", "password"],
        &["token", "show", "--token-file", "token"],
        &["consumer", "secret", KEY, "--secret-out", "new.secret"],
        &["user", "remove", "ann"],
        &["consumer", "remove", KEY],
    ];
    let mut shown = Vec::new();
    for command in commands {
        for format in ["text", "json"] {
            let ran = world.admin(&[command, &["--format", format]].concat());
            assert!(matches!(ran.code, 0..=2), "{command:?}: {}", ran.err);
            shown.push((format!("{command:?}"), format!("{}{}", ran.out, ran.err)));
        }
    }
    shown.push((
        "the trail".to_owned(),
        world.files.read("countersign-audit.log"),
    ));
    let new = world.files.read("new.secret");
    for (what, text) in &shown {
        for canary in CANARIES
            .into_iter()
            .chain([key_line.as_str(), new.trim_end()])
        {
            assert!(!text.contains(canary), "{what} shows {canary}: {text}");
        }
    }
}

#[test]
fn a_new_secret_is_printed_where_that_is_asked_for_and_alone() {
    let world = World::stopped();
    let ran = world.admin(&add(&["--secret-out", "-"])).exits(0);
    assert_eq!(ran.out.len(), 65, "{}", ran.out);
    assert!(
        ran.out
            .trim_end()
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit())
    );
    let again = [
        "consumer",
        "secret",
        KEY,
        "--secret-out",
        "-",
        "--format",
        "json",
    ];
    let document = world.admin(&again).exits(0).json();
    let secret = document["secret"].as_str().unwrap();
    assert_eq!(secret.len(), 64);
    assert_ne!(secret, ran.out.trim_end());
    let trail = world.files.read("countersign-audit.log");
    assert!(!trail.contains(secret) && !trail.contains(ran.out.trim_end()));
}
