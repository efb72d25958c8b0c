//! The pipeline over the stores: every look-up of a request, in the one order.

use std::sync::Arc;

use countersign_base_string::{Parameters, Request};
use countersign_clock::UnixTime;
use countersign_signature::body_hash::Streamed;
use countersign_store::{
    AccessToken, Consumer, ConsumerKind, ConsumerStore, Credential, Grant, Insertion, Nonce,
    NonceStore, StoreError, TemporaryCredentials, TokenStore, Versioned,
};
use countersign_token::Cause as Why;
use countersign_verify::{
    self as verify, Cause as RequestCause, Claims, NonceVerdict, Policy, TokenFault, TokenLookup,
    TokenState, examine,
};

use crate::faults::{self, Due};
use crate::keys::{self, Borrowed, Hidden};
use crate::provider::Provider;
use crate::refusal::{Cause, Refusal};
use crate::register::LONGEST_KEY;
use crate::settings::Answers;

/// What a request is for; it decides which tokens go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A resource: an access token, or none.
    Resource,
    /// Temporary credentials: no token.
    TemporaryCredentials,
    /// An access token: temporary credentials, an access token to renew, or none with xAuth.
    AccessToken,
}

/// How much of a request there is to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it.
    Whole,
    /// The head, and the body where it is a form; another body is read later.
    Head,
}

/// The token of a request, as the store has it.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// None was sent, or an empty one.
    Nothing,
    /// A private application's own key.
    Own,
    Temporary(Arc<Versioned<TemporaryCredentials>>),
    Access(Arc<AccessToken>, Arc<Versioned<Grant>>),
}

/// A request that passed every check but the permission hook.
#[derive(Debug)]
pub(crate) struct Checked<'r> {
    pub(crate) verified: verify::Verified<'r>,
    pub(crate) consumer: Arc<Versioned<Consumer>>,
    pub(crate) found: Found,
    /// The hash that a body read later must have.
    pub(crate) due: Option<Box<Streamed>>,
}

/// What is known of a request while it is checked, for the audit line.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) consumer_key: Option<String>,
    /// The consumer by that key, once it was looked up.
    pub(crate) consumer: Option<Arc<Versioned<Consumer>>>,
    pub(crate) token: Option<countersign_store::Fingerprint>,
    pub(crate) grant: Option<Arc<Versioned<Grant>>>,
}

