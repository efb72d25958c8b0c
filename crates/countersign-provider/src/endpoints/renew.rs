//! An access token and its session handle become the next generation (Session draft, section 5.3).

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_store::{
    AccessToken, Change, Commit, Consumer, ConsumerStore, Expected, Grant, Issued, NonceStore,
    TokenStore, Versioned,
};
use countersign_token::{Renewal, RenewalMode};
use http::Response;

use crate::audit::{Action, Event};
use crate::endpoints::TRIES;
use crate::faults;
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
        for _ in 0..TRIES {
            let grant = &found.row;
            let renewal = faults::renewal(token, grant, &self.settings.renewal, now)
                .map_err(|cause| faults::refuse_renewal(cause, presented))?;
            let mut event = Event::new(now, Action::Renew);
            event.consumer_key = Some(consumer.key.clone());
            event.token = Some(token.token);
            event.grant = Some(grant.id);
            event.user = Some(grant.user.clone());
            event.organisation = Some(grant.organisation.clone());
            match (renewal, &grant.issued) {
                (Renewal::Repeat, Some(issued)) => {
                    event.cause = Some("repeated");
                    let answer = self.granted(
                        &issued.token,
                        &issued.secret,
                        Some(&*issued.session_handle),
                        grant,
                        now,
                    );
                    self.record(event).await?;
                    return Ok(answer);
                }
                (Renewal::Repeat | Renewal::Rotate, _) => {
                    let (change, answer) = self.rotate(&found, now)?;
                    if self.stores.tokens.commit(change).await? == Commit::Done {
                        self.record(event).await?;
                        return Ok(answer);
                    }
                }
            }
            found = match self.stores.tokens.grant(found.row.id).await? {
                Some(grant) => grant,
                None => {
                    let cause = countersign_token::Cause::AuthorisationExpired;
                    return Err(faults::refuse_renewal(cause, presented));
                }
            };
        }
        Err(Refusal::new(Cause::Contention))
    }

    /// Draws generation N + 1.
    fn rotate(
        &self,
        found: &Versioned<Grant>,
        now: UnixTime,
    ) -> Result<(Change, Response<String>), Refusal> {
        let mut grant = found.row.clone();
        grant.generation = grant.generation.next();
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
            _ => None,
        };
        let access = self.access_row(&grant, &token, &secret, Some(&*handle), now);
        let answer = self.granted(&token, &secret, Some(&*handle), &grant, now);
        let change = Change::new()
            .grant(Expected::Version(found.version), grant)
            .access(access);
        Ok((change, answer))
    }
}
