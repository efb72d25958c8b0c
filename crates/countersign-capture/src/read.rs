//! The doors: sniff an input, or read it as a given kind.

use crate::capture::{Capture, InputKind};
use crate::error::{CaptureError, Limit, LimitError};
use crate::limits::Limits;

/// Reads what people have at hand, whatever it is, within the default [`Limits`].
///
/// # Errors
///
/// [`CaptureError`] says what was expected and found, and where; never what the input holds.
pub fn read(input: &[u8]) -> Result<Capture, CaptureError> {
    read_with(input, &Limits::default())
}

/// [`read`] within limits of your own.
///
/// # Errors
///
/// As [`read`].
pub fn read_with(input: &[u8], limits: &Limits) -> Result<Capture, CaptureError> {
    check_size(input, limits)?;
    Err(CaptureError::Unrecognised)
}

/// Reads an input whose kind is known.
///
/// # Errors
///
/// As [`read`]; an input of another kind is a [`crate::SyntaxError`].
pub fn read_as(_kind: InputKind, input: &[u8], limits: &Limits) -> Result<Capture, CaptureError> {
    check_size(input, limits)?;
    Err(CaptureError::Unrecognised)
}

fn check_size(input: &[u8], limits: &Limits) -> Result<(), CaptureError> {
    if input.len() > limits.input_bytes() {
        return Err(CaptureError::Limit(LimitError {
            what: Limit::InputBytes,
            limit: limits.input_bytes(),
            found: input.len(),
        }));
    }
    Ok(())
}
