//! The pages of a service with an API behind it.

use crate::support::browser::Browser;
use crate::support::flow::{REVOKED, connect, users};
use crate::support::{Unsigned, Upstream, World};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_pages_comes_to_the_api() {
    let upstream = Upstream::new().await;
    let world = World::with(&upstream.line(), &users()).await;
    let mut browser = Browser::default();
    let access = connect(&world, &mut browser, "ann", "Demo Ltd").await;
    for target in [
        "/oauth/apps",
        "/oauth/login",
        "/oauth/style.css",
        "/oauth/authorize",
        "/oauth/elsewhere",
        "/oauth/apps/",
        "/oauth",
    ] {
        for method in ["GET", "POST", "PUT"] {
            browser.send(&world, method, target, &[], "").await;
        }
    }
    assert_eq!(upstream.received().len(), 0);
    let call = Unsigned::get("/photos");
    let answer = world.send(Some(&access.client()), &call).await;
    assert_eq!((answer.status, &*answer.body), (200, "ok"));
    let [received] = &upstream.received()[..] else {
        panic!("{:?}", upstream.received())
    };
    assert_eq!(received.line(), "GET /photos HTTP/1.1");
    assert_eq!(received.field("cookie"), None);

    let apps = browser.get(&world, "/oauth/apps").await;
    browser.submit(&world, apps.form("/oauth/apps"), &[]).await;
    let answer = world.send(Some(&access.client()), &call).await;
    assert_eq!(answer.body, REVOKED);
    assert_eq!(upstream.received().len(), 1);
}
