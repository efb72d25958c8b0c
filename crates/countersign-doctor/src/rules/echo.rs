//! What one of the sides printed of its own computation: base strings, base URIs, signatures.

mod base_string;
mod client;
mod left;
mod provider;
mod remedy;
mod search;
mod signature;

use countersign_capture::unescape::peel;
use countersign_capture::{Echo, EchoKind, EchoOrigin, OwnedAnswer};

use crate::context::Context;
use crate::notebook::Notebook;

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(wire) = &context.wire else { return };
    let told = Told::of(context);
    if let Some(text) = context.case.client_base_string {
        client::run(context, wire, &bare(text), notebook);
    }
    let reading = match (&told.base_string, &told.base_uri) {
        (Some(text), _) => provider::base_string(context, wire, text, notebook),
        (None, Some(uri)) => provider::base_uri(context, wire, uri, notebook),
        (None, None) => provider::Reading::Unknown,
    };
    let computed = signature::run(context, wire, &told, notebook);
    if reading == provider::Reading::Right && computed == signature::Computed::Unknown {
        left::run(context, wire, notebook);
    }
}

/// What the provider told about its own computation: given apart, or in its answer.
#[derive(Default)]
struct Told {
    base_string: Option<String>,
    base_uri: Option<String>,
    /// The signature that it computed.
    expected: Option<String>,
    /// The signature that it says it received; empty if it received none.
    received: Option<String>,
}

impl Told {
    fn of(context: &Context<'_>) -> Self {
        let case = &context.case;
        let echoes = case.answer.map(OwnedAnswer::echoes).unwrap_or_default();
        let echo = |kind: EchoKind| {
            let of_provider =
                |echo: &&Echo| echo.kind() == kind && echo.origin() != EchoOrigin::Client;
            echoes
                .iter()
                .find(of_provider)
                .map(|echo| echo.as_str().to_owned())
        };
        let found = context.answer.as_ref();
        Self {
            base_string: case
                .provider_base_string
                .map(str::to_owned)
                .or_else(|| found?.base_string_echo.clone())
                .map(|text| bare(&text))
                .or_else(|| echo(EchoKind::BaseString)),
            base_uri: echo(EchoKind::BaseUri),
            expected: case
                .provider_signature
                .map(|text| text.trim().to_owned())
                .or_else(|| found?.expected_signature.clone())
                .or_else(|| echo(EchoKind::Signature)),
            received: found
                .and_then(|found| found.presented_signature.clone())
                .or_else(|| echo(EchoKind::ReceivedSignature)),
        }
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
