//! Rules of the search: order.

use crate::search::rule::Rule;

pub(super) const ROWS: &[Rule] = &[];
