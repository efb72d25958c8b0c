use core::future::poll_fn;
use core::task::Poll;

use super::*;
use crate::config::Membership;
use crate::records::hash_password;

/// A hash that takes no time to check.
const CHEAP: &str =
    "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$ZuCpTCbbUVnXhdE2M5Un5ryjM0yWb8ZZT0Ck8fHlUDk";

const PASSWORD: &str = "correct horse battery";

async fn gate(waiting: usize) -> (Arc<Gate>, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let records = Records::create(&directory.path().join("a.db")).unwrap();
    let hash = hash_password(&Secret::new(PASSWORD)).unwrap();
    let place = Membership::new("Demo Ltd", "standard");
    let entries = [("ann", hash), ("bob", CHEAP.to_owned())];
    for (name, hash) in entries {
        let user = User {
            name: name.to_owned(),
            organisations: vec![place.clone()],
        };
        records.put_user(user, hash).await.unwrap();
    }
    let clock: ClockFn = Arc::new(|| UnixTime::from_seconds(0));
    let gate = Gate::with_room(records, clock, 1, (waiting, 1));
    (Arc::new(gate), directory)
}

async fn tried(gate: &Arc<Gate>, name: &str, password: &str) -> Result<String, LoginError> {
    let found = gate.log_in(name, Secret::new(password), None).await;
    found.map(|found| found.user.name)
}

#[tokio::test]
async fn right_passwords_are_let_in_and_others_are_not() {
    let (gate, _directory) = gate(8).await;
    assert_eq!(tried(&gate, "ann", PASSWORD).await, Ok("ann".to_owned()));
    for (name, password) in [
        ("ann", "another password"),
        ("ann", ""),
        ("bob", PASSWORD),
        ("eve", PASSWORD),
        ("eve", "the password of nobody at all"),
        ("", PASSWORD),
    ] {
        let outcome = tried(&gate, name, password).await;
        assert_eq!(outcome, Err(LoginError::Wrong), "{name}");
    }
}

/// Polls once.
async fn begun<F: Future + Unpin>(future: &mut F) {
    let mut future = core::pin::Pin::new(future);
    poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

#[tokio::test]
async fn no_more_wait_than_there_is_room_for() {
    let (gate, _directory) = gate(2).await;
    let (mut one, mut other) = (
        Box::pin(tried(&gate, "ann", PASSWORD)),
        Box::pin(tried(&gate, "eve", PASSWORD)),
    );
    begun(&mut one).await;
    begun(&mut other).await;
    for _ in 0..10 {
        let outcome = tried(&gate, "bob", PASSWORD).await;
        assert_eq!(outcome, Err(LoginError::Later(FULL)));
    }
    assert_eq!(one.await, Ok("ann".to_owned()));
    assert_eq!(other.await, Err(LoginError::Wrong));
    // Being sent away was no try.
    for _ in 0..5 {
        let outcome = tried(&gate, "bob", PASSWORD).await;
        assert_eq!(outcome, Err(LoginError::Wrong));
    }
    let outcome = tried(&gate, "bob", PASSWORD).await;
    assert_eq!(outcome, Err(LoginError::Later(1)));
}

#[tokio::test]
async fn hanging_up_makes_no_room() {
    let (gate, _directory) = gate(1).await;
    let mut gone = Box::pin(tried(&gate, "ann", "guessed"));
    begun(&mut gone).await;
    drop(gone);
    let outcome = tried(&gate, "ann", PASSWORD).await;
    assert_eq!(outcome, Err(LoginError::Later(FULL)));
    // Once it is done there is.
    let _place = gate.waiting.acquire().await.unwrap();
    assert_eq!(gate.hashing.available_permits(), 1);
}

#[tokio::test]
async fn strangers_take_no_place_of_a_browser_that_is_known() {
    let (gate, _directory) = gate(1).await;
    let own = RandomId::draw(&mut countersign_signature::OsRandom::new()).unwrap();
    gate.remember("ann", &own);
    let mut stranger = Box::pin(tried(&gate, "eve", PASSWORD));
    begun(&mut stranger).await;
    let full = Err(LoginError::Later(FULL));
    assert_eq!(tried(&gate, "ann", PASSWORD).await, full);
    let with_own = async |name| {
        let found = gate.log_in(name, Secret::new(PASSWORD), Some(&own));
        found.await.map(|found| found.user.name)
    };
    assert_eq!(with_own("bob").await, full, "it is known for another");
    assert_eq!(with_own("ann").await, Ok("ann".to_owned()));
    assert_eq!(stranger.await, Err(LoginError::Wrong));
}

#[tokio::test]
async fn a_browser_of_the_user_has_its_own_count() {
    let (gate, _directory) = gate(8).await;
    let [own, other] =
        [(); 2].map(|()| RandomId::draw(&mut countersign_signature::OsRandom::new()).unwrap());
    gate.remember("bob", &own);
    for _ in 0..5 {
        assert_eq!(tried(&gate, "bob", "guessed").await, Err(LoginError::Wrong));
    }
    let outcome = async |browser| {
        let found = gate.log_in("bob", Secret::new("guessed"), Some(browser));
        found.await.map(|found| found.user.name)
    };
    assert_eq!(outcome(&other).await, Err(LoginError::Later(1)));
    for _ in 0..5 {
        assert_eq!(outcome(&own).await, Err(LoginError::Wrong));
    }
    assert_eq!(outcome(&own).await, Err(LoginError::Later(1)));
}
