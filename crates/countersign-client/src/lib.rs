#![doc = include_str!("../README.md")]

mod answer;
mod body;
mod client;
pub mod connections;
mod consumer;
mod credentials;
mod flow;
mod instructions;
mod look;
mod offsets;
mod origin;
mod preset;
mod redirect;
mod refusal;
mod retry;
mod service;
mod sign;
mod stamp;
mod timestamp;
mod token;
mod wire;

pub use answer::{AccessToken, AnswerError, Lifetime, MAX_ANSWER, Refused};
pub use body::{Body, BodyHashPolicy};
pub use client::{Client, ClientError};
pub use consumer::Consumer;
pub use credentials::Credentials;
pub use flow::{
    Approved, Callback, CallbackError, CallbackUrlError, Pending, Renewal, SessionState, Start,
    XAuth,
};
pub use instructions::{ApplyError, Instructions};
pub use look::Look;
pub use offsets::{ClockOffset, ClockOffsets, OffsetError};
pub use origin::{Origin, OriginError};
pub use preset::{PresetError, preset, preset_with_method};
pub use redirect::{Redirect, RedirectError, RedirectPolicy, Redirects};
pub use retry::{Attempts, Next, Step};
pub use service::{Service, ServiceError};
pub use sign::SignError;
pub use stamp::Stamp;
pub use token::Token;

#[cfg(test)]
mod tests;
