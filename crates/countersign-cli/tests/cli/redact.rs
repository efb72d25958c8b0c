//! `doctor --redact`: no value of the request, the answer or the keys is in the report.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::run::{Files, Ran, run_in};

/// What stays: facts about the protocol, and times.
const PUBLIC: [&str; 3] = ["oauth_signature_method", "oauth_timestamp", "oauth_version"];

/// Every value of a text, decoded and as it stands: whatever is behind an equals sign, between
/// quotation marks, in a form, in JSON.
fn values(text: &str) -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    let divides = |letter: char| "&?,; \t\r\n{}[]".contains(letter);
    for piece in text.split(divides) {
        let (name, value) = piece
            .split_once('=')
            .or_else(|| piece.split_once(':'))
            .unwrap_or(("", ""));
        if PUBLIC.contains(&name.trim_matches('"')) {
            continue;
        }
        let mut value = value.trim_matches('"').to_owned();
        for _ in 0..3 {
            values.insert(value.clone());
            let below = value.replace('+', " ");
            let below =
                countersign_encoding::decode(&below).map_or_else(|_| below.clone(), Into::into);
            if below == value {
                break;
            }
            value = below;
        }
    }
    values
}

/// The texts that stand in every report, whatever the input: a value that is one of their words is
/// no secret by being printed.
fn own_texts() -> String {
    let mut own = String::from(
        "Unauthorized text/plain text/html utf-8 application/x-www-form-urlencoded charset http \
         https Authorization OAuth realm true false none ",
    );
    for row in countersign_doctor::codes() {
        for text in [row.code.as_str(), row.title, row.meaning, row.rule] {
            own.push_str(text);
            own.push('\n');
        }
        own.push_str(&row.remedies.join("\n"));
        if let Some(page) = row.page() {
            own.push_str(page.recognise);
            for fix in page.fixes {
                own.push_str(fix.text);
            }
        }
    }
    for row in countersign_problem::catalogue::rows() {
        own.push_str(row.code.as_str());
        own.push_str(row.meaning);
        own.push_str(&row.remedies.join("\n"));
    }
    for row in countersign_problem::text::rows() {
        own.push_str(row.pattern.text());
        own.push_str(row.meaning);
        own.push('\n');
    }
    own
}

/// Reserved characters and their escapes stay: they are what mistakes are made with.
fn is_reserved(value: &str) -> bool {
    let plain = |text: &str| {
        countersign_encoding::decode(text).map_or_else(|_| text.to_owned(), Into::into)
    };
    !plain(&plain(&plain(value)))
        .chars()
        .any(char::is_alphanumeric)
}

/// A sentence of a provider that everybody gets, without anything of this request in it.
fn is_known(value: &str, own: &str) -> bool {
    let mut words = value.split(|letter: char| !letter.is_alphanumeric());
    !countersign_problem::text::recognise(value).is_empty()
        && words.all(|word| word.len() < 4 || own.contains(word))
}

#[track_caller]
fn shows_none(ran: &Ran, values: &BTreeSet<String>, own: &str, at: &str) -> usize {
    let mut looked_for = 0;
    for value in values {
        let is_own = own.contains(value.as_str()) || is_known(value, own);
        if value.chars().count() < 4 || is_own || is_reserved(value) {
            continue;
        }
        looked_for += 1;
        for text in [&ran.out, &ran.err] {
            assert!(
                !text.contains(value.as_str()),
                "{at} shows {value:?}:\n{text}"
            );
        }
    }
    looked_for
}

/// Runs the doctor on it in all its forms.
fn reports(directory: &Path, arguments: &[&str]) -> Vec<Ran> {
    [
        ["--redact", "--verbose"].as_slice(),
        &["--redact", "--format", "json"],
    ]
    .into_iter()
    .map(|form| {
        // Where nothing explains it, the search is not what is tested.
        let doctor = ["doctor", "--budget", "3000"];
        run_in(directory, &[&doctor, form, arguments].concat(), b"")
    })
    .collect()
}

fn examples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/refused")
}

