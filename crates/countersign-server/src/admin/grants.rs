//! Grants: what users allowed applications.

use countersign_provider::Ending;
use countersign_store::{Grant, GrantId, GrantSelection, TokenStore as _};

use super::rows::{GrantRow, is_standing};
use super::{Admin, AdminError, PAGE};

/// Which grants are asked for.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct GrantFilter {
    /// Those of one application.
    pub consumer: Option<String>,
    /// Those that one user gave.
    pub user: Option<String>,
    /// Those for one organisation.
    pub organisation: Option<String>,
    /// Also those that ended.
    pub with_ended: bool,
}

impl GrantFilter {
    /// What the store selects by; the rest is sorted out afterwards.
    fn selection(&self) -> GrantSelection<'_> {
        match self {
            Self { user: Some(it), .. } => GrantSelection::User(it),
            Self {
                organisation: Some(it),
                ..
            } => GrantSelection::Organisation(it),
            Self {
                consumer: Some(it), ..
            } => GrantSelection::Consumer(it),
            _ => GrantSelection::All,
        }
    }

    fn takes(&self, grant: &Grant) -> bool {
        let is = |asked: &Option<String>, found: &String| {
            asked.as_ref().is_none_or(|asked| asked == found)
        };
        is(&self.consumer, &grant.consumer_key)
            && is(&self.user, &grant.user)
            && is(&self.organisation, &grant.organisation)
    }
}

impl Admin {
    /// Grants, in the order of their identities.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub async fn grants(&self, filter: &GrantFilter) -> Result<Vec<GrantRow>, AdminError> {
        let tokens = &self.provider.stores().tokens;
        let now = self.now();
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let page = tokens.grants(filter.selection(), after, PAGE).await?;
            let page = page.whole()?;
            let Some(last) = page.last() else {
                return Ok(rows);
            };
            after = Some(last.row.id);
            let asked = page
                .iter()
                .map(|found| &found.row)
                .filter(|grant| filter.takes(grant))
                .filter(|grant| filter.with_ended || is_standing(grant, now));
            rows.extend(asked.map(|grant| GrantRow::of(grant, now)));
        }
    }

    /// One grant.
    ///
    /// # Errors
    ///
    /// There is none, it is not 32 hexadecimal digits, or the store failed.
    pub async fn grant(&self, id: &str) -> Result<GrantRow, AdminError> {
        let found = self.provider.stores().tokens.grant(parsed(id)?).await?;
        let found = found.ok_or_else(|| unknown(id))?;
        Ok(GrantRow::of(&found.row, self.now()))
    }

    /// Ends a grant: when this returns, no token of it is accepted. Gives whether it was live.
    ///
    /// # Errors
    ///
    /// As [`grant`](Self::grant);
    /// [`AdminError::Untold`]: it was done, and its line in the audit trail can't be written.
    pub async fn revoke_grant(&self, id: &str) -> Result<bool, AdminError> {
        let id_read = parsed(id)?;
        if self
            .provider
            .stores()
            .tokens
            .grant(id_read)
            .await?
            .is_none()
        {
            return Err(unknown(id));
        }
        let (begun, ending) = (self.trail.begin(), Ending::RevokedByAdministrator);
        let ended = self.provider.end_grant(id_read, ending, self.now()).await?;
        self.trail.is_whole(begun)?;
        Ok(ended)
    }

    /// Disconnects an application from an organisation: its grant ends, and what was approved and
    /// not yet exchanged.
    ///
    /// # Errors
    ///
    /// It was not connected, or the store failed;
    /// [`AdminError::Untold`]: it was done, and its line in the audit trail can't be written.
    pub async fn disconnect(&self, consumer: &str, organisation: &str) -> Result<(), AdminError> {
        let (ending, now) = (Ending::RevokedByAdministrator, self.now());
        let begun = self.trail.begin();
        let was = self
            .provider
            .end_connection(consumer, organisation, ending, now)
            .await?;
        self.trail.is_whole(begun)?;
        if was {
            return Ok(());
        }
        Err(AdminError::NotFound {
            what: "grant",
            name: format!("of {consumer:?} for {organisation:?}"),
        })
    }
}

fn parsed(id: &str) -> Result<GrantId, AdminError> {
    let number = u128::from_str_radix(id, 16).ok();
    number
        .filter(|_| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .map(|number| GrantId::from_bytes(number.to_be_bytes()))
        .ok_or_else(|| AdminError::GrantId {
            found: id.to_owned(),
        })
}

fn unknown(id: &str) -> AdminError {
    AdminError::NotFound {
        what: "grant",
        name: id.to_owned(),
    }
}
