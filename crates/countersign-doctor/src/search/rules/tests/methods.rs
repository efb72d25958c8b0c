//! Methods and hashes.

use countersign_signature::Hash;

use super::{assert_complete, bare, rich, row, rows, text};
use crate::search::rule::{Deviate, Out};
use crate::search::subject::Subject;

fn methods(code: &str, did: &str, subject: &Subject<'_>, from: &str) -> Vec<String> {
    let Deviate::Method(deviate) = row(code, did).deviate else {
        panic!("{did}: not of the method");
    };
    let mut out = Out::default();
    deviate(subject, from.as_bytes(), &mut out);
    out.states
        .iter()
        .map(|(state, _)| text(state))
        .filter(|state| state != from)
        .collect()
}

#[test]
fn methods_deviate() {
    let mismatch = ("method.mismatch", "signed another HTTP method");
    let rewritten = ("method.rewritten_by_proxy", "had another");
    let case = ("method.case", "signed the HTTP method in small");
    let empty = ("sbs.structure", "signed an empty HTTP method");
    let made = |(code, did): (&str, &str), from| methods(code, did, &bare(), from);
    assert_eq!(
        made(mismatch, "GET"),
        ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
    );
    assert_eq!(made(rewritten, "HEAD"), ["GET"]);
    assert_eq!(made(rewritten, "GET"), ["HEAD"]);
    assert!(made(rewritten, "PUT").is_empty());
    assert_eq!(
        methods(rewritten.0, rewritten.1, &rich(), "POST"),
        ["PATCH"]
    );
    assert_eq!(
        methods(rewritten.0, rewritten.1, &rich(), "PATCH"),
        ["POST"]
    );
    assert_eq!(made(case, "POST"), ["post", "Post"]);
    assert_eq!(made(case, "post"), ["Post", "POST"]);
    assert_eq!(made(empty, "GET"), [""]);
    assert!(made(empty, "").is_empty());
    assert_complete(&[mismatch, rewritten, case, empty], |rule| {
        matches!(rule.deviate, Deviate::Method(_))
    });
}

#[test]
fn every_hash_is_tried() {
    let hashes: Vec<Hash> = rows()
        .filter_map(|rule| match rule.deviate {
            Deviate::Hash(hash) => Some(hash),
            _ => None,
        })
        .collect();
    assert_eq!(hashes, [Hash::Sha1, Hash::Sha256, Hash::Sha512]);
}
