//! Providers that refuse with a status of success, as the rows of their presets tell.

use std::sync::Arc;

use countersign_client::connections::{Connections, Current, Settings};
use countersign_client::{Callback, Client, Consumer, Service, SessionState, Start, preset};
use countersign_clock::{UnixTime, system};
use countersign_key::Secret;
use countersign_reqwest::{
    Clock, Connected, Driver, NeedsReauthorisation, Renewals, Signing, SystemHost, client,
};
use countersign_signature::{Method, Placement};
use countersign_store::{ConnectionId, MemoryConnectionStore, TokenCredentials};
use countersign_token::Generation;
use http::header::CONTENT_TYPE;
use reqwest_middleware::ClientWithMiddleware;

use crate::script::{Answer, Script, answer, broken, endless_with, value};
use crate::told::date;

/// `timestamp_refused` in each provider's words, `signature_invalid`, and a success.
const WORDS: [(&str, &str, &str, &str); 3] = [
    (
        "bricklink",
        r#"{"meta":{"description":"TIMESTAMP_REFUSED: x","message":"BAD_OAUTH_REQUEST","code":401},"data":{}}"#,
        r#"{"meta":{"description":"SIGNATURE_INVALID: x","message":"BAD_OAUTH_REQUEST","code":401},"data":{}}"#,
        r#"{"meta":{"description":"OK","message":"OK","code":200},"data":{"remarks":"SIGNATURE_INVALID"}}"#,
    ),
    (
        "fatsecret",
        r#"{"error":{"code":6,"message":"Invalid/expired timestamp: 'oauth_timestamp' '1'"}}"#,
        r#"{"error":{"code":8,"message":"Invalid signature: oauth_signature 'x'"}}"#,
        r#"{"food":{"food_name":"Invalid signature soup","code":8}}"#,
    ),
    (
        "mediawiki",
        r#"{"error":{"code":"mwoauth-invalid-authorization","info":"The authorization headers in your request are not valid: Expired timestamp, yours 1700000901, ours 1700000000"}}"#,
        r#"{"error":{"code":"mwoauth-invalid-authorization","info":"The authorization headers in your request are not valid: Invalid signature"}}"#,
        r#"{"query":{"pages":[{"title":"Invalid consumer"}]}}"#,
    ),
];

const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

fn consumer(id: &str) -> Client {
    let consumer = Consumer::hmac("key", Secret::new("secret"));
    match countersign_dialect::by_id(id) {
        Some(row) => preset(row, consumer).unwrap(),
        None => Client::new(consumer, Method::HMAC_SHA1).unwrap(),
    }
}

/// An application whose token was renewed just now: the one before it is kept until the new one has
/// worked.
struct App {
    connections: Connections<MemoryConnectionStore, Renewals, SystemHost>,
    id: ConnectionId,
    clock: Clock,
    client: ClientWithMiddleware,
    server: Script,
}

impl App {
    /// Of a preset, or of none if there is no such, at a provider that gives these answers.
    async fn renewed(id: &str, answers: Vec<Answer>) -> Self {
        let next = "oauth_token=token2&oauth_token_secret=secret2&oauth_expires_in=1800";
        let answers = [vec![answer(200, &[], next)], answers].concat();
        let server = Script::serve(answers).await;
        let consumer = consumer(id);
        let service = Service::token_only(&server.url).unwrap();
        let clock = Clock::default();
        let renewals = Renewals::new(driver(&clock), consumer.clone(), service);
        let (store, host) = (MemoryConnectionStore::new(), SystemHost::default());
        let connections = Connections::new(store, renewals, host, Settings::default());
        let secret = |text: &str| Arc::new(Secret::new(text));
        let first = TokenCredentials::new(secret("token1"), secret("secret1"), system::now())
            .with_session_handle(secret("handle"));
        let id = ConnectionId::new("key", "organisation");
        connections.connect(&id, first).await.unwrap();
        connections.renew(&id, Generation::FIRST).await.unwrap();
        let source = Connected::new(connections.clone(), id.clone(), consumer);
        let signing = Signing::with_source(source, &server.url).unwrap();
        let signing = signing.with_clock(clock.clone());
        let client = client(reqwest::Client::builder().no_proxy(), signing).unwrap();
        Self {
            connections,
            id,
            clock,
            client,
            server,
        }
    }

