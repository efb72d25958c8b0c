//! Messages that two readers read differently reach nobody.

use core::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{FORM, Gate, JSON, Unsigned, exchange};

/// What somebody tries to get past the gateway, behind or within another request.
const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/// Fields of heads that are refused, each with the end of its head and what follows.
fn frames() -> Vec<String> {
    let chunked = "Transfer-Encoding: chunked\r\n";
    let fields = [
        format!("Content-Length: 5\r\n{chunked}\r\n0\r\n\r\n"),
        format!("{chunked}Content-Length: 5\r\n\r\n0\r\n\r\n"),
        format!("{chunked}Content-Length: 0\r\n\r\n0\r\n\r\n"),
        format!("{chunked}{chunked}\r\n0\r\n\r\n"),
        format!("{chunked}X-A: b\r\ntransfer-encoding:identity\r\n\r\n0\r\n\r\n"),
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding: chunked,chunked\r\n\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding: identity\r\n\r\n".to_owned(),
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n".to_owned(),
        "X-A: b\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
        "Content-Length: +5\r\n\r\nhello".to_owned(),
        "Content-Length: -5\r\n\r\nhello".to_owned(),
        "Content-Length: 0x5\r\n\r\nhello".to_owned(),
        "Content-Length: 5, 5\r\n\r\nhello".to_owned(),
        "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello".to_owned(),
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello".to_owned(),
        "Content-Length: 99999999999999999999\r\n\r\nhello".to_owned(),
        "Content-Length: \r\n\r\n".to_owned(),
        "Content-Length: 5\n\r\nhello".to_owned(),
        "X-A: b\n\r\n".to_owned(),
        "X-A: b\r\n\n".to_owned(),
        "X-A: b\r\n folded\r\n\r\n".to_owned(),
        "X-A: b\r\n\tTransfer-Encoding: chunked\r\n\r\n".to_owned(),
        "X-A : b\r\n\r\n".to_owned(),
        "X-A: b\0\r\n\r\n".to_owned(),
        "no field\r\n\r\n".to_owned(),
        ": no name\r\n\r\n".to_owned(),
    ];
    fields.into()
}

fn post(gate: &Gate) -> String {
    gate.head(&Unsigned::post("/a", JSON, b"hello"))
}

#[tokio::test(flavor = "multi_thread")]
async fn h39_a_frame_that_two_readers_read_differently_is_400_and_the_end() {
    let gate = Gate::new().await;
    for frame in frames() {
        let head = post(&gate);
        let bytes = format!("{head}Content-Type: {JSON}\r\n{frame}{SMUGGLED}");
        let text = gate.refused(bytes.as_bytes(), 400).await;
        assert_eq!(text.matches("HTTP/1.1 ").count(), 1, "{frame:?} {text}");
        assert!(text.to_lowercase().contains("connection: close"), "{text}");

        // Nothing of it was acted on: framed in one way, the very signature is good.
        let bytes = format!(
            "{head}Content-Type: {JSON}\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
        );
        let before = gate.upstream.heads();
        let text = exchange(&gate.world, bytes.as_bytes()).await;
        assert!(text.starts_with("HTTP/1.1 200 "), "{frame:?} {text}");
        assert_eq!(gate.upstream.heads(), before + 1);
    }
    let head = post(&gate).replacen("HTTP/1.1", "HTTP/1.0", 1);
    let bytes = format!("{head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{SMUGGLED}");
    let text = exchange(&gate.world, bytes.as_bytes()).await;
    assert!(text.contains(" 400 "), "{text}");
    assert!(
        gate.upstream
            .received()
            .iter()
            .all(|it| !it.head.contains("smuggled"))
    );
    gate.honest().await;
}

