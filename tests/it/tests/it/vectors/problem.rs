//! The published refusals, every part of them, and what is written read again.

use countersign_problem::{Answer, Found, Grounds, Problem, ProblemCode, parse};
use countersign_test_support::report::Report;
use countersign_test_support::vectors::Case;
use serde_json::{Value, json};

#[test]
fn problem_parse() {
    super::run("problem_parse", 47, |case, report| {
        let challenge = case.input("www_authenticate");
        let answer = Answer {
            status: case.input["status"]
                .as_u64()
                .and_then(|status| u16::try_from(status).ok()),
            challenges: challenge.as_slice(),
            content_type: case.input("content_type"),
            body: case.input("body").unwrap_or_default().as_bytes(),
        };
        match parse(&answer) {
            Some(found) => check(case, &found, report),
            None => report.fail(&case.id, "nothing was found"),
        }
    });
}

/// Compares each expected value with ours; a name that is not known here stops the test.
fn check(case: &Case, found: &Found, report: &mut Report) {
    let expected = case.expected.as_object().expect("expected values");
    for (name, published) in expected {
        if name == "server_time_ms" {
            // Ours is in seconds, whatever the answer counts in.
            let seconds = published.as_i64().map(|milliseconds| milliseconds / 1000);
            report.check(&case.id, name, &found.server_time, &seconds);
        } else {
            report.check(&case.id, name, &ours(name, found), published);
        }
    }
    let declared = expected.get("problem").is_some_and(Value::is_string);
    let grounds = if declared {
        Grounds::Declared
    } else {
        Grounds::Inferred
    };
    report.check(&case.id, "grounds", &found.grounds, &grounds);
}

fn ours(name: &str, found: &Found) -> Value {
    let problem = &found.problem;
    match name {
        "problem" if found.grounds == Grounds::Inferred => Value::Null,
        "problem" | "inferred_problem" => json!(problem.code().as_str()),
        "equivalent_problem" => json!(problem.code().known().map(|code| code.to_string())),
        "advice" => json!(problem.advice()),
        "realm" => json!(found.realm),
        "provider_code" => json!(found.provider_code),
        "provider_detail" => json!(found.provider_detail),
        "server_base_string" => json!(found.base_string_echo),
        "presented_signature" | "received_signature" | "echoed_signature" => {
            json!(found.presented_signature)
        }
        "server_expected_signature" => json!(found.expected_signature),
        "leaks_expected_signature" => json!(found.expected_signature.is_some()),
        "signature_method" => json!(found.signature_method),
        "acceptable_timestamps" => {
            json!(
                problem
                    .acceptable_timestamps()
                    .map(|range| [range.low(), range.high()])
            )
        }
        "implied_server_time" => {
            json!(
                problem
                    .acceptable_timestamps()
                    .map(|range| (range.low() + range.high()) / 2)
            )
        }
        "implied_window_seconds" => {
            json!(
                problem
                    .acceptable_timestamps()
                    .map(|range| (range.high() - range.low()) / 2)
            )
        }
        "acceptable_versions" => {
            let versions = problem.acceptable_versions();
            json!(versions.map(|range| [range.low().to_string(), range.high().to_string()]))
        }
        "parameters_rejected_names" => {
            let rejected = problem.parameters_rejected();
            json!(
                rejected
                    .iter()
                    .map(|parameter| parameter.name())
                    .collect::<Vec<_>>()
            )
        }
        "code" => json!(problem.extra_value("code")),
        "server_time" | "server_timestamp" => json!(found.server_time),
        "client_time" | "client_timestamp" => json!(found.client_time),
        "offset_seconds" => json!(found.server_time.zip(found.client_time).map(|(s, c)| s - c)),
        "threshold" => json!(found.window_seconds),
        "recoverable" => json!(found.recoverable),
        other => panic!("expected value {other}"),
    }
}

#[test]
fn what_is_written_is_read_again() {
    let problem = Problem::new(ProblemCode::PARAMETER_ABSENT)
        .with_advice("100% of \u{201c}it\u{201d} + more, please")
        .with_parameter_absent("oauth_token")
        .with_parameter_absent("a&b");
    let challenge = problem.challenge(Some("Photos"));
    let body = problem.form_body();
    assert!(
        !body.contains('+') && !challenge.contains('+'),
        "spaces are %20"
    );
    let from_header = Answer {
        challenges: &[&challenge],
        ..Answer::default()
    };
    let from_body = Answer::from_body(body.as_bytes());
    for answer in [from_header, from_body] {
        let found = parse(&answer).expect("a problem");
        assert_eq!(found.grounds, Grounds::Declared);
        assert_eq!(*found.problem.code(), ProblemCode::PARAMETER_ABSENT);
        assert_eq!(found.problem.advice(), problem.advice());
        assert_eq!(found.problem.parameters_absent(), ["oauth_token", "a&b"]);
    }
}
