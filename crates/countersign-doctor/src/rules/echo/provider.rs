//! The base string, or the base URI alone, that the provider computed.

use countersign_encoding::encode;

use super::base_string::{Other, compare};
use super::explained_by_base_string;
use crate::context::{Context, Wire};
use crate::finding::{Confidence, Side};
use crate::notebook::Notebook;

const BASE_STRING: &str = "provider_base_string";
const BASE_URI: &str = "provider_base_uri";

/// How the provider reads the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    Right,
    Otherwise,
    Unknown,
}

pub(super) fn base_string(
    context: &Context<'_>,
    wire: &Wire<'_>,
    text: &str,
    notebook: &mut Notebook,
) -> Reading {
    if text == wire.base_like(text) {
        notebook.ok(
            BASE_STRING,
            "equals the one by RFC 5849: the provider reads the request rightly",
        );
        return Reading::Right;
    }
    notebook.tried = notebook.tried.saturating_add(1);
    if context.signs(wire, text) == Some(true) {
        agreed(context, wire, text, notebook);
    } else {
        compare(
            context,
            wire,
            text,
            &other(context, wire, BASE_STRING),
            notebook,
        );
    }
    Reading::Otherwise
}

/// Both sides agree on a text that is not this request's: what this request differs in may have
/// changed on the way, and is no cause by itself.
fn agreed(context: &Context<'_>, wire: &Wire<'_>, text: &str, notebook: &mut Notebook) {
    explained_by_base_string(notebook);
    let other = Other {
        id: BASE_STRING,
        who: "the provider",
        side: Side::Network,
        confidence: Confidence::Possible,
    };
    compare(context, wire, text, &other, notebook);
    notebook.warn(
        BASE_STRING,
        "the signature is right for the provider's own base string: it is not the signature, or the request changed on the way",
    );
    notebook.ask("the request as the provider received it");
}

/// The URI alone: the rest is taken to be right.
pub(super) fn base_uri(
    context: &Context<'_>,
    wire: &Wire<'_>,
    uri: &str,
    notebook: &mut Notebook,
) -> Reading {
    let with_theirs = |base: &str| {
        let mut parts = base.splitn(3, '&');
        let (method, _, parameters) = (parts.next()?, parts.next()?, parts.next()?);
        let uri = uri.split(['?', '#']).next().unwrap_or(uri);
        Some(format!("{method}&{}&{parameters}", encode(uri)))
    };
    let Some(text) = with_theirs(&wire.base) else {
        return Reading::Unknown;
    };
    if text == wire.base_like(&text) {
        notebook.ok(BASE_URI, "equals the one by RFC 5849");
        return Reading::Unknown;
    }
    notebook.tried = notebook.tried.saturating_add(1);
    if context.signs(wire, &text) == Some(true) {
        notebook.warn(
            BASE_URI,
            "the signature is right for the provider's own base URI: it is not the signature, or the request changed on the way",
        );
        notebook.ask("the request as the provider received it");
        return Reading::Otherwise;
    }
    compare(
        context,
        wire,
        &text,
        &other(context, wire, BASE_URI),
        notebook,
    );
    Reading::Otherwise
}

fn other(context: &Context<'_>, wire: &Wire<'_>, id: &'static str) -> Other {
    Other {
        id,
        who: "the provider",
        side: Side::Verifier,
        confidence: if wire.signature.holds() && !context.is_accepted() {
            // Right by the RFC, and the provider shows that it computes something else.
            Confidence::Proven
        } else {
            Confidence::Likely
        },
    }
}
