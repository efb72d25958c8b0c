//! A client that signs `http` requests.

use core::sync::atomic::{AtomicU32, Ordering};

use countersign_base_string::{Place, ProtocolParameters, Request, Uri};
use countersign_key::{RsaPrivateKey, Secret};
use countersign_signature::{Hash, HmacKey, Method, OsRandom, Signer, body_hash, sign};

use super::NOW;

pub(crate) const ORIGIN: &str = "https://api.example.com";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const JSON: &str = "application/json";

/// A request before it is signed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unsigned<'a> {
    pub(crate) method: &'a str,
    pub(crate) origin: &'a str,
    pub(crate) target: &'a str,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) body: &'a [u8],
    /// Whether the hash of the body is signed.
    pub(crate) hashed: bool,
    pub(crate) at: i64,
    pub(crate) callback: Option<&'a str>,
    pub(crate) verifier: Option<&'a str>,
    pub(crate) session_handle: Option<&'a str>,
}

impl<'a> Unsigned<'a> {
    pub(crate) fn get(target: &'a str) -> Self {
        Self {
            method: "GET",
            origin: ORIGIN,
            target,
            content_type: None,
            body: b"",
            hashed: false,
            at: NOW,
            callback: None,
            verifier: None,
            session_handle: None,
        }
    }

    pub(crate) fn post(target: &'a str, content_type: &'a str, body: &'a [u8]) -> Self {
        Self {
            method: "POST",
            content_type: Some(content_type),
            body,
            ..Self::get(target)
        }
    }

    pub(crate) fn hashed(self) -> Self {
        Self {
            hashed: true,
            ..self
        }
    }
}

/// Who signs, and with what.
pub(crate) struct Client {
    pub(crate) key: String,
    pub(crate) token: Option<String>,
    signer: Signer,
}

static NONCES: AtomicU32 = AtomicU32::new(1);

impl Client {
    pub(crate) fn hmac(key: &str, secret: &str) -> Self {
        let secret = HmacKey::new(&Secret::new(secret), None);
        Self {
            key: key.to_owned(),
            token: None,
            signer: Signer::hmac(Method::HMAC_SHA1, &secret).unwrap(),
        }
    }

    pub(crate) fn hmac_with_token(
        key: &str,
        secret: &str,
        token: &str,
        token_secret: &str,
    ) -> Self {
        let secret = HmacKey::new(&Secret::new(secret), Some(&Secret::new(token_secret)));
        Self {
            key: key.to_owned(),
            token: Some(token.to_owned()),
            signer: Signer::hmac(Method::HMAC_SHA1, &secret).unwrap(),
        }
    }

    pub(crate) fn rsa(key: &str, private_key: &[u8], token: Option<&str>) -> Self {
        let private_key = RsaPrivateKey::read(private_key, None).unwrap();
        Self {
            key: key.to_owned(),
            token: token.map(str::to_owned),
            signer: Signer::rsa(Method::RSA_SHA1, &private_key).unwrap(),
        }
    }

    /// The value of the `Authorization` field.
    pub(crate) fn authorization(&self, unsigned: &Unsigned<'_>) -> String {
        let nonce = format!("nonce{}", NONCES.fetch_add(1, Ordering::Relaxed));
        let timestamp = unsigned.at.to_string();
        let url = format!("{}{}", unsigned.origin, unsigned.target);
        let request = Request::new(unsigned.method, Uri::parse(&url).unwrap())
            .unwrap()
            .with_body(unsigned.content_type, unsigned.body);
        let method = self.signer.method();
        let mut protocol = ProtocolParameters::new(&self.key, method.name(), &timestamp, &nonce);
        if let Some(token) = &self.token {
            protocol = protocol.with_token(token);
        }
        let hash = body_hash::compute(Hash::Sha1, unsigned.body);
        if unsigned.hashed {
            protocol = protocol.with_body_hash(&hash);
        }
        if let Some(callback) = unsigned.callback {
            protocol = protocol.with_callback(callback);
        }
        if let Some(verifier) = unsigned.verifier {
            protocol = protocol.with_verifier(verifier);
        }
        if let Some(handle) = unsigned.session_handle {
            protocol = protocol.with_parameter("oauth_session_handle", handle);
        }
        let mut random = OsRandom::new();
        let place = Place::Header;
        let signed = sign(
            &request,
            &protocol,
            &self.signer,
            place,
            None,
            Some(&mut random),
        );
        signed.unwrap().authorization().unwrap().to_owned()
    }

    /// The signed request, with another body if `body` is one.
    pub(crate) fn request<B>(&self, unsigned: &Unsigned<'_>, body: B) -> http::Request<B> {
        let mut request = http::Request::builder()
            .method(unsigned.method)
            .uri(unsigned.target)
            .header("authorization", self.authorization(unsigned));
        if let Some(content_type) = unsigned.content_type {
            request = request.header("content-type", content_type);
        }
        request.body(body).unwrap()
    }
}
