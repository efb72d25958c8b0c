//! `oauth_body_hash` against the body.

mod rewritten;

use countersign_dialect::BodyHash;
use countersign_signature::{Hash, body_hash};

use crate::context::{Context, Wire};
use crate::dialect::hashes_forms;
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
        if !wire.request.is_form_body() && is_asked_for(context) {
            notebook.fail(ID, "not sent, and the answer speaks of it");
            notebook.found(Finding::of("bodyhash.missing", Confidence::Likely).with(
                Evidence::note(
                    "answer",
                    "speaks of the body hash, and the request has none",
                ),
            ));
        }
        return;
    };
    let is_counted = wire.held_by.is_some_and(hashes_forms);
    if wire.request.is_form_body() && !is_counted {
        notebook.fail(ID, "sent with a form body");
        notebook.found(
            Finding::of("bodyhash.on_form", certainty(wire.signature.holds()))
                .with(Evidence::note("oauth_body_hash", "sent beside a form body")),
        );
        return;
    }
    let due = due_hash(wire);
    let body = wire.request.body();
    notebook.tried = notebook.tried.saturating_add(1);
    if body_hash::check(due, body, sent).is_ok() {
        notebook.ok(
            ID,
            format!("{} of {} bytes of body", due.name(), body.len()),
        );
        return;
    }
    let finding = explain(wire, due, sent, notebook).with(Evidence::sides(
        "oauth_body_hash",
        sent,
        body_hash::compute(due, body),
    ));
    notebook.fail(ID, "not the hash of this body");
    notebook.found(finding);
}

/// How answers write it.
const SPELLINGS: [&str; 3] = ["body hash", "body_hash", "bodyhash"];

/// A refusal says what it is about in its first lines.
const LOOKED_AT: usize = 4096;

/// Whether a refusal speaks of the body hash.
fn is_asked_for(context: &Context<'_>) -> bool {
    let Some(answer) = context.case.answer.filter(|_| context.is_refused()) else {
        return false;
    };
    let body = answer.body();
    let head = String::from_utf8_lossy(body.get(..LOOKED_AT).unwrap_or(body)).to_lowercase();
    SPELLINGS.iter().any(|spelling| head.contains(spelling))
}

/// The hash that the provider is known to want, else the method's own.
fn due_hash(wire: &Wire<'_>) -> Hash {
    let wanted = wire.provider.and_then(|provider| match provider.body_hash {
        BodyHash::Required(name) | BodyHash::NonFormBodies(name) => {
            Hash::ALL.into_iter().find(|hash| hash.name() == name)
        }
        _ => None,
    });
    wanted.unwrap_or_else(|| {
        wire.method
            .and_then(countersign_signature::Method::hash)
            .unwrap_or(Hash::Sha1)
    })
}

/// What was hashed is read from the bytes; that it is the whole cause, from a signature that holds.
fn explain(wire: &Wire<'_>, due: Hash, sent: &str, notebook: &mut Notebook) -> Finding {
    let body = wire.request.body();
    let certainty = certainty(wire.signature.holds());
    for hash in Hash::ALL {
        notebook.tried = notebook.tried.saturating_add(1);
        if hash != due && body_hash::check(hash, body, sent).is_ok() {
            return Finding::of("bodyhash.other_hash", certainty).with(Evidence::note(
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
                return Finding::of("bodyhash.wrong_bytes", certainty).with(Evidence::note(
                    "oauth_body_hash",
                    format!("it is the {} of {meaning}", hash.name()),
                ));
            }
        }
    }
    notebook.ask("the exact bytes that the client hashed");
    Finding::of("bodyhash.wrong_bytes", Confidence::Likely)
}

/// Other bytes that were hashed in place of this body.
fn candidates(body: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    let trimmed = body.trim_ascii_end();
    let mut candidates: Vec<(Vec<u8>, &'static str)> = vec![(
        trimmed.to_vec(),
        "this body without the line end at its end",
    )];
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
    candidates.extend(
        PHANTOMS
            .iter()
            .map(|(text, meaning)| (text.as_bytes().to_vec(), *meaning)),
    );
    candidates.extend(rewritten::ways(body));
    // What equals the body is no other text.
    candidates.retain(|(bytes, _)| bytes != body);
    candidates
}

fn certainty(holds: bool) -> Confidence {
    if holds {
        Confidence::Proven
    } else {
        Confidence::Likely
    }
}
