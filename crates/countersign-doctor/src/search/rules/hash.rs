//! Rules of the search: another hash than the declared method's.

use countersign_signature::Hash;

use crate::search::rule::{Deviate, Dimension, Rule};

const fn row(hash: Hash, prior: u16, did: &'static str) -> Rule {
    Rule {
        code: "sig.alg_mismatch",
        dimension: Dimension::Hash,
        prior,
        did,
        deviate: Deviate::Hash(hash),
    }
}

pub(super) const ROWS: &[Rule] = &[
    row(Hash::Sha1, 20, "signed with SHA-1"),
    row(Hash::Sha256, 10, "signed with SHA-256"),
    row(Hash::Sha512, 5, "signed with SHA-512"),
];
