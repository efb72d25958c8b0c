//! The search for the deviation from RFC 5849 that gives a signature, or a base string, at hand.
//!
//! A base string is a function of few independent parts: method, URI, parameters, and how the three
//! are put together; a signature adds key, hash and spelling. A rule deviates in one of them. The
//! engine renders every part once per distinct text and tries the products, one deviation first,
//! then two, then more.

mod rule;
mod rules;
mod state;
mod subject;

pub(crate) use rule::{Deviate, Dimension, Out, Rule};
pub(crate) use rules::table;
pub(crate) use state::{KeyParts, Order, Pieces, Plan, Scope, Spell, UriParts};
pub(crate) use subject::{Pair, Subject};
