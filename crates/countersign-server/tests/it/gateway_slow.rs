//! Clients that take their time.

use core::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::support::{FORM, Gate, JSON, Unsigned, Upstream};

/// One second for everything, and some more for a machine that has other things to do.
const DEADLINES: &str = "header_seconds = 1\nbody_seconds = 1\n";
const BY_THEN: Duration = Duration::from_secs(8);

async fn gate() -> Gate {
    Gate::before(Upstream::new().await, DEADLINES).await
}

/// Sends a byte every tenth of a second until the connection ends; gives what came back.
async fn drip(gate: &Gate, first: &str, byte: &[u8]) -> String {
    let begun = Instant::now();
    let stream = TcpStream::connect(gate.world.address()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    writer.write_all(first.as_bytes()).await.unwrap();
    let dripping = async {
        while writer.write_all(byte).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        core::future::pending::<()>().await;
    };
    let mut answer = Vec::new();
    tokio::select! {
        () = dripping => {}
        // It may end in an error, since somebody is still sending.
        _ = reader.read_to_end(&mut answer) => {}
        () = tokio::time::sleep(BY_THEN) => panic!("not closed: {first:?}"),
    }
    assert!(begun.elapsed() >= Duration::from_millis(900), "{first:?}");
    String::from_utf8(answer).unwrap()
}

/// Asks until the other thing is over, each time with an answer at once.
async fn honest_beside<F: Future>(gate: &Gate, other: F) -> F::Output {
    let mut other = core::pin::pin!(other);
    loop {
        tokio::select! {
            biased;
            output = &mut other => return output,
            () = tokio::time::sleep(Duration::from_millis(100)) => {}
        }
        let asked = Instant::now();
        gate.honest().await;
        assert!(
            asked.elapsed() < Duration::from_secs(1),
            "{:?}",
            asked.elapsed()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h42_a_head_that_drips_is_closed_in_time() {
    let gate = gate().await;
    let signed = gate.head(&Unsigned::get("/a"));
    for first in ["", "GET /", "GET / HTTP/1.1\r\nX-A: ", &*signed] {
        let answer = honest_beside(&gate, drip(&gate, first, b"a")).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{first:?} {answer}"
        );
    }
    assert!(
        gate.upstream
            .received()
            .iter()
            .all(|it| it.line().contains("/honest"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn h42_a_body_that_drips_is_408_and_closed_in_time() {
    let gate = gate().await;
    // A form is read before it is verified; another body is passed on as it comes.
    for content_type in [FORM, JSON] {
        for (frame, byte) in [
            ("Content-Length: 1000\r\n\r\n", "a"),
            ("Transfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n"),
            ("Transfer-Encoding: chunked\r\n\r\n", "0"),
        ] {
            let head = gate.head(&Unsigned::post("/a", content_type, b""));
            let first = format!("{head}Content-Type: {content_type}\r\n{frame}");
            let answer = honest_beside(&gate, drip(&gate, &first, byte.as_bytes())).await;
            let status = if byte == "0" {
                "HTTP/1.1 4"
            } else {
                "HTTP/1.1 408 "
            };
            assert!(
                answer.starts_with(status),
                "{content_type} {frame} {answer}"
            );
            assert!(answer.contains("connection: close"), "{answer}");
            assert!(!answer.contains("oauth_problem"), "{answer}");
        }
    }
    assert!(
        gate.upstream
            .received()
            .iter()
            .all(|it| it.line().contains("/honest"))
    );
}

/// How many sockets a test may open: the other ends are in this process too.
fn sockets() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let most = files.and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
    most.unwrap_or(1_024_usize).div_euclid(4).min(2_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn h42_idle_sockets_are_closed_in_time_and_nobody_waits_for_them() {
    let gate = gate().await;
    let mut idle = Vec::new();
    for number in 0..sockets() {
        let mut stream = TcpStream::connect(gate.world.address()).await.unwrap();
        // Some have begun, and some have nothing to say.
        if number % 2 == 0 {
            stream.write_all(b"GET / HTTP/1.1\r\nHost: ").await.unwrap();
        }
        idle.push(stream);
    }
    let closed = async {
        for stream in &mut idle {
            let mut answer = Vec::new();
            let read = stream.read_to_end(&mut answer);
            let _ended = tokio::time::timeout(BY_THEN, read).await.expect("closed");
        }
    };
    honest_beside(&gate, closed).await;
    gate.honest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h42_more_idle_sockets_than_there_is_room_for_keep_nobody_out() {
    // By their deadline alone the first would leave long after this is over.
    let few = "header_seconds = 60\nmax_connections = 64\n";
    let gate = Gate::before(Upstream::new().await, few).await;
    let mut idle = Vec::new();
    for number in 0..sockets() / 4 {
        let mut stream = TcpStream::connect(gate.world.address()).await.unwrap();
        // Some were answered once, and some have begun.
        let beginning = [
            "",
            "GET / HTTP/1.1\r\nHost: ",
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        ];
        stream
            .write_all(beginning[number % 3].as_bytes())
            .await
            .unwrap();
        idle.push(stream);
    }
    for _ in 0..10 {
        honest_beside(&gate, tokio::time::sleep(Duration::from_millis(150))).await;
    }
    // The first of them had to go; the last is still there.
    let gone = tokio::time::timeout(BY_THEN, idle[0].read_to_end(&mut Vec::new())).await;
    let _ended = gone.expect("closed");
    let last = idle.last_mut().unwrap();
    let mut answer = Vec::new();
    let stays = tokio::time::timeout(Duration::from_millis(100), last.read_to_end(&mut answer));
    assert!(stays.await.is_err());
}
