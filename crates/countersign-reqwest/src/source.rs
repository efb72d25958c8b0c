//! Where the credentials come from, and what is done when they are refused.

use core::error::Error;
use core::future::{Future, ready};
use std::sync::Arc;

use countersign_client::Credentials;
use countersign_problem::ProblemCode;

/// Where a client gets the credentials that it signs with.
///
/// The driver of [`connections`](countersign_client::connections) is one place: it knows the newest
/// token, and renews it once for all processes.
pub trait CredentialSource: Send + Sync + 'static {
    /// What to sign with now. It is asked for every request, and must not wait for a renewal as long
    /// as there is a token that is good.
    ///
    /// # Errors
    /// [`SourceError`]: there are none. Nothing is sent then.
    fn current(&self) -> impl Future<Output = Result<Arc<Credentials>, SourceError>> + Send;

    /// The provider says that the token of `refused` has expired: the next one, after a renewal.
    /// None if there is none to be had, so that only the user can help.
    ///
    /// # Errors
    /// [`SourceError`]: it can't be told now. The answer is delivered, and the user left alone.
    fn renewed(
        &self,
        refused: &Arc<Credentials>,
    ) -> impl Future<Output = Result<Option<Arc<Credentials>>, SourceError>> + Send;

    /// The provider rejects the token of `refused`: another one, if the store has it by now. None
    /// if it is the same, so that only the user can help.
    ///
    /// # Errors
    /// [`SourceError`]: it can't be told now. The answer is delivered, and the user left alone.
    fn reread(
        &self,
        refused: &Arc<Credentials>,
    ) -> impl Future<Output = Result<Option<Arc<Credentials>>, SourceError>> + Send;

    /// As [`reread`](Self::reread), which it comes to unless the source says otherwise, with what the
    /// provider says: `token_rejected`, or `token_revoked` from those who say it outright.
    ///
    /// # Errors
    /// As for [`reread`](Self::reread).
    fn refused(
        &self,
        refused: &Arc<Credentials>,
        code: &ProblemCode,
    ) -> impl Future<Output = Result<Option<Arc<Credentials>>, SourceError>> + Send {
        let _ = code;
        self.reread(refused)
    }

    /// The provider's clock was seen to be so many seconds ahead of this one. Nothing is done about it
    /// unless the source says otherwise; it is told often, and must be quick.
    fn clock_seen(&self, seconds: i64) {
        let _ = seconds;
    }

    /// A request that was signed with `used` was served: the token is good. Nothing is done about it
    /// unless the source says otherwise.
    fn worked(&self, used: &Arc<Credentials>) -> impl Future<Output = ()> + Send {
        let _ = used;
        ready(())
    }
}

/// Credentials that stay: tokens that do not expire, consumers without tokens.
#[derive(Clone, Debug)]
pub struct Fixed(Arc<Credentials>);

impl Fixed {
    /// These.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self(Arc::new(credentials))
    }
}

impl CredentialSource for Fixed {
    fn current(&self) -> impl Future<Output = Result<Arc<Credentials>, SourceError>> + Send {
        ready(Ok(Arc::clone(&self.0)))
    }

    fn renewed(
        &self,
        _refused: &Arc<Credentials>,
    ) -> impl Future<Output = Result<Option<Arc<Credentials>>, SourceError>> + Send {
        ready(Ok(None))
    }

    fn reread(
        &self,
        _refused: &Arc<Credentials>,
    ) -> impl Future<Output = Result<Option<Arc<Credentials>>, SourceError>> + Send {
        ready(Ok(None))
    }
}

/// There are no credentials to sign with.
#[derive(Debug, thiserror::Error)]
#[error("no credentials are at hand")]
pub struct SourceError(#[source] Box<dyn Error + Send + Sync>);

impl SourceError {
    /// For this reason.
    #[must_use]
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
