//! `countersign doctor`: why a request was refused.

mod inputs;
mod json;
mod language;
#[cfg(feature = "service")]
mod recorded;
mod report;
mod text;
mod veil;

use std::path::PathBuf;

use clap::Args;
use countersign_base_string::Scheme;
use countersign_clock::UnixTime;
use countersign_doctor::{Case, Comparison, Diagnosis, Keys, Verdict, compare_hops, diagnose};

use crate::credentials::{self, Credentials};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Format;
use crate::{input, output};
use inputs::{Evidence, Subject};
use report::Report;
use text::Extent;
use veil::Veil;

const AFTER: &str = "\
Examples:
  countersign doctor --keys keys.toml refused.http
  countersign doctor --profile acme refused.http
  countersign doctor --keys keys.toml --client-base-string base.txt refused.http
  countersign doctor --keys keys.toml works.http refused.http
  countersign doctor --response answer.txt
  countersign doctor --keys keys.toml --redact refused.http
  pbpaste | countersign doctor -
  countersign doctor --id 7ZK3M9Q0T4X2A --config countersign.toml

Exit codes: 0 nothing wrong found, 1 something found, 2 usage, 3 an input can't be read.";

/// Explain why a request was refused, and prove it where that is possible.
///
/// INPUT is what you have: a raw HTTP request (and its answer), a curl command, a curl -v trace, a
/// HAR file, a Postman item, an Authorization header, an error text, a log of your client. Give -
/// for standard input.
///
/// Two requests are compared: one that works and one that does not, or one as it was sent and as
/// it arrived. Further inputs may hold the answer or a base string. Of a trace or HAR with several
/// requests, the first signed one that was refused counts, and what followed a redirect.
///
/// Whoever runs `countersign serve` explains a refusal by its id: the X-Request-Id of the answer.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(crate) struct Doctor {
    #[command(flatten)]
    credentials: Credentials,
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
    /// How many signatures to compare at most in the search for the cause; 0 searches for nothing.
    #[arg(long, value_name = "NUMBER")]
    budget: Option<u64>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Show every check whole, the base strings, long values whole, and all remedies.
    #[arg(long, short)]
    verbose: bool,
    /// Show every explanation that fits, and the page of each finding.
    #[arg(long)]
    explain_all: bool,
    /// Make the report safe to post in public: no key, token, nonce, signature or other value of
    /// the inputs, no host unless it is a known provider's, no path; names, lengths, reserved
    /// characters, the method and the times stay.
    #[arg(long)]
    redact: bool,
    /// The X-Request-Id of a request that a service of yours refused: explains what it kept of it.
    #[cfg(feature = "service")]
    #[arg(
        long,
        value_name = "ID",
        conflicts_with_all = [
            "inputs", "keys", "profile", "response", "scheme", "at", "client_base_string",
            "provider_base_string", "provider_signature", "budget", "redact",
        ]
    )]
    id: Option<String>,
    /// The service's configuration; countersign.toml here without it.
    #[cfg(feature = "service")]
    #[arg(long, value_name = "FILE", requires = "id", conflicts_with_all = ["inputs", "response"])]
    config: Option<PathBuf>,
    /// What you have; may be left out when --response is given.
    #[cfg_attr(
        feature = "service",
        arg(value_name = "INPUT", required_unless_present_any = ["response", "id"])
    )]
    #[cfg_attr(
        not(feature = "service"),
        arg(value_name = "INPUT", required_unless_present = "response")
    )]
    inputs: Vec<PathBuf>,
}

/// Reads `--at` as the timestamp of a request is read.
pub(crate) fn unix_time(text: &str) -> Result<UnixTime, String> {
    UnixTime::parse_timestamp(text).map_err(|error| crate::exit::in_full(&error))
}

/// What the doctor says of one exchange.
#[cfg(feature = "network")]
pub(crate) struct Explained {
    /// For people.
    pub(crate) text: String,
    /// Schema `countersign/doctor/1`.
    pub(crate) document: serde_json::Value,
}

