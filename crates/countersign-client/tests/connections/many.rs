//! Many connections that expire in the same second.

use core::sync::atomic::{AtomicBool, Ordering};

use countersign_client::connections::Settings;
use countersign_store::MemoryConnectionStore;

use crate::provider::{LIFE, Mode, Provider, credentials, number};
use crate::support::{Clock, NOW, Process, block_on, id};

const MANY: usize = 1_000;
const AT_ONCE: usize = 16;

#[test]
fn a_thousand_that_expire_at_once_are_renewed_a_few_at_a_time_and_starve_nobody() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let settings = Settings::default().with_concurrency(AT_ONCE);
    let process = Process::with(MemoryConnectionStore::new(), &provider, &clock, settings);
    for number in 0..MANY {
        process.connect(&number.to_string(), &clock);
    }
    clock.pass(i64::from(LIFE));
    let urgent = |number: usize| format!("urgent {number}");
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let all = scope.spawn(|| {
            let tally = block_on(process.connections.renew_due());
            over.store(true, Ordering::Release);
            tally
        });
        while provider.requests() < 50 {
            std::thread::yield_now();
        }
        for number in 0..5 {
            let account = urgent(number);
            // Over as well.
            let first = credentials(&account, 1, NOW);
            block_on(process.connections.connect(&id(&account), first)).unwrap();
            let before = provider.requests();
            assert_eq!(process.token(&account).unwrap(), 2);
            let between = provider.requests() - before;
            assert!(between <= 3 * AT_ONCE, "{between} were served before");
            // The hot path meanwhile.
            assert!(process.connections.current(&id("0")).is_some());
        }
        assert!(
            !over.load(Ordering::Acquire),
            "all were done before anyone came"
        );
        assert_eq!(all.join().unwrap().renewed, MANY);
    });
    assert!(
        provider.most_at_once() <= AT_ONCE,
        "{}",
        provider.most_at_once()
    );
    assert_eq!(provider.requests(), MANY + 5);
    for account in 0..MANY {
        let current = process
            .connections
            .current(&id(&account.to_string()))
            .unwrap();
        assert_eq!(number(&current.credentials), 2);
    }
}
