//! What is known of the provider that the host belongs to, against what the request does.

use countersign_base_string::Place;
use countersign_dialect::{BodyHash, Placement, Provider, Realm, ended_by_host};

use crate::context::{Context, Wire};
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

const ID: &str = "provider";

/// What the request does, and what the provider wants.
type Breach = Option<(String, String)>;

/// One fact of a provider that a request can be held against.
struct Row {
    /// The code of the cause.
    code: &'static str,
    /// What the evidence is about.
    what: &'static str,
    /// Problem codes that fit: with another one it is only possible. None named fits too.
    fits: &'static [&'static str],
    breach: fn(&Provider, &Wire<'_>) -> Breach,
}

const ROWS: &[Row] = &[
    Row {
        code: "sig.method_unsupported",
        what: "oauth_signature_method",
        fits: &[
            "signature_method_rejected",
            "signature_invalid",
            "token_rejected",
        ],
        breach: method,
    },
    Row {
        code: "hdr.realm",
        what: "realm",
        fits: &[
            "token_rejected",
            "consumer_key_unknown",
            "consumer_key_rejected",
        ],
        breach: realm,
    },
    Row {
        code: "nonce.too_short",
        what: "oauth_nonce",
        fits: &["parameter_rejected", "nonce_used"],
        breach: nonce,
    },
    Row {
        code: "hdr.param_location",
        what: "place of the oauth_ parameters",
        fits: &["parameter_absent", "parameter_rejected"],
        breach: placement,
    },
    Row {
        code: "bodyhash.missing",
        what: "oauth_body_hash",
        fits: &["parameter_absent", "signature_invalid"],
        breach: body_hash,
    },
];

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(wire) = &context.wire else { return };
    retired(context, wire, notebook);
    let Some(provider) = wire.provider else {
        return;
    };
    let mut breaches = 0_usize;
    for row in ROWS {
        let Some((found, expected)) = (row.breach)(provider, wire) else {
            continue;
        };
        breaches = breaches.saturating_add(1);
        notebook.warn(
            ID,
            format!("{}: {} is {found}; {expected}", provider.name, row.what),
        );
        if context.is_accepted() {
            continue;
        }
        let fits = context
            .problem_code()
            .is_none_or(|code| row.fits.contains(&code));
        let confidence = if provider.grade.is_verified() && fits {
            Confidence::Likely
        } else {
            Confidence::Possible
        };
        notebook.found(
            Finding::of(row.code, confidence)
                .with(Evidence::sides(row.what, found, expected))
                .with(Evidence::note(
                    provider.name,
                    format!("{}: {}", provider.grade.meaning(), provider.source),
                )),
        );
    }
    if breaches == 0 {
        notebook.ok(
            ID,
            format!(
                "{}: nothing known speaks against the request",
                provider.name
            ),
        );
    }
}

fn method(provider: &Provider, wire: &Wire<'_>) -> Breach {
    let method = wire.method?;
    let taken = |name: &str| provider.accepts(name);
    if provider.methods.is_empty() || taken(method.name()) || method.alias().is_some_and(taken) {
        return None;
    }
    Some((
        method.name().to_owned(),
        format!("it takes {}", provider.methods.join(", ")),
    ))
}

fn nonce(provider: &Provider, wire: &Wire<'_>) -> Breach {
    let length = wire.claims.nonce()?.chars().count();
    let (least, most) = (provider.nonce.min_len, provider.nonce.max_len);
    let is_short = least.is_some_and(|least| length < usize::from(least));
    let is_long = most.is_some_and(|most| length > usize::from(most));
    let expected = match (is_short, is_long) {
        (true, _) => format!("it wants {} characters at least", least?),
        (_, true) => format!("it takes {} characters at most", most?),
        _ => return None,
    };
    Some((format!("{length} characters long"), expected))
}

fn placement(provider: &Provider, wire: &Wire<'_>) -> Breach {
    let taken = |place: Place| {
        provider.placement.iter().any(|known| {
            matches!(
                (known, place),
                (Placement::Header, Place::Header)
                    | (Placement::Query, Place::Query)
                    | (Placement::Body, Place::Body)
            )
        })
    };
    let place = wire.parameters.places().find(|place| !taken(*place))?;
    if provider.placement.is_empty() {
        return None;
    }
    let known: Vec<String> = provider
        .placement
        .iter()
        .map(|place| format!("{place:?}").to_lowercase())
        .collect();
    Some((
        format!("the {place}"),
        format!("it takes them in the {}", known.join(" or the ")),
    ))
}

fn body_hash(provider: &Provider, wire: &Wire<'_>) -> Breach {
    let form = wire.request.is_form_body();
    let wanted = match provider.body_hash {
        BodyHash::Required(name) => name,
        BodyHash::NonFormBodies(name) if !form => name,
        _ => return None,
    };
    if wire.request.body().is_empty() || wire.claims.body_hash().is_some() {
        return None;
    }
    Some((
        "not sent".to_owned(),
        format!("it wants the {wanted} of the body"),
    ))
}

fn realm(provider: &Provider, wire: &Wire<'_>) -> Breach {
    if !wire.parameters.places().any(|place| place == Place::Header) {
        return None;
    }
    let sent = wire.parameters.realm();
    let shown = || sent.map_or_else(|| "not sent".to_owned(), |realm| format!("'{realm}'"));
    let expected = match provider.realm {
        Realm::Required(what) if sent.is_none_or(str::is_empty) => format!("it wants {what}"),
        Realm::Required(what) => {
            let due = account_of(provider, wire.request.uri().host())?;
            if sent == Some(due.as_str()) {
                return None;
            }
            format!("it wants {what}; by the host that is {due}")
        }
        Realm::Literal(text) if sent.is_some_and(|realm| realm != text) => {
            format!("it wants '{text}'")
        }
        Realm::LeaveOut if sent.is_some() => "it wants none".to_owned(),
        _ => return None,
    };
    Some((shown(), expected))
}

/// The account that a host such as `1234567-sb1.example.com` names, in the spelling of the realm.
fn account_of(provider: &Provider, host: &str) -> Option<String> {
    let names_account = provider
        .hosts
        .iter()
        .any(|host| host.starts_with("{acct}."));
    let (account, _) = host.split_once('.')?;
    names_account.then(|| account.to_ascii_uppercase().replace('-', "_"))
}

/// A service that has ended refuses everything; said only where nothing else explains it.
fn retired(context: &Context<'_>, wire: &Wire<'_>, notebook: &mut Notebook) {
    let Some(row) = ended_by_host(wire.request.uri().host()) else {
        return;
    };
    let when = if row.when.is_empty() {
        "the end is past"
    } else {
        row.when
    };
    notebook.warn(ID, format!("{} has ended OAuth 1.0a: {when}", row.name));
    if context.is_accepted() || context.answer.is_some() || !context.is_refused() {
        return;
    }
    notebook.found(
        Finding::of("protocol.retired", Confidence::Possible).with(Evidence::note(
            row.name,
            format!("ended: {when} ({}: {})", row.grade.meaning(), row.source),
        )),
    );
}
