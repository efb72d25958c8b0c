//! Tokens that stand in a profile's file, and how they come into the store.
//!
//! The file is changed when the token is durable in the store, in one piece. Who is stopped in
//! between leaves it in both, and the next one finds it in the store and changes the file alone.

use std::sync::Arc;

use countersign_clock::{UnixTime, system};
use countersign_key::Secret;
use countersign_store::{
    Connection, ConnectionChange, ConnectionCommit, ConnectionId, ConnectionStore as _, Expected,
    Fence, Happening, HistoryEntry, LeaseStep, TokenCredentials, Versioned,
};
use countersign_token::{ConnectionPhase, Expiry, Generation, Intent, IntentId, Notice};

use super::shelf::{Row, Shelf, failed};
use super::{id, wait};
use crate::exit::Failure;
use crate::keys_file::{Hidden, Written};
use crate::profile::{Change, Name, Profile, Profiles};

/// The table of the token before.
const PREVIOUS: &str = "previous";

/// So often a row may be changed under our hands.
const TRIES: usize = 16;

/// Puts the token of its connection into a profile as it was read. What stands in the file and the store
/// does not have so was written there since, and counts.
pub(crate) fn with_token(profiles: &Profiles, mut profile: Profile) -> Result<Profile, Failure> {
    let (Some(id), Some(shelf)) = (id(&profile.name, &profile.written), profiles.shelf()?) else {
        return Ok(profile);
    };
    let written = &mut profile.written;
    match (shelf.look(&id)?, written.token.as_deref()) {
        (Row::Found(found), None) => fill(written, &found.row.row),
        (Row::Found(found), Some(token)) if !token.is_empty() => {
            match news(&found.row.row, written) {
                Some(next) => put(written, &next),
                None => fill(written, &found.row.row),
            }
        }
        (Row::Damaged(what), None) => profile.damaged = Some(what),
        (Row::Absent | Row::Found(_) | Row::Damaged(_), _) => {}
    }
    Ok(profile)
}

/// What a file says of the token of a connection, if that is new: whoever wrote it there knows it better
/// than the store. Nothing new is the token that was moved from there, or the one before it; nor one that
/// this program brought into safety there, once the store has come as far.
pub(crate) fn news(row: &Connection, written: &Written) -> Option<TokenCredentials> {
    let token = written.token.as_deref().filter(|it| !it.is_empty())?;
    let newest = row.life.generation.get();
    if written.rescued().is_some_and(|rescued| rescued <= newest) {
        return None;
    }
    let is_it = |known: &TokenCredentials| known.token.expose_secret() == token;
    if is_it(&row.credentials) {
        let next = completed(written, &row.credentials);
        let is_lost = row.life.state.phase() == ConnectionPhase::NeedsReauthorisation;
        return (is_lost || !is_same(&next, &row.credentials)).then_some(next);
    }
    let is_previous = row.previous.as_ref().is_some_and(is_it);
    (!is_previous).then(|| credentials(written))
}

/// What a file says of a known token, and what it does not say as it is known.
fn completed(written: &Written, known: &TokenCredentials) -> TokenCredentials {
    let said = credentials(written);
    let mut next = known.clone();
    if !said.secret.expose_secret().is_empty() {
        next.secret = said.secret;
    }
    if said.session_handle.is_some() {
        next.session_handle = said.session_handle;
    }
    if written.token_expires.is_some() && said.expiry != known.expiry {
        next.expiry = said.expiry;
        next.received = said.received;
    }
    if written.authorization_expires.is_some() {
        next.authorization_expiry = said.authorization_expiry;
    }
    next
}

fn is_same(one: &TokenCredentials, other: &TokenCredentials) -> bool {
    fn handle(credentials: &TokenCredentials) -> Option<&str> {
        credentials
            .session_handle
            .as_deref()
            .map(Secret::expose_secret)
    }
    one.token.expose_secret() == other.token.expose_secret()
        && one.secret.expose_secret() == other.secret.expose_secret()
        && handle(one) == handle(other)
        && one.expiry == other.expiry
        && one.authorization_expiry == other.authorization_expiry
}

fn fill(written: &mut Written, row: &Connection) {
    if let Some(previous) = &row.previous {
        keep_beside(written, previous);
    }
    put(written, &row.credentials);
}

/// Writes a token into a profile.
pub(crate) fn put(written: &mut Written, credentials: &TokenCredentials) {
    let text = |secret: &Secret| Some(Hidden::new(secret.expose_secret()));
    let end = |expiry: Expiry| expiry.time().map(UnixTime::seconds);
    written.token = Some(credentials.token.expose_secret().to_owned());
    // That there is none is worth a warning, wherever the token stands.
    written.token_secret = text(&credentials.secret).filter(|secret| !secret.is_empty());
    written.session_handle = credentials.session_handle.as_deref().and_then(text);
    written.token_expires = end(credentials.expiry);
    written.authorization_expires = end(credentials.authorization_expiry);
}

/// Writes another token into a profile, as a further set of keys.
fn keep_beside(written: &mut Written, credentials: &TokenCredentials) {
    let table = table(written, credentials);
    written.other.insert(PREVIOUS.to_owned(), table);
}

/// A token of the same consumer, as a further set of keys.
pub(super) fn table(written: &Written, credentials: &TokenCredentials) -> Written {
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
            take_in((profiles, &change), name, &id, &moved, &mut profile.written)?;
            profile.written.connected = true;
            change.write(name, &profile.written)?;
        }
    }
    profiles.read(name)
}

fn has_token(written: &Written) -> bool {
    written.token.as_deref().is_some_and(|it| !it.is_empty())
}

