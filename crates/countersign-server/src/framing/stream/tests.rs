use core::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use proptest::collection::vec;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

use super::super::tests::{cut, piece};
use super::*;

/// Says what was asked; 400 where the body breaks off.
async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let asked = format!("{} {}", request.method(), request.uri());
    let Ok(body) = request.into_body().collect().await else {
        let mut response = Response::default();
        *response.status_mut() = http::StatusCode::BAD_REQUEST;
        return Ok(response);
    };
    Ok(Response::new(Full::from(format!(
        "{asked} {:?}\n",
        body.to_bytes()
    ))))
}

/// What hyper answers when bytes come in these pieces.
async fn answered(pieces: &[&[u8]]) -> String {
    let (mut client, server) = duplex(1 << 20);
    let serving = tokio::spawn(
        hyper::server::conn::http1::Builder::new()
            .auto_date_header(false)
            .serve_connection(
                TokioIo::new(Checked::new(server)),
                hyper::service::service_fn(answer),
            ),
    );
    for piece in pieces {
        if client.write_all(piece).await.is_err() {
            // Closed after what came before.
            break;
        }
        // So that it is read before the next one comes.
        tokio::task::yield_now().await;
    }
    let _closed = client.shutdown().await;
    let mut text = String::new();
    client.read_to_string(&mut text).await.unwrap();
    let _how_it_ended = serving.await.unwrap();
    text
}

fn in_pieces(pieces: &[&[u8]]) -> String {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder
        .enable_time()
        .build()
        .unwrap()
        .block_on(answered(pieces))
}

fn statuses(text: &str) -> Vec<&str> {
    let lines = text.split("HTTP/1.1 ").skip(1);
    lines.map(|line| &line[..3]).collect()
}

#[test]
fn a_refused_head_is_400_in_its_turn_and_the_end() {
    let honest = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    let both = "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    let bytes = format!("{honest}{both}GET /smuggled HTTP/1.1\r\n\r\n");
    for size in 1..bytes.len() {
        let text = in_pieces(&bytes.as_bytes().chunks(size).collect::<Vec<_>>());
        assert_eq!(statuses(&text), ["200", "400"], "{size} {text}");
        assert!(!text.contains("smuggled") && !text.contains("/b"), "{text}");
    }
}

#[test]
fn a_refused_chunk_breaks_its_body_off() {
    let head = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let bytes = format!("{head}5\r\nhello\r\n+0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n");
    for size in 1..bytes.len() {
        let text = in_pieces(&bytes.as_bytes().chunks(size).collect::<Vec<_>>());
        assert_eq!(statuses(&text), ["400"], "{size} {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_still_sending_gets_the_answer_and_a_second() {
    let (mut client, server) = duplex(64);
    let mut checked = Checked::new(server);
    client.write_all(b"GET / HTTP/1.1\n").await.unwrap();
    let mut read = [0; 64];
    let length = checked.read(&mut read).await.unwrap();
    assert_eq!(&read[..length], NO_REQUEST);
    let begun = tokio::time::Instant::now();
    let ended = tokio::spawn(async move {
        checked.write_all(b"400").await.unwrap();
        checked.shutdown().await.unwrap();
    });
    client.write_all(&[b'x'; 1_000]).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "400");
    ended.await.unwrap();
    assert_eq!(begun.elapsed(), LINGER);
}

#[tokio::test(start_paused = true)]
async fn a_whole_message_is_not_waited_for() {
    let (mut client, server) = duplex(64);
    let mut checked = Checked::new(server);
    client
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(checked.read(&mut [0; 64]).await.unwrap(), 27);
    let begun = tokio::time::Instant::now();
    checked.shutdown().await.unwrap();
    assert!(begun.elapsed().is_zero());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_split_gives_the_same_answers(
        pieces in vec(piece(), 0..24),
        places in vec(any::<usize>(), 0..8),
    ) {
        // A head without an end is none, and hyper may tell or not.
        let bytes = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n\r\n", pieces.concat()).into_bytes();
        let whole = in_pieces(&[&bytes]);
        prop_assert_eq!(&in_pieces(&cut(&bytes, &places)), &whole);
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        prop_assert_eq!(&in_pieces(&single), &whole);
    }
}
