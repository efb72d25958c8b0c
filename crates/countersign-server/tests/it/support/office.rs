//! What users and administrators do beside a service that is stopped: connect applications and end
//! that again. It stands in for the pages and commands, which are other crates' affair.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_clock::{UnixTime, Window};
use countersign_provider::{Approver, Origin, Provider, Settings, Stores, wire};
use countersign_signature::OsRandom;
use countersign_store::seal::{KeyId, SealKey, Sealer};
use countersign_store::{MemoryNonceStore, Start};
use countersign_store_sqlite::{Administration, Options, SqliteStore};

use super::{Client, FORM, NOW, Unsigned, World};

type Store = SqliteStore<Administration>;

/// A provider over the store of a stopped service.
pub(crate) struct Office {
    pub(crate) provider: Provider<Store, Store, MemoryNonceStore>,
    origin: Origin,
    pub(crate) now: UnixTime,
}

/// An access token, as its application has it.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) token: String,
    pub(crate) secret: String,
    pub(crate) handle: Option<String>,
}

type Form = BTreeMap<String, String>;

impl Office {
    pub(crate) fn beside(world: &World) -> Self {
        let options = Options::sealed_by(sealer(&world.read("countersign.key")));
        let path = world.path("countersign.db");
        let random = OsRandom::new();
        let store = Store::open_for_administration(path, &options, random).unwrap();
        let key = store.fingerprint_key();
        let nonces = MemoryNonceStore::new(key.clone(), Window::default(), Start::FirstStart);
        let stores = Stores {
            consumers: store.clone(),
            tokens: store,
            nonces,
        };
        Self {
            provider: Provider::new(stores, Settings::default(), key, OsRandom::new()).unwrap(),
            origin: Origin::parse(super::client::ORIGIN).unwrap(),
            now: UnixTime::from_seconds(NOW),
        }
    }

    /// Lets a user connect an application; `sign` gives its client with a token and its secret.
    pub(crate) async fn connect(
        &self,
        sign: impl Fn(Option<(&str, &str)>) -> Client,
        user: &str,
        organisation: &str,
    ) -> Access {
        let ask = Unsigned {
            callback: Some("oob"),
            ..Unsigned::post("/oauth/RequestToken", FORM, b"")
        };
        let temporary = self.ask(&sign(None), &ask).await;
        let (token, secret) = (&temporary["oauth_token"], &temporary["oauth_token_secret"]);
        let by = Approver::new(user, organisation, "standard");
        let approval = self.provider.approve(token, by, self.now).await.unwrap();
        let ask = Unsigned {
            verifier: Some(approval.verifier.expose_secret()),
            ..Unsigned::post("/oauth/AccessToken", FORM, b"")
        };
        access(&self.ask(&sign(Some((token, secret))), &ask).await)
    }

    /// Renews a token by its handle.
    pub(crate) async fn renew(
        &self,
        sign: impl Fn(Option<(&str, &str)>) -> Client,
        old: &Access,
    ) -> Access {
        let ask = Unsigned {
            session_handle: old.handle.as_deref(),
            ..Unsigned::post("/oauth/AccessToken", FORM, b"")
        };
        let client = sign(Some((&old.token, &old.secret)));
        access(&self.ask(&client, &ask).await)
    }

    async fn ask(&self, client: &Client, unsigned: &Unsigned<'_>) -> Form {
        let (parts, ()) = client.request(unsigned, ()).into_parts();
        let request = wire::read(&parts, unsigned.body, &self.origin).unwrap();
        let answer = if unsigned.target.ends_with("AccessToken") {
            self.provider.access_token(&request, self.now).await
        } else {
            self.provider
                .temporary_credentials(&request, self.now)
                .await
        };
        let body = answer.unwrap().into_body();
        let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

fn access(form: &Form) -> Access {
    Access {
        token: form["oauth_token"].clone(),
        secret: form["oauth_token_secret"].clone(),
        handle: form.get("oauth_session_handle").cloned(),
    }
}

fn sealer(text: &str) -> Sealer {
    let file: toml::Table = toml::from_str(text).unwrap();
    let key = STANDARD
        .decode(file["keys"]["1"].as_str().unwrap())
        .unwrap();
    Sealer::new(KeyId::new(1), SealKey::from_bytes(key.try_into().unwrap()))
}