/// Has the connection of a profile take this token, in place of the one that it has or as its first. One
/// that gives way is kept in `left`, and in the file.
fn take_in(
    (profiles, change): (&Profiles, &Change<'_>),
    name: &Name,
    id: &ConnectionId,
    moved: &Written,
    left: &mut Written,
) -> Result<(), Failure> {
    let shelf = change.shelf()?;
    for _ in 0..TRIES {
        let is_taken = match shelf.look(id)? {
            Row::Absent => found(shelf, id, moved)?,
            Row::Damaged(_) => {
                shelf.remove_damaged(id)?;
                false
            }
            Row::Found(found) => match news(&found.row.row, moved) {
                None => true,
                Some(next) => {
                    let before = &found.row.row.credentials;
                    if !is_same(before, &next) {
                        // It is still whole in the store: what stops us here loses nothing.
                        let mut with_both = profiles.read_file(name)?.written;
                        keep_beside(&mut with_both, before);
                        change.write(name, &with_both)?;
                        keep_beside(left, before);
                    }
                    replace(shelf, &found.row, next, ended(moved))?
                }
            },
        };
        if is_taken {
            return Ok(());
        }
    }
    Err(changed())
}

/// Takes a lost token for good again, as the one that was authorised last; whether it was lost.
pub(crate) fn reinstate(profiles: &Profiles, name: &Name) -> Result<bool, Failure> {
    let change = profiles.change()?;
    let profile = profiles.read_file(name)?;
    let Some(id) = id(name, &profile.written) else {
        return Ok(false);
    };
    for _ in 0..TRIES {
        let Some(Row::Found(found)) = profiles.shelf()?.map(|it| it.look(&id)).transpose()? else {
            return Ok(false);
        };
        if found.row.row.life.state.phase() != ConnectionPhase::NeedsReauthorisation {
            return Ok(false);
        }
        let same = found.row.row.credentials.clone();
        if replace(change.shelf()?, &found.row, same, LeaseStep::Leave)? {
            return Ok(true);
        }
    }
    Err(changed())
}

/// Founds the connection. What became of tokens before it says nothing of this one.
fn found(shelf: &Shelf, id: &ConnectionId, moved: &Written) -> Result<bool, Failure> {
    let mut life = countersign_token::Connection::new(Generation::FIRST);
    if let Some(began) = moved.renewal_began {
        life = in_doubt(life, UnixTime::from_seconds(began));
    }
    let row = Connection::new(id.clone(), life, credentials(moved));
    is_done(shelf, ConnectionChange::new(Expected::Absent, row))
}

/// Ends the lease under which a token came that could not be stored. Whoever has it wrote the token down
/// when its renewal was over, and takes another one before it sends anything again; one that somebody
/// else has taken meanwhile is left alone.
fn ended(moved: &Written) -> LeaseStep {
    let lease = moved.unstored_lease.filter(|_| moved.rescued().is_some());
    lease.map_or(LeaseStep::Leave, |number| {
        LeaseStep::Free(Fence::new(number))
    })
}

/// A token that was written into the file by hand, in place of the one that is kept.
fn replace(
    shelf: &Shelf,
    row: &Versioned<Connection>,
    next: TokenCredentials,
    lease: LeaseStep,
) -> Result<bool, Failure> {
    let generation = row.row.life.generation.next().ok_or_else(changed)?;
    let (life, _) = row.row.life.on(Notice::Authorized(generation));
    let made = Connection::new(row.row.id.clone(), life, next);
    let connected = HistoryEntry::new(system::now(), generation, Happening::Connected);
    let change = ConnectionChange::new(Expected::Version(row.version), made).noting(connected);
    is_done(shelf, change.leasing(lease))
}

fn is_done(shelf: &Shelf, change: ConnectionChange) -> Result<bool, Failure> {
    let commit = wait(shelf.store().commit(change)).map_err(failed)?;
    Ok(matches!(commit, ConnectionCommit::Done { .. }))
}

fn changed() -> Failure {
    Failure::Work("other processes change the connection all the time; try again".to_owned())
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
    let secret = |text: Option<&str>| Arc::new(Secret::new(text.unwrap_or_default()));
    let end =
        |end: Option<i64>| end.map_or(Expiry::NEVER, |end| Expiry::at(UnixTime::from_seconds(end)));
    let made = TokenCredentials::new(
        secret(written.token.as_deref()),
        secret(written.token_secret.as_deref()),
        system::now(),
    )
    .with_expiries(
        end(written.token_expires),
        end(written.authorization_expires),
    );
    match &written.session_handle {
        Some(handle) => made.with_session_handle(secret(Some(handle))),
        None => made,
    }
}

#[cfg(test)]
mod tests {
    use countersign_store::{Fence, LeaseStep};

    use super::{Written, ended};

    #[test]
    fn only_a_token_that_was_brought_into_safety_ends_a_lease() {
        let freed = LeaseStep::Free(Fence::new(7));
        for (text, expected) in [
            (
                "token = \"a\"\nunstored = \"a\"\nunstored_generation = 2\nunstored_lease = 7\n",
                freed,
            ),
            (
                "token = \"a\"\nunstored = \"a\"\nunstored_generation = 2\n",
                LeaseStep::Leave,
            ),
            (
                "token = \"b\"\nunstored = \"a\"\nunstored_generation = 2\nunstored_lease = 7\n",
                LeaseStep::Leave,
            ),
            (
                "token = \"b\"\nunstored_generation = 2\nunstored_lease = 7\n",
                LeaseStep::Leave,
            ),
        ] {
            let written = Written::parse(text, "test").unwrap();
            assert_eq!(ended(&written), expected, "{text}");
        }
    }
}
