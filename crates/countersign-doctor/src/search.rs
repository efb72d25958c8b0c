//! The search for the deviation from RFC 5849 that gives a signature, or a base string, at hand.
//!
//! A base string is a function of few independent parts: method, URI, parameters, and how the three
//! are put together; a signature adds key, hash and spelling. A rule deviates in one of them. The
//! engine renders every part once per distinct text and tries the products, one deviation first,
//! then two, then more.

mod arrange;
mod batch;
mod budget;
mod cost;
mod delta;
mod desk;
mod engine;
mod explain;
mod fast;
mod first;
mod form;
mod plain;
mod plans;
mod prefix;
mod read;
mod root;
mod rule;
mod rules;
mod scene;
mod shape;
mod singles;
mod state;
mod subject;
mod table;
mod target;
#[cfg(test)]
mod tests;
mod text;
mod texts;
mod together;
mod trace;
mod trier;
mod triples;
mod walk;

use countersign_key::RsaPublicKey;
use countersign_signature::Method;

pub(crate) use desk::Desk;
pub(crate) use explain::{Explanation, Outcome};
pub(crate) use rule::{Deviate, Dimension, Out, Rule, Start};
pub(crate) use rules::table;
pub(crate) use state::{KeyParts, Order, Pieces, Plan, Scope, Spell, UriParts};
pub(crate) use subject::{Pair, Subject};
pub(crate) use text::text;

/// Explains a signature: the one received, or one that a provider says it expected. `keys` are what
/// RSA signatures are opened with.
pub(crate) fn signature(
    subject: &Subject<'_>,
    text: &str,
    declared: Option<&'static Method>,
    keys: &[&RsaPublicKey],
    budget: u64,
) -> Outcome {
    if declared.is_some_and(Method::is_plaintext) {
        let outcome = plain::plain(subject, text, declared, budget);
        if !outcome.explanations.is_empty() {
            return outcome;
        }
    }
    let groups = target::groups(text, declared, subject.key.is_some(), keys);
    if groups.is_empty() {
        return plain::plain(subject, text, declared, budget);
    }
    let mut engine = engine::Engine::new(subject, groups, budget);
    engine.run();
    engine.outcome()
}
