//! Rules of the search: the HTTP method.

use crate::search::rule::{Deviate, Dimension, Rule};

pub(super) const ROWS: &[Rule] = &[Rule {
    code: "method.mismatch",
    dimension: Dimension::Method,
    prior: 20,
    did: "signed another HTTP method than the one sent",
    deviate: Deviate::Method(|_, method, out| {
        for other in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] {
            if other.as_bytes() != method {
                out.push(other.as_bytes().to_vec(), format!("{other} was signed"));
            }
        }
    }),
}];
