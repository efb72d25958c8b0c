//! Rules of the search: signature.

use crate::search::rule::Rule;

pub(super) const ROWS: &[Rule] = &[];
