//! Connections that never lose a token: one record each, renewed by one process at a time.
//!
//! | you have | ask |
//! |---|---|
//! | a request to sign | [`ConnectionHandle::current`] or [`Connections::current`]: at once, also during a renewal |
//! | no token at hand, or one whose time is over | [`Connections::token`] |
//! | the answer to a request | [`Connections::report`]: whether to try again, and with which token |
//! | a timer | [`Connections::renew_due`]: ahead of the end, spread, so many at once |
//! | a process that starts | [`Connections::recover`] |
//! | what the user authorised | [`Connections::connect`] |
//! | an application that wants to know | [`Connections::subscribe`], [`Connections::history`] |
//!
//! # How a token is renewed
//!
//! 1. The lease is taken and the intent written, in one commit that is durable when it is told. It
//!    fails if the row changed since it was read: another process renewed it.
//! 2. The request is sent, unless the process slept past its lease.
//! 3. The raw answer is made durable, before anything is made of it.
//! 4. The token is swapped by compare-and-set on the generation, and the lease given back.
//!
//! The lease guards step 2 alone. A token is taken from whoever brings it, in any state, however
//! late. Whatever is in doubt after a crash is a state with a name, and is tried once more.
//!
//! The protocol is a pure machine. It is explored over all interleavings of two processes with
//! crashes and lost requests and answers, and the same machine runs here.

mod current;
mod driver;
mod error;
mod event;
mod exchange;
mod flight;
mod gate;
mod protocol;
mod run;
mod settings;
mod slot;
mod together;

pub use current::Current;
pub use driver::{Connections, Tally, Verdict};
pub use error::{ConnectionError, Loss};
pub use event::{Event, EventKind, History, advice};
pub use exchange::{Exchange, Host, RawReply, ReadReply, RenewalRequest, Undelivered};
pub use settings::Settings;
pub use slot::ConnectionHandle;
