//! Nonces of two requests: the same one twice, or one that anybody could compute.

use countersign_verify::Claims;

use super::Pair;
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;
use crate::rules::nonce::derived;

const ID: &str = "nonce";

/// One signed request, sent twice.
pub(super) fn repeated(pair: &Pair<'_, '_>, notebook: &mut Notebook) {
    notebook.fail(ID, "one signed request was sent twice");
    let both_answered = pair.first.answer().is_some() && pair.second.answer().is_some();
    let elsewhere = pair.contrasts.iter().any(|(aspect, _)| {
        use super::contrast::Aspect::{Host, Method, Path, Port, Scheme};
        matches!(aspect, Host | Method | Path | Port | Scheme)
    });
    if elsewhere {
        notebook.found(
            Finding::of("redirect.not_resigned", Confidence::Likely)
                .with(Evidence::note(
                    "oauth_signature",
                    "the signature of one URL was sent to another one",
                ))
                .also("nonce.reuse"),
        );
        notebook.ask("the answer to the first request: a redirect has a Location");
        return;
    }
    let right = pair.first.holds() == Some(true) && pair.second.holds() == Some(true);
    let sure = if right && both_answered && pair.second.is_refused() {
        Confidence::Proven
    } else {
        Confidence::Likely
    };
    notebook.found(Finding::of("nonce.reuse", sure).with(Evidence::note(
        "oauth_nonce",
        "both requests carry the same nonce, timestamp, consumer key and token",
    )));
    if !both_answered {
        notebook.ask(
            "whether these are two requests, or one seen at two places: then nothing changed on the way",
        );
    }
}

/// Two requests that were signed one by one.
pub(super) fn separate(pair: &Pair<'_, '_>, notebook: &mut Notebook) {
    let (Some(first), Some(second)) = (pair.first.claims(), pair.second.claims()) else {
        return;
    };
    let same = |get: fn(&Claims<'_>) -> Option<String>| get(first) == get(second);
    let (Some(nonce), Some(other)) = (first.nonce(), second.nonce()) else {
        return;
    };
    if !nonce.is_empty() && nonce == other {
        let whose = same(|claims| claims.consumer_key().map(str::to_owned))
            && same(|claims| Some(claims.token().unwrap_or_default().to_owned()));
        let when = same(|claims| claims.timestamp().map(str::to_owned));
        let (sure, note) = match (whose, when) {
            (true, true) => {
                let right = pair.first.holds() == Some(true) && pair.second.holds() == Some(true);
                let sure = if right && pair.second.is_refused() {
                    Confidence::Proven
                } else {
                    Confidence::Likely
                };
                (
                    sure,
                    "both requests carry the same nonce, timestamp, consumer key and token",
                )
            }
            (true, false) => (
                Confidence::Possible,
                "both requests carry the same nonce, with other timestamps: RFC 5849 allows it, \
                 and providers that keep nonces alone refuse it",
            ),
            _ => {
                notebook.ok(
                    ID,
                    "the same in both, which belong to other keys or tokens: they do not meet",
                );
                return;
            }
        };
        notebook.fail(ID, "the same in both requests");
        notebook.found(Finding::of("nonce.reuse", sure).with(Evidence::note("oauth_nonce", note)));
        return;
    }
    let mut derived = None;
    for (label, claims) in [("first", first), ("second", second)] {
        if let Some(how) = derivation(claims) {
            derived = Some((label, how));
        }
    }
    let Some((label, how)) = derived else {
        notebook.ok(ID, "another one in each request");
        return;
    };
    notebook.fail(
        ID,
        format!("the nonce of the {label} request is {how}: two requests in one second share it"),
    );
    notebook.found(
        Finding::of("nonce.reuse", Confidence::Likely)
            .saying(
                "the nonce is computed from the timestamp, so two requests in one second share it",
            )
            .with(Evidence::note(
                "oauth_nonce",
                format!("the nonce of the {label} request is {how}"),
            )),
    );
}

/// How the nonce follows from the timestamp of the same request.
fn derivation(claims: &Claims<'_>) -> Option<&'static str> {
    derived(claims.nonce()?, claims.timestamp()?)
}
