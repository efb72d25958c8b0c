//! What a client does by itself about a refusal.

#[cfg(test)]
mod tests;

use countersign_clock::{Bound, Estimate, UnixTime, estimate, parse_http_date};
use countersign_dialect::Provider;
use countersign_problem::catalogue::{self, Retry};
use countersign_problem::{Found, ProblemCode};
use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, Method, StatusCode};

use crate::answer::MAX_ANSWER;
use crate::look::Look;
use crate::refusal::{
    found, found_beyond, found_in_a_step, is_believed, is_beyond, speaks_for_the_provider, text,
};

/// What a client does about a problem, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "each is something that a caller has to do, so a new one must not go unnoticed"
)]
pub enum Step {
    /// Corrects the clock by what the answer discloses, signs anew, sends once more.
    CorrectClock,
    /// Gives the answer to the caller: the same request would be refused again.
    Deliver,
    /// Signs with another nonce, sends once more; never a request that may have had its effect.
    NewNonce,
    /// Asks the user to authorise again.
    Reauthorise,
    /// Renews the token, sends once more.
    Renew,
    /// Reads the stored token again, as another worker may have renewed it: sends once more with
    /// another one, else asks the user.
    Reread,
    /// Waits, then sends once more.
    Wait,
}

/// What the catalogue's classes come to.
const CLASSES: &[(Retry, Step)] = &[
    (Retry::BackOff, Step::Wait),
    (Retry::CorrectClockOnce, Step::CorrectClock),
    (Retry::Never, Step::Deliver),
    (Retry::NewNonceOnce, Step::NewNonce),
    (Retry::Reauthorise, Step::Reauthorise),
    (Retry::Renew, Step::Renew),
];

/// Codes that are about more than their class says.
const EXCEPTIONS: &[(ProblemCode, Step)] = &[
    // The user decides on a page; no pause of seconds helps.
    (ProblemCode::PERMISSION_UNKNOWN, Step::Deliver),
    // A superseded token is refused so too, and the store may hold its successor.
    (ProblemCode::TOKEN_REJECTED, Step::Reread),
    (ProblemCode::TOKEN_REVOKED, Step::Reread),
    // About temporary credentials, whose flow begins anew.
    (ProblemCode::TOKEN_USED, Step::Deliver),
];

impl Step {
    /// The step for a code, in whatever spelling; an unknown one is delivered.
    ///
    /// ```
    /// use countersign_client::Step;
    /// use countersign_problem::ProblemCode;
    ///
    /// assert_eq!(Step::of(&ProblemCode::TIMESTAMP_REFUSED), Step::CorrectClock);
    /// assert_eq!(Step::of(&ProblemCode::SIGNATURE_INVALID), Step::Deliver);
    /// assert_eq!(Step::of(&ProblemCode::TOKEN_REJECTED), Step::Reread);
    /// ```
    #[must_use]
    pub fn of(code: &ProblemCode) -> Self {
        let Some(known) = code.known() else {
            return Self::Deliver;
        };
        let exception = EXCEPTIONS.iter().find(|(code, _)| *code == known);
        let class = || {
            let retry = catalogue::row(&known)?.retry;
            CLASSES.iter().find(|(class, _)| *class == retry)
        };
        match exception {
            Some((_, step)) => *step,
            None => class().map_or(Self::Deliver, |(_, step)| *step),
        }
    }
}

/// What to do with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "each is something that a caller has to do, so a new one must not go unnoticed"
)]
pub enum Next {
    /// Give it to the caller. It says nothing against token or clock.
    Deliver,
    /// Take the estimate over for this origin, sign anew, send.
    CorrectClock(Estimate),
    /// Sign anew with another nonce, send.
    NewNonce,
    /// Renew the token, sign with the next one, send. Without a session handle: reauthorise.
    Renew,
    /// Read the stored token again: with another one sign and send, with the same one reauthorise.
    Reread,
    /// The user has to authorise again.
    Reauthorise(ProblemCode),
    /// Wait for so many seconds, sign anew, send.
    Wait(u32),
}

/// Longer pauses are the caller's to make.
const LONGEST_WAIT: u32 = 300;
/// So many pauses, each twice as long as the one before if the server names none.
const WAITS: u32 = 3;

