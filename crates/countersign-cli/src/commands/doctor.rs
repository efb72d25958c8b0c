//! `countersign doctor`: why a request was refused.

mod json;
mod text;

use std::path::PathBuf;

use clap::Args;
use countersign_base_string::Scheme;
use countersign_capture::{Capture, Exchange, OwnedAnswer, OwnedRequest, read};
use countersign_clock::UnixTime;
use countersign_doctor::{Case, Diagnosis, Keys, Verdict, diagnose};

use crate::exit::{Exit, Failure, Outcome};
use crate::output::Format;
use crate::{input, keys_file, output};

const AFTER: &str = "\
Examples:
  countersign doctor --keys keys.toml refused.http
  countersign doctor --keys keys.toml --client-base-string base.txt refused.http
  countersign doctor --response answer.txt
  pbpaste | countersign doctor -

Exit codes: 0 nothing wrong found, 1 something found, 2 usage, 3 an input can't be read.";

/// Explain why a request was refused, and prove it where that is possible.
///
/// INPUT is what you have: a raw HTTP request (and its answer), a curl command, a curl -v trace, a
/// HAR file, a Postman item, an Authorization header, an error text. Give - for standard input.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(crate) struct Doctor {
    /// Keys file (TOML) with the credentials that signed the request; - for standard input.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// The provider's answer: status line, headers and body, or the body alone.
    #[arg(long, value_name = "FILE")]
    response: Option<PathBuf>,
    /// How the request was sent, where the input does not say.
    #[arg(long, value_name = "http|https")]
    scheme: Option<Scheme>,
    /// The provider's time when it judged the request, in seconds since 1970; otherwise the Date
    /// of the answer counts.
    #[arg(long, value_name = "UNIX_TIME", value_parser = unix_time)]
    at: Option<UnixTime>,
    /// The base string that your client printed.
    #[arg(long, value_name = "FILE")]
    client_base_string: Option<PathBuf>,
    /// The base string that the provider says it computed.
    #[arg(long, value_name = "FILE")]
    provider_base_string: Option<PathBuf>,
    /// The signature that the provider says it expected.
    #[arg(long, value_name = "FILE")]
    provider_signature: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Show every check, the base string, and all remedies.
    #[arg(long, short)]
    verbose: bool,
    /// What you have; may be left out when --response is given.
    #[arg(value_name = "INPUT", required_unless_present = "response")]
    inputs: Vec<PathBuf>,
}

/// Reads `--at` as the timestamp of a request is read.
pub(crate) fn unix_time(text: &str) -> Result<UnixTime, String> {
    UnixTime::parse_timestamp(text).map_err(|error| crate::exit::in_full(&error))
}

/// What was read, and from what.
struct Evidence {
    request: Option<OwnedRequest>,
    answer: Option<OwnedAnswer>,
    /// A base string that stood in an input.
    echo: Option<String>,
    read_as: Vec<String>,
}

impl Doctor {
    pub(crate) fn run(&self) -> Outcome {
        let evidence = self.evidence()?;
        let keys = match &self.keys {
            Some(path) => Some(keys_file::read(path)?.into_doctor_keys()),
            None => None,
        };
        let client = self.text(self.client_base_string.as_ref())?;
        let provider = self
            .text(self.provider_base_string.as_ref())?
            .or_else(|| evidence.echo.clone());
        let signature = self.text(self.provider_signature.as_ref())?;
        let case = self.case(
            &evidence,
            keys.as_ref(),
            [client.as_deref(), provider.as_deref(), signature.as_deref()],
        );
        let diagnosis = diagnose(&case);
        match self.format {
            Format::Json => output::json(&json::document(&diagnosis))?,
            Format::Text => {
                output::data(&text::report(
                    &diagnosis,
                    &evidence.read_as,
                    &evidence,
                    self.verbose,
                ))?;
            }
        }
        Ok(exit(&diagnosis))
    }

    fn text(&self, path: Option<&PathBuf>) -> Result<Option<String>, Failure> {
        path.map(|path| input::read_text(path)).transpose()
    }

    fn case<'a>(
        &self,
        evidence: &'a Evidence,
        keys: Option<&'a Keys>,
        [client, provider, signature]: [Option<&'a str>; 3],
    ) -> Case<'a> {
        let mut case = Case::default();
        if let Some(request) = &evidence.request {
            case = case.with_request(request);
        }
        if let Some(answer) = &evidence.answer {
            case = case.with_answer(answer);
        }
        if let Some(keys) = keys {
            case = case.with_keys(keys);
        }
        if let Some(scheme) = self.scheme {
            case = case.with_scheme(scheme);
        }
        if let Some(at) = self.at {
            case = case.at(at);
        }
        if let Some(text) = client {
            case = case.with_client_base_string(text);
        }
        if let Some(text) = provider {
            case = case.with_provider_base_string(text);
        }
        if let Some(text) = signature {
            case = case.with_provider_signature(text);
        }
        case
    }

    /// Reads all inputs; the first request and the first answer count.
    fn evidence(&self) -> Result<Evidence, Failure> {
        let mut evidence = Evidence {
            request: None,
            answer: None,
            echo: None,
            read_as: Vec::new(),
        };
        for path in self.inputs.iter().chain(&self.response) {
            let bytes = input::read(path)?;
            let capture =
                read(&bytes).map_err(|error| Failure::input(path.display().to_string(), &error))?;
            evidence
                .read_as
                .push(format!("{}: read as {}", path.display(), capture.read_as()));
            evidence.take(&capture);
        }
        Ok(evidence)
    }
}

impl Evidence {
    fn take(&mut self, capture: &Capture) {
        let exchanges = capture.exchanges();
        let signed = exchanges.iter().find(|exchange| exchange.has_oauth());
        if let Some(exchange) = signed.or_else(|| exchanges.first()) {
            if self.request.is_none() {
                self.request = exchange.request().cloned();
            }
            if self.answer.is_none() {
                self.answer = exchange.answer().cloned();
            }
        }
        if self.answer.is_none() {
            self.answer = exchanges.iter().find_map(Exchange::answer).cloned();
        }
        if self.echo.is_none() {
            self.echo = capture
                .echoes()
                .iter()
                .find(|echo| echo.is_base_string())
                .map(|echo| echo.as_str().to_owned());
        }
    }
}

fn exit(diagnosis: &Diagnosis) -> Exit {
    if diagnosis.verdict() == Verdict::Valid {
        Exit::Yes
    } else {
        Exit::No
    }
}
