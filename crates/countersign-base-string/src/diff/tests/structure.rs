use alloc::vec::Vec;
use alloc::{format, vec};

use countersign_encoding::encode;

use super::super::*;
use super::{URI, base, differ, only, with};
use crate::parts::StructureFault as Fault;

#[test]
fn another_structure() {
    let ours = with(&[("a", "1"), ("b", "%2F")]);
    let (method_and_uri, list) = ours.rsplit_once('&').unwrap();
    let (_, uri) = method_and_uri.split_once('&').unwrap();
    for (theirs, expected) in [
        (format!("{ours}\n"), vec![Fault::Blanks]),
        (
            encode(&ours).into_owned(),
            vec![Fault::EncodedAsWhole { layers: 1 }],
        ),
        (
            format!("{method_and_uri}&{}", encode(list)),
            vec![Fault::ParametersEncodedAgain { layers: 1 }],
        ),
        (format!("{uri}&{list}"), vec![Fault::MissingMethod]),
        (method_and_uri.into(), vec![Fault::MissingParameters]),
        (
            format!("{method_and_uri}&a=1&b=%2F"),
            vec![Fault::ParametersNotEncoded],
        ),
    ] {
        let found = differ(&ours, &theirs);
        let faults: Vec<Fault> = found
            .iter()
            .filter_map(|difference| match difference {
                Difference::Structure {
                    side: Side::Theirs,
                    fault,
                } => Some(*fault),
                _ => None,
            })
            .collect();
        assert_eq!(faults, expected, "{theirs}");
    }
}

/// The faults of theirs, when nothing else is found.
#[track_caller]
fn faults_alone(ours: &str, theirs: &str) -> Vec<Fault> {
    differ(ours, theirs)
        .into_iter()
        .map(|difference| match difference {
            Difference::Structure {
                side: Side::Theirs,
                fault,
            } => fault,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn the_same_put_together_otherwise_differs_in_structure_only() {
    let pairs = [("a", "1"), ("b", "2"), ("c", "%2F"), ("d", "")];
    let ours = with(&pairs);
    // Without method, the parameters behind the URI, all encoded at once.
    let list = "a=1&b=2&c=%2F&d=";
    assert_eq!(
        faults_alone(&ours, &encode(&format!("{URI}?{list}"))),
        [
            Fault::EncodedAsWhole { layers: 1 },
            Fault::MissingMethod,
            Fault::ParametersNotEncoded
        ]
    );
    // The pairs joined without ampersands, then everything encoded once more.
    let joined = format!("GET&{URI}&{}", encode("a=1b=2c=%2Fd="));
    assert_eq!(
        faults_alone(&ours, &encode(&joined)),
        [
            Fault::EncodedAsWhole { layers: 1 },
            Fault::ParametersNotDivided
        ]
    );
    // With another value as well, all of it is told.
    assert!(differ(&ours, &encode(&joined.replace("b%3D2", "b%3D3"))).len() > 2);
    // A parameter more is no matter of structure.
    let more = with(&[("a", "1"), ("b", "2"), ("c", "%2F"), ("d", ""), ("e", "5")]);
    assert!(matches!(
        only(&ours, &more),
        Difference::ParameterExtra { .. }
    ));
}

#[test]
fn a_uri_that_is_not_absolute_lacks_no_scheme_and_host_besides() {
    let ours = with(&[("a", "1")]);
    let theirs = base("GET", "null//null/r/s", &[("a", "1")]);
    let found = differ(&ours, &theirs);
    assert!(
        matches!(
            found[..],
            [
                Difference::Structure {
                    fault: Fault::UriNotAbsolute,
                    ..
                },
                Difference::Path { .. }
            ]
        ),
        "{found:?}"
    );
}
