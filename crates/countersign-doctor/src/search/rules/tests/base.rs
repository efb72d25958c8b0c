//! Mistakes that show in several parts.

use std::collections::BTreeSet;

use super::{bare, key, uri};
use crate::search::rule::{Deviate, Out, Start};
use crate::search::rules::base::ROWS;
use crate::search::scene::put_together;
use crate::search::state::{Pieces, Plan, Spell};
use crate::search::subject::Pair;
use crate::search::{Desk, Dimension, Rule, Subject};
use countersign_base_string::Place;

fn subject() -> Subject<'static> {
    let pair = |id, name: &str, value: &str| {
        Pair {
            id: Some(id),
            ..Pair::added(name, value, Place::Query)
        }
        .into()
    };
    Subject {
        uri: uri("http://a/~b(c"),
        query: Some("d=%20%21~&e=f"),
        plan: Plan::by_the_rule(vec![pair(0, "d", " !~"), pair(1, "e", "f")]),
        key: Some(key("a b", "~c")),
        ..bare()
    }
}

fn start(subject: &Subject<'_>) -> Start {
    Start {
        uri: subject.uri.clone(),
        plan: subject.plan.clone(),
        key: subject.key.clone(),
        wrap: Spell::RULE.write,
    }
}

fn text(start: &Start) -> String {
    let mut desk = Desk::default();
    desk.lay(&start.plan, start.plan.join);
    let mut uri = Vec::new();
    start.uri.write(&mut uri);
    let pieces = Pieces {
        method: b"GET",
        uri: &uri,
        parameters: desk.plain(),
    };
    let mut out = Vec::new();
    put_together(None, &pieces, start.wrap, &mut out);
    String::from_utf8(out).unwrap()
}

fn key_of(start: &Start) -> String {
    let mut out = Vec::new();
    if let Some(key) = &start.key {
        key.write(&mut out);
    }
    String::from_utf8(out).unwrap()
}

fn made(rule: &Rule) -> Vec<(Start, String)> {
    let Deviate::Base(deviate) = rule.deviate else {
        panic!("{}: of one part only", rule.did);
    };
    let subject = subject();
    let mut out = Out::default();
    deviate(&subject, &start(&subject), &mut out);
    out.states
        .into_iter()
        .map(|(state, detail)| (state, detail.into_owned()))
        .collect()
}

