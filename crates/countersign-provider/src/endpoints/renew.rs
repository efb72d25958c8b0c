//! An access token and its session handle become the next generation (Session draft, section 5.3).

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_store::{
    AccessToken, Change, Commit, Consumer, ConsumerStore, Expected, Grant, Issued, NonceStore,
    TokenStore, Versioned,
};
use countersign_token::{Cause as Why, RenewalDecision, RenewalMode};
use http::Response;

use crate::audit::{Action, Event};
use crate::endpoints::TRIES;
use crate::faults::{self, Due};
use crate::provider::Provider;
use crate::refusal::{Cause, Refusal};

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> Provider<C, T, N> {
    pub(crate) async fn renew(
        &self,
        consumer: &Consumer,
        presented: &str,
        token: &AccessToken,
        mut found: Arc<Versioned<Grant>>,
        handle: &str,
        now: UnixTime,
    ) -> Result<Response<String>, Refusal> {
        let offered = self.handle_fingerprint(handle);
        if token.session_handle.is_some_and(|kept| kept != offered) {
            return Err(Refusal::new(Cause::Unacceptable {
                name: "oauth_session_handle",
            }));
        }
        self.audit_ready().await?;
        for _ in 0..TRIES {
            let grant = &found.row;
            let mut event = Event::new(now, Action::Renew);
            event.proven = true;
            event.consumer_key = Some(consumer.key.clone());
            event.token = Some(token.token);
            event.grant = Some(grant.id);
            event.user = Some(grant.user.clone());
            event.organisation = Some(grant.organisation.clone());
            let decision = faults::in_renewal(token, grant, self.settings.renewal, now);
            match (decision, &grant.issued) {
                (RenewalDecision::Refused(why), _) => {
                    return Err(faults::refuse(why, presented, Due::Request));
                }
                (RenewalDecision::Repeat(_), Some(issued)) => {
                    event.cause = Some("repeated");
                    let handle = Some(&*issued.session_handle);
                    let answer = self.granted(&issued.token, &issued.secret, handle, grant, now);
                    self.record(event).await?;
                    return Ok(answer);
                }
                // The store no longer has what it gave out: there is nothing to repeat.
                (RenewalDecision::Repeat(_), None) => {
                    return Err(faults::refuse(Why::Superseded, presented, Due::Request));
                }
                (RenewalDecision::Rotate(_), _) => {
                    self.renewal_quota(grant, now)?;
                    let (change, answer) = self.rotate(&found, presented, now)?;
                    if self.stores.tokens.commit(change).await? == Commit::Done {
                        self.record(event).await?;
                        return Ok(answer);
                    }
                }
            }
            found = match self.stores.tokens.grant(found.row.id).await? {
                Some(grant) => grant,
                None => {
                    return Err(faults::refuse(
                        Why::AuthorizationExpired,
                        presented,
                        Due::Request,
                    ));
                }
            };
        }
        Err(Refusal::new(Cause::Contention))
    }

    /// Refuses a grant that was renewed as often as it may by now: each of its tokens is kept until
    /// the grant is forgotten.
    fn renewal_quota(&self, grant: &Grant, now: UnixTime) -> Result<(), Refusal> {
        let each = u64::from(self.settings.lifetimes.access.max(1));
        let passed = u64::try_from(now.since(grant.given)).unwrap_or(0);
        let earned = passed.checked_div(each).unwrap_or(0);
        let limit = u64::from(self.settings.quotas.renewals).saturating_add(earned);
        if grant.life.generation.get() < limit {
            return Ok(());
        }
        let next = each.saturating_sub(passed.checked_rem(each).unwrap_or(0));
        Err(Refusal::new(Cause::Quota {
            what: "access tokens of one grant",
            limit,
            retry_after: u32::try_from(next).unwrap_or(u32::MAX),
        }))
    }

    /// Draws generation N + 1.
    fn rotate(
        &self,
        found: &Versioned<Grant>,
        presented: &str,
        now: UnixTime,
    ) -> Result<(Change, Response<String>), Refusal> {
        let mut grant = found.row.clone();
        grant.life = grant
            .life
            .rotated(now)
            .ok_or_else(|| faults::refuse(Why::NotRenewable, presented, Due::Request))?;
        let (token, secret) = (self.mint.secret()?, self.mint.secret()?);
        let handle = self.mint.secret()?;
        // Strict renewal never repeats itself, so there is nothing to keep.
        grant.issued = match self.settings.renewal {
            RenewalMode::Graceful { .. } => Some(Issued::new(
                now,
                Arc::clone(&token),
                Arc::clone(&secret),
                Arc::clone(&handle),
            )),
            RenewalMode::Strict => None,
        };
        let access = self.access_row(&grant, &token, &secret, Some(&*handle), now);
        let answer = self.granted(&token, &secret, Some(&*handle), &grant, now);
        let change = Change::new()
            .grant(Expected::Version(found.version), grant)
            .access(access);
        Ok((change, answer))
    }
}
