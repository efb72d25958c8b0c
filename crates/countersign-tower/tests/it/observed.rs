//! What an operator sees, and what nobody may see.

use core::cell::RefCell;
use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use countersign_tower::{Routes, Rule};
use http::Request;
use http_body_util::{Empty, Full};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

use crate::support::{
    CONSUMER, Client, FORM, FailingNonces, JSON, SECRET, Setup, Step, TestBody, Unsigned,
};

thread_local! {
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Each test has a thread, and each thread a log. The subscriber is everybody's: one for a thread
/// alone misses what other threads had looked at before.
struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One request that is refused as its body gives way, and one that is accepted.
async fn crowd(mut setup: Setup) {
    setup.site = setup.site.clone().with_body_room(60_000);
    let setup = Arc::new(setup);
    let text: &'static [u8] = Box::leak([b"a=".as_slice(), &[b'1'; 60_000]].concat().into());
    let unsigned = Unsigned::post("/photos", FORM, text);
    let stalled = TestBody::new([Step::Data(text), Step::Stall]);
    let stalled = setup.client().request(&unsigned, stalled);
    let first = Arc::clone(&setup);
    let first = tokio::spawn(async move { first.ask(stalled).await });
    tokio::task::yield_now().await;
    let request = setup.client().request(&unsigned, TestBody::from(text));
    assert_eq!(setup.ask(request).await.status, 200);
    assert_eq!(first.await.unwrap().status, 503);
}

const CANARY: &str = "canary-Zq7x";

fn requests(setup: &Setup) -> Vec<Request<Full<Bytes>>> {
    let target = format!("/photos?{CANARY}=1");
    let form = format!("password={CANARY}");
    let unsigned = Unsigned::post(&target, FORM, form.as_bytes());
    let body = || Full::from(form.clone());
    let right = setup.client().request(&unsigned, body());
    let forger = Client::hmac(CONSUMER, CANARY);
    let stranger = Client::hmac(CANARY, SECRET);
    let token = Client::hmac_with_token(CONSUMER, SECRET, CANARY, CANARY);
    vec![
        right.clone(),
        right,
        forger.request(&unsigned, body()),
        stranger.request(&unsigned, body()),
        token.request(&unsigned, body()),
        Request::post(&target).body(body()).unwrap(),
        Request::post(&target)
            .header("authorization", format!("OAuth {CANARY}"))
            .body(body())
            .unwrap(),
    ]
}

#[tokio::test]
async fn nothing_that_was_sent_is_logged() {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(|| Log)
        .with_ansi(false)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let setup = Setup::new().await;
    let mut sent = Vec::new();
    for request in requests(&setup) {
        if let Some(field) = request.headers().get("authorization") {
            let field = field.to_str().unwrap().to_owned();
            sent.extend(field.split('"').skip(1).step_by(2).map(str::to_owned));
        }
        setup.ask(request).await;
    }
    crowd(Setup::new().await).await;
    let log = String::from_utf8(LOG.take()).unwrap();
    assert_eq!(log.matches("request refused").count(), 7, "{log}");
    assert_eq!(log.matches("request accepted").count(), 2, "{log}");
    assert!(log.contains("problem=\"nonce_used\""), "{log}");
    assert!(log.contains("route=\"photos\""), "{log}");
    assert!(log.contains("cause=\"signature\""), "{log}");
    sent.retain(|value| value.len() > 8 && !value.starts_with("HMAC"));
    for secret in sent.iter().map(String::as_str).chain([CANARY, SECRET]) {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[test]
fn outcomes_are_counted() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    metrics::with_local_recorder(&recorder, || {
        runtime.block_on(async {
            let setup = Setup::new().await;
            for request in requests(&setup) {
                setup.ask(request).await;
            }
            let setup = Setup::with_nonces(FailingNonces).await;
            let unsigned = Unsigned::get("/photos");
            let request = setup.client().request(&unsigned, Empty::<Bytes>::new());
            setup.ask(request).await;
            crowd(Setup::new().await).await;
            let setup = Setup::new().await;
            let hashed = Unsigned::post("/photos", JSON, b"{}").hashed();
            let request = setup.client().request(&hashed, Full::from("[]"));
            let rules = Routes::new(Rule::new(setup.route()).streaming());
            assert_eq!(setup.send(rules, request).await.status, 418);
        });
    });
    let mut counted: Vec<String> = snapshotter
        .snapshot()
        .into_vec()
        .into_iter()
        .map(|(key, _, _, value)| {
            let DebugValue::Counter(value) = value else {
                panic!("not a counter");
            };
            let (_, key) = key.into_parts();
            let name = key.name().strip_prefix("countersign_").unwrap();
            let labels = key.labels().map(|label| label.value().to_owned());
            format!("{name} {} {value}", labels.collect::<Vec<_>>().join(" "))
        })
        .collect();
    counted.sort();
    assert_eq!(
        counted,
        [
            "bodies_refused_total signature_invalid 1",
            "requests_total resource accepted none 3",
            "requests_total resource refused consumer_key_unknown 1",
            "requests_total resource refused nonce_used 1",
            "requests_total resource refused none 2",
            "requests_total resource refused parameter_rejected 1",
            "requests_total resource refused signature_invalid 1",
            "requests_total resource refused token_rejected 1",
            "requests_total resource unavailable none 1",
        ]
    );
}