/// Seconds after which a caller may come back when a store failed.
const SOON: u32 = 1;

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> Provider<C, T, N> {
    /// Runs the whole pipeline.
    pub(crate) async fn check<'r>(
        &self,
        request: &'r Request<'r>,
        policy: &'r Policy,
        now: UnixTime,
        purpose: Purpose,
        extent: Extent,
        seen: &mut Seen,
    ) -> Result<Checked<'r>, Refusal> {
        let examination = examine(request, now, policy);
        if self.audit.is_some() {
            seen.consumer_key = examination.claims().consumer_key().map(in_short);
        }
        let admitted = examination.admit()?;
        required(purpose, admitted.claims())?;
        let terse = self.settings.answers == Answers::Terse;

        let consumer = self
            .stores
            .consumers
            .consumer(admitted.consumer_key())
            .await?;
        seen.consumer.clone_from(&consumer);
        let row = consumer.as_deref().map(|consumer| &consumer.row);
        let mut borrowed = Borrowed::of(row);
        let (lookup, mut hidden) = if terse {
            let declared = admitted.claims().signature_method().unwrap_or_default();
            borrowed.lookup_tersely(row, declared, policy.methods(), now, &self.stand_ins)
        } else {
            (borrowed.lookup(row), None)
        };
        let keyed = admitted.with_consumer(lookup)?;

        let found = match (keyed.token(), row) {
            (None, _) => Ok(Found::Nothing),
            (Some(token), Some(row)) => {
                seen.token = Some(self.token_fingerprint(token));
                self.find(token, row, purpose, now).await?
            }
            (Some(token), None) => {
                // The same look-ups as for a known consumer with an unknown token.
                let fingerprint = self.token_fingerprint(token);
                let _unused = self.stores.tokens.access(fingerprint).await?;
                let _unused = self.stores.tokens.temporary(fingerprint).await?;
                Err(TokenFault::Unknown)
            }
        };
        if let Ok(Found::Access(_, grant)) = &found {
            seen.grant = Some(Arc::clone(grant));
        }
        let lookup = match &found {
            Ok(Found::Nothing) => TokenLookup::NotSent,
            Ok(Found::Own) => TokenLookup::Known(verify::Token::new(&self.stand_ins.empty)),
            Ok(Found::Temporary(row)) => TokenLookup::Known(verify::Token::new(&row.row.secret)),
            Ok(Found::Access(row, _)) => TokenLookup::Known(verify::Token::new(&row.secret)),
            Err(fault) if terse => {
                hidden.get_or_insert_with(|| Hidden {
                    cause: RequestCause::Token(fault.clone()),
                    // With RSA the token has no part in the key: it is the consumer's own.
                    own_keys: row.is_some_and(signs_with_rsa),
                });
                TokenLookup::Known(verify::Token::new(&self.stand_ins.secret))
            }
            Err(TokenFault::Foreign) => TokenLookup::Foreign,
            Err(_) => TokenLookup::Unknown,
        };
        let bound = keyed.with_token(lookup)?;
        // In terse mode known secrets are prepared anew as the stand-ins are: to take less time
        // would tell them apart.
        let kept = match (&hidden, &consumer, &found) {
            (None, Some(consumer), Ok(found)) if !terse => {
                keys::kept(consumer, found, bound.method())
            }
            _ => None,
        };
        let bound = match kept {
            Some(verifier) => bound.with_kept(verifier),
            None => bound,
        };
        let outcome = match extent {
            Extent::Whole => bound.verify().map(|proven| (proven, None)),
            Extent::Head => bound.verify_head(),
        };
        let (proven, due) = match (outcome, hidden) {
            (Ok(proven), None) => proven,
            (Ok((proven, _)), Some(hidden)) if hidden.own_keys => {
                return Err(Refusal::new(Cause::Request(hidden.cause)).with_trail(*proven.trail()));
            }
            (Ok(_), Some(hidden)) => return Err(tersely(hidden.cause)),
            // What no key decides about is told to all alike.
            (Err(refusal), Some(_)) if !tells_of_keys(refusal.cause()) => {
                return Err(refusal.into());
            }
            (Err(refusal), Some(hidden)) => {
                return Err(tersely(hidden.cause).with_trail(*refusal.trail()));
            }
            (Err(refusal), None) if terse && tells_of_keys(refusal.cause()) => {
                return Err(tersely(refusal.cause().clone()).with_trail(*refusal.trail()));
            }
            (Err(refusal), None) => return Err(refusal.into()),
        };
        // Only a known consumer has keys that a signature verifies under.
        let (Some(consumer), Ok(found)) = (consumer, found) else {
            return Err(Refusal::new(Cause::Request(RequestCause::ConsumerUnknown)));
        };
        let state = self.token_state(&proven, &consumer.row, &found, purpose, now);
        let live = match state {
            Ok(()) => proven.with_token_state(TokenState::Live)?,
            Err((why, due)) => {
                let presented = proven.claims().token().unwrap_or_default().to_owned();
                let fault = match why {
                    Some(why) => faults::fault(why, &presented, due),
                    None => TokenFault::NotProvided,
                };
                // The pipeline keeps the trail, the provider the true cause.
                let Err(refusal) = proven.with_token_state(TokenState::Faulty(fault)) else {
                    return Err(Refusal::new(Cause::Contention));
                };
                return Err(match why {
                    Some(why) => faults::refuse(why, &presented, due).with_trail(*refusal.trail()),
                    None => refusal.into(),
                });
            }
        };
        let (verdict, failure) = match live.nonce_key() {
            None => (NonceVerdict::NotSent, None),
            Some((consumer_key, token, timestamp, nonce)) => {
                let nonce = Nonce::new(consumer_key, token, timestamp, nonce);
                verdict(self.stores.nonces.insert(nonce, now).await)
            }
        };
        match (live.with_nonce(verdict), failure) {
            (Ok(verified), _) => Ok(Checked {
                verified,
                consumer,
                found,
                due,
            }),
            (Err(refusal), Some(error)) => {
                Err(Refusal::new(Cause::Store(error)).with_trail(*refusal.trail()))
            }
            (Err(refusal), None) => Err(refusal.into()),
        }
    }

    /// Looks a token up, and whether it belongs to this consumer.
    async fn find(
        &self,
        token: &str,
        consumer: &Consumer,
        purpose: Purpose,
        now: UnixTime,
    ) -> Result<Result<Found, TokenFault>, StoreError> {
        if consumer.kind == ConsumerKind::Private && token == consumer.key {
            return Ok(Ok(Found::Own));
        }
        let fingerprint = self.token_fingerprint(token);
        let owned = |key: &str, found| {
            if key == consumer.key {
                Ok(found)
            } else {
                Err(TokenFault::Foreign)
            }
        };
        let tokens = &self.stores.tokens;
        // The likely kind first; the other one is told apart from an unknown token.
        let temporary_first = purpose != Purpose::Resource;
        for temporary in [temporary_first, !temporary_first] {
            let found = if temporary {
                let row = tokens.temporary(fingerprint).await?;
                row.filter(|row| now <= row.row.forget_after)
                    .map(|row| owned(&row.row.consumer_key.clone(), Found::Temporary(row)))
            } else {
                let rows = tokens.access(fingerprint).await?;
                rows.filter(|(row, _)| now <= row.forget_after)
                    .map(|(row, grant)| owned(&row.consumer_key.clone(), Found::Access(row, grant)))
            };
            if let Some(found) = found {
                return Ok(found);
            }
        }
        Ok(Err(TokenFault::Unknown))
    }

    /// Whether the token may be used for this: the true cause, and what the caller is told.
    fn token_state(
        &self,
        proven: &verify::Proven<'_>,
        consumer: &Consumer,
        found: &Found,
        purpose: Purpose,
        now: UnixTime,
    ) -> Result<(), (Option<Why>, Due)> {
        match (purpose, found) {
            (Purpose::Resource, Found::Nothing) if !consumer.may_use_two_legged => {
                Err((None, Due::Access))
            }
            (_, Found::Nothing | Found::Own) => Ok(()),
            (Purpose::Resource, Found::Temporary(_)) => Err((Some(Why::WrongKind), Due::Access)),
            (Purpose::Resource, Found::Access(token, grant)) => {
                faults::at_resource(token, &grant.row, self.settings.renewal, now)
                    .map_err(|why| (Some(why), Due::Access))
            }
            // The endpoint refuses these for the parameter; nothing to tell of the token.
            (Purpose::TemporaryCredentials, _) => Ok(()),
            (Purpose::AccessToken, Found::Temporary(_)) => Ok(()),
            (Purpose::AccessToken, Found::Access(..)) => {
                if proven.claims().session_handle().is_some() {
                    Ok(())
                } else {
                    Err((Some(Why::WrongKind), Due::Request))
                }
            }
        }
    }
}

