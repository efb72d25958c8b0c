//! What the rules look at: the case, read once.

use countersign_base_string::{BaseString, Limits, Parameters, ParametersError, Request, Scheme};
use countersign_capture::OwnedAnswer;
use countersign_clock::{UnixTime, parse_http_date};
use countersign_key::Secret;
use countersign_problem::Found;
use countersign_signature::{HmacKey, KeyKind, Method, Methods, Verifier};
use countersign_verify::{Claims, KeysAtHand, SignatureFinding, diagnose_signature};

use crate::case::Case;

/// A case whose request could be read as one, and whatever the keys at hand say of it.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) case: Case<'a>,
    pub(crate) answer: Option<Found>,
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
}

/// What the keys at hand say of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignatureState {
    /// There are no keys that fit.
    NoKeys,
    Known(SignatureFinding),
}

impl Wire<'_> {
    /// The base strings by each scheme that is possible, the likelier first.
    pub(crate) fn bases(&self) -> impl Iterator<Item = &str> {
        core::iter::once(self.base.as_str()).chain(self.other_base.as_deref())
    }
}

impl SignatureState {
    pub(crate) fn holds(self) -> bool {
        self == Self::Known(SignatureFinding::Holds)
    }
}

impl<'a> Context<'a> {
    pub(crate) fn of(case: Case<'a>) -> Self {
        let mut context = Self {
            case,
            answer: case.answer.and_then(OwnedAnswer::problem),
            now: case.at.or_else(|| {
                let date = case.answer?.date()?;
                parse_http_date(date).ok()
            }),
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
        captured: &'a countersign_capture::OwnedRequest,
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
        };
        if let Some(keys) = self.keys_for(&wire) {
            let finding = diagnose_signature(&wire.request, &wire.parameters, &methods(), keys);
            wire.signature = SignatureState::Known(finding);
        }
        Ok(wire)
    }

    /// The keys at hand that fit the declared method.
    pub(crate) fn keys_for(&self, wire: &Wire<'_>) -> Option<KeysAtHand<'_>> {
        let keys = self.case.keys?;
        match wire.method?.kind() {
            KeyKind::Rsa => keys
                .registered_key()
                .or_else(|| {
                    keys.private_key()
                        .map(countersign_key::RsaPrivateKey::public_key)
                })
                .map(KeysAtHand::PublicKey),
            KeyKind::Secret => Some(KeysAtHand::Secrets {
                consumer: keys.consumer_secret()?,
                token: self.token_secret(wire),
            }),
        }
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
        let method = wire.method?;
        let signature = method.parse_signature(text).ok()?;
        let verifier = match self.keys_for(wire)? {
            KeysAtHand::Secrets { consumer, token } => {
                Verifier::hmac(method, &HmacKey::new(consumer, token)).ok()?
            }
            KeysAtHand::PublicKey(key) => Verifier::rsa(method, key).ok()?,
            _ => return None,
        };
        Some(verifier.verify(base.as_bytes(), &signature).is_ok())
    }
}

/// Every method, PLAINTEXT included: the doctor explains, it does not accept.
pub(crate) fn methods() -> Methods {
    Methods::standard().dangerous_with_plaintext()
}
