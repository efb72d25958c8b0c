//! Rules of the search: body.

use crate::search::rule::Rule;

pub(super) const ROWS: &[Rule] = &[];
