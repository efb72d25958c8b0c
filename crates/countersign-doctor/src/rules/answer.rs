//! What the provider says, and what that means beside what the request shows.

mod causes;
mod disagreement;
mod words;

use countersign_problem::catalogue::{self, Retry};
use countersign_problem::text::Recognised;
use countersign_problem::{Found, Grounds};
use countersign_signature::KeyKind;

use self::causes::{ROWS, Row, STATUSES};
use crate::code::Code;
use crate::context::Context;
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::{Notebook, Status};

const ID: &str = "answer";

/// More of an answer's words is not repeated.
const SHOWN: usize = 300;

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    if context.case.answer.is_none() {
        if context.case.request.is_some() {
            notebook.skip(ID, "no answer at hand");
        }
        return;
    }
    let Some(found) = &context.answer else {
        silent(context, notebook);
        return;
    };
    let code = found.problem.code().as_str();
    notebook.warn(ID, described(found));
    let words = words::fitting(&context.words());
    if context.holds() && code == "signature_invalid" && words.is_none() {
        disagreement::on_signature(context, notebook);
        return;
    }
    if notebook.has_proof() {
        return;
    }
    match words {
        Some(words) => suggest(context, &words.as_row(), Some(found), notebook),
        None => by_code(context, found, notebook),
    }
}

/// The answer names no problem: a yes, or a status or words that say something by themselves.
fn silent(context: &Context<'_>, notebook: &mut Notebook) {
    if context.is_accepted() {
        notebook.ok(ID, "the provider accepted the request");
        return;
    }
    let status = context.status();
    if status.is_some_and(|status| (300..400).contains(&status)) {
        // Redirects have a rule of their own.
        return;
    }
    if let Some(words) = words::fitting(&context.words()) {
        notebook.warn(ID, "names no problem code, but says what is wrong");
        if !notebook.has_proof() {
            suggest(context, &words.as_row(), None, notebook);
        }
        return;
    }
    notebook.warn(ID, "names no problem that is known");
    if notebook.has_proof() {
        return;
    }
    let row = STATUSES.iter().find(|row| status == Some(row.status));
    if let Some(row) = row {
        let confidence = if context.holds() && row.cause == "provider.fault" {
            Confidence::Likely
        } else {
            Confidence::Possible
        };
        let mut finding = Finding::of(row.cause, confidence)
            .with(Evidence::note("answer", format!("status {}", row.status)));
        let pause = context
            .case
            .answer
            .and_then(|answer| answer.headers().first("retry-after")?.value_str());
        if let Some(pause) = pause {
            let pause: String = pause.chars().take(SHOWN).collect();
            finding = finding.with(Evidence::note("Retry-After", pause));
        }
        notebook.found(finding);
        notebook.ask(row.settles);
    }
    if context.holds() {
        disagreement::without_a_word(context, status, notebook);
    }
    notebook.ask("the whole answer: status, headers and body");
}

fn described(found: &Found) -> String {
    let problem = &found.problem;
    let mut text = match problem.advice() {
        Some(advice) => format!("{}: {advice}", problem.code()),
        None => problem.code().to_string(),
    };
    if found.grounds == Grounds::Inferred {
        let words: Vec<&str> = [&found.provider_code, &found.provider_detail]
            .into_iter()
            .filter_map(Option::as_deref)
            .collect();
        if !words.is_empty() {
            text.push_str(&format!(" ({})", words.join(", ")));
        }
    }
    text
}

/// The row of the table that fits: a provider's own before one for all.
fn row_for(found: &Found) -> Option<&'static Row> {
    let code = found.problem.code().as_str();
    let advice = found.problem.advice().unwrap_or_default().to_lowercase();
    let text = found.recognised.first();
    let is_of = |provider: &&str| text.is_some_and(|text| text.row.providers.contains(provider));
    ROWS.iter().find(|row| {
        row.problem == code
            && advice.contains(row.advice)
            && (row.provider.is_empty() || is_of(&row.provider))
    })
}

/// What the code of the answer means.
fn by_code(context: &Context<'_>, found: &Found, notebook: &mut Notebook) {
    if let Some(row) = row_for(found) {
        suggest(context, row, Some(found), notebook);
    } else if let Some(text) = found.recognised.first() {
        notebook.ask(text.row.settles);
    } else if let Some(row) = catalogue::row(found.problem.code()) {
        notebook.ask(format!("the request; the answer means: {}", row.meaning));
    }
}

