//! Requests that are refused for their bodies after signature, token and nonce were accepted.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_store::{ConsumerStore, NonceStore, TokenStore};
use countersign_verify::{Cause as RequestCause, CheckId};

use crate::audit::Action;
use crate::check::Seen;
use crate::provider::Provider;
use crate::refusal::{Cause, Refusal};
use crate::verified::Verified;

/// Why the body of a verified request is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyRefused {
    /// It is another than the one whose hash was signed.
    HashMismatch,
    /// It is not signed, where the handler takes none that isn't.
    Unsigned,
}

impl From<BodyRefused> for Refusal {
    fn from(why: BodyRefused) -> Self {
        Self::new(Cause::Request(match why {
            BodyRefused::HashMismatch => RequestCause::BodyHashMismatch,
            BodyRefused::Unsigned => RequestCause::Absent {
                names: vec!["oauth_body_hash"],
            },
        }))
    }
}

impl<B> Verified<B> {
    /// What [`Provider::refuse_body`] gives, without a line in the audit trail: for an answer of which
    /// it isn't known yet whether it will be sent.
    #[must_use]
    pub fn refusal_of_body(&self, why: BodyRefused) -> Refusal {
        let facts = self.facts();
        let refusal = Refusal::from(why).of(Some(&facts.consumer));
        refusal.with_trail(facts.trail.with_failed(CheckId::BodyHash))
    }
}

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> Provider<C, T, N> {
    /// Refuses a request that was verified, for its body: writes the audit line, and gives the
    /// refusal.
    ///
    /// It is the request's second line: the first says that it was granted, as it was, and its nonce
    /// stays used. [`Route::require_body_hash`](crate::Route::require_body_hash) refuses before.
    pub async fn refuse_body<B>(
        &self,
        verified: &Verified<B>,
        why: BodyRefused,
        now: UnixTime,
    ) -> Refusal {
        let facts = verified.facts();
        let mut seen = Seen {
            consumer_key: Some(facts.consumer.row.key.clone()),
            consumer: Some(Arc::clone(&facts.consumer)),
            ..Seen::default()
        };
        if let Some((token, grant)) = &facts.access {
            seen.token = Some(token.token);
            seen.grant = Some(Arc::clone(grant));
        }
        let refusal = verified.refusal_of_body(why);
        self.note_refusal(&refusal, Action::Request, now, &seen)
            .await;
        refusal
    }
}
