//! The types that prove something; only the pipeline makes them.

use countersign_clock::UnixTime;
use countersign_signature::Method;
use countersign_signature::body_hash::Streamed;

use crate::body::BodyCoverage;
use crate::check::{CheckId, Trail};
use crate::claims::Claims;
use crate::examine::State;
use crate::refusal::{Cause, Refusal};
use crate::token::{NonceVerdict, TokenState};

/// Proof that the signature is right. The request may still be a replay, and the token may be dead.
#[derive(Debug)]
pub struct Proven<'a> {
    state: Box<State<'a>>,
    method: &'static Method,
}

impl<'a> Proven<'a> {
    pub(crate) const fn new(state: Box<State<'a>>, method: &'static Method) -> Self {
        Self { state, method }
    }

    pub(crate) fn take_due(&mut self) -> Option<Box<Streamed>> {
        self.state.due.take()
    }

    /// What the request claims of itself; proven to come from the owner of the keys.
    #[must_use]
    pub fn claims(&self) -> &Claims<'a> {
        &self.state.claims
    }

    /// The signature method that was verified.
    #[must_use]
    pub fn method(&self) -> &'static Method {
        self.method
    }

    /// How the body is covered.
    #[must_use]
    pub fn body(&self) -> BodyCoverage {
        // It was checked; where not, nothing covers it.
        self.state.body.unwrap_or(BodyCoverage::Unsigned)
    }

    /// What each check came to.
    #[must_use]
    pub fn trail(&self) -> &Trail {
        &self.state.trail
    }

    /// Goes on with the state of the token.
    ///
    /// # Errors
    ///
    /// The token can't be used.
    #[inline]
    pub fn with_token_state(mut self, state: TokenState) -> Result<LiveToken<'a>, Refusal> {
        match state {
            TokenState::Live => {
                self.state.trail.passed(CheckId::TokenState);
                Ok(LiveToken { proven: self })
            }
            TokenState::Faulty(fault) => Err(Refusal::new(Cause::Token(fault), self.state.trail)),
        }
    }

    /// Accepts the signature alone, where nothing is at stake: a command line, a doctor, a test.
    #[must_use]
    pub fn dangerous_without_replay_check(self) -> Verified<'a> {
        Verified { proven: self }
    }
}

/// A rightly signed request with a usable token: now its nonce may be stored.
#[derive(Debug)]
pub struct LiveToken<'a> {
    proven: Proven<'a>,
}

impl<'a> LiveToken<'a> {
    /// What goes into the key of the nonce: consumer key, token, timestamp, nonce (RFC 5849
    /// section 3.3). `None` for a PLAINTEXT request that left out timestamp or nonce: it can't be
    /// told from its own repetition.
    #[must_use]
    #[inline]
    pub fn nonce_key(&self) -> Option<(&str, &str, UnixTime, &str)> {
        let claims = &self.proven.state.claims;
        Some((
            claims.consumer_key().unwrap_or_default(),
            claims.token().unwrap_or_default(),
            self.proven.state.timestamp?,
            claims.nonce()?,
        ))
    }

    /// Ends with the verdict of the nonce store.
    ///
    /// # Errors
    ///
    /// The nonce was used before, the consumer's quota is used up, or the store failed.
    #[inline]
    pub fn with_nonce(mut self, verdict: NonceVerdict) -> Result<Verified<'a>, Refusal> {
        match verdict {
            NonceVerdict::New => {
                self.proven.state.trail.passed(CheckId::Nonce);
                Ok(Verified {
                    proven: self.proven,
                })
            }
            NonceVerdict::NotSent if self.nonce_key().is_none() => {
                self.proven.state.trail.not_applicable(CheckId::Nonce);
                Ok(Verified {
                    proven: self.proven,
                })
            }
            NonceVerdict::Used => Err(Refusal::new(Cause::NonceUsed, self.proven.state.trail)),
            NonceVerdict::OverQuota { retry_after } => Err(Refusal::new(
                Cause::NonceQuota { retry_after },
                self.proven.state.trail,
            )),
            NonceVerdict::Unavailable { retry_after } => Err(Refusal::new(
                Cause::NonceUnavailable { retry_after },
                self.proven.state.trail,
            )),
            NonceVerdict::NotSent => Err(Refusal::new(
                Cause::NonceUnavailable { retry_after: 1 },
                self.proven.state.trail,
            )),
        }
    }
}

/// Proof that a request is accepted. It can only be made by the pipeline.
#[derive(Debug)]
pub struct Verified<'a> {
    proven: Proven<'a>,
}

impl<'a> Verified<'a> {
    /// The consumer key.
    #[must_use]
    pub fn consumer_key(&self) -> &str {
        self.proven.state.claims.consumer_key().unwrap_or_default()
    }

    /// The token, unless none or an empty one was sent.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.proven
            .state
            .claims
            .token()
            .filter(|token| !token.is_empty())
    }

    /// All proven claims.
    #[must_use]
    pub fn claims(&self) -> &Claims<'a> {
        &self.proven.state.claims
    }

    /// The signature method that was verified.
    #[must_use]
    pub fn method(&self) -> &'static Method {
        self.proven.method
    }

    /// How the body is covered.
    #[must_use]
    pub fn body(&self) -> BodyCoverage {
        self.proven.body()
    }

    /// What each check came to.
    #[must_use]
    pub fn trail(&self) -> &Trail {
        &self.proven.state.trail
    }
}
