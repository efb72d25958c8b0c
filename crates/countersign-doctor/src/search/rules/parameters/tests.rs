//! Every rule for parameters, by requests and the parameter texts that its states give.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests"
)]

mod body;
mod bounds;
mod order;
mod set;
mod spelling;
mod together;

use std::collections::BTreeSet;
use std::rc::Rc;

use countersign_base_string::Place;
use countersign_encoding::{Decoder, Leniency};

use super::{covers, spell};
use crate::search::rule::{Deviate, Out, Rule};
use crate::search::state::{Piece, Plan, UriParts};
use crate::search::subject::{Pair, Subject};

/// A request in short.
#[derive(Debug, Clone, Copy, Default)]
struct Sent<'a> {
    /// `name=value` as in the `Authorization` field, joined by `,`.
    header: &'a str,
    query: &'a str,
    content_type: Option<&'a str>,
    body: &'a str,
    realm: Option<&'a str>,
}

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

impl<'a> Sent<'a> {
    fn query(query: &'a str) -> Self {
        Self {
            query,
            ..Self::default()
        }
    }

    fn form(body: &'a str) -> Self {
        Self {
            body,
            content_type: FORM,
            ..Self::default()
        }
    }

    fn subject(self) -> Subject<'a> {
        let mut pairs: Vec<Rc<Pair>> = Vec::new();
        let mut take = |text: &str, between: char, place: Place| {
            for piece in text.split(between).filter(|piece| !piece.is_empty()) {
                let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
                let decoded = |raw: &str| {
                    let raw = raw.as_bytes();
                    let decoder = if place == Place::Header {
                        Decoder::new()
                    } else {
                        Decoder::form()
                    };
                    let decoder = decoder.with_leniency(Leniency::StrayPercent);
                    decoder.decode_bytes(raw).unwrap().into_owned()
                };
                pairs.push(Rc::new(Pair {
                    id: u16::try_from(pairs.len()).ok(),
                    place,
                    name: decoded(name),
                    value: decoded(value),
                    raw_name: name.as_bytes().to_vec(),
                    raw_value: value.as_bytes().to_vec(),
                    has_equals: piece.contains('='),
                }));
            }
        };
        take(self.header, ',', Place::Header);
        take(self.query, '&', Place::Query);
        let is_form = self.content_type == FORM;
        if is_form {
            take(self.body, '&', Place::Body);
        }
        Subject {
            method: "PUT",
            target: "/",
            query: Some(self.query),
            content_type: self.content_type,
            is_form,
            body: self.body.as_bytes(),
            headers: Vec::new(),
            consumer_key: None,
            token: None,
            realm: self.realm,
            signature: Some("abc="),
            other_uri: None,
            uri: UriParts {
                scheme: b"https".to_vec(),
                slashes: b"://".to_vec(),
                host: b"example.com".to_vec(),
                port: Vec::new(),
                path: b"/".to_vec(),
                suffix: Vec::new(),
            },
            plan: Plan::by_the_rule(pairs),
            key: None,
            other_keys: Vec::new(),
            unused_token_secret: None,
        }
    }
}

/// The normalised parameters of a plan.
fn text(plan: &Plan) -> String {
    let mut desk = crate::search::Desk::default();
    desk.spell(plan);
    let pieces = desk.arranged(&plan.pairs, plan.order);
    let mut out = Vec::new();
    (plan.join)(&pieces, &mut out);
    out.iter()
        .map(|byte| match byte {
            b' '..=b'~' => char::from(*byte).to_string(),
            other => format!("\\x{other:02x}"),
        })
        .collect()
}

/// The rules of parameters.
fn rules() -> impl Iterator<Item = &'static Rule> {
    crate::search::table().filter(|rule| matches!(rule.deviate, Deviate::Parameters(_)))
}

/// The states that a rule makes of the request.
fn states(rule: &Rule, subject: &Subject<'_>) -> Vec<(Plan, String)> {
    let Deviate::Parameters(deviate) = rule.deviate else {
        return Vec::new();
    };
    let mut out = Out::default();
    deviate(subject, &subject.plan, &mut out);
    out.states
        .into_iter()
        .map(|(state, detail)| (state, detail.into_owned()))
        .collect()
}

/// What the one rule that did this makes of the request, without what changes nothing.
fn texts(code: &str, did: &str, sent: Sent<'_>) -> BTreeSet<String> {
    let subject = sent.subject();
    let plain = text(&subject.plan);
    let mut found = rules().filter(|rule| rule.code == code && rule.did == did);
    let rule = found
        .next()
        .unwrap_or_else(|| panic!("no rule {code} that {did}"));
    assert!(found.next().is_none(), "two rules {code} that {did}");
    states(rule, &subject)
        .iter()
        .map(|(state, _)| text(state))
        .filter(|text| *text != plain)
        .collect()
}

/// A vector: the rule, the request, one of the texts it must give.
type Line<'a> = (&'a str, &'a str, Sent<'a>, &'a str);

fn check(lines: &[Line<'_>]) {
    for (code, did, sent, expected) in lines {
        let texts = texts(code, did, *sent);
        assert!(
            texts.contains(*expected),
            "{code}: {did}\n{sent:?}\nexpected {expected}\ngot      {}",
            texts.into_iter().collect::<Vec<_>>().join("\n         ")
        );
    }
}

/// The rule has nothing to say of the request.
fn check_silent(lines: &[(&str, &str, Sent<'_>)]) {
    for (code, did, sent) in lines {
        let texts = texts(code, did, *sent);
        assert!(texts.is_empty(), "{code}: {did}\n{sent:?}\ngot {texts:?}");
    }
}

#[test]
fn the_text_by_the_rule_is_the_one_of_the_specification() {
    let sent = Sent {
        header: "oauth_token=kkk9d7dh3k39sjv7",
        query: "b5=%3D%253D&a3=a&c%40=&a2=r%20b",
        content_type: FORM,
        body: "c2&a3=2+q",
        ..Sent::default()
    };
    let expected = "a2=r%20b&a3=2%20q&a3=a&b5=%3D%253D&c%40=&c2=&oauth_token=kkk9d7dh3k39sjv7";
    assert_eq!(text(&sent.subject().plan), expected);
}

#[test]
fn scopes_cover_what_they_name() {
    use crate::search::state::Scope;
    let subject = Sent {
        header: "oauth_token=a",
        query: "b=c",
        ..Sent::default()
    }
    .subject();
    let covered = |scope| -> Vec<bool> {
        let pairs = subject.pairs().iter();
        pairs.map(|pair| covers(scope, pair)).collect()
    };
    assert_eq!(covered(Scope::All), [true, true]);
    assert_eq!(covered(Scope::Protocol), [true, false]);
    assert_eq!(covered(Scope::Application), [false, true]);
    assert_eq!(covered(Scope::In(Place::Query)), [false, true]);
    assert_eq!(covered(Scope::In(Place::Body)), [false, false]);
    assert_eq!(covered(Scope::Only(0)), [true, false]);
    assert_eq!(covered(Scope::Only(7)), [false, false]);
}
