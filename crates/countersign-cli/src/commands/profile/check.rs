//! What `profile status` looks at, one check after the other.

mod keys;
mod place;

use core::fmt::Write as _;

use countersign_clock::UnixTime;
use countersign_dialect::Provider;
use countersign_signature::{Method, Methods};
use serde_json::{Value, json};

use crate::profile::{Name, Profile, Profiles};
pub(super) use place::url;

/// One check and what it came to.
pub(super) struct Line {
    id: &'static str,
    status: Status,
    detail: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Ok,
    Warn,
    Fail,
    Skip,
}

impl Status {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }
}

impl Line {
    fn new(id: &'static str, status: Status, detail: impl Into<String>) -> Self {
        Self {
            id,
            status,
            detail: detail.into(),
        }
    }

    fn ok(id: &'static str, detail: impl Into<String>) -> Self {
        Self::new(id, Status::Ok, detail)
    }

    fn warn(id: &'static str, detail: impl Into<String>) -> Self {
        Self::new(id, Status::Warn, detail)
    }

    fn fail(id: &'static str, detail: impl Into<String>) -> Self {
        Self::new(id, Status::Fail, detail)
    }

    fn skip(id: &'static str, detail: impl Into<String>) -> Self {
        Self::new(id, Status::Skip, detail)
    }

    pub(super) fn is_bad(&self) -> bool {
        self.status == Status::Fail
    }

    pub(super) fn write(&self, out: &mut String) {
        let mark = format!("[{}]", self.status.as_str());
        // Writing to a string does not fail.
        let _ignored = writeln!(out, "  {mark:6} {:16} {}", self.id, self.detail);
    }

    pub(super) fn document(&self) -> Value {
        json!({ "id": self.id, "status": self.status.as_str(), "detail": self.detail })
    }
}

/// What a check looks at.
struct Subject<'a> {
    profile: &'a Profile,
    provider: Option<&'static Provider>,
    method: Option<&'static Method>,
    now: UnixTime,
}

/// The checks in their order.
const CHECKS: [fn(&Subject<'_>) -> Vec<Line>; 10] = [
    preset,
    keys::consumer_key,
    method,
    keys::signing_key,
    keys::private_key,
    keys::certificate,
    keys::token,
    place::realm,
    place::addresses,
    end,
];

/// Everything that can be said of a profile offline.
pub(super) fn lines(profiles: &Profiles, name: &Name, now: UnixTime) -> Vec<Line> {
    let profile = match profiles.read(name) {
        Ok(profile) => profile,
        Err(failure) => return vec![Line::fail("file", failure.to_string())],
    };
    let written = &profile.written;
    let subject = Subject {
        provider: written
            .preset
            .as_deref()
            .and_then(countersign_dialect::by_id),
        method: used_method(&profile),
        profile: &profile,
        now,
    };
    let mut lines = vec![Line::ok("file", "only its owner can read it")];
    lines.extend(CHECKS.iter().flat_map(|check| check(&subject)));
    lines
}

fn methods() -> Methods {
    Methods::standard().dangerous_with_plaintext()
}

/// The method that requests are signed with.
fn used_method(profile: &Profile) -> Option<&'static Method> {
    match profile.written.signature_method.as_deref() {
        Some(name) => methods().find(name),
        None if profile.written.private_key.is_some() => Some(Method::RSA_SHA1),
        None => Some(Method::HMAC_SHA1),
    }
}

fn preset(subject: &Subject<'_>) -> Vec<Line> {
    let line = match (&subject.profile.written.preset, subject.provider) {
        (None, _) => return Vec::new(),
        (Some(_), Some(row)) if row.grade.is_verified() => Line::ok("preset", row.name),
        (Some(_), Some(row)) => {
            Line::warn("preset", format!("{}: {}", row.name, row.grade.meaning()))
        }
        (Some(id), None) => match countersign_dialect::ended_by_id(id) {
            Some(row) => Line::fail("preset", ended(row.name, row.when)),
            None => Line::fail(
                "preset",
                format!("there is no preset {id:?}; countersign profile presets lists them"),
            ),
        },
    };
    vec![line]
}

fn method(subject: &Subject<'_>) -> Vec<Line> {
    let Some(method) = subject.method else {
        let names: Vec<_> = methods().iter().map(Method::name).collect();
        let detail = format!("unknown, expected one of {}", names.join(", "));
        return vec![Line::fail("signature_method", detail)];
    };
    let accepted = subject.provider.map(|row| {
        row.accepts(method.name()) || method.alias().is_some_and(|alias| row.accepts(alias))
    });
    vec![match (accepted, subject.provider) {
        (Some(false), Some(row)) => Line::fail(
            "signature_method",
            format!(
                "{} is not known to be taken by {}, which takes {}",
                method.name(),
                row.name,
                row.methods.join(", ")
            ),
        ),
        _ if method.is_plaintext() => Line::warn(
            "signature_method",
            "PLAINTEXT sends the secrets themselves: over https only",
        ),
        _ => Line::ok("signature_method", method.name()),
    }]
}

/// Whether the provider's OAuth 1.0a ends, or has ended.
fn end(subject: &Subject<'_>) -> Vec<Line> {
    /// How early an end is worth a warning.
    const AHEAD: i64 = 180 * 24 * 60 * 60;
    let mut lines = Vec::new();
    if let Some(row) = subject.provider
        && let Some(day) = row.ends
    {
        // Days written as YYYY-MM-DD are in order as texts.
        let today = subject.now.rfc3339();
        let soon = subject.now.saturating_add(AHEAD).rfc3339();
        lines.push(if today.as_str() > day {
            Line::fail(
                "end",
                format!("{} was to end OAuth 1.0a on {day}", row.name),
            )
        } else if soon.as_str() > day {
            Line::warn("end", format!("{} ends OAuth 1.0a on {day}", row.name))
        } else {
            Line::ok("end", format!("{} ends OAuth 1.0a on {day}", row.name))
        });
    }
    if let Some(host) = place::host(subject.profile)
        && let Some(row) = countersign_dialect::ended_by_host(&host)
    {
        lines.push(Line::fail("end", ended(row.name, row.when)));
    }
    lines
}

fn ended(name: &str, when: &str) -> String {
    if when.is_empty() {
        format!("{name} no longer speaks OAuth 1.0a")
    } else {
        format!("{name} no longer speaks OAuth 1.0a, since {when}")
    }
}
