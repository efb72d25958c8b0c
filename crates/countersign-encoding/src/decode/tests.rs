use super::{
    DecodeError, DecodeErrorKind, Decoder, Leniency, decode, decode_bytes, decode_form_bytes,
};
use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;
use proptest::prelude::*;

fn fault(input: &str) -> DecodeError {
    decode(input).unwrap_err()
}

#[test]
fn plus_is_a_space_only_in_forms() {
    assert_eq!(decode("a+b%2Bc").unwrap(), "a+b+c");
    assert_eq!(*decode_form_bytes(b"a+b%2Bc").unwrap(), *b"a b+c");
}

#[test]
fn digits_of_either_case_are_read() {
    assert_eq!(decode("%2f%2F%c3%A9").unwrap(), "//é");
}

#[test]
fn borrows_when_nothing_is_encoded() {
    assert!(matches!(decode("a/b c"), Ok(Cow::Borrowed("a/b c"))));
    assert!(matches!(decode_bytes(b"a+b"), Ok(Cow::Borrowed(b"a+b"))));
}

#[test]
fn faults_have_their_kind_and_offset() {
    for (input, offset, kind) in [
        ("%", 0, DecodeErrorKind::TruncatedTriplet),
        ("ab%4", 2, DecodeErrorKind::TruncatedTriplet),
        ("ab%G1", 3, DecodeErrorKind::InvalidHexDigit { found: b'G' }),
        ("ab%1G", 4, DecodeErrorKind::InvalidHexDigit { found: b'G' }),
        ("%%20", 1, DecodeErrorKind::InvalidHexDigit { found: b'%' }),
        ("a%20%E9", 4, DecodeErrorKind::InvalidUtf8),
        ("%C0%AF", 0, DecodeErrorKind::InvalidUtf8),
        (
            "%u0041",
            1,
            DecodeErrorKind::InvalidHexDigit { found: b'u' },
        ),
    ] {
        assert_eq!(
            (fault(input).offset(), fault(input).kind()),
            (offset, kind),
            "{input}"
        );
    }
}

#[test]
fn any_octets_come_out_of_bytes() {
    assert_eq!(
        *decode_bytes(b"caf%E9%00%C0%AF").unwrap(),
        *b"caf\xE9\x00\xC0\xAF"
    );
}

#[test]
fn messages_say_expected_found_and_offset() {
    assert_eq!(
        fault("ab%G1").to_string(),
        "expected a hexadecimal digit after %, found byte 0x47 (byte offset 3)"
    );
    assert_eq!(
        fault("a%").to_string(),
        "expected two hexadecimal digits after %, found the end (byte offset 1)"
    );
    assert_eq!(
        fault("%FF").to_string(),
        "expected UTF-8 after decoding, found other octets (byte offset 0)"
    );
    assert_eq!(fault("%").shifted(7).offset(), 7);
}

#[test]
fn a_stray_percent_is_kept_only_on_request() {
    let lenient = Decoder::new().with_leniency(Leniency::StrayPercent);
    assert_eq!(
        lenient.decode("100%, %2 %zz%20%").unwrap(),
        "100%, %2 %zz %"
    );
    assert!(Decoder::new().decode("100%").is_err());
}

#[test]
fn unicode_escapes_are_read_only_on_request() {
    let lenient = Decoder::form().with_leniency(Leniency::UnicodeEscape);
    assert_eq!(lenient.decode("+%u00e9%uD83D%uDE00%41").unwrap(), " é😀A");
    assert!(lenient.decode("%uD83D").is_err());
    assert!(lenient.decode("%u12").is_err());
    assert!(Decoder::form().decode("%u00e9").is_err());
}

#[test]
fn octets_end_after_a_fault() {
    let mut octets = Decoder::new().octets(b"a%zzb");
    assert_eq!(octets.next(), Some(Ok(b'a')));
    assert!(octets.next().is_some_and(|octet| octet.is_err()));
    assert_eq!(octets.next(), None);
}

proptest! {
    #[test]
    fn one_by_one_agrees_with_at_once(input in "[a%0-9A-Fu+é]{0,16}") {
        for decoder in [
            Decoder::new(),
            Decoder::form(),
            Decoder::form()
                .with_leniency(Leniency::StrayPercent)
                .with_leniency(Leniency::UnicodeEscape),
        ] {
            let singly: Result<Vec<u8>, DecodeError> = decoder.octets(input.as_bytes()).collect();
            let at_once = decoder.decode_bytes(input.as_bytes()).map(Cow::into_owned);
            prop_assert_eq!(singly, at_once);
        }
    }

    #[test]
    fn lenient_decoding_never_fails_and_agrees_where_strict_succeeds(input: Vec<u8>) {
        let lenient = Decoder::new().with_leniency(Leniency::StrayPercent);
        let decoded = lenient.decode_bytes(&input).unwrap();
        if let Ok(strict) = decode_bytes(&input) {
            prop_assert_eq!(strict, decoded);
        }
    }

    #[test]
    fn faults_lie_within_the_input(input in "[a%0-9GéFE]{0,12}") {
        if let Err(fault) = decode(&input) {
            prop_assert!(fault.offset() < input.len());
        }
    }
}
