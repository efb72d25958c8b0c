//! What a consumer may sign with, and the stand-ins of terse mode.

use std::sync::{Arc, OnceLock};

use countersign_certificate::{Certificate, Validity};
use countersign_clock::UnixTime;
use countersign_key::{RandomError, RsaPublicKey, Secret};
use countersign_signature::{HmacKey, KeyKind, Method, Methods, Signature, Verifier};
use countersign_store::{Consumer, Credential, Standing, Versioned};
use countersign_verify as verify;
use countersign_verify::{Cause, Claims, ConsumerLookup};

use crate::check::Found;
use crate::mint::Mint;

/// Keys that nobody has. In terse mode a request is verified against them where there is no key to
/// verify it against, so that it takes the same steps as one whose signature is merely wrong.
#[derive(Debug)]
pub(crate) struct StandIns {
    pub(crate) secret: Secret,
    /// In place of a token's secret where there is none.
    pub(crate) empty: Secret,
    /// For each of [`MODULI`] and each method.
    rsa: Vec<StandIn>,
    /// For methods whose key is a secret.
    any: Option<StandIn>,
}

/// An RSA key of nobody, and a number as long as its modulus.
#[derive(Debug)]
pub(crate) struct StandIn {
    length: usize,
    /// Parsed, as those of registered certificates are: parsing takes a fifth of verifying.
    pub(crate) verifier: Verifier,
    pub(crate) signature: Signature,
}

/// Bytes of the moduli that keys have, the usual one first: a signature is as long, and one of another
/// length is refused before anything is computed.
const MODULI: [usize; 3] = [USUAL, 384, 512];
const USUAL: usize = 256;

impl StandIns {
    pub(crate) fn new(mint: &Mint, methods: &Methods) -> Result<Self, RandomError> {
        let mut secret = [0; 16];
        mint.fill(&mut secret)?;
        let text: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let (mut rsa, mut any) = (Vec::new(), None);
        for length in MODULI {
            let mut modulus = vec![0; length];
            mint.fill(&mut modulus)?;
            let mut number = vec![0; length];
            mint.fill(&mut number)?;
            // Full length and odd, as every modulus is; that it has no known factors is the point.
            if let [first, .., last] = modulus.as_mut_slice() {
                *first |= 0x80;
                *last |= 1;
            }
            if let Some(first) = number.first_mut() {
                *first &= 0x7f;
            }
            let key = RsaPublicKey::from_components(&modulus, &[1, 0, 1]).ok();
            let stand_in = |method| {
                Some(StandIn {
                    length,
                    verifier: Verifier::rsa(method, key.as_ref()?).ok()?,
                    signature: Signature::from_bytes(&number),
                })
            };
            rsa.extend(methods.iter().filter_map(stand_in));
            any = any.or_else(|| stand_in(Method::RSA_SHA1));
        }
        Ok(Self {
            secret: Secret::new(text),
            empty: Secret::new(""),
            rsa,
            any,
        })
    }

    fn secret(&self) -> verify::Consumer<'_> {
        verify::Consumer::secret(&self.secret)
    }

    /// In place of the keys of a consumer that has none for the method.
    fn of(&self, method: &'static Method, length: usize) -> verify::Consumer<'_> {
        match self.as_long_as(method, length) {
            Some(it) => verify::Consumer::prepared(&it.verifier),
            None => self.secret(),
        }
    }

    /// What to verify by beside keys with moduli of these lengths, for a signature of this one; see
    /// [`Tersely::beside`].
    fn beside(
        &self,
        method: &'static Method,
        length: usize,
        mut moduli: impl Iterator<Item = usize>,
    ) -> Option<&StandIn> {
        if method.kind() == KeyKind::Secret {
            return self.any.as_ref();
        }
        if moduli.any(|modulus| modulus == length) {
            return None;
        }
        self.as_long_as(method, length)
    }

    /// The one of this length, or else of the usual one.
    fn as_long_as(&self, method: &'static Method, length: usize) -> Option<&StandIn> {
        let of_length = |length| {
            let mut of_method = self.rsa.iter().filter(|it| it.verifier.method() == method);
            of_method.find(|it| it.length == length)
        };
        of_length(length).or_else(|| of_length(USUAL))
    }
}