/// Explains a refusal of a request that was sent from here.
#[cfg(feature = "network")]
pub(crate) fn explain(
    request: countersign_capture::OwnedRequest,
    answer: countersign_capture::OwnedAnswer,
    keys: &Keys,
) -> Explained {
    let evidence = Evidence::of(request, answer);
    let veil = Veil::over(&evidence, Some(keys), &[], false);
    let mut case = evidence.main().map(Subject::case).unwrap_or_default();
    case = case.with_keys(keys);
    if let Some(text) = &evidence.provider_base_string {
        case = case.with_provider_base_string(text);
    }
    if let Some(text) = &evidence.signature {
        case = case.with_provider_signature(text);
    }
    let report = Report::of(&diagnose(&case), &evidence, &veil);
    Explained {
        text: text::report(&report, &Extent::default(), &veil),
        document: json::document(&report, &veil),
    }
}

/// The texts of one side that were given apart.
struct Given {
    client: Option<String>,
    provider: Option<String>,
    signature: Option<String>,
}

impl Doctor {
    pub(crate) fn run(&self) -> Outcome {
        #[cfg(feature = "service")]
        if let Some(id) = &self.id {
            let report = recorded::report(id, self.config.as_deref())?;
            let veil = Veil::over(&Evidence::default(), None, &[], false);
            return self.print(&report, &[], &veil);
        }
        let evidence = Evidence::read(&self.inputs, self.response.as_deref())?;
        let keys = self.keys(&evidence)?;
        let given = Given {
            client: text_of(self.client_base_string.as_ref())?
                .or_else(|| evidence.client_base_string.clone()),
            provider: text_of(self.provider_base_string.as_ref())?
                .or_else(|| evidence.provider_base_string.clone()),
            signature: text_of(self.provider_signature.as_ref())?
                .or_else(|| evidence.signature.clone()),
        };
        let texts: Vec<&str> = [&given.client, &given.provider, &given.signature]
            .into_iter()
            .filter_map(Option::as_deref)
            .collect();
        let veil = Veil::over(&evidence, keys.as_ref(), &texts, self.redact);
        let cases = self.cases(&evidence, keys.as_ref(), &given);
        match told(compare_hops(&cases)) {
            Some(comparison) => {
                let report = Report::of_two(&comparison, &evidence, &veil);
                let [first, second] = comparison.diagnoses();
                let [one, other] = comparison.relation().labels();
                let bases = [(one, first.base_string()), (other, second.base_string())];
                self.print(&report, &bases, &veil)
            }
            None => {
                let diagnosis = cases
                    .last()
                    .map_or_else(|| diagnose(&Case::default()), diagnose);
                let report = Report::of(&diagnosis, &evidence, &veil);
                self.print(&report, &bases(&diagnosis, &given), &veil)
            }
        }
    }

    /// The keys that an option names; else those of the profile in use, if it is the one that
    /// signed: other keys would only mislead.
    fn keys(&self, evidence: &Evidence) -> Result<Option<Keys>, Failure> {
        if let Some(keys) = self.credentials.named()? {
            return Ok(Some(keys.into_doctor_keys()));
        }
        if evidence.requests().next().is_none() {
            return Ok(None);
        }
        let Some((profile, by)) = credentials::in_use()? else {
            return Ok(None);
        };
        let own = profile.written.consumer_key.as_deref();
        if !own.is_some_and(|key| evidence.has_consumer(key)) {
            output::note(&format!(
                "the profile {} ({by}) has another consumer key and is not used; --profile NAME names one",
                profile.name
            ));
            return Ok(None);
        }
        output::note(&format!("profile: {} ({by})", profile.name));
        credentials::load(profile).map(|keys| Some(keys.into_doctor_keys()))
    }

