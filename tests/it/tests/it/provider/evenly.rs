//! What terse mode looks up: the same for names that are known and names that aren't.

use std::sync::{Arc, Mutex};

use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_provider::{Answers, Stores};
use countersign_store::testing::block_on;
use countersign_store::{
    Change, Commit, Consumer, ConsumerKind, ConsumerStore, Credential, DynConsumerStore,
    DynTokenStore, Expected, Fingerprint, FingerprintKey, Grant, GrantId, GrantSelection, Listing,
    MemoryConsumerStore, MemoryTokenStore, StoreError, TemporaryCredentials, TokenAndGrant,
    TokenStore, Versioned,
};

use super::world::{
    CALLBACK, Call, Client, Keys, NOW, PRIVATE, PUBLIC, Tokens, World, nonces, world_over,
};

/// The look-ups, by name and in their order.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    fn note(&self, lookup: &'static str) {
        self.0.lock().unwrap().push(lookup);
    }

    fn take(&self) -> Vec<&'static str> {
        core::mem::take(&mut *self.0.lock().unwrap())
    }
}

struct Noted<S>(S, Log);

type Found<T> = Result<Option<Arc<Versioned<T>>>, StoreError>;

impl ConsumerStore for Noted<MemoryConsumerStore> {
    async fn consumer(&self, key: &str) -> Found<Consumer> {
        self.1.note("consumer");
        self.0.consumer(key).await
    }

    async fn consumer_evenly(&self, key: &str) -> Found<Consumer> {
        self.1.note("consumer, evenly");
        self.0.consumer(key).await
    }

    async fn put_consumer(&self, at: Expected, row: Consumer) -> Result<Commit, StoreError> {
        self.0.put_consumer(at, row).await
    }

    async fn remove_consumer(&self, at: Expected, key: &str) -> Result<Commit, StoreError> {
        self.0.remove_consumer(at, key).await
    }

    async fn consumers(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Listing<Consumer>, StoreError> {
        self.0.consumers(after, limit).await
    }
}

impl TokenStore for Noted<MemoryTokenStore> {
    async fn temporary(&self, token: Fingerprint) -> Found<TemporaryCredentials> {
        self.1.note("temporary");
        self.0.temporary(token).await
    }

    async fn approved(
        &self,
        organisation: &str,
    ) -> Result<Listing<TemporaryCredentials>, StoreError> {
        self.0.approved(organisation).await
    }

    async fn temporary_count(&self, key: &str, most: usize) -> Result<usize, StoreError> {
        self.0.temporary_count(key, most).await
    }

    async fn access(&self, token: Fingerprint) -> Result<Option<TokenAndGrant>, StoreError> {
        self.1.note("access");
        self.0.access(token).await
    }

    async fn access_evenly(&self, token: Fingerprint) -> Result<Option<TokenAndGrant>, StoreError> {
        self.1.note("access, evenly");
        self.0.access(token).await
    }

    async fn grant(&self, id: GrantId) -> Found<Grant> {
        self.0.grant(id).await
    }

    async fn live_grant(&self, key: &str, organisation: &str) -> Found<Grant> {
        self.0.live_grant(key, organisation).await
    }

    async fn grants(
        &self,
        selection: GrantSelection<'_>,
        after: Option<GrantId>,
        limit: usize,
    ) -> Result<Listing<Grant>, StoreError> {
        self.0.grants(selection, after, limit).await
    }

    async fn commit(&self, change: Change) -> Result<Commit, StoreError> {
        self.0.commit(change).await
    }

