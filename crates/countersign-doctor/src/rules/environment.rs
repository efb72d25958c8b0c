//! Keys of one environment at the host of another.

use countersign_dialect::environment_of;

use crate::context::{Context, Wire};
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

const ID: &str = "environment";

/// How hosts for trying out are called.
const SANDBOX: [&str; 9] = [
    "sandbox", "staging", "test", "dev", "demo", "uat", "preprod", "sb", "beta",
];

/// Codes with which a provider says that it has never heard of a key or token.
const UNKNOWN: [&str; 4] = [
    "consumer_key_unknown",
    "consumer_key_rejected",
    "token_rejected",
    "signature_invalid",
];

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(wire) = &context.wire else { return };
    if context.is_accepted() {
        return;
    }
    if other_set(context, wire, notebook) {
        return;
    }
    by_host(context, wire, notebook);
}

/// The host is one of two environments, and the answer does not know the key.
fn by_host(context: &Context<'_>, wire: &Wire<'_>, notebook: &mut Notebook) {
    let host = wire.request.uri().host();
    let (name, which, others, grade) = match environment_of(host) {
        Some((row, which)) => {
            let others = match which {
                countersign_dialect::Environment::Production => row.sandbox,
                countersign_dialect::Environment::Sandbox => row.production,
            };
            (row.name, which.as_str(), others.join(", "), row.grade)
        }
        None if is_sandbox(host) => return note_sandbox(host, notebook),
        None => return,
    };
    notebook.ok(ID, format!("{name}: {host} is the {which} host"));
    let knows_no_key = context
        .problem_code()
        .is_some_and(|code| UNKNOWN.contains(&code));
    if !knows_no_key || notebook.has_proof() {
        return;
    }
    notebook.found(
        Finding::of("env.mismatch", Confidence::Possible)
            .with(Evidence::note(
                name,
                format!(
                    "{host} is the {which} host, the other environment is at {others} ({})",
                    grade.meaning()
                ),
            ))
            .also("consumer.unknown"),
    );
    notebook.ask("for which environment the key was issued, in the provider's portal");
}

fn note_sandbox(host: &str, notebook: &mut Notebook) {
    notebook.ok(ID, format!("{host} looks like a host for trying out"));
}

/// Whether a label of the host, or a part of one between hyphens, is such a word.
fn is_sandbox(host: &str) -> bool {
    host.split(['.', '-']).any(|part| {
        let part = part.trim_end_matches(|c: char| c.is_ascii_digit());
        SANDBOX.iter().any(|word| part.eq_ignore_ascii_case(word))
    })
}

/// Key or token of the request stand in another set of keys than the one that was chosen.
fn other_set(context: &Context<'_>, wire: &Wire<'_>, notebook: &mut Notebook) -> bool {
    let Some(keys) = context.case.keys else {
        return false;
    };
    let key = wire.claims.consumer_key().filter(|key| !key.is_empty());
    let Some(key) = key.filter(|key| keys.consumer_key().is_some_and(|own| own != *key)) else {
        return false;
    };
    let Some((name, _)) = keys
        .others()
        .find(|(_, other)| other.consumer_key() == Some(key))
    else {
        return false;
    };
    notebook.warn(ID, format!("the consumer key is that of the set '{name}'"));
    notebook.found(
        Finding::of("env.mismatch", Confidence::Likely)
            .saying(format!(
                "the request is sent with the keys of the set '{name}'"
            ))
            .with(Evidence::note(
                "oauth_consumer_key",
                format!("stands in the set '{name}' of the keys file, not in the main one"),
            )),
    );
    notebook.ask("which set of keys belongs to the host of the request");
    true
}

#[cfg(test)]
mod tests {
    use super::is_sandbox;

    #[test]
    fn hosts_for_trying_out() {
        for host in [
            "sandbox.example.com",
            "1234567-sb1.example.com",
            "api.dev.example.org",
        ] {
            assert!(is_sandbox(host), "{host}");
        }
        for host in [
            "api.example.com",
            "device.example.com",
            "latest.example.com",
        ] {
            assert!(!is_sandbox(host), "{host}");
        }
    }
}
