//! Two requests, signed one by one, of which one works: "it works in the other program".

use super::Pair;
use super::contrast::Aspect;
use super::nonce;
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

const ID: &str = "experiment";

pub(super) fn run(pair: &Pair<'_, '_>, notebook: &mut Notebook) {
    nonce::separate(pair, notebook);
    control(pair, notebook);
    // What the signature itself proves needs no guess from a comparison.
    if pair.second.holds() == Some(false) {
        return;
    }
    for (aspect, contrast) in pair.contrasts.iter() {
        let Some((code, what)) = suspicion(aspect) else {
            continue;
        };
        let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "absent".to_owned());
        notebook.found(
            Finding::of(code, Confidence::Possible)
                .saying(what)
                .with(Evidence::sides(
                    format!("{} (bad | good)", contrast.what),
                    side(&contrast.second),
                    side(&contrast.first),
                )),
        );
    }
    let others = notebook.findings.len();
    if others > 1 {
        notebook.ask(
            "the bad request again with one difference undone at a time, the first one listed first",
        );
    }
}

/// What the experiment itself tells.
fn control(pair: &Pair<'_, '_>, notebook: &mut Notebook) {
    match (pair.first.holds(), pair.second.holds()) {
        (Some(true), Some(false)) => notebook.ok(
            ID,
            "the good request verifies, so the keys at hand are right: the fault is in how the bad one is signed",
        ),
        (Some(true), Some(true)) => notebook.ok(
            ID,
            "both signatures verify: it is not the signature, but one of the differences",
        ),
        (Some(false), Some(true)) => notebook.warn(
            ID,
            "the bad request verifies and the good one does not: are they the other way round?",
        ),
        (Some(false), Some(false)) if pair.first.is_accepted() => notebook.warn(
            ID,
            "neither verifies although one was accepted: the keys at hand are not those that signed",
        ),
        (Some(false), Some(false)) => {
            notebook.warn(ID, "neither verifies: the keys at hand may be the wrong ones");
        }
        _ if pair.contrasts.is_empty() => notebook.warn(
            ID,
            "nothing that is signed differs but nonce, timestamp and signature: the keys differ, or how they are used",
        ),
        _ => notebook.skip(ID, "needs a keys file (--keys) to tell which of the two is signed rightly"),
    }
}

/// What a difference between two rightly signed requests may mean to a provider.
fn suspicion(aspect: &Aspect) -> Option<(&'static str, &'static str)> {
    Some(match aspect {
        Aspect::Placement => (
            "hdr.param_location",
            "the OAuth parameters are in another place than in the request that works",
        ),
        Aspect::Realm => (
            "hdr.realm",
            "the realm is not the one of the request that works",
        ),
        Aspect::Host => (
            "env.mismatch",
            "the request goes to another host than the one that works",
        ),
        Aspect::Protocol(name) => match name.as_str() {
            "oauth_consumer_key" => (
                "consumer.unknown",
                "the consumer key is not the one of the request that works",
            ),
            "oauth_token" => (
                "token.unknown",
                "the token is not the one of the request that works",
            ),
            "oauth_signature_method" => (
                "sig.method_required",
                "the signature method is not the one of the request that works",
            ),
            "oauth_version" => (
                "protocol.version",
                "the version is not sent as in the request that works",
            ),
            "oauth_body_hash" => (
                "bodyhash.missing",
                "the body hash is not sent as in the request that works",
            ),
            _ => (
                "hdr.extra_params",
                "the OAuth parameters are not those of the request that works",
            ),
        },
        Aspect::SignatureChanged => (
            "sig.not_percent_encoded",
            "the plus signs of the signature were lost",
        ),
        Aspect::Spelling(_) => (
            "enc.reserved_chars",
            "a parameter is spelt otherwise than in the request that works",
        ),
        _ => return None,
    })
}
