//! The checks that need keys and stores, one type a stage; see [`crate::ORDER`].

mod signature;

pub(crate) use signature::secret_verifier;

use countersign_base_string::Scheme;
use countersign_certificate::{Certificate, Validity};
use countersign_clock::UnixTime;
use countersign_key::{RsaPublicKey, Secret};
use countersign_signature::body_hash::Streamed;
use countersign_signature::{KeyKind, Method, Signature, Verifier};

use crate::body;
use crate::certificates::Certificates;
use crate::check::CheckId;
use crate::claims::Claims;
use crate::examine::State;
use crate::keys::{Consumer, ConsumerLookup, Keys, TokenLookup};
use crate::proof::Proven;
use crate::refusal::{Cause, Refusal};
use crate::token::TokenFault;

/// A request that passed every check that needs neither a store nor a key: now the consumer key
/// may be looked up.
#[derive(Debug)]
pub struct Admitted<'a> {
    state: Box<State<'a>>,
}

impl<'a> Admitted<'a> {
    pub(crate) const fn new(state: Box<State<'a>>) -> Self {
        Self { state }
    }

    /// What the request claims of itself.
    #[must_use]
    pub fn claims(&self) -> &Claims<'a> {
        &self.state.claims
    }

    /// The consumer key to look up.
    #[must_use]
    pub fn consumer_key(&self) -> &str {
        self.claims().consumer_key().unwrap_or_default()
    }

    /// Whether a request of this shape could pass with any key: for a caller that looks nothing up
    /// where it couldn't, so that the time of a look-up is in no such refusal.
    ///
    /// # Errors
    ///
    /// The method is none that anybody may use, PLAINTEXT is not under TLS, the signature can't be read,
    /// or the raw base string would be one of two requests.
    #[inline]
    pub fn could_pass(&self) -> Result<(), Refusal> {
        let method = self.asked().map_err(|cause| self.refuse(cause))?;
        self.under_tls(method).map_err(|cause| self.refuse(cause))?;
        if let Err(error) = method.parse_signature(self.claims().signature().unwrap_or_default()) {
            return Err(self.refuse(Cause::SignatureSyntax(error)));
        }
        if signature::is_ambiguous(&self.state) {
            return Err(self.refuse(Cause::SignatureMismatch));
        }
        Ok(())
    }

    fn asked(&self) -> Result<&'static Method, Cause> {
        let asked = self.claims().signature_method().unwrap_or_default();
        let found = self.state.policy.methods().find(asked);
        found.ok_or(Cause::MethodNotAllowed {
            rsa_without_certificate: false,
        })
    }

    fn under_tls(&self, method: &Method) -> Result<(), Cause> {
        if method.is_plaintext() && self.state.request.uri().scheme() != Scheme::Https {
            return Err(Cause::PlaintextWithoutTls);
        }
        Ok(())
    }

    /// Goes on with what the look-up of the consumer key gave.
    ///
    /// # Errors
    ///
    /// The consumer is unknown, rejected or throttled; its kind of key may not use the method; or
    /// none of its certificates is live now.
    #[inline]
    pub fn with_consumer<'k>(
        mut self,
        found: ConsumerLookup<'k>,
    ) -> Result<Keyed<'a, 'k>, Refusal> {
        let consumer = match found {
            ConsumerLookup::Known(consumer) => consumer,
            ConsumerLookup::Unknown => return Err(self.refuse(Cause::ConsumerUnknown)),
            ConsumerLookup::Rejected => return Err(self.refuse(Cause::ConsumerRejected)),
            ConsumerLookup::Refused { retry_after } => {
                return Err(self.refuse(Cause::ConsumerRefused { retry_after }));
            }
        };
        self.state.trail.passed(CheckId::Consumer);
        match self.choose(consumer) {
            Ok((method, keys)) => Ok(Keyed {
                state: self.state,
                method,
                keys,
            }),
            Err(cause) => Err(self.refuse(cause)),
        }
    }

    fn refuse(&self, cause: Cause) -> Refusal {
        Refusal::new(cause, self.state.trail)
    }

    /// The method comes from the kind of key; the request may only agree.
    fn choose<'k>(
        &mut self,
        consumer: Consumer<'k>,
    ) -> Result<(&'static Method, UsableKeys<'k>), Cause> {
        let refused = Cause::MethodNotAllowed {
            rsa_without_certificate: false,
        };
        let method = self.asked()?;
        match (consumer.keys, method.kind()) {
            (Keys::Secret(_), KeyKind::Secret)
            | (
                Keys::Certificates(_) | Keys::Kept(_) | Keys::AtAnyDate(_) | Keys::Bare(_),
                KeyKind::Rsa,
            ) => {}
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
        self.under_tls(method)?;
        self.state.trail.passed(CheckId::Method);
        let usable = match consumer.keys {
            Keys::Secret(secret) => UsableKeys::Secret(secret),
            Keys::Prepared(verifier) => UsableKeys::Prepared(verifier),
            Keys::Certificates(certificates) => {
                UsableKeys::Rsa(live_keys(certificates, self.state.now)?)
            }
            Keys::Kept(certificates) => {
                UsableKeys::Kept(live_verifiers(certificates, method, self.state.now)?)
            }
            Keys::AtAnyDate(certificates) => {
                let verifiers = certificates.verifiers(method);
                UsableKeys::Kept(verifiers.filter_map(|(_, verifier)| verifier).collect())
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
            UsableKeys::Rsa(_) | UsableKeys::Kept(_) => {
                self.state.trail.passed(CheckId::Certificate);
            }
            _ => self.state.trail.not_applicable(CheckId::Certificate),
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
    state: Box<State<'a>>,
    method: &'static Method,
    keys: UsableKeys<'k>,
}

impl<'a, 'k> Keyed<'a, 'k> {
    /// What the request claims of itself.
    #[must_use]
    pub fn claims(&self) -> &Claims<'a> {
        &self.state.claims
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
    #[inline]
    pub fn with_token(mut self, found: TokenLookup<'k>) -> Result<Bound<'a, 'k>, Refusal> {
        let secret = match found {
            TokenLookup::NotSent if self.token().is_none() => {
                self.state.trail.not_applicable(CheckId::TokenBinding);
                None
            }
            TokenLookup::Known(token) if self.token().is_some() => {
                self.state.trail.passed(CheckId::TokenBinding);
                Some(token.secret)
            }
            TokenLookup::Known(_) | TokenLookup::Unknown | TokenLookup::NotSent => {
                return Err(Refusal::new(
                    Cause::Token(TokenFault::Unknown),
                    self.state.trail,
                ));
            }
            TokenLookup::Foreign => {
                return Err(Refusal::new(
                    Cause::Token(TokenFault::Foreign),
                    self.state.trail,
                ));
            }
        };
        Ok(Bound {
            keyed: self,
            token_secret: secret,
            kept: None,
            stand_in: None,
            evenly: false,
        })
    }
}

/// A request with all its keys: now body hash and signature are checked.
#[derive(Debug)]
pub struct Bound<'a, 'k> {
    keyed: Keyed<'a, 'k>,
    token_secret: Option<&'k Secret>,
    kept: Option<&'k Verifier>,
    stand_in: Option<(&'k Verifier, &'k Signature)>,
    evenly: bool,
}

impl<'a, 'k> Bound<'a, 'k> {
    /// The signature method that the request will be verified by.
    #[must_use]
    pub fn method(&self) -> &'static Method {
        self.keyed.method
    }

    /// With a verifier that was prepared before from the very secrets of this consumer and token.
    /// One for another method, and one where no secret was looked up, is passed over.
    #[must_use]
    #[inline]
    pub fn with_kept(mut self, verifier: &'k Verifier) -> Self {
        let of_secret = matches!(self.keyed.keys, UsableKeys::Secret(_));
        self.kept = Some(verifier).filter(|it| of_secret && it.method() == self.keyed.method);
        self
    }

    /// With a key of nobody, by which another signature is verified as well where the consumer's own
    /// keys refuse the one that was sent, whatever comes of it: for a caller whose refusals are to take
    /// as long where no own key is as long as the signature, and nothing is computed with them. The
    /// other one is to be as long as the key.
    #[must_use]
    #[inline]
    pub fn with_stand_in(mut self, verifier: &'k Verifier, signature: &'k Signature) -> Self {
        self.stand_in = Some((verifier, signature));
        self
    }

    /// With the signature computed also where the body is refused already, whatever comes of it: for a
    /// caller whose refusals are to take as long whatever keys were looked up. Next to a body hash alone
    /// it could be told how long the look-up took.
    #[must_use]
    #[inline]
    pub fn evenly(mut self) -> Self {
        self.evenly = true;
        self
    }

    /// Checks the body hash, then the signature in constant time.
    ///
    /// # Errors
    ///
    /// The body hash is wrong, sent with a form, or missing where the policy requires it; or the
    /// signature is malformed or not the one computed.
    #[inline]
    pub fn verify(self) -> Result<Proven<'a>, Refusal> {
        self.prove(body::check)
    }

    /// Checks the signature of a request whose body was not read, unless it is a form. A body hash
    /// that was sent is handed out: the body is covered when it has passed through
    /// [`Streamed`] to its end.
    ///
    /// # Errors
    ///
    /// The body hash can be no hash of any body, was sent with a form, or is missing where the
    /// policy requires it; or the signature is malformed or not the one computed.
    #[inline]
    pub fn verify_head(self) -> Result<(Proven<'a>, Option<Box<Streamed>>), Refusal> {
        let mut proven = self.prove(body::check_head)?;
        let due = proven.take_due();
        Ok((proven, due))
    }

    #[inline(always)]
    fn prove(
        self,
        check_body: impl FnOnce(&mut State<'_>, &Method) -> Result<(), Cause>,
    ) -> Result<Proven<'a>, Refusal> {
        let Keyed {
            mut state,
            method,
            keys,
        } = self.keyed;
        let covered = check_body(&mut state, method);
        let checked = if covered.is_ok() || self.evenly {
            let keys = self.kept.map_or(keys, UsableKeys::Prepared);
            let signed = signature::check(&state, method, &keys, self.token_secret, self.stand_in);
            if covered.is_ok() {
                signed
            } else {
                let _unheard = core::hint::black_box(signed);
                covered
            }
        } else {
            covered
        };
        match checked {
            Ok(()) => {
                state.trail.passed(CheckId::Signature);
                // The claims borrow from the request. While the nonce is waited for, another request
                // uses this memory.
                state.parameters = None;
                Ok(Proven::new(state, method))
            }
            Err(cause) => Err(Refusal::new(cause, state.trail)),
        }
    }
}
