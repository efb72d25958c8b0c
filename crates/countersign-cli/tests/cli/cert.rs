//! `cert`: making, looking at, checking and renewing.

use crate::run::{Files, Ran};

const DAY: i64 = 86_400;
/// When the certificates of these tests begin.
const START: i64 = 1_700_000_000;

fn made(days: &str) -> Files {
    let files = Files::new();
    let start = START.to_string();
    files
        .run(&[
            "cert",
            "new",
            "--cn",
            "acme-ledger-sync",
            "--days",
            days,
            "--at",
            &start,
            "--private-key",
            "acme.key.pem",
            "-o",
            "acme.cer.pem",
        ])
        .exits(0);
    files
}

fn check(files: &Files, at: i64, more: &[&str]) -> Ran {
    let at = at.to_string();
    let mut arguments = vec!["cert", "check", "acme.cer.pem", "--at", &at];
    arguments.extend(more);
    files.run(&arguments)
}

#[test]
fn a_new_certificate_belongs_to_its_new_key() {
    let files = made("100");
    check(&files, START, &["--private-key", "acme.key.pem"]).exits(0);
    let ran = files.run(&["cert", "inspect", "acme.cer.pem"]).exits(0);
    for text in [
        "subject      CN=acme-ledger-sync\n",
        "(self-signed)",
        "key          RSA, 2048 bits",
        "sha256WithRSAEncryption",
        "exponent 65537",
    ] {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let key = std::fs::metadata(files.path().join("acme.key.pem")).unwrap();
        assert_eq!(key.permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn nothing_is_overwritten_unasked() {
    let files = made("100");
    let key = std::fs::read(files.path().join("acme.key.pem")).unwrap();
    let again = [
        "cert",
        "new",
        "--cn",
        "b",
        "--private-key",
        "acme.key.pem",
        "-o",
        "acme.cer.pem",
    ];
    let ran = files.run(&again).exits(2);
    assert!(ran.err.contains("--force"), "{}", ran.err);
    files.run(&[&again[..], &["--force"]].concat()).exits(0);
    let same = std::fs::read(files.path().join("acme.key.pem")).unwrap();
    assert!(key == same, "a key is used, never replaced");
    files
        .run(&[
            "cert",
            "new",
            "--cn",
            "b",
            "--private-key",
            "x.pem",
            "-o",
            "x.pem",
        ])
        .exits(2);
}

#[test]
fn validity_is_checked_at_its_ends() {
    let files = made("100");
    let end = START + 100 * DAY;
    for (at, code, text) in [
        (START - 1, 1, "starts in"),
        (START, 0, "ends in"),
        (end, 0, "ends in"),
        (end + 1, 1, "expired"),
    ] {
        let ran = check(&files, at, &[]).exits(code);
        assert!(ran.out.contains(text), "{at}: {}", ran.out);
    }
    check(&files, end - 31 * DAY, &["--expires-in", "30d"]).exits(0);
    check(&files, end - 29 * DAY, &["--expires-in", "30d"]).exits(1);
    check(&files, end - 3600, &["--expires-in", "1h"]).exits(1);
    check(&files, end - 3601, &["--expires-in", "1h"]).exits(0);
    check(&files, START, &["--expires-in", "soon"]).exits(2);
}

#[test]
fn another_key_and_a_weak_key_are_not_good() {
    let files = made("100");
    let other = made("100");
    let key = other.path().join("acme.key.pem");
    let key = key.to_str().unwrap();
    let ran = check(&files, START, &["--private-key", key]).exits(1);
    assert!(ran.out.contains("[fail] key"), "{}", ran.out);
    let weak = countersign_test_support::fixtures::certificate("weak-1024-sha1.pem");
    files.write("acme.cer.pem", weak);
    let ran = check(&files, START, &[]).exits(1);
    assert!(ran.out.contains("[fail] strength"), "{}", ran.out);
}

#[test]
fn json_has_the_promised_shape() {
    let files = made("100");
    let inspected = files
        .run(&["cert", "inspect", "--format", "json", "acme.cer.pem"])
        .exits(0)
        .json();
    assert_eq!(inspected["schema"], "countersign/certificate/1");
    assert_eq!(
        inspected["certificates"][0]["subject"],
        "CN=acme-ledger-sync"
    );
    assert_eq!(inspected["certificates"][0]["key"]["bits"], 2048);
    assert_eq!(inspected["certificates"][0]["not_before"], START);
    let checked = check(&files, START, &["--format", "json"]).exits(0).json();
    assert_eq!(checked["schema"], "countersign/certificate/1");
    assert_eq!(checked["good"], true);
    assert_eq!(checked["certificates"][0]["checks"][0]["id"], "validity");
}

#[test]
fn renewal_keeps_key_and_subject() {
    let files = Files::new();
    let start = START.to_string();
    files
        .run(&[
            "cert",
            "new",
            "--subject",
            "CN=acme\\, sync, O=Acme, C=NZ",
            "--at",
            &start,
            "--days",
            "10",
            "--private-key",
            "k.pem",
            "-o",
            "old.pem",
        ])
        .exits(0);
    files
        .run(&[
            "cert",
            "renew",
            "old.pem",
            "--private-key",
            "k.pem",
            "-o",
            "new.pem",
        ])
        .exits(0);
    let facts = |name: &str| {
        let ran = files.run(&["cert", "inspect", "--format", "json", name]);
        ran.exits(0).json()["certificates"][0].clone()
    };
    let (old, new) = (facts("old.pem"), facts("new.pem"));
    assert_eq!(old["subject"], "CN=acme\\, sync, O=Acme, C=NZ");
    for same in ["subject", "issuer", "key_sha256"] {
        assert_eq!(old[same], new[same], "{same}");
    }
    for other in ["serial", "sha256", "not_after"] {
        assert_ne!(old[other], new[other], "{other}");
    }
    let other = made("10");
    let key = other.path().join("acme.key.pem");
    let ran = files
        .run(&[
            "cert",
            "renew",
            "old.pem",
            "--private-key",
            key.to_str().unwrap(),
            "-o",
            "x.pem",
        ])
        .exits(1);
    assert!(ran.err.contains("not renewed"), "{}", ran.err);
    assert!(!files.path().join("x.pem").exists());
}

#[test]
fn what_is_no_certificate_exits_with_3() {
    let files = made("10");
    files.run(&["cert", "inspect", "nowhere.pem"]).exits(3);
    files.run(&["cert", "inspect", "acme.key.pem"]).exits(3);
    files.run(&["cert", "check", "acme.key.pem"]).exits(3);
    files.write("empty", "");
    files.run(&["cert", "inspect", "empty"]).exits(3);
    files
        .run(&[
            "cert",
            "new",
            "--subject",
            "X=y",
            "--private-key",
            "a",
            "-o",
            "b",
        ])
        .exits(2);
    files
        .run(&["cert", "new", "--private-key", "a", "-o", "b"])
        .exits(2);
}
