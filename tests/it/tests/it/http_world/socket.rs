//! A server on a free port, and bytes to and from it.

use core::net::SocketAddr;
use core::time::Duration;

use axum::Router;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;

use super::Answer;

/// Long enough for the slowest machine; without it a server that never answers hangs the test.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Socket {
    pub(crate) address: SocketAddr,
    server: JoinHandle<()>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Socket {
    pub(crate) async fn serve(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::serve_on(listener, router)
    }

    pub(crate) fn serve_on(listener: TcpListener, router: Router) -> Self {
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, server }
    }
}

/// Threads that serve and ask at the same time. The test keeps its own for the world whose log is
/// looked through, which is its thread's.
pub(crate) struct Threads(Option<Runtime>);

impl Threads {
    pub(crate) fn new() -> Self {
        let mut threads = Builder::new_multi_thread();
        Self(Some(
            threads.worker_threads(4).enable_all().build().unwrap(),
        ))
    }

    pub(crate) fn handle(&self) -> &Handle {
        self.0.as_ref().unwrap().handle()
    }

    pub(crate) async fn serve(&self, router: Router) -> Socket {
        self.handle().spawn(Socket::serve(router)).await.unwrap()
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Sends bytes and gives all that comes back until the server closes the connection.
pub(crate) async fn exchange(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let talk = async {
        let stream = TcpStream::connect(address).await.unwrap();
        let (mut reader, mut writer) = stream.into_split();
        let mut received = Vec::new();
        // A server that refuses early closes before everything was sent; its answer still comes.
        let write = async {
            let _refused_early = writer.write_all(bytes).await;
        };
        let read = async {
            let _reset_after_answer = reader.read_to_end(&mut received).await;
        };
        tokio::join!(write, read);
        received
    };
    let received = tokio::time::timeout(PATIENCE, talk).await;
    received.expect("the server closes the connection")
}

/// The first answer.
pub(crate) async fn answer(address: SocketAddr, bytes: &[u8]) -> Answer {
    let received = exchange(address, bytes).await;
    Answer::read(&received)
        .unwrap_or_else(|| panic!("no answer: {}", String::from_utf8_lossy(&received)))
}
