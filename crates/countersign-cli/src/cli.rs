//! The command line.

use clap::{Parser, Subcommand};

#[cfg(feature = "service")]
use crate::commands::admin::Admin;
use crate::commands::cert::Cert;
use crate::commands::clock::Clock;
use crate::commands::completions::Completions;
#[cfg(feature = "service")]
use crate::commands::demo::Demo;
use crate::commands::doctor::Doctor;
use crate::commands::explain::Explain;
use crate::commands::man::Man;
use crate::commands::profile::Profile;
#[cfg(feature = "proxy")]
use crate::commands::proxy::Proxy;
#[cfg(feature = "network")]
use crate::commands::request::Request;
use crate::commands::schema::Schema;
#[cfg(feature = "service")]
use crate::commands::serve::Serve;
use crate::commands::sign::Sign;
#[cfg(feature = "network")]
use crate::commands::token::Token;
use crate::commands::verify::Verify;

const AFTER: &str = "\
Examples:
  countersign sign --keys keys.toml 'https://api.example.com/v1/items?q=red%20shoes'
  countersign verify --keys keys.toml request.http
  countersign doctor --keys keys.toml refused.http
  countersign explain token_rejected
  countersign profile add acme --preset tumblr --keys keys.toml
  countersign request --profile acme https://api.example.com/v1/items q=='red shoes'
  countersign token authorize --profile acme
  countersign proxy --profile acme --upstream https://api.example.com
  countersign demo
  countersign serve
  countersign cert check certificate.pem --private-key key.pem --expires-in 30d

Exit codes:
  0  yes: signed, verified, nothing wrong found
  1  the check ran and the answer is no
  2  the command line can't be used as it is
  3  it could not run: a file, the network, an input that can't be read
  4  credentials are missing";

/// Sign, verify and explain OAuth 1.0a requests (RFC 5849).
///
/// Secrets come from a keys file (--keys FILE, or - for standard input) or a profile, never from the
/// command line.
#[derive(Parser, Debug)]
#[command(name = "countersign", version, after_help = AFTER, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Sign(Box<Sign>),
    Verify(Verify),
    Doctor(Box<Doctor>),
    Explain(Explain),
    Clock(Clock),
    Cert(Cert),
    Profile(Profile),
    #[cfg(feature = "service")]
    Demo(Demo),
    #[cfg(feature = "service")]
    Serve(Serve),
    #[cfg(feature = "service")]
    Admin(Box<Admin>),
    #[cfg(feature = "network")]
    Request(Box<Request>),
    #[cfg(feature = "proxy")]
    Proxy(Box<Proxy>),
    Schema(Schema),
    #[cfg(feature = "network")]
    Token(Token),
    Completions(Completions),
    Man(Man),
}