    async fn get(&self) -> reqwest::Response {
        self.client.get(&self.server.url).send().await.unwrap()
    }

    async fn current(&self) -> Arc<Current> {
        self.connections.read(&self.id).await.unwrap()
    }

    /// Whether the token before the new one is still kept.
    async fn keeps_the_one_before(&self) -> bool {
        self.current().await.unproven
    }
}

fn driver(clock: &Clock) -> Driver {
    Driver::new(reqwest::Client::builder().no_proxy(), clock.clone()).unwrap()
}

/// The token of a request, wherever its provider takes it.
fn signed_at(request: &str) -> i64 {
    let name = "oauth_timestamp=";
    let start = request.find(name).unwrap() + name.len();
    let digits = request[start..].trim_start_matches('"');
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap();
    digits[..end].parse().unwrap()
}

/// A timestamp of a request that was signed since `before`, by a clock that is so far ahead: less by
/// what passed between the date that it was learnt of and its answer.
#[track_caller]
fn check_time(at: i64, ahead: i64, before: UnixTime) {
    let now = system::now();
    let learnt = (ahead - now.since(before)).max(0);
    let range = before.seconds() + learnt - 1..=now.seconds() + ahead + 1;
    assert!(range.contains(&at), "{at}: {range:?}");
}

#[tokio::test]
async fn a_new_token_that_is_refused_does_not_end_the_one_before() {
    for (id, _, refusal, served) in WORDS {
        let app = App::renewed(
            id,
            vec![answer(200, &[JSON], refusal), answer(200, &[JSON], served)],
        )
        .await;
        let refused = app.get().await;
        assert_eq!(refused.status(), 200);
        assert_eq!(refused.headers()[CONTENT_TYPE], JSON.1);
        assert_eq!(refused.text().await.unwrap(), refusal, "{id}");
        assert!(app.keeps_the_one_before().await, "{id}");
        assert!(app.current().await.loss().is_none(), "{id}");
        // What was served says that it is good.
        assert_eq!(app.get().await.text().await.unwrap(), served);
        assert!(!app.keeps_the_one_before().await, "{id}");
        assert_eq!(app.server.asked().len(), 3);
    }
    // Others mean nothing by such words.
    let app = App::renewed("nobody", vec![answer(200, &[JSON], WORDS[1].2)]).await;
    app.get().await;
    assert!(!app.keeps_the_one_before().await);
}

#[tokio::test]
async fn a_token_that_is_refused_by_name_is_lost_and_the_one_before_is_kept() {
    let body = r#"{"error":{"code":9,"message":"Invalid access token: 'oauth_token' 'x'"}}"#;
    let app = App::renewed("fatsecret", vec![answer(200, &[JSON], body)]).await;
    let refused = app.get().await;
    assert!(refused.extensions().get::<NeedsReauthorisation>().is_some());
    assert_eq!(refused.text().await.unwrap(), body);
    assert!(app.current().await.loss().is_some());
    assert!(app.keeps_the_one_before().await);
}

#[tokio::test]
async fn a_timestamp_that_is_refused_corrects_the_clock_once() {
    for (id, refusal, _, served) in WORDS {
        let (before, date) = (system::now(), date(600));
        let headers = [JSON, ("date", date.as_str())];
        let late = || answer(200, &headers, refusal);
        let app = App::renewed(
            id,
            vec![
                late(),
                answer(200, &[JSON], served),
                late(),
                late(),
                answer(200, &[JSON], served),
            ],
        )
        .await;
        assert_eq!(app.get().await.text().await.unwrap(), served, "{id}");
        let offsets = app.clock.offsets();
        let learnt: Vec<i64> = offsets.iter().map(|(_, it)| it.seconds()).collect();
        assert_eq!(learnt.len(), 1, "{id}");
        // The date is older than its answer by what passed meanwhile.
        let age = system::now().since(before);
        assert!((599 - age..=601).contains(&learnt[0]), "{id}: {learnt:?}");
        // A second one is the caller's.
        assert_eq!(app.get().await.text().await.unwrap(), refusal, "{id}");
        let asked = app.server.asked();
        assert_eq!(asked.len(), 5, "{id}");
        for (request, ahead) in asked[1..].iter().zip([0, 600, 600, 600]) {
            check_time(signed_at(request), ahead, before);
        }
    }
}

