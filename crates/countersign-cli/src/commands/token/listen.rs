//! A listener for one callback, on this machine only.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::time::Duration;
use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

use countersign_client::{Approved, CallbackError, Pending, SessionState};

use crate::exit::Failure;

/// A request for a callback is shorter.
const LONGEST: usize = 16 * 1024;

/// How long one connection may take.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Listener {
    socket: TcpListener,
    /// Host and port as the callback has them, which the browser sends as `Host`.
    authority: String,
    path: String,
}

impl Listener {
    /// A free port.
    pub(super) fn free() -> Result<Self, Failure> {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self::at(address, 0, "127.0.0.1", "/callback")
    }

    pub(super) fn at(address: IpAddr, port: u16, host: &str, path: &str) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            Failure::Work(format!("listening at {address}:{port}: {error}"))
        };
        let socket = TcpListener::bind(SocketAddr::new(address, port)).map_err(failed)?;
        let port = socket.local_addr().map_err(failed)?.port();
        let path = if path.is_empty() { "/" } else { path };
        Ok(Self {
            socket,
            authority: format!("{host}:{port}"),
            path: path.to_owned(),
        })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}{}", self.authority, self.path)
    }

    /// Waits for the callback of this flow; whatever else comes is sent away.
    pub(super) fn wait(
        &self,
        pending: &Pending,
        state: &SessionState,
        patience: Duration,
    ) -> Result<Result<Approved, CallbackError>, Failure> {
        let socket = self
            .socket
            .try_clone()
            .map_err(|error| Failure::work(&error))?;
        let (sender, connections) = mpsc::sync_channel(16);
        // It ends with the process; there is no way to take accept back.
        thread::spawn(move || {
            while let Ok((stream, _)) = socket.accept() {
                if sender.send(stream).is_err() {
                    break;
                }
            }
        });
        let over = Deadline::after(patience);
        loop {
            let stream = connections.recv_timeout(over.left()).map_err(|_| {
                Failure::Work(format!(
                    "nobody came to {} within {} s; --timeout SECONDS waits longer",
                    self.url(),
                    patience.as_secs()
                ))
            })?;
            if let Some(came) = self.answer(stream, pending, state) {
                return Ok(came);
            }
        }
    }

    /// Answers one connection; `None` if it was about something else.
    fn answer(
        &self,
        mut stream: TcpStream,
        pending: &Pending,
        state: &SessionState,
    ) -> Option<Result<Approved, CallbackError>> {
        let head = read_head(&mut stream)?;
        let Some(target) = self.target(&head) else {
            reply(&mut stream, "404 Not Found", "There is nothing here.\n");
            return None;
        };
        let came = pending.come_back(target, state);
        let (status, text) = match &came {
            Ok(_) => ("200 OK", "Thank you. You can close this page.\n"),
            Err(CallbackError::Denied | CallbackError::Problem { .. }) => {
                ("200 OK", "Not connected. You can close this page.\n")
            }
            Err(_) => ("400 Bad Request", "This is not the callback waited for.\n"),
        };
        reply(&mut stream, status, text);
        match came {
            Ok(approved) => Some(Ok(approved)),
            Err(error @ (CallbackError::Denied | CallbackError::Problem { .. })) => {
                Some(Err(error))
            }
            Err(_) => None,
        }
    }

    /// The target of a request for this callback: by its path, and by the host that it names, so
    /// that no page of another name can send requests here.
    fn target<'h>(&self, head: &'h str) -> Option<&'h str> {
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let (method, target) = (words.next()?, words.next()?);
        let path = target.split(['?', '#']).next()?;
        let mut hosts = lines.filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("host").then(|| value.trim())
        });
        let is_own = hosts
            .next()
            .is_some_and(|host| host.eq_ignore_ascii_case(&self.authority));
        (method == "GET" && path == self.path && is_own && hosts.next().is_none()).then_some(target)
    }
}

fn read_head(stream: &mut TcpStream) -> Option<String> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    let mut head = Vec::new();
    let mut part = [0; 1024];
    loop {
        let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
        head.extend_from_slice(part.get(..read)?);
        if let Some(end) = head.windows(4).position(|it| it == b"\r\n\r\n") {
            head.truncate(end);
            return String::from_utf8(head).ok();
        }
        if head.len() > LONGEST {
            return None;
        }
    }
}

/// Nobody keeps what stands in the address of this page, and nothing is loaded by it.
fn reply(stream: &mut TcpStream, status: &str, text: &str) {
    let length = text.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
         Content-Security-Policy: default-src 'none'\r\nX-Content-Type-Options: nosniff\r\n\
         Connection: close\r\n\r\n{text}"
    );
    // A browser that has gone has no more to learn.
    let _gone = stream.write_all(answer.as_bytes());
}

/// The end of waiting.
struct Deadline(std::time::Instant);

#[expect(
    clippy::disallowed_methods,
    reason = "a person is waited for, and not for ever"
)]
impl Deadline {
    fn after(patience: Duration) -> Self {
        let now = std::time::Instant::now();
        Self(now.checked_add(patience).unwrap_or(now))
    }

    fn left(&self) -> Duration {
        self.0.saturating_duration_since(std::time::Instant::now())
    }
}
