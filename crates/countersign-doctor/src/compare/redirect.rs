//! A request that was redirected, and the one that followed.

use super::Pair;
use super::sight::Sight;
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

const ID: &str = "redirect";

pub(super) fn run(pair: &Pair<'_, '_>, notebook: &mut Notebook) {
    let evidence = || {
        let url = |sight: &Sight<'_>| {
            let uri = sight.uri().map(countersign_base_string::Uri::base_uri);
            uri.unwrap_or_else(|| "not readable".to_owned())
        };
        Evidence::sides(
            "URL (after | before the redirect)",
            url(pair.second),
            url(pair.first),
        )
    };
    let was_right = pair.first.holds();
    if !pair.second.has_oauth() {
        if !pair.first.has_oauth() {
            notebook.ok(ID, "neither request is signed");
            return;
        }
        notebook.fail(
            ID,
            "what was signed before the redirect is not signed after it",
        );
        let sure = if was_right == Some(true) && !pair.second.is_accepted() {
            Confidence::Proven
        } else {
            Confidence::Likely
        };
        notebook.found(
            Finding::of("redirect.header_dropped", sure)
                .with(Evidence::sides(
                    "Authorization header (after | before the redirect)",
                    "absent",
                    "present",
                ))
                .with(evidence()),
        );
        return;
    }
    if is_same_signing(pair) {
        notebook.fail(
            ID,
            "nonce and signature of the first URL were sent to the second",
        );
        let sure = if was_right == Some(true) && pair.second.holds() == Some(false) {
            Confidence::Proven
        } else {
            Confidence::Likely
        };
        notebook.found(
            Finding::of("redirect.not_resigned", sure)
                .with(Evidence::note(
                    "oauth_nonce",
                    "the same before and after the redirect; the signature too",
                ))
                .with(evidence()),
        );
        if pair.first.holds().is_none() {
            notebook.ask(
                "a keys file (--keys): it shows for which of the two URLs the signature is right",
            );
        }
        return;
    }
    notebook.ok(ID, "the request was signed anew after the redirect");
}

fn is_same_signing(pair: &Pair<'_, '_>) -> bool {
    let (Some(one), Some(other)) = (pair.first.claims(), pair.second.claims()) else {
        return false;
    };
    one.nonce().is_some() && one.nonce() == other.nonce() && one.signature() == other.signature()
}
