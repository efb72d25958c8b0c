//! `countersign verify`: every check that a provider would run, as far as it needs no store.

mod check;
mod json;
mod keys;
mod text;

use std::path::PathBuf;

use clap::Args;
use countersign_base_string::Scheme;
use countersign_capture::{CaptureError, Missing, OwnedRequest, read};
use countersign_clock::UnixTime;
use countersign_signature::Methods;
use countersign_verify::{Policy, examine};

use crate::commands::doctor::unix_time;
use crate::credentials::Credentials;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Format;
use crate::{dialect, input, output};

const AFTER: &str = "\
Examples:
  countersign verify --keys keys.toml request.http
  countersign verify --profile acme request.http
  countersign verify --keys keys.toml --scheme http --at 1191242096 request.http
  countersign sign --keys keys.toml --as curl URL | countersign verify --keys keys.toml -

With an RSA method the certificates of the keys file count, as at a provider; if
there are none, the public half of its private key. With a preset it is verified as
that provider signs and hashes, and within its window.

Exit codes: 0 verified, 1 refused, 2 usage, 3 an input can't be read, 4 credentials
are missing.";

/// Verify a signed request and show every check.
///
/// REQUEST is raw HTTP, a curl command, a trace, HAR: whatever doctor reads. Whether the nonce is
/// new and the token is still good only the provider's store can tell.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(crate) struct Verify {
    #[command(flatten)]
    credentials: Credentials,
    /// The verifier's time in seconds since 1970; otherwise now.
    #[arg(long, value_name = "UNIX_TIME", value_parser = unix_time)]
    at: Option<UnixTime>,
    /// How the request was sent, where the input does not say; otherwise https.
    #[arg(long, value_name = "http|https")]
    scheme: Option<Scheme>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The request; - for standard input.
    #[arg(value_name = "REQUEST")]
    request: PathBuf,
}

impl Verify {
    pub(crate) fn run(&self) -> Outcome {
        let keys = self.credentials.read()?;
        let what = self.request.display().to_string();
        let failed = |error: &CaptureError| Failure::input(what.clone(), error);
        let capture = read(&input::read(&self.request)?).map_err(|error| failed(&error))?;
        let owned = capture
            .main_exchange()
            .and_then(countersign_capture::Exchange::request)
            .ok_or_else(|| Failure::Input {
                what: what.clone(),
                reason: format!("expected a request, found {}", capture.read_as()),
            })?;
        let scheme = self.scheme_of(owned);
        let request = owned
            .as_request(Some(scheme))
            .map_err(|error| failed(&error))?;
        let now = self.at.unwrap_or_else(countersign_clock::system::now);
        let strict = Policy::default();
        let examination = examine(&request, now, &strict);
        let claims = examination.claims().clone().into_owned();
        let chosen = keys::choose(&keys, &claims)?;
        let named = claims.signature_method().unwrap_or_default();
        let known = Methods::standard().dangerous_with_plaintext();
        let policy = dialect::policy(&keys, known.find(named));
        let report = check::Report::new(&request, &chosen, now, &policy);
        let facts = check::Facts {
            read_as: capture.read_as(),
            method: owned.method().to_owned(),
            url: owned
                .url(Some(scheme))
                .unwrap_or_else(|_| owned.target().to_owned()),
            scheme_assumed: self.scheme.is_none() && lacks_scheme(owned),
            at: now,
        };
        match self.format {
            Format::Json => output::json(&json::document(&facts, &report))?,
            Format::Text => output::data(&text::report(&facts, &report))?,
        }
        Ok(if report.is_verified() {
            Exit::Yes
        } else {
            Exit::No
        })
    }

    fn scheme_of(&self, request: &OwnedRequest) -> Scheme {
        self.scheme.unwrap_or_else(|| {
            match request.url(None).ok().and_then(|url| {
                url.split_once("://")
                    .and_then(|(scheme, _)| scheme.parse().ok())
            }) {
                Some(scheme) => scheme,
                None => Scheme::Https,
            }
        })
    }
}

fn lacks_scheme(request: &OwnedRequest) -> bool {
    matches!(
        request.as_request(None),
        Err(CaptureError::Missing(Missing::Scheme))
    )
}
