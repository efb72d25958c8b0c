#![doc = include_str!("../README.md")]

mod estimate;
mod hint;
mod http_date;
mod range;
#[cfg(feature = "system")]
pub mod system;
mod unix_time;
mod window;

pub use estimate::{Bound, Direction, Estimate, Examination, Ignored, Source, estimate, examine};
pub use hint::{DocumentationTimestamp, Epoch, Hint, documentation_timestamps, hints};
pub use http_date::{HttpDateError, HttpDateErrorKind, parse_http_date};
pub use range::{AcceptableRange, RangeError, RangeErrorKind, RangeFault};
pub use unix_time::{TimestampError, TimestampErrorKind, UnixTime};
pub use window::{Verdict, Window};
