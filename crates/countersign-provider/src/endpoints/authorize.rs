//! The user's decision (RFC 5849 section 2.2); the page that asks is the application's.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_store::{
    Change, Commit, Consumer, ConsumerStore, Domain, Expected, NonceStore, Standing, StoreError,
    TemporaryCredentials, TokenStore, Versioned,
};
use countersign_token::{Answer, Event as LifeEvent, TemporaryState};

use crate::audit::{Action, Event};
use crate::callback;
use crate::endpoints::TRIES;
use crate::faults;
use crate::provider::Provider;

/// What the user is asked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Pending {
    /// The application that asks.
    pub consumer_key: String,
    /// Its name, as it was registered.
    pub consumer_name: String,
    /// Where the user goes next: a URI it registered, or `oob`.
    pub callback: String,
    /// When the question ends.
    pub expires: UnixTime,
}

/// Who decides, for what.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Approver<'a> {
    /// The user, authenticated by the page.
    pub user: &'a str,
    /// The organisation chosen.
    pub organisation: &'a str,
    /// The user's role there; it has to be one of those that may connect applications.
    pub role: &'a str,
}

impl<'a> Approver<'a> {
    /// A user with a role in an organisation.
    #[must_use]
    pub const fn new(user: &'a str, organisation: &'a str, role: &'a str) -> Self {
        Self {
            user,
            organisation,
            role,
        }
    }
}

/// The user said yes.
#[non_exhaustive]
pub struct Approval {
    /// Where to send the user, with `oauth_token` and `oauth_verifier`; `None` for `oob`, where the
    /// page shows the verifier.
    pub redirect: Option<String>,
    /// The verifier.
    pub verifier: Secret,
}

/// Token and verifier open something: they are not shown.
impl core::fmt::Debug for Approval {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Approval")
            .field("redirect", &self.redirect.as_ref().map(|_| "[redacted]"))
            .finish_non_exhaustive()
    }
}

