//! The fault rows that concern a client, on SQLite, each by its name.

use core::sync::atomic::AtomicUsize;
use std::sync::Arc;

use countersign_client::connections::{ConnectionError, EventKind, Host, Settings, Verdict};
use countersign_key::SecretBytes;
use countersign_store::{ConnectionStore, MemoryConnectionStore, RawAnswer, RenewalFault};
use countersign_store_sqlite::SqliteConnectionStore;
use countersign_token::{ConnectionPhase, Generation, IntentId, ReauthorisationCause, Refusal};
use tempfile::TempDir;

use crate::odd::Odd;
use crate::provider::{LIFE, Mode, Provider, Trouble, answer, credentials, number};
use crate::support::{Clock, NOW, Process, block_on, id, open};

struct World {
    directory: TempDir,
    provider: Arc<Provider>,
    clock: Clock,
}

impl World {
    fn new(mode: Mode) -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            provider: Provider::new(mode),
            clock: Clock::new(),
        }
    }

    fn store(&self) -> SqliteConnectionStore {
        open(&self.directory.path().join("connections.db"))
    }

    fn process(&self) -> Process<SqliteConnectionStore> {
        Process::new(self.store(), &self.provider, &self.clock)
    }

    /// A process with a connection whose token is over.
    fn expired(&self) -> Process<SqliteConnectionStore> {
        let process = self.process();
        process.connect("a", &self.clock);
        self.clock.pass(i64::from(LIFE));
        process
    }
}

fn phase(process: &Process<SqliteConnectionStore>) -> ConnectionPhase {
    let current = block_on(process.connections.read(&id("a"))).unwrap();
    current.state.phase()
}

#[test]
fn f03_a_lost_answer_is_repeated_by_a_graceful_provider() {
    let world = World::new(Mode::Graceful);
    let process = world.expired();
    world.provider.trouble([Some(Trouble::AnswerLost)]);
    assert_eq!(process.token("a").unwrap(), 2);
    assert_eq!(
        (world.provider.requests(), world.provider.renewals("a")),
        (2, 1)
    );
    assert_eq!(phase(&process), ConnectionPhase::Active);
    let lost = EventKind::RenewalFailed(RenewalFault::Lost);
    assert!(process.events().contains(&lost));
}

#[test]
fn f03_a_lost_answer_of_a_strict_provider_is_a_typed_loss_after_one_retry() {
    let world = World::new(Mode::Strict);
    let process = world.expired();
    world.provider.trouble([Some(Trouble::AnswerLost)]);
    let error = process.token("a").unwrap_err();
    let ConnectionError::NeedsReauthorisation(loss) = error else {
        panic!("{error}");
    };
    assert_eq!(loss.cause, ReauthorisationCause::RenewalLost);
    let intent = loss.intent.unwrap();
    assert!(intent.retry_of().is_some() && intent.id() > IntentId::new(1));
    assert_eq!(intent.made(), world.clock.now());
    assert_eq!(world.provider.requests(), 2);
    // N is kept, and nothing is sent any more.
    let current = process.connections.current(&id("a")).unwrap();
    assert_eq!(number(&current.credentials), 1);
    assert!(process.token("a").is_err());
    let other = world.process();
    assert!(other.token("a").is_err());
    assert_eq!(block_on(other.connections.recover()).unwrap().lost, 0);
    assert_eq!(world.provider.requests(), 2);
}

#[test]
fn f03_two_lost_answers_are_no_loss_yet() {
    for (mode, after) in [(Mode::Graceful, Some(2)), (Mode::Strict, None)] {
        let world = World::new(mode);
        let process = world.expired();
        world
            .provider
            .trouble([Some(Trouble::AnswerLost), Some(Trouble::RequestLost)]);
        let error = process.token("a").unwrap_err();
        assert!(
            matches!(error, ConnectionError::Failed(RenewalFault::Lost)),
            "{error}"
        );
        assert_eq!(world.provider.requests(), 2, "one retry");
        assert_eq!(phase(&process), ConnectionPhase::RenewalUnknown);
        assert_eq!(process.token("a").ok(), after);
        assert_eq!(world.provider.requests(), 3);
    }
}

