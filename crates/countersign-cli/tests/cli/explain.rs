//! `explain`: everything that has an entry, and everything that has none.

use crate::run::run;

const CODES: [&str; 18] = [
    "version_rejected",
    "parameter_absent",
    "parameter_rejected",
    "timestamp_refused",
    "nonce_used",
    "signature_method_rejected",
    "signature_invalid",
    "consumer_key_unknown",
    "consumer_key_rejected",
    "consumer_key_refused",
    "token_used",
    "token_expired",
    "token_revoked",
    "token_rejected",
    "additional_authorization_required",
    "permission_unknown",
    "permission_denied",
    "user_refused",
];

/// Every advice text that Xero's interface was seen to answer with, and its code.
const ADVICE: [(&str, &str); 20] = [
    (
        "The access token has not been authorized, or has been revoked by the user",
        "token_rejected",
    ),
    (
        "Token X does not match an expected REQUEST token",
        "token_rejected",
    ),
    (
        "Token X does not match an expected ACCESS token",
        "token_rejected",
    ),
    ("Token has not been provided", "token_rejected"),
    ("The access token is not valid", "token_rejected"),
    ("The Request could not be verified", "token_rejected"),
    ("The access token has expired", "token_expired"),
    (
        "The timestamp is too old, it must be at most 300 seconds before the server's",
        "timestamp_refused",
    ),
    (
        "The timestamp is too old, it must be at most 300 seconds before the server's current date and time",
        "timestamp_refused",
    ),
    (
        "The timestamp is too far in the future, it must be at most 300 seconds after the server\u{2019}s current date and time",
        "timestamp_refused",
    ),
    ("The nonce value \"X\" has already been used", "nonce_used"),
    (
        "No certificates have been registered for the consumer",
        "signature_method_rejected",
    ),
    (
        "Partner applications must use RSA-SHA1 signature method",
        "signature_method_rejected",
    ),
    ("Failed to validate signature", "signature_invalid"),
    ("Unknown Consumer (Realm: , Key: K)", "consumer_key_unknown"),
    ("Consumer key was not recognised", "consumer_key_unknown"),
    (
        "Private applications cannot request a Request Token",
        "consumer_key_rejected",
    ),
    (
        "The consumer was denied access to this resource.",
        "permission_denied",
    ),
    ("please wait before retrying the xero api", ""),
    (
        "The page you are attempting to access requires an SSL client certificate",
        "",
    ),
];

/// Codes of the same interface that the extension does not have.
const OTHERS: [&str; 3] = [
    "bad_verifier",
    "rate limit exceeded",
    "organisation offline",
];

#[test]
fn every_problem_code_has_an_entry() {
    for code in CODES {
        let ran = run(&["explain", code]).exits(0);
        assert!(
            ran.out.starts_with(&format!("{code}   HTTP ")),
            "{}",
            ran.out
        );
        assert!(ran.out.contains("\nRetry?      "), "{code}: {}", ran.out);
        assert!(ran.out.contains("\nFix         "), "{code}: {}", ran.out);
    }
}

#[test]
fn every_finding_has_an_entry() {
    let mut count = 0_usize;
    for row in countersign_doctor::codes() {
        let code = row.code.as_str();
        let ran = run(&["explain", code]).exits(0);
        assert!(
            ran.out.starts_with(&format!("{code}   at fault: ")),
            "{}",
            ran.out
        );
        assert!(ran.out.contains("\nFix         "), "{code}: {}", ran.out);
        count += 1;
    }
    assert!(count >= 40, "{count}");
}

#[test]
fn every_advice_text_is_recognised() {
    for (text, code) in ADVICE {
        let document = run(&["explain", "--format", "json", text]).exits(0).json();
        let entry = &document["entries"][0];
        assert_eq!(entry["kind"], "text", "{text}");
        assert!(!entry["remedies"].as_array().unwrap().is_empty(), "{text}");
        if !code.is_empty() {
            let codes: Vec<&str> = document["entries"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|entry| entry["code"].as_str())
                .collect();
            assert!(codes.contains(&code), "{text}: {codes:?}");
        }
        run(&["explain", text]).exits(0);
    }
    for code in OTHERS {
        run(&["explain", code]).exits(0);
    }
}

