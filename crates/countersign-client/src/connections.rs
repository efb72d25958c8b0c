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
//! | a process that ends | [`Connections::flush`]: a token may have come that could not be stored |
//! | an application that wants to know | [`Connections::subscribe`], [`Connections::history`] |
//!
//! ```
//! use std::sync::Arc;
//!
//! use countersign_client::connections::{
//!     ConnectionError, Connections, EventKind, Settings, Used, Verdict,
//! };
//! # use core::time::Duration;
//! # use countersign_client::connections::{
//! #     Exchange, Host, RawReply, ReadReply, RenewalRequest, Undelivered,
//! # };
//! # use countersign_clock::UnixTime;
//! # use countersign_key::{Secret, SecretBytes};
//! # use countersign_store::testing::block_on;
//! # use countersign_store::{ConnectionId, MemoryConnectionStore, TokenCredentials};
//! # use countersign_token::{Expiry, Refusal};
//! # struct Clock;
//! # impl Host for Clock {
//! #     fn now(&self) -> UnixTime { UnixTime::from_seconds(1_700_001_800) }
//! #     async fn wait(&self, _: Duration) { core::future::pending().await }
//! #     fn jitter(&self) -> u64 { 4 }
//! # }
//! # struct Https;
//! # fn credentials(token: &str, received: UnixTime) -> TokenCredentials {
//! #     let secret = |text: &str| Arc::new(Secret::new(text));
//! #     TokenCredentials::new(secret(token), secret("pfkkdhi9sl3r4s00"), received)
//! #         .with_session_handle(secret("ODJhNGM5"))
//! #         .with_expiries(Expiry::after(received, 1800), Expiry::NEVER)
//! # }
//! # impl Exchange for Https {
//! #     async fn renew(&self, _: RenewalRequest) -> Result<RawReply, Undelivered> {
//! #         Ok(RawReply::new(SecretBytes::new(b"token 2".to_vec()), true))
//! #     }
//! #     fn read(&self, bytes: &[u8], received: UnixTime) -> ReadReply {
//! #         match bytes {
//! #             b"token 2" => ReadReply::Token(credentials("token 2", received)),
//! #             _ => ReadReply::Garbled,
//! #         }
//! #     }
//! # }
//! # let store = MemoryConnectionStore::new();
//! // `store` is a file, `Https` sends and reads, `Clock` tells the time and waits.
//! let connections = Connections::new(store, Https, Clock, Settings::default());
//! connections.subscribe(|event| {
//!     if let EventKind::Lost(loss) = event.kind {
//!         println!("{:?}: {}", event.connection, loss.advice());
//!     }
//! });
//!
//! let id = ConnectionId::new("dpf43f3p2l4k3l03", "Maple Florist");
//! # let authorised = credentials("token 1", UnixTime::from_seconds(1_700_000_000));
//! # block_on(async {
//! connections.recover().await?;
//! connections.connect(&id, authorised).await?;
//!
//! // Its time is over: it is swapped for token 2, which is on the disk before it is used.
//! let token = connections.token(&id).await?;
//! assert_eq!(token.credentials.token.expose_secret(), "token 2");
//!
//! // What the provider says of it later is a normal event.
//! let refused = Verdict::Refused(Refusal::TokenRejected);
//! let lost = connections.report(&id, Used::of(&token), refused).await;
//! assert!(matches!(lost, Err(ConnectionError::NeedsReauthorisation(_))));
//! # Ok::<(), ConnectionError>(())
//! # }).unwrap();
//! ```
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
mod reply;
mod run;
mod settings;
mod slot;
mod slots;
mod together;
mod used;
mod watch;

pub use current::Current;
pub use driver::{Connections, Tally, Unstored, Verdict};
pub use error::{ConnectionError, Loss};
pub use event::{Event, EventKind, History, advice};
pub use exchange::{Exchange, Host, RawReply, ReadReply, RenewalRequest, Undelivered};
pub use settings::Settings;
pub use slot::ConnectionHandle;
pub use used::Used;
pub use watch::Watch;
