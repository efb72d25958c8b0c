//! A provider that behaves by its row: it takes what the row says, and refuses everything else.

use countersign_base_string::{Limits, Parameters, Place, Request, Uri};
use countersign_clock::UnixTime;
use countersign_dialect::{BodyHash, Placement, Provider, Realm};
use countersign_key::Secret;
use countersign_signature::{Hash, Methods, body_hash};
use countersign_verify::{BodyHashWith, Consumer, Policy, Token, verify};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, Response};

use crate::keys::{CONSUMER, CONSUMER_SECRET, public_key};
use crate::raw;
use crate::refusals::{self, Kind};

pub(crate) const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
pub(crate) const VERIFIER: &str = "hfdp7dh39dks9884";

/// Tokens by the step that gives them out, and their secrets.
pub(crate) const TEMPORARY: (&str, &str) = ("temporary token", "temporary secret");
pub(crate) const ACCESS: (&str, &str) = ("access/token=", "access & secret");

pub(crate) struct Double {
    pub(crate) row: &'static Provider,
    /// The realm that the account has.
    pub(crate) realm: Option<&'static str>,
}

/// What a request was refused for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: Kind,
    pub(crate) why: String,
}

impl Refusal {
    fn of(kind: Kind, why: impl Into<String>) -> Self {
        let why = why.into();
        Self { kind, why }
    }
}

/// What says nothing else makes another signature.
impl From<String> for Refusal {
    fn from(why: String) -> Self {
        Self::of(Kind::Signature, why)
    }
}

impl From<&str> for Refusal {
    fn from(why: &str) -> Self {
        why.to_owned().into()
    }
}

impl Double {
    /// What the double says to a request: a form with a token at the addresses of the flow, else
    /// nothing.
    pub(crate) fn answer(&self, request: &http::Request<Vec<u8>>) -> Response<String> {
        let answered = self.check(request).and_then(|()| self.respond(request));
        match answered {
            Ok(body) => Response::new(body),
            Err(refusal) => refusals::answer(self.row, refusal.kind),
        }
    }

    /// Whether a request is one that the provider takes.
    pub(crate) fn check(&self, request: &http::Request<Vec<u8>>) -> Result<(), Refusal> {
        let uri = request.uri().to_string();
        let wire = wire(request, &uri);
        let parameters =
            Parameters::collect(&wire, &Limits::default()).map_err(|e| e.to_string())?;
        self.check_place(&parameters)?;
        self.check_realm(&parameters)?;
        let value = |name| {
            parameters
                .protocol(name)
                .and_then(|p| p.value_str())
                .map(String::from)
        };
        let method = value("oauth_signature_method").unwrap_or_default();
        if !self.row.accepts(&method) {
            return Err(format!("method {method}").into());
        }
        if value("oauth_consumer_key").as_deref() != Some(CONSUMER) {
            return Err(Refusal::of(Kind::Consumer, "another"));
        }
        self.check_nonce(&value("oauth_nonce").unwrap_or_default())?;
        let token = value("oauth_token");
        if self.has("always_empty_token") && token.is_none() {
            return Err("oauth_token is absent".into());
        }
        self.check_body_hash(&wire, value("oauth_body_hash").as_deref())?;
        let token_secret = match token.as_deref() {
            None | Some("") => "",
            Some(token) if token == TEMPORARY.0 => TEMPORARY.1,
            Some(token) if token == ACCESS.0 => ACCESS.1,
            Some(other) => return Err(Refusal::of(Kind::Token, other)),
        };
        if self.has("mastercard_raw_params") {
            let late = value("oauth_timestamp").and_then(|at| at.parse().ok());
            let late = late.is_none_or(|at: i64| (at - NOW.seconds()).abs() > 300);
            raw::verify(request, &public_key())?;
            if late {
                return Err(Refusal::of(Kind::Timestamp, "late"));
            }
            return Ok(());
        }
        self.verify(&wire, &method, token_secret)
    }

    fn verify(&self, wire: &Request<'_>, method: &str, token_secret: &str) -> Result<(), Refusal> {
        let past = self.row.window.past.unwrap_or(300);
        let future = self.row.window.future.unwrap_or(300);
        let mut policy = Policy::default()
            .with_window(countersign_clock::Window::new(past, future))
            .with_methods(Methods::standard().dangerous_with_plaintext());
        if let BodyHash::Required(name) | BodyHash::NonFormBodies(name) = self.row.body_hash {
            policy = policy.with_body_hash_made_with(BodyHashWith::Always(hash(name)));
        }
        let (secret, keys) = (Secret::new(CONSUMER_SECRET), [public_key()]);
        let consumer = if method.starts_with("RSA") {
            Consumer::public_keys(&keys)
        } else {
            Consumer::secret(&secret)
        };
        let token_secret = Secret::new(token_secret);
        let report = verify(
            wire,
            consumer,
            Some(Token::new(&token_secret)),
            NOW,
            &policy,
        );
        report.outcome().map(|_| ()).map_err(|refusal| {
            let why = format!("{:?}", refusal.cause());
            let is_late = why.contains("Timestamp");
            let kind = if is_late {
                Kind::Timestamp
            } else {
                Kind::Signature
            };
            Refusal::of(kind, why)
        })
    }

