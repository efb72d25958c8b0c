//! xAuth: a name and password become an access token, where an application may.

use core::future::Future;
use core::pin::Pin;

use countersign_base_string::{Parameter, Parameters, Place, Request, Scheme};
use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_store::{Commit, Consumer, ConsumerStore, GrantId, NonceStore, TokenStore};
use http::Response;

use crate::audit::Action;
use crate::endpoints::TRIES;
use crate::endpoints::exchange::Holder;
use crate::lifecycle::{Ending, EndingError};
use crate::provider::Provider;
use crate::refusal::{Cause, Refusal};

pub(crate) const MODE: &str = "x_auth_mode";
const USERNAME: &str = "x_auth_username";
const PASSWORD: &str = "x_auth_password";
const CLIENT_AUTH: &str = "client_auth";

/// Whom a name and password belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Login {
    /// The user.
    pub user: String,
    /// The organisation the token will be for.
    pub organisation: String,
    /// The user's role there.
    pub role: String,
}

impl Login {
    /// A user with a role in an organisation.
    #[must_use]
    pub fn new(
        user: impl Into<String>,
        organisation: impl Into<String>,
        role: impl Into<String>,
    ) -> Self {
        Self {
            user: user.into(),
            organisation: organisation.into(),
            role: role.into(),
        }
    }
}

/// Checks names and passwords. It should throttle and take the same time for every wrong pair.
///
/// A pair that is right is asked for twice: once more when its grant is written. Whoever lost their
/// place in between must be nobody by then, or have another role: so tell the provider of it
/// ([`Provider::user_removed`], [`Provider::role_changed`]) after it is true here.
pub trait Authenticate: Send + Sync {
    /// Whom they belong to; `None` when they belong to nobody.
    fn authenticate<'a>(
        &'a self,
        username: &'a str,
        password: &'a Secret,
    ) -> Pin<Box<dyn Future<Output = Option<Login>> + Send + 'a>>;
}

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> Provider<C, T, N> {
    pub(crate) async fn xauth(
        &self,
        consumer: &Consumer,
        request: &Request<'_>,
        now: UnixTime,
    ) -> Result<Response<String>, Refusal> {
        let login = match &self.login {
            Some(login) if consumer.may_use_xauth => login,
            _ => {
                return Err(Refusal::new(Cause::Flow {
                    advice: "The consumer may not use xAuth",
                }));
            }
        };
        // A password travels in a body and under TLS, or not at all.
        if request.method() != "POST" || request.uri().scheme() != Scheme::Https {
            return Err(Refusal::new(Cause::Unacceptable { name: PASSWORD }));
        }
        let [mode, username, password] = self.credentials(request)?;
        if mode.expose_secret() != CLIENT_AUTH {
            return Err(Refusal::new(Cause::Unacceptable { name: MODE }));
        }
        let asked = || login.authenticate(username.expose_secret(), &password);
        let found = asked()
            .await
            .filter(|login| self.settings.may_connect(&login.role))
            .ok_or_else(|| Refusal::new(Cause::WrongPassword))?;
        let holder = Holder {
            user: &found.user,
            organisation: &found.organisation,
            role: &found.role,
        };
        self.audit_ready().await?;
        for _ in 0..TRIES {
            let issue = self.issue(consumer, holder, Action::Xauth, now).await?;
            let grant = issue.event.grant;
            if self.stores.tokens.commit(issue.change).await? == Commit::Done {
                // Whoever removed the user before the grant was written did not find it.
                if let (Some(ending), Some(grant)) = (self.lost(&found, asked().await), grant) {
                    self.withdrawn(grant, ending, now).await?;
                    return Err(Refusal::new(Cause::WrongPassword));
                }
                self.record(issue.event).await?;
                return Ok(issue.answer);
            }
        }
        Err(Refusal::new(Cause::Contention))
    }

    /// What of a login was lost since.
    fn lost(&self, before: &Login, after: Option<Login>) -> Option<Ending> {
        match after {
            Some(it) if it.user == before.user && it.organisation == before.organisation => {
                (!self.settings.may_connect(&it.role)).then_some(Ending::RoleChanged)
            }
            Some(_) | None => Some(Ending::UserRemoved),
        }
    }

    async fn withdrawn(
        &self,
        grant: GrantId,
        ending: Ending,
        now: UnixTime,
    ) -> Result<(), Refusal> {
        match self.end_grant(grant, ending, now).await {
            Ok(_) => Ok(()),
            Err(EndingError::Store(error)) => Err(error.into()),
            Err(EndingError::Contention) => Err(Refusal::new(Cause::Contention)),
        }
    }

    /// The three parameters, each due once and not empty.
    fn credentials(&self, request: &Request<'_>) -> Result<[Secret; 3], Refusal> {
        let limits = self.settings.policy.limits();
        let parameters = Parameters::collect(request, limits)
            .map_err(|_| Refusal::new(Cause::Unacceptable { name: MODE }))?;
        let one = |name: &'static str| {
            let mut values = parameters
                .iter()
                .filter(|parameter| parameter.name().as_ref() == name.as_bytes());
            let elsewhere = |parameter: &Parameter<'_>| parameter.place() != Place::Body;
            match (values.next(), values.next()) {
                (None, _) => Err(Refusal::new(Cause::Missing { name })),
                (Some(_), Some(_)) => Err(Refusal::new(Cause::Unacceptable { name })),
                (Some(value), None) if elsewhere(value) => {
                    Err(Refusal::new(Cause::Unacceptable { name }))
                }
                (Some(value), None) => String::from_utf8(value.value().into_owned())
                    .ok()
                    .filter(|text| !text.is_empty())
                    .map(Secret::new)
                    .ok_or_else(|| Refusal::new(Cause::Unacceptable { name })),
            }
        };
        Ok([one(MODE)?, one(USERNAME)?, one(PASSWORD)?])
    }
}
