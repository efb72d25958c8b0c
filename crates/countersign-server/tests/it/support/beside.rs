//! A service in a process of its own, so that this one can administer its store.

use core::net::SocketAddr;
use std::io::{BufRead as _, BufReader, Lines, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_server::{Admin, Config, Inputs, Server};
use countersign_signature::OsRandom;
use countersign_store::seal::{KeyId, SealKey, Sealer};
use countersign_store::{
    AccessToken, Change, Commit, Domain, Expected, Grant, GrantId, TokenStore as _,
};
use countersign_store_sqlite::{Options, SqliteStore};
use countersign_token::Expiry;
use tempfile::TempDir;

use super::{Answer, Client, NOW, Unsigned};

/// What clients sign, whatever port is free.
const ORIGIN: &str = "http://api.example.test";

/// Set for the process that serves: the directory.
const DIRECTORY: &str = "COUNTERSIGN_TEST_SERVE";

pub(crate) const TOKEN: &str = "an access token of the test's own";
pub(crate) const TOKEN_SECRET: &str = "the secret of that access token";

pub(crate) struct Beside {
    pub(crate) directory: TempDir,
}

/// A user's grant, with one access token.
pub(crate) struct Given<'a> {
    pub(crate) number: u8,
    pub(crate) consumer: &'a str,
    pub(crate) organisation: &'a str,
    pub(crate) user: &'a str,
    pub(crate) token: &'a str,
}

impl Given<'_> {
    pub(crate) fn id(&self) -> String {
        GrantId::from_bytes([self.number; 16]).to_string()
    }
}

impl Beside {
    /// A directory with a configuration and a store.
    pub(crate) async fn new(more: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let this = Self { directory };
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\n\
             public_url = \"{ORIGIN}\"\n{more}"
        );
        std::fs::write(this.path("countersign.toml"), text).unwrap();
        // A first start makes the keys.
        drop(Server::open(this.config(), inputs()).await.unwrap());
        this
    }

    /// The store, while nobody else has it open.
    pub(crate) fn store(&self) -> SqliteStore {
        let sealer = sealer(&std::fs::read_to_string(self.path("countersign.key")).unwrap());
        let options = Options::sealed_by(sealer);
        let path = self.path("countersign.db");
        let now = UnixTime::from_seconds(NOW);
        SqliteStore::open(&path, &options, now, OsRandom::new()).unwrap()
    }

    /// Puts grants into the store, while nobody has it open.
    pub(crate) async fn give(&self, given: &[Given<'_>]) {
        let (store, now) = (self.store(), UnixTime::from_seconds(NOW));
        for given in given {
            let id = GrantId::from_bytes([given.number; 16]);
            let ends = Expiry::after(now, 1800);
            let (consumer, place) = (given.consumer, given.organisation);
            let mut grant = Grant::new(id, consumer, place, given.user, now, ends);
            grant.role = "standard".to_owned();
            let token = given.token.as_bytes();
            let token = store.fingerprint_key().of(Domain::Token, &[token]);
            let secret = Arc::new(Secret::new(TOKEN_SECRET));
            let token = AccessToken::new(token, &grant, secret, now, ends);
            let change = Change::new().grant(Expected::Absent, grant).access(token);
            assert_eq!(store.commit(change).await.unwrap(), Commit::Done);
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn config(&self) -> Config {
        Config::read(self.path("countersign.toml")).unwrap()
    }

    pub(crate) fn admin(&self) -> Admin {
        let now = || UnixTime::from_seconds(NOW);
        Admin::open_at(&self.config(), Arc::new(now)).unwrap()
    }

    pub(crate) fn trail(&self) -> String {
        std::fs::read_to_string(self.path("countersign-audit.log")).unwrap()
    }

    /// Starts the service.
    pub(crate) fn serve(&self) -> Serving {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["support::beside::service", "--exact", "--nocapture"])
            .env(DIRECTORY, self.directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = lines
            .by_ref()
            .map(Result::unwrap)
            .find_map(|line| Some(line.split_once("serving ")?.1.to_owned()))
            .expect("the service starts");
        let (address, opened) = line.split_once(' ').unwrap();
        Serving {
            address: address.parse().unwrap(),
            opened_in: opened.parse().unwrap(),
            stdin: process.stdin.take(),
            _lines: lines,
            process,
        }
    }
}

/// The key that a first start made.
pub(crate) fn sealer(text: &str) -> Sealer {
    use base64::Engine as _;

    let (_, key) = text.split_once("1 = \"").unwrap();
    let (key, _) = key.split_once('"').unwrap();
    let key = base64::engine::general_purpose::STANDARD.decode(key);
    let key: [u8; 32] = key.unwrap().try_into().unwrap();
    Sealer::new(KeyId::new(1), SealKey::from_bytes(key))
}

pub(crate) fn inputs() -> Inputs {
    let mut inputs = Inputs::default();
    inputs.clock = Arc::new(|| UnixTime::from_seconds(NOW));
    inputs
}

/// A service that runs.
pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    /// How long it took to open, in milliseconds.
    pub(crate) opened_in: u64,
    pub(crate) process: Child,
    stdin: Option<ChildStdin>,
    /// Open for as long as the harness may print its summary.
    _lines: Lines<BufReader<ChildStdout>>,
}

impl Serving {
    /// Asks for `/echo`; gives `ok` or the problem.
    pub(crate) async fn ask(&self, client: &Client) -> String {
        let answer = Answer::to(self.address, &request(client, &Unsigned::get("/echo"))).await;
        match answer.problem() {
            None if answer.status == 200 => "ok".to_owned(),
            None => format!("{answer:?}"),
            Some(problem) => problem.to_owned(),
        }
    }

    /// How much of its memory is resident, in KiB.
    #[cfg(target_os = "linux")]
    pub(crate) fn resident(&self) -> u64 {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(path).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let number = line.unwrap().split_whitespace().nth(1);
        number.unwrap().parse().unwrap()
    }

    /// Sends from a thread that may wait; `None` if there was no whole answer.
    pub(crate) fn send(&self, bytes: &[u8]) -> Option<Answer> {
        let exchange = || {
            let mut stream = TcpStream::connect(self.address)?;
            stream.write_all(bytes)?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer)?;
            Ok::<_, std::io::Error>(answer)
        };
        let answer = exchange().ok().filter(|answer| is_whole(answer))?;
        Some(Answer::parse(&answer))
    }
}

