//! `oauth_body_hash` against the body.

use countersign_base_string::Request;
use countersign_signature::{Hash, body_hash};

use crate::context::Context;
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

const ID: &str = "body_hash";

/// Texts that serialisers write where there is no body, and hash by mistake.
const PHANTOMS: [(&str, &str); 5] = [
    ("", "the empty body"),
    ("null", "the text null"),
    ("None", "the text None"),
    ("undefined", "the text undefined"),
    ("{}", "the text {}"),
];

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(wire) = &context.wire else { return };
    let Some(sent) = wire.claims.body_hash() else {
        return;
    };
    if wire.request.is_form_body() {
        notebook.fail(ID, "sent with a form body");
        notebook.found(
            Finding::of("bodyhash.on_form", certainty(wire.signature.holds()))
                .with(Evidence::note("oauth_body_hash", "sent beside a form body")),
        );
        return;
    }
    let due = wire
        .method
        .and_then(countersign_signature::Method::hash)
        .unwrap_or(Hash::Sha1);
    let body = wire.request.body();
    notebook.tried = notebook.tried.saturating_add(1);
    if body_hash::check(due, body, sent).is_ok() {
        notebook.ok(
            ID,
            format!("{} of {} bytes of body", due.name(), body.len()),
        );
        return;
    }
    let finding = explain(&wire.request, due, sent, notebook).with(Evidence::sides(
        "oauth_body_hash",
        sent,
        body_hash::compute(due, body),
    ));
    notebook.fail(ID, "not the hash of this body");
    notebook.found(finding);
}

fn explain(request: &Request<'_>, due: Hash, sent: &str, notebook: &mut Notebook) -> Finding {
    let body = request.body();
    for hash in Hash::ALL {
        notebook.tried = notebook.tried.saturating_add(1);
        if hash != due && body_hash::check(hash, body, sent).is_ok() {
            return Finding::of("bodyhash.other_hash", Confidence::Proven).with(Evidence::note(
                "oauth_body_hash",
                format!(
                    "it is the {} of this body; {} is due",
                    hash.name(),
                    due.name()
                ),
            ));
        }
    }
    for (bytes, meaning) in candidates(body) {
        for hash in Hash::ALL {
            notebook.tried = notebook.tried.saturating_add(1);
            if body_hash::check(hash, &bytes, sent).is_ok() {
                return Finding::of("bodyhash.wrong_bytes", Confidence::Proven).with(
                    Evidence::note(
                        "oauth_body_hash",
                        format!("it is the {} of {meaning}", hash.name()),
                    ),
                );
            }
        }
    }
    notebook.ask("the exact bytes that the client hashed");
    Finding::of("bodyhash.wrong_bytes", Confidence::Likely)
}

/// Other bytes that were hashed in place of this body.
fn candidates(body: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    let mut candidates: Vec<(Vec<u8>, &'static str)> = PHANTOMS
        .iter()
        .map(|(text, meaning)| (text.as_bytes().to_vec(), *meaning))
        .collect();
    let trimmed = body.trim_ascii_end();
    candidates.push((
        trimmed.to_vec(),
        "this body without the line end at its end",
    ));
    for (end, meaning) in [
        ("\n", "this body with a line feed at its end"),
        ("\r\n", "this body with CR LF at its end"),
    ] {
        candidates.push(([trimmed, end.as_bytes()].concat(), meaning));
    }
    let bom: &[u8] = &[0xEF, 0xBB, 0xBF];
    candidates.push(match body.strip_prefix(bom) {
        Some(rest) => (rest.to_vec(), "this body without its byte order mark"),
        None => (
            [bom, body].concat(),
            "this body with a byte order mark before it",
        ),
    });
    candidates
}

fn certainty(holds: bool) -> Confidence {
    if holds {
        Confidence::Proven
    } else {
        Confidence::Likely
    }
}
