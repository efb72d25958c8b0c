#![doc = include_str!("../README.md")]

mod admin_listen;
mod audit_file;
mod config;
mod echo;
mod facts;
mod framing;
mod gateway;
mod idle;
mod lifecycle;
mod observe;
mod open;
mod outer;
mod records;
mod register;
mod request_id;
mod routes;
mod seal_keys;
mod serve;
mod service;
mod settings;

pub use config::{
    Access, Clock, Config, ConfigError, ConsumerEntry, ConsumerEntryKind, ForwardedKind,
    Membership, Mode, Renewal, ServerSection, Store, StoreKind, UserEntry, Wording,
};
pub use facts::{Facts, Warning};
pub use gateway::{AnswerBody, Gateway};
pub use open::{Inputs, Server, StartError};
pub use records::{Records, RecordsError, User, UserError, hash_password};
pub use register::RegisterError;
pub use seal_keys::SealKeysError;
pub use service::ClockFn;
