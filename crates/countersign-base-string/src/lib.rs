#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

mod authorization;
mod base_string;
mod component;
mod diff;
mod limits;
mod order;
mod output;
mod parameter;
mod parameters;
mod parts;
mod protocol;
mod request;
mod scheme;
mod text;
mod uri;

pub use authorization::{
    Authorization, AuthorizationError, AuthorizationErrorKind, AuthorizationWriteError,
    AuthorizationWriter, Departure, HeaderLeniencies, HeaderLeniency, RawParameter, RawParameters,
    write_authorization,
};
pub use base_string::{BaseString, BaseStringBuffer, Sink, stream_base_string, write_base_string};
pub use diff::{Charset, Difference, Field, Side, Spelling, diff};
pub use limits::Limits;
pub use parameter::{Parameter, Place};
pub use parameters::{Parameters, ParametersError};
pub use parts::{EncodedPair, Parts, PartsError, PartsErrorKind, StructureFault, UriParts};
pub use protocol::{ProtocolName, ProtocolParameters, ScannedProtocol};
pub use request::{Request, RequestError, is_form};
pub use scheme::{Scheme, SchemeError};
pub use uri::{Uri, UriError, UriErrorKind};
