#![doc = include_str!("../README.md")]

mod admin;
mod admin_listen;
mod aged;
mod allowance;
mod audit_file;
mod clock_watch;
mod config;
mod connections;
mod digest;
mod echo;
mod facts;
mod framing;
mod gateway;
mod head_timer;
mod idle;
mod lifecycle;
mod login;
mod observe;
mod open;
mod outer;
mod pages;
mod random_id;
mod readiness;
mod records;
mod refusals;
mod register;
mod request_id;
mod routes;
mod seal_keys;
mod serve;
mod service;
mod settings;
mod stop;
mod then;

pub use admin::{
    Admin, AdminError, CertificateRow, CertificateState, ConsumerChange, ConsumerRow, GrantFilter,
    GrantRow, NewConsumer, NewKeys, OrganisationRow, TokenKind, TokenRow, UserRow, random_secret,
};
pub use config::{
    Access, Clock, Config, ConfigError, ConsumerEntry, ConsumerEntryKind, EXAMPLE_CONFIG,
    ForwardedKind, Membership, Mode, RefusalsSection, Renewal, ServerSection, Store, StoreKind,
    UserEntry, Wording,
};
pub use connections::{Connections, Listener};
pub use facts::{Facts, Warning};
pub use gateway::{AnswerBody, Gateway, remove_connection_fields};
pub use open::{Inputs, Server, StartError};
pub use records::{
    Explanation, KeptRefusals, RecordedEvidence, RecordedFinding, Records, RecordsError,
    RefusalReader, RefusalRecord, User, UserError, hash_password,
};
pub use register::RegisterError;
pub use seal_keys::SealKeysError;
pub use service::ClockFn;
pub use stop::{StopSignal, stop_signal, stop_signal_again};
