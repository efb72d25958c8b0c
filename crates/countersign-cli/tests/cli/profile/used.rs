//! Profiles in place of keys files.

use super::Home;
use crate::run::KEYS;

const URL: &str = "http://photos.example.net/photos?file=vacation.jpg&size=original";
const STAMP: [&str; 4] = ["--timestamp", "1191242096", "--nonce", "kllo9940pd9333jh"];
const SIGNATURE: &str = "tR3+Ty81lMeYAr/Fid0kMTYa/WM=";

#[test]
fn sign_verify_and_doctor_take_a_profile() {
    let home = Home::with_acme();
    let sign = [
        &["sign", "--profile", "acme", "--as", "json", URL],
        &STAMP[..],
    ]
    .concat();
    let ran = home.run(&sign).exits(0);
    assert_eq!(ran.json()["signature"], SIGNATURE);
    assert_eq!(ran.err, "");
    let raw = [
        &["sign", "--profile", "acme", "--as", "http", URL],
        &STAMP[..],
    ]
    .concat();
    let request = home.run(&raw).exits(0).out;
    home.files().write("request.http", &request);
    home.files()
        .write("bad.http", request.replace("size=original", "size=small"));
    let judge = ["--scheme", "http", "--at", "1191242096"];
    for (file, code) in [("request.http", 0), ("bad.http", 1)] {
        let verify = [&["verify", "--profile", "acme", file], &judge[..]].concat();
        home.run(&verify).exits(code);
        let doctor = [&["doctor", "--profile", "acme", file], &judge[..]].concat();
        home.run(&doctor).exits(code);
    }
}

#[test]
fn a_keys_file_and_a_profile_exclude_each_other() {
    let home = Home::with_acme();
    for command in ["sign", "verify", "doctor"] {
        let both = [command, "--keys", "keys.toml", "--profile", "acme", URL];
        home.run(&both).exits(2);
        home.run(&[command, "--profile", "nobody", URL])
            .exits(if command == "doctor" { 3 } else { 4 });
    }
}

#[test]
fn the_profile_in_use_is_named_each_time() {
    let home = Home::with_acme();
    let sign = [&["sign", "--as", "json", URL], &STAMP[..]].concat();
    let ran = home.run(&sign).exits(2);
    assert!(ran.err.contains("--profile NAME"), "{}", ran.err);
    home.run(&["profile", "use", "acme"]).exits(0);
    let ran = home.run(&sign).exits(0);
    assert_eq!(ran.json()["signature"], SIGNATURE);
    assert_eq!(ran.err, "profile: acme (in use)\n");
    // What is named goes before it.
    home.files()
        .write("other.toml", KEYS.replace("kd94hf93k423kf44", "another"));
    let other = [
        &["sign", "--keys", "other.toml", "--as", "json", URL],
        &STAMP[..],
    ]
    .concat();
    let ran = home.run(&other).exits(0);
    assert_ne!(ran.json()["signature"], SIGNATURE);
    assert_eq!(ran.err, "");
    home.run(&["profile", "add", "second", "--keys", "other.toml"])
        .exits(0);
    let ran = home
        .run_with(&sign, b"", &[("COUNTERSIGN_PROFILE", "second")])
        .exits(0);
    assert_ne!(ran.json()["signature"], SIGNATURE);
    assert_eq!(ran.err, "profile: second (COUNTERSIGN_PROFILE)\n");
    home.run_with(&sign, b"", &[("COUNTERSIGN_PROFILE", "nobody")])
        .exits(4);
}

/// A profile of somebody else would only mislead the doctor.
#[test]
fn the_doctor_takes_the_profile_in_use_only_if_it_signed() {
    let home = Home::with_acme();
    home.run(&["profile", "use", "acme"]).exits(0);
    let raw = [
        &["sign", "--profile", "acme", "--as", "http", URL],
        &STAMP[..],
    ]
    .concat();
    let request = home.run(&raw).exits(0).out;
    let bad = request.replace("size=original", "size=small");
    home.files().write("bad.http", &bad);
    let judge = ["--scheme", "http", "--at", "1191242096", "--budget", "100"];
    let ran = home
        .run(&[&["doctor", "bad.http"], &judge[..]].concat())
        .exits(1);
    assert_eq!(ran.err, "profile: acme (in use)\n");
    home.files()
        .write("foreign.http", bad.replace("dpf43f3p2l4k3l03", "another"));
    let ran = home.run(&[&["doctor", "foreign.http"], &judge[..]].concat());
    assert!(
        ran.err.contains("has another consumer key and is not used"),
        "{}",
        ran.err
    );
    home.files()
        .write("answer.txt", "oauth_problem=token_rejected");
    let ran = home.run(&["doctor", "--response", "answer.txt"]).exits(1);
    assert_eq!(ran.err, "");
}

#[test]
fn what_the_profile_says_of_the_provider_counts() {
    let home = Home::new();
    let add = |name: &str, more: &[&str]| {
        let add = ["profile", "add", name, "--keys", "keys.toml"];
        home.run(&[&add[..], more].concat()).exits(0);
    };
    add(
        "query",
        &["--placement", "query", "--signature-method", "HMAC-SHA256"],
    );
    let ran = home.run(&["sign", "--profile", "query", URL]).exits(0);
    assert!(ran.out.starts_with(URL), "{}", ran.out);
    assert!(
        ran.out.contains("oauth_signature_method=HMAC-SHA256"),
        "{}",
        ran.out
    );
    let named = [
        "sign",
        "--profile",
        "query",
        "--as",
        "header",
        "--signature-method",
        "HMAC-SHA1",
    ];
    let ran = home.run(&[&named[..], &[URL]].concat()).exits(0);
    assert!(ran.out.starts_with("Authorization: OAuth "), "{}", ran.out);
    assert!(ran.out.contains("\"HMAC-SHA1\""), "{}", ran.out);
    // A hash goes with a body that is no form, and with no other.
    add("hashed", &["--body-hash"]);
    home.files().write("order.json", "{}");
    let sign = ["sign", "--profile", "hashed", "--as", "json"];
    let json = ["--body", "order.json", "--content-type", "application/json"];
    for (more, hashed) in [(&json[..], true), (&["--form", "a=b"], false), (&[], false)] {
        let ran = home.run(&[&sign[..], more, &[URL]].concat()).exits(0);
        assert_eq!(ran.out.contains("oauth_body_hash"), hashed, "{more:?}");
    }
    let unhashed = ["sign", "--keys", "keys.toml", "--as", "json"];
    let ran = home.run(&[&unhashed[..], &json, &[URL]].concat()).exits(0);
    assert!(!ran.out.contains("oauth_body_hash"));
}
