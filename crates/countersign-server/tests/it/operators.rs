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
