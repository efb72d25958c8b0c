//! The signature method and the key that goes with it.

use countersign_key::Secret;
use countersign_signature::{HmacKey, KeyKind, Method, Methods, Signer};

use crate::exit::Failure;
use crate::keys_file::KeySet;

/// The method asked for, or the one that fits the keys.
pub(crate) fn method(asked: Option<&str>, keys: &KeySet) -> Result<&'static Method, Failure> {
    let Some(name) = asked.or(keys.facts.signature_method.as_deref()) else {
        return Ok(if keys.private_key.is_some() {
            Method::RSA_SHA1
        } else {
            Method::HMAC_SHA1
        });
    };
    // Naming PLAINTEXT on the command line, or in one's own file, is the opt-in.
    let methods = Methods::standard().dangerous_with_plaintext();
    methods.find(name).ok_or_else(|| {
        let names: Vec<_> = methods.iter().map(Method::name).collect();
        Failure::Usage(format!(
            "unknown signature method {name:?}, expected one of {}",
            names.join(", ")
        ))
    })
}

/// The signer, or what is missing for it.
pub(crate) fn signer(method: &'static Method, keys: &KeySet) -> Result<Signer, Failure> {
    match method.kind() {
        KeyKind::Rsa => {
            let key = keys.private_key.as_ref().ok_or_else(|| {
                missing(
                    "private_key",
                    method,
                    "private_key = \"application.key.pem\"",
                )
            })?;
            Signer::rsa(method, key).map_err(|error| Failure::work(&error))
        }
        KeyKind::Secret => {
            let secret = keys.consumer_secret.as_ref().ok_or_else(|| {
                missing(
                    "consumer_secret",
                    method,
                    "consumer_secret = \"kd94hf93k423kf44\"",
                )
            })?;
            warn_of_half_a_token(keys);
            let key = HmacKey::new(secret, keys.token_secret.as_ref());
            if method.is_plaintext() {
                Ok(Signer::dangerous_plaintext(&key))
            } else {
                Signer::hmac(method, &key).map_err(|error| Failure::work(&error))
            }
        }
    }
}

/// What a missing entry of the keys file is called, and how it is written.
pub(crate) fn missing(name: &str, why: impl core::fmt::Display, example: &str) -> Failure {
    Failure::Credentials(format!(
        "{name} is missing in the keys file, {why} needs it; a line like\n  {example}"
    ))
}

fn warn_of_half_a_token(keys: &KeySet) {
    let sends_token = keys.token.as_ref().is_some_and(|token| !token.is_empty());
    let has_secret = keys
        .token_secret
        .as_ref()
        .is_some_and(|secret: &Secret| !secret.is_empty());
    if sends_token && keys.token_secret.is_none() {
        crate::output::note(
            "warning: the keys file has a token but no token_secret; signing with an empty one",
        );
    }
    if keys.token.is_none() && has_secret {
        crate::output::note(
            "warning: the keys file has a token_secret but no token; it is part of the key all the same",
        );
    }
}
