//! What happens to connections, for people.

use countersign_client::connections::{Event, EventKind, advice};

use crate::profile::Name;

/// What is told of an event, if anything: what a command comes to is told by that command.
pub(super) fn text(name: &Name, event: &Event) -> Option<String> {
    match event.kind {
        EventKind::RepeatedLoss { cause, times } => Some(format!(
            "warning: the connection of {name} was lost {times} times in a row ({cause}); to connect again will not last unless that is mended. {}\nsee: countersign token status --profile {name} --history",
            advice(cause)
        )),
        _ => None,
    }
}