#[test]
fn a_whole_body_is_read() {
    let body =
        "oauth_problem=signature_invalid&oauth_problem_advice=Failed%20to%20validate%20signature";
    let ran = run(&["explain", body]).exits(0);
    assert!(ran.out.contains("signature_invalid"), "{}", ran.out);
}

#[test]
fn the_cases_of_a_code_are_lettered() {
    let ran = run(&["explain", "token_rejected"]).exits(0);
    for text in [
        "\nA  \"The access token has not been",
        "\nB  \"Token {token} does not match",
        "Related     token_used, token_expired, token_revoked",
    ] {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
    for line in ran.out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let all = run(&["explain", "--verbose", "token_rejected"]).exits(0);
    assert!(all.out.len() > ran.out.len());
}

#[test]
fn unknown_text_gets_a_clear_answer() {
    for text in ["no server ever said this", "xx.yy", "\u{1b}[2J"] {
        let ran = run(&["explain", text]).exits(1);
        assert!(ran.out.contains("Nothing is known of"), "{}", ran.out);
        assert!(
            ran.out.contains("countersign explain --list"),
            "{}",
            ran.out
        );
        assert!(!ran.out.contains('\u{1b}'));
        let document = run(&["explain", "--format", "json", text]).exits(1).json();
        assert_eq!(document["entries"].as_array().unwrap().len(), 0);
    }
    run(&["explain"]).exits(2);
    run(&["explain", " "]).exits(2);
}

#[test]
fn the_list_names_every_code() {
    let ran = run(&["explain", "--list"]).exits(0);
    let findings = countersign_doctor::codes().map(|row| row.code.as_str());
    for code in CODES.into_iter().chain(findings) {
        assert!(ran.out.contains(&format!("  {code}")), "{code}");
    }
    let document = run(&["explain", "--list", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(document["schema"], "countersign/explain/1");
    assert!(document["entries"].as_array().unwrap().len() > CODES.len());
}

/// Every finding has a whole page: how to recognise it, wrong and right, a fix, the rule.
#[test]
fn every_finding_has_a_whole_page() {
    for row in countersign_doctor::codes() {
        let code = row.code.as_str();
        let page = row.page().unwrap_or_else(|| panic!("{code} has no page"));
        for (name, text) in [
            ("recognise", page.recognise),
            ("wrong", page.wrong),
            ("right", page.right),
            ("meaning", row.meaning),
            ("rule", row.rule),
        ] {
            assert!(!text.trim().is_empty(), "{code}: {name}");
        }
        assert_ne!(page.wrong, page.right, "{code}");
        let ran = run(&["explain", code]).exits(0);
        for head in [
            "\nRecognise   ",
            "\nWrong       ",
            "\nRight       ",
            "\nFix         ",
            "\nRule        ",
            "\nCheck now   ",
        ] {
            assert!(ran.out.contains(head), "{code}: {head}: {}", ran.out);
        }
        let wrong = ran.out.find("\nWrong       ").expect("wrong");
        let right = ran.out.find("\nRight       ").expect("right");
        assert!(wrong < right, "{code}: {}", ran.out);
        // No more than an example, which stands as it is written, is wider than a terminal.
        let example = |line: &str| {
            let line = line
                .trim_start_matches("Wrong")
                .trim_start_matches("Right")
                .trim();
            page.wrong.contains(line) || page.right.contains(line)
        };
        for line in ran.out.lines().filter(|line| line.chars().count() > 80) {
            let is_word = line.split_whitespace().count() <= 2;
            assert!(is_word || example(line), "{code}: {line}");
        }
    }
}

#[test]
fn the_page_of_a_plus_sign_is_complete() {
    let ran = run(&["explain", "enc.plus_space"]).exits(0);
    for text in [
        "enc.plus_space   at fault: the client side\n",
        "Wrong       q%3Dred%2Bshoes\n",
        "Right       q%3Dred%2520shoes\n",
        "PHP ",
        "Python ",
        "Rule        RFC 5849 section 3.6",
        "See also    ",
        "enc.single_encoded",
    ] {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
    let document = run(&["explain", "--format", "json", "enc.plus_space"])
        .exits(0)
        .json();
    let entry = &document["entries"][0];
    assert_eq!(entry["right"], "q%3Dred%2520shoes");
    assert!(entry["fixes"].as_array().unwrap().len() >= 3, "{entry}");
    assert!(entry["related"].as_array().unwrap().len() >= 3, "{entry}");
}
