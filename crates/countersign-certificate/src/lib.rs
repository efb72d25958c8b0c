#![doc = include_str!("../README.md")]

mod certificate;
mod duration;
mod error;
mod fingerprint;
mod name;
mod read;
mod set;
mod validity;
mod weakness;

#[cfg(test)]
mod tests;

pub use certificate::{Certificate, Mismatch};
pub use error::{CertificateError, Part};
pub use fingerprint::Fingerprint;
pub use read::MAX_CERTIFICATES;
pub use set::{LiveSet, live, live_set};
pub use validity::{FORECAST_DAYS, Forecast, Validity};
pub use weakness::Weakness;
