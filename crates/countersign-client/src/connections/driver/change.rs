//! What is made of a connection by the user and by the answers to requests.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_store::{
    Connection, ConnectionChange, ConnectionCommit, ConnectionId, ConnectionStore, Expected,
    Happening, HistoryEntry, TokenCredentials,
};
use countersign_token::{
    ConnectionAnswer, ConnectionPhase, ConnectionState, Generation, Notice, Refusal,
};

use crate::connections::driver::{Connections, TRIES};
use crate::connections::slot::Slot;
use crate::connections::{ConnectionError, Current, EventKind, Exchange, Host, Loss, Used};

/// How a request that was signed with a token came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "each is dealt with on purpose")]
pub enum Verdict {
    /// It was served: the token is good. It ends no doubt about a renewal, as the request may have
    /// been served before that was sent.
    Worked,
    /// `token_expired`.
    Expired,
    /// The provider itself says that the token is dead.
    Refused(Refusal),
}

impl<S: ConnectionStore + 'static, X: Exchange, H: Host> Connections<S, X, H> {
    /// Takes in what the user authorised, for the first time or again. Its generation is above all
    /// that the store has or this process knows: in a store that was set back it is the newest too.
    ///
    /// # Errors
    ///
    /// [`ConnectionError::Store`]: keep the credentials and call it again.
    pub async fn connect(
        &self,
        id: &ConnectionId,
        credentials: TokenCredentials,
    ) -> Result<Arc<Current>, ConnectionError> {
        self.change(id, |row, now| {
            let stored = row.map(|row| row.life.generation);
            let known = self.0.slots.look(id, Slot::newest_generation).flatten();
            let next = match stored.max(known) {
                None => Generation::FIRST,
                Some(newest) => newest.next()?,
            };
            let life = match row {
                None => countersign_token::Connection::new(next),
                Some(row) => row.life.on(Notice::Authorized(next)).0,
            };
            let made = Connection::new(id.clone(), life, credentials.clone());
            let connected = HistoryEntry::new(now, life.generation, Happening::Connected);
            Some((made, Some((connected, EventKind::Connected))))
        })
        .await
    }

    /// Notes that the authorisation was taken back, as this side was told.
    ///
    /// # Errors
    ///
    /// [`ConnectionError::Unknown`] or [`ConnectionError::Store`].
    pub async fn revoked(&self, id: &ConnectionId) -> Result<(), ConnectionError> {
        self.change(id, |row, now| lost(row?, Notice::Revoked, now))
            .await
            .map(drop)
    }

    /// Changes a row until it was not changed under our hands. Without a change it is read.
    async fn change(
        &self,
        id: &ConnectionId,
        make: impl Fn(Option<&Connection>, UnixTime) -> Option<Made>,
    ) -> Result<Arc<Current>, ConnectionError> {
        let inner = &self.0;
        for _ in 0..TRIES {
            let found = inner.store.connection(id).await?;
            let row = found.as_ref().map(|found| &found.row.row);
            let Some((row, noted)) = make(row, inner.host.now()) else {
                return self.read(id).await;
            };
            let expected = found.map_or(Expected::Absent, |found| {
                Expected::Version(found.row.version)
            });
            let mut change = ConnectionChange::new(expected, row);
            if let Some((entry, _)) = noted {
                change = change.noting(entry);
            }
            if let ConnectionCommit::Done { .. } = inner.store.commit(change).await? {
                let current = self.read(id).await;
                match noted.map(|(_, event)| event) {
                    Some(EventKind::Lost(loss)) => inner.lost(id, loss).await,
                    Some(event) => inner.tell(Some(id), event),
                    None => {}
                }
                return current;
            }
        }
        Err(ConnectionError::Busy)
    }

    /// What to do after a request that was signed with the token `used` came out so: the token to try
    /// it with once more, if there is another one.
    ///
    /// # Errors
    ///
    /// [`ConnectionError::NeedsReauthorisation`] once that is certain; others as for
    /// [`renew`](Self::renew).
    pub async fn report(
        &self,
        id: &ConnectionId,
        used: Used<'_>,
        verdict: Verdict,
    ) -> Result<Option<Arc<Current>>, ConnectionError> {
        match verdict {
            Verdict::Worked => self.worked(id, used).await.map(|()| None),
            Verdict::Expired => self.expired(id, used).await.map(Some),
            Verdict::Refused(refusal) => self.refused(id, used, refusal).await,
        }
    }

    async fn expired(
        &self,
        id: &ConnectionId,
        used: Used<'_>,
    ) -> Result<Arc<Current>, ConnectionError> {
        let known = match self.current(id) {
            // Another process may have stored another one in its place.
            Some(known) if known.unstored => self.read(id).await.ok(),
            known => known,
        };
        match known.filter(|known| is_other(used, known) && known.loss().is_none()) {
            Some(other) => Ok(other),
            None => self.renew(id, used.generation).await,
        }
    }

    async fn worked(&self, id: &ConnectionId, used: Used<'_>) -> Result<(), ConnectionError> {
        let generation = used.generation;
        let news = self
            .current(id)
            .is_none_or(|current| current.generation == generation && current.unproven);
        if !news {
            return Ok(());
        }
        self.change(id, |row, _| {
            // Nobody knows whether the request was begun before the renewal that is in doubt: only an
            // answer to that, or to its retry, tells what became of it.
            let row = row.filter(|row| !is_in_doubt(row) && is_of(used, row))?;
            let (life, answer) = row.life.on(Notice::Worked(generation));
            let changed = answer == ConnectionAnswer::Accepted && life != row.life;
            changed.then(|| {
                let mut row = row.clone();
                row.life = life;
                row.previous = row.previous.filter(|_| life.previous.is_some());
                (row, None)
            })
        })
        .await
        .map(drop)
    }

    async fn refused(
        &self,
        id: &ConnectionId,
        used: Used<'_>,
        refusal: Refusal,
    ) -> Result<Option<Arc<Current>>, ConnectionError> {
        let generation = used.generation;
        // A first refusal is not believed: another process may know a newer token, or may have kept
        // an answer in which there is one.
        let (current, has_answers) = self.look(id).await?;
        if has_answers {
            return self.renew(id, generation).await.map(Some);
        }
        if let Some(loss) = current.loss() {
            return Err(ConnectionError::NeedsReauthorisation(loss));
        }
        if current.generation > generation || is_other(used, &current) {
            return Ok(Some(current));
        }
        // A renewal that is under way or in doubt may bring one.
        if current.state.phase() != ConnectionPhase::Active {
            return self.renew(id, generation).await.map(Some);
        }
        let notice = Notice::RefusedAgain {
            generation,
            refusal,
        };
        let make = |row: Option<&Connection>, now| {
            let row = row.filter(|row| is_of(used, row))?;
            lost(row, notice, now)
        };
        let now = self.change(id, make).await?;
        match now.loss() {
            Some(loss) => Err(ConnectionError::NeedsReauthorisation(loss)),
            None => Ok(Some(now).filter(|now| now.generation > generation || is_other(used, now))),
        }
    }
}

/// Whether it has the generation of the token that was used, and is another one.
fn is_other(used: Used<'_>, known: &Current) -> bool {
    used.is_other_than(known.generation, &known.credentials)
}

/// Whether what is said of the token that was used may be said of the one in the row.
fn is_of(used: Used<'_>, row: &Connection) -> bool {
    !used.is_other_than(row.life.generation, &row.credentials)
}

fn is_in_doubt(row: &Connection) -> bool {
    row.life.state.phase() == ConnectionPhase::RenewalUnknown
}

/// A row to write, and what to note and tell of it.
type Made = (Connection, Option<(HistoryEntry, EventKind)>);

/// The row after a notice by which it is lost; none if it is not.
fn lost(row: &Connection, notice: Notice, now: UnixTime) -> Option<Made> {
    let (life, answer) = row.life.on(notice);
    if answer != ConnectionAnswer::Accepted {
        return None;
    }
    let ConnectionState::NeedsReauthorisation { cause, intent } = life.state else {
        return None;
    };
    let mut row = row.clone();
    row.life = life;
    let entry = HistoryEntry::new(now, life.generation, Happening::Lost(cause));
    Some((
        row,
        Some((entry, EventKind::Lost(Loss::new(cause, intent)))),
    ))
}
