//! Compare-and-set: a change says which version of a row it was made from.

use countersign_token::Generation;

/// Rises with each change of a row. A new row has version 1, or one above all that a row in its place
/// had before it was removed: a version never comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version(u64);

impl Version {
    /// The version of a row that was never changed, and whose place was never another's.
    pub const FIRST: Self = Self(1);

    /// A version read back from a store.
    #[must_use]
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The version as a store keeps it.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The version after one more change.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// For stores of connections, of a row that is removed: the higher of its version and its
    /// generation, above which both begin again.
    #[must_use]
    pub fn or_generation(self, generation: Generation) -> Self {
        // None is come to by renewing that is this high; the versions are not to end with it.
        const MOST: u64 = 1 << 62;
        Self(self.0.max(generation.get().min(MOST)))
    }
}

/// A row with the version it had when it was read.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Versioned<T> {
    /// What the next change of the row must expect.
    pub version: Version,
    /// The row.
    pub row: T,
}

impl<T> Versioned<T> {
    /// A row with its version.
    #[must_use]
    pub const fn new(version: Version, row: T) -> Self {
        Self { version, row }
    }
}

/// What a change expects of the row it replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a row is there, or it is not")]
pub enum Expected {
    /// That there is none.
    Absent,
    /// That it still has this version.
    Version(Version),
}

impl Expected {
    /// Whether the row that is there now is the one expected.
    #[must_use]
    pub fn holds(self, found: Option<Version>) -> bool {
        match self {
            Self::Absent => found.is_none(),
            Self::Version(version) => found == Some(version),
        }
    }
}

/// What a change came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a change that was not made must be made again from the rows as they are now"]
#[expect(clippy::exhaustive_enums, reason = "all of it was done, or nothing")]
pub enum Commit {
    /// All of it is stored, and will be after a crash as far as the store promises.
    Done,
    /// A row was not as expected; nothing was changed.
    Conflict,
}
