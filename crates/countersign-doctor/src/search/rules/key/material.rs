//! What the key is put together from.

use super::{SecretOctets, octets, put, row};
use crate::search::rule::{Out, Rule};
use crate::search::state::KeyParts;
use crate::search::subject::Subject;

pub(in super::super) const ROWS: &[Rule] = &[
    row(
        "key.missing_ampersand",
        20,
        "left out the '&' of the key",
        |_, key, out| {
            between(key, b"", "nothing stood between the two secrets", out);
            alone(
                key,
                key.consumer_secret.clone(),
                "the consumer secret stood alone",
                out,
            );
        },
    ),
    row(
        "key.missing_ampersand",
        4,
        "joined the two secrets by something else than '&'",
        |_, key, out| {
            between(key, b"%26", "the '&' itself was encoded as %26", out);
            between(key, b"&amp;", "&amp; stood in place of the '&'", out);
            between(key, b"&&", "'&' stood there twice", out);
            between(key, b":", "a colon stood in place of the '&'", out);
            between(key, b",", "a comma stood in place of the '&'", out);
            between(key, b" ", "a blank stood in place of the '&'", out);
            between(key, b"+", "a plus stood in place of the '&'", out);
        },
    ),
    row(
        "key.token_secret_missing",
        30,
        "left the token secret out of the key",
        |_, key, out| {
            put(
                key,
                key.consumer_secret.clone(),
                octets(""),
                "the key ended after the '&'",
                out,
            );
        },
    ),
    row(
        "key.extra_token",
        15,
        "put a token secret into the key although no token is sent",
        |subject, key, out| {
            if let Some(secret) = &subject.unused_token_secret {
                put(
                    key,
                    key.consumer_secret.clone(),
                    secret.clone(),
                    "the token secret at hand was in the key",
                    out,
                );
            }
        },
    ),
    row(
        "key.wrong_material",
        12,
        "put the key together from the wrong values",
        |subject, key, out| wrong(subject, key, true, out),
    ),
    row(
        "key.wrong_material",
        5,
        "mixed up the values of the key in a rarer way",
        |subject, key, out| wrong(subject, key, false, out),
    ),
    row(
        "key.wrong_material",
        5,
        "took one value alone for the key",
        |subject, key, out| {
            alone(
                key,
                key.token_secret.clone(),
                "the token secret stood alone",
                out,
            );
            for (name, value) in names(subject) {
                alone(key, octets(value), format!("{name} stood alone"), out);
            }
            alone(key, octets(""), "the key was empty", out);
        },
    ),
    row(
        "key.wrong_material",
        6,
        "signed with a word such as null or undefined where a secret was not set",
        |_, key, out| {
            for word in ["undefined", "null", "None", "false", "nil"] {
                put(
                    key,
                    key.consumer_secret.clone(),
                    octets(word),
                    format!("{word} stood in place of the token secret"),
                    out,
                );
                put(
                    key,
                    octets(word),
                    key.token_secret.clone(),
                    format!("{word} stood in place of the consumer secret"),
                    out,
                );
            }
        },
    ),
];

fn between(key: &KeyParts, between: &'static [u8], detail: &'static str, out: &mut Out<KeyParts>) {
    if key.between != between {
        out.push(
            KeyParts {
                between,
                ..key.clone()
            },
            detail,
        );
    }
}

fn alone(
    key: &KeyParts,
    value: SecretOctets,
    detail: impl Into<std::borrow::Cow<'static, str>>,
    out: &mut Out<KeyParts>,
) {
    let bare = KeyParts {
        consumer_secret: value,
        token_secret: octets(""),
        between: b"",
        ..key.clone()
    };
    if bare != *key {
        out.push(bare, detail);
    }
}

/// What is no secret and is taken for one.
fn names<'a>(subject: &Subject<'a>) -> impl Iterator<Item = (&'static str, &'a str)> {
    [
        ("the consumer key", subject.consumer_key),
        ("the token", subject.token),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)))
}

/// What is mixed up most, with a token or without: a secret is missing, both are swapped, a name
/// stands for its secret.
const COMMON: [(&str, &str); 9] = [
    ("nothing", "the token secret"),
    ("the token secret", "the consumer secret"),
    ("the consumer key", "the token secret"),
    ("the consumer key", "the consumer secret"),
    ("the consumer secret", "the consumer key"),
    ("the consumer secret", "the token"),
    ("nothing", "nothing"),
    ("nothing", "the consumer secret"),
    ("the consumer key", "nothing"),
];

/// Two values in the two places of the key, neither of them the right one, or one of them.
fn wrong(subject: &Subject<'_>, key: &KeyParts, is_common: bool, out: &mut Out<KeyParts>) {
    let mut values: Vec<(&str, SecretOctets)> = vec![
        ("the consumer secret", key.consumer_secret.clone()),
        ("the token secret", key.token_secret.clone()),
        ("nothing", octets("")),
    ];
    values.extend(names(subject).map(|(name, value)| (name, octets(value))));
    for (first_name, first) in &values {
        for (second_name, second) in &values {
            if COMMON.contains(&(*first_name, *second_name)) != is_common {
                continue;
            }
            // An empty secret is nothing.
            let is_empty = |name: &str, value: &SecretOctets| value.is_empty() && name != "nothing";
            if is_empty(first_name, first) || is_empty(second_name, second) {
                continue;
            }
            // The right place for both, or the token secret left out: not here.
            let is_right =
                |second_name: &str| second_name == "the token secret" || second_name == "nothing";
            if *first_name == "the consumer secret" && is_right(second_name) {
                continue;
            }
            put(
                key,
                first.clone(),
                second.clone(),
                format!("{first_name} stood before the '&', {second_name} after it"),
                out,
            );
        }
    }
}
