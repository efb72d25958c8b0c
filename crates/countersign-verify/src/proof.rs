//! The types that prove something; only the pipeline makes them.

use countersign_clock::UnixTime;
use countersign_signature::Method;

use crate::body::BodyCoverage;
use crate::check::{CheckId, Trail};
use crate::claims::Claims;
use crate::refusal::{Cause, Refusal};
use crate::token::{NonceVerdict, TokenState};

/// Proof that the signature is right. The request may still be a replay, and the token may be dead.
#[derive(Debug)]
pub struct Proven<'a> {
    pub(crate) claims: Claims<'a>,
    pub(crate) timestamp: Option<UnixTime>,
    pub(crate) method: &'static Method,
    pub(crate) body: BodyCoverage,
    pub(crate) trail: Trail,
}

impl<'a> Proven<'a> {
    /// What the request claims of itself; proven to come from the owner of the keys.
    #[must_use]
    pub fn claims(&self) -> &Claims<'a> {
        &self.claims
    }

    /// The signature method that was verified.
    #[must_use]
    pub fn method(&self) -> &'static Method {
        self.method
    }

    /// How the body is covered.
    #[must_use]
    pub fn body(&self) -> BodyCoverage {
        self.body
    }

    /// What each check came to.
    #[must_use]
    pub fn trail(&self) -> &Trail {
        &self.trail
    }

    /// Goes on with the state of the token.
    ///
    /// # Errors
    ///
    /// The token can't be used.
    pub fn with_token_state(mut self, state: TokenState) -> Result<LiveToken<'a>, Refusal> {
        match state {
            TokenState::Live => {
                self.trail.passed(CheckId::TokenState);
                Ok(LiveToken { proven: self })
            }
            TokenState::Faulty(fault) => Err(Refusal::new(Cause::Token(fault), self.trail)),
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
    pub fn nonce_key(&self) -> Option<(&str, &str, UnixTime, &str)> {
        let claims = &self.proven.claims;
        Some((
            claims.consumer_key().unwrap_or_default(),
            claims.token().unwrap_or_default(),
            self.proven.timestamp?,
            claims.nonce()?,
        ))
    }

    /// Ends with the verdict of the nonce store.
    ///
    /// # Errors
    ///
    /// The nonce was used before, the consumer's quota is used up, or the store failed.
    pub fn with_nonce(mut self, verdict: NonceVerdict) -> Result<Verified<'a>, Refusal> {
        match verdict {
            NonceVerdict::New => {
                self.proven.trail.passed(CheckId::Nonce);
                Ok(Verified {
                    proven: self.proven,
                })
            }
            NonceVerdict::NotSent if self.nonce_key().is_none() => {
                self.proven.trail.not_applicable(CheckId::Nonce);
                Ok(Verified {
                    proven: self.proven,
                })
            }
            NonceVerdict::Used => Err(Refusal::new(Cause::NonceUsed, self.proven.trail)),
            NonceVerdict::OverQuota { retry_after } => Err(Refusal::new(
                Cause::NonceQuota { retry_after },
                self.proven.trail,
            )),
            NonceVerdict::Unavailable { retry_after } => Err(Refusal::new(
                Cause::NonceUnavailable { retry_after },
                self.proven.trail,
            )),
            NonceVerdict::NotSent => Err(Refusal::new(
                Cause::NonceUnavailable { retry_after: 1 },
                self.proven.trail,
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
        self.proven.claims.consumer_key().unwrap_or_default()
    }

    /// The token, unless none or an empty one was sent.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.proven.claims.token().filter(|token| !token.is_empty())
    }

    /// All proven claims.
    #[must_use]
    pub fn claims(&self) -> &Claims<'a> {
        &self.proven.claims
    }

    /// The signature method that was verified.
    #[must_use]
    pub fn method(&self) -> &'static Method {
        self.proven.method
    }

    /// How the body is covered.
    #[must_use]
    pub fn body(&self) -> BodyCoverage {
        self.proven.body
    }

    /// What each check came to.
    #[must_use]
    pub fn trail(&self) -> &Trail {
        &self.proven.trail
    }
}
