//! A client that signs what no honest client would send.

use core::fmt::Write as _;
use core::sync::atomic::{AtomicU64, Ordering};

use countersign_base_string::{BaseString, Limits, Parameters, Place, Request, Uri};
use countersign_encoding::encode;
use countersign_key::RsaPrivateKey;
use countersign_signature::{HmacKey, Method, Signer};
use countersign_test_support::fixtures;
use countersign_test_support::random::FixedRandom;

use super::{NOW, ORIGIN};

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// What a request is signed with.
#[derive(Debug, Clone)]
pub(crate) enum Keys {
    /// Any octets as the key of an HMAC method.
    Hmac(&'static Method, Vec<u8>),
    Plaintext(Vec<u8>),
    /// A private key of the fixtures.
    Rsa(&'static Method, &'static str),
}

impl Keys {
    pub(crate) fn secrets(consumer: &str, token: &str) -> Self {
        Self::hmac(Method::HMAC_SHA1, consumer, token)
    }

    pub(crate) fn hmac(method: &'static Method, consumer: &str, token: &str) -> Self {
        Self::Hmac(method, key(consumer, token))
    }

    pub(crate) fn plaintext(consumer: &str, token: &str) -> Self {
        Self::Plaintext(key(consumer, token))
    }

    fn signer(&self) -> Signer {
        match self {
            Self::Hmac(method, key) => Signer::hmac(method, &HmacKey::from_bytes(key)).unwrap(),
            Self::Plaintext(key) => Signer::dangerous_plaintext(&HmacKey::from_bytes(key)),
            Self::Rsa(method, name) => {
                let key = RsaPrivateKey::read(&fixtures::key(name), None).unwrap();
                Signer::rsa(method, &key).unwrap()
            }
        }
    }
}

fn key(consumer: &str, token: &str) -> Vec<u8> {
    format!("{}&{}", encode(consumer), encode(token)).into_bytes()
}

static NONCES: AtomicU64 = AtomicU64::new(0);

/// A request before it is signed.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) keys: Keys,
    pub(crate) method: &'static str,
    /// The origin that is signed for.
    pub(crate) origin: String,
    pub(crate) target: String,
    /// The protocol's own parameters, decoded, but the signature.
    pub(crate) protocol: Vec<(String, String)>,
    pub(crate) place: Place,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn new(
        consumer_key: &str,
        keys: Keys,
        method: &'static str,
        target: impl Into<String>,
    ) -> Self {
        let number = NONCES.fetch_add(1, Ordering::Relaxed);
        let protocol = [
            ("oauth_consumer_key", consumer_key.to_owned()),
            (
                "oauth_signature_method",
                keys.signer().method().name().to_owned(),
            ),
            ("oauth_timestamp", NOW.to_string()),
            ("oauth_nonce", format!("nonce{number}")),
        ];
        Self {
            keys,
            method,
            origin: ORIGIN.to_owned(),
            target: target.into(),
            protocol: protocol
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            place: Place::Header,
            content_type: None,
            body: Vec::new(),
        }
    }

