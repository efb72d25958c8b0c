//! The pipeline over the stores: every look-up of a request, in the one order.

use std::sync::Arc;

use countersign_base_string::{Parameters, Request};
use countersign_clock::UnixTime;
use countersign_signature::body_hash::Streamed;
use countersign_store::{
    AccessToken, Consumer, ConsumerKind, ConsumerStore, Grant, Insertion, Moment, Nonce,
    NonceStore, StoreError, TemporaryCredentials, TokenAndGrant, TokenStore, Versioned,
};
use countersign_verify::{
    self as verify, Admitted, Cause as RequestCause, Claims, NonceVerdict, Policy, TokenFault,
    Trail, examine,
};

use crate::keys::Borrowed;
use crate::prove::{Keys, in_terse_words};
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
    /// What the checks came to by now.
    pub(crate) trail: Trail,
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
        let admitted = self.admit(request, policy, now, purpose, seen)?;
        let terse = self.settings.answers == Answers::Terse;
        if terse {
            // Next to nothing at all the time of a look-up would tell most.
            admitted.could_pass().map_err(in_terse_words)?;
        }

        let (consumers, key) = (&self.stores.consumers, admitted.consumer_key());
        // How long a look-up takes must not tell what terse answers don't.
        let (consumer, moment) = if terse {
            (consumers.consumer_evenly(key).await?, Moment::UNKNOWN)
        } else {
            consumers.consumer_at(key).await?
        };
        seen.consumer.clone_from(&consumer);
        let row = consumer.as_deref().map(|consumer| &consumer.row);
        let mut borrowed = Borrowed::of(row);
        let (lookup, mut hidden, beside) = if terse {
            let claims = admitted.claims();
            let found =
                borrowed.lookup_tersely(row, claims, policy.methods(), now, &self.stand_ins);
            (found.lookup, found.hidden, found.beside)
        } else {
            (borrowed.lookup(row), None, None)
        };
        let keyed = admitted.with_consumer(lookup)?;

        let token = keyed.token().map(|token| Presented {
            token,
            fingerprint: self.token_fingerprint(token),
        });
        if row.is_some() {
            seen.token = token.map(|it| it.fingerprint);
        }
        let found = match (token, row) {
            (None, _) => Ok(Found::Nothing),
            (Some(token), _) if terse => self.find_evenly(token, row, now).await?,
            (Some(token), Some(row)) => self.find((token, moment), row, purpose, now).await?,
            (Some(_), None) => Err(TokenFault::Unknown),
        };
        if let (Ok(Found::Access(_, grant)), Some(_)) = (&found, &self.audit) {
            seen.grant = Some(Arc::clone(grant));
        }
        let keys = Keys {
            keyed,
            consumer: consumer.as_deref(),
            found: &found,
            hidden: &mut hidden,
            beside,
            extent,
        };
        let (proven, due) = self.prove(keys)?;
        seen.trail = *proven.trail();
        // Only a known consumer has keys that a signature verifies under.
        let (Some(consumer), Ok(found)) = (consumer, found) else {
            return Err(Refusal::new(Cause::Request(RequestCause::ConsumerUnknown)));
        };
        let live = self.live(proven, &consumer.row, &found, purpose, now)?;
        let (verdict, failure) = match live.nonce_key() {
            None => (NonceVerdict::NotSent, None),
            Some((consumer_key, token, timestamp, nonce)) => {
                let nonce = Nonce::new(consumer_key, token, timestamp, nonce);
                verdict(self.stores.nonces.insert(nonce, now).await)
            }
        };
        match (live.with_nonce(verdict), failure) {
            (Ok(verified), _) => {
                seen.trail = *verified.trail();
                Ok(Checked {
                    verified,
                    consumer,
                    found,
                    due,
                })
            }
            (Err(refusal), Some(error)) => {
                Err(Refusal::new(Cause::Store(error)).with_trail(*refusal.trail()))
            }
            (Err(refusal), None) => Err(refusal.into()),
        }
    }

    /// What needs neither a store nor a key.
    fn admit<'r>(
        &self,
        request: &'r Request<'r>,
        policy: &'r Policy,
        now: UnixTime,
        purpose: Purpose,
        seen: &mut Seen,
    ) -> Result<Admitted<'r>, Refusal> {
        let examination = examine(request, now, policy);
        seen.trail = *examination.trail();
        if self.audit.is_some() {
            seen.consumer_key = examination.claims().consumer_key().map(in_short);
        }
        let admitted = examination.admit()?;
        required(purpose, admitted.claims())?;
        Ok(admitted)
    }

    /// Looks a token up, and whether it belongs to this consumer.
    async fn find(
        &self,
        (Presented { token, fingerprint }, moment): (Presented<'_>, Moment),
        consumer: &Consumer,
        purpose: Purpose,
        now: UnixTime,
    ) -> Result<Result<Found, TokenFault>, StoreError> {
        if is_own(token, consumer) {
            return Ok(Ok(Found::Own));
        }
        let tokens = &self.stores.tokens;
        // The likely kind first; the other one is told apart from an unknown token.
        let temporary_first = purpose != Purpose::Resource;
        for temporary in [temporary_first, !temporary_first] {
            let found = if temporary {
                kept_temporary(tokens.temporary(fingerprint).await?, now)
            } else {
                kept_access(tokens.access_since(fingerprint, moment).await?, now)
            };
            if let Some(found) = found {
                return Ok(owned(found, consumer));
            }
        }
        Ok(Err(TokenFault::Unknown))
    }

    /// [`Self::find`] with the same look-ups for whatever is sent and found.
    async fn find_evenly(
        &self,
        Presented { token, fingerprint }: Presented<'_>,
        consumer: Option<&Consumer>,
        now: UnixTime,
    ) -> Result<Result<Found, TokenFault>, StoreError> {
        let tokens = &self.stores.tokens;
        let access = kept_access(tokens.access_evenly(fingerprint).await?, now);
        let temporary = kept_temporary(tokens.temporary(fingerprint).await?, now);
        Ok(match (consumer, access.or(temporary)) {
            (Some(consumer), _) if is_own(token, consumer) => Ok(Found::Own),
            (Some(consumer), Some(found)) => owned(found, consumer),
            (None, _) | (_, None) => Err(TokenFault::Unknown),
        })
    }
}