/// What was tried for one request. Each remedy is tried once; a 5xx or a network fault changes
/// nothing, whatever the answer claims.
///
/// ```
/// use countersign_client::{Attempts, Next};
/// use countersign_clock::UnixTime;
/// use http::{Method, Response};
///
/// let now = UnixTime::from_seconds(1_700_000_000);
/// let mut attempts = Attempts::new(&Method::GET);
/// let refused = Response::builder().status(401).body("oauth_problem=nonce_used")?;
/// assert_eq!(attempts.next(&refused, now), Next::NewNonce);
/// assert_eq!(attempts.next(&refused, now), Next::Deliver);
///
/// // The first copy of a POST may have had its effect.
/// assert_eq!(Attempts::new(&Method::POST).next(&refused, now), Next::Deliver);
///
/// let forged = Response::builder().status(502).body("oauth_problem=token_rejected")?;
/// assert_eq!(Attempts::new(&Method::GET).next(&forged, now), Next::Deliver);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempts {
    is_safe: bool,
    tried: Vec<Step>,
    waits: u32,
    row: Option<&'static Provider>,
    is_step: bool,
}

impl Attempts {
    /// None yet, for a request of this method.
    #[must_use]
    pub fn new(method: &Method) -> Self {
        Self {
            is_safe: method.is_safe(),
            tried: Vec::new(),
            waits: 0,
            row: None,
            is_step: false,
        }
    }

    /// Reads the answers as those of a provider of `countersign-dialect`: some refuse with a status of
    /// success.
    ///
    /// ```
    /// use countersign_client::{Attempts, Next};
    /// use countersign_clock::UnixTime;
    /// use http::{Method, Response};
    ///
    /// let row = countersign_dialect::by_id("fatsecret");
    /// let now = UnixTime::from_seconds(1_700_000_000);
    /// let body = r#"{"error":{"code":7,"message":"Invalid/used nonce"}}"#;
    /// let refused = Response::builder().status(200).body(body)?;
    /// assert_eq!(Attempts::new(&Method::GET).next(&refused, now), Next::Deliver);
    /// let mut attempts = Attempts::new(&Method::GET).with_provider(row);
    /// assert!(attempts.is_refusal(&refused));
    /// assert_eq!(attempts.next(&refused, now), Next::NewNonce);
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub const fn with_provider(mut self, row: Option<&'static Provider>) -> Self {
        self.row = row;
        self
    }

    /// Reads the answers as those to a step of a flow, which some providers refuse in a text. What a
    /// request asks for may be such a text of anybody's, so that the same says nothing there.
    ///
    /// ```
    /// use countersign_client::Attempts;
    /// use http::{Method, Response};
    ///
    /// let row = countersign_dialect::by_id("mediawiki");
    /// let attempts = Attempts::new(&Method::POST).with_provider(row);
    /// let refused = Response::new("Error: Invalid signature");
    /// assert!(!attempts.is_refusal(&refused));
    /// assert!(attempts.of_a_step().is_refusal(&refused));
    /// ```
    #[must_use]
    pub const fn of_a_step(mut self) -> Self {
        self.is_step = true;
        self
    }

    /// Whether an answer is a refusal, in words that are known, although its status says something
    /// else.
    #[must_use]
    pub fn is_refusal<B: AsRef<[u8]>>(&self, response: &http::Response<B>) -> bool {
        let (status, headers) = (response.status(), response.headers());
        self.beyond(status, headers, response.body().as_ref())
            .is_some()
    }

