//! What is injected: how a renewal is sent and read, and time.

use core::future::Future;
use core::time::Duration;

use countersign_clock::UnixTime;
use countersign_key::SecretBytes;
use countersign_store::{BoxFuture, ConnectionId, RenewalFault, TokenCredentials};
use countersign_token::{Generation, Refusal};

/// A renewal to be sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RenewalRequest {
    /// Of which connection.
    pub id: ConnectionId,
    /// Which generation is presented.
    pub generation: Generation,
    /// The token, its secret and the session handle to present.
    pub credentials: TokenCredentials,
    /// When the right to send it ends, unless it is prolonged. Who can't be interrupted, as one who
    /// waits on this thread, gives up before: then another process may send it.
    pub until: UnixTime,
}

/// An answer as it came.
#[derive(Debug)]
#[non_exhaustive]
pub struct RawReply {
    /// The status, what is needed of the fields, and the body, within a bound, in a form of the
    /// exchange's own: what [`Exchange::read`] reads. What is longer than a store
    /// [has to take](countersign_store::RawAnswer::MOST_BYTES) is read without being kept.
    pub bytes: SecretBytes,
    /// Whether it may hold a token and is to be made durable before it is read: any 2xx.
    pub may_hold_token: bool,
}

impl RawReply {
    /// An answer.
    #[must_use]
    pub const fn new(bytes: SecretBytes, may_hold_token: bool) -> Self {
        Self {
            bytes,
            may_hold_token,
        }
    }
}

/// Why no answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "it may have arrived, or it can't have"
)]
pub enum Undelivered {
    /// The request may have arrived: the connection broke, the time was over, the answer was cut.
    Lost,
    /// It can't have: no connection came about.
    NotSent,
}

/// What an answer says.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "each is dealt with on purpose")]
pub enum ReadReply {
    /// A newer token.
    Token(TokenCredentials),
    /// The provider itself says, by a 4xx, that the token presented is dead.
    Refused(Refusal),
    /// The provider is at fault, or refused for a reason that says nothing of the token.
    ///
    /// [`RenewalFault::Lost`] says that a request with this nonce arrived before: it may have been
    /// carried out, and its answer is lost.
    Fault(RenewalFault),
    /// It is not to be read, or a part of it is missing.
    Garbled,
}

/// How a renewal is sent, and what its answer says.
///
/// Sending is input and output, and none of it happens here: implement it over the HTTP client at
/// hand.
pub trait Exchange: Send + Sync + 'static {
    /// Sends a renewal once, with a nonce and a timestamp of its own, and waits for the answer for
    /// less than [`Settings::lease_seconds`](crate::connections::Settings::lease_seconds).
    fn renew(
        &self,
        request: RenewalRequest,
    ) -> impl Future<Output = Result<RawReply, Undelivered>> + Send;

    /// Reads an answer that came at `received`. A pure function: an answer may be read again by
    /// another process, or after a restart. Half a token is [`Garbled`](ReadReply::Garbled).
    fn read(&self, bytes: &[u8], received: UnixTime) -> ReadReply;
}

/// Time and chance.
pub trait Host: Send + Sync + 'static {
    /// The time.
    fn now(&self) -> UnixTime;

    /// Waits.
    fn wait(&self, time: Duration) -> impl Future<Output = ()> + Send;

    /// Any number, to spread what would otherwise happen at once.
    fn jitter(&self) -> u64;

    /// Goes on with a renewal, whoever gives up waiting for it: a host with a runtime spawns it there,
    /// and should.
    ///
    /// Without one, as here, a renewal is gone on with by those who wait for it and by
    /// [`renew_due`](crate::connections::Connections::renew_due), which has to be called then: one
    /// that all have given up keeps its place among those that may be under way.
    fn go_on(&self, work: BoxFuture<'static, ()>) {
        drop(work);
    }
}
