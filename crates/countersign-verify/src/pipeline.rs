//! The checks that need keys and stores, one type a stage; see [`crate::ORDER`].

use countersign_base_string::{Parameters, Request, Scheme, write_base_string};
use countersign_certificate::{Certificate, Validity};
use countersign_clock::UnixTime;
use countersign_key::{RsaPublicKey, Secret};
use countersign_signature::body_hash::Streamed;
use countersign_signature::{HmacKey, KeyKind, Method, Verifier};

use crate::body::{self, BodyCoverage};
use crate::certificates::Certificates;
use crate::check::{CheckId, Trail};
use crate::claims::Claims;
use crate::examine::Examination;
use crate::keys::{Consumer, ConsumerLookup, Keys, TokenLookup};
use crate::policy::Policy;
use crate::proof::Proven;
use crate::refusal::{Cause, Refusal};
use crate::token::TokenFault;

/// A request that passed every check that needs neither a store nor a key: now the consumer key
/// may be looked up.
#[derive(Debug)]
pub struct Admitted<'a> {
    examination: Examination<'a>,
    parameters: Parameters<'a>,
}

impl<'a> Admitted<'a> {
    pub(crate) fn new(examination: Examination<'a>, parameters: Parameters<'a>) -> Self {
        Self {
            examination,
            parameters,
        }
    }

    /// What the request claims of itself.
    #[must_use]
    pub fn claims(&self) -> &Claims<'a> {
        &self.examination.claims
    }

    /// The consumer key to look up.
    #[must_use]
    pub fn consumer_key(&self) -> &str {
        self.claims().consumer_key().unwrap_or_default()
    }

    /// Goes on with what the look-up of the consumer key gave.
    ///
    /// # Errors
    ///
    /// The consumer is unknown, rejected or throttled; its kind of key may not use the method; or
    /// none of its certificates is live now.
    pub fn with_consumer<'k>(self, found: ConsumerLookup<'k>) -> Result<Keyed<'a, 'k>, Refusal> {
        let mut trail = self.examination.trail;
        let consumer = match found {
            ConsumerLookup::Known(consumer) => consumer,
            ConsumerLookup::Unknown => return Err(Refusal::new(Cause::ConsumerUnknown, trail)),
            ConsumerLookup::Rejected => return Err(Refusal::new(Cause::ConsumerRejected, trail)),
            ConsumerLookup::Refused { retry_after } => {
                return Err(Refusal::new(Cause::ConsumerRefused { retry_after }, trail));
            }
        };
        trail.passed(CheckId::Consumer);
        let (method, keys) = match self.choose(consumer, &mut trail) {
            Ok(chosen) => chosen,
            Err(cause) => return Err(Refusal::new(cause, trail)),
        };
        Ok(Keyed {
            admitted: self,
            trail,
            method,
            keys,
        })
    }

    /// The method comes from the kind of key; the request may only agree.
    fn choose<'k>(
        &self,
        consumer: Consumer<'k>,
        trail: &mut Trail,
    ) -> Result<(&'static Method, UsableKeys<'k>), Cause> {
        let refused = Cause::MethodNotAllowed {
            rsa_without_certificate: false,
        };
        let asked = self.claims().signature_method().unwrap_or_default();
        let Some(method) = self.examination.policy.methods().find(asked) else {
            return Err(refused);
        };
        match (consumer.keys, method.kind()) {
            (Keys::Secret(_), KeyKind::Secret)
            | (Keys::Certificates(_) | Keys::Kept(_) | Keys::Bare(_), KeyKind::Rsa) => {}
            (Keys::Prepared(verifier), _) if verifier.method() == method => {}
            (Keys::Secret(_), KeyKind::Rsa) => {
                return Err(Cause::MethodNotAllowed {
                    rsa_without_certificate: true,
                });
            }
            _ => return Err(refused),
        }
        // By the method, not by its name: a method may have two names.
        let pinned = |allowed: &[&str]| allowed.iter().any(|name| method.is_named(name));
        if !consumer.methods.is_none_or(pinned) {
            return Err(refused);
        }
        if method.is_plaintext() && self.examination.request.uri().scheme() != Scheme::Https {
            return Err(Cause::PlaintextWithoutTls);
        }
        trail.passed(CheckId::Method);
        let usable = match consumer.keys {
            Keys::Secret(secret) => UsableKeys::Secret(secret),
            Keys::Prepared(verifier) => UsableKeys::Prepared(verifier),
            Keys::Certificates(certificates) => {
                UsableKeys::Rsa(live_keys(certificates, self.examination.now)?)
            }
            Keys::Kept(certificates) => {
                UsableKeys::Kept(live_verifiers(certificates, method, self.examination.now)?)
            }
            Keys::Bare([]) => {
                return Err(Cause::NoLiveCertificate {
                    expired: 0,
                    not_yet: 0,
                });
            }
            Keys::Bare(keys) => UsableKeys::Rsa(keys.iter().collect()),
        };
        match usable {
            UsableKeys::Rsa(_) | UsableKeys::Kept(_) => trail.passed(CheckId::Certificate),
            _ => trail.not_applicable(CheckId::Certificate),
        }
        Ok((method, usable))
    }
}

