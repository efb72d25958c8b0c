//! How a renewal is sent, and what its answer says.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_client::connections::{Exchange, RawReply, ReadReply, RenewalRequest, Undelivered};
use countersign_client::{Client, Renewal, Service, Stamp, Token};
use countersign_clock::{UnixTime, system};
use countersign_key::Secret;

use crate::commands::token::flow::{self, Answered};
use crate::exit::Failure;
use crate::network::Unsent;

/// For one request of a renewal. It is sent twice at most, when the clock is off.
const PATIENCE: Duration = Duration::from_secs(25);

/// How long a request may take, if there is time for one: until just before another process may send
/// it, as the wait for it keeps this one from prolonging its lease.
pub(crate) fn rest(until: UnixTime, now: UnixTime) -> Option<Duration> {
    let rest = until.since(now).saturating_sub(1);
    let rest = u64::try_from(rest).ok().filter(|rest| *rest > 0);
    rest.map(|rest| Duration::from_secs(rest).min(PATIENCE))
}

/// What came of the last renewal that was sent.
pub(crate) enum Last {
    Answered(Box<Answered>),
    Unanswered(Failure),
}

/// Where a [`Sender`] leaves what came of its last renewal.
#[derive(Clone, Default)]
pub(crate) struct Tray(Arc<Left>);

#[derive(Default)]
struct Left {
    last: Mutex<Option<Last>>,
    /// Whether an answer has begun to come since the last renewal was sent: whoever takes away what is left
    /// of it, it may not be stored yet.
    has_begun: AtomicBool,
}

impl Tray {
    fn last(&self) -> MutexGuard<'_, Option<Last>> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take(&self) -> Option<Last> {
        self.last().take()
    }

    /// An answer is of no more use, and has secrets. Why there is none is left for who asks.
    #[cfg(feature = "proxy")]
    pub(super) fn forget_answer(&self) {
        drop(
            self.last()
                .take_if(|last| matches!(last, Last::Answered(_))),
        );
    }

    #[cfg(feature = "proxy")]
    pub(super) fn has_begun(&self) -> bool {
        self.0.has_begun.load(Ordering::Acquire)
    }

    fn begins(&self, has_begun: bool) {
        self.0.has_begun.store(has_begun, Ordering::Release);
    }

    fn put(&self, last: Last) {
        *self.last() = Some(last);
    }
}

/// Sends renewals of one profile's token, and waits for their answers on this thread.
pub(crate) struct Sender {
    client: Client,
    /// What is missing for a renewal, where it can't be sent.
    service: Result<Service, String>,
    tray: Tray,
}

impl Sender {
    pub(super) const fn new(client: Client, service: Result<Service, String>, tray: Tray) -> Self {
        Self {
            client,
            service,
            tray,
        }
    }

    fn send(&self, request: &RenewalRequest) -> Result<Answered, Unsent> {
        let never = Unsent::never;
        let service = self.service.as_ref();
        let service = service.map_err(|lacks| never(Failure::Credentials(lacks.clone())))?;
        let presented = &request.credentials;
        let handle = presented.session_handle.as_ref();
        let handle = handle.ok_or_else(|| never(Failure::Work("no session handle".to_owned())))?;
        let secret = Secret::new(presented.secret.expose_secret());
        let token = Token::new(presented.token.expose_secret(), secret);
        let renewal = Renewal::new(&self.client, service, &token, handle)
            .map_err(|error| never(Failure::work(&error)))?;
        let patience = || rest(request.until, system::now());
        let came = || self.tray.begins(true);
        let make = |stamp: Stamp<'_>| renewal.request(stamp);
        flow::send_within(&patience, renewal.attempts(), &make, &came)
    }
}

impl Exchange for Sender {
    async fn renew(&self, request: RenewalRequest) -> Result<RawReply, Undelivered> {
        drop(self.tray.take());
        self.tray.begins(false);
        match self.send(&request) {
            Ok(answered) => {
                let reply = RawReply::of(&answered.response);
                self.tray.put(Last::Answered(Box::new(answered)));
                Ok(reply)
            }
            Err(unsent) => {
                let how = if unsent.may_have_arrived {
                    Undelivered::Lost
                } else {
                    Undelivered::NotSent
                };
                self.tray.put(Last::Unanswered(unsent.failure));
                Err(how)
            }
        }
    }

    fn read(&self, bytes: &[u8], received: UnixTime) -> ReadReply {
        ReadReply::of(&self.client, bytes, received)
    }
}