/// Code, encoder, base string with everything by it, key by it, and base string with all but names
/// and values by it.
const VECTORS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "enc.lowercase_hex",
        "one that writes lower-case digits",
        "GET&http%3a%2f%2fa%2f~b%28c&d%3d%2520%2521~%26e%3df",
        "a%20b&~c",
        "GET&http%3a%2f%2fa%2f~b%28c&d%3d%2520%2521~%26e%3df",
    ),
    (
        "enc.lowercase_hex",
        "HttpUtility.UrlEncode() of .NET",
        "GET&http%3a%2f%2fa%2f%7eb(c&d%3d%2b!%257e%26e%3df",
        "a+b&%7ec",
        "GET&http%3a%2f%2fa%2f%7eb(c&d%3d%2520%2521%7e%26e%3df",
    ),
    (
        "enc.reserved_chars",
        "encodeURIComponent() of JavaScript",
        "GET&http%3A%2F%2Fa%2F~b(c&d%3D%2520!~%26e%3Df",
        "a%20b&~c",
        "GET&http%3A%2F%2Fa%2F~b(c&d%3D%2520%2521~%26e%3Df",
    ),
    (
        "enc.reserved_chars",
        "quote() of Python",
        "GET&http%3A//a/~b%28c&d%3D%2520%2521~%26e%3Df",
        "a%20b&~c",
        "GET&http%3A//a/~b%28c&d%3D%2520%2521~%26e%3Df",
    ),
    (
        "enc.reserved_chars",
        "quote() of Python 2",
        "GET&http%3A//a/%7Eb%28c&d%3D%2520%2521%257E%26e%3Df",
        "a%20b&%7Ec",
        "GET&http%3A//a/%7Eb%28c&d%3D%2520%2521%7E%26e%3Df",
    ),
    (
        "enc.reserved_chars",
        "escape() of JavaScript",
        "GET&http%3A//a/%7Eb%28c&d%3D%2520%2521%257E%26e%3Df",
        "a%20b&%7Ec",
        "GET&http%3A//a/%7Eb%28c&d%3D%2520%2521%7E%26e%3Df",
    ),
    (
        "enc.reserved_chars",
        "encodeURI() of JavaScript",
        "GET&http://a/~b(c&d=%2520!~&e=f",
        "a%20b&~c",
        "GET&http://a/~b(c&d=%2520%2521~&e=f",
    ),
    (
        "enc.plus_space",
        "URLEncoder.encode() of Java",
        "GET&http%3A%2F%2Fa%2F%7Eb%28c&d%3D%2B%2521%257E%26e%3Df",
        "a+b&%7Ec",
        "GET&http%3A%2F%2Fa%2F%7Eb%28c&d%3D%2520%2521%7E%26e%3Df",
    ),
    (
        "enc.plus_space",
        "urlencode() of PHP",
        "GET&http%3A%2F%2Fa%2F%7Eb%28c&d%3D%2B%2521%257E%26e%3Df",
        "a+b&%7Ec",
        "GET&http%3A%2F%2Fa%2F%7Eb%28c&d%3D%2520%2521%7E%26e%3Df",
    ),
    (
        "enc.plus_space",
        "one that writes a space as '+'",
        "GET&http%3A%2F%2Fa%2F~b%28c&d%3D%2B%2521~%26e%3Df",
        "a+b&~c",
        "GET&http%3A%2F%2Fa%2F~b%28c&d%3D%2520%2521~%26e%3Df",
    ),
    (
        "enc.tilde",
        "one that encodes the tilde, too",
        "GET&http%3A%2F%2Fa%2F%7Eb%28c&d%3D%2520%2521%257E%26e%3Df",
        "a%20b&%7Ec",
        "GET&http%3A%2F%2Fa%2F%7Eb%28c&d%3D%2520%2521%7E%26e%3Df",
    ),
];

#[test]
fn one_encoder_goes_for_everything() {
    let mut told = BTreeSet::new();
    for rule in ROWS {
        if rule.dimension == Dimension::Query {
            continue;
        }
        let is_outside = rule.dimension == Dimension::WholeEncoding;
        for (state, detail) in made(rule) {
            let with_key = detail.strip_suffix(", the secrets too");
            let encoder = with_key.unwrap_or(&detail);
            let (_, _, everything, key, outside) = VECTORS
                .iter()
                .find(|(code, name, ..)| *code == rule.code && *name == encoder)
                .unwrap_or_else(|| panic!("no vector: {} {detail}", rule.code));
            told.insert((rule.code, encoder.to_owned()));
            let expected = if is_outside { outside } else { everything };
            assert_eq!(text(&state), *expected, "{} {detail}", rule.code);
            let right = "a%20b&~c";
            let expected = if with_key.is_some() { key } else { right };
            assert_eq!(key_of(&state), expected, "{} {detail}", rule.code);
            assert!(with_key.is_none() || *key != right, "nothing new: {detail}");
        }
    }
    assert_eq!(told.len(), VECTORS.len());
}

#[test]
fn the_query_goes_into_the_uri() {
    let rule = ROWS
        .iter()
        .find(|rule| rule.dimension == Dimension::Query)
        .unwrap();
    let states = made(rule);
    assert_eq!(states.len(), 1);
    assert_eq!(
        text(&states[0].0),
        "GET&http%3A%2F%2Fa%2F~b%28c%3Fd%3D%2520%2521~%26e%3Df&"
    );
}

#[test]
fn without_a_key_none_is_encoded() {
    let subject = Subject {
        key: None,
        ..subject()
    };
    for rule in ROWS {
        let Deviate::Base(deviate) = rule.deviate else {
            continue;
        };
        let mut out = Out::default();
        deviate(&subject, &start(&subject), &mut out);
        assert!(out.states.iter().all(|(state, _)| state.key.is_none()));
    }
}
