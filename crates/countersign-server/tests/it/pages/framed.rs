//! What every answer says, whatever it is.

use crate::support::browser::{Browser, set_cookies};
use crate::support::flow::{PASSWORD, READY, asked, begin, users, world};
use crate::support::{Answer, World};

fn framed(answer: &Answer, form_action: &str, what: &str) {
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action {form_action}; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    let due = [
        ("content-security-policy", &*policy),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in due {
        assert_eq!(answer.field(name), Some(value), "{what}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_can_be_framed_cached_or_scripted() {
    let world = world().await;
    let mut browser = Browser::default();
    let temporary = begin(&world, READY).await;
    let consent = asked(&world, &mut browser, &temporary, "ann").await;
    framed(&consent, "'self' http:", "consent");
    let code = begin(&world, "oob").await;
    let code = browser.get(&world, &code.page()).await;
    framed(&code, "'self'", "consent with a code");
    let mut answers = vec![consent, code];
    for target in [
        "/oauth/apps",
        "/oauth/login",
        "/oauth/logout",
        "/oauth/authorize",
        "/oauth/authorize?oauth_token=unknown",
    ] {
        for mut browser in [browser.clone(), Browser::default()] {
            for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
                let answer = browser.send(&world, method, target, &[], "").await;
                framed(&answer, "'self'", &format!("{method} {target}"));
                answers.push(answer);
            }
        }
    }
    for answer in &answers {
        assert_eq!(answer.field("cache-control"), Some("no-store"));
        let body = answer.body.to_ascii_lowercase();
        for sign in [
            "<script",
            "javascript:",
            " onclick",
            " style=",
            "http-equiv",
        ] {
            assert!(!body.contains(sign), "{sign}: {answer:?}");
        }
    }
    let style = browser.get(&world, "/oauth/style.css").await;
    framed(&style, "'self'", "style");
    assert_eq!(style.field("content-type"), Some("text/css; charset=utf-8"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_does_what_it_says_it_allows() {
    let world = world().await;
    let mut browser = Browser::default();
    browser.log_in(&world, "ann", PASSWORD).await;
    for target in [
        "/oauth/apps",
        "/oauth/login",
        "/oauth/logout",
        "/oauth/authorize",
    ] {
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
            let answer = browser.send(&world, method, target, &[], "").await;
            assert_eq!(answer.status, 405, "{method} {target}");
            assert_eq!(answer.field("allow"), Some("GET,HEAD,POST"), "{target}");
        }
    }
    let answer = browser
        .send(&world, "POST", "/oauth/style.css", &[], "")
        .await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.field("allow"), Some("GET,HEAD"));
    let get = browser.get(&world, "/oauth/apps").await;
    let head = browser.send(&world, "HEAD", "/oauth/apps", &[], "").await;
    assert_eq!((head.status, &*head.body), (200, ""));
    let length = get.body.len().to_string();
    assert_eq!(head.field("content-length"), Some(&*length));
    // Neither logs anybody out.
    browser.get(&world, "/oauth/logout").await;
    browser.send(&world, "HEAD", "/oauth/logout", &[], "").await;
    assert_eq!(browser.get(&world, "/oauth/apps").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_a_whole_document_with_labels() {
    let world = world().await;
    let mut browser = Browser::default();
    let temporary = begin(&world, READY).await;
    let login = browser.get(&world, "/oauth/login").await;
    let consent = asked(&world, &mut browser, &temporary, "ann").await;
    let mut pages = vec![login, consent];
    for target in ["/oauth/apps", "/oauth/logout", "/oauth/authorize"] {
        pages.push(browser.get(&world, target).await);
    }
    for page in &pages {
        let body = &page.body;
        assert!(
            body.starts_with("<!doctype html>\n<html lang=\"en\">"),
            "{body}"
        );
        for once in [
            "<h1",
            "<main ",
            "<title>",
            "href=\"#main\"",
            "name=\"viewport\"",
        ] {
            assert_eq!(body.matches(once).count(), 1, "{once}: {body}");
        }
        // Each field that is seen has a label of its own, and each id is there once.
        for tag in body.split('<').filter(|tag| tag.starts_with("input ")) {
            if tag.contains("type=\"hidden\"") {
                continue;
            }
            let (_, id) = tag.split_once(" id=\"").unwrap();
            let id = id.split('"').next().unwrap();
            assert_eq!(body.matches(&format!("for=\"{id}\"")).count(), 1);
            assert_eq!(body.matches(&format!(" id=\"{id}\"")).count(), 1);
        }
        for open in [
            "main", "form", "fieldset", "nav", "header", "ul", "p", "div",
        ] {
            let opened = body.matches(&format!("<{open}>")).count()
                + body.matches(&format!("<{open} ")).count();
            assert_eq!(
                opened,
                body.matches(&format!("</{open}>")).count(),
                "{open}: {body}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h45_names_are_shown_as_they_are_and_never_become_markup() {
    let hostile = "[[consumer]]\nkey = \"<b>\\\"key'\"\nname = \"</title><script>alert(1)</script>\\\"' onload=x & {{ 7*7 }}\"\n\
                   kind = \"public\"\nsecret_file = \"consumer.secret\"\n\
                   callbacks = [\"https://printer.example/ready?a='<b>&c=1\"]\n";
    let organisation = "Bobby\\\"><img src=x>";
    let places = format!("{}{hostile}", users().replace("Second Ltd", organisation));
    let world = World::with("", &places).await;
    let client = crate::support::Client::hmac("<b>\"key'", crate::support::SECRET);
    let ask = crate::support::Unsigned {
        callback: Some("https://printer.example/ready?a='<b>&c=1"),
        ..crate::support::Unsigned::post("/oauth/RequestToken", crate::support::FORM, b"")
    };
    let answer = world.send(Some(&client), &ask).await;
    let temporary = crate::support::flow::Credentials::of(&answer);
    let mut browser = Browser::default();
    let login = browser.get(&world, &temporary.page()).await;
    let login = browser.follow(&world, &login).await;
    let filled = [("username", "\"><script>ann"), ("password", "wrong")];
    let wrong = browser
        .submit(&world, login.form("/oauth/login"), &filled)
        .await;
    assert_eq!(
        wrong.form("/oauth/login").value("username"),
        "\"><script>ann"
    );
    let consent = asked(&world, &mut browser, &temporary, "ann").await;
    assert!(consent.body.contains("30 minutes"), "{}", consent.body);
    framed(&consent, "'self' https:", "consent");
    for page in [&login, &wrong, &consent] {
        for sign in ["<script", "<img", "<b>", "{{", "alert(1)</"] {
            let shown = page.body.replace("{{ 7*7 }}", "");
            assert!(!shown.contains(sign), "{sign}: {shown}");
        }
        // With the blank before it, as random tokens may have these digits.
        assert!(!page.body.contains(" 49"), "{}", page.body);
    }
    let form = consent.form("/oauth/authorize");
    assert_eq!(form.choices, ["Bobby\"><img src=x>", "Demo Ltd"]);
    let answer =
        crate::support::flow::allow(&world, &mut browser, &consent, "Bobby\"><img src=x>").await;
    let location = answer.field("location").unwrap();
    let registered = "https://printer.example/ready?a='<b>&c=1&oauth_token=";
    assert!(location.starts_with(registered), "{location}");
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_go_to_these_pages_alone_and_over_https_to_nothing_else() {
    let plain = world().await;
    let secure = World::with("public_url = \"https://api.example.com\"\n", &users()).await;
    for (world, prefix, end) in [(&plain, "", ""), (&secure, "__Secure-", "; Secure")] {
        let mut browser = Browser::default();
        let page = browser.get(world, "/oauth/login").await;
        let [first] = set_cookies(&page)[..] else {
            panic!("{page:?}")
        };
        let attributes = format!("; Path=/oauth; HttpOnly; SameSite=Lax{end}");
        assert!(
            first.starts_with(&format!("{prefix}countersign-session=")),
            "{first}"
        );
        assert!(first.ends_with(&attributes), "{first}");
        let entered = browser.log_in(world, "ann", PASSWORD).await;
        let cookies = set_cookies(&entered);
        assert_eq!(cookies.len(), 2, "{entered:?}");
        assert!(cookies[0].ends_with(&attributes), "{cookies:?}");
        assert!(cookies[1].starts_with(&format!("{prefix}countersign-known=")));
        assert!(cookies[1].contains("; HttpOnly; SameSite=Lax; Max-Age=7776000"));
        let value = cookies[0].split(['=', ';']).nth(1).unwrap();
        assert_eq!(value.len(), 43, "256 bits");
        let page = browser.follow(world, &entered).await;
        assert!(!page.body.contains(value), "a page shows its cookie");
        let out = browser.submit(world, page.form("/oauth/logout"), &[]).await;
        let [gone] = set_cookies(&out)[..] else {
            panic!("{out:?}")
        };
        assert!(gone.starts_with(&format!("{prefix}countersign-session=; ")));
        assert!(gone.contains("; Max-Age=0"), "{gone}");
        // Nothing is set again and again.
        let mut browser = Browser::default();
        browser.get(world, "/oauth/login").await;
        let again = browser.get(world, "/oauth/login").await;
        assert_eq!(set_cookies(&again), [""; 0]);
    }
}
