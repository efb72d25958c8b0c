//! What happens to connections, for people.

use countersign_client::connections::{EventKind, advice};

use crate::profile::Name;

/// What is told of an event, if anything: what a command comes to is told by that command.
pub(super) fn text(name: &Name, kind: EventKind) -> Option<String> {
    match kind {
        EventKind::ClockOff { seconds } => {
            let way = if seconds < 0 { "ahead of" } else { "behind" };
            Some(format!(
                "warning: this machine's clock is {} s {way} the provider's; how to mend it: countersign clock",
                seconds.unsigned_abs()
            ))
        }
        EventKind::CertificateExpires { days } => Some(match days {
            0 => format!(
                "warning: the certificate of {name} ends within a day, or has ended: countersign cert renew"
            ),
            days => format!(
                "warning: the certificate of {name} ends in {days} d: countersign cert renew"
            ),
        }),
        EventKind::RepeatedLoss { cause, times } => Some(format!(
            "warning: the connection of {name} was lost {times} times in a row ({cause}); to connect again will not last unless that is mended. {}\nsee: countersign token status --profile {name} --history",
            advice(cause)
        )),
        _ => None,
    }
}
