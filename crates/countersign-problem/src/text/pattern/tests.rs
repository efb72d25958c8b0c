use proptest::prelude::*;

use super::{Pattern, Subject};

fn fit(pattern: Pattern, text: &str) -> Option<Vec<(&'static str, String)>> {
    pattern.fit(&Subject::new(text, 1024))
}

#[test]
fn case_blanks_quotes_and_a_last_full_stop_make_no_difference() {
    let pattern = Pattern::Whole("The server's \"answer\" is no.");
    for text in [
        "The server's \"answer\" is no.",
        "the SERVER\u{2019}s  \u{201c}answer\u{201d}\n is no",
        "  The server's \"answer\" is no. ",
    ] {
        assert!(fit(pattern, text).is_some(), "{text}");
    }
    for text in [
        "The server's \"answer\" is now",
        "The server's \"answer\"",
        "",
    ] {
        assert!(fit(pattern, text).is_none(), "{text}");
    }
}

#[test]
fn gaps_keep_what_stands_in_them() {
    let pattern = Pattern::Whole("Token {token} does not match");
    assert_eq!(
        fit(pattern, "token AbC does not match").unwrap(),
        [("token", "AbC".to_owned())]
    );
    assert_eq!(fit(pattern, "Token  does not match"), None);
    let last = Pattern::Starts("Missing: {absent}");
    assert_eq!(
        fit(last, "missing: oauth_token.").unwrap(),
        [("absent", "oauth_token".to_owned())]
    );
    assert_eq!(fit(last, "missing: "), None);
}

#[test]
fn numbers_are_numbers() {
    let pattern = Pattern::Contains("yours {client}, ours {server}");
    assert_eq!(
        fit(pattern, "x yours -5, ours 70 y").unwrap(),
        [("client", "-5".to_owned()), ("server", "70".to_owned())]
    );
    assert_eq!(fit(pattern, "yours x, ours 70"), None);
    assert!(fit(pattern, "yours x yours 1, ours 2").is_some());
}

#[test]
fn capitals_count_where_they_are_the_mark() {
    assert!(fit(Pattern::Capitals("NONCE_USED"), "NONCE_USED: x").is_some());
    assert!(fit(Pattern::Capitals("NONCE_USED"), "nonce_used").is_none());
}

#[test]
fn a_number_belongs_to_a_field() {
    let pattern = Pattern::Number {
        at: "errors.code",
        value: "32",
    };
    assert!(pattern.is_number(Some("errors.code"), "32"));
    assert!(pattern.is_number(None, "32"));
    assert!(!pattern.is_number(Some("error.code"), "32"));
    assert!(!pattern.is_number(None, "320"));
    assert!(fit(pattern, "32").is_none());
}

proptest! {
    #[test]
    fn no_text_panics(text: String) {
        for pattern in [
            Pattern::Contains("yours {client}, ours {server}"),
            Pattern::Whole("a{x}b"),
            Pattern::Starts("\u{e9}{x}"),
        ] {
            let _ = fit(pattern, &text);
            let _ = fit(pattern, &format!("a{text}yours 1\u{e9}{text}b"));
        }
    }
}
