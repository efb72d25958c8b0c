//! Rules of the search: structure.

use crate::search::rule::Rule;

pub(super) const ROWS: &[Rule] = &[];
