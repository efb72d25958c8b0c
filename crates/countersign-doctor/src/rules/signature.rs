//! The signature itself, with the keys at hand.

use countersign_base_string::Scheme;
use countersign_signature::KeyKind;
use countersign_verify::SignatureFinding;

use crate::context::{Context, SignatureState, Wire};
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

const ID: &str = "signature";

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(wire) = &context.wire else { return };
    match wire.signature {
        SignatureState::NoKeys => no_keys(context, wire, notebook),
        SignatureState::Known(finding) => {
            notebook.tried = notebook.tried.saturating_add(1);
            known(context, wire, finding, notebook);
        }
    }
}

fn no_keys(context: &Context<'_>, wire: &Wire<'_>, notebook: &mut Notebook) {
    let Some(method) = wire.method else {
        notebook.skip(ID, "the method is not known");
        return;
    };
    let needed = match method.kind() {
        KeyKind::Rsa => "the certificate registered at the provider",
        _ => "the consumer secret, and the token secret if there is a token",
    };
    let has_any = context.case.keys.is_some_and(|keys| {
        keys.consumer_secret().is_some()
            || keys.registered_keys().next().is_some()
            || keys.private_key().is_some()
    });
    if has_any {
        notebook.fail(
            ID,
            format!(
                "{} needs {needed}; the keys at hand are of another kind",
                method.name()
            ),
        );
        notebook.found(
            Finding::of("key.other_kind", Confidence::Likely).with(Evidence::note(
                "keys",
                format!("{} needs {needed}", method.name()),
            )),
        );
        return;
    }
    notebook.skip(ID, format!("needs {needed}"));
    notebook.ask(format!("a keys file (--keys) with {needed}"));
}

fn known(
    context: &Context<'_>,
    wire: &Wire<'_>,
    finding: SignatureFinding,
    notebook: &mut Notebook,
) {
    match finding {
        SignatureFinding::Holds => {
            let by = match (wire.held_by, wire.provider) {
                (Some(quirk), Some(row)) => {
                    format!(", as {} has it ({}: {})", row.name, quirk.id, quirk.effect)
                }
                _ => String::new(),
            };
            notebook.ok(
                ID,
                format!(
                    "verifies with the keys at hand{by}: it is not the signature; leave the code alone"
                ),
            );
            if !wire.scheme_known && wire.request.uri().scheme() == Scheme::Http {
                notebook.warn(
                    "scheme",
                    "not in the input; the signature verifies for http, not https",
                );
            }
        }
        SignatureFinding::Differs => {
            notebook.fail(ID, "does not match the keys at hand");
            if !wire.scheme_known {
                notebook.warn("scheme", "not in the input; https and http were both tried");
            }
            // RSA is opened by a rule of its own, which says more.
            if wire
                .method
                .is_some_and(|method| method.kind() == KeyKind::Rsa)
            {
                return;
            }
            // A misspelt signature can't match; the misspelling is the cause.
            if notebook
                .findings
                .iter()
                .any(|known| is_misspelling(known.code.as_str()))
            {
                return;
            }
            notebook.found(
                Finding::of("sig.mismatch", Confidence::Possible)
                    .with(Evidence::note(
                        "signature",
                        "the signature received is not the one computed over the base string by RFC 5849",
                    ))
                    .also("key.wrong_value"),
            );
            other_keys(context, wire, notebook);
            if context.case.client_base_string.is_none() {
                notebook.ask(
                    "the base string that your client signed, printed by it: --client-base-string FILE",
                );
            }
        }
        // The spelling has a rule of its own.
        SignatureFinding::Malformed => notebook.skip(ID, "it is not readable as one"),
        SignatureFinding::Absent => notebook.skip(ID, "none is in the request"),
        SignatureFinding::UnknownMethod | SignatureFinding::OtherKindOfKey => {
            notebook.skip(ID, "the method and the keys at hand do not go together");
        }
        _ => notebook.skip(ID, "not checked"),
    }
}

/// A finding about the spelling of the signature itself.
fn is_misspelling(code: &str) -> bool {
    code.starts_with("sig.") || code.starts_with("spec.")
}

/// The keys at hand belong to somebody else than the request names: then it can't match.
fn other_keys(context: &Context<'_>, wire: &Wire<'_>, notebook: &mut Notebook) {
    let Some(keys) = context.case.keys else {
        return;
    };
    let pairs = [
        (
            "consumer_key",
            wire.claims.consumer_key(),
            keys.consumer_key(),
        ),
        ("token", wire.claims.token(), keys.token()),
    ];
    for (id, sent, at_hand) in pairs {
        let (Some(sent), Some(at_hand)) = (sent, at_hand) else {
            continue;
        };
        if sent == at_hand {
            continue;
        }
        notebook.warn(id, "the request names another one than the keys at hand");
        notebook.found(
            Finding::of("sig.mismatch", Confidence::Possible).with(Evidence::sides(
                format!("oauth_{id}"),
                sent,
                format!("{at_hand} (of the keys at hand)"),
            )),
        );
        notebook.ask(format!(
            "the keys that belong to the oauth_{id} of the request"
        ));
    }
}
