//! Asking a server for its time.

use core::time::Duration;
use std::time::Instant;

use countersign_clock::{Bound, UnixTime, examine, system};
use ureq::http::Request;

use super::comparison::Comparison;
use crate::exit::Failure;
use crate::network;

const PATIENCE: Duration = Duration::from_secs(15);

/// Sends one HEAD request, without credentials, and reads the `Date` of the answer, whatever its
/// status.
#[expect(
    clippy::disallowed_methods,
    reason = "how long the answer travelled is part of the margin"
)]
pub(super) fn compare(url: &str) -> Result<Comparison, Failure> {
    let agent = network::agent(PATIENCE);
    let (started, before) = (Instant::now(), system::now());
    let request = Request::head(url).body(());
    let answer = request
        .map_err(ureq::Error::from)
        .and_then(|request| network::run(&agent, request))
        .map_err(|error| Failure::Input {
            what: url.to_owned(),
            reason: crate::exit::in_full(&error),
        })?;
    let travelled = started.elapsed();
    let local = midpoint(before, travelled);
    let date = answer
        .headers()
        .get("date")
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| unusable(url, "the answer has no Date"))?;
    // Whatever the difference is, it is what was asked for.
    let examination = examine(None, Some(date), local, Bound::seconds(u32::MAX));
    let estimate = examination.estimate.ok_or_else(|| {
        let why = examination
            .ignored
            .first()
            .map_or_else(|| "the Date can't be read".to_owned(), ToString::to_string);
        unusable(url, &why)
    })?;
    let margin = estimate
        .margin_seconds()
        .saturating_add(travelled.as_secs().div_ceil(2));
    Ok(Comparison {
        estimate,
        local,
        margin,
        status: answer.status().as_u16(),
    })
}

fn unusable(url: &str, why: &str) -> Failure {
    Failure::Input {
        what: url.to_owned(),
        reason: why.to_owned(),
    }
}

fn midpoint(before: UnixTime, travelled: Duration) -> UnixTime {
    let half = travelled.as_secs().checked_div(2).unwrap_or(0);
    before.saturating_add(i64::try_from(half).unwrap_or(0))
}
