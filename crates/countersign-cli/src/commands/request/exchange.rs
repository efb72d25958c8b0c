//! Sending: signed anew each time, with one retry and redirects within the origin.

use core::time::Duration;
use std::io::Read as _;

use countersign_capture::OwnedAnswer;
use countersign_client::{
    Attempts, Credentials, MAX_ANSWER, Next, RedirectPolicy, Redirects, SignError, Stamp,
};
use countersign_clock::system;
use countersign_dialect::Provider;
use countersign_problem::Found;
use countersign_signature::{OsRandom, SignError as Signing};
use ureq::Agent;
use ureq::http::header::LOCATION;
use ureq::http::{Method, Request, Response};

use super::plan::Plan;
use super::remedy::again;
use crate::exit::{Failure, in_full};
use crate::network::{self, Unsent};
use crate::output;

/// More than this is no answer to show.
const LIMIT: usize = 64 * 1024 * 1024;

/// How many redirects of one request are followed.
const REDIRECTS: u8 = 5;

/// Gives credentials with another token, if there are any, after an answer with this problem.
pub(super) type Another<'r> =
    dyn Fn(&Next, Option<Found>) -> Result<Option<Credentials>, Failure> + 'r;

/// What may be done about an answer.
pub(super) struct Course<'r> {
    pub(super) another: &'r Another<'r>,
    /// Whether what the answer says of the token counts.
    pub(super) believes: bool,
    pub(super) follows: bool,
    pub(super) retries: bool,
}

/// Why a request was sent a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retried {
    Clock,
    Nonce,
    Token,
}

impl Retried {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Clock => "clock",
            Self::Nonce => "nonce",
            Self::Token => "token",
        }
    }
}

/// The last request as it was sent, and its answer.
pub(super) struct Exchange {
    /// The request before it was signed.
    pub(super) plan: Plan,
    pub(super) request: Request<Vec<u8>>,
    pub(super) response: Response<Vec<u8>>,
    pub(super) answer: OwnedAnswer,
    pub(super) sent: u32,
    pub(super) retried: Option<Retried>,
    /// By how many seconds the provider's clock is ahead, where it mattered.
    pub(super) offset: i64,
    /// Whether it is a redirect that was to be followed, and could not be signed.
    pub(super) is_stranded: bool,
    notes: Vec<String>,
    row: Option<&'static Provider>,
}

impl Exchange {
    pub(super) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// What was tried of it, by the ways of its provider.
    pub(super) fn attempts(&self) -> Attempts {
        Attempts::new(&self.plan.method).with_provider(self.row)
    }

    /// The problem that the answer names.
    pub(super) fn problem(&self) -> Option<Found> {
        problem(self.row, &self.answer)
    }

    /// Whether the answer is about the signature and its keys, and not about what was asked for.
    pub(super) fn is_refused(&self) -> bool {
        let status = self.status();
        status == 401
            || ((400..500).contains(&status) && self.answer.problem().is_some())
            || problem_beyond(self.row, &self.answer).is_some()
    }

