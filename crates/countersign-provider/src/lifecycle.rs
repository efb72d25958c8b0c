//! What ends grants from outside: users, administrators, changes of role.

use countersign_clock::UnixTime;
use countersign_store::{
    Change, Commit, ConsumerStore, Expected, Grant, GrantId, GrantSelection, Listing, NonceStore,
    StoreError, TemporaryCredentials, TokenStore,
};
use countersign_token as life;

use crate::audit::{Action, Event};
use crate::faults;
use crate::provider::Provider;

/// Why grants end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// An administrator ended it.
    RevokedByAdministrator,
    /// The user disconnected the application.
    RevokedByUser,
    /// The user was removed from the organisation.
    UserRemoved,
    /// The user's role no longer allows it.
    RoleChanged,
}

impl Ending {
    const fn event(self) -> life::Event {
        match self {
            Self::RevokedByAdministrator => life::Event::Withdraw,
            Self::RevokedByUser => life::Event::Revoke,
            Self::UserRemoved => life::Event::RemoveUser,
            Self::RoleChanged => life::Event::ChangeRole,
        }
    }
}

/// Some grants could not be ended; all the others were.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndingError {
    /// A grant changed again and again under each try.
    #[error("a grant changed under each of several tries")]
    Contention,
    /// A store failed.
    #[error("a store failed")]
    Store(#[from] StoreError),
}

/// How often a grant is tried to be ended: whoever renews it again and again gives up first.
const PERSISTENCE: usize = 1_000;

