//! A vector for each row: where it starts, what it makes of it, and where there is nothing to do.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::rc::Rc;

use countersign_base_string::Place;
use zeroize::Zeroizing;

use crate::code;
use crate::search::rule::{Deviate, Out, Rule};
use crate::search::state::{KeyParts, Plan, UriParts};
use crate::search::subject::{Pair, Subject};

mod base;
mod keys;
mod limits;
mod methods;
mod paths;
mod signatures;
mod structures;
mod uris;

/// The tables whose vectors are here.
const TABLES: [&[Rule]; 17] = [
    super::method::ROWS,
    super::uri::scheme::ROWS,
    super::uri::host::ROWS,
    super::uri::port::ROWS,
    super::uri::slash::ROWS,
    super::uri::path::ROWS,
    super::uri::spelling::ROWS,
    super::uri::query::ROWS,
    super::uri::whole::ROWS,
    super::structure::ROWS,
    super::key::material::ROWS,
    super::key::encoding::ROWS,
    super::key::whitespace::ROWS,
    super::key::altered::ROWS,
    super::key::others::ROWS,
    super::hash::ROWS,
    super::signature::ROWS,
];

fn rows() -> impl Iterator<Item = &'static Rule> {
    TABLES.into_iter().flatten()
}

/// The one row that begins with `did` and has this code.
fn row(code: &str, did: &str) -> &'static Rule {
    let found: Vec<_> = rows()
        .filter(|rule| rule.code == code && rule.did.starts_with(did))
        .collect();
    assert_eq!(found.len(), 1, "{code}: {did}");
    found[0]
}

/// That each row of a kind has a vector.
fn assert_complete(vectors: &[(&str, &str)], is_kind: impl Fn(&Rule) -> bool) {
    let covered: BTreeSet<&str> = vectors
        .iter()
        .map(|(code, did)| row(code, did).did)
        .collect();
    for rule in rows().filter(|rule| is_kind(rule)) {
        assert!(
            covered.contains(rule.did),
            "no vector: {} {}",
            rule.code,
            rule.did
        );
    }
}

/// A request with nothing but a path.
fn bare() -> Subject<'static> {
    Subject {
        method: "GET",
        target: "/v1/items",
        query: None,
        content_type: None,
        is_form: false,
        body: b"",
        headers: Vec::new(),
        consumer_key: None,
        token: None,
        realm: None,
        signature: None,
        uri: uri("https://api.example.com/v1/items"),
        other_uri: None,
        plan: Plan::by_the_rule(Vec::new()),
        key: None,
        unused_token_secret: None,
        other_keys: Vec::new(),
    }
}

/// A request that has everything a rule of this table looks at.
fn rich() -> Subject<'static> {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let pair = |id, name: &str, value: &str, raw_value: &str| {
        Rc::new(Pair {
            id: Some(id),
            raw_name: name.into(),
            raw_value: raw_value.into(),
            ..Pair::added(name, value, Place::Query)
        })
    };
    Subject {
        target: "https://me:pass@Api.example.com/v1/items?b=2&a=%5B1%5D+x&oauth_nonce=n#top",
        query: Some("b=2&a=%5B1%5D+x&oauth_nonce=n"),
        headers: vec![
            header("host", "Api.example.com"),
            header("x-forwarded-host", "public.example.com:8444"),
            header("forwarded", "for=10.0.0.1;host=\"outer.example.org\""),
            header("x-forwarded-port", "8445"),
            header("x-original-url", "/original/items?x=1"),
            header("x-forwarded-prefix", "/base/"),
            header("x-http-method-override", "patch"),
        ],
        consumer_key: Some("ck"),
        token: Some("tk"),
        plan: Plan::by_the_rule(vec![
            pair(0, "b", "2", "2"),
            pair(1, "a", "[1] x", "%5B1%5D+x"),
            pair(2, "oauth_nonce", "n", "n"),
        ]),
        unused_token_secret: Some(Zeroizing::new(b"unused".to_vec())),
        other_keys: vec![("sandbox".to_owned(), key("ocs", "ots"))],
        ..bare()
    }
}

/// The parts of an absolute URL.
fn uri(url: &str) -> UriParts {
    let (scheme, rest) = url.split_once("://").unwrap();
    let at = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(at);
    let port = authority.find(':').unwrap_or(authority.len());
    let (host, port) = authority.split_at(port);
    UriParts {
        scheme: scheme.into(),
        slashes: b"://".to_vec(),
        host: host.into(),
        port: port.into(),
        path: path.into(),
        suffix: Vec::new(),
    }
}

fn key(consumer_secret: &str, token_secret: &str) -> KeyParts {
    KeyParts {
        consumer_secret: Zeroizing::new(consumer_secret.into()),
        token_secret: Zeroizing::new(token_secret.into()),
        is_encoded: true,
        spell: crate::search::Spell::RULE.write,
        between: b"&",
    }
}

fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap_or_else(|_| format!("{octets:02x?}"))
}

fn uris(rule: &Rule, subject: &Subject<'_>, from: &UriParts) -> Vec<String> {
    let Deviate::Uri(deviate) = rule.deviate else {
        panic!("{}: not of the URI", rule.did);
    };
    let mut out = Out::default();
    deviate(subject, from, &mut out);
    out.states
        .iter()
        .filter(|(state, _)| state != from)
        .map(|(state, detail)| {
            assert!(!detail.is_empty(), "{}: no detail", rule.did);
            let mut octets = Vec::new();
            state.write(&mut octets);
            text(&octets)
        })
        .collect()
}

/// A row of the URI: code and beginning of `did`, start, some of what it makes of it, and a start
/// where there is nothing to do.
type UriVector = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    Option<&'static str>,
);

fn assert_uris(vectors: &[UriVector]) {
    for (code, did, from, to, unchanged) in vectors {
        let rule = row(code, did);
        let made = uris(rule, &rich(), &uri(from));
        for expected in *to {
            assert!(
                made.iter().any(|text| text == expected),
                "{code}, {did}: {expected} is not in {made:#?}"
            );
        }
        if let Some(unchanged) = unchanged {
            let made = uris(rule, &bare(), &uri(unchanged));
            assert!(made.is_empty(), "{code}, {did}: {made:#?}");
        }
    }
}

#[test]
fn every_row_is_complete_and_has_a_code() {
    let mut seen = BTreeSet::new();
    for rule in rows() {
        assert!(code::row(rule.code).is_some(), "{} has no row", rule.code);
        assert!((1..=100).contains(&rule.prior), "{}", rule.did);
        assert!(
            seen.insert((rule.code, rule.did)),
            "{} {} twice",
            rule.code,
            rule.did
        );
        assert!(
            rule.did
                .starts_with(|first: char| first.is_ascii_lowercase())
                && !rule.did.ends_with('.'),
            "{}",
            rule.did
        );
    }
}
