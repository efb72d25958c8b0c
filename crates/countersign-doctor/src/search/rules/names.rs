//! Rules of the search: names.

use crate::search::rule::Rule;

pub(super) const ROWS: &[Rule] = &[];
