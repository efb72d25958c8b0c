//! What the provider says, and what that means beside what the request shows.

use countersign_problem::Found;
use countersign_problem::catalogue::{self, Retry};

use crate::code::Code;
use crate::context::Context;
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

const ID: &str = "answer";

/// Causes that an answer allows, most likely first; the first row that fits counts.
struct Row {
    /// The problem code.
    problem: &'static str,
    /// A part of the advice, in lower case; empty fits any.
    advice: &'static str,
    /// The codes of the causes.
    causes: &'static [&'static str],
    /// What tells them apart.
    settles: &'static str,
}

const fn row(
    problem: &'static str,
    advice: &'static str,
    causes: &'static [&'static str],
    settles: &'static str,
) -> Row {
    Row {
        problem,
        advice,
        causes,
        settles,
    }
}

const ROWS: &[Row] = &[
    row(
        "token_rejected",
        "has not been authorized",
        &["token.revoked", "token.role_changed", "token.replaced"],
        "the provider's list of connected applications: who disconnected or connected it last, and when",
    ),
    row(
        "token_rejected",
        "does not match an expected",
        &["token.renewal_stale", "token.wrong_type"],
        "your log of renewals: whether a renewal succeeded whose token was not stored",
    ),
    row(
        "token_rejected",
        "",
        &[
            "token.unknown",
            "token.revoked",
            "token.replaced",
            "env.mismatch",
        ],
        "whether the same token worked before, and against which host",
    ),
    row(
        "token_revoked",
        "",
        &["token.revoked", "token.replaced"],
        "the provider's list of connected applications",
    ),
    row(
        "token_expired",
        "",
        &["token.expired"],
        "the time the token was issued and its oauth_expires_in",
    ),
    row(
        "access_token_expired",
        "",
        &["token.expired"],
        "the time the token was issued and its oauth_expires_in",
    ),
    row(
        "token_used",
        "",
        &["token.used"],
        "whether the callback of your application runs twice",
    ),
    row(
        "timestamp_refused",
        "",
        &["time.skew", "time.unit"],
        "the request, or the Date header of the answer",
    ),
    row(
        "nonce_used",
        "",
        &["nonce.reuse"],
        "both requests: compare their oauth_nonce",
    ),
    row(
        "signature_method_rejected",
        "no certificates",
        &["rsa.certificate_expired", "rsa.no_certificate"],
        "the end date of the certificate you uploaded: countersign cert inspect FILE",
    ),
    row(
        "signature_method_rejected",
        "must use",
        &["sig.method_required"],
        "the kind of application at the provider",
    ),
    row(
        "signature_method_rejected",
        "",
        &["sig.method_unsupported", "sig.method_required"],
        "the methods in the provider's documentation",
    ),
    row(
        "signature_invalid",
        "",
        &["sig.mismatch", "rsa.key_mismatch"],
        "the request and your keys: --keys FILE",
    ),
    row(
        "consumer_key_unknown",
        "",
        &["consumer.unknown", "env.mismatch"],
        "the consumer key in the provider's portal, character by character",
    ),
    row(
        "consumer_key_rejected",
        "",
        &["consumer.rejected"],
        "the state of the application in the provider's portal",
    ),
    row(
        "consumer_key_refused",
        "",
        &["consumer.throttled"],
        "whether it works again after a pause",
    ),
    row(
        "rate limit exceeded",
        "",
        &["ratelimit"],
        "whether it works again after a pause",
    ),
    row(
        "permission_denied",
        "",
        &["permission.denied"],
        "the role of the user and the permissions of the application",
    ),
    row(
        "permission_unknown",
        "",
        &["permission.undecided"],
        "whether the user has approved",
    ),
    row(
        "user_refused",
        "",
        &["permission.denied"],
        "what the user decided",
    ),
    row(
        "additional_authorization_required",
        "",
        &["permission.denied"],
        "what else the user has to approve",
    ),
    row(
        "parameter_absent",
        "",
        &["hdr.param_absent", "hdr.stripped", "callback.config"],
        "the request as the application received it",
    ),
    row(
        "parameter_rejected",
        "",
        &["hdr.value_malformed", "callback.config"],
        "the request",
    ),
    row("version_rejected", "", &["protocol.version"], "the request"),
];

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    if context.case.answer.is_none() {
        if context.case.request.is_some() {
            notebook.skip(ID, "no answer at hand");
        }
        return;
    }
    let Some(found) = &context.answer else {
        notebook.warn(ID, "names no problem that is known");
        notebook.ask("the whole answer: status, headers and body");
        return;
    };
    let code = found.problem.code().as_str();
    notebook.warn(ID, described(found));
    let holds = context
        .wire
        .as_ref()
        .is_some_and(|wire| wire.signature.holds());
    if holds && code == "signature_invalid" {
        verifier_disagrees(notebook);
        return;
    }
    if notebook.has_proof() {
        return;
    }
    suggest(found, notebook);
}

fn described(found: &Found) -> String {
    let problem = &found.problem;
    match problem.advice() {
        Some(advice) => format!("{}: {advice}", problem.code()),
        None => problem.code().to_string(),
    }
}

/// The causes that the answer allows and that the request does not rule out.
fn suggest(found: &Found, notebook: &mut Notebook) {
    let code = found.problem.code().as_str();
    let advice = found.problem.advice().unwrap_or_default().to_lowercase();
    let fits = ROWS
        .iter()
        .find(|row| row.problem == code && advice.contains(row.advice));
    let Some(row) = fits else {
        if let Some(row) = catalogue::row(found.problem.code()) {
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
    let only = row.causes.len() == 1;
    for cause in row.causes {
        let confidence = if only {
            Confidence::Likely
        } else {
            Confidence::Possible
        };
        let mut finding =
            Finding::of(cause, confidence).with(Evidence::note("answer", described(found)));
        finding.also = row
            .causes
            .iter()
            .filter(|other| *other != cause)
            .map(|other| Code::new(other))
            .collect();
        notebook.found(finding);
    }
    if catalogue::row(found.problem.code()).is_some_and(|row| row.retry == Retry::Never) {
        notebook.ok("retry", "the same request will be refused again");
    }
    notebook.ask(row.settles);
}

/// The signature is right by RFC 5849 and the provider says it is not.
fn verifier_disagrees(notebook: &mut Notebook) {
    if notebook.has_proof() {
        return;
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
