//! The signature that the provider computed, and the one that it says it received.

use countersign_base_string::Place;
use countersign_problem::ProblemCode;
use countersign_signature::KeyKind;

use super::base_string::Other;
use super::search::explain;
use super::{Told, explained_by_base_string};
use crate::context::{Context, Wire};
use crate::finding::{Confidence, Evidence, Finding, Side};
use crate::notebook::Notebook;
use crate::search::{self, Subject};

const EXPECTED: &str = "provider_signature";
const RECEIVED: &str = "received_signature";

/// What is known of the provider's own signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Computed {
    Known,
    Unknown,
}

pub(super) fn run(
    context: &Context<'_>,
    wire: &Wire<'_>,
    told: &Told,
    notebook: &mut Notebook,
) -> Computed {
    let changed = told
        .received
        .as_deref()
        .is_some_and(|text| received(wire, text, notebook));
    match told.expected.as_deref() {
        Some(text) if !text.is_empty() => {
            expected(context, wire, text, changed, notebook);
            Computed::Known
        }
        _ if changed => Computed::Known,
        _ => Computed::Unknown,
    }
}

/// The signature that the answer quotes as received, against the one on the wire. Gives back
/// whether it changed on the way.
fn received(wire: &Wire<'_>, text: &str, notebook: &mut Notebook) -> bool {
    let Some(sent) = wire.claims.signature().filter(|sent| !sent.is_empty()) else {
        if text.is_empty() {
            notebook.fail(
                RECEIVED,
                "none: the provider says so, and the request has none",
            );
            lost(notebook);
        }
        return false;
    };
    if text == sent {
        notebook.ok(
            RECEIVED,
            "the provider received the signature as it was sent",
        );
        // However it was spelt: this time nothing came of it.
        for finding in &mut notebook.findings {
            if finding.code.as_str() == "sig.not_percent_encoded" {
                finding.confidence = Confidence::Possible;
            }
        }
        return false;
    }
    let sure = if wire.signature.holds() {
        // Right as sent, and readably not what arrived.
        Confidence::Proven
    } else {
        Confidence::Likely
    };
    // A PLAINTEXT signature is a secret: its shape is told, not its text.
    let evidence = |note: &str| Evidence::note("oauth_signature", note.to_owned());
    let finding = if text.is_empty() {
        Finding::of("hdr.param_lost", sure)
            .on(Side::Network)
            .with(evidence(
                "the provider received an empty signature, although one was sent",
            ))
    } else if text.replace(' ', "+") == sent {
        plus_lost(wire, sure).with(evidence(
            "the provider received blanks where the signature has plus signs",
        ))
    } else if countersign_encoding::decode(text).is_ok_and(|decoded| decoded == sent) {
        Finding::of("sig.double_encoded", sure).with(evidence(
            "the provider received the signature percent-encoded, so it was encoded once too often or decoded once too seldom",
        ))
    } else if text.len() >= 8 && sent.starts_with(text) {
        Finding::of("sig.not_percent_encoded", sure).with(evidence(
            "the provider received only the beginning of the signature: a sign in it that is not encoded ended the value",
        ))
    } else {
        notebook.warn(
            RECEIVED,
            "the provider quotes another signature than the one in this request: the answer may belong to another request",
        );
        notebook.ask("request and answer of one and the same attempt");
        return false;
    };
    notebook.fail(RECEIVED, finding.summary.clone());
    explained_by_base_string(notebook);
    notebook.found(finding);
    true
}

/// The request lacks it, and so does what the provider received: it was lost before.
fn lost(notebook: &mut Notebook) {
    notebook
        .findings
        .retain(|finding| finding.code.as_str() != "sig.mismatch");
    notebook.found(
        Finding::of("hdr.param_lost", Confidence::Likely).with(Evidence::note(
            "oauth_signature",
            "the provider shows that it received none",
        )),
    );
    // What the request lacks follows from what was lost.
    let lost = notebook
        .findings
        .iter()
        .position(|finding| finding.code.as_str() == "hdr.param_lost");
    if let Some(lost) = lost {
        let finding = notebook.findings.remove(lost);
        notebook
            .findings
            .insert(0, finding.also("hdr.param_absent"));
    }
    notebook
        .ask("the request as your program hands it to the network: whether the signature is in it");
}

