use super::{Pair, RawPair, find, parse, raw_pairs, write};
use alloc::format;
use alloc::vec::Vec;
use proptest::prelude::*;

type Split<'a> = Vec<(&'a [u8], Option<&'a [u8]>, usize)>;

fn split(input: &[u8]) -> Split<'_> {
    raw_pairs(input)
        .map(|pair: RawPair<'_>| (pair.name(), pair.value(), pair.offset()))
        .collect()
}

#[test]
fn pieces_names_and_values() {
    let expected: Split<'_> = alloc::vec![
        (b"a", None, 0),
        (b"a", Some(b""), 3),
        (b"a", Some(b"b=c"), 6),
        (b"", Some(b"x"), 12),
        (b"d;e", Some(b"1"), 15),
    ];
    assert_eq!(split(b"a&&a=&a=b=c&=x&d;e=1&"), expected);
    assert!(split(b"").is_empty());
    assert!(split(b"&&&").is_empty());
}

#[test]
fn value_offsets_point_at_the_value() {
    let input = b"ab=cd&e";
    let offsets: Vec<usize> = raw_pairs(input).map(|pair| pair.value_offset()).collect();
    assert_eq!(offsets, [3, 8]);
}

#[test]
fn absent_empty_and_repeated_values_stay_apart() {
    let pairs = parse(b"a&a=&a=1&a=1").unwrap();
    assert_eq!(
        pairs,
        [
            Pair::without_value("a"),
            Pair::new("a", ""),
            Pair::new("a", "1"),
            Pair::new("a", "1"),
        ]
    );
    assert_eq!(write(&pairs), "a&a=&a=1&a=1");
}

#[test]
fn octets_that_are_not_utf_8_are_kept() {
    assert_eq!(
        parse(b"q=caf%E9").unwrap(),
        [Pair::new("q", b"caf\xE9".to_vec())]
    );
}

#[test]
fn faults_have_the_offset_within_the_whole_input() {
    assert_eq!(parse(b"a=1&b%=2").unwrap_err().offset(), 5);
    assert_eq!(parse(b"a=1&b=%2").unwrap_err().offset(), 6);
    assert_eq!(parse(b"a=1&b=2%0g").unwrap_err().offset(), 9);
}

fn pair() -> impl Strategy<Value = Pair> {
    (any::<Vec<u8>>(), any::<Option<Vec<u8>>>()).prop_map(|(name, value)| match value {
        Some(value) => Pair::new(name, value),
        None => Pair::without_value(name),
    })
}

proptest! {
    #[test]
    fn a_byte_is_found_where_it_first_is(text in "[a&\u{0}'%=]{0,30}", high: Vec<u8>) {
        for (text, wanted) in [(text.as_bytes(), b'&'), (text.as_bytes(), b'='), (&high, 0x7F)] {
            let expected = text.iter().position(|&byte| byte == wanted);
            prop_assert_eq!(find(text, wanted), expected);
        }
    }

    #[test]
    fn parsing_undoes_writing(pairs in proptest::collection::vec(pair(), 0..8)) {
        prop_assert_eq!(parse(write(&pairs).as_bytes()).unwrap(), pairs);
    }

    #[test]
    fn writing_what_was_parsed_is_stable(input in "[a=&%0-9A-F+;]{0,20}") {
        if let Ok(pairs) = parse(input.as_bytes()) {
            prop_assert_eq!(parse(write(&pairs).as_bytes()).unwrap(), pairs);
        }
    }

    #[test]
    fn offsets_find_the_pair_again(input in "[a=&b]{0,20}") {
        for pair in raw_pairs(input.as_bytes()) {
            let rest = &input.as_bytes()[pair.offset()..];
            prop_assert!(rest.starts_with(pair.name()));
            if let Some(value) = pair.value() {
                prop_assert!(input.as_bytes()[pair.value_offset()..].starts_with(value));
            }
        }
    }
}

#[test]
fn debug_shows_names_and_lengths_only() {
    let pair = Pair::new("a\u{e9}", "hunter2");
    assert_eq!(
        format!("{pair:?}"),
        r#"Pair { name: "a\xc3\xa9", value: Some([7 bytes]) }"#
    );
    let mut pairs = raw_pairs(b"a&b=hunter2");
    assert_eq!(
        format!("{pairs:?}"),
        "RawPairs { rest: [11 bytes], offset: 0 }"
    );
    assert_eq!(
        format!("{:?}", pairs.next()),
        r#"Some(RawPair { name: "a", value: None, offset: 0 })"#
    );
    assert_eq!(
        format!("{:?}", pairs.next()),
        r#"Some(RawPair { name: "b", value: Some([7 bytes]), offset: 2 })"#
    );
}
