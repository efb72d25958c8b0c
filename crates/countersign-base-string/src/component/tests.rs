use super::{Component, Spelling};
use alloc::vec;
use alloc::vec::Vec;
use countersign_encoding::{Decoder, encode_bytes};
use proptest::prelude::*;

/// Every way in which these octets can have been given, with the text that each borrows.
fn texts(octets: &[u8]) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let canonical = encode_bytes(octets).into_owned().into_bytes();
    let lower = canonical.to_ascii_lowercase();
    // Lower-casing changed letters too; only use it where the octets stay the same.
    let percent = if Decoder::new().decode_bytes(&lower).unwrap() == octets {
        lower
    } else {
        canonical.clone()
    };
    let form: Vec<u8> = canonical
        .split(|&byte| byte == b'%')
        .enumerate()
        .flat_map(|(index, piece)| {
            let space = index > 0 && piece.starts_with(b"20");
            let mut out = Vec::new();
            if space {
                out.push(b'+');
                out.extend_from_slice(&piece[2..]);
            } else {
                if index > 0 {
                    out.push(b'%');
                }
                out.extend_from_slice(piece);
            }
            out
        })
        .collect();
    (canonical, percent, form)
}

fn twice(component: &Component<'_>) -> Vec<u8> {
    let mut out = vec![0; component.twice_len()];
    let len = component.write_twice(&mut out).unwrap();
    out.truncate(len);
    out
}

#[test]
fn spellings_are_recognised() {
    for (text, expected) in [
        ("abc", Spelling::Plain),
        ("", Spelling::Plain),
        ("a%20b", Spelling::Canonical),
        ("a+b", Spelling::Form),
        ("a%2fb", Spelling::Form),
        ("a*b", Spelling::Form),
        ("%41", Spelling::Form),
    ] {
        let component = Component::wire(text.as_bytes(), Spelling::Form).unwrap();
        assert_eq!(component.spelling(), expected, "{text}");
    }
    assert_eq!(Component::raw(b"a b").spelling(), Spelling::Raw);
    assert_eq!(Component::raw(b"a-b").spelling(), Spelling::Plain);
    assert!(Component::wire(b"%zz", Spelling::Form).is_err());
    assert!(Component::wire(b"%2", Spelling::Percent).is_err());
}

#[test]
fn a_plus_is_a_space_only_in_forms() {
    assert_eq!(
        *Component::wire(b"+", Spelling::Form).unwrap().decoded(),
        *b" "
    );
    assert_eq!(
        *Component::wire(b"+", Spelling::Percent).unwrap().decoded(),
        *b"+"
    );
}

fn octets() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<Vec<u8>>(),
        "[a-c/+ %~é*-]{0,40}".prop_map(alloc::string::String::into_bytes),
        proptest::collection::vec(any::<u8>(), 60..200),
    ]
}

proptest! {
    #[test]
    fn all_spellings_of_the_same_octets_behave_alike(octets in octets(), other in octets()) {
        let (canonical, percent, form) = texts(&octets);
        let (other_canonical, _, other_form) = texts(&other);
        let expected_twice = encode_bytes(&canonical).into_owned().into_bytes();
        let expected_order = canonical.cmp(&other_canonical);
        let others = [
            Component::raw(&other),
            Component::wire(&other_canonical, Spelling::Percent).unwrap(),
            Component::wire(&other_form, Spelling::Form).unwrap(),
        ];
        for component in [
            Component::raw(&octets),
            Component::wire(&canonical, Spelling::Percent).unwrap(),
            Component::wire(&percent, Spelling::Percent).unwrap(),
            Component::wire(&form, Spelling::Form).unwrap(),
        ] {
            prop_assert_eq!(&*component.decoded(), octets.as_slice());
            prop_assert_eq!(component.encoded().into_owned().into_bytes(), canonical.clone());
            prop_assert_eq!(twice(&component), expected_twice.clone());
            let mut streamed = Vec::new();
            component.stream_twice(&mut |bytes: &[u8]| streamed.extend_from_slice(bytes));
            prop_assert_eq!(&streamed, &expected_twice);
            prop_assert!(component.once_len() >= canonical.len() || component.bytes() != octets);
            prop_assert!(component.is(&octets));
            prop_assert_eq!(component.is(&other), octets == other);
            for other in &others {
                prop_assert_eq!(component.compare(other), expected_order);
                if component.prefix() != other.prefix() {
                    prop_assert_eq!(component.prefix().cmp(&other.prefix()), expected_order);
                }
            }
        }
    }
}
