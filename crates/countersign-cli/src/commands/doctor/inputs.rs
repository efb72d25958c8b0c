//! What was read, and from what.

use std::path::{Path, PathBuf};

use countersign_base_string::{Limits, Parameters, Scheme};
use countersign_capture::{
    Capture, Echo, EchoKind, EchoOrigin, Exchange, OwnedAnswer, OwnedRequest, read,
};
use countersign_doctor::Case;

use crate::exit::Failure;
use crate::input;

/// How one input was read.
#[derive(Debug)]
pub(super) struct ReadAs {
    pub(super) input: String,
    pub(super) read_as: String,
    pub(super) notes: Vec<String>,
}

/// A request, its answer, or both.
#[derive(Debug, Default)]
pub(super) struct Subject {
    pub(super) request: Option<OwnedRequest>,
    pub(super) answer: Option<OwnedAnswer>,
}

/// Everything that the inputs hold.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// One request, two to compare, or a chain of redirects; never empty.
    pub(super) subjects: Vec<Subject>,
    /// The client's base string, out of its log.
    pub(super) client_base_string: Option<String>,
    /// The provider's base string, out of its answer, or one that does not tell whose it is.
    pub(super) provider_base_string: Option<String>,
    /// The signature that the provider says it expected.
    pub(super) signature: Option<String>,
    pub(super) read_as: Vec<ReadAs>,
    /// Texts that stood in an input beside requests and answers.
    echoes: Vec<String>,
}

impl Evidence {
    /// Reads all inputs and the answer given apart.
    pub(super) fn read(inputs: &[PathBuf], response: Option<&Path>) -> Result<Self, Failure> {
        let mut evidence = Self::default();
        let mut names = Vec::new();
        let mut answer = None;
        for path in inputs {
            let capture = evidence.open(path)?;
            evidence.take_echoes(&capture);
            let chain = chain(&capture);
            if chain.iter().any(|exchange| exchange.request().is_some()) {
                names.push(path.display().to_string());
                evidence.subjects.extend(chain.into_iter().map(Subject::of));
            } else {
                answer = answer.or_else(|| first_answer(&capture));
            }
        }
        if let Some(path) = response {
            let capture = evidence.open(path)?;
            evidence.take_echoes(&capture);
            // The option says that it is the answer.
            answer = first_answer(&capture).or(answer);
        }
        if names.len() > 2 {
            return Err(Failure::Usage(format!(
                "expected one request, or two to compare, found {}: {}; other inputs may hold an \
                 answer or a base string",
                names.len(),
                names.join(", ")
            )));
        }
        if evidence.subjects.is_empty() {
            evidence.subjects.push(Subject::default());
        }
        // An answer on its own belongs to the request that is asked about: the last one.
        if let (Some(answer), Some(last)) = (answer, evidence.subjects.last_mut())
            && (last.answer.is_none() || response.is_some())
        {
            last.answer = Some(answer);
        }
        Ok(evidence)
    }

    fn open(&mut self, path: &Path) -> Result<Capture, Failure> {
        let bytes = input::read(path)?;
        let capture =
            read(&bytes).map_err(|error| Failure::input(path.display().to_string(), &error))?;
        let mut read_as = capture.read_as();
        let looked_at = chain(&capture);
        let main = looked_at.first().copied();
        if capture.exchanges().len() > looked_at.len() {
            let labels: Vec<&str> = looked_at.iter().filter_map(|it| it.label()).collect();
            if !labels.is_empty() {
                read_as.push_str(", looked at ");
                read_as.push_str(&labels.join(", "));
            }
        }
        let notes = capture
            .notes()
            .iter()
            .chain(main.map(Exchange::notes).unwrap_or_default())
            .map(ToString::to_string)
            .collect();
        self.read_as.push(ReadAs {
            input: path.display().to_string(),
            read_as,
            notes,
        });
        Ok(capture)
    }

    /// Of a request that was sent from here, and its answer.
    #[cfg(feature = "network")]
    pub(super) fn of(request: OwnedRequest, answer: OwnedAnswer) -> Self {
        let mut evidence = Self::default();
        evidence.take(&answer.echoes());
        evidence.subjects.push(Subject {
            request: Some(request),
            answer: Some(answer),
        });
        evidence
    }

    fn take_echoes(&mut self, capture: &Capture) {
        self.take(capture.echoes());
    }

