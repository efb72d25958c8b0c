#![doc = include_str!("../README.md")]

mod answer;
mod capture;
mod curl;
mod echo;
mod error;
mod har;
mod headers;
mod http;
mod json;
mod limits;
mod lines;
mod log;
mod lone;
mod notes;
mod postman;
mod read;
mod request;
pub mod settings;
mod trace;
pub mod unescape;
mod url;
mod write;

#[cfg(test)]
mod tests;

pub use answer::OwnedAnswer;
pub use capture::{Capture, Exchange, InputKind, Missing};
pub use countersign_base_string::Scheme;
pub use echo::{Echo, EchoKind, EchoOrigin};
pub use error::{CaptureError, Limit, LimitError, Refused, SyntaxError};
pub use headers::{Header, Headers};
pub use limits::Limits;
pub use notes::Note;
pub use read::{read, read_as, read_with};
pub use request::OwnedRequest;
