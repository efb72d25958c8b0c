//! White space and invisible characters around a secret.

use countersign_encoding::is_plain;

use super::{BOTH, octets, put, row};
use crate::search::rule::{Out, Rule};
use crate::search::state::KeyParts;
use crate::search::subject::Subject;

pub(in super::super) const ROWS: &[Rule] = &[
    row(
        "key.whitespace",
        40,
        "signed with a secret that has white space or an invisible character at its end",
        |_, key, out| around(key, false, out),
    ),
    row(
        "key.whitespace",
        30,
        "signed with a secret that has white space or an invisible character before it",
        |_, key, out| around(key, true, out),
    ),
    row(
        "key.whitespace",
        20,
        "signed without the white space that the secret has in the keys at hand",
        trimmed,
    ),
];

/// What gets pasted or read along with a secret.
const INVISIBLE: [(&str, &str); 10] = [
    (" ", "a blank"),
    ("\n", "a line end (LF)"),
    ("\r\n", "a line end (CR LF)"),
    ("\r", "a carriage return"),
    ("\t", "a tab"),
    ("\0", "a zero byte"),
    ("\u{a0}", "a no-break space"),
    ("\u{feff}", "a byte order mark"),
    ("\u{200b}", "a zero-width space"),
    ("  ", "two blanks"),
];

fn around(key: &KeyParts, is_before: bool, out: &mut Out<KeyParts>) {
    // Where nothing else needs encoding, nobody notices that the secrets are not encoded.
    let is_plain = key.is_encoded && is_plain(&key.consumer_secret) && is_plain(&key.token_secret);
    let spellings = [Some(key.is_encoded), is_plain.then_some(false)];
    let place = if is_before { "before" } else { "after" };
    for (text, name) in INVISIBLE {
        let change = |secret: &[u8], is_wanted: bool| {
            octets(match (is_wanted, is_before) {
                (false, _) => secret.to_vec(),
                (true, true) => [text.as_bytes(), secret].concat(),
                (true, false) => [secret, text.as_bytes()].concat(),
            })
        };
        for (which, of_consumer, of_token) in BOTH {
            let consumer = change(&key.consumer_secret, of_consumer);
            let token = change(&key.token_secret, of_token);
            for is_encoded in spellings.into_iter().flatten() {
                let how = if is_encoded || !is_plain {
                    ""
                } else {
                    ", not percent-encoded"
                };
                let key = KeyParts {
                    is_encoded,
                    ..key.clone()
                };
                put(
                    &key,
                    consumer.clone(),
                    token.clone(),
                    format!("{name} {place} {which}{how}"),
                    out,
                );
            }
        }
    }
}

fn trimmed(_: &Subject<'_>, key: &KeyParts, out: &mut Out<KeyParts>) {
    super::each(
        key,
        |secret| {
            let text = core::str::from_utf8(secret).ok()?;
            Some(octets(text.trim_matches(is_invisible)))
        },
        "the white space around it was cut off",
        out,
    );
}

fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{feff}' | '\u{200b}')
}
