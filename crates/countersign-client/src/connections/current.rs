//! The token of a connection as this process knows it.

use countersign_clock::UnixTime;
use countersign_store::{Connection, TokenCredentials, Version, Versioned};
use countersign_token::{ConnectionState, Generation};

use crate::connections::{Loss, Settings};

/// The newest token of a connection as this process knows it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Current {
    /// Its generation.
    pub generation: Generation,
    /// The token itself.
    pub credentials: TokenCredentials,
    /// Where the connection stands.
    pub state: ConnectionState,
    /// Whether the token before it is still kept, as this one has not worked yet.
    pub unproven: bool,
    /// Whether it could not be stored: this process alone has it, and a program that ends now loses
    /// it. See [`flush`](crate::connections::Connections::flush).
    pub unstored: bool,
    /// When it is to be renewed.
    pub renew_at: Option<UnixTime>,
    pub(super) version: Version,
}

impl Current {
    pub(super) fn of(found: &Versioned<Connection>, settings: &Settings, jitter: u64) -> Self {
        let row = &found.row;
        Self {
            generation: row.life.generation,
            renew_at: renew_at(&row.credentials, settings, jitter),
            credentials: row.credentials.clone(),
            state: row.life.state,
            unproven: row.life.previous.is_some(),
            unstored: false,
            version: found.version,
        }
    }

    /// Whether its time is over.
    #[must_use]
    pub fn is_over(&self, now: UnixTime) -> bool {
        self.credentials.expiry.is_over(now)
    }

    /// Whether it should be renewed by now. It is good as long as its time is not over.
    #[must_use]
    pub fn is_due(&self, now: UnixTime) -> bool {
        self.renew_at.is_some_and(|at| now >= at)
    }

    /// Why only the user can help, if that is so.
    #[must_use]
    pub const fn loss(&self) -> Option<Loss> {
        match self.state {
            ConnectionState::NeedsReauthorisation { cause, intent } => {
                Some(Loss::new(cause, intent))
            }
            ConnectionState::Active
            | ConnectionState::Renewing(_)
            | ConnectionState::RenewalUnknown(_) => None,
        }
    }
}

/// After some of its life, and a random part of it later, so that many that came together are not
/// renewed together.
fn renew_at(credentials: &TokenCredentials, settings: &Settings, jitter: u64) -> Option<UnixTime> {
    credentials.session_handle.as_ref()?;
    let life = credentials
        .expiry
        .time()?
        .since(credentials.received)
        .max(0);
    let part = |percent: u8| {
        life.saturating_mul(percent.into())
            .checked_div(100)
            .unwrap_or(0)
    };
    let spread = part(settings.jitter_percent)
        .cast_unsigned()
        .saturating_add(1);
    let later = jitter.checked_rem(spread).unwrap_or(0).cast_signed();
    let after = part(settings.ahead_percent).saturating_add(later).min(life);
    Some(credentials.received.saturating_add(after))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use std::sync::Arc;

    use countersign_key::Secret;
    use countersign_token::Expiry;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn renewal_is_due_ahead_of_the_end_and_spread(life in 0..u32::MAX, jitter: u64) {
            let received = UnixTime::from_seconds(1_700_000_000);
            let secret = || Arc::new(Secret::new("s"));
            let expiry = Expiry::after(received, life);
            let credentials = TokenCredentials::new(secret(), secret(), received)
                .with_expiries(expiry, Expiry::NEVER);
            let settings = Settings::default();
            prop_assert_eq!(renew_at(&credentials, &settings, jitter), None);
            let renewable = credentials.with_session_handle(secret());
            let at = renew_at(&renewable, &settings, jitter).unwrap().since(received);
            let life = i64::from(life);
            prop_assert!(at >= life * 80 / 100 && at <= life * 80 / 100 + life * 10 / 100);
        }
    }
}
