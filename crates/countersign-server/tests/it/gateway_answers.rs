//! What the client gets of the upstream's answer, and instead of one.

use core::time::Duration;

use crate::support::{Answer, Gate, JSON, Step, Unsigned, Upstream, World, exchange, soon};

async fn answered(answer: &'static str, method: &str) -> String {
    let gate = Gate::before(Upstream::saying(answer).await, "").await;
    let head = gate.head(&Unsigned {
        method,
        ..Unsigned::get("/a")
    });
    let text = exchange(
        &gate.world,
        format!("{head}Connection: close\r\n\r\n").as_bytes(),
    )
    .await;
    assert_eq!(gate.upstream.heads(), 1);
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_passed_on_without_what_was_for_one_connection() {
    let text = answered(
        "HTTP/1.1 418 Short And Stout\r\nContent-Length: 5\r\nKeep-Alive: timeout=5\r\n\
         Connection: X-Named, keep-alive\r\nX-Named: 1\r\nProxy-Authenticate: a\r\nTrailer: a\r\n\
         Upgrade: h2c\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nWWW-Authenticate: Basic\r\n\r\nhello",
        "GET",
    )
    .await;
    let answer = Answer::parse(text.as_bytes());
    assert!(
        text.starts_with("HTTP/1.1 418 Short And Stout\r\n"),
        "{text}"
    );
    assert_eq!(answer.body, "hello");
    for gone in [
        "keep-alive",
        "x-named",
        "proxy-authenticate",
        "trailer",
        "upgrade",
    ] {
        assert_eq!(answer.field(gone), None, "{gone}");
    }
    assert_eq!(answer.field("www-authenticate"), Some("Basic"));
    assert_eq!(text.matches("set-cookie: ").count(), 2, "{text}");
    assert_eq!(
        answer.field("connection"),
        Some("close"),
        "the client asked for it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_without_a_body_keep_what_they_say_of_it() {
    let cases = [
        (
            "HEAD",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
            Some("5"),
        ),
        (
            "HEAD",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            None,
        ),
        ("HEAD", "HTTP/1.1 200 OK\r\n\r\n", None),
        ("GET", "HTTP/1.1 204 No Content\r\n\r\n", None),
        (
            "GET",
            "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n",
            None,
        ),
        // The length of what it would have been is not told, which is allowed.
        (
            "GET",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
            None,
        ),
        (
            "DELETE",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            Some("0"),
        ),
    ];
    for (method, said, length) in cases {
        let text = answered(said, method).await;
        let answer = Answer::parse(text.as_bytes());
        assert_eq!(said.split(' ').nth(1), text.split(' ').nth(1));
        assert_eq!(answer.body, "", "{said:?} {text}");
        assert_eq!(
            answer.field("content-length"),
            length,
            "{method} {said:?} {text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn interim_answers_and_trailers_end_here() {
    let text = answered(
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n\
         HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n\
         2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n",
        "GET",
    )
    .await;
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
    assert!(text.ends_with("2\r\nok\r\n0\r\n\r\n"), "{text}");
    assert_eq!(text.matches("HTTP/1.1 ").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_length_beside_chunks_is_not_passed_on() {
    let text = answered(
        "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n\
         2\r\nok\r\n0\r\n\r\n",
        "GET",
    )
    .await;
    assert!(
        !text.to_ascii_lowercase().contains("content-length: 99"),
        "{text}"
    );
    assert!(
        text.starts_with("HTTP/1.1 502 ") || text.ends_with("2\r\nok\r\n0\r\n\r\n"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_off_is_no_whole_one() {
    for (said, end) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
            "\r\n\r\nhalf",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "4\r\nhalf\r\n",
        ),
    ] {
        let steps = vec![
            Step::Write(said.as_bytes().to_vec()),
            Step::Pause(Duration::from_millis(50)),
            Step::Close,
        ];
        let gate = Gate::before(Upstream::answering(move |_| steps.clone()).await, "").await;
        let head = gate.head(&Unsigned::get("/a"));
        let text = exchange(&gate.world, format!("{head}\r\n").as_bytes()).await;
        // It ends, by a connection that was to stay, and never with a last chunk.
        assert!(
            text.starts_with("HTTP/1.1 200 ") && text.ends_with(end),
            "{text:?}"
        );
    }
}

fn has_no_problem(answer: &Answer) {
    assert_eq!(answer.field("www-authenticate"), None, "{answer:?}");
    assert!(!answer.body.contains("oauth"), "{answer:?}");
    assert!(answer.field("x-request-id").is_some(), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_is_not_there_is_502() {
    let upstream = Upstream::new().await;
    let address = upstream.address;
    drop(upstream);
    soon("nobody listens", || {
        std::net::TcpStream::connect(address).is_err()
    })
    .await;
    let world = World::with(&format!("upstream = \"http://{address}\"\n"), "").await;
    let answer = world
        .send(Some(&world.client()), &Unsigned::get("/a"))
        .await;
    assert_eq!(answer.status, 502, "{answer:?}");
    has_no_problem(&answer);
    let ready = world.admin("/readyz").await;
    assert_eq!(ready.status, 200, "tokens are given out without it");
    assert_eq!(
        ready.body,
        "store ok\nrecords ok\naudit ok\nupstream unreachable\n"
    );
    let metrics = world.admin("/metrics").await.body;
    let counted = "countersign_upstream_total{outcome=\"unreachable\"} ";
    assert!(metrics.contains(counted), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_speaks_no_http_is_502() {
    let garbage: [&[u8]; 5] = [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-A",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n",
    ];
    for bytes in garbage {
        let steps = vec![Step::Write(bytes.to_vec()), Step::Close];
        let gate = Gate::before(Upstream::answering(move |_| steps.clone()).await, "").await;
        let answer = gate.get("/a?pin=canary", "").await;
        assert_eq!(answer.status, 502, "{bytes:?} {answer:?}");
        has_no_problem(&answer);
        assert_eq!(gate.upstream.heads(), 1, "one request is sent once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_does_not_answer_is_504_and_let_go() {
    let upstream = Upstream::answering(|received| match received.line() {
        "GET /honest HTTP/1.1" => {
            vec![Step::Write(
                b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec(),
            )]
        }
        "GET /slow HTTP/1.1" => vec![
            Step::Write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n".to_vec()),
            Step::Pause(Duration::from_millis(1_500)),
            Step::Write(b"ok".to_vec()),
        ],
        _ => vec![Step::Hang],
    })
    .await;
    let gate = Gate::before(upstream, "upstream_seconds = 1\n").await;
    let answer = gate.get("/a", "").await;
    assert_eq!(answer.status, 504, "{answer:?}");
    has_no_problem(&answer);
    soon("the upstream is let go", || gate.upstream.broken() == 1).await;
    // Only the beginning of an answer has a time.
    let answer = gate.get("/slow", "").await;
    assert_eq!((answer.status, &*answer.body), (200, "ok"));
    gate.honest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_of_the_client_is_not_the_upstreams() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let gate = Gate::before(Upstream::new().await, "upstream_seconds = 1\n").await;
    let head = gate.head(&Unsigned::post("/a", JSON, b""));
    let mut client = tokio::net::TcpStream::connect(gate.world.address())
        .await
        .unwrap();
    let bytes =
        format!("{head}Content-Type: {JSON}\r\nContent-Length: 4\r\nConnection: close\r\n\r\nab");
    client.write_all(bytes.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_700)).await;
    client.write_all(b"cd").await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(gate.upstream.last().body, b"abcd");
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_are_counted_and_nothing_that_was_sent_is_shown() {
    let gate = Gate::new().await;
    assert_eq!(
        gate.get("/canary?pin=canary", "X-A: canary\r\n")
            .await
            .status,
        200
    );
    let metrics = gate.world.admin("/metrics").await.body;
    for counted in [
        "countersign_upstream_total{outcome=\"answered\"} ",
        "countersign_upstream_seconds_bucket{le=\"0.1\"} ",
        "countersign_upstream_seconds_count ",
    ] {
        assert!(metrics.contains(counted), "{counted} {metrics}");
    }
    let port = gate.upstream.address.port().to_string();
    for hidden in ["canary", crate::support::SECRET, &*port] {
        assert!(!metrics.contains(hidden), "{hidden} {metrics}");
    }
    let ready = gate.world.admin("/readyz").await.body;
    assert_eq!(ready, "store ok\nrecords ok\naudit ok\nupstream ok\n");
    assert!(!gate.world.read("countersign-audit.log").contains("canary"));
}
