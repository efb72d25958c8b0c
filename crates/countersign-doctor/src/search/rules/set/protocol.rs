//! Protocol parameters that were signed with another value, or under another name, than sent.

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::rules::parameters::{change_names, change_values, with_pairs};
use crate::search::state::Plan;
use crate::search::subject::Pair;

pub(crate) const ROWS: &[Rule] = &[
    Rule {
        code: "sbs.param_value",
        dimension: Dimension::ParameterSet,
        prior: 12,
        did: "signed another signature method than the one declared",
        deviate: Deviate::Parameters(|_, plan, out| {
            for method in METHODS {
                set(plan, "oauth_signature_method", method, method, out);
            }
            change_values(plan, "in another letter case", out, &|pair| {
                let declared = pair.name == b"oauth_signature_method";
                declared.then(|| pair.value.to_ascii_uppercase())
            });
            change_values(plan, "in lower case", out, &|pair| {
                let declared = pair.name == b"oauth_signature_method";
                declared.then(|| pair.value.to_ascii_lowercase())
            });
        }),
    },
    Rule {
        code: "sbs.param_value",
        dimension: Dimension::ParameterSet,
        prior: 10,
        did: "signed another timestamp than the one sent",
        deviate: Deviate::Parameters(|_, plan, out| timestamps(plan, out)),
    },
    Rule {
        code: "sbs.param_value",
        dimension: Dimension::ParameterSet,
        prior: 8,
        did: "signed another version or callback than the one sent",
        deviate: Deviate::Parameters(|_, plan, out| {
            for (name, value) in [
                ("oauth_version", "1.0"),
                ("oauth_version", "1.0a"),
                ("oauth_version", "1"),
                ("oauth_callback", "oob"),
                ("oauth_callback", "about:blank"),
                ("oauth_callback", ""),
                ("oauth_verifier", ""),
            ] {
                let detail = format!("parameter {name}");
                set(plan, name, value, &detail, out);
            }
        }),
    },
    Rule {
        code: "key.whitespace",
        dimension: Dimension::ParameterSet,
        prior: 24,
        did: "signed the consumer key or token without the white space that it was sent with",
        deviate: Deviate::Parameters(|_, plan, out| {
            change_values(plan, "", out, &|pair| {
                let is_credential =
                    matches!(pair.name.as_slice(), b"oauth_consumer_key" | b"oauth_token");
                is_credential.then(|| pair.value.trim_ascii().to_vec())
            });
        }),
    },
    Rule {
        code: "hdr.param_name_typo",
        dimension: Dimension::ParameterSet,
        prior: 15,
        did: "signed a parameter under its right name, not under the misspelt one that was sent",
        deviate: Deviate::Parameters(|_, plan, out| {
            for pair in plan.pairs.iter() {
                if let Some(right) = meant(&pair.name) {
                    change_names(plan, &format!("signed as {right}"), out, &|other| {
                        (other.name == pair.name).then(|| right.as_bytes().to_vec())
                    });
                }
            }
        }),
    },
];

/// The names that a client may have mixed up.
const METHODS: [&str; 7] = [
    "HMAC-SHA1",
    "HMAC-SHA256",
    "HMAC-SHA512",
    "RSA-SHA1",
    "RSA-SHA256",
    "RSA-SHA512",
    "PLAINTEXT",
];

/// Signs `value` in place of what was sent under `name`.
pub(super) fn set(plan: &Plan, name: &str, value: &str, detail: &str, out: &mut Out<Plan>) {
    let position = plan
        .pairs
        .iter()
        .position(|pair| pair.name == name.as_bytes() && pair.value != value.as_bytes());
    let Some(position) = position else { return };
    let mut pairs = plan.pairs.to_vec();
    if let Some(pair) = pairs.get_mut(position) {
        *pair = Pair {
            value: value.as_bytes().to_vec(),
            raw_value: countersign_encoding::encode(value)
                .into_owned()
                .into_bytes(),
            ..Pair::clone(pair)
        }
        .into();
    }
    out.push(with_pairs(plan, pairs), detail.to_owned());
}

/// The clock read twice, or another unit.
fn timestamps(plan: &Plan, out: &mut Out<Plan>) {
    const NAME: &str = "oauth_timestamp";
    let sent = plan
        .pairs
        .iter()
        .find(|pair| pair.name == NAME.as_bytes())
        .and_then(|pair| core::str::from_utf8(&pair.value).ok())
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse::<u64>().ok());
    let Some(sent) = sent else { return };
    for (by, detail) in [
        (1_i64, "one second later"),
        (-1, "one second earlier"),
        (2, "two seconds later"),
        (-2, "two seconds earlier"),
        (3, "three seconds later"),
        (-3, "three seconds earlier"),
    ] {
        let other = sent.saturating_add_signed(by);
        set(plan, NAME, &other.to_string(), detail, out);
    }
    set(plan, NAME, &(sent / 1000).to_string(), "in seconds", out);
    let thousandfold = sent.saturating_mul(1000).to_string();
    set(plan, NAME, &thousandfold, "in milliseconds", out);
    set(plan, NAME, "0", "zero", out);
    set(plan, NAME, "", "empty", out);
}

/// The names that a misspelt one can stand for.
const KNOWN: [&str; 10] = [
    "oauth_body_hash",
    "oauth_callback",
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_session_handle",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_token",
    "oauth_verifier",
    "oauth_version",
];

/// Which known name was meant by one that is close to it.
fn meant(name: &[u8]) -> Option<&'static str> {
    let text = core::str::from_utf8(name).ok()?;
    if text.len() > 32 || KNOWN.contains(&text) {
        return None;
    }
    let squeezed: String = text
        .chars()
        .filter(|one| !one.is_whitespace())
        .map(|one| {
            if one == '-' {
                '_'
            } else {
                one.to_ascii_lowercase()
            }
        })
        .collect();
    KNOWN
        .into_iter()
        .map(|known| (distance(&squeezed, known), known))
        .min()
        .filter(|(distance, _)| *distance <= 2 && squeezed.starts_with(['o', 'a']))
        .map(|(_, known)| known)
}

/// How many letters must be added, dropped or changed.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut before = i.saturating_add(1);
        if let Some(first) = row.first_mut() {
            *first = before;
        }
        for (cell, right) in row.iter_mut().skip(1).zip(b.bytes()) {
            let changed = diagonal.saturating_add(usize::from(left != right));
            diagonal = *cell;
            *cell = changed.min(before.min(*cell).saturating_add(1));
            before = *cell;
        }
    }
    row.last().copied().unwrap_or(0)
}
