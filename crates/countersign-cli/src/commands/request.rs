//! `countersign request`: signs a request, sends it, shows the answer, explains a refusal.

pub(crate) mod client;
mod document;
pub(crate) mod exchange;
mod items;
pub(crate) mod own;
mod plan;
mod remedy;
pub(crate) mod show;
pub(crate) mod token;

use core::time::Duration;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use countersign_client::Next;
use countersign_problem::Found;

use crate::commands::doctor;
use crate::connections::{Kept, adopt, watch};
use crate::credentials::{self, Credentials};
use crate::exit::{Exit, Failure, Outcome};
use crate::keys_file::KeySet;
use crate::network;
use crate::output::{self, Format};
use crate::profile::{Profile, Profiles};
use exchange::Course;
use plan::Plan;
use token::Connected;

const AFTER: &str = "\
Examples:
  countersign request --profile acme https://api.example.com/v1/items q=='red shoes'
  countersign request --profile acme POST /v1/update status='Hello world'
  countersign request --keys keys.toml PUT https://api.example.com/orders/7 count:=3 note=urgent
  countersign request --keys keys.toml POST https://api.example.com/orders \\
    --body order.json Content-Type:application/json
  countersign request --keys keys.toml --dry-run https://api.example.com/v1/items

Items: NAME==VALUE goes into the query, NAME=VALUE into the form, NAME:VALUE is a
header. With a NAME:=JSON the body is a JSON object, and NAME=VALUE a text in it.
@FILE as value takes it from a file. A URL that begins with / is below the base_url
of the profile.

One refusal is answered by the client itself: a refused timestamp by one that is
corrected by the answer, a used nonce of a request that changes nothing by another,
an expired token by the next one, after a renewal, a refused one by that which another
process has brought meanwhile. Of processes that share a profile one renews. What an
answer says of a profile's token counts only if it comes from where the profile's
base_url or another of its addresses is.
Redirects are followed with --follow only, and only within the origin.

Exit codes: 0 answered, 1 refused or failed (a status of 400 or more, or however else
the provider of the profile's preset refuses, in words that are known), 2 usage,
3 no answer, or it came and is a redirect that was to be followed and could not be
signed, or a renewed token could not be stored, which then stands in the profile's own
file; 4 credentials are missing.";

/// Sign a request, send it and show the answer; if it was refused, say why.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(crate) struct Request {
    #[command(flatten)]
    credentials: Credentials,
    /// HMAC-SHA1, RSA-SHA256 ...; otherwise that of the keys.
    #[arg(long, value_name = "NAME")]
    signature_method: Option<String>,
    /// The body; - for standard input.
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// Follow redirects within the origin, each signed anew.
    #[arg(long)]
    follow: bool,
    /// Send it once, whatever the answer.
    #[arg(long)]
    no_retry: bool,
    /// For how many seconds to wait for the answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u32,
    /// Print the signed request and send nothing.
    #[arg(long)]
    dry_run: bool,
    /// What to print of the answer.
    #[arg(long, value_enum, default_value_t, value_name = "PART")]
    print: Print,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The method, in capitals, if it is not GET, or POST with a body; the URL; items.
    #[arg(value_name = "[METHOD] URL [ITEM]", required = true)]
    words: Vec<String>,
}

/// What is printed of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Print {
    /// Status, headers and body.
    #[default]
    All,
    /// The body, byte for byte.
    Body,
    /// Status and headers.
    Head,
}

