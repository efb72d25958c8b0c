//! A store under test, and rows to put into it.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::{Secret, SecretBytes};
use countersign_token::{ConnectionState, Expiry, Generation, Intent, IntentId};

use crate::connection::{
    AnswerNumber, Connection, ConnectionChange, ConnectionCommit, ConnectionId, ConnectionStore,
    Fence, FoundConnection, LeaseStep, RawAnswer, TokenCredentials,
};
use crate::error::StoreError;
use crate::testing::conformance::report::{Checked, Mismatch, equal, expect, works};
use crate::testing::conformance::{Factory, Settings};
use crate::version::{Expected, Version};

pub(super) const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

pub(super) fn after(seconds: i64) -> UnixTime {
    NOW.saturating_add(seconds)
}

pub(super) fn id(n: u8) -> ConnectionId {
    ConnectionId::new("consumer", format!("account {n}"))
}

pub(super) fn version(number: u64) -> Expected {
    Expected::Version(Version::from_number(number))
}

/// The credentials of a generation, told apart by a number.
pub(super) fn credentials(n: u64) -> TokenCredentials {
    let [token, secret, handle] =
        ["token", "secret", "handle"].map(|what| Arc::new(Secret::new(format!("{what} {n}"))));
    TokenCredentials::new(token, secret, NOW)
        .with_session_handle(handle)
        .with_expiries(Expiry::after(NOW, 1800), Expiry::after(NOW, 86_400))
}

/// Everything of the credentials.
pub(super) fn parts(credentials: &TokenCredentials) -> (String, String) {
    let secrets = [
        Some(&credentials.token),
        Some(&credentials.secret),
        credentials.session_handle.as_ref(),
    ];
    let secrets = secrets.map(|secret| secret.map(|secret| secret.expose_secret().to_owned()));
    (format!("{secrets:?}"), format!("{credentials:?}"))
}

/// An active connection of a generation.
pub(super) fn row(n: u8, generation: u64) -> Connection {
    let life = countersign_token::Connection::new(Generation::new(generation));
    Connection::new(id(n), life, credentials(generation))
}

pub(super) fn renewing(n: u8, generation: u64) -> Connection {
    let mut row = row(n, generation);
    let intent = Intent::new(IntentId::new(7), row.life.generation, NOW, 60);
    row.life.state = ConnectionState::Renewing(intent.with_attempts(1));
    row
}

pub(super) fn answer(text: &str, renewed: u64) -> RawAnswer {
    let bytes = Arc::new(SecretBytes::new(text.as_bytes().to_vec()));
    let renewed = Generation::new(renewed);
    RawAnswer::new(IntentId::new(7), renewed, NOW, bytes)
}

pub(super) const fn take(now: UnixTime, until: UnixTime) -> LeaseStep {
    LeaseStep::Take { now, until }
}

/// The parts of an outcome that do not depend on the numbers that a store gives.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    Done,
    Conflict,
    Leased,
    LeaseLost,
}

pub(super) struct Subject<'f, F: Factory> {
    pub(super) factory: &'f F,
    pub(super) store: F::Store,
}

impl<'f, F: Factory<Store: ConnectionStore>> Subject<'f, F> {
    pub(super) fn new(factory: &'f F) -> Result<Self, Mismatch> {
        Self::with(factory, &Settings::default())
    }

    pub(super) fn with(factory: &'f F, settings: &Settings) -> Result<Self, Mismatch> {
        let store = works("a fresh store", factory.fresh(settings))?;
        Ok(Self { factory, store })
    }

    pub(super) fn commit(&self, change: ConnectionChange) -> Result<ConnectionCommit, StoreError> {
        self.factory.block_on(self.store.commit(change))
    }

    /// Commits, and gives the fence of the lease there is then.
    pub(super) fn commits(
        &self,
        what: &str,
        outcome: Told,
        change: ConnectionChange,
    ) -> Result<Option<Fence>, Mismatch> {
        let found = works(what, self.commit(change))?;
        let (told, lease) = match found {
            ConnectionCommit::Done { lease, .. } => (Told::Done, lease),
            ConnectionCommit::Conflict => (Told::Conflict, None),
            ConnectionCommit::Leased(lease) => (Told::Leased, Some(lease)),
            ConnectionCommit::LeaseLost => (Told::LeaseLost, None),
        };
        equal(what, outcome, told)?;
        Ok(lease.map(|lease| lease.fence))
    }

    pub(super) fn puts(&self, what: &str, row: Connection) -> Checked {
        let change = ConnectionChange::new(Expected::Absent, row);
        self.commits(what, Told::Done, change).map(drop)
    }

    pub(super) fn found(&self, n: u8) -> Result<Option<FoundConnection>, Mismatch> {
        let found = self.factory.block_on(self.store.connection(&id(n)));
        works("a look-up of a connection", found)
    }

    /// Generation and version of the row there is.
    pub(super) fn is(&self, what: &str, n: u8, expected: Option<(u64, u64)>) -> Checked {
        let found = self.found(n)?;
        let found = found.map(|found| {
            let generation = found.row.row.life.generation.get();
            (generation, found.row.version.number())
        });
        equal(what, expected, found)
    }

    pub(super) fn keeps(
        &self,
        what: &str,
        n: u8,
        answer: RawAnswer,
    ) -> Result<Option<AnswerNumber>, Mismatch> {
        let kept = self
            .factory
            .block_on(self.store.keep_answer(&id(n), answer));
        works(what, kept)
    }

    pub(super) fn has_answers(&self, what: &str, n: u8, expected: &[&str]) -> Checked {
        let found = self.found(n)?;
        let found = found.map_or_else(Vec::new, |found| found.answers);
        let texts: Vec<_> = found
            .iter()
            .map(|kept| kept.answer.bytes.expose_secret().escape_ascii().to_string())
            .collect();
        expect(texts == expected, format!("{what}: {expected:?}"), texts)
    }

    pub(super) fn extends(
        &self,
        what: &str,
        n: u8,
        fence: Fence,
        until: UnixTime,
    ) -> Result<bool, Mismatch> {
        let extended = self
            .factory
            .block_on(self.store.extend_lease(&id(n), fence, until));
        works(what, extended)
    }
}
