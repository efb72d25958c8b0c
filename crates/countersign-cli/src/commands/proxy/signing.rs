//! Signing: by the token of the moment, and the time of the upstream's clock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use countersign_client::{ApplyError, Body, ClockOffsets, Credentials, Origin, SignError, Stamp};
use countersign_clock::{Estimate, UnixTime, system};
use countersign_signature::{OsRandom, SignError as KeyError};
use http::Request;

use super::body::placed;
use super::refusal::Refusal;
use super::tokens::Tokens;
use crate::exit::in_full;

/// What signs requests to one upstream.
pub(super) struct Signing {
    pub(super) tokens: Arc<Tokens>,
    /// Whether the upstream knows of the token, so that what it says of it counts.
    pub(super) believes: bool,
    origin: Origin,
    offsets: Mutex<ClockOffsets>,
}

impl Signing {
    pub(super) fn new(tokens: Tokens, origin: Origin, believes: bool) -> Self {
        Self {
            tokens: Arc::new(tokens),
            believes,
            origin,
            offsets: Mutex::default(),
        }
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
        let unsignable = |error: ApplyError| Refusal::Unsignable(in_full(&error));
        if instructions.body().is_none() {
            let applied = instructions.apply_to_head(request);
            return applied.map(|()| body.clone()).map_err(unsignable);
        }
        let mut form = Request::new(body.to_vec());
        instructions.apply(&mut form).map_err(unsignable)?;
        // It is as large as the body was, whose place is its own from here on.
        Ok(placed(form.into_body(), body.clone()))
    }

    /// Takes over what a refusal disclosed of the upstream's clock.
    pub(super) fn correct(&self, estimate: &Estimate, local: UnixTime) {
        lock(&self.offsets).correct(&self.origin, estimate, local);
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
