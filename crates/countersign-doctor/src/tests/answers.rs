//! Answers alone: the causes in the order of their likelihood, and what settles which.

use countersign_capture::OwnedAnswer;

use super::found;
use crate::{Case, Verdict, diagnose};

fn causes(body: &str) -> Vec<&'static str> {
    let answer = OwnedAnswer::new().with_status(401).with_body(body);
    let diagnosis = diagnose(&Case::default().with_answer(&answer));
    assert_eq!(diagnosis.verdict(), Verdict::Likely, "{body}");
    assert!(diagnosis.next().is_some(), "{body}: what settles it");
    assert!(
        diagnosis
            .findings()
            .iter()
            .all(|finding| !finding.remedies.is_empty())
    );
    found(&diagnosis)
        .into_iter()
        .map(|(code, confidence)| {
            assert_ne!(confidence, "proven", "an answer alone proves nothing");
            code
        })
        .collect()
}

#[test]
fn the_six_answers_of_the_page_the_project_grew_from() {
    let cases: [(&str, &[&str]); 6] = [
        (
            "oauth_problem=token_rejected&oauth_problem_advice=The access token has not been authorized, or has been revoked by the user",
            &["token.revoked", "token.role_changed", "token.replaced"],
        ),
        (
            "oauth_problem=token_rejected&oauth_problem_advice=Token THISISANACCESSTOKEN does not match an expected REQUEST token",
            &["token.renewal_stale", "token.wrong_type"],
        ),
        (
            "oauth_problem=timestamp_refused&oauth_problem_advice=The timestamp is too old, it must be at most 300 seconds before the server\u{2019}s current date and time",
            &["time.skew", "time.unit"],
        ),
        (
            "oauth_problem=timestamp_refused&oauth_problem_advice=The timestamp is too far in the future, it must be at most 300 seconds after the server's current date and time",
            &["time.skew", "time.unit"],
        ),
        (
            "oauth_problem=signature_method_rejected&oauth_problem_advice=No certificates have been registered for the consumer",
            &["rsa.certificate_expired", "rsa.no_certificate"],
        ),
        (
            "oauth_problem=signature_invalid&oauth_problem_advice=Failed to validate signature",
            &["sig.mismatch", "rsa.key_mismatch"],
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(causes(body), expected, "{body}");
    }
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