/// Plus signs that became blanks: not encoded by the client, or decoded twice by the provider.
fn plus_lost(wire: &Wire<'_>, sure: Confidence) -> Finding {
    let raw_plus = wire.parameters.iter().any(|parameter| {
        parameter.is_named("oauth_signature")
            && parameter.raw_value().is_some_and(|raw| raw.contains(&b'+'))
    });
    let finding = Finding::of("sig.not_percent_encoded", sure);
    if raw_plus {
        return finding;
    }
    let in_header = wire.claims.signature().is_some()
        && wire.parameters.places().any(|place| place == Place::Header);
    let mut finding = finding
        .on(Side::Verifier)
        .saying("the provider reads plus signs of the signature as blanks although they were sent encoded: it decodes once too often");
    finding.remedies = vec![
        "Sign again with another nonce until the signature holds no plus sign: such requests pass.".to_owned(),
        if in_header {
            "Send the OAuth parameters in the query or a form body, where servers decode once."
        } else {
            "Send the OAuth parameters in the Authorization header."
        }
        .to_owned(),
        "If you run the server: decode every value once, by RFC 5849 section 3.6 (rawurldecode, not urldecode).".to_owned(),
    ];
    finding
}

fn expected(
    context: &Context<'_>,
    wire: &Wire<'_>,
    text: &str,
    changed: bool,
    notebook: &mut Notebook,
) {
    notebook.tried = notebook.tried.saturating_add(1);
    let holds = wire.signature.holds();
    match context.verifies(wire, text, &wire.base) {
        Some(true) if holds && changed => notebook.ok(
            EXPECTED,
            "equals the one you sent: only what arrived differs",
        ),
        Some(true) if holds => {
            notebook.ok(EXPECTED, "equals the one received and the one by RFC 5849");
            let is_about_it = context
                .problem_code()
                .is_none_or(|code| code == ProblemCode::SIGNATURE_INVALID.as_str());
            if context.is_refused() && is_about_it {
                notebook.found(compared_wrongly());
                notebook
                    .ask("the signature as the provider received it, from its log or its answer");
            }
        }
        Some(true) => {
            notebook.ok(
                EXPECTED,
                "is the one by RFC 5849: keys and reading of the provider are right",
            );
            notebook.ask(
                "the base string that your client signed, printed by it: --client-base-string FILE",
            );
        }
        Some(false) if holds => {
            notebook.fail(
                EXPECTED,
                "is not the one by RFC 5849, while yours is: the provider computes something else",
            );
            if searched(context, wire, text, notebook) {
                return;
            }
            notebook.ask("the base string that the provider computes: --provider-base-string FILE");
        }
        Some(false) => notebook.warn(EXPECTED, "is not the one by RFC 5849 with the keys at hand"),
        None => notebook.skip(EXPECTED, "needs keys"),
    }
}

/// Both sides have the same signature, and it is refused: nothing but the comparison is left.
fn compared_wrongly() -> Finding {
    let mut finding = Finding::of("sig.not_percent_encoded", Confidence::Likely)
        .on(Side::Verifier)
        .saying("the provider expects exactly the signature that was sent, and refuses it: it compares something else than what it received")
        .with(Evidence::note(
            "oauth_signature",
            "the expected one, the sent one and the one by RFC 5849 are equal",
        ));
    finding.remedies = vec![
        "Show the provider both values: equal signatures are refused, so the comparison or the decoding before it is at fault.".to_owned(),
        "Try signatures without '+', '/' and '=' inside: sign with other nonces, and look which of them pass.".to_owned(),
    ];
    finding
}

/// What gives the provider's signature, if anything does with the keys at hand.
fn searched(context: &Context<'_>, wire: &Wire<'_>, text: &str, notebook: &mut Notebook) -> bool {
    let by_secret = wire
        .method
        .is_some_and(|method| method.kind() == KeyKind::Secret);
    let budget = context.case.budget();
    if !by_secret || budget == 0 {
        return false;
    }
    let subject = Subject::of(wire, context);
    let outcome = search::signature(&subject, text, wire.method, &[], budget);
    let other = Other {
        id: EXPECTED,
        who: "the provider",
        side: Side::Verifier,
        // What gives its signature with the keys at hand is what it computes.
        confidence: Confidence::Proven,
    };
    explain(wire, &outcome, &other, notebook)
}
