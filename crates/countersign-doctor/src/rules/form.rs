//! Grammar, places, duplicates, required names, version: what the verifier checks without keys.

mod mend;

use countersign_base_string::{ParametersError, Place};
use countersign_clock::UnixTime;
use countersign_verify::{Cause, CheckId, Outcome, Policy, examine};

use crate::context::{Context, Unreadable, Wire, methods};
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

/// The checks shown by this rule; the rest of the pipeline has rules of its own.
const SHOWN: [CheckId; 7] = [
    CheckId::Limits,
    CheckId::Grammar,
    CheckId::Placement,
    CheckId::Duplicates,
    CheckId::Required,
    CheckId::Version,
    CheckId::Syntax,
];

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    match (&context.wire, &context.unreadable) {
        (Some(wire), _) => {
            let policy = Policy::default().with_methods(methods());
            let now = wire
                .claims
                .timestamp()
                .and_then(|text| UnixTime::parse_timestamp(text).ok())
                .unwrap_or(UnixTime::from_seconds(0));
            let examination = examine(&wire.request, now, &policy);
            for cause in examination.failures() {
                if matches!(cause, Cause::NotOAuth)
                    && (mend::run(context, notebook) || other_scheme(wire, notebook))
                {
                    continue;
                }
                report(cause, Some(wire), notebook);
            }
            for id in SHOWN {
                if examination.trail().outcome(id) == Outcome::Passed {
                    notebook.ok(id.as_str(), passed(id));
                }
            }
        }
        (None, Some(Unreadable::Parameters(error))) => {
            let cause = Cause::Unreadable(*error);
            if code(&cause) != Some("hdr.malformed") || !mend::run(context, notebook) {
                report(&cause, None, notebook);
            }
        }
        (None, Some(Unreadable::Request(error))) => {
            notebook.fail("request", error.clone());
            notebook.ask("the request as it was sent, with method, URL and headers");
        }
        (None, None) => {
            notebook.skip("request", "no request at hand");
            notebook.ask_otherwise(
                "the request as it was sent: raw HTTP, a curl command or a HAR file",
            );
        }
    }
}

fn passed(id: CheckId) -> &'static str {
    match id {
        CheckId::Limits => "within the usual limits",
        CheckId::Grammar => "readable, correctly encoded",
        CheckId::Placement => "all oauth_ parameters in one place",
        CheckId::Duplicates => "no oauth_ parameter twice",
        CheckId::Required => "all required parameters present",
        CheckId::Version => "oauth_version is 1.0",
        CheckId::Syntax => "timestamp and nonce well formed",
        _ => "passed",
    }
}

/// Schemes that are sent where OAuth 1.0a is due.
const MISTAKEN: [&str; 4] = ["oauth", "oauth1", "oauth2", "bearer"];

/// Credentials of a scheme that is easily taken for `OAuth` and a blank.
fn other_scheme(wire: &Wire<'_>, notebook: &mut Notebook) -> bool {
    let scheme = wire.request.authorizations().find_map(|field| {
        let name = field
            .split(|c: char| c.is_ascii_whitespace() || c == ',')
            .next()?;
        MISTAKEN
            .into_iter()
            .find(|known| name.eq_ignore_ascii_case(known))
    });
    let Some(scheme) = scheme else { return false };
    let id = CheckId::Grammar.as_str();
    notebook.fail(
        id,
        format!("credentials of the scheme '{scheme}', without oauth_ parameters"),
    );
    notebook.found(
        Finding::of("hdr.scheme", Confidence::Likely)
            .with(Evidence::sides(
                "Authorization",
                scheme,
                "'OAuth', one blank, and name=\"value\" pairs",
            ))
            .also("hdr.absent"),
    );
    true
}

/// A breach of form is readable in the request itself; it is proven to be the cause when the
/// signature verifies all the same.
fn report(cause: &Cause, wire: Option<&Wire<'_>>, notebook: &mut Notebook) {
    let Some(code) = code(cause) else { return };
    let rest_verifies = wire.is_some_and(|wire| wire.signature.holds());
    notebook.fail(cause.check().as_str(), cause.in_full());
    // How a nonce or verifier may look is custom; the RFC leaves it open.
    let is_custom = matches!(cause, Cause::Malformed { .. });
    let confidence = if rest_verifies && !is_custom {
        Confidence::Proven
    } else {
        Confidence::Likely
    };
    let mut finding =
        Finding::of(code, confidence).with(Evidence::note("request", cause.in_full()));
    if code == "hdr.absent" {
        // A request that lost its header on the way looks the same.
        finding = finding.also("redirect.header_dropped").also("hdr.stripped");
        notebook.ask("the request before any redirect or proxy, as the client sent it");
    }
    if let Cause::Absent { names } = cause
        && let Some(wire) = wire
    {
        finding = absent(finding, names, wire, notebook);
    }
    notebook.found(finding);
}

/// A parameter that never was and one that was lost look alike where a form carries them.
fn absent(
    mut finding: Finding,
    names: &[&'static str],
    wire: &Wire<'_>,
    notebook: &mut Notebook,
) -> Finding {
    let mut places = wire.parameters.places();
    if places.any(|place| place == Place::Body) {
        finding = finding.also("hdr.param_lost");
        notebook.ask("the form in the browser: whether each oauth_ parameter has an input of its own inside it");
    }
    let empty = |name: &&str| wire.parameters.protocol(name).is_some();
    if names
        .iter()
        .any(|name| *name == "oauth_consumer_key" && empty(name))
    {
        finding = finding.also("config.missing_credentials");
    }
    finding
}

fn code(cause: &Cause) -> Option<&'static str> {
    Some(match cause {
        Cause::NotOAuth => "hdr.absent",
        Cause::AuthorizationTwice { .. } => "hdr.duplicated",
        Cause::Unreadable(ParametersError::AmbiguousAuthorization { .. }) => "hdr.duplicated",
        Cause::Unreadable(error) if error.is_limit() => "hdr.limits",
        Cause::Unreadable(ParametersError::Encoding { .. }) => "enc.malformed",
        Cause::Unreadable(_) => "hdr.malformed",
        Cause::Placement { .. } => "hdr.param_location",
        Cause::Duplicated { .. } => "hdr.param_duplicated",
        Cause::Absent { .. } => "hdr.param_absent",
        Cause::Malformed { .. } => "hdr.value_malformed",
        Cause::NotUtf8 { .. } => "enc.not_utf8",
        Cause::Version => "protocol.version",
        // The timestamp has a rule of its own, with hints.
        _ => return None,
    })
}
