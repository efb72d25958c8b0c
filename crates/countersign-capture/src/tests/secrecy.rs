use super::FIXTURES;
use crate::{CaptureError, read};

/// What must not be seen in any `Debug` form or error.
const CANARIES: [&str; 7] = [
    "dpf43f3p2l4k3l03",
    "kd94hf93k423kf44",
    "tR3",
    "9f8e7d",
    "c4n4ry",
    "vacation",
    "Ladies",
];

fn check(name: &str, text: &str) {
    for canary in CANARIES {
        assert!(!text.contains(canary), "{name} shows {canary}");
    }
}

#[test]
fn debug_of_no_fixture_shows_a_value() {
    for (name, input) in FIXTURES {
        let capture = read(input).unwrap();
        check(name, &format!("{capture:?}"));
        check(name, &format!("{capture:#?}"));
        for exchange in capture.exchanges() {
            for note in exchange.notes() {
                check(name, &note.to_string());
            }
        }
    }
}

#[test]
fn debug_shows_no_secret_of_a_command() {
    let inputs = [
        "curl -u user:c4n4ry https://h.example/",
        "curl https://user:c4n4ry@h.example/",
        "curl -d x_auth_password=c4n4ry https://h.example/",
        "curl -b a=c4n4ry https://h.example/",
        "curl --oauth2-bearer c4n4ry https://h.example/",
        "curl 'https://h.example/?oauth_signature=c4n4ry%26x'",
        "GET https://user:c4n4ry@h.example/?a=c4n4ry HTTP/1.1\nHost: h.example\n",
        "https://h.example/?oauth_signature=c4n4ry",
    ];
    for input in inputs {
        let capture = read(input.as_bytes()).unwrap();
        assert_eq!(capture.exchanges().len(), 1, "{input}");
        check(input, &format!("{capture:?} {capture:#?}"));
    }
}

#[test]
fn errors_show_nothing_of_the_input() {
    let inputs = [
        "curl --c4n4ry x",
        "curl -H 'c4n4ry' -H 'c4n4ry x: y' https://h.example",
        "curl -d @c4n4ry https://h.example",
        "curl -H $'c4n4ry'",
        "curl 'c4n4ry",
        "curl ftp://c4n4ry/",
        "GET /c4n4ry c4n4ry HTTP/1.1\n",
        "GET / HTTP/1.1\nc4n4ry\n",
        "GET / HTTP/1.1\nA: b\n c4n4ry\n",
        "{\"log\": {\"entries\": c4n4ry",
        "{\"log\": {\"entries\": [{\"c4n4ry\": 1}]}}",
        "Authorization: OAuth\n c4n4ry",
        "Invoke-WebRequest c4n4ry",
    ];
    for input in inputs {
        let error: CaptureError = read(input.as_bytes()).unwrap_err();
        check(input, &format!("{error} {error:?}"));
    }
}
