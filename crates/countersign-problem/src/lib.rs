#![doc = include_str!("../README.md")]

mod answer;
pub mod catalogue;
mod code;
mod companion;
mod explain;
mod harmless;
mod lenient;
mod parse;
mod problem;
mod redacted;
pub mod text;

pub use answer::{Answer, Found, Grounds, ScanLimit, Source};
pub use code::{CodeError, ProblemCode};
pub use companion::{RejectedParameter, TimestampRange, Version, VersionRange};
pub use explain::{Explanation, explain};
pub use harmless::{harmless, harmless_html};
pub use parse::{parse, parse_beyond, parse_step, parse_within, refuses_beyond};
pub use problem::{Problem, bare_challenge};
