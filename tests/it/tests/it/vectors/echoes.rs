//! What providers tell about their own computation, in every format known: read from the raw
//! answer, and from its body alone.

use countersign_capture::{Capture, EchoKind, EchoOrigin, read};
use countersign_test_support::vectors::{Case, cases};
use serde_json::{Value, json};

/// Changes that reach every expected value.
const CHANGES: [(&str, &str); 4] = [
    ("vacation", "vacatiom"),
    ("tR3", "tR4"),
    ("photos.example.net", "photos.example.org"),
    ("47DEQ", "47DEK"),
];

const KINDS: [(&str, EchoKind); 6] = [
    ("base_string", EchoKind::BaseString),
    ("base_uri", EchoKind::BaseUri),
    ("body_hash", EchoKind::BodyHash),
    ("received_body_hash", EchoKind::ReceivedBodyHash),
    ("received_signature", EchoKind::ReceivedSignature),
    ("signature", EchoKind::Signature),
];

#[test]
fn echoes() {
    super::run("echoes", 15, |case, report| {
        for (what, capture) in captures(case, &[]) {
            for (name, published) in case.expected.as_object().expect("expected values") {
                let id = format!("{} from {what}", case.id);
                report.check(&id, name, &ours(name, &capture), published);
            }
            for (name, kind) in KINDS {
                let told = capture.echoes().iter().any(|echo| echo.kind() == kind);
                assert_eq!(
                    told,
                    case.expected.get(name).is_some(),
                    "{} {name}",
                    case.id
                );
            }
            let provider = |origin| origin == EchoOrigin::Provider;
            assert!(capture.echoes().iter().all(|echo| provider(echo.origin())));
        }
    });
}

#[test]
fn another_value_is_read_as_another() {
    for case in cases("echoes") {
        for (what, capture) in captures(&case, &CHANGES) {
            for (name, _) in KINDS {
                let Some(published) = case.expected(name) else {
                    continue;
                };
                let expected = changed(published, &CHANGES);
                assert_eq!(
                    ours(name, &capture),
                    json!(expected),
                    "{} from {what}",
                    case.id
                );
            }
        }
    }
}

fn changed(text: &str, changes: &[(&str, &str)]) -> String {
    changes
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The answer as raw HTTP and, where that is all there is, as a body alone.
fn captures(case: &Case, changes: &[(&str, &str)]) -> Vec<(&'static str, Capture)> {
    let body = changed(case.input("body").unwrap_or_default(), changes);
    let status = &case.input["status"];
    let mut head = format!("HTTP/1.1 {status} Refused\r\n");
    for (name, field) in [
        ("www_authenticate", "WWW-Authenticate"),
        ("content_type", "Content-Type"),
    ] {
        if let Some(value) = case.input(name) {
            head.push_str(&format!("{field}: {value}\r\n"));
        }
    }
    let message = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
    let read = |text: &str| read(text.as_bytes()).unwrap_or_else(|e| panic!("{}: {e}", case.id));
    let mut captures = vec![("the answer", read(&message))];
    if !body.is_empty() {
        captures.push(("the body", read(&body)));
    }
    captures
}

fn ours(name: &str, capture: &Capture) -> Value {
    if let Some((_, kind)) = KINDS.iter().find(|(known, _)| *known == name) {
        let echo = capture.echoes().iter().find(|echo| echo.kind() == *kind);
        return json!(echo.map(|echo| echo.as_str()));
    }
    let found = capture.answer().and_then(|answer| answer.problem());
    let problem = found.as_ref().map(|found| &found.problem);
    match name {
        "layers" => {
            let layers = capture.echo().map_or(&[][..], |echo| echo.layers());
            json!(layers.iter().map(|l| format!("{l:?}")).collect::<Vec<_>>())
        }
        "problem" => json!(problem.map(|problem| problem.code().as_str())),
        "presented_signature" => json!(found.and_then(|found| found.presented_signature)),
        "parameters_absent" => json!(problem.map(|problem| problem.parameters_absent())),
        "acceptable_timestamps" => {
            json!(problem.and_then(|problem| Some(problem.acceptable_timestamps()?.to_string())))
        }
        "acceptable_versions" => {
            json!(problem.and_then(|problem| Some(problem.acceptable_versions()?.to_string())))
        }
        other => panic!("{other}: not a part of an echo"),
    }
}
