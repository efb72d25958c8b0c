//! What an administrator can do while the audit trail can't be written.

use countersign_key::Secret;
use countersign_server::{
    AdminError, ConsumerEntryKind, GrantFilter, Membership, NewConsumer, NewKeys,
};
use countersign_test_support::fixtures;

use super::{KEY, hmac, password};
use crate::support::beside::{Beside, Given};

/// From now on the trail of this service takes no line.
fn fill_the_disk(world: &Beside) {
    let text = std::fs::read_to_string(world.path("countersign.toml")).unwrap();
    let full = text.replacen("[server]\n", "[server]\naudit_file = \"/dev/full\"\n", 1);
    std::fs::write(world.path("countersign.toml"), full).unwrap();
}

#[track_caller]
fn untold<T: core::fmt::Debug>(result: Result<T, AdminError>) {
    let error = result.unwrap_err();
    assert!(matches!(error, AdminError::Untold), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_changed_where_the_trail_cannot_be_written() {
    let world = Beside::new("").await;
    fill_the_disk(&world);
    let admin = world.admin();
    let error = admin.add_consumer(hmac(KEY)).await.unwrap_err();
    assert!(matches!(error, AdminError::Audit), "{error}");
    assert!(admin.consumer(KEY).await.is_err());
    let error = admin
        .add_user("ann", &password(), Vec::new())
        .await
        .unwrap_err();
    assert!(matches!(error, AdminError::Audit), "{error}");
    assert!(admin.user("ann").await.is_err());
}

/// What takes something away from somebody is done all the same, and it is said that its line is missing.
#[tokio::test(flavor = "multi_thread")]
async fn what_ends_is_ended_where_the_trail_cannot_be_written() {
    let world = Beside::new("").await;
    let admin = world.admin();
    for key in [KEY, "scanner"] {
        admin.add_consumer(hmac(key)).await.unwrap();
    }
    for (name, organisation) in [("ann", "hers"), ("bob", "his"), ("carl", "Demo Ltd")] {
        let place = vec![Membership::new(organisation, "standard")];
        admin.add_user(name, &password(), place).await.unwrap();
    }
    drop(admin);
    let cases = [
        (1, KEY, "ann", "hers"),
        (2, KEY, "ann", "left long ago"),
        (3, KEY, "bob", "his"),
        (4, KEY, "carl", "Demo Ltd"),
        (5, KEY, "carl", "revoked"),
        (6, KEY, "carl", "disconnected"),
        (7, KEY, "carl", "by its token"),
        (8, "scanner", "carl", "one"),
        (9, "scanner", "carl", "two"),
        (10, KEY, "carl", "stays"),
    ];
    let tokens = cases.map(|(number, ..)| format!("token {number}"));
    let all: Vec<Given<'_>> = cases
        .iter()
        .zip(&tokens)
        .map(|(&(number, consumer, user, organisation), token)| Given {
            number,
            consumer,
            organisation,
            user,
            token,
        })
        .collect();
    world.give(&all).await;
    fill_the_disk(&world);
    let admin = world.admin();
    untold(admin.remove_user("ann").await);
    untold(admin.leave("bob", "his").await);
    untold(admin.change_role("carl", "Demo Ltd", "read only").await);
    untold(admin.revoke_grant(&all[4].id()).await);
    untold(admin.disconnect(KEY, "disconnected").await);
    untold(admin.revoke_token("token 7").await);
    untold(admin.remove_consumer("scanner").await);
    assert!(admin.user("ann").await.is_err());
    assert!(admin.user("bob").await.unwrap().organisations.is_empty());
    assert!(admin.consumer("scanner").await.is_err());
    let standing = admin.grants(&GrantFilter::default()).await.unwrap();
    let standing: Vec<_> = standing.iter().map(|it| &*it.organisation).collect();
    assert_eq!(standing, ["stays"]);
}

/// Whoever has a key or a password that got into wrong hands need not take out the whole
/// application, or the user.
#[tokio::test(flavor = "multi_thread")]
async fn what_leaked_is_refused_where_the_trail_cannot_be_written() {
    let world = Beside::new("").await;
    let admin = world.admin();
    let files = ["live.pem", "other-key.pem"].map(fixtures::certificate);
    let keys = NewKeys::Certificates(files.into());
    let new = NewConsumer::new("printer", ConsumerEntryKind::Public, keys);
    admin.add_consumer(new).await.unwrap();
    admin
        .add_user("ann", &password(), Vec::new())
        .await
        .unwrap();
    let hash = || {
        let records = rusqlite::Connection::open(world.path("countersign-service.db")).unwrap();
        let hash = records.query_row(
            "SELECT password_hash FROM user WHERE name = 'ann'",
            [],
            |row| row.get(0),
        );
        let hash: String = hash.unwrap();
        hash
    };
    let (before, rows) = (hash(), admin.certificates(None).await.unwrap());
    drop(admin);
    fill_the_disk(&world);
    let admin = world.admin();
    let leaked = &rows[0].sha256;
    untold(admin.remove_certificate("printer", leaked, false).await);
    let left = admin.certificates(None).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].sha256, rows[1].sha256);
    untold(admin.set_rejected("printer", true).await);
    assert!(admin.consumer("printer").await.unwrap().rejected);
    let other = Secret::new("another long password");
    untold(admin.change_password("ann", &other).await);
    assert_ne!(hash(), before);

    // What gives something waits for the trail.
    let given = admin.set_rejected("printer", false).await.unwrap_err();
    assert!(matches!(given, AdminError::Audit), "{given}");
    let file = fixtures::certificate("live.pem");
    let given = admin.add_certificate("printer", &file).await.unwrap_err();
    assert!(matches!(given, AdminError::Audit), "{given}");
    assert!(admin.consumer("printer").await.unwrap().rejected);
}
