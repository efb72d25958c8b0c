//! The timestamp against the provider's clock, and what an odd value means.

use countersign_clock::{AcceptableRange, Hint, UnixTime, Verdict, Window, hints, parse_http_date};

use crate::context::{Context, Wire};
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

const ID: &str = "timestamp";

/// A longer value is cut where it is shown.
const SHOWN: usize = 40;

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(wire) = &context.wire else {
        both_clocks(context, notebook);
        return;
    };
    let Some(raw) = wire.claims.timestamp() else {
        return;
    };
    let certainty = certainty(context, wire);
    let reading = UnixTime::parse_timestamp(raw);
    let Some(now) = context.range.map(AcceptableRange::midpoint).or(context.now) else {
        without_clock(raw, reading.is_err(), certainty, notebook);
        return;
    };
    let time = match reading {
        Ok(time) => time,
        Err(error) => {
            notebook.fail(ID, error.to_string());
            odd(raw, now, "time.malformed", certainty, notebook);
            return;
        }
    };
    let off = signed_distance(time, now);
    if let Some(range) = context.range {
        if (range.low()..=range.high()).contains(&time) {
            notebook.ok(ID, format!("{time}, inside the range the provider accepts"));
        } else {
            notebook.fail(
                ID,
                format!("{time}, outside the range {range} of the provider"),
            );
            if !its_own_clocks_disagree(context, time, range, notebook) {
                odd(raw, now, "time.skew", certainty, notebook);
            }
        }
        return;
    }
    let (window, whose) = window(context, wire);
    let side = |seconds: u32| format!("{seconds} s are {whose}");
    match window.check(time, now) {
        Verdict::Accepted { .. } => {
            notebook.ok(ID, format!("{off} the provider's clock"));
        }
        Verdict::TooOld { limit, .. } | Verdict::TooNew { limit, .. } => {
            notebook.fail(ID, format!("{off} the provider's clock, {}", side(limit)));
            odd(raw, now, "time.skew", certainty, notebook);
        }
    }
}

/// The `Date` of the answer says that the client's clock is right, and the range that it is not.
fn its_own_clocks_disagree(
    context: &Context<'_>,
    time: UnixTime,
    range: AcceptableRange,
    notebook: &mut Notebook,
) -> bool {
    let date = context.case.answer.and_then(|answer| answer.date());
    let Some(date) = date.and_then(|date| parse_http_date(date).ok()) else {
        return false;
    };
    let window = Window::default();
    let is_near = |other| matches!(window.check(other, date), Verdict::Accepted { .. });
    if !is_near(time) || is_near(range.midpoint()) {
        return false;
    }
    notebook.found(
        Finding::of("provider.fault", Confidence::Likely)
            .saying("the provider's clocks disagree: its Date agrees with the client, its range does not")
            .with(Evidence::sides("provider's clock", range.to_string(), date.to_string()))
            .also("time.skew"),
    );
    notebook.ask("the time of a third clock, such as the Date header of another server");
    true
}

/// The window of the provider: what its answer says, what is known of it, or what is usual.
fn window(context: &Context<'_>, wire: &Wire<'_>) -> (Window, &'static str) {
    const USUAL: u32 = 300;
    let said = context
        .answer
        .as_ref()
        .and_then(|found| u32::try_from(found.window_seconds?).ok());
    if let Some(seconds) = said {
        return (Window::new(seconds, seconds), "what its answer names");
    }
    match wire.provider.map(|provider| provider.window) {
        Some(known) if known.past.is_some() || known.future.is_some() => (
            Window::new(known.past.unwrap_or(USUAL), known.future.unwrap_or(USUAL)),
            "what this provider takes",
        ),
        _ => (Window::default(), "usual"),
    }
}

/// A clock that is off is the cause only if the rest verifies and the answer does not name another.
fn certainty(context: &Context<'_>, wire: &Wire<'_>) -> Confidence {
    let says_time = context
        .problem_code()
        .is_none_or(|code| code == "timestamp_refused");
    if wire.signature.holds() && says_time {
        Confidence::Proven
    } else {
        Confidence::Likely
    }
}

