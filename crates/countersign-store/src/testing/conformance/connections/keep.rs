//! What is kept, over what, and by whom it is seen.

use countersign_token::{ConnectionState, Generation, Intent, IntentId, ReauthorisationCause};

use crate::connection::{
    ConnectionChange, ConnectionId, ConnectionStore, Happening, HistoryEntry, RenewalFault,
};
use crate::error::StoreError;
use crate::testing::conformance::connections::subject::{
    NOW, Subject, Told, after, answer, credentials, id, parts, renewing, row, take, version,
};
use crate::testing::conformance::report::{Checked, Mismatch, equal, expect, works};
use crate::testing::conformance::{Factory, Settings};
use crate::version::Expected;

/// An intent with everything that one can have.
fn intent() -> Intent {
    Intent::new(IntentId::new(u64::MAX), Generation::new(9), NOW, u32::MAX)
        .with_attempts(1)
        .with_retry_of(IntentId::new(3))
}

pub(super) fn as_written<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let cause = ReauthorisationCause::RenewalLost;
    let states = [
        ConnectionState::Active,
        ConnectionState::Renewing(intent()),
        ConnectionState::RenewalUnknown(intent()),
        ConnectionState::NeedsReauthorisation {
            cause,
            intent: Some(intent()),
        },
        ConnectionState::NeedsReauthorisation {
            cause,
            intent: None,
        },
    ];
    for (n, state) in (1..).zip(states) {
        let mut written = row(n, 9);
        written.id = ConnectionId::new("'; DROP TABLE connections; --", format!("Jürgen\r\n{n}"));
        written.life.state = state;
        written.life.previous = Some(Generation::new(8));
        written.previous = Some(credentials(8));
        written.credentials.session_handle = None;
        subject.puts("a connection", written.clone())?;
        let found = factory.block_on(subject.store.connection(&written.id));
        let found = works("a look-up", found)?;
        let Some(found) = found else {
            return expect(false, "the connection that was written", "none");
        };
        let found = &found.row.row;
        // `Debug` shows every field but the secrets.
        equal("a connection", format!("{written:?}"), format!("{found:?}"))?;
        let secrets = parts(&found.credentials) == parts(&written.credentials)
            && found.previous.as_ref().map(parts) == Some(parts(&credentials(8)));
        equal("its secrets", true, secrets)?;
    }
    Ok(())
}

pub(super) fn history<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let lost = Happening::Lost(ReauthorisationCause::TokenRejected);
    let failed = Happening::RenewalFailed(RenewalFault::Provider);
    let entry = |seconds, what| HistoryEntry::new(after(seconds), Generation::FIRST, what);
    let mut expected = vec![
        entry(0, Happening::Connected),
        entry(1, failed),
        entry(1, lost),
    ];
    let change = ConnectionChange::new(Expected::Absent, row(1, 1));
    let change = expected
        .iter()
        .copied()
        .fold(change, ConnectionChange::noting);
    subject.commits("a connection with a history", Told::Done, change)?;
    let read = || -> Result<_, Mismatch> {
        let history = factory.block_on(subject.store.history(&id(1)));
        works("a history", history)
    };
    equal("a history", expected.clone(), read()?)?;
    let change = ConnectionChange::new(version(9), row(1, 1)).noting(entry(2, lost));
    subject.commits("a change that conflicts", Told::Conflict, change)?;
    equal("a history after a conflict", expected.clone(), read()?)?;
    for number in 1..=u64::try_from(HistoryEntry::KEPT).unwrap_or(0) {
        let seconds = i64::try_from(number).unwrap_or(0);
        let next = entry(seconds, Happening::Renewed);
        let change = ConnectionChange::new(version(number), row(1, 1)).noting(next);
        subject.commits("a change with an entry", Told::Done, change)?;
        expected.push(next);
    }
    let surplus = expected.len().saturating_sub(HistoryEntry::KEPT);
    let newest: Vec<_> = expected.into_iter().skip(surplus).collect();
    equal("the newest of a long history", newest, read()?)?;
    let other = factory.block_on(subject.store.history(&id(2)));
    let other = works("a history of nothing", other)?;
    expect(other.is_empty(), "no history of what is not there", other)
}

