//! The timestamp against the provider's clock, and what an odd value means.

use countersign_clock::{AcceptableRange, Hint, UnixTime, Verdict, Window, hints};

use crate::context::{Context, Wire};
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

const ID: &str = "timestamp";

/// The shortest nonce that every known provider takes.
const SHORT_NONCE: usize = 8;

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(wire) = &context.wire else { return };
    nonce(wire, notebook);
    let Some(raw) = wire.claims.timestamp().filter(|raw| !raw.is_empty()) else {
        return;
    };
    let range = context
        .answer
        .as_ref()
        .and_then(|found| found.problem.acceptable_timestamps())
        .and_then(|range| AcceptableRange::parse(&range.to_string()).ok())
        .filter(|range| range.is_credible());
    let now = range.map(AcceptableRange::midpoint).or(context.now);
    let holds = wire.signature.holds();
    let reading = UnixTime::parse_timestamp(raw);
    let Some(now) = now else {
        without_clock(raw, reading.is_err(), holds, notebook);
        return;
    };
    let verdict = match (reading, range) {
        (Ok(time), Some(range)) if (range.low()..=range.high()).contains(&time) => {
            notebook.ok(ID, format!("{time}, inside the range the provider accepts"));
            return;
        }
        (Ok(time), _) => Window::default().check(time, now),
        (Err(error), _) => {
            notebook.fail(ID, error.to_string());
            odd(raw, now, "time.malformed", holds, notebook);
            return;
        }
    };
    if let Verdict::Accepted { difference } = verdict {
        notebook.ok(
            ID,
            format!("{difference} s from the provider's clock, 300 s are usual"),
        );
        return;
    }
    let off = signed_distance(raw, now);
    notebook.fail(ID, format!("{off} the provider's clock, 300 s are usual"));
    odd(raw, now, "time.skew", holds, notebook);
}

fn signed_distance(raw: &str, now: UnixTime) -> String {
    let Ok(time) = UnixTime::parse_timestamp(raw) else {
        return "not comparable with".to_owned();
    };
    let difference = time.since(now);
    let side = if difference < 0 { "before" } else { "after" };
    format!("{} s {side}", difference.unsigned_abs())
}

/// Writes the finding for a timestamp that is refused: the best reading of its value, or skew.
fn odd(raw: &str, now: UnixTime, fallback: &'static str, holds: bool, notebook: &mut Notebook) {
    let confidence = if holds {
        Confidence::Proven
    } else {
        Confidence::Likely
    };
    let readings = hints(raw, now);
    let code = readings.first().map_or(fallback, code_of);
    let evidence = Evidence::sides(
        "oauth_timestamp",
        raw,
        format!("about {now} (the provider's clock)"),
    );
    let mut finding = Finding::of(code, confidence).with(evidence);
    for hint in &readings {
        finding = finding.with(Evidence::note("reading", hint.to_string()));
    }
    notebook.found(finding);
}

fn code_of(hint: &Hint) -> &'static str {
    match hint {
        Hint::Milliseconds { .. }
        | Hint::Microseconds { .. }
        | Hint::Nanoseconds { .. }
        | Hint::DotLost { .. }
        | Hint::LocalTime { .. }
        | Hint::OtherEpoch { .. } => "time.unit",
        Hint::OldDocumentationValue(_) => "time.example",
        _ => "time.malformed",
    }
}

/// Seconds since 1970 have ten digits from 2001 to 2286.
const SECONDS_DIGITS: usize = 10;

/// Without the provider's clock only the shape of the value can be judged: more digits than seconds
/// have are another unit, and the first ten of them are the seconds.
fn without_clock(raw: &str, malformed: bool, holds: bool, notebook: &mut Notebook) {
    if malformed {
        notebook.fail(ID, "not a decimal number of seconds");
        odd(
            raw,
            UnixTime::from_seconds(0),
            "time.malformed",
            holds,
            notebook,
        );
        return;
    }
    let seconds = raw
        .get(..SECONDS_DIGITS)
        .filter(|_| raw.len() > SECONDS_DIGITS)
        .and_then(|digits| UnixTime::parse_timestamp(digits).ok());
    if let Some(meant) = seconds {
        notebook.fail(
            ID,
            format!("{} digits; seconds have {SECONDS_DIGITS}", raw.len()),
        );
        odd(raw, meant, "time.unit", holds, notebook);
    } else {
        notebook.skip(
            ID,
            "the provider's clock is not known: no Date in the answer, no --at",
        );
    }
}

fn nonce(wire: &Wire<'_>, notebook: &mut Notebook) {
    let Some(nonce) = wire.claims.nonce().filter(|nonce| !nonce.is_empty()) else {
        return;
    };
    let length = nonce.chars().count();
    if length < SHORT_NONCE {
        notebook.warn(
            "nonce",
            format!("{length} characters; some providers want 6 or 8 at least"),
        );
    }
    notebook.skip(
        "nonce_history",
        "whether the nonce was used before, only the provider knows",
    );
}
