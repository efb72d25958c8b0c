//! `countersign profile add`: a profile from a preset, a keys file and options.

mod ask;
mod environment;
pub(super) mod template;

use core::str::FromStr;
use std::path::{Path, PathBuf};

use clap::Args;
use countersign_key::Secret;
use countersign_signature::{Method, Methods};

use super::view::{self, View};
use crate::exit::{Exit, Failure, Outcome};
use crate::input;
use crate::keys_file::{self, Place, Written};
use crate::output::{self, Format};
use crate::profile::{Name, Profiles};
use template::Filling;

const AFTER: &str = "\
Examples:
  countersign profile add acme --keys keys.toml
  countersign profile add shop --preset magento --fill host=shop.example --keys keys.toml
  countersign profile add books --preset netsuite-tba --fill acct=1234567 \\
    --realm 1234567 --keys - < keys.toml
  countersign profile add photos --preset flickr --ask
  COUNTERSIGN_CONSUMER_KEY=... COUNTERSIGN_CONSUMER_SECRET=... \\
    countersign profile add ci --env --signature-method HMAC-SHA256

Credentials come from --keys, a keys file, with --ask from the keyboard, with --env from COUNTERSIGN_CONSUMER_KEY,
COUNTERSIGN_CONSUMER_SECRET, COUNTERSIGN_TOKEN, COUNTERSIGN_TOKEN_SECRET and
COUNTERSIGN_SESSION_HANDLE. They are copied; private keys and certificates stay where
they are, and the profile names them. What an option gives goes before the keys file,
and that before the preset.

Exit codes: 0 added, 2 usage, 3 a file can't be read or written, 4 --env or --ask gives
no credentials.";

/// Add a profile. What it still lacks is named; profile status names it again.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Add {
    /// The provider: an id of `profile presets`.
    #[arg(long, value_name = "ID")]
    preset: Option<String>,
    /// A part of the preset's addresses, such as host=shop.example.
    #[arg(long, value_name = "PART=VALUE", requires = "preset")]
    fill: Vec<Filling>,
    /// Keys file (TOML) with the credentials; - for standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "env")]
    keys: Option<PathBuf>,
    /// Take the credentials from the environment.
    #[arg(long)]
    env: bool,
    /// Ask for the credentials; what is typed is not shown. Without a terminal each is a line of
    /// standard input.
    #[arg(long, conflicts_with_all = ["keys", "env"])]
    ask: bool,
    /// Where the API is.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// An address of the three steps: request_token, authorize or access_token.
    #[arg(long, value_name = "STEP=URL")]
    endpoint: Vec<Endpoint>,
    /// The callback that is registered with the provider, or oob.
    #[arg(long, value_name = "URL")]
    callback: Option<String>,
    /// HMAC-SHA1, HMAC-SHA256, RSA-SHA1 ...; otherwise the preset's usual one for the keys.
    #[arg(long, value_name = "METHOD")]
    signature_method: Option<String>,
    /// Where the protocol parameters go.
    #[arg(long, value_enum, value_name = "PLACE")]
    placement: Option<Place>,
    /// Send oauth_body_hash with every body that is no form.
    #[arg(long)]
    body_hash: bool,
    /// The realm of the Authorization header.
    #[arg(long, value_name = "TEXT")]
    realm: Option<String>,
    /// Replace a profile of that name, with all that it holds; one with credentials only by --keys,
    /// --env or --ask.
    #[arg(long)]
    force: bool,
    /// Use it from now on.
    #[arg(long = "use")]
    activate: bool,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The name: lower-case letters, digits, '.', '_' and '-'.
    name: Name,
}

impl Add {
    pub(super) fn run(&self) -> Outcome {
        let profiles = Profiles::open()?;
        self.check_free(&profiles)?;
        let mut written = self.credentials()?;
        self.apply_options(&mut written)?;
        if let Some(id) = &self.preset {
            template::apply(&mut written, template::row(id)?, &self.fill)?;
        }
        check(&written)?;
        let change = profiles.change()?;
        // Looked at again, now that nobody else can add it.
        self.check_free(&profiles)?;
        change.write_anew(&self.name, &written)?;
        if self.activate {
            change.activate(&self.name)?;
        }
        drop(change);
        added(&profiles, core::slice::from_ref(&self.name), self.format)
    }

    /// Credentials give way to others, and not to none.
    fn check_free(&self, profiles: &Profiles) -> Result<(), Failure> {
        let name = &self.name;
        check_free(profiles, name, self.force)?;
        let has_source = self.env || self.ask || self.keys.is_some();
        if has_source {
            return Ok(());
        }
        check_bare(profiles, name, "give --keys, --env or --ask")
    }

