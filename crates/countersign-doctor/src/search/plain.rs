//! The search where the signature is the key itself: PLAINTEXT.

use countersign_signature::{Hash, Method};

use super::engine::Engine;
use super::explain::{Explanation, Outcome, shape};
use super::rule::{Deviate, Dimension, Rule};
use super::subject::Subject;
use super::table::{Chain, Step};

/// A signer that sent the key although another method was declared.
const SENT_THE_KEY: Rule = Rule {
    code: "sig.alg_mismatch",
    dimension: Dimension::Hash,
    prior: 10,
    did: "sent the key itself, as PLAINTEXT does",
    deviate: Deviate::Signature(|_| None),
};

/// Keys of more deviations are not looked for.
const DEEPEST: usize = 2;

/// Looks for the key that `text` is.
pub(crate) fn plain(
    subject: &Subject<'_>,
    text: &str,
    declared: Option<&Method>,
    budget: u64,
) -> Outcome {
    static SENT: Rule = SENT_THE_KEY;
    let mut engine = Engine::new(subject, Vec::new(), 0);
    let change = declared
        .is_none_or(|method| !method.is_plaintext())
        .then(|| Step {
            rule: &SENT,
            detail: declared
                .map_or_else(String::new, |method| {
                    format!("{} is declared", method.name())
                })
                .into(),
        });
    // Digests are compared, so that the time taken says nothing about the key.
    let wanted = Hash::Sha256.digest(text.as_bytes());
    let mut outcome = Outcome::default();
    for depth in 0..=DEEPEST {
        engine.grow_keys(depth);
        let Some(keys) = &engine.keys else {
            break;
        };
        for (_, entry) in keys.fresh(depth) {
            if outcome.tried >= budget {
                outcome.is_spent = true;
                break;
            }
            outcome.tried = outcome.tried.saturating_add(1);
            if Hash::Sha256.digest(&entry.text) == wanted {
                let explained = |chain: &Chain| Explanation {
                    steps: chain.steps.iter().chain(&change).cloned().collect(),
                    base_string: Vec::new(),
                    by_the_rule: Vec::new(),
                    cost: chain.cost,
                    key_shape: Some(shape(&entry.text)),
                    is_keyed: true,
                };
                outcome
                    .explanations
                    .extend(entry.chains.iter().map(explained));
            }
        }
        if outcome.is_spent || !outcome.explanations.is_empty() {
            break;
        }
        outcome.complete = Some(depth);
    }
    outcome.explanations.sort_by_key(|one| one.cost);
    outcome
}
