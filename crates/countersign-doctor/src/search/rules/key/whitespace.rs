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
        |subject, key, out| around(subject, key, false, out),
    ),
    row(
        "key.whitespace",
        30,
        "signed with a secret that has white space or an invisible character before it",
        |subject, key, out| around(subject, key, true, out),
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

fn around(subject: &Subject<'_>, key: &KeyParts, is_before: bool, out: &mut Out<KeyParts>) {
    // On top of another mistake, only what is common and only around one secret.
    let is_second = subject.key.as_ref().is_some_and(|root| root != key);
    // Where nothing else needs encoding, nobody notices that the secrets are not encoded.
    let is_plain = key.is_encoded && is_plain(&key.consumer_secret) && is_plain(&key.token_secret);
    let spellings = [Some(key.is_encoded), is_plain.then_some(false)];
    let place = if is_before { "before" } else { "after" };
    for (text, name) in INVISIBLE {
        if is_second && !is_common(text, is_before) {
            continue;
        }
        let (consumer, token) = (&key.consumer_secret, &key.token_secret);
        let is_open = |secret: &[u8]| is_put(text, is_before, secret);
        let change = |secret: &[u8], is_wanted: bool| {
            octets(match (is_wanted, is_before) {
                (false, _) => secret.to_vec(),
                (true, true) => [text.as_bytes(), secret].concat(),
                (true, false) => [secret, text.as_bytes()].concat(),
            })
        };
        for (which, of_consumer, of_token) in BOTH {
            let is_both = of_consumer && of_token;
            if of_consumer && !is_open(consumer)
                || of_token && !is_open(token)
                || is_both && (is_second || consumer.is_empty() || token.is_empty())
            {
                continue;
            }
            let consumer = change(consumer, of_consumer);
            let token = change(token, of_token);
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

fn is_common(text: &str, is_before: bool) -> bool {
    if is_before {
        matches!(text, " " | "\u{feff}")
    } else {
        matches!(text, " " | "\n" | "\r\n" | "\r" | "\t" | "\0")
    }
}

/// Whether a secret may have come with it: an empty one is the rest of an empty line, lines do not
/// begin with their ends, and one that has white space already gets no more.
fn is_put(text: &str, is_before: bool, secret: &[u8]) -> bool {
    if secret.is_empty() {
        return !is_before && matches!(text, " " | "\n" | "\r\n");
    }
    if is_before && matches!(text, "\r\n" | "\r" | "\0") {
        return false;
    }
    core::str::from_utf8(secret)
        .is_ok_and(|secret| !secret.starts_with(is_invisible) && !secret.ends_with(is_invisible))
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
