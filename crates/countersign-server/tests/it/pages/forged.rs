//! Forms that did not come from a page of ours.

use crate::support::World;
use crate::support::browser::{Browser, Page};
use crate::support::flow::{READY, allow, asked, begin, connect, world};

async fn refused(page: &Page, what: &str) {
    assert_eq!(page.status, 403, "{what}: {page:?}");
    assert_eq!(page.field("location"), None, "{what}");
    assert_eq!(page.field("set-cookie"), None, "{what}");
    assert!(page.body.contains("Nothing was done"), "{what}");
}

/// Every form there is, ready to be sent by its user.
async fn forms(world: &World, browser: &mut Browser) -> Vec<(String, String)> {
    connect(world, browser, "ann", "Second Ltd").await;
    let temporary = begin(world, READY).await;
    let consent = browser.get(world, &temporary.page()).await;
    let apps = browser.get(world, "/oauth/apps").await;
    let login = Browser::default().get(world, "/oauth/login").await;
    let token = consent.form("/oauth/authorize").value("form_token");
    let filled = [("organisation", "Demo Ltd"), ("decision", "allow")];
    let consent = consent.form("/oauth/authorize");
    vec![
        ("/oauth/authorize".to_owned(), consent.filled(&filled)),
        ("/oauth/Authorize".to_owned(), consent.filled(&filled)),
        (
            "/oauth/authorize".to_owned(),
            consent.filled(&[("decision", "deny")]),
        ),
        (
            "/oauth/apps".to_owned(),
            apps.form("/oauth/apps").filled(&[]),
        ),
        (
            "/oauth/logout".to_owned(),
            apps.form("/oauth/logout").filled(&[]),
        ),
        (
            "/oauth/login".to_owned(),
            login.form("/oauth/login").filled(&[
                ("form_token", token),
                ("username", "bob"),
                ("password", crate::support::flow::PASSWORD),
            ]),
        ),
    ]
}

fn without_token(body: &str) -> String {
    let pairs = body.split('&').filter(|it| !it.starts_with("form_token="));
    pairs.collect::<Vec<_>>().join("&")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_needs_the_token_of_its_session_and_no_word_of_another_site() {
    let world = world().await;
    let mut ann = Browser::default();
    let forms = forms(&world, &mut ann).await;
    let mut bob = Browser::default();
    let theirs = bob
        .log_in(&world, "bob", crate::support::flow::PASSWORD)
        .await;
    let theirs = bob.follow(&world, &theirs).await;
    let theirs = theirs.form("/oauth/logout").value("form_token").to_owned();
    for (target, body) in &forms {
        let bare = without_token(body);
        let cases = [
            ("no token", bare.clone()),
            ("an empty one", format!("{bare}&form_token=")),
            ("another session's", format!("{bare}&form_token={theirs}")),
            (
                "a shorter one",
                format!("{bare}&form_token={}", &theirs[1..]),
            ),
        ];
        for (what, body) in cases {
            let page = ann.post(&world, target, &body).await;
            refused(&page, &format!("{target} {what}")).await;
        }
        let twice = format!("{body}&form_token={theirs}");
        assert_eq!(ann.post(&world, target, &twice).await.status, 400);

        let words = [
            [("Sec-Fetch-Site", "cross-site"), ("Origin", "null")],
            [("Sec-Fetch-Site", "same-site"), ("Origin", "null")],
            [("Sec-Fetch-Site", "cross-site"), ("Origin", world.origin())],
            [
                ("Sec-Fetch-Site", "same-origin"),
                ("Origin", "https://evil.example"),
            ],
            [("Origin", "null"), ("Accept", "*/*")],
            [("Origin", "https://evil.example"), ("Accept", "*/*")],
        ];
        for fields in words {
            let page = ann.send(&world, "POST", target, &fields, body).await;
            refused(&page, &format!("{target} {fields:?}")).await;
        }
        // Without cookies there is no session that the token could be of.
        let page = Browser::default().post(&world, target, body).await;
        refused(&page, target).await;
    }
    // Nothing was done: what is connected still is, and the question is still open.
    let apps = ann.get(&world, "/oauth/apps").await;
    assert!(apps.body.contains("Second Ltd"), "{}", apps.body);
    let (target, body) = &forms[0];
    let own = [
        ("Origin", world.origin()),
        ("Sec-Fetch-Site", "same-origin"),
    ];
    let page = ann.send(&world, "POST", target, &own, body).await;
    assert_eq!(page.status, 303, "{page:?}");
    // And one that is no browser at all.
    let (target, body) = &forms[3];
    let page = ann.send(&world, "POST", target, &[], body).await;
    assert!(page.body.contains("is disconnected"), "{page:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_form_of_ours_changes_nothing() {
    let world = world().await;
    let mut ann = Browser::default();
    let temporary = begin(&world, READY).await;
    let page = asked(&world, &mut ann, &temporary, "ann").await;
    let form = page.form("/oauth/authorize");
    let body = form.filled(&[("organisation", "Demo Ltd"), ("decision", "allow")]);
    let own = ("Sec-Fetch-Site", "same-origin");
    for content_type in ["text/plain", "application/json", "multipart/form-data"] {
        let fields = [own, ("Content-Type", content_type)];
        let page = ann
            .send(&world, "POST", "/oauth/authorize", &fields, &body)
            .await;
        assert_eq!(page.status, 400, "{content_type}");
    }
    let long = format!("{body}&more={}", "a".repeat(20_000));
    assert_eq!(
        ann.post(&world, "/oauth/authorize", &long).await.status,
        413
    );
    for more in [
        "&decision=deny",
        "&organisation=Second+Ltd",
        "&oauth_token=a",
        "&x=%zz",
    ] {
        let page = ann
            .post(&world, "/oauth/authorize", &format!("{body}{more}"))
            .await;
        assert_eq!(page.status, 400, "{more}");
    }
    // What the query says is no part of the form.
    let query = "/oauth/authorize?decision=allow&organisation=Demo+Ltd";
    let bare = form.filled(&[("decision", "")]);
    assert_eq!(ann.post(&world, query, &bare).await.status, 400);
    let answer = allow(&world, &mut ann, &page, "Demo Ltd").await;
    assert_eq!(answer.status, 303, "still open");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_disconnects_nothing_that_is_another_s() {
    let world = world().await;
    let (mut ann, mut bob) = (Browser::default(), Browser::default());
    let access = connect(&world, &mut ann, "ann", "Demo Ltd").await;
    let apps = ann.get(&world, "/oauth/apps").await;
    let grant = apps.form("/oauth/apps").value("grant").to_owned();
    let entered = bob
        .log_in(&world, "bob", crate::support::flow::PASSWORD)
        .await;
    let page = bob.follow(&world, &entered).await;
    let token = page.form("/oauth/logout").value("form_token");
    for (grant, status) in [(&*grant, 200), ("", 400), ("00", 400), ("x", 400)] {
        let body = format!("form_token={token}&grant={grant}");
        let page = bob.post(&world, "/oauth/apps", &body).await;
        assert_eq!(page.status, status, "{grant}");
        assert!(!page.body.contains("is disconnected"));
    }
    assert_eq!(access.call(&world).await.status, 200);
}
