//! One request to be signed by both sides.

use countersign_base_string::{Place, ProtocolParameters, Request, Uri};
use countersign_key::{RsaPrivateKey, Secret};
use countersign_signature::{HmacKey, KeyKind, Method, Signed, Signer, Verifier, sign};
use countersign_test_support::fixtures;
use countersign_test_support::random::FixedRandom;
use countersign_test_support::wire::Wire;
use serde_json::{Value, json};

use crate::random_request::{address, form, pairs, text, word};

pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Everything that a signer is told.
pub(super) struct Job {
    pub(super) method: &'static Method,
    pub(super) place: Place,
    pub(super) wire: Wire,
    pub(super) consumer_key: String,
    pub(super) consumer_secret: String,
    pub(super) token: Option<(String, String)>,
    pub(super) callback: Option<String>,
    pub(super) verifier: Option<String>,
    pub(super) timestamp: String,
    pub(super) nonce: String,
}

pub(super) struct Keys {
    pub(super) signer: Signer,
    pub(super) verifier: Verifier,
}

impl Job {
    pub(super) fn random(method: &'static Method, random: &mut FixedRandom) -> Self {
        let place = *random.pick(&[Place::Header, Place::Header, Place::Query, Place::Body]);
        let mut url = address(random);
        let query = pairs(random, 5);
        if !query.is_empty() {
            url = format!("{url}?{}", form(random, &query));
        }
        let with_body = place == Place::Body || random.below(3) == 0;
        let http_method = if with_body {
            *random.pick(&["POST", "PUT", "patch"])
        } else {
            "GET"
        };
        let mut wire = Wire {
            method: http_method.to_owned(),
            url,
            ..Wire::default()
        };
        if with_body {
            wire.content_type = Some(FORM.to_owned());
            let mut body = vec![(word(random, 3), text(random, 5))];
            body.extend(pairs(random, 4));
            wire.body = form(random, &body).into_bytes();
        }
        // What looks percent-encoded is decoded once too often on the other side, see below.
        let word = |random: &mut FixedRandom, longest| {
            let word = word(random, longest);
            if place == Place::Header {
                word
            } else {
                word.replace('%', "-")
            }
        };
        // And so are the secrets themselves, where they are the signature.
        let plain = method.is_plaintext() && place != Place::Header;
        let secret = |random: &mut FixedRandom| {
            if plain {
                format!("s{:x}", random.next())
            } else {
                text(random, 12)
            }
        };
        Self {
            method,
            place,
            wire,
            consumer_key: word(random, 8),
            consumer_secret: secret(random),
            token: (random.below(3) > 0).then(|| (word(random, 8), secret(random))),
            callback: (random.below(6) == 0).then(|| "https://app.example/cb?a=b&c".to_owned()),
            verifier: (random.below(6) == 0).then(|| word(random, 5)),
            timestamp: (1_300_000_000 + random.below(500_000_000)).to_string(),
            nonce: format!("n{:x}", random.next()),
        }
    }

    pub(super) fn keys(&self) -> Keys {
        if self.method.kind() == KeyKind::Rsa {
            let key = RsaPrivateKey::read(&fixtures::key("rsa2048.pkcs8.pem"), None).expect("key");
            return Keys {
                signer: Signer::rsa(self.method, &key).expect("a usable key"),
                verifier: Verifier::rsa(self.method, key.public_key()).expect("a usable key"),
            };
        }
        let token = self
            .token
            .as_ref()
            .map(|(_, secret)| Secret::new(secret.as_str()));
        let key = HmacKey::new(&Secret::new(self.consumer_secret.as_str()), token.as_ref());
        if self.method.is_plaintext() {
            return Keys {
                signer: Signer::dangerous_plaintext(&key),
                verifier: Verifier::dangerous_plaintext(&key),
            };
        }
        Keys {
            signer: Signer::hmac(self.method, &key).expect("an HMAC method"),
            verifier: Verifier::hmac(self.method, &key).expect("an HMAC method"),
        }
    }

    /// Signs it; the wire as it would be sent.
    pub(super) fn sign(&self, signer: &Signer) -> (Signed, Wire) {
        let uri = Uri::parse(&self.wire.url).expect("a URI");
        let request = Request::new(&self.wire.method, uri)
            .expect("a method")
            .with_body(self.wire.content_type.as_deref(), &self.wire.body);
        let mut protocol = ProtocolParameters::new(
            &self.consumer_key,
            self.method.name(),
            &self.timestamp,
            &self.nonce,
        );
        if let Some((token, _)) = &self.token {
            protocol = protocol.with_token(token);
        }
        if let Some(callback) = &self.callback {
            protocol = protocol.with_callback(callback);
        }
        if let Some(verifier) = &self.verifier {
            protocol = protocol.with_verifier(verifier);
        }
        let mut random = FixedRandom::new(3);
        let signed = sign(
            &request,
            &protocol,
            signer,
            self.place,
            None,
            Some(&mut random),
        )
        .expect("a signature");
        let mut sent = self.wire.clone();
        sent.authorization = signed.authorization().map(str::to_owned);
        sent.url = signed.url(&sent.url);
        signed.append_to_body(&mut sent.body);
        (signed, sent)
    }

    pub(super) fn question(&self) -> Value {
        let pem = |name: &str| String::from_utf8(fixtures::key(name)).expect("PEM");
        let rsa = self.method.kind() == KeyKind::Rsa;
        json!({
            "op": "sign",
            "signature_method": self.method.name(),
            "place": match self.place {
                Place::Header => "header",
                Place::Query => "query",
                Place::Body => "body",
            },
            "method": self.wire.method,
            "url": self.wire.url,
            "content_type": self.wire.content_type,
            "body": self.wire.content_type.as_ref().map(|_| body_text(&self.wire)),
            "consumer_key": self.consumer_key,
            "consumer_secret": self.consumer_secret,
            "token": self.token.as_ref().map(|(token, _)| token),
            "token_secret": self.token_secret(),
            "callback": self.callback,
            "verifier": self.verifier,
            "timestamp": self.timestamp,
            "nonce": self.nonce,
            "private_key": rsa.then(|| pem("rsa2048.pkcs8.pem")),
        })
    }

    pub(super) fn verify_question(&self, wire: &Wire) -> Value {
        let pem = String::from_utf8(fixtures::key("rsa2048.spki.pem")).expect("PEM");
        json!({
            "op": "verify",
            "signature_method": self.method.name(),
            "method": wire.method,
            "url": wire.url,
            "authorization": wire.authorization,
            "content_type": wire.content_type,
            "body": body_text(wire),
            "consumer_secret": self.consumer_secret,
            "token_secret": self.token_secret(),
            "public_key": pem,
        })
    }

    fn token_secret(&self) -> &str {
        self.token.as_ref().map_or("", |(_, secret)| secret)
    }
}

fn body_text(wire: &Wire) -> &str {
    core::str::from_utf8(&wire.body).expect("a form is ASCII")
}
