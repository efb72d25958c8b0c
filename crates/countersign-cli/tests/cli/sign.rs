//! `sign`: every form of output, every option, every refusal.

use crate::run::{Files, Ran, with_keys};

const URL: &str = "http://photos.example.net/photos?file=vacation.jpg&size=original";
const STAMP: [&str; 4] = ["--timestamp", "1191242096", "--nonce", "kllo9940pd9333jh"];
/// The signature of the OAuth Core 1.0 example, appendix A.5.
const SIGNATURE: &str = "tR3+Ty81lMeYAr/Fid0kMTYa/WM=";

fn sign(files: &Files, more: &[&str]) -> Ran {
    let mut arguments = vec!["sign", "--keys", "keys.toml"];
    arguments.extend(STAMP);
    arguments.extend(more);
    files.run(&arguments)
}

fn verified(files: &Files, request: &str) {
    files.write("request.txt", request);
    let arguments = [
        "verify",
        "--keys",
        "keys.toml",
        "--at",
        "1191242096",
        "request.txt",
    ];
    files.run(&arguments).exits(0);
}

#[test]
fn a_header_is_printed_unless_asked_otherwise() {
    let ran = sign(&with_keys(), &[URL]).exits(0);
    assert!(
        ran.out
            .starts_with("Authorization: OAuth oauth_consumer_key=\"dpf43f3p2l4k3l03\"")
    );
    assert!(
        ran.out
            .ends_with("oauth_signature=\"tR3%2BTy81lMeYAr%2FFid0kMTYa%2FWM%3D\"\n")
    );
    assert_eq!(ran.err, "");
}

#[test]
fn json_has_the_promised_shape() {
    let document = sign(&with_keys(), &["--as", "json", URL]).exits(0).json();
    let names: Vec<&str> = document
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let promised = [
        "authorization",
        "base_string",
        "body",
        "parameters",
        "schema",
        "signature",
        "url",
    ];
    assert_eq!(names, promised);
    assert_eq!(document["schema"], "countersign/sign/1");
    assert_eq!(document["signature"], SIGNATURE);
    assert_eq!(document["url"], URL);
    assert!(document["body"].is_null());
    assert_eq!(document["parameters"][0]["name"], "file");
}

#[test]
fn every_request_printed_verifies() {
    let files = with_keys();
    let https = "https://api.example.com:8443/v1/items?q=it's%20%22red%22&a=%24HOME";
    for form in ["curl", "http"] {
        let ran = sign(&files, &["--as", form, https]).exits(0);
        verified(&files, &ran.out);
        let ran = sign(
            &files,
            &[
                "--as",
                form,
                "--form",
                "note=it's $5 & \"more\" + `x`",
                https,
            ],
        );
        verified(&files, &ran.exits(0).out);
        let ran = sign(
            &files,
            &["--as", form, "--realm", "Photos", "--no-version", https],
        );
        verified(&files, &ran.exits(0).out);
    }
    let url = sign(&files, &["--as", "query", https]).exits(0).out;
    verified(&files, &format!("GET {} HTTP/1.1\n\n", url.trim()));
}

#[test]
fn the_query_holds_the_parameters_and_no_fragment_is_sent() {
    let ran = sign(&with_keys(), &["--as", "query", &format!("{URL}#top")]).exits(0);
    assert!(
        ran.out.starts_with(&format!("{URL}&oauth_consumer_key=")),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains('#'));
}

#[test]
fn a_form_holds_the_parameters() {
    let ran = sign(
        &with_keys(),
        &[
            "--as",
            "form",
            "--form",
            "a=b c",
            "https://api.example.com/",
        ],
    );
    assert!(ran.exits(0).out.starts_with("a=b%20c&oauth_consumer_key="));
    let ran = sign(&with_keys(), &["--as", "form", "https://api.example.com/"]).exits(0);
    assert!(ran.out.starts_with("oauth_consumer_key="));
}

#[test]
fn form_values_and_bodies_come_from_files() {
    let files = with_keys();
    files.write("value", "from a file\n");
    files.write("body.json", "{}");
    let at = [
        "--as",
        "json",
        "--form",
        "a=@value",
        "https://api.example.com/",
    ];
    assert_eq!(
        sign(&files, &at).exits(0).json()["body"],
        "a=from%20a%20file"
    );
    let body = [
        "--as",
        "json",
        "--body",
        "body.json",
        "--content-type",
        "application/json",
        "--body-hash",
        "https://api.example.com/",
    ];
    let document = sign(&files, &body).exits(0).json();
    assert_eq!(document["body"], "{}");
    let base = document["base_string"].as_str().unwrap();
    assert!(base.starts_with("POST&"), "{base}");
    assert!(base.contains("oauth_body_hash%3D"), "{base}");
}

