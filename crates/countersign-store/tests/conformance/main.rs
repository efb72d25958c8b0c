//! The conformance suite on the stores of this crate, and on broken ones: for each promise there is
//! a store that breaks it, and the check that notices.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

mod broken_connections;
mod broken_consumers;
mod broken_nonces;
mod broken_tokens;
mod memory;

use countersign_store::testing::conformance::{Failures, Report};

/// That the check meant for a defect failed, and which others did.
fn noticed(defect: impl core::fmt::Debug, result: Result<Report, Failures>, check: &str) {
    let failures = result.expect_err(&format!("{defect:?} went unnoticed"));
    let names: Vec<_> = failures
        .list()
        .iter()
        .map(|failure| failure.check)
        .collect();
    assert!(names.contains(&check), "{defect:?}: {failures}");
}
