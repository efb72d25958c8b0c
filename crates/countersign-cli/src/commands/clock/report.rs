//! This machine's clock, for people and as JSON, schema `countersign/clock/1`.

use core::fmt::Write as _;

use countersign_clock::UnixTime;
use serde_json::{Value, json};

use super::mend;

pub(super) fn own(now: UnixTime) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ignored = writeln!(out, "this machine  {}   {}", now.seconds(), now.rfc3339());
    mending(&mut out);
    out.push_str("\nCompare it with a provider's: countersign clock https://api.example.com\n");
    out
}

pub(super) fn own_document(now: UnixTime) -> Value {
    json!({
        "schema": "countersign/clock/1",
        "local": { "unix": now.seconds(), "rfc3339": now.rfc3339() },
        "server": null,
        "mend": mend::lines(),
    })
}

/// How to set this machine's clock right.
pub(super) fn mending(out: &mut String) {
    out.push_str("\nTo set this machine's clock right:\n");
    for line in mend::lines() {
        let _ignored = writeln!(out, "  {line}");
    }
}
