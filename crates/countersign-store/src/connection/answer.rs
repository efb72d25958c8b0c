//! Raw answers to renewals, kept before anything is made of them.

use core::fmt;
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::SecretBytes;
use countersign_token::{Generation, IntentId};

/// The number of a kept answer; never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AnswerNumber(u64);

impl AnswerNumber {
    /// As stored.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for AnswerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An answer to a renewal as it came: it may hold the only copy of a token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RawAnswer {
    /// The intent that it answers.
    pub intent: IntentId,
    /// The generation that was to be renewed.
    pub renewed: Generation,
    /// When it came.
    pub received: UnixTime,
    /// The status and the body, as whoever sent the request writes them down.
    pub bytes: Arc<SecretBytes>,
}

impl RawAnswer {
    /// The most bytes of one answer that a store has to take.
    pub const MOST_BYTES: usize = 8_192;

    /// The most answers to one connection that a store has to take. Each is of an intent of its own.
    pub const MOST: usize = 8;

    /// An answer.
    #[must_use]
    pub const fn new(
        intent: IntentId,
        renewed: Generation,
        received: UnixTime,
        bytes: Arc<SecretBytes>,
    ) -> Self {
        Self {
            intent,
            renewed,
            received,
            bytes,
        }
    }
}

/// An answer with the number it was kept under.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct KeptAnswer {
    /// Its number.
    pub number: AnswerNumber,
    /// The answer.
    pub answer: RawAnswer,
}

impl KeptAnswer {
    /// An answer as stored.
    #[must_use]
    pub const fn new(number: AnswerNumber, answer: RawAnswer) -> Self {
        Self { number, answer }
    }
}
