//! Rules of the search: one mistake that shows in several parts.

use countersign_base_string::Place;
use zeroize::Zeroizing;

use crate::search::rule::{Deviate, Dimension, Out, Rule, Start};
use crate::search::rules::values::{encoders, escape};
use crate::search::state::{KeyParts, Plan, Scope, Spell, UriParts, Write};

pub(super) const ROWS: &[Rule] = &[
    Rule {
        code: "sbs.query_in_uri",
        dimension: Dimension::Query,
        prior: 60,
        did: "left the query in the base URI, and out of the parameters",
        deviate: Deviate::Base(|subject, start, out| {
            let Some(query) = subject.query.filter(|query| !query.is_empty()) else {
                return;
            };
            let pairs = start
                .plan
                .pairs
                .iter()
                .filter(|pair| pair.place != Place::Query);
            out.push(
                Start {
                    uri: UriParts {
                        suffix: [b"?", query.as_bytes()].concat(),
                        ..start.uri.clone()
                    },
                    plan: Plan {
                        pairs: pairs.cloned().collect(),
                        ..start.plan.clone()
                    },
                    ..start.clone()
                },
                "",
            );
        }),
    },
    everywhere("enc.reserved_chars", 36, |_, start, out| {
        all(start, RESERVED, put_all, out);
    }),
    everywhere("enc.plus_space", 18, |_, start, out| {
        all(start, PLUS, put_all, out)
    }),
    everywhere("enc.lowercase_hex", 12, |_, start, out| {
        all(start, LOWER_CASE, put_all, out);
    }),
    everywhere("enc.tilde", 12, |_, start, out| {
        all(start, TILDE, put_all, out)
    }),
    outside("enc.reserved_chars", 8, |_, start, out| {
        all(start, RESERVED, put_outside, out);
    }),
    outside("enc.plus_space", 4, |_, start, out| {
        all(start, PLUS, put_outside, out);
    }),
    outside("enc.lowercase_hex", 8, |_, start, out| {
        all(start, LOWER_CASE, put_outside, out);
    }),
    outside("enc.tilde", 6, |_, start, out| {
        all(start, TILDE, put_outside, out);
    }),
];

type Encoders = &'static [(Write, &'static str)];

/// Encoders that leave or encode other characters than is due.
const RESERVED: Encoders = &[
    (encoders::COMPONENT, "encodeURIComponent() of JavaScript"),
    (encoders::AS_QUOTE, "quote() of Python"),
    (encoders::AS_QUOTE_2, "quote() of Python 2"),
    (escape, "escape() of JavaScript"),
    (encoders::AS_URI, "encodeURI() of JavaScript"),
];

/// Encoders for forms.
const PLUS: Encoders = &[
    (encoders::AS_JAVA_FORM, "URLEncoder.encode() of Java"),
    (encoders::AS_PHP, "urlencode() of PHP"),
    (encoders::AS_FORM, "one that writes a space as '+'"),
];

const LOWER_CASE: Encoders = &[
    (encoders::LOWER_CASE, "one that writes lower-case digits"),
    (encoders::AS_HTTP_UTILITY, "HttpUtility.UrlEncode() of .NET"),
];

const TILDE: Encoders = &[(encoders::TILDE_TOO, "one that encodes the tilde, too")];

type Deviation = fn(&crate::search::Subject<'_>, &Start, &mut Out<Start>);

const fn everywhere(code: &'static str, prior: u16, deviate: Deviation) -> Rule {
    Rule {
        code,
        dimension: Dimension::ValueEncoding,
        prior,
        did: "encoded everything with a wrong encoder",
        deviate: Deviate::Base(deviate),
    }
}

const fn outside(code: &'static str, prior: u16, deviate: Deviation) -> Rule {
    Rule {
        did: "encoded the URI and the list of parameters with a wrong encoder",
        dimension: Dimension::WholeEncoding,
        ..everywhere(code, prior, deviate)
    }
}

fn all(
    start: &Start,
    encoders: Encoders,
    put: fn(&Start, Write, &'static str, &mut Out<Start>),
    out: &mut Out<Start>,
) {
    for (write, detail) in encoders {
        put(start, *write, detail, out);
    }
}

/// The URI, names and values, and the list of them; the secrets too, or not, where a library makes
/// the key.
fn put_all(start: &Start, write: Write, detail: &'static str, out: &mut Out<Start>) {
    let spell = Spell {
        write,
        on: Scope::All,
    };
    let all = Start {
        plan: Plan {
            names: spell,
            values: spell,
            ..start.plan.clone()
        },
        wrap: write,
        ..start.clone()
    };
    if let Some(key) = start.key.as_ref().filter(|key| key.is_encoded) {
        let other = KeyParts {
            spell: write,
            ..key.clone()
        };
        if text(&other) != text(key) {
            let with_key = Start {
                key: Some(other),
                ..all.clone()
            };
            out.push(with_key, format!("{detail}, the secrets too"));
        }
    }
    out.push(all, detail);
}

fn text(key: &KeyParts) -> Zeroizing<Vec<u8>> {
    let secrets = key
        .consumer_secret
        .len()
        .saturating_add(key.token_secret.len());
    let mut text = Zeroizing::new(Vec::with_capacity(secrets.saturating_mul(6)));
    key.write(&mut text);
    text
}

fn put_outside(start: &Start, write: Write, detail: &'static str, out: &mut Out<Start>) {
    let outer = Start {
        wrap: write,
        ..start.clone()
    };
    out.push(outer, detail);
}
