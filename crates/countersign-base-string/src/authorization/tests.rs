#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use countersign_encoding::decode_bytes;
use proptest::prelude::*;

use super::*;

const RFC_5849_SECTION_3_5_1: &str = "OAuth realm=\"Example\",\n        oauth_consumer_key=\"0685bd9184jfhq22\",\n        \
    oauth_token=\"ad180jjd733klru7\",\n        oauth_signature_method=\"HMAC-SHA1\",\n        \
    oauth_signature=\"wOJIO9A2W5mFwDgiDvZbTSMK%2FPY%3D\",\n        oauth_timestamp=\"137131200\",\n        \
    oauth_nonce=\"4572616e48616d6d65724c61686176\",\n        oauth_version=\"1.0\"";

fn pairs<'a>(authorization: &Authorization<'a>) -> Vec<(&'a str, &'a str)> {
    authorization
        .parameters()
        .iter()
        .map(|parameter| (parameter.name(), parameter.value()))
        .collect()
}

/// Reads strictly and, since strictness must not depend on the path taken, with every leniency too.
#[track_caller]
fn reads(field_value: &str, realm: Option<&str>, expected: &[(&str, &str)]) {
    let strict = Authorization::parse(field_value).unwrap();
    assert_eq!(pairs(&strict), expected);
    assert_eq!(strict.realm(), realm);
    assert_eq!(strict.departures(), []);
    let lenient = Authorization::parse_lenient(field_value, HeaderLeniencies::ALL).unwrap();
    assert_eq!(lenient, strict);
}

#[track_caller]
fn refuses(field_value: &str, kind: AuthorizationErrorKind, offset: usize) {
    let error = Authorization::parse(field_value).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (kind, offset), "{error}");
}

/// Refused strictly, and read when exactly this leniency is allowed.
#[track_caller]
fn needs(field_value: &str, leniency: HeaderLeniency, offset: usize, expected: &[(&str, &str)]) {
    Authorization::parse(field_value).unwrap_err();
    Authorization::parse_lenient(field_value, HeaderLeniencies::ALL.without(leniency)).unwrap_err();
    let read =
        Authorization::parse_lenient(field_value, HeaderLeniencies::NONE.with(leniency)).unwrap();
    assert_eq!(pairs(&read), expected);
    let [departure] = read.departures() else {
        panic!("one departure, not {:?}", read.departures())
    };
    assert_eq!(
        (departure.leniency(), departure.offset()),
        (leniency, offset)
    );
}

#[test]
fn the_example_of_the_rfc_in_one_line() {
    reads(
        &RFC_5849_SECTION_3_5_1.replace("\n        ", " "),
        Some("Example"),
        &[
            ("oauth_consumer_key", "0685bd9184jfhq22"),
            ("oauth_token", "ad180jjd733klru7"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_signature", "wOJIO9A2W5mFwDgiDvZbTSMK%2FPY%3D"),
            ("oauth_timestamp", "137131200"),
            ("oauth_nonce", "4572616e48616d6d65724c61686176"),
            ("oauth_version", "1.0"),
        ],
    );
}

#[test]
fn the_example_of_the_rfc_as_printed_is_folded() {
    let folded = Authorization::parse(RFC_5849_SECTION_3_5_1).unwrap_err();
    assert_eq!(
        (folded.kind(), folded.offset()),
        (
            AuthorizationErrorKind::ForbiddenCharacter { found: b'\n' },
            22
        )
    );
    let read = Authorization::parse_lenient(
        RFC_5849_SECTION_3_5_1,
        HeaderLeniencies::NONE.with(HeaderLeniency::FoldedLines),
    )
    .unwrap();
    assert_eq!(read.parameters().len(), 7);
}

#[test]
fn the_scheme_is_compared_without_case_and_stands_alone() {
    for scheme in ["OAuth", "oauth", "OAUTH", "oAuTh", "  OAuth", "OAuth \t"] {
        reads(&format!("{scheme} a=\"1\""), None, &[("a", "1")]);
    }
    refuses("OAuth2 a=\"1\"", AuthorizationErrorKind::WrongScheme, 0);
    refuses("OAuth:a=\"1\"", AuthorizationErrorKind::WrongScheme, 0);
    refuses("  Bearer x", AuthorizationErrorKind::WrongScheme, 2);
    refuses("", AuthorizationErrorKind::WrongScheme, 0);
    refuses("OAut", AuthorizationErrorKind::WrongScheme, 0);
    refuses("ÖAuth a=\"1\"", AuthorizationErrorKind::WrongScheme, 0);
}

#[test]
fn a_blank_stands_after_the_scheme_and_nothing_else() {
    for field_value in [
        "OAuth\ta=\"1\"",
        "OAuth\t a=\"1\"",
        "OAuth\t",
        "OAuth\r\n a=\"1\"",
        "OAuth\na=\"1\"",
    ] {
        let found = field_value.as_bytes()[5];
        refuses(
            field_value,
            AuthorizationErrorKind::MissingBlank { found },
            5,
        );
        assert!(Authorization::is_oauth(field_value), "{field_value:?}");
        let limit = field_value.len();
        Authorization::raw_parameters(field_value, limit).unwrap_err();
    }
    needs(
        "OAuth\ta=\"1\"",
        HeaderLeniency::TabAfterScheme,
        5,
        &[("a", "1")],
    );
    needs("  OAuth\t", HeaderLeniency::TabAfterScheme, 7, &[]);
    needs(
        "OAuth\r\n a=\"1\"",
        HeaderLeniency::FoldedLines,
        5,
        &[("a", "1")],
    );
    let error = Authorization::parse("OAuth\ta=\"1\"").unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected a blank after the scheme, found a tab at byte 5"
    );
}