/// Whether all of the body is there that the head promises.
fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.parse::<usize>().ok())?
    });
    length.is_none_or(|length| body.len() == length)
}

/// Ends when the service does: its standard input closes.
impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // It may have been killed, and be waited for.
        let _ended = self.process.wait();
    }
}

/// The bytes of a signed request.
pub(crate) fn request(client: &Client, unsigned: &Unsigned<'_>) -> Vec<u8> {
    let unsigned = Unsigned {
        origin: ORIGIN,
        ..*unsigned
    };
    let (method, target, length) = (unsigned.method, unsigned.target, unsigned.body.len());
    let mut text = format!(
        "{method} {target} HTTP/1.1\r\nHost: api.example.test\r\nConnection: close\r\n\
         Authorization: {}\r\n",
        client.authorization(&unsigned)
    );
    if let Some(content_type) = unsigned.content_type {
        text += &format!("Content-Type: {content_type}\r\nContent-Length: {length}\r\n");
    }
    let mut bytes = (text + "\r\n").into_bytes();
    bytes.extend_from_slice(unsigned.body);
    bytes
}

/// What runs in the other process; without the variable, nothing.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the test talks to itself, and times a start"
)]
fn service() {
    let Ok(directory) = std::env::var(DIRECTORY) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let began = std::time::Instant::now();
        let config = Config::read(Path::new(&directory).join("countersign.toml")).unwrap();
        let server = Server::open(config, inputs()).await.unwrap();
        let opened = began.elapsed().as_millis();
        let stop = countersign_server::stop_signal().unwrap();
        let line = format!("serving {} {opened}\n", server.facts().listen);
        std::io::stdout().write_all(line.as_bytes()).unwrap();
        let closed = tokio::task::spawn_blocking(|| {
            let _bytes = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        });
        server
            .run(async {
                tokio::select! {
                    () = stop => {}
                    _ = closed => {}
                }
            })
            .await;
    });
    // Nobody may be left to close the standard input.
    runtime.shutdown_background();
}
