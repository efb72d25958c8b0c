//! Secrets that were altered on their way into the key.

use countersign_encoding::encode_bytes;
use countersign_signature::Signature;
use zeroize::Zeroizing;

use super::super::percent::{self, octet_of};
use super::{BOTH, SecretOctets, each, octets, row};
use crate::search::rule::{Out, Rule};
use crate::search::state::KeyParts;

pub(in super::super) const ROWS: &[Rule] = &[
    row(
        "key.altered",
        8,
        "signed with quotes around a secret, or without the ones it has",
        |_, key, out| {
            for (quote, name) in [("\"", "double"), ("'", "single")] {
                each(
                    key,
                    |secret| {
                        Some(octets(
                            [quote.as_bytes(), secret, quote.as_bytes()].concat(),
                        ))
                    },
                    &format!("it stood in {name} quotes"),
                    out,
                );
                each(
                    key,
                    |secret| {
                        let inner = secret
                            .strip_prefix(quote.as_bytes())?
                            .strip_suffix(quote.as_bytes())?;
                        Some(octets(inner))
                    },
                    &format!("the {name} quotes around it were taken off"),
                    out,
                );
            }
        },
    ),
    row(
        "key.altered",
        10,
        "percent-decoded a secret before it signed",
        |_, key, out| {
            each(
                key,
                |secret| Some(octets(percent::decode(secret, |_| true))),
                "it was percent-decoded first",
                out,
            );
            each(
                key,
                |secret| {
                    let blanks = octets(percent::replace(secret, b'+', b" "));
                    Some(octets(percent::decode(&blanks, |_| true)))
                },
                "it was read as form data first: '+' became a blank",
                out,
            );
        },
    ),
    row(
        "key.altered",
        6,
        "decoded a secret as base64 or hexadecimal before it signed",
        |_, key, out| {
            each(key, unbase64, "it was decoded as base64", out);
            each(key, unhex, "it was decoded as hexadecimal", out);
            // Octets that are no text can't be percent-encoded everywhere.
            if key.is_encoded {
                unencoded(
                    key,
                    unbase64,
                    "it was decoded as base64, and not encoded",
                    out,
                );
                unencoded(
                    key,
                    unhex,
                    "it was decoded as hexadecimal, and not encoded",
                    out,
                );
            }
        },
    ),
    row(
        "key.altered",
        3,
        "encoded a secret as base64 or hexadecimal before it signed",
        |_, key, out| {
            each(
                key,
                |secret| {
                    let text = Zeroizing::new(Signature::from_bytes(secret).to_text());
                    Some(octets(text.as_bytes()))
                },
                "it was encoded as base64",
                out,
            );
            each(
                key,
                |secret| {
                    let mut digits = octets(Vec::with_capacity(secret.len().saturating_mul(2)));
                    for octet in secret {
                        let [_, high, low] =
                            percent::triple_of(*octet).map(|c| c.to_ascii_lowercase());
                        digits.extend_from_slice(&[high, low]);
                    }
                    Some(digits)
                },
                "it was encoded as hexadecimal",
                out,
            );
        },
    ),
    row(
        "key.altered",
        4,
        "signed with a secret in other letters, small for capital or the other way round",
        |_, key, out| {
            each(
                key,
                |secret| Some(octets(secret.to_ascii_lowercase())),
                "it was in small letters",
                out,
            );
            each(
                key,
                |secret| Some(octets(secret.to_ascii_uppercase())),
                "it was in capital letters",
                out,
            );
        },
    ),
    row(
        "key.altered",
        6,
        "signed with a secret that was cut off at a special character",
        |_, key, out| {
            each(
                key,
                |secret| {
                    let at = secret
                        .iter()
                        .position(|octet| !countersign_encoding::is_unreserved(*octet))?;
                    secret.get(..at).map(octets)
                },
                "it was cut off at its first special character",
                out,
            );
            for cut in *b"&=#%$+;:?/ \0" {
                each(
                    key,
                    |secret| {
                        let at = secret.iter().position(|octet| *octet == cut)?;
                        secret.get(..at).map(octets)
                    },
                    "it was cut off at a special character",
                    out,
                );
            }
            each(
                key,
                |secret| Some(octets(percent::replace(secret, b'\\', b""))),
                "its backslashes were taken out",
                out,
            );
        },
    ),
];

/// The key with a secret, or both, decoded and put into it as they are; the other is encoded.
fn unencoded(
    key: &KeyParts,
    decode: fn(&[u8]) -> Option<SecretOctets>,
    what: &str,
    out: &mut Out<KeyParts>,
) {
    let encoded = |secret: &[u8]| octets(encode_bytes(secret).into_owned());
    let as_it_is = |secret: &[u8]| {
        let decoded = decode(secret)?;
        (*encoded(&decoded) != *decoded).then_some(decoded)
    };
    let (consumer, token) = (as_it_is(&key.consumer_secret), as_it_is(&key.token_secret));
    for (which, of_consumer, of_token) in BOTH {
        let (consumer_secret, token_secret) = match (of_consumer, of_token) {
            (true, true) => (consumer.clone(), token.clone()),
            (true, false) => (consumer.clone(), Some(encoded(&key.token_secret))),
            (false, _) => (Some(encoded(&key.consumer_secret)), token.clone()),
        };
        if let (Some(consumer_secret), Some(token_secret)) = (consumer_secret, token_secret) {
            let state = KeyParts {
                consumer_secret,
                token_secret,
                is_encoded: false,
                ..key.clone()
            };
            out.push(state, format!("{which}: {what}"));
        }
    }
}

fn unbase64(secret: &[u8]) -> Option<SecretOctets> {
    let text = core::str::from_utf8(secret).ok()?;
    let mut standard = Zeroizing::new(String::with_capacity(text.len().saturating_add(3)));
    standard.extend(
        text.trim_end_matches('=')
            .chars()
            .map(|character| match character {
                '-' => '+',
                '_' => '/',
                other => other,
            }),
    );
    while !standard.len().is_multiple_of(4) {
        standard.push('=');
    }
    Some(octets(Signature::parse_base64(&standard).ok()?.as_bytes()))
}

fn unhex(secret: &[u8]) -> Option<SecretOctets> {
    if secret.is_empty() || !secret.len().is_multiple_of(2) {
        return None;
    }
    let mut out = octets(Vec::with_capacity(secret.len()));
    for pair in secret.chunks_exact(2) {
        match pair {
            [high, low] => out.push(octet_of(*high, *low)?),
            _ => return None,
        }
    }
    Some(out)
}
