//! Two clocks side by side, for people and as JSON, schema `countersign/clock/1`.

use core::fmt::Write as _;

use countersign_clock::{Direction, Estimate, UnixTime};
use serde_json::{Value, json};

use super::mend;
use super::report::mending;
use crate::text::painted;

/// A server's clock beside the local one.
pub(super) struct Comparison {
    pub(super) estimate: Estimate,
    pub(super) local: UnixTime,
    /// How far the true difference may be from the estimate, travelling time included.
    pub(super) margin: u64,
    pub(super) status: u16,
}

pub(super) fn text(url: &str, found: &Comparison, limit: u32, is_within: bool) -> String {
    let mut out = String::new();
    let server = found.estimate.server();
    let rows = [
        (
            "server",
            server,
            format!("Date of {url} (status {})", found.status),
        ),
        ("this machine", found.local, "when it answered".to_owned()),
    ];
    for (name, time, note) in rows {
        let _ignored = writeln!(
            out,
            "{name:12}  {}   {}   {note}",
            time.seconds(),
            time.rfc3339()
        );
    }
    let mark = if is_within { "[ok]" } else { "[fail]" };
    let _ignored = writeln!(
        out,
        "\n{mark} {}; margin {} s, limit {limit} s",
        found.estimate, found.margin
    );
    if !is_within {
        out.push_str(match found.estimate.direction() {
            Direction::LocalAhead => {
                "Requests signed now are refused: the timestamp is too far in the future.\n"
            }
            _ => "Requests signed now are refused: the timestamp is too old.\n",
        });
        mending(&mut out);
        out.push_str("See: countersign explain timestamp_refused\n");
    }
    painted(&countersign_problem::harmless(&out))
}

pub(super) fn document(url: &str, found: &Comparison, limit: u32, is_within: bool) -> Value {
    let time = |time: UnixTime| json!({ "unix": time.seconds(), "rfc3339": time.rfc3339() });
    let direction = match found.estimate.direction() {
        Direction::Agree => "agree",
        Direction::LocalAhead => "local_ahead",
        Direction::LocalBehind => "local_behind",
    };
    json!({
        "schema": "countersign/clock/1",
        "url": url,
        "status": found.status,
        "local": time(found.local),
        "server": time(found.estimate.server()),
        "offset_seconds": found.estimate.offset_seconds(),
        "margin_seconds": found.margin,
        "direction": direction,
        "limit_seconds": limit,
        "within_limit": is_within,
        "mend": mend::lines(),
    })
}
