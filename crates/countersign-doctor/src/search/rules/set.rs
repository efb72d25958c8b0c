//! Rules of the search: set.

use crate::search::rule::Rule;

pub(super) const ROWS: &[Rule] = &[];
