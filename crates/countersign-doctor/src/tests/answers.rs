//! Answers alone: the causes in the order of their likelihood, and what settles which.

use countersign_capture::OwnedAnswer;

use super::{capture, found};
use crate::{Case, Diagnosis, Verdict, diagnose};

/// The diagnosis of a raw response, with nothing else at hand.
fn alone(body: &str) -> Diagnosis {
    let text = format!(
        "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/html; charset=utf-8\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let capture = capture(&text);
    diagnose(&Case::default().with_answer(capture.answer().unwrap()))
}

/// The causes that a raw response alone allows, and what the doctor says would tell them apart.
fn causes(body: &str) -> (Vec<&'static str>, String) {
    let diagnosis = alone(body);
    assert_eq!(diagnosis.verdict(), Verdict::Likely, "{body}");
    for finding in diagnosis.findings() {
        assert!(!finding.remedies.is_empty(), "{}: what to do", finding.code);
        assert_eq!(
            finding.also.len(),
            diagnosis.findings().len().saturating_sub(1),
            "{}: every cause names the others",
            finding.code
        );
    }
    let codes = found(&diagnosis)
        .into_iter()
        .map(|(code, confidence)| {
            assert_ne!(confidence, "proven", "an answer alone proves nothing");
            code
        })
        .collect();
    (codes, diagnosis.next().unwrap_or_default().to_owned())
}

/// A body, the causes in the order in which the page has them, and what settles which.
type Answer = (&'static str, &'static [&'static str], &'static str);

#[test]
fn the_six_answers_of_the_page_the_project_grew_from() {
    let cases: [Answer; 6] = [
        (
            "oauth_problem=token_rejected&oauth_problem_advice=The access token has not been authorized, or has been revoked by the user",
            &["token.revoked", "token.role_changed", "token.replaced"],
            "who disconnected or connected it last",
        ),
        (
            "oauth_problem=token_rejected&oauth_problem_advice=Token THISISANACCESSTOKEN does not match an expected REQUEST token",
            &["token.renewal_stale", "token.wrong_type"],
            "log of renewals",
        ),
        (
            "oauth_problem=timestamp_refused&oauth_problem_advice=The timestamp is too old, it must be at most 300 seconds before the server\u{2019}s current date and time",
            &["time.skew", "time.unit"],
            "Date header",
        ),
        (
            "oauth_problem=timestamp_refused&oauth_problem_advice=The timestamp is too far in the future, it must be at most 300 seconds after the server's current date and time",
            &["time.skew", "time.unit"],
            "Date header",
        ),
        (
            "oauth_problem=signature_method_rejected&oauth_problem_advice=No certificates have been registered for the consumer",
            &["rsa.certificate_expired", "rsa.no_certificate"],
            "end date of the certificate",
        ),
        (
            "oauth_problem=signature_invalid&oauth_problem_advice=Failed to validate signature",
            &["sig.mismatch", "rsa.key_mismatch"],
            "The request as sent, in full, with the answer; for RSA also the registered certificate",
        ),
    ];
    for (body, expected, settles) in cases {
        for body in [body.to_owned(), body.replace(' ', "%20")] {
            let (codes, next) = causes(&body);
            assert_eq!(codes, expected, "{body}");
            assert!(next.contains(settles), "{body}: {next}");
        }
    }
}

#[test]
fn the_words_say_which_clock_is_ahead() {
    let clock = |advice: &str| {
        let diagnosis = alone(&format!(
            "oauth_problem=timestamp_refused&oauth_problem_advice={advice}"
        ));
        let mut evidence = diagnosis.findings()[0].evidence.clone();
        evidence.retain(|evidence| evidence.what == "clock");
        evidence.pop().and_then(|evidence| evidence.note)
    };
    let old = clock("The timestamp is too old, it must be at most 300 seconds before");
    assert!(old.is_some_and(|note| note.contains("behind")));
    let new = clock("The timestamp is too far in the future, it must be at most 300 seconds after");
    assert!(new.is_some_and(|note| note.contains("ahead")));
    assert_eq!(clock("No"), None);
}

#[test]
fn words_say_more_than_codes() {
    let cases = [
        (
            "oauth_problem=consumer_key_rejected&oauth_problem_advice=Private%20applications%20cannot%20request%20a%20Request%20Token",
            "flow.wrong_for_app_type",
        ),
        (
            "Read-only application cannot POST.",
            "permission.token_scope",
        ),
        (
            "\"Login forbidden, OAuth 1.0 and 1.0a are disabled\"",
            "protocol.retired",
        ),
        (
            "Invalid login attempt. Duration: 60847ms",
            "ratelimit.concurrency",
        ),
        ("Invalid login attempt. Duration: 84ms", "hdr.realm"),
        (
            "The signature is invalid. Verify and try again.",
            "sig.method_unsupported",
        ),
        ("oauth_problem=consumer_key_rejected", "consumer.rejected"),
        ("No OAuth parameters supplied", "hdr.absent"),
        ("The certificate has expired", "rsa.certificate_expired"),
    ];
    for (text, expected) in cases {
        let answer = OwnedAnswer::new().with_body(text);
        let diagnosis = diagnose(&Case::default().with_answer(&answer));
        assert_eq!(found(&diagnosis)[0].0, expected, "{text}");
        assert!(diagnosis.next().is_some(), "{text}");
    }
}

#[test]
fn a_status_is_read_from_the_text_that_is_left_of_an_answer() {
    for text in [
        "502 Bad Gateway",
        "HTTP Status 502 - Bad Gateway",
        "error 502",
    ] {
        let answer = OwnedAnswer::new().with_body(text);
        let diagnosis = diagnose(&Case::default().with_answer(&answer));
        assert_eq!(
            found(&diagnosis),
            [("provider.fault", "possible")],
            "{text}"
        );
    }
    let answer = OwnedAnswer::new().with_body("5021 things");
    assert_eq!(found(&diagnose(&Case::default().with_answer(&answer))), []);
}

#[test]
fn an_answer_that_names_nothing_is_unexplained() {
    let answer = OwnedAnswer::new()
        .with_status(500)
        .with_body("<h1>Oops</h1>");
    let diagnosis = diagnose(&Case::default().with_answer(&answer));
    assert_eq!(diagnosis.verdict(), Verdict::Unexplained);
    assert_eq!(diagnosis.findings(), []);
    assert!(diagnosis.next().is_some());
}
