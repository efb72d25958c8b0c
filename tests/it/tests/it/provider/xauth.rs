//! xAuth: who may trade a name and a password, and what becomes of it when they lose their place.

use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_provider::{Authenticate, Login, Provider, Settings, Stores};
use countersign_store::testing::block_on;
use countersign_store::{
    Consumer, ConsumerKind, Credential, FingerprintKey, GrantSelection, MemoryConsumerStore,
    MemoryNonceStore, MemoryTokenStore, TokenStore,
};
use countersign_test_support::clock::FakeClock;
use countersign_test_support::random::FixedRandom;

use super::world::{Client, Keys, NOW, Trail, World, nonces};

const SECRET: &str = "two-legged-consumer-secret";
const MACHINE: Client = Client {
    key: "machine",
    keys: Keys::Hmac(SECRET),
};

struct Ann;

impl Authenticate for Ann {
    fn authenticate<'a>(
        &'a self,
        username: &'a str,
        password: &'a Secret,
    ) -> Pin<Box<dyn Future<Output = Option<Login>> + Send + 'a>> {
        let right = username == "ann" && password.expose_secret() == "pass word";
        let login = right.then(|| Login::new("ann", "Acme", "standard"));
        Box::pin(core::future::ready(login))
    }
}

/// A provider over `tokens` with a consumer that may use xAuth.
fn world_of<T: TokenStore>(
    tokens: T,
    login: impl Authenticate + 'static,
) -> World<MemoryConsumerStore, T> {
    let stores = Stores {
        consumers: MemoryConsumerStore::default(),
        tokens,
        nonces: nonces(),
    };
    let key = FingerprintKey::from_bytes([3; 16]);
    let trail = Trail::default();
    let provider = Provider::new(stores, Settings::default(), key, FixedRandom::new(1))
        .unwrap()
        .with_audit(trail.clone())
        .with_login(login);
    let world = World {
        provider,
        clock: FakeClock::at(NOW),
        trail,
    };
    let secret = Credential::Secret(Arc::new(Secret::new(SECRET)));
    let mut consumer = Consumer::new(MACHINE.key, ConsumerKind::Public, secret);
    consumer.may_use_xauth = true;
    world.register(consumer);
    world
}

/// Ann, who loses her place while her password is checked: the application took it from her, and
/// told a provider over the same store.
struct Removed {
    provider: Provider<MemoryConsumerStore, Arc<MemoryTokenStore>, MemoryNonceStore>,
    /// Whom the second answer names: nobody, or Ann in another role.
    then: Option<&'static str>,
    asked: AtomicUsize,
}

impl Authenticate for Removed {
    fn authenticate<'a>(
        &'a self,
        _: &'a str,
        _: &'a Secret,
    ) -> Pin<Box<dyn Future<Output = Option<Login>> + Send + 'a>> {
        Box::pin(async move {
            if self.asked.fetch_add(1, Ordering::Relaxed) > 0 {
                return self.then.map(|role| Login::new("ann", "Acme", role));
            }
            let (found, now) = (
                Login::new("ann", "Acme", "standard"),
                UnixTime::from_seconds(NOW),
            );
            let ended = self.provider.user_removed("ann", "Acme", now).await;
            assert_eq!(ended.unwrap(), 0, "there is no grant yet");
            Some(found)
        })
    }
}

#[test]
fn xauth_leaves_no_grant_of_a_user_who_was_removed_meanwhile() {
    for (then, cause) in [(None, "user_removed"), (Some("read only"), "role_changed")] {
        let tokens = Arc::new(MemoryTokenStore::default());
        let stores = Stores {
            consumers: MemoryConsumerStore::default(),
            tokens: Arc::clone(&tokens),
            nonces: nonces(),
        };
        let key = FingerprintKey::from_bytes([3; 16]);
        let elsewhere = Provider::new(stores, Settings::default(), key, FixedRandom::new(2));
        let world = world_of(
            Arc::clone(&tokens),
            Removed {
                provider: elsewhere.unwrap(),
                then,
                asked: AtomicUsize::new(0),
            },
        );
        let mut call = MACHINE.call("POST", "/oauth/AccessToken");
        call.form = Some("x_auth_mode=client_auth&x_auth_username=ann&x_auth_password=p");
        let answer = world.send(&call);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, "permission_denied")
        );
        let selection = GrantSelection::User("ann");
        let grants = block_on(tokens.grants(selection, None, 10)).unwrap();
        let states: Vec<_> = grants.iter().map(|it| it.row.life.state.as_str()).collect();
        assert_eq!(states, [cause]);
        let standing = block_on(tokens.live_grant(MACHINE.key, "Acme")).unwrap();
        assert!(standing.is_none());
    }
}

#[test]
fn xauth_is_for_those_who_may() {
    let world = world_of(MemoryTokenStore::default(), Ann);
    let secret = Credential::Secret(Arc::new(Secret::new(SECRET)));
    world.register(Consumer::new("other", ConsumerKind::Public, secret));

    let send = |client: Client, form: &'static str| {
        let mut call = client.call("POST", "/oauth/AccessToken");
        call.form = Some(form);
        world.send(&call)
    };
    let right = "x_auth_mode=client_auth&x_auth_username=ann&x_auth_password=pass+word";
    let tokens = send(MACHINE, right).tokens();
    assert_eq!(world.trail.last().action.as_str(), "xauth");
    assert_eq!(world.send(&MACHINE.resource(&tokens)).status, 200);

    let other = Client {
        key: "other",
        ..MACHINE
    };
    assert_eq!(send(other, right).problem(), "consumer_key_rejected");
    for (form, status, problem) in [
        (
            "x_auth_mode=client_auth&x_auth_username=ann&x_auth_password=x",
            403,
            "permission_denied",
        ),
        (
            "x_auth_mode=other&x_auth_username=ann&x_auth_password=x",
            400,
            "parameter_rejected",
        ),
        (
            "x_auth_mode=client_auth&x_auth_username=ann",
            400,
            "parameter_absent",
        ),
        (
            "x_auth_mode=client_auth&x_auth_username=&x_auth_password=x",
            400,
            "parameter_rejected",
        ),
        (
            "x_auth_mode=client_auth&x_auth_username=ann&x_auth_username=bob&x_auth_password=x",
            400,
            "parameter_rejected",
        ),
    ] {
        let answer = send(MACHINE, form);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (status, problem),
            "{form}"
        );
    }
}