/// What never arrived was never carried out.
#[test]
fn f03_a_lost_request_is_sent_once_more() {
    for mode in [Mode::Strict, Mode::Graceful] {
        let world = World::new(mode);
        let process = world.expired();
        world.provider.trouble([Some(Trouble::RequestLost)]);
        assert_eq!(process.token("a").unwrap(), 2);
        assert_eq!(
            (world.provider.requests(), world.provider.renewals("a")),
            (2, 1)
        );
    }
}

#[test]
fn f04_an_answer_cut_at_any_offset_is_never_half_a_token() {
    let whole = answer("a", 2);
    let world = World::new(Mode::Graceful);
    let process = world.process();
    for length in 0..whole.len() {
        let account = format!("a{length}");
        process.connect(&account, &world.clock);
        world.provider.trouble([Some(Trouble::CutAt(length))]);
        assert_eq!(process.renew(&account, 1).unwrap(), 2);
        assert_eq!(world.provider.renewals(&account), 1);
    }
    let world = World::new(Mode::Strict);
    let process = world.process();
    for length in [0, 4, whole.len() / 2, whole.len() - 1] {
        let account = format!("a{length}");
        process.connect(&account, &world.clock);
        world.provider.trouble([Some(Trouble::CutAt(length))]);
        let error = process.renew(&account, 1).unwrap_err();
        let ConnectionError::NeedsReauthorisation(loss) = error else {
            panic!("{error}");
        };
        assert_eq!(loss.cause, ReauthorisationCause::RenewalLost);
    }
}

/// A process dies with an answer that it has kept and not used.
#[test]
fn f05_a_kept_answer_is_the_newest_token_after_a_crash() {
    let world = World::new(Mode::Strict);
    let process = world.expired();
    // As far as P7, by hand: the intent, the request, the raw answer.
    world.provider.set_issued("a", 2);
    let raw = RawAnswer::new(
        IntentId::new(2),
        Generation::FIRST,
        world.clock.now(),
        Arc::new(SecretBytes::new(answer("a", 2).into_bytes())),
    );
    let store = world.store();
    block_on(store.keep_answer(&id("a"), raw)).unwrap().unwrap();
    drop(process);
    let process = world.process();
    let tally = block_on(process.connections.recover()).unwrap();
    assert_eq!((tally.renewed, tally.lost, tally.failed), (1, 0, 0));
    assert_eq!(process.token("a").unwrap(), 2);
    assert_eq!(world.provider.requests(), 0);
}

/// After the connection was made, `good` commits work, and then `failing` do not.
fn failing(world: &World, good: usize, failing: usize, keeps_fail: bool) -> Process<Odd> {
    let mut store = Odd::new(world.store(), &world.clock);
    store.good = AtomicUsize::new(1 + good);
    store.failing = AtomicUsize::new(failing);
    store.keeps_fail = keeps_fail;
    let process = Process::new(store, &world.provider, &world.clock);
    process.connect("a", &world.clock);
    world.clock.pass(i64::from(LIFE));
    process
}

#[test]
fn f06_without_a_durable_intent_nothing_is_sent() {
    let world = World::new(Mode::Strict);
    let process = failing(&world, 0, 1, false);
    let error = process.token("a").unwrap_err();
    assert!(matches!(error, ConnectionError::Store(_)), "{error}");
    assert_eq!(world.provider.requests(), 0);
    assert_eq!(process.token("a").unwrap(), 2);
}

