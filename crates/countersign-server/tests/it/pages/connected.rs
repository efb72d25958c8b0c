//! What is connected.

use crate::support::browser::Browser;
use crate::support::flow::{
    Credentials, PASSWORD, READY, REVOKED, allow, asked, begin, connect, users, world,
};
use crate::support::{Client, FORM, Unsigned, World};

#[tokio::test(flavor = "multi_thread")]
async fn applications_are_listed_by_organisation_and_each_is_ended_alone() {
    let world = world().await;
    let mut browser = Browser::default();
    let demo = connect(&world, &mut browser, "ann", "Demo Ltd").await;
    world.pass(60);
    let second = connect(&world, &mut browser, "ann", "Second Ltd").await;
    let apps = browser.get(&world, "/oauth/apps").await;
    let buttons: Vec<_> = apps
        .forms
        .iter()
        .filter(|form| form.action == "/oauth/apps")
        .collect();
    assert_eq!(buttons.len(), 2);
    let (first, last) = (apps.body.find("Demo Ltd"), apps.body.find("Second Ltd"));
    assert!(first < last);
    let after = browser.submit(&world, buttons[1], &[]).await;
    assert!(after.body.contains("disconnected from Second Ltd"));
    assert_eq!(second.call(&world).await.body, REVOKED);
    assert_eq!(demo.call(&world).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_is_not_listed() {
    let world = world().await;
    let mut browser = Browser::default();
    connect(&world, &mut browser, "ann", "Demo Ltd").await;
    world.pass(1_799);
    let apps = browser.get(&world, "/oauth/apps").await;
    assert!(apps.body.contains("Photo Printer"));
    world.pass(1);
    let apps = browser.get(&world, "/oauth/apps").await;
    assert!(!apps.body.contains("Photo Printer"), "{}", apps.body);
    // Nor is it said to be replaced.
    let temporary = begin(&world, READY).await;
    let page = browser.get(&world, &temporary.page()).await;
    assert!(!page.body.contains("Already connected"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disconnected_application_can_use_no_approval_from_before() {
    let world = world().await;
    let mut browser = Browser::default();
    connect(&world, &mut browser, "ann", "Demo Ltd").await;
    // Approved once more, and not exchanged yet.
    let temporary = begin(&world, "oob").await;
    let page = asked(&world, &mut browser, &temporary, "ann").await;
    let page = allow(&world, &mut browser, &page, "Demo Ltd").await;
    let code = page.text_of("<output");
    let apps = browser.get(&world, "/oauth/apps").await;
    browser.submit(&world, apps.form("/oauth/apps"), &[]).await;
    let refused = temporary.exchange(&world, &code).await;
    assert_eq!(refused.status, 401, "{refused:?}");
    assert_eq!(refused.problem(), Some("token_rejected"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorisation_that_is_renewed_is_listed_with_its_own_end() {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/support/fixtures");
    let key = std::fs::read(format!("{fixtures}/keys/rsa2048.pkcs8.pem")).unwrap();
    let partner = format!(
        "[[consumer]]\nkey = \"ledger\"\nname = \"Ledger\"\nkind = \"partner\"\n\
         certificates = [\"{fixtures}/certificates/live.pem\"]\ncallbacks = [\"oob\"]\n"
    );
    let world = World::with("", &format!("{}{partner}", users())).await;
    let ask = Unsigned {
        callback: Some("oob"),
        ..Unsigned::post("/oauth/RequestToken", FORM, b"")
    };
    let client = Client::rsa("ledger", &key, None);
    let temporary = Credentials::of(&world.send(Some(&client), &ask).await);
    let mut browser = Browser::default();
    let page = asked(&world, &mut browser, &temporary, "ann").await;
    assert!(page.body.contains("for 365 days"), "{}", page.body);
    let page = allow(&world, &mut browser, &page, "Demo Ltd").await;
    let code = page.text_of("<output");
    let ask = Unsigned {
        verifier: Some(&code),
        ..Unsigned::post("/oauth/AccessToken", FORM, b"")
    };
    let client = Client::rsa("ledger", &key, Some(&temporary.token));
    let answer = world.send(Some(&client), &ask).await;
    assert!(answer.value("oauth_session_handle").is_some(), "{answer:?}");
    // Long after the access token is over.
    world.pass(86_400);
    let entered = browser.log_in(&world, "ann", PASSWORD).await;
    let apps = browser.follow(&world, &entered).await;
    for words in [
        "Ledger",
        "Can renew its access until",
        "2024-11-13 22:13 UTC",
    ] {
        assert!(apps.body.contains(words), "{words}: {}", apps.body);
    }
    browser.submit(&world, apps.form("/oauth/apps"), &[]).await;
    let handle = answer.value("oauth_session_handle").unwrap();
    let ask = Unsigned {
        session_handle: Some(handle),
        ..Unsigned::post("/oauth/AccessToken", FORM, b"")
    };
    let client = Client::rsa("ledger", &key, answer.value("oauth_token"));
    let renewal = world.send(Some(&client), &ask).await;
    assert_eq!(renewal.body, REVOKED, "nor can it be renewed");
}
