//! A user decides.

use countersign_server::Records;

use crate::support::browser::Browser;
use crate::support::flow::{
    Credentials, PASSWORD, READY, REVOKED, allow, asked, begin, connect, world,
};
use crate::support::{FORM, Unsigned};

fn parameter<'a>(location: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = location.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, it)| it)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_connects_an_application_and_disconnects_it() {
    let world = world().await;
    let mut browser = Browser::default();
    let temporary = begin(&world, READY).await;
    let page = asked(&world, &mut browser, &temporary, "ann").await;
    assert_eq!(page.status, 200, "{page:?}");
    for words in [
        "Photo Printer",
        "photo-printer",
        "http://printer.example",
        "30 minutes",
        "/oauth/apps",
        "ann",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let form = page.form("/oauth/authorize");
    assert_eq!(form.choices, ["Demo Ltd", "Second Ltd"]);
    assert_eq!(form.disabled, ["Read & Sons"]);

    let answer = allow(&world, &mut browser, &page, "Demo Ltd").await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let location = answer.field("location").unwrap();
    assert!(location.starts_with(&format!("{READY}?")), "{location}");
    assert_eq!(parameter(location, "oauth_token"), Some(&*temporary.token));
    let verifier = parameter(location, "oauth_verifier").unwrap();
    let wrong = temporary.exchange(&world, "wrong").await;
    assert_eq!(wrong.status, 400, "{wrong:?}");
    let access = Credentials::of(&temporary.exchange(&world, verifier).await);

    let echo = access.call(&world).await;
    assert_eq!(echo.status, 200, "{echo:?}");
    assert!(echo.body.contains("\"user\":\"ann\""), "{echo:?}");
    assert!(echo.body.contains("\"organisation\":\"Demo Ltd\""));

    let apps = browser.get(&world, "/oauth/apps").await;
    assert_eq!(apps.status, 200);
    for words in [
        "Photo Printer",
        "Demo Ltd",
        "2023-11-14 22:13 UTC",
        "2023-11-14 22:43 UTC",
    ] {
        assert!(apps.body.contains(words), "{words}: {}", apps.body);
    }
    let after = browser.submit(&world, apps.form("/oauth/apps"), &[]).await;
    assert_eq!(after.status, 200);
    assert!(
        after
            .body
            .contains("Photo Printer is disconnected from Demo Ltd.")
    );
    assert!(after.forms.iter().all(|form| form.action != "/oauth/apps"));
    let refused = access.call(&world).await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.body, REVOKED);

    // The same button once more.
    let again = browser.submit(&world, apps.form("/oauth/apps"), &[]).await;
    assert!(again.body.contains("not connected any more"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_shown_where_there_is_no_callback_and_works_once() {
    let world = world().await;
    let mut browser = Browser::default();
    let temporary = begin(&world, "oob").await;
    let page = asked(&world, &mut browser, &temporary, "bob").await;
    let form = page.form("/oauth/authorize");
    assert_eq!(form.value("organisation"), "Demo Ltd", "the only one");
    let page = allow(&world, &mut browser, &page, "Demo Ltd").await;
    assert_eq!(page.status, 200);
    let code = page.text_of("<output");
    let access = Credentials::of(&temporary.exchange(&world, &code).await);
    assert_eq!(access.call(&world).await.status, 200);
    let again = temporary.exchange(&world, &code).await;
    assert_eq!(again.status, 401, "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_refuses_goes_back_and_the_application_is_told() {
    let world = world().await;
    let mut browser = Browser::default();
    let temporary = begin(&world, READY).await;
    let page = asked(&world, &mut browser, &temporary, "ann").await;
    let form = page.form("/oauth/authorize");
    let answer = browser.submit(&world, form, &[("decision", "deny")]).await;
    assert_eq!(answer.status, 303);
    let location = answer.field("location").unwrap();
    assert_eq!(
        location,
        format!(
            "{READY}?oauth_token={}&oauth_problem=user_refused",
            temporary.token
        )
    );
    let exchange = temporary.exchange(&world, "guessed").await;
    assert_eq!(
        exchange.problem(),
        Some("permission_denied"),
        "{exchange:?}"
    );
    // The answer was given.
    let late = allow(&world, &mut browser, &page, "Demo Ltd").await;
    assert_eq!(late.status, 410, "{late:?}");

    let temporary = begin(&world, "oob").await;
    let page = browser.get(&world, &temporary.page()).await;
    let form = page.form("/oauth/authorize");
    let answer = browser.submit(&world, form, &[("decision", "deny")]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("Not connected"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_user_s_connection_replaces_the_first_and_the_page_says_so() {
    let world = world().await;
    let (mut ann, mut bob) = (Browser::default(), Browser::default());
    let first = connect(&world, &mut ann, "ann", "Demo Ltd").await;
    assert_eq!(first.call(&world).await.status, 200);

    let temporary = begin(&world, "oob").await;
    let page = asked(&world, &mut bob, &temporary, "bob").await;
    assert!(page.body.contains("Already connected"), "{}", page.body);
    assert!(page.body.contains("by another user since"));
    // Not within a random token, which may have these letters.
    for shown in [" ann", ">ann", "\"ann"] {
        assert!(!page.body.contains(shown), "{}", page.body);
    }
    let own = ann.get(&world, &temporary.page()).await;
    assert_eq!(own.body.matches("Already connected").count(), 1);
    assert!(own.body.contains("by you since"));
    assert_eq!(first.call(&world).await.status, 200, "until it is replaced");

    // Where the user may do nothing, nothing is told.
    let records = Records::open(&world.path("countersign-service.db")).unwrap();
    let reader = records.set_role("eve", "Demo Ltd", Some("read only"));
    assert!(reader.await.unwrap());
    let mut eve = Browser::default();
    let page = asked(&world, &mut eve, &temporary, "eve").await;
    assert!(page.body.contains("Demo Ltd"), "{}", page.body);
    assert!(!page.body.contains("Already connected"), "{}", page.body);

    let second = connect(&world, &mut bob, "bob", "Demo Ltd").await;
    let refused = first.call(&world).await;
    assert_eq!((refused.status, &*refused.body), (401, REVOKED));
    assert_eq!(second.call(&world).await.status, 200);
    // What ann connected is replaced: nothing of hers is left to disconnect.
    let apps = ann.get(&world, "/oauth/apps").await;
    assert!(!apps.body.contains("Photo Printer"), "{}", apps.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_without_a_role_cannot_be_chosen_even_by_a_forged_form() {
    let world = world().await;
    let mut browser = Browser::default();
    let temporary = begin(&world, READY).await;
    let page = asked(&world, &mut browser, &temporary, "ann").await;
    for organisation in ["Read & Sons", "Nobody's Ltd", "demo ltd", "Demo Ltd "] {
        let answer = allow(&world, &mut browser, &page, organisation).await;
        assert_eq!(answer.status, 403, "{organisation}: {answer:?}");
        assert_eq!(answer.field("location"), None);
    }
    let none = browser
        .submit(
            &world,
            page.form("/oauth/authorize"),
            &[("decision", "allow")],
        )
        .await;
    assert_eq!(none.status, 422);
    assert!(none.body.contains("id=\"error\""));
    assert!(none.body.contains("aria-describedby=\"error\""));
    let answer = allow(&world, &mut browser, &none, "Second Ltd").await;
    assert_eq!(answer.status, 303, "still open: {answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_role_at_all_is_told_and_can_go_back() {
    let world = world().await;
    let mut browser = Browser::default();
    let temporary = begin(&world, READY).await;
    let page = asked(&world, &mut browser, &temporary, "eve").await;
    assert_eq!(page.status, 403, "{page:?}");
    assert!(page.body.contains("standard, financial adviser"));
    assert!(!page.body.contains("value=\"allow\""));
    let forged = allow(&world, &mut browser, &page, "Read & Sons").await;
    assert_eq!(forged.status, 403);
    let form = page.form("/oauth/authorize");
    let back = browser.submit(&world, form, &[("decision", "deny")]).await;
    assert!(back.field("location").unwrap().starts_with(READY));
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_for_access_that_are_unknown_over_or_missing_are_told_apart() {
    let world = world().await;
    let mut browser = Browser::default();
    browser.log_in(&world, "ann", PASSWORD).await;
    let cases = [
        ("/oauth/authorize", 400),
        ("/oauth/authorize?oauth_token=", 400),
        ("/oauth/authorize?oauth_token=a&oauth_token=b", 400),
        ("/oauth/authorize?oauth_token=%FF", 400),
        ("/oauth/authorize?oauth_token=unknown", 404),
        ("/oauth/Authorize?oauth_token=unknown", 404),
    ];
    for (target, status) in cases {
        let page = browser.get(&world, target).await;
        assert_eq!(page.status, status, "{target}");
        assert!(page.body.contains("Go back") || status == 400);
    }
    let stranger = Browser::default()
        .get(&world, "/oauth/authorize?oauth_token=unknown")
        .await;
    assert_eq!(stranger.status, 404);

    let temporary = begin(&world, READY).await;
    let page = browser.get(&world, &temporary.page()).await;
    world.pass(599);
    assert_eq!(browser.get(&world, &temporary.page()).await.status, 200);
    world.pass(1);
    assert_eq!(browser.get(&world, &temporary.page()).await.status, 410);
    let late = allow(&world, &mut browser, &page, "Demo Ltd").await;
    assert_eq!(late.status, 410);

    // Used: exchanged.
    let access = connect(&world, &mut browser, "ann", "Demo Ltd").await;
    let page = browser.get(&world, &access.page()).await;
    assert_eq!(page.status, 404, "an access token asks nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_decided_once_however_many_answers_come_at_once() {
    let world = world().await;
    let mut browser = Browser::default();
    let temporary = begin(&world, READY).await;
    let page = asked(&world, &mut browser, &temporary, "ann").await;
    let answers: Vec<_> = (0..8)
        .map(|_| {
            let (mut browser, page, world) = (browser.clone(), page.clone(), &world);
            async move { allow(world, &mut browser, &page, "Demo Ltd").await.status }
        })
        .collect();
    let mut statuses = Vec::new();
    let all = answers.into_iter().map(Box::pin);
    for status in join_all(all.collect()).await {
        statuses.push(status);
    }
    let yes = statuses.iter().filter(|status| **status == 303).count();
    assert_eq!(yes, 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [303, 410].contains(status)));
}

async fn join_all<F: Future + Unpin>(mut futures: Vec<F>) -> Vec<F::Output> {
    let mut outputs = Vec::new();
    core::future::poll_fn(|context| {
        let mut index = 0;
        while index < futures.len() {
            match core::pin::Pin::new(&mut futures[index]).poll(context) {
                core::task::Poll::Ready(output) => {
                    outputs.push(output);
                    drop(futures.remove(index));
                }
                core::task::Poll::Pending => index += 1,
            }
        }
        if futures.is_empty() {
            core::task::Poll::Ready(())
        } else {
            core::task::Poll::Pending
        }
    })
    .await;
    outputs
}

#[tokio::test(flavor = "multi_thread")]
async fn h49_no_callback_comes_from_the_page_s_own_request() {
    let world = world().await;
    let mut browser = Browser::default();
    let temporary = begin(&world, READY).await;
    asked(&world, &mut browser, &temporary, "ann").await;
    let target = format!(
        "{}&oauth_callback=https%3A%2F%2Fevil.example%2F&callback=//evil.example",
        temporary.page()
    );
    let page = browser.get(&world, &target).await;
    assert!(!page.body.contains("evil"), "{}", page.body);
    let filled = [
        ("organisation", "Demo Ltd"),
        ("decision", "allow"),
        ("oauth_callback", "https://evil.example/"),
        ("callback", "https://evil.example/"),
    ];
    let form = page.form("/oauth/authorize");
    let answer = browser.submit(&world, form, &filled).await;
    let location = answer.field("location").unwrap();
    assert!(location.starts_with(&format!("{READY}?")), "{location}");
    // Nor one that is not registered from the application's.
    let ask = Unsigned {
        callback: Some("https://evil.example/"),
        ..Unsigned::post("/oauth/RequestToken", FORM, b"")
    };
    let refused = world.send(Some(&world.client()), &ask).await;
    assert_eq!(refused.problem(), Some("parameter_rejected"), "{refused:?}");
}