#[test]
fn f06_a_token_that_cannot_be_stored_is_used_and_stored_later() {
    for keeps_fail in [true, false] {
        let world = World::new(Mode::Strict);
        let process = failing(&world, 1, 2, keeps_fail);
        // The answer, the row, or both can't be written: the token is in the hands of this process.
        assert_eq!(process.token("a").unwrap(), 2);
        let held = EventKind::RenewalFailed(RenewalFault::Store);
        assert_eq!(process.events().last(), Some(&held));
        assert_eq!(process.token("a").unwrap(), 2);
        world.clock.pass(60);
        assert_eq!(block_on(process.connections.renew_due()).renewed, 1);
        assert_eq!(process.token("a").unwrap(), 2);
        world.clock.pass(60);
        assert_eq!(block_on(process.connections.renew_due()).renewed, 1);
        assert_eq!(world.provider.requests(), 1);
        let other = world.process();
        assert_eq!(other.token("a").unwrap(), 2);
        assert_eq!(phase(&other), ConnectionPhase::Active);
    }
}

/// Faults of the provider and the network change no state.
#[test]
fn a_fault_leaves_the_token_as_it_was() {
    for (trouble, fault) in [
        (Trouble::Down, RenewalFault::Provider),
        (Trouble::NotSent, RenewalFault::NotSent),
    ] {
        let world = World::new(Mode::Strict);
        let process = world.process();
        process.connect("a", &world.clock);
        world.provider.trouble([Some(trouble)]);
        let error = process.renew("a", 1).unwrap_err();
        assert!(matches!(error, ConnectionError::Failed(found) if found == fault));
        assert_eq!(process.token("a").unwrap(), 1);
        assert_eq!(process.renew("a", 1).unwrap(), 2);
        assert_eq!(world.provider.requests(), 2);
    }
}

/// A request that was never sent leaves no doubt; one before it whose answer was lost still does.
#[test]
fn a_request_that_was_not_sent_is_no_lost_renewal() {
    let not_sent = Some(Trouble::NotSent);
    for (lost, phase_then, cause) in [
        (
            false,
            ConnectionPhase::Active,
            ReauthorisationCause::TokenRejected,
        ),
        (
            true,
            ConnectionPhase::Renewing,
            ReauthorisationCause::RenewalLost,
        ),
    ] {
        let world = World::new(Mode::Strict);
        let process = world.expired();
        let before = lost.then_some(Some(Trouble::RequestLost));
        world.provider.trouble(before.into_iter().chain([not_sent]));
        let error = process.token("a").unwrap_err();
        assert!(matches!(
            error,
            ConnectionError::Failed(RenewalFault::NotSent)
        ));
        assert_eq!(phase(&process), phase_then);
        world.provider.revoke();
        let error = process.token("a").unwrap_err();
        let ConnectionError::NeedsReauthorisation(loss) = error else {
            panic!("{error}");
        };
        assert_eq!(loss.cause, cause);
    }
}

/// F11: a holder sleeps past its lease while its request is under way. Another takes over, and is
/// refused; then the sleeper brings the only copy of N+1.
#[test]
fn f11_a_paused_holder_brings_the_only_copy_after_its_lease() {
    let world = World::new(Mode::Strict);
    // It does not extend its lease while it sleeps.
    let asleep = Settings::default().with_lease_seconds(3600);
    let paused = Process::with(world.store(), &world.provider, &world.clock, asleep);
    paused.connect("a", &world.clock);
    let other = world.process();
    world.clock.pass(i64::from(LIFE));
    world.provider.trouble([Some(Trouble::AnswerHeld)]);
    std::thread::scope(|scope| {
        let sleeper = scope.spawn(|| paused.token("a"));
        world.provider.wait_for_held(1);
        world.clock.pass(3601);
        let error = other.token("a").unwrap_err();
        let ConnectionError::NeedsReauthorisation(loss) = error else {
            panic!("{error}");
        };
        assert_eq!(loss.cause, ReauthorisationCause::RenewalLost);
        world.provider.release();
        assert_eq!(sleeper.join().unwrap().unwrap(), 2);
    });
    assert_eq!(phase(&other), ConnectionPhase::Active);
    assert_eq!(other.renew("a", 1).unwrap(), 2);
    assert_eq!(world.provider.renewals("a"), 1);
}