/// How many grants are read at a time.
const PAGE: usize = 100;

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> Provider<C, T, N> {
    /// Ends one grant. When this returns, no token of it is accepted any more. Gives whether it was
    /// live; the first cause stays.
    ///
    /// # Errors
    ///
    /// See [`EndingError`].
    pub async fn end_grant(
        &self,
        id: GrantId,
        ending: Ending,
        now: UnixTime,
    ) -> Result<bool, EndingError> {
        for _ in 0..PERSISTENCE {
            let Some(found) = self.stores.tokens.grant(id).await? else {
                return Ok(false);
            };
            let Some(ended) = faults::ended(found.row.clone(), ending.event(), now) else {
                return Ok(false);
            };
            let mut event = Event::new(now, Action::Revoke);
            event.consumer_key = Some(ended.consumer_key.clone());
            event.grant = Some(id);
            event.user = Some(ended.user.clone());
            event.organisation = Some(ended.organisation.clone());
            event.cause = Some(ended.life.state.as_str());
            let change = Change::new().grant(Expected::Version(found.version), ended);
            if self.stores.tokens.commit(change).await? == Commit::Done {
                self.note(&event).await;
                return Ok(true);
            }
        }
        Err(EndingError::Contention)
    }

    /// Drops up to `limit` rows that are due, and gives how many; call it now and then, or a bounded
    /// store fills up with what is over.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub async fn forget(&self, now: UnixTime, limit: usize) -> Result<usize, StoreError> {
        self.stores.tokens.forget(now, limit).await
    }

    /// The user disconnects an application from an organisation. Gives whether it was connected.
    ///
    /// # Errors
    ///
    /// See [`EndingError`].
    pub async fn disconnect(
        &self,
        consumer_key: &str,
        organisation: &str,
        now: UnixTime,
    ) -> Result<bool, EndingError> {
        let ending = Ending::RevokedByUser;
        self.end_connection(consumer_key, organisation, ending, now)
            .await
    }

    /// The same for another reason: when this returns, nothing connects the application with the
    /// organisation any more.
    ///
    /// # Errors
    ///
    /// See [`EndingError`].
    pub async fn end_connection(
        &self,
        consumer_key: &str,
        organisation: &str,
        ending: Ending,
        now: UnixTime,
    ) -> Result<bool, EndingError> {
        let by = |row: &TemporaryCredentials| row.consumer_key == consumer_key;
        let withdrawn = self.withdraw(organisation, ending, by, now).await?;
        let live = self.stores.tokens.live_grant(consumer_key, organisation);
        match live.await? {
            Some(grant) => {
                let id = grant.row.id;
                let ended = self.end_grant(id, ending, now).await?;
                Ok(ended || withdrawn)
            }
            None => Ok(withdrawn),
        }
    }

    /// A user leaves an organisation: the grants they gave for it end. Gives how many ended.
    ///
    /// # Errors
    ///
    /// See [`EndingError`].
    pub async fn user_removed(
        &self,
        user: &str,
        organisation: &str,
        now: UnixTime,
    ) -> Result<usize, EndingError> {
        self.end_all(user, organisation, Ending::UserRemoved, now)
            .await
    }

    /// A user's role in an organisation changed: unless it still allows it, the grants they gave
    /// for it end. Gives how many ended.
    ///
    /// # Errors
    ///
    /// See [`EndingError`].
    pub async fn role_changed(
        &self,
        user: &str,
        organisation: &str,
        role: &str,
        now: UnixTime,
    ) -> Result<usize, EndingError> {
        if self.settings.may_connect(role) {
            return Ok(0);
        }
        self.end_all(user, organisation, Ending::RoleChanged, now)
            .await
    }

    /// Ends approved temporary credentials before they are exchanged. Gives whether there were any.
    async fn withdraw(
        &self,
        organisation: &str,
        ending: Ending,
        by: impl Fn(&TemporaryCredentials) -> bool,
        now: UnixTime,
    ) -> Result<bool, EndingError> {
        let mut any = false;
        for _ in 0..PERSISTENCE {
            let approved = self.stores.tokens.approved(organisation).await?;
            // No iterator lives on over what is awaited: the future could not be sent elsewhere.
            let mut left: Vec<_> = approved.iter().cloned().collect();
            left.retain(|found| by(&found.row));
            if left.is_empty() {
                // One that can't be read may be one of them.
                approved.whole()?;
                return Ok(any);
            }
            for found in left {
                let mut row = found.row.clone();
                row.state = row.state.on(ending.event()).next;
                let mut event = Event::new(now, Action::Revoke);
                event.consumer_key = Some(row.consumer_key.clone());
                event.token = Some(row.token);
                event.user.clone_from(&row.user);
                event.organisation.clone_from(&row.organisation);
                event.cause = Some(row.state.as_str());
                let change = Change::new().temporary(Expected::Version(found.version), row);
                if self.stores.tokens.commit(change).await? == Commit::Done {
                    any = true;
                    self.note(&event).await;
                }
            }
        }
        Err(EndingError::Contention)
    }

    async fn end_all(
        &self,
        user: &str,
        organisation: &str,
        ending: Ending,
        now: UnixTime,
    ) -> Result<usize, EndingError> {
        // First what would become a grant: what was exchanged before is a grant by now, and is seen
        // below.
        let by = |row: &TemporaryCredentials| row.user.as_deref() == Some(user);
        // A failure must not save the grants.
        let mut failed = self.withdraw(organisation, ending, by, now).await.err();
        let mut ended = 0_usize;
        let mut after = None;
        loop {
            let selection = GrantSelection::User(user);
            let page = self.stores.tokens.grants(selection, after, PAGE).await?;
            let last = page.last().map(|last| last.row.id);
            let Listing {
                rows, mut damaged, ..
            } = page;
            failed = damaged.pop().map(EndingError::from).or(failed);
            let Some(last) = last else {
                return failed.map_or(Ok(ended), Err);
            };
            after = Some(last);
            for grant in &rows {
                if !is_for(&grant.row, organisation) {
                    continue;
                }
                // One that can't be ended now must not save the others.
                match self.end_grant(grant.row.id, ending, now).await {
                    Ok(true) => ended = ended.saturating_add(1),
                    Ok(false) => {}
                    Err(error) => failed = Some(error),
                }
            }
        }
    }
}

fn is_for(grant: &Grant, organisation: &str) -> bool {
    grant.organisation == organisation
}
