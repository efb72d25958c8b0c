//! `countersign token renew`: a new token for a session handle.
//!
//! The profile is locked from before it is read until the new token is durable, so that no two
//! processes renew at once; that a renewal was begun is durable before it is sent, so that a lost
//! answer is known as such.

use clap::Args;
use countersign_client::{AnswerError, Renewal, Token};
use countersign_clock::system;
use countersign_key::Secret;

use super::flow::{self, NoToken};
use super::history::{self, Event, What};
use super::report;
use crate::exit::{Failure, Outcome};
use crate::keys_file::Written;
use crate::output::{self, Format};
use crate::profile::{Change, Name, Profile, Profiles};

const AFTER: &str = "\
Examples:
  countersign token renew
  countersign token renew --profile acme --format json

Exit codes: 0 renewed, or another process has just done it; 1 refused; 2 usage, 3 no
answer, or the profile can't be read or written; 4 there is no token or no session
handle.";

/// Renew the token of a profile by its session handle.
///
/// The new token is in the profile, durable, when this ends with 0; the one before it is kept there
/// as [other.previous].
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Renew {
    /// The profile; otherwise COUNTERSIGN_PROFILE, or the one in use.
    #[arg(long, value_name = "NAME")]
    profile: Option<Name>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Renew {
    pub(super) fn run(&self) -> Outcome {
        let (profiles, before) = flow::profile(self.profile.as_ref())?;
        let (profile, no_token) = Self::renew(&profiles, &before)?;
        report::outcome(&profiles, &profile, "renew", no_token.as_ref(), self.format)
    }

    /// The profile afterwards, and why there is no new token, if there is none.
    fn renew(profiles: &Profiles, before: &Profile) -> Result<(Profile, Option<NoToken>), Failure> {
        let change = profiles.change()?;
        let mut profile = profiles.read(&before.name)?;
        if profile.written.token != before.written.token {
            output::note("another process has just put a new token there");
            return Ok((profile, None));
        }
        let renewal = renewal(&profile)?;
        let (client, keys) = flow::client(&profile)?;
        let service = flow::service(&profile.written)?;
        let renewal = Renewal::new(&client, &service, &renewal.token, &renewal.handle)
            .map_err(|error| Failure::work(&error))?;
        let earlier = profile.written.renewal_began;
        profile.written.renewal_began = earlier.or_else(|| Some(system::now().seconds()));
        change.write(&profile.name, &profile.written)?;
        let answered = flow::send(&|stamp| renewal.request(stamp)).inspect_err(|_| {
            output::note("whether the token was renewed is not known; renewing again tells");
        })?;
        match renewal.read(&answered.response, answered.at) {
            Ok(token) => {
                flow::put(&mut profile.written, &token, answered.at);
                change.write(&profile.name, &profile.written)?;
                record(profiles, &change, &profile.name, What::Renewed, None)?;
                drop(change);
                Ok((profile, None))
            }
            Err(error) => {
                let no_token = NoToken::of(&error, &answered, &keys)?;
                let (what, is_over) = judged(&error);
                if is_over {
                    // A refusal of this renewal does not tell what became of the one before.
                    profile.written.renewal_began = earlier.filter(|_| what != What::Lost);
                    change.write(&profile.name, &profile.written)?;
                }
                let cause = no_token
                    .problem
                    .clone()
                    .or_else(|| Some(no_token.why.clone()));
                record(profiles, &change, &profile.name, what, cause)?;
                drop(change);
                if let (What::Lost, Some(began)) = (what, earlier) {
                    output::note(&format!(
                        "a renewal begun at {} had no answer: the token that came of it is lost",
                        countersign_clock::UnixTime::from_seconds(began).rfc3339()
                    ));
                }
                Ok((profile, Some(no_token)))
            }
        }
    }
}

/// Renews the token of a profile, without a report: whether there is a new one, the profile tells.
#[cfg(feature = "proxy")]
pub(crate) fn renewed(name: &Name) -> Result<(), Failure> {
    let (profiles, before) = flow::profile(Some(name))?;
    Renew::renew(&profiles, &before).map(|_| ())
}

struct Parts {
    token: Token,
    handle: Secret,
}

/// What a renewal needs of a profile.
fn renewal(profile: &Profile) -> Result<Parts, Failure> {
    let Written {
        token,
        token_secret,
        session_handle,
        ..
    } = &profile.written;
    let name = &profile.name;
    let Some(token) = token.as_deref().filter(|token| !token.is_empty()) else {
        return Err(Failure::Credentials(format!(
            "there is no token to renew; countersign token authorize --profile {name} gets one"
        )));
    };
    let Some(handle) = session_handle else {
        return Err(Failure::Credentials(format!(
            "there is no session handle, without which nothing is renewed; countersign token authorize --profile {name} gets a new token"
        )));
    };
    let secret = token_secret.as_deref().unwrap_or_default();
    Ok(Parts {
        token: Token::new(token, Secret::new(secret)),
        handle: Secret::new(handle.as_str()),
    })
}

/// What a refusal says of the grant, and whether it settles what became of the renewal.
fn judged(error: &AnswerError) -> (What, bool) {
    if error.refusal().is_some() {
        // The grant is gone, or another answer than ours took the token over.
        (What::Lost, true)
    } else {
        // Refused for another cause, no token was given and none taken; a fault, or an answer that
        // is none, may hide one.
        (What::RenewalFailed, error.refused().is_some())
    }
}

fn record(
    profiles: &Profiles,
    change: &Change<'_>,
    name: &Name,
    what: What,
    cause: Option<String>,
) -> Result<(), Failure> {
    let at = system::now().seconds();
    history::add(profiles, change, name, Event { at, what, cause })
}
