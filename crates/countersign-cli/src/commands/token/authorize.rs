//! `countersign token authorize`: the three-legged flow (RFC 5849 section 2).

use core::time::Duration;

use clap::Args;
use countersign_client::{
    AccessToken, AnswerError, Approved, Attempts, CallbackError, Client, Pending, Service,
    SessionState, SignError, Stamp, Start, XAuth,
};
use countersign_clock::UnixTime;
use countersign_dialect::Legs;
use countersign_problem::harmless;
use countersign_signature::OsRandom;
use countersign_store::TokenCredentials;
use ureq::http::{Request, Response};

use super::callback::Way;
use super::flow::{self, NoToken};
use super::report;
use crate::ask;
use crate::connections::{self, Kept, adopt};
use crate::dialect;
use crate::exit::{Failure, Outcome};
use crate::keys_file::Written;
use crate::output::{self, Format};
use crate::profile::{Name, Profile, Profiles};

const AFTER: &str = "\
Examples:
  countersign token authorize --profile acme
  countersign token authorize --profile acme --callback oob
  countersign token authorize --profile acme --callback http://127.0.0.1:8400/callback

The callback is that of the profile, else an address of this machine that is listened
at. With oob the provider shows a code, which is asked for here. After a callback to
elsewhere the address is asked for to which the browser was sent. By its preset a
provider without a page is asked with a verifier that it gave otherwise, and one that
only takes a user's name and password (xAuth) with these, which are kept nowhere.

Exit codes: 0 the profile has the token, 1 refused or declined, 2 usage, 3 no answer,
or the profile or the store of connections can't be read or written; 4 there is no such profile, or it lacks keys or
addresses.";

/// Ask the user for consent, and keep the token for the profile.
///
/// The address to open is printed on standard error. The token is durable in the store of
/// connections when this ends with 0; it is printed nowhere.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Authorize {
    /// The profile; otherwise COUNTERSIGN_PROFILE, or the one in use.
    #[arg(long, value_name = "NAME")]
    profile: Option<Name>,
    /// oob, an address of this machine to listen at, or the one registered with the provider.
    #[arg(long, value_name = "URL|oob")]
    callback: Option<String>,
    /// A parameter that the provider wants with the page or the first request, such as scope=read.
    #[arg(long, value_name = "NAME=VALUE")]
    parameter: Vec<String>,
    /// For how many seconds to wait for the user.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    timeout: u32,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Authorize {
    pub(super) fn run(&self) -> Outcome {
        let (profiles, profile) = flow::profile(self.profile.as_ref())?;
        let profile = adopt(&profiles, &profile.name)?;
        let row = profile.written.row();
        let steps = Steps::of(&profile)?;
        let service = flow::service(&profile.written)?;
        let (client, keys) = flow::client(&profile)?;
        if steps == Steps::Password {
            self.check_unsent()?;
            let last = Last::Password(password(&client, &service)?);
            return self.exchange(&profiles, &profile, &last, (&client, &keys));
        }
        let asked = self.callback.as_deref();
        let only = row.and_then(|row| row.flow.callback);
        let asked = asked.or(profile.written.callback.as_deref()).or(only);
        let way = match (asked, steps) {
            // Nobody is sent away, so that nobody comes back.
            (None, Steps::Verifier) => Way::OutOfBand,
            _ => Way::choose(asked)?,
        };
        let mut random = OsRandom::new();
        let state = SessionState::new(&mut random).map_err(|error| Failure::work(&error))?;
        let mut start = Start::new(&client, &service, way.callback()?, &state)
            .map_err(|error| Failure::work(&error))?;
        let parameters = self.parameters()?;
        for (name, value) in &parameters {
            start = start.with_parameter(*name, *value);
        }
        let answered = flow::send(start.attempts(), &|stamp| start.request(stamp))?;
        let pending = match start.read(&answered.response) {
            Ok(pending) => pending,
            Err(error) => {
                let no_token = NoToken::of(&error, &answered, &keys)?;
                return report::outcome(
                    &profiles,
                    &profile.name,
                    "authorize",
                    Some(&no_token),
                    self.format,
                );
            }
        };
        match self.decided(&pending, &state, &way, &parameters)? {
            Ok(approved) => {
                let last = Last::Verifier(approved);
                self.exchange(&profiles, &profile, &last, (&client, &keys))
            }
            Err(error) => {
                let no_token = NoToken::without_answer(&error);
                report::outcome(
                    &profiles,
                    &profile.name,
                    "authorize",
                    Some(&no_token),
                    self.format,
                )
            }
        }
    }

    /// Refuses what is no part of an exchange of a name and a password.
    fn check_unsent(&self) -> Result<(), Failure> {
        let options = [
            ("--callback", self.callback.is_some()),
            ("--parameter", !self.parameter.is_empty()),
        ];
        match options.iter().find(|(_, is_given)| *is_given) {
            None => Ok(()),
            Some((option, _)) => Err(Failure::Usage(format!(
                "{option}: the provider of the profile's preset takes a user's name and password, and there is nothing else to send; leave it out"
            ))),
        }
    }

    fn parameters(&self) -> Result<Vec<(&str, &str)>, Failure> {
        let pair =
            |text: &'_ String| Failure::Usage(format!("--parameter {text}: expected NAME=VALUE"));
        self.parameter
            .iter()
            .map(|text| text.split_once('=').ok_or_else(|| pair(text)))
            .collect()
    }

    /// Sends the user to the provider's page, and takes what comes back.
    fn decided(
        &self,
        pending: &Pending,
        state: &SessionState,
        way: &Way,
        parameters: &[(&str, &str)],
    ) -> Result<Result<Approved, CallbackError>, Failure> {
        let Some(url) = pending.authorization_url(parameters) else {
            output::note("The provider has no page for it: its verifier comes by another way.");
            return Ok(pending.with_verifier(&ask::line("The verifier: ")?));
        };
        output::note(&format!(
            "Open this address, and decide there:\n\n  {}\n",
            harmless(&url)
        ));
        let patience = Duration::from_secs(self.timeout.into());
        Ok(match way {
            Way::Listen(listener) => listener.wait(pending, state, patience)?,
            Way::OutOfBand => pending.with_verifier(&ask::line("The code that it shows: ")?),
            Way::Elsewhere(_) => {
                let target = ask::line("The address to which the browser was sent: ")?;
                pending.come_back(&target, state)
            }
        })
    }

    /// Exchanges the verifier for the token; the profile is locked, and the store at hand, before it is
    /// asked for, so that it can be kept when it comes.
    fn exchange(
        &self,
        profiles: &Profiles,
        asked: &Profile,
        last: &Last,
        (client, keys): (&Client, &countersign_doctor::Keys),
    ) -> Outcome {
        let name = &asked.name;
        let change = profiles.change()?;
        let mut profile = profiles.read_file(name)?;
        check_same(&asked.written, &profile)?;
        change.write(name, &profile.written)?;
        let shelf = change.shelf()?;
        let lacks = || flow::lacks("consumer_key");
        let id = connections::id(name, &profile.written).ok_or_else(lacks)?;
        let kept = Kept::new(shelf.store().clone(), id.clone(), &profile, client);
        let answered = flow::send(last.attempts(), &|stamp| last.request(stamp))?;
        let no_token = match last.read(&answered.response, answered.at) {
            Ok(token) => {
                // One that stood there is of the authorisation before.
                drop(profile.written.take_token());
                let credentials = TokenCredentials::from(&token);
                let stored = shelf.remove_damaged(&id).and_then(|()| {
                    let stored = kept.connect(credentials.clone());
                    stored.map_err(|error| Failure::work(&error))
                });
                if let Err(failure) = stored {
                    connections::put(&mut profile.written, &credentials);
                    change.write(name, &profile.written)?;
                    output::note(
                        "the token is in the profile's own file; the next command tries the store again",
                    );
                    return Err(failure);
                }
                profile.written.connected = true;
                change.write(name, &profile.written)?;
                None
            }
            Err(error) => Some(NoToken::of(&error, &answered, keys)?),
        };
        drop(change);
        flow::watch(profiles, asked, Some(&answered))?;
        report::outcome(profiles, name, "authorize", no_token.as_ref(), self.format)
    }
}

