//! Reads: the last commit, the live grant, selections and pages.

use countersign_token::{SessionState, TemporaryState};

use crate::testing::conformance::Factory;
use crate::testing::conformance::report::{Checked, Mismatch, equal, works};
use crate::testing::conformance::tokens::subject::{
    NOW, ONE, Subject, access, grant, grant_of, id, temporary, token, version, with_state,
};
use crate::token::{Change, GrantId, GrantSelection, TokenStore};
use crate::version::{Commit, Expected};

pub(super) fn never_stale<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let first = grant(1, "0");
    let start = Change::new()
        .grant(Expected::Absent, first.clone())
        .temporary(Expected::Absent, temporary(1, "0"))
        .access(access(1, &first));
    subject.commits("the first change", Commit::Done, start)?;
    for number in 1..=10_u64 {
        let mark = number.to_string();
        let change = Change::new()
            .grant(version(number), grant(1, &mark))
            .temporary(version(number), temporary(1, &mark));
        subject.commits("a change", Commit::Done, change)?;
        let wanted = Some((mark.as_str(), number.saturating_add(1)));
        // Looked up twice, so that there is something to cache.
        for _ in 0..2 {
            subject.grant_is("the grant just written", 1, wanted)?;
            subject.temporary_is("the credentials just written", 1, wanted)?;
            let found = subject.access(token(1))?;
            let found = found
                .as_ref()
                .map(|(_, grant)| (grant.row.role.as_str(), grant.version.number()));
            equal("the grant just written, by its token", wanted, found)?;
        }
    }
    let ended = with_state(grant(1, "end"), SessionState::Revoked);
    let change = Change::new().grant(version(11), ended);
    subject.commits("a revocation", Commit::Done, change)?;
    let found = subject.access(token(1))?;
    let state = found.map(|(_, grant)| grant.row.life.state);
    equal(
        "the state after a revocation",
        Some(SessionState::Revoked),
        state,
    )
}

pub(super) fn live<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let is = |what: &str, wanted: Option<GrantId>| {
        let found = factory.block_on(subject.store.live_grant("consumer", "organisation"));
        let found = works(what, found)?.map(|found| found.row.id);
        equal(what, wanted, found)
    };
    let row = |n, state| with_state(grant_of(n, "consumer", "organisation", ONE), state);
    is("no live grant in an empty store", None)?;
    for (other, consumer, organisation) in
        [(7, "consumer", "another"), (8, "another", "organisation")]
    {
        let row = grant_of(other, consumer, organisation, ONE);
        let change = Change::new().grant(Expected::Absent, row);
        subject.commits("another pair's grant", Commit::Done, change)?;
        is("no live grant of another pair", None)?;
    }
    let steps = [
        (Expected::Absent, 1, SessionState::Live, Some(id(1))),
        (version(1), 1, SessionState::Lapsed, Some(id(1))),
        (version(2), 1, SessionState::Revoked, None),
        (Expected::Absent, 2, SessionState::Live, Some(id(2))),
        (version(1), 2, SessionState::Ended, None),
    ];
    for (expected, n, state, wanted) in steps {
        let change = Change::new().grant(expected, row(n, state));
        subject.commits("a step of a grant", Commit::Done, change)?;
        is(&format!("the live grant after {state:?}"), wanted)?;
    }
    Ok(())
}

