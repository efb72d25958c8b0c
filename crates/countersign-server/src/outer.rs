//! Around every request: its id, its line in the log, and what no answer may lack.

use core::convert::Infallible;
use core::future::Future;

use axum::response::Response;
use countersign_provider::{BodyFault, Cause};
use countersign_tower::Refused;
use http::HeaderValue;
use http::header::HeaderName;

use crate::allowance::Lines;
use crate::refusals::{Asked, Reason, Unserved};
use crate::request_id::{Known, Noted, RequestId};
use crate::service::Service;
use crate::then::then;
use crate::{refusals, request_id};

/// Something of the service's own is out of order.
const UNAVAILABLE: u16 = 503;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers as `answer` does, under the request's id; `asked` is what it asks for.
pub(crate) fn around<S, F>(
    service: S,
    asked: Asked,
    answer: F,
) -> impl Future<Output = Result<Response, Infallible>>
where
    S: AsRef<Service>,
    F: Future<Output = Result<Response, Infallible>>,
{
    let id = service.as_ref().ids.next();
    then(request_id::within(id, answer), move |(answered, noted)| {
        answered.map(|response| told(service.as_ref(), id, asked, response, noted))
    })
}

/// The answer under its id, and its line in the log.
fn told(
    service: &Service,
    id: RequestId,
    asked: Asked,
    mut response: Response,
    noted: Noted,
) -> Response {
    let shown = id.letters();
    if let Ok(value) = HeaderValue::from_bytes(&shown) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if let Some(refused) = response.extensions_mut().remove::<Refused>() {
        note(service, &id.to_string(), asked, refused, noted.known);
    } else if response.status().as_u16() >= 400 {
        let failure = noted.failure.as_deref();
        note_unserved(service, &id.to_string(), asked, &mut response, failure);
    }
    response
}

/// The line of what came to nothing without being refused, and what is kept of it.
fn note_unserved(
    service: &Service,
    id: &str,
    asked: Asked,
    response: &mut Response,
    failure: Option<&str>,
) {
    let status = response.status();
    let of = match response.extensions_mut().remove::<Unserved>() {
        Some(of) => of,
        // What the API answers is its own affair.
        None if asked.endpoint == refusals::GATEWAY => return,
        None => Unserved::of(Reason::of(status)),
    };
    let lines = match failure {
        Some(_) => Bounded::faults(service),
        None if of.reason.is_of_login() => Bounded::logins(service),
        None => Bounded::others(service),
    };
    if of.consumer.is_some() || lines.may_log(service) {
        let (cause, consumer) = (of.reason.name(), of.consumer.as_deref());
        let (status, Asked { endpoint, method }) = (status.as_u16(), asked);
        if let Some(error) = failure {
            tracing::error!(
                id,
                status,
                cause,
                endpoint,
                method,
                consumer,
                error,
                "not served"
            );
        } else {
            tracing::info!(id, status, cause, endpoint, method, consumer, "not served");
        }
    }
    service
        .refusals
        .submit_unserved(id, asked, status.as_u16(), of);
}

/// Lines of one kind that anybody can cause.
struct Bounded<'s> {
    lines: &'s Lines,
    /// What is said of how many were left out.
    left_out: &'static str,
}

impl<'s> Bounded<'s> {
    /// Guesses at passwords, which a flood of anything else is not to hide.
    fn logins(service: &'s Service) -> Self {
        Self {
            lines: &service.login_lines,
            left_out: "logins failed without a line each",
        }
    }

    /// What is out of order here, which anybody comes upon who asks meanwhile.
    fn faults(service: &'s Service) -> Self {
        Self {
            lines: &service.fault_lines,
            left_out: "requests were not decided without a line each",
        }
    }

    /// What was signed rightly and has a nonce that was used or is one too many: nobody is to hide the use of a
    /// token that is over behind that.
    fn for_nonces(service: &'s Service) -> Self {
        Self {
            lines: &service.nonce_lines,
            left_out: "requests were refused for their nonce without a line each",
        }
    }

    /// What was signed rightly, and may be sent again by whoever saw it.
    fn replays(service: &'s Service) -> Self {
        Self {
            lines: &service.replay_lines,
            left_out: "requests that may be copies of signed ones were refused without a line each",
        }
    }

    fn others(service: &'s Service) -> Self {
        Self {
            lines: &service.log_lines,
            left_out: "requests were refused without a line each",
        }
    }

    /// Whether one more is written; how many were not is told before it.
    fn may_log(&self, service: &Service) -> bool {
        let admitted = self.lines.admit(service.now());
        self.tell(admitted.unwrap_or(0));
        admitted.is_some()
    }

    fn tell(&self, many: u64) {
        if many > 0 {
            tracing::warn!(many, "{}", self.left_out);
        }
    }
}

/// Tells how many lines were left out, if nobody did yet.
pub(crate) fn tell_left_out(service: &Service) {
    let all = [
        Bounded::faults,
        Bounded::logins,
        Bounded::for_nonces,
        Bounded::replays,
        Bounded::others,
    ];
    for of in all {
        let bounded = of(service);
        bounded.tell(bounded.lines.left_out());
    }
}

/// The line of a refusal in the log, and its explanation, which nobody waits for. Nothing that was
/// sent is in either.
fn note(service: &Service, id: &str, asked: Asked, refused: Refused, known: Option<Known>) {
    let (refusal, head) = (refused.refusal(), refused.head());
    let cause = known.map_or_else(|| refusal.cause().name(), |known| known.cause().0);
    let status = refusal.told().status;
    let problem = refusal.problem().map_or("none", |code| code.as_str());
    let (endpoint, method) = (asked.endpoint, asked.method);
    let consumer = refusal.consumer_key();
    // That others took the room is how it is meant to be.
    let is_full = matches!(refusal.cause(), Cause::Body(BodyFault::NoRoom));
    let is_fault = status == UNAVAILABLE && !is_full;
    let lines = if is_fault {
        Bounded::faults(service)
    } else if refusal.is_for_nonce() {
        Bounded::for_nonces(service)
    } else if refusal.is_proven() {
        Bounded::replays(service)
    } else {
        Bounded::others(service)
    };
    let takes_a_key = refusal.is_proven() && !refusal.may_be_replay();
    if takes_a_key || lines.may_log(service) {
        if is_fault {
            tracing::error!(id, status, cause, endpoint, method, consumer, "not decided");
        } else {
            tracing::info!(
                id, status, problem, cause, endpoint, method, consumer, "refused"
            );
        }
    }
    let origin = service.site.origin_of(head).ok();
    let origin = origin.map(std::borrow::Cow::into_owned);
    service.refusals.submit(id, asked, origin, refused, known);
}