/// The token of a request, and what it is looked up by.
#[derive(Clone, Copy)]
struct Presented<'t> {
    token: &'t str,
    fingerprint: countersign_store::Fingerprint,
}

/// A private application sends its own key for a token.
fn is_own(token: &str, consumer: &Consumer) -> bool {
    consumer.kind == ConsumerKind::Private && token == consumer.key
}

fn kept_temporary(
    row: Option<Arc<Versioned<TemporaryCredentials>>>,
    now: UnixTime,
) -> Option<Found> {
    row.filter(|row| now <= row.row.forget_after)
        .map(Found::Temporary)
}

fn kept_access(rows: Option<TokenAndGrant>, now: UnixTime) -> Option<Found> {
    rows.filter(|(row, _)| now <= row.forget_after)
        .map(|(row, grant)| Found::Access(row, grant))
}

fn owned(found: Found, consumer: &Consumer) -> Result<Found, TokenFault> {
    let key = match &found {
        Found::Temporary(row) => &row.row.consumer_key,
        Found::Access(row, _) => &row.consumer_key,
        Found::Nothing | Found::Own => return Ok(found),
    };
    if *key == consumer.key {
        Ok(found)
    } else {
        Err(TokenFault::Foreign)
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
        return Err(Refusal::new(Cause::TooLong { name }));
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
    if key.len() <= LONGEST_KEY {
        return key.to_owned();
    }
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

/// The parameters of a request, for endpoints that read more than the protocol's own.
pub(crate) fn parameter(request: &Request<'_>, policy: &Policy, name: &str) -> Option<String> {
    let parameters = Parameters::collect(request, policy.limits()).ok()?;
    let found = parameters
        .iter()
        .find(|parameter| parameter.name().as_ref() == name.as_bytes())?;
    String::from_utf8(found.value().into_owned()).ok()
}