    fn has(&self, quirk: &str) -> bool {
        self.row.quirks.iter().any(|known| known.id == quirk)
    }

    fn check_place(&self, parameters: &Parameters<'_>) -> Result<(), Refusal> {
        let places: Vec<Place> = parameters.places().collect();
        let allowed = |place: Place| match place {
            Place::Header => self.row.placement.contains(&Placement::Header),
            Place::Query => self.row.placement.contains(&Placement::Query),
            Place::Body => self.row.placement.contains(&Placement::Body),
        };
        let anywhere = self.row.placement.is_empty();
        match places.as_slice() {
            [place] if anywhere || allowed(*place) => Ok(()),
            other => Err(format!("parameters in {other:?}").into()),
        }
    }

    fn check_realm(&self, parameters: &Parameters<'_>) -> Result<(), Refusal> {
        let sent = parameters.realm();
        let fine = match self.row.realm {
            Realm::Required(_) => sent.is_some() && sent == self.realm,
            Realm::Literal(realm) => sent == Some(realm),
            Realm::LeaveOut => sent.is_none(),
            _ => true,
        };
        if fine {
            Ok(())
        } else {
            Err(format!("realm {sent:?}").into())
        }
    }

    fn check_nonce(&self, nonce: &str) -> Result<(), Refusal> {
        let (min, max) = (self.row.nonce.min_len, self.row.nonce.max_len);
        let length = nonce.len();
        let short = min.is_some_and(|min| length < usize::from(min));
        let long = max.is_some_and(|max| length > usize::from(max));
        if short || long {
            Err(format!("a nonce of {length}").into())
        } else {
            Ok(())
        }
    }

    fn check_body_hash(&self, wire: &Request<'_>, sent: Option<&str>) -> Result<(), Refusal> {
        let due = match self.row.body_hash {
            BodyHash::Required(name) => Some(name),
            BodyHash::NonFormBodies(name) if !wire.is_form_body() && !wire.body().is_empty() => {
                Some(name)
            }
            _ => None,
        };
        let expected = due.map(|name| body_hash::compute(hash(name), wire.body()));
        if expected.as_deref() == sent {
            return Ok(());
        }
        Err("body hash".into())
    }

    fn respond(&self, request: &http::Request<Vec<u8>>) -> Result<String, Refusal> {
        let here = request.uri().to_string();
        let at = |endpoint: Option<countersign_dialect::Endpoint>| {
            endpoint.is_some_and(|at| here.starts_with(&filled(at.url)))
        };
        let wire = wire(request, &here);
        let parameters =
            Parameters::collect(&wire, &Limits::default()).map_err(|e| e.to_string())?;
        let value = |name| {
            parameters
                .protocol(name)
                .and_then(|p| p.value_str())
                .map(String::from)
        };
        let has = |name| value(name).is_some_and(|value: String| !value.is_empty());
        let exchange = value("oauth_verifier").as_deref() == Some(VERIFIER)
            && value("oauth_token").as_deref() == Some(TEMPORARY.0);
        let login = value("x_auth_password").as_deref() == Some("pass word")
            && value("x_auth_mode").as_deref() == Some("client_auth");
        // Evernote has one address for both steps.
        if at(self.row.endpoints.access_token) && (exchange || login) {
            return Ok(format!("{}&user_id=7", form(ACCESS)));
        }
        if at(self.row.endpoints.request_token) && has("oauth_callback") {
            // Magento's user never comes back by a callback, so it confirms none.
            let confirmed = match self.row.id {
                "magento" => "",
                _ => "&oauth_callback_confirmed=true",
            };
            return Ok(format!("{}{confirmed}", form(TEMPORARY)));
        }
        Err(Refusal::of(Kind::Token, "nothing to exchange"))
    }
}

fn form((token, secret): (&str, &str)) -> String {
    let encode = countersign_encoding::encode;
    format!(
        "oauth_token={}&oauth_token_secret={}",
        encode(token),
        encode(secret)
    )
}

fn hash(name: &str) -> Hash {
    Hash::ALL
        .into_iter()
        .find(|hash| hash.name() == name)
        .unwrap()
}

/// What fills the braces of addresses.
pub(crate) const PARTS: &[(&str, &str)] = &[
    ("host", "shop.example.com"),
    ("acct", "1234567-sb1"),
    ("gateway", "gate.example.com"),
];

pub(crate) fn filled(url: &str) -> String {
    PARTS.iter().fold(url.to_owned(), |url, (name, value)| {
        url.replace(&format!("{{{name}}}"), value)
    })
}

fn text(request: &http::Request<Vec<u8>>, name: HeaderName) -> Option<&str> {
    request
        .headers()
        .get(name)
        .map(|value| value.to_str().unwrap())
}

fn wire<'a>(request: &'a http::Request<Vec<u8>>, uri: &'a str) -> Request<'a> {
    let mut wire = Request::new(request.method().as_str(), Uri::parse(uri).unwrap())
        .unwrap()
        .with_body(text(request, CONTENT_TYPE), request.body());
    if let Some(value) = text(request, AUTHORIZATION) {
        wire = wire.with_authorization(value);
    }
    wire
}
