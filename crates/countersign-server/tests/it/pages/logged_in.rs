//! Logging in and out.

use countersign_key::Secret;
use countersign_server::{Records, hash_password};

use crate::support::browser::{Browser, Page};
use crate::support::flow::{PASSWORD, READY, begin, world};
use crate::support::log::{listen, log};
use crate::support::{Unsigned, World};

/// A page without what differs from visit to visit.
fn plain(page: &Page) -> String {
    let token = page.form("/oauth/login").value("form_token");
    page.body.replace(token, "TOKEN")
}

async fn is_logged_in(world: &World, browser: &mut Browser) -> bool {
    browser.get(world, "/oauth/apps").await.status == 200
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_logs_in_and_out() {
    let world = world().await;
    let mut browser = Browser::default();
    let page = browser.get(&world, "/oauth/apps").await;
    let page = browser.follow(&world, &page).await;
    assert_eq!(page.status, 200);
    let entered = browser.log_in(&world, "ann", PASSWORD).await;
    assert_eq!(entered.field("location"), Some("/oauth/apps"));
    let page = browser.follow(&world, &entered).await;
    assert!(page.body.contains("Logged in as <strong>ann</strong>"));
    let kept = browser.clone();
    let out = browser
        .submit(&world, page.form("/oauth/logout"), &[])
        .await;
    assert_eq!(out.field("location"), Some("/oauth/login"));
    assert!(!is_logged_in(&world, &mut browser).await);
    assert!(
        !is_logged_in(&world, &mut kept.clone()).await,
        "over for good"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name_is_answered_like_a_wrong_password() {
    let world = world().await;
    let mut answers = Vec::new();
    for name in ["ann", "xyz"] {
        let mut browser = Browser::default();
        for _ in 0..5 {
            let page = browser.log_in(&world, name, "a wrong password").await;
            assert_eq!(page.status, 422);
            assert!(page.body.contains("aria-describedby=\"error\""));
            answers.push((name, plain(&page)));
        }
        let page = browser.log_in(&world, name, "a wrong password").await;
        assert_eq!(page.status, 429);
        answers.push((name, plain(&page)));
    }
    let (known, unknown) = answers.split_at(6);
    for ((known, one), (unknown, other)) in known.iter().zip(unknown) {
        assert_eq!(one.replace(known, "NAME"), other.replace(unknown, "NAME"));
    }
    for (name, password) in [
        ("", PASSWORD),
        ("ann", ""),
        ("ANN", PASSWORD),
        ("eve ", PASSWORD),
    ] {
        let page = Browser::default().log_in(&world, name, password).await;
        assert!([422, 429].contains(&page.status), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_slows_down_and_locks_nobody_out_for_long() {
    let world = world().await;
    let mut stranger = Browser::default();
    let mut own = Browser::default();
    own.log_in(&world, "ann", PASSWORD).await;
    for _ in 0..5 {
        let page = stranger.log_in(&world, "ann", "guessed").await;
        assert_eq!(page.status, 422);
    }
    let mut waits = Vec::new();
    for _ in 0..7 {
        let page = stranger.log_in(&world, "ann", "guessed").await;
        assert_eq!(page.status, 429, "{page:?}");
        let wait: i64 = page.field("retry-after").unwrap().parse().unwrap();
        waits.push(wait);
        world.pass(wait - 1);
        let early = stranger.log_in(&world, "ann", PASSWORD).await;
        assert_eq!(early.status, 429, "not even the right one: {early:?}");
        // A browser that the user logged in with before does not wait for strangers.
        let page = own.log_in_again(&world).await;
        assert_eq!(page.status, 303);
        world.pass(1);
        let page = stranger.log_in(&world, "ann", "guessed").await;
        assert_eq!(page.status, 422);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
    world.pass(30);
    let page = Browser::default().log_in(&world, "ann", PASSWORD).await;
    assert_eq!(page.status, 303, "{page:?}");
    let page = stranger.log_in(&world, "bob", PASSWORD).await;
    assert_eq!(page.status, 303, "another name");
}

impl Browser {
    async fn log_in_again(&mut self, world: &World) -> Page {
        let page = self.get(world, "/oauth/apps").await;
        if page.status == 200 {
            self.submit(world, page.form("/oauth/logout"), &[]).await;
        }
        self.log_in(world, "ann", PASSWORD).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_from_before_the_login_is_not_that_of_the_user() {
    let world = world().await;
    // The attacker's session, planted in the browser of a user.
    let mut attacker = Browser::default();
    attacker.get(&world, "/oauth/login").await;
    let mut victim = attacker.clone();
    let before = victim.cookies.clone();
    let entered = victim.log_in(&world, "ann", PASSWORD).await;
    assert_eq!(entered.status, 303);
    assert_ne!(
        victim.cookies["countersign-session"],
        before["countersign-session"]
    );
    assert!(is_logged_in(&world, &mut victim).await);
    assert!(!is_logged_in(&world, &mut attacker).await);
    // Nor is a session that somebody made up.
    for made_up in ["", "a", &"A".repeat(43), &"A".repeat(4_000)] {
        let mut browser = Browser::default();
        let name = "countersign-session".to_owned();
        browser.cookies.insert(name, made_up.to_owned());
        assert!(!is_logged_in(&world, &mut browser).await);
    }
    // A second login ends the first one's session.
    let mut first = victim.clone();
    let page = victim.get(&world, "/oauth/logout").await;
    let token = page.form("/oauth/logout").value("form_token");
    let body = format!("form_token={token}&username=bob&password=correct+horse+battery");
    let page = victim.post(&world, "/oauth/login", &body).await;
    assert_eq!(page.status, 303);
    assert!(is_logged_in(&world, &mut victim).await);
    assert!(!is_logged_in(&world, &mut first).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn h49_a_login_leads_to_a_page_of_ours_whatever_is_asked_for() {
    let world = world().await;
    let evil = [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/oauth/apps",
        "a\r\nLocation: https://evil.example/",
        "javascript:alert(1)",
    ];
    for target in evil {
        let mut browser = Browser::default();
        let asked = crate::support::browser::encoded(target);
        let names = [
            "next",
            "return",
            "url",
            "redirect_uri",
            "oauth_callback",
            "oauth_token",
        ];
        for name in names {
            let page = browser
                .get(&world, &format!("/oauth/login?{name}={asked}"))
                .await;
            assert_eq!(page.field("location"), None);
            assert!(!page.body.contains("evil") || name == "oauth_token");
        }
        let page = browser.get(&world, "/oauth/login").await;
        let mut filled = vec![("username", "bob"), ("password", PASSWORD)];
        filled.extend(names.map(|name| (name, target)));
        let form = page.form("/oauth/login");
        let entered = browser.submit(&world, form, &filled).await;
        let location = entered.field("location").unwrap();
        let token = location
            .strip_prefix("/oauth/authorize?oauth_token=")
            .unwrap();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%".contains(c);
        assert!(token.chars().all(plain), "{location}");
        let page = browser.follow(&world, &entered).await;
        assert_eq!(page.status, 404, "no such token");
    }
    // The question is carried along.
    let temporary = begin(&world, READY).await;
    let mut browser = Browser::default();
    let page = browser.get(&world, &temporary.page()).await;
    let login = browser.follow(&world, &page).await;
    assert!(login.body.contains("Photo Printer"), "{}", login.body);
    let form = login.form("/oauth/login");
    let filled = [("username", "bob"), ("password", "wrong")];
    let again = browser.submit(&world, form, &filled).await;
    let form = again.form("/oauth/login");
    let filled = [("username", "bob"), ("password", PASSWORD)];
    let entered = browser.submit(&world, form, &filled).await;
    let page = browser.follow(&world, &entered).await;
    assert!(
        page.body
            .contains("Connect <span class=\"name\">Photo Printer</span>?")
    );
    // Also by who is not that user.
    let out = browser
        .submit(&world, page.form("/oauth/logout"), &[])
        .await;
    let location = out.field("location").unwrap();
    assert!(location.ends_with(&format!("?oauth_token={}", temporary.token)));
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_by_the_clock_of_the_service() {
    let world = world().await;
    let mut browser = Browser::default();
    browser.log_in(&world, "ann", PASSWORD).await;
    for _ in 0..3 {
        world.pass(1_799);
        assert!(is_logged_in(&world, &mut browser).await);
    }
    world.pass(1_800);
    assert!(!is_logged_in(&world, &mut browser).await, "idle");
    browser.log_in(&world, "ann", PASSWORD).await;
    for _ in 0..47 {
        world.pass(900);
        assert!(is_logged_in(&world, &mut browser).await);
    }
    world.pass(900);
    assert!(!is_logged_in(&world, &mut browser).await, "half a day");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_removed_or_got_another_password_is_logged_out_at_once() {
    let world = world().await;
    // As another process would.
    let records = Records::open(&world.path("countersign-service.db")).unwrap();
    let (mut ann, mut bob, mut eve) = (Browser::default(), Browser::default(), Browser::default());
    for (browser, name) in [(&mut ann, "ann"), (&mut bob, "bob"), (&mut eve, "eve")] {
        browser.log_in(&world, name, PASSWORD).await;
        assert!(is_logged_in(&world, browser).await, "{name}");
    }
    records
        .set_role("eve", "Demo Ltd", Some("standard"))
        .await
        .unwrap();
    assert!(is_logged_in(&world, &mut eve).await, "a role is no login");
    let hash = hash_password(&Secret::new("another password")).unwrap();
    records.set_password("ann", hash).await.unwrap();
    records.remove_user("bob").await.unwrap();
    assert!(!is_logged_in(&world, &mut ann).await);
    assert!(!is_logged_in(&world, &mut bob).await);
    assert!(is_logged_in(&world, &mut eve).await);
    let page = ann.log_in(&world, "ann", PASSWORD).await;
    assert_eq!(page.status, 422);
    let page = ann.log_in(&world, "ann", "another password").await;
    assert_eq!(page.status, 303);
}

/// Who guesses passwords is seen, whatever else is refused meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_fails_has_a_line_and_a_count() {
    listen();
    let world = world().await;
    for number in 0..700 {
        let target = format!("/oauth/{number}");
        let answer = world.send(None, &Unsigned::get(&target)).await;
        assert_eq!(answer.status, 404);
    }
    let page = Browser::default().log_in(&world, "ann", "guessed").await;
    assert_eq!(page.status, 422);
    let id = page.field("x-request-id").unwrap();
    assert!(log().contains(id), "{id}");
    Browser::default().log_in(&world, "ann", PASSWORD).await;
    let metrics = world.admin("/metrics").await.body;
    for outcome in ["accepted", "wrong"] {
        let count = format!("countersign_logins_total{{outcome=\"{outcome}\"}}");
        assert!(metrics.contains(&count), "{metrics}");
    }
}
