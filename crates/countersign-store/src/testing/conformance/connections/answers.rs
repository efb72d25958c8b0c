//! Answers are kept until nobody needs them.

use std::sync::Arc;

use countersign_key::SecretBytes;
use countersign_token::{ConnectionState, Generation, Intent, IntentId};

use crate::connection::{ConnectionChange, ConnectionId, ConnectionStore, LeaseStep, RawAnswer};
use crate::error::StoreError;
use crate::testing::conformance::Factory;
use crate::testing::conformance::connections::subject::{
    NOW, Subject, Told, after, answer, id, renewing, row, take, version,
};
use crate::testing::conformance::report::{Checked, Mismatch, equal, expect, works};

pub(super) fn kept<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    subject.puts("a connection", row(1, 3))?;
    subject.puts("another connection", row(2, 3))?;
    let first = subject.keeps("an answer", 1, answer("\0one\u{fffd}", 3))?;
    let second = subject.keeps("an answer", 1, answer("two", 3))?;
    let other = subject.keeps("an answer to another", 2, answer("three", 3))?;
    let differ = first < second && ![first, second].contains(&other) && first.is_some();
    expect(differ, "numbers of their own", (first, second, other))?;
    subject.has_answers("answers", 1, &["\\x00one\\xef\\xbf\\xbd", "two"])?;
    subject.has_answers("answers to another", 2, &["three"])?;
    let found = subject.found(1)?;
    let found = found.and_then(|found| found.answers.first().cloned());
    let found = found.map(|kept| {
        let RawAnswer {
            intent,
            renewed,
            received,
            ..
        } = kept.answer;
        (Some(kept.number), intent, renewed, received)
    });
    let expected = (first, IntentId::new(7), Generation::new(3), NOW);
    equal("what is known of an answer", Some(expected), found)
}

/// A holder that slept past its lease brings the only copy of a token.
pub(super) fn late<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    subject.puts("a connection", row(1, 1))?;
    let taking = |expected, now| {
        let step = take(after(now), after(now.saturating_add(60)));
        ConnectionChange::new(version(expected), renewing(1, 1)).leasing(step)
    };
    let paused = subject.commits("a lease", Told::Done, taking(1, 0))?;
    let holder = subject.commits("a lease that is over", Told::Done, taking(2, 60))?;
    let kept = subject.keeps("an answer without a lease", 1, answer("late", 1))?;
    expect(kept.is_some(), "an answer without a lease to be kept", kept)?;
    subject.has_answers("an answer without a lease", 1, &["late"])?;
    let step = paused.map_or(LeaseStep::Leave, LeaseStep::Free);
    let change = ConnectionChange::new(version(3), row(1, 2)).leasing(step);
    let lease = subject.commits("a newer token without a lease", Told::Done, change)?;
    equal("the lease of another", holder, lease)?;
    subject.is("the newest generation", 1, Some((2, 4)))
}

pub(super) fn end<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    subject.puts("a connection", row(1, 3))?;
    let kept = subject.keeps("an answer", 1, answer("one", 3))?;
    subject.keeps("an answer", 1, answer("two", 3))?;
    let change = ConnectionChange::new(version(1), renewing(1, 3));
    subject.commits("a change within a generation", Told::Done, change)?;
    subject.has_answers("answers after a change", 1, &["one", "two"])?;
    let dropping = |expected| {
        let change = ConnectionChange::new(version(expected), row(1, 3));
        kept.into_iter().fold(change, ConnectionChange::dropping)
    };
    subject.commits("a change that conflicts", Told::Conflict, dropping(1))?;
    subject.has_answers("answers after a conflict", 1, &["one", "two"])?;
    subject.commits("dropping an answer", Told::Done, dropping(2))?;
    subject.has_answers("answers after one was dropped", 1, &["two"])?;
    let change = ConnectionChange::new(version(3), row(1, 4));
    subject.commits("a newer token", Told::Done, change)?;
    subject.has_answers("answers to a generation that is over", 1, &[])?;
    let kept = subject.keeps("an answer to an old generation", 1, answer("old", 3))?;
    equal("an answer that nobody needs", None, kept)?;
    subject.has_answers("answers to a generation that is over", 1, &[])
}

pub(super) fn room<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    subject.puts("a connection", row(1, 1))?;
    let long = |length| {
        let bytes = Arc::new(SecretBytes::new(vec![b'a'; length]));
        RawAnswer::new(IntentId::new(7), Generation::FIRST, NOW, bytes)
    };
    let keep = |answer| factory.block_on(subject.store.keep_answer(&id(1), answer));
    let refused = |what: &str, found: Result<_, StoreError>| {
        let refuses = matches!(found, Err(StoreError::Full { .. }));
        expect(refuses, format!("{what} to be refused"), found)
    };
    refused(
        "too long an answer",
        keep(long(RawAnswer::MOST_BYTES.saturating_add(1))),
    )?;
    for _ in 0..RawAnswer::MOST {
        let kept = works("the longest answer", keep(long(RawAnswer::MOST_BYTES)))?;
        expect(kept.is_some(), "the longest answer to be kept", kept)?;
    }
    refused("one answer too many", keep(long(1)))?;
    let change = ConnectionChange::new(version(1), renewing(1, 1)).leasing(take(NOW, after(60)));
    let refuses = matches!(subject.commit(change), Err(StoreError::Full { .. }));
    expect(refuses, "no lease without room for its answer", refuses)?;
    subject.is("a row after that", 1, Some((1, 1)))?;
    let found = subject.found(1)?.map_or(0, |found| found.answers.len());
    equal("answers in a full store", RawAnswer::MOST, found)
}

pub(super) fn unsettled<F: Factory<Store: ConnectionStore>>(factory: &F) -> Checked {
    let subject = Subject::new(factory)?;
    let list = |after: Option<ConnectionId>, limit| -> Result<_, Mismatch> {
        let found = factory.block_on(subject.store.unsettled(after.as_ref(), limit));
        works("a look for what is unsettled", found)
    };
    subject.puts("an active connection", row(1, 1))?;
    subject.puts("a connection that is renewed", renewing(2, 1))?;
    subject.puts("an active connection with an answer", row(3, 1))?;
    subject.keeps("an answer", 3, answer("one", 1))?;
    let mut unknown = row(4, 1);
    let intent = Intent::new(IntentId::new(7), unknown.life.generation, NOW, 60);
    unknown.life.state = ConnectionState::RenewalUnknown(intent);
    subject.puts("a connection in doubt", unknown)?;
    equal("unsettled", vec![id(2), id(3), id(4)], list(None, 9)?)?;
    equal("the first two", vec![id(2), id(3)], list(None, 2)?)?;
    equal("those after", vec![id(4)], list(Some(id(3)), 9)?)?;
    for (n, from) in [(2, 1), (3, 1), (4, 1)] {
        let change = ConnectionChange::new(version(from), row(n, 2));
        subject.commits("a newer token", Told::Done, change)?;
    }
    equal("unsettled after that", Vec::new(), list(None, 9)?)
}
