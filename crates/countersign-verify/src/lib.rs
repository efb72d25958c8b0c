#![doc = include_str!("../README.md")]

mod answer;
mod body;
mod certificates;
mod check;
mod claims;
mod diagnose;
mod examine;
mod keys;
mod pipeline;
mod policy;
mod proof;
mod refusal;
mod report;
mod token;

pub use answer::{Answer, answer_to};
pub use body::BodyCoverage;
pub use certificates::Certificates;
pub use check::{Check, CheckId, ORDER, Outcome, Trail};
pub use claims::Claims;
pub use diagnose::{KeysAtHand, SignatureFinding, diagnose_signature};
pub use examine::{Examination, examine};
pub use keys::{Consumer, ConsumerLookup, Token, TokenLookup};
pub use pipeline::{Admitted, Bound, Keyed};
pub use policy::{BodyHashRule, BodyHashWith, Policy};
pub use proof::{LiveToken, Proven, Verified};
pub use refusal::{Cause, Refusal};
pub use report::{Report, verify};
pub use token::{NonceVerdict, TokenFault, TokenState};

#[cfg(test)]
mod tests;
