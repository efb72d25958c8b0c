//! The server, without a socket: everything from outside is an input, so that a test may start it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::OriginalUri;
use axum::http::Method;
use axum::routing::{any, get};
use axum::{Json, Router};
use countersign_clock::{UnixTime, Window};
use countersign_key::Secret;
use countersign_provider::{
    Audit, EndingError, Origin, Provider, Settings, Stores, read_certificate,
};
use countersign_signature::OsRandom;
use countersign_store::{
    Consumer, ConsumerKind, Credential, Expected, FingerprintKey, MemoryConsumerStore,
    MemoryNonceStore, MemoryTokenStore, Start,
};
use countersign_tower::extract::Verified;
use countersign_tower::{Routes, Site, tokio_timer};
use serde_json::{Value, json};

use crate::page;

/// Signs with HMAC; its tokens live half an hour and can't be renewed.
pub(crate) const PUBLIC: &str = "example-public";
pub(crate) const PUBLIC_SECRET: &str = "an example's secret";
/// Signs with RSA, is bound to one organisation and needs no flow.
pub(crate) const PRIVATE: &str = "example-private";
/// Signs with RSA and renews its tokens.
pub(crate) const PARTNER: &str = "example-partner";

/// The callback of the public and the partner application, beside `oob`.
pub(crate) const CALLBACK: &str = "http://localhost:5000/callback";
/// The organisation of the private application.
pub(crate) const ORGANISATION: &str = "Demo Company";

const PRIVATE_CERTIFICATE: &[u8] = include_bytes!("data/private.pem");
const PARTNER_CERTIFICATE: &[u8] = include_bytes!("data/partner.pem");

type Error = Box<dyn core::error::Error + Send + Sync>;

pub(crate) type Clock = Arc<dyn Fn() -> UnixTime + Send + Sync>;
pub(crate) type AppProvider = Provider<MemoryConsumerStore, MemoryTokenStore, MemoryNonceStore>;

/// What the server is made of.
pub(crate) struct Inputs<A> {
    /// Where it is reached.
    pub(crate) origin: Origin,
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) audit: A,
}

pub(crate) struct App {
    site: Site<MemoryConsumerStore, MemoryTokenStore, MemoryNonceStore>,
    clock: Clock,
}

impl App {
    pub(crate) async fn new<A: Audit + 'static>(inputs: Inputs<A>) -> Result<Self, Error> {
        let mut random = OsRandom::new();
        let mut key = || -> Result<FingerprintKey, Error> {
            let mut bytes = [0; 16];
            countersign_key::SecureRandom::fill(&mut random, &mut bytes)?;
            Ok(FingerprintKey::from_bytes(bytes))
        };
        // Stores in memory forget with the process, so that each start is a first one: the window
        // is the time for which a replay from before it could be accepted. A real server keeps
        // its nonces, or says `Start::AfterLoss`.
        let window: Window = *inputs.settings.policy.window();
        let stores = Stores {
            consumers: MemoryConsumerStore::default(),
            tokens: MemoryTokenStore::default(),
            nonces: MemoryNonceStore::new(key()?, window, Start::FirstStart),
        };
        let provider: AppProvider =
            Provider::new(stores, inputs.settings, key()?, OsRandom::new())?
                .with_audit(inputs.audit);
        let now = (inputs.clock)();
        for consumer in consumers()? {
            provider.register(Expected::Absent, consumer, now).await?;
        }
        let clock = Arc::clone(&inputs.clock);
        Ok(Self {
            site: Site::new(provider, inputs.origin, move || clock(), tokio_timer),
            clock: inputs.clock,
        })
    }

    /// The whole server.
    pub(crate) fn router(&self) -> Router {
        let provider = Arc::clone(self.site.provider());
        let rules = Routes::from(provider.route("echo"));
        let decide = || get(page::ask).post(page::answer);
        let pages = Router::new()
            .route("/oauth/Authorize", decide())
            .route("/oauth/authorize", decide())
            .with_state(page::State {
                provider,
                clock: Arc::clone(&self.clock),
            });
        Router::new()
            .route("/echo", any(echo))
            .route("/echo/{*rest}", any(echo))
            .layer(self.site.verify_layer(rules))
            .merge(self.site.token_endpoints().into_router())
            .merge(pages)
    }

    pub(crate) fn provider(&self) -> &Arc<AppProvider> {
        self.site.provider()
    }

    /// The user disconnects an application.
    pub(crate) async fn disconnect(
        &self,
        consumer_key: &str,
        organisation: &str,
    ) -> Result<bool, EndingError> {
        let now = (self.clock)();
        self.provider()
            .disconnect(consumer_key, organisation, now)
            .await
    }

    /// The user leaves the organisation.
    pub(crate) async fn remove_user(
        &self,
        user: &str,
        organisation: &str,
    ) -> Result<usize, EndingError> {
        let now = (self.clock)();
        self.provider().user_removed(user, organisation, now).await
    }

    /// The user gets another role.
    pub(crate) async fn change_role(
        &self,
        user: &str,
        organisation: &str,
        role: &str,
    ) -> Result<usize, EndingError> {
        let now = (self.clock)();
        self.provider()
            .role_changed(user, organisation, role, now)
            .await
    }
}

fn consumers() -> Result<[Consumer; 3], Error> {
    let policy = countersign_key::RegistrationPolicy::default();
    let certificate = |pem: &[u8]| -> Result<Credential, Error> {
        let certificate = read_certificate(pem, &policy)?;
        Ok(Credential::Certificates(
            [certificate].into_iter().collect(),
        ))
    };
    let callbacks = || vec!["oob".to_owned(), CALLBACK.to_owned()];

    let secret = Credential::Secret(Arc::new(Secret::new(PUBLIC_SECRET)));
    let mut public = Consumer::new(PUBLIC, ConsumerKind::Public, secret);
    "Photo Printer".clone_into(&mut public.name);
    public.callbacks = callbacks();

    let credential = certificate(PRIVATE_CERTIFICATE)?;
    let mut private = Consumer::new(PRIVATE, ConsumerKind::Private, credential);
    private.organisation = Some(ORGANISATION.to_owned());

    let credential = certificate(PARTNER_CERTIFICATE)?;
    let mut partner = Consumer::new(PARTNER, ConsumerKind::Partner, credential);
    "Payroll".clone_into(&mut partner.name);
    partner.callbacks = callbacks();
    Ok([public, private, partner])
}

/// Tells what it saw.
async fn echo(
    verified: Verified,
    method: Method,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> Json<Value> {
    Json(json!({
        "method": method.as_str(),
        "path": uri.path(),
        "consumer": verified.consumer_key(),
        "user": verified.user(),
        "organisation": verified.organisation(),
        "signature_method": verified.method().name(),
        "body_bytes": body.len(),
        "body": format!("{:?}", verified.coverage()).to_lowercase(),
    }))
}
