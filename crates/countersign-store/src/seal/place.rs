//! What a sealed value is bound to.

use crate::seal::KeyId;

/// Where a sealed value stands: it opens nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place<'a> {
    /// The table; for a table with several sealed columns, the table and the column.
    pub table: &'a str,
    /// What tells the row from the others of the table.
    pub row: &'a [u8],
    /// The generation or version of the row, so that an earlier one can't be put back.
    pub generation: u64,
}

impl<'a> Place<'a> {
    /// A place.
    #[must_use]
    pub const fn new(table: &'a str, row: &'a [u8], generation: u64) -> Self {
        Self {
            table,
            row,
            generation,
        }
    }

    /// The associated data. Each part goes in with its length, so that no two places give the same.
    pub(super) fn associated(self, format: u8, key: KeyId) -> Vec<u8> {
        let mut bytes = vec![format];
        for part in [
            &key.number().to_be_bytes()[..],
            self.table.as_bytes(),
            self.row,
            &self.generation.to_be_bytes()[..],
        ] {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            bytes.extend(length.to_be_bytes());
            bytes.extend(part);
        }
        bytes
    }
}
