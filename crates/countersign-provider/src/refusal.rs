//! Why a request was refused, and what its sender is told.

use core::fmt;

use countersign_problem::{Problem, ProblemCode};
use countersign_store::{Consumer, StoreError, Versioned};
use countersign_verify::{self as verify, CheckId, Outcome};

use crate::endpoints::LoginUnavailable;
use crate::unread::BodyFault;
use crate::wire::WireError;

/// What went wrong, as the operator may know it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// The audit trail can't be written, and no token leaves without its line.
    #[error("the audit trail can't be written")]
    Audit,
    /// The body was not read to its end.
    #[error("the body was not read to its end")]
    Body(#[source] BodyFault),
    /// The callback is not one that the application registered.
    #[error("expected a callback that the consumer registered, or \"oob\"")]
    Callback,
    /// Rows changed under each of several tries.
    #[error("the rows changed under each of several tries")]
    Contention,
    /// This kind of application has no flow, or not this one.
    #[error("{advice}")]
    Flow {
        /// What the caller is told.
        advice: &'static str,
    },
    /// Whether a user name and password are right can't be told now.
    #[error("names and passwords can't be checked now")]
    Login(#[source] LoginUnavailable),
    /// The endpoint needs a parameter that was not sent.
    #[error("expected the parameter {name}, found none")]
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// The application's permission hook said no.
    #[error("the permission hook answered {code}")]
    Permission {
        /// The problem that goes with its decision.
        code: ProblemCode,
        /// Seconds for `Retry-After`.
        retry_after: Option<u32>,
    },
    /// The application left as much behind in the stores as it may: see
    /// [`Quotas`](crate::Quotas).
    #[error("the application has {limit} {what}, as many as it may")]
    Quota {
        /// Of what.
        what: &'static str,
        /// How many it may have now.
        limit: u64,
        /// Seconds for `Retry-After`.
        retry_after: u32,
    },
    /// The generator of random bytes failed.
    #[error("no random bytes")]
    Random(#[source] countersign_key::RandomError),
    /// The request itself.
    #[error("the request is refused")]
    Request(#[source] verify::Cause),
    /// A store failed.
    #[error("a store failed")]
    Store(#[source] StoreError),
    /// The token is dead, or not usable for this.
    #[error("the token is refused")]
    Token(#[source] countersign_token::Cause),
    /// A parameter that is longer than anything a provider gives out.
    #[error("the parameter {name} is too long")]
    TooLong {
        /// Its name.
        name: &'static str,
    },
    /// A parameter that this endpoint does not take, or a wrong value.
    #[error("the parameter {name} has a value that is refused")]
    Unacceptable {
        /// Its name.
        name: &'static str,
    },
    /// Not readable as a request at all.
    #[error("the request can't be read")]
    Wire(#[source] WireError),
    /// The user name or password of an xAuth request is wrong.
    #[error("user name or password are not accepted")]
    WrongPassword,
}

impl Cause {
    /// The stable name of the cause, for the audit trail.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Audit => "audit_unavailable",
            Self::Body(_) => "body",
            Self::Callback => "callback",
            Self::Contention => "contention",
            Self::Flow { .. } => "flow",
            Self::Login(_) => "login_unavailable",
            Self::Missing { .. } => "missing",
            Self::Permission { .. } => "permission",
            Self::Quota { .. } => "quota",
            Self::Random(_) => "random_unavailable",
            Self::Request(cause) => cause.check().as_str(),
            Self::Store(_) => "store_unavailable",
            Self::Token(cause) => cause.as_str(),
            Self::TooLong { .. } => "too_long",
            Self::Unacceptable { .. } => "unacceptable",
            Self::Wire(WireError::Forwarded(_)) => "forwarded_origin",
            Self::Wire(_) => "unreadable",
            Self::WrongPassword => "wrong_password",
        }
    }

    /// The cause and everything below it in one sentence.
    #[must_use]
    pub fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut source = core::error::Error::source(self);
        while let Some(error) = source {
            text.push_str(": ");
            text.push_str(&error.to_string());
            source = error.source();
        }
        text
    }
}

/// What the sender is told: a status and, for faults of its own, a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Told {
    /// The HTTP status.
    pub status: u16,
    /// The problem; none for a bare challenge, for limits and for faults of our own.
    pub problem: Option<Problem>,
    /// Seconds for `Retry-After`, where waiting helps.
    pub retry_after: Option<u32>,
}

impl Told {
    pub(crate) fn problem(problem: Problem) -> Self {
        Self {
            status: problem.status(),
            problem: Some(problem),
            retry_after: None,
        }
    }

    fn coded(code: ProblemCode) -> Self {
        Self::problem(Problem::new(code))
    }

    fn ours() -> Self {
        Self {
            status: 503,
            problem: None,
            retry_after: Some(1),
        }
    }
}

impl From<verify::Answer> for Told {
    fn from(answer: verify::Answer) -> Self {
        Self {
            status: answer.status,
            problem: answer.problem,
            retry_after: answer.retry_after,
        }
    }
}

/// A refused request: the true cause for the operator, and what the sender is told.
pub struct Refusal {
    inner: Box<Inner>,
}

struct Inner {
    cause: Cause,
    told: Told,
    trail: Option<verify::Trail>,
    consumer_key: Option<String>,
}

impl Refusal {
    pub(crate) fn new(cause: Cause) -> Self {
        let told = told(&cause);
        Self::telling(cause, told)
    }

    pub(crate) fn telling(cause: Cause, told: Told) -> Self {
        Self {
            inner: Box::new(Inner {
                cause,
                told,
                trail: None,
                consumer_key: None,
            }),
        }
    }

    /// The true cause. It is for the operator: in terse mode it is more than the sender is told.
    #[must_use]
    pub fn cause(&self) -> &Cause {
        &self.inner.cause
    }

    /// What the sender is told.
    #[must_use]
    pub fn told(&self) -> &Told {
        &self.inner.told
    }

    /// The code that the sender is told.
    #[must_use]
    pub fn problem(&self) -> Option<&ProblemCode> {
        self.told().problem.as_ref().map(Problem::code)
    }

    /// What each check of the pipeline came to that was made before, and the one that failed where
    /// it was the pipeline that refused. None of a request that could not be read.
    #[must_use]
    pub fn trail(&self) -> Option<&verify::Trail> {
        self.inner.trail.as_ref()
    }

    /// Whether the request was signed rightly: whoever signed it has the key of the application that
    /// it names. In doubt it was not. Whoever sent it need not have the key: see
    /// [`may_be_replay`](Self::may_be_replay).
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.trail()
            .is_some_and(|trail| trail.outcome(CheckId::Signature) == Outcome::Passed)
    }

    /// Whether the request was signed rightly, and may have been sent by somebody who only saw it: its
    /// nonce was used before, or something else was wrong before that was looked at, as with a token
    /// that is over. Anybody who saw one such request can cause any number of these refusals.
    #[must_use]
    pub fn may_be_replay(&self) -> bool {
        let is_new = |trail: &verify::Trail| trail.outcome(CheckId::Nonce) == Outcome::Passed;
        self.is_proven() && !self.trail().is_some_and(is_new)
    }

    /// Whether the request was signed rightly and refused for its nonce: that was used before, as that of a
    /// copy was, or is more than the application may leave behind, or could not be stored.
    /// What is looked at before, as its token, was right.
    #[must_use]
    pub fn is_for_nonce(&self) -> bool {
        let fails = |trail: &verify::Trail| trail.outcome(CheckId::Nonce) == Outcome::Failed;
        self.is_proven() && self.trail().is_some_and(fails)
    }

    /// The consumer key of the request, where an application is registered by it and the request
    /// came far enough for it to be looked up. That it was this application that sent it is to be
    /// had from [`is_proven`](Self::is_proven).
    #[must_use]
    pub fn consumer_key(&self) -> Option<&str> {
        self.inner.consumer_key.as_deref()
    }

    pub(crate) fn of(mut self, consumer: Option<&Versioned<Consumer>>) -> Self {
        self.inner.consumer_key = consumer.map(|consumer| consumer.row.key.clone());
        self
    }

    /// A refusal that knows nothing of the checks before it is told of them.
    pub(crate) fn after(mut self, trail: verify::Trail) -> Self {
        self.inner.trail.get_or_insert(trail);
        self
    }

    pub(crate) fn with_trail(mut self, trail: verify::Trail) -> Self {
        self.inner.trail = Some(trail);
        self
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("cause", &self.inner.cause)
            // Advice may repeat the token that was presented.
            .field("status", &self.inner.told.status)
            .field("problem", &self.problem())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.cause.fmt(f)
    }
}

impl core::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        core::error::Error::source(&self.inner.cause)
    }
}

