use core::error::Error;
use core::fmt;

/// A secure source of random bytes, supplied by the caller.
///
/// Blinding of RSA private operations and the salt of RSA-PSS come from here. An implementation
/// must give bytes that nobody can predict: the operating system's generator, or one seeded by it.
/// This crate holds no such source itself.
///
/// # Examples
///
/// ```
/// use countersign_key::{RandomError, SecureRandom};
///
/// /// Fails always: what a test of the error path wants.
/// struct Broken;
///
/// impl SecureRandom for Broken {
///     fn fill(&mut self, _out: &mut [u8]) -> Result<(), RandomError> {
///         Err(RandomError::new())
///     }
/// }
///
/// assert!(Broken.fill(&mut [0; 16]).is_err());
/// ```
pub trait SecureRandom {
    /// Fills all of `out` with random bytes.
    ///
    /// # Errors
    ///
    /// [`RandomError`] when the source can't deliver; the contents of `out` are then unspecified
    /// and must not be used.
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError>;
}

impl<T: SecureRandom + ?Sized> SecureRandom for &mut T {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        (**self).fill(out)
    }
}

/// The random source failed. It carries no detail on purpose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RandomError;

impl RandomError {
    /// The error, for implementations of [`SecureRandom`].
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl fmt::Display for RandomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the source of random bytes failed")
    }
}

impl Error for RandomError {}
