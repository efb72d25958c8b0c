//! The audit trail: what was decided, for whom, and the true cause.

use core::fmt;
use core::future::Future;
use core::pin::Pin;

use countersign_clock::UnixTime;
use countersign_problem::ProblemCode;
use countersign_store::{Fingerprint, GrantId};

/// What was asked for or done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// A user approved temporary credentials.
    Approve,
    /// A user refused temporary credentials.
    Deny,
    /// Temporary credentials were traded for an access token.
    Exchange,
    /// A consumer was registered or changed.
    Register,
    /// An access token was renewed.
    Renew,
    /// A signed request to a resource.
    Request,
    /// A grant was ended.
    Revoke,
    /// Temporary credentials were asked for.
    TemporaryCredentials,
    /// A name and password were traded for an access token (xAuth).
    Xauth,
}

impl Action {
    /// The stable name, as it is logged.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Deny => "deny",
            Self::Exchange => "exchange",
            Self::Register => "register",
            Self::Renew => "renew",
            Self::Request => "request",
            Self::Revoke => "revoke",
            Self::TemporaryCredentials => "temporary_credentials",
            Self::Xauth => "xauth",
        }
    }
}

/// One line of the audit trail. It holds no secret and no token, only fingerprints.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// When, by the provider's clock.
    pub at: UnixTime,
    /// What was asked for or done.
    pub action: Action,
    /// Whether it was granted.
    pub granted: bool,
    /// Whether the request was signed rightly: whoever signed it has the consumer's key, whatever
    /// else is wrong with it. Never set for what is decided on a page or by an administrator.
    pub proven: bool,
    /// Whether a request that is [`proven`](Self::proven) and was refused may have been sent by
    /// somebody who only saw it, once or any number of times: see
    /// [`Refusal::may_be_replay`](crate::Refusal::may_be_replay).
    pub may_be_replay: bool,
    /// Whether it was refused for its nonce: see
    /// [`Refusal::is_for_nonce`](crate::Refusal::is_for_nonce).
    pub is_for_nonce: bool,
    /// The consumer key as it was claimed, where the event is not [`proven`](Self::proven).
    pub consumer_key: Option<String>,
    /// Whether an application is registered by that key. It is not where the request was refused
    /// before anybody looked.
    pub registered: bool,
    /// Fingerprint of the token presented.
    pub token: Option<Fingerprint>,
    /// The grant concerned.
    pub grant: Option<GrantId>,
    /// The user concerned.
    pub user: Option<String>,
    /// The organisation concerned.
    pub organisation: Option<String>,
    /// The problem the caller was told.
    pub problem: Option<ProblemCode>,
    /// The status the caller was told.
    pub status: u16,
    /// The true cause, by its stable name; see `countersign_token::Cause` and
    /// `countersign_verify::CheckId`.
    pub cause: Option<&'static str>,
    /// The true cause in words; never a secret.
    pub detail: Option<String>,
}

impl Event {
    /// An event of which nothing else is known yet.
    #[must_use]
    pub const fn new(at: UnixTime, action: Action) -> Self {
        Self {
            at,
            action,
            granted: true,
            proven: false,
            may_be_replay: false,
            is_for_nonce: false,
            consumer_key: None,
            registered: true,
            token: None,
            grant: None,
            user: None,
            organisation: None,
            problem: None,
            status: 200,
            cause: None,
            detail: None,
        }
    }
}

/// One line, whatever was sent: everything from outside is escaped.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} {}",
            self.at.rfc3339(),
            self.action.as_str(),
            if self.granted { "granted" } else { "refused" },
            self.status
        )?;
        field(f, "consumer", self.consumer_key.as_ref())?;
        field(f, "token", self.token.as_ref())?;
        field(f, "grant", self.grant.as_ref())?;
        field(f, "user", self.user.as_ref())?;
        field(f, "organisation", self.organisation.as_ref())?;
        field(f, "problem", self.problem.as_ref())?;
        field(f, "cause", self.cause.as_ref())?;
        field(f, "detail", self.detail.as_ref())
    }
}

fn field(f: &mut fmt::Formatter<'_>, name: &str, value: Option<&impl fmt::Display>) -> fmt::Result {
    match value {
        Some(value) => write!(f, " {name}=\"{}\"", value.to_string().escape_default()),
        None => Ok(()),
    }
}

/// The audit trail can't be written. A token is not given out without its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, thiserror::Error)]
#[error("the audit trail can't be written")]
#[non_exhaustive]
pub struct AuditUnavailable;

impl AuditUnavailable {
    /// The error, for implementations of [`Audit`].
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

/// Where the audit trail goes.
pub trait Audit: Send + Sync {
    /// Whether a line could be written now. It is asked before anything is changed for a token, an
    /// approval or a registration, so that an outage of the trail changes nothing: no token is
    /// replaced whose successor could not leave. What ends a grant does not ask, nor what rejects an
    /// application or takes certificates from it.
    ///
    /// # Errors
    ///
    /// No line could be written.
    fn ready<'a>(
        &'a self,
    ) -> Pin<Box<dyn Future<Output = Result<(), AuditUnavailable>> + Send + 'a>> {
        Box::pin(core::future::ready(Ok(())))
    }

    /// Whether accepted requests to resources are written down too, of which there are most by far.
    /// They are unless this says otherwise; then no event is made of one.
    fn wants_accepted_requests(&self) -> bool {
        true
    }

    /// Writes one event. Where [`Event::granted`] is set for an action that gives out a token, the
    /// token leaves only after this was answered with `Ok`; it must then be as durable as the trail
    /// is meant to be. Other events may be buffered; what they tell of stands if they are lost, and
    /// that some were lost is the implementation's to tell.
    ///
    /// # Errors
    ///
    /// The event is not written.
    fn record<'a>(
        &'a self,
        event: &'a Event,
    ) -> Pin<Box<dyn Future<Output = Result<(), AuditUnavailable>> + Send + 'a>>;
}

/// Keeps no trail at all.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct NoAudit;

impl NoAudit {
    /// No trail.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Audit for NoAudit {
    fn wants_accepted_requests(&self) -> bool {
        false
    }

    fn record<'a>(
        &'a self,
        _event: &'a Event,
    ) -> Pin<Box<dyn Future<Output = Result<(), AuditUnavailable>> + Send + 'a>> {
        Box::pin(core::future::ready(Ok(())))
    }
}