/// The causes that the answer allows and that the request does not rule out.
fn suggest(context: &Context<'_>, row: &Row, found: Option<&Found>, notebook: &mut Notebook) {
    let text = found.and_then(|found| found.recognised.first());
    // A cause that the request itself shows is better than one that the answer allows.
    let shown = notebook.findings.iter().any(|known| {
        known.confidence <= Confidence::Likely && row.causes.contains(&known.code.as_str())
    });
    if shown {
        return;
    }
    let causes: Vec<&'static str> = row
        .causes
        .iter()
        .copied()
        .filter(|cause| !is_ruled_out(cause, context, notebook))
        .collect();
    if causes.is_empty() {
        disagreement::on_everything(context, row.causes, notebook);
        return;
    }
    let only = causes.len() == 1 && row.causes.len() == 1;
    let words = found.map_or_else(|| context.words(), described);
    let words: String = words.chars().take(SHOWN).collect();
    for (position, cause) in causes.iter().enumerate() {
        let confidence = if only {
            Confidence::Likely
        } else {
            Confidence::Possible
        };
        let mut finding =
            Finding::of(cause, confidence).with(Evidence::note("answer", words.clone()));
        if let Some(text) = text.filter(|_| position == 0) {
            finding = meaning(finding, text, row);
        }
        if *cause == "time.skew"
            && let Some(note) = direction(&words.to_lowercase())
        {
            finding = finding.with(Evidence::note("clock", note));
        }
        finding.also = causes
            .iter()
            .filter(|other| *other != cause)
            .map(|other| Code::new(other))
            .collect();
        notebook.found(finding);
    }
    let problem = found.and_then(|found| catalogue::row(found.problem.code()));
    if problem.is_some_and(|row| row.retry == Retry::Never) {
        notebook.ok("retry", "the same request will be refused again");
    }
    match text {
        Some(text) if is_general(row) => {
            notebook.ask(text.row.settles);
        }
        _ => notebook.ask(row.settles),
    }
}

/// Which clock is ahead, by the words of the answer.
fn direction(words: &str) -> Option<&'static str> {
    const ROWS: [(&str, &str); 3] = [
        (
            "too old",
            "the client's clock is behind the provider's, or the request waited before it was sent",
        ),
        (
            "in the future",
            "the client's clock is ahead of the provider's",
        ),
        ("too new", "the client's clock is ahead of the provider's"),
    ];
    let row = ROWS.iter().find(|(part, _)| words.contains(part));
    row.map(|(_, note)| *note)
}

/// What is known of this very text: its meaning, and its remedies where the row is a general one.
fn meaning(mut finding: Finding, text: &Recognised, row: &Row) -> Finding {
    finding = finding.with(Evidence::note("meaning", text.row.meaning));
    if row.advice.is_empty() && !row.problem.is_empty() {
        for cause in text.row.causes {
            finding = finding.with(Evidence::note("may be", *cause));
        }
        for remedy in text.row.remedies {
            if !finding.remedies.iter().any(|known| known == remedy) {
                finding.remedies.push((*remedy).to_owned());
            }
        }
    }
    finding
}

/// What the request or the keys at hand speak against.
fn is_ruled_out(cause: &str, context: &Context<'_>, notebook: &Notebook) -> bool {
    let has = |id: &str, status| {
        let mut checks = notebook.checks.iter();
        checks.any(|check| check.id == id && check.status == status)
    };
    let is_ok = |id| has(id, Status::Ok) && !has(id, Status::Fail);
    let method = context.wire.as_ref().and_then(|wire| wire.method);
    let is_kind = |kind| method.is_some_and(|method| method.kind() == kind);
    match cause {
        "rsa.certificate_expired" if is_ok("certificate") => true,
        "sig.mismatch" | "sbs.query_omitted" => context.holds(),
        "hdr.absent" => is_ok("required"),
        "hdr.param_absent" => is_ok("required") && !names_an_absent_one(context),
        "hdr.provider_strict_parser" => !is_ok("required"),
        "hdr.value_malformed" => is_ok("syntax"),
        "protocol.version" => is_ok("version"),
        "time.skew" | "time.unit" => is_ok("timestamp"),
        // A provider that speaks of certificates looks for one, whatever the request declares.
        _ => {
            cause.starts_with("rsa.")
                && is_kind(KeyKind::Secret)
                && !context.words().contains("certificate")
        }
    }
}

/// A row for whatever the provider's own words are.
const fn is_general(row: &Row) -> bool {
    row.advice.is_empty() && row.provider.is_empty() && !row.problem.is_empty()
}

/// Whether the answer says of a parameter that it is absent, and it is.
fn names_an_absent_one(context: &Context<'_>) -> bool {
    let (Some(found), Some(wire)) = (&context.answer, &context.wire) else {
        return false;
    };
    found
        .problem
        .parameters_absent()
        .iter()
        .any(|name| wire.parameters.protocol(name).is_none())
}
