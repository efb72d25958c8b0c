//! Names and passwords that an application sends.

use crate::support::browser::{Browser, encoded};
use crate::support::flow::{Credentials, PASSWORD, users};
use crate::support::{Answer, Client, FORM, SECRET, Unsigned, World};

const TRADER: &str = "[[consumer]]\nkey = \"trader\"\nkind = \"public\"\nxauth = true\n\
                      secret_file = \"consumer.secret\"\ncallbacks = [\"oob\"]\n";

async fn world() -> World {
    let https = "public_url = \"https://api.example.com\"\n";
    World::with(https, &format!("{}{TRADER}", users())).await
}

async fn trade(world: &World, consumer: &str, name: &str, password: &str) -> Answer {
    let body = format!(
        "x_auth_mode=client_auth&x_auth_username={}&x_auth_password={}",
        encoded(name),
        encoded(password)
    );
    let ask = Unsigned::post("/oauth/AccessToken", FORM, body.as_bytes());
    world
        .send(Some(&Client::hmac(consumer, SECRET)), &ask)
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_becomes_a_token_where_the_application_may() {
    let world = world().await;
    let answer = trade(&world, "trader", "bob", PASSWORD).await;
    let token = Credentials::of(&answer);
    let client = Client::hmac_with_token("trader", SECRET, &token.token, &token.secret);
    let echo = world.send(Some(&client), &Unsigned::get("/echo")).await;
    assert!(echo.body.contains("\"user\":\"bob\""), "{echo:?}");
    assert!(echo.body.contains("\"organisation\":\"Demo Ltd\""));
    // It is listed like any other.
    let mut browser = Browser::default();
    let entered = browser.log_in(&world, "bob", PASSWORD).await;
    let apps = browser.follow(&world, &entered).await;
    browser.submit(&world, apps.form("/oauth/apps"), &[]).await;
    let echo = world.send(Some(&client), &Unsigned::get("/echo")).await;
    assert_eq!(echo.problem(), Some("token_rejected"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_comes_of_a_wrong_password_another_application_or_no_role() {
    let world = world().await;
    let cases = [
        ("trader", "bob", "a wrong password"),
        ("trader", "nobody", PASSWORD),
        ("trader", "eve", PASSWORD),
        // For which of two organisations?
        ("trader", "ann", PASSWORD),
        ("photo-printer", "bob", PASSWORD),
    ];
    for (consumer, name, password) in cases {
        let answer = trade(&world, consumer, name, password).await;
        assert_ne!(answer.status, 200, "{consumer} {name}");
        assert_eq!(answer.value("oauth_token"), None);
        let record = world.kept(&answer).await;
        let (cause, helps) = match (consumer, name, password) {
            ("trader", "eve", _) => ("no_role", "admin user role"),
            ("trader", "ann", _) => ("several_organisations", "on the pages"),
            ("trader", ..) => ("wrong_password", "admin user password"),
            _ => continue,
        };
        assert_eq!(record.cause, cause, "{record:?}");
        assert_eq!(
            (answer.status, answer.problem()),
            (403, Some("permission_denied"))
        );
        let found = &record.explanation.findings[0];
        assert!(found.remedies[0].contains(helps), "{record:?}");
        let trail = world.read("countersign-audit.log");
        let id = answer.field("x-request-id").unwrap();
        let line = trail.lines().find(|line| line.contains(id)).unwrap();
        assert!(line.contains(&format!("cause=\"{cause}\"")), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_of_applications_and_of_the_page_are_counted_together() {
    let world = world().await;
    for _ in 0..5 {
        let answer = trade(&world, "trader", "bob", "guessed").await;
        assert_eq!(answer.problem(), Some("permission_denied"), "{answer:?}");
    }
    // The password is right: nobody is told that it is wrong.
    let later = trade(&world, "trader", "bob", PASSWORD).await;
    assert_eq!((later.status, later.problem()), (503, None), "{later:?}");
    assert_eq!(later.field("retry-after"), Some("1"));
    let page = Browser::default().log_in(&world, "bob", PASSWORD).await;
    assert_eq!(page.status, 429);
    world.pass(1);
    assert_eq!(trade(&world, "trader", "bob", PASSWORD).await.status, 200);
    let page = Browser::default().log_in(&world, "bob", PASSWORD).await;
    assert_eq!(page.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_users_cannot_be_read_no_password_is_called_wrong() {
    let world = world().await;
    let file = rusqlite::Connection::open(world.path("countersign-service.db")).unwrap();
    file.execute_batch("ALTER TABLE user RENAME TO elsewhere")
        .unwrap();
    let answer = trade(&world, "trader", "bob", PASSWORD).await;
    assert_eq!((answer.status, answer.problem()), (503, None), "{answer:?}");
    assert!(answer.field("retry-after").is_some());
    file.execute_batch("ALTER TABLE elsewhere RENAME TO user")
        .unwrap();
    assert_eq!(trade(&world, "trader", "bob", PASSWORD).await.status, 200);
}
