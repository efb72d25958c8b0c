//! What an operator sees: a span for each verification, an event and a count for each outcome.
//!
//! Names, statuses and causes only: no key, token, nonce, signature or anything else that was sent.

#[cfg(feature = "tracing")]
mod span;

use countersign_provider::Refusal;

#[cfg(any(feature = "metrics", feature = "tracing"))]
use crate::response::found_no_room;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    AccessToken,
    Resource,
    TemporaryCredentials,
}

#[cfg(any(feature = "metrics", feature = "tracing"))]
impl Endpoint {
    const fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::Resource => "resource",
            Self::TemporaryCredentials => "temporary_credentials",
        }
    }
}

/// Runs a verification in its span.
#[cfg(feature = "tracing")]
pub(crate) fn within<F: Future>(
    route: &str,
    verification: F,
) -> impl Future<Output = F::Output> + use<F> {
    span::Within::new(tracing::debug_span!("countersign", route), verification)
}

/// Runs a verification; nobody looks.
#[cfg(not(feature = "tracing"))]
pub(crate) const fn within<F: Future>(_route: &str, verification: F) -> F {
    verification
}

/// Tells how a request came out.
pub(crate) fn outcome(endpoint: Endpoint, refusal: Option<&Refusal>) {
    #[cfg(feature = "tracing")]
    trace(endpoint, refusal);
    #[cfg(feature = "metrics")]
    count(endpoint, refusal);
    #[cfg(not(any(feature = "metrics", feature = "tracing")))]
    let _ = (endpoint, refusal);
}

#[cfg(feature = "tracing")]
fn trace(endpoint: Endpoint, refusal: Option<&Refusal>) {
    let endpoint = endpoint.as_str();
    let Some(refusal) = refusal else {
        tracing::debug!(endpoint, "request accepted");
        return;
    };
    let (told, cause) = (refusal.told(), refusal.cause().name());
    let problem = problem(refusal);
    if is_fault(refusal) {
        tracing::error!(endpoint, cause, status = told.status, "request not decided");
    } else {
        tracing::info!(
            endpoint,
            problem,
            cause,
            status = told.status,
            "request refused"
        );
    }
}

/// `countersign_requests_total`: the outcome, and the problem told, of which there are few.
#[cfg(feature = "metrics")]
fn count(endpoint: Endpoint, refusal: Option<&Refusal>) {
    const NAME: &str = "countersign_requests_total";
    // Labels that are literals need no allocation, which each accepted request would pay for.
    macro_rules! accepted {
        ($endpoint:literal) => {
            metrics::counter!(
                "countersign_requests_total", "endpoint" => $endpoint,
                "outcome" => "accepted", "problem" => "none"
            )
        };
    }
    match refusal {
        None => match endpoint {
            Endpoint::AccessToken => accepted!("access_token"),
            Endpoint::Resource => accepted!("resource"),
            Endpoint::TemporaryCredentials => accepted!("temporary_credentials"),
        }
        .increment(1),
        Some(refusal) => {
            let outcome = if is_fault(refusal) {
                "unavailable"
            } else {
                "refused"
            };
            let endpoint = endpoint.as_str();
            let problem = problem(refusal).to_owned();
            metrics::counter!(NAME, "endpoint" => endpoint, "outcome" => outcome, "problem" => problem)
                .increment(1);
        }
    }
}

/// Tells that an accepted request was refused for its body after all.
pub(crate) fn body_refused(refusal: &Refusal) {
    #[cfg(feature = "tracing")]
    tracing::info!(
        problem = problem(refusal),
        cause = refusal.cause().name(),
        "body refused"
    );
    #[cfg(feature = "metrics")]
    {
        let problem = problem(refusal).to_owned();
        metrics::counter!("countersign_bodies_refused_total", "problem" => problem).increment(1);
    }
    #[cfg(not(any(feature = "metrics", feature = "tracing")))]
    let _ = refusal;
}

#[cfg(any(feature = "metrics", feature = "tracing"))]
const UNAVAILABLE: u16 = 503;

/// Whether it is one of our own that the request was not decided.
#[cfg(any(feature = "metrics", feature = "tracing"))]
fn is_fault(refusal: &Refusal) -> bool {
    refusal.told().status == UNAVAILABLE && !found_no_room(refusal)
}

#[cfg(any(feature = "metrics", feature = "tracing"))]
const NONE: &str = "none";

#[cfg(any(feature = "metrics", feature = "tracing"))]
fn problem(refusal: &Refusal) -> &str {
    refusal.problem().map_or(NONE, |code| code.as_str())
}
