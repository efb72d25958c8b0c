//! One request as it was sent and as it arrived: the hop that changed bytes.

use super::Pair;
use super::contrast::{Aspect, Contrast};
use crate::difference;
use crate::finding::{Confidence, Evidence, Finding, Side};
use crate::notebook::Notebook;

pub(super) fn run(pair: &Pair<'_, '_>, notebook: &mut Notebook) {
    let sure = if pair.first.holds() == Some(true) && pair.second.holds() != Some(true) {
        // Right as it was sent, and not as it arrived: what lies between is the cause.
        Confidence::Proven
    } else {
        Confidence::Likely
    };
    let gone = pair.first.has_oauth() && !pair.second.has_oauth();
    if gone {
        notebook.found(stripped(pair, sure));
    }
    for (aspect, contrast) in pair.contrasts.iter() {
        // What follows from a header that is gone is no fault of its own.
        let follows = gone
            && matches!(
                aspect,
                Aspect::Authorization | Aspect::Placement | Aspect::Realm | Aspect::Protocol(_)
            );
        if follows {
            continue;
        }
        if let Some(finding) = finding(pair, aspect, contrast, sure) {
            notebook.found(finding.with(evidence(contrast)));
        }
    }
    if notebook.findings.is_empty() {
        notebook.ok("on_the_way", "nothing that is signed changed on the way");
    } else {
        notebook.fail(
            "on_the_way",
            "the request changed between client and server",
        );
    }
    if pair.first.holds().is_none() {
        notebook
            .ask("a keys file (--keys): it shows whether the request was right when it was sent");
    }
}

/// Both sides, the client's first: what it sent is what is due.
fn evidence(contrast: &Contrast) -> Evidence {
    let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "absent".to_owned());
    Evidence {
        note: contrast.note.clone(),
        ..Evidence::sides(
            format!("{} (server | client)", contrast.what),
            side(&contrast.second),
            side(&contrast.first),
        )
    }
}

fn stripped(pair: &Pair<'_, '_>, sure: Confidence) -> Finding {
    let from_header = pair
        .first
        .request()
        .is_some_and(|request| !request.authorizations().is_empty());
    let (code, what) = if from_header {
        ("hdr.stripped", "Authorization header")
    } else {
        ("intermediary.params_removed", "OAuth parameters")
    };
    Finding::of(code, sure)
        .on(Side::Network)
        .with(Evidence::sides(
            format!("{what} (server | client)"),
            "absent",
            "present",
        ))
}

/// What a difference between what was sent and what arrived means.
fn finding(
    pair: &Pair<'_, '_>,
    aspect: &Aspect,
    contrast: &Contrast,
    sure: Confidence,
) -> Option<Finding> {
    let finding = |code| Finding::of(code, sure).on(Side::Network);
    Some(match aspect {
        Aspect::Method => finding("method.rewritten_by_proxy"),
        Aspect::Scheme => Finding::of("uri.scheme_proxy", sure).on(Side::Verifier),
        Aspect::Host => finding("uri.host").saying("the server received another host name"),
        Aspect::Port => Finding::of("uri.proxy_port", sure).on(Side::Verifier),
        Aspect::Path => path(contrast, sure),
        Aspect::Authorization => {
            let more = pair.second.request()?.authorizations().len() > 1;
            finding(if more {
                "hdr.duplicated"
            } else {
                "hdr.stripped"
            })
        }
        Aspect::Lost(_) => finding("intermediary.params_removed"),
        Aspect::Gained(_) => finding("intermediary.params_added"),
        Aspect::Value(_) => finding("intermediary.params_removed")
            .saying("something between client and server changed the value of a parameter"),
        Aspect::Protocol(_) if contrast.second.is_none() => finding("hdr.param_lost"),
        Aspect::Protocol(_) if contrast.first.is_none() => finding("intermediary.params_added"),
        Aspect::Protocol(_) => finding("intermediary.params_removed")
            .saying("something between client and server changed an OAuth parameter"),
        Aspect::SignatureChanged => Finding::of("sig.not_percent_encoded", sure),
        Aspect::ContentType => content_type(pair, sure)?,
        Aspect::Body => body(pair, sure)?,
        Aspect::Placement | Aspect::Moved | Aspect::Realm | Aspect::Spelling(_) => return None,
    })
}

fn path(contrast: &Contrast, sure: Confidence) -> Finding {
    let (ours, theirs) = (
        contrast.first.as_deref().unwrap_or_default(),
        contrast.second.as_deref().unwrap_or_default(),
    );
    Finding::of(difference::path(ours, theirs), sure)
        .on(Side::Network)
        .saying("the server received another path than the client sent: a rewrite on the way")
        // The client may have followed a redirect that was not captured.
        .also("redirect.not_resigned")
}

/// The type matters where it decides whether the body's fields are signed.
fn content_type(pair: &Pair<'_, '_>, sure: Confidence) -> Option<Finding> {
    let is_form = |sight: &super::sight::Sight<'_>| Some(sight.wire()?.request.is_form_body());
    let (sent, arrived) = (is_form(pair.first)?, is_form(pair.second)?);
    let code = match (sent, arrived) {
        (true, false) => "sbs.form_body_omitted",
        (false, true) => "sbs.non_form_body_included",
        _ => return None,
    };
    Some(
        Finding::of(code, sure).on(Side::Network).saying(
            "the type of the body changed on the way, so its fields count on one side only",
        ),
    )
}

/// A body that is no form matters where a hash of it was sent.
fn body(pair: &Pair<'_, '_>, sure: Confidence) -> Option<Finding> {
    pair.first.claims()?.body_hash()?;
    Some(
        Finding::of("bodyhash.wrong_bytes", sure)
            .on(Side::Network)
            .saying("the body changed on the way, so its hash no longer fits"),
    )
}
