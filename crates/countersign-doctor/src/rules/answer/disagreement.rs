//! The request is right by what is at hand, and the provider refuses it all the same.

use countersign_base_string::Place;
use countersign_signature::KeyKind;

use crate::context::Context;
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

/// The signature is right by RFC 5849 and the provider says it is not.
pub(super) fn on_signature(context: &Context<'_>, notebook: &mut Notebook) {
    if notebook.has_proof() {
        return;
    }
    certificate_not_at_hand(context, notebook);
    let mut finding = Finding::of("provider.fault", Confidence::Possible)
        .saying("the signature is right with these keys, yet the provider refuses it")
        .with(Evidence::note(
            "signature",
            "verifies by RFC 5849 with the keys at hand; leave the code alone",
        ))
        .also("uri.scheme_proxy")
        .also("env.mismatch")
        .also("sig.method_unsupported");
    if is_outside_the_header(context) {
        finding = finding.also("hdr.param_location");
    }
    notebook.found(finding);
    notebook.ask(
        "the base string that the provider computes, if it prints one: --provider-base-string FILE",
    );
}

/// One's own key only says that one signed; the provider checks with the certificate.
fn certificate_not_at_hand(context: &Context<'_>, notebook: &mut Notebook) {
    let is_rsa = context
        .wire
        .as_ref()
        .and_then(|wire| wire.method)
        .is_some_and(|method| method.kind() == KeyKind::Rsa);
    let knows_registered = context
        .case
        .keys
        .is_some_and(|keys| keys.registered_keys().next().is_some());
    if !is_rsa || knows_registered {
        return;
    }
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

/// Statuses by which a request is refused in silence (RFC 5849 section 3.2).
const REFUSALS: [u16; 3] = [400, 401, 403];

/// Which state at the provider can refuse a right request, the commonest first.
const STATES: [&str; 7] = [
    "env.mismatch",
    "token.revoked",
    "consumer.rejected",
    "permission.denied",
    "sig.method_unsupported",
    "uri.scheme_proxy",
    "provider.fault",
];

/// The signature is right and the provider refuses without saying why.
pub(super) fn without_a_word(context: &Context<'_>, status: Option<u16>, notebook: &mut Notebook) {
    if notebook.has_proof() || !status.is_some_and(|status| REFUSALS.contains(&status)) {
        return;
    }
    certificate_not_at_hand(context, notebook);
    let [first, others @ ..] = STATES;
    let mut finding = Finding::of(first, Confidence::Possible)
        .saying("the signature is right with these keys; the provider refuses and does not say why")
        .with(Evidence::note(
            "signature",
            "verifies by RFC 5849 with the keys at hand; leave the code alone",
        ));
    for cause in others {
        finding = finding.also(cause);
    }
    if is_outside_the_header(context) {
        finding = finding.also("hdr.param_location");
    }
    notebook.found(finding);
    notebook.ask(
        "for which environment (production, sandbox) key and token were issued, and whether they work there with any other call",
    );
}

/// What the answer names is not so: the request was checked for each of its causes.
pub(super) fn on_everything(
    context: &Context<'_>,
    causes: &[&'static str],
    notebook: &mut Notebook,
) {
    let mut finding = Finding::of("provider.fault", Confidence::Possible)
        .saying("the answer names what this request does not have")
        .with(Evidence::note(
            "checks",
            format!("speak against {}", causes.join(", ")),
        ));
    if is_outside_the_header(context) {
        finding = finding.also("hdr.param_location");
    }
    notebook.found(finding);
    notebook.ask("the request as the provider received it, and its answer with all headers");
}

/// Whether the protocol parameters stand where some providers do not look.
fn is_outside_the_header(context: &Context<'_>) -> bool {
    context.wire.as_ref().is_some_and(|wire| {
        let mut places = wire.parameters.places();
        places.any(|place| place != Place::Header)
    })
}
