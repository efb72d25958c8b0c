//! An application that signs its requests and sends them.

use std::sync::Arc;

use countersign_base_string::{ProtocolParameters, Request, Uri};
use countersign_capture::{OwnedAnswer, OwnedRequest};
use countersign_clock::system;
use countersign_doctor::Keys;
use countersign_encoding::form::parse;
use countersign_key::{Secret, SecureRandom};
use countersign_signature::{HmacKey, Method, OsRandom, SignRequest, Signer, nonce};

use super::keys::Pair;
use super::world::World;
use crate::exit::Failure;

/// What it signs with.
pub(super) enum Signs {
    Hmac(Secret),
    /// Its key, and the certificate that is registered.
    Rsa {
        with: Arc<Pair>,
        registered: Arc<Pair>,
    },
}

pub(super) struct Application {
    pub(super) key: &'static str,
    signs: Signs,
    pub(super) token: Option<String>,
    token_secret: Secret,
    handle: Option<String>,
}

/// A request as it was sent, and its answer.
pub(super) struct Exchange {
    pub(super) request: OwnedRequest,
    pub(super) answer: OwnedAnswer,
    /// The form in the answer's body.
    pub(super) values: Vec<(String, String)>,
    pub(super) id: Option<String>,
}

impl Exchange {
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let mut values = self.values.iter();
        let found = values.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn due(&self, name: &str) -> Result<String, Failure> {
        self.value(name).map(str::to_owned).ok_or_else(|| {
            let status = self.answer.status().unwrap_or_default();
            let said = String::from_utf8_lossy(self.answer.body());
            Failure::Work(format!(
                "expected {name}, the service answered {status} {said}"
            ))
        })
    }
}

impl Application {
    pub(super) fn new(key: &'static str, signs: Signs) -> Self {
        Self {
            key,
            signs,
            token: None,
            token_secret: Secret::new(""),
            handle: None,
        }
    }

    /// The consumer key is the access token, as for applications of one organisation.
    pub(super) fn with_own_key_as_token(mut self) -> Self {
        self.token = Some(self.key.to_owned());
        self
    }

    /// The three-legged flow, with `user` deciding on the service's own pages.
    pub(super) fn connect(&mut self, world: &World, user: &str) -> Result<(), Failure> {
        self.token = None;
        self.token_secret = Secret::new("");
        let asked = self.post(world, "/oauth/RequestToken", &[("oauth_callback", "oob")])?;
        self.take(&asked)?;
        let token = asked.due("oauth_token")?;
        let code = world.browser().approve(world, user, &token)?;
        let given = self.post(world, "/oauth/AccessToken", &[("oauth_verifier", &code)])?;
        self.take(&given)
    }

    /// A renewal; what comes back is not stored.
    pub(super) fn renew(&self, world: &World) -> Result<Exchange, Failure> {
        let handle = self.handle.clone().unwrap_or_default();
        let more = [("oauth_session_handle", handle.as_str())];
        self.post(world, "/oauth/AccessToken", &more)
    }

    /// A call of the API, with a clock that is so many seconds off.
    pub(super) fn call(&self, world: &World, off: i64) -> Result<Exchange, Failure> {
        self.send(world, "GET", "/echo?order=4711", &[], off)
    }

    /// What its developer would give the doctor.
    pub(super) fn keys(&self) -> Result<Keys, Failure> {
        let mut keys = Keys::default().with_consumer_key(self.key);
        match &self.signs {
            Signs::Hmac(secret) => {
                keys = keys
                    .with_consumer_secret(Secret::new(secret.expose_secret()))
                    .with_token_secret(Secret::new(self.token_secret.expose_secret()));
            }
            Signs::Rsa { with, registered } => {
                keys = keys
                    .with_private_key(with.private()?)
                    .with_certificate(registered.certificate.clone());
            }
        }
        Ok(match &self.token {
            Some(token) => keys.with_token(token),
            None => keys,
        })
    }

    fn take(&mut self, given: &Exchange) -> Result<(), Failure> {
        self.token = Some(given.due("oauth_token")?);
        self.token_secret = Secret::new(given.due("oauth_token_secret")?);
        self.handle = given.value("oauth_session_handle").map(str::to_owned);
        Ok(())
    }

    fn post(
        &self,
        world: &World,
        target: &str,
        more: &[(&str, &str)],
    ) -> Result<Exchange, Failure> {
        self.send(world, "POST", target, more, 0)
    }

    fn send(
        &self,
        world: &World,
        method: &str,
        target: &str,
        more: &[(&str, &str)],
        off: i64,
    ) -> Result<Exchange, Failure> {
        let url = format!("{}{target}", world.origin);
        let authorization = self.authorization(method, &url, more, off)?;
        let answer = match method {
            "GET" => {
                let request = world.agent.get(&url);
                request.header("Authorization", &authorization).call()
            }
            _ => {
                let request = world.agent.post(&url);
                let request = request.header("Authorization", &authorization);
                request.send_empty()
            }
        };
        let mut answer = answer.map_err(|error| Failure::work(&error))?;
        let body = answer
            .body_mut()
            .read_to_vec()
            .map_err(|error| Failure::work(&error))?;
        let uri = Uri::parse(&url).map_err(|error| Failure::work(&error))?;
        let (_, authority) = world.origin.split_once("://").unwrap_or_default();
        let request = OwnedRequest::new(method, target)
            .with_scheme(uri.scheme())
            .with_host(authority)
            .with_header("Authorization", authorization);
        let mut seen = OwnedAnswer::new().with_status(answer.status().as_u16());
        for (name, value) in answer.headers() {
            seen = seen.with_header(name.as_str(), value.as_bytes());
        }
        let id = answer.headers().get("x-request-id");
        Ok(Exchange {
            request,
            id: id.and_then(|id| id.to_str().ok()).map(str::to_owned),
            values: form(&body),
            answer: seen.with_body(body),
        })
    }

    fn authorization(
        &self,
        method: &str,
        url: &str,
        more: &[(&str, &str)],
        off: i64,
    ) -> Result<String, Failure> {
        let failed = |error: &dyn core::error::Error| Failure::work(error);
        let signer = match &self.signs {
            Signs::Hmac(secret) => {
                let key = HmacKey::new(secret, Some(&self.token_secret));
                Signer::hmac(Method::HMAC_SHA1, &key)
            }
            Signs::Rsa { with, .. } => Signer::rsa(Method::RSA_SHA1, &with.private),
        }
        .map_err(|error| failed(&error))?;
        let timestamp = system::now().saturating_add(off).seconds().to_string();
        let nonce = nonce(&mut OsRandom::new()).map_err(|error| failed(&error))?;
        let name = signer.method().name();
        let mut protocol = ProtocolParameters::new(self.key, name, &timestamp, &nonce);
        if let Some(token) = &self.token {
            protocol = protocol.with_token(token);
        }
        for (name, value) in more {
            protocol = protocol.with_parameter(name, value);
        }
        let uri = Uri::parse(url).map_err(|error| failed(&error))?;
        let request = Request::new(method, uri).map_err(|error| failed(&error))?;
        let mut random = OsRandom::new();
        let random: &mut dyn SecureRandom = &mut random;
        let signed = SignRequest::new(&request, &protocol)
            .sign(&signer, Some(random))
            .map_err(|error| failed(&error))?;
        Ok(signed.authorization().unwrap_or_default().to_owned())
    }
}

/// The pairs of a form; none where it is none.
fn form(body: &[u8]) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    parse(body)
        .unwrap_or_default()
        .iter()
        .filter_map(|pair| Some((text(pair.name()), text(pair.value()?))))
        .collect()
}
