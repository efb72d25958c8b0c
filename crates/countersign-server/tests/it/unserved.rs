//! The id of every answer that helps nobody leads an operator to the reason.

use crate::support::browser::Browser;
use crate::support::flow::{PASSWORD, READY, allow, begin, users, world};
use crate::support::{Answer, CONSUMER, Gate, JSON, Step, Unsigned, Upstream, World, soon};

/// The id of the answer leads to a reason, and to nothing that was sent.
async fn leads_to(world: &World, answer: &Answer, cause: &str, endpoint: &str, code: &str) {
    let record = world.kept(answer).await;
    assert_eq!(record.cause, cause, "{record:?}");
    assert_eq!(record.status, answer.status);
    assert_eq!(record.endpoint, endpoint, "{record:?}");
    assert_eq!(record.problem, None);
    let first = record.explanation.findings.first();
    assert_eq!(first.map_or("", |it| &*it.code), code, "{record:?}");
    let shown = format!("{record:?}");
    for sent in ["canary", "ann", "eve", PASSWORD] {
        assert!(!shown.contains(&format!("{sent}\"")), "{sent}: {shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_pages() {
    let world = world().await;
    let mut eve = Browser::default();
    let wrong = eve.log_in(&world, "eve", "canary").await;
    leads_to(&world, &wrong, "login_wrong", "login", "permission.denied").await;
    // A guess is one whatever request for access it names.
    let guess = [("username", "eve"), ("password", "canary")];
    let guess = [&guess[..], &[("oauth_token", "canary")]].concat();
    let form = eve.get(&world, "/oauth/login").await;
    let wrong = eve.submit(&world, form.form("/oauth/login"), &guess).await;
    assert_eq!(wrong.status, 422, "{wrong:?}");
    leads_to(&world, &wrong, "login_wrong", "login", "permission.denied").await;
    eve.log_in(&world, "eve", PASSWORD).await;
    let asked = begin(&world, READY).await;
    let page = eve.get(&world, &asked.page()).await;
    assert_eq!(page.status, 403, "{page:?}");
    leads_to(&world, &page, "page_role", "authorize", "permission.role").await;
    let forged = eve.post(&world, "/oauth/apps", "grant=canary").await;
    assert!(forged.body.contains("For whoever helps you"), "{forged:?}");
    leads_to(&world, &forged, "page_forged", "apps", "").await;
    let unknown = "/oauth/authorize?oauth_token=canary";
    let unknown = eve.get(&world, unknown).await;
    leads_to(
        &world,
        &unknown,
        "page_unknown",
        "authorize",
        "token.unknown",
    )
    .await;
    let nothing = eve.get(&world, "/oauth/canary").await;
    assert_eq!(nothing.status, 404);
    leads_to(&world, &nothing, "no_such_path", "none", "").await;
    let method = eve.send(&world, "PUT", "/oauth/login", &[], "").await;
    leads_to(&world, &method, "no_such_method", "login", "").await;

    let mut ann = Browser::default();
    ann.log_in(&world, "ann", PASSWORD).await;
    let asked = begin(&world, READY).await;
    let page = ann.get(&world, &asked.page()).await;
    let answered = allow(&world, &mut ann, &page, "Demo Ltd").await;
    assert_eq!(answered.status, 303, "{answered:?}");
    let again = ann.get(&world, &asked.page()).await;
    leads_to(&world, &again, "page_closed", "authorize", "token.used").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_login_that_has_to_wait() {
    let world = world().await;
    let mut eve = Browser::default();
    let mut last = eve.log_in(&world, "eve", "canary").await;
    for _ in 0..5 {
        last = eve.log_in(&world, "eve", "canary").await;
    }
    assert_eq!(last.status, 429, "{last:?}");
    let (cause, code) = ("login_throttled", "consumer.throttled");
    leads_to(&world, &last, cause, "login", code).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_body_that_is_too_long() {
    let world = World::new().await;
    let body = vec![b'1'; 3 * 1024 * 1024];
    let ask = Unsigned::post("/echo", JSON, &body);
    let answer = world.send(Some(&world.client()), &ask).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    leads_to(&world, &answer, "body_too_long", "echo", "hdr.limits").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_upstream() {
    let silent = Upstream::answering(|_| vec![Step::Hang]).await;
    let gate = Gate::before(silent, "upstream_seconds = 1\n").await;
    let answer = gate.get("/canary", "").await;
    assert_eq!(answer.status, 504);
    let cause = "upstream_too_late";
    leads_to(&gate.world, &answer, cause, "gateway", "provider.fault").await;
    let record = gate.world.kept(&answer).await;
    assert_eq!(record.consumer.as_deref(), Some(CONSUMER));

    let upstream = Upstream::new().await;
    let address = upstream.address;
    drop(upstream);
    soon("nobody listens", || {
        std::net::TcpStream::connect(address).is_err()
    })
    .await;
    let world = World::with(&format!("upstream = \"http://{address}\"\n"), "").await;
    let ask = Unsigned::get("/canary");
    let answer = world.send(Some(&world.client()), &ask).await;
    let cause = "upstream_unreachable";
    leads_to(&world, &answer, cause, "gateway", "provider.fault").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_api_answers_is_its_own_affair() {
    let missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    let upstream = Upstream::saying(missing).await;
    let mut world = World::with(&upstream.line(), &users()).await;
    let ask = Unsigned::get("/canary");
    let answer = world.send(Some(&world.client()), &ask).await;
    assert_eq!(answer.status, 404);
    let own = world.raw(b"GET /oauth/a HTTP/1.0\r\n\r\n").await;
    leads_to(&world, &own, "no_such_path", "none", "").await;
    world.stop().await;
    let file = world.path("countersign-service.db");
    let kept = countersign_server::RefusalReader::open(&file).unwrap();
    assert_eq!(kept.kept().unwrap().count, 1);
}