impl From<verify::Refusal> for Refusal {
    fn from(refusal: verify::Refusal) -> Self {
        let trail = *refusal.trail();
        Self::telling(
            Cause::Request(refusal.cause().clone()),
            refusal.answer().into(),
        )
        .with_trail(trail)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::new(Cause::Store(error))
    }
}

impl From<countersign_key::RandomError> for Refusal {
    fn from(error: countersign_key::RandomError) -> Self {
        Self::new(Cause::Random(error))
    }
}

impl From<BodyFault> for Refusal {
    fn from(fault: BodyFault) -> Self {
        Self::new(Cause::Body(fault))
    }
}

impl From<WireError> for Refusal {
    fn from(error: WireError) -> Self {
        Self::new(Cause::Wire(error))
    }
}

#[deny(
    clippy::wildcard_enum_match_arm,
    reason = "every cause needs an answer of its own"
)]
fn told(cause: &Cause) -> Told {
    let rejected = |name: &str| {
        Told::problem(
            Problem::new(ProblemCode::PARAMETER_REJECTED).with_parameter_rejected(name, None),
        )
    };
    match cause {
        // Faults of our own carry no problem, so that no client throws a token away.
        Cause::Audit
        | Cause::Contention
        | Cause::Random(_)
        | Cause::Store(_)
        | Cause::Wire(WireError::Forwarded(_)) => Told::ours(),
        Cause::Body(fault) => Told {
            status: fault.status(),
            problem: None,
            retry_after: fault.retry_after(),
        },
        Cause::Callback => rejected("oauth_callback"),
        Cause::Flow { advice } => {
            Told::problem(Problem::new(ProblemCode::CONSUMER_KEY_REJECTED).with_advice(*advice))
        }
        Cause::Login(why) => Told {
            retry_after: match why {
                LoginUnavailable::Failed => Some(1),
                LoginUnavailable::Later { retry_after } => Some(*retry_after),
            },
            ..Told::ours()
        },
        Cause::Missing { name } => {
            Told::problem(Problem::new(ProblemCode::PARAMETER_ABSENT).with_parameter_absent(*name))
        }
        Cause::Permission { code, retry_after } => Told {
            retry_after: *retry_after,
            ..Told::coded(code.clone())
        },
        Cause::Quota { retry_after, .. } => Told {
            retry_after: Some(*retry_after),
            ..Told::coded(ProblemCode::CONSUMER_KEY_REFUSED)
        },
        Cause::Request(cause) => verify::answer_to(cause).into(),
        // Told by `faults`, which knows the token presented.
        Cause::Token(cause) => Told::coded(cause.problem()),
        Cause::TooLong { name } | Cause::Unacceptable { name } => rejected(name),
        Cause::Wire(_) => Told::coded(ProblemCode::PARAMETER_REJECTED),
        Cause::WrongPassword => Told::coded(ProblemCode::PERMISSION_DENIED),
    }
}
