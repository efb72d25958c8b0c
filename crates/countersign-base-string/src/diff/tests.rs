#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests"
)]

mod charset;
mod mutations;
mod structure;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use countersign_encoding::encode;

use super::*;

const URI: &str = "https://a.example:8443/r/s";

/// A base string from pairs in their inner encoding, in the order given.
fn base(method: &str, uri: &str, pairs: &[(&str, &str)]) -> String {
    let list: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{method}&{}&{}", encode(uri), encode(&list.join("&")))
}

fn with(pairs: &[(&str, &str)]) -> String {
    base("GET", URI, pairs)
}

/// Compares both ways round; the second time with the sides exchanged, where as many differences must be found.
#[track_caller]
fn differ(ours: &str, theirs: &str) -> Vec<Difference> {
    let found = diff(ours, theirs).unwrap();
    assert_eq!(diff(theirs, ours).unwrap().len(), found.len());
    found
}

#[track_caller]
fn only(ours: &str, theirs: &str) -> Difference {
    let mut found = differ(ours, theirs);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// The spellings found for a value.
#[track_caller]
fn spellings(ours: &str, theirs: &str) -> Vec<Spelling> {
    differ(
        &with(&[("a", "1"), ("v", ours)]),
        &with(&[("a", "1"), ("v", theirs)]),
    )
    .into_iter()
    .map(|difference| match difference {
        Difference::Encoding {
            of: Field::Value { name },
            spelling,
            ..
        } if name == "v" => spelling,
        other => panic!("{other:?}"),
    })
    .collect()
}

fn raw(side: Side, characters: &str) -> Spelling {
    Spelling::Raw {
        side,
        characters: characters.into(),
    }
}

#[test]
fn the_same_text_has_no_differences() {
    let text = with(&[("a", "1"), ("a", "1"), ("b", "")]);
    assert_eq!(diff(&text, &text).unwrap(), []);
    let odd = "GET&%zz&&&a";
    assert_eq!(diff(odd, odd).unwrap(), []);
}

#[test]
fn method_and_uri_by_component() {
    let ours = with(&[("a", "1")]);
    let theirs = |method: &str, uri: &str| base(method, uri, &[("a", "1")]);
    assert_eq!(
        only(&ours, &theirs("get", URI)),
        Difference::Method {
            ours: "GET".into(),
            theirs: "get".into()
        }
    );
    assert_eq!(
        only(&ours, &theirs("GET", "http://a.example:8443/r/s")),
        Difference::Scheme {
            ours: "https".into(),
            theirs: "http".into()
        }
    );
    assert_eq!(
        only(&ours, &theirs("GET", "https://www.a.example:8443/r/s")),
        Difference::Host {
            ours: "a.example".into(),
            theirs: "www.a.example".into()
        }
    );
    assert_eq!(
        only(&ours, &theirs("GET", "https://A.example:8443/r/s")),
        Difference::Host {
            ours: "a.example".into(),
            theirs: "A.example".into()
        }
    );
    assert_eq!(
        only(&ours, &theirs("GET", "https://a.example/r/s")),
        Difference::Port {
            ours: Some("8443".into()),
            theirs: None
        }
    );
    assert_eq!(
        only(&ours, &theirs("GET", "https://a.example:8443/r/s/")),
        Difference::Path {
            ours: "/r/s".into(),
            theirs: "/r/s/".into()
        }
    );
    assert_eq!(
        only(&ours, &theirs("GET", "https://a.example:8443/r/s?a=1")),
        Difference::QueryInUri {
            ours: None,
            theirs: Some("a=1".into())
        }
    );
    let all = differ(&ours, &theirs("PUT", "http://b.example/?q"));
    assert_eq!(all.len(), 6);
}

#[test]
fn paths_in_two_spellings() {
    let found = only(
        &base("GET", "https://h/a%2Fb", &[]),
        &base("GET", "https://h/a%2fb", &[]),
    );
    assert!(matches!(
        found,
        Difference::Encoding {
            of: Field::Path,
            spelling: Spelling::LowerCaseHex { side: Side::Theirs },
            ..
        }
    ));
}

#[test]
fn the_uri_as_a_whole_in_two_spellings() {
    let ours = with(&[("a", "1")]);
    let found = only(&ours, &ours.replace("%3A%2F%2F", "%3a%2f%2f"));
    assert!(matches!(
        found,
        Difference::Encoding {
            of: Field::Uri,
            spelling: Spelling::LowerCaseHex { side: Side::Theirs },
            ..
        }
    ));
    let found = differ(&ours, &format!("GET&{URI}&a%3D1"));
    assert!(
        found
            .iter()
            .all(|difference| matches!(difference, Difference::Encoding { of: Field::Uri, .. }))
    );
    assert_eq!(
        found.len(),
        2,
        "raw characters or a whole layer less: {found:?}"
    );
    let found = differ(&ours, &format!("GET&{}&a%3D1", encode(&encode(URI))));
    assert_eq!(
        found[0],
        Difference::Structure {
            side: Side::Theirs,
            fault: StructureFault::UriEncodedAgain { layers: 1 }
        }
    );
}

#[test]
fn parameters_on_one_side_only() {
    let ours = with(&[("a", "1"), ("b", "2"), ("c", "3")]);
    assert_eq!(
        only(&ours, &with(&[("a", "1"), ("c", "3")])),
        Difference::ParameterMissing {
            name: "b".into(),
            value: "2".into(),
            position: 1
        }
    );
    assert_eq!(
        only(
            &ours,
            &with(&[("a", "1"), ("b", "2"), ("c", "3"), ("d", "")])
        ),
        Difference::ParameterExtra {
            name: "d".into(),
            value: "".into(),
            position: 3
        }
    );
}

#[test]
fn another_value() {
    assert_eq!(
        only(
            &with(&[("a", "1"), ("b", "2")]),
            &with(&[("a", "1"), ("b", "3")])
        ),
        Difference::ParameterValue {
            name: "b".into(),
            ours: "2".into(),
            theirs: "3".into(),
            our_position: 1,
            their_position: 1
        }
    );
}

#[test]
fn doubled_and_merged_pairs() {
    let once = with(&[("a", "1"), ("b", "2")]);
    let thrice = with(&[("a", "1"), ("a", "1"), ("a", "1"), ("b", "2")]);
    assert_eq!(
        only(&once, &thrice),
        Difference::Repeated {
            name: "a".into(),
            value: "1".into(),
            ours: 1,
            theirs: 3
        }
    );
    assert_eq!(
        only(&thrice, &once),
        Difference::Repeated {
            name: "a".into(),
            value: "1".into(),
            ours: 3,
            theirs: 1
        }
    );
    let other = with(&[("a", "1"), ("a", "2"), ("b", "2")]);
    assert!(matches!(
        only(&with(&[("a", "1"), ("a", "1"), ("b", "2")]), &other),
        Difference::ParameterValue { .. }
    ));
    assert!(matches!(
        only(&once, &other),
        Difference::ParameterExtra { .. }
    ));
}

#[test]
fn one_layer_more_or_less() {
    let more = Spelling::Layers {
        more: Side::Theirs,
        by: 1,
    };
    assert_eq!(spellings("a%20b", "a%2520b"), core::slice::from_ref(&more));
    assert_eq!(spellings("%C3%BC", "%25C3%25BC"), [more]);
    assert_eq!(
        spellings("a%20b", "a%252520b"),
        [Spelling::Layers {
            more: Side::Theirs,
            by: 2
        }]
    );
    assert_eq!(
        spellings("a%2520b", "a%20b"),
        [Spelling::Layers {
            more: Side::Ours,
            by: 1
        }]
    );
}

#[test]
fn characters_left_raw() {
    assert_eq!(spellings("it%27s%21", "it's!"), [raw(Side::Theirs, "!'")]);
    assert_eq!(spellings("a%2Ab%20", "a*b%20"), [raw(Side::Theirs, "*")]);
    // Nothing is encoded: either an encoder that leaves these alone, or none at all.
    assert_eq!(
        spellings("r6%2FTJ%3D", "r6/TJ="),
        [
            raw(Side::Theirs, "/="),
            Spelling::Layers {
                more: Side::Ours,
                by: 1
            }
        ]
    );
    assert_eq!(
        spellings("%C3%BC", "ü"),
        [
            raw(Side::Theirs, ""),
            Spelling::Layers {
                more: Side::Ours,
                by: 1
            }
        ]
    );
}

#[test]
fn characters_encoded_without_need() {
    assert_eq!(
        spellings("~a-b", "%7Ea%2Db"),
        [Spelling::EncodedUnreserved {
            side: Side::Theirs,
            characters: "-~".into()
        }]
    );
}

#[test]
fn hexadecimal_digits_in_lower_case() {
    assert_eq!(
        spellings("%2F%3D", "%2f%3d"),
        [Spelling::LowerCaseHex { side: Side::Theirs }]
    );
    assert_eq!(
        spellings("%2f", "%2F"),
        [Spelling::LowerCaseHex { side: Side::Ours }]
    );
}

#[test]
fn plus_for_a_blank() {
    let plus = Spelling::PlusForSpace { side: Side::Theirs };
    assert_eq!(spellings("a%20b", "a+b"), core::slice::from_ref(&plus));
    assert_eq!(spellings("a%20b", "a%2Bb"), core::slice::from_ref(&plus));
    assert_eq!(
        spellings("a%2Bb", "a%20b"),
        [Spelling::PlusForSpace { side: Side::Ours }]
    );
    assert_eq!(
        spellings("a%20b%2A~", "a+b*%7E"),
        [
            plus,
            raw(Side::Theirs, "*"),
            Spelling::EncodedUnreserved {
                side: Side::Theirs,
                characters: "~".into()
            }
        ]
    );
}

#[test]
fn latin_1_for_utf_8() {
    assert_eq!(
        spellings("f%C3%BCr", "f%FCr"),
        [Spelling::Latin1 { side: Side::Theirs }]
    );
    assert_eq!(
        spellings("f%FCr", "f%C3%BCr"),
        [Spelling::Latin1 { side: Side::Ours }]
    );
}

#[test]
fn spellings_by_no_single_rule() {
    assert_eq!(spellings("a%252Fb%2F", "a%2Fb%252F"), [Spelling::Mixed]);
}

#[test]
fn names_in_two_spellings() {
    let found = differ(&with(&[("a%5B%5D", "1")]), &with(&[("a[]", "1")]));
    assert!(
        matches!(&found[0], Difference::Encoding { of: Field::Name, ours, theirs, spelling }
        if ours == "a%5B%5D" && theirs == "a[]" && *spelling == raw(Side::Theirs, "[]"))
    );
    let found = differ(&with(&[("a%5B%5D", "1")]), &with(&[("a%5b%5d", "2")]));
    assert!(matches!(
        found[0],
        Difference::Encoding {
            of: Field::Name,
            ..
        }
    ));
    assert!(matches!(found[1], Difference::ParameterValue { .. }));
}

#[test]
fn the_equals_sign_of_an_empty_value() {
    assert_eq!(
        only(
            "GET&http%3A%2F%2Fh%2F&a%3D%26b%3D1",
            "GET&http%3A%2F%2Fh%2F&a%26b%3D1"
        ),
        Difference::EqualsSign {
            name: "a".into(),
            without: Side::Theirs
        }
    );
}

#[test]
fn another_order() {
    let sorted = with(&[("a", "1"), ("a-b", "2"), ("b", "3"), ("c", "4")]);
    let joined = with(&[("a-b", "2"), ("a", "1"), ("b", "3"), ("c", "4")]);
    assert_eq!(
        only(&sorted, &joined),
        Difference::Order {
            rank: 0,
            ours: ("a".into(), "1".into()),
            theirs: ("a-b".into(), "2".into()),
            unsorted: Some(Side::Theirs)
        }
    );
    let found = differ(
        &sorted,
        &with(&[("a", "1"), ("b", "3"), ("a-b", "5"), ("c", "4")]),
    );
    assert!(
        matches!(found[..], [Difference::ParameterValue { .. }]),
        "{found:?}"
    );
    let found = differ(&sorted, &with(&[("a", "1"), ("c", "4"), ("b", "3")]));
    assert!(matches!(
        found[..],
        [
            Difference::ParameterMissing { .. },
            Difference::Order {
                rank: 1,
                unsorted: Some(Side::Theirs),
                ..
            }
        ]
    ));
}

#[test]
fn the_outer_encoding_of_the_list() {
    let ours = with(&[("a", "%2F"), ("b", "2")]);
    let theirs = ours.replace("%3D", "%3d");
    assert_eq!(
        only(&ours, &theirs),
        Difference::Encoding {
            of: Field::Parameters,
            ours: "%3D".into(),
            theirs: "%3d".into(),
            spelling: Spelling::LowerCaseHex { side: Side::Theirs }
        }
    );
    let theirs = ours.replace("a%3D", "a=");
    assert!(matches!(
        only(&ours, &theirs),
        Difference::Encoding {
            of: Field::Parameters,
            spelling: Spelling::Raw {
                side: Side::Theirs,
                ..
            },
            ..
        }
    ));
}

#[test]
fn what_has_no_name_is_found_too() {
    let found = differ(
        "GET&http%3A%2F%2Fh%2F&a%3D%FE",
        "GET&http%3A%2F%2Fh%2F&a%3D%FF",
    );
    assert_eq!(found, [Difference::Other { offset: 28 }]);
}

#[test]
fn sentences_name_the_sides() {
    let found = differ(&with(&[("a", "b%2Fc%20")]), &with(&[("a", "b/c%20")]));
    assert_eq!(
        found[0].of("the client", "the provider").to_string(),
        "the value of \"a\" has / left unencoded by the provider: \"b%2Fc%20\" and \"b/c%20\""
    );
    let found = differ(
        &with(&[("a", "1"), ("b", "2")]),
        &with(&[("b", "2"), ("a", "1")]),
    );
    assert_eq!(
        found[0].to_string(),
        "the parameters are in another order: the first has \"a\"=\"1\" where the second has \"b\"=\"2\"; \
         the second has not sorted them by encoded name, then value"
    );
}

#[test]
fn passwords_and_control_characters_are_not_shown() {
    let found = differ(
        &with(&[("x_auth_password", "canary1")]),
        &with(&[("x_auth_password", "canary2")]),
    );
    let shown = format!("{found:?} {}", found[0]);
    assert!(!shown.contains("canary"), "{shown}");
    let found = differ(
        "GET&http%3A%2F%2Fh%2F&a%3D1",
        "GET&http%3A%2F%2Fh%2F\u{1b}[2J&a%3D1",
    );
    assert!(!found[0].to_string().contains('\u{1b}'));
}

#[test]
fn ten_thousand_parameters_cost_no_square() {
    let list = |from: usize, to: usize| {
        let pairs: Vec<String> = (from..to)
            .map(|number| format!("p{number:06}%3D{number}"))
            .collect();
        format!("GET&http%3A%2F%2Fh%2F&{}", pairs.join("%26"))
    };
    assert_eq!(
        diff(&list(0, 10_000), &list(5_000, 15_000)).unwrap().len(),
        10_000
    );
}
