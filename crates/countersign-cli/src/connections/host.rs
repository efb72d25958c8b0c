//! Time, chance and waiting, for a command that does one thing.

use core::future::Future;
use core::pin::pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::Arc;
use std::task::Wake;
use std::thread::Thread;

use countersign_client::connections;
use countersign_clock::{UnixTime, system};
use countersign_key::SecureRandom as _;
use countersign_signature::OsRandom;

use crate::output;

/// The system's clock and generator. It waits by stopping the thread, which has nothing else to do.
#[derive(Debug, Default)]
pub(crate) struct Host {
    has_told: AtomicBool,
}

impl connections::Host for Host {
    fn now(&self) -> UnixTime {
        system::now()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "another process renews, and this one looks again later"
    )]
    async fn wait(&self, time: Duration) {
        if !self.has_told.swap(true, Ordering::Relaxed) {
            output::note("another process renews the token; waiting for it");
        }
        std::thread::sleep(time);
    }

    fn jitter(&self) -> u64 {
        let mut octets = [0; 8];
        match OsRandom::new().fill(&mut octets) {
            Ok(()) => u64::from_ne_bytes(octets),
            // Then it looks again when others do.
            Err(_) => 0,
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future; those of a store are woken by its threads.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        std::thread::park();
    }
}
