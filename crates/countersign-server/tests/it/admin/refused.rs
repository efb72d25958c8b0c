//! What an administrator is refused, and that nothing is changed by it.

use std::sync::Arc;

use countersign_certificate::Certificate;
use countersign_key::Secret;
use countersign_server::{
    Admin, AdminError, ConsumerChange, ConsumerEntryKind, Membership, NewConsumer, NewKeys, Server,
};
use countersign_store::{Commit, Consumer, ConsumerKind, ConsumerStore as _, Credential, Expected};
use countersign_test_support::fixtures;

use super::{KEY, hmac, password};
use crate::support::beside::{Beside, inputs};

/// The error and all below it.
fn in_full(error: &AdminError) -> String {
    let mut text = error.to_string();
    let mut source = core::error::Error::source(error);
    while let Some(below) = source {
        text = format!("{text}: {below}");
        source = below.source();
    }
    text
}

#[track_caller]
fn refused<T: core::fmt::Debug>(result: Result<T, AdminError>, words: &str) {
    let error = result.unwrap_err();
    let text = in_full(&error);
    assert!(text.contains(words), "{words}: {text}");
    assert!(error.is_refusal() != error.is_misuse(), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_cannot_be_used_are_refused_with_the_reason() {
    let world = Beside::new("").await;
    let admin = world.admin();
    let certificates = |names: &[&str]| {
        let files = names.iter().map(|name| fixtures::certificate(name));
        let keys = NewKeys::Certificates(files.collect());
        NewConsumer::new(KEY, ConsumerEntryKind::Public, keys)
    };
    admin
        .add_consumer(certificates(&["live.pem"]))
        .await
        .unwrap();
    let before = world.trail();
    let with_key = [
        fixtures::certificate("other-key.pem"),
        fixtures::key("rsa2048-other.pkcs8.pem"),
    ]
    .concat();
    let cases: [(Vec<u8>, &str); 9] = [
        (fixtures::key("rsa2048.pkcs8.pem"), "found a private key"),
        (fixtures::key("rsa2048.pkcs8.der"), "found a private key"),
        (with_key, "found a private key"),
        (fixtures::certificate("weak-1024-sha1.pem"), "1024"),
        (fixtures::certificate("e3.pem"), "exponent"),
        (fixtures::certificate("ec.pem"), "RSA"),
        (
            fixtures::certificate("expired.pem"),
            "found one that expired",
        ),
        (fixtures::certificate("live.der"), "is there already"),
        (
            fixtures::certificate("bundle.pem"),
            "expected one certificate, found 2",
        ),
    ];
    for (input, words) in cases {
        refused(admin.add_certificate(KEY, &input).await, words);
    }
    refused(
        admin.add_certificate(KEY, b"certificate").await,
        "can't be read",
    );
    refused(
        admin
            .add_certificate("nobody", &fixtures::certificate("other-key.pem"))
            .await,
        "no consumer",
    );
    let mut expired = certificates(&["live.pem", "expired.pem"]);
    expired.key = "another".to_owned();
    refused(admin.add_consumer(expired).await, "found one that expired");
    refused(
        admin.remove_certificate(KEY, "0123456", false).await,
        "8 or more",
    );
    refused(
        admin.remove_certificate(KEY, "0123456z", false).await,
        "8 or more",
    );
    refused(
        admin.remove_certificate(KEY, "01234567", false).await,
        "no certificate",
    );
    assert_eq!(admin.certificates(Some(KEY)).await.unwrap().len(), 1);
    assert_eq!(world.trail().trim(), before.trim(), "nothing was changed");

    // Not yet valid is what a roll-over begins with.
    let row = admin
        .add_certificate(KEY, &fixtures::certificate("not-yet.pem"))
        .await;
    assert!(row.unwrap().validity.ends_with("not used before"));
    refused(
        admin
            .change_secret(KEY, Secret::new("a secret of 16 characters"))
            .await,
        "signs with certificates",
    );
}

/// A key that is bound to RSA-PSS signs by no other method (RFC 4055 section 1.2).
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_pss_alone_goes_with_methods_that_sign_so() {
    let world = Beside::new("").await;
    let admin = world.admin();
    let pss = fixtures::certificate("pss-only.pem");
    for (key, methods, is_taken) in [
        ("any", &[][..], true),
        ("alias", &["RSA-SHA1", "RSA-PSS"], true),
        ("pinned", &["RSA-SHA1", "RSA-SHA256", "RSA-SHA512"], false),
    ] {
        let new = |certificate: &[u8]| {
            let keys = NewKeys::Certificates(vec![certificate.to_owned()]);
            let mut new = NewConsumer::new(key, ConsumerEntryKind::Public, keys);
            new.methods = methods.iter().map(|it| (*it).to_owned()).collect();
            new
        };
        if !is_taken {
            refused(admin.add_consumer(new(&pss)).await, "for RSA-PSS alone");
        }
        let live = fixtures::certificate("live.pem");
        admin.add_consumer(new(&live)).await.unwrap();
        let added = admin.add_certificate(key, &pss).await;
        if is_taken {
            added.unwrap();
        } else {
            refused(added, "for RSA-PSS alone");
        }
    }
}

/// A rule that came later is none for what stands in the store, only for what a change brings.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_stored_before_a_rule_can_be_changed() {
    let world = Beside::new("").await;
    let pss = fixtures::certificate("pss-only.pem");
    let certificates = Certificate::read_all(&pss).unwrap();
    let credential = Credential::Certificates(certificates.into());
    let mut stored = Consumer::new(KEY, ConsumerKind::Public, credential);
    stored.methods = vec!["RSA-SHA1".to_owned()];
    let store = world.store();
    let put = store.put_consumer(Expected::Absent, stored).await;
    assert_eq!(put.unwrap(), Commit::Done);
    drop(store);

    let admin = world.admin();
    for rejected in [true, false] {
        admin.set_rejected(KEY, rejected).await.unwrap();
    }
    let mut change = ConsumerChange::default();
    change.callbacks = Some(vec!["https://printer.example/ready".to_owned()]);
    admin.change_consumer(KEY, &change).await.unwrap();
    let live = fixtures::certificate("live.pem");
    admin.add_certificate(KEY, &live).await.unwrap();
    change.callbacks = Some(vec!["javascript:alert(1)".to_owned()]);
    refused(admin.change_consumer(KEY, &change).await, "callback");
    let mut change = ConsumerChange::default();
    change.methods = Some(Vec::new());
    admin.change_consumer(KEY, &change).await.unwrap();
    // Now it is the change that leaves the key without a method.
    change.methods = Some(vec!["RSA-SHA1".to_owned()]);
    refused(
        admin.change_consumer(KEY, &change).await,
        "for RSA-PSS alone",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_starts_with_what_was_stored_before_a_rule() {
    let world = Beside::new("").await;
    std::fs::write(world.path("pss.pem"), fixtures::certificate("pss-only.pem")).unwrap();
    let path = world.path("countersign.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let named = |name: &str| {
        let named = format!(
            "{text}[[consumer]]\nkey = \"{KEY}\"\nkind = \"public\"\nname = \"{name}\"\n\
             certificates = [\"pss.pem\"]\nmethods = [\"RSA-SHA1\"]\n"
        );
        std::fs::write(&path, named).unwrap();
        Server::open(world.config(), inputs())
    };
    let error = named("Printer").await.unwrap_err();
    assert!(error.is_misuse(), "a new one is refused");

    let certificates = Certificate::read_all(&fixtures::certificate("pss-only.pem")).unwrap();
    let credential = Credential::Certificates(certificates.into());
    let mut stored = Consumer::new(KEY, ConsumerKind::Public, credential);
    stored.name = "Printer".to_owned();
    stored.methods = vec!["RSA-SHA1".to_owned()];
    let store = world.store();
    let put = store.put_consumer(Expected::Absent, stored).await;
    assert_eq!(put.unwrap(), Commit::Done);
    drop(store);
    for name in ["Printer", "Another name"] {
        drop(named(name).await.unwrap());
    }
    assert_eq!(
        world.admin().consumer(KEY).await.unwrap().name,
        "Another name"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_secret_that_stands_is_brought_by_no_other_change() {
    let world = Beside::new("").await;
    let path = world.path("countersign.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let named = |name: &str, secret: &str| {
        std::fs::write(world.path("secret"), secret).unwrap();
        let named = format!(
            "{text}[[consumer]]\nkey = \"{KEY}\"\nkind = \"public\"\nname = \"{name}\"\n\
             secret_file = \"secret\"\n"
        );
        std::fs::write(&path, named).unwrap();
        Server::open(world.config(), inputs())
    };
    let error = named("Printer", "fifteen letters").await.unwrap_err();
    assert!(error.is_misuse(), "a new one is refused");

    let credential = Credential::Secret(Arc::new(Secret::new("fifteen letters")));
    let mut stored = Consumer::new(KEY, ConsumerKind::Public, credential);
    stored.name = "Printer".to_owned();
    let store = world.store();
    let put = store.put_consumer(Expected::Absent, stored).await;
    assert_eq!(put.unwrap(), Commit::Done);
    drop(store);
    for name in ["Printer", "Another name"] {
        drop(named(name, "fifteen letters\n").await.unwrap());
        assert_eq!(world.admin().consumer(KEY).await.unwrap().name, name);
    }
    let error = named("Printer", "another, short").await.unwrap_err();
    assert!(error.is_misuse(), "another one is refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_or_is_there_already_is_said() {
    let world = Beside::new("").await;
    let admin = world.admin();
    admin.add_consumer(hmac(KEY)).await.unwrap();
    refused(admin.add_consumer(hmac(KEY)).await, "is there already");
    refused(admin.add_consumer(hmac("a b")).await, "visible ASCII");
    let mut short = hmac("short");
    short.keys = NewKeys::Secret(Secret::new("fifteen letters"));
    refused(admin.add_consumer(short).await, "at least 16");
    let mut partner = hmac("partner");
    partner.kind = ConsumerEntryKind::Partner;
    refused(admin.add_consumer(partner).await, "found a secret");
    refused(admin.certificates(Some(KEY)).await, "signs with a secret");
    refused(admin.consumer("nobody").await, "no consumer \"nobody\"");
    refused(admin.remove_consumer("nobody").await, "no consumer");
    refused(admin.set_rejected("nobody", true).await, "no consumer");
    refused(
        admin.change_secret(KEY, Secret::new("short")).await,
        "at least 16",
    );

    admin
        .add_user("ann", &password(), Vec::new())
        .await
        .unwrap();
    let add = async |name, password: &str, place: (&str, &str)| {
        let place = Membership::new(place.0, place.1);
        admin
            .add_user(name, &Secret::new(password), vec![place])
            .await
    };
    let place = ("Acme", "standard");
    refused(
        add("ann", "a long password", place).await,
        "is there already",
    );
    refused(add("bob", "short", place).await, "at least 8");
    refused(add("", "a long password", place).await, "user name");
    refused(
        add("bob", "a long password", ("", "standard")).await,
        "an organisation",
    );
    refused(
        add("bob", "a long password", ("Acme", "a\nb")).await,
        "a role",
    );
    refused(admin.user("bob").await, "no user \"bob\"");
    refused(admin.change_password("bob", &password()).await, "no user");
    refused(
        admin.change_role("bob", "Acme", "standard").await,
        "no user",
    );
    refused(admin.leave("bob", "Acme").await, "no user");
    refused(admin.leave("ann", "Acme").await, "no place");
    refused(admin.remove_user("bob").await, "no user");

    refused(admin.grant(&"0".repeat(32)).await, "no grant");
    refused(admin.grant("0123").await, "32 hexadecimal");
    refused(admin.revoke_grant(&"f".repeat(32)).await, "no grant");
    refused(admin.disconnect(KEY, "Acme").await, "no grant");
    let canary = "a token that nobody has";
    for result in [
        admin.token(canary).await.err(),
        admin.revoke_token(canary).await.err(),
    ] {
        let error = result.unwrap();
        assert!(error.is_refusal());
        let text = format!("{error} {error:?}");
        assert!(!text.contains(canary), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_not_there_is_not_made() {
    let world = Beside::new("").await;
    let (store, key) = (world.path("countersign.db"), world.path("countersign.key"));
    std::fs::rename(&store, world.path("elsewhere.db")).unwrap();
    let error = Admin::open(&world.config()).unwrap_err();
    assert!(
        !error.is_refusal() && error.to_string().contains("found no file"),
        "{error}"
    );
    assert!(!store.exists());
    std::fs::rename(world.path("elsewhere.db"), &store).unwrap();
    // Another key than the one that sealed it.
    let text = std::fs::read_to_string(&key).unwrap();
    let (head, _) = text.split_once("1 = ").unwrap();
    let zeros = format!("{head}1 = \"{}=\"\n", "A".repeat(43));
    std::fs::write(&key, zeros).unwrap();
    let error = Admin::open(&world.config()).unwrap_err();
    assert!(
        error.to_string().contains("expected the key that sealed"),
        "{error}"
    );
}
