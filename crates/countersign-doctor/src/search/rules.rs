//! All rules of the search. Adding a rule is adding a row, and a vector.

mod body;
mod hash;
mod key;
mod method;
mod names;
mod order;
mod set;
mod signature;
mod structure;
mod uri;
mod values;

use super::rule::Rule;

const TABLES: [&[Rule]; 11] = [
    method::ROWS,
    uri::ROWS,
    set::ROWS,
    body::ROWS,
    order::ROWS,
    names::ROWS,
    values::ROWS,
    structure::ROWS,
    key::ROWS,
    hash::ROWS,
    signature::ROWS,
];

/// Every rule.
pub(crate) fn table() -> impl Iterator<Item = &'static Rule> {
    TABLES.into_iter().flatten()
}
