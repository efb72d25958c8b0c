//! What the rules look at: the case, read once.

use countersign_base_string::{BaseString, Limits, Parameters, ParametersError, Request, Scheme};
use countersign_capture::{Headers, OwnedAnswer, OwnedRequest};
use countersign_clock::{AcceptableRange, UnixTime, parse_http_date};
use countersign_dialect::{Provider, Quirk, by_host};
use countersign_key::{RsaPublicKey, Secret};
use countersign_problem::Found;
use countersign_signature::{HmacKey, KeyKind, Method, Methods, Verifier};
use countersign_verify::{Claims, KeysAtHand, SignatureFinding, diagnose_signature};

use crate::case::Case;
use crate::dialect::{Spoken, problem};
use crate::keys::Keys;

/// A case whose request could be read as one, and whatever the keys at hand say of it.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) case: Case<'a>,
    pub(crate) answer: Option<Found>,
    /// The timestamps that the answer says are accepted, where they can be believed.
    pub(crate) range: Option<AcceptableRange>,
    /// The provider's clock when it judged the request.
    pub(crate) now: Option<UnixTime>,
    pub(crate) wire: Option<Wire<'a>>,
    /// Why there is no `wire` although there is a request.
    pub(crate) unreadable: Option<Unreadable>,
    pub(crate) empty: Secret,
}

/// Why a request is not readable as one.
#[derive(Debug)]
pub(crate) enum Unreadable {
    Request(String),
    Parameters(ParametersError),
}

/// The request as signed, with what follows from it.
#[derive(Debug)]
pub(crate) struct Wire<'a> {
    pub(crate) request: Request<'a>,
    pub(crate) parameters: Parameters<'a>,
    pub(crate) claims: Claims<'a>,
    pub(crate) base: String,
    /// The base string by the other scheme, where the scheme is not known.
    pub(crate) other_base: Option<String>,
    pub(crate) method: Option<&'static Method>,
    /// Whether the scheme was given; otherwise https is assumed, and http tried.
    pub(crate) scheme_known: bool,
    pub(crate) signature: SignatureState,
    /// The provider that the host belongs to, else the one that the keys are for.
    pub(crate) provider: Option<&'static Provider>,
    /// Base strings that providers have by a departure from RFC 5849.
    pub(crate) spoken: Vec<Spoken>,
    /// The departure by which the signature holds; `base` is by it then.
    pub(crate) held_by: Option<&'static Quirk>,
}

/// What the keys at hand say of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignatureState {
    /// There are no keys that fit.
    NoKeys,
    Known(SignatureFinding),
}

impl Wire<'_> {
    /// The base string to compare `text` with: where the scheme is open, the one of its scheme.
    pub(crate) fn base_like(&self, text: &str) -> &str {
        let scheme = |base: &str| {
            base.split('&')
                .nth(1)?
                .split("%3A")
                .next()
                .map(str::to_owned)
        };
        let open = !self.scheme_known && !self.signature.holds();
        self.other_base
            .as_deref()
            .filter(|other| open && scheme(other) == scheme(text))
            .unwrap_or(&self.base)
    }

    /// The base strings by each scheme that is possible and each departure that the provider makes,
    /// the likelier first.
    pub(crate) fn bases(&self) -> impl Iterator<Item = &str> {
        core::iter::once(self.base.as_str())
            .chain(self.other_base.as_deref())
            .chain(self.spoken.iter().map(|spoken| spoken.base.as_str()))
    }
}

impl SignatureState {
    pub(crate) fn holds(self) -> bool {
        self == Self::Known(SignatureFinding::Holds)
    }
}

impl<'a> Context<'a> {
    pub(crate) fn of(case: Case<'a>) -> Self {
        let host = case.request.and_then(OwnedRequest::host);
        let rows = case.keys.and_then(Keys::provider).into_iter();
        let rows = rows.chain(host.and_then(by_host));
        let answer = case.answer.and_then(|answer| problem(answer, rows));
        let range = answer
            .as_ref()
            .and_then(|found| found.problem.acceptable_timestamps())
            .and_then(|range| AcceptableRange::parse(&range.to_string()).ok())
            .filter(|range| range.is_credible());
        let said = answer
            .as_ref()
            .and_then(|found| found.server_time)
            .map(UnixTime::from_seconds);
        let mut context = Self {
            case,
            range,
            now: case
                .at
                .or_else(|| range.map(AcceptableRange::midpoint))
                .or(said)
                .or_else(|| parse_http_date(case.answer?.date()?).ok()),
            answer,
            wire: None,
            unreadable: None,
            empty: Secret::new(""),
        };
        context.read();
        context
    }

