//! What becomes of grants when users change.

use std::collections::BTreeSet;

use countersign_clock::UnixTime;
use countersign_provider::{EndingError, Provider};
use countersign_store::{ConsumerStore, GrantSelection, NonceStore, StoreError, TokenStore};

use crate::records::User;

/// How many grants are read at a time.
const PAGE: usize = 100;

/// Ends the grants that a user may no longer have given: for an organisation they left, whenever
/// that was, and where their role no longer allows it. Gives how many ended.
///
/// The user's row must have been changed before, so that nothing is approved meanwhile by what was.
pub(crate) async fn user_changed<C: ConsumerStore, T: TokenStore, N: NonceStore>(
    provider: &Provider<C, T, N>,
    before: &User,
    after: Option<&User>,
    now: UnixTime,
) -> Result<usize, EndingError> {
    let user = &before.name;
    // What can't be read is refused without being ended.
    let (mut organisations, _damaged) =
        organisations_with_grants(&provider.stores().tokens, user).await?;
    // Something may be approved there and not exchanged yet.
    organisations.extend(before.organisations.iter().map(|place| place.name.clone()));
    let mut ended = 0_usize;
    for organisation in &organisations {
        let more = match after.and_then(|after| after.role(organisation)) {
            None => provider.user_removed(user, organisation, now).await?,
            Some(role) => provider.role_changed(user, organisation, role, now).await?,
        };
        ended = ended.saturating_add(more);
    }
    Ok(ended)
}

/// The organisations that a user gave grants for which stand, and what is wrong with one that can't
/// be read: it must not save the others.
pub(crate) async fn organisations_with_grants<T: TokenStore>(
    tokens: &T,
    user: &str,
) -> Result<(BTreeSet<String>, Option<StoreError>), StoreError> {
    let (mut found, mut after, mut damaged) = (BTreeSet::new(), None, None);
    loop {
        let selection = GrantSelection::User(user);
        let mut page = tokens.grants(selection, after, PAGE).await?;
        damaged = damaged.or_else(|| page.damaged.pop());
        let Some(last) = page.last() else {
            return Ok((found, damaged));
        };
        after = Some(last.row.id);
        let standing = page.iter().filter(|grant| grant.row.is_standing());
        found.extend(standing.map(|grant| grant.row.organisation.clone()));
    }
}
