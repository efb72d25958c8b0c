//! Why a store takes no changes any more until it is opened again, and what becomes of its log then.

use rusqlite::Connection;

use crate::connection;
use crate::fault::Fault;
use crate::file::Identity;
use crate::transaction::Failure;

#[derive(Debug)]
pub(crate) enum Poison {
    /// The disk is not to be trusted: the log is what is left to know by what it lost.
    Disk(String),
    /// Whatever was acknowledged is in the log.
    Other(String),
}

impl Poison {
    pub(crate) fn of_failure(failure: &Failure) -> Option<Self> {
        failure.is_lasting().then(|| Self::new(failure.fault()))
    }

    pub(crate) fn of_fault(fault: &Fault) -> Option<Self> {
        fault.is_lasting().then(|| Self::new(fault))
    }

    fn new(fault: &Fault) -> Self {
        let why = fault.to_string();
        match fault {
            Fault::Outdated => Self::Other(why),
            _ => Self::Disk(why),
        }
    }

    pub(crate) fn of_names(identity: &mut Identity) -> Option<Self> {
        let path = identity.changed()?.display();
        let why = format!("{path} was replaced or removed while it was in use");
        Some(Self::Other(why))
    }

    pub(crate) fn why(&self) -> &str {
        let (Self::Disk(why) | Self::Other(why)) = self;
        why
    }

    const fn is_of_disk(&self) -> bool {
        matches!(self, Self::Disk(_))
    }
}

/// Decides about the log, right before the connection that writes is closed.
///
/// SQLite writes it back and removes what has its name then, unless others have the database open.
/// Left as it is, a log that has lost its name is gone with all that was acknowledged since it was
/// last written back.
pub(crate) fn close(connection: &Connection, identity: &Identity, poison: Option<&Poison>) {
    if poison.is_some_and(Poison::is_of_disk) || identity.is_shared_by_others() {
        // Without it SQLite does as it would have done.
        let _closes = connection::leave_log(connection);
    }
}
