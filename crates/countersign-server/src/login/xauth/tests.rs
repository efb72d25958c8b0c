//! What becomes of a password that is traded when its user loses their place meanwhile: between the
//! check of the password and the look at what is left of it, however long that takes.

use countersign_base_string::{Place, ProtocolParameters, Request, Uri};
use countersign_clock::{UnixTime, Window};
use countersign_provider::{Provider, Stores};
use countersign_signature::{HmacKey, Method, OsRandom, Signer, sign};
use countersign_store::{
    Consumer, ConsumerKind, Credential, Expected, FingerprintKey, MemoryConsumerStore,
    MemoryNonceStore, MemoryTokenStore, Start, TokenStore as _,
};

use super::*;
use crate::audit_file::AuditFile;
use crate::config::Membership;
use crate::records::{Records, hash_password};

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
const KEY: &str = "trader";
const SECRET: &str = "a secret of the test's own";

/// What is done to bob.
#[derive(Debug, Clone, Copy)]
enum Loses {
    Nothing,
    Role,
    Everything,
}

/// Takes it from him once his password was found right.
struct Losing {
    xauth: Xauth,
    records: Records,
    loses: Loses,
}

impl Authenticate for Losing {
    fn authenticate<'a>(&'a self, username: &'a str, password: &'a Secret) -> LoginFuture<'a> {
        Box::pin(async move {
            let found = self.xauth.authenticate(username, password).await?;
            assert!(found.is_some(), "the password is right");
            match self.loses {
                Loses::Nothing => {}
                Loses::Role => {
                    let role = Some("read only");
                    let lost = self.records.set_role("bob", "Demo Ltd", role).await;
                    assert!(lost.unwrap());
                }
                Loses::Everything => {
                    let removed = self.records.remove_user("bob").await;
                    assert!(removed.unwrap().is_some());
                }
            }
            Ok(found)
        })
    }

    fn still<'a>(&'a self, login: &'a Login) -> LoginFuture<'a> {
        self.xauth.still(login)
    }
}

#[tokio::test]
async fn who_is_removed_while_a_password_is_traded_leaves_no_token_behind() {
    for (loses, status, cause) in [
        (Loses::Nothing, 200, None),
        (Loses::Role, 403, Some("role_changed")),
        (Loses::Everything, 403, Some("user_removed")),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let records = Records::create(&directory.path().join("a.db")).unwrap();
        let bob = User {
            name: "bob".to_owned(),
            organisations: vec![Membership::new("Demo Ltd", "standard")],
        };
        let hash = hash_password(&Secret::new("correct-horse-battery")).unwrap();
        records.put_user(bob, hash).await.unwrap();
        let gate = Gate::new(records.clone(), Arc::new(|| NOW));
        let login = Losing {
            xauth: Xauth::new(Arc::new(gate), Settings::default()),
            records,
            loses,
        };
        let key = FingerprintKey::from_bytes([3; 16]);
        let stores = Stores {
            consumers: MemoryConsumerStore::default(),
            tokens: MemoryTokenStore::default(),
            nonces: MemoryNonceStore::new(key.clone(), Window::default(), Start::FirstStart),
        };
        let path = directory.path().join("audit.log");
        let trail = AuditFile::open(&path).unwrap();
        let provider = Provider::new(stores, Settings::default(), key, OsRandom::new());
        let provider = provider
            .unwrap()
            .with_audit(trail.clone())
            .with_login(login);
        let secret = Credential::Secret(Arc::new(Secret::new(SECRET)));
        let mut consumer = Consumer::new(KEY, ConsumerKind::Public, secret);
        consumer.may_use_xauth = true;
        let registered = provider.register(Expected::Absent, consumer, NOW).await;
        registered.unwrap();

        let uri = Uri::parse("https://api.example.com/oauth/AccessToken").unwrap();
        let form =
            b"x_auth_mode=client_auth&x_auth_username=bob&x_auth_password=correct-horse-battery";
        let request = Request::new("POST", uri)
            .unwrap()
            .with_body(Some("application/x-www-form-urlencoded"), form);
        let hmac = HmacKey::new(&Secret::new(SECRET), None);
        let signer = Signer::hmac(Method::HMAC_SHA1, &hmac).unwrap();
        let time = NOW.seconds().to_string();
        let protocol = ProtocolParameters::new(KEY, "HMAC-SHA1", &time, "nonce");
        let signed = sign(&request, &protocol, &signer, Place::Header, None, None).unwrap();
        let request = request.with_authorization(signed.authorization().unwrap());

        let answer = provider.access_token(&request, NOW).await;
        let found = match &answer {
            Ok(_) => 200,
            Err(refusal) => refusal.told().status,
        };
        assert_eq!(found, status, "{loses:?}: {answer:?}");
        let live = provider.stores().tokens.live_grant(KEY, "Demo Ltd").await;
        assert_eq!(live.unwrap().is_some(), cause.is_none(), "{loses:?}");
        trail.write(String::new()).await.unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let granted = text.contains(" xauth granted ");
        assert_eq!(granted, cause.is_none(), "{loses:?}: {text}");
        if let Some(cause) = cause {
            let revoked = text.lines().find(|line| line.contains(" revoke granted "));
            assert!(revoked.unwrap().contains(cause), "{loses:?}: {text}");
        }
    }
}
