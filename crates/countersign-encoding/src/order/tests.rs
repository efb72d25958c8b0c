use super::{canonical_prefix, compare_encoded, rank, rank_prefix};
use crate::encode_bytes;
use alloc::vec::Vec;
use core::cmp::Ordering;
use proptest::prelude::*;

#[test]
fn reserved_octets_come_before_unreserved_ones() {
    assert_eq!(compare_encoded(b"/", b"."), Ordering::Less);
    assert_eq!(compare_encoded("é".as_bytes(), b"b"), Ordering::Less);
    assert_eq!(compare_encoded(b"a", b"a-b"), Ordering::Less);
    assert_eq!(compare_encoded(b"\xFF", b"-"), Ordering::Less);
}

#[test]
fn ranks_are_a_permutation_in_the_order_of_encoded_forms() {
    let mut seen = [false; 256];
    for a in 0..=255_u8 {
        seen[usize::from(rank(a))] = true;
        for b in 0..=255_u8 {
            assert_eq!(
                rank(a).cmp(&rank(b)),
                encode_bytes(&[a]).cmp(&encode_bytes(&[b]))
            );
        }
    }
    assert!(seen.iter().all(|&seen| seen));
}

#[test]
fn prefixes_of_short_texts() {
    assert_eq!(rank_prefix(b""), 0);
    assert_eq!(canonical_prefix(b""), 0);
    assert_eq!(rank_prefix(b"a"), u64::from(b'a') << 56);
    assert_eq!(rank_prefix(b"abcdefg/"), u64::from_be_bytes(*b"abcdefg%"));
    assert_eq!(rank_prefix(b"abcdefghi"), u64::from_be_bytes(*b"abcdefgh"));
}

proptest! {
    #[test]
    fn comparing_agrees_with_the_encoded_forms(a: Vec<u8>, b: Vec<u8>) {
        prop_assert_eq!(compare_encoded(&a, &b), encode_bytes(&a).cmp(&encode_bytes(&b)));
    }

    #[test]
    fn comparing_agrees_on_close_texts(a in "[-a/é%.]{0,4}", b in "[-a/é%.]{0,4}") {
        let (a, b) = (a.as_bytes(), b.as_bytes());
        prop_assert_eq!(compare_encoded(a, b), encode_bytes(a).cmp(&encode_bytes(b)));
        let prefixes = rank_prefix(a).cmp(&rank_prefix(b));
        if prefixes != Ordering::Equal {
            prop_assert_eq!(prefixes, compare_encoded(a, b));
        }
    }

    #[test]
    fn both_prefixes_are_that_of_the_encoded_form(raw: Vec<u8>) {
        let encoded = encode_bytes(&raw);
        let mut head = [0; 8];
        for (to, from) in head.iter_mut().zip(encoded.bytes()) {
            *to = from;
        }
        prop_assert_eq!(rank_prefix(&raw), u64::from_be_bytes(head));
        prop_assert_eq!(canonical_prefix(encoded.as_bytes()), u64::from_be_bytes(head));
    }
}
