//! xAuth: who may trade a name and a password, and what becomes of it when they lose their place.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_provider::{
    Authenticate, Login, LoginFuture, LoginUnavailable, Provider, Settings, Stores,
};
use countersign_store::testing::block_on;
use countersign_store::{
    Consumer, ConsumerKind, Credential, FingerprintKey, GrantSelection, MemoryConsumerStore,
    MemoryNonceStore, MemoryTokenStore, TokenStore,
};
use countersign_test_support::clock::FakeClock;
use countersign_test_support::random::FixedRandom;

use super::world::{Answer, Client, Keys, NOW, Trail, World, nonces};

const SECRET: &str = "two-legged-consumer-secret";
const MACHINE: Client = Client {
    key: "machine",
    keys: Keys::Hmac(SECRET),
};

struct Ann;

impl Authenticate for Ann {
    fn authenticate<'a>(&'a self, username: &'a str, password: &'a Secret) -> LoginFuture<'a> {
        let right = username == "ann" && password.expose_secret() == "pass word";
        let login = right.then(|| Login::new("ann", "Acme", "standard"));
        Box::pin(core::future::ready(Ok(login)))
    }

    fn still<'a>(&'a self, login: &'a Login) -> LoginFuture<'a> {
        Box::pin(core::future::ready(Ok(Some(login.clone()))))
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
    /// What is told of her afterwards: nothing at all, or in which role she is if she is there.
    then: Result<Option<&'static str>, LoginUnavailable>,
}

impl Authenticate for Removed {
    fn authenticate<'a>(&'a self, _: &'a str, _: &'a Secret) -> LoginFuture<'a> {
        Box::pin(async move {
            let (found, now) = (
                Login::new("ann", "Acme", "standard"),
                UnixTime::from_seconds(NOW),
            );
            let ended = self.provider.user_removed("ann", "Acme", now).await;
            assert_eq!(ended.unwrap(), 0, "there is no grant yet");
            Ok(Some(found))
        })
    }

    fn still<'a>(&'a self, login: &'a Login) -> LoginFuture<'a> {
        let now = |role| Login::new(&*login.user, &*login.organisation, role);
        Box::pin(core::future::ready(self.then.map(|role| role.map(now))))
    }
}

#[test]
fn xauth_leaves_no_grant_of_a_user_who_was_removed_meanwhile() {
    let cases = [
        (Ok(None), "user_removed", 403),
        (Ok(Some("read only")), "role_changed", 403),
        (Err(LoginUnavailable::Failed), "withdrawn", 503),
    ];
    for (then, cause, status) in cases {
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
            },
        );
        let mut call = MACHINE.call("POST", "/oauth/AccessToken");
        call.form = Some("x_auth_mode=client_auth&x_auth_username=ann&x_auth_password=p");
        let answer = world.send(&call);
        assert_eq!(answer.status, status);
        if status == 403 {
            assert_eq!(answer.problem(), "permission_denied");
        } else {
            assert_our_fault(&answer, "1");
        }
        let selection = GrantSelection::User("ann");
        let grants = block_on(tokens.grants(selection, None, 10)).unwrap();
        let states: Vec<_> = grants.iter().map(|it| it.row.life.state.as_str()).collect();
        assert_eq!(states, [cause]);
        let standing = block_on(tokens.live_grant(MACHINE.key, "Acme")).unwrap();
        assert!(standing.is_none());
    }
}

fn assert_our_fault(answer: &Answer, seconds: &str) {
    assert_eq!(answer.status, 503);
    assert_eq!((answer.problem().as_str(), &answer.challenge), ("", &None));
    assert_eq!(answer.retry_after.as_deref(), Some(seconds));
}

/// The users can't be asked.
struct Nobody(LoginUnavailable);

impl Authenticate for Nobody {
    fn authenticate<'a>(&'a self, _: &'a str, _: &'a Secret) -> LoginFuture<'a> {
        Box::pin(core::future::ready(Err(self.0)))
    }

    fn still<'a>(&'a self, _: &'a Login) -> LoginFuture<'a> {
        Box::pin(core::future::ready(Err(self.0)))
    }
}

#[test]
fn where_no_password_can_be_checked_none_is_called_wrong() {
    let cases = [
        (LoginUnavailable::Failed, "1"),
        (LoginUnavailable::Later { retry_after: 7 }, "7"),
    ];
    for (why, seconds) in cases {
        let world = world_of(MemoryTokenStore::default(), Nobody(why));
        let mut call = MACHINE.call("POST", "/oauth/AccessToken");
        call.form = Some("x_auth_mode=client_auth&x_auth_username=ann&x_auth_password=p");
        let answer = world.send(&call);
        assert_our_fault(&answer, seconds);
        assert_eq!(world.trail.last().cause, Some("login_unavailable"));
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
    let earlier = send(MACHINE, right).tokens();
    assert_eq!(world.trail.last().action.as_str(), "xauth");
    assert_eq!(world.send(&MACHINE.resource(&earlier)).status, 200);
    // A second authorisation, as any other is.
    let tokens = send(MACHINE, right).tokens();
    let answer = world.send(&MACHINE.resource(&earlier));
    assert_eq!(answer.problem(), "token_rejected");
    assert_eq!(world.cause(), "replaced");
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
