//! The diagnosis for people: checks first, then findings, the most important line last.

use core::fmt::{self, Write as _};

use countersign_doctor::{Check, Diagnosis, Evidence as Shown, Finding, Status, Verdict};
use countersign_problem::harmless;

use super::Evidence;

/// The whole report.
pub(super) fn report(
    diagnosis: &Diagnosis,
    read_as: &[String],
    evidence: &Evidence,
    verbose: bool,
) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ignored = write(&mut out, diagnosis, read_as, evidence, verbose);
    harmless(&out).into_owned()
}

fn write(
    out: &mut String,
    diagnosis: &Diagnosis,
    read_as: &[String],
    evidence: &Evidence,
    verbose: bool,
) -> fmt::Result {
    for line in read_as {
        writeln!(out, "{line}")?;
    }
    if let Some(request) = &evidence.request {
        let path = request.target().split('?').next().unwrap_or_default();
        let host = request.host().unwrap_or("(no host)");
        writeln!(out, "{} {host}{path}", request.method())?;
    }
    if let Some(problem) = diagnosis.problem() {
        write!(out, "answer: {}", problem.code())?;
        match problem.advice() {
            Some(advice) => writeln!(out, " ({advice})")?,
            None => writeln!(out)?,
        }
    }
    writeln!(out)?;
    checks(out, diagnosis.checks())?;
    for finding in diagnosis.findings() {
        writeln!(out)?;
        self::finding(out, finding)?;
    }
    writeln!(out)?;
    if verbose && let Some(base) = diagnosis.base_string() {
        writeln!(out, "base string by RFC 5849:\n{base}\n")?;
    }
    summary(out, diagnosis)
}

fn checks(out: &mut String, checks: &[Check]) -> fmt::Result {
    let width = checks.iter().map(|check| check.id.len()).max().unwrap_or(0);
    for check in checks {
        let mark = match check.status {
            Status::Ok => "[ok]  ",
            Status::Warn => "[warn]",
            Status::Fail => "[fail]",
            Status::Skip => "[skip]",
        };
        writeln!(out, "  {mark} {:width$}  {}", check.id, check.detail)?;
    }
    Ok(())
}

fn finding(out: &mut String, finding: &Finding) -> fmt::Result {
    writeln!(
        out,
        "{}[{}]: {}",
        finding.confidence.as_str(),
        finding.code,
        finding.summary
    )?;
    for evidence in &finding.evidence {
        self::evidence(out, evidence)?;
    }
    writeln!(out, "  = at fault: {}", finding.side)?;
    for remedy in &finding.remedies {
        writeln!(out, "  = fix: {remedy}")?;
    }
    if !finding.also.is_empty() {
        let codes: Vec<_> = finding.also.iter().map(|code| code.as_str()).collect();
        writeln!(out, "  = the same evidence allows: {}", codes.join(", "))?;
    }
    writeln!(out, "  = see: countersign explain {}", finding.code)
}

fn evidence(out: &mut String, evidence: &Shown) -> fmt::Result {
    writeln!(out, "  --> {}", evidence.what)?;
    if let Some(found) = &evidence.found {
        writeln!(out, "   - found     {found}")?;
    }
    if let Some(expected) = &evidence.expected {
        writeln!(out, "   + expected  {expected}")?;
    }
    if let Some(note) = &evidence.note {
        writeln!(out, "     {note}")?;
    }
    Ok(())
}

fn summary(out: &mut String, diagnosis: &Diagnosis) -> fmt::Result {
    if !diagnosis.not_checked().is_empty() {
        writeln!(out, "not checked:")?;
        for line in diagnosis.not_checked() {
            writeln!(out, "  {line}")?;
        }
    }
    if let Some(next) = diagnosis.next() {
        writeln!(out, "next: {next}")?;
    }
    let count = diagnosis.findings().len();
    let causes = if count == 1 { "cause" } else { "causes" };
    let sentence = match diagnosis.verdict() {
        Verdict::Valid => "nothing wrong was found".to_owned(),
        Verdict::Explained => format!("explained: {count} {causes}"),
        Verdict::Likely => format!("not proven: {count} {causes} fit"),
        Verdict::Unexplained => "unexplained: no known mistake fits".to_owned(),
    };
    writeln!(out, "{sentence}; {} tried", diagnosis.tried())
}