/// How terse mode looks at a consumer.
pub(crate) struct Tersely<'k> {
    pub(crate) lookup: ConsumerLookup<'k>,
    pub(crate) hidden: Option<Hidden>,
    /// What to verify by as well where the signature is refused, so that every refusal has taken an RSA
    /// operation: keys of which none is as long as the signature refuse it before they compute anything,
    /// and next to an HMAC it can be told how long a look-up took.
    pub(crate) beside: Option<&'k StandIn>,
}

/// What terse mode keeps to itself until a signature verifies.
#[derive(Debug, Clone)]
pub(crate) struct Hidden {
    pub(crate) cause: Cause,
    /// Whether the keys used are the consumer's own, so that a right signature earns the truth.
    pub(crate) own_keys: bool,
}

/// The keys of one look-up, which the pipeline borrows.
#[derive(Debug, Default)]
pub(crate) struct Borrowed<'k> {
    methods: Vec<&'k str>,
    dead: Vec<RsaPublicKey>,
}

impl<'k> Borrowed<'k> {
    pub(crate) fn of(consumer: Option<&'k Consumer>) -> Self {
        Self {
            methods: consumer
                .map(|consumer| consumer.methods.iter().map(String::as_str).collect())
                .unwrap_or_default(),
            dead: Vec::new(),
        }
    }

    /// The keys of `consumer`, as the explicit mode looks at them.
    #[inline(always)]
    pub(crate) fn lookup(&'k self, consumer: Option<&'k Consumer>) -> ConsumerLookup<'k> {
        match consumer {
            None => ConsumerLookup::Unknown,
            Some(consumer) if consumer.standing == Standing::Rejected => ConsumerLookup::Rejected,
            Some(consumer) => ConsumerLookup::Known(self.own(consumer)),
        }
    }

    #[inline(always)]
    fn own(&'k self, consumer: &'k Consumer) -> verify::Consumer<'k> {
        let keys = match &consumer.credential {
            Credential::Secret(secret) => verify::Consumer::secret(secret),
            Credential::Certificates(certificates) => match parsed(consumer, certificates) {
                Some(kept) => verify::Consumer::kept_certificates(kept),
                None => verify::Consumer::certificates(certificates),
            },
        };
        if self.methods.is_empty() {
            keys
        } else {
            keys.with_methods(&self.methods)
        }
    }

    /// The keys of `consumer`, as terse mode looks at them: whatever is wrong is hidden behind a
    /// verification that takes as long as any.
    pub(crate) fn lookup_tersely(
        &'k mut self,
        consumer: Option<&'k Consumer>,
        claims: &Claims<'_>,
        methods: &Methods,
        now: UnixTime,
        stand_ins: &'k StandIns,
    ) -> Tersely<'k> {
        let Some(method) = methods.find(claims.signature_method().unwrap_or_default()) else {
            // A method that nobody may use tells nothing of anybody.
            return Tersely {
                lookup: ConsumerLookup::Known(stand_ins.secret()),
                hidden: None,
                beside: None,
            };
        };
        let signature = method.parse_signature(claims.signature().unwrap_or_default());
        let length = signature.map_or(0, |signature| signature.as_bytes().len());
        let stand_in = |cause| {
            let modulus = stand_ins.as_long_as(method, length).map(|it| it.length);
            Tersely {
                lookup: ConsumerLookup::Known(stand_ins.of(method, length)),
                hidden: Some(Hidden {
                    cause,
                    own_keys: false,
                }),
                beside: stand_ins.beside(method, length, modulus.into_iter()),
            }
        };
        let Some(consumer) = consumer else {
            return stand_in(Cause::ConsumerUnknown);
        };
        let pinned_elsewhere =
            !self.methods.is_empty() && !self.methods.iter().any(|name| method.is_named(name));
        let rejected = (consumer.standing == Standing::Rejected).then_some(Hidden {
            cause: Cause::ConsumerRejected,
            own_keys: true,
        });
        let certificates = match (&consumer.credential, method.kind()) {
            (Credential::Secret(_), KeyKind::Secret) if !pinned_elsewhere => {
                return Tersely {
                    lookup: ConsumerLookup::Known(self.own(consumer)),
                    hidden: rejected,
                    beside: stand_ins.beside(method, length, core::iter::empty()),
                };
            }
            (Credential::Certificates(certificates), KeyKind::Rsa) if !pinned_elsewhere => {
                certificates
            }
            (credential, kind) => {
                return stand_in(Cause::MethodNotAllowed {
                    rsa_without_certificate: matches!(credential, Credential::Secret(_))
                        && kind == KeyKind::Rsa,
                });
            }
        };
        let (live, cause) = sort(certificates, now);
        let used = certificates
            .iter()
            .filter(|it| !live || matches!(it.validity(now), Validity::Live { .. }));
        let used: Vec<_> = used.filter_map(|it| it.public_key().ok()).collect();
        if used.is_empty() {
            return stand_in(cause);
        }
        let moduli = used.iter().map(|key| key.signature_length());
        let beside = stand_ins.beside(method, length, moduli);
        let (keys, hidden) = if live {
            (self.own(consumer), rejected)
        } else {
            let hidden = Hidden {
                cause,
                own_keys: true,
            };
            let keys = match parsed(consumer, certificates) {
                Some(kept) => verify::Consumer::kept_keys(kept),
                None => {
                    self.dead = used.into_iter().cloned().collect();
                    verify::Consumer::public_keys(&self.dead)
                }
            };
            (keys, Some(hidden))
        };
        Tersely {
            lookup: ConsumerLookup::Known(keys),
            hidden,
            beside,
        }
    }
}

