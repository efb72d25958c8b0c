//! The three parts put together in another way.

use std::collections::BTreeSet;

use super::{row, rows};
use crate::search::rule::Deviate;
use crate::search::state::Pieces;

const PIECES: Pieces<'static> = Pieces {
    method: b"GET",
    uri: b"http://a/~b(c",
    parameters: b"d=%20%21~&e=f",
};

/// What each row of the structure makes of GET, `http://a/~b(c` and `d=%20%21~&e=f`.
const VECTORS: &[(&str, &str, &str)] = &[
    (
        "sbs.structure",
        "left the method out",
        "http%3A%2F%2Fa%2F~b%28c&d%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "left the parameters out",
        "GET&http%3A%2F%2Fa%2F~b%28c",
    ),
    (
        "sbs.structure",
        "put nothing into the third",
        "GET&http%3A%2F%2Fa%2F~b%28c&",
    ),
    (
        "sbs.structure",
        "left the base URI out",
        "GET&d%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "signed the list of parameters alone",
        "d=%20%21~&e=f",
    ),
    (
        "sbs.structure",
        "signed the encoded list",
        "d%3D%2520%2521~%26e%3Df",
    ),
    ("sbs.structure", "signed the URI alone", "http://a/~b(c"),
    (
        "sbs.structure",
        "encoded URI?PARAMETERS as one block, without",
        "http%3A%2F%2Fa%2F~b%28c%3Fd%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "encoded URI?PARAMETERS as one block after",
        "GET&http%3A%2F%2Fa%2F~b%28c%3Fd%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "encoded URI&PARAMETERS as one block after",
        "GET&http%3A%2F%2Fa%2F~b%28c%26d%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "encoded URI&PARAMETERS as one block, without",
        "http%3A%2F%2Fa%2F~b%28c%26d%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "signed METHOD&URI?PARAMETERS",
        "GET&http://a/~b(c?d=%20%21~&e=f",
    ),
    (
        "sbs.structure",
        "signed URI?PARAMETERS",
        "http://a/~b(c?d=%20%21~&e=f",
    ),
    (
        "sbs.structure",
        "joined the three parts without anything",
        "GEThttp%3A%2F%2Fa%2F~b%28cd%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "joined the three parts by a comma",
        "GET,http%3A%2F%2Fa%2F~b%28c,d%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "joined the three parts by a blank",
        "GET http%3A%2F%2Fa%2F~b%28c d%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "joined the three parts by a line end",
        "GET\nhttp%3A%2F%2Fa%2F~b%28c\nd%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "joined the three parts by an '&'",
        "GET%26http%3A%2F%2Fa%2F~b%28c%26d%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "joined the three parts by &amp;",
        "GET&amp;http%3A%2F%2Fa%2F~b%28c&amp;d%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "put the URI before",
        "http%3A%2F%2Fa%2F~b%28c&GET&d%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "put the parameters before",
        "GET&d%3D%2520%2521~%26e%3Df&http%3A%2F%2Fa%2F~b%28c",
    ),
    (
        "sbs.structure",
        "did not encode the base URI",
        "GET&http://a/~b(c&d%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "did not encode the list",
        "GET&http%3A%2F%2Fa%2F~b%28c&d=%20%21~&e=f",
    ),
    (
        "sbs.structure",
        "encoded neither",
        "GET&http://a/~b(c&d=%20%21~&e=f",
    ),
    (
        "sbs.structure",
        "encoded the whole base string once more",
        "GET%26http%253A%252F%252Fa%252F~b%2528c%26d%253D%252520%252521~%2526e%253Df",
    ),
    (
        "sbs.structure",
        "encoded the base string as a whole, not its parts",
        "GET%26http%3A%2F%2Fa%2F~b%28c%26d%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "encoded the base string as a whole, and the base URI",
        "GET%26http%3A%2F%2Fa%2F~b%28c%26d%253D%252520%252521~%2526e%253Df",
    ),
    (
        "sbs.structure",
        "encoded the base string as a whole, and the parameters",
        "GET%26http%253A%252F%252Fa%252F~b%2528c%26d%3D%2520%2521~%26e%3Df",
    ),
    (
        "uri.path_encoding",
        "encoded the base URI twice",
        "GET&http%253A%252F%252Fa%252F~b%2528c&d%3D%2520%2521~%26e%3Df",
    ),
    (
        "enc.double_encoded",
        "encoded the list of parameters twice",
        "GET&http%3A%2F%2Fa%2F~b%28c&d%253D%252520%252521~%2526e%253Df",
    ),
    (
        "sbs.structure",
        "left an '&' after",
        "GET&http%3A%2F%2Fa%2F~b%28c&d%3D%2520%2521~%26e%3Df%26",
    ),
    (
        "sbs.structure",
        "put an '&' before the first",
        "GET&http%3A%2F%2Fa%2F~b%28c&%26d%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "put a '?' before",
        "GET&http%3A%2F%2Fa%2F~b%28c&%3Fd%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "left a line end after the last",
        "GET&http%3A%2F%2Fa%2F~b%28c&d%3D%2520%2521~%26e%3Df%0A",
    ),
    (
        "sbs.structure",
        "left an '&' at the end",
        "GET&http%3A%2F%2Fa%2F~b%28c&d%3D%2520%2521~%26e%3Df&",
    ),
    (
        "sbs.structure",
        "left a line end at the end",
        "GET&http%3A%2F%2Fa%2F~b%28c&d%3D%2520%2521~%26e%3Df\n",
    ),
    (
        "sbs.structure",
        "put an '&' before the base string",
        "&GET&http%3A%2F%2Fa%2F~b%28c&d%3D%2520%2521~%26e%3Df",
    ),
    (
        "sbs.structure",
        "signed the base64",
        "R0VUJmh0dHAlM0ElMkYlMkZhJTJGfmIlMjhjJmQlM0QlMjUyMCUyNTIxfiUyNmUlM0Rm",
    ),
];

fn made(code: &str, did: &str, pieces: &Pieces<'_>) -> String {
    let Deviate::Structure(write) = row(code, did).deviate else {
        panic!("{did}: not of the structure");
    };
    let mut out = Vec::new();
    write(pieces, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn structures_deviate() {
    for (code, did, expected) in VECTORS {
        assert_eq!(made(code, did, &PIECES), *expected, "{code}: {did}");
    }
    let covered: BTreeSet<&str> = VECTORS
        .iter()
        .map(|(code, did, _)| row(code, did).did)
        .collect();
    for rule in rows() {
        if matches!(rule.deviate, Deviate::Structure(_)) {
            assert!(covered.contains(rule.did), "no vector: {}", rule.did);
        }
    }
}
