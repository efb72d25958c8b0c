//! Rules of the search: values.

use crate::search::rule::Rule;

pub(super) const ROWS: &[Rule] = &[];
