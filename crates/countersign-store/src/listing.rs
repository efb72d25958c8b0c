//! What a listing found.

use core::ops::Deref;
use std::sync::Arc;

use crate::error::StoreError;
use crate::version::Versioned;

/// The rows that a listing found, and those that it found and can't read: one damaged row hides no
/// other.
///
/// Reads like a slice of the rows. A listing of at most so many counts those that can be read: one
/// with fewer has come to the end.
///
/// ```
/// use countersign_store::{Consumer, Listing, StoreError};
///
/// # fn show(consumers: Listing<Consumer>) -> Result<(), StoreError> {
/// for found in consumers.iter() {
///     println!("{}", found.row.name);
/// }
/// // To end what was listed and say that all of it is ended takes all of it.
/// let all = consumers.whole()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Listing<T> {
    /// The rows, in order.
    pub rows: Vec<Arc<Versioned<T>>>,
    /// One [`StoreError::Damaged`] for each row in between that can't be read; it names the row.
    pub damaged: Vec<StoreError>,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            damaged: Vec::new(),
        }
    }
}

impl<T> Listing<T> {
    /// The rows, if each of them can be read.
    ///
    /// # Errors
    ///
    /// The first of `damaged`.
    pub fn whole(self) -> Result<Vec<Arc<Versioned<T>>>, StoreError> {
        match self.damaged.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(self.rows),
        }
    }
}

impl<T> Deref for Listing<T> {
    type Target = [Arc<Versioned<T>>];

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}

impl<T> From<Vec<Arc<Versioned<T>>>> for Listing<T> {
    fn from(rows: Vec<Arc<Versioned<T>>>) -> Self {
        Self {
            rows,
            damaged: Vec::new(),
        }
    }
}

impl<T> FromIterator<Arc<Versioned<T>>> for Listing<T> {
    fn from_iter<I: IntoIterator<Item = Arc<Versioned<T>>>>(rows: I) -> Self {
        Self::from(rows.into_iter().collect::<Vec<_>>())
    }
}
