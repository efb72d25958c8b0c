//! `demo`: every refusal comes, letter for letter, and is explained by the right finding.

use crate::run::run;

const REVOKED: &str = "The access token has not been authorized, or has been revoked by the user";

/// Problem, advice, the cause in the service's own trail, and what the doctor says.
const SCENES: [(&str, &str, &str, &str); 8] = [
    ("token_rejected", REVOKED, "revoked_by_user", "token."),
    ("token_rejected", REVOKED, "role_changed", "token."),
    ("token_rejected", REVOKED, "replaced", "token."),
    (
        "token_rejected",
        " does not match an expected REQUEST token",
        "superseded",
        "token.renewal_stale",
    ),
    (
        "timestamp_refused",
        "The timestamp is too old, it must be at most 300 seconds before the server's current \
         date and time",
        "timestamp",
        "time.",
    ),
    (
        "timestamp_refused",
        "The timestamp is too far in the future, it must be at most 300 seconds after the \
         server's current date and time",
        "timestamp",
        "time.",
    ),
    (
        "signature_method_rejected",
        "No certificates have been registered for the consumer",
        "certificate",
        "rsa.certificate_expired",
    ),
    (
        "signature_invalid",
        "Failed to validate signature",
        "signature",
        "rsa.key_mismatch",
    ),
];

#[test]
fn eight_refusals_come_and_are_explained() {
    let ran = run(&["demo"]).exits(0);
    let scenes: Vec<&str> = ran.out.split("/8  ").skip(1).collect();
    assert_eq!(scenes.len(), SCENES.len(), "{}", ran.out);
    for (scene, (problem, advice, cause, code)) in scenes.iter().zip(SCENES) {
        let line = |start: &str| {
            let found = scene
                .lines()
                .map(str::trim_start)
                .find(|line| line.starts_with(start));
            found.unwrap_or_else(|| panic!("no {start} in\n{scene}"))
        };
        let status = if problem == "signature_method_rejected" {
            "400"
        } else {
            "401"
        };
        assert_eq!(line("answer").split_whitespace().last(), Some(status));
        assert_eq!(line("oauth_problem="), format!("oauth_problem={problem}"));
        let told = line("oauth_problem_advice=");
        if advice.starts_with(' ') {
            let token = told.strip_prefix("oauth_problem_advice=Token ");
            assert!(token.is_some_and(|rest| rest.ends_with(advice)), "{told}");
        } else {
            assert_eq!(told, format!("oauth_problem_advice={advice}"));
        }
        let doctor = line("doctor");
        assert!(doctor.contains(&format!(" {code}")), "{doctor}\n{scene}");
        assert!(line("operator").ends_with(&format!(" {cause}")), "{scene}");
        assert!(scene.contains("to do "), "{scene}");
    }
    assert!(ran.out.contains("8 refusals, 8 causes."), "{}", ran.out);
}
