//! A service with an upstream behind it, and what holds for every request to it.

use core::time::Duration;

use super::upstream::Upstream;
use super::{Answer, SECRET, Unsigned, World};

pub(crate) struct Gate {
    pub(crate) world: World,
    pub(crate) upstream: Upstream,
}

impl Gate {
    pub(crate) async fn new() -> Self {
        Self::before(Upstream::new().await, "").await
    }

    /// A service before an upstream, with more in `[server]`.
    pub(crate) async fn before(upstream: Upstream, server: &str) -> Self {
        let world = World::with(&format!("{}{server}", upstream.line()), "").await;
        Self { world, upstream }
    }

    /// The value of `Authorization` for a request.
    pub(crate) fn authorization(&self, unsigned: &Unsigned<'_>) -> String {
        self.world.client().authorization(&Unsigned {
            origin: self.world.origin(),
            ..*unsigned
        })
    }

    /// A head up to its last field, signed.
    pub(crate) fn head(&self, unsigned: &Unsigned<'_>) -> String {
        format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\n",
            unsigned.method,
            unsigned.target,
            self.world.address(),
            self.authorization(unsigned)
        )
    }

    /// A signed `GET` with these fields, answered.
    pub(crate) async fn get(&self, target: &str, fields: &str) -> Answer {
        let head = self.head(&Unsigned::get(target));
        self.world
            .raw(format!("{head}Connection: close\r\n{fields}\r\n").as_bytes())
            .await
    }

    /// Everything an honest request is promised, right after another one.
    pub(crate) async fn honest(&self) {
        let before = self.upstream.received().len();
        let answer = self.get("/honest", "").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(self.upstream.received().len(), before + 1);
    }

    /// The lines of a request in the audit trail, by its id.
    fn trail(&self, id: &str) -> Vec<String> {
        let text = self.world.read("countersign-audit.log");
        let lines = text.lines().filter(|line| line.contains(id));
        lines.map(str::to_owned).collect()
    }

    /// Sends what has to be refused before the upstream hears of it, and checks what holds for all
    /// of it. Gives all bytes that came back.
    pub(crate) async fn refused(&self, bytes: &[u8], status: u16) -> String {
        let heads = self.upstream.heads();
        let text = exchange(&self.world, bytes).await;
        let expected = format!("HTTP/1.1 {status} ");
        let sent = String::from_utf8_lossy(bytes);
        assert!(text.starts_with(&expected), "{sent:?} {text:?}");
        assert_eq!(self.upstream.heads(), heads, "{sent:?}");
        assert!(!text.contains(SECRET), "{text}");
        // What is no request has no id, and no line.
        if let Some(id) = Answer::parse(text.as_bytes()).field("x-request-id") {
            if status == 401 {
                soon("a line of it", || !self.trail(id).is_empty()).await;
            }
            let lines = self.trail(id);
            assert!(lines.len() <= 1, "{lines:?}");
            for line in lines {
                let is_plain = line.bytes().all(|byte| (b' '..=b'~').contains(&byte));
                assert!(is_plain && !line.contains(SECRET), "{line:?}");
            }
        }
        text
    }
}

/// Sends bytes and gives all that comes back until the connection ends.
pub(crate) async fn exchange(world: &World, bytes: &[u8]) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let mut stream = tokio::net::TcpStream::connect(world.address())
        .await
        .unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let read = tokio::time::timeout(Duration::from_secs(20), read).await;
    read.expect("the connection ends").unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Waits for something that happens beside the answer.
pub(crate) async fn soon(what: &str, mut happened: impl FnMut() -> bool) {
    for _ in 0..500 {
        if happened() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}
