//! An API that knows nothing of OAuth: it writes down what it gets and answers as it is told.

use core::net::SocketAddr;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What is done for an answer.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Write(Vec<u8>),
    Pause(Duration),
    /// Waits until the other end closes.
    Hang,
    Close,
}

/// A request, as it came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    /// With the break of its last line.
    pub(crate) head: String,
    /// Without its chunks.
    pub(crate) body: Vec<u8>,
}

impl Received {
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    pub(crate) fn fields(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().skip(1);
        lines
            .filter_map(|line| line.split_once(": "))
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    }

    /// The only field of a name.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let all = self.fields(name);
        assert!(all.len() < 2, "{name} {all:?}");
        all.first().copied()
    }
}

#[derive(Debug, Default)]
struct Log {
    connections: AtomicUsize,
    heads: AtomicUsize,
    /// Requests whose connection ended before the request or the answer did.
    broken: AtomicUsize,
    received: Mutex<Vec<Received>>,
}

pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    log: Arc<Log>,
    task: JoinHandle<()>,
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Upstream {
    /// Answers everything with two bytes.
    pub(crate) async fn new() -> Self {
        Self::saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await
    }

    pub(crate) async fn saying(answer: &'static str) -> Self {
        Self::answering(move |_| vec![Step::Write(answer.as_bytes().to_vec())]).await
    }

    pub(crate) async fn answering(
        answer: impl Fn(&Received) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (log, answer) = (Arc::new(Log::default()), Arc::new(answer));
        let kept = Arc::clone(&log);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                kept.connections.fetch_add(1, Ordering::SeqCst);
                let (log, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                tokio::spawn(async move { serve(stream, &log, &*answer).await });
            }
        });
        Self { address, log, task }
    }

    /// The line of a service's configuration.
    pub(crate) fn line(&self) -> String {
        format!("upstream = \"http://{}\"\n", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.log.connections.load(Ordering::SeqCst)
    }

    /// How many requests began.
    pub(crate) fn heads(&self) -> usize {
        self.log.heads.load(Ordering::SeqCst)
    }

    pub(crate) fn broken(&self) -> usize {
        self.log.broken.load(Ordering::SeqCst)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.log.received.lock().unwrap().clone()
    }

    pub(crate) fn last(&self) -> Received {
        self.received().pop().unwrap()
    }
}

async fn serve(stream: TcpStream, log: &Log, answer: &(dyn Fn(&Received) -> Vec<Step> + Sync)) {
    let mut stream = BufReader::new(stream);
    while let Some(head) = read_head(&mut stream).await {
        log.heads.fetch_add(1, Ordering::SeqCst);
        let mut received = Received {
            head,
            body: Vec::new(),
        };
        let Some(body) = read_body(&received, &mut stream).await else {
            log.broken.fetch_add(1, Ordering::SeqCst);
            return;
        };
        received.body = body;
        let steps = answer(&received);
        log.received.lock().unwrap().push(received);
        for step in steps {
            match step {
                Step::Write(bytes) => {
                    if stream.get_mut().write_all(&bytes).await.is_err() {
                        log.broken.fetch_add(1, Ordering::SeqCst);
                        return;
                    }
                }
                Step::Pause(time) => tokio::time::sleep(time).await,
                Step::Hang => {
                    let _end = stream.read_to_end(&mut Vec::new()).await;
                    log.broken.fetch_add(1, Ordering::SeqCst);
                    return;
                }
                Step::Close => return,
            }
        }
    }
}

async fn read_until(stream: &mut (impl AsyncRead + Unpin), end: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end) {
        bytes.push(stream.read_u8().await.ok()?);
    }
    Some(bytes)
}

async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let bytes = read_until(stream, b"\r\n\r\n").await?;
    Some(String::from_utf8(bytes).unwrap())
}

/// Reads a body as strictly as can be: whatever is doubtful is a fault of the gateway's.
async fn read_body(received: &Received, stream: &mut (impl AsyncRead + Unpin)) -> Option<Vec<u8>> {
    let length = received.field("content-length");
    let mut body = Vec::new();
    match received.field("transfer-encoding") {
        Some(encoding) => {
            assert_eq!((encoding, length), ("chunked", None));
            loop {
                let size = read_until(stream, b"\r\n").await?;
                let size = String::from_utf8(size).unwrap();
                let size = usize::from_str_radix(size.trim_end(), 16).unwrap();
                let mut chunk = vec![0; size];
                stream.read_exact(&mut chunk).await.ok()?;
                body.extend(chunk);
                // Behind the last chunk nothing but its end, as no trailers are passed on.
                assert_eq!(read_until(stream, b"\r\n").await?, b"\r\n");
                if size == 0 {
                    return Some(body);
                }
            }
        }
        None => {
            body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
            stream.read_exact(&mut body).await.ok()?;
            Some(body)
        }
    }
}
