//! Whatever the state, a row makes a bounded number of others of it and does not fail.

use proptest::prelude::*;
use zeroize::Zeroizing;

use super::{bare, key, rich, rows};
use crate::search::rule::{Deviate, Out};
use crate::search::state::{KeyParts, Pieces, UriParts};

/// More states than these are not made of one.
const MOST: usize = 128;

fn octets() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..40),
        "[a-zA-Z0-9/%.;:+ ~&?=#\\[\\]v12é-]{0,60}".prop_map(String::into_bytes),
        "(/|//|%2F|%zz|v1|1\\.0|;a=b|\\.\\.|%|\\.json|www\\.){0,40}".prop_map(String::into_bytes),
    ]
}

proptest! {
    #[test]
    fn no_row_fails_or_floods(
        parts in proptest::collection::vec(octets(), 6),
        is_encoded: bool,
        signature in ".{0,60}|[0-9a-f]{40}|[A-Za-z0-9+/= %_-]{0,44}",
        header in "[ -~]{0,30}",
    ) {
        let [scheme, slashes, host, port, path, suffix] = parts.try_into().unwrap();
        let mut subject = rich();
        for (_, value) in &mut subject.headers {
            value.clone_from(&header);
        }
        subject.other_keys = (0..100).map(|number| (number.to_string(), key("a", "b"))).collect();
        let uri = UriParts { scheme, slashes, host, port, path, suffix };
        let key = KeyParts {
            consumer_secret: Zeroizing::new(uri.host.clone()),
            token_secret: Zeroizing::new(uri.path.clone()),
            is_encoded,
            spell: crate::search::Spell::RULE.write,
            between: b"&",
        };
        for subject in [subject, bare()] {
            for rule in rows() {
                let count = match rule.deviate {
                    Deviate::Method(deviate) => {
                        let mut out = Out::default();
                        deviate(&subject, &uri.host, &mut out);
                        out.states.len()
                    }
                    Deviate::Uri(deviate) => {
                        let mut out = Out::default();
                        deviate(&subject, &uri, &mut out);
                        out.states.len()
                    }
                    Deviate::Key(deviate) => {
                        let mut out = Out::default();
                        deviate(&subject, &key, &mut out);
                        out.states.len()
                    }
                    Deviate::Structure(write) => {
                        let pieces = Pieces {
                            method: &uri.scheme,
                            uri: &uri.path,
                            parameters: &uri.suffix,
                        };
                        let mut out = Vec::new();
                        write(&pieces, &mut out);
                        let whole = pieces.method.len() + pieces.uri.len() + pieces.parameters.len();
                        prop_assert!(out.len() <= whole * 9 + 16, "{}", rule.did);
                        1
                    }
                    Deviate::Signature(read) => usize::from(read(&signature).is_some()),
                    Deviate::Base(_) | Deviate::Hash(_) | Deviate::Parameters(_) => 1,
                };
                prop_assert!(count <= MOST, "{}: {count} states", rule.did);
            }
        }
    }
}

#[test]
fn a_long_path_does_not_flood() {
    let path = b"/a%5B;b[c".repeat(1_000);
    let from = UriParts {
        path,
        ..super::uri("https://api.example.com/")
    };
    for rule in rows() {
        if let Deviate::Uri(deviate) = rule.deviate {
            let mut out = Out::default();
            deviate(&rich(), &from, &mut out);
            assert!(out.states.len() <= MOST, "{}", rule.did);
            let all: usize = out.states.iter().map(|(state, _)| state.path.len()).sum();
            assert!(all <= MOST * 20_000, "{}: {all} octets", rule.did);
        }
    }
}
