//! Looking after all: what can't be read, and what is under way already.

use core::future::Future as _;
use core::pin::pin;
use core::task::{Context, Waker};
use core::time::Duration;
use std::sync::{Arc, mpsc};
use std::thread;

use countersign_client::connections::{ConnectionError, Settings};
use countersign_store::MemoryConnectionStore;
use countersign_token::Generation;

use crate::odd::Odd;
use crate::provider::{LIFE, Mode, Provider, Trouble};
use crate::support::{Clock, Process, block_on, id};

/// One that can't be read keeps no other waiting, and is counted.
#[test]
fn what_can_not_be_read_is_counted_and_the_others_recover() {
    let (provider, clock) = (Provider::new(Mode::Graceful), Clock::new());
    let store = Arc::new(Odd::new(MemoryConnectionStore::new(), &clock));
    let process = Process::new(Arc::clone(&store), &provider, &clock);
    for account in ["a", "b", "c"] {
        process.connect(account, &clock);
    }
    clock.pass(i64::from(LIFE));
    // Each is in doubt.
    for account in ["a", "b", "c"] {
        provider.trouble([Some(Trouble::AnswerLost), Some(Trouble::AnswerLost)]);
        process.renew(account, 1).unwrap_err();
    }
    store.set_unreadable(Some(id("b")));
    let tally = block_on(process.connections.recover()).unwrap();
    assert_eq!((tally.renewed, tally.lost, tally.failed), (2, 0, 1));
    let error = block_on(process.connections.read(&id("b"))).unwrap_err();
    assert!(matches!(error, ConnectionError::Store(_)), "{error}");
    store.set_unreadable(None);
    let tally = block_on(process.connections.recover()).unwrap();
    assert_eq!((tally.renewed, tally.lost, tally.failed), (1, 0, 0));
    for account in ["a", "b", "c"] {
        assert_eq!(process.token(account).unwrap(), 2);
    }
}

/// The one place is taken by a renewal that all have given up waiting for: unless it is gone on with
/// before the others, none of them ever gets it.
#[test]
fn what_is_under_way_goes_first() {
    let (provider, clock) = (Provider::new(Mode::Strict), Clock::new());
    let settings = Settings::default().with_concurrency(1);
    let process = Process::with(MemoryConnectionStore::new(), &provider, &clock, settings);
    let accounts: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    for account in &accounts {
        process.connect(account, &clock);
    }
    clock.pass(i64::from(LIFE));
    provider.trouble([Some(Trouble::AnswerHeld)]);
    // Whichever is in the middle, by whatever order: not all can be first by chance.
    let given_up = &accounts[11];
    {
        let id = id(given_up);
        let mut renewal = pin!(process.connections.renew(&id, Generation::FIRST));
        let mut context = Context::from_waker(Waker::noop());
        assert!(renewal.as_mut().poll(&mut context).is_pending());
        provider.wait_for_held(1);
    }
    provider.release();
    let connections = process.connections.clone();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || tell.send(block_on(connections.renew_due())));
    let tally = told.recv_timeout(Duration::from_secs(20)).expect("an end");
    assert_eq!((tally.renewed, tally.lost, tally.failed), (20, 0, 0));
    assert_eq!(provider.most_at_once(), 1);
    for account in &accounts {
        assert_eq!(process.token(account).unwrap(), 2);
    }
}
