//! How the secrets are percent-encoded.

use countersign_encoding::encode_bytes;

use super::super::percent::Encoder;
use super::{SecretOctets, octets, row};
use crate::search::rule::{Out, Rule};
use crate::search::state::KeyParts;

pub(in super::super) const ROWS: &[Rule] = &[
    row(
        "key.not_encoded",
        50,
        "did not percent-encode the secrets before joining them",
        |_, key, out| {
            put(key, raw, raw, "both secrets were taken as they are", out);
            put(
                key,
                raw,
                encoded,
                "the consumer secret was taken as it is",
                out,
            );
            put(
                key,
                encoded,
                raw,
                "the token secret was taken as it is",
                out,
            );
        },
    ),
    row(
        "key.encoding",
        10,
        "percent-encoded the secrets twice",
        |_, key, out| {
            put(key, twice, twice, "both secrets were encoded twice", out);
            put(
                key,
                twice,
                encoded,
                "the consumer secret was encoded twice",
                out,
            );
            put(
                key,
                encoded,
                twice,
                "the token secret was encoded twice",
                out,
            );
        },
    ),
    row(
        "key.encoding",
        8,
        "percent-encoded the secrets with an encoder that does not follow RFC 3986",
        |_, key, out| {
            let encoders: [(&'static str, Spelling); 8] = [
                ("with lower-case digits", |secret| {
                    Encoder::LOWER_CASE.encode(secret)
                }),
                ("with ! * ' ( ) left alone (encodeURIComponent)", |secret| {
                    Encoder::COMPONENT.encode(secret)
                }),
                ("by a form encoder (URLEncoder of Java)", |secret| {
                    Encoder::JAVA.encode(secret)
                }),
                ("by a form encoder (urlencode of PHP)", |secret| {
                    Encoder::FORM.encode(secret)
                }),
                ("with slashes left alone (quote of Python)", |secret| {
                    Encoder::QUOTE.encode(secret)
                }),
                ("by HttpUtility.UrlEncode of .NET", |secret| {
                    Encoder::HTTP_UTILITY.encode(secret)
                }),
                (
                    "by encodeURI, which leaves what separates parts",
                    |secret| Encoder::WHOLE_URI.encode(secret),
                ),
                ("with the tilde encoded too", |secret| {
                    Encoder::TILDE.encode(secret)
                }),
            ];
            for (how, encoder) in encoders {
                put(
                    key,
                    encoder,
                    encoder,
                    format!("the secrets were encoded {how}"),
                    out,
                );
            }
        },
    ),
    row(
        "key.encoding",
        4,
        "wrote the letters of a secret in another encoding than UTF-8",
        |_, key, out| {
            let changed = |secret: &[u8]| latin1(secret).unwrap_or_else(|| octets(secret));
            let state = KeyParts {
                consumer_secret: changed(&key.consumer_secret),
                token_secret: changed(&key.token_secret),
                ..key.clone()
            };
            if state != *key {
                out.push(state, "the secrets were written in Latin-1");
            }
        },
    ),
];

type Spelling = fn(&[u8]) -> Vec<u8>;

fn raw(secret: &[u8]) -> Vec<u8> {
    secret.to_vec()
}

fn encoded(secret: &[u8]) -> Vec<u8> {
    encode_bytes(secret).into_owned().into_bytes()
}

fn twice(secret: &[u8]) -> Vec<u8> {
    encoded(&octets(encoded(secret)))
}

/// The key with its secrets spelt as given, where that makes a difference.
fn put(
    key: &KeyParts,
    consumer: Spelling,
    token: Spelling,
    detail: impl Into<std::borrow::Cow<'static, str>>,
    out: &mut Out<KeyParts>,
) {
    // Where they are spelt in a way of their own already, they are not spelt again.
    if !key.is_encoded {
        return;
    }
    let state = KeyParts {
        consumer_secret: octets(consumer(&key.consumer_secret)),
        token_secret: octets(token(&key.token_secret)),
        is_encoded: false,
        spell: key.spell,
        between: key.between,
    };
    if text(&state) != text(key) {
        out.push(state, detail);
    }
}

fn text(key: &KeyParts) -> SecretOctets {
    let secrets = key
        .consumer_secret
        .len()
        .saturating_add(key.token_secret.len());
    let mut out = octets(Vec::with_capacity(
        secrets.saturating_mul(3).saturating_add(key.between.len()),
    ));
    key.write(&mut out);
    out
}

fn latin1(secret: &[u8]) -> Option<SecretOctets> {
    let text = core::str::from_utf8(secret).ok()?;
    let mut out = octets(Vec::with_capacity(secret.len()));
    for character in text.chars() {
        out.push(u8::try_from(u32::from(character)).ok()?);
    }
    Some(out)
}
