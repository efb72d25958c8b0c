//! Rules of the search: key.

use crate::search::rule::Rule;

pub(super) const ROWS: &[Rule] = &[];