fn live_verifiers<'k>(
    certificates: &'k Certificates,
    method: &'static Method,
    now: UnixTime,
) -> Result<Vec<&'k Verifier>, Cause> {
    let live = certificates
        .verifiers(method)
        .filter(|(certificate, _)| matches!(certificate.validity(now), Validity::Live { .. }));
    let verifiers: Vec<_> = live.filter_map(|(_, verifier)| verifier).collect();
    if verifiers.is_empty() {
        // Says why, or that a live one has a key which is no good for the method.
        live_keys(certificates.as_slice(), now)?;
    }
    Ok(verifiers)
}

fn live_keys(certificates: &[Certificate], now: UnixTime) -> Result<Vec<&RsaPublicKey>, Cause> {
    let (mut expired, mut not_yet) = (0_usize, 0_usize);
    let mut keys = Vec::new();
    for certificate in certificates {
        match certificate.validity(now) {
            Validity::Live { .. } => keys.extend(certificate.public_key().ok()),
            Validity::Expired { .. } => expired = expired.saturating_add(1),
            Validity::NotYet { .. } => not_yet = not_yet.saturating_add(1),
        }
    }
    if keys.is_empty() {
        Err(Cause::NoLiveCertificate { expired, not_yet })
    } else {
        Ok(keys)
    }
}

