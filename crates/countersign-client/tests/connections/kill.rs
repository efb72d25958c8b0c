//! F01: a process that dies at any of the points P0 to P12 loses no token that is durable, renews
//! none twice, and leaves no doubt without a name.
//!
//! The points are reached through a store and an exchange that wrap the real ones. A death inside a
//! step comes from another thread, after a random time.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use core::time::Duration;

use countersign_client::connections::{
    ConnectionError, Connections, EventKind, Exchange, RawReply, ReadReply, RenewalRequest,
    Settings, Undelivered,
};
use countersign_clock::UnixTime;
use countersign_key::SecretBytes;
use countersign_store::{
    AnswerNumber, Commit, Connection, ConnectionChange, ConnectionCommit, ConnectionId,
    ConnectionStore, Expected, Fence, FoundConnection, HistoryEntry, LeaseStep, Listing, RawAnswer,
    StoreError,
};
use countersign_store_sqlite::SqliteConnectionStore;
use countersign_token::{ConnectionPhase, ReauthorisationCause};

use crate::provider::{LIFE, Mode, Provider, listen, number, read};
use crate::support::{Clock, NOW, Process, block_on, elsewhere, id, open};

/// Set for the process that is to die: the store, the account, the provider's port, the point, and
/// how many microseconds into it.
const PATH: &str = "COUNTERSIGN_KILL_STORE";
const ACCOUNT: &str = "COUNTERSIGN_KILL_ACCOUNT";
const PORT: &str = "COUNTERSIGN_KILL_PORT";
const POINT: &str = "COUNTERSIGN_KILL_POINT";
const DELAY: &str = "COUNTERSIGN_KILL_DELAY";

/// How many rounds in all: 20 unless it is set, 1,000 in long runs.
const ROUNDS: &str = "COUNTERSIGN_KILL_ROUNDS";

const POINTS: usize = 13;

/// Longer than a commit takes, mostly.
const LONGEST_MICROSECONDS: u64 = 6_000;

pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Where to die.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Death {
    point: usize,
    delay: Duration,
}

impl Death {
    /// Like `kill -9`: nothing is flushed, closed or told.
    fn comes_at(self, point: usize) {
        if self.point == point {
            std::process::abort();
        }
    }

    /// Comes while a step is under way, or right after it.
    async fn comes_during<F: Future>(self, point: usize, step: F) -> F::Output {
        if self.point != point {
            return step.await;
        }
        std::thread::spawn(move || {
            std::thread::sleep(self.delay);
            std::process::abort();
        });
        let done = step.await;
        // Nothing more is done.
        elsewhere(|| std::thread::sleep(Duration::from_secs(60))).await;
        done
    }
}

/// Sends over TCP.
#[derive(Debug)]
pub(crate) struct Tcp {
    port: u16,
    death: Option<Death>,
}

impl Tcp {
    pub(crate) const fn new(port: u16, death: Option<Death>) -> Self {
        Self { port, death }
    }
}

impl Exchange for Tcp {
    async fn renew(&self, request: RenewalRequest) -> Result<RawReply, Undelivered> {
        let (port, death) = (self.port, self.death);
        let comes_at = move |point| death.into_iter().for_each(|death| death.comes_at(point));
        let account = request.id.account().to_owned();
        let presented = number(&request.credentials);
        let sent = elsewhere(move || -> std::io::Result<Vec<u8>> {
            let mut stream = TcpStream::connect(("127.0.0.1", port))?;
            stream.write_all(format!("{account} {presented}\n").as_bytes())?;
            comes_at(3);
            let mut first = [0];
            stream.read_exact(&mut first)?;
            comes_at(4);
            let mut bytes = first.to_vec();
            stream.read_to_end(&mut bytes)?;
            comes_at(5);
            Ok(bytes)
        });
        let bytes = sent.await.map_err(|_| Undelivered::Lost)?;
        let keep = bytes.starts_with(b"200");
        Ok(RawReply::new(SecretBytes::new(bytes), keep))
    }

    fn read(&self, bytes: &[u8], received: UnixTime) -> ReadReply {
        read(bytes, received)
    }
}

struct Dying<S> {
    inner: S,
    death: Death,
}

impl<S: ConnectionStore> ConnectionStore for Dying<S> {
    async fn connection(&self, id: &ConnectionId) -> Result<Option<FoundConnection>, StoreError> {
        self.inner.connection(id).await
    }

