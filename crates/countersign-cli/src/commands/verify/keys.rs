//! The candidate keys: what the keys file has for the method that the request names.

use countersign_certificate::Certificate;
use countersign_key::{RsaPublicKey, Secret};
use countersign_signature::{KeyKind, Methods};
use countersign_verify::{Claims, Consumer, Token};

use crate::exit::Failure;
use crate::keys_file::KeySet;

/// The keys to verify with.
pub(super) struct Chosen<'a> {
    material: Material<'a>,
    token_secret: Option<Secret>,
    /// The consumer key, if the keys file has one and the request names another.
    pub(super) other_consumer: Option<(&'a str, String)>,
}

enum Material<'a> {
    Secret(&'a Secret),
    Certificates(&'a [Certificate]),
    Public(Vec<RsaPublicKey>),
}

impl Chosen<'_> {
    pub(super) fn consumer(&self) -> Consumer<'_> {
        match &self.material {
            Material::Secret(secret) => Consumer::secret(secret),
            Material::Certificates(certificates) => Consumer::certificates(certificates),
            Material::Public(keys) => Consumer::public_keys(keys),
        }
    }

    pub(super) fn token(&self) -> Option<Token<'_>> {
        self.token_secret.as_ref().map(Token::new)
    }
}

/// Chooses by the kind of key that the named method needs; a file with the other kind only is
/// used as it is, and the method is then refused.
pub(super) fn choose<'a>(keys: &'a KeySet, claims: &Claims<'_>) -> Result<Chosen<'a>, Failure> {
    let named = claims.signature_method().unwrap_or_default();
    let methods = Methods::standard().dangerous_with_plaintext();
    let is_rsa = methods
        .find(named)
        .is_some_and(|method| method.kind() == KeyKind::Rsa);
    let secret = || keys.consumer_secret.as_ref().map(Material::Secret);
    let material = if is_rsa {
        rsa(keys).or_else(secret)
    } else {
        secret().or_else(|| rsa(keys))
    };
    let material = material.ok_or_else(|| {
        let (name, example) = if is_rsa {
            ("certificate", "certificate = \"application.cer.pem\"")
        } else {
            ("consumer_secret", "consumer_secret = \"kd94hf93k423kf44\"")
        };
        missing(name, &format!("a request signed with {named:?}"), example)
    })?;
    let is_secret = matches!(material, Material::Secret(_));
    Ok(Chosen {
        material,
        token_secret: token_secret(keys, claims, is_secret)?,
        other_consumer: other(keys.consumer_key.as_deref(), claims.consumer_key()),
    })
}

fn rsa(keys: &KeySet) -> Option<Material<'_>> {
    if !keys.certificates.is_empty() {
        return Some(Material::Certificates(&keys.certificates));
    }
    let key = keys.private_key.as_ref()?;
    Some(Material::Public(vec![key.public_key().clone()]))
}

/// The secret of the token that the request names; `None` if the keys file has another token.
fn token_secret(
    keys: &KeySet,
    claims: &Claims<'_>,
    is_secret: bool,
) -> Result<Option<Secret>, Failure> {
    let Some(sent) = claims.token().filter(|token| !token.is_empty()) else {
        return Ok(None);
    };
    if keys.token.as_deref().is_some_and(|own| own != sent) {
        return Ok(None);
    }
    match &keys.token_secret {
        Some(secret) => Ok(Some(Secret::new(secret.expose_secret().to_owned()))),
        None if is_secret => Err(missing(
            "token_secret",
            "a request with an oauth_token",
            "token_secret = \"pfkkdhi9sl3r4s00\"",
        )),
        // The secret of a token is no part of an RSA signature.
        None => Ok(Some(Secret::new(String::new()))),
    }
}

fn other<'a>(own: Option<&'a str>, sent: Option<&str>) -> Option<(&'a str, String)> {
    match (own, sent) {
        (Some(own), Some(sent)) if own != sent => Some((own, sent.to_owned())),
        _ => None,
    }
}

fn missing(name: &str, why: &str, example: &str) -> Failure {
    Failure::Credentials(format!(
        "{name} is missing in the keys file, {why} needs it; a line like\n  {example}"
    ))
}
