//! The store of a client's connections.

#[cfg(unix)]
mod closing;
mod conformance;
mod damage;
mod full;
mod opening;
mod power;
mod sealing;
mod syncs;

use std::path::Path;
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::{Secret, SecretBytes};
use countersign_store::{
    AnswerNumber, Connection, ConnectionChange, ConnectionCommit, ConnectionId, ConnectionStore,
    Expected, Fence, FoundConnection, LeaseStep, RawAnswer, StoreError, TokenCredentials, Version,
};
use countersign_store_sqlite::{OpenError, Options, SqliteConnectionStore};
use countersign_token::{ConnectionState, Expiry, Generation, Intent, IntentId};

use crate::support::{Counter, NOW, block_on};

fn id(account: &str) -> ConnectionId {
    ConnectionId::new("consumer", account)
}

fn row(account: &str, generation: u64) -> Connection {
    let life = countersign_token::Connection::new(Generation::new(generation));
    let [token, secret, handle] = ["token", "secret", "handle"].map(|what| {
        Arc::new(Secret::new(format!(
            "canary {what} {generation} of {account}"
        )))
    });
    let credentials = TokenCredentials::new(token, secret, NOW)
        .with_session_handle(handle)
        .with_expiries(Expiry::after(NOW, 1800), Expiry::NEVER);
    Connection::new(id(account), life, credentials)
}

fn renewing(account: &str, generation: u64) -> Connection {
    let mut row = row(account, generation);
    let intent = Intent::new(IntentId::new(7), row.life.generation, NOW, 60);
    row.life.state = ConnectionState::Renewing(intent.with_attempts(1));
    row
}

fn answer(text: &str, renewed: u64) -> RawAnswer {
    let bytes = Arc::new(SecretBytes::new(text.as_bytes().to_vec()));
    RawAnswer::new(IntentId::new(7), Generation::new(renewed), NOW, bytes)
}

fn version(number: u64) -> Expected {
    Expected::Version(Version::from_number(number))
}

fn after(seconds: i64) -> UnixTime {
    NOW.saturating_add(seconds)
}

fn open(path: &Path) -> Result<SqliteConnectionStore, OpenError> {
    open_with(path, &Options::dangerous_without_seal())
}

fn open_with(path: &Path, options: &Options) -> Result<SqliteConnectionStore, OpenError> {
    SqliteConnectionStore::open(path, &options.clone().create_if_missing(), Counter)
}

fn put(store: &SqliteConnectionStore, row: Connection) {
    let change = ConnectionChange::new(Expected::Absent, row);
    let done = block_on(store.commit(change)).unwrap();
    assert!(matches!(done, ConnectionCommit::Done { .. }), "{done:?}");
}

fn find(store: &SqliteConnectionStore, account: &str) -> Result<FoundConnection, StoreError> {
    block_on(store.connection(&id(account))).map(Option::unwrap)
}

fn begin(
    store: &SqliteConnectionStore,
    account: &str,
    generation: u64,
    from: u64,
) -> Result<Fence, StoreError> {
    let change = ConnectionChange::new(version(from), renewing(account, generation)).leasing(
        LeaseStep::Take {
            now: NOW,
            until: after(60),
        },
    );
    match block_on(store.commit(change))? {
        ConnectionCommit::Done { lease, .. } => Ok(lease.unwrap().fence),
        other => panic!("{other:?}"),
    }
}

fn keep(
    store: &SqliteConnectionStore,
    account: &str,
    answer: RawAnswer,
) -> Result<Option<AnswerNumber>, StoreError> {
    block_on(store.keep_answer(&id(account), answer))
}

fn settle(
    store: &SqliteConnectionStore,
    account: &str,
    generation: u64,
    from: u64,
    fence: Fence,
) -> Result<ConnectionCommit, StoreError> {
    let change = ConnectionChange::new(version(from), row(account, generation));
    block_on(store.commit(change.leasing(LeaseStep::Free(fence))))
}