/// F11: who wakes up after its lease and has not sent yet sends nothing.
#[test]
fn f11_a_holder_that_wakes_after_its_lease_does_not_send() {
    let world = World::new(Mode::Strict);
    let process = world.process();
    process.connect("a", &world.clock);
    let mut store = Odd::new(world.store(), &world.clock);
    store.sleeps = AtomicUsize::new(1);
    let sleeper = Process::new(store, &world.provider, &world.clock);
    // The lease is over when its commit is told: it is taken again, and only then is it sent.
    assert_eq!(sleeper.renew("a", 1).unwrap(), 2);
    assert_eq!(world.provider.requests(), 1);
}

/// A delays N+1 until B has stored N+2.
#[test]
fn f12_a_late_writer_does_not_set_the_token_back() {
    let world = World::new(Mode::Graceful);
    let asleep = Settings::default().with_lease_seconds(3600);
    let late = Process::with(world.store(), &world.provider, &world.clock, asleep);
    late.connect("a", &world.clock);
    let other = world.process();
    world.provider.trouble([Some(Trouble::AnswerHeld)]);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| late.renew("a", 1));
        world.provider.wait_for_held(1);
        world.clock.pass(3601);
        assert_eq!(other.renew("a", 1).unwrap(), 2);
        assert_eq!(other.renew("a", 2).unwrap(), 3);
        world.provider.release();
        assert_eq!(writer.join().unwrap().unwrap(), 3);
    });
    for process in [&late, &other] {
        let current = block_on(process.connections.read(&id("a"))).unwrap();
        assert_eq!(
            (current.generation, number(&current.credentials)),
            (Generation::new(3), 3)
        );
    }
}

#[test]
fn f13_an_old_backup_is_one_try_and_a_typed_loss() {
    let world = World::new(Mode::Strict);
    let process = world.process();
    process.connect("a", &world.clock);
    let path = |name: &str| world.directory.path().join(name);
    for name in FILES {
        std::fs::copy(path(name), path(&format!("{name}.backup"))).unwrap();
    }
    for than in 1..=3 {
        assert_eq!(process.renew("a", than).unwrap(), than + 1);
    }
    drop(process);
    let requests = world.provider.requests();
    let _ = std::fs::remove_file(path("connections.db-shm"));
    for name in FILES {
        std::fs::copy(path(&format!("{name}.backup")), path(name)).unwrap();
    }
    world.clock.pass(i64::from(LIFE));
    let process = world.process();
    for _ in 0..3 {
        let error = process.token("a").unwrap_err();
        let ConnectionError::NeedsReauthorisation(loss) = error else {
            panic!("{error}");
        };
        assert_eq!(loss.cause, ReauthorisationCause::TokenRejected);
    }
    assert_eq!(world.provider.requests(), requests + 1);
}

/// Database and log, which belong together.
const FILES: [&str; 2] = ["connections.db", "connections.db-wal"];

/// A process that knows more than the store that was put back writes it there again.
#[test]
fn f13_what_a_process_knows_outlives_an_old_backup() {
    let world = World::new(Mode::Strict);
    let backup = Arc::new(MemoryConnectionStore::new());
    Process::new(Arc::clone(&backup), &world.provider, &world.clock).connect("a", &world.clock);
    let store = Arc::new(Odd::new(MemoryConnectionStore::new(), &world.clock));
    let process = Process::new(Arc::clone(&store), &world.provider, &world.clock);
    process.connect("a", &world.clock);
    for than in 1..=3 {
        assert_eq!(process.renew("a", than).unwrap(), than + 1);
    }
    store.switch(Arc::clone(&backup));
    // Also by a look at the store nothing is forgotten.
    let seen = block_on(process.connections.read(&id("a"))).unwrap();
    assert_eq!(number(&seen.credentials), 4);
    world.clock.pass(i64::from(LIFE));
    assert_eq!(process.token("a").unwrap(), 5);
    assert_eq!(process.renew("a", 5).unwrap(), 6);
    assert_eq!(world.provider.requests(), 5);
    let other = Process::new(backup, &world.provider, &world.clock);
    assert_eq!(other.renew("a", 5).unwrap(), 6);
}

