//! Administration beside a running service: what is changed counts with the next request.

mod load;
mod refused;
#[cfg(target_os = "linux")]
mod unwritten;

use countersign_key::Secret;
use countersign_server::{
    CertificateState, ConsumerChange, ConsumerEntryKind, GrantFilter, Membership, NewConsumer,
    NewKeys, TokenKind,
};
use countersign_test_support::fixtures;

use crate::support::beside::{Beside, Given, TOKEN, TOKEN_SECRET};
use crate::support::{Answer, Client, FORM, Unsigned, beside};

const KEY: &str = "photo-printer";
const SECRET: &str = "a secret of the consumer's own";

fn given(number: u8, organisation: &'static str, token: &'static str) -> Given<'static> {
    Given {
        number,
        consumer: KEY,
        organisation,
        user: "ann",
        token,
    }
}

fn with_token() -> Client {
    Client::hmac_with_token(KEY, SECRET, TOKEN, TOKEN_SECRET)
}

fn hmac(key: &str) -> NewConsumer {
    let keys = NewKeys::Secret(Secret::new(SECRET));
    let mut new = NewConsumer::new(key, ConsumerEntryKind::Public, keys);
    new.callbacks = vec!["oob".to_owned()];
    new.two_legged = true;
    new
}

fn password() -> Secret {
    Secret::new("correct horse battery staple")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_grant_is_refused_with_the_next_request() {
    let world = Beside::new("").await;
    let admin = world.admin();
    admin.add_consumer(hmac(KEY)).await.unwrap();
    drop(admin);
    world.give(&[given(1, "Acme", TOKEN)]).await;
    let serving = world.serve();
    let admin = world.admin();
    assert_eq!(serving.ask(&with_token()).await, "ok");
    let row = admin.token(TOKEN).await.unwrap();
    assert!(row.usable && row.cause.is_none(), "{row:?}");
    assert_eq!(row.kind, TokenKind::Access);

    assert!(admin.revoke_grant(&given(1, "", "").id()).await.unwrap());
    assert_eq!(serving.ask(&with_token()).await, "token_rejected");
    let row = admin.token(TOKEN).await.unwrap();
    let cause = Some("revoked_by_administrator");
    assert_eq!((row.usable, row.cause), (false, cause));
    assert_eq!(row.grant.unwrap().state, "withdrawn");
    assert!(!admin.revoke_token(TOKEN).await.unwrap(), "it was over");
    let lines = world.trail();
    let line = lines
        .lines()
        .find(|line| line.contains(" revoke "))
        .unwrap();
    assert!(line.contains("cause=\"withdrawn\""), "{line}");
    assert!(line.ends_with(" by=\"administrator\""), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_roll_over_without_a_gap() {
    let world = Beside::new("").await;
    let serving = world.serve();
    let admin = world.admin();
    let keys = NewKeys::Certificates(vec![fixtures::certificate("live.pem")]);
    let mut new = NewConsumer::new(KEY, ConsumerEntryKind::Private, keys);
    new.organisation = Some("Acme".to_owned());
    let row = admin.add_consumer(new).await.unwrap();
    assert_eq!((row.kind, row.signs_with), ("private", "certificates"));
    assert_eq!(admin.token(KEY).await.unwrap().kind, TokenKind::OwnKey);
    let old = Client::rsa(KEY, &fixtures::key("rsa2048.pkcs8.pem"), Some(KEY));
    let new = Client::rsa(KEY, &fixtures::key("rsa2048-other.pkcs8.pem"), Some(KEY));
    assert_eq!(serving.ask(&old).await, "ok");
    assert_eq!(serving.ask(&new).await, "signature_invalid");

    let other = fixtures::certificate("other-key.pem");
    let added = admin.add_certificate(KEY, &other).await.unwrap();
    assert_eq!(added.state, CertificateState::Live);
    for client in [&old, &new, &old] {
        assert_eq!(serving.ask(client).await, "ok");
    }
    let rows = admin.certificates(Some(KEY)).await.unwrap();
    assert_eq!(rows.len(), 2);
    // As people copy it: without colons, in small letters.
    let first = rows[0].sha256.replace(':', "").to_lowercase();
    let removed = admin.remove_certificate(KEY, &first[..8], false).await;
    assert_eq!(removed.unwrap().sha256, rows[0].sha256);
    assert_eq!(serving.ask(&old).await, "signature_invalid");
    assert_eq!(serving.ask(&new).await, "ok");

    let last = admin.remove_certificate(KEY, &rows[1].sha256, false).await;
    let message = last.unwrap_err().to_string();
    assert!(message.contains("the last one"), "{message}");
    assert_eq!(serving.ask(&new).await, "ok");
    let forced = admin.remove_certificate(KEY, &rows[1].sha256, true).await;
    forced.unwrap();
    assert_eq!(serving.ask(&new).await, "signature_method_rejected");
    let lines = world.trail();
    for what in ["certificate_add", "certificate_remove"] {
        let line = format!(" {what} granted 200 consumer=\"{KEY}\" sha256=\"");
        assert!(lines.contains(&line), "{what}: {lines}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_administrator_ended_is_told_as_that_to_operators_alone() {
    let world = Beside::new("").await;
    let admin = world.admin();
    admin.add_consumer(hmac(KEY)).await.unwrap();
    drop(admin);
    let tokens = [TOKEN, "the second token", "the third", "the fourth"];
    let places = ["A", "B", "C", "D"];
    let all = (1..).zip(places).zip(tokens);
    let all: Vec<_> = all
        .map(|((number, place), it)| given(number, place, it))
        .collect();
    world.give(&all).await;
    let serving = world.serve();
    let admin = world.admin();
    assert!(admin.revoke_grant(&all[0].id()).await.unwrap());
    assert!(admin.revoke_token(tokens[1]).await.unwrap());
    admin.disconnect(KEY, "C").await.unwrap();
    admin.remove_consumer(KEY).await.unwrap();
    admin.add_consumer(hmac(KEY)).await.unwrap();
    for token in tokens {
        let client = Client::hmac_with_token(KEY, SECRET, token, TOKEN_SECRET);
        let ask = beside::request(&client, &Unsigned::get("/echo"));
        let answer = Answer::to(serving.address, &ask).await;
        assert_eq!(answer.body, crate::support::flow::REVOKED, "{token}");
        let record = crate::support::kept(&world.path("countersign-service.db"), &answer).await;
        assert_eq!(record.cause, "revoked_by_administrator", "{token}");
        let found = &record.explanation.findings[0];
        assert_eq!(
            (&*found.code, &*found.confidence),
            ("token.revoked", "proven")
        );
        assert!(
            found.summary.as_ref().unwrap().contains("administrator"),
            "{found:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_is_known_changed_refused_and_gone_at_once() {
    let world = Beside::new("").await;
    let serving = world.serve();
    let admin = world.admin();
    let client = Client::hmac(KEY, SECRET);
    assert_eq!(serving.ask(&client).await, "consumer_key_unknown");
    admin.add_consumer(hmac(KEY)).await.unwrap();
    assert_eq!(serving.ask(&client).await, "ok");
    let ask = Unsigned {
        callback: Some("oob"),
        ..Unsigned::post("/oauth/RequestToken", FORM, b"")
    };
    let asked = Answer::to(serving.address, &beside::request(&client, &ask)).await;
    let temporary = asked.value("oauth_token").unwrap().to_owned();
    let row = admin.token(&temporary).await.unwrap();
    assert_eq!(
        (row.kind, row.cause),
        (TokenKind::Temporary, Some("undecided"))
    );
    assert!(admin.revoke_token(&temporary).await.unwrap());
    let row = admin.token(&temporary).await.unwrap();
    assert_eq!(row.cause, Some("revoked_by_administrator"));

    let mut change = ConsumerChange::default();
    change.name = Some("Printer".to_owned());
    change.methods = Some(vec!["HMAC-SHA256".to_owned()]);
    let row = admin.change_consumer(KEY, &change).await.unwrap();
    assert_eq!(
        (&*row.name, &*row.callbacks),
        ("Printer", &["oob".to_owned()][..])
    );
    assert_eq!(serving.ask(&client).await, "signature_method_rejected");
    let mut change = ConsumerChange::default();
    change.methods = Some(Vec::new());
    admin.change_consumer(KEY, &change).await.unwrap();
    assert_eq!(serving.ask(&client).await, "ok");

    let another = "another secret of the consumer";
    admin
        .change_secret(KEY, Secret::new(another))
        .await
        .unwrap();
    assert_eq!(serving.ask(&client).await, "signature_invalid");
    let client = Client::hmac(KEY, another);
    assert_eq!(serving.ask(&client).await, "ok");
    admin.set_rejected(KEY, true).await.unwrap();
    assert_eq!(serving.ask(&client).await, "consumer_key_rejected");
    admin.set_rejected(KEY, false).await.unwrap();
    assert_eq!(serving.ask(&client).await, "ok");
    admin.remove_consumer(KEY).await.unwrap();
    assert_eq!(serving.ask(&client).await, "consumer_key_unknown");
    let lines = world.trail();
    for secret in [SECRET, another, &temporary] {
        assert!(!lines.contains(secret), "{lines}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_given_again_brings_no_grant_along() {
    let world = Beside::new("").await;
    let admin = world.admin();
    admin.add_consumer(hmac(KEY)).await.unwrap();
    drop(admin);
    world.give(&[given(1, "Acme", TOKEN)]).await;
    let serving = world.serve();
    let admin = world.admin();
    assert_eq!(serving.ask(&with_token()).await, "ok");
    assert_eq!(admin.remove_consumer(KEY).await.unwrap(), 1);
    assert_eq!(serving.ask(&with_token()).await, "consumer_key_unknown");
    admin.add_consumer(hmac(KEY)).await.unwrap();
    assert_eq!(serving.ask(&with_token()).await, "token_rejected");
    assert_eq!(serving.ask(&Client::hmac(KEY, SECRET)).await, "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_end_with_their_user_and_stay_with_others() {
    let world = Beside::new("").await;
    let admin = world.admin();
    admin.add_consumer(hmac(KEY)).await.unwrap();
    let places = ["Acme", "Beta", "Gamma"].map(|name| Membership::new(name, "standard"));
    let row = admin.add_user("ann", &password(), places.to_vec()).await;
    assert!(row.unwrap().organisations[0].may_connect);
    drop(admin);
    let tokens = [
        "token of Acme",
        "token of Beta",
        "token of Gamma",
        "token of Delta",
    ];
    let names = ["Acme", "Beta", "Gamma", "Delta"];
    let all: Vec<_> = (1..)
        .zip(names)
        .zip(tokens)
        .map(|((n, o), t)| given(n, o, t))
        .collect();
    world.give(&all).await;
    let serving = world.serve();
    let admin = world.admin();
    let asked = async |expected: [&str; 4]| {
        for (token, expected) in tokens.iter().zip(expected) {
            let client = Client::hmac_with_token(KEY, SECRET, token, TOKEN_SECRET);
            assert_eq!(serving.ask(&client).await, expected, "{token}");
        }
    };
    asked(["ok"; 4]).await;
    assert_eq!(
        admin
            .change_role("ann", "Acme", "Financial Adviser")
            .await
            .unwrap(),
        0
    );
    asked(["ok"; 4]).await;
    assert_eq!(
        admin.change_role("ann", "Acme", "read only").await.unwrap(),
        1
    );
    asked(["token_rejected", "ok", "ok", "ok"]).await;
    assert_eq!(admin.leave("ann", "Beta").await.unwrap(), 1);
    asked(["token_rejected", "token_rejected", "ok", "ok"]).await;
    let mut filter = GrantFilter::default();
    filter.user = Some("ann".to_owned());
    assert_eq!(admin.grants(&filter).await.unwrap().len(), 2);
    filter.with_ended = true;
    assert_eq!(admin.grants(&filter).await.unwrap().len(), 4);
    filter.consumer = Some("another".to_owned());
    assert_eq!(admin.grants(&filter).await.unwrap().len(), 0);
    // Also where she is no member any more.
    assert_eq!(admin.remove_user("ann").await.unwrap(), 2);
    asked(["token_rejected"; 4]).await;
    assert!(admin.user("ann").await.is_err());
    let causes = [
        "role_changed",
        "user_removed",
        "user_removed",
        "user_removed",
    ];
    for (token, cause) in tokens.iter().zip(causes) {
        assert_eq!(admin.token(token).await.unwrap().cause, Some(cause));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_was_cut_short_is_repeated() {
    let world = Beside::new("").await;
    let admin = world.admin();
    admin.add_consumer(hmac(KEY)).await.unwrap();
    let place = Membership::new("Acme", "standard");
    admin
        .add_user("ann", &password(), vec![place])
        .await
        .unwrap();
    drop(admin);
    world.give(&[given(1, "Acme", TOKEN)]).await;
    let records = world.path("countersign-service.db");
    let records = countersign_server::Records::open(&records).unwrap();
    records.remove_user("ann").await.unwrap();
    drop(records);
    let serving = world.serve();
    let admin = world.admin();
    assert_eq!(serving.ask(&with_token()).await, "ok");
    assert_eq!(admin.remove_user("ann").await.unwrap(), 1);
    assert_eq!(serving.ask(&with_token()).await, "token_rejected");
    let error = admin.remove_user("ann").await.unwrap_err();
    assert!(error.is_refusal(), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_and_never_shown() {
    let world = Beside::new("").await;
    let admin = world.admin();
    admin
        .add_user("ann", &password(), Vec::new())
        .await
        .unwrap();
    let another = Secret::new("another horse battery staple");
    admin.change_password("ann", &another).await.unwrap();
    let shown = format!("{admin:?} {:?}", admin.users().await.unwrap());
    drop(admin);
    let records = world.path("countersign-service.db");
    let records = countersign_server::Records::open(&records).unwrap();
    let log_in = async |password: Secret| records.log_in("ann", password).await.unwrap();
    assert!(log_in(another).await.is_some());
    assert!(log_in(password()).await.is_none());
    let trail = world.trail();
    assert!(
        trail.contains(" password_change granted 200 user=\"ann\" by="),
        "{trail}"
    );
    for text in [shown, trail] {
        assert!(
            !text.contains("battery") && !text.contains("argon2"),
            "{text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configuration_is_named_where_it_has_the_last_word() {
    let world = Beside::new("").await;
    let text = std::fs::read_to_string(world.path("countersign.toml")).unwrap();
    let named = format!("{text}[[consumer]]\nkey = \"{KEY}\"\nkind = \"public\"\n");
    std::fs::write(world.path("countersign.toml"), named).unwrap();
    let admin = world.admin();
    assert!(admin.add_consumer(hmac(KEY)).await.unwrap().in_config);
    assert!(!admin.add_consumer(hmac("another")).await.unwrap().in_config);
}
