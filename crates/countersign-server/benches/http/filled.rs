//! A store with many applications and live nonces, made through its public interface.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_signature::OsRandom;
use countersign_store::seal::{KeyId, SealKey, Sealer};
use countersign_store::{
    AccessToken, Change, Commit, Consumer, ConsumerKind, ConsumerStore as _, Credential, Domain,
    Expected, Grant, GrantId, Insertion, Nonce, NonceLimits, NonceStore as _, TokenStore as _,
};
use countersign_store_sqlite::{Options, SqliteStore};
use countersign_token::Expiry;

use super::load::{BUSY, CONSUMERS, NOW, SECRET, TOKEN_SECRET, consumer, token};

const NONCES: u64 = 1_000_000;
/// How many changes wait for the writer at once.
const AT_ONCE: u64 = 4_096;
const TIME: UnixTime = UnixTime::from_seconds(NOW);

/// Fills the store of a service whose configuration is in this directory.
pub(crate) fn fill(directory: &Path) {
    let start = Instant::now();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // A first start makes the files.
    drop(runtime.block_on(super::sides::opened(directory, "")));
    let text = std::fs::read_to_string(directory.join("countersign.key")).unwrap();
    let keys: toml::Table = toml::from_str(&text).unwrap();
    let key = STANDARD
        .decode(keys["keys"]["1"].as_str().unwrap())
        .unwrap();
    let key = SealKey::from_bytes(key.try_into().unwrap());
    let limits = NonceLimits::default().with_consumers(usize::MAX);
    let options = Options::sealed_by(Sealer::new(KeyId::new(1), key)).with_nonce_limits(limits);
    let path = directory.join("countersign.db");
    let store = SqliteStore::open(&path, &options, TIME, OsRandom::new()).unwrap();
    runtime.block_on(async {
        let secret = Arc::new(Secret::new(SECRET));
        all(0..CONSUMERS, |number| {
            put(store.clone(), consumer(number), Arc::clone(&secret))
        })
        .await;
        let secret = Arc::new(Secret::new(TOKEN_SECRET));
        all(0..BUSY, |number| {
            give(store.clone(), number, Arc::clone(&secret))
        })
        .await;
        all(0..NONCES, |number| use_up(store.clone(), number)).await;
    });
    drop(store);
    println!("filled in {:.1} s", start.elapsed().as_secs_f64());
}

/// Does it for all numbers, many at once.
async fn all<F>(numbers: core::ops::Range<u64>, work: impl Fn(u64) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut numbers = numbers.peekable();
    while numbers.peek().is_some() {
        let mut tasks = tokio::task::JoinSet::new();
        for number in numbers.by_ref().take(AT_ONCE as usize) {
            tasks.spawn(work(number));
        }
        tasks.join_all().await;
    }
}

async fn put(store: SqliteStore, key: String, secret: Arc<Secret>) {
    let mut consumer = Consumer::new(key, ConsumerKind::Public, Credential::Secret(secret));
    consumer.may_use_two_legged = true;
    let put = store.put_consumer(Expected::Absent, consumer).await;
    assert_eq!(put.unwrap(), Commit::Done);
}

async fn give(store: SqliteStore, number: u64, secret: Arc<Secret>) {
    let id = GrantId::from_bytes(u128::from(number + 1).to_be_bytes());
    let ends = Expiry::after(TIME, 1_800);
    let mut grant = Grant::new(id, consumer(number), "Demo Company", "ann", TIME, ends);
    "standard".clone_into(&mut grant.role);
    let key = store.fingerprint_key();
    let print = key.of(Domain::Token, &[token(number).as_bytes()]);
    let access = AccessToken::new(print, &grant, secret, TIME, ends);
    let change = Change::new().grant(Expected::Absent, grant).access(access);
    assert_eq!(store.commit(change).await.unwrap(), Commit::Done);
}

async fn use_up(store: SqliteStore, number: u64) {
    let (key, nonce) = (consumer(number % CONSUMERS), format!("live{number:016x}"));
    let nonce = Nonce::new(&key, "", TIME, &nonce);
    let inserted = store.insert(nonce, TIME).await;
    assert!(matches!(inserted, Ok(Insertion::New)), "{inserted:?}");
}
