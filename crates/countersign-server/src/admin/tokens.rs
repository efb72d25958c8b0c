//! Tokens: what became of one.

use countersign_provider::Ending;
use countersign_store::{
    AccessToken, Change, Commit, ConsumerKind, ConsumerStore as _, Expected, Grant, Standing,
    TemporaryCredentials, TokenStore as _,
};
use countersign_token::TemporaryCredentials as Temporary;
use countersign_token::{Answer, Cause, Event, Expiry, UseDecision};

use super::rows::{GrantRow, TokenKind, TokenRow};
use super::trail::Note;
use super::{Admin, AdminError, TRIES};

impl Admin {
    /// What became of a token: an access token, temporary credentials, or the key of a private
    /// application.
    ///
    /// # Errors
    ///
    /// It was never issued, or is forgotten; or the store failed. The error does not repeat it.
    pub async fn token(&self, token: &str) -> Result<TokenRow, AdminError> {
        let fingerprint = self.token_fingerprint(token);
        let tokens = &self.provider.stores().tokens;
        if let Some((access, grant)) = tokens.access(fingerprint).await? {
            return self.access_row(&access, &grant.row).await;
        }
        if let Some(found) = tokens.temporary(fingerprint).await? {
            return self.temporary_row(&found.row).await;
        }
        let own = self.consumer_store().consumer(token).await?;
        match own {
            Some(own) if own.row.kind == ConsumerKind::Private => Ok(TokenRow {
                kind: TokenKind::OwnKey,
                fingerprint: fingerprint.to_string(),
                consumer: own.row.key.clone(),
                consumer_standing: standing(Some(own.row.standing)),
                usable: own.row.standing == Standing::Accepted,
                cause: None,
                detail: "the key of a private application, which is its own token".to_owned(),
                issued: None,
                expires: None,
                generation: None,
                grant: None,
            }),
            _ => Err(unknown()),
        }
    }

    /// Ends what a token stands for: the grant of an access token, or temporary credentials. Gives
    /// whether it was live.
    ///
    /// # Errors
    ///
    /// As [`token`](Self::token);
    /// [`AdminError::Untold`]: it was done, and its line in the audit trail can't be written.
    pub async fn revoke_token(&self, token: &str) -> Result<bool, AdminError> {
        let fingerprint = self.token_fingerprint(token);
        let tokens = &self.provider.stores().tokens;
        let begun = self.trail.begin();
        if let Some((access, _)) = tokens.access(fingerprint).await? {
            let (id, ending) = (access.grant, Ending::RevokedByAdministrator);
            let ended = self.provider.end_grant(id, ending, self.now()).await?;
            self.trail.is_whole(begun)?;
            return Ok(ended);
        }
        for _ in 0..TRIES {
            let found = tokens.temporary(fingerprint).await?;
            let found = found.ok_or_else(unknown)?;
            let step = found.row.state.on(Event::Withdraw);
            if step.answer != Answer::Accepted {
                return Ok(false);
            }
            let mut row = found.row.clone();
            row.state = step.next;
            let change = Change::new().temporary(Expected::Version(found.version), row);
            if tokens.commit(change).await? == Commit::Done {
                let shown = fingerprint.to_string();
                let note = Note::new("revoke").with("consumer", &found.row.consumer_key);
                let (note, now) = (note.with("token", &shown), self.now());
                self.trail.note(begun, now, note).await?;
                return Ok(true);
            }
        }
        Err(AdminError::Contention {
            what: "token",
            name: fingerprint.to_string(),
        })
    }

    async fn access_row(&self, token: &AccessToken, grant: &Grant) -> Result<TokenRow, AdminError> {
        let (now, mode) = (self.now(), self.provider.settings().renewal);
        let cause = match grant.life.decide_use(&token.presented(), mode, now) {
            UseDecision::Live | UseDecision::FirstUse => None,
            UseDecision::Refused(cause) => Some(cause),
        };
        let found = self.standing_of(&token.consumer_key).await?;
        Ok(TokenRow {
            kind: TokenKind::Access,
            fingerprint: token.token.to_string(),
            consumer: token.consumer_key.clone(),
            consumer_standing: standing(found),
            usable: cause.is_none() && found == Some(Standing::Accepted),
            cause: cause.map(Cause::as_str),
            detail: detail(cause, found, "accepted at resources"),
            issued: Some(token.issued),
            expires: token.expires.time(),
            generation: Some(token.generation.get()),
            grant: Some(GrantRow::of(grant, now)),
        })
    }

    async fn temporary_row(&self, row: &TemporaryCredentials) -> Result<TokenRow, AdminError> {
        let life = Temporary::restored(row.state, row.wrong_verifiers, Expiry::at(row.expires));
        let cause = match life.on(Event::Exchange, self.now()).1 {
            Answer::Refused(cause) => Some(cause),
            Answer::Accepted | Answer::Ignored => None,
        };
        let found = self.standing_of(&row.consumer_key).await?;
        Ok(TokenRow {
            kind: TokenKind::Temporary,
            fingerprint: row.token.to_string(),
            consumer: row.consumer_key.clone(),
            consumer_standing: standing(found),
            usable: cause.is_none() && found == Some(Standing::Accepted),
            cause: cause.map(Cause::as_str),
            detail: detail(
                cause,
                found,
                "approved, to be exchanged for an access token",
            ),
            issued: None,
            expires: Some(row.expires),
            generation: None,
            grant: None,
        })
    }

    async fn standing_of(&self, consumer: &str) -> Result<Option<Standing>, AdminError> {
        let found = self.consumer_store().consumer(consumer).await?;
        Ok(found.map(|found| found.row.standing))
    }
}

fn detail(cause: Option<Cause>, consumer: Option<Standing>, usable: &str) -> String {
    match (cause, consumer) {
        (Some(cause), _) => cause.to_string(),
        (None, Some(Standing::Accepted)) => usable.to_owned(),
        (None, None) => "the application was removed".to_owned(),
        (None, Some(_)) => "the application is rejected".to_owned(),
    }
}

const fn standing(standing: Option<Standing>) -> &'static str {
    match standing {
        Some(Standing::Accepted) => "accepted",
        Some(_) => "rejected",
        None => "unknown",
    }
}

fn unknown() -> AdminError {
    AdminError::NotFound {
        what: "such token:",
        name: "it was never issued here, or is forgotten".to_owned(),
    }
}
