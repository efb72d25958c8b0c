//! Users who change while something is decided in their name.

use countersign_provider::EndingError;

use crate::lifecycle;
use crate::records::{Mark, RecordsError, User};
use crate::service::Service;

/// Nobody knows whether a decision stands: nothing of it may leave.
pub(crate) enum Unsettled {
    Ending(EndingError),
    Records(RecordsError),
}

/// Looks at a user once more, after what was decided for them is written and before anything of it
/// leaves.
///
/// Whoever was removed, or lost the role, after being read and before the decision was written, had
/// their grants ended too early. They are ended here, and the decision does not stand.
pub(crate) async fn still_stands(
    service: &Service,
    before: &User,
    mark: Mark,
    organisation: &str,
) -> Result<bool, Unsettled> {
    let found = service.records.marked(&before.name).await;
    let after = found.map_err(Unsettled::Records)?;
    let settings = service.provider().settings();
    let stands = after.as_ref().is_some_and(|(user, now)| {
        let role = user.role(organisation);
        *now == mark && role.is_some_and(|role| settings.may_connect(role))
    });
    if !stands {
        let after = after.as_ref().map(|(user, _)| user);
        lifecycle::user_changed(service.provider(), before, after, service.now())
            .await
            .map_err(Unsettled::Ending)?;
    }
    Ok(stands)
}
