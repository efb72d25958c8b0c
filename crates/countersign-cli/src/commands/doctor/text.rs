//! The report for people: checks first, then findings, the most important line last.

mod bases;
mod compared;
mod finding;
mod sides;

use core::fmt::Write as _;

use countersign_doctor::{Check, Confidence, Status, Verdict};
use countersign_problem::harmless;

pub(super) use finding::sides_in;

use super::report::Report;
use crate::text::{painted, wrapped};

/// What is asked for beyond the report itself.
#[derive(Debug, Default)]
pub(super) struct Extent<'a> {
    /// All checks whole, all fixes.
    pub(super) verbose: bool,
    /// The explain page of each finding.
    pub(super) explain_all: bool,
    /// Base strings to show, with who computed each.
    pub(super) bases: Vec<(&'static str, &'a str)>,
    /// The command that was run, for the next one to be built on.
    pub(super) command: String,
}

/// The whole report.
pub(super) fn report(report: &Report, extent: &Extent<'_>, veil: &super::veil::Veil) -> String {
    let mut out = String::new();
    heading(&mut out, report);
    checks(&mut out, &report.checks, extent.verbose);
    if !extent.bases.is_empty() {
        out.push('\n');
        bases::write(&mut out, &extent.bases, veil);
    }
    if let Some(compared) = &report.compared {
        out.push('\n');
        compared::write(&mut out, compared, extent.verbose);
    }
    let open = is_unexplained(report);
    if open {
        out.push('\n');
        unexplained(&mut out, report);
        let mismatch = report
            .findings
            .iter()
            .find(|it| it.code.as_str() == MISMATCH);
        if let Some(shown) = mismatch {
            finding::advise(&mut out, shown, report, extent);
        }
    }
    for shown in &report.findings {
        if !(open && shown.code.as_str() == MISMATCH) {
            out.push('\n');
            finding::write(&mut out, shown, report, extent);
        }
    }
    out.push('\n');
    first(&mut out, report);
    next(&mut out, report, extent);
    summary(&mut out, report);
    painted(&harmless(&out))
}

fn heading(out: &mut String, report: &Report) {
    for line in &report.heading {
        out.push_str(line);
        out.push('\n');
    }
    if let Some(advice) = &report.advice {
        wrapped(out, "", &format!("\"{advice}\""));
    }
    for (input, read_as, notes) in &report.read_as {
        wrapped(out, "", &format!("{input}: read as {read_as}"));
        for note in notes {
            wrapped(out, "  note: ", note);
        }
    }
    out.push('\n');
}

/// Checks of the mere form: one line for all of them that went well.
const FORM: [&str; 8] = [
    "duplicates",
    "grammar",
    "limits",
    "names",
    "placement",
    "required",
    "syntax",
    "version",
];

/// One line for each check; those of the form that went well share one unless all is asked for.
fn checks(out: &mut String, checks: &[Check], verbose: bool) {
    let is_form =
        |check: &&Check| !verbose && check.status == Status::Ok && FORM.contains(&check.id);
    let form: Vec<&str> = checks
        .iter()
        .filter(is_form)
        .map(|check| check.id)
        .collect();
    let lines = checks.iter().filter(|check| !is_form(check));
    let width = lines
        .clone()
        .map(|check| check.id.len())
        .max()
        .unwrap_or(0)
        .max(4);
    if !form.is_empty() {
        wrapped(
            out,
            &format!("  [ok]   {:width$}  ", "form"),
            &form.join(", "),
        );
    }
    for check in lines {
        let mark = match check.status {
            Status::Ok => "[ok]",
            Status::Warn => "[warn]",
            Status::Fail => "[fail]",
            Status::Skip => "[skip]",
        };
        let first = format!("  {mark:6} {:width$}  ", check.id);
        wrapped(out, &first, &check.detail);
    }
}

/// The finding that says no more than that it does not match.
const MISMATCH: &str = "sig.mismatch";

