//! Rules of the search: the order of the parameters.

mod arrival;
mod sorted;

pub(super) use arrival::ROWS as ARRIVAL;
pub(super) use sorted::ROWS as SORTED;

use crate::search::state::Piece;

/// RFC 5849 section 3.4.1.3.2: by encoded name, then by encoded value.
fn by_the_rule(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| (&a.name, &a.value).cmp(&(&b.name, &b.value)));
}
