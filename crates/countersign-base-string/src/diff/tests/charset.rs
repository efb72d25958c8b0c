use super::super::*;
use super::{differ, spellings, with};

#[test]
fn other_character_sets() {
    for (ours, theirs, charset) in [
        // The first octet of the character in Shift JIS, after a real report.
        ("%E5%86%99", "%8E", Charset::OneOctet),
        ("a%E5%86%99b%C3%BC", "a%99b%FC", Charset::OneOctet),
        ("x%E4%BD%A0", "x%C4%E3", Charset::Other),
        ("%E5%86%99-z", "%3F-z", Charset::QuestionMarks),
        ("%E5%86%99%C3%BC", "%25u5199%FC", Charset::PercentU),
        ("%C3%BC", "%C3%83%C2%BC", Charset::Utf8Twice),
    ] {
        let side = Side::Theirs;
        assert_eq!(
            spellings(ours, theirs),
            [Spelling::Charset { side, charset }],
            "{theirs}"
        );
        let side = Side::Ours;
        assert_eq!(
            spellings(theirs, ours),
            [Spelling::Charset { side, charset }],
            "{theirs}"
        );
    }
    for (ours, theirs) in [
        ("%E5%86%99b", "%8Ec"),
        ("%E5%86%99", "8"),
        ("%E5%86%99", "%E5%86%98"),
        ("abc", "ab%FF"),
    ] {
        let found = differ(&with(&[("v", ours)]), &with(&[("v", theirs)]));
        assert!(
            matches!(found[..], [Difference::ParameterValue { .. }]),
            "{theirs}: {found:?}"
        );
    }
}
