//! The intents of renewal: what is made durable before a renewal is sent.

use core::fmt;

use countersign_clock::UnixTime;

use crate::{Expiry, Generation};

/// The number of an intent, as its store gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IntentId(u64);

impl IntentId {
    /// As stored.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for IntentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The intent to renew one generation, made durable before anything is sent.
///
/// At most one try is made for an intent, and none after its time: an intent found after a crash
/// may long be answered, and its answer lost. A further try takes an intent of its own, which
/// remembers the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Intent {
    id: IntentId,
    generation: Generation,
    made: UnixTime,
    expiry: Expiry,
    attempts: u8,
    retry_of: Option<IntentId>,
}

impl Intent {
    /// Tries that are made for one intent.
    pub const ATTEMPTS: u8 = 1;

    /// An intent made at `now` to renew `generation` within `seconds`.
    #[must_use]
    pub fn new(id: IntentId, generation: Generation, now: UnixTime, seconds: u32) -> Self {
        Self {
            id,
            generation,
            made: now,
            expiry: Expiry::after(now, seconds),
            attempts: 0,
            retry_of: None,
        }
    }

    /// As stored, with the tries made.
    #[must_use]
    pub const fn with_attempts(self, attempts: u8) -> Self {
        Self { attempts, ..self }
    }

    /// Remembers the intent whose outcome is not known.
    #[must_use]
    pub const fn with_retry_of(self, before: IntentId) -> Self {
        Self {
            retry_of: Some(before),
            ..self
        }
    }

    /// Which intent.
    #[must_use]
    pub const fn id(self) -> IntentId {
        self.id
    }

    /// The generation to be renewed.
    #[must_use]
    pub const fn generation(self) -> Generation {
        self.generation
    }

    /// When it was made.
    #[must_use]
    pub const fn made(self) -> UnixTime {
        self.made
    }

    /// When its time is over.
    #[must_use]
    pub const fn expiry(self) -> Expiry {
        self.expiry
    }

    /// The tries made for it.
    #[must_use]
    pub const fn attempts(self) -> u8 {
        self.attempts
    }

    /// The intent before, whose outcome is not known.
    #[must_use]
    pub const fn retry_of(self) -> Option<IntentId> {
        self.retry_of
    }

    /// The intent with its one try counted: to be stored, then the request is sent.
    ///
    /// # Errors
    /// [`IntentError`] if the try was made before or its time is over.
    pub fn begin_attempt(self, now: UnixTime) -> Result<Self, IntentError> {
        if self.attempts >= Self::ATTEMPTS {
            return Err(IntentError::Spent);
        }
        if self.expiry.is_over(now) {
            return Err(IntentError::Expired);
        }
        Ok(self.with_attempts(self.attempts.saturating_add(1)))
    }
}

/// Why nothing may be sent for an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IntentError {
    /// Its time is over.
    #[error("the time of the intent is over")]
    Expired,
    /// Its one try was made.
    #[error("the intent was tried before")]
    Spent,
}
