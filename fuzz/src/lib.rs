//! The bodies of the fuzz targets: each takes arbitrary bytes and panics when an invariant does not hold.
//!
//! [`TARGETS`] lists them. `src/replay.rs` runs all seeds and regressions through them on stable.

mod authorization;
mod base_string;
mod capture;
mod client;
mod clock;
mod doctor;
mod echo;
mod encoding;
mod keys;
mod log;
mod problem;
mod provider;
#[cfg(test)]
mod replay;
mod settings;
mod signature;
mod split;
mod token;

pub use authorization::authorization;
pub use base_string::{base_string, base_uri};
pub use capture::{curl, har, raw_http};
pub use client::client;
pub use clock::clock;
pub use doctor::doctor;
pub use echo::echo_diff;
pub use encoding::{encoding, form};
pub use keys::{certificate, pem};
#[cfg(fuzzing)]
pub use libfuzzer_sys;
pub use log::{cgi_env, log};
pub use problem::problem;
pub use provider::provider;
pub use settings::settings;
pub use signature::signature;
pub use token::token;

/// A body.
pub type Body = fn(&[u8]);

/// Every target by its name, which is that of its file and of its directories of seeds and regressions.
pub const TARGETS: &[(&str, Body)] = &[
    ("authorization", authorization),
    ("base_string", base_string),
    ("base_uri", base_uri),
    ("certificate", certificate),
    ("cgi_env", cgi_env),
    ("client", client),
    ("clock", clock),
    ("curl", curl),
    ("doctor", doctor),
    ("echo_diff", echo_diff),
    ("encoding", encoding),
    ("form", form),
    ("har", har),
    ("log", log),
    ("pem", pem),
    ("problem", problem),
    ("provider", provider),
    ("raw_http", raw_http),
    ("settings", settings),
    ("signature", signature),
    ("token", token),
];

/// The program of a target: libFuzzer's under cargo-fuzz, else one that runs the files named on its command line.
#[cfg(fuzzing)]
#[macro_export]
macro_rules! target {
    ($body:ident) => {
        $crate::libfuzzer_sys::fuzz_target!(|data: &[u8]| $crate::$body(data));
    };
}

/// The program of a target: libFuzzer's under cargo-fuzz, else one that runs the files named on its command line.
#[cfg(not(fuzzing))]
#[macro_export]
macro_rules! target {
    ($body:ident) => {
        fn main() -> std::io::Result<()> {
            for path in std::env::args_os().skip(1) {
                $crate::$body(&std::fs::read(path)?);
            }
            Ok(())
        }
    };
}