#[test]
fn separators_may_have_blanks_around_them_or_none() {
    for list in [
        "a=\"1\",b=\"2\"",
        "a=\"1\", b=\"2\"",
        "a=\"1\" ,\t b=\"2\"  ",
    ] {
        reads(&format!("OAuth {list}"), None, &[("a", "1"), ("b", "2")]);
    }
}

#[test]
fn nothing_but_the_scheme_is_an_empty_list() {
    reads("OAuth", None, &[]);
    reads("OAuth  ", None, &[]);
    reads("OAuth realm=\"\"", Some(""), &[]);
}

#[test]
fn values_may_be_empty_and_names_may_repeat() {
    reads(
        "OAuth a=\"\",a=\"1\",A=\"1\"",
        None,
        &[("a", ""), ("a", "1"), ("A", "1")],
    );
}

#[test]
fn what_a_sender_forgot_to_encode_is_taken_as_it_is() {
    reads(
        "OAuth oauth_signature=\"r6/TJjbCOr97/+UU0NsvSne7s5g=\",oauth_callback=\"http://a.example/b?c=d&e, f\"",
        None,
        &[
            ("oauth_signature", "r6/TJjbCOr97/+UU0NsvSne7s5g="),
            ("oauth_callback", "http://a.example/b?c=d&e, f"),
        ],
    );
}

