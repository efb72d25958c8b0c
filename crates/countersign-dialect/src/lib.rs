#![doc = include_str!("../README.md")]
#![no_std]

mod endpoint;
mod environment;
mod flow;
mod history;
mod lookup;
mod provider;
mod quirk;
mod rows;
#[cfg(test)]
mod tests;

pub use endpoint::{Endpoint, Endpoints};
pub use environment::{Environment, Environments, environment_of, environments};
pub use flow::Flow;
pub use history::{Ended, ended, ended_by_host, ended_by_id};
pub use lookup::{accepting, by_host, by_id, presets, providers};
pub use provider::{
    BodyHash, ErrorCode, ErrorFormat, Grade, Legs, Nonce, Placement, Provider, Realm, Shape, Window,
};
pub use quirk::{Quirk, quirk_by_id, quirks};