/// The parameters that an endpoint needs beside those of every request.
fn required(purpose: Purpose, claims: &Claims<'_>) -> Result<(), Refusal> {
    // Nothing that this provider gives out is longer, and no store is asked for more.
    let named = [
        ("oauth_consumer_key", claims.consumer_key()),
        ("oauth_token", claims.token()),
        ("oauth_verifier", claims.verifier()),
        ("oauth_session_handle", claims.session_handle()),
    ];
    let too_long = |value: Option<&str>| value.is_some_and(|value| value.len() > LONGEST_KEY);
    if let Some((name, _)) = named.into_iter().find(|(_, value)| too_long(*value)) {
        return Err(Refusal::new(Cause::Unacceptable { name }));
    }
    let sent_token = claims.token().is_some_and(|token| !token.is_empty());
    match purpose {
        Purpose::TemporaryCredentials if sent_token => Err(Refusal::new(Cause::Unacceptable {
            name: "oauth_token",
        })),
        Purpose::TemporaryCredentials if claims.callback().is_none() => {
            Err(Refusal::new(Cause::Missing {
                name: "oauth_callback",
            }))
        }
        _ => Ok(()),
    }
}

/// As much of a claimed consumer key as goes into an audit line.
fn in_short(key: &str) -> String {
    key.chars().take(LONGEST_KEY).collect()
}

fn verdict(stored: Result<Insertion, StoreError>) -> (NonceVerdict, Option<StoreError>) {
    let unavailable = |retry_after| NonceVerdict::Unavailable { retry_after };
    match stored {
        Ok(Insertion::New) => (NonceVerdict::New, None),
        Ok(Insertion::Used) => (NonceVerdict::Used, None),
        Ok(Insertion::OverQuota { retry_after }) => (NonceVerdict::OverQuota { retry_after }, None),
        Ok(Insertion::Fenced { retry_after }) => (unavailable(retry_after), None),
        Err(error) => (unavailable(SOON), Some(error)),
    }
}

fn signs_with_rsa(consumer: &Consumer) -> bool {
    matches!(consumer.credential, Credential::Certificates(_))
}

/// Whether a refusal tells which keys and tokens exist.
fn tells_of_keys(cause: &RequestCause) -> bool {
    matches!(
        cause,
        RequestCause::BodyHashMismatch
            | RequestCause::SignatureMismatch
            | RequestCause::SignatureSyntax(_)
            | RequestCause::Token(_)
    )
}

/// The one answer of terse mode.
fn tersely(cause: RequestCause) -> Refusal {
    let told = verify::answer_to(&RequestCause::SignatureMismatch).into();
    Refusal::telling(Cause::Request(cause), told)
}

/// The parameters of a request, for endpoints that read more than the protocol's own.
pub(crate) fn parameter(request: &Request<'_>, policy: &Policy, name: &str) -> Option<String> {
    let parameters = Parameters::collect(request, policy.limits()).ok()?;
    let found = parameters
        .iter()
        .find(|parameter| parameter.name().as_ref() == name.as_bytes())?;
    String::from_utf8(found.value().into_owned()).ok()
}
