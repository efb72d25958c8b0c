//! What a change to an application brings.

use std::sync::Arc;

use countersign_store::{Consumer, Credential, Standing};

/// Whether it only takes something away: the application is refused, or some of its certificates.
pub(crate) fn only_takes_away(before: &Consumer, after: &Consumer) -> bool {
    let standing = after.standing;
    holds_no_more(&before.credential, &after.credential)
        && (standing == Standing::Rejected || standing == before.standing)
        && after.key == before.key
        && after.name == before.name
        && after.kind == before.kind
        && after.methods == before.methods
        && after.callbacks == before.callbacks
        && after.organisation == before.organisation
        && after.may_use_xauth == before.may_use_xauth
        && after.may_use_two_legged == before.may_use_two_legged
}

fn holds_no_more(before: &Credential, after: &Credential) -> bool {
    match (before, after) {
        // Nobody needs to look at a secret for that.
        (Credential::Secret(before), Credential::Secret(after)) => Arc::ptr_eq(before, after),
        (Credential::Certificates(before), Credential::Certificates(after)) => after
            .iter()
            .all(|it| before.iter().any(|known| known.der() == it.der())),
        _ => false,
    }
}
