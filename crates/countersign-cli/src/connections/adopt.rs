//! Tokens that stand in a profile's file, and how they come into the store.
//!
//! The file is changed when the token is durable in the store, in one piece. Who is stopped in
//! between leaves it in both, and the next one finds it in the store and changes the file alone.

use std::sync::Arc;

use countersign_clock::{UnixTime, system};
use countersign_key::Secret;
use countersign_store::{
    Connection, ConnectionChange, ConnectionCommit, ConnectionId, ConnectionStore as _, Expected,
    FoundConnection, Happening, HistoryEntry, TokenCredentials,
};
use countersign_token::{Expiry, Generation, Intent, IntentId, Notice, Refusal};

use super::history::was_lost;
use super::shelf::{Shelf, failed};
use super::{id, wait};
use crate::exit::Failure;
use crate::keys_file::Written;
use crate::profile::{Name, Profile, Profiles};

/// The table of the token before.
const PREVIOUS: &str = "previous";

/// So often a row may be changed under our hands.
const TRIES: usize = 16;

/// Puts the token of its connection into a profile as it was read. One that stands in the file and
/// that the store does not know was written there since, and counts.
pub(crate) fn with_token(profiles: &Profiles, mut profile: Profile) -> Result<Profile, Failure> {
    let Some(id) = id(&profile.name, &profile.written) else {
        return Ok(profile);
    };
    let found = match profiles.shelf()? {
        None => None,
        Some(shelf) => shelf.find(&id)?,
    };
    let Some(found) = found else {
        return Ok(profile);
    };
    let row = &found.row.row;
    if profile
        .written
        .token
        .as_deref()
        .is_none_or(|token| knows(row, token))
    {
        fill(&mut profile.written, row);
    }
    Ok(profile)
}

/// Whether a connection has or had this token.
fn knows(row: &Connection, token: &str) -> bool {
    let credentials = [Some(&row.credentials), row.previous.as_ref()];
    credentials
        .into_iter()
        .flatten()
        .any(|known| known.token.expose_secret() == token)
}

fn fill(written: &mut Written, row: &Connection) {
    if let Some(previous) = &row.previous {
        keep_beside(written, previous);
    }
    put(written, &row.credentials);
}

/// Writes a token into a profile.
pub(crate) fn put(written: &mut Written, credentials: &TokenCredentials) {
    let text = |secret: &Secret| Some(secret.expose_secret().to_owned());
    let end = |expiry: Expiry| expiry.time().map(UnixTime::seconds);
    written.token = text(&credentials.token);
    // That there is none is worth a warning, wherever the token stands.
    written.token_secret = text(&credentials.secret).filter(|secret| !secret.is_empty());
    written.session_handle = credentials.session_handle.as_deref().and_then(text);
    written.token_expires = end(credentials.expiry);
    written.authorization_expires = end(credentials.authorization_expiry);
}

/// Writes another token into a profile, as a further set of keys.
pub(super) fn keep_beside(written: &mut Written, credentials: &TokenCredentials) {
    let table = table(written, credentials);
    written.other.insert(PREVIOUS.to_owned(), table);
}

/// A token of the same consumer, as a further set of keys.
fn table(written: &Written, credentials: &TokenCredentials) -> Written {
    let mut table = Written {
        consumer_key: written.consumer_key.clone(),
        consumer_secret: written.consumer_secret.clone(),
        ..Written::default()
    };
    put(&mut table, credentials);
    table
}

/// Has the token of a profile go over from its file into the store, if one stands there; gives the
/// profile as it is then.
pub(crate) fn adopt(profiles: &Profiles, name: &Name) -> Result<Profile, Failure> {
    if has_token(&profiles.read_file(name)?.written) {
        let change = profiles.change()?;
        let mut profile = profiles.read_file(name)?;
        if has_token(&profile.written)
            && let Some(id) = id(name, &profile.written)
        {
            let moved = profile.written.take_token();
            let shelf = change.shelf()?;
            if let Some(replaced) = take_over(profiles, shelf, name, &id, &moved)? {
                // It is still whole in the store: what stops us here loses nothing.
                let mut with_both = profiles.read_file(name)?.written;
                for written in [&mut with_both, &mut profile.written] {
                    keep_beside(written, &replaced);
                }
                change.write(name, &with_both)?;
                replace(shelf, &id, &moved)?;
            }
            profile.written.connected = true;
            change.write(name, &profile.written)?;
        }
    }
    profiles.read(name)
}