pub(super) fn pages<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let list = |after: Option<ConnectionId>, limit| -> Result<_, Mismatch> {
        let found = factory.block_on(subject.store.connections(after.as_ref(), limit));
        let found = works("a page", works("a page", found)?.whole())?;
        let ids = found.iter().map(|found| found.row.id.clone());
        Ok(ids.collect::<Vec<_>>())
    };
    // By consumer key and then account, not by the two as one text.
    let ids = [
        ("a", "z"),
        ("a", "za"),
        ("a\u{1}", ""),
        ("aa", "a"),
        ("b", ""),
    ];
    let ids = ids.map(|(key, account)| ConnectionId::new(key, account));
    for id in ids.iter().rev() {
        let mut made = row(1, 1);
        made.id = id.clone();
        subject.puts("a connection", made)?;
    }
    equal("all", ids.to_vec(), list(None, 9)?)?;
    let mut paged = Vec::new();
    loop {
        let page = list(paged.last().cloned(), 2)?;
        if page.is_empty() || paged.len() > ids.len() {
            break;
        }
        paged.extend(page);
    }
    equal("all, by pages of two", ids.to_vec(), paged)
}

pub(super) fn full<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let settings = Settings {
        rows: 2,
        ..Settings::default()
    };
    let subject = Subject::with(factory, &settings)?;
    subject.puts("what there is room for", row(1, 1))?;
    subject.puts("what there is room for", row(2, 1))?;
    let found = subject.commit(ConnectionChange::new(Expected::Absent, row(3, 1)));
    let refused = matches!(found, Err(StoreError::Full { .. }));
    expect(refused, "a full store to say so", found)?;
    let change = ConnectionChange::new(version(1), row(1, 2));
    subject.commits("a change in a full store", Told::Done, change)?;
    subject.is("a row of a full store", 2, Some((1, 1)))
}

pub(super) fn restart<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let settings = Settings::default();
    let subject = Subject::with(factory, &settings)?;
    subject.puts("a connection", row(1, 1))?;
    let change = ConnectionChange::new(version(1), renewing(1, 1))
        .leasing(take(NOW, after(60)))
        .noting(HistoryEntry::new(
            NOW,
            Generation::FIRST,
            Happening::Connected,
        ));
    let fence = subject.commits("a lease and an intent", Told::Done, change)?;
    subject.keeps("an answer", 1, answer("the only copy", 1))?;
    let reopened = factory.reopen(subject.store, &settings, factory.now());
    let Some(store) = works("a restart", reopened)? else {
        return expect(false, "a durable store to be opened again", "none");
    };
    let subject = Subject { factory, store };
    subject.is("a connection after a restart", 1, Some((1, 2)))?;
    subject.has_answers("an answer after a restart", 1, &["the only copy"])?;
    let found = subject.found(1)?;
    let found = found.map(|found| {
        let lease = found.lease.map(|lease| (Some(lease.fence), lease.until));
        (found.row.row.life, lease)
    });
    let expected = Some((renewing(1, 1).life, Some((fence, after(60)))));
    equal("intent and lease after a restart", expected, found)?;
    let history = factory.block_on(subject.store.history(&id(1)));
    let history = works("a history", history)?.len();
    equal("the history after a restart", 1, history)?;
    let change = ConnectionChange::new(version(2), renewing(1, 1));
    let change = change.leasing(take(after(60), after(120)));
    let next = subject.commits("a lease after a restart", Told::Done, change)?;
    expect(
        next > fence,
        "a fence above one before a restart",
        (fence, next),
    )
}

pub(super) fn handles<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let Some(store) = works("another handle", factory.another(&subject.store))? else {
        return expect(false, "another handle of a store that shares", "none");
    };
    let other = Subject { factory, store };
    subject.puts("a connection", row(1, 1))?;
    other.is("a connection made elsewhere", 1, Some((1, 1)))?;
    let taking = |expected| {
        let change = ConnectionChange::new(version(expected), renewing(1, 1));
        change.leasing(take(NOW, after(60)))
    };
    subject.commits("a lease", Told::Done, taking(1))?;
    other.commits("a lease held elsewhere", Told::Leased, taking(2))?;
    other.keeps("an answer brought elsewhere", 1, answer("one", 1))?;
    subject.has_answers("an answer kept elsewhere", 1, &["one"])?;
    let change = ConnectionChange::new(version(2), row(1, 2));
    other.commits("a newer token elsewhere", Told::Done, change)?;
    subject.is("a token from elsewhere", 1, Some((2, 3)))?;
    let change = ConnectionChange::new(version(2), row(1, 2));
    subject
        .commits(
            "a change from a version that is gone",
            Told::Conflict,
            change,
        )
        .map(drop)
}
