//! Approved temporary credentials become an access token (RFC 5849 section 2.3).

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_store::{
    AccessToken, Change, Commit, Consumer, ConsumerKind, ConsumerStore, Domain, Expected, Grant,
    GrantId, NonceStore, TemporaryCredentials, TokenStore, Versioned,
};
use countersign_token::{
    Answer, Cause as Why, Event as LifeEvent, Expiry, TemporaryCredentials as Life, TemporaryState,
};
use http::Response;

use crate::audit::{Action, Event};
use crate::endpoints::TRIES;
use crate::faults::{self, Due};
use crate::provider::Provider;
use crate::refusal::{Cause, Refusal};
use crate::response;

/// For whom and what an access token is issued.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder<'a> {
    pub(crate) user: &'a str,
    pub(crate) organisation: &'a str,
    pub(crate) role: &'a str,
}

/// An access token on its way out, and the rows that make it true.
pub(crate) struct Issue {
    pub(crate) change: Change,
    pub(crate) answer: Response<String>,
    pub(crate) event: Event,
}

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> Provider<C, T, N> {
    pub(crate) async fn exchange(
        &self,
        consumer: &Consumer,
        mut found: Arc<Versioned<TemporaryCredentials>>,
        presented: &str,
        verifier: Option<&str>,
        now: UnixTime,
    ) -> Result<Response<String>, Refusal> {
        let offered = verifier.map(|verifier| {
            self.fingerprints
                .of(Domain::Verifier, &[verifier.as_bytes()])
        });
        self.audit_ready().await?;
        for _ in 0..TRIES {
            let Versioned {
                version, mut row, ..
            } = Versioned::clone(&*found);
            let fingerprint = row.token;
            let state = faults::temporary_now(&row, now);
            // None at all is no guess; without a right one there is nothing to miss.
            if offered.is_none() && state == TemporaryState::Approved {
                return Err(Refusal::new(Cause::Missing {
                    name: "oauth_verifier",
                }));
            }
            let event = if row.verifier.is_some() && row.verifier == offered {
                LifeEvent::Exchange
            } else {
                LifeEvent::WrongVerifier
            };
            let expiry = Expiry::at(row.expires);
            let before = Life::restored(row.state, row.wrong_verifiers, expiry);
            let (after, answer) = before.on(event, now);
            let counted = after.wrong_verifiers() != row.wrong_verifiers;
            row.state = after.state();
            row.wrong_verifiers = after.wrong_verifiers();
            let outcome = match answer {
                Answer::Refused(why) => {
                    let refusal = faults::refuse(why, presented, Due::Request);
                    if !counted {
                        return Err(refusal);
                    }
                    Err(refusal)
                }
                Answer::Accepted | Answer::Ignored => {
                    let holder = Holder {
                        user: &row.user.clone().unwrap_or_default(),
                        organisation: &row.organisation.clone().unwrap_or_default(),
                        role: &row.role.clone().unwrap_or_default(),
                    };
                    Ok(self.issue(consumer, holder, Action::Exchange, now).await?)
                }
            };
            let (change, outcome) = match outcome {
                Ok(issue) => (issue.change, Ok((issue.event, issue.answer))),
                Err(refusal) => (Change::new(), Err(refusal)),
            };
            let change = change.temporary(Expected::Version(version), row);
            if self.stores.tokens.commit(change).await? == Commit::Done {
                let (event, answer) = outcome?;
                self.record(event).await?;
                return Ok(answer);
            }
            found = match self.stores.tokens.temporary(fingerprint).await? {
                Some(row) => row,
                None => return Err(faults::refuse(Why::Expired, presented, Due::Request)),
            };
        }
        Err(Refusal::new(Cause::Contention))
    }

    /// Draws an access token with a new grant; whatever grant was live for the same application
    /// and organisation is replaced.
    pub(crate) async fn issue(
        &self,
        consumer: &Consumer,
        holder: Holder<'_>,
        action: Action,
        now: UnixTime,
    ) -> Result<Issue, Refusal> {
        let lifetimes = &self.settings.lifetimes;
        let id = GrantId::from_bytes(self.mint.identity()?);
        let renewable = consumer.kind == ConsumerKind::Partner;
        // A token that can't be renewed is the whole authorisation: its own end is the only one.
        let ends = if renewable {
            Expiry::after(now, lifetimes.authorisation)
        } else {
            Expiry::NEVER
        };
        let (organisation, user) = (holder.organisation, holder.user);
        let mut grant = Grant::new(id, consumer.key.as_str(), organisation, user, now, ends);
        holder.role.clone_into(&mut grant.role);
        grant.renewable = renewable;
        // The later of the two: a rightly signed caller is told the truth for that long.
        let dead = now.saturating_add(i64::from(lifetimes.access.max(lifetimes.dead)));
        grant.forget_after = ends.time().map_or(dead, |ends| ends.max(dead));

        let mut change = Change::new();
        let before = self
            .stores
            .tokens
            .live_grant(&consumer.key, holder.organisation)
            .await?;
        if let Some(before) = before {
            let Versioned { version, row, .. } = Versioned::clone(&*before);
            change = change.grant(Expected::Version(version), faults::replaced(row, now));
        }
        let (token, secret) = (self.mint.secret()?, self.mint.secret()?);
        let handle = if renewable {
            Some(self.mint.secret()?)
        } else {
            None
        };
        let access = self.access_row(&grant, &token, &secret, handle.as_deref(), now);
        let mut event = Event::new(now, action);
        event.proven = true;
        event.consumer_key = Some(consumer.key.clone());
        event.token = Some(access.token);
        event.grant = Some(id);
        event.user = Some(grant.user.clone());
        event.organisation = Some(grant.organisation.clone());
        Ok(Issue {
            answer: self.granted(&token, &secret, handle.as_deref(), &grant, now),
            change: change.grant(Expected::Absent, grant).access(access),
            event,
        })
    }

    /// The row of an access token of the grant's newest generation.
    pub(crate) fn access_row(
        &self,
        grant: &Grant,
        token: &Secret,
        secret: &Arc<Secret>,
        handle: Option<&Secret>,
        now: UnixTime,
    ) -> AccessToken {
        let expires = Expiry::after(now, self.settings.lifetimes.access);
        let mut row = AccessToken::new(
            self.token_fingerprint(token.expose_secret()),
            grant,
            Arc::clone(secret),
            now,
            expires,
        );
        row.session_handle = handle.map(|handle| self.handle_fingerprint(handle.expose_secret()));
        row
    }

    pub(crate) fn handle_fingerprint(&self, handle: &str) -> countersign_store::Fingerprint {
        self.fingerprints
            .of(Domain::SessionHandle, &[handle.as_bytes()])
    }

    /// The answer that gives an access token out.
    pub(crate) fn granted(
        &self,
        token: &Secret,
        secret: &Secret,
        handle: Option<&Secret>,
        grant: &Grant,
        now: UnixTime,
    ) -> Response<String> {
        // A token that is given out again has less time left, and none outlives its authorisation.
        let of_token = Expiry::after(grant.life.issued, self.settings.lifetimes.access);
        let left = [of_token, grant.life.expiry].map(|expiry| expiry.seconds_left(now));
        let expires = left.into_iter().flatten().min().unwrap_or(0).to_string();
        let mut pairs = vec![
            ("oauth_token", token.expose_secret()),
            ("oauth_token_secret", secret.expose_secret()),
            ("oauth_expires_in", expires.as_str()),
        ];
        if let Some(handle) = handle {
            pairs.push(("oauth_session_handle", handle.expose_secret()));
        }
        let left = grant.life.expiry.seconds_left(now).map(|s| s.to_string());
        if let Some(left) = &left {
            pairs.push(("oauth_authorization_expires_in", left));
        }
        response::form(&pairs)
    }
}
