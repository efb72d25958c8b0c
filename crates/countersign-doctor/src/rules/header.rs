//! What stands in the `Authorization` field beside the protocol parameters, and how it is spelt.

use countersign_base_string::{Parameter, Place};
use countersign_capture::EchoKind;
use countersign_encoding::encode_bytes;

use crate::context::{Context, Wire};
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

/// More names are not listed.
const SHOWN: usize = 8;

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(wire) = &context.wire else { return };
    raw_signature(context, wire, notebook);
    extra(context, wire, notebook);
    elsewhere(context, wire, notebook);
}

/// A signature whose plus signs were left as they are: a form decoder makes blanks of them.
fn raw_signature(context: &Context<'_>, wire: &Wire<'_>, notebook: &mut Notebook) {
    let Some(signature) = wire.parameters.protocol("oauth_signature") else {
        return;
    };
    let Some(raw) = signature.raw_value() else {
        return;
    };
    if signature.place() != Place::Header || wire.method.is_some_and(|m| m.is_plaintext()) {
        // Where a plus is a blank, the blank shows in the signature itself.
        return;
    }
    if says_what_arrived(context) {
        // The provider says what arrived, which tells more.
        return;
    }
    let has = |mark: u8| raw.contains(&mark);
    if has(b'+') {
        let confidence = if wire.signature.holds() {
            Confidence::Proven
        } else {
            Confidence::Likely
        };
        notebook.fail("encoding", "a plus stands unencoded in the signature");
        notebook.found(
            Finding::of("sig.not_percent_encoded", confidence).with(Evidence::sides(
                "oauth_signature",
                "'+' as it is, which many servers read as a blank",
                "%2B",
            )),
        );
    } else if has(b'=') || has(b'/') {
        notebook.warn("encoding", "'=' or '/' stand unencoded in the signature");
        if context.is_refused() && !wire.signature.holds() {
            notebook
                .ask("a second refused request: whether only those with '+' in the signature fail");
        }
    }
}

/// Whether the answer quotes the signature that the provider received.
fn says_what_arrived(context: &Context<'_>) -> bool {
    let found = context.answer.as_ref();
    found.is_some_and(|found| found.presented_signature.is_some())
        || context.case.answer.is_some_and(|answer| {
            let echoes = answer.echoes();
            echoes
                .iter()
                .any(|echo| echo.kind() == EchoKind::ReceivedSignature)
        })
}

/// Parameters of the query or form, handed over as parameters of the header.
fn extra(context: &Context<'_>, wire: &Wire<'_>, notebook: &mut Notebook) {
    let is_extra = |parameter: &&Parameter<'_>| {
        parameter.place() == Place::Header
            && parameter.is_signed()
            && !parameter.name().starts_with(b"oauth_")
            && !parameter.name().starts_with(b"xoauth_")
    };
    let extras: Vec<&Parameter<'_>> = wire.parameters.iter().filter(is_extra).collect();
    if extras.is_empty() {
        return;
    }
    let is_elsewhere = |extra: &&&Parameter<'_>| {
        wire.parameters
            .iter()
            .any(|other| other.place() != Place::Header && other.name() == extra.name())
    };
    let twice = extras.iter().filter(is_elsewhere).count();
    let names: Vec<String> = extras
        .iter()
        .take(SHOWN)
        .map(|parameter| parameter.name_lossy().into_owned())
        .collect();
    notebook.warn(
        "header",
        format!(
            "parameters beside oauth_ ones and realm: {}",
            names.join(", ")
        ),
    );
    if wire.signature.holds() && !context.is_refused() {
        return;
    }
    notebook.tried = notebook.tried.saturating_add(1);
    let proven = !wire.signature.holds() && context.holds_with(&without_extras(wire));
    let confidence = if proven {
        Confidence::Proven
    } else if twice > 0 {
        Confidence::Likely
    } else {
        Confidence::Possible
    };
    let mut finding = Finding::of("hdr.extra_params", confidence).with(Evidence::note(
        "Authorization",
        format!(
            "holds {}{}",
            names.join(", "),
            if twice > 0 {
                ", which the query or the form has too"
            } else {
                ""
            }
        ),
    ));
    if proven {
        finding = finding.with(Evidence::note(
            "signature",
            "was made without them: it verifies once they are gone from the header",
        ));
    }
    notebook.found(finding);
}

/// The field with the protocol parameters alone.
fn without_extras(wire: &Wire<'_>) -> String {
    let pairs: Vec<String> = wire
        .parameters
        .iter()
        .filter(|one| one.place() == Place::Header && one.name().starts_with(b"oauth_"))
        .map(|one| {
            format!(
                "{}=\"{}\"",
                encode_bytes(&one.name()),
                encode_bytes(&one.value())
            )
        })
        .collect();
    format!("OAuth {}", pairs.join(", "))
}

/// All protocol parameters in the query: allowed, and not read by every endpoint.
fn elsewhere(context: &Context<'_>, wire: &Wire<'_>, notebook: &mut Notebook) {
    let is_known = wire
        .provider
        .is_some_and(|provider| !provider.placement.is_empty());
    let mut places = wire.parameters.places();
    let (Some(Place::Query), None) = (places.next(), places.next()) else {
        return;
    };
    if is_known || !wire.signature.holds() || context.is_accepted() {
        return;
    }
    notebook.found(
        Finding::of("hdr.param_location", Confidence::Possible)
            .saying("the oauth_ parameters stand in the query, where not every endpoint reads them")
            .with(Evidence::note(
                "place",
                "RFC 5849 section 3.5 prefers the header; the query comes last",
            )),
    );
    notebook
        .ask_otherwise("the same request with the oauth_ parameters in the Authorization header");
}
