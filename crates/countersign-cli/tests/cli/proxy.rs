//! `proxy`: what a tool that can't sign gets by it, and who gets nothing.

mod answers;
mod bodies;
mod guarded;
mod lives;
mod log;
mod presets;
mod relayed;
mod service;
#[cfg(unix)]
mod socket;
mod tls;
mod token;

#[cfg(unix)]
use core::time::Duration;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Child;
#[cfg(unix)]
use std::time::Instant;

use serde_json::Value;

use crate::run::start;

/// No output may show one of these, whatever happens.
pub(crate) const KEYS: &str = "\
consumer_key = \"dpf43f3p2l4k3l03\"
consumer_secret = \"canary-consumer\"
token = \"nnch734d00sl2jdk\"
token_secret = \"canary-token\"
session_handle = \"canary-handle\"
";

/// The proxy, ended with the test.
pub(crate) struct Proxy {
    child: Child,
    /// What it printed at the start.
    pub(crate) facts: Value,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn read(stream: &mut impl std::io::Read) -> Self {
        let mut bytes = Vec::new();
        // An answer that was cut off is looked at as it is.
        let _cut_off = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("no answer: {text:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self {
            status,
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }

    /// The value of a field, its name in small letters.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// An answer of the proxy's own, which says so and what to do.
    #[track_caller]
    pub(crate) fn is_own(&self, status: u16, error: &str, words: &str) {
        assert_eq!(self.status, status, "{self:?}");
        let said = format!("countersign; error={error}");
        assert_eq!(self.field("proxy-status"), Some(said.as_str()), "{self:?}");
        assert!(self.body.starts_with("countersign proxy: "), "{self:?}");
        assert!(self.body.contains(words), "{words}: {self:?}");
    }
}

impl Proxy {
    /// Started in `directory` with `--format json` and these arguments.
    pub(crate) fn start(directory: &Path, arguments: &[&str]) -> Self {
        Self::start_with(directory, arguments, &[])
    }

    pub(crate) fn start_with(
        directory: &Path,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let arguments = [&["proxy", "--format", "json"], arguments].concat();
        let mut child = start(directory, &arguments, variables);
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let facts = serde_json::from_str(&line).unwrap_or_else(|_| {
            let mut why = String::new();
            let _ended = child.kill();
            let _read = child.stderr.take().unwrap().read_to_string(&mut why);
            panic!("{arguments:?}: {line}{why}");
        });
        Self { child, facts }
    }

    /// With the keys above, for an upstream.
    pub(crate) fn to(directory: &Path, upstream: &str) -> Self {
        let keys = ["--keys", "keys.toml", "--upstream", upstream];
        Self::start(directory, &keys)
    }

    pub(crate) fn address(&self) -> &str {
        self.facts["listen"].as_str().unwrap()
    }

    pub(crate) fn token(&self) -> &str {
        self.facts["token"].as_str().unwrap()
    }

    /// The fields that let a request in, and make its answer the last of the connection.
    pub(crate) fn fields(&self) -> String {
        format!(
            "Host: {}\r\nX-Countersign-Token: {}\r\nConnection: close\r\n",
            self.address(),
            self.token()
        )
    }

    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address()).unwrap()
    }

    /// Sends bytes as they are, and reads to the end.
    pub(crate) fn send(&self, bytes: impl AsRef<[u8]>) -> Answer {
        let mut stream = self.connect();
        // It may be refused before it was sent.
        let _refused = stream.write_all(bytes.as_ref());
        Answer::read(&mut stream)
    }

    /// A request with the token, further fields and a body.
    pub(crate) fn ask(&self, line: &str, more: &str, body: &str) -> Answer {
        let length = match body.len() {
            0 => String::new(),
            length => format!("Content-Length: {length}\r\n"),
        };
        let fields = self.fields();
        self.send(format!(
            "{line} HTTP/1.1\r\n{fields}{more}{length}\r\n{body}"
        ))
    }

    pub(crate) fn get(&self, target: &str) -> Answer {
        self.ask(&format!("GET {target}"), "", "")
    }

    /// Asks it to stop.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args([name, &pid])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits until it has taken in that it is to stop.
    #[cfg(unix)]
    pub(crate) fn listens_no_more(&self) {
        let until = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(self.address()).is_ok() {
            assert!(Instant::now() < until, "it goes on listening");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for its end; gives its exit code and its log.
    pub(crate) fn ended(mut self) -> (i32, String) {
        let status = self.child.wait().unwrap();
        let mut log = String::new();
        let errors = self.child.stderr.as_mut().unwrap();
        errors.read_to_string(&mut log).unwrap();
        assert!(!log.contains("canary"), "{log}");
        if let Some(token) = self.facts["token"].as_str() {
            assert!(!log.contains(token), "{log}");
        }
        let facts = self.facts.to_string();
        assert!(!facts.contains("canary"), "{facts}");
        (status.code().expect("no signal"), log)
    }

    /// Stops it in good order and gives its log.
    #[cfg(unix)]
    pub(crate) fn stop(self) -> String {
        self.signal("-TERM");
        let (code, log) = self.ended();
        assert_eq!(code, 0, "{log}");
        log
    }
}