#[test]
fn the_realm_is_a_quoted_string_anywhere_in_the_list() {
    reads(
        "OAuth a=\"1\", realm=\"x\", b=\"2\"",
        Some("x"),
        &[("a", "1"), ("b", "2")],
    );
    reads("OAuth Realm=\"x\"", Some("x"), &[]);
    reads(
        r#"OAuth realm="a \"b\" \\ %20, c\d""#,
        Some(r#"a "b" \ %20, cd"#),
        &[],
    );
    reads("OAuth realm=\"für\t\\ß\"", Some("für\tß"), &[]);
    reads("OAuth realms=\"x\"", None, &[("realms", "x")]);
    refuses(
        "OAuth realm=\"x\", a=\"1\", REALM=\"x\"",
        AuthorizationErrorKind::RepeatedRealm,
        24,
    );
    refuses(
        "OAuth realm=\"x\\\"",
        AuthorizationErrorKind::MissingClosingQuote,
        12,
    );
    refuses(
        "OAuth realm=\"x\u{1}\"",
        AuthorizationErrorKind::ForbiddenCharacter { found: 1 },
        14,
    );
}

#[test]
fn every_breach_has_its_kind_and_place() {
    use AuthorizationErrorKind as Kind;
    for (field_value, kind, offset) in [
        ("OAuth ,a=\"1\"", Kind::LeadingComma, 6),
        ("OAuth, a=\"1\"", Kind::LeadingComma, 5),
        ("OAuth a=\"1\",,b=\"2\"", Kind::DoubledComma, 12),
        ("OAuth a=\"1\", ", Kind::TrailingComma, 11),
        ("OAuth ,", Kind::LeadingComma, 6),
        ("OAuth =\"1\"", Kind::EmptyName, 6),
        ("OAuth a", Kind::MissingEquals { found: None }, 7),
        (
            "OAuth a,b=\"1\"",
            Kind::MissingEquals { found: Some(b',') },
            7,
        ),
        (
            "OAuth a =\"1\"",
            Kind::MissingEquals { found: Some(b' ') },
            7,
        ),
        ("OAuth a\"1\"", Kind::MissingEquals { found: Some(b'"') }, 7),
        (
            "OAuth a&b=\"1\"",
            Kind::MissingEquals { found: Some(b'&') },
            7,
        ),
        ("OAuth a=", Kind::MissingOpeningQuote { found: None }, 8),
        (
            "OAuth a=1",
            Kind::MissingOpeningQuote { found: Some(b'1') },
            8,
        ),
        (
            "OAuth a= \"1\"",
            Kind::MissingOpeningQuote { found: Some(b' ') },
            8,
        ),
        ("OAuth a=\"1", Kind::MissingClosingQuote, 8),
        ("OAuth a=\"1\"b=\"2\"", Kind::StrayText { found: b'b' }, 11),
        ("OAuth a=\"1\" b=\"2\"", Kind::StrayText { found: b'b' }, 12),
        ("OAuth a=\"1\";b=\"2\"", Kind::StrayText { found: b';' }, 11),
        ("OAuth a=\"1\"&b=\"2\"", Kind::StrayText { found: b'&' }, 11),
        (
            "OAuth a=\"\\\"\"",
            Kind::ForbiddenCharacter { found: b'\\' },
            9,
        ),
        ("OAuth a=\"é\"", Kind::ForbiddenCharacter { found: 0xc3 }, 9),
        ("OAuth é=\"1\"", Kind::ForbiddenCharacter { found: 0xc3 }, 6),
        (
            "OAuth a\\=\"1\"",
            Kind::ForbiddenCharacter { found: b'\\' },
            7,
        ),
        (
            "OAuth a=\"1\r\n\"",
            Kind::ForbiddenCharacter { found: b'\r' },
            10,
        ),
        (
            "OAuth a=\"1\",\r\n b=\"2\"",
            Kind::ForbiddenCharacter { found: b'\r' },
            12,
        ),
    ] {
        refuses(field_value, kind, offset);
    }
}

#[test]
fn an_error_ends_the_iteration() {
    let mut reader = Authorization::raw_parameters("OAuth a=\"1\",,b=\"2\"", 100).unwrap();
    assert_eq!(reader.next().unwrap().unwrap().name(), "a");
    reader.next().unwrap().unwrap_err();
    assert_eq!(reader.next(), None);
}

#[test]
fn too_long_a_value_is_refused_unread() {
    let text = "x".repeat(Authorization::MAX_BYTES + 1);
    let length = text.len();
    refuses(
        &text,
        AuthorizationErrorKind::TooLong { length },
        Authorization::MAX_BYTES,
    );
    assert!(Authorization::raw_parameters("OAuth a=\"\"", 10).is_ok());
    let error = Authorization::raw_parameters("OAuth a=\"\"", 9).unwrap_err();
    assert_eq!(error.kind(), AuthorizationErrorKind::TooLong { length: 10 });
}

#[test]
fn each_leniency_by_itself() {
    use HeaderLeniency as Leniency;
    let both = [("a", "1"), ("b", "2")];
    needs(
        "OAuth a=\"1\"&b=\"2\"",
        Leniency::AmpersandSeparators,
        11,
        &both,
    );
    needs("OAuth ,a=\"1\",b=\"2\"", Leniency::EmptyElements, 6, &both);
    needs("OAuth, a=\"1\",b=\"2\"", Leniency::EmptyElements, 5, &both);
    needs(
        "OAuth a=\"1\",,b=\"2\",",
        Leniency::EmptyElements,
        12,
        &both,
    );
    needs(
        "OAuth a=\"1\",\r\n b=\"2\"",
        Leniency::FoldedLines,
        12,
        &both,
    );
    needs("OAuth\na=\"1\",\nb=\"2\"", Leniency::FoldedLines, 5, &both);
    needs(" a=\"1\", b=\"2\"", Leniency::MissingScheme, 1, &both);
    needs("OAuth a=\"é\\\"", Leniency::RawValues, 9, &[("a", "é\\")]);
    needs(
        "OAuth a = \"1\", b= \"2\"",
        Leniency::SpacesAroundEquals,
        7,
        &both,
    );
    needs("OAuth a=1, b=2 ", Leniency::UnquotedValues, 8, &both);
    needs(
        "OAuth a=, b=2 = 3 ,c=\"\"",
        Leniency::UnquotedValues,
        8,
        &[("a", ""), ("b", "2 = 3"), ("c", "")],
    );
    needs("OAuth a=x&b", Leniency::UnquotedValues, 8, &[("a", "x&b")]);
}

#[test]
fn leniencies_together_list_what_they_met_once_each() {
    let text = "oauth_problem=signature_invalid&oauth_problem_advice=Failed to validate\\ signature&&&realm=x y";
    let read = Authorization::parse_lenient(text, HeaderLeniencies::ALL).unwrap();
    assert_eq!(
        pairs(&read),
        [
            ("oauth_problem", "signature_invalid"),
            ("oauth_problem_advice", "Failed to validate\\ signature")
        ]
    );
    assert_eq!(read.realm(), Some("x y"));
    let met: Vec<_> = read
        .departures()
        .iter()
        .map(|departure| (departure.leniency(), departure.offset()))
        .collect();
    assert_eq!(
        met,
        [
            (HeaderLeniency::AmpersandSeparators, 31),
            (HeaderLeniency::EmptyElements, 83),
            (HeaderLeniency::MissingScheme, 0),
            (HeaderLeniency::RawValues, 71),
            (HeaderLeniency::UnquotedValues, 14),
        ]
    );
}

#[test]
fn another_scheme_is_no_list_even_when_all_is_allowed() {
    for other in ["Bearer abc", "Basic dXNlcjpwYXNz", "dXNlcjpwYXNz", "Digest"] {
        Authorization::parse_lenient(other, HeaderLeniencies::ALL).unwrap_err();
    }
}

#[test]
fn debug_and_errors_hold_no_value() {
    let text = "OAuth oauth_signature_method=\"PLAINTEXT\",oauth_signature=\"canary%26canary\"";
    let read = Authorization::parse(text).unwrap();
    let reader = Authorization::raw_parameters(text, 100).unwrap();
    let shown = format!("{read:?} {read:#?} {reader:?} {:?}", read.parameters());
    assert!(!shown.contains("canary"), "{shown}");
    assert!(shown.contains("oauth_signature"));
    let error = Authorization::parse("OAuth a=\"canary\"canary").unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected a comma after the value, found \"c\" at byte 16"
    );
}