#[test]
fn protocol_parameters_replace_those_of_the_keys_file() {
    let files = with_keys();
    let ran = sign(
        &files,
        &[
            "--oauth",
            "oauth_token=other",
            "--oauth",
            "oauth_verifier=473f82d3",
            "--oauth",
            "xoauth_requestor_id=me",
            "--as",
            "json",
            URL,
        ],
    );
    let document = ran.exits(0).json();
    let base = document["base_string"].as_str().unwrap();
    for part in [
        "oauth_token%3Dother",
        "oauth_verifier%3D473f82d3",
        "xoauth_requestor_id%3Dme",
    ] {
        assert!(base.contains(part), "{part}: {base}");
    }
    assert!(!base.contains("nnch734d00sl2jdk"));
}

#[test]
fn two_options_may_say_the_same() {
    let files = with_keys();
    let same = [
        "--oauth",
        "oauth_nonce=kllo9940pd9333jh",
        "--oauth",
        "oauth_timestamp=1191242096",
        "--oauth",
        "oauth_version=1.0",
        "--oauth",
        "oauth_signature_method=HMAC-SHA1",
        "--signature-method",
        "HMAC-SHA1",
        "--as",
        "json",
        URL,
    ];
    assert_eq!(sign(&files, &same).exits(0).json()["signature"], SIGNATURE);
    let other = [
        "--oauth",
        "oauth_signature_method=HMAC-SHA256",
        "--as",
        "json",
        URL,
    ];
    assert_ne!(sign(&files, &other).exits(0).json()["signature"], SIGNATURE);
    sign(
        &files,
        &[&["--signature-method", "HMAC-SHA1"], &other[..]].concat(),
    )
    .exits(2);
}

#[test]
fn a_body_that_is_no_text_is_signed_and_left_out_of_json() {
    let files = with_keys();
    files.write("body", [0xff, 0xfe, 0]);
    let body = ["--body", "body", "--content-type", "image/x", "--body-hash"];
    let ran = sign(&files, &[&body[..], &["--as", "json", URL]].concat()).exits(0);
    assert!(ran.json()["body"].is_null());
    assert!(ran.err.contains("no text"), "{}", ran.err);
}

#[test]
fn an_empty_token_is_sent_and_no_token_is_not() {
    let files = Files::new();
    for (token, sent) in [("", false), ("token = \"\"\n", true)] {
        files.write(
            "keys.toml",
            format!("consumer_key = \"k\"\nconsumer_secret = \"s\"\n{token}"),
        );
        let ran = sign(&files, &[URL]).exits(0);
        assert_eq!(ran.out.contains("oauth_token=\"\""), sent, "{}", ran.out);
    }
}

#[test]
fn a_session_handle_comes_from_the_keys_file_only() {
    let files = with_keys();
    sign(&files, &["--oauth", "oauth_session_handle=ODJHMGEZ", URL]).exits(2);
    sign(&files, &["--oauth", "oauth_session_handle", URL]).exits(4);
    files.write(
        "keys.toml",
        format!("{}session_handle = \"ODJHMGEZ\"\n", crate::run::KEYS),
    );
    let ran = sign(&files, &["--oauth", "oauth_session_handle", URL]).exits(0);
    assert!(ran.out.contains("oauth_session_handle=\"ODJHMGEZ\""));
}

#[test]
fn steps_go_to_standard_error_with_the_key_masked() {
    let ran = sign(&with_keys(), &["--steps", URL]).exits(0);
    assert!(ran.out.starts_with("Authorization: "));
    for line in [
        "base_uri                 http://photos.example.net/photos\n",
        "normalized_param_string  file=vacation.jpg&oauth_consumer_key=",
        "base_string              GET&http%3A%2F%2F",
        "signing_key              16 chars & 16 chars\n",
        "signature                tR3+Ty81lMeYAr/Fid0kMTYa/WM=\n",
    ] {
        assert!(ran.err.contains(line), "{line}: {}", ran.err);
    }
}

#[test]
fn plaintext_is_used_when_named_and_warned_of_over_http() {
    let files = with_keys();
    let plain = ["--signature-method", "PLAINTEXT", "--steps", URL];
    let ran = sign(&files, &plain).exits(0);
    assert!(ran.err.contains("warning: PLAINTEXT"), "{}", ran.err);
    assert!(!ran.err.contains("kd94hf93k423kf44"), "{}", ran.err);
    let tls = [
        "--signature-method",
        "PLAINTEXT",
        "https://api.example.com/",
    ];
    assert_eq!(sign(&files, &tls).exits(0).err, "");
    sign(
        &files,
        &["--oauth", "oauth_signature_method=PLAINTEXT", URL],
    )
    .exits(2);
}

