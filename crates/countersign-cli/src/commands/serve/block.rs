//! What is printed at the start.

use core::fmt::Write as _;

use countersign_base_string::{ProtocolParameters, Request, Uri};
use countersign_capture::OwnedRequest;
use countersign_server::Facts;
use countersign_signature::{HmacKey, Method, OsRandom, SignRequest, Signer, nonce};
use serde_json::{Value, json};

use super::examples::{EXAMPLES, Examples, ORGANISATION, USER};
use crate::exit::Failure;
use crate::keys_file;

/// The target of the request to try.
const TRY: &str = "/echo?hello=world";

pub(super) fn text(facts: &Facts, examples: Option<&Examples>) -> Result<String, Failure> {
    let mut text = format!("countersign {}  provider\n\n", env!("CARGO_PKG_VERSION"));
    for (name, value) in rows(facts) {
        // Writing to a String can't fail.
        let _ = writeln!(text, "  {name:<10} {value}");
    }
    if !facts.warnings.is_empty() {
        text.push('\n');
    }
    for warning in &facts.warnings {
        let _ = writeln!(text, "  warning[{}]: {warning}", warning.code());
    }
    if let Some(examples) = examples {
        text.push_str(&to_try(facts, examples)?);
    }
    text.push_str("\nready; Ctrl-C stops it\n");
    Ok(text)
}

fn rows(facts: &Facts) -> Vec<(&'static str, String)> {
    let upstream = facts.upstream.as_ref();
    let behind = upstream.map_or_else(
        || "/echo tells what was verified".to_owned(),
        |upstream| format!("-> {upstream}"),
    );
    let (past, future) = facts.window;
    let mut rows = vec![
        ("listen", format!("http://{}  {behind}", facts.listen)),
        (
            "signed as",
            format!("{}  (scheme and host that clients sign)", facts.signed_as),
        ),
        (
            "operators",
            format!("http://{}  /livez /readyz /metrics", facts.admin_listen),
        ),
        (
            "endpoints",
            "/oauth/RequestToken  /oauth/Authorize  /oauth/AccessToken".to_owned(),
        ),
        (
            "policy",
            format!(
                "timestamps {past} s back to {future} s ahead; renewal {}; answers {}",
                if facts.graceful { "graceful" } else { "strict" },
                if facts.terse { "terse" } else { "explicit" },
            ),
        ),
        ("access", facts.roles.join(", ")),
        (
            "store",
            format!(
                "{}  {} consumers, {} users",
                facts.store, facts.consumers, facts.users
            ),
        ),
    ];
    if let Some(tls) = &facts.tls {
        rows.insert(2, ("tls", tls.clone()));
    }
    rows
}

fn to_try(facts: &Facts, examples: &Examples) -> Result<String, Failure> {
    let mut text = "\nApplications to try it with:\n".to_owned();
    for example in &EXAMPLES {
        let keys = examples.keys(example);
        let _ = writeln!(
            text,
            "  {:<13} {:<40} {}",
            example.key,
            example.words,
            keys.display()
        );
    }
    let [public, ..] = &EXAMPLES;
    let keys = examples.keys(public);
    let _ = write!(
        text,
        "User {USER} of {ORGANISATION}, password in {}\n\n\
         Try this; a second time it is refused, as a replay:\n  {}\n\
         Sign another one:\n  countersign sign --keys {} --as curl '{}{TRY}'\n",
        examples.password().display(),
        curl(facts, &keys_file::read(&keys)?)?,
        keys.display(),
        facts.signed_as,
    );
    Ok(text)
}

/// A curl command for a request that is signed now.
fn curl(facts: &Facts, keys: &keys_file::KeySet) -> Result<String, Failure> {
    let failed = |error: &dyn core::error::Error| Failure::work(error);
    let (Some(key), Some(secret)) = (&keys.consumer_key, &keys.consumer_secret) else {
        return Err(Failure::Credentials(
            "the keys of the example are incomplete".to_owned(),
        ));
    };
    let url = format!("{}{TRY}", facts.signed_as);
    let uri = Uri::parse(&url).map_err(|error| failed(&error))?;
    let request = Request::new("GET", uri).map_err(|error| failed(&error))?;
    let timestamp = countersign_clock::system::now().seconds().to_string();
    let nonce = nonce(&mut OsRandom::new()).map_err(|error| failed(&error))?;
    let method = Method::HMAC_SHA256;
    let protocol = ProtocolParameters::new(key, method.name(), &timestamp, &nonce);
    let signer =
        Signer::hmac(method, &HmacKey::new(secret, None)).map_err(|error| failed(&error))?;
    let signed = SignRequest::new(&request, &protocol)
        .sign(&signer, None)
        .map_err(|error| failed(&error))?;
    let scheme = uri.scheme();
    let (_, authority) = facts.signed_as.split_once("://").unwrap_or_default();
    let mut request = OwnedRequest::new("GET", TRY)
        .with_scheme(scheme)
        .with_host(authority);
    if let Some(value) = signed.authorization() {
        request = request.with_header("Authorization", value);
    }
    request
        .to_curl(Some(scheme))
        .map_err(|error| failed(&error))
}

pub(super) fn json(facts: &Facts, examples: Option<&Examples>) -> Value {
    let warnings: Vec<Value> = facts
        .warnings
        .iter()
        .map(|warning| json!({ "code": warning.code(), "text": warning.to_string() }))
        .collect();
    let keys: Vec<Value> = examples.map_or_else(Vec::new, |examples| {
        let files = EXAMPLES.iter().map(|example| {
            json!({ "consumer": example.key, "keys": examples.keys(example).display().to_string() })
        });
        files.collect()
    });
    json!({
        "schema": "countersign/serve/1",
        "listen": facts.listen.to_string(),
        "admin_listen": facts.admin_listen.to_string(),
        "signed_as": facts.signed_as,
        "tls": facts.tls,
        "upstream": facts.upstream,
        "past": facts.window.0,
        "future": facts.window.1,
        "renewal": if facts.graceful { "graceful" } else { "strict" },
        "answers": if facts.terse { "terse" } else { "explicit" },
        "roles": facts.roles,
        "store": facts.store,
        "consumers": facts.consumers,
        "users": facts.users,
        "examples": keys,
        "warnings": warnings,
    })
}
