//! Changes: compare-and-set, whole or not at all, one live grant.

use countersign_token::SessionState;

use crate::testing::conformance::Factory;
use crate::testing::conformance::parallel::together;
use crate::testing::conformance::report::{Checked, equal, works};
use crate::testing::conformance::tokens::subject::{
    ONE, Subject, access as access_row, grant as grant_row, grant_of, temporary as temporary_row,
    token, version, with_state,
};
use crate::token::{Change, TokenStore};
use crate::version::{Commit, Expected};

const THREADS: usize = 16;
const ROUNDS: usize = 10;

pub(super) fn temporary<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let put = |outcome, expected, mark: &str| {
        let what = format!("temporary credentials that expect {expected:?}");
        let change = Change::new().temporary(expected, temporary_row(1, mark));
        subject.commits(&what, outcome, change)
    };
    put(Commit::Conflict, version(1), "none")?;
    put(Commit::Done, Expected::Absent, ONE)?;
    put(Commit::Conflict, Expected::Absent, "again")?;
    put(Commit::Done, version(1), "two")?;
    for stale in [0, 1, 3] {
        put(Commit::Conflict, version(stale), "stale")?;
    }
    subject.temporary_is("the row after conflicts", 1, Some(("two", 2)))
}

pub(super) fn grant<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let put = |outcome, expected, mark: &str| {
        let what = format!("a grant that expects {expected:?}");
        let change = Change::new().grant(expected, grant_row(1, mark));
        subject.commits(&what, outcome, change)
    };
    put(Commit::Conflict, version(1), "none")?;
    put(Commit::Done, Expected::Absent, ONE)?;
    put(Commit::Conflict, Expected::Absent, "again")?;
    put(Commit::Done, version(1), "two")?;
    for stale in [0, 1, 3] {
        put(Commit::Conflict, version(stale), "stale")?;
    }
    subject.grant_is("the row after conflicts", 1, Some(("two", 2)))
}

pub(super) fn access<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let (first, second) = (grant_row(1, ONE), grant_row(2, ONE));
    let change = Change::new()
        .grant(Expected::Absent, first.clone())
        .grant(Expected::Absent, second.clone())
        .access(access_row(9, &first));
    subject.commits("a new access token", Commit::Done, change)?;
    for other in [&first, &second] {
        let change = Change::new().access(access_row(9, other));
        subject.commits("an access token that is there", Commit::Conflict, change)?;
    }
    let found = subject.access(token(9))?;
    let owner = found.map(|(access, _)| access.grant);
    equal("the grant of the token", Some(first.id), owner)?;
    let change = Change::new().access(access_row(8, &grant_row(3, ONE)));
    subject.commits(
        "an access token without its grant",
        Commit::Conflict,
        change,
    )?;
    subject.has_access("an access token without its grant", 8, false)
}

pub(super) fn twice<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let row = grant_row(1, ONE);
    let rows = [
        Change::new()
            .temporary(Expected::Absent, temporary_row(1, ONE))
            .temporary(Expected::Absent, temporary_row(1, "two")),
        Change::new()
            .grant(Expected::Absent, row.clone())
            .grant(Expected::Absent, grant_row(1, "two")),
        Change::new()
            .grant(Expected::Absent, row.clone())
            .access(access_row(1, &row))
            .access(access_row(1, &row)),
    ];
    for change in rows {
        subject.commits("a change with a row twice", Commit::Conflict, change)?;
    }
    subject.temporary_is("a row that came twice", 1, None)?;
    subject.grant_is("a row that came twice", 1, None)?;
    subject.has_access("a row that came twice", 1, false)
}

/// Each change has one row that is not as expected, and others that are.
pub(super) fn whole<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let owner = grant_row(1, ONE);
    let start = Change::new()
        .temporary(Expected::Absent, temporary_row(1, ONE))
        .grant(Expected::Absent, owner.clone())
        .access(access_row(1, &owner));
    subject.commits("the first change", Commit::Done, start)?;
    let good = || {
        let new = grant_row(2, "new");
        Change::new()
            .temporary(version(1), temporary_row(1, "new"))
            .temporary(Expected::Absent, temporary_row(2, "new"))
            .grant(version(1), grant_row(1, "new"))
            .grant(Expected::Absent, new.clone())
            .access(access_row(2, &new))
    };
    let rival = grant_of(3, "consumer", "organisation 1", "new");
    let bad = [
        (
            "stale temporary credentials",
            good().temporary(version(2), temporary_row(3, ONE)),
        ),
        ("a stale grant", good().grant(version(2), grant_row(3, ONE))),
        (
            "an access token that is there",
            good().access(access_row(1, &owner)),
        ),
        ("a second live grant", good().grant(Expected::Absent, rival)),
    ];
    for (fault, change) in bad {
        let what = format!("a change with {fault}");
        subject.commits(&what, Commit::Conflict, change)?;
        subject.temporary_is(&what, 1, Some((ONE, 1)))?;
        subject.temporary_is(&what, 2, None)?;
        subject.grant_is(&what, 1, Some((ONE, 1)))?;
        subject.grant_is(&what, 2, None)?;
        subject.has_access(&what, 2, false)?;
    }
    subject.commits("the same without a fault", Commit::Done, good())?;
    subject.temporary_is("the whole change", 1, Some(("new", 2)))?;
    subject.temporary_is("the whole change", 2, Some(("new", 1)))?;
    subject.grant_is("the whole change", 1, Some(("new", 2)))?;
    subject.has_access("the whole change", 2, true)
}