impl Request {
    pub(crate) fn run(&self) -> Outcome {
        let (keys, profile) = self.credentials()?;
        let plan = Plan::new(&self.words, self.body.as_deref(), &keys)?;
        let client = client::client(&keys, self.signature_method.as_deref())?;
        let fixed = client::with_token(client.clone(), &keys)?;
        if self.dry_run {
            let signed = exchange::signed(&plan, &fixed, 0)?;
            match self.format {
                Format::Text => output::exact(&show::request(&signed)?)?,
                Format::Json => output::json(&document::of_dry_run(&plan, &signed))?,
            }
            return Ok(Exit::Yes);
        }
        let ends = keys.certificate_end();
        let patience = Duration::from_secs(self.timeout.into());
        let kept = match &profile {
            Some((profiles, profile)) => Kept::open(profiles, profile, &client)?,
            None => None,
        };
        let begun = match (&kept, &profile) {
            (Some(kept), Some((profiles, profile))) => {
                Connected::begin(kept, (profiles, &profile.name))?
            }
            _ => None,
        };
        let (connected, credentials) = begun.unzip();
        let credentials = credentials.unwrap_or(fixed);
        let another = |next: &Next, found: Option<Found>| match &connected {
            Some(connected) => connected.another(next, found),
            None => Ok(None),
        };
        let believes = profile
            .as_ref()
            .is_none_or(|(_, profile)| own::is_own(&profile.written, &plan.uri));
        let course = Course {
            another: &another,
            believes,
            follows: self.follow,
            retries: !self.no_retry,
        };
        let exchange = exchange::run(plan, &credentials, &course, patience)?;
        for note in exchange.notes() {
            output::note(&countersign_problem::harmless(note));
        }
        let is_refused = exchange.is_refused();
        let explained = is_refused
            .then(|| -> Result<_, Failure> {
                let request = show::owned(&exchange.request)?;
                // The token that signed the last request, and the one before it.
                let now = profile.as_ref().and_then(|(profiles, profile)| {
                    let now = profiles.read(&profile.name).and_then(credentials::load);
                    now.map_err(|failure| output::note(&failure.to_string()))
                        .ok()
                });
                let keys = now.unwrap_or(keys).into_doctor_keys();
                Ok(doctor::explain(request, exchange.answer.clone(), &keys))
            })
            .transpose()?;
        match self.format {
            Format::Json => {
                let doctor = explained.map(|explained| explained.document);
                output::json(&document::document(&exchange.plan, Some(&exchange), doctor))?;
            }
            Format::Text => {
                show::answer(&exchange, self.print)?;
                if let Some(explained) = explained {
                    output::note(&explained.text);
                }
            }
        }
        // What may wait for other processes comes last.
        if let Some(connected) = connected.as_ref().filter(|_| believes) {
            connected.settle(&exchange);
        }
        if let Some((profiles, profile)) = &profile {
            // A clock that was corrected was told of just now.
            let ahead = network::ahead(&exchange.response);
            let ahead = ahead.filter(|_| believes && exchange.offset == 0);
            watch(profiles, &profile.name, ahead, ends);
        }
        let is_unstored = connected.as_ref().is_some_and(Connected::is_unstored);
        Ok(if is_unstored || exchange.is_stranded {
            Exit::CouldNotRun
        } else if exchange.status() < 400 && !is_refused {
            Exit::Yes
        } else {
            Exit::No
        })
    }
}

impl Request {
    /// The keys, and the profile that they are of. The token of a profile is moved into the store
    /// first, so that it can be renewed.
    fn credentials(&self) -> Result<(KeySet, Option<(Profiles, Profile)>), Failure> {
        let Some((profiles, profile)) = self.credentials.profile()? else {
            return Ok((self.credentials.read()?, None));
        };
        let name = profile.name.clone();
        let profile = if self.dry_run {
            profile
        } else {
            adopted(&profiles, profile)?
        };
        credentials::check(&profile)?;
        let again = profiles.read(&name)?;
        Ok((credentials::load(profile)?, Some((profiles, again))))
    }
}

/// A profile whose token is moved into the store, so that it can be renewed.
pub(crate) fn adopted(profiles: &Profiles, profile: Profile) -> Result<Profile, Failure> {
    match adopt(profiles, &profile.name) {
        Ok(adopted) => Ok(adopted),
        // Where nothing can be written, what needs no renewal is used as it is.
        Err(failure) if profile.written.session_handle.is_none() => {
            output::note(&format!(
                "the token stays in the profile's file, and what becomes of it is not noted: {failure}"
            ));
            Ok(profile)
        }
        Err(failure) => Err(failure),
    }
}
