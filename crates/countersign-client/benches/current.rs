//! What fetching the token of a connection costs, alone and while it is renewed.
//!
//! Prints a line for each way and fails if one is above its limit.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark has no input from outside, looks at the clock, and may stop at the first fault"
)]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

use core::future::{Future, pending};
use core::hint::black_box;
use core::pin::pin;
use core::task::{Context, Waker};
use core::time::Duration;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use countersign_client::connections::{
    Connections, Exchange, Host, RawReply, ReadReply, RenewalRequest, Settings, Undelivered,
};
use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_store::testing::block_on;
use countersign_store::{ConnectionId, MemoryConnectionStore, TokenCredentials};
use countersign_token::{Expiry, Generation};

/// For who keeps a handle: the hot path.
const BY_HANDLE: u128 = 100;
/// Two texts are hashed and compared for who does not.
const BY_ID: u128 = 200;
const CALLS: u32 = 1_000_000;
const RUNS: usize = 7;
const CONNECTIONS: usize = 1_000;
const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

struct Still;

impl Host for Still {
    fn now(&self) -> UnixTime {
        NOW
    }

    fn wait(&self, _: Duration) -> impl Future<Output = ()> + Send {
        pending()
    }

    fn jitter(&self) -> u64 {
        7
    }
}

/// Never answers.
struct Silent;

impl Exchange for Silent {
    fn renew(
        &self,
        _: RenewalRequest,
    ) -> impl Future<Output = Result<RawReply, Undelivered>> + Send {
        pending()
    }

    fn read(&self, _: &[u8], _: UnixTime) -> ReadReply {
        ReadReply::Garbled
    }
}

fn credentials() -> TokenCredentials {
    let secret = |text: &str| Arc::new(Secret::new(text));
    TokenCredentials::new(secret("nnch734d00sl2jdk"), secret("pfkkdhi9sl3r4s00"), NOW)
        .with_session_handle(secret("handle"))
        .with_expiries(Expiry::after(NOW, 1800), Expiry::NEVER)
}

/// The median of some runs, for one call.
fn measure(name: &str, most: u128, mut call: impl FnMut()) -> bool {
    let mut times: Vec<u128> = (0..RUNS)
        .map(|_| {
            let begin = Instant::now();
            for _ in 0..CALLS {
                call();
            }
            begin.elapsed().as_nanos() / u128::from(CALLS)
        })
        .collect();
    times.sort_unstable();
    let median = times.get(RUNS / 2).copied().unwrap_or(u128::MAX);
    println!("{name}: {median} ns, at most {most} ns");
    median <= most
}

fn main() -> ExitCode {
    let store = MemoryConnectionStore::new();
    let connections = Connections::new(store, Silent, Still, Settings::default());
    let ids: Vec<_> = (0..CONNECTIONS)
        .map(|number| ConnectionId::new("dpf43f3p2l4k3l03", format!("organisation {number}")))
        .collect();
    for id in &ids {
        block_on(connections.connect(id, credentials())).unwrap();
    }
    let id = ids.get(CONNECTIONS / 2).unwrap();
    let handle = block_on(connections.handle(id)).unwrap();
    let mut good = measure("by handle", BY_HANDLE, || {
        black_box(handle.current());
    });
    good &= measure("by id, of a thousand", BY_ID, || {
        black_box(connections.current(black_box(id)));
    });
    // Under way for good: the lease is taken, the request is out.
    let mut renewal = pin!(connections.renew(id, Generation::FIRST));
    let mut context = Context::from_waker(Waker::noop());
    assert!(renewal.as_mut().poll(&mut context).is_pending());
    good &= measure("by handle, while it is renewed", BY_HANDLE, || {
        black_box(handle.current());
    });
    good &= measure("by id, while it is renewed", BY_ID, || {
        black_box(connections.current(black_box(id)));
    });
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