#[test]
fn the_method_follows_the_keys() {
    let files = Files::new();
    let key = countersign_test_support::fixtures::key("rsa2048.pkcs8.pem");
    files.write("key.pem", key);
    files.write(
        "keys.toml",
        "consumer_key = \"k\"\nprivate_key = \"key.pem\"\n",
    );
    let ran = sign(&files, &[URL]).exits(0);
    assert!(
        ran.out.contains("oauth_signature_method=\"RSA-SHA1\""),
        "{}",
        ran.out
    );
    let ran = sign(
        &files,
        &["--signature-method", "RSA-SHA256", "--steps", URL],
    )
    .exits(0);
    assert!(ran.out.contains("oauth_signature_method=\"RSA-SHA256\""));
    assert!(
        ran.err
            .contains("signing_key              RSA private key, 2048 bits")
    );
    let ran = sign(&files, &["--signature-method", "HMAC-SHA1", URL]).exits(4);
    assert!(ran.err.contains("consumer_secret"), "{}", ran.err);
}

#[test]
fn missing_credentials_are_named_with_an_example() {
    let files = Files::new();
    for (keys, name) in [
        ("", "consumer_secret"),
        ("consumer_secret = \"s\"\n", "consumer_key"),
        ("consumer_key = \"k\"\n", "consumer_secret"),
    ] {
        files.write("keys.toml", keys);
        let ran = sign(&files, &[URL]).exits(4);
        assert!(
            ran.err.contains(&format!("{name} is missing")),
            "{}",
            ran.err
        );
        assert!(ran.err.contains(&format!("{name} = \"")), "{}", ran.err);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn what_can_not_be_signed_is_a_matter_of_usage() {
    let files = with_keys();
    for wrong in [
        &["ftp://example.com/"][..],
        &["no url"],
        &["--oauth", "a=b", URL],
        &["--oauth", "oauth_signature=x", URL],
        &["--oauth", "oauth_nonce=x", URL],
        &["--oauth", "oauth_callback", URL],
        &[
            "--oauth",
            "oauth_callback=a",
            "--oauth",
            "oauth_callback=b",
            URL,
        ],
        &["--oauth", "oauth_version=1.0", "--no-version", URL],
        &["--form", "novalue", URL],
        &["--form", "x_auth_password=hunter2", URL],
        &["--form", "a=b", "--body", "keys.toml", URL],
        &["--form", "a=b", "--body-hash", URL],
        &["--body", "keys.toml", URL],
        &["--realm", "r", "--as", "query", URL],
        &["--signature-method", "HMAC-MD5", URL],
        &["--method", "GET IT", URL],
        &["--as", "yaml", URL],
        &["http://example.com/?oauth_nonce=x"],
    ] {
        let ran = sign(&files, wrong).exits(2);
        assert_eq!(ran.out, "", "{wrong:?}");
        assert!(ran.err.starts_with("error: "), "{wrong:?}: {}", ran.err);
    }
}

#[test]
fn keys_may_come_from_standard_input() {
    let files = Files::new();
    let mut arguments = vec!["sign", "--keys", "-", "--as", "json"];
    arguments.extend(STAMP);
    arguments.push(URL);
    let ran = files.feed(&arguments, crate::run::KEYS.as_bytes()).exits(0);
    assert_eq!(ran.json()["signature"], SIGNATURE);
}

#[test]
fn timestamp_and_nonce_are_fresh_each_time() {
    let files = with_keys();
    let one = files.run(&["sign", "--keys", "keys.toml", URL]).exits(0);
    let other = files.run(&["sign", "--keys", "keys.toml", URL]).exits(0);
    assert_ne!(one.out, other.out);
}

/// The printed command goes through a real shell to a `curl` that shows what it was given.
#[cfg(unix)]
#[test]
fn the_curl_command_survives_a_shell() {
    use std::os::unix::fs::PermissionsExt as _;

    let files = with_keys();
    let curl = files.write("curl", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    std::fs::set_permissions(&curl, std::fs::Permissions::from_mode(0o700)).unwrap();
    let url = "https://api.example.com/v1/it's?a=%24HOME&b=$HOME&c=!x&d=(y)*";
    let printed = sign(
        &files,
        &["--as", "curl", "--form", "note='$(id)' \"`id`\" \\", url],
    );
    let done = std::process::Command::new("sh")
        .args(["-c", &printed.exits(0).out])
        .env("PATH", format!("{}:/usr/bin:/bin", files.path().display()))
        .output()
        .unwrap();
    let words = String::from_utf8(done.stdout).unwrap();
    let words: Vec<&str> = words.lines().collect();
    assert!(words.contains(&url), "{words:?}");
    assert!(
        words.contains(&"note=%27%24%28id%29%27%20%22%60id%60%22%20%5C"),
        "{words:?}"
    );
    assert!(
        words
            .iter()
            .any(|word| word.starts_with("Authorization: OAuth oauth_consumer_key=\""))
    );
    assert_eq!(done.stderr, b"");
}
