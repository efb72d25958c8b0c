//! Compare-and-set.

use std::sync::Arc;

use countersign_token::Generation;

use crate::connection::{
    ConnectionChange, ConnectionCommit, ConnectionStore, Happening, HistoryEntry,
};
use crate::testing::conformance::Factory;
use crate::testing::conformance::connections::subject::{
    NOW, Subject, Told, answer, credentials, id, parts, row, version,
};
use crate::testing::conformance::parallel::together;
use crate::testing::conformance::report::{Checked, equal, expect, works};
use crate::version::{Commit, Expected, Version};

pub(super) fn compare<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let change = ConnectionChange::new(version(1), row(1, 1));
    subject.commits("a change of what is not there", Told::Conflict, change)?;
    subject.puts("a new connection", row(1, 1))?;
    let change = ConnectionChange::new(Expected::Absent, row(1, 2));
    subject.commits("a new one where one is", Told::Conflict, change)?;
    subject.is("a row after a conflict", 1, Some((1, 1)))?;
    let change = ConnectionChange::new(version(1), row(1, 2));
    subject.commits("a change from the version there is", Told::Done, change)?;
    let change = ConnectionChange::new(version(1), row(1, 3));
    subject.commits(
        "a change from a version that is gone",
        Told::Conflict,
        change,
    )?;
    let change = ConnectionChange::new(version(3), row(1, 3));
    subject.commits("a change from a version to come", Told::Conflict, change)?;
    subject.is("a row after one change", 1, Some((2, 2)))
}

pub(super) fn only_rises<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    subject.puts("a connection", row(1, 5))?;
    let change = ConnectionChange::new(version(1), row(1, 4));
    subject.commits("a change to a lower generation", Told::Conflict, change)?;
    subject.is("a row after a lower generation", 1, Some((5, 1)))?;
    let change = ConnectionChange::new(version(1), row(1, 5));
    subject.commits("a change within a generation", Told::Done, change)?;
    let mut newest = row(1, u64::MAX);
    newest.life.previous = Some(Generation::new(5));
    newest.previous = Some(credentials(5));
    let change = ConnectionChange::new(version(2), newest);
    subject.commits("the last generation", Told::Done, change)?;
    let found = subject.found(1)?;
    let found = found.map(|found| {
        let row = &found.row.row;
        let previous = row.previous.as_ref().map(parts);
        (row.life, parts(&row.credentials), previous)
    });
    let life = countersign_token::Connection {
        previous: Some(Generation::new(5)),
        ..row(1, u64::MAX).life
    };
    let previous = Some(parts(&credentials(5)));
    let expected = Some((life, parts(&credentials(u64::MAX)), previous));
    expect(
        found == expected,
        "the newest generation and the one before",
        found,
    )
}

pub(super) fn parallel<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    const THREADS: usize = 8;
    const ROUNDS: u64 = 20;
    let subject = Subject::new(factory)?;
    subject.puts("a connection", row(1, 1))?;
    for round in 1..=ROUNDS {
        let next = round.saturating_add(1);
        let tried = together(THREADS, |number| {
            let mut changed = row(1, next);
            let mark = u64::try_from(number).unwrap_or(0);
            changed.credentials = credentials(mark);
            let change = ConnectionChange::new(version(round), changed);
            (mark, subject.commit(change))
        });
        let mut won = Vec::new();
        for (mark, tried) in tried {
            if matches!(works("a change", tried)?, ConnectionCommit::Done { .. }) {
                won.push(mark);
            }
        }
        expect(won.len() == 1, "one of many changes from one version", &won)?;
        let found = subject.found(1)?;
        let found = found.map(|found| parts(&found.row.row.credentials));
        let winner = won.first().map(|mark| parts(&credentials(*mark)));
        equal("the row of the one that won", winner, found)?;
    }
    Ok(())
}

pub(super) fn never_stale<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    subject.is("a connection that is not there", 1, None)?;
    subject.puts("a connection", row(1, 1))?;
    for generation in 1..5_u64 {
        subject.is("a row just written", 1, Some((generation, generation)))?;
        let next = generation.saturating_add(1);
        let change = ConnectionChange::new(version(generation), row(1, next));
        subject.commits("a change", Told::Done, change)?;
        subject.keeps("an answer", 1, answer("late", next))?;
        subject.has_answers("an answer just kept", 1, &["late"])?;
    }
    Ok(())
}

pub(super) fn removed<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    subject.puts("a connection", row(1, 3))?;
    subject.puts("another connection", row(2, 1))?;
    subject.keeps("an answer", 1, answer("one", 3))?;
    let remove = |expected, n| {
        let removed = factory.block_on(subject.store.remove_connection(expected, &id(n)));
        works("a removal", removed)
    };
    equal(
        "a removal of an old version",
        Commit::Conflict,
        remove(version(9), 1)?,
    )?;
    subject.is("a row after a conflict", 1, Some((3, 1)))?;
    equal("a removal", Commit::Done, remove(version(1), 1)?)?;
    subject.is("a row that was removed", 1, None)?;
    subject.is("a row that was not removed", 2, Some((1, 1)))?;
    equal(
        "a removal of nothing",
        Commit::Conflict,
        remove(version(1), 1)?,
    )?;
    let kept = subject.keeps("an answer to nothing", 1, answer("two", 3))?;
    equal("an answer to a connection that is gone", None, kept)?;

    // Of a new authorisation, which may begin at the first generation again.
    subject.puts("a connection made anew", row(1, 1))?;
    subject.has_answers("answers to one made anew", 1, &[])?;
    let found = subject.found(1)?.map(|found| Arc::clone(&found.row));
    let again = found.map(|row| row.version);
    let above = again.is_some_and(|version| version > Version::FIRST);
    expect(above, "a version that was not there before", again)?;
    let history = factory.block_on(subject.store.history(&id(1)));
    let history = works("a history", history)?;
    expect(history.is_empty(), "no history of one made anew", history)
}

/// An answer to a renewal of the authorisation before must not replace the token of the one now.
pub(super) fn anew<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let mut newest = 6;
    subject.puts("a connection", row(1, newest))?;
    for _ in 0..3 {
        let found = subject.found(1)?.map(|found| found.row.version);
        let expected = found.map_or(Expected::Absent, Expected::Version);
        let removed = factory.block_on(subject.store.remove_connection(expected, &id(1)));
        equal("a removal", Commit::Done, works("a removal", removed)?)?;

        let life = row(1, 1).life;
        let entry = HistoryEntry::new(NOW, life.generation, Happening::Connected);
        let change = ConnectionChange::new(Expected::Absent, row(1, 1)).noting(entry);
        subject.commits("a connection made anew", Told::Done, change)?;
        let found = subject.found(1)?.map(|found| Arc::clone(&found.row));
        let generation = found
            .as_ref()
            .map_or(0, |row| row.row.life.generation.get());
        let above = generation > newest;
        expect(above, "a generation above those removed", generation)?;
        let found = found.map(|row| (row.row.life.state, parts(&row.row.credentials)));
        let expected = Some((life.state, parts(&credentials(1))));
        equal("a connection made anew", expected, found)?;
        let history = factory.block_on(subject.store.history(&id(1)));
        let history = works("a history", history)?;
        let noted: Vec<_> = history.iter().map(|entry| entry.generation.get()).collect();
        equal("the generation that is noted", vec![generation], noted)?;

        let kept = subject.keeps("a late answer", 1, answer("late", newest))?;
        equal("an answer to the one before", None, kept)?;
        subject.has_answers("answers to one made anew", 1, &[])?;
        newest = generation;
    }
    Ok(())
}
