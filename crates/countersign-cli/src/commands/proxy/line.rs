//! The log: a line for each request, and no value of any header, parameter or body in it.

use core::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use countersign_client::Next;
use countersign_problem::{ProblemCode, harmless};
use http::request::Parts;
use http::{Request, StatusCode};
use tokio::time::Instant;

use super::refusal::Refusal;
use crate::text::shell_word;

/// The most bytes of each part of a line that somebody else wrote.
const LONGEST: usize = 1024;

/// How lines are written.
#[derive(Debug)]
pub(super) struct Log {
    /// The upstream's origin.
    pub(super) upstream: String,
    /// The keys file, or
    pub(super) keys: Option<String>,
    /// the profile, for commands to try.
    pub(super) profile: Option<String>,
    /// Whether names of headers and parameters are told too.
    pub(super) details: bool,
    /// Whether what is under way now is not waited for.
    pub(super) cuts_off: AtomicBool,
}

/// The line of one request. It is written in any case: of who is gone before the answer too.
#[derive(Debug)]
pub(super) struct Line<'l> {
    log: &'l Log,
    is_written: bool,
    method: String,
    is_safe: bool,
    /// Short, unless it is
    path: String,
    /// whole.
    is_whole: bool,
    since: Instant,
    sent: u32,
    details: Option<Details>,
    problem: Option<ProblemCode>,
    hint: Option<String>,
}

#[derive(Debug)]
struct Details {
    headers: String,
    parameters: String,
    body: usize,
}

impl Log {
    pub(super) fn line<B>(&self, request: &Request<B>) -> Line<'_> {
        // A query often holds what is nobody's business.
        let path = request.uri().path();
        Line {
            log: self,
            is_written: false,
            method: short(request.method().as_str()),
            is_safe: request.method().is_safe(),
            path: short(path),
            is_whole: path.len() <= LONGEST,
            since: Instant::now(),
            sent: 0,
            details: None,
            problem: None,
            hint: None,
        }
    }
}

impl Line<'_> {
    /// A request that was let in, as it is passed on.
    pub(super) fn of(&mut self, parts: &Parts, body: &Bytes) {
        if !self.log.details {
            return;
        }
        let names: Vec<&str> = parts.headers.keys().map(|name| name.as_str()).collect();
        let query = parts.uri.query().unwrap_or_default();
        let parameters: Vec<&str> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, _)| name)
            .collect();
        self.details = Some(Details {
            headers: short(&names.join(" ")),
            parameters: short(&parameters.join(" ")),
            body: body.len(),
        });
    }

    pub(super) fn sent(&mut self) {
        self.sent = self.sent.saturating_add(1);
    }

    /// The upstream refused it, and nothing is done about that here.
    pub(super) fn problem(&mut self, problem: Option<ProblemCode>, next: &Next) {
        let Log {
            keys,
            profile,
            upstream,
            ..
        } = self.log;
        self.hint = match (next, &problem, profile) {
            (Next::Renew, _, Some(name)) => {
                Some(format!("countersign token renew --profile {name}"))
            }
            (Next::Reread | Next::Reauthorise(_), _, Some(name)) => {
                Some(format!("countersign token authorize --profile {name}"))
            }
            (Next::Renew | Next::Reread | Next::Reauthorise(_), _, None) => {
                Some("a token in a keys file stays as it is; that of a profile is renewed and replaced (countersign profile add)".to_owned())
            }
            (_, Some(_), _) if self.is_safe && self.is_whole => {
                let credentials = match (keys, profile) {
                    (Some(keys), _) => format!("--keys {}", shell_word(keys)),
                    (None, Some(name)) => format!("--profile {name}"),
                    (None, None) => String::new(),
                };
                // Whoever pastes it runs nothing that the tool or a page made up.
                let url = shell_word(&format!("{upstream}{}", self.path));
                Some(format!(
                    "countersign request {credentials} {} {url}",
                    self.method
                ))
            }
            // Nobody is asked to send it again, as it may have its effect then. Of a word of the
            // upstream's own there is nothing to explain.
            (_, Some(code), _) => code
                .known()
                .map(|known| format!("countersign explain {}", known.as_str())),
            (_, None, _) => None,
        };
        self.problem = problem;
    }

    pub(super) fn passed_back(mut self, status: StatusCode) {
        self.is_written = true;
        let problem = self
            .problem
            .as_ref()
            .map(|code| harmless(code.as_str()).into_owned());
        if problem.is_some() {
            tracing::warn!(
                status = status.as_u16(),
                ms = self.ms(),
                sent = self.again(),
                problem,
                hint = self.hint,
                headers = self.details.as_ref().map(|it| it.headers.as_str()),
                parameters = self.details.as_ref().map(|it| it.parameters.as_str()),
                body = self.details.as_ref().map(|it| it.body),
                "{} {}",
                self.method,
                self.path
            );
        } else {
            tracing::info!(
                status = status.as_u16(),
                ms = self.ms(),
                sent = self.again(),
                headers = self.details.as_ref().map(|it| it.headers.as_str()),
                parameters = self.details.as_ref().map(|it| it.parameters.as_str()),
                body = self.details.as_ref().map(|it| it.body),
                "{} {}",
                self.method,
                self.path
            );
        }
    }

    /// The proxy answered by itself.
    pub(super) fn refused(mut self, refusal: &Refusal) {
        self.is_written = true;
        let why = match refusal {
            Refusal::NotSigned(_) | Refusal::Unsignable(_) | Refusal::Upstream(_) => {
                Some(short(&refusal.text()))
            }
            _ => None,
        };
        tracing::warn!(
            status = refusal.status().as_u16(),
            ms = self.ms(),
            sent = self.again(),
            refused = refusal.name(),
            why,
            "{} {}",
            self.method,
            self.path
        );
    }

    fn ms(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// How often it was sent, where that is more than once.
    fn again(&self) -> Option<u32> {
        Some(self.sent).filter(|sent| *sent > 1)
    }
}

/// What is told beside the requests, on one line too.
pub(super) fn note(text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    tracing::warn!("{}", short(&lines.join("; ")));
}

/// Harmless, and so short that nobody fills a disk with a few requests.
fn short(text: &str) -> String {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    let (begin, rest) = text.split_at(end);
    let more = if rest.is_empty() { "" } else { "..." };
    format!("{}{more}", harmless(begin))
}

/// Nobody gets an answer. The upstream may have done what it was asked all the same.
impl Drop for Line<'_> {
    fn drop(&mut self) {
        if self.is_written {
            return;
        }
        let unanswered = if self.log.cuts_off.load(Ordering::Relaxed) {
            "the proxy ended"
        } else {
            "the tool hung up"
        };
        tracing::warn!(
            ms = self.ms(),
            sent = self.sent,
            unanswered,
            "{} {}",
            self.method,
            self.path
        );
    }
}