    fn take(&mut self, echoes: &[Echo]) {
        for echo in echoes {
            self.echoes.push(echo.as_str().to_owned());
            let slot = match (echo.kind(), echo.origin()) {
                (EchoKind::BaseString, EchoOrigin::Client) => &mut self.client_base_string,
                (EchoKind::BaseString, _) => &mut self.provider_base_string,
                (EchoKind::Signature, EchoOrigin::Provider) => &mut self.signature,
                _ => continue,
            };
            if slot.is_some() {
                continue;
            }
            *slot = Some(echo.as_str().to_owned());
            let taken = match (echo.kind(), echo.origin()) {
                (EchoKind::BaseString, EchoOrigin::Client) => {
                    "the base string in it is taken as your client's"
                }
                (EchoKind::BaseString, EchoOrigin::Unknown) => {
                    "the base string in it is taken as the provider's; if your client printed it, \
                     give it as --client-base-string"
                }
                _ => continue,
            };
            if let Some(read) = self.read_as.last_mut() {
                read.notes.push(taken.to_owned());
            }
        }
    }

    /// The request that is asked about: the last one.
    pub(super) fn main(&self) -> Option<&Subject> {
        self.subjects.last()
    }

    pub(super) fn requests(&self) -> impl Iterator<Item = &OwnedRequest> {
        self.subjects
            .iter()
            .filter_map(|subject| subject.request.as_ref())
    }

    pub(super) fn answers(&self) -> impl Iterator<Item = &OwnedAnswer> {
        self.subjects
            .iter()
            .filter_map(|subject| subject.answer.as_ref())
    }

    /// Whether one of the requests was signed by this consumer, as far as it can be read.
    pub(super) fn has_consumer(&self, key: &str) -> bool {
        let limits = Limits::default();
        self.requests().any(|owned| {
            // The scheme has no part in what is looked for.
            owned.as_request(Some(Scheme::Https)).is_ok_and(|request| {
                Parameters::collect(&request, &limits).is_ok_and(|parameters| {
                    parameters
                        .protocol("oauth_consumer_key")
                        .is_some_and(|it| it.value() == key.as_bytes())
                })
            })
        })
    }

    /// Texts that stood in an input beside requests and answers.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.echoes.iter().map(String::as_str)
    }
}

impl Subject {
    /// What the doctor is to look at.
    pub(super) fn case(&self) -> Case<'_> {
        let mut case = Case::default();
        if let Some(request) = &self.request {
            case = case.with_request(request);
        }
        if let Some(answer) = &self.answer {
            case = case.with_answer(answer);
        }
        case
    }

    fn of(exchange: &Exchange) -> Self {
        Self {
            request: exchange.request().cloned(),
            answer: exchange.answer().cloned(),
        }
    }
}

/// The exchange to look at, with what followed if it was answered by a redirect.
fn chain(capture: &Capture) -> Vec<&Exchange> {
    let exchanges = capture.exchanges();
    let is_redirect = |exchange: &Exchange| {
        exchange.answer().is_some_and(|answer| {
            answer.location().is_some()
                && answer
                    .status()
                    .is_some_and(|status| (300..400).contains(&status))
        })
    };
    let is_refused = |exchange: &Exchange| {
        let status = exchange.answer().and_then(OwnedAnswer::status);
        status.is_some_and(|status| status >= 400)
    };
    let signed = |exchange: &&Exchange| exchange.has_oauth();
    // A signed request that was redirected, with what came of it.
    if let Some(start) = exchanges
        .iter()
        .position(|exchange| exchange.has_oauth() && is_redirect(exchange))
    {
        let mut chain = Vec::new();
        for exchange in exchanges.iter().skip(start) {
            chain.push(exchange);
            if !is_redirect(exchange) {
                break;
            }
        }
        if chain.len() > 1 {
            return chain;
        }
    }
    exchanges
        .iter()
        .filter(signed)
        .find(|exchange| is_refused(exchange))
        .or_else(|| exchanges.iter().find(signed))
        .or_else(|| exchanges.first())
        .into_iter()
        .collect()
}

fn first_answer(capture: &Capture) -> Option<OwnedAnswer> {
    capture
        .exchanges()
        .iter()
        .find_map(Exchange::answer)
        .cloned()
}
