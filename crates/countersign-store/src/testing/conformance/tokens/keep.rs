//! What is kept, for how long, over what, and by whom it is seen.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::Secret;

use crate::error::StoreError;
use crate::testing::conformance::report::{Checked, Mismatch, equal, expect, works};
use crate::testing::conformance::tokens::subject::{
    NOW, ONE, Subject, access, grant, id, temporary, token, version,
};
use crate::testing::conformance::{Factory, Settings};
use crate::token::{Change, Issued, TokenStore};
use crate::version::{Commit, Expected};

/// What a renewal gave out, told apart by a number.
fn issued_by(n: u8) -> Issued {
    let [token, secret, handle] = ["token", "secret", "handle"]
        .map(|what| Arc::new(Secret::new(format!("renewed {what} {n}"))));
    Issued::new(NOW.saturating_add(n.into()), token, secret, handle)
}

fn has_issued(subject: &Subject<'_, impl Factory<Store: TokenStore>>, n: u8) -> Checked {
    let found = subject.grant(id(1))?;
    let found = found.as_ref().and_then(|found| found.row.issued.as_ref());
    let parts = |issued: &Issued| {
        let secrets = [&issued.token, &issued.secret, &issued.session_handle];
        (
            issued.at,
            secrets.map(|secret| secret.expose_secret().to_owned()),
        )
    };
    let same = found.map(parts) == Some(parts(&issued_by(n)));
    expect(same, "what the last renewal gave out", found)
}

pub(super) fn as_written<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    subject.temporary_is("an empty store", 1, None)?;
    subject.grant_is("an empty store", 1, None)?;
    subject.has_access("an empty store", 1, false)?;

    let mut credentials = temporary(1, "https://a.example/?b=c");
    credentials.verifier = Some(token(77));
    credentials.wrong_verifiers = 3;
    credentials.user = Some("'; DROP TABLE grants; --".to_owned());
    credentials.organisation = Some("%_".to_owned());
    let mut owner = grant(1, ONE);
    owner.user = "Jürgen\r\n*".to_owned();
    owner.renewable = true;
    owner.life.used = true;
    owner.ended = Some(NOW);
    owner.issued = Some(issued_by(1));
    let mut issued = access(1, &owner);
    issued.session_handle = Some(token(78));
    let change = Change::new()
        .temporary(Expected::Absent, credentials.clone())
        .grant(Expected::Absent, owner.clone())
        .access(issued.clone());
    subject.commits("the change", Commit::Done, change)?;

    // `Debug` shows every field but the secrets.
    let found = subject.temporary(token(1))?;
    let found = found.as_ref().map(|found| format!("{:?}", found.row));
    equal(
        "temporary credentials",
        Some(format!("{credentials:?}")),
        found,
    )?;
    let found = subject.grant(owner.id)?;
    let found = found.as_ref().map(|found| format!("{:?}", found.row));
    equal("the grant", Some(format!("{owner:?}")), found)?;
    has_issued(&subject, 1)?;
    let found = subject.access(token(1))?;
    let rows = found
        .as_ref()
        .map(|(token, grant)| format!("{token:?} {:?}", grant.row));
    equal(
        "the token and its grant",
        Some(format!("{issued:?} {owner:?}")),
        rows,
    )?;
    let secret = found.map(|(token, _)| token.secret.expose_secret() == "access secret");
    equal("the right secret", Some(true), secret)
}

fn forgets<F: Factory<Store: TokenStore>>(
    subject: &Subject<'_, F>,
    what: &str,
    now: UnixTime,
    limit: usize,
) -> Result<usize, Mismatch> {
    works(
        what,
        subject.factory.block_on(subject.store.forget(now, limit)),
    )
}

