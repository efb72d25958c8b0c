//! What is to be done about a refusal fits its very cause.

use countersign_server::{RecordedFinding, RefusalRecord};

use crate::support::browser::Browser;
use crate::support::flow::{PASSWORD, READY, allow, begin, users, world};
use crate::support::{CONSUMER, Client, FORM, SECRET, Unsigned, World};

fn only(record: &RefusalRecord) -> &RecordedFinding {
    record.explanation.findings.first().unwrap()
}

#[track_caller]
fn says(record: &RefusalRecord, code: &str, summary: &str, remedy: &str) {
    let found = only(record);
    assert_eq!(found.code, code, "{record:?}");
    let told = found.summary.as_deref().unwrap_or_default();
    assert!(told.contains(summary), "{summary}: {record:?}");
    let remedies = found.remedies.join(" ");
    assert!(remedies.contains(remedy), "{remedy}: {record:?}");
    assert!(!remedies.contains("nonce"), "{record:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_wrong_verifier_and_of_tokens_of_the_wrong_kind() {
    let world = world().await;
    let temporary = begin(&world, READY).await;
    let client = Client::hmac_with_token(CONSUMER, SECRET, &temporary.token, &temporary.secret);
    let echo = world.send(Some(&client), &Unsigned::get("/echo")).await;
    let record = world.kept(&echo).await;
    assert_eq!(record.cause, "wrong_kind");
    let (code, summary) = (
        "token.wrong_type",
        "the temporary token of the first step was sent",
    );
    says(&record, code, summary, "exchange's answer");

    let mut ann = Browser::default();
    ann.log_in(&world, "ann", PASSWORD).await;
    let page = ann.get(&world, &temporary.page()).await;
    let sent_on = allow(&world, &mut ann, &page, "Demo Ltd").await;
    let wrong = temporary.exchange(&world, "not-the-verifier").await;
    let record = world.kept(&wrong).await;
    assert_eq!(record.cause, "wrong_verifier");
    says(
        &record,
        "hdr.value_malformed",
        "the verifier is not",
        "this very token",
    );

    let location = sent_on.field("location").unwrap();
    let verifier = location.split("oauth_verifier=").nth(1).unwrap();
    let answer = temporary
        .exchange(&world, verifier.split('&').next().unwrap())
        .await;
    let (token, secret) = (
        answer.value("oauth_token"),
        answer.value("oauth_token_secret"),
    );
    let client = Client::hmac_with_token(CONSUMER, SECRET, token.unwrap(), secret.unwrap());
    let ask = Unsigned::post("/oauth/AccessToken", FORM, b"");
    let record = world.kept(&world.send(Some(&client), &ask).await).await;
    assert_eq!(record.cause, "wrong_kind");
    says(
        &record,
        "token.wrong_type",
        "an access token was sent",
        "oauth_session_handle",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_consumer_key_with_a_line_end() {
    let world = World::new().await;
    let client = Client::hmac(&format!("{CONSUMER}\n"), SECRET);
    let record = world
        .kept(&world.send(Some(&client), &Unsigned::get("/echo")).await)
        .await;
    assert_eq!(record.cause, "syntax");
    says(&record, "hdr.value_malformed", "", "as it is registered");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_password_that_came_over_plain_http() {
    let trader = "[[consumer]]\nkey = \"trader\"\nkind = \"public\"\nxauth = true\n\
                  secret_file = \"consumer.secret\"\ncallbacks = [\"oob\"]\n";
    let world = World::with("", &format!("{}{trader}", users())).await;
    let body = "x_auth_mode=client_auth&x_auth_username=bob&x_auth_password=canary";
    let ask = Unsigned::post("/oauth/AccessToken", FORM, body.as_bytes());
    let client = Client::hmac("trader", SECRET);
    let record = world.kept(&world.send(Some(&client), &ask).await).await;
    says(
        &record,
        "hdr.value_malformed",
        "over https only",
        "public_url",
    );
}

/// Another handle than the token's is one cause, and one that is nobody's another.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_session_handle_that_is_too_long() {
    let world = World::new().await;
    let handle = "h".repeat(256);
    let ask = Unsigned {
        session_handle: Some(&handle),
        ..Unsigned::post("/oauth/AccessToken", FORM, b"")
    };
    let record = world
        .kept(&world.send(Some(&world.client()), &ask).await)
        .await;
    assert_eq!(record.cause, "too_long");
    says(
        &record,
        "hdr.value_malformed",
        "longer than any",
        "oauth_session_handle",
    );
}
