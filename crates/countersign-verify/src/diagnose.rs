//! Whether a signature holds, asked on its own: for explaining, never for accepting.

use countersign_base_string::{BaseString, Parameters, Request};
use countersign_key::{RsaPublicKey, Secret};
use countersign_signature::{HmacKey, KeyKind, Method, Methods, Verifier};

use crate::claims::Claims;
use crate::pipeline::secret_verifier;

/// Keys to try for an explanation: whatever the person has at hand.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum KeysAtHand<'k> {
    /// Consumer secret and, if there is a token, its secret.
    Secrets {
        /// The consumer secret.
        consumer: &'k Secret,
        /// The token secret.
        token: Option<&'k Secret>,
    },
    /// A public key: from a certificate, or the public half of the private key.
    PublicKey(&'k RsaPublicKey),
}

/// What [`diagnose_signature`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureFinding {
    /// The signature is the one computed: it is not the signature.
    Holds,
    /// The signature is another than the one computed.
    Differs,
    /// The signature is no canonical base64.
    Malformed,
    /// The declared method is not known to this table.
    UnknownMethod,
    /// The keys at hand are of another kind than the declared method needs.
    OtherKindOfKey,
    /// The request carries no signature, or no method.
    Absent,
}

/// Checks the signature alone, whatever else is wrong with the request (a stale timestamp, say).
///
/// This is a separate, explicit call for explanations. Its answer is no proof type on purpose:
/// nothing that accepts requests can be built from it.
#[must_use]
pub fn diagnose_signature(
    request: &Request<'_>,
    parameters: &Parameters<'_>,
    methods: &Methods,
    keys: KeysAtHand<'_>,
) -> SignatureFinding {
    let claims = Claims::of(parameters);
    let (Some(text), Some(name)) = (claims.signature(), claims.signature_method()) else {
        return SignatureFinding::Absent;
    };
    let Some(method) = methods.find(name) else {
        return SignatureFinding::UnknownMethod;
    };
    let Some(verifier) = verifier(method, keys) else {
        return SignatureFinding::OtherKindOfKey;
    };
    let Ok(signature) = method.parse_signature(text) else {
        return SignatureFinding::Malformed;
    };
    let base = BaseString::new(request, parameters);
    match verifier.verify(base.as_str().as_bytes(), &signature) {
        Ok(()) => SignatureFinding::Holds,
        Err(_) => SignatureFinding::Differs,
    }
}

fn verifier(method: &'static Method, keys: KeysAtHand<'_>) -> Option<Verifier> {
    match (keys, method.kind()) {
        (KeysAtHand::Secrets { consumer, token }, KeyKind::Secret) => {
            secret_verifier(method, &HmacKey::new(consumer, token))
        }
        (KeysAtHand::PublicKey(key), KeyKind::Rsa) => Verifier::rsa(method, key).ok(),
        _ => None,
    }
}
