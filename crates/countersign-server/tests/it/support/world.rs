//! The service.

use core::net::SocketAddr;
use core::sync::atomic::{AtomicI64, Ordering};
use std::path::Path;
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_server::{Config, Inputs, RefusalReader, RefusalRecord, Server, StartError};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{CONSUMER, Client, NOW, SECRET, Unsigned};

/// Free ports; a test adds what it is about.
const PORTS: &str = "listen = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\n";

pub(crate) struct World {
    pub(crate) directory: TempDir,
    pub(crate) clock: Arc<AtomicI64>,
    running: Option<Running>,
}

struct Running {
    address: SocketAddr,
    admin: SocketAddr,
    origin: String,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl World {
    /// A service with one public application that may sign without a token.
    pub(crate) async fn new() -> Self {
        Self::with("", "").await
    }

    /// The same with more in `[server]`, and more behind it.
    pub(crate) async fn with(server: &str, more: &str) -> Self {
        let mut world = Self::stopped();
        world.start(server, more).await.unwrap();
        world
    }

    /// The directory, and nothing running.
    pub(crate) fn stopped() -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("consumer.secret"), SECRET).unwrap();
        Self {
            directory,
            clock: Arc::new(AtomicI64::new(NOW)),
            running: None,
        }
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) async fn start(&mut self, server: &str, more: &str) -> Result<(), StartError> {
        self.start_after(server, more, false).await
    }

    pub(crate) async fn start_after(
        &mut self,
        server: &str,
        more: &str,
        loss: bool,
    ) -> Result<(), StartError> {
        let text = format!(
            "[server]\n{PORTS}{server}\n[[consumer]]\nkey = \"{CONSUMER}\"\nname = \"Photo Printer\"\n\
             kind = \"public\"\nsecret_file = \"consumer.secret\"\ntwo_legged = true\n\
             callbacks = [\"oob\", \"http://printer.example/ready\"]\n{more}"
        );
        let opened = self.open(&text, loss).await?;
        let facts = opened.facts();
        let (stop, stopped) = oneshot::channel::<()>();
        self.running = Some(Running {
            address: facts.listen,
            admin: facts.admin_listen,
            origin: facts.signed_as.clone(),
            stop,
            task: tokio::spawn(opened.run(async {
                let _dropped = stopped.await;
            })),
        });
        Ok(())
    }

    /// Opens a service with the whole of a configuration.
    pub(crate) async fn open(&self, text: &str, loss: bool) -> Result<Server, StartError> {
        let hands = Arc::clone(&self.clock);
        let mut inputs = Inputs::default();
        inputs.clock = Arc::new(move || UnixTime::from_seconds(hands.load(Ordering::Relaxed)));
        inputs.after_loss = loss;
        let config = Config::parse(text, self.path("countersign.toml")).unwrap();
        Server::open(config, inputs).await
    }

    /// Ends the service in good order.
    pub(crate) async fn stop(&mut self) {
        let running = self.running.take().unwrap();
        running.stop.send(()).unwrap();
        running.task.await.unwrap();
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running().address
    }

    pub(crate) fn origin(&self) -> &str {
        &self.running().origin
    }

    pub(crate) fn client(&self) -> Client {
        Client::hmac(CONSUMER, SECRET)
    }

    /// Moves the clock.
    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Sends a request, signed by `client` if there is one.
    pub(crate) async fn send(&self, client: Option<&Client>, unsigned: &Unsigned<'_>) -> Answer {
        Answer::to(self.address(), &self.request(client, unsigned)).await
    }

    /// The bytes of a request, signed by `client` if there is one.
    pub(crate) fn request(&self, client: Option<&Client>, unsigned: &Unsigned<'_>) -> Vec<u8> {
        let late = unsigned.at - NOW;
        let unsigned = Unsigned {
            origin: self.origin(),
            at: self.clock.load(Ordering::Relaxed) + late,
            ..*unsigned
        };
        let mut text = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
            unsigned.method,
            unsigned.target,
            self.address()
        );
        if let Some(client) = client {
            text += &format!("Authorization: {}\r\n", client.authorization(&unsigned));
        }
        if let Some(content_type) = unsigned.content_type {
            let length = unsigned.body.len();
            text += &format!("Content-Type: {content_type}\r\nContent-Length: {length}\r\n");
        }
        text += "\r\n";
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(unsigned.body);
        bytes
    }

    /// Sends bytes as they are.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> Answer {
        Answer::to(self.address(), bytes).await
    }

    /// Asks the operators' address.
    pub(crate) async fn admin(&self, path: &str) -> Answer {
        let text = format!("GET {path} HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n");
        Answer::to(self.running().admin, text.as_bytes()).await
    }

    /// What is kept of a refused request, which is written beside its answer.
    pub(crate) async fn kept(&self, answer: &Answer) -> RefusalRecord {
        kept(&self.path("countersign-service.db"), answer).await
    }

    pub(crate) fn read(&self, name: &str) -> String {
        read(&self.path(name))
    }
}

/// The same out of the file of a service.
pub(crate) async fn kept(records: &Path, answer: &Answer) -> RefusalRecord {
    let id = answer.field("x-request-id").unwrap();
    let reader = RefusalReader::open(records).unwrap();
    for _ in 0..250 {
        if let Some(record) = reader.find(id).unwrap() {
            return record;
        }
        tokio::time::sleep(core::time::Duration::from_millis(20)).await;
    }
    panic!("nothing is kept of {answer:?}");
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
}

/// An answer, read to the end of its connection.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) async fn to(address: SocketAddr, bytes: &[u8]) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        Self::parse(&answer)
    }

    pub(crate) fn parse(answer: &[u8]) -> Self {
        let answer = String::from_utf8_lossy(answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        Self {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// A value of a form in the body.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let mut pairs = self.body.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, it)| it)
    }

    pub(crate) fn problem(&self) -> Option<&str> {
        self.value("oauth_problem")
    }
}
