//! What applications are told: events, the provider's own words, and answers that break off.

use std::sync::{Arc, Mutex};

use countersign_client::connections::{ConnectionError, Connections, EventKind, Settings};
use countersign_client::{Client, Consumer, Service};
use countersign_key::Secret;
use countersign_reqwest::{
    Clock, Connected, Driver, NeedsReauthorisation, Renewals, Signing, SystemHost, client,
};
use countersign_signature::Method;
use countersign_store::{ConnectionId, MemoryConnectionStore, TokenCredentials};
use countersign_token::{ConnectionPhase, Generation, ReauthorisationCause};
use reqwest_middleware::ClientWithMiddleware;

use crate::script::{Answer, Script, answer, broken};

type Ours = Connections<MemoryConnectionStore, Renewals, SystemHost>;

struct App {
    connections: Ours,
    source: Connected<MemoryConnectionStore>,
    id: ConnectionId,
    events: Arc<Mutex<Vec<EventKind>>>,
    server: Script,
}

impl App {
    /// Connected to a provider that gives these answers.
    async fn start(answers: Vec<Answer>) -> Self {
        let server = Script::serve(answers).await;
        let consumer = Consumer::hmac("key", Secret::new("secret"));
        let consumer = Client::new(consumer, Method::HMAC_SHA1).unwrap();
        let service = Service::token_only(&server.url).unwrap();
        let driver = Driver::new(reqwest::Client::builder().no_proxy(), Clock::default());
        let renewals = Renewals::new(driver.unwrap(), consumer.clone(), service);
        let store = MemoryConnectionStore::new();
        let connections =
            Connections::new(store, renewals, SystemHost::default(), Settings::default());
        let events = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&events);
        connections.subscribe(move |event| told.lock().unwrap().push(event.kind));
        let secret = |text: &str| Arc::new(Secret::new(text));
        let now = countersign_clock::system::now();
        let first = TokenCredentials::new(secret("token1"), secret("secret1"), now)
            .with_session_handle(secret("handle"));
        let id = ConnectionId::new("key", "organisation");
        connections.connect(&id, first).await.unwrap();
        let source = Connected::new(connections.clone(), id.clone(), consumer);
        Self {
            connections,
            source,
            id,
            events,
            server,
        }
    }

    fn client(
        self,
    ) -> (
        ClientWithMiddleware,
        Arc<Mutex<Vec<EventKind>>>,
        Ours,
        Script,
    ) {
        let signing = Signing::with_source(self.source, &self.server.url).unwrap();
        let client = client(reqwest::Client::builder().no_proxy(), signing).unwrap();
        (client, self.events, self.connections, self.server)
    }
}