/// What the user authorises after a store was put back is newer than all that a process knew before.
#[test]
fn f13_an_authorisation_after_an_old_backup_is_the_newest() {
    for backed_up in [true, false] {
        let world = World::new(Mode::Strict);
        let backup = Arc::new(MemoryConnectionStore::new());
        if backed_up {
            let process = Process::new(Arc::clone(&backup), &world.provider, &world.clock);
            process.connect("a", &world.clock);
        }
        let store = Arc::new(Odd::new(MemoryConnectionStore::new(), &world.clock));
        let process = Process::new(Arc::clone(&store), &world.provider, &world.clock);
        process.connect("a", &world.clock);
        for than in 1..=3 {
            assert_eq!(process.renew("a", than).unwrap(), than + 1);
        }
        store.switch(Arc::clone(&backup));
        let again = credentials("a", 9, world.clock.now());
        let connected = block_on(process.connections.connect(&id("a"), again)).unwrap();
        assert_eq!(number(&connected.credentials), 9);
        assert_eq!(process.token("a").unwrap(), 9);
        // A look at the store puts nothing older in its place.
        block_on(process.connections.recover()).unwrap();
        block_on(process.connections.renew_due());
        let other = Process::new(backup, &world.provider, &world.clock);
        assert_eq!(other.token("a").unwrap(), 9);
        assert_eq!(process.token("a").unwrap(), 9);
        assert_eq!(world.provider.requests(), 3);
    }
}

/// F14, F15: the provider's word on a token's age counts, whatever this clock says.
#[test]
fn f14_a_clock_that_is_behind_costs_one_refused_request() {
    let world = World::new(Mode::Strict);
    let process = world.process();
    process.connect("a", &world.clock);
    world.clock.pass(-3600);
    assert_eq!(process.token("a").unwrap(), 1);
    let again = process.report("a", 1, Verdict::Expired).unwrap().unwrap();
    assert_eq!(number(&again.credentials), 2);
    assert_eq!(world.provider.requests(), 1);
    assert!(world.clock.now() < NOW);
}

/// While a renewal is in doubt a refused token is not given up before that is settled.
#[test]
fn a_refusal_in_doubt_asks_for_the_renewal_once_more() {
    let world = World::new(Mode::Graceful);
    let process = world.process();
    process.connect("a", &world.clock);
    world
        .provider
        .trouble([Some(Trouble::AnswerLost), Some(Trouble::AnswerLost)]);
    assert!(process.renew("a", 1).is_err());
    assert_eq!(phase(&process), ConnectionPhase::RenewalUnknown);
    let refused = Verdict::Refused(Refusal::TokenRejected);
    let again = process.report("a", 1, refused).unwrap().unwrap();
    assert_eq!(number(&again.credentials), 2);
}

#[test]
fn a_revoked_grant_is_lost_with_its_cause_and_one_request() {
    let world = World::new(Mode::Strict);
    let process = world.expired();
    world.provider.revoke();
    let error = process.token("a").unwrap_err();
    let ConnectionError::NeedsReauthorisation(loss) = error else {
        panic!("{error}");
    };
    assert_eq!(loss.cause, ReauthorisationCause::TokenRejected);
    assert_eq!(world.provider.requests(), 1);
    assert_eq!(process.events().last(), Some(&EventKind::Lost(loss)));
}
