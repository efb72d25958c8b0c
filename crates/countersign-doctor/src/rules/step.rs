//! The three steps of the flow: what each needs, by the path it is sent to.

use crate::context::{Context, Wire};
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

/// A step, and how its paths end.
struct Step {
    ends: &'static [&'static str],
    check: fn(&Wire<'_>) -> Option<Fault>,
}

/// What is wrong with a step: the code, and the evidence.
type Fault = (&'static str, &'static str, &'static str);

/// Ends of paths are compared without marks between words, in lower case.
const STEPS: [Step; 2] = [
    Step {
        ends: &[
            "requesttoken",
            "oauth/initiate",
            "oauthgetrequesttoken",
            "token/request",
        ],
        check: first,
    },
    Step {
        ends: &[
            "accesstoken",
            "oauthgetaccesstoken",
            "token/access",
            "renewaccesstoken",
        ],
        check: third,
    },
];

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(wire) = &context.wire else { return };
    if !context.is_refused() || notebook.has_proof() {
        return;
    }
    let path: String = wire
        .request
        .uri()
        .path()
        .trim_end_matches('/')
        .chars()
        .filter(|c| !matches!(c, '_' | '-'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let Some(step) = STEPS
        .iter()
        .find(|step| step.ends.iter().any(|end| path.ends_with(end)))
    else {
        return;
    };
    let Some((code, what, note)) = (step.check)(wire) else {
        notebook.ok("step", "has what this step of the flow needs");
        return;
    };
    notebook.warn("step", format!("{what}: {note}"));
    notebook.found(Finding::of(code, Confidence::Possible).with(Evidence::note(what, note)));
}

fn first(wire: &Wire<'_>) -> Option<Fault> {
    if wire.claims.callback().is_none() {
        return Some((
            "callback.config",
            "oauth_callback",
            "is required for a request token (RFC 5849 section 2.1), 'oob' where there is none",
        ));
    }
    let has_token = wire.claims.token().is_some_and(|token| !token.is_empty());
    has_token.then_some((
        "token.wrong_type",
        "oauth_token",
        "has no place where a request token is asked for",
    ))
}

fn third(wire: &Wire<'_>) -> Option<Fault> {
    let has = |value: Option<&str>| value.is_some_and(|value| !value.is_empty());
    if has(wire.claims.session_handle())
        || wire
            .parameters
            .iter()
            .any(|p| p.name().starts_with(b"x_auth_"))
    {
        return None;
    }
    if !has(wire.claims.token()) {
        return Some((
            "hdr.param_absent",
            "oauth_token",
            "the request token is required where it is exchanged (RFC 5849 section 2.3)",
        ));
    }
    (!has(wire.claims.verifier())).then_some((
        "hdr.param_absent",
        "oauth_verifier",
        "is required where a request token is exchanged (RFC 5849 section 2.3)",
    ))
}
