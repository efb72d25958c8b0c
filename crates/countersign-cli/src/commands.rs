//! The commands, one module each.

#[cfg(feature = "service")]
pub(crate) mod admin;
pub(crate) mod cert;
pub(crate) mod clock;
pub(crate) mod completions;
#[cfg(feature = "service")]
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod man;
pub(crate) mod profile;
#[cfg(feature = "proxy")]
pub(crate) mod proxy;
#[cfg(feature = "network")]
pub(crate) mod request;
pub(crate) mod schema;
#[cfg(feature = "service")]
pub(crate) mod serve;
pub(crate) mod sign;
#[cfg(feature = "network")]
pub(crate) mod token;
pub(crate) mod verify;

use crate::cli::{Cli, Command};
use crate::exit::Outcome;

/// Runs the command that the command line names.
pub(crate) fn run(cli: &Cli) -> Outcome {
    match &cli.command {
        Command::Sign(sign) => sign.run(),
        Command::Verify(verify) => verify.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Explain(explain) => explain.run(),
        Command::Clock(clock) => clock.run(),
        Command::Cert(cert) => cert.run(),
        Command::Profile(profile) => profile.run(),
        #[cfg(feature = "service")]
        Command::Demo(demo) => demo.run(),
        #[cfg(feature = "service")]
        Command::Serve(serve) => serve.run(),
        #[cfg(feature = "service")]
        Command::Admin(admin) => admin.run(),
        #[cfg(feature = "network")]
        Command::Request(request) => request.run(),
        #[cfg(feature = "proxy")]
        Command::Proxy(proxy) => proxy.run(),
        Command::Schema(schema) => schema.run(),
        #[cfg(feature = "network")]
        Command::Token(token) => token.run(),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
    }
}
