//! The report for people.

use core::fmt::{self, Write as _};

use countersign_problem::harmless;

use super::check::{Facts, Report};
use crate::text::painted;

/// Every check, then the outcome.
pub(super) fn report(facts: &Facts, report: &Report) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ignored = write(&mut out, facts, report);
    painted(&harmless(&out))
}

fn write(out: &mut String, facts: &Facts, report: &Report) -> fmt::Result {
    writeln!(out, "{} {}", facts.method, facts.url)?;
    writeln!(
        out,
        "read as {}, judged at {}",
        facts.read_as,
        facts.at.rfc3339()
    )?;
    if facts.scheme_assumed {
        writeln!(
            out,
            "the input does not tell the scheme: https assumed, --scheme http says otherwise"
        )?;
    }
    writeln!(out)?;
    let width = report
        .lines
        .iter()
        .map(|line| line.id.len())
        .max()
        .unwrap_or(0);
    for line in &report.lines {
        let mark = format!("[{}]", line.status);
        write!(out, "  {mark:6} {:width$}  {}", line.id, line.detail)?;
        match line.section {
            Some(section) if line.status == "fail" => {
                writeln!(out, " (RFC 5849 section {section})")?;
            }
            _ => writeln!(out)?,
        }
    }
    writeln!(out)?;
    if report.body_unsigned {
        writeln!(
            out,
            "the body is not signed: it is no form, and there is no oauth_body_hash"
        )?;
    }
    let Some(answer) = &report.answer else {
        let consumer = report.consumer_key.as_deref().unwrap_or_default();
        return writeln!(
            out,
            "Verified: the request was signed by consumer {consumer}"
        );
    };
    let Some(problem) = &answer.problem else {
        return writeln!(
            out,
            "Refused: status {}, without a problem code",
            answer.status
        );
    };
    writeln!(out, "a provider would answer {}:", answer.status)?;
    writeln!(out, "  WWW-Authenticate: {}", problem.challenge(None))?;
    writeln!(out, "see: countersign explain {}", problem.code())?;
    write!(out, "Refused: {}", problem.code())?;
    match problem.advice() {
        Some(advice) => writeln!(out, " ({advice})"),
        None => writeln!(out),
    }
}