pub(super) fn forget<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let due = NOW.saturating_add(100);
    let mut old = grant(1, ONE);
    old.forget_after = due;
    let mut change = Change::new()
        .grant(Expected::Absent, grant(2, ONE))
        .access(access(2, &grant(2, ONE)))
        .temporary(Expected::Absent, temporary(2, ONE));
    change = change.grant(Expected::Absent, old.clone());
    for n in [11, 12, 13] {
        let mut row = temporary(n, ONE);
        row.forget_after = due;
        change = change.temporary(Expected::Absent, row);
    }
    let mut later = access(3, &old);
    later.forget_after = due.saturating_add(50);
    change = change.access(access(1, &old)).access(later);
    subject.commits(
        "rows that are due and rows that are not",
        Commit::Done,
        change,
    )?;

    let dropped = forgets(&subject, "nothing is due", due, 100)?;
    equal(
        "rows dropped at the very second of `forget_after`",
        0,
        dropped,
    )?;
    let now = due.saturating_add(1);
    let dropped = forgets(&subject, "some are due", now, 2)?;
    equal("rows dropped, at most 2", 2, dropped)?;
    let dropped = forgets(&subject, "the rest", now, 100)?;
    // Three temporary credentials and a token; the grant is needed by the other token.
    equal("rows dropped after that", 2, dropped)?;
    for n in [11, 12, 13] {
        subject.temporary_is("credentials that were due", n, None)?;
    }
    subject.has_access("a token that was due", 1, false)?;
    subject.has_access("a token that is not due, of a grant that is", 3, true)?;
    subject.grant_is("a grant that is not due", 2, Some((ONE, 1)))?;
    subject.has_access("a token that is not due", 2, true)?;
    subject.temporary_is("credentials that are not due", 2, Some((ONE, 1)))?;

    let now = due.saturating_add(51);
    forgets(&subject, "the last token", now, 100)?;
    forgets(&subject, "its grant", now, 100)?;
    subject.has_access("the last token of a grant that was due", 3, false)?;
    subject.grant_is("a grant that was due", 1, None)?;
    let found = factory.block_on(subject.store.live_grant("consumer", "organisation 1"));
    let found = works("a look-up", found)?.is_some();
    equal("whether a forgotten grant is live", false, found)?;
    subject.grant_is("a grant that is not due", 2, Some((ONE, 1)))
}

pub(super) fn full<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let settings = Settings {
        rows: 2,
        ..Settings::default()
    };
    let subject = Subject::with(factory, &settings)?;
    let one = grant(1, ONE);
    let change = Change::new()
        .temporary(Expected::Absent, temporary(1, ONE))
        .temporary(Expected::Absent, temporary(2, ONE))
        .grant(Expected::Absent, one.clone())
        .grant(Expected::Absent, grant(2, ONE))
        .access(access(1, &one))
        .access(access(2, &one));
    subject.commits("what there is room for", Commit::Done, change)?;
    for change in [
        Change::new().temporary(Expected::Absent, temporary(3, ONE)),
        Change::new().grant(Expected::Absent, grant(3, ONE)),
        Change::new().access(access(3, &one)),
    ] {
        let change = change.grant(version(1), grant(2, "new"));
        let found = subject.commit(change);
        let refused = matches!(found, Err(StoreError::Full { .. }));
        expect(refused, "a full store to say so", found)?;
        subject.grant_is("a row in a change that found no room", 2, Some((ONE, 1)))?;
    }
    let change = Change::new().grant(version(1), grant(1, "changed"));
    subject.commits("a change of a row in a full store", Commit::Done, change)?;
    subject.temporary_is("a row of a full store", 1, Some((ONE, 1)))?;
    subject.has_access("a row of a full store", 1, true)
}

pub(super) fn restart<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let settings = Settings::default();
    let subject = Subject::with(factory, &settings)?;
    let owner = grant(1, ONE);
    let change = Change::new()
        .temporary(Expected::Absent, temporary(1, ONE))
        .grant(Expected::Absent, owner.clone())
        .access(access(1, &owner));
    subject.commits("a change", Commit::Done, change)?;
    let mut renewed = grant(1, "two");
    renewed.issued = Some(issued_by(2));
    let change = Change::new().grant(version(1), renewed);
    subject.commits("a change", Commit::Done, change)?;
    let reopened = factory.reopen(subject.store, &settings, factory.now());
    let Some(store) = works("a restart", reopened)? else {
        return expect(false, "a durable store to be opened again", "none");
    };
    let subject = Subject { factory, store };
    subject.temporary_is("credentials after a restart", 1, Some((ONE, 1)))?;
    subject.grant_is("a grant after a restart", 1, Some(("two", 2)))?;
    has_issued(&subject, 2)?;
    subject.has_access("a token after a restart", 1, true)?;
    let change = Change::new().grant(version(1), grant(1, "stale"));
    subject.commits("a stale change after a restart", Commit::Conflict, change)
}

pub(super) fn handles<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let Some(store) = works("another handle", factory.another(&subject.store))? else {
        return expect(false, "another handle of a store that shares", "none");
    };
    let other = Subject { factory, store };
    let owner = grant(1, ONE);
    let change = Change::new()
        .grant(Expected::Absent, owner.clone())
        .access(access(1, &owner));
    subject.commits("a change", Commit::Done, change)?;
    subject.grant_is("a grant made here", 1, Some((ONE, 1)))?;
    other.grant_is("a grant made elsewhere", 1, Some((ONE, 1)))?;
    other.has_access("a token made elsewhere", 1, true)?;
    let change = Change::new().grant(version(1), grant(1, "two"));
    other.commits("a change elsewhere", Commit::Done, change)?;
    subject.grant_is("a grant changed elsewhere", 1, Some(("two", 2)))?;
    let change = Change::new().grant(version(1), grant(1, "stale"));
    subject.commits(
        "a change from a version that is gone",
        Commit::Conflict,
        change,
    )
}
