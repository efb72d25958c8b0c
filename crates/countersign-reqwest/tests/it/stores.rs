//! Stores that answer late, and that were put in the place of others.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::sync::Arc;

use countersign_client::connections::{Connections, Settings};
use countersign_client::{Client, Consumer, Service};
use countersign_clock::{UnixTime, system};
use countersign_key::Secret;
use countersign_reqwest::{
    Clock, Connected, Driver, NeedsReauthorisation, Renewals, Signing, SystemHost, client,
};
use countersign_signature::Method;
use countersign_store::{
    AnswerNumber, Commit, Connection, ConnectionChange, ConnectionCommit, ConnectionId,
    ConnectionStore, Expected, Fence, FoundConnection, HistoryEntry, Listing,
    MemoryConnectionStore, RawAnswer, StoreError, TokenCredentials,
};
use countersign_token::Generation;
use reqwest_middleware::ClientWithMiddleware;

use crate::script::{Script, answer, value};

/// A store whose changes never come to an end once it hangs.
#[derive(Default)]
struct Hanging {
    inner: MemoryConnectionStore,
    hangs: AtomicBool,
}

impl ConnectionStore for Hanging {
    async fn connection(&self, id: &ConnectionId) -> Result<Option<FoundConnection>, StoreError> {
        self.inner.connection(id).await
    }

    async fn connections(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Listing<Connection>, StoreError> {
        self.inner.connections(after, limit).await
    }

    async fn unsettled(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Vec<ConnectionId>, StoreError> {
        self.inner.unsettled(after, limit).await
    }

    async fn commit(&self, change: ConnectionChange) -> Result<ConnectionCommit, StoreError> {
        if self.hangs.load(Ordering::Relaxed) {
            core::future::pending::<()>().await;
        }
        self.inner.commit(change).await
    }

    async fn extend_lease(
        &self,
        id: &ConnectionId,
        fence: Fence,
        until: UnixTime,
    ) -> Result<bool, StoreError> {
        self.inner.extend_lease(id, fence, until).await
    }

    async fn keep_answer(
        &self,
        id: &ConnectionId,
        answer: RawAnswer,
    ) -> Result<Option<AnswerNumber>, StoreError> {
        self.inner.keep_answer(id, answer).await
    }

    async fn history(&self, id: &ConnectionId) -> Result<Vec<HistoryEntry>, StoreError> {
        self.inner.history(id).await
    }

    async fn remove_connection(
        &self,
        expected: Expected,
        id: &ConnectionId,
    ) -> Result<Commit, StoreError> {
        self.inner.remove_connection(expected, id).await
    }
}

fn credentials(token: &str) -> TokenCredentials {
    let secret = |text: &str| Arc::new(Secret::new(text));
    TokenCredentials::new(secret(token), secret("secret"), system::now())
        .with_session_handle(secret("handle"))
}

fn id() -> ConnectionId {
    ConnectionId::new("key", "organisation")
}

type Ours = Connections<Arc<Hanging>, Renewals, SystemHost>;

async fn connected(server: &Script) -> (Ours, Arc<Hanging>, ClientWithMiddleware) {
    let consumer = Consumer::hmac("key", Secret::new("secret"));
    let consumer = Client::new(consumer, Method::HMAC_SHA1).unwrap();
    let service = Service::token_only(&server.url).unwrap();
    let driver = Driver::new(reqwest::Client::builder().no_proxy(), Clock::default());
    let renewals = Renewals::new(driver.unwrap(), consumer.clone(), service);
    let store = Arc::new(Hanging::default());
    let host = SystemHost::default();
    let connections = Connections::new(Arc::clone(&store), renewals, host, Settings::default());
    connections
        .connect(&id(), credentials("token1"))
        .await
        .unwrap();
    let source = Connected::new(connections.clone(), id(), consumer);
    let signing = Signing::with_source(source, &server.url).unwrap();
    let client = client(reqwest::Client::builder().no_proxy(), signing).unwrap();
    (connections, store, client)
}

/// An answer that is there is not kept back by a store that does not come to an end.
#[tokio::test]
async fn an_answer_waits_a_second_for_a_store_and_no_longer() {
    let next = "oauth_token=token2&oauth_token_secret=secret2";
    let answers = [next, "served", "served"].map(|body| answer(200, &[], body));
    let server = Script::serve(answers.to_vec()).await;
    let (connections, store, client) = connected(&server).await;
    connections.renew(&id(), Generation::FIRST).await.unwrap();
    store.hangs.store(true, Ordering::Relaxed);
    let began = tokio::time::Instant::now();
    let sent = client.get(&server.url).send();
    let answer = tokio::time::timeout(Duration::from_secs(20), sent).await;
    let answer = answer.expect("an answer in time").unwrap();
    assert_eq!(answer.text().await.unwrap(), "served");
    let waited = began.elapsed();
    assert!(
        waited >= Duration::from_secs(1),
        "{waited:?}: it was to be noted"
    );
    assert!(connections.current(&id()).unwrap().unproven);
    // What was not noted is noted after the next request.
    store.hangs.store(false, Ordering::Relaxed);
    client.get(&server.url).send().await.unwrap();
    assert!(!connections.current(&id()).unwrap().unproven);
}

/// A store that was set back, or made anew, has another token under the same number: what is said of
/// the one is not said of the other.
#[tokio::test]
async fn a_refusal_of_another_token_of_the_same_generation_is_not_its_refusal() {
    let refused = || answer(401, &[], "oauth_problem=token_rejected");
    let server = Script::serve(vec![refused(), answer(200, &[], ""), refused()]).await;
    let (connections, store, client) = connected(&server).await;
    let found = store.connection(&id()).await.unwrap().unwrap();
    let other = Connection::new(id(), found.row.row.life, credentials("other"));
    let change = ConnectionChange::new(Expected::Version(found.row.version), other);
    let done = store.commit(change).await.unwrap();
    assert!(matches!(done, ConnectionCommit::Done { .. }));
    let served = client.get(&server.url).send().await.unwrap();
    assert_eq!(served.status(), 200);
    let asked = server.asked();
    assert_eq!(value(&asked[0], "oauth_token"), "token1");
    assert_eq!(value(&asked[1], "oauth_token"), "other");
    let current = connections.read(&id()).await.unwrap();
    assert_eq!(current.generation, Generation::FIRST);
    assert!(current.loss().is_none());
    // And what is said of that one is.
    let lost = client.get(&server.url).send().await.unwrap();
    assert!(lost.extensions().get::<NeedsReauthorisation>().is_some());
    assert!(connections.read(&id()).await.unwrap().loss().is_some());
}
