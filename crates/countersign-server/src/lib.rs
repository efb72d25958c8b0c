#![doc = include_str!("../README.md")]

mod admin_listen;
mod audit_file;
mod config;
mod echo;
mod facts;
mod lifecycle;
mod observe;
mod open;
mod outer;
mod records;
mod refusals;
mod register;
mod request_id;
mod routes;
mod seal_keys;
mod serve;
mod service;
mod settings;

pub use config::{
    Access, Clock, Config, ConfigError, ConsumerEntry, ConsumerEntryKind, ForwardedKind,
    Membership, Mode, RefusalsSection, Renewal, ServerSection, Store, StoreKind, UserEntry,
    Wording,
};
pub use facts::{Facts, Warning};
pub use open::{Inputs, Server, StartError};
pub use records::{
    Explanation, KeptRefusals, RecordedEvidence, RecordedFinding, Records, RecordsError,
    RefusalReader, RefusalRecord, User, UserError, hash_password,
};
pub use register::RegisterError;
pub use seal_keys::SealKeysError;
pub use service::ClockFn;
