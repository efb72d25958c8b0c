//! Rows for people.

use core::fmt::Write as _;

use countersign_dialect::{Ended, Provider};

use super::document::{body_hash, legs, placement, realm, shape};
use crate::text::wrapped;

/// How wide the names of the lines are.
const NAME: usize = 20;

pub(super) fn list(providers: &[Provider], ended: &[Ended]) -> String {
    let mut out = String::from(
        "Providers; * means that what is known suffices for a profile. More: countersign profile presets ID\n",
    );
    for row in providers {
        let mark = if row.preset { '*' } else { ' ' };
        // Writing to a string does not fail.
        let _ignored = write!(out, "{mark} {:22} {}", row.id, row.name);
        if let Some(day) = row.ends {
            let _ignored = write!(out, " (ends {day})");
        }
        out.push('\n');
    }
    out.push_str("\nNo longer speaking OAuth 1.0a\n");
    for row in ended {
        let when = if row.when.is_empty() {
            String::new()
        } else {
            format!(", {}", row.when)
        };
        let _ignored = writeln!(out, "  {:22} {}{when}", row.id, row.name);
    }
    out
}

fn line(out: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        wrapped(out, &format!("  {name:NAME$}"), value);
    }
}

fn heading(id: &str, name: &str) -> String {
    format!("{id}   {name}\n")
}

/// Everything about one provider.
pub(super) fn page(row: &Provider) -> String {
    let mut out = heading(row.id, row.name);
    let out = &mut out;
    line(out, "hosts", &row.hosts.join(", "));
    line(out, "methods", &row.methods.join(", "));
    line(out, "flows", &joined(row.legs, |leg| legs(*leg)));
    let steps = [
        ("request_token_url", row.endpoints.request_token),
        ("authorize_url", row.endpoints.authorize),
        ("access_token_url", row.endpoints.access_token),
    ];
    for (name, endpoint) in steps {
        if let Some(endpoint) = endpoint {
            line(
                out,
                name,
                &format!("{} ({:?})", endpoint.url, endpoint.grade),
            );
        }
    }
    for endpoint in row.endpoints.others {
        line(
            out,
            "address",
            &format!("{} ({:?})", endpoint.url, endpoint.grade),
        );
    }
    line(
        out,
        "placement",
        &joined(row.placement, |place| placement(*place)),
    );
    line(out, "realm", &realm(row.realm));
    line(out, "body_hash", &body_hash(row.body_hash));
    line(out, "clock", &window(row));
    line(out, "nonce", &nonce(row));
    for quirk in row.quirks {
        line(out, "quirk", &format!("{}: {}", quirk.id, quirk.effect));
    }
    for note in row.notes {
        line(out, "note", note);
    }
    line(out, "refusals", &joined(row.errors.shapes, |it| shape(*it)));
    line(out, "refusals, note", row.errors.note);
    for code in row.errors.codes {
        let problem = code
            .problem
            .map(|it| format!(" ({it})"))
            .unwrap_or_default();
        line(
            out,
            "code",
            &format!("{}: {}{problem}", code.code, code.means),
        );
    }
    line(out, "ends", row.ends.unwrap_or_default());
    line(
        out,
        "preset",
        if row.preset {
            "yes"
        } else {
            "no: check it before use"
        },
    );
    line(out, "source", row.source);
    line(
        out,
        "grade",
        &format!("{:?}: {}", row.grade, row.grade.meaning()),
    );
    core::mem::take(out)
}

/// What is known of a service that is over.
pub(super) fn ended_page(row: &Ended) -> String {
    let mut out = heading(row.id, row.name);
    line(&mut out, "hosts", &row.hosts.join(", "));
    let when = if row.when.is_empty() { "yes" } else { row.when };
    line(&mut out, "ended", when);
    line(&mut out, "note", row.note);
    line(&mut out, "refusals", row.errors);
    line(&mut out, "source", row.source);
    line(
        &mut out,
        "grade",
        &format!("{:?}: {}", row.grade, row.grade.meaning()),
    );
    out
}

fn joined<T>(values: &[T], word: impl Fn(&T) -> &'static str) -> String {
    let words: Vec<&str> = values.iter().map(word).collect();
    words.join(", ")
}

fn window(row: &Provider) -> String {
    let mut parts = Vec::new();
    if let Some(past) = row.window.past {
        parts.push(format!("at most {past} s behind"));
    }
    if let Some(future) = row.window.future {
        parts.push(format!("at most {future} s ahead"));
    }
    if !row.window.note.is_empty() {
        parts.push(row.window.note.to_owned());
    }
    parts.join(", ")
}

fn nonce(row: &Provider) -> String {
    let mut parts = Vec::new();
    if let Some(least) = row.nonce.min_len {
        parts.push(format!("at least {least} characters"));
    }
    if let Some(most) = row.nonce.max_len {
        parts.push(format!("at most {most} characters"));
    }
    if let Some(kept) = row.nonce.kept {
        parts.push(format!("remembered for {kept} s"));
    }
    if !row.nonce.note.is_empty() {
        parts.push(row.nonce.note.to_owned());
    }
    parts.join(", ")
}