pub(super) fn count<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let is = |what: &str, consumer: &str, wanted: usize| {
        let found = factory.block_on(subject.store.temporary_count(consumer, 9));
        equal(what, wanted, works(what, found)?)
    };
    let of = |n, consumer: &str, state| {
        let mut row = temporary(n, ONE);
        consumer.clone_into(&mut row.consumer_key);
        row.state = state;
        row.forget_after = NOW.saturating_add(i64::from(n));
        row
    };
    is("none in an empty store", "a", 0)?;
    for (n, consumer) in [(1, "a"), (2, "a"), (3, "b"), (4, "a")] {
        let row = of(n, consumer, TemporaryState::Pending);
        let change = Change::new().temporary(Expected::Absent, row);
        subject.commits("temporary credentials", Commit::Done, change)?;
    }
    is("those of one application", "a", 3)?;
    is("those of another", "b", 1)?;
    is("those of one without any", "c", 0)?;
    let denied = of(1, "a", TemporaryState::Denied);
    let change = Change::new().temporary(version(1), denied);
    subject.commits("a decision", Commit::Done, change)?;
    is("those of one application after a decision", "a", 3)?;
    let due = NOW.saturating_add(3);
    let forgotten = factory.block_on(subject.store.forget(due, 9));
    equal("rows forgotten", 2, works("forgetting", forgotten)?)?;
    is("those that are left", "a", 1)?;
    let found = factory.block_on(subject.store.temporary_count("a", 0));
    works("a count of none at most", found).map(drop)
}

fn ids<F: Factory<Store: TokenStore>>(
    subject: &Subject<'_, F>,
    selection: GrantSelection<'_>,
    after: Option<u8>,
    limit: usize,
) -> Result<Vec<GrantId>, Mismatch> {
    let page = subject.store.grants(selection, after.map(id), limit);
    let page = works("a page of grants", subject.factory.block_on(page))?;
    Ok(page.iter().map(|found| found.row.id).collect())
}

pub(super) fn selection<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let rows = [
        (1, "a", "x", "u"),
        (2, "a", "y", "v"),
        (3, "b", "x", "u"),
        (4, "b", "y", "u"),
    ];
    let row = |(n, consumer, organisation, user): (u8, &str, &str, &str)| {
        let mut row = grant_of(n, consumer, organisation, ONE);
        user.clone_into(&mut row.user);
        row
    };
    for given in rows {
        let change = Change::new().grant(Expected::Absent, row(given));
        subject.commits("a grant", Commit::Done, change)?;
    }
    let is = |selection, wanted: &[u8]| {
        let wanted: Vec<_> = wanted.iter().map(|n| id(*n)).collect();
        let found = ids(&subject, selection, None, 9)?;
        equal(&format!("{selection:?}"), wanted, found)
    };
    is(GrantSelection::All, &[1, 2, 3, 4])?;
    is(GrantSelection::Consumer("a"), &[1, 2])?;
    is(GrantSelection::Consumer("c"), &[])?;
    is(GrantSelection::User("u"), &[1, 3, 4])?;
    is(GrantSelection::Organisation("x"), &[1, 3])?;
    is(GrantSelection::Organisation("%"), &[])?;

    // A row is found by what it says now.
    let moved = Change::new().grant(version(1), row((4, "a", "z", "v")));
    subject.commits("a grant that changes its names", Commit::Done, moved)?;
    is(GrantSelection::Consumer("a"), &[1, 2, 4])?;
    is(GrantSelection::Consumer("b"), &[3])?;
    is(GrantSelection::User("u"), &[1, 3])?;
    is(GrantSelection::Organisation("y"), &[2])?;
    is(GrantSelection::Organisation("z"), &[4])
}

pub(super) fn pages<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    for n in [5, 200, 1, 3, 4] {
        let row = grant_of(n, "consumer", &n.to_string(), ONE);
        let change = Change::new().grant(Expected::Absent, row);
        subject.commits("a grant", Commit::Done, change)?;
    }
    let pages: [(Option<u8>, usize, &[u8]); 6] = [
        (None, 9, &[1, 3, 4, 5, 200]),
        (None, 2, &[1, 3]),
        (Some(3), 2, &[4, 5]),
        (Some(2), 9, &[3, 4, 5, 200]),
        (Some(200), 9, &[]),
        (None, 0, &[]),
    ];
    for selection in [GrantSelection::All, GrantSelection::Consumer("consumer")] {
        for (after, limit, wanted) in pages {
            let wanted: Vec<_> = wanted.iter().map(|n| id(*n)).collect();
            let found = ids(&subject, selection, after, limit)?;
            let what = format!("{selection:?}, at most {limit} after {after:?}");
            equal(&what, wanted, found)?;
        }
    }
    Ok(())
}
