//! The connection of one profile, looked after by this process.

use core::time::Duration;
use std::sync::Arc;

use countersign_client::connections::{
    ConnectionError, Connections, Current, Settings, Unstored, Used, Verdict,
};
use countersign_client::{Client, Credentials, Token};
use countersign_key::Secret;
use countersign_store::{ConnectionId, TokenCredentials};
use countersign_store_sqlite::SqliteConnectionStore;
use countersign_token::Generation;

use super::host::{Host, PATIENCE};
use super::sender::{Last, Sender, Tray};
use super::{event, id, wait};
use crate::commands::token::flow;
use crate::exit::Failure;
use crate::output;
use crate::profile::{Profile, Profiles};

/// How often it is looked whether another process has renewed.
const POLL: Duration = Duration::from_millis(200);

/// The connection of one profile.
///
/// Its token is renewed by the protocol of `countersign_client::connections`: once for all processes
/// and applications that share the store, its answer durable before it is read. What happens to it is
/// told on standard error.
pub(crate) struct Kept {
    connections: Connections<SqliteConnectionStore, Sender, Host>,
    id: ConnectionId,
    client: Client,
    tray: Tray,
}

impl Kept {
    /// That of a profile, if there is a store; it may hold nothing of it yet.
    pub(crate) fn open(
        profiles: &Profiles,
        profile: &Profile,
        client: &Client,
    ) -> Result<Option<Self>, Failure> {
        let store = profiles.shelf()?.map(|shelf| shelf.store().clone());
        let id = id(&profile.name, &profile.written);
        Ok(match (store, id) {
            (Some(store), Some(id)) => Some(Self::new(store, id, profile, client)),
            _ => None,
        })
    }

    pub(crate) fn new(
        store: SqliteConnectionStore,
        id: ConnectionId,
        profile: &Profile,
        client: &Client,
    ) -> Self {
        let tray = Tray::default();
        let service = flow::service(&profile.written).map_err(|failure| failure.to_string());
        let sender = Sender::new(client.clone(), service, tray.clone());
        let settings = Settings::default().with_polling(POLL, PATIENCE);
        let host = Host::new(store.clone(), id.clone());
        let connections = Connections::new(store, sender, host, settings);
        let name = profile.name.clone();
        connections.subscribe(move |told| {
            if let Some(text) = event::text(&name, told.kind) {
                output::note(&text);
            }
        });
        Self {
            connections,
            id,
            client: client.clone(),
            tray,
        }
    }

    pub(super) const fn id(&self) -> &ConnectionId {
        &self.id
    }

    /// Its newest token as the store has it.
    pub(crate) fn current(&self) -> Result<Option<Arc<Current>>, Failure> {
        match wait(self.connections.read(&self.id)) {
            Ok(current) => Ok(Some(current)),
            Err(ConnectionError::Unknown) => Ok(None),
            Err(error) => Err(Failure::work(&error)),
        }
    }

    /// Takes in what the user authorised.
    pub(crate) fn connect(&self, credentials: TokenCredentials) -> Result<(), ConnectionError> {
        wait(self.connections.connect(&self.id, credentials)).map(drop)
    }

    /// A token to sign with, renewed if its time is over.
    pub(crate) fn token(&self) -> Result<Arc<Current>, ConnectionError> {
        wait(self.connections.token(&self.id))
    }

    /// A token that is newer than this generation.
    pub(crate) fn renew(&self, than: Generation) -> Result<Arc<Current>, ConnectionError> {
        wait(self.connections.renew(&self.id, than))
    }

    /// Tells how a request came out; another token to try it with, if there is one.
    pub(crate) fn report(
        &self,
        used: Used<'_>,
        verdict: Verdict,
    ) -> Result<Option<Arc<Current>>, ConnectionError> {
        wait(self.connections.report(&self.id, used, verdict))
    }

    /// Whether it was not read from the store yet.
    #[cfg(feature = "proxy")]
    pub(crate) fn is_unread(&self) -> bool {
        self.connections.current(&self.id).is_none()
    }

    /// Whether a token may have come, or may be coming, that is not in the store yet.
    #[cfg(feature = "proxy")]
    pub(crate) fn has_news(&self) -> bool {
        self.tray.has_begun() || self.unstored().is_some()
    }

    /// Forgets what the last renewal was answered.
    #[cfg(feature = "proxy")]
    pub(crate) fn forget_answer(&self) {
        self.tray.forget_answer();
    }

    /// Renews the token if that is due, ahead of its end.
    #[cfg(feature = "proxy")]
    pub(crate) fn renew_due(&self) {
        let _tally = wait(self.connections.renew_due());
    }

    /// Its newest token, if that could not be stored and this process alone has it.
    #[cfg(feature = "proxy")]
    pub(crate) fn unstored(&self) -> Option<Unstored> {
        self.connections.unstored().into_iter().next()
    }

    /// The same, after whatever is under way has come to its end and storing it was tried once more.
    pub(super) fn flush(&self) -> Option<Unstored> {
        wait(self.connections.flush()).into_iter().next()
    }

    /// What came of the last renewal that this process sent, if it did.
    pub(crate) fn last(&self) -> Option<Last> {
        self.tray.take()
    }

    /// What signs requests with this token.
    pub(crate) fn credentials(&self, current: &Current) -> Result<Credentials, Failure> {
        let secret = Secret::new(current.credentials.secret.expose_secret());
        let token = Token::new(current.credentials.token.expose_secret(), secret);
        let made = self.client.with_token(&token);
        made.map_err(|error| Failure::work(&error))
    }
}
