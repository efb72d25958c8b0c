//! What the provider says, and what that means beside what the request shows.

mod causes;

use countersign_capture::OwnedAnswer;
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

/// Statuses by which a signature is refused in silence (RFC 5849 section 3.2).
const REFUSALS: [u16; 2] = [400, 401];

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(answer) = context.case.answer else {
        if context.case.request.is_some() {
            notebook.skip(ID, "no answer at hand");
        }
        return;
    };
    let Some(found) = &context.answer else {
        silent(context, answer, notebook);
        return;
    };
    let code = found.problem.code().as_str();
    notebook.warn(ID, described(found));
    if context.holds() && code == "signature_invalid" {
        verifier_disagrees(context, notebook);
        return;
    }
    if notebook.has_proof() {
        return;
    }
    suggest(context, found, notebook);
}

/// The answer names no problem: a yes, or a status that says something by itself.
fn silent(context: &Context<'_>, answer: &OwnedAnswer, notebook: &mut Notebook) {
    if context.is_accepted() {
        notebook.ok(ID, "the provider accepted the request");
        return;
    }
    if answer
        .status()
        .is_some_and(|status| (300..400).contains(&status))
    {
        // Redirects have a rule of their own.
        return;
    }
    notebook.warn(ID, "names no problem that is known");
    if context.holds()
        && answer
            .status()
            .is_some_and(|status| REFUSALS.contains(&status))
    {
        verifier_disagrees(context, notebook);
        return;
    }
    let row = STATUSES
        .iter()
        .find(|row| answer.status() == Some(row.status));
    if let Some(row) = row.filter(|_| !notebook.has_proof()) {
        notebook.found(
            Finding::of(row.cause, Confidence::Possible)
                .with(Evidence::note("answer", format!("status {}", row.status))),
        );
        notebook.ask(row.settles);
    }
    if !notebook.has_proof() {
        notebook.ask("the whole answer: status, headers and body");
    }
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

/// The causes that the answer allows and that the request does not rule out.
fn suggest(context: &Context<'_>, found: &Found, notebook: &mut Notebook) {
    let text = found.recognised.first();
    let Some(row) = row_for(found) else {
        if let Some(text) = text {
            notebook.ask(text.row.settles);
        } else if let Some(row) = catalogue::row(found.problem.code()) {
            notebook.ask(format!("the request; the answer means: {}", row.meaning));
        }
        return;
    };
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
    let only = causes.len() == 1 && row.causes.len() == 1;
    for (position, cause) in causes.iter().enumerate() {
        let confidence = if only {
            Confidence::Likely
        } else {
            Confidence::Possible
        };
        let mut finding =
            Finding::of(cause, confidence).with(Evidence::note("answer", described(found)));
        if let Some(text) = text.filter(|_| position == 0) {
            finding = meaning(finding, text, row);
        }
        finding.also = causes
            .iter()
            .filter(|other| *other != cause)
            .map(|other| Code::new(other))
            .collect();
        notebook.found(finding);
    }
    if catalogue::row(found.problem.code()).is_some_and(|row| row.retry == Retry::Never) {
        notebook.ok("retry", "the same request will be refused again");
    }
    match text {
        Some(text) if row.advice.is_empty() && row.provider.is_empty() => {
            notebook.ask(text.row.settles);
        }
        _ => notebook.ask(row.settles),
    }
}

/// What is known of this very text: its meaning, and its remedies where the row is a general one.
fn meaning(mut finding: Finding, text: &Recognised, row: &Row) -> Finding {
    finding = finding.with(Evidence::note("meaning", text.row.meaning));
    if row.advice.is_empty() {
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
        "rsa.certificate_expired" => is_ok("certificate"),
        "sig.mismatch" | "sbs.query_omitted" => context.holds(),
        "hdr.param_absent" => is_ok("required"),
        "hdr.value_malformed" => is_ok("syntax"),
        "protocol.version" => is_ok("version"),
        _ => cause.starts_with("rsa.") && is_kind(KeyKind::Secret),
    }
}

/// The signature is right by RFC 5849 and the provider says it is not.
fn verifier_disagrees(context: &Context<'_>, notebook: &mut Notebook) {
    if notebook.has_proof() {
        return;
    }
    let is_rsa = context
        .wire
        .as_ref()
        .and_then(|wire| wire.method)
        .is_some_and(|method| method.kind() == KeyKind::Rsa);
    let knows_registered = context
        .case
        .keys
        .is_some_and(|keys| keys.registered_keys().next().is_some());
    if is_rsa && !knows_registered {
        // One's own key only says that one signed; the provider checks with the certificate.
        notebook.found(
            Finding::of("rsa.key_mismatch", Confidence::Possible)
                .with(Evidence::note(
                    "signature",
                    "verifies with your private key; the registered certificate is not at hand",
                ))
                .also("provider.fault"),
        );
        notebook.ask("the certificate registered at the provider (certificate in the keys file)");
    }
    notebook.found(
        Finding::of("provider.fault", Confidence::Possible)
            .saying("the signature is right with these keys, yet the provider refuses it")
            .with(Evidence::note(
                "signature",
                "verifies by RFC 5849 with the keys at hand; leave the code alone",
            ))
            .also("uri.scheme_proxy")
            .also("env.mismatch"),
    );
    notebook.ask(
        "the base string that the provider computes, if it prints one: --provider-base-string FILE",
    );
}
