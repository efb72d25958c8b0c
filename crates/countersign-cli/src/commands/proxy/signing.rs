//! What signs: the credentials of the moment, and the time by the upstream's clock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use countersign_client::{Body, ClockOffsets, Credentials, Origin, SignError, Stamp};
use countersign_clock::{Estimate, UnixTime, system};
use countersign_problem::harmless;
use countersign_signature::{OsRandom, SignError as KeyError};
use http::Request;

use super::refusal::Refusal;
use crate::commands::request::client;
use crate::commands::token;
use crate::credentials::Credentials as Source;
use crate::exit::{Failure, in_full};

/// What signs requests to one upstream.
pub(super) struct Signing {
    source: Source,
    method: Option<String>,
    origin: Origin,
    current: Mutex<Arc<Credentials>>,
    offsets: Mutex<ClockOffsets>,
    /// One at a time looks for another token; who waited takes what it found.
    looking: tokio::sync::Mutex<()>,
}

impl Signing {
    /// With `credentials`, which are those of `source` now, signing with `method`. The source is one
    /// that stays the same.
    pub(super) fn new(
        credentials: Credentials,
        source: Source,
        method: Option<String>,
        origin: Origin,
    ) -> Self {
        Self {
            source,
            method,
            origin,
            current: Mutex::new(Arc::new(credentials)),
            offsets: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
        }
    }

    /// Where the credentials come from.
    pub(super) const fn source(&self) -> &Source {
        &self.source
    }

    pub(super) fn current(&self) -> Arc<Credentials> {
        Arc::clone(&lock(&self.current))
    }

    /// Signs a request as it will be sent, with another nonce each time; gives the body to send.
    pub(super) fn sign(
        &self,
        credentials: &Credentials,
        request: &mut Request<()>,
        body: &Bytes,
    ) -> Result<Bytes, Refusal> {
        let now = lock(&self.offsets).now(&self.origin, system::now());
        let mut random = OsRandom::new();
        let stamp =
            Stamp::drawn(now, &mut random).map_err(|error| Refusal::NotSigned(in_full(&error)))?;
        let instructions = credentials
            .sign(request, Body::Bytes(body), stamp)
            .map_err(refused)?;
        let Some(addition) = instructions.body() else {
            let applied = instructions.apply_to_head(request);
            return match applied {
                Ok(()) => Ok(body.clone()),
                Err(error) => Err(Refusal::Unsignable(in_full(&error))),
            };
        };
        let mut form = body.to_vec();
        if !form.is_empty() && !form.ends_with(b"&") {
            form.push(b'&');
        }
        form.extend_from_slice(addition.as_bytes());
        Ok(form.into())
    }

    /// Takes over what a refusal disclosed of the upstream's clock.
    pub(super) fn correct(&self, estimate: &Estimate, local: UnixTime) {
        lock(&self.offsets).correct(&self.origin, estimate, local);
    }

    /// The credentials of the profile by now, if they are others than those that were refused.
    pub(super) async fn reread(
        self: &Arc<Self>,
        refused: &Arc<Credentials>,
    ) -> Option<Arc<Credentials>> {
        self.other(refused, Self::read).await
    }

    /// The credentials with a new token, if the profile can have one. It is in the profile by then,
    /// also for every other process.
    pub(super) async fn renewed(
        self: &Arc<Self>,
        refused: &Arc<Credentials>,
    ) -> Option<Arc<Credentials>> {
        let before = refused.token().map(ToOwned::to_owned);
        let renew = move |this: &Self| {
            let Some(name) = &this.source.profile else {
                return Ok(None);
            };
            // Another process may have renewed it, and what it got is good.
            let known = this.read()?;
            if known.as_ref().and_then(Credentials::token) != before.as_deref() {
                return Ok(known);
            }
            token::renewed(name)?;
            this.read()
        };
        self.other(refused, renew).await
    }

    /// Other credentials than those that were refused, from those that know of them.
    async fn other(
        self: &Arc<Self>,
        refused: &Arc<Credentials>,
        find: impl FnOnce(&Self) -> Result<Option<Credentials>, Failure> + Send + 'static,
    ) -> Option<Arc<Credentials>> {
        let _turn = self.looking.lock().await;
        let known = self.current();
        if known.token() != refused.token() {
            return Some(known);
        }
        let this = Arc::clone(self);
        let found = tokio::task::spawn_blocking(move || find(&this)).await;
        match found {
            Ok(Ok(Some(other))) if other.token() != refused.token() => {
                let other = Arc::new(other);
                *lock(&self.current) = Arc::clone(&other);
                Some(other)
            }
            Ok(Err(failure)) => {
                let cause = failure.to_string();
                tracing::warn!(cause = %harmless(&cause), "no other token is to be had");
                None
            }
            Ok(Ok(_)) | Err(_) => None,
        }
    }

    fn read(&self) -> Result<Option<Credentials>, Failure> {
        let keys = self.source.reread()?;
        keys.map(|keys| client::credentials(&keys, self.method.as_deref()))
            .transpose()
    }
}

/// Who panicked left a value that is whole.
fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What can't be signed is the tool's matter, but for the key.
fn refused(error: SignError) -> Refusal {
    match &error {
        SignError::Key(_) | SignError::Sign(KeyError::Signer(_) | KeyError::External(_)) => {
            Refusal::NotSigned(in_full(&error))
        }
        _ => Refusal::Unsignable(in_full(&error)),
    }
}
