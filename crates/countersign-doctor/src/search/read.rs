//! The request of a case, taken apart.

use std::rc::Rc;

use countersign_base_string::{Scheme, Uri};
use countersign_key::Secret;
use zeroize::Zeroizing;

use super::state::{KeyParts, Plan, Spell, UriParts};
use super::subject::{Pair, Subject};
use crate::context::{Context, Wire};
use crate::keys::Keys;

impl<'a> Subject<'a> {
    /// Takes the request apart.
    pub(crate) fn of(wire: &'a Wire<'_>, context: &'a Context<'_>) -> Self {
        let request = &wire.request;
        let has_token = wire.claims.token().is_some_and(|token| !token.is_empty());
        let keys = context.case.keys;
        let captured = context.case.request;
        Self {
            method: request.method(),
            target: captured.map_or("", |captured| captured.target()),
            query: request.uri().query(),
            content_type: request.content_type(),
            is_form: request.is_form_body(),
            body: request.body(),
            headers: captured.map_or_else(Vec::new, |captured| {
                captured
                    .headers()
                    .iter()
                    .filter_map(|header| {
                        let value = header.value_str()?;
                        Some((header.name().to_ascii_lowercase(), value.to_owned()))
                    })
                    .collect()
            }),
            consumer_key: wire.claims.consumer_key(),
            token: wire.claims.token(),
            realm: wire.parameters.realm(),
            signature: wire.claims.signature(),
            uri: uri_parts(request.uri()),
            other_uri: (!wire.scheme_known).then(|| {
                let other = match request.uri().scheme() {
                    Scheme::Http => Scheme::Https,
                    Scheme::Https => Scheme::Http,
                };
                uri_parts(&request.uri().with_scheme(other))
            }),
            plan: Plan::by_the_rule(pairs(wire)),
            key: keys.and_then(|keys| key_parts(keys, has_token)),
            unused_token_secret: keys
                .and_then(Keys::token_secret)
                .filter(|_| !has_token)
                .map(octets),
            other_keys: keys.map_or_else(Vec::new, |keys| {
                keys.others()
                    // It may have one of them only: the secret of another token.
                    .map(|(name, keys)| {
                        let parts = joined(keys.consumer_secret(), keys.token_secret());
                        (name.to_owned(), parts)
                    })
                    .collect()
            }),
        }
    }
}

fn octets(secret: &Secret) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(secret.expose_secret().as_bytes().to_vec())
}

/// The key by the rule: without a token, there is no token secret in it.
fn key_parts(keys: &Keys, has_token: bool) -> Option<KeyParts> {
    let consumer_secret = keys.consumer_secret()?;
    let token_secret = keys.token_secret().filter(|_| has_token);
    Some(joined(Some(consumer_secret), token_secret))
}

fn joined(consumer_secret: Option<&Secret>, token_secret: Option<&Secret>) -> KeyParts {
    KeyParts {
        consumer_secret: consumer_secret.map_or_else(Zeroizing::default, octets),
        token_secret: token_secret.map_or_else(Zeroizing::default, octets),
        is_encoded: true,
        spell: Spell::RULE.write,
        between: b"&",
    }
}

fn uri_parts(uri: &Uri<'_>) -> UriParts {
    let port = uri
        .port()
        .filter(|port| *port != uri.scheme().default_port());
    UriParts {
        scheme: uri.scheme().as_str().into(),
        slashes: b"://".to_vec(),
        host: uri.host().to_ascii_lowercase().into(),
        port: port.map_or_else(Vec::new, |port| format!(":{port}").into()),
        path: if uri.path().is_empty() {
            b"/".to_vec()
        } else {
            uri.path().into()
        },
        suffix: Vec::new(),
    }
}

fn pairs(wire: &Wire<'_>) -> Vec<Rc<Pair>> {
    wire.parameters
        .iter()
        .filter(|parameter| parameter.is_signed())
        .enumerate()
        .map(|(id, parameter)| {
            let (name, value) = (parameter.name(), parameter.value());
            Rc::new(Pair {
                id: u16::try_from(id).ok(),
                place: parameter.place(),
                raw_name: parameter.raw_name().unwrap_or(&name).to_vec(),
                raw_value: parameter.raw_value().unwrap_or(&value).to_vec(),
                name: name.into_owned(),
                value: value.into_owned(),
                has_equals: parameter.has_equals(),
            })
        })
        .collect()
}
