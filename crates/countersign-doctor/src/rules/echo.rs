//! A base string or signature that one of the sides printed, against the one by RFC 5849.

use countersign_base_string::{Difference, diff};
use countersign_capture::unescape::peel;
use countersign_encoding::decode;
use countersign_signature::KeyKind;
use countersign_verify::SignatureFinding;

use crate::context::{Context, SignatureState, Wire};
use crate::difference;
use crate::finding::{Confidence, Evidence, Finding, Side};
use crate::notebook::Notebook;

/// More differences than this are counted, not shown.
const SHOWN: usize = 12;

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(wire) = &context.wire else { return };
    if let Some(text) = context.case.client_base_string {
        client(context, wire, &bare(text), notebook);
    }
    let echoed = context
        .answer
        .as_ref()
        .and_then(|found| found.base_string_echo.as_deref());
    if let Some(text) = context.case.provider_base_string.or(echoed) {
        provider(context, wire, &bare(text), notebook);
    }
    let expected = context
        .answer
        .as_ref()
        .and_then(|found| found.expected_signature.as_deref());
    if let Some(text) = context.case.provider_signature.or(expected) {
        expected_signature(context, wire, text.trim(), notebook);
    }
}

/// The base string itself, whatever layers (JSON, HTML, percent) a log or a page put around it.
fn bare(text: &str) -> String {
    let text = text.trim();
    let text = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    peel(text).map_or_else(|| text.to_owned(), |peeled| peeled.as_str().to_owned())
}

/// Who computed the other base string, and what it proves.
struct Other {
    id: &'static str,
    who: &'static str,
    side: Side,
    confidence: Confidence,
}

fn client(context: &Context<'_>, wire: &Wire<'_>, text: &str, notebook: &mut Notebook) {
    notebook.tried = notebook.tried.saturating_add(1);
    let reproduced = context.signs(wire, text) == Some(true);
    if text == wire.base_like(text) {
        if is_left_to_the_key(wire) {
            notebook.ok(
                "client_base_string",
                "equals the one by RFC 5849: the fault is in the key",
            );
            wrong_key(notebook);
        } else {
            notebook.ok("client_base_string", "equals the one by RFC 5849");
        }
        return;
    }
    if wire.signature.holds() {
        notebook.warn(
            "client_base_string",
            "differs from RFC 5849, and yet the signature is right: it is not the text that was signed",
        );
        return;
    }
    let other = Other {
        id: "client_base_string",
        who: "your client",
        side: Side::Client,
        confidence: if reproduced {
            Confidence::Proven
        } else {
            Confidence::Likely
        },
    };
    compare(wire, text, &other, notebook);
    if reproduced {
        explained_by_base_string(notebook);
        notebook.ok(
            "keys",
            "the client's base string gives the signature received: the keys are right",
        );
    }
}

/// The base string is right and the signature, readable as one, is not: only the key is left. RSA
/// tells more by itself.
fn is_left_to_the_key(wire: &Wire<'_>) -> bool {
    wire.signature == SignatureState::Known(SignatureFinding::Differs)
        && wire
            .method
            .is_some_and(|method| method.kind() == KeyKind::Secret)
}

fn wrong_key(notebook: &mut Notebook) {
    notebook
        .findings
        .retain(|finding| finding.code.as_str() != "sig.mismatch");
    notebook.found(
        Finding::of("key.wrong_value", Confidence::Likely).with(Evidence::note(
            "base string",
            "the client signs the right text, so it signs with another key than the one at hand",
        )),
    );
}

fn provider(context: &Context<'_>, wire: &Wire<'_>, text: &str, notebook: &mut Notebook) {
    const ID: &str = "provider_base_string";
    if text == wire.base_like(text) {
        notebook.ok(
            ID,
            "equals the one by RFC 5849: the provider reads the request rightly",
        );
        return;
    }
    notebook.tried = notebook.tried.saturating_add(1);
    if context.signs(wire, text) == Some(true) {
        // Both sides agree on a text that is not this request's: what this request differs in may
        // have changed on the way, and is no cause by itself.
        explained_by_base_string(notebook);
        let other = Other {
            id: ID,
            who: "the provider",
            side: Side::Network,
            confidence: Confidence::Possible,
        };
        compare(wire, text, &other, notebook);
        notebook.warn(
            ID,
            "the signature is right for the provider's own base string: it is not the signature, or the request changed on the way",
        );
        notebook.ask("the request as the provider received it");
        return;
    }
    let confidence = if wire.signature.holds() && !context.is_accepted() {
        // Right by the RFC, and the provider shows that it computes something else.
        Confidence::Proven
    } else {
        Confidence::Likely
    };
    let other = Other {
        id: ID,
        who: "the provider",
        side: Side::Verifier,
        confidence,
    };
    compare(wire, text, &other, notebook);
}

