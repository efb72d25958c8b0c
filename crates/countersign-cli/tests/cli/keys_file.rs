//! The keys file: what it may hold, and what is said of a bad one.

use crate::run::{Files, Ran, with_keys};

const URL: &str = "https://api.example.com/";

fn sign(files: &Files) -> Ran {
    files.run(&["sign", "--keys", "keys.toml", URL])
}

#[cfg(unix)]
#[test]
fn others_who_can_read_it_are_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;

    let files = with_keys();
    assert_eq!(sign(&files).exits(0).err, "");
    let path = files.path().join("keys.toml");
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(&path, open.clone()).unwrap();
    let ran = sign(&files).exits(0);
    assert!(
        ran.err
            .contains("warning: others can read keys.toml (mode 0644)"),
        "{}",
        ran.err
    );
    std::fs::write(&path, format!("example = true\n{}", crate::run::KEYS)).unwrap();
    assert_eq!(sign(&files).exits(0).err, "");
}

#[test]
fn an_error_in_it_shows_no_secret() {
    let files = Files::new();
    for keys in [
        "consumer_secret = \"kd94hf93k423kf44\" x",
        "consumer_secret = kd94hf93k423kf44",
        "consumer_secrets = \"kd94hf93k423kf44\"",
        "consumer_secret = [\"kd94hf93k423kf44\"]",
    ] {
        files.write("keys.toml", keys);
        let ran = sign(&files).exits(3);
        assert!(!ran.err.contains("kd94hf93k423kf44"), "{}", ran.err);
        assert!(ran.err.contains("keys.toml"), "{}", ran.err);
    }
}

#[test]
fn paths_are_relative_to_it() {
    let files = Files::new();
    std::fs::create_dir(files.path().join("sub")).unwrap();
    files.write(
        "sub/key.pem",
        countersign_test_support::fixtures::key("rsa2048.pkcs8.pem"),
    );
    files.write(
        "sub/keys.toml",
        "consumer_key = \"k\"\nprivate_key = \"key.pem\"\n",
    );
    files
        .run(&["sign", "--keys", "sub/keys.toml", URL])
        .exits(0);
    files.write(
        "keys.toml",
        "consumer_key = \"k\"\nprivate_key = \"nowhere.pem\"\n",
    );
    assert!(sign(&files).exits(3).err.contains("nowhere.pem"));
}

#[test]
fn further_sets_are_read_and_the_realm_is_sent() {
    let files = Files::new();
    files.write(
        "keys.toml",
        format!(
            "{}realm = \"Photos\"\n[other.sandbox]\nconsumer_key = \"x\"\n",
            crate::run::KEYS
        ),
    );
    assert!(
        sign(&files)
            .exits(0)
            .out
            .contains("OAuth realm=\"Photos\",")
    );
}

#[test]
fn standard_input_is_read_once() {
    let files = with_keys();
    let ran = files.feed(&["doctor", "--keys", "-", "-"], crate::run::KEYS.as_bytes());
    assert!(ran.exits(2).err.contains("can be read once"));
}

/// The certificate counts as one of the keys file does: it is live, or it has ended.
#[test]
fn a_pkcs12_file_brings_its_certificate_along() {
    let files = Files::new();
    files.write(
        "key.p12",
        countersign_test_support::fixtures::key("rsa2048.p12"),
    );
    files.write("passphrase", countersign_test_support::fixtures::PASSPHRASE);
    files.write(
        "keys.toml",
        "consumer_key = \"k\"\nprivate_key = \"key.p12\"\npassphrase_file = \"passphrase\"\n",
    );
    for (at, code) in [("1800000000", 0), ("99999999999", 1)] {
        let sign = [
            "sign",
            "--keys",
            "keys.toml",
            "--as",
            "http",
            "--timestamp",
            at,
            URL,
        ];
        let request = files.run(&sign).exits(0).out;
        files.write("request.http", request);
        let verify = ["verify", "--keys", "keys.toml", "--at", at, "request.http"];
        let ran = files.run(&verify).exits(code);
        assert_eq!(
            ran.out.contains("[fail] certificate"),
            code == 1,
            "{}",
            ran.out
        );
    }
}
