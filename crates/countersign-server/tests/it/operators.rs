//! The operators' address.

use crate::support::{Unsigned, World};

#[tokio::test(flavor = "multi_thread")]
async fn operators_have_an_address_of_their_own() {
    let world = World::new().await;
    for path in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(world.admin(path).await.status, 200, "{path}");
        let public = world.send(None, &Unsigned::get(path)).await;
        assert_eq!(public.status, 404, "{path}");
    }
    assert_eq!(
        world.admin("/readyz").await.body,
        "store ok\nrecords ok\naudit ok\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_takes_no_write_is_not_ready() {
    let world = World::new().await;
    let readies = async |status: u16, part: &str| {
        for _ in 0..100 {
            let ready = world.admin("/readyz").await;
            if ready.status == status {
                assert!(ready.body.starts_with(part), "{ready:?}");
                return;
            }
            tokio::time::sleep(core::time::Duration::from_millis(100)).await;
        }
        panic!("never {status}");
    };
    readies(200, "store ok\n").await;
    // As on a disk that is full: it can be read all the same.
    let other = rusqlite::Connection::open(world.path("countersign.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    readies(503, "store failing\n").await;
    let client = world.client();
    let answer = world.send(Some(&client), &Unsigned::get("/echo")).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    other.execute_batch("ROLLBACK").unwrap();
    readies(200, "store ok\n").await;
    let answer = world.send(Some(&client), &Unsigned::get("/echo")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// While every honest request gets 503, so does who asks for them.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_lost_its_memory_is_not_ready() {
    let mut world = World::new().await;
    world.stop().await;
    world.start_after("", "", true).await.unwrap();
    let client = world.client();
    for (passed, status, store) in [(0, 503, "store fenced\n"), (601, 200, "store ok\n")] {
        world.pass(passed);
        // An answer holds for a second.
        tokio::time::sleep(core::time::Duration::from_millis(1100)).await;
        let answer = world.send(Some(&client), &Unsigned::get("/echo")).await;
        assert_eq!(answer.status, status, "{answer:?}");
        let ready = world.admin("/readyz").await;
        assert_eq!(ready.status, status, "{ready:?}");
        assert!(ready.body.starts_with(store), "{ready:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_and_nothing_of_them_is_shown() {
    let world = World::new().await;
    let unsigned = Unsigned::get("/echo?pin=canary");
    let client = world.client();
    assert_eq!(world.send(Some(&client), &unsigned).await.status, 200);
    let text = world.admin("/metrics").await.body;
    let counted = "countersign_requests_total{endpoint=\"resource\",outcome=\"accepted\"";
    assert!(text.contains(counted), "{text}");
    assert!(!text.contains("canary"), "{text}");
    assert!(!world.read("countersign-audit.log").contains(" request "));
}
