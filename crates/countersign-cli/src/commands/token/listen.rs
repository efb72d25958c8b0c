//! A listener for one callback, on this machine only.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::time::Duration;
use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender};
use std::thread;

use countersign_base_string::Uri;
use countersign_client::{Approved, CallbackError, Pending, SessionState};
use countersign_encoding::decode_form_bytes;
use countersign_encoding::form::raw_pairs;

use crate::exit::Failure;

/// The port that an address without one means.
const HTTP: u16 = 80;

/// A request for a callback is shorter.
const LONGEST: usize = 16 * 1024;

/// How long one connection may take, however slowly it goes on.
const PATIENCE: Duration = Duration::from_secs(5);

/// After a connection that could not be taken.
const PAUSE: Duration = Duration::from_millis(50);

/// So many connections are read at the same time: browsers open some before they have something to
/// say, and the one that has must not wait for them.
const MOST: usize = 64;

/// A connection on which a head came.
struct Came {
    stream: TcpStream,
    head: String,
}

pub(super) struct Listener {
    socket: TcpListener,
    /// Host and port as the callback has them, which the browser sends as `Host`.
    host: String,
    port: u16,
    path: String,
    /// The callback as it is sent.
    url: String,
}

impl Listener {
    /// A free port.
    pub(super) fn free() -> Result<Self, Failure> {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self::bind(address, 0, "127.0.0.1", "/callback")
    }

    /// The address of a callback, which is sent as it is written: that is what is registered.
    pub(super) fn at(address: IpAddr, callback: &Uri<'_>, written: &str) -> Result<Self, Failure> {
        let port = callback.effective_port();
        let mut listener = Self::bind(address, port, callback.host(), callback.path())?;
        if port != 0 {
            written.clone_into(&mut listener.url);
        }
        Ok(listener)
    }

    fn bind(address: IpAddr, port: u16, host: &str, path: &str) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            Failure::Work(format!("listening at {address}:{port}: {error}"))
        };
        let socket = TcpListener::bind(SocketAddr::new(address, port)).map_err(failed)?;
        let port = socket.local_addr().map_err(failed)?.port();
        let path = if path.is_empty() { "/" } else { path };
        Ok(Self {
            socket,
            host: host.to_owned(),
            port,
            path: path.to_owned(),
            url: format!("http://{host}:{port}{path}"),
        })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
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
        let (sender, connections) = mpsc::sync_channel(MOST);
        // It ends with the process; there is no way to take accept back.
        thread::spawn(move || accept(&socket, &sender));
        let over = Deadline::after(patience);
        loop {
            let came = connections.recv_timeout(over.left()).map_err(|_| {
                Failure::Work(format!(
                    "nobody came to {} within {} s; --timeout SECONDS waits longer",
                    self.url(),
                    patience.as_secs()
                ))
            })?;
            if let Some(came) = self.answer(came, pending, state) {
                return Ok(came);
            }
        }
    }

    /// Answers one connection; `None` if it was about something else.
    fn answer(
        &self,
        Came { mut stream, head }: Came,
        pending: &Pending,
        state: &SessionState,
    ) -> Option<Result<Approved, CallbackError>> {
        let Some(target) = self.target(&head) else {
            reply(&mut stream, "404 Not Found", "There is nothing here.\n");
            return None;
        };
        let (came, status, text) = match pending.come_back(target, state) {
            Ok(approved) => (
                Some(Ok(approved)),
                "200 OK",
                "Thank you. You can close this page.\n",
            ),
            Err(error @ (CallbackError::Denied | CallbackError::Problem { .. }))
                if names_token(target) =>
            {
                let text = "Not connected. You can close this page.\n";
                (Some(Err(error)), "200 OK", text)
            }
            Err(_) => (
                None,
                "400 Bad Request",
                "This is not the callback waited for.\n",
            ),
        };
        reply(&mut stream, status, text);
        came
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
            .is_some_and(|sent| is_host(sent, &self.host, self.port));
        (method == "GET" && path == self.path && is_own && hosts.next().is_none()).then_some(target)
    }
}