#[derive(Debug)]
enum UsableKeys<'k> {
    Secret(&'k Secret),
    Rsa(Vec<&'k RsaPublicKey>),
    Kept(Vec<&'k Verifier>),
    Prepared(&'k Verifier),
}

/// A request whose consumer and key are known: now the token may be looked up.
#[derive(Debug)]
pub struct Keyed<'a, 'k> {
    admitted: Admitted<'a>,
    trail: Trail,
    method: &'static Method,
    keys: UsableKeys<'k>,
}

impl<'a, 'k> Keyed<'a, 'k> {
    /// What the request claims of itself.
    #[must_use]
    pub fn claims(&self) -> &Claims<'a> {
        self.admitted.claims()
    }

    /// The token to look up; `None` when there is none or it is empty.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.claims().token().filter(|token| !token.is_empty())
    }

    /// Goes on with what the look-up of the token gave.
    ///
    /// # Errors
    ///
    /// The token is unknown or was issued to another consumer; or the look-up does not go with the
    /// request: [`TokenLookup::NotSent`] for one that carries a token, a token for one without.
    pub fn with_token(mut self, found: TokenLookup<'k>) -> Result<Bound<'a, 'k>, Refusal> {
        let secret = match found {
            TokenLookup::NotSent if self.token().is_none() => {
                self.trail.not_applicable(CheckId::TokenBinding);
                None
            }
            TokenLookup::Known(token) if self.token().is_some() => {
                self.trail.passed(CheckId::TokenBinding);
                Some(token.secret)
            }
            TokenLookup::Known(_) | TokenLookup::Unknown | TokenLookup::NotSent => {
                return Err(Refusal::new(Cause::Token(TokenFault::Unknown), self.trail));
            }
            TokenLookup::Foreign => {
                return Err(Refusal::new(Cause::Token(TokenFault::Foreign), self.trail));
            }
        };
        Ok(Bound {
            keyed: self,
            token_secret: secret,
        })
    }
}

/// A request with all its keys: now body hash and signature are checked.
#[derive(Debug)]
pub struct Bound<'a, 'k> {
    keyed: Keyed<'a, 'k>,
    token_secret: Option<&'k Secret>,
}

impl<'a> Bound<'a, '_> {
    /// Checks the body hash, then the signature in constant time.
    ///
    /// # Errors
    ///
    /// The body hash is wrong, sent with a form, or missing where the policy requires it; or the
    /// signature is malformed or not the one computed.
    pub fn verify(self) -> Result<Proven<'a>, Refusal> {
        self.prove(|request, claims, method, policy, trail| {
            body::check(request, claims, method, policy, trail).map(|coverage| (coverage, None))
        })
        .map(|(proven, _)| proven)
    }

    /// Checks the signature of a request whose body was not read, unless it is a form. A body hash
    /// that was sent is handed out: the body is covered when it has passed through
    /// [`Streamed`] to its end.
    ///
    /// # Errors
    ///
    /// The body hash can be no hash of any body, was sent with a form, or is missing where the
    /// policy requires it; or the signature is malformed or not the one computed.
    pub fn verify_head(self) -> Result<(Proven<'a>, Option<Box<Streamed>>), Refusal> {
        self.prove(body::check_head)
    }

    fn prove(
        self,
        check_body: impl FnOnce(
            &Request<'_>,
            &Claims<'_>,
            &Method,
            &Policy,
            &mut Trail,
        ) -> Result<(BodyCoverage, Option<Box<Streamed>>), Cause>,
    ) -> Result<(Proven<'a>, Option<Box<Streamed>>), Refusal> {
        let Keyed {
            admitted,
            mut trail,
            method,
            keys,
        } = self.keyed;
        let Admitted {
            examination,
            parameters,
        } = admitted;
        let checked = check_body(
            examination.request,
            &examination.claims,
            method,
            examination.policy,
            &mut trail,
        )
        .and_then(|body| {
            check_signature(&examination, &parameters, method, &keys, self.token_secret)
                .map(|()| body)
        });
        match checked {
            Ok((body, due)) => {
                trail.passed(CheckId::Signature);
                let proven = Proven {
                    claims: examination.claims,
                    timestamp: examination.timestamp,
                    method,
                    body,
                    trail,
                };
                Ok((proven, due))
            }
            Err(cause) => Err(Refusal::new(cause, trail)),
        }
    }
}

fn check_signature(
    examination: &Examination<'_>,
    parameters: &Parameters<'_>,
    method: &'static Method,
    keys: &UsableKeys<'_>,
    token_secret: Option<&Secret>,
) -> Result<(), Cause> {
    let text = examination.claims.signature().unwrap_or_default();
    let signature = method
        .parse_signature(text)
        .map_err(Cause::SignatureSyntax)?;
    let mut base = Vec::new();
    write_base_string(examination.request, parameters, &mut base);
    let holds = |verifier: &Verifier| {
        verifier
            .verify(&base, &signature)
            .map_err(|_| Cause::SignatureMismatch)
    };
    match keys {
        UsableKeys::Prepared(verifier) => holds(verifier),
        UsableKeys::Secret(secret) => {
            let key = HmacKey::new(secret, token_secret);
            let verifier = secret_verifier(method, &key).ok_or(Cause::SignatureMismatch)?;
            holds(&verifier)
        }
        UsableKeys::Kept(verifiers) => {
            if verifiers.iter().any(|verifier| holds(verifier).is_ok()) {
                Ok(())
            } else {
                Err(Cause::SignatureMismatch)
            }
        }
        UsableKeys::Rsa(keys) => {
            let mut outcome = Err(Cause::SignatureMismatch);
            for key in keys {
                if let Ok(verifier) = Verifier::rsa(method, key) {
                    outcome = outcome.or_else(|_| holds(&verifier));
                }
            }
            outcome
        }
    }
}

/// The verifier of a method whose key is a secret; PLAINTEXT is here only because the policy's
/// table of methods was told to have it.
pub(crate) fn secret_verifier(method: &'static Method, key: &HmacKey) -> Option<Verifier> {
    if method.is_plaintext() {
        Some(Verifier::dangerous_plaintext(key))
    } else {
        Verifier::hmac(method, key).ok()
    }
}
