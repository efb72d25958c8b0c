//! What makes one signature different from the next: time, nonce and randomness.

use core::fmt;

use countersign_clock::UnixTime;
use countersign_key::SecureRandom;

/// Timestamp and nonce of one request, and the randomness that RSA methods need.
///
/// ```
/// use countersign::Stamp;
/// use countersign::clock::UnixTime;
///
/// let stamp = Stamp::new(UnixTime::from_seconds(137_131_202), "chapoH");
/// assert_eq!(stamp.nonce(), "chapoH");
/// ```
pub struct Stamp<'r> {
    timestamp: UnixTime,
    nonce: String,
    random: Option<Randomness<'r>>,
}

pub(crate) enum Randomness<'r> {
    Given(&'r mut dyn SecureRandom),
    #[cfg(feature = "os-random")]
    System(countersign_signature::OsRandom),
}

impl<'r> Stamp<'r> {
    /// A stamp with this time and nonce, which must be new for every request (RFC 5849 section 3.3).
    #[must_use]
    pub fn new(timestamp: UnixTime, nonce: impl Into<String>) -> Self {
        Self {
            timestamp,
            nonce: nonce.into(),
            random: None,
        }
    }

    /// With a secure generator, for RSA methods.
    #[must_use]
    pub fn with_random(mut self, random: &'r mut dyn SecureRandom) -> Self {
        self.random = Some(Randomness::Given(random));
        self
    }

    /// A stamp of this moment, by the clock and the generator of the system.
    ///
    /// # Errors
    ///
    /// The generator fails.
    #[cfg(all(feature = "os-random", feature = "system-clock"))]
    pub fn fresh() -> Result<Self, countersign_key::RandomError> {
        let mut random = countersign_signature::OsRandom::new();
        Ok(Self {
            timestamp: countersign_clock::system::now(),
            nonce: countersign_signature::nonce(&mut random)?,
            random: Some(Randomness::System(random)),
        })
    }

    /// The time.
    #[must_use]
    pub fn timestamp(&self) -> UnixTime {
        self.timestamp
    }

    /// The nonce.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    pub(crate) fn random(&mut self) -> Option<&mut dyn SecureRandom> {
        match &mut self.random {
            None => None,
            Some(Randomness::Given(random)) => Some(&mut **random),
            #[cfg(feature = "os-random")]
            Some(Randomness::System(random)) => Some(random),
        }
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
