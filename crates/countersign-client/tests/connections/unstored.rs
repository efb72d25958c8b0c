//! Tokens that came and could not be stored, in a process that ends.

use core::sync::atomic::Ordering;
use std::sync::Arc;

use countersign_client::connections::{Current, Host as _, Used, Verdict};
use countersign_store::{ConnectionStore as _, Lease, MemoryConnectionStore};
use countersign_token::{Generation, Refusal};

use crate::odd::Odd;
use crate::provider::{LIFE, Mode, Provider, Trouble, credentials, number};
use crate::support::{Clock, Process, block_on, id};

struct World {
    provider: Arc<Provider>,
    clock: Clock,
    memory: Arc<MemoryConnectionStore>,
    store: Arc<Odd>,
    process: Process<Arc<Odd>>,
}

impl World {
    /// A token whose time is over, and a store that fails so often once the intent is written.
    fn failing(failing: usize) -> Self {
        let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
        let memory = Arc::new(MemoryConnectionStore::new());
        let mut store = Odd::new(Arc::clone(&memory), &clock);
        store.good = 2.into();
        store.failing = failing.into();
        store.keeps_fail = true;
        let store = Arc::new(store);
        let process = Process::new(Arc::clone(&store), &provider, &clock);
        process.connect("a", &clock);
        clock.pass(i64::from(LIFE));
        Self {
            provider,
            clock,
            memory,
            store,
            process,
        }
    }

    fn current(&self) -> Arc<Current> {
        self.process.connections.current(&id("a")).unwrap()
    }

    fn lease(&self) -> Option<Lease> {
        let found = block_on(self.memory.connection(&id("a"))).unwrap();
        found.unwrap().lease
    }

    /// Of another process.
    fn stored(&self) -> u64 {
        let other = Process::new(Arc::clone(&self.memory), &self.provider, &self.clock);
        let current = block_on(other.connections.read(&id("a"))).unwrap();
        number(&current.credentials)
    }
}

#[test]
fn whoever_has_the_only_copy_is_told() {
    let world = World::failing(usize::MAX);
    assert_eq!(world.process.token("a").unwrap(), 2);
    assert!(world.current().unstored);
    let unstored = block_on(world.process.connections.flush());
    let [only] = &unstored[..] else {
        panic!("{unstored:?}");
    };
    assert_eq!((&only.id, only.generation), (&id("a"), Generation::new(2)));
    assert_eq!(number(&only.credentials), 2);
    assert!(only.fence.is_some());
    assert_eq!(only.fence, world.lease().map(|lease| lease.fence));
    assert_eq!(world.stored(), 1);
    // Nothing is sent for it, however often it is asked.
    assert_eq!(block_on(world.process.connections.flush()).len(), 1);
    assert_eq!(world.provider.requests(), 1);
}

#[test]
fn what_is_flushed_is_stored_and_nothing_is_sent() {
    let world = World::failing(1);
    assert_eq!(world.process.token("a").unwrap(), 2);
    // Its time is over too: that is a matter of the next one.
    world.clock.pass(i64::from(LIFE));
    assert_eq!(world.process.connections.unstored().len(), 1);
    assert!(block_on(world.process.connections.flush()).is_empty());
    assert!(!world.current().unstored);
    assert_eq!(world.stored(), 2);
    assert_eq!(world.provider.requests(), 1);
    // Nobody has to wait for the renewal that it came of.
    assert_eq!(world.lease(), None);
    // Nothing to be done.
    assert!(block_on(world.process.connections.flush()).is_empty());
    assert_eq!(world.provider.requests(), 1);
}

/// Another process was refused meanwhile, and noted it.
#[test]
fn what_was_given_up_elsewhere_is_stored_all_the_same() {
    let world = World::failing(1);
    assert_eq!(world.process.token("a").unwrap(), 2);
    let other = Process::new(Arc::clone(&world.memory), &world.provider, &world.clock);
    world.clock.pass(600);
    assert_eq!(other.renew("a", 1).ok(), None, "a strict provider refuses");
    // In whatever state: what comes is taken.
    assert!(block_on(world.process.connections.flush()).is_empty());
    assert_eq!(world.stored(), 2);
    assert_eq!(world.store.failing.load(Ordering::Relaxed), 0);
}

/// The user authorised the connection again meanwhile, by way of another process: the store has another
/// token of the generation of the one in hand, and nothing that is said of that is said of it.
#[test]
fn what_is_said_of_it_is_not_said_of_another_of_its_generation() {
    for verdict in [Verdict::Refused(Refusal::TokenRejected), Verdict::Expired] {
        let world = World::failing(usize::MAX);
        assert_eq!(world.process.token("a").unwrap(), 2);
        assert_eq!(world.current().generation, Generation::new(2));
        let other = Process::new(Arc::clone(&world.memory), &world.provider, &world.clock);
        let authorised = credentials("a", 9, world.clock.now());
        let connected = block_on(other.connections.connect(&id("a"), authorised)).unwrap();
        assert_eq!(connected.generation, Generation::new(2));
        world.store.failing.store(0, Ordering::Relaxed);

        let again = world.process.report("a", 2, verdict).unwrap().unwrap();
        assert_eq!(number(&again.credentials), 9, "{verdict:?}");
        let kept = block_on(other.connections.read(&id("a"))).unwrap();
        assert_eq!((number(&kept.credentials), kept.loss()), (9, None));
        assert_eq!(world.provider.requests(), 1);
    }
}

/// Whoever read it before is no wiser.
#[test]
fn what_is_said_of_it_is_noted_of_no_other_that_came_since() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let process = Process::new(MemoryConnectionStore::new(), &provider, &clock);
    process.connect("a", &clock);
    assert_eq!(process.renew("a", 1).unwrap(), 2);
    let connections = &process.connections;
    let other = Used::new(Generation::new(2), "another");
    let account = id("a");
    let worked = connections.report(&account, other, Verdict::Worked);
    assert!(block_on(worked).unwrap().is_none());
    assert!(connections.current(&id("a")).unwrap().unproven);
    assert!(process.report("a", 2, Verdict::Worked).unwrap().is_none());
    assert!(!connections.current(&id("a")).unwrap().unproven);
}

/// A renewal that all gave up waiting for is gone on with.
#[test]
fn what_is_under_way_comes_to_its_end() {
    use core::future::Future as _;
    use core::pin::pin;
    use core::task::{Context, Waker};

    let world = World::failing(usize::MAX);
    world.provider.trouble([Some(Trouble::AnswerHeld)]);
    let connections = &world.process.connections;
    let account = id("a");
    {
        let mut asked = pin!(connections.token(&account));
        let mut context = Context::from_waker(Waker::noop());
        while world.provider.requests() == 0 {
            assert!(asked.as_mut().poll(&mut context).is_pending());
        }
    }
    world.provider.release();
    assert_eq!(block_on(connections.flush()).len(), 1);
    assert_eq!(world.provider.requests(), 1);
}