    fn credentials(&self) -> Result<Written, Failure> {
        if self.env {
            return environment::read();
        }
        if self.ask {
            return ask::read();
        }
        let Some(path) = &self.keys else {
            return Ok(Written::default());
        };
        let text = Secret::new(input::read_text(path)?);
        let mut written = Written::parse(text.expose_secret(), &path.display().to_string())?;
        if !written.example {
            keys_file::warn_if_others_can_read(path);
        }
        written.check_open()?;
        // Of another profile: this one has no connection yet.
        written.connected = false;
        written.make_absolute(path.parent().unwrap_or_else(|| Path::new("")))?;
        Ok(written)
    }

    fn apply_options(&self, written: &mut Written) -> Result<(), Failure> {
        for (option, line) in [
            (&self.base_url, &mut written.base_url),
            (&self.callback, &mut written.callback),
            (&self.signature_method, &mut written.signature_method),
            (&self.realm, &mut written.realm),
            (&self.preset, &mut written.preset),
        ] {
            if option.is_some() {
                line.clone_from(option);
            }
        }
        for endpoint in &self.endpoint {
            let line = match endpoint.step {
                Step::RequestToken => &mut written.request_token_url,
                Step::Authorize => &mut written.authorize_url,
                Step::AccessToken => &mut written.access_token_url,
            };
            *line = Some(endpoint.url.clone());
        }
        written.placement = self.placement.or(written.placement);
        if self.body_hash {
            written.body_hash = Some(true);
        }
        Ok(())
    }
}

/// `STEP=URL` of `--endpoint`.
#[derive(Debug, Clone)]
struct Endpoint {
    step: Step,
    url: String,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    RequestToken,
    Authorize,
    AccessToken,
}

/// Why a text is no endpoint.
#[derive(Debug, thiserror::Error)]
#[error("expected request_token=URL, authorize=URL or access_token=URL")]
struct NoEndpoint;

impl FromStr for Endpoint {
    type Err = NoEndpoint;

    fn from_str(text: &str) -> Result<Self, NoEndpoint> {
        let (step, url) = text.split_once('=').ok_or(NoEndpoint)?;
        let step = match step {
            "request_token" => Step::RequestToken,
            "authorize" => Step::Authorize,
            "access_token" => Step::AccessToken,
            _ => return Err(NoEndpoint),
        };
        Ok(Self {
            step,
            url: url.to_owned(),
        })
    }
}

/// Refuses what no request could be made with; what is only missing is the matter of `status`.
pub(super) fn check(written: &Written) -> Result<(), Failure> {
    for (name, url) in [
        ("base_url", &written.base_url),
        ("request_token_url", &written.request_token_url),
        ("authorize_url", &written.authorize_url),
        ("access_token_url", &written.access_token_url),
    ] {
        if let Some(Err(error)) = url.as_deref().map(super::check::url) {
            return Err(Failure::Usage(format!("{name}: {error}")));
        }
    }
    let methods = Methods::standard().dangerous_with_plaintext();
    if let Some(name) = &written.signature_method
        && methods.find(name).is_none()
    {
        let names: Vec<_> = methods.iter().map(Method::name).collect();
        return Err(Failure::Usage(format!(
            "unknown signature method {name:?}, expected one of {}",
            names.join(", ")
        )));
    }
    Ok(())
}

pub(super) fn check_free(profiles: &Profiles, name: &Name, force: bool) -> Result<(), Failure> {
    if !force && profiles.has(name)? {
        return Err(Failure::Usage(format!(
            "there is a profile {name} already; --force replaces it"
        )));
    }
    Ok(())
}

/// Refuses to put nothing in the place of credentials.
pub(super) fn check_bare(profiles: &Profiles, name: &Name, remedy: &str) -> Result<(), Failure> {
    // What can't be read may hold some.
    let is_bare = || {
        let profile = profiles.read(name);
        profile.is_ok_and(|profile| !profile.written.has_credentials())
    };
    if !profiles.has(name)? || is_bare() {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "--force would put nothing in the place of the credentials of {name}: {remedy}, or change its file, which countersign profile show names"
    )))
}

/// Shows what was added, and what is not good yet.
pub(super) fn added(profiles: &Profiles, names: &[Name], format: Format) -> Outcome {
    let active = profiles.active()?;
    let now = countersign_clock::system::now();
    let views: Vec<View> = names
        .iter()
        .map(|name| {
            View::of(profiles, name, active.as_ref())
                .with_lines(super::check::lines(profiles, name, now))
        })
        .collect();
    if format == Format::Json {
        view::print(profiles, &views, format, String::new)?;
        return Ok(Exit::Yes);
    }
    for view in &views {
        output::note(&countersign_problem::harmless(&view.added()));
    }
    Ok(Exit::Yes)
}
