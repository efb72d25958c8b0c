//! The diagnosis for people: checks first, then findings, the most important line last.

use core::fmt::{self, Write as _};

use countersign_base_string::Parts;
use countersign_doctor::{Check, Diagnosis, Evidence as Shown, Finding, Status, Verdict};
use countersign_encoding::decode;
use countersign_problem::harmless;

use super::Evidence;
use crate::text::{painted, wrapped};

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
    painted(&harmless(&out))
}

fn write(
    out: &mut String,
    diagnosis: &Diagnosis,
    read_as: &[String],
    evidence: &Evidence,
    verbose: bool,
) -> fmt::Result {
    heading(out, diagnosis, evidence)?;
    for line in read_as {
        writeln!(out, "{line}")?;
    }
    writeln!(out)?;
    checks(out, diagnosis.checks(), verbose);
    if verbose && let Some(base) = diagnosis.base_string() {
        writeln!(out)?;
        base_string(out, base)?;
    }
    for finding in diagnosis.findings() {
        writeln!(out)?;
        self::finding(out, finding)?;
    }
    writeln!(out)?;
    summary(out, diagnosis)
}

/// `GET api.example.com/v1/search   401 signature_invalid`, and what the provider says to it.
fn heading(out: &mut String, diagnosis: &Diagnosis, evidence: &Evidence) -> fmt::Result {
    let mut parts = Vec::new();
    if let Some(request) = &evidence.request {
        let path = request.target().split('?').next().unwrap_or_default();
        let path = path.split_once("://").map_or(path, |(_, rest)| rest);
        let host = request.host().filter(|_| path.starts_with('/'));
        parts.push(format!(
            "{} {}{path}",
            request.method(),
            host.unwrap_or_default()
        ));
    }
    let status = evidence.answer.as_ref().and_then(|answer| answer.status());
    match (status, diagnosis.problem()) {
        (Some(status), Some(problem)) => parts.push(format!("{status} {}", problem.code())),
        (Some(status), None) => parts.push(status.to_string()),
        (None, Some(problem)) => parts.push(problem.code().to_string()),
        (None, None) => {}
    }
    if !parts.is_empty() {
        writeln!(out, "{}", parts.join("   "))?;
    }
    if let Some(advice) = diagnosis.problem().and_then(|problem| problem.advice()) {
        writeln!(out, "\"{advice}\"")?;
    }
    Ok(())
}

/// One line for each check; what went well is cut short unless all is asked for.
fn checks(out: &mut String, checks: &[Check], verbose: bool) {
    let width = checks.iter().map(|check| check.id.len()).max().unwrap_or(0);
    for check in checks {
        let mark = match check.status {
            Status::Ok => "[ok]",
            Status::Warn => "[warn]",
            Status::Fail => "[fail]",
            Status::Skip => "[skip]",
        };
        let first = format!("  {mark:6} {:width$}  ", check.id);
        let is_calm = matches!(check.status, Status::Ok | Status::Skip);
        if verbose || !is_calm {
            wrapped(out, &first, &check.detail);
        } else {
            let room = crate::text::WIDTH.saturating_sub(first.chars().count());
            let short = shortened(&check.detail, room);
            wrapped(out, &first, &short);
        }
    }
}