/// Whether the signature does not match, and nothing says why.
fn is_unexplained(report: &Report) -> bool {
    report.verdict != Verdict::Valid
        && report.compared.is_none()
        && report.signature() == Some(Status::Fail)
        && report
            .findings
            .iter()
            .all(|finding| finding.confidence == Confidence::Possible)
}

/// That nothing explains it, what was ruled out, and what is left.
fn unexplained(out: &mut String, report: &Report) {
    wrapped(
        out,
        "",
        &format!(
            "error[{MISMATCH}]: the signature does not match, and no known mistake explains it"
        ),
    );
    let searched = report
        .checks
        .iter()
        .any(|check| check.id == "search" && check.status == Status::Fail);
    if searched {
        wrapped(
            out,
            &format!("  = ruled out ({} tried): ", report.tried),
            "another method, scheme, host, port or path; parameters left out, added, repeated or in \
             another order; other ways of encoding; the body; the key put together in another way",
        );
    }
    wrapped(
        out,
        "  = left over: ",
        if report.is_rsa {
            "another key than the one at hand, or a value that changed after signing (nonce, \
             timestamp, body)"
        } else {
            "another secret than the one at hand, or a value that changed after signing (nonce, \
             timestamp, body)"
        },
    );
}

/// What to do before all else, where there is a choice.
fn first(out: &mut String, report: &Report) {
    let remedies = || report.findings.iter().map(|it| it.remedies.len());
    let best = report
        .findings
        .first()
        .filter(|best| best.confidence != Confidence::Possible);
    if let Some(remedy) = best.and_then(|best| best.remedies.first())
        && remedies().fold(0_usize, usize::saturating_add) > 1
    {
        wrapped(out, "do first: ", remedy);
    }
}

/// The one thing that would tell most, and the command for it.
fn next(out: &mut String, report: &Report, extent: &Extent<'_>) {
    let Some(next) = &report.next else { return };
    wrapped(out, "next: ", next);
    let option = next
        .split_whitespace()
        .map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '-'))
        .find(|word| word.starts_with("--"));
    if let Some(option) = option
        && !extent.command.is_empty()
        && !extent.command.contains(option)
    {
        wrapped(
            out,
            "      ",
            &format!("{} {option} {}", extent.command, value_of(option)),
        );
    }
}

/// What stands behind an option in a command to copy.
fn value_of(option: &str) -> &'static str {
    match option {
        "--keys" => "keys.toml",
        "--scheme" => "http",
        "--at" => "UNIX_TIME",
        "--response" => "answer.txt",
        _ => "base.txt",
    }
}

/// `1 error, 2 checks skipped; 47 variants tried`, and the exit code.
fn summary(out: &mut String, report: &Report) {
    let count = |number: usize, one: &str, many: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {many}")),
    };
    let errors = report.errors();
    let possible = report
        .findings
        .iter()
        .filter(|finding| finding.confidence == Confidence::Possible)
        .filter(|finding| !(is_unexplained(report) && finding.code.as_str() == MISMATCH))
        .count();
    let skipped = report
        .checks
        .iter()
        .filter(|check| check.status == Status::Skip)
        .count();
    let mut parts: Vec<String> = Vec::new();
    match report.verdict {
        Verdict::Valid => parts.push("nothing wrong was found".to_owned()),
        _ if is_unexplained(report) => parts.push("unexplained".to_owned()),
        _ => {}
    }
    let errors = errors.saturating_add(usize::from(is_unexplained(report)));
    parts.extend(count(errors, "error", "errors"));
    parts.extend(count(possible, "possible cause", "possible causes"));
    parts.extend(count(skipped, "check skipped", "checks skipped"));
    let variants = match report.tried {
        1 => "1 variant".to_owned(),
        many => format!("{many} variants"),
    };
    let exit = i32::from(report.verdict != Verdict::Valid);
    let _ignored = writeln!(out, "{}; {variants} tried   exit {exit}", parts.join(", "));
}