    fn read(&mut self) {
        let Some(captured) = self.case.request else {
            return;
        };
        let known = self.case.scheme.or_else(|| captured.scheme());
        let candidates: &[Scheme] = match known {
            Some(Scheme::Http) => &[Scheme::Http],
            Some(_) => &[Scheme::Https],
            None => &[Scheme::Https, Scheme::Http],
        };
        let mut wires = Vec::new();
        for scheme in candidates {
            match self.wire(captured, *scheme, known.is_some()) {
                Ok(wire) => wires.push(wire),
                Err(unreadable) => {
                    self.unreadable = Some(unreadable);
                    return;
                }
            }
        }
        if let Some(right) = wires.iter().position(|wire| wire.signature.holds()) {
            wires.swap(0, right);
        }
        let mut wires = wires.into_iter();
        self.wire = wires.next();
        if let (Some(wire), Some(other)) = (&mut self.wire, wires.next()) {
            wire.other_base = Some(other.base);
        }
    }

    fn wire(
        &self,
        captured: &'a OwnedRequest,
        scheme: Scheme,
        scheme_known: bool,
    ) -> Result<Wire<'a>, Unreadable> {
        let request = captured
            .as_request(Some(scheme))
            .map_err(|error| Unreadable::Request(error.to_string()))?;
        let parameters =
            Parameters::collect(&request, &Limits::default()).map_err(Unreadable::Parameters)?;
        let claims = Claims::of(&parameters);
        let base = BaseString::new(&request, &parameters).into_string();
        let method = claims
            .signature_method()
            .and_then(|name| methods().find(name));
        let mut wire = Wire {
            request,
            parameters,
            claims,
            base,
            other_base: None,
            method,
            scheme_known,
            signature: SignatureState::NoKeys,
            provider: None,
            spoken: Vec::new(),
            held_by: None,
        };
        let own = self.case.keys.and_then(Keys::provider);
        let host = by_host(wire.request.uri().host());
        wire.provider = host.or(own);
        wire.spoken = Spoken::all([own, host], &wire.request, &wire.parameters);
        for keys in self.keys_for(&wire) {
            let finding = diagnose_signature(&wire.request, &wire.parameters, &methods(), keys);
            if !wire.signature.holds() {
                wire.signature = SignatureState::Known(finding);
            }
        }
        if wire.signature == SignatureState::Known(SignatureFinding::Differs) {
            let holds = |spoken: &&Spoken| self.signs(&wire, &spoken.base) == Some(true);
            if let Some(Spoken { quirk, base }) = wire.spoken.iter().find(holds).cloned() {
                wire.signature = SignatureState::Known(SignatureFinding::Holds);
                wire.held_by = Some(quirk);
                wire.base = base;
            }
        }
        Ok(wire)
    }

    /// The keys at hand that fit the declared method: every registered one, else one's own.
    pub(crate) fn keys_for(&self, wire: &Wire<'_>) -> Vec<KeysAtHand<'_>> {
        match (self.case.keys, wire.method) {
            (Some(keys), Some(method)) => self.keys_of(keys, method, wire),
            _ => Vec::new(),
        }
    }

    fn keys_of(&self, keys: &'a Keys, method: &Method, wire: &Wire<'_>) -> Vec<KeysAtHand<'_>> {
        if method.kind() == KeyKind::Rsa {
            return checked_with(keys)
                .into_iter()
                .map(KeysAtHand::PublicKey)
                .collect();
        }
        keys.consumer_secret()
            .map(|consumer| KeysAtHand::Secrets {
                consumer,
                token: self.token_secret(wire),
            })
            .into_iter()
            .collect()
    }

    /// The token secret that goes into the key: none without a token.
    fn token_secret(&self, wire: &Wire<'_>) -> Option<&Secret> {
        let sent = wire.claims.token().is_some_and(|token| !token.is_empty());
        if !sent {
            return None;
        }
        self.case
            .keys
            .and_then(|keys| keys.token_secret())
            .or(Some(&self.empty))
    }

    /// Whether the received signature is right for another base string, with the keys at hand.
    pub(crate) fn signs(&self, wire: &Wire<'_>, base: &str) -> Option<bool> {
        self.verifies(wire, wire.claims.signature()?, base)
    }

    /// Whether `text` is the signature of `base`, with the keys at hand.
    pub(crate) fn verifies(&self, wire: &Wire<'_>, text: &str, base: &str) -> Option<bool> {
        self.verifies_as(wire, wire.method?, text, base)
    }

    /// Whether `text` is the signature of `base` by `method`, which need not be the declared one.
    pub(crate) fn verifies_as(
        &self,
        wire: &Wire<'_>,
        method: &'static Method,
        text: &str,
        base: &str,
    ) -> Option<bool> {
        let signature = method.parse_signature(text).ok()?;
        let mut outcome = None;
        for keys in self.keys_of(self.case.keys?, method, wire) {
            let Some(verifier) = verifier(method, keys) else {
                continue;
            };
            let holds = verifier.verify(base.as_bytes(), &signature).is_ok();
            outcome = Some(outcome == Some(true) || holds);
        }
        outcome
    }

    /// Whether the signature would hold if the request had this `Authorization` field in place of
    /// its own.
    pub(crate) fn holds_with(&self, authorization: &str) -> bool {
        let (Some(request), Some(_)) = (self.case.request, self.case.keys) else {
            return false;
        };
        let mut headers = Headers::new();
        for header in request.headers().iter() {
            if !header.is("authorization") {
                headers.push(header.name(), header.value());
            }
        }
        headers.push("Authorization", authorization);
        let request = request.clone().with_headers(headers);
        Context::of(Case {
            request: Some(&request),
            answer: None,
            ..self.case
        })
        .holds()
    }

    /// The status of the answer, or the one that its text begins with.
    pub(crate) fn status(&self) -> Option<u16> {
        let answer = self.case.answer?;
        answer.status().or_else(|| {
            let text = String::from_utf8_lossy(answer.body());
            leading_status(text.trim_start())
        })
    }

    /// The first of the answer's text, in lower case.
    pub(crate) fn words(&self) -> String {
        let Some(answer) = self.case.answer else {
            return String::new();
        };
        let body = answer.body();
        let mut text = String::from_utf8_lossy(body.get(..LOOKED_AT).unwrap_or(body)).into_owned();
        for challenge in answer.challenges() {
            text.push(' ');
            text.extend(challenge.chars().take(LOOKED_AT));
        }
        if let Some(advice) = self
            .answer
            .as_ref()
            .and_then(|found| found.problem.advice())
        {
            text.push(' ');
            text.push_str(advice);
        }
        text.to_lowercase()
    }

    /// The problem that the answer names.
    pub(crate) fn problem_code(&self) -> Option<&str> {
        Some(self.answer.as_ref()?.problem.code().as_str())
    }

    /// Whether the signature holds with the keys at hand.
    pub(crate) fn holds(&self) -> bool {
        self.wire
            .as_ref()
            .is_some_and(|wire| wire.signature.holds())
    }

    /// Whether the answer says yes: a 2xx that names no problem.
    pub(crate) fn is_accepted(&self) -> bool {
        let status = self.case.answer.and_then(OwnedAnswer::status);
        status.is_some_and(|status| (200..300).contains(&status)) && self.answer.is_none()
    }

    /// Whether the answer says no.
    pub(crate) fn is_refused(&self) -> bool {
        let status = |answer: &OwnedAnswer| answer.status().is_none_or(|status| status >= 400);
        self.case.answer.is_some_and(status) || self.answer.is_some()
    }
}

