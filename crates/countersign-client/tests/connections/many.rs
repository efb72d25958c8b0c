//! Many connections that expire in the same second.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Waker};

use countersign_client::connections::{ConnectionError, Settings};
use countersign_store::MemoryConnectionStore;

use crate::provider::{LIFE, Mode, Provider, Trouble, credentials, number};
use crate::support::{Clock, NOW, Process, block_on, id};

const MANY: usize = 1_000;
const AT_ONCE: usize = 16;
/// Requests that come while all are under way.
const URGENT: usize = 5;

#[test]
fn a_thousand_that_expire_at_once_are_renewed_a_few_at_a_time_and_starve_nobody() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let settings = Settings::default().with_concurrency(AT_ONCE);
    let process = Process::with(MemoryConnectionStore::new(), &provider, &clock, settings);
    for number in 0..MANY {
        process.connect(&number.to_string(), &clock);
    }
    clock.pass(i64::from(LIFE));
    // Now and then everything stands still, so that someone can come meanwhile.
    for _ in 0..URGENT {
        provider.trouble([None; 100]);
        provider.trouble([Some(Trouble::AnswerHeld); AT_ONCE]);
    }
    let connections = &process.connections;
    std::thread::scope(|scope| {
        let all = scope.spawn(|| block_on(connections.renew_due()));
        for round in 0..URGENT {
            provider.wait_for_held((round + 1) * AT_ONCE);
            // Over as well, and not among those that are due.
            let urgent = id(&format!("urgent {round}"));
            let first = credentials(urgent.account(), 1, NOW);
            block_on(connections.connect(&urgent, first)).unwrap();
            let mut token = pin!(connections.token(&urgent));
            let mut context = Context::from_waker(Waker::noop());
            assert!(token.as_mut().poll(&mut context).is_pending());
            // The hot path meanwhile.
            assert!(connections.current(&id("0")).is_some());

            let before = provider.requests();
            (0..AT_ONCE).for_each(|_| provider.release());
            let token = block_on(token).unwrap();
            assert_eq!(number(&token.credentials), 2);
            let between = provider.requests() - before;
            assert!(between <= 3 * AT_ONCE, "{between} were served before");
        }
        assert_eq!(all.join().unwrap().renewed, MANY);
    });
    assert_eq!(provider.most_at_once(), AT_ONCE);
    assert_eq!(provider.requests(), MANY + URGENT);
    for account in 0..MANY {
        let current = connections.current(&id(&account.to_string())).unwrap();
        assert_eq!(number(&current.credentials), 2);
    }
}

/// However many connections are used, one after the other, so many are kept at hand.
#[test]
fn memory_is_bounded_and_nothing_is_lost_by_that() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let settings = Settings::default().with_most_known(8);
    let store = MemoryConnectionStore::new();
    let process = Process::with(store, &provider, &clock, settings);
    let account = |number: u32| format!("account {number}");
    for number in 0..100 {
        process.connect(&account(number), &clock);
    }
    let at_hand = || {
        let known = |number| process.connections.current(&id(&account(number)));
        (0..100).filter(|number| known(*number).is_some()).count()
    };
    assert!(at_hand() <= 8, "{}", at_hand());
    // One that somebody signs with again and again stays.
    let handle = block_on(process.connections.handle(&id(&account(0)))).unwrap();
    clock.pass(i64::from(LIFE));
    for number in 0..100 {
        assert_eq!(process.token(&account(number)).unwrap(), 2, "{number}");
    }
    assert!(at_hand() <= 9, "{}", at_hand());
    assert_eq!(number(&handle.current().unwrap().credentials), 2);
    // What is not there takes no room.
    for number in 100..200 {
        let unknown = block_on(process.connections.handle(&id(&account(number))));
        assert!(matches!(unknown, Err(ConnectionError::Unknown)));
    }
    assert!(handle.current().is_some());
}
