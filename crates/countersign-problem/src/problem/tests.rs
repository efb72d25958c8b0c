use proptest::prelude::*;

use super::Problem;
use crate::{Answer, ProblemCode, Source, TimestampRange, Version, VersionRange, parse};

fn read_body(body: &str) -> Problem {
    parse(&Answer::from_body(body.as_bytes())).unwrap().problem
}

fn read_challenge(challenge: &str) -> (Problem, Option<String>) {
    let found = parse(&Answer {
        challenges: &[challenge],
        ..Answer::default()
    })
    .unwrap();
    assert_eq!(found.read_from, Source::Challenge);
    (found.problem, found.realm)
}

#[test]
fn a_space_is_encoded_as_percent_20_in_both_places() {
    let problem = Problem::new(ProblemCode::parse("rate limit exceeded").unwrap())
        .with_advice("please wait, 100% busy");
    assert_eq!(
        problem.form_body(),
        "oauth_problem=rate%20limit%20exceeded&oauth_problem_advice=please%20wait%2C%20100%25%20busy"
    );
    assert_eq!(
        problem.challenge(None),
        "OAuth oauth_problem=\"rate%20limit%20exceeded\", oauth_problem_advice=\"please%20wait%2C%20100%25%20busy\""
    );
}

#[test]
fn lists_are_encoded_twice() {
    let problem = Problem::new(ProblemCode::PARAMETER_REJECTED)
        .with_parameter_rejected("a b", Some("c=d&e"))
        .with_parameter_rejected("oauth_nonce", None)
        .with_parameter_rejected("", Some("dropped"));
    assert_eq!(
        problem.form_body(),
        "oauth_problem=parameter_rejected&oauth_parameters_rejected=a%2520b%3Dc%253Dd%2526e%26oauth_nonce"
    );
    assert_eq!(read_body(&problem.form_body()), problem);
}

#[test]
fn no_realm_breaks_out_of_its_quotes() {
    let problem = Problem::new(ProblemCode::TOKEN_REJECTED);
    for (realm, written) in [
        ("http://photos.example.net/", "http://photos.example.net/"),
        ("a\"b\\c", "a\\\"b\\\\c"),
        ("x\r\nSet-Cookie: y", "x%0D%0ASet-Cookie: y"),
        ("caf\u{e9}", "caf%C3%A9"),
    ] {
        let challenge = problem.challenge(Some(realm));
        assert!(
            challenge.starts_with(&format!("OAuth realm=\"{written}\", ")),
            "{challenge}"
        );
        assert!(challenge.bytes().all(|b| (b' '..=b'~').contains(&b)));
        assert_eq!(read_challenge(&challenge).0, problem);
    }
    let (_, realm) = read_challenge(&problem.challenge(Some("a\"b\\c, oauth_problem=x")));
    assert_eq!(realm.as_deref(), Some("a\"b\\c, oauth_problem=x"));
}

#[test]
fn extra_parameters_with_names_of_the_extension_mean_the_same() {
    let problem = Problem::new(ProblemCode::TIMESTAMP_REFUSED)
        .with_extra("oauth_acceptable_timestamps", "1-2")
        .with_extra("oauth_problem", "token_used")
        .with_extra("realm", "x")
        .with_extra("", "x")
        .with_extra("debug_sbs", "GET&x&y");
    assert_eq!(*problem.code(), ProblemCode::TIMESTAMP_REFUSED);
    assert_eq!(
        problem.acceptable_timestamps(),
        Some(TimestampRange::new(1, 2))
    );
    assert_eq!(
        problem.extra_value("oauth_signature_base_string"),
        Some("GET&x&y")
    );
    assert_eq!(problem.extra().len(), 1);
    assert_eq!(read_body(&problem.form_body()), problem);
}

#[test]
fn a_companion_that_cannot_be_read_is_kept_as_sent() {
    let body = "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1636665132-16366687...";
    let problem = read_body(body);
    assert_eq!(problem.acceptable_timestamps(), None);
    assert_eq!(
        problem.extra_value("oauth_acceptable_timestamps"),
        Some("1636665132-16366687...")
    );
    assert_eq!(read_body(&problem.form_body()), problem);
    let set = problem.with_acceptable_timestamps(TimestampRange::new(1, 2));
    assert_eq!(read_body(&set.form_body()), set);
}

fn any_problem() -> impl Strategy<Value = Problem> {
    let code = prop_oneof![
        (0_usize..18).prop_map(|index| ProblemCode::ALL[index].clone()),
        "\\PC{1,20}".prop_filter_map("a code", |text| ProblemCode::parse(&text).ok()),
    ];
    let names = proptest::collection::vec(any::<String>(), 0..4);
    let rejected = proptest::collection::vec((any::<String>(), any::<Option<String>>()), 0..4);
    let extra_name = prop_oneof![
        Just("oauth_acceptable_timestamps".to_owned()),
        Just("debug_sbs".to_owned()),
        Just("oauth_signature".to_owned()),
        any::<String>(),
    ];
    let extra = proptest::collection::vec((extra_name, any::<String>()), 0..4);
    let versions = any::<Option<(u32, u32, u32, u32)>>();
    let timestamps = any::<Option<(u64, u64)>>();
    (
        code,
        any::<Option<String>>(),
        names,
        rejected,
        extra,
        versions,
        timestamps,
    )
        .prop_map(
            |(code, advice, absent, rejected, extra, versions, timestamps)| {
                let mut problem = Problem::new(code);
                if let Some(advice) = advice {
                    problem = problem.with_advice(advice);
                }
                for name in absent {
                    problem = problem.with_parameter_absent(name);
                }
                for (name, value) in rejected {
                    problem = problem.with_parameter_rejected(name, value.as_deref());
                }
                for (name, value) in extra {
                    problem = problem.with_extra(&name, &value);
                }
                if let Some((a, b, c, d)) = versions {
                    let range = VersionRange::new(Version::new(a, b), Version::new(c, d));
                    problem = problem.with_acceptable_versions(range);
                }
                if let Some((low, high)) = timestamps {
                    problem = problem.with_acceptable_timestamps(TimestampRange::new(low, high));
                }
                problem
            },
        )
}

proptest! {
    #[test]
    fn what_is_written_to_a_body_is_read_back(problem in any_problem()) {
        prop_assert_eq!(read_body(&problem.form_body()), problem);
    }

    #[test]
    fn what_is_written_to_a_challenge_is_read_back(
        problem in any_problem(), realm in proptest::option::of("[ -~]{0,20}"),
    ) {
        let challenge = problem.challenge(realm.as_deref());
        prop_assert!(challenge.bytes().all(|b| (b' '..=b'~').contains(&b)));
        prop_assert_eq!(read_challenge(&challenge), (problem, realm));
    }
}