/// The question can't be put or answered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorizeError {
    /// Changed again and again under each try, or the random generator failed.
    #[error("try again")]
    Again,
    /// The audit trail can't be written.
    #[error("the audit trail can't be written")]
    Audit,
    /// Decided, expired or used already.
    #[error("the request for access is no longer open")]
    Closed(#[source] countersign_token::Cause),
    /// A store failed.
    #[error("a store failed")]
    Store(#[from] StoreError),
    /// The user's role may not connect applications.
    #[error("the user's role may not connect applications")]
    Role,
    /// No such temporary credentials; or their application is gone, rejected, or has withdrawn the
    /// callback.
    #[error("the token is not known")]
    Unknown,
}

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> Provider<C, T, N> {
    /// What the user is asked by these temporary credentials.
    ///
    /// # Errors
    ///
    /// They are unknown, expired, or decided already.
    pub async fn pending(&self, token: &str, now: UnixTime) -> Result<Pending, AuthorizeError> {
        let row = self.open(token, now).await?.row;
        let consumer = self.asking(&row).await?;
        Ok(Pending {
            consumer_key: row.consumer_key,
            consumer_name: consumer.row.name.clone(),
            callback: row.callback,
            expires: row.expires,
        })
    }

    /// The user says yes.
    ///
    /// # Errors
    ///
    /// They are unknown, expired or decided already, or the role may not connect applications; or the
    /// audit trail can't be written, and nothing is decided.
    pub async fn approve(
        &self,
        token: &str,
        by: Approver<'_>,
        now: UnixTime,
    ) -> Result<Approval, AuthorizeError> {
        if !self.settings.may_connect(by.role) {
            return Err(AuthorizeError::Role);
        }
        // Once committed it can't be decided again, and without its line nobody is told the verifier.
        if self.audit_ready().await.is_err() {
            return Err(AuthorizeError::Audit);
        }
        for _ in 0..TRIES {
            let Versioned {
                version, mut row, ..
            } = self.open(token, now).await?;
            self.asking(&row).await?;
            row.state = decide(row.state, LifeEvent::Approve)?;
            let verifier = if row.callback == callback::OUT_OF_BAND {
                self.mint.typed_verifier()
            } else {
                self.mint.secret().map(|drawn| {
                    // The mint shares its secrets; this one has a single owner.
                    Secret::new(drawn.expose_secret().to_owned())
                })
            };
            let verifier = verifier.map_err(|_| AuthorizeError::Again)?;
            row.verifier = Some(
                self.fingerprints
                    .of(Domain::Verifier, &[verifier.expose_secret().as_bytes()]),
            );
            row.user = Some(by.user.to_owned());
            row.organisation = Some(by.organisation.to_owned());
            row.role = Some(by.role.to_owned());
            let redirect = callback::with_parameters(
                &row.callback,
                &[
                    ("oauth_token", token),
                    ("oauth_verifier", verifier.expose_secret()),
                ],
            );
            let event = decided(Action::Approve, &row, now);
            let change = Change::new().temporary(Expected::Version(version), row);
            if self.stores.tokens.commit(change).await? == Commit::Done {
                let mut event = event;
                event.user = Some(by.user.to_owned());
                event.organisation = Some(by.organisation.to_owned());
                return match self.write(&event).await {
                    Ok(()) => Ok(Approval { redirect, verifier }),
                    Err(_) => Err(AuthorizeError::Audit),
                };
            }
        }
        Err(AuthorizeError::Again)
    }

    /// The user says no. Gives where to send them, with `oauth_problem=user_refused`; `None` for
    /// `oob`.
    ///
    /// # Errors
    ///
    /// They are unknown, expired or decided already.
    pub async fn deny(&self, token: &str, now: UnixTime) -> Result<Option<String>, AuthorizeError> {
        for _ in 0..TRIES {
            let Versioned {
                version, mut row, ..
            } = self.open(token, now).await?;
            self.asking(&row).await?;
            row.state = decide(row.state, LifeEvent::Deny)?;
            let redirect = callback::with_parameters(
                &row.callback,
                &[("oauth_token", token), ("oauth_problem", "user_refused")],
            );
            let event = decided(Action::Deny, &row, now);
            let change = Change::new().temporary(Expected::Version(version), row);
            if self.stores.tokens.commit(change).await? == Commit::Done {
                self.note(&event).await;
                return Ok(redirect);
            }
        }
        Err(AuthorizeError::Again)
    }

    /// The application that asks, as long as it may and the callback is still its own.
    async fn asking(
        &self,
        row: &TemporaryCredentials,
    ) -> Result<Arc<Versioned<Consumer>>, AuthorizeError> {
        let consumer = self.stores.consumers.consumer(&row.consumer_key).await?;
        consumer
            .filter(|it| it.row.standing == Standing::Accepted)
            .filter(|it| callback::is_registered(&it.row, &row.callback))
            .ok_or(AuthorizeError::Unknown)
    }

    /// The temporary credentials, as long as they are undecided.
    async fn open(
        &self,
        token: &str,
        now: UnixTime,
    ) -> Result<Versioned<TemporaryCredentials>, AuthorizeError> {
        let fingerprint = self.token_fingerprint(token);
        let row = self.stores.tokens.temporary(fingerprint).await?;
        let mut row = Versioned::clone(&*row.ok_or(AuthorizeError::Unknown)?);
        row.row.state = faults::temporary_now(&row.row, now);
        if row.row.state != TemporaryState::Pending {
            // Approving twice is no error of the machine; here it would draw a second verifier.
            let closed = decide(row.row.state, LifeEvent::Exchange);
            let cause = match closed {
                Err(error) => return Err(error),
                Ok(_) => countersign_token::Cause::Used,
            };
            return Err(AuthorizeError::Closed(cause));
        }
        Ok(row)
    }
}

/// The state after the user's decision.
fn decide(state: TemporaryState, event: LifeEvent) -> Result<TemporaryState, AuthorizeError> {
    let step = state.on(event);
    match step.answer {
        Answer::Refused(cause) => Err(AuthorizeError::Closed(cause)),
        Answer::Accepted | Answer::Ignored => Ok(step.next),
    }
}

fn decided(action: Action, row: &TemporaryCredentials, now: UnixTime) -> Event {
    let mut event = Event::new(now, action);
    event.consumer_key = Some(row.consumer_key.clone());
    event.token = Some(row.token);
    event
}
