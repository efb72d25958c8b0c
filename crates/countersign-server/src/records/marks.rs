//! Whether a user is still the one who logged in.

use countersign_key::Secret;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use super::users::{NOBODY, matches, read};
use super::{Records, RecordsError, User};
use crate::digest::{self, Digest};

/// Changes when a user gets another password, and when one is removed and added again.
///
/// It is made of the hash of the password, whose salt is never drawn twice.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark(Digest);

impl Mark {
    fn of(password_hash: &str) -> Self {
        Self(digest::of("password mark", &[password_hash.as_bytes()]))
    }

    #[cfg(test)]
    pub(crate) fn testing(text: &str) -> Self {
        Self::of(text)
    }
}

/// Makes what unknown names are checked against, so that not even the first takes longer.
pub(crate) fn prepare() {
    std::sync::LazyLock::force(&NOBODY);
}

impl Records {
    /// The user with the mark of now.
    pub(crate) async fn marked(&self, name: &str) -> Result<Option<(User, Mark)>, RecordsError> {
        let name = name.to_owned();
        self.work("read", move |connection| {
            // Of one moment, or the mark of one user would go with the places of the next.
            let moment = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
            let hash = password_hash(&moment, &name)?;
            let user = read(&moment, &name)?;
            Ok(user.zip(hash.as_deref().map(Mark::of)))
        })
        .await
    }

    /// The user with the mark of the password that was checked, if it is right. It takes as long if
    /// there is no such user.
    pub(crate) async fn log_in_marked(
        &self,
        name: &str,
        password: Secret,
    ) -> Result<Option<(User, Mark)>, RecordsError> {
        let known = name.to_owned();
        let hash = self
            .work("read", move |connection| password_hash(connection, &known))
            .await?;
        // Away from the connection: it is dear on purpose.
        let right = tokio::task::spawn_blocking(move || {
            let checked = hash.as_deref().or(NOBODY.as_deref()).unwrap_or_default();
            let right = matches(&password, checked);
            hash.filter(|_| right).as_deref().map(Mark::of)
        })
        .await
        .map_err(|_| RecordsError::Ended)?;
        // The user as of now, since hashing took a while; read in any case, as that takes time too.
        let now = self.marked(name).await?;
        Ok(now.filter(|(_, mark)| right == Some(*mark)))
    }
}

fn password_hash(connection: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT password_hash FROM user WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
}
