//! Rules of the search: hash.

use crate::search::rule::Rule;

pub(super) const ROWS: &[Rule] = &[];