    /// What was done on the way, for people.
    pub(super) fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// The request, signed with a time that is so many seconds from this machine's.
pub(super) fn signed(
    plan: &Plan,
    credentials: &Credentials,
    offset: i64,
) -> Result<Request<Vec<u8>>, Failure> {
    let mut random = OsRandom::new();
    let now = system::now().saturating_add(offset);
    let stamp = Stamp::drawn(now, &mut random).map_err(|error| Failure::work(&error))?;
    let mut request = plan.request();
    credentials
        .sign_in_place(&mut request, stamp)
        .map_err(refused)?;
    Ok(request)
}

/// What can't be signed is a matter of the command line, but for the key.
fn refused(error: SignError) -> Failure {
    match &error {
        SignError::Key(_) | SignError::Sign(Signing::Signer(_) | Signing::External(_)) => {
            Failure::work(&error)
        }
        _ => Failure::Usage(in_full(&error)),
    }
}

pub(super) fn run(
    mut plan: Plan,
    credentials: &Credentials,
    course: &Course<'_>,
    patience: Duration,
) -> Result<Exchange, Failure> {
    let mut credentials = credentials.clone();
    let agent = network::agent(patience);
    let policy = if course.follows {
        RedirectPolicy::SameOrigin { most: REDIRECTS }
    } else {
        RedirectPolicy::Deliver
    };
    let mut redirects = Redirects::new(policy, &plan.uri).map_err(|error| Failure::work(&error))?;
    let row = credentials.client().provider();
    let mut attempts = Attempts::new(&plan.method).with_provider(row);
    let mut notes = Vec::new();
    let (mut sent, mut offset, mut retried) = (0_u32, 0, None);
    let mut redirected = None;
    loop {
        let request = match redirected.take() {
            Some(request) => request,
            None => signed(&plan, &credentials, offset)?,
        };
        let response = send(&agent, &request, Most::Shown, &|| {})?;
        sent = sent.saturating_add(1);
        let mut is_stranded = false;
        if let Some(location) = location(&response) {
            let next = redirects.follow(&plan.method, &plan.uri, response.status(), location);
            match next {
                Ok(redirect) => {
                    let mut next = plan.clone();
                    next.follow(&redirect);
                    match signed(&next, &credentials, offset) {
                        Ok(request) => {
                            let there = redirect.uri().to_string();
                            notes.push(format!("redirected to {}", place(&there)));
                            plan = next;
                            redirected = Some(request);
                            continue;
                        }
                        // The answer is there, and is all there is.
                        Err(failure) => {
                            is_stranded = true;
                            notes.push(format!("redirect to {}: {failure}", place(location)));
                        }
                    }
                }
                Err(error) => notes.push(format!("redirect to {}: {error}", place(location))),
            }
        }
        if retried.is_none() && course.retries {
            let mut next = attempts.next(&response, network::came(&response));
            if !course.believes && is_of_the_token(&next) {
                notes.push(format!(
                    "{origin} is at none of the profile's addresses, so what it says of the token counts for nothing; if it is where the API is, the profile's file needs the line base_url = \"{origin}\"",
                    origin = origin(&request)
                ));
                next = Next::Deliver;
            }
            if matches!(next, Next::Renew | Next::Reread)
                && let Some(other) = (course.another)(&next, problem(row, &owned(&response)))?
                && other.token() != credentials.token()
            {
                let why = if next == Next::Renew {
                    "the token has expired, and there is a newer one; sent once more with it"
                } else {
                    "the token was refused, and the profile has another one by now; sent once more with it"
                };
                notes.push(why.to_owned());
                credentials = other;
                retried = Some(Retried::Token);
                continue;
            }
            retried = again(&next, response.status(), &mut offset, &mut notes);
            if retried.is_some() {
                continue;
            }
        }
        let answer = owned(&response);
        return Ok(Exchange {
            plan,
            request,
            response,
            answer,
            sent,
            retried,
            offset,
            is_stranded,
            notes,
            row,
        });
    }
}

const fn is_of_the_token(next: &Next) -> bool {
    matches!(next, Next::Renew | Next::Reread | Next::Reauthorise(_))
}

fn location(response: &Response<Vec<u8>>) -> Option<&str> {
    if !response.status().is_redirection() {
        return None;
    }
    response.headers().get(LOCATION)?.to_str().ok()
}

/// An address without its query, which may hold a password, a token or a signature.
fn place(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

/// How much of an answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Most {
    /// All of it; one that is too long to be shown is an error.
    Shown,
    /// As much as a token may come in, and what tells that there is more.
    OfToken,
}

/// Sends a request and reads the answer; `came` is called when its head is there, and its body may
/// not be.
pub(crate) fn send(
    agent: &Agent,
    request: &Request<Vec<u8>>,
    most: Most,
    came: &dyn Fn(),
) -> Result<Response<Vec<u8>>, Unsent> {
    let failed = |error: &dyn core::error::Error, may_have_arrived| Unsent {
        may_have_arrived,
        failure: Failure::Input {
            what: origin(request),
            reason: in_full(error),
        },
    };
    let (parts, body) = request.clone().into_parts();
    // Without a length a body is due in chunks, which some servers refuse; an empty one has none.
    let takes_body = [Method::POST, Method::PUT, Method::PATCH].contains(&parts.method);
    let response = if body.is_empty() && !takes_body {
        network::run(agent, Request::from_parts(parts, ()))
    } else {
        network::run(agent, Request::from_parts(parts, body))
    };
    let response = response.map_err(|error| failed(&error, network::may_have_arrived(&error)));
    let (mut parts, body) = response?.into_parts();
    parts.extensions.insert(network::Came(system::now()));
    came();
    let body = match read(body, most) {
        Ok(body) => body,
        // A refusal is one by its head, whatever came of its body.
        Err(error) if !parts.status.is_success() => {
            output::note(&format!(
                "the body of the answer broke off: {}",
                in_full(&error)
            ));
            Vec::new()
        }
        // It was answered.
        Err(error) => return Err(failed(&error, true)),
    };
    Ok(Response::from_parts(parts, body))
}

fn read(body: ureq::Body, most: Most) -> std::io::Result<Vec<u8>> {
    let limit = match most {
        Most::Shown => LIMIT,
        Most::OfToken => MAX_ANSWER,
    };
    let enough = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    body.into_reader().take(enough).read_to_end(&mut bytes)?;
    if most == Most::Shown && bytes.len() > limit {
        return Err(std::io::Error::other(format!(
            "expected a body of at most {limit} bytes, found more"
        )));
    }
    Ok(bytes)
}

/// Scheme and host: a query may hold a signature.
fn origin(request: &Request<Vec<u8>>) -> String {
    let uri = request.uri();
    let authority = uri.authority().map_or("", |it| it.as_str());
    format!("{}://{authority}", uri.scheme_str().unwrap_or_default())
}

/// The problem that an answer of this provider names.
pub(crate) fn problem(row: Option<&'static Provider>, answer: &OwnedAnswer) -> Option<Found> {
    problem_beyond(row, answer).or_else(|| answer.problem())
}

/// The same of an answer that is a refusal by the way of the provider alone, not by its status.
pub(crate) fn problem_beyond(
    row: Option<&'static Provider>,
    answer: &OwnedAnswer,
) -> Option<Found> {
    let row = row?;
    let errors = row.errors;
    let codes = errors.code_names();
    answer.problem_beyond(row.name, errors.statuses, errors.code_at, codes)
}

/// The answer as the doctor takes it.
pub(crate) fn owned(response: &Response<Vec<u8>>) -> OwnedAnswer {
    let mut answer = OwnedAnswer::new().with_status(response.status().as_u16());
    for (name, value) in response.headers() {
        answer = answer.with_header(name.as_str(), value.as_bytes());
    }
    answer.with_body(response.body().clone())
}
