//! A client whose token is a connection's, against a real provider.

use std::sync::{Arc, Mutex};

use countersign_client::connections::{Connections, EventKind, Settings};
use countersign_client::{Callback, Client, Consumer, Service, SessionState, Start};
use countersign_key::{RsaPrivateKey, Secret};
use countersign_reqwest::{
    Clock, Connected, Driver, NeedsReauthorisation, Renewals, Signing, SystemHost, client,
};
use countersign_signature::Method;
use countersign_store::{
    ConnectionId, DynConnectionStore, Happening, MemoryConnectionStore, TokenCredentials,
};
use countersign_token::{Generation, ReauthorisationCause};
use reqwest_middleware::ClientWithMiddleware;

use crate::provider::{CALLBACK, PARTNER, PRIVATE_KEY, World};
use crate::script::{Script, answer};

type Memory = Connections<Arc<dyn DynConnectionStore>, Renewals, SystemHost>;

struct App {
    world: World,
    consumer: Client,
    service: Service,
    clock: Clock,
    store: Arc<dyn DynConnectionStore>,
    connections: Memory,
    id: ConnectionId,
    lost: Arc<Mutex<Vec<ReauthorisationCause>>>,
}

impl App {
    async fn start() -> Self {
        let world = World::serve().await;
        let key = RsaPrivateKey::read(PRIVATE_KEY, None).unwrap();
        let consumer = Client::new(Consumer::rsa(PARTNER, key), Method::RSA_SHA256).unwrap();
        let service = Service::new(
            &format!("{}/oauth/request_token", world.url),
            &format!("{}/oauth/authorize", world.url),
            &format!("{}/oauth/access_token", world.url),
        )
        .unwrap();
        let clock = Clock::default();
        let renewals = Renewals::new(driver(&clock), consumer.clone(), service.clone());
        let store: Arc<dyn DynConnectionStore> = Arc::new(MemoryConnectionStore::new());
        let connections = Connections::new(
            Arc::clone(&store),
            renewals,
            SystemHost::default(),
            Settings::default(),
        );
        let lost = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&lost);
        connections.subscribe(move |event| {
            if let EventKind::Lost(loss) = &event.kind {
                told.lock().unwrap().push(loss.cause);
            }
        });
        Self {
            world,
            consumer,
            service,
            clock,
            store,
            connections,
            id: ConnectionId::new(PARTNER, "organisation"),
            lost,
        }
    }

    /// The user authorises the application; what it gets.
    async fn authorise(&self) -> TokenCredentials {
        let driver = driver(&self.clock);
        let state = SessionState::from_kept("a session");
        let callback = Callback::to(CALLBACK).unwrap();
        let start = Start::new(&self.consumer, &self.service, callback, &state).unwrap();
        let pending = driver.begin(&start).await.unwrap();
        let back = self.world.approve(pending.token().token()).await;
        let approved = pending.come_back(&back, &state).unwrap();
        TokenCredentials::from(&driver.exchange(&approved).await.unwrap())
    }

    fn client(&self) -> ClientWithMiddleware {
        let source = Connected::new(
            self.connections.clone(),
            self.id.clone(),
            self.consumer.clone(),
        );
        let signing = Signing::with_source(source, &self.world.url)
            .unwrap()
            .with_clock(self.clock.clone());
        client(reqwest::Client::builder().no_proxy(), signing).unwrap()
    }

    async fn get(&self, client: &ClientWithMiddleware) -> reqwest::Response {
        let items = format!("{}/items", self.world.url);
        client.get(items).send().await.unwrap()
    }

    fn generation(&self) -> Generation {
        self.connections.current(&self.id).unwrap().generation
    }

    async fn renewals(&self) -> usize {
        let history = self.connections.history(&self.id).await.unwrap();
        let entries = history.entries.iter();
        entries
            .filter(|entry| entry.what == Happening::Renewed)
            .count()
    }
}

fn driver(clock: &Clock) -> Driver {
    Driver::new(reqwest::Client::builder().no_proxy(), clock.clone()).unwrap()
}