/// Some answers name both clocks: then the difference is known without the request.
fn both_clocks(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(found) = &context.answer else { return };
    let (Some(server), Some(client)) = (found.server_time, found.client_time) else {
        return;
    };
    let (now, raw) = (UnixTime::from_seconds(server), client.to_string());
    let off = signed_distance(UnixTime::from_seconds(client), now);
    notebook.fail(ID, format!("{off} the provider's clock, by its answer"));
    odd(&raw, now, "time.skew", Confidence::Likely, notebook);
}

fn signed_distance(time: UnixTime, now: UnixTime) -> String {
    let difference = time.since(now);
    let side = if difference < 0 { "before" } else { "after" };
    format!("{} s {side}", difference.unsigned_abs())
}

/// Writes the finding for a timestamp that is refused: the best reading of its value, or skew.
fn odd(
    raw: &str,
    now: UnixTime,
    fallback: &'static str,
    confidence: Confidence,
    notebook: &mut Notebook,
) {
    let readings = hints(raw, now);
    let due = format!("about {now} (the provider's clock)");
    let code = readings.first().map_or(fallback, code_of);
    written(raw, code, &readings, &due, confidence, notebook);
}

/// Writes the finding down, with every reading as evidence.
fn written(
    raw: &str,
    code: &'static str,
    readings: &[Hint],
    due: &str,
    confidence: Confidence,
    notebook: &mut Notebook,
) {
    let evidence = Evidence::sides(
        "oauth_timestamp",
        raw.chars().take(SHOWN).collect::<String>(),
        due,
    );
    let mut finding = Finding::of(code, confidence).with(evidence);
    if let Some(also) = readings.first().and_then(also_of) {
        finding = finding.also(also);
    }
    for hint in readings {
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
        | Hint::OtherEpoch { .. } => "time.unit",
        // Whole hours: the clock or its time zone is off, the unit is right. Zero: the clock of a
        // device that was just switched on.
        Hint::LocalTime { .. } | Hint::Zero => "time.skew",
        Hint::OldDocumentationValue(_) => "time.example",
        Hint::Blank
        | Hint::DateText
        | Hint::Decimals { .. }
        | Hint::Empty
        | Hint::Hexadecimal { .. }
        | Hint::Missing
        | Hint::Negative => "time.malformed",
        _ => "time.malformed",
    }
}

/// Another class that the same reading allows.
const fn also_of(hint: &Hint) -> Option<&'static str> {
    match hint {
        // Not decimal digits, and not whole seconds either.
        Hint::Decimals { .. } | Hint::Hexadecimal { .. } => Some("time.unit"),
        Hint::Missing | Hint::Empty => Some("config.library_misuse"),
        _ => None,
    }
}

/// Seconds since 1970 have ten digits from 2001 to 2286.
const SECONDS_DIGITS: usize = 10;

/// Without the provider's clock only the shape of the value can be judged: more digits than seconds
/// have are another unit, and the first ten of them are the seconds.
fn without_clock(raw: &str, malformed: bool, certainty: Confidence, notebook: &mut Notebook) {
    let seconds = raw
        .get(..SECONDS_DIGITS)
        .and_then(|digits| UnixTime::parse_timestamp(digits).ok());
    if malformed {
        notebook.fail(ID, "not a decimal number of seconds");
        // Words and dates are readable as such whatever the clock says.
        let about = seconds.unwrap_or(UnixTime::from_seconds(0));
        let readings = hints(raw, about);
        let code = readings.first().map_or("time.malformed", code_of);
        written(
            raw,
            code,
            &readings,
            "a decimal number of seconds",
            certainty,
            notebook,
        );
        return;
    }
    if raw.len() > SECONDS_DIGITS
        && let Some(meant) = seconds
    {
        notebook.fail(
            ID,
            format!("{} digits; seconds have {SECONDS_DIGITS}", raw.len()),
        );
        odd(raw, meant, "time.unit", certainty, notebook);
        return;
    }
    let example = hints(raw, UnixTime::from_seconds(0))
        .into_iter()
        .find(|hint| matches!(hint, Hint::OldDocumentationValue(_)));
    match example {
        Some(hint) => notebook.warn(ID, hint.to_string()),
        None => notebook.skip(
            ID,
            "the provider's clock is not known: no Date in the answer, no --at",
        ),
    }
}