/// Cut at a blank so that it fits.
fn shortened(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    for word in text.split_whitespace() {
        let length = short.chars().count().saturating_add(word.chars().count());
        // A blank before the word, a blank and three dots after it.
        if length.saturating_add(5) > room {
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    short.push_str(" ...");
    short
}

/// Part by part, decoded; then the string itself.
fn base_string(out: &mut String, base: &str) -> fmt::Result {
    writeln!(out, "base string by RFC 5849:")?;
    if let Ok(parts) = Parts::parse(base) {
        let pairs = parts.parameters();
        let width = pairs.iter().map(|pair| pair.name().len()).max();
        let width = width.unwrap_or(0).min(30);
        writeln!(out, "  {} {}", parts.method(), uri(base))?;
        for pair in pairs {
            let plain = |text: &str| {
                decode(text).map_or_else(|_| text.to_owned(), |plain| plain.into_owned())
            };
            writeln!(
                out,
                "  {:width$}  {}",
                plain(pair.name()),
                plain(pair.value())
            )?;
        }
    }
    writeln!(out, "  {base}")
}

fn uri(base: &str) -> String {
    let part = base.split('&').nth(1).unwrap_or_default();
    decode(part).map_or_else(|_| part.to_owned(), |plain| plain.into_owned())
}

fn finding(out: &mut String, finding: &Finding) -> fmt::Result {
    let confidence = finding.confidence.as_str();
    let sentence = format!("{confidence}[{}]: {}", finding.code, finding.summary);
    wrapped(out, "", &sentence);
    for evidence in &finding.evidence {
        self::evidence(out, evidence)?;
    }
    writeln!(out, "  = at fault: the {} side", finding.side)?;
    for remedy in &finding.remedies {
        wrapped(out, "  = fix: ", remedy);
    }
    if !finding.also.is_empty() {
        let codes: Vec<_> = finding.also.iter().map(|code| code.as_str()).collect();
        wrapped(out, "  = the same evidence allows: ", &codes.join(", "));
    }
    writeln!(out, "  = see: countersign explain {}", finding.code)
}

fn evidence(out: &mut String, evidence: &Shown) -> fmt::Result {
    writeln!(out, "  --> {}", evidence.what)?;
    if let Some(found) = &evidence.found {
        writeln!(out, "   |  - found     {found}")?;
    }
    if let Some(expected) = &evidence.expected {
        writeln!(out, "   |  + expected  {expected}")?;
    }
    if let (Some(found), Some(expected)) = (&evidence.found, &evidence.expected)
        && let Some(carets) = carets(found, expected)
    {
        writeln!(out, "   |              {carets}")?;
    }
    if let Some(note) = &evidence.note {
        let mut lines = String::new();
        wrapped(&mut lines, "      ", note);
        for line in lines.lines() {
            writeln!(out, "   |  {}", line.trim_start())?;
        }
    }
    Ok(())
}

/// Marks under what the expected spelling has instead of the found one.
fn carets(found: &str, expected: &str) -> Option<String> {
    let (found, expected): (Vec<char>, Vec<char>) =
        (found.chars().collect(), expected.chars().collect());
    let same = |(one, other): &(&char, &char)| one == other;
    let mut start = found.iter().zip(&expected).take_while(same).count();
    // An escape is marked whole.
    let mut before = expected.iter().take(start).rev().take(2);
    if let Some(back) = before.position(|letter| *letter == '%') {
        start = start.saturating_sub(back).saturating_sub(1);
    }
    let end = found
        .iter()
        .rev()
        .zip(expected.iter().rev())
        .take_while(same)
        .count();
    let changed = expected.len().checked_sub(start)?.checked_sub(end)?;
    // Marks help where most is the same and all fits on the line.
    let helps = changed > 0 && start.saturating_add(end) >= changed && expected.len() <= 60;
    helps.then(|| format!("{}{}", " ".repeat(start), "^".repeat(changed)))
}

fn summary(out: &mut String, diagnosis: &Diagnosis) -> fmt::Result {
    let skipped: Vec<&str> = diagnosis
        .not_checked()
        .iter()
        .map(|line| line.split(':').next().unwrap_or(line))
        .collect();
    if !skipped.is_empty() {
        wrapped(out, "not checked: ", &skipped.join(", "));
    }
    if let Some(next) = diagnosis.next() {
        wrapped(out, "next: ", next);
    }
    let count = diagnosis.findings().len();
    let causes = if count == 1 { "cause" } else { "causes" };
    let (sentence, exit) = match diagnosis.verdict() {
        Verdict::Valid => ("nothing wrong was found".to_owned(), 0),
        Verdict::Explained => (format!("explained: {count} {causes}"), 1),
        Verdict::Likely if count == 1 => ("not proven: 1 cause fits".to_owned(), 1),
        Verdict::Likely => (format!("not proven: {count} causes fit"), 1),
        Verdict::Unexplained => ("unexplained: no known mistake fits".to_owned(), 1),
    };
    let tried = diagnosis.tried();
    let signatures = if tried == 1 {
        "signature"
    } else {
        "signatures"
    };
    writeln!(
        out,
        "{sentence}; {tried} {signatures} computed or opened   exit {exit}"
    )
}
