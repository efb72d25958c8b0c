#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

mod authorization;

pub use authorization::{
    Authorization, AuthorizationError, AuthorizationErrorKind, AuthorizationWriteError, AuthorizationWriter, Departure,
    HeaderLeniencies, HeaderLeniency, RawParameter, RawParameters, write_authorization,
};