#[test]
fn no_value_of_a_bundled_example_is_shown() {
    let own = own_texts();
    let mut looked_for = 0;
    let mut names: Vec<PathBuf> = std::fs::read_dir(examples())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    names.sort();
    assert!(names.len() >= 5);
    for example in names {
        let mut hidden = BTreeSet::new();
        for entry in std::fs::read_dir(&example).unwrap() {
            let path = entry.unwrap().path();
            hidden.extend(values(&std::fs::read_to_string(path).unwrap()));
        }
        let mut arguments = vec!["--keys", "keys.toml"];
        if example.join("client-base-string.txt").exists() {
            arguments.extend(["--client-base-string", "client-base-string.txt"]);
        }
        arguments.push("request.http");
        for ran in reports(&example, &arguments) {
            assert_eq!(ran.code, 1, "{}", ran.err);
            looked_for += shows_none(&ran, &hidden, &own, &example.display().to_string());
        }
    }
    assert!(looked_for >= 100, "{looked_for}");
}

/// The values of a keys file in TOML.
fn keys_of(case: &Value) -> Option<String> {
    let key = case.pointer("/rebuild/right/hmac_key")?.as_str()?;
    let (consumer, token) = key.split_once('&')?;
    let plain = |text: &str| countersign_encoding::decode(text).map(Into::<String>::into);
    Some(format!(
        "consumer_secret = {}\ntoken_secret = {}\n",
        toml_text(&plain(consumer).ok()?),
        toml_text(&plain(token).ok()?)
    ))
}

fn toml_text(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

#[test]
fn no_value_of_a_real_refusal_is_shown() {
    let own = own_texts();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/failures");
    let files = Files::new();
    let (mut cases, mut looked_for) = (0, 0);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    paths.sort();
    for path in paths {
        let case: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let text = |pointer: &str| case.pointer(pointer).and_then(Value::as_str);
        let Some(request) = text("/rebuild/request_raw") else {
            continue;
        };
        files.write("request.http", request);
        let mut hidden = values(request);
        let mut arguments = vec!["request.http"];
        if let Some(answer) = text("/rebuild/answer").filter(|answer| !answer.trim().is_empty()) {
            files.write("answer.txt", answer);
            arguments.extend(["--response", "answer.txt"]);
        }
        if let Some(keys) = keys_of(&case) {
            files.write("keys.toml", &keys);
            arguments.extend(["--keys", "keys.toml"]);
            hidden.extend(values(&keys.replace(" = ", "=")));
        }
        if let Some(base) = text("/rebuild/faulty/base_string") {
            files.write("base.txt", base);
            arguments.extend(["--client-base-string", "base.txt"]);
        }
        cases += 1;
        for ran in reports(files.path(), &arguments) {
            let at = path.display().to_string();
            // An input that can't be read as a request is refused; that shows nothing either.
            assert!(matches!(ran.code, 0 | 1 | 3), "{at}: {}", ran.err);
            looked_for += shows_none(&ran, &hidden, &own, &at);
        }
    }
    assert!(
        cases >= 60 && looked_for >= 1000,
        "{cases} cases, {looked_for} values"
    );
}

/// Values as they occur: hexadecimal, base64, words with spaces, other alphabets.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9a-f]{8,40}",
        "[A-Za-z0-9+/]{20,27}=",
        "[A-Z][a-z]{3,9} [a-z]{4,9}[0-9]{2}[!*'() ,]{0,3}[a-z]{4}",
        "[а-яё日本é]{4,12}",
        Just("x'y (z) ~ 100% & more".to_owned()),
    ]
}

