#![doc = include_str!("../README.md")]

mod cache;
mod codec;
mod commits;
mod connection;
mod connections;
mod consumers;
mod error;
mod fault;
mod file;
mod founding;
mod lease;
mod listing;
mod nonces;
mod oneshot;
mod options;
mod poison;
mod queue;
mod reader;
mod registry;
mod reseal;
mod schema;
mod seal;
mod store;
mod tokens;
mod transaction;
mod writer;

pub use connections::SqliteConnectionStore;
pub use error::OpenError;
pub use options::Options;
pub use reseal::Resealing;
pub use store::{Administration, Role, Serving, SqliteStore};
