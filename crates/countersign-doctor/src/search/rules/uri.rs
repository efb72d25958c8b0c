//! Rules of the search: uri.

use crate::search::rule::Rule;

pub(super) const ROWS: &[Rule] = &[];