    fn print(
        &self,
        report: &Report,
        bases: &[(&'static str, Option<&str>)],
        veil: &Veil,
    ) -> Outcome {
        match self.format {
            Format::Json => output::json(&json::document(report, veil))?,
            Format::Text => {
                let bases = bases
                    .iter()
                    .filter_map(|(who, base)| Some((*who, (*base)?.trim())))
                    .filter(|_| self.verbose)
                    .collect();
                let extent = Extent {
                    verbose: self.verbose,
                    explain_all: self.explain_all,
                    bases,
                    command: self.command(),
                };
                output::data(&text::report(report, &extent, veil))?;
            }
        }
        Ok(exit(report.verdict))
    }

    /// The requests in their order; what was given apart belongs to the last one.
    fn cases<'a>(
        &self,
        evidence: &'a Evidence,
        keys: Option<&'a Keys>,
        given: &'a Given,
    ) -> Vec<Case<'a>> {
        let last = evidence.subjects.len().saturating_sub(1);
        let subjects = evidence.subjects.iter().enumerate();
        subjects
            .map(|(position, subject)| {
                self.case(subject, keys, Some(given).filter(|_| position == last))
            })
            .collect()
    }

    /// The command that was run, without what only changes its output.
    fn command(&self) -> String {
        #[cfg(feature = "service")]
        if self.id.is_some() {
            return String::new();
        }
        if self.redact {
            return String::new();
        }
        let options = [
            ("--keys", &self.credentials.keys),
            ("--response", &self.response),
            ("--client-base-string", &self.client_base_string),
            ("--provider-base-string", &self.provider_base_string),
            ("--provider-signature", &self.provider_signature),
        ];
        let mut words = vec!["countersign doctor".to_owned()];
        for (name, path) in options {
            if let Some(path) = path {
                words.push(format!("{name} {}", path.display()));
            }
        }
        if let Some(name) = &self.credentials.profile {
            words.push(format!("--profile {name}"));
        }
        if let Some(scheme) = self.scheme {
            words.push(format!("--scheme {scheme}"));
        }
        words.extend(self.inputs.iter().map(|path| path.display().to_string()));
        words.join(" ")
    }

    fn case<'a>(
        &self,
        subject: &'a Subject,
        keys: Option<&'a Keys>,
        given: Option<&'a Given>,
    ) -> Case<'a> {
        let mut case = subject.case();
        if let Some(keys) = keys {
            case = case.with_keys(keys);
        }
        if let Some(scheme) = self.scheme {
            case = case.with_scheme(scheme);
        }
        if let Some(budget) = self.budget {
            case = case.with_budget(budget);
        }
        let Some(given) = given else { return case };
        if let Some(at) = self.at {
            case = case.at(at);
        }
        if let Some(text) = &given.client {
            case = case.with_client_base_string(text);
        }
        if let Some(text) = &given.provider {
            case = case.with_provider_base_string(text);
        }
        if let Some(text) = &given.signature {
            case = case.with_provider_signature(text);
        }
        case
    }
}

/// Of several comparisons in a row, the first that has something to tell.
fn told(comparisons: Vec<Comparison>) -> Option<Comparison> {
    let mut last = None;
    for comparison in comparisons {
        if comparison.verdict() != Verdict::Valid {
            return Some(comparison);
        }
        last = Some(comparison);
    }
    last
}

fn bases<'a>(diagnosis: &'a Diagnosis, given: &'a Given) -> [(&'static str, Option<&'a str>); 3] {
    [
        ("RFC 5849", diagnosis.base_string()),
        ("the client", given.client.as_deref()),
        ("the provider", given.provider.as_deref()),
    ]
}

fn text_of(path: Option<&PathBuf>) -> Result<Option<String>, Failure> {
    path.map(|path| input::read_text(path)).transpose()
}

fn exit(verdict: Verdict) -> Exit {
    if verdict == Verdict::Valid {
        Exit::Yes
    } else {
        Exit::No
    }
}