fn has_token(written: &Written) -> bool {
    written.token.as_deref().is_some_and(|it| !it.is_empty())
}

/// Founds the connection with this token. If there is one that knows another, it is left as it is,
/// and its credentials are given.
fn take_over(
    profiles: &Profiles,
    shelf: &Shelf,
    name: &Name,
    id: &ConnectionId,
    moved: &Written,
) -> Result<Option<TokenCredentials>, Failure> {
    for _ in 0..TRIES {
        if let Some(found) = shelf.find(id)? {
            let row = &found.row.row;
            let token = moved.token.as_deref().unwrap_or_default();
            return Ok((!knows(row, token)).then(|| row.credentials.clone()));
        }
        let mut life = countersign_token::Connection::new(Generation::FIRST);
        if was_lost(profiles, name)? {
            life = life.on(lost(life.generation)).0;
        } else if let Some(began) = moved.renewal_began {
            life = in_doubt(life, UnixTime::from_seconds(began));
        }
        let row = Connection::new(id.clone(), life, credentials(moved));
        if is_done(shelf, ConnectionChange::new(Expected::Absent, row))? {
            return Ok(None);
        }
    }
    Err(changed())
}

/// A token that was written into the file by hand, in place of the one that is kept.
fn replace(shelf: &Shelf, id: &ConnectionId, moved: &Written) -> Result<(), Failure> {
    for _ in 0..TRIES {
        let Some(FoundConnection { row, .. }) = shelf.find(id)? else {
            return Err(changed());
        };
        let Some(next) = row.row.life.generation.next() else {
            return Err(changed());
        };
        let (life, _) = row.row.life.on(Notice::Authorized(next));
        let made = Connection::new(id.clone(), life, credentials(moved));
        let connected = HistoryEntry::new(system::now(), next, Happening::Connected);
        let change = ConnectionChange::new(Expected::Version(row.version), made).noting(connected);
        if is_done(shelf, change)? {
            return Ok(());
        }
    }
    Err(changed())
}

fn is_done(shelf: &Shelf, change: ConnectionChange) -> Result<bool, Failure> {
    let commit = wait(shelf.store().commit(change)).map_err(failed)?;
    Ok(matches!(commit, ConnectionCommit::Done { .. }))
}

fn changed() -> Failure {
    Failure::Work("other processes change the connection all the time; try again".to_owned())
}

const fn lost(generation: Generation) -> Notice {
    Notice::RefusedAgain {
        generation,
        refusal: Refusal::TokenRejected,
    }
}

/// A renewal was begun, and nobody knows what became of it.
fn in_doubt(life: countersign_token::Connection, began: UnixTime) -> countersign_token::Connection {
    let id = IntentId::new(0);
    let intent = Intent::new(id, life.generation, began, 1);
    let sending = Notice::Sending {
        intent: id,
        now: began,
    };
    [Notice::Intended(intent), sending, Notice::Lost(id)]
        .into_iter()
        .fold(life, |life, notice| life.on(notice).0)
}

fn credentials(written: &Written) -> TokenCredentials {
    let secret = |text: &Option<String>| Arc::new(Secret::new(text.as_deref().unwrap_or_default()));
    let end =
        |end: Option<i64>| end.map_or(Expiry::NEVER, |end| Expiry::at(UnixTime::from_seconds(end)));
    let made = TokenCredentials::new(
        secret(&written.token),
        secret(&written.token_secret),
        system::now(),
    )
    .with_expiries(
        end(written.token_expires),
        end(written.authorization_expires),
    );
    match &written.session_handle {
        Some(handle) => made.with_session_handle(Arc::new(Secret::new(handle.as_str()))),
        None => made,
    }
}