/// A refusal says what it is about in its first lines.
const LOOKED_AT: usize = 4096;

/// The status that an error text begins with: `401 Unauthorized`, `HTTP Status 401 - ...`.
fn leading_status(text: &str) -> Option<u16> {
    let text = ["HTTP Status ", "HTTP/1.1 ", "HTTP ", "Status ", "Error "]
        .iter()
        .find_map(|prefix| {
            let head = text.get(..prefix.len())?;
            head.eq_ignore_ascii_case(prefix)
                .then(|| text.get(prefix.len()..))?
        })
        .unwrap_or(text);
    let (digits, rest) = text.split_at_checked(3)?;
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '.');
    let status = digits.parse().ok()?;
    (ends && (400..600).contains(&status)).then_some(status)
}

/// What RSA signatures are checked with: the registered keys, or the public half of one's own.
pub(crate) fn checked_with(keys: &Keys) -> Vec<&RsaPublicKey> {
    let registered: Vec<_> = keys.registered_keys().collect();
    match (registered.is_empty(), keys.private_key()) {
        (true, Some(own)) => vec![own.public_key()],
        _ => registered,
    }
}

fn verifier(method: &'static Method, keys: KeysAtHand<'_>) -> Option<Verifier> {
    match keys {
        KeysAtHand::Secrets { consumer, token } => {
            let key = HmacKey::new(consumer, token);
            if method.is_plaintext() {
                return Some(Verifier::dangerous_plaintext(&key));
            }
            Verifier::hmac(method, &key).ok()
        }
        KeysAtHand::PublicKey(key) => Verifier::rsa(method, key).ok(),
        _ => None,
    }
}

/// Every method, PLAINTEXT included: the doctor explains, it does not accept.
pub(crate) fn methods() -> Methods {
    Methods::standard().dangerous_with_plaintext()
}
