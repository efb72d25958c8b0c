//! `verify`: what passes, what fails, and the answer a provider would give.

use countersign_test_support::fixtures;

use crate::run::{Files, Ran, with_keys};

fn request(files: &Files, more: &[&str]) -> String {
    let mut arguments = vec!["sign", "--keys", "keys.toml", "--as", "http"];
    arguments.extend(["--timestamp", "1191242096"]);
    arguments.extend(more);
    arguments.push("https://api.example.com/v1/items?q=red%20shoes");
    files.run(&arguments).exits(0).out
}

fn verify(files: &Files, request: &str, more: &[&str]) -> Ran {
    files.write("request.http", request);
    let mut arguments = vec!["verify", "--keys", "keys.toml", "--at", "1191242096"];
    arguments.extend(more);
    arguments.push("request.http");
    files.run(&arguments)
}

#[test]
fn every_check_is_shown() {
    let files = with_keys();
    let ran = verify(&files, &request(&files, &[]), &[]).exits(0);
    let checks = [
        "limits",
        "grammar",
        "placement",
        "duplicates",
        "required",
        "version",
        "syntax",
        "timestamp",
        "consumer",
        "method",
        "certificate",
        "token",
        "body_hash",
        "signature",
        "token_state",
        "nonce",
    ];
    for check in checks {
        assert!(
            ran.out.contains(&format!(" {check:11}  ")),
            "{check}: {}",
            ran.out
        );
    }
    assert!(ran.out.contains("https assumed"));
    assert!(
        ran.out
            .ends_with("Verified: the request was signed by consumer dpf43f3p2l4k3l03\n")
    );
}

#[test]
fn json_has_the_promised_shape() {
    let files = with_keys();
    let good = request(&files, &[]);
    let document = verify(&files, &good, &["--format", "json"]).exits(0).json();
    assert_eq!(document["schema"], "countersign/verify/1");
    assert_eq!(document["verified"], true);
    assert!(document["answer"].is_null());
    assert_eq!(document["checks"].as_array().unwrap().len(), 16);
    let tampered = good.replace("red%20shoes", "blue%20shoes");
    let document = verify(&files, &tampered, &["--format", "json"])
        .exits(1)
        .json();
    assert_eq!(document["verified"], false);
    assert_eq!(document["answer"]["status"], 401);
    assert_eq!(document["answer"]["code"], "signature_invalid");
    assert_eq!(document["answer"]["advice"], "Failed to validate signature");
}

#[test]
fn a_refusal_shows_the_answer_of_a_provider() {
    let files = with_keys();
    let good = request(&files, &[]);
    for (request, at, code) in [
        (
            good.replace("/v1/", "/v2/"),
            "1191242096",
            "signature_invalid",
        ),
        (good.clone(), "1191242397", "timestamp_refused"),
        (good.clone(), "1191241795", "timestamp_refused"),
        (
            good.replace("dpf43f3p2l4k3l03", "another"),
            "1191242096",
            "consumer_key_unknown",
        ),
        (
            good.replace("nnch734d00sl2jdk", "another"),
            "1191242096",
            "token_rejected",
        ),
        (
            good.replace("HMAC-SHA1", "RSA-SHA1"),
            "1191242096",
            "signature_method_rejected",
        ),
        (
            good.replace("HMAC-SHA1", "PLAINTEXT"),
            "1191242096",
            "signature_method_rejected",
        ),
        (
            good.replace("oauth_nonce", "oauth_once"),
            "1191242096",
            "parameter_absent",
        ),
        (
            good.replace("version=\"1.0", "version=\"2.0"),
            "1191242096",
            "version_rejected",
        ),
    ] {
        files.write("request.http", &request);
        let ran = files
            .run(&["verify", "--keys", "keys.toml", "--at", at, "request.http"])
            .exits(1);
        assert!(
            ran.out.contains(&format!("\nRefused: {code}")),
            "{code}: {}",
            ran.out
        );
        assert!(
            ran.out.contains(&format!("oauth_problem={code}"))
                || ran.out.contains(&format!("oauth_problem=\"{code}\"")),
            "{}",
            ran.out
        );
    }
}

#[test]
fn the_window_ends_are_inclusive() {
    let files = with_keys();
    files.write("request.http", request(&files, &[]));
    for (at, code) in [
        ("1191242396", 0),
        ("1191242397", 1),
        ("1191241796", 0),
        ("1191241795", 1),
    ] {
        files
            .run(&["verify", "--keys", "keys.toml", "--at", at, "request.http"])
            .exits(code);
    }
}

#[test]
fn the_scheme_is_signed() {
    let files = with_keys();
    let good = request(&files, &[]);
    verify(&files, &good, &["--scheme", "https"]).exits(0);
    verify(&files, &good, &["--scheme", "http"]).exits(1);
}

#[test]
fn a_body_without_a_hash_is_named() {
    let files = with_keys();
    files.write("b.json", "{}");
    let body = ["--body", "b.json", "--content-type", "application/json"];
    let ran = verify(&files, &request(&files, &body), &[]).exits(0);
    assert!(ran.out.contains("the body is not signed"), "{}", ran.out);
    let hashed = request(&files, &[&body[..], &["--body-hash"]].concat());
    let ran = verify(&files, &hashed, &[]).exits(0);
    assert!(!ran.out.contains("the body is not signed"), "{}", ran.out);
    verify(&files, &hashed.replace("{}", "[]"), &[]).exits(1);
}

#[test]
fn rsa_is_verified_by_certificate_or_by_the_public_half() {
    let files = Files::new();
    files.write("key.pem", fixtures::key("rsa2048.pkcs8.pem"));
    let own = "consumer_key = \"k\"\nprivate_key = \"key.pem\"\n";
    files.write("keys.toml", own);
    let good = request(&files, &[]);
    verify(&files, &good, &[]).exits(0);
    verify(&files, &good.replace("red%20shoes", "red"), &[]).exits(1);
    files
        .run(&[
            "cert",
            "new",
            "--cn",
            "x",
            "--private-key",
            "other.pem",
            "-o",
            "other.cer.pem",
            "--at",
            "1191242000",
        ])
        .exits(0);
    files.write(
        "keys.toml",
        format!("{own}certificate = \"other.cer.pem\"\n"),
    );
    let ran = verify(&files, &good, &[]).exits(1);
    assert!(
        ran.out.contains("Refused: signature_invalid"),
        "{}",
        ran.out
    );
}

#[test]
fn missing_keys_are_named() {
    let files = with_keys();
    let good = request(&files, &[]);
    files.write("keys.toml", "consumer_key = \"dpf43f3p2l4k3l03\"\n");
    let ran = verify(&files, &good, &[]).exits(4);
    assert!(
        ran.err.contains("consumer_secret is missing"),
        "{}",
        ran.err
    );
    files.write("keys.toml", "consumer_secret = \"kd94hf93k423kf44\"\n");
    let ran = verify(&files, &good, &[]).exits(4);
    assert!(ran.err.contains("token_secret is missing"), "{}", ran.err);
}

#[test]
fn what_is_no_request_can_not_be_verified() {
    let files = with_keys();
    verify(&files, "", &[]).exits(3);
    verify(&files, "oauth_problem=token_rejected", &[]).exits(3);
    files
        .run(&["verify", "--keys", "keys.toml", "nowhere.http"])
        .exits(3);
    files
        .run(&["verify", "--keys", "nowhere.toml", "request.http"])
        .exits(3);
    files.run(&["verify", "request.http"]).exits(2);
}