#[test]
fn what_no_field_value_can_carry_is_not_written() {
    let none: [(&str, &str); 0] = [];
    assert_eq!(
        write_authorization(Some("a\r\nX: y"), &none),
        Err(AuthorizationWriteError::ControlInRealm { offset: 1 })
    );
    assert_eq!(
        write_authorization(None, &[("", "x")]),
        Err(AuthorizationWriteError::EmptyName)
    );
    assert_eq!(
        write_authorization(None, &[("Realm", "x")]),
        Err(AuthorizationWriteError::ParameterNamedRealm)
    );
    assert_eq!(write_authorization(None, &none).unwrap(), "OAuth");

    let mut buffer = b"Authorization: ".to_vec();
    let mut writer = AuthorizationWriter::new(&mut buffer);
    writer.parameter(b"a\r\n", b"\"1\"").unwrap();
    writer.realm("x").unwrap();
    assert_eq!(
        writer.realm("y"),
        Err(AuthorizationWriteError::RepeatedRealm)
    );
    assert_eq!(
        buffer,
        br#"Authorization: OAuth a%0D%0A="%221%22", realm="x""#
    );
}

fn realm() -> impl Strategy<Value = String> {
    "[ -~\\t\"\\\\äß中🦀]{0,12}"
}

fn name() -> impl Strategy<Value = String> {
    ".{1,8}".prop_filter("is the realm's", |name| !name.eq_ignore_ascii_case("realm"))
}

/// Lists made of the pieces that the grammar is made of, so that a good part of them is nearly right.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("OAuth"),
        Just(" "),
        Just(","),
        Just("="),
        Just("\""),
        Just("a"),
        Just("realm"),
        Just("&"),
        Just("\\"),
        Just("\r\n"),
        Just("%2C"),
        Just("é"),
        Just("a=\"1\""),
        Just(", b=\"2\""),
        Just("\u{0}"),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        realm in prop::option::of(realm()),
        pairs in prop::collection::vec((name(), prop::collection::vec(any::<u8>(), 0..20)), 0..8),
    ) {
        let written = write_authorization(realm.as_deref(), &pairs).unwrap();
        let read = Authorization::parse(&written).unwrap();
        prop_assert_eq!(read.realm(), realm.as_deref());
        let decoded: Vec<(String, Vec<u8>)> = read
            .parameters()
            .iter()
            .map(|parameter| {
                let name = decode_bytes(parameter.name().as_bytes()).unwrap().into_owned();
                let value = decode_bytes(parameter.value().as_bytes()).unwrap().into_owned();
                (String::from_utf8(name).unwrap(), value)
            })
            .collect();
        prop_assert_eq!(decoded, pairs);
    }

    #[test]
    fn leniency_only_adds(text in nearly()) {
        let lenient = Authorization::parse_lenient(&text, HeaderLeniencies::ALL);
        if let Ok(strict) = Authorization::parse(&text) {
            prop_assert_eq!(lenient.unwrap(), strict);
        } else if let Ok(lenient) = lenient {
            prop_assert!(!lenient.departures().is_empty());
        }
    }

    #[test]
    fn offsets_point_at_names(text in nearly()) {
        if let Ok(read) = Authorization::parse_lenient(&text, HeaderLeniencies::ALL) {
            for parameter in read.parameters() {
                prop_assert!(text[parameter.offset()..].starts_with(parameter.name()));
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused_inside_it(text in ".{0,64}") {
        for allowed in [HeaderLeniencies::NONE, HeaderLeniencies::ALL] {
            if let Err(error) = Authorization::parse_lenient(&text, allowed) {
                prop_assert!(error.offset() <= text.len());
            }
        }
    }
}
