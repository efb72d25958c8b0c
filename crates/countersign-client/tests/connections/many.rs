//! Many connections that expire in the same second.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Waker};

use countersign_client::connections::Settings;
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