    async fn connections(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Listing<Connection>, StoreError> {
        self.inner.connections(after, limit).await
    }

    async fn unsettled(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Vec<ConnectionId>, StoreError> {
        self.inner.unsettled(after, limit).await
    }

    async fn commit(&self, change: ConnectionChange) -> Result<ConnectionCommit, StoreError> {
        let commit = |change| self.inner.commit(change);
        if let LeaseStep::Take { .. } = change.lease() {
            self.death.comes_at(0);
            let done = self.death.comes_during(1, commit(change)).await;
            self.death.comes_at(2);
            return done;
        }
        let done = self.death.comes_during(8, commit(change)).await;
        self.death.comes_at(9);
        done
    }

    async fn extend_lease(
        &self,
        id: &ConnectionId,
        fence: Fence,
        until: UnixTime,
    ) -> Result<bool, StoreError> {
        self.inner.extend_lease(id, fence, until).await
    }

    async fn keep_answer(
        &self,
        id: &ConnectionId,
        answer: RawAnswer,
    ) -> Result<Option<AnswerNumber>, StoreError> {
        let keep = self.inner.keep_answer(id, answer);
        let done = self.death.comes_during(6, keep).await;
        println!("kept");
        self.death.comes_at(7);
        done
    }

    async fn history(&self, id: &ConnectionId) -> Result<Vec<HistoryEntry>, StoreError> {
        self.inner.history(id).await
    }

    async fn remove_connection(
        &self,
        expected: Expected,
        id: &ConnectionId,
    ) -> Result<Commit, StoreError> {
        self.inner.remove_connection(expected, id).await
    }
}

#[test]
fn child() {
    let names = [PATH, ACCOUNT, PORT, POINT, DELAY];
    let [
        Some(path),
        Some(account),
        Some(port),
        Some(point),
        Some(delay),
    ] = names.map(variable)
    else {
        return;
    };
    let death = Death {
        point: point.parse().unwrap(),
        delay: Duration::from_micros(delay.parse().unwrap()),
    };
    let store = Dying {
        inner: open(Path::new(&path)),
        death,
    };
    let exchange = Tcp::new(port.parse().unwrap(), Some(death));
    let clock = Clock::at(NOW.saturating_add(i64::from(LIFE)));
    let connections = Connections::new(store, exchange, clock, Settings::default());
    connections.subscribe(move |event| {
        if let EventKind::Renewed(_) = event.kind {
            death.comes_at(10);
        }
    });
    // The intent is cleared and the lease freed in the commit of P9.
    let token = block_on(connections.token(&id(&account))).unwrap();
    death.comes_at(11);
    assert_eq!(number(&token.credentials), 2);
    drop(connections);
    death.comes_at(12);
}

/// What became of one round.
#[derive(Debug, Default)]
struct Rounds {
    renewed: usize,
    lost: usize,
}

#[test]
fn f01_a_kill_at_any_point_loses_no_token_and_renews_none_twice() {
    let rounds = variable(ROUNDS).and_then(|rounds| rounds.parse().ok());
    let rounds: usize = rounds.unwrap_or(20);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("connections.db");
    let providers = [Mode::Strict, Mode::Graceful].map(|mode| {
        let provider = Provider::new(mode);
        (mode, listen(&provider), provider)
    });
    let mut moment = 0x2545_f491_4f6c_dd1d_u64;
    let mut seen = Rounds::default();
    for round in 0..rounds {
        moment = moment
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let delay = (moment >> 33) % LONGEST_MICROSECONDS;
        let point = round % POINTS;
        let (mode, port, provider) = &providers[round / POINTS % 2];
        let account = format!("account-{round}");
        let clock = Clock::new();
        let before = Process::new(open(&path), provider, &clock);
        before.connect(&account, &clock);
        drop(before);
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["kill::child", "--exact", "--nocapture"])
            .env(PATH, &path)
            .env(ACCOUNT, &account)
            .env(PORT, port.to_string())
            .env(POINT, point.to_string())
            .env(DELAY, delay.to_string())
            .stderr(Stdio::null())
            .output()
            .unwrap();
        assert!(!output.status.success(), "{point}: it did not die");
        let kept = String::from_utf8_lossy(&output.stdout).contains("kept");

        // Another process, when the lease of the dead one is over.
        clock.pass(i64::from(LIFE) + 100);
        judge(
            &Process::new(open(&path), provider, &clock),
            provider,
            (round, point, *mode, &account, kept),
            &mut seen,
        );
    }
    println!("{rounds} rounds: {seen:?}");
    assert_eq!(seen.renewed + seen.lost, rounds);
}

fn judge(
    process: &Process<SqliteConnectionStore>,
    provider: &Arc<Provider>,
    (round, point, mode, account, kept): (usize, usize, Mode, &str, bool),
    seen: &mut Rounds,
) {
    let what = format!("round {round}, P{point}, {mode:?}");
    let tally = block_on(process.connections.recover()).unwrap();
    assert_eq!(tally.failed, 0, "{what}");
    let phase = block_on(process.connections.read(&id(account)))
        .unwrap()
        .state
        .phase();
    let settled = [
        ConnectionPhase::Active,
        ConnectionPhase::NeedsReauthorisation,
    ];
    assert!(settled.contains(&phase), "{what}: {phase}");
    let token = process.token(account);
    assert!(provider.renewals(account) <= 1, "{what}: renewed twice");
    match token {
        Ok(2) => seen.renewed += 1,
        Err(ConnectionError::NeedsReauthorisation(loss)) => {
            assert_eq!(loss.cause, ReauthorisationCause::RenewalLost, "{what}");
            // A strict provider's answer that was not durable yet.
            assert!(
                (3..=6).contains(&point) && mode == Mode::Strict && !kept,
                "{what}"
            );
            let current = process.connections.current(&id(account)).unwrap();
            assert_eq!(number(&current.credentials), 1, "{what}: N is kept");
            seen.lost += 1;
        }
        other => panic!("{what}: {other:?}"),
    }
}