    async fn forget(&self, now: UnixTime, limit: usize) -> Result<usize, StoreError> {
        self.0.forget(now, limit).await
    }
}

type NotedWorld = World<Noted<MemoryConsumerStore>, Noted<MemoryTokenStore>>;

fn world(answers: Answers) -> (NotedWorld, Log) {
    let log = Log::default();
    let stores = Stores {
        consumers: Noted(MemoryConsumerStore::default(), log.clone()),
        tokens: Noted(MemoryTokenStore::default(), log.clone()),
        nonces: nonces(),
    };
    let key = FingerprintKey::from_bytes([3; 16]);
    let world = world_over(stores, key, 1, |settings| settings.answers = answers);
    world.register_all();
    let secret = Credential::Secret(Arc::new(Secret::new("secret-of-another-app")));
    world.register(Consumer::new("another-app", ConsumerKind::Public, secret));
    (world, log)
}

const WRONG: Keys = Keys::Hmac("nobody's secret");

fn by(key: &'static str, keys: Keys, tokens: &Tokens) -> Call {
    Client { key, keys }.resource(tokens)
}

#[test]
fn h28_known_and_unknown_names_take_the_same_look_ups() {
    let (world, log) = world(Answers::Terse);
    let access = world.connect(PUBLIC, "ann");
    let temporary = world.send(&PUBLIC.temporary(CALLBACK)).tokens();
    let named = |token: &str| Tokens {
        token: token.to_owned(),
        ..access.clone()
    };
    let rsa = Keys::Rsa("rsa2048-other.pkcs8.pem");
    let calls = [
        by("nobody", WRONG, &access),
        by("nobody", WRONG, &named("made-up")),
        by("nobody", rsa, &named("nobody")),
        by(PUBLIC.key, WRONG, &access),
        by(PUBLIC.key, WRONG, &temporary),
        by(PUBLIC.key, WRONG, &named("made-up")),
        by("another-app", WRONG, &access),
        by(PRIVATE.key, WRONG, &access),
        by(PRIVATE.key, rsa, &named("made-up")),
        by(PRIVATE.key, rsa, &named(PRIVATE.key)),
    ];
    for call in calls {
        for path in ["/items", "/oauth/AccessToken"] {
            let mut call = call.clone();
            path.clone_into(&mut call.path);
            log.take();
            assert_eq!(world.send(&call).status, 401);
            let lookups = ["consumer, evenly", "access, evenly", "temporary"];
            assert_eq!(log.take(), lookups, "{} {path}", call.client.key);
        }
    }
    for key in ["nobody", PUBLIC.key] {
        let mut call = by(key, WRONG, &access);
        call.token = None;
        log.take();
        assert_eq!(world.send(&call).status, 401);
        assert_eq!(log.take(), ["consumer, evenly"], "{key}");
    }
}

/// Next to no computation, time would tell what was looked up.
#[test]
fn h28_what_no_key_could_help_is_refused_before_any_look_up() {
    let (world, log) = world(Answers::Terse);
    let tokens = world.connect(PUBLIC, "ann");
    let rsa = Keys::Rsa("rsa2048-other.pkcs8.pem");
    let mut told = None;
    for (key, keys) in [
        ("nobody", WRONG),
        ("nobody", rsa),
        (PUBLIC.key, WRONG),
        (PUBLIC.key, rsa),
        (PRIVATE.key, WRONG),
        (PRIVATE.key, rsa),
    ] {
        let call = by(key, keys, &tokens);
        let signed = call.sign(NOW);
        let (head, signature) = signed.split_once("oauth_signature=\"").unwrap();
        let (_, tail) = signature.split_once('"').unwrap();
        log.take();
        let unreadable = format!("{head}oauth_signature=\"%21\"{tail}");
        let answer = world.send_signed(&call, &unreadable);
        assert_eq!((answer.status, world.cause()), (401, "signature"), "{key}");
        assert_eq!(*told.get_or_insert_with(|| answer.clone()), answer, "{key}");
        let method = signed.replace("-SHA1", "-MD5");
        assert_eq!(
            world.send_signed(&call, &method).problem(),
            "signature_method_rejected"
        );
        assert_eq!(log.take(), [""; 0], "{key}");
        assert_eq!(world.send(&call), answer, "{key}");
    }
}

#[test]
fn explicit_answers_look_no_further_than_they_must() {
    let (world, log) = world(Answers::Explicit);
    let tokens = world.connect(PUBLIC, "ann");
    log.take();
    assert_eq!(world.send(&PUBLIC.resource(&tokens)).status, 200);
    assert_eq!(log.take(), ["consumer", "access"]);
    assert_eq!(world.send(&by("nobody", WRONG, &tokens)).status, 401);
    assert_eq!(log.take(), ["consumer"]);
}

#[test]
fn stores_behind_pointers_are_told_too() {
    let log = Log::default();
    let consumers = Arc::new(Noted(MemoryConsumerStore::default(), log.clone()));
    let consumers: Arc<dyn DynConsumerStore> = consumers;
    assert!(
        block_on(consumers.consumer_evenly("nobody"))
            .unwrap()
            .is_none()
    );
    let tokens = Arc::new(Noted(MemoryTokenStore::default(), log.clone()));
    let tokens: Arc<dyn DynTokenStore> = tokens;
    let token = Fingerprint::from_bytes([1; 16]);
    assert!(block_on(tokens.access_evenly(token)).unwrap().is_none());
    assert_eq!(log.take(), ["consumer, evenly", "access, evenly"]);
}