/// The head behind an honest message, which may be of any kind.
#[tokio::test(flavor = "multi_thread")]
async fn h39_the_second_head_of_a_connection_is_looked_at_too() {
    let gate = Gate::new().await;
    let honest = |gate: &Gate| {
        let forms = gate.head(&Unsigned::post("/1", FORM, b"a=b"));
        let plain = gate.head(&Unsigned::post("/1", JSON, b"a=b"));
        let length = "Content-Length: 3\r\n\r\na=b";
        let chunks = "Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n";
        [
            format!("{}\r\n", gate.head(&Unsigned::get("/1"))),
            format!("{forms}Content-Type: {FORM}\r\n{length}"),
            format!("{plain}Content-Type: {JSON}\r\n{chunks}"),
        ]
    };
    for frame in frames() {
        for first in honest(&gate) {
            let before = gate.upstream.heads();
            let bytes = format!("{first}{}{frame}{SMUGGLED}", post(&gate));
            let text = exchange(&gate.world, bytes.as_bytes()).await;
            let statuses: Vec<&str> = text
                .split("HTTP/1.1 ")
                .skip(1)
                .map(|answer| &answer[..3])
                .collect();
            assert_eq!(statuses, ["200", "400"], "{first:?} {frame:?} {text}");
            assert_eq!(gate.upstream.heads(), before + 1, "{frame:?}");
            assert!(gate.upstream.last().line().contains(" /1 "));
        }
    }
    gate.honest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h39_a_chunk_that_is_none_is_400_and_the_end() {
    let gate = Gate::new().await;
    let bodies = [
        "x\r\nhello\r\n",
        "+5\r\nhello\r\n",
        "-5\r\nhello\r\n",
        "0x5\r\nhello\r\n",
        " 5\r\nhello\r\n",
        "5 \r\nhello\r\n",
        "5\nhello\r\n",
        "5;\nhello\r\n",
        "5;a\rb\r\nhello\r\n",
        "\r\n",
        "ffffffffffffffff\r\nhello\r\n",
        "fffffffffffffffffff0\r\nhello\r\n",
    ];
    for body in bodies {
        for content_type in [FORM, JSON] {
            let head = gate.head(&Unsigned::post("/a", content_type, b"hello"));
            let bytes = format!(
                "{head}Content-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n\
                 {body}0\r\n\r\n{SMUGGLED}"
            );
            let text = gate.refused(bytes.as_bytes(), 400).await;
            assert_eq!(text.matches("HTTP/1.1 ").count(), 1, "{body:?} {text}");
        }
    }
    // Further on, some of a body that nobody signed may be on its way: it never ends there.
    for body in [
        "5\r\nhello!\r\n",
        "5\r\nhell\r\n",
        "5\r\nhello\n",
        "5\r\nhello\r\n+0\r\n\r\n",
    ] {
        let (whole, head) = (gate.upstream.received().len(), post(&gate));
        let bytes = format!(
            "{head}Content-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n\
             {body}0\r\n\r\n{SMUGGLED}"
        );
        let text = exchange(&gate.world, bytes.as_bytes()).await;
        assert!(text.starts_with("HTTP/1.1 400 "), "{body:?} {text}");
        assert_eq!(text.matches("HTTP/1.1 ").count(), 1, "{body:?} {text}");
        assert_eq!(gate.upstream.received().len(), whole, "{body:?}");
    }
    gate.honest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h39_a_body_on_get_is_its_body_and_no_request() {
    let gate = Gate::new().await;
    for length in ["Content-Length: ", "content-length:"] {
        let head = gate.head(&Unsigned::get("/a"));
        let size = SMUGGLED.len();
        let bytes = format!("{head}Connection: close\r\n{length}{size}\r\n\r\n{SMUGGLED}");
        let text = exchange(&gate.world, bytes.as_bytes()).await;
        assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
        let last = gate.upstream.last();
        assert_eq!((last.line(), last.body.len()), ("GET /a HTTP/1.1", size));
        assert_eq!(last.field("x-oauth-body"), Some("unsigned"));
    }
    assert_eq!(gate.upstream.heads(), 2);
}

/// Byte by byte it is the same.
#[tokio::test(flavor = "multi_thread")]
async fn h39_pieces_make_no_difference() {
    let gate = Gate::new().await;
    let both = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    for size in [1, 7, 100] {
        let bytes = format!(
            "{}\r\n{}{both}{SMUGGLED}",
            gate.head(&Unsigned::get("/1")),
            post(&gate)
        );
        let before = gate.upstream.heads();
        let mut stream = TcpStream::connect(gate.world.address()).await.unwrap();
        stream.set_nodelay(true).unwrap();
        for piece in bytes.as_bytes().chunks(size) {
            if stream.write_all(piece).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
        let mut text = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut text));
        read.await.unwrap().unwrap();
        let text = String::from_utf8_lossy(&text);
        assert!(
            text.starts_with("HTTP/1.1 200 ") && text.contains("HTTP/1.1 400 "),
            "{text}"
        );
        assert_eq!(gate.upstream.heads(), before + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_and_the_operators_read_the_same_way() {
    let gate = Gate::new().await;
    let both = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    let bytes = format!("POST /oauth/RequestToken HTTP/1.1\r\nHost: a\r\n{both}{SMUGGLED}");
    gate.refused(bytes.as_bytes(), 400).await;
    let metrics = gate.world.admin("/metrics").await.body;
    assert!(
        metrics.contains("countersign_frames_refused_total "),
        "{metrics}"
    );
}
