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

/// Whether a name and password are right can't be told now. No wrong pair is refused like this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginUnavailable {
    /// Those who know can't be asked.
    #[error("the users can't be read")]
    Failed,
    /// There were too many tries, with this name or altogether.
    #[error("too many tries")]
    Later {
        /// When to try again, in seconds.
        retry_after: u32,
    },
}

/// What is known of a login: `None` where it is nobody's.
pub type LoginFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Option<Login>, LoginUnavailable>> + Send + 'a>>;

/// Checks names and passwords. It should throttle and take the same time for every wrong pair.
pub trait Authenticate: Send + Sync {
    /// Whom they belong to; `None` when they belong to nobody.
    ///
    /// # Errors
    ///
    /// It can't be told now: the application is asked to try again, and is not told of any problem.
    fn authenticate<'a>(&'a self, username: &'a str, password: &'a Secret) -> LoginFuture<'a>;

    /// What became of a login, once its grant is written: with another role, or nobody's.
    ///
    /// Whoever lost their place in between must have lost it here by then: so tell the provider of
    /// it ([`Provider::user_removed`], [`Provider::role_changed`]) after it is true here.
    ///
    /// # Errors
    ///
    /// It can't be told now: the grant is withdrawn.
    fn still<'a>(&'a self, login: &'a Login) -> LoginFuture<'a>;
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
        let found = login
            .authenticate(username.expose_secret(), &password)
            .await
            .map_err(|why| Refusal::new(Cause::Login(why)))?
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
                if let Some((ending, cause)) = self.lost(&found, login.still(&found).await) {
                    if let Some(grant) = grant {
                        self.withdrawn(grant, ending, now).await?;
                    }
                    return Err(Refusal::new(cause));
                }
                self.record(issue.event).await?;
                return Ok(issue.answer);
            }
        }
        Err(Refusal::new(Cause::Contention))
    }

    /// What of a login was lost since, and why its token is not given out.
    fn lost(
        &self,
        before: &Login,
        after: Result<Option<Login>, LoginUnavailable>,
    ) -> Option<(Ending, Cause)> {
        match after {
            Ok(Some(it)) if it.user == before.user && it.organisation == before.organisation => {
                let may = self.settings.may_connect(&it.role);
                (!may).then_some((Ending::RoleChanged, Cause::WrongPassword))
            }
            Ok(_) => Some((Ending::UserRemoved, Cause::WrongPassword)),
            // Nobody has its token; it must not stand in the way of what is given next. It is the
            // provider that takes it back: its user did nothing.
            Err(why) => Some((Ending::RevokedByAdministrator, Cause::Login(why))),
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