#[tokio::test]
async fn an_expired_token_is_renewed_once_for_all_who_ask() {
    let app = App::start().await;
    let first = app.authorise().await;
    app.connections.connect(&app.id, first).await.unwrap();
    let client = app.client();
    assert_eq!(app.get(&client).await.status(), 200);
    assert_eq!(
        (app.renewals().await, app.generation()),
        (0, Generation::FIRST)
    );

    // The provider's clock runs ahead: the token is over there, and not here.
    app.world.set_off(1900);
    let asked = (0..12).map(|_| {
        let (client, items) = (client.clone(), format!("{}/items", app.world.url));
        tokio::spawn(async move { client.get(items).send().await.unwrap().status() })
    });
    for asked in asked.collect::<Vec<_>>() {
        assert_eq!(asked.await.unwrap(), 200);
    }
    assert_eq!(app.renewals().await, 1);
    assert!(app.generation() > Generation::FIRST);

    // The newest one worked, so that the one before it need not be kept.
    let current = app.connections.read(&app.id).await.unwrap();
    assert!(!current.unproven);
    assert!(app.lost.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_second_authorisation_elsewhere_is_told_and_asks_for_the_user() {
    let app = App::start().await;
    let first = app.authorise().await;
    app.connections.connect(&app.id, first).await.unwrap();
    let client = app.client();
    assert_eq!(app.get(&client).await.status(), 200);

    // Another login of the same organisation replaces it.
    let elsewhere = app.authorise().await;
    let refused = app.get(&client).await;
    assert_eq!(refused.status(), 401);
    assert!(refused.extensions().get::<NeedsReauthorisation>().is_some());
    assert_eq!(
        *app.lost.lock().unwrap(),
        [ReauthorisationCause::TokenRejected]
    );
    // From now on nothing is sent in vain.
    let items = format!("{}/items", app.world.url);
    assert!(client.get(&items).send().await.is_err());

    // What the user authorised later is as good as the first, also by way of another process.
    let other = Connections::new(
        Arc::clone(&app.store),
        Renewals::new(
            driver(&app.clock),
            app.consumer.clone(),
            app.service.clone(),
        ),
        SystemHost::default(),
        Settings::default(),
    );
    other.connect(&app.id, elsewhere).await.unwrap();
    assert_eq!(app.get(&client).await.status(), 200);
}

/// The provider is at fault: that is no reason to ask the user.
#[tokio::test]
async fn a_renewal_that_comes_to_nothing_leaves_the_user_alone() {
    let mut app = App::start().await;
    let first = app.authorise().await;
    let nobody = Service::token_only("http://127.0.0.1:1/oauth/AccessToken").unwrap();
    let renewals = Renewals::new(driver(&app.clock), app.consumer.clone(), nobody);
    app.connections = Connections::new(
        Arc::clone(&app.store),
        renewals,
        SystemHost::default(),
        Settings::default(),
    );
    app.connections.connect(&app.id, first).await.unwrap();
    let client = app.client();
    app.world.set_off(1900);
    let refused = app.get(&client).await;
    assert_eq!(refused.status(), 401);
    assert!(refused.extensions().get::<NeedsReauthorisation>().is_none());
    let current = app.connections.read(&app.id).await.unwrap();
    assert!(current.loss().is_none());
}

/// Whoever gives up takes no place along: the renewal goes on.
#[tokio::test]
async fn a_request_that_is_given_up_leaves_its_renewal_to_others() {
    let app = App::start().await;
    let first = app.authorise().await;
    app.connections.connect(&app.id, first).await.unwrap();
    let generation = app.generation();
    let connections = app.connections.clone();
    let id = app.id.clone();
    let asked = tokio::spawn(async move { connections.renew(&id, generation).await });
    tokio::task::yield_now().await;
    asked.abort();
    for _ in 0..200 {
        if app.generation() > generation {
            return;
        }
        tokio::time::sleep(core::time::Duration::from_millis(25)).await;
    }
    panic!("nobody went on with it");
}

/// Who says nothing of a session handle has not replaced it.
#[tokio::test]
async fn a_handle_that_is_not_said_again_stays() {
    let next = "oauth_token=token2&oauth_token_secret=secret2&oauth_expires_in=1800";
    let server = Script::serve(vec![answer(200, &[], next)]).await;
    let consumer = Consumer::hmac("key", Secret::new("secret"));
    let consumer = Client::new(consumer, Method::HMAC_SHA1).unwrap();
    let service = Service::token_only(&server.url).unwrap();
    let renewals = Renewals::new(driver(&Clock::default()), consumer, service);
    let connections = Connections::new(
        MemoryConnectionStore::new(),
        renewals,
        SystemHost::default(),
        Settings::default(),
    );
    let secret = |text: &str| Arc::new(Secret::new(text));
    let now = countersign_clock::system::now();
    let first = TokenCredentials::new(secret("token1"), secret("secret1"), now)
        .with_session_handle(secret("handle"));
    let id = ConnectionId::new("key", "organisation");
    connections.connect(&id, first).await.unwrap();
    let second = connections.renew(&id, Generation::FIRST).await.unwrap();
    assert_eq!(second.credentials.token.expose_secret(), "token2");
    let handle = second.credentials.session_handle.as_ref().unwrap();
    assert_eq!(handle.expose_secret(), "handle");
}
