//! The base string that the client printed.

use countersign_signature::KeyKind;
use countersign_verify::SignatureFinding;

use super::base_string::{Other, compare};
use super::explained_by_base_string;
use crate::context::{Context, SignatureState, Wire};
use crate::finding::{Confidence, Evidence, Finding, Side};
use crate::notebook::Notebook;

const ID: &str = "client_base_string";

pub(super) fn run(context: &Context<'_>, wire: &Wire<'_>, text: &str, notebook: &mut Notebook) {
    notebook.tried = notebook.tried.saturating_add(1);
    let reproduced = context.signs(wire, text) == Some(true);
    if text == wire.base_like(text) {
        if is_left_to_the_key(wire) && !notebook.is_reproduced {
            notebook.ok(ID, "equals the one by RFC 5849: the fault is in the key");
            wrong_key(notebook);
        } else {
            notebook.ok(ID, "equals the one by RFC 5849");
        }
        return;
    }
    if wire.signature.holds() {
        notebook.warn(
            ID,
            "differs from RFC 5849, and yet the signature is right: it is not the text that was signed",
        );
        return;
    }
    if reproduced && notebook.is_reproduced {
        // What it differs in has its findings already.
        notebook.fail(
            ID,
            "differs from RFC 5849, and gives the signature received",
        );
        return;
    }
    let other = Other {
        id: ID,
        who: "your client",
        side: Side::Client,
        confidence: if reproduced {
            Confidence::Proven
        } else {
            Confidence::Likely
        },
    };
    compare(context, wire, text, &other, notebook);
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
