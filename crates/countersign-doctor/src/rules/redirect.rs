//! An answer that sends the request elsewhere.

use crate::context::{Context, Wire};
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

/// The statuses that send a request elsewhere.
const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let (Some(wire), Some(answer)) = (&context.wire, context.case.answer) else {
        return;
    };
    let Some(location) = answer.location() else {
        return;
    };
    let Some(status) = answer.status().filter(|status| REDIRECTS.contains(status)) else {
        return;
    };
    notebook.warn(
        "redirect",
        format!("status {status}: the request is sent elsewhere"),
    );
    let origin = origin(location);
    let leaves = origin.is_some_and(|(scheme, host)| !stays(wire, scheme, host));
    let evidence = || {
        let from = wire.request.uri().base_uri();
        // A query may hold what opens something.
        let to = location.split(['?', '#']).next().unwrap_or(location);
        Evidence::sides("URL", from, to)
    };
    let mut again = Finding::of("redirect.not_resigned", Confidence::Likely).with(evidence());
    if leaves {
        again = again.also("redirect.header_dropped");
        notebook.found(
            Finding::of("redirect.header_dropped", Confidence::Likely)
                .with(evidence())
                .also("redirect.not_resigned"),
        );
    }
    notebook.found(again);
    notebook.ask("the request that was sent to the new URL, and its answer");
}

/// Scheme and authority of an absolute URL; `None` for a relative one.
fn origin(location: &str) -> Option<(Option<&str>, &str)> {
    let (scheme, rest) = match location.split_once("://") {
        Some((scheme, rest)) if !scheme.contains(['/', '?', '#']) => (Some(scheme), rest),
        _ => (None, location.strip_prefix("//")?),
    };
    Some((scheme, rest.split(['/', '?', '#']).next().unwrap_or(rest)))
}

fn stays(wire: &Wire<'_>, scheme: Option<&str>, authority: &str) -> bool {
    let uri = wire.request.uri();
    let own = match uri.port() {
        Some(port) => format!("{}:{port}", uri.host()),
        None => uri.host().to_owned(),
    };
    let same_scheme = scheme.is_none_or(|scheme| {
        !wire.scheme_known || scheme.eq_ignore_ascii_case(uri.scheme().as_str())
    });
    same_scheme && own.eq_ignore_ascii_case(authority)
}
