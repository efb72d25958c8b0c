//! Listings, in which a row that can't be read hides no other.

use std::sync::Arc;

use countersign_store::{Listing, Versioned};
use rusqlite::{Row, Rows};

use crate::fault::Fault;

/// With more than these something else is wrong than some rows.
const MOST_DAMAGED: usize = 1000;

/// Reads rows until there are `limit` of those that can be read.
pub(crate) fn listed<T>(
    mut rows: Rows<'_>,
    limit: usize,
    decode: impl Fn(&Row<'_>) -> Result<Arc<Versioned<T>>, Fault>,
) -> Result<Listing<T>, Fault> {
    let mut listing = Listing::default();
    while listing.rows.len() < limit
        && let Some(row) = rows.next()?
    {
        match decode(row) {
            Ok(found) => listing.rows.push(found),
            Err(fault @ Fault::Damaged(_)) if listing.damaged.len() < MOST_DAMAGED => {
                listing.damaged.push(fault.into_error());
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(listing)
}
