//! One holder.

use crate::connection::{
    ConnectionChange, ConnectionCommit, ConnectionStore, Fence, Happening, HistoryEntry, LeaseStep,
};
use crate::testing::conformance::Factory;
use crate::testing::conformance::connections::subject::{
    NOW, Subject, Told, after, id, renewing, row, take, version,
};
use crate::testing::conformance::parallel::together;
use crate::testing::conformance::report::{Checked, equal, expect, works};

fn taking(expected: u64, now: i64, until: i64) -> ConnectionChange {
    let step = take(after(now), after(until));
    ConnectionChange::new(version(expected), renewing(1, 1)).leasing(step)
}

pub(super) fn one_holder<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    subject.puts("a connection", row(1, 1))?;
    let first = subject.commits("a free lease", Told::Done, taking(1, 0, 60))?;
    let held = subject.found(1)?.and_then(|found| found.lease);
    let lease = held.map(|lease| (Some(lease.fence), lease.until));
    equal("the lease as read", Some((first, after(60))), lease)?;
    let held = subject.commits("a lease that is held", Told::Leased, taking(2, 59, 120))?;
    equal("whose it is", first, held)?;
    subject.is("a row after a lease that is held", 1, Some((1, 2)))?;
    let second = subject.commits("a lease that is over", Told::Done, taking(2, 60, 120))?;
    expect(
        second > first,
        "a fence above the last one",
        (first, second),
    )?;

    let free = |fence: Option<Fence>| {
        let step = fence.map_or(LeaseStep::Leave, LeaseStep::Free);
        ConnectionChange::new(version(3), row(1, 1)).leasing(step)
    };
    let left = subject.commits("giving a lease back", Told::Done, free(second))?;
    equal("the lease after it was given back", None, left)?;
    let third = subject.commits("a lease given back", Told::Done, taking(4, 61, 120))?;
    expect(
        third > second,
        "a fence above one given back",
        (second, third),
    )
}

pub(super) fn parallel<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    const THREADS: usize = 8;
    let subject = Subject::new(factory)?;
    subject.puts("a connection", row(1, 1))?;
    for round in 1..=20_u64 {
        let now = i64::try_from(round).unwrap_or(0).saturating_mul(100);
        // Each expects the version that its own look finds, as processes do that meet.
        let tried = together(THREADS, |_| {
            let found = factory.block_on(subject.store.connection(&id(1)));
            let found = works("a look-up", found)?;
            let seen = found.map_or(0, |found| found.row.version.number());
            works(
                "taking a lease",
                subject.commit(taking(seen, now, now.saturating_add(50))),
            )
        });
        let mut holders = 0_u32;
        for tried in tried {
            if matches!(tried?, ConnectionCommit::Done { .. }) {
                holders = holders.saturating_add(1);
            }
        }
        equal("how many hold the lease", 1, holders)?;
    }
    Ok(())
}

pub(super) fn fence<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    subject.puts("a connection", row(1, 1))?;
    let old = subject.commits("a lease", Told::Done, taking(1, 0, 60))?;
    let Some(old) = old else {
        return expect(false, "the lease that was taken", "none");
    };
    let extended = subject.extends("one's own lease", 1, old, after(90))?;
    equal("whether it was extended", true, extended)?;
    subject.commits("an extended lease", Told::Leased, taking(2, 60, 120))?;
    let new = subject.commits("a lease that is over", Told::Done, taking(2, 90, 150))?;
    let held = || -> Result<_, _> { Ok(subject.found(1)?.and_then(|found| found.lease)) };
    let before = held()?;

    let extended = subject.extends("a lease of the past", 1, old, after(500))?;
    equal("whether a lease of the past was extended", false, extended)?;
    let keep = LeaseStep::Keep {
        fence: old,
        until: after(500),
    };
    let change = ConnectionChange::new(version(3), renewing(1, 1)).leasing(keep);
    subject.commits("keeping a lease of the past", Told::LeaseLost, change)?;
    subject.is("a row after a lost lease", 1, Some((1, 3)))?;
    // An answer may come with it: the change is made, the lease is another's.
    let change = ConnectionChange::new(version(3), row(1, 2)).leasing(LeaseStep::Free(old));
    let left = subject.commits("giving back a lease of the past", Told::Done, change)?;
    equal("the lease of another", new, left)?;
    equal("the lease of another", before, held()?)?;

    let Some(new) = new else {
        return expect(false, "the lease that was taken", "none");
    };
    let keep = LeaseStep::Keep {
        fence: new,
        until: after(200),
    };
    let change = ConnectionChange::new(version(4), row(1, 2)).leasing(keep);
    let kept = subject.commits("keeping one's own lease", Told::Done, change)?;
    equal("the fence of a lease that was kept", Some(new), kept)?;
    let until = held()?.map(|lease| lease.until);
    equal("its end", Some(after(200)), until)
}

pub(super) fn whole<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    subject.puts("a connection", row(1, 1))?;
    subject.commits("a lease", Told::Done, taking(1, 0, 60))?;
    let noted = HistoryEntry::new(NOW, row(1, 1).life.generation, Happening::Renewed);
    let change = ConnectionChange::new(version(2), row(1, 9))
        .leasing(take(after(1), after(60)))
        .noting(noted);
    subject.commits("a change that takes a held lease", Told::Leased, change)?;
    subject.is("a row after it", 1, Some((1, 2)))?;
    let history = factory.block_on(subject.store.history(&id(1)));
    let history = works("a history", history)?;
    expect(
        history.is_empty(),
        "no history of what was not done",
        history,
    )
}
