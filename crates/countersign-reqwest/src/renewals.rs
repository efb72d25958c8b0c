//! Sending renewals, and keeping their answers as they came.

use core::time::Duration;

use countersign_client::connections::{Exchange, RawReply, ReadReply, RenewalRequest, Undelivered};
use countersign_client::{Client, Renewal, Service, Token};
use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_store::TokenCredentials;

use crate::driver::{Driver, DriverError};

/// Sends renewals by a [`Driver`] and reads their answers strictly.
#[derive(Clone, Debug)]
pub struct Renewals {
    driver: Driver,
    client: Client,
    service: Service,
    patience: Duration,
}

impl Renewals {
    /// Renewals of this consumer's tokens at this provider. An answer is waited for at most 30
    /// seconds, half of the lease of [`Settings`](countersign_client::connections::Settings).
    #[must_use]
    pub const fn new(driver: Driver, client: Client, service: Service) -> Self {
        Self {
            driver,
            client,
            service,
            patience: Duration::from_secs(30),
        }
    }

    /// Waits for an answer at most so long: less than the lease lasts.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    fn renewal(&self, request: &RenewalRequest) -> Option<Renewal> {
        let presented = &request.credentials;
        let handle = presented.session_handle.as_ref()?;
        let token = token(presented);
        Renewal::new(&self.client, &self.service, &token, handle).ok()
    }
}

impl Exchange for Renewals {
    async fn renew(&self, request: RenewalRequest) -> Result<RawReply, Undelivered> {
        let renewal = self.renewal(&request).ok_or(Undelivered::NotSent)?;
        let answer = tokio::time::timeout(self.patience, self.driver.answer_to(&renewal));
        match answer.await {
            Ok(Ok(response)) => Ok(RawReply::of(&response)),
            // Without a connection nothing was sent; whatever else went wrong, something may have.
            Ok(Err(DriverError::Send(error))) if !error.is_connect() => Err(Undelivered::Lost),
            Ok(Err(_)) => Err(Undelivered::NotSent),
            Err(_) => Err(Undelivered::Lost),
        }
    }

    fn read(&self, bytes: &[u8], received: UnixTime) -> ReadReply {
        ReadReply::of(&self.client, bytes, received)
    }
}

/// A token as it signs.
pub(crate) fn token(credentials: &TokenCredentials) -> Token {
    let secret = Secret::new(credentials.secret.expose_secret());
    Token::new(credentials.token.expose_secret(), secret)
}
