#![doc = include_str!("../README.md")]

mod case;
mod code;
mod compare;
mod context;
mod diagnosis;
mod dialect;
mod difference;
mod finding;
mod keys;
mod notebook;
mod page;
mod rules;
#[allow(dead_code, unused_imports, reason = "the engine that uses it follows")]
mod search;

pub use case::Case;
pub use code::{Code, CodeRow, codes, row};
pub use compare::{Comparison, Contrast, Relation, compare, compare_hops};
pub use diagnosis::{Diagnosis, Verdict, diagnose};
pub use finding::{Confidence, Evidence, Finding, Side};
pub use keys::Keys;
pub use notebook::{Check, Status};
pub use page::{Fix, Page, pages};

#[cfg(test)]
mod tests;
