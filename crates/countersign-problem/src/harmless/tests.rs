use std::borrow::Cow;

use proptest::prelude::*;

use super::{harmless, harmless_html, is_unsafe};

#[test]
fn what_steers_a_terminal_becomes_visible() {
    for (text, expected) in [
        ("\u{1b}]0;title\u{7}", r"\u{1b}]0;title\u{7}"),
        ("a\rb", r"a\u{d}b"),
        ("\u{9b}2J", r"\u{9b}2J"),
        ("abc\u{202e}fed", r"abc\u{202e}fed"),
        ("a\u{2066}b", r"a\u{2066}b"),
        ("two\nlines", "two\nlines"),
        (
            "caf\u{e9} \u{2019} \u{1f600}",
            "caf\u{e9} \u{2019} \u{1f600}",
        ),
    ] {
        assert_eq!(harmless(text), expected);
    }
    assert!(matches!(harmless("plain"), Cow::Borrowed("plain")));
}

#[test]
fn markup_becomes_text() {
    assert_eq!(
        harmless_html("<a href='x' title=\"y\">&\u{1b}</a>"),
        "&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;\\u{1b}&lt;/a&gt;"
    );
    assert!(matches!(harmless_html("plain"), Cow::Borrowed("plain")));
}

proptest! {
    #[test]
    fn nothing_unsafe_is_left(text: String) {
        prop_assert!(!harmless(&text).chars().any(is_unsafe));
        let html = harmless_html(&text);
        prop_assert!(!html.contains(['<', '>', '"', '\'']));
        prop_assert!(!html.chars().any(is_unsafe));
    }
}
