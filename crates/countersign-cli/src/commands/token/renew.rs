//! `countersign token renew`: a new token for a session handle.

use clap::Args;
use countersign_client::Client;
use countersign_client::connections::{ConnectionError, Current, Loss};
use countersign_doctor::Keys;
use countersign_token::ReauthorisationCause;

use super::flow::{self, NoToken};
use super::report;
use crate::connections::{Kept, Last, adopt, rescue};
use crate::credentials::check_whole;
use crate::exit::{Failure, Outcome, in_full};
use crate::output::{self, Format};
use crate::profile::{Name, Profile, Profiles};

const AFTER: &str = "\
Examples:
  countersign token renew
  countersign token renew --profile acme --format json

Exit codes: 0 renewed, or another process has just done it; 1 refused; 2 usage, 3 no
answer, or the profile or its connection can't be read or written: a new token that the
store does not take stands in the profile's own file then; 4 there is no token
or no session handle.";

/// Renew the token of a profile by its session handle.
///
/// Of all processes and applications that share the store of connections one renews. The answer is
/// durable before it is read, the new token when this ends with 0; the one before it is kept until a
/// request with the new one has worked.
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
        let (profiles, profile) = flow::profile(self.profile.as_ref())?;
        let no_token = renew(&profiles, &profile.name)?;
        let name = &profile.name;
        report::outcome(&profiles, name, "renew", no_token.as_ref(), self.format)
    }
}

/// Renews the token of a profile; why there is no new one, if there is none.
fn renew(profiles: &Profiles, name: &Name) -> Result<Option<NoToken>, Failure> {
    let profile = adopt(profiles, name)?;
    check_whole(&profile)?;
    let lacks_token = || lacks(&profile, "there is no token to renew");
    if profile.written.token.as_deref().is_none_or(str::is_empty) {
        return Err(lacks_token());
    }
    if profile.written.access_token_url.is_none() {
        return Err(flow::lacks("access_token_url"));
    }
    let (client, keys) = flow::client(&profile)?;
    let kept = Kept::open(profiles, &profile, &client)?.ok_or_else(lacks_token)?;
    let before = kept.current()?.ok_or_else(lacks_token)?;
    if before.credentials.session_handle.is_none() {
        let why = "there is no session handle, without which nothing is renewed";
        return Err(lacks(&profile, why));
    }
    let renewed = kept.renew(before.generation);
    if let Some(told) = rescue(profiles, name, &kept)?.told(name) {
        return Err(Failure::Work(told));
    }
    if let Err(error) = renewed {
        return no_token(&kept, &before, error, &client, &keys).map(Some);
    }
    match kept.last() {
        Some(Last::Answered(answered)) => flow::watch(profiles, &profile, Some(&answered))?,
        Some(Last::Unanswered(failure)) => output::note(&format!(
            "what was sent got no answer ({failure}); another process has put a new token there"
        )),
        None => output::note("nothing was sent: another process has just put a new token there"),
    }
    Ok(None)
}

fn lacks(profile: &Profile, what: &str) -> Failure {
    let name = &profile.name;
    Failure::Credentials(format!(
        "{what}; countersign token authorize --profile {name} gets one"
    ))
}

/// What a renewal came to that brought no token; without an answer it is none to report.
fn no_token(
    kept: &Kept,
    before: &Current,
    error: ConnectionError,
    client: &Client,
    keys: &Keys,
) -> Result<NoToken, Failure> {
    let last = kept.last();
    if let ConnectionError::NeedsReauthorisation(loss) = &error {
        tell_doubt(before, loss);
    }
    if let (ConnectionError::Failed(_), Some(Last::Unanswered(failure))) = (&error, &last) {
        if kept
            .current()?
            .is_some_and(|now| now.state.intent().is_some())
        {
            output::note("whether the token was renewed is not known; renewing again tells");
        }
        return Err(Failure::Work(format!("{error}: {failure}")));
    }
    match (error, last) {
        (
            ConnectionError::NeedsReauthorisation(_) | ConnectionError::Failed(_),
            Some(Last::Answered(answered)),
        ) => match client.read_access_token(&answered.response, answered.at) {
            Err(error) => NoToken::of(&error, &answered, keys),
            Ok(_) => Err(Failure::Work(
                "the new token could not be stored".to_owned(),
            )),
        },
        (ConnectionError::NeedsReauthorisation(loss), _) => Ok(NoToken::lost(&loss)),
        (error, _) => Err(Failure::Work(in_full(&error))),
    }
}

/// What a strict provider refuses after a lost answer is not the user's doing.
fn tell_doubt(before: &Current, loss: &Loss) {
    if loss.cause != ReauthorisationCause::RenewalLost {
        return;
    }
    if let Some(intent) = before.state.intent().or(loss.intent) {
        output::note(&format!(
            "a renewal begun at {} had no answer: the token that came of it is lost",
            intent.made().rfc3339()
        ));
    }
}
