//! The signing client out of a keys file or profile.

use countersign_base_string::Place as Placement;
use countersign_client::{
    BodyHashPolicy, Client, Consumer, Credentials, Token, preset_with_method,
};
use countersign_dialect::{BodyHash, Provider};
use countersign_key::Secret;
use countersign_signature::body_hash::Rule;
use countersign_signature::{KeyKind, Method};

use crate::commands::sign::credentials::{method, missing, signer};
use crate::exit::Failure;
use crate::keys_file::{KeySet, Place};

/// The consumer with the token of the file.
pub(crate) fn with_token(client: Client, keys: &KeySet) -> Result<Credentials, Failure> {
    let failed = |error: countersign_signature::UnusableKey| Failure::work(&error);
    match keys.token.as_deref() {
        None => client.without_token().map_err(failed),
        Some("") => client.with_empty_token().without_token().map_err(failed),
        Some(token) => {
            let secret = keys.token_secret.as_ref().map_or("", Secret::expose_secret);
            let token = Token::new(token, Secret::new(secret));
            client.with_token(&token).map_err(failed)
        }
    }
}

/// The consumer as the provider wants it; what the file says goes before the preset.
pub(crate) fn client(keys: &KeySet, asked: Option<&str>) -> Result<Client, Failure> {
    let method = method(asked, keys)?;
    let (mut client, row) = plain(keys, method)?;
    if let Some(place) = keys.facts.placement {
        client = client.with_placement(placement(place));
    }
    match keys.facts.body_hash {
        // The row knows which hash, and of which bodies.
        Some(true) if row.is_some_and(hashes) => {}
        Some(true) => client = client.with_body_hash(BodyHashPolicy::with_body(Rule::MethodHash)),
        Some(false) => client = client.with_body_hash(BodyHashPolicy::NEVER),
        None => {}
    }
    if let Some(realm) = &keys.realm {
        client = client.with_realm(realm.as_str());
    }
    Ok(client)
}

/// By the row of the preset, where it has the method; it knows more than a file can say.
fn plain(
    keys: &KeySet,
    method: &'static Method,
) -> Result<(Client, Option<&'static Provider>), Failure> {
    if let Some(row) = keys.facts.row_for(method) {
        let client = preset_with_method(row, consumer(keys, method)?, method);
        return Ok((client.map_err(|error| Failure::work(&error))?, Some(row)));
    }
    let client = Client::new(consumer(keys, method)?, method);
    Ok((client.map_err(|error| Failure::work(&error))?, None))
}

const fn hashes(row: &Provider) -> bool {
    matches!(
        row.body_hash,
        BodyHash::Required(_) | BodyHash::NonFormBodies(_)
    )
}

fn consumer(keys: &KeySet, method: &'static Method) -> Result<Consumer, Failure> {
    let key = keys.consumer_key.clone().ok_or_else(|| {
        missing(
            "consumer_key",
            "every request",
            "consumer_key = \"dpf43f3p2l4k3l03\"",
        )
    })?;
    // Says what is missing, and warns of half a token.
    let signer = signer(method, keys)?;
    let secret = || {
        let secret = keys.consumer_secret.as_ref();
        Secret::new(secret.map_or("", Secret::expose_secret))
    };
    Ok(match method.kind() {
        KeyKind::Rsa => Consumer::signer(key, signer),
        KeyKind::Secret if method.is_plaintext() => Consumer::dangerous_plaintext(key, secret()),
        KeyKind::Secret => Consumer::hmac(key, secret()),
    })
}

const fn placement(place: Place) -> Placement {
    match place {
        Place::Header => Placement::Header,
        Place::Query => Placement::Query,
        Place::Body => Placement::Body,
    }
}
