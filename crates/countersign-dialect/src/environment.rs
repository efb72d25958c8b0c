//! Hosts for trying out, beside those where it counts: keys of the one are not known at the other.

use crate::Grade;
use crate::lookup::best_match;

/// A provider with a second environment, and the hosts of both.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Environments {
    /// The name of the provider for people.
    pub name: &'static str,
    /// Hosts where it counts.
    pub production: &'static [&'static str],
    /// Hosts for trying out.
    pub sandbox: &'static [&'static str],
    /// What to know; empty when nothing is.
    pub note: &'static str,
    /// Where the row was read.
    pub source: &'static str,
    /// How well the row is supported.
    pub grade: Grade,
}

/// Which of the two a host belongs to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there are two")]
pub enum Environment {
    /// Where it counts.
    Production,
    /// For trying out.
    Sandbox,
}

impl Environment {
    /// The word for people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Sandbox => "sandbox",
        }
    }
}

/// Every provider whose two environments are known by their hosts.
#[must_use]
pub fn environments() -> &'static [Environments] {
    &ROWS
}

/// The environment that a host belongs to, where the provider is known to have two.
///
/// ```
/// use countersign_dialect::{Environment, environment_of};
/// let (row, which) = environment_of("sandbox.evernote.com").unwrap();
/// assert_eq!((row.name, which), ("Evernote", Environment::Sandbox));
/// assert!(environment_of("example.com").is_none());
/// ```
#[must_use]
pub fn environment_of(host: &str) -> Option<(&'static Environments, Environment)> {
    // A host for trying out often lies below the other one.
    let of = |which: Environment| {
        ROWS.iter().find_map(|row| {
            let hosts = match which {
                Environment::Production => row.production,
                Environment::Sandbox => row.sandbox,
            };
            best_match(hosts, host).map(|_| (row, which))
        })
    };
    of(Environment::Sandbox).or_else(|| of(Environment::Production))
}

const ROWS: [Environments; 6] = [
    Environments {
        name: "Mastercard",
        production: &["api.mastercard.com"],
        sandbox: &["sandbox.api.mastercard.com"],
        note: "each project has a key for either",
        source: "Mastercard developer documentation",
        grade: Grade::A,
    },
    Environments {
        name: "E*TRADE",
        production: &["api.etrade.com"],
        sandbox: &["apisb.etrade.com"],
        note: "tokens are got at the production host for both",
        source: "E*TRADE developer documentation",
        grade: Grade::A,
    },
    Environments {
        name: "Evernote",
        production: &["www.evernote.com", "app.yinxiang.com"],
        sandbox: &["sandbox.evernote.com"],
        note: "a new key works in the sandbox until it is activated for production",
        source: "everest-js issue 1",
        grade: Grade::B,
    },
    Environments {
        name: "OpenStreetMap",
        production: &["www.openstreetmap.org", "api.openstreetmap.org"],
        sandbox: &[
            "api06.dev.openstreetmap.org",
            "master.apis.dev.openstreetmap.org",
        ],
        note: "accounts and applications of the development server are its own",
        source: "OpenStreetMap wiki",
        grade: Grade::B,
    },
    Environments {
        name: "Trade Me",
        production: &["secure.trademe.co.nz", "api.trademe.co.nz"],
        sandbox: &["secure.tmsandbox.co.nz", "api.tmsandbox.co.nz"],
        note: "register the application in each",
        source: "general knowledge",
        grade: Grade::C,
    },
    Environments {
        name: "ImmoScout24",
        production: &["rest.immobilienscout24.de"],
        sandbox: &["rest.sandbox-immobilienscout24.de"],
        note: "a key is released for production later",
        source: "general knowledge",
        grade: Grade::C,
    },
];

#[cfg(test)]
mod tests {
    use super::{Environment, environment_of, environments};

    #[test]
    fn every_host_is_found_in_its_own_environment() {
        for row in environments() {
            for (hosts, which) in [
                (row.production, Environment::Production),
                (row.sandbox, Environment::Sandbox),
            ] {
                for host in hosts {
                    let (found, environment) = environment_of(host).unwrap();
                    assert_eq!((found.name, environment), (row.name, which), "{host}");
                }
            }
        }
    }
}
