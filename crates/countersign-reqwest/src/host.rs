//! Time and chance for connections.

use core::time::Duration;

use countersign_client::connections::Host;
use countersign_clock::{UnixTime, system};
use countersign_key::SecureRandom as _;
use countersign_signature::OsRandom;
use countersign_store::BoxFuture;

/// The system's clock and generator, and the timers of tokio.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemHost;

impl Host for SystemHost {
    fn now(&self) -> UnixTime {
        system::now()
    }

    async fn wait(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    fn jitter(&self) -> u64 {
        let mut octets = [0; 8];
        // Without randomness all renew at the same time, which is no fault of anyone's token.
        match OsRandom::new().fill(&mut octets) {
            Ok(()) => u64::from_ne_bytes(octets),
            Err(_) => 0,
        }
    }

    fn go_on(&self, work: BoxFuture<'static, ()>) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            drop(runtime.spawn(work));
        }
    }
}