/// Writes down in what `text` differs from the base string by RFC 5849.
fn compare(wire: &Wire<'_>, text: &str, other: &Other, notebook: &mut Notebook) {
    let differences = match diff(wire.base_like(text), text) {
        Ok(differences) => differences,
        Err(error) => {
            notebook.fail(other.id, error.to_string());
            notebook.found(
                Finding::of("sbs.structure", other.confidence)
                    .on(other.side)
                    .with(Evidence::note("base string", error.to_string())),
            );
            return;
        }
    };
    let count = differences.len();
    let things = if count == 1 { "thing" } else { "things" };
    notebook.fail(
        other.id,
        format!("differs from RFC 5849 in {count} {things}"),
    );
    let found: Vec<Finding> = differences
        .iter()
        .take(SHOWN)
        .map(|difference| finding(difference, wire, other))
        .collect();
    // A query left in the URI is one fault, not a second one for the parameters that lack it.
    let in_uri = found
        .iter()
        .any(|finding| finding.code.as_str() == "sbs.query_in_uri");
    for finding in found {
        if !(in_uri && finding.code.as_str() == "sbs.query_omitted") {
            notebook.found(finding);
        }
    }
}

fn finding(difference: &Difference, wire: &Wire<'_>, other: &Other) -> Finding {
    let mut code = difference::code(difference);
    if other.side == Side::Verifier {
        code = match code {
            "uri.scheme_server" => "uri.scheme_proxy",
            "uri.default_port" => "uri.proxy_port",
            code => code,
        };
    }
    code = by_origin(code, difference, wire);
    let sentence = difference.of("the rule", other.who).to_string();
    let subject = difference::subject(difference);
    let evidence = match difference::sides(difference) {
        Some((ours, theirs)) => Evidence {
            note: Some(sentence),
            ..Evidence::sides(subject, theirs, ours)
        },
        None => Evidence::note(subject, sentence),
    };
    Finding::of(code, other.confidence)
        .on(other.side)
        .with(evidence)
}

/// A missing parameter is named after the place it was left out from.
fn by_origin(code: &'static str, difference: &Difference, wire: &Wire<'_>) -> &'static str {
    use countersign_base_string::Place;
    if let Difference::ParameterExtra { name, .. } = difference
        && code == "sbs.param_added"
    {
        return from_body(wire, name).unwrap_or(code);
    }
    let Difference::ParameterMissing { name, .. } = difference else {
        return code;
    };
    if code != "sbs.param_missing" {
        return code;
    }
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

fn expected_signature(context: &Context<'_>, wire: &Wire<'_>, text: &str, notebook: &mut Notebook) {
    const ID: &str = "provider_signature";
    notebook.tried = notebook.tried.saturating_add(1);
    match context.verifies(wire, text, &wire.base) {
        Some(true) if wire.signature.holds() => {
            notebook.ok(ID, "equals the one received and the one by RFC 5849");
        }
        Some(true) => {
            notebook.ok(
                ID,
                "is the one by RFC 5849: keys and reading of the provider are right",
            );
            notebook.ask(
                "the base string that your client signed, printed by it: --client-base-string FILE",
            );
        }
        Some(false) if wire.signature.holds() => {
            notebook.fail(
                ID,
                "is not the one by RFC 5849, while yours is: the provider computes something else",
            );
            notebook.ask("the base string that the provider computes: --provider-base-string FILE");
        }
        Some(false) => notebook.warn(ID, "is not the one by RFC 5849 with the keys at hand"),
        None => notebook.skip(ID, "needs keys"),
    }
}

/// What the signature rules left open is answered by the base string.
fn explained_by_base_string(notebook: &mut Notebook) {
    notebook.next = None;
    notebook.findings.retain(|finding| {
        !matches!(
            finding.code.as_str(),
            "sig.mismatch" | "rsa.other_base_string"
        )
    });
}
