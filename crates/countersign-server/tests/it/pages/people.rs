//! What becomes of questions when users change in between.

use countersign_server::Records;

use crate::support::World;
use crate::support::browser::Browser;
use crate::support::flow::{
    PASSWORD, READY, REVOKED, allow, asked, begin, connect, other_hash, users, world,
};

fn records(world: &World) -> Records {
    Records::open(&world.path("countersign-service.db")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_read_when_the_answer_comes() {
    let world = world().await;
    let mut browser = Browser::default();
    let temporary = begin(&world, READY).await;
    let page = asked(&world, &mut browser, &temporary, "ann").await;
    let records = records(&world);
    let lose = records.set_role("ann", "Demo Ltd", Some("read only"));
    assert!(lose.await.unwrap());
    let answer = allow(&world, &mut browser, &page, "Demo Ltd").await;
    assert_eq!(answer.status, 403, "{answer:?}");
    records.set_role("ann", "Second Ltd", None).await.unwrap();
    let answer = allow(&world, &mut browser, &page, "Second Ltd").await;
    assert_eq!(answer.status, 403, "{answer:?}");
    let gain = records.set_role("ann", "Read & Sons", Some("STANDARD"));
    gain.await.unwrap();
    let answer = allow(&world, &mut browser, &page, "Read & Sons").await;
    assert_eq!(answer.status, 303, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_removed_decides_nothing() {
    let world = world().await;
    let mut browser = Browser::default();
    let temporary = begin(&world, READY).await;
    let page = asked(&world, &mut browser, &temporary, "bob").await;
    records(&world).remove_user("bob").await.unwrap();
    let answer = allow(&world, &mut browser, &page, "Demo Ltd").await;
    assert_eq!(answer.status, 303);
    let location = answer.field("location").unwrap();
    assert!(
        location.starts_with("/oauth/login?oauth_token="),
        "{location}"
    );
    // Nothing was decided: somebody else may.
    let mut ann = Browser::default();
    let page = asked(&world, &mut ann, &temporary, "ann").await;
    assert_eq!(page.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_another_password_by_now_decides_nothing() {
    let world = world().await;
    let mut browser = Browser::default();
    let temporary = begin(&world, READY).await;
    let page = asked(&world, &mut browser, &temporary, "bob").await;
    let change = records(&world).set_password("bob", other_hash()).await;
    assert!(change.unwrap());
    let answer = allow(&world, &mut browser, &page, "Demo Ltd").await;
    assert_eq!(answer.status, 303);
    assert!(
        answer
            .field("location")
            .unwrap()
            .starts_with("/oauth/login")
    );
}

/// Holds every write to the provider's store up while `change` is made.
async fn while_held_up<T>(world: &World, answer: T, change: impl Future<Output = ()>) -> T::Output
where
    T: Future + Send,
    T::Output: Send,
{
    let store = rusqlite::Connection::open(world.path("countersign.db")).unwrap();
    store.execute_batch("BEGIN IMMEDIATE").unwrap();
    let changed = async {
        // For the request to come as far as that.
        tokio::time::sleep(core::time::Duration::from_millis(500)).await;
        change.await;
        store.execute_batch("ROLLBACK").unwrap();
    };
    tokio::join!(answer, changed).0
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_removed_while_the_answer_is_written_down_has_decided_nothing() {
    let world = world().await;
    let records = records(&world);
    let (mut ann, mut bob) = (Browser::default(), Browser::default());
    let temporary = [begin(&world, READY).await, begin(&world, "oob").await];
    let of_ann = asked(&world, &mut ann, &temporary[0], "ann").await;
    let of_bob = asked(&world, &mut bob, &temporary[1], "bob").await;
    let answer = allow(&world, &mut ann, &of_ann, "Demo Ltd");
    let lost = async {
        let lose = records.set_role("ann", "Demo Ltd", Some("read only"));
        assert!(lose.await.unwrap());
    };
    let answer = while_held_up(&world, answer, lost).await;
    assert_eq!(answer.status, 403, "{answer:?}");
    assert_eq!(answer.field("location"), None);
    let answer = allow(&world, &mut bob, &of_bob, "Demo Ltd");
    let removed = async {
        assert!(records.remove_user("bob").await.unwrap().is_some());
    };
    let answer = while_held_up(&world, answer, removed).await;
    assert_eq!(answer.status, 403, "{answer:?}");
    assert!(!answer.body.contains("<output"), "{answer:?}");
    // Both had been approved, and were withdrawn.
    let trail = world.read("countersign-audit.log");
    for (user, cause) in [("ann", "role"), ("bob", "removed")] {
        let lines: Vec<_> = trail
            .lines()
            .filter(|line| line.contains(&format!("user=\"{user}\"")))
            .collect();
        let [approved, withdrawn] = lines[..] else {
            panic!("{trail}")
        };
        assert!(approved.contains(" approve granted "), "{approved}");
        assert!(withdrawn.contains(" revoke granted "), "{withdrawn}");
        assert!(withdrawn.contains(cause), "{withdrawn}");
    }
    for temporary in &temporary {
        let exchange = temporary.exchange(&world, "guessed").await;
        assert_eq!(exchange.problem(), Some("token_rejected"), "{exchange:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_was_cut_short_is_made_up_for_by_the_next() {
    let mut world = world().await;
    let token = connect(&world, &mut Browser::default(), "ann", "Demo Ltd").await;
    assert_eq!(token.call(&world).await.status, 200);
    world.stop().await;
    // The configuration names her no more there: her row was changed, her grants had no time.
    let file = rusqlite::Connection::open(world.path("countersign-service.db")).unwrap();
    let left = "DELETE FROM membership WHERE user = 'ann' AND organisation = 'Demo Ltd'";
    assert_eq!(file.execute(left, []).unwrap(), 1);
    let place = "{ name = \"Demo Ltd\", role = \"standard\" }, ";
    let without = users().replacen(place, "", 1);
    assert_ne!(without, users());
    world.start("", &without).await.unwrap();
    assert_eq!(token.call(&world).await.body, REVOKED);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_users_cannot_be_read_nothing_is_decided_and_no_login_is_lost() {
    let world = world().await;
    let mut browser = Browser::default();
    let temporary = begin(&world, READY).await;
    let page = asked(&world, &mut browser, &temporary, "ann").await;
    let file = rusqlite::Connection::open(world.path("countersign-service.db")).unwrap();
    file.execute_batch("ALTER TABLE user RENAME TO elsewhere")
        .unwrap();
    for target in ["/oauth/apps", &*temporary.page()] {
        let page = browser.get(&world, target).await;
        assert_eq!(page.status, 503, "{page:?}");
        assert!(page.field("retry-after").is_some());
        assert!(page.body.contains("not your fault"));
    }
    let answer = allow(&world, &mut browser, &page, "Demo Ltd").await;
    assert_eq!(answer.status, 503);
    for _ in 0..10 {
        let login = Browser::default().log_in(&world, "ann", PASSWORD).await;
        assert_eq!(login.status, 503, "an outage is no wrong try");
    }
    file.execute_batch("ALTER TABLE elsewhere RENAME TO user")
        .unwrap();
    let answer = allow(&world, &mut browser, &page, "Demo Ltd").await;
    assert_eq!(answer.status, 303, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_store_cannot_be_read_the_pages_say_whose_fault_it_is() {
    let world = world().await;
    let mut browser = Browser::default();
    let temporary = begin(&world, READY).await;
    let page = asked(&world, &mut browser, &temporary, "ann").await;
    let file = rusqlite::Connection::open(world.path("countersign.db")).unwrap();
    for table in ["temporary_credentials", "grants"] {
        let rename = |from: &str, to: &str| {
            let change = format!("ALTER TABLE {from} RENAME TO {to}");
            file.execute_batch(&change).unwrap();
        };
        rename(table, "elsewhere");
        let answers = [
            browser.get(&world, &temporary.page()).await,
            Browser::default().get(&world, &temporary.page()).await,
            browser.get(&world, "/oauth/apps").await,
            allow(&world, &mut browser, &page, "Demo Ltd").await,
        ];
        // What does not need it goes on.
        let expected = match table {
            "grants" => [503, 303, 503, 303],
            _ => [503, 503, 200, 503],
        };
        assert_eq!(answers.each_ref().map(|answer| answer.status), expected);
        for answer in answers.iter().filter(|answer| answer.status == 503) {
            assert!(answer.field("retry-after").is_some(), "{answer:?}");
            assert!(answer.body.contains("not your fault"), "{answer:?}");
            assert!(!answer.body.contains(table), "{answer:?}");
        }
        rename("elsewhere", table);
    }
}
