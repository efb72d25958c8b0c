//! Rules of the search: the key of an HMAC, or of PLAINTEXT.

use std::borrow::Cow;

use zeroize::Zeroizing;

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::state::KeyParts;
use crate::search::subject::Subject;

pub(super) mod altered;
pub(super) mod encoding;
pub(super) mod material;
pub(super) mod others;
pub(super) mod whitespace;

type Deviation = fn(&Subject<'_>, &KeyParts, &mut Out<KeyParts>);

const fn row(code: &'static str, prior: u16, did: &'static str, deviate: Deviation) -> Rule {
    Rule {
        code,
        dimension: Dimension::KeyMaterial,
        prior,
        did,
        deviate: Deviate::Key(deviate),
    }
}

type SecretOctets = Zeroizing<Vec<u8>>;

fn octets(text: impl Into<Vec<u8>>) -> SecretOctets {
    Zeroizing::new(text.into())
}

/// The key with other secrets.
fn put(
    key: &KeyParts,
    consumer_secret: SecretOctets,
    token_secret: SecretOctets,
    detail: impl Into<Cow<'static, str>>,
    out: &mut Out<KeyParts>,
) {
    let changed = KeyParts {
        consumer_secret,
        token_secret,
        ..key.clone()
    };
    if changed != *key {
        out.push(changed, detail);
    }
}

/// Which of the secrets is changed.
const BOTH: [(&str, bool, bool); 3] = [
    ("consumer secret", true, false),
    ("token secret", false, true),
    ("both secrets", true, true),
];

/// Changes the consumer secret, the token secret, and both; an empty secret has nothing to change.
fn each(
    key: &KeyParts,
    change: impl Fn(&[u8]) -> Option<SecretOctets>,
    what: &str,
    out: &mut Out<KeyParts>,
) {
    let consumer = Some(&key.consumer_secret)
        .filter(|secret| !secret.is_empty())
        .and_then(|secret| change(secret));
    let token = Some(&key.token_secret)
        .filter(|secret| !secret.is_empty())
        .and_then(|secret| change(secret));
    for (which, of_consumer, of_token) in BOTH {
        let (Some(consumer_secret), Some(token_secret)) = (
            if of_consumer {
                consumer.clone()
            } else {
                Some(key.consumer_secret.clone())
            },
            if of_token {
                token.clone()
            } else {
                Some(key.token_secret.clone())
            },
        ) else {
            continue;
        };
        put(
            key,
            consumer_secret,
            token_secret,
            format!("{which}: {what}"),
            out,
        );
    }
}
