#![doc = include_str!("../README.md")]

mod answer;
mod capture;
mod echo;
mod error;
mod headers;
mod limits;
mod notes;
mod read;
mod request;
mod scheme;
pub mod unescape;

pub use answer::OwnedAnswer;
pub use capture::{Capture, Exchange, InputKind, Missing};
pub use echo::{Echo, EchoKind};
pub use error::{CaptureError, Limit, LimitError, Refused, SyntaxError};
pub use headers::{Header, Headers};
pub use limits::Limits;
pub use notes::Note;
pub use read::{read, read_as, read_with};
pub use request::OwnedRequest;
pub use scheme::Scheme;
