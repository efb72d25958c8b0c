//! The faults, by the step of the signer that goes wrong.

mod encoding;
mod key;
mod order;
mod set;
mod signature;
mod uri;

use super::fault::Fault;

/// In the order in which a signer comes to them.
pub(super) const TABLES: &[&[Fault]] = &[
    set::TABLE,
    encoding::VALUES,
    encoding::TABLE,
    order::TABLE,
    uri::TABLE,
    key::TABLE,
    signature::TABLE,
];
