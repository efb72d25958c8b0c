//! The store of connections: what a client must never lose.

mod answer;
mod change;
mod history;
mod id;
mod lease;
mod rows;

pub use answer::{AnswerNumber, KeptAnswer, RawAnswer};
pub use change::{ConnectionChange, ConnectionCommit, LeaseStep};
pub use history::{Happening, HistoryEntry, RenewalFault};
pub use id::ConnectionId;
pub use lease::{Fence, Lease};
pub use rows::{Connection, FoundConnection, TokenCredentials};

use core::future::Future;

use countersign_clock::UnixTime;

use crate::error::StoreError;
use crate::listing::Listing;
use crate::version::{Commit, Expected};

/// Keeps a client's connections: tokens, leases, the raw answers to renewals, histories.
///
/// A renewal is one [`commit`](Self::commit) that takes the lease and writes the intent, then the
/// request, then [`keep_answer`](Self::keep_answer), then one `commit` that swaps the token and
/// frees the lease: three times something becomes durable.
///
/// # Contract
///
/// - **Atomic**: a [`ConnectionChange`] is made whole or not at all, row, lease, answers and history
///   together, and only if the row still has the version expected; over all processes that share
///   the store.
/// - **The generation only rises**: a change that would set a lower one is a
///   [`Conflict`](ConnectionCommit::Conflict), whatever version it expects.
/// - **Nothing is founded below what was removed**: a row that is made where one was removed gets a
///   generation above all that were removed, itself and in the [entries](ConnectionChange::noting)
///   of its change, if it has none: a late answer to a renewal of the old authorisation is never
///   taken for one of the new. Read the row to learn its generation.
/// - **One holder**: of any number of takers of a free lease one gets it. A lease is free when it was
///   given back, or from its last second on. Its [`Fence`] is higher than all before, and who comes
///   with an earlier one changes nothing of it.
/// - **An answer needs no lease**: [`keep_answer`](Self::keep_answer), and a change that takes no
///   lease, are accepted while another holds it. Whoever brings a newer token is welcome.
/// - **Room for the answer is set aside** when a lease is taken: a full store says so then, and not
///   when the only copy of a token has arrived.
/// - **Answers stay** until the generation rises above the one they renewed, or until they are
///   [dropped](ConnectionChange::dropping) by number. One that was damaged is not given out.
/// - **Durable before it is told**, **never stale**, **bounded**: as for
///   [`TokenStore`](crate::TokenStore). A history keeps its newest
///   [`HistoryEntry::KEPT`] entries.
///
/// # What errors cost
///
/// A lost change or answer loses the newest token, and the user has to authorise again: it must
/// never happen. A lease given to two makes a renewal be sent twice, which a strict provider
/// punishes in the same way. A false [`Conflict`](ConnectionCommit::Conflict) costs a second look, a
/// false [`Leased`](ConnectionCommit::Leased) a delay. Where nobody knows whether a change was made,
/// the answer is [`StoreError::UnknownOutcome`].
pub trait ConnectionStore: Send + Sync {
    /// One connection with its lease and the answers kept for it.
    fn connection(
        &self,
        id: &ConnectionId,
    ) -> impl Future<Output = Result<Option<FoundConnection>, StoreError>> + Send;

    /// Connections in the order of their ids, from behind `after`, at most `limit`.
    fn connections(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> impl Future<Output = Result<Listing<Connection>, StoreError>> + Send;

    /// The ids of connections with an open intent or with kept answers, in order, from behind `after`,
    /// at most `limit`: what a process looks after when it starts.
    ///
    /// An intent is open while a connection is
    /// [`Renewing`](countersign_token::ConnectionState::Renewing) or
    /// [`RenewalUnknown`](countersign_token::ConnectionState::RenewalUnknown).
    fn unsettled(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<ConnectionId>, StoreError>> + Send;

    /// Makes a change, whole or not at all.
    fn commit(
        &self,
        change: ConnectionChange,
    ) -> impl Future<Output = Result<ConnectionCommit, StoreError>> + Send;

    /// Prolongs a lease to `until` while its request is under way. False if it is another's by now:
    /// then nothing more may be sent, and an answer is kept all the same.
    fn extend_lease(
        &self,
        id: &ConnectionId,
        fence: Fence,
        until: UnixTime,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Makes the raw answer to a renewal durable. None if there is no such connection any more, or
    /// if its generation is above the one that was renewed: nobody needs the answer.
    fn keep_answer(
        &self,
        id: &ConnectionId,
        answer: RawAnswer,
    ) -> impl Future<Output = Result<Option<AnswerNumber>, StoreError>> + Send;

    /// What happened to a connection, oldest first.
    fn history(
        &self,
        id: &ConnectionId,
    ) -> impl Future<Output = Result<Vec<HistoryEntry>, StoreError>> + Send;

    /// Removes a connection with all that belongs to it. Its versions and generations never come
    /// again.
    fn remove_connection(
        &self,
        expected: Expected,
        id: &ConnectionId,
    ) -> impl Future<Output = Result<Commit, StoreError>> + Send;
}