/// Whether a callback says which temporary credentials it is about. Anybody's page can send the
/// browser here with a refusal that does not.
fn names_token(target: &str) -> bool {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    raw_pairs(query.as_bytes()).any(|pair| {
        decode_form_bytes(pair.name())
            .is_ok_and(|name| matches!(&*name, b"oauth_token" | b"denied"))
    })
}

/// Whether `Host` names this listener; browsers leave the port of the scheme out.
fn is_host(sent: &str, host: &str, port: u16) -> bool {
    sent.eq_ignore_ascii_case(&format!("{host}:{port}"))
        || (port == HTTP && sent.eq_ignore_ascii_case(host))
}

/// Hands on each connection on which a head comes in time.
#[expect(
    clippy::disallowed_methods,
    reason = "what can't be taken now may be taken in a moment"
)]
fn accept(socket: &TcpListener, sender: &SyncSender<Came>) {
    let reading = Arc::new(());
    loop {
        let Ok((mut stream, _)) = socket.accept() else {
            // A connection that was given up, or too many open files: the next may come through.
            thread::sleep(PAUSE);
            continue;
        };
        // Each that is read has one; who comes when there are too many is sent away.
        let one = Arc::clone(&reading);
        if Arc::strong_count(&reading) > MOST.saturating_add(1) {
            continue;
        }
        let sender = sender.clone();
        thread::spawn(move || {
            if let Some(head) = read_head(&mut stream, PATIENCE) {
                // Nobody waits any more.
                let _over = sender.send(Came { stream, head });
            }
            drop(one);
        });
    }
}

fn read_head(stream: &mut TcpStream, patience: Duration) -> Option<String> {
    let over = Deadline::after(patience);
    stream.set_write_timeout(Some(patience)).ok()?;
    let mut head = Vec::new();
    let mut part = [0; 1024];
    loop {
        // No time at all is refused as a timeout, and so ends it too.
        stream.set_read_timeout(Some(over.left())).ok()?;
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

#[cfg(test)]
mod tests {
    use core::time::Duration;
    use std::io::Write as _;
    use std::net::{TcpListener, TcpStream};
    use std::thread;

    use super::{is_host, names_token, read_head};

    /// What a head comes to whose octets are a tenth of a second apart.
    #[expect(
        clippy::disallowed_methods,
        reason = "a sender who takes his time is what this is about"
    )]
    fn sent_slowly(patience: Duration) -> Option<String> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut sender = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        let slow = thread::spawn(move || {
            for part in "GET / HTTP/1.1\r\n\r\n".as_bytes().chunks(1) {
                let _gone = sender.write_all(part);
                thread::sleep(Duration::from_millis(100));
            }
        });
        let head = read_head(&mut stream, patience);
        drop(stream);
        slow.join().unwrap();
        head
    }

    #[test]
    fn a_connection_has_its_time_however_slowly_it_goes_on() {
        assert_eq!(sent_slowly(Duration::from_millis(800)), None);
        let head = sent_slowly(Duration::from_secs(60));
        assert_eq!(head.as_deref(), Some("GET / HTTP/1.1"));
    }

    #[test]
    fn the_port_of_the_scheme_may_be_left_out() {
        assert!(is_host("LocalHost:8400", "localhost", 8400));
        assert!(is_host("localhost:80", "localhost", 80));
        assert!(is_host("localhost", "localhost", 80));
        assert!(!is_host("localhost", "localhost", 8400));
        assert!(!is_host("localhost:8400", "localhost", 80));
        assert!(!is_host("evil.example", "localhost", 80));
        assert!(!is_host("localhost.evil.example", "localhost", 80));
    }

    #[test]
    fn a_refusal_names_its_token() {
        assert!(names_token("/c?oauth_problem=a&oauth_token=t"));
        assert!(names_token("/c?denied=t"));
        assert!(!names_token("/c?oauth_problem=user_refused"));
        assert!(!names_token("/oauth_token=t"));
    }
}