pub(super) fn one_live<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let live = |n| grant_of(n, "consumer", "organisation", ONE);
    let dead = |n| with_state(live(n), SessionState::Replaced);
    let add = |n| Change::new().grant(Expected::Absent, live(n));

    let two = add(1).grant(Expected::Absent, live(2));
    subject.commits("two live grants at once", Commit::Conflict, two)?;
    subject.commits("the first live grant", Commit::Done, add(1))?;
    subject.commits("a second live grant", Commit::Conflict, add(2))?;
    let elsewhere = Change::new()
        .grant(Expected::Absent, grant_of(3, "consumer", "another", ONE))
        .grant(Expected::Absent, grant_of(4, "other", "organisation", ONE))
        .grant(Expected::Absent, dead(5));
    subject.commits(
        "grants of other pairs, and a dead one",
        Commit::Done,
        elsewhere,
    )?;

    // The replacement, with the rows in either order.
    let change = add(6).grant(version(1), dead(1));
    subject.commits("a replacement", Commit::Done, change)?;
    let change = Change::new()
        .grant(version(1), dead(6))
        .grant(Expected::Absent, live(7));
    subject.commits("a replacement", Commit::Done, change)?;

    let lapsed = with_state(live(7), SessionState::Lapsed);
    let change = Change::new().grant(version(1), lapsed);
    subject.commits("a grant that lapses", Commit::Done, change)?;
    subject.commits("another beside a lapsed one", Commit::Conflict, add(8))?;
    let change = Change::new().grant(version(2), live(1));
    subject.commits(
        "a dead grant beside a lapsed one made live",
        Commit::Conflict,
        change,
    )?;
    let moved = grant_of(3, "consumer", "organisation", ONE);
    let change = Change::new().grant(version(1), moved);
    subject.commits("a live grant moved onto another", Commit::Conflict, change)?;
    let change = Change::new().grant(version(2), dead(7));
    subject.commits("the last one's end", Commit::Done, change)?;
    subject.commits("a new one after all ended", Commit::Done, add(9))
}

pub(super) fn parallel<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let other = works("another handle", factory.another(&subject.store))?;
    let mut expected = Expected::Absent;
    for round in 0..ROUNDS {
        let found = together(THREADS, |number| {
            let store = match &other {
                Some(other) if number % 2 == 1 => other,
                _ => &subject.store,
            };
            let mark = number.to_string();
            let change = Change::new()
                .grant(expected, grant_row(1, &mark))
                .temporary(expected, temporary_row(1, &mark));
            let done = factory.block_on(store.commit(change));
            matches!(done, Ok(Commit::Done)).then_some(mark)
        });
        let winners: Vec<_> = found.into_iter().flatten().collect();
        equal("changes made of 16 from one version", 1, winners.len())?;
        let made = u64::try_from(round).unwrap_or(0).saturating_add(1);
        let winner = winners.first().map(|mark| (mark.as_str(), made));
        subject.grant_is("the grant of the change that was made", 1, winner)?;
        subject.temporary_is("the credentials of that change", 1, winner)?;
        expected = version(made);
    }
    Ok(())
}

pub(super) fn parallel_live<F: Factory<Store: TokenStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let other = works("another handle", factory.another(&subject.store))?;
    for round in 0..ROUNDS {
        let organisation = round.to_string();
        let found = together(THREADS, |number| {
            let store = match &other {
                Some(other) if number % 2 == 1 => other,
                _ => &subject.store,
            };
            let n = number.saturating_add(round.saturating_mul(THREADS));
            let n = u8::try_from(n).unwrap_or(u8::MAX);
            let row = grant_of(n, "consumer", &organisation, ONE);
            let change = Change::new().grant(Expected::Absent, row);
            factory.block_on(store.commit(change))
        });
        let done = |found: &&_| matches!(found, Ok(Commit::Done));
        let winners = found.iter().filter(done).count();
        equal("live grants of 16 for one pair at once", 1, winners)?;
    }
    Ok(())
}
