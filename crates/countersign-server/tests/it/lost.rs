//! A file that is lost, or another's, is never made anew or taken in silence.

use countersign_server::{
    Admin, AdminError, Config, Records, RecordsError, RefusalReader, StartError,
};
use rusqlite::Connection;

use crate::support::World;

const FREE: &str = "[server]\nlisten = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\n";

const RECORDS: &str = "countersign-service.db";

async fn stopped() -> World {
    let mut world = World::new().await;
    world.stop().await;
    world
}

fn remove(world: &World, name: &str) {
    for ending in ["", "-wal", "-shm"] {
        let _absent = std::fs::remove_file(world.path(&format!("{name}{ending}")));
    }
}

/// The whole of a file, whoever may still write its log back.
fn copy(from: &World, to: &World) {
    let from = Connection::open(from.path(RECORDS)).unwrap();
    let to = to.path(RECORDS);
    from.execute("VACUUM INTO ?1", [to.to_str().unwrap()])
        .unwrap();
}

fn admin(world: &World) -> Result<Admin, AdminError> {
    Admin::open(&Config::parse(FREE, world.path("countersign.toml")).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn users_that_are_lost_are_not_made_anew_beside_their_grants() {
    let mut world = stopped().await;
    // Empty is what it is where somebody made it by hand, or a disk was full.
    for is_empty in [false, true] {
        remove(&world, RECORDS);
        std::fs::remove_file(world.path("countersign-audit.log")).unwrap();
        if is_empty {
            std::fs::write(world.path(RECORDS), "").unwrap();
        }
        let error = admin(&world).unwrap_err();
        assert!(matches!(error, AdminError::NoRecords { .. }), "{error}");
        assert!(error.to_string().contains("--after-loss"), "{error}");
        assert!(!world.path("countersign-audit.log").exists());
        let error = world.open(FREE, false).await.unwrap_err();
        assert!(matches!(error, StartError::LostRecords { .. }), "{error}");
        assert!(error.to_string().contains("--after-loss"), "{error}");
        assert_eq!(world.path(RECORDS).exists(), is_empty, "none is made");
        world.start_after("", "", true).await.unwrap();
        world.stop().await;
        world.start("", "").await.unwrap();
        world.stop().await;
    }
    drop(admin(&world).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_database_under_that_name_is_not_taken() {
    let world = stopped().await;
    remove(&world, RECORDS);
    let foreign = Connection::open(world.path(RECORDS)).unwrap();
    foreign.execute("CREATE TABLE song (title)", []).unwrap();
    drop(foreign);
    for loss in [false, true] {
        let error = world.open(FREE, loss).await.unwrap_err();
        let is_foreign = matches!(error, StartError::Records(RecordsError::Foreign { .. }));
        assert!(is_foreign, "{error}");
    }
    let error = admin(&world).unwrap_err();
    let is_foreign = matches!(error, AdminError::Records(RecordsError::Foreign { .. }));
    assert!(is_foreign, "{error}");
    let foreign = Connection::open(world.path(RECORDS)).unwrap();
    let tables = "SELECT group_concat(name) FROM sqlite_schema";
    let tables: String = foreign.query_row(tables, [], |row| row.get(0)).unwrap();
    assert_eq!(tables, "song", "nothing is put into it");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_users_of_another_store_are_not_taken() {
    let (mut world, other) = (stopped().await, stopped().await);
    remove(&world, RECORDS);
    copy(&other, &world);
    let error = world.open(FREE, false).await.unwrap_err();
    let is_others = matches!(error, StartError::Records(RecordsError::OtherStore { .. }));
    assert!(is_others, "{error}");
    let error = admin(&world).unwrap_err();
    let is_others = matches!(error, AdminError::Records(RecordsError::OtherStore { .. }));
    assert!(is_others, "{error}");
    // Whoever says that something was lost means these users.
    world.start_after("", "", true).await.unwrap();
    world.stop().await;
    drop(admin(&world).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn users_without_a_store_are_no_first_start() {
    let world = stopped().await;
    for ending in ["db", "db-wal", "db-shm", "db-lease", "key"] {
        let _absent = std::fs::remove_file(world.path(&format!("countersign.{ending}")));
    }
    let error = world.open(FREE, false).await.unwrap_err();
    assert!(matches!(error, StartError::Lost { .. }), "{error}");
    assert!(!world.path("countersign.key").exists());
    assert!(!world.path("countersign.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn users_from_before_belong_to_the_store_they_are_first_opened_with() {
    let (world, other) = (stopped().await, stopped().await);
    let before = Connection::open(world.path(RECORDS)).unwrap();
    before
        .execute_batch("DROP TABLE belonging; PRAGMA user_version = 2;")
        .unwrap();
    drop(before);
    drop(RefusalReader::open(&world.path(RECORDS)).unwrap());
    drop(world.open(FREE, false).await.unwrap());
    drop(admin(&world).unwrap());
    drop(Records::open(&world.path(RECORDS)).unwrap());
    remove(&other, RECORDS);
    copy(&world, &other);
    assert!(other.open(FREE, false).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_file_that_is_missing_or_is_none_is_called_that() {
    let world = stopped().await;
    let keys = world.path("countersign.key");
    std::fs::write(&keys, "some other file").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let error = world.open(FREE, false).await.unwrap_err().to_string();
    assert!(error.starts_with("expected `current`"), "{error}");
    std::fs::remove_file(&keys).unwrap();
    let error = world.open(FREE, false).await.unwrap_err().to_string();
    assert!(
        error.contains("the store is sealed by, found none"),
        "{error}"
    );
}