    fn beyond(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<Found> {
        let read = if self.is_step {
            found_in_a_step
        } else {
            found_beyond
        };
        read(self.row, status, headers, body)
    }

    /// Whether an answer, of which this is the whole body, shows that the token is good: a success.
    ///
    /// Of a provider that refuses with this status too, it is one only if the body was read and is no
    /// refusal. What is empty, as to a `HEAD`, what is not worth a [`Look`], as it is compressed, of
    /// another kind than the refusals or longer than [`MAX_ANSWER`](crate::MAX_ANSWER), and what has one
    /// of the provider's own codes in words that nobody knows, says nothing for the token, and nothing
    /// against it: that the token before it is kept a little longer costs nothing, and to drop it may
    /// cost the grant.
    ///
    /// ```
    /// use countersign_client::Attempts;
    /// use http::{Method, Response};
    ///
    /// let row = countersign_dialect::by_id("mediawiki");
    /// let attempts = Attempts::new(&Method::GET).with_provider(row);
    /// assert!(attempts.speaks_for_the_token(&Response::new(r#"{"query":{}}"#)));
    /// let new = r#"{"error":{"code":"mwoauth-invalid-authorization","info":"something new"}}"#;
    /// assert!(!attempts.speaks_for_the_token(&Response::new(new)));
    /// assert!(!attempts.is_refusal(&Response::new(new)));
    /// assert!(!attempts.speaks_for_the_token(&Response::new("")));
    /// assert!(Attempts::new(&Method::GET).speaks_for_the_token(&Response::new("")));
    /// ```
    #[must_use]
    pub fn speaks_for_the_token<B: AsRef<[u8]>>(&self, response: &http::Response<B>) -> bool {
        let (status, headers) = (response.status(), response.headers());
        if !status.is_success() {
            return false;
        }
        let body = response.body().as_ref();
        match Look::at(self.row, status, headers) {
            Look::Needless => true,
            Look::Vain => false,
            Look::Due => {
                (1..=MAX_ANSWER).contains(&body.len())
                    && !is_beyond(self.row, status, headers, body)
            }
        }
    }

    /// What to do with an answer that arrived when the local clock said `local`. Of the body, the
    /// first 64 KiB are enough.
    pub fn next<B: AsRef<[u8]>>(&mut self, response: &http::Response<B>, local: UnixTime) -> Next {
        let (status, headers) = (response.status(), response.headers());
        let asks_for_patience = status == StatusCode::TOO_MANY_REQUESTS
            || (status == StatusCode::SERVICE_UNAVAILABLE
                && self.is_safe
                && headers.contains_key(RETRY_AFTER));
        if asks_for_patience {
            return self.wait(headers, local);
        }
        let body = response.body().as_ref();
        let beyond = self.beyond(status, headers, body);
        // A success that is none counts as what it is; whoever is faulty is believed nothing.
        let status = match &beyond {
            Some(_) if status.is_success() => StatusCode::UNAUTHORIZED,
            _ => status,
        };
        if !speaks_for_the_provider(status) {
            return Next::Deliver;
        }
        let Some(found) = beyond.or_else(|| found(status, headers, body)) else {
            return Next::Deliver;
        };
        let code = found.problem.code();
        let step = Step::of(code);
        if !is_believed(status, &found) {
            return Next::Deliver;
        }
        if step == Step::Wait {
            return self.wait(headers, local);
        }
        if self.tried.contains(&step) {
            return match step {
                Step::Reread => Next::Reauthorise(code.clone()),
                _ => Next::Deliver,
            };
        }
        let next = match step {
            Step::CorrectClock => correction(&found, headers, local),
            Step::NewNonce if self.is_safe => Next::NewNonce,
            Step::NewNonce | Step::Deliver | Step::Wait => Next::Deliver,
            Step::Reauthorise => Next::Reauthorise(code.clone()),
            Step::Renew => Next::Renew,
            Step::Reread => Next::Reread,
        };
        self.tried.push(step);
        next
    }

    fn wait(&mut self, headers: &HeaderMap, local: UnixTime) -> Next {
        let growing = 1_u32.checked_shl(self.waits).unwrap_or(LONGEST_WAIT);
        let seconds = retry_after(headers, local).unwrap_or(growing);
        if self.waits >= WAITS || seconds > LONGEST_WAIT {
            return Next::Deliver;
        }
        self.waits = self.waits.saturating_add(1);
        Next::Wait(seconds)
    }
}

/// The estimate that a refused timestamp allows. It counts also where the two clocks agree: what was
/// sent may have been corrected by what no longer holds.
fn correction(found: &Found, headers: &HeaderMap, local: UnixTime) -> Next {
    let range = found
        .problem
        .acceptable_timestamps()
        .map(|range| range.to_string());
    let date = text(headers, &DATE);
    match estimate(range.as_deref(), date, local, Bound::default()) {
        Some(estimate) => Next::CorrectClock(estimate),
        None => Next::Deliver,
    }
}

/// `Retry-After` in seconds: a number, or a date seen from the answer's own (RFC 9110 section
/// 10.2.3).
fn retry_after(headers: &HeaderMap, local: UnixTime) -> Option<u32> {
    let value = text(headers, &RETRY_AFTER)?;
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(value.parse().unwrap_or(u32::MAX));
    }
    let until = parse_http_date(value).ok()?;
    let sent = text(headers, &DATE).and_then(|date| parse_http_date(date).ok());
    let seconds = until.since(sent.unwrap_or(local));
    Some(u32::try_from(seconds.max(0)).unwrap_or(u32::MAX))
}
