//! The connections of profiles: their tokens, in a store that other processes and applications may
//! share.
//!
//! | you have | ask |
//! |---|---|
//! | a profile that is read | [`with_token`]: the token of its connection goes into it |
//! | a profile whose token stands in its file | [`adopt`]: it goes into the store, once |
//! | a profile whose token may have to be renewed | [`Kept`] |
//! | a renewal that was asked for | [`rescue`]: its token may be in no store |

mod adopt;
mod event;
pub(crate) mod history;
mod host;
mod kept;
mod rescue;
mod sender;
mod shelf;
mod watch;

pub(crate) use adopt::{adopt, news, put, reinstate, with_token};
pub(crate) use host::wait;
pub(crate) use kept::Kept;
#[cfg(feature = "proxy")]
pub(crate) use rescue::Place;
pub(crate) use rescue::rescue;
pub(crate) use sender::Last;
#[cfg(test)]
pub(crate) use sender::rest;
pub(crate) use shelf::{Row, Shelf};
pub(crate) use watch::watch;

use countersign_store::ConnectionId;

use crate::keys_file::Written;
use crate::profile::Name;

/// The connection of a profile, if it has a consumer.
pub(crate) fn id(name: &Name, written: &Written) -> Option<ConnectionId> {
    let consumer_key = written.consumer_key.as_deref()?;
    Some(ConnectionId::new(consumer_key, name.as_str()))
}
