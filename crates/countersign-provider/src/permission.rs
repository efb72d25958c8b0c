//! What a rightly signed, fresh request may do: the last word is the application's.

use core::future::Future;
use core::pin::Pin;

use crate::verified::Verified;

/// What the application says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a provider must answer each of them on purpose"
)]
pub enum Decision {
    /// It may.
    Allow,
    /// It may not: `permission_denied`, 403.
    Deny,
    /// The user has to agree to more: `additional_authorization_required`, 401.
    AskUser,
    /// The user has not decided yet: `permission_unknown`, 401.
    Undecided,
    /// Too many requests: `consumer_key_refused`, 429.
    Throttle {
        /// Seconds for `Retry-After`.
        retry_after: u32,
    },
}

/// Decides on accepted requests: scopes, routes, rates.
///
/// It is asked last, after the nonce was stored, so that it sees no request twice.
pub trait Permission: Send + Sync {
    /// Decides on one request to `route`.
    fn decide<'a>(
        &'a self,
        verified: &'a Verified,
        route: &'a str,
    ) -> Pin<Box<dyn Future<Output = Decision> + Send + 'a>>;
}
