//! The provider over one SQLite file: once is once, also over a restart and beside other processes.

use std::path::Path;
use std::process::Command;

use countersign_clock::UnixTime;
use countersign_provider::{Settings, Stores};
use countersign_store::testing::block_on;
use countersign_store_sqlite::{Administration, Options, SqliteStore};
use countersign_test_support::random::FixedRandom;

use super::world::{Client, Keys, NOW, PARTNER, PUBLIC, World, world_over};

pub(super) type SqliteWorld = World<SqliteStore, SqliteStore, SqliteStore>;

fn options() -> Options {
    Options::dangerous_without_seal().create_if_missing()
}

fn open(path: &Path, seed: u64) -> SqliteWorld {
    open_with(path, seed, |_| {})
}

pub(super) fn open_with(path: &Path, seed: u64, change: impl FnOnce(&mut Settings)) -> SqliteWorld {
    let now = UnixTime::from_seconds(NOW);
    let store = SqliteStore::open(path, &options(), now, FixedRandom::new(seed)).unwrap();
    let key = store.fingerprint_key();
    let stores = Stores {
        consumers: store.clone(),
        tokens: store.clone(),
        nonces: store,
    };
    world_over(stores, key, seed, change)
}

#[test]
fn of_a_hundred_copies_at_once_one_is_accepted_and_none_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("countersign.db");
    let world = open(&path, 1);
    world.register_all();
    let tokens = world.connect(PUBLIC, "ann");
    let call = PUBLIC.resource(&tokens);
    let signed = call.sign(NOW);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..100)
            .map(|_| scope.spawn(|| world.send_signed(&call, &signed)))
            .collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let accepted = answers.iter().filter(|it| it.status == 200).count();
    let used = answers.iter().filter(|it| it.problem() == "nonce_used");
    assert_eq!((accepted, used.count()), (1, 99));

    drop(world);
    let world = open(&path, 2);
    assert_eq!(world.send_signed(&call, &signed).problem(), "nonce_used");
    assert_eq!(world.send(&PUBLIC.resource(&tokens)).status, 200);
}

#[test]
fn a_forged_request_burns_no_nonce() {
    let directory = tempfile::tempdir().unwrap();
    let world = open(&directory.path().join("countersign.db"), 1);
    world.register_all();
    let tokens = world.connect(PUBLIC, "ann");
    let mut forged = PUBLIC.resource(&tokens).nonce("n1");
    forged.client.keys = Keys::Hmac("not the consumer's secret");
    assert_eq!(world.send(&forged).problem(), "signature_invalid");
    let honest = PUBLIC.resource(&tokens).nonce("n1");
    assert_eq!(world.send(&honest).status, 200);
}

#[test]
fn a_renewal_and_a_revocation_outlive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("countersign.db");
    let world = open(&path, 1);
    world.register_all();
    let first = world.connect(PARTNER, "ann");
    let second = world.send(&PARTNER.renew(&first)).tokens();
    drop(world);
    let world = open(&path, 2);
    assert_eq!(
        world.send(&PARTNER.renew(&first)).problem(),
        "token_rejected"
    );
    let third = world.send(&PARTNER.renew(&second)).tokens();
    let now = world.clock.now();
    assert!(block_on(world.provider.disconnect(PARTNER.key, "Acme", now)).unwrap());
    drop(world);
    let world = open(&path, 3);
    assert_eq!(
        world.send(&PARTNER.resource(&third)).problem(),
        "token_rejected"
    );
    assert_eq!(world.cause(), "revoked_by_user");
}

#[test]
fn a_change_made_beside_the_server_counts_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("countersign.db");
    let world = open(&path, 1);
    world.register_all();
    let tokens = world.connect(PUBLIC, "ann");
    assert_eq!(world.send(&PUBLIC.resource(&tokens)).status, 200);

    let beside: SqliteStore<Administration> =
        SqliteStore::open_for_administration(&path, &options(), FixedRandom::new(7)).unwrap();
    let change = |secret: &'static str| {
        use countersign_store::{Commit, ConsumerStore as _, Credential, Expected};
        let found = block_on(beside.consumer(PUBLIC.key)).unwrap().unwrap();
        let mut consumer = found.row.clone();
        let secret = countersign_key::Secret::new(secret);
        consumer.credential = Credential::Secret(std::sync::Arc::new(secret));
        let expected = Expected::Version(found.version);
        let done = block_on(beside.put_consumer(expected, consumer));
        assert_eq!(done.unwrap(), Commit::Done);
    };
    change("another secret of the consumer");
    assert_eq!(
        world.send(&PUBLIC.resource(&tokens)).problem(),
        "signature_invalid"
    );
    let changed = Client {
        keys: Keys::Hmac("another secret of the consumer"),
        ..PUBLIC
    };
    assert_eq!(world.send(&changed.resource(&tokens)).status, 200);
}

/// Names the file that [`a_second_process_is_refused`] has a process of its own open.
const CHILD: &str = "COUNTERSIGN_TEST_SECOND_PROCESS";

#[test]
#[expect(clippy::disallowed_methods, reason = "the test talks to itself")]
fn a_second_process_is_refused() {
    let now = UnixTime::from_seconds(NOW);
    if let Ok(path) = std::env::var(CHILD) {
        let opened = SqliteStore::open(Path::new(&path), &options(), now, FixedRandom::new(9));
        assert!(opened.is_err(), "a second server");
        let beside =
            SqliteStore::open_for_administration(Path::new(&path), &options(), FixedRandom::new(7));
        assert!(beside.is_ok(), "{:?}", beside.err());
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("countersign.db");
    let world = open(&path, 1);
    world.register_all();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "provider::sqlite::a_second_process_is_refused"])
        .env(CHILD, &path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(
        child.status.success() && said.contains("1 passed"),
        "{said}"
    );
    drop(world);
    assert!(SqliteStore::open(&path, &options(), now, FixedRandom::new(2)).is_ok());
}
