//! A change over several rows.

use crate::token::rows::{AccessToken, Grant, TemporaryCredentials};
use crate::version::Expected;

/// The rows of a change: temporary credentials, grants, access tokens.
pub type ChangedRows = (
    Vec<(Expected, TemporaryCredentials)>,
    Vec<(Expected, Grant)>,
    Vec<AccessToken>,
);

/// A change of several rows that is made whole or not at all.
///
/// Access tokens can only be added, under a fingerprint that no row has; they never change.
#[derive(Debug, Clone, Default)]
#[must_use = "a change does nothing until it is committed"]
pub struct Change {
    temporary: Vec<(Expected, TemporaryCredentials)>,
    grants: Vec<(Expected, Grant)>,
    access: Vec<AccessToken>,
}

impl Change {
    /// A change of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes temporary credentials.
    pub fn temporary(mut self, expected: Expected, row: TemporaryCredentials) -> Self {
        self.temporary.push((expected, row));
        self
    }

    /// Writes a grant.
    pub fn grant(mut self, expected: Expected, row: Grant) -> Self {
        self.grants.push((expected, row));
        self
    }

    /// Adds an access token.
    pub fn access(mut self, row: AccessToken) -> Self {
        self.access.push(row);
        self
    }

    /// The rows of temporary credentials, each with what is expected.
    #[must_use]
    pub fn temporary_rows(&self) -> &[(Expected, TemporaryCredentials)] {
        &self.temporary
    }

    /// The rows of grants, each with what is expected.
    #[must_use]
    pub fn grant_rows(&self) -> &[(Expected, Grant)] {
        &self.grants
    }

    /// The access tokens to add.
    #[must_use]
    pub fn access_rows(&self) -> &[AccessToken] {
        &self.access
    }

    /// The rows themselves, for a store that keeps them: temporary credentials, grants, access
    /// tokens.
    #[must_use]
    pub fn into_rows(self) -> ChangedRows {
        (self.temporary, self.grants, self.access)
    }
}
