//! What a row is found by and bound to.

use countersign_store::{AnswerNumber, ConnectionId};

use crate::codec;
use crate::fault::Fault;

/// Which connection, as one value of which no other is the beginning.
pub(super) fn identity(id: &ConnectionId) -> Result<Vec<u8>, Fault> {
    codec::pack([id.consumer_key().as_bytes(), id.account().as_bytes()])
}

/// Which answer.
pub(super) fn slot(identity: &[u8], number: AnswerNumber) -> Vec<u8> {
    let number = number.number().to_be_bytes();
    identity.iter().copied().chain(number).collect()
}
