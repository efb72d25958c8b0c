//! The token endpoint: exchange, renewal and xAuth come to the same address.

use countersign_base_string::Request;
use countersign_clock::UnixTime;
use countersign_store::{ConsumerKind, ConsumerStore, NonceStore, TokenStore};
use http::Response;

use crate::audit::Action;
use crate::check::{Checked, Extent, Found, Purpose, Seen, parameter};
use crate::endpoints::xauth;
use crate::provider::Provider;
use crate::refusal::{Cause, Refusal};

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> Provider<C, T, N> {
    /// Gives out an access token: for approved temporary credentials (RFC 5849 section 2.3), for an
    /// access token with its session handle (Session draft, section 5.3), or for a name and
    /// password (xAuth), where the application may and [`Provider::with_login`] was called.
    ///
    /// # Errors
    ///
    /// The request is refused, or what it offers can't be traded.
    pub async fn access_token(
        &self,
        request: &Request<'_>,
        now: UnixTime,
    ) -> Result<Response<String>, Refusal> {
        let mut seen = Seen::default();
        let mut action = Action::Exchange;
        let outcome = self
            .issue_access(request, now, &mut seen, &mut action)
            .await;
        self.told(outcome, action, now, &seen).await
    }

    async fn issue_access(
        &self,
        request: &Request<'_>,
        now: UnixTime,
        seen: &mut Seen,
        action: &mut Action,
    ) -> Result<Response<String>, Refusal> {
        let policy = &self.settings.policy;
        let mode = parameter(request, policy, xauth::MODE);
        let Checked {
            verified,
            consumer,
            found,
            ..
        } = self
            .check(
                request,
                policy,
                now,
                Purpose::AccessToken,
                Extent::Whole,
                seen,
            )
            .await?;
        let consumer = &consumer.row;
        if consumer.kind == ConsumerKind::Private {
            return Err(Refusal::new(Cause::Flow {
                advice: "Private applications have no Access Token to ask for",
            }));
        }
        match found {
            Found::Temporary(row) => {
                let presented = verified.claims().token().unwrap_or_default();
                let verifier = verified.claims().verifier();
                self.exchange(consumer, row, presented, verifier, now).await
            }
            Found::Access(token, grant) => {
                *action = Action::Renew;
                let presented = verified.claims().token().unwrap_or_default();
                let handle = verified.claims().session_handle().unwrap_or_default();
                self.renew(consumer, presented, &token, grant, handle, now)
                    .await
            }
            Found::Nothing | Found::Own if mode.is_some() => {
                *action = Action::Xauth;
                self.xauth(consumer, request, now).await
            }
            Found::Nothing | Found::Own => Err(Refusal::new(Cause::Missing {
                name: "oauth_token",
            })),
        }
    }
}
