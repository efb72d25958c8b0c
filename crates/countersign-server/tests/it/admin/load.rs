//! Changes while requests are under way: none that is honest is refused, and none is accepted that
//! began after what ended it had returned.

use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use core::time::Duration;

use countersign_server::{ConsumerChange, ConsumerEntryKind, NewConsumer, NewKeys};
use countersign_test_support::fixtures;

use super::{KEY, given, hmac, with_token};
use crate::support::beside::{Beside, Serving, TOKEN, request};
use crate::support::{Client, Unsigned};

/// How many requests each client makes between two changes.
const BETWEEN: u32 = 15;

/// How far the administrator is; written before or after each change, as the name says.
struct Stage {
    at: AtomicU8,
    asked: Vec<AtomicU32>,
    failed: AtomicBool,
}

/// Tells the others of a check that failed, so that nobody waits for this thread.
struct Telling<'a>(&'a AtomicBool);

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::SeqCst);
        }
    }
}

impl Stage {
    fn new(clients: usize) -> Self {
        Self {
            at: AtomicU8::new(0),
            asked: (0..clients).map(|_| AtomicU32::new(0)).collect(),
            failed: AtomicBool::new(false),
        }
    }

    fn at(&self) -> u8 {
        self.at.load(Ordering::SeqCst)
    }

    fn is(&self, stage: u8) {
        self.at.store(stage, Ordering::SeqCst);
    }

    /// Until each client has made some more requests.
    async fn some_requests(&self) {
        let count = || self.asked.iter().map(|it| it.load(Ordering::SeqCst));
        let before: Vec<u32> = count().collect();
        while count()
            .zip(&before)
            .any(|(now, before)| now < before + BETWEEN)
        {
            assert!(!self.failed.load(Ordering::SeqCst), "a client failed");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Asks until the last stage; `check` is told the stages before and after each request.
    fn ask(
        &self,
        number: usize,
        last: u8,
        serving: &Serving,
        client: &Client,
        check: impl Fn(u8, u8, &str),
    ) {
        let _telling = Telling(&self.failed);
        loop {
            let before = self.at();
            if before == last || self.failed.load(Ordering::SeqCst) {
                return;
            }
            let answer = serving
                .send(&request(client, &Unsigned::get("/echo")))
                .unwrap();
            let said = if answer.status == 200 {
                "ok"
            } else {
                answer.problem().unwrap()
            };
            check(before, self.at(), said);
            self.asked[number].fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_roll_over_under_load() {
    const BOTH: u8 = 1;
    const REMOVING: u8 = 2;
    const REMOVED: u8 = 3;
    const LAST: u8 = 4;
    let world = Beside::new("").await;
    let serving = world.serve();
    let admin = world.admin();
    let keys = NewKeys::Certificates(vec![fixtures::certificate("live.pem")]);
    let mut new = NewConsumer::new(KEY, ConsumerEntryKind::Partner, keys);
    new.two_legged = true;
    admin.add_consumer(new).await.unwrap();
    let stage = Stage::new(4);
    beside_clients(
        &stage,
        LAST,
        async {
            stage.some_requests().await;
            let other = fixtures::certificate("other-key.pem");
            admin.add_certificate(KEY, &other).await.unwrap();
            stage.is(BOTH);
            for number in 0..5 {
                let mut change = ConsumerChange::default();
                change.name = Some(format!("Printer {number}"));
                admin.change_consumer(KEY, &change).await.unwrap();
            }
            stage.some_requests().await;
            let rows = admin.certificates(Some(KEY)).await.unwrap();
            stage.is(REMOVING);
            let removed = admin.remove_certificate(KEY, &rows[0].sha256, false);
            removed.await.unwrap();
            stage.is(REMOVED);
            stage.some_requests().await;
        },
        |number| {
            let is_old = number < 2;
            let file = if is_old {
                "rsa2048.pkcs8.pem"
            } else {
                "rsa2048-other.pkcs8.pem"
            };
            let client = Client::rsa(KEY, &fixtures::key(file), None);
            stage.ask(number, LAST, &serving, &client, |before, after, said| {
                if is_old && after <= BOTH || !is_old && before >= BOTH {
                    assert_eq!(said, "ok", "{before} {after}");
                }
                if is_old && before == REMOVED {
                    assert_eq!(said, "signature_invalid");
                }
            });
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_is_accepted_that_began_after_a_revocation() {
    const REVOKING: u8 = 1;
    const REVOKED: u8 = 2;
    const LAST: u8 = 3;
    let world = Beside::new("").await;
    let admin = world.admin();
    admin.add_consumer(hmac(KEY)).await.unwrap();
    drop(admin);
    world.give(&[given(1, "Acme", TOKEN)]).await;
    let serving = world.serve();
    let admin = world.admin();
    let stage = Stage::new(4);
    beside_clients(
        &stage,
        LAST,
        async {
            stage.some_requests().await;
            stage.is(REVOKING);
            admin.disconnect(KEY, "Acme").await.unwrap();
            stage.is(REVOKED);
            stage.some_requests().await;
        },
        |number| {
            stage.ask(
                number,
                LAST,
                &serving,
                &with_token(),
                |before, after, said| {
                    if after < REVOKING {
                        assert_eq!(said, "ok");
                    }
                    if before == REVOKED {
                        assert_eq!(said, "token_rejected");
                    }
                },
            );
        },
    )
    .await;
}

/// Runs the administrator beside four clients, and ends them.
async fn beside_clients(
    stage: &Stage,
    last: u8,
    change: impl Future<Output = ()>,
    client: impl Fn(usize) + Sync,
) {
    let handle = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            for number in 0..stage.asked.len() {
                let client = &client;
                scope.spawn(move || client(number));
            }
            let _telling = Telling(&stage.failed);
            handle.block_on(change);
            stage.is(last);
        });
    });
}