#[test]
fn no_random_value_is_shown_whatever_is_wrong() {
    let own = own_texts();
    let config = Config {
        cases: 12,
        failure_persistence: None,
        ..Config::default()
    };
    let strategy = (value(), value(), value(), "[A-Za-z0-9]{8,30}", 0_u8..4);
    let mut runner = TestRunner::new(config);
    let checked = runner.run(&strategy, |(name, secret, token, nonce, fault)| {
        let files = Files::new();
        let encode = |text: &str| countersign_encoding::encode(text).into_owned();
        files.write(
            "keys.toml",
            format!(
                "consumer_key = {}\nconsumer_secret = {}\ntoken = {}\ntoken_secret = {}\n",
                toml_text(&format!("ck{nonce}")),
                toml_text(&secret),
                toml_text(&token),
                toml_text(&format!("ts{secret}"))
            ),
        );
        let url = format!("https://api.example.com/v1/people?name={}", encode(&name));
        let signed = files
            .run(&[
                "sign",
                "--keys",
                "keys.toml",
                "--as",
                "http",
                "--nonce",
                &nonce,
                &url,
            ])
            .exits(0)
            .out;
        let broken = match fault {
            0 => signed.clone(),
            1 => signed.replace("/v1/people", "/v1/People"),
            2 => signed.replace(&encode(&name), &encode(&format!("{name}{name}"))),
            _ => signed.replace("%20", "+"),
        };
        files.write(
            "request.http",
            format!(
                "{}\r\n\r\nHTTP/1.1 401 Unauthorized\r\n\r\noauth_problem=token_rejected&\
                 oauth_problem_advice=Token%20{}%20is%20odd",
                broken.trim_end(),
                encode(&token)
            ),
        );
        let hidden: BTreeSet<String> = [name, secret, token, nonce]
            .into_iter()
            .flat_map(|text| [encode(&text), encode(&encode(&text)), text])
            .chain(values(&broken))
            .collect();
        for ran in reports(files.path(), &["--keys", "keys.toml", "request.http"]) {
            assert!(matches!(ran.code, 0 | 1), "{}", ran.err);
            assert!(shows_none(&ran, &hidden, &own, &broken) >= 6);
        }
        Ok(())
    });
    checked.unwrap();
}

#[test]
fn the_evidence_keeps_what_tells_the_mistake() {
    let arguments = [
        "doctor",
        "--redact",
        "--keys",
        "plus-for-space/keys.toml",
        "--client-base-string",
        "plus-for-space/client-base-string.txt",
        "plus-for-space/request.http",
    ];
    let ran = run_in(&examples(), &arguments, b"").exits(1);
    for text in [
        "GET <host (15 chars)>/xxxx/xxxxxx   401 signature_invalid",
        "input 1: read as raw HTTP",
        "error[enc.plus_space]",
        "   | - xxx%2Bxxxxx   what the client signed",
        "   | + xxx%20xxxxx   what RFC 5849 section 3.6 requires",
        "   |      ^^^",
    ] {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
}

#[test]
fn the_same_value_has_the_same_placeholder() {
    let files = crate::run::with_keys();
    let answer = "HTTP/1.1 401 Unauthorized\r\n\r\noauth_problem=token_rejected&\
                  oauth_problem_advice=Token%20nnch734d00sl2jdk%20does%20not%20match%20an%20\
                  expected%20ACCESS%20token";
    let request = files
        .run(&[
            "sign",
            "--keys",
            "keys.toml",
            "--as",
            "http",
            "https://api.xero.com/api.xro/2.0/Users",
        ])
        .exits(0)
        .out;
    files.write(
        "refused.http",
        format!("{}\r\n\r\n{answer}", request.trim_end()),
    );
    let ran = files.run(&["doctor", "--redact", "--keys", "keys.toml", "refused.http"]);
    assert!(!ran.out.contains("nnch734d00sl2jdk"), "{}", ran.out);
    // The host of a provider that everybody knows tells nothing.
    assert!(ran.out.contains("GET api.xero.com/"), "{}", ran.out);
    assert!(
        ran.out.contains("match an expected ACCESS token"),
        "{}",
        ran.out
    );
}

/// The test itself sees what it looks for: without --redact the values are there.
#[test]
fn without_it_the_values_are_shown() {
    let arguments = [
        "doctor",
        "--verbose",
        "--keys",
        "plus-for-space/keys.toml",
        "plus-for-space/request.http",
    ];
    let ran = run_in(&examples(), &arguments, b"").exits(1);
    for value in [
        "nnch734d00sl2jdk",
        "7d8f3e4a",
        "api.example.com",
        "red%20shoes",
    ] {
        assert!(ran.out.contains(value), "{value}: {}", ran.out);
    }
    assert!(!ran.out.contains("kd94hf93k423kf44"), "{}", ran.out);
}
