//! Parameters that were signed and not sent.

use countersign_base_string::Place;
use countersign_signature::{Hash, body_hash};

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::rules::parameters::{with_pair, with_pairs};
use crate::search::state::Plan;
use crate::search::subject::{Pair, Subject};

pub(crate) const ROWS: &[Rule] = &[
    Rule {
        code: "sbs.realm_included",
        dimension: Dimension::ParameterSet,
        prior: 30,
        did: "signed the realm of the Authorization header",
        deviate: Deviate::Parameters(|subject, plan, out| {
            if let Some(realm) = subject.realm {
                first(plan, Pair::added("realm", realm, Place::Header), out);
            }
        }),
    },
    Rule {
        code: "sbs.realm_included",
        dimension: Dimension::ParameterSet,
        prior: 4,
        did: "signed an empty realm",
        deviate: Deviate::Parameters(|subject, plan, out| {
            if subject.realm.is_none() {
                first(plan, Pair::added("realm", "", Place::Header), out);
            }
        }),
    },
    Rule {
        code: "sbs.empty_oauth_token",
        dimension: Dimension::ParameterSet,
        prior: 30,
        did: "signed an empty oauth_token that was not sent",
        deviate: Deviate::Parameters(|_, plan, out| add(plan, "oauth_token", "", out)),
    },
    Rule {
        code: "sbs.empty_oauth_token",
        dimension: Dimension::ParameterSet,
        prior: 5,
        did: "signed an empty oauth_token where one with a value was sent",
        deviate: Deviate::Parameters(|_, plan, out| {
            super::protocol::set(plan, "oauth_token", "", "", out);
        }),
    },
    Rule {
        code: "sbs.oauth_param_added",
        dimension: Dimension::ParameterSet,
        prior: 22,
        did: "signed an oauth_version that was not sent",
        deviate: Deviate::Parameters(|_, plan, out| {
            for version in ["1.0", "1.0a", ""] {
                add(plan, "oauth_version", version, out);
            }
        }),
    },
    Rule {
        code: "sbs.oauth_param_added",
        dimension: Dimension::ParameterSet,
        prior: 12,
        did: "signed an oauth_callback that was not sent",
        deviate: Deviate::Parameters(|_, plan, out| {
            for callback in ["oob", "", "about:blank", "none", "null"] {
                add(plan, "oauth_callback", callback, out);
            }
        }),
    },
    Rule {
        code: "sbs.oauth_param_added",
        dimension: Dimension::ParameterSet,
        prior: 8,
        did: "signed an optional parameter that was not sent, with nothing in it",
        deviate: Deviate::Parameters(|_, plan, out| {
            for name in OPTIONAL {
                add(plan, name, "", out);
            }
        }),
    },
    Rule {
        code: "sbs.oauth_param_added",
        dimension: Dimension::ParameterSet,
        prior: 8,
        did: "signed oauth_signature itself",
        deviate: Deviate::Parameters(|subject, plan, out| {
            add(plan, "oauth_signature", "", out);
            if let Some(signature) = subject.signature {
                add(plan, "oauth_signature", signature, out);
            }
        }),
    },
    Rule {
        code: "sbs.oauth_param_added",
        dimension: Dimension::ParameterSet,
        prior: 5,
        did: "signed the token under a misspelt name, with nothing in it",
        deviate: Deviate::Parameters(|_, plan, out| {
            for name in MISSPELT_TOKEN {
                add(plan, name, "", out);
            }
        }),
    },
    Rule {
        code: "bodyhash.not_sent",
        dimension: Dimension::ParameterSet,
        prior: 10,
        did: "signed an oauth_body_hash that was not sent",
        deviate: Deviate::Parameters(|subject, plan, out| {
            for (value, detail) in hashes(subject) {
                add_with(plan, "oauth_body_hash", &value, detail, out);
            }
        }),
    },
    Rule {
        code: "bodyhash.wrong_bytes",
        dimension: Dimension::ParameterSet,
        prior: 6,
        did: "signed another oauth_body_hash than the one sent",
        deviate: Deviate::Parameters(|subject, plan, out| {
            for (value, detail) in hashes(subject) {
                super::protocol::set(plan, "oauth_body_hash", &value, detail, out);
            }
        }),
    },
    Rule {
        code: "sbs.param_added",
        dimension: Dimension::ParameterSet,
        prior: 3,
        did: "signed a setting of the client that was not sent",
        deviate: Deviate::Parameters(|subject, plan, out| {
            for (name, value) in SETTINGS {
                add(plan, name, value, out);
            }
            if !matches!(subject.method, "GET" | "POST" | "HEAD") {
                add(plan, "_method", subject.method, out);
                add(plan, "_method", &subject.method.to_ascii_lowercase(), out);
            }
        }),
    },
];

/// Parameters that a flow has at some step, and that clients carry along empty at the others.
const OPTIONAL: [&str; 6] = [
    "oauth_verifier",
    "oauth_session_handle",
    "oauth_token_secret",
    "oauth_body_hash",
    "scope",
    "xoauth_requestor_id",
];

/// How the name of the token is misspelt by clients that have none yet.
const MISSPELT_TOKEN: [&str; 8] = [
    "oauth_tokey",
    "oauth_toke",
    "oauth_tokens",
    "oauth_Token",
    "oauth_access_token",
    "oauthtoken",
    "access_token",
    "token",
];

/// What wrappers of single providers add to every request.
const SETTINGS: [(&str, &str); 4] = [
    ("format", "json"),
    ("format", "xml"),
    ("alt", "json"),
    ("nojsoncallback", "1"),
];

/// The hashes of the body, and of no body at all.
fn hashes(subject: &Subject<'_>) -> Vec<(String, &'static str)> {
    let mut hashes = vec![
        (
            body_hash::compute(Hash::Sha1, subject.body),
            "SHA-1 of the body",
        ),
        (
            body_hash::compute(Hash::Sha256, subject.body),
            "SHA-256 of the body",
        ),
    ];
    if !subject.body.is_empty() {
        hashes.push((
            body_hash::compute(Hash::Sha1, b""),
            "SHA-1 of an empty body",
        ));
        hashes.push((
            body_hash::compute(Hash::Sha256, b""),
            "SHA-256 of an empty body",
        ));
    }
    hashes
}

/// Puts a parameter before all others.
fn first(plan: &Plan, pair: Pair, out: &mut Out<Plan>) {
    let mut pairs = vec![pair.into()];
    pairs.extend(plan.pairs.iter().cloned());
    out.push(with_pairs(plan, pairs), "");
}

/// Adds a parameter that is not there, and says which.
fn add(plan: &Plan, name: &str, value: &str, out: &mut Out<Plan>) {
    let detail = if value.is_empty() {
        format!("parameter {name}, empty")
    } else {
        format!("parameter {name}")
    };
    add_with(plan, name, value, &detail, out);
}

fn add_with(plan: &Plan, name: &str, value: &str, detail: &str, out: &mut Out<Plan>) {
    if plan.pairs.iter().any(|pair| pair.name == name.as_bytes()) {
        return;
    }
    // A setting of the client would stand where its other parameters do.
    let place = if name.starts_with("oauth_") || !has_query(plan) {
        Place::Header
    } else {
        Place::Query
    };
    let state = with_pair(plan, Pair::added(name, value, place));
    out.push(state, detail.to_owned());
}

fn has_query(plan: &Plan) -> bool {
    plan.pairs.iter().any(|pair| pair.place == Place::Query)
}