/// What can't be looked at in full speaks neither for the token nor against it, and goes on as it
/// comes.
#[tokio::test]
async fn what_cannot_be_judged_says_nothing_of_the_token() {
    let long = format!(r#"{{"food":"{}"}}"#, "x".repeat(100_000));
    let new =
        r#"{"error":{"code":"mwoauth-invalid-authorization","info":"Words that nobody has seen"}}"#;
    let picture = ("content-type", "image/png");
    let coded = ("content-encoding", "gzip");
    for (id, headers, body) in [
        ("fatsecret", vec![JSON], long.as_str()),
        ("mediawiki", vec![JSON], new),
        ("fatsecret", vec![picture], "\u{7f}PNG"),
        ("fatsecret", vec![JSON, coded], "packed"),
        ("fatsecret", vec![], ""),
    ] {
        let app = App::renewed(id, vec![answer(200, &headers, body)]).await;
        assert_eq!(app.get().await.text().await.unwrap(), body, "{id}");
        assert!(app.keeps_the_one_before().await, "{id}: {headers:?}");
        assert!(app.current().await.loss().is_none(), "{id}");
    }
    // One that breaks off does so for the caller too.
    let app = App::renewed("fatsecret", vec![broken(200, &[JSON], "{\"food\":{}}")]).await;
    app.get().await.text().await.unwrap_err();
    assert!(app.keeps_the_one_before().await);
}

/// A body without an end is looked at as far as a refusal goes, one of another kind not at all.
#[tokio::test]
async fn a_stream_stays_a_stream() {
    for kind in ["application/json", "text/event-stream"] {
        let start = "{\"food\":{}}\n";
        let endless = endless_with(200, &[("content-type", kind)], start);
        let app = App::renewed("fatsecret", vec![endless]).await;
        let mut stream = app.get().await;
        let first = stream.chunk().await.unwrap().unwrap();
        assert!(first.starts_with(start.as_bytes()), "{kind}");
        assert!(app.keeps_the_one_before().await, "{kind}");
    }
}

/// The steps of a flow are refused so too.
#[tokio::test]
async fn a_step_whose_timestamp_is_refused_corrects_the_clock_once() {
    let refusal =
        "Error: An error occurred in the OAuth protocol: Expired timestamp, yours 1, ours 2";
    let given = "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true";
    let (before, date) = (system::now(), date(600));
    let late = || answer(200, &[("date", date.as_str())], refusal);
    let server = Script::serve(vec![late(), answer(200, &[], given), late(), late()]).await;
    let url = |path: &str| format!("{}/{path}", server.url);
    let service = Service::new(&url("request"), &url("authorize"), &url("access")).unwrap();
    let state = SessionState::from_kept("2ZgzTbq0qdVYkBnb");
    let start = Start::new(
        &consumer("mediawiki"),
        &service,
        Callback::out_of_band(),
        &state,
    );
    let start = start.unwrap();
    let driver = driver(&Clock::default());
    driver.begin(&start).await.unwrap();
    driver.begin(&start).await.unwrap_err();
    let asked = server.asked();
    assert_eq!(asked.len(), 4);
    for (request, ahead) in asked.iter().zip([0, 600, 600, 600]) {
        let at = value(request, "oauth_timestamp").parse().unwrap();
        check_time(at, ahead, before);
    }
}

/// A body that is no form has no place for what signs, and the address has it then: no answer shows that.
#[tokio::test]
async fn an_answer_has_the_address_that_was_asked_for() {
    let server = Script::serve(vec![answer(200, &[], "{}")]).await;
    let signer = consumer("fatsecret").with_placement(Placement::Body);
    let signing = Signing::new(signer.without_token().unwrap(), &server.url).unwrap();
    let client = client(reqwest::Client::builder().no_proxy(), signing).unwrap();
    let url = format!("{}/a?b=c", server.url);
    let request = client.post(&url).header(CONTENT_TYPE, "application/json");
    let response = request.body("{}").send().await.unwrap();
    assert!(server.asked()[0].contains("oauth_signature="));
    assert_eq!(response.url().as_str(), url);
}
