//! What makes one signature different from the next: time, nonce and randomness.

use core::fmt;
use std::borrow::Cow;

use countersign_clock::UnixTime;
use countersign_key::{RandomError, SecureRandom};

/// Timestamp and nonce of one request, and the randomness that RSA methods need.
///
/// Every request has its own, a request that is sent again too (RFC 5849 section 3.3).
///
/// ```
/// use countersign_client::Stamp;
/// use countersign_clock::UnixTime;
///
/// let stamp = Stamp::new(UnixTime::from_seconds(137_131_202), "chapoH");
/// assert_eq!(stamp.nonce(), "chapoH");
/// ```
pub struct Stamp<'r> {
    timestamp: UnixTime,
    nonce: Cow<'r, str>,
    random: Option<&'r mut dyn SecureRandom>,
}

impl<'r> Stamp<'r> {
    /// A stamp with this time and nonce. RSA methods also need [`with_random`](Self::with_random).
    #[must_use]
    pub fn new(timestamp: UnixTime, nonce: impl Into<Cow<'r, str>>) -> Self {
        Self {
            timestamp,
            nonce: nonce.into(),
            random: None,
        }
    }

    /// A stamp with this time and a nonce from `random`, which then serves RSA methods too.
    ///
    /// # Errors
    /// [`RandomError`] if the generator fails.
    pub fn drawn(
        timestamp: UnixTime,
        random: &'r mut dyn SecureRandom,
    ) -> Result<Self, RandomError> {
        let nonce = countersign_signature::nonce(random)?;
        Ok(Self::new(timestamp, nonce).with_random(random))
    }

    /// With a secure generator, for RSA methods.
    #[must_use]
    pub fn with_random(mut self, random: &'r mut dyn SecureRandom) -> Self {
        self.random = Some(random);
        self
    }

    /// The time.
    #[must_use]
    pub const fn timestamp(&self) -> UnixTime {
        self.timestamp
    }

    /// The nonce.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    pub(crate) fn into_parts(self) -> (UnixTime, Cow<'r, str>, Option<&'r mut dyn SecureRandom>) {
        (self.timestamp, self.nonce, self.random)
    }
}

impl fmt::Debug for Stamp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stamp")
            .field("timestamp", &self.timestamp)
            .field("nonce", &self.nonce)
            .field("random", &self.random.is_some())
            .finish()
    }
}