    /// With this value in place of every other.
    pub(crate) fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.protocol.retain(|(known, _)| known != name);
        self.and(name, value)
    }

    /// With one more, whatever is there.
    pub(crate) fn and(mut self, name: &str, value: impl Into<String>) -> Self {
        self.protocol.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.protocol.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn at(self, seconds: i64) -> Self {
        self.set("oauth_timestamp", seconds.to_string())
    }

    pub(crate) fn nonce(self, nonce: impl Into<String>) -> Self {
        self.set("oauth_nonce", nonce)
    }

    pub(crate) fn keys(mut self, keys: Keys) -> Self {
        let name = keys.signer().method().name();
        self.keys = keys;
        self.set("oauth_signature_method", name)
    }

    pub(crate) fn origin(mut self, origin: &str) -> Self {
        origin.clone_into(&mut self.origin);
        self
    }

    pub(crate) fn place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    pub(crate) fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.content_type = Some(content_type.to_owned());
        self.body = body.into();
        self
    }

    fn base_string(&self, authorization: &str, target: &str, body: &[u8]) -> String {
        let url = format!("{}{target}", self.origin);
        let mut request = Request::new(self.method, Uri::parse(&url).unwrap()).unwrap();
        if self.place == Place::Header {
            request = request.with_authorization(authorization);
        }
        let request = request.with_body(self.content_type.as_deref(), body);
        let parameters = Parameters::collect(&request, &Limits::none()).unwrap();
        BaseString::new(&request, &parameters).into_string()
    }

    /// Signed.
    pub(crate) fn sign(&self) -> Sent {
        let mut authorization = "OAuth ".to_owned();
        let mut pairs = String::new();
        for (name, value) in &self.protocol {
            let (name, value) = (encode(name), encode(value));
            write!(authorization, "{name}=\"{value}\", ").unwrap();
            write!(pairs, "{name}={value}&").unwrap();
        }
        let (mut target, mut body) = (self.target.clone(), self.body.clone());
        match self.place {
            Place::Header => {}
            Place::Query => {
                target.push(if target.contains('?') { '&' } else { '?' });
                target += pairs.trim_end_matches('&');
            }
            Place::Body => {
                if !body.is_empty() {
                    body.push(b'&');
                }
                body.extend_from_slice(pairs.trim_end_matches('&').as_bytes());
            }
        }
        let unsigned = authorization.trim_end_matches(", ");
        let base_string = self.base_string(unsigned, &target, &body);
        let mut random = FixedRandom::new(NONCES.load(Ordering::Relaxed));
        let signature = self
            .keys
            .signer()
            .sign(base_string.as_bytes(), Some(&mut random))
            .unwrap()
            .to_text();
        let last = format!("oauth_signature={}", encode(&signature));
        let mut fields = Vec::new();
        match self.place {
            Place::Query => target += &format!("&{last}"),
            Place::Body => body.extend_from_slice(format!("&{last}").as_bytes()),
            _ => {
                let last = last.replacen('=', "=\"", 1);
                fields.push((
                    "authorization".to_owned(),
                    format!("{authorization}{last}\""),
                ));
            }
        }
        if let Some(content_type) = &self.content_type {
            fields.push(("content-type".to_owned(), content_type.clone()));
        }
        Sent {
            method: self.method,
            target,
            fields,
            body,
            base_string,
            right: signature,
        }
    }

    /// Signed, and then with another signature.
    pub(crate) fn forged(&self, signature: &str) -> Sent {
        let mut sent = self.sign();
        sent.replace(&encode(&sent.right.clone()), &encode(signature));
        sent
    }
}

/// A request as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// What was signed.
    pub(crate) base_string: String,
    /// The signature that was computed for it, whatever is in it now.
    pub(crate) right: String,
}

impl Sent {
    /// Changes what stands in the `Authorization` field.
    pub(crate) fn replace(&mut self, from: &str, to: &str) {
        let field = self.field_mut("authorization");
        assert!(field.contains(from), "no {from} in {field}");
        *field = field.replacen(from, to, 1);
    }

    /// The same with another text in the `Authorization` field.
    pub(crate) fn replaced(mut self, from: &str, to: &str) -> Self {
        self.replace(from, to);
        self
    }

    /// With one more field, before those that are there.
    pub(crate) fn and(mut self, name: &str, value: &str) -> Self {
        self.fields.insert(0, (name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn field_mut(&mut self, name: &str) -> &mut String {
        let found = self.fields.iter_mut().find(|(known, _)| known == name);
        &mut found.unwrap().1
    }

    pub(crate) fn authorization(&self) -> &str {
        let found = self
            .fields
            .iter()
            .find(|(known, _)| known == "authorization");
        &found.unwrap().1
    }

    /// The bytes on the wire; the connection is closed after the answer.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut head = format!(
            "{} {} HTTP/1.1\r\nhost: api.example.com\r\nconnection: close\r\n",
            self.method, self.target
        );
        for (name, value) in &self.fields {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        if !self.body.is_empty() {
            write!(head, "content-length: {}\r\n", self.body.len()).unwrap();
        }
        head += "\r\n";
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}