/// The certificates of a consumer, kept with its row; `None` where something else is.
fn parsed<'k>(
    consumer: &'k Consumer,
    certificates: &Arc<[Certificate]>,
) -> Option<&'k verify::Certificates> {
    let keep = || KeptCertificates {
        of: Arc::clone(certificates),
        certificates: verify::Certificates::new(certificates.to_vec()),
    };
    let kept = consumer.derived.get_or_init(keep)?;
    Arc::ptr_eq(&kept.of, certificates).then_some(&kept.certificates)
}

/// Certificates with their keys parsed.
struct KeptCertificates {
    /// What they were made from: a consumer that changed has others.
    of: Arc<[Certificate]>,
    certificates: verify::Certificates,
}

/// Verifiers prepared from the secrets of a consumer and a token.
struct Kept {
    /// What they were prepared from: a consumer that changed has another.
    secret: Arc<Secret>,
    verifiers: [OnceLock<Option<Verifier>>; HMAC.len()],
}

const HMAC: [&Method; 3] = [Method::HMAC_SHA1, Method::HMAC_SHA256, Method::HMAC_SHA512];

/// The verifier of a consumer and token, kept with their rows; `None` where nothing is to be kept.
pub(crate) fn kept<'k>(
    consumer: &'k Versioned<Consumer>,
    found: &'k Found,
    method: &'static Method,
) -> Option<&'k Verifier> {
    let Credential::Secret(secret) = &consumer.row.credential else {
        return None;
    };
    let (derived, token_secret) = match found {
        Found::Nothing => (&consumer.row.derived, None),
        Found::Access(token, _) => (&token.derived, Some(&*token.secret)),
        Found::Own | Found::Temporary(_) => return None,
    };
    let kept = derived.get_or_init(|| Kept {
        secret: Arc::clone(secret),
        verifiers: Default::default(),
    })?;
    let place = HMAC.iter().position(|known| *known == method)?;
    // The row of a token outlives a change of its consumer's secret.
    if !Arc::ptr_eq(&kept.secret, secret) {
        return None;
    }
    let verifier = kept.verifiers.get(place)?;
    let prepare = || Verifier::hmac(method, &HmacKey::new(secret, token_secret)).ok();
    verifier.get_or_init(prepare).as_ref()
}

/// Whether one of them is live, and what to say if none is.
fn sort(certificates: &[Certificate], now: UnixTime) -> (bool, Cause) {
    let (mut live, mut expired, mut not_yet) = (false, 0_usize, 0_usize);
    for certificate in certificates {
        match certificate.validity(now) {
            Validity::Live { .. } => live = true,
            Validity::Expired { .. } => expired = expired.saturating_add(1),
            Validity::NotYet { .. } => not_yet = not_yet.saturating_add(1),
        }
    }
    (live, Cause::NoLiveCertificate { expired, not_yet })
}

#[cfg(test)]
mod tests;
