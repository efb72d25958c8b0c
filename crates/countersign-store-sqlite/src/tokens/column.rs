//! How the types of rows are written into columns.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_store::{Expected, Fingerprint, Version};
use countersign_token::Expiry;

use crate::codec::text;
use crate::fault::Fault;

pub(crate) fn version(column: i64) -> Result<Version, Fault> {
    u64::try_from(column)
        .map(Version::from_number)
        .map_err(|_| Fault::damaged("a negative version"))
}

pub(crate) fn version_column(version: Version) -> Result<i64, Fault> {
    i64::try_from(version.number()).map_err(|_| Fault::TooLong)
}

/// The version of the row to write, if the one that is there is the one expected.
pub(crate) fn expect(expected: Expected, found: Option<Version>) -> Result<Version, Fault> {
    if expected.holds(found) {
        Ok(found.map_or(Version::FIRST, Version::next))
    } else {
        Err(Fault::Conflict)
    }
}

pub(super) fn fingerprint(column: Option<[u8; 16]>) -> Option<Fingerprint> {
    column.map(Fingerprint::from_bytes)
}

pub(super) fn fingerprint_column(fingerprint: Option<Fingerprint>) -> Option<[u8; 16]> {
    fingerprint.map(Fingerprint::to_bytes)
}

pub(crate) const fn time(column: i64) -> UnixTime {
    UnixTime::from_seconds(column)
}

pub(crate) fn expiry(column: Option<i64>) -> Expiry {
    column.map_or(Expiry::NEVER, |seconds| Expiry::at(time(seconds)))
}

pub(crate) fn expiry_column(expiry: Expiry) -> Option<i64> {
    expiry.time().map(UnixTime::seconds)
}

pub(crate) fn secret(opened: &[u8]) -> Result<Arc<Secret>, Fault> {
    Ok(Arc::new(Secret::new(text(opened)?)))
}