/// As HTTP writes a time (RFC 9110 section 5.6.7).
pub(crate) fn date(ahead: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let at = countersign_clock::system::now().saturating_add(ahead);
    let text = at.rfc3339();
    let number = |from: usize, to: usize| text[from..to].parse::<usize>().unwrap();
    let day = DAYS[usize::try_from(at.seconds() / 86_400 % 7).unwrap()];
    let month = MONTHS[number(5, 7) - 1];
    let (year, time) = (&text[..4], &text[11..19]);
    format!("{day}, {:02} {month} {year} {time} GMT", number(8, 10))
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_once() {
    for (ahead, headers, told) in [
        (3600, "x-other", Some(3600)),
        (-3600, "x-other", Some(-3600)),
        (5, "x-other", None),
        // Out of a cache: the date is that of another answer.
        (-3600, "age", None),
    ] {
        let date = date(ahead);
        let headers = [("date", date.as_str()), (headers, "1")];
        let answers = vec![answer(200, &headers, ""), answer(200, &headers, "")];
        let (client, events, _, server) = App::start(answers).await.client();
        for _ in 0..2 {
            client.get(&server.url).send().await.unwrap();
        }
        let seen: Vec<i64> = events
            .lock()
            .unwrap()
            .iter()
            .filter_map(|kind| match kind {
                EventKind::ClockOff { seconds } => Some(*seconds),
                _ => None,
            })
            .collect();
        assert_eq!(seen.len(), usize::from(told.is_some()), "{ahead}: {seen:?}");
        if let Some(told) = told {
            assert!((told - seen[0]).abs() <= 5, "{told}, not {seen:?}");
        }
    }
}

/// Also where the answer has no date but says which times it takes.
#[tokio::test]
async fn a_refused_timestamp_is_told() {
    let later = countersign_clock::system::now().seconds() + 1800;
    let range = format!("{}-{}", later - 300, later + 300);
    let refused = format!("oauth_problem=timestamp_refused&oauth_acceptable_timestamps={range}");
    let answers = vec![answer(401, &[], &refused), answer(200, &[], "")];
    let (client, events, _, server) = App::start(answers).await.client();
    assert_eq!(client.get(&server.url).send().await.unwrap().status(), 200);
    let events = events.lock().unwrap();
    let off = events.iter().find_map(|kind| match kind {
        EventKind::ClockOff { seconds } => Some(*seconds),
        _ => None,
    });
    assert!((off.unwrap() - 1800).abs() <= 5, "{events:?}");
}

#[tokio::test]
async fn a_certificate_that_ends_is_told_once() {
    for (days, told) in [(3, true), (300, false)] {
        let answers = vec![answer(200, &[], ""), answer(200, &[], "")];
        let mut app = App::start(answers).await;
        let ends = countersign_clock::system::now().saturating_add(days * 86_400 + 60);
        app.source = app.source.with_certificate_end(ends);
        let (client, events, _, server) = app.client();
        for _ in 0..2 {
            client.get(&server.url).send().await.unwrap();
        }
        let expires = EventKind::CertificateExpires { days };
        let events = events.lock().unwrap();
        let count = events.iter().filter(|kind| **kind == expires).count();
        assert_eq!(count, usize::from(told), "{events:?}");
    }
}

/// The provider's own word, in the answer and in what is remembered.
#[tokio::test]
async fn a_revoked_token_is_called_revoked() {
    for (code, cause) in [
        ("token_revoked", ReauthorisationCause::Revoked),
        ("token_rejected", ReauthorisationCause::TokenRejected),
    ] {
        let refused = answer(401, &[], &format!("oauth_problem={code}"));
        let app = App::start(vec![refused]).await;
        let id = app.id.clone();
        let (client, _, connections, server) = app.client();
        let refused = client.get(&server.url).send().await.unwrap();
        let needs = refused.extensions().get::<NeedsReauthorisation>().unwrap();
        assert_eq!(needs.code().as_str(), code);
        let loss = connections.current(&id).unwrap().loss().unwrap();
        assert_eq!(loss.cause, cause);
    }
}

/// A refusal whose body breaks off is a refusal, by its head; nothing of its body is believed.
#[tokio::test]
async fn a_refusal_that_breaks_off_is_delivered() {
    let challenge = "OAuth oauth_problem=\"token_rejected\"";
    for (headers, start, lost) in [
        (vec![("www-authenticate", challenge)], "oauth_pro", true),
        (vec![], "oauth_problem=token_rejected", false),
    ] {
        let app = App::start(vec![broken(401, &headers, start)]).await;
        let (client, _, _, server) = app.client();
        let refused = client.get(&server.url).send().await.unwrap();
        assert_eq!(refused.status(), 401);
        let marked = refused.extensions().get::<NeedsReauthorisation>().is_some();
        assert_eq!(marked, lost);
        // Whoever reads on hears that it broke off.
        refused.text().await.unwrap_err();
    }
}

/// The same of a renewal: a refusal gives no token, so that nothing is in doubt.
#[tokio::test]
async fn a_refused_renewal_that_breaks_off_is_no_lost_answer() {
    let challenge = "OAuth oauth_problem=\"token_rejected\"";
    let refused = broken(401, &[("www-authenticate", challenge)], "oauth_pro");
    let app = App::start(vec![refused]).await;
    let error = app.connections.renew(&app.id, Generation::FIRST).await;
    let ConnectionError::NeedsReauthorisation(loss) = error.unwrap_err() else {
        panic!("a loss");
    };
    assert_eq!(loss.cause, ReauthorisationCause::TokenRejected);
    assert_eq!(app.server.asked().len(), 1);

    // The token of an answer of success that breaks off may be the only copy: that is a doubt.
    let half = || broken(200, &[], "oauth_token=token2&oauth_token_secret=s");
    let app = App::start(vec![half(), half()]).await;
    let error = app.connections.renew(&app.id, Generation::FIRST).await;
    assert!(
        matches!(error, Err(ConnectionError::Failed(_))),
        "{error:?}"
    );
    let current = app.connections.current(&app.id).unwrap();
    assert_eq!(current.state.phase(), ConnectionPhase::RenewalUnknown);
    assert_eq!(app.server.asked().len(), 2);
}
