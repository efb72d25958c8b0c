//! What the machine of renewal takes and gives.

use countersign_clock::UnixTime;
use countersign_store::{ConnectionCommit, Fence, Lease, LeaseStep, RenewalFault, Version};
use countersign_token::{Connection, Generation, IntentId, ReauthorisationCause, Refusal};

use crate::connections::Undelivered;

/// What decides of a connection as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct View {
    pub(crate) version: Version,
    pub(crate) life: Connection,
    pub(crate) lease: Option<Lease>,
}

/// A token that this process has and that may be newer than the one of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct InHand {
    pub(crate) generation: Generation,
    /// The lease under which this process sent for it, if it did.
    pub(crate) fence: Option<Fence>,
}

/// A change of the row, to be made if it has the version expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Plan {
    pub(crate) expected: Version,
    pub(crate) life: Connection,
    pub(crate) lease: LeaseStep,
    pub(crate) writing: Writing,
}

/// What a change is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Writing {
    /// An intent to send; after a try whose answer was lost, or the first.
    Intent {
        retry: bool,
    },
    /// The credentials in hand.
    Swap,
    Loss(ReauthorisationCause),
    Fault(RenewalFault),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// Read the connection, and look whether a kept answer to it has a token.
    Read,
    Commit(Plan),
    /// Send the renewal of this generation, once.
    Send {
        renewed: Generation,
    },
    /// Make the raw answer durable.
    Keep {
        intent: IntentId,
        renewed: Generation,
    },
    /// Find out what the answer says.
    Open,
    Done(Outcome),
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Input {
    Found {
        view: Option<View>,
        hand: Option<InHand>,
    },
    Committed(ConnectionCommit),
    /// An answer came; to be kept if it may have a token.
    Arrived {
        keep: bool,
    },
    Undelivered(Undelivered),
    Kept,
    Opened(Reading),
    /// The store failed.
    Failed,
}

/// What an answer says, without what is secret of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reading {
    Token,
    Refused(Refusal),
    Fault(RenewalFault),
    Garbled,
}

/// How a renewal ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Outcome {
    /// Another process holds the lease.
    Busy {
        until: UnixTime,
    },
    /// The row changed again and again.
    Contended,
    Failed(RenewalFault),
    /// There is no such connection.
    Gone,
    /// The newest token is in the hands of this process, and could not be stored.
    Held,
    Lost(ReauthorisationCause),
    /// Somebody else has renewed it.
    Newer,
    Renewed,
    StoreFailed,
}
