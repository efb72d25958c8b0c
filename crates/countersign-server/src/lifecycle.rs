//! What becomes of grants when users change.

use countersign_clock::UnixTime;
use countersign_provider::{EndingError, Provider};
use countersign_store::{ConsumerStore, NonceStore, TokenStore};

use crate::records::User;

/// Ends the grants that a user may no longer have given: for an organisation they left, and where
/// their role no longer allows it. Gives how many ended.
///
/// The user's row must have been changed before, so that nothing is approved meanwhile by what was.
pub(crate) async fn user_changed<C: ConsumerStore, T: TokenStore, N: NonceStore>(
    provider: &Provider<C, T, N>,
    before: &User,
    after: Option<&User>,
    now: UnixTime,
) -> Result<usize, EndingError> {
    let mut ended = 0_usize;
    for place in &before.organisations {
        let (user, organisation) = (&before.name, &place.name);
        let more = match after.and_then(|after| after.role(organisation)) {
            None => provider.user_removed(user, organisation, now).await?,
            Some(role) => provider.role_changed(user, organisation, role, now).await?,
        };
        ended = ended.saturating_add(more);
    }
    Ok(ended)
}