/// Which steps lead to a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Steps {
    /// The user decides on a page of the provider.
    Page,
    /// The user's name and password are exchanged.
    Password,
    /// The approval comes about elsewhere, and brings the verifier.
    Verifier,
}

impl Steps {
    /// By the addresses of the profile, and what the provider of its preset has.
    fn of(profile: &Profile) -> Result<Self, Failure> {
        let written = &profile.written;
        let row = written.row();
        let has = |legs: Legs| row.is_some_and(|row| row.legs.contains(&legs));
        if let Some(row) = row
            && written.access_token_url.is_none()
            && !(has(Legs::Three) || has(Legs::XAuth))
        {
            let how = dialect::how_to_get_a_token(row).unwrap_or("it has no tokens");
            return Err(Failure::Credentials(format!(
                "{} gives out no token by a flow: {how}",
                row.name
            )));
        }
        if written.access_token_url.is_none() {
            return Err(flow::lacks("access_token_url"));
        }
        if written.request_token_url.is_none() {
            return if has(Legs::XAuth) {
                Ok(Self::Password)
            } else {
                Err(flow::lacks("request_token_url"))
            };
        }
        match row {
            _ if written.authorize_url.is_some() => Ok(Self::Page),
            Some(row) if row.endpoints.authorize.is_none() => Ok(Self::Verifier),
            _ => Err(flow::lacks("authorize_url")),
        }
    }
}

/// The last step, which gives the token.
enum Last {
    Verifier(Approved),
    Password(XAuth),
}

impl Last {
    fn attempts(&self) -> Attempts {
        match self {
            Self::Verifier(approved) => approved.attempts(),
            Self::Password(login) => login.attempts(),
        }
    }

    fn request(&self, stamp: Stamp<'_>) -> Result<Request<Vec<u8>>, SignError> {
        match self {
            Self::Verifier(approved) => approved.request(stamp),
            Self::Password(login) => login.request(stamp),
        }
    }

    fn read(&self, answer: &Response<Vec<u8>>, now: UnixTime) -> Result<AccessToken, AnswerError> {
        match self {
            Self::Verifier(approved) => approved.read(answer, now),
            Self::Password(login) => login.read(answer, now),
        }
    }
}

/// Asks for the user's name and password, which are kept nowhere.
fn password(client: &Client, service: &Service) -> Result<XAuth, Failure> {
    let user = ask::line("The user's name at the provider: ")?;
    let password = ask::hidden("The user's password, which is not shown: ")?;
    XAuth::new(client, service, user, password).map_err(|error| Failure::work(&error))
}

/// A token belongs to the consumer and the provider that it was asked for with, and goes into no
/// profile of others.
fn check_same(asked: &Written, now: &Profile) -> Result<(), Failure> {
    let name = &now.name;
    let now = &now.written;
    for (line, before, after) in [
        ("consumer_key", &asked.consumer_key, &now.consumer_key),
        (
            "access_token_url",
            &asked.access_token_url,
            &now.access_token_url,
        ),
    ] {
        if before != after {
            return Err(Failure::Work(format!(
                "the {line} of the profile was changed while the user decided, so no token was asked for; countersign token authorize --profile {name} begins anew"
            )));
        }
    }
    Ok(())
}
