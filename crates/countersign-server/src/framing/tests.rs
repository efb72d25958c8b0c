#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// What becomes of bytes that come in these pieces: how far they pass and why no further.
fn read(pieces: &[&[u8]]) -> (usize, Option<bool>, bool) {
    let mut framing = Framing::new();
    let mut passed = 0;
    for piece in pieces {
        match framing.read(piece) {
            Ok(()) => passed += piece.len(),
            Err(refused) => return (passed + refused.passed, Some(refused.in_head), false),
        }
    }
    (passed, None, framing.is_between_messages())
}

fn is_refused(bytes: &str) -> Option<bool> {
    read(&[bytes.as_bytes()]).1
}

const HEAD: &str = "POST /a HTTP/1.1\r\nHost: x\r\n";

#[test]
fn honest_messages_pass_one_after_the_other() {
    let messages = [
        "GET /a HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        "GET /a HTTP/1.0\r\n\r\n".to_owned(),
        "A#B /a?b=%23 HTTP/1.1\r\nhost:\r\n\r\n".to_owned(),
        format!("\r\n{HEAD}Content-Length: 5\r\n\r\nhello"),
        format!("{HEAD}content-length:\t0 \r\n\r\n"),
        format!(
            "{HEAD}Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0A;x=\"y\"\r\n0123456789\r\n0\r\n\r\n"
        ),
        format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\nX-Other:\r\n\r\n"),
        format!("{HEAD}Content-Length: 4\r\n\r\n\n\n\r\n"),
        format!(
            "{HEAD}Content-Type: a/b\r\nTE: trailers\r\nCookie: a\r\nContent-Lengths: x\r\n\r\n"
        ),
    ];
    for message in &messages {
        assert_eq!(
            read(&[message.as_bytes()]),
            (message.len(), None, true),
            "{message:?}"
        );
        let cut = message.len() - 1;
        assert!(!read(&[&message.as_bytes()[..cut]]).2, "{message:?}");
    }
    let all = messages.concat();
    assert_eq!(read(&[all.as_bytes()]), (all.len(), None, true));
}

#[test]
fn a_head_names_its_host_once() {
    for (head, refused) in [
        ("GET / HTTP/1.1\r\n\r\n", Some(true)),
        (
            "GET / HTTP/1.1\r\nHosts: a\r\nX-Host: a\r\n\r\n",
            Some(true),
        ),
        ("GET http://a/ HTTP/1.1\r\n\r\n", Some(true)),
        ("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", Some(true)),
        ("GET / HTTP/1.0\r\nHost: a\r\nHOST: b\r\n\r\n", Some(true)),
        ("GET / HTTP/1.0\r\n\r\n", None),
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n", None),
    ] {
        assert_eq!(is_refused(head), refused, "{head:?}");
    }
}

