//! The store of connections, as an application opens it.

use std::path::Path;

use base64::Engine as _;
use countersign_clock::system;
use countersign_signature::OsRandom;
use countersign_store::seal::{KeyId, SealKey, Sealer};
use countersign_store::testing::block_on;
use countersign_store::{
    ConnectionChange, ConnectionCommit, ConnectionId, ConnectionStore as _, Expected, Fence,
    FoundConnection, HistoryEntry, LeaseStep,
};
use countersign_store_sqlite::{Options, SqliteConnectionStore};

pub(crate) struct Kept {
    pub(crate) store: SqliteConnectionStore,
}

pub(crate) fn id() -> ConnectionId {
    ConnectionId::new("dpf43f3p2l4k3l03", "acme")
}

impl Kept {
    /// By the file and the key that the README names.
    pub(crate) fn open(config: &str) -> Self {
        let directory = Path::new(config).join("connections");
        let keys = std::fs::read_to_string(directory.join("seal-keys.toml")).unwrap();
        let keys: toml::Table = keys.parse().unwrap();
        assert_eq!(keys["current"].as_integer(), Some(1));
        let key = keys["keys"]["1"].as_str().unwrap();
        let key = base64::engine::general_purpose::STANDARD.decode(key);
        let key = SealKey::from_bytes(key.unwrap().try_into().unwrap());
        let options = Options::sealed_by(Sealer::new(KeyId::new(1), key));
        let path = directory.join("store.db");
        let store = SqliteConnectionStore::open(path, &options, OsRandom::new()).unwrap();
        Self { store }
    }

    pub(crate) fn find(&self) -> Option<FoundConnection> {
        block_on(self.store.connection(&id())).unwrap()
    }

    pub(crate) fn found(&self) -> FoundConnection {
        self.find().expect("a connection")
    }

    pub(crate) fn token(&self) -> String {
        let row = &self.found().row.row;
        row.credentials.token.expose_secret().to_owned()
    }

    pub(crate) fn previous(&self) -> Option<String> {
        let row = &self.found().row.row;
        let previous = row.previous.as_ref()?;
        Some(previous.token.expose_secret().to_owned())
    }

    pub(crate) fn generation(&self) -> u64 {
        self.found().row.row.life.generation.get()
    }

    pub(crate) fn history(&self) -> Vec<HistoryEntry> {
        block_on(self.store.history(&id())).unwrap()
    }

    /// Takes the lease, as another process does that is about to renew.
    pub(crate) fn take_lease(&self) -> Fence {
        let row = self.found().row;
        let now = system::now();
        let until = now.saturating_add(600);
        let change = ConnectionChange::new(Expected::Version(row.version), row.row.clone())
            .leasing(LeaseStep::Take { now, until });
        match block_on(self.store.commit(change)).unwrap() {
            ConnectionCommit::Done { lease, .. } => lease.expect("a lease").fence,
            other => panic!("{other:?}"),
        }
    }

    /// The time of whoever has the lease is over.
    pub(crate) fn end_lease(&self) {
        let fence = self.found().lease.expect("a lease").fence;
        let over = system::now().saturating_add(-1);
        assert!(block_on(self.store.extend_lease(&id(), fence, over)).unwrap());
    }
}
