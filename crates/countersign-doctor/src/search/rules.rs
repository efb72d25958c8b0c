//! All rules of the search. Adding a rule is adding a row, and a vector.

mod base;
mod body;
mod hash;
mod join;
mod key;
mod method;
mod names;
mod order;
mod parameters;
mod percent;
mod set;
mod signature;
mod structure;
mod uri;
mod values;

use super::rule::Rule;

const TABLES: [&[Rule]; 32] = [
    method::ROWS,
    base::ROWS,
    uri::scheme::ROWS,
    uri::host::ROWS,
    uri::port::ROWS,
    uri::slash::ROWS,
    uri::path::ROWS,
    uri::spelling::ROWS,
    uri::query::ROWS,
    uri::whole::ROWS,
    set::OMITTED,
    set::ADDED,
    set::REPEATED,
    set::PROTOCOL,
    set::READING,
    set::TEXT,
    body::ROWS,
    order::ARRIVAL,
    order::SORTED,
    names::ROWS,
    values::WHOLE,
    values::ENCODERS,
    values::CHARSET,
    join::ROWS,
    structure::ROWS,
    // In the order in which a key comes about: what is encoded is there before.
    key::others::ROWS,
    key::material::ROWS,
    key::whitespace::ROWS,
    key::altered::ROWS,
    key::encoding::ROWS,
    hash::ROWS,
    signature::ROWS,
];

/// Every rule.
pub(crate) fn table() -> impl Iterator<Item = &'static Rule> {
    TABLES.into_iter().flatten()
}

#[cfg(test)]
mod tests;