#[test]
fn a_head_that_two_readers_read_differently_is_refused() {
    let fields = [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: identity, chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: \x0bchunked\r\n",
        "Transfer-Encoding: \"chunked\"\r\n",
        "Transfer-Encoding:\r\n",
        "Transfer-Encoding : chunked\r\n",
        "tRANSFER-eNCODING: xchunked\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 5 5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: 5;\r\n",
        "Content-Length: 5\0\r\n",
        "Content-Length:\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\ncontent-length: 6\r\n",
        "Content-Length\t: 5\r\n",
        "Content-Length 5\r\n",
        "X-A: b\n",
        "Content-Length: 5\n",
        "X-A: b\r\n c\r\n",
        "X-A: b\r\n\tTransfer-Encoding: chunked\r\n",
    ];
    for field in fields {
        for before in ["", "GET / HTTP/1.1\r\n\r\n"] {
            let refused = is_refused(&format!("{before}{HEAD}{field}\r\n"));
            assert_eq!(refused, Some(true), "{field:?}");
            let refused = is_refused(&format!("{before}{HEAD}X-Last: 1\r\n{field}\r\n"));
            assert_eq!(refused, Some(true), "{field:?}");
        }
    }
    let heads = [
        "GET / HTTP/1.1\n\n",
        "GET / HTTP/1.1\r\n\n",
        "\nGET / HTTP/1.1\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/1.1 \r\n\r\n",
        "GET / HTTP/1.2\r\n\r\n",
        "GET / http/1.1\r\n\r\n",
        "GET /a?b=c#d HTTP/1.1\r\n\r\n",
        "GET /a# HTTP/1.1\r\n\r\n",
        "GET http://a.example#b HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ];
    for head in heads {
        assert_eq!(is_refused(head), Some(true), "{head:?}");
    }
}

#[test]
fn a_chunk_that_is_none_is_refused() {
    let bodies = [
        "x\r\n",
        "+5\r\nhello\r\n",
        "-5\r\nhello\r\n",
        "0x5\r\nhello\r\n",
        " 5\r\nhello\r\n",
        "5 \r\nhello\r\n",
        "5\nhello\r\n",
        "5\r\nhello\n",
        "5\r\nhello!\r\n",
        "5\r\nhell\r\n0\r\n\r\n",
        "5;a\nb\r\nhello\r\n",
        "5;a\rb\r\nhello\r\n",
        "ffffffffffffffff\r\n",
        "\r\n",
        "0\r\n folded\r\n\r\n",
        "0\r\nno field\r\n\r\n",
        "0\r\nX-A: b\n\r\n",
        "0\r\n\n",
    ];
    for body in bodies {
        let bytes = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n{body}");
        assert_eq!(is_refused(&bytes), Some(false), "{body:?}");
    }
    let long = format!("5;{}\r\nhello\r\n", "x".repeat(600));
    let many = format!("0\r\n{}\r\n", "X-A: b\r\n".repeat(3_000));
    let endless = "0".repeat(1_000);
    for body in [long, many, endless] {
        let bytes = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n{body}");
        assert_eq!(is_refused(&bytes), Some(false));
    }
}

/// The end of a head passes only with the whole of it: until then nobody acts on it.
#[test]
fn nothing_refused_ends_a_head() {
    let bytes = format!("{HEAD}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n");
    let (passed, refused, _) = read(&[bytes.as_bytes()]);
    assert_eq!(refused, Some(true));
    assert!(bytes[..passed].ends_with("Transfer-Encoding: chunked\r\n"));
}

/// Every byte is looked at once, and held back at most once.
#[test]
fn the_cost_is_linear() {
    let line = format!("X-Long: {}\r\n", "x".repeat(100_000));
    let bytes = format!("{HEAD}{line}\r\n");
    let mut framing = Framing::new();
    let mut moved = 0;
    for byte in bytes.as_bytes().chunks(1) {
        let room = framing.begun.capacity();
        framing.read(byte).unwrap();
        if framing.begun.capacity() != room {
            moved += framing.begun.len();
        }
    }
    assert!(framing.is_between_messages());
    assert!(moved < 3 * bytes.len(), "{moved}");
}

/// Pieces of messages, honest and other.
pub(super) fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "GET / HTTP/1.1\r\n",
        "POST /a HTTP/1.0\r\n",
        "Host: x\r\n",
        "Content-Length: 5\r\n",
        "Content-Length: 0\r\n",
        "content-length:12\r\n",
        "Transfer-Encoding: chunked\r\n",
        "transfer-encoding:chunked\r\n",
        "X-A: b\r\n",
        " folded\r\n",
        "\r\n",
        "\n",
        "\r",
        "0\r\n\r\n",
        "5\r\nhello\r\n",
        "hello",
        "C",
        "\0",
        "a:b\r\n",
        "3;x\r\n",
    ])
}

/// Cuts bytes at these places.
pub(super) fn cut<'b>(bytes: &'b [u8], places: &[usize]) -> Vec<&'b [u8]> {
    let mut places: Vec<usize> = places.iter().map(|at| at % (bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places
        .windows(2)
        .map(|pair| &bytes[pair[0]..pair[1]])
        .collect()
}

proptest! {
    #[test]
    fn any_split_gives_the_same_verdict(
        pieces in vec(piece(), 0..24),
        places in vec(any::<usize>(), 0..12),
    ) {
        let bytes = format!("GET / HTTP/1.1\r\n{}", pieces.concat()).into_bytes();
        let (whole, refused, between) = read(&[&bytes]);
        for pieces in [cut(&bytes, &places), bytes.chunks(1).collect()] {
            let (passed, also, is_between) = read(&pieces);
            prop_assert_eq!(also, refused);
            prop_assert_eq!(is_between, between);
            // What was seen of a line before its end came may have passed; its end has not.
            prop_assert!(passed >= whole);
            prop_assert!(!bytes[whole..passed].contains(&b'\n'));
        }
    }
}
