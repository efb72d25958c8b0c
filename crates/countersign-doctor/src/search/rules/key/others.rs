//! The secrets of other sets of keys at hand.

use super::{octets, put, row};
use crate::search::rule::{Out, Rule};
use crate::search::state::KeyParts;
use crate::search::subject::Subject;

pub(in super::super) const ROWS: &[Rule] = &[row(
    "key.other_set",
    25,
    "signed with a secret of another set of keys",
    other,
)];

/// More sets than a person keeps are not tried.
const SETS: usize = 24;

fn other(subject: &Subject<'_>, key: &KeyParts, out: &mut Out<KeyParts>) {
    for (name, set) in subject.other_keys.iter().take(SETS) {
        let (consumer, token) = (&set.consumer_secret, &set.token_secret);
        if !consumer.is_empty() {
            put(
                key,
                consumer.clone(),
                key.token_secret.clone(),
                format!("the consumer secret was the one of '{name}'"),
                out,
            );
            put(
                key,
                consumer.clone(),
                octets(""),
                format!("the consumer secret was the one of '{name}', without a token secret"),
                out,
            );
        }
        if !token.is_empty() {
            put(
                key,
                key.consumer_secret.clone(),
                token.clone(),
                format!("the token secret was the one of '{name}'"),
                out,
            );
            if !consumer.is_empty() {
                put(
                    key,
                    consumer.clone(),
                    token.clone(),
                    format!("both secrets were those of '{name}'"),
                    out,
                );
            }
        }
    }
}
