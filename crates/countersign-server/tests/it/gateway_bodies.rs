//! Bodies on their way to the upstream, and what HTTP has besides.

use core::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{FORM, Gate, JSON, Step, Unsigned, Upstream, World, exchange, soon};

/// A body in chunks, of a signed request that has none of its hash.
fn chunked(gate: &Gate, method: &str, content_type: &str, body: &str, signed: &[u8]) -> String {
    let head = gate.head(&Unsigned {
        method,
        ..Unsigned::post("/a?b", content_type, signed)
    });
    let kind = format!("Content-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n");
    format!("{head}Connection: close\r\n{kind}\r\n{body}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_arrives_as_it_was_sent_whatever_frames_it() {
    let gate = Gate::new().await;
    let chunks = "3\r\nb=c\r\n4;x=y\r\n&d=e\r\n0\r\n\r\n";
    for method in ["POST", "PUT", "PATCH", "DELETE", "GET"] {
        for content_type in [FORM, JSON] {
            let bytes = chunked(&gate, method, content_type, chunks, b"b=c&d=e");
            let text = exchange(&gate.world, bytes.as_bytes()).await;
            assert!(text.starts_with("HTTP/1.1 200 "), "{method} {text}");
            assert_eq!(
                gate.upstream.last().line(),
                format!("{method} /a?b HTTP/1.1")
            );
            assert_eq!(gate.upstream.last().body, b"b=c&d=e");
            assert_eq!(
                gate.upstream.last().field("content-type"),
                Some(content_type)
            );

            let head = gate.head(&Unsigned {
                method,
                ..Unsigned::post("/a?b", content_type, b"b=c&d=e")
            });
            let bytes = format!(
                "{head}Content-Type: {content_type}\r\nContent-Length: 7\r\n\
                 Connection: close, content-length\r\n\r\nb=c&d=e"
            );
            let text = exchange(&gate.world, bytes.as_bytes()).await;
            assert!(text.starts_with("HTTP/1.1 200 "), "{method} {text}");
            assert_eq!(gate.upstream.last().body, b"b=c&d=e");
            assert_eq!(gate.upstream.last().field("content-length"), Some("7"));
        }
    }
    // Empty ones: declared, in chunks, and none.
    let cases = [
        ("Content-Length: 0\r\n\r\n", Some("0")),
        ("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Some("0")),
        ("\r\n", None),
    ];
    for (rest, length) in cases {
        let head = gate.head(&Unsigned {
            method: "POST",
            ..Unsigned::get("/a")
        });
        let text = exchange(
            &gate.world,
            format!("{head}Connection: close\r\n{rest}").as_bytes(),
        )
        .await;
        assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
        let last = gate.upstream.last();
        assert_eq!(
            (last.body.len(), last.field("transfer-encoding")),
            (0, None)
        );
        if length.is_some() {
            assert_eq!(last.field("content-length"), length, "{rest:?}");
        }
    }
    gate.honest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_form_goes_nowhere() {
    let gate = Gate::new().await;
    let bytes = chunked(&gate, "POST", FORM, "3\r\nb=d\r\n0\r\n\r\n", b"b=c");
    let text = gate.refused(bytes.as_bytes(), 401).await;
    assert!(text.contains("signature_invalid"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expectation_is_met_here_and_only_for_who_may_send() {
    let gate = Gate::new().await;
    let expect = "Expect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n";
    for content_type in [FORM, JSON] {
        let head = gate.head(&Unsigned::post("/a", content_type, b"ab"));
        let mut stream = TcpStream::connect(gate.world.address()).await.unwrap();
        let head = format!("{head}{expect}Content-Type: {content_type}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut go = [0; 25];
        stream.read_exact(&mut go).await.unwrap();
        assert_eq!(&go, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(b"ab").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert_eq!(gate.upstream.last().body, b"ab");
        assert_eq!(gate.upstream.last().field("expect"), None);
    }
    let refused = format!("POST /a HTTP/1.1\r\nHost: a\r\n{expect}Content-Type: {JSON}\r\n\r\n");
    let text = gate.refused(refused.as_bytes(), 401).await;
    assert!(!text.contains("100 Continue"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_the_old_version_are_answered_in_it() {
    let upstream = Upstream::saying(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    );
    let gate = Gate::before(upstream.await, "").await;
    let authorization = gate.authorization(&Unsigned::get("/a"));
    let bytes = format!("GET /a HTTP/1.0\r\nAuthorization: {authorization}\r\n\r\n");
    let text = exchange(&gate.world, bytes.as_bytes()).await;
    assert!(text.starts_with("HTTP/1.0 200 "), "{text}");
    assert!(!text.to_lowercase().contains("transfer-encoding"), "{text}");
    assert!(text.ends_with("\r\n\r\nabcde"), "{text}");
    let last = gate.upstream.last();
    assert_eq!(last.line(), "GET /a HTTP/1.1");
    assert_eq!(
        last.field("host"),
        Some(&*gate.upstream.address.to_string())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_passed_on_while_they_come() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let line = format!("upstream = \"http://{}\"\n", listener.local_addr().unwrap());
    let world = World::with(&line, "").await;
    let unsigned = Unsigned {
        origin: world.origin(),
        ..Unsigned::post("/a", JSON, b"")
    };
    let authorization = world.client().authorization(&unsigned);
    let mut client = TcpStream::connect(world.address()).await.unwrap();
    let head = format!(
        "POST /a HTTP/1.1\r\nHost: a\r\nAuthorization: {authorization}\r\n\
         Content-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n"
    );
    client.write_all(head.as_bytes()).await.unwrap();
    let (mut upstream, _) = listener.accept().await.unwrap();
    wait_for(&mut upstream, "3\r\none\r\n").await;
    // The answer begins before the request has ended.
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n";
    upstream.write_all(answer.as_bytes()).await.unwrap();
    wait_for(&mut client, "5\r\nfirst\r\n").await;
    client.write_all(b"3\r\ntwo\r\n0\r\n\r\n").await.unwrap();
    wait_for(&mut upstream, "3\r\ntwo\r\n0\r\n\r\n").await;
    upstream.write_all(b"4\r\nlast\r\n0\r\n\r\n").await.unwrap();
    wait_for(&mut client, "4\r\nlast\r\n0\r\n\r\n").await;
}

/// Reads until a text came.
async fn wait_for(stream: &mut TcpStream, text: &str) {
    let mut read = Vec::new();
    while !read.ends_with(text.as_bytes()) {
        let byte = tokio::time::timeout(Duration::from_secs(10), stream.read_u8());
        read.push(byte.await.expect(text).unwrap());
    }
}

/// How much is taken of a sender before whoever should read does: what the systems' buffers hold,
/// which is the same for any length.
const HELD: usize = 24 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_slows_the_sender_both_ways() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let line = format!("upstream = \"http://{}\"\n", listener.local_addr().unwrap());
    let world = World::with(&line, "").await;
    let unsigned = Unsigned {
        origin: world.origin(),
        ..Unsigned::post("/a", "a/b", b"")
    };
    let head = |length: usize| {
        let authorization = world.client().authorization(&unsigned);
        format!(
            "POST /a HTTP/1.1\r\nHost: a\r\nAuthorization: {authorization}\r\n\
             Content-Type: a/b\r\nContent-Length: {length}\r\n\r\n"
        )
    };
    let block = vec![b'x'; 1 << 16];

    let mut client = TcpStream::connect(world.address()).await.unwrap();
    client.write_all(head(1 << 30).as_bytes()).await.unwrap();
    let (upstream, _) = listener.accept().await.unwrap();
    assert!(written(&mut client, &block).await < HELD, "upload");
    drop((client, upstream));

    let mut client = TcpStream::connect(world.address()).await.unwrap();
    client.write_all(head(0).as_bytes()).await.unwrap();
    let (mut upstream, _) = listener.accept().await.unwrap();
    wait_for(&mut upstream, "\r\n\r\n").await;
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n";
    upstream.write_all(answer.as_bytes()).await.unwrap();
    assert!(written(&mut upstream, &block).await < HELD, "download");
}

/// Writes until nothing is taken for a while.
async fn written(stream: &mut TcpStream, block: &[u8]) -> usize {
    let mut total = 0;
    while total < 4 * HELD {
        let write = stream.write(block);
        match tokio::time::timeout(Duration::from_millis(300), write).await {
            Ok(more) => total += more.unwrap(),
            Err(_) => break,
        }
    }
    total
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_takes_its_request_along() {
    let gate = Gate::before(Upstream::answering(|_| vec![Step::Hang]).await, "").await;
    let head = gate.head(&Unsigned::get("/a"));
    let mut client = TcpStream::connect(gate.world.address()).await.unwrap();
    client
        .write_all(format!("{head}\r\n").as_bytes())
        .await
        .unwrap();
    soon("the upstream is asked", || {
        gate.upstream.received().len() == 1
    })
    .await;
    drop(client);
    soon("the upstream is let go", || gate.upstream.broken() == 1).await;

    // In the middle of its body, and of the answer.
    let head = gate.head(&Unsigned::post("/a", JSON, b""));
    let mut client = TcpStream::connect(gate.world.address()).await.unwrap();
    let bytes = format!("{head}Content-Type: {JSON}\r\nContent-Length: 9\r\n\r\nab");
    client.write_all(bytes.as_bytes()).await.unwrap();
    soon("the upstream is asked", || gate.upstream.heads() == 2).await;
    drop(client);
    soon("the upstream is let go", || gate.upstream.broken() == 2).await;
    assert_eq!(gate.upstream.received().len(), 1, "half a request is none");
}

/// More than any limit on what is read before it is verified.
#[tokio::test(flavor = "multi_thread")]
async fn bodies_larger_than_any_buffer_pass_whole_both_ways() {
    let upstream = Upstream::answering(|received| {
        let length = received.body.len();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        vec![
            Step::Write(head.into_bytes()),
            Step::Write(received.body.clone()),
        ]
    })
    .await;
    let gate = Gate::before(upstream, "").await;
    let body: String = (0..1_000_000)
        .map(|number| format!("{number:06}\n"))
        .collect();
    let head = gate.head(&Unsigned::post("/a", "a/b", b""));
    let mut client = TcpStream::connect(gate.world.address()).await.unwrap();
    let (mut reader, mut writer) = client.split();
    let length = body.len();
    let head =
        format!("{head}Content-Type: a/b\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    let sent = async {
        writer.write_all(head.as_bytes()).await.unwrap();
        writer.write_all(body.as_bytes()).await.unwrap();
    };
    let mut answer = String::new();
    let (read, ()) = tokio::join!(reader.read_to_string(&mut answer), sent);
    read.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "));
    assert!(answer.ends_with(&body), "{} bytes", answer.len());
    assert_eq!(gate.upstream.last().body.len(), length);

    // A form of that size is not read, and so not verified.
    let head = gate.head(&Unsigned::post("/a", FORM, b""));
    let bytes = format!(
        "{head}Content-Type: {FORM}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    gate.refused(bytes.as_bytes(), 413).await;
}
