//! In what a printed base string differs from the one by RFC 5849, as findings.

use countersign_base_string::{Difference, Place, diff};
use countersign_encoding::decode;

use super::remedy;
use crate::context::{Context, Wire};
use crate::difference;
use crate::finding::{Confidence, Evidence, Finding, Side};
use crate::notebook::Notebook;
use crate::search::{self, Subject};

/// More differences than this are counted, not shown.
const SHOWN: usize = 12;

/// More candidates are not compared with a text: its parts are looked up one by one.
const BUDGET: u64 = 200_000;

/// Who computed the other base string, and what it proves.
pub(super) struct Other {
    pub(super) id: &'static str,
    pub(super) who: &'static str,
    pub(super) side: Side,
    pub(super) confidence: Confidence,
}

/// Writes down what `text` was made by, or in what it differs from the base string by RFC 5849.
pub(super) fn compare(
    context: &Context<'_>,
    wire: &Wire<'_>,
    text: &str,
    other: &Other,
    notebook: &mut Notebook,
) {
    if !is_by_name(wire, text, other) {
        let subject = Subject::of(wire, context);
        let outcome = search::text(&subject, text, context.case.budget().min(BUDGET));
        if super::search::explain(wire, &outcome, other, notebook) {
            return;
        }
    }
    by_differences(wire, text, other, notebook);
}

/// Whether the texts differ in a parameter called realm that the provider leaves out: it does so by
/// the name, which says more than the place it was left out from.
fn is_by_name(wire: &Wire<'_>, text: &str, other: &Other) -> bool {
    let is_realm = |difference: &Difference| {
        let Difference::ParameterMissing { name, .. } = difference else {
            return false;
        };
        name == "realm"
    };
    other.side == Side::Verifier
        && diff(wire.base_like(text), text)
            .is_ok_and(|found| !found.is_empty() && found.iter().all(is_realm))
}

/// Writes down in what `text` differs from the base string by RFC 5849.
fn by_differences(wire: &Wire<'_>, text: &str, other: &Other, notebook: &mut Notebook) {
    let differences = match diff(wire.base_like(text), text) {
        Ok(differences) => differences,
        Err(error) => {
            notebook.fail(other.id, error.to_string());
            let finding = Finding::of("sbs.structure", other.confidence)
                .on(other.side)
                .with(Evidence::note("base string", error.to_string()));
            notebook.found(finding);
            return;
        }
    };
    let count = differences.len();
    let things = if count == 1 { "thing" } else { "things" };
    notebook.fail(
        other.id,
        format!("differs from RFC 5849 in {count} {things}"),
    );
    let mut found: Vec<Finding> = differences
        .iter()
        .take(SHOWN)
        .map(|difference| finding(difference, wire, other))
        .collect();
    // A URI that is not absolute has another path too.
    let is_relative = |finding: &Finding| finding.code.as_str() == "uri.malformed";
    if found.iter().any(is_relative) {
        for finding in &mut found {
            if finding.code.as_str().starts_with("uri.") {
                let evidence = core::mem::take(&mut finding.evidence);
                *finding = Finding::of("uri.malformed", finding.confidence).on(finding.side);
                finding.evidence = evidence;
            }
        }
    }
    // A query left in the URI is one fault, not a second one for the parameters that lack it.
    let in_uri = found
        .iter()
        .any(|finding| finding.code.as_str() == "sbs.query_in_uri");
    found.retain(|finding| !(in_uri && finding.code.as_str() == "sbs.query_omitted"));
    for finding in found {
        let finding = if other.side == Side::Verifier {
            let (finding, next) = remedy::of_verifier(finding, wire, text);
            if let Some(next) = next {
                notebook.ask(next);
            }
            finding
        } else {
            finding
        };
        notebook.found(finding);
    }
}

fn finding(difference: &Difference, wire: &Wire<'_>, other: &Other) -> Finding {
    let code = by_origin(difference::code(difference), difference, wire, other.side);
    Finding::of(code, other.confidence)
        .on(other.side)
        .with(evidence_of(difference, other))
}

/// A difference with both sides.
pub(super) fn evidence_of(difference: &Difference, other: &Other) -> Evidence {
    let sentence = difference.of("the rule", other.who).to_string();
    let subject = difference::subject(difference);
    match difference::sides(difference) {
        Some((ours, theirs)) => Evidence {
            note: Some(sentence),
            ..Evidence::sides(subject, theirs, ours)
        },
        None => Evidence::note(subject, sentence),
    }
}

/// A missing parameter is named after the place it was left out from, an added one after the place
/// it was read from.
fn by_origin(
    code: &'static str,
    difference: &Difference,
    wire: &Wire<'_>,
    side: Side,
) -> &'static str {
    match (difference, code) {
        (Difference::ParameterExtra { name, .. }, "sbs.param_added") => {
            from_body(wire, name).unwrap_or(code)
        }
        // A server that listens on a port of its own, or writes out the one that goes without.
        (
            Difference::Port {
                theirs: Some(port), ..
            },
            _,
        ) if side == Side::Verifier => {
            if matches!(port.as_str(), "80" | "443") {
                "uri.default_port"
            } else {
                "uri.proxy_port"
            }
        }
        // Whoever leaves out every parameter of this name takes it for the realm of the header.
        (Difference::ParameterMissing { name, .. }, _)
            if name == "realm" && side == Side::Verifier =>
        {
            "sbs.realm_included"
        }
        (Difference::ParameterMissing { name, .. }, "sbs.param_missing") => {
            let place = wire
                .parameters
                .iter()
                .find(|parameter| parameter.encoded_name() == name.as_str())
                .map(|parameter| parameter.place());
            match place {
                Some(Place::Query) => "sbs.query_omitted",
                Some(Place::Body) => "sbs.form_body_omitted",
                _ => code,
            }
        }
        _ => code,
    }
}

/// A parameter that stands in a body which is no form was read out of it by mistake.
fn from_body(wire: &Wire<'_>, name: &str) -> Option<&'static str> {
    let body = wire.request.body();
    if wire.request.is_form_body() || body.is_empty() || name.is_empty() {
        return None;
    }
    let name = decode(name).ok()?;
    let body = String::from_utf8_lossy(body);
    body.contains(name.as_ref()).then(|| {
        let of_type = wire.request.content_type().unwrap_or_default();
        if of_type.to_ascii_lowercase().starts_with("multipart/") {
            "sbs.multipart_or_file_field"
        } else {
            "sbs.non_form_body_included"
        }
    })
}
