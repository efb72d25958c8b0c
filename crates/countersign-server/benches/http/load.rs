//! Requests that are signed, and an upstream that answers.

use core::net::SocketAddr;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use axum::body::Body;
use countersign_base_string::{Place, ProtocolParameters, Uri};
use countersign_key::Secret;
use countersign_signature::{HmacKey, Method, Signer, sign};
use http::Request;

pub(crate) const NOW: i64 = 1_700_000_000;
pub(crate) const KEY: &str = "dpf43f3p2l4k3l03";
pub(crate) const SECRET: &str = "kd94hf93k423kf44-of-the-bench";
pub(crate) const TOKEN_SECRET: &str = "pfkkdhi9sl3r4s00-of-the-bench";
pub(crate) const ORIGIN: &str = "https://api.example.com";
/// How many applications a filled store has, and how many of them have a token and are busy.
pub(crate) const CONSUMERS: u64 = 100_000;
pub(crate) const BUSY: u64 = 1_000;
const TARGET: &str = "/echo/search?page=2&q=red%20shoes&sizes=38%2C39";
const FORM: &str = "comment=nice%21&name=J%C3%BCrgen";
const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                      content-length: 27\r\n\r\n{\"found\":[1,2,3],\"total\":3}";

/// The consumer key of one of the applications of a filled store.
pub(crate) fn consumer(number: u64) -> String {
    format!("consumer-{number:06}")
}

/// The token of a busy one.
pub(crate) fn token(number: u64) -> String {
    format!("nnch734d00sl2jdk-{number:06}")
}

/// Who sends the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// One application, without a token.
    One,
    /// The busy ones in turn, with their tokens.
    Busy,
    /// All of a filled store in turn, without a token.
    All,
}

/// Signs requests, no two of them alike.
pub(crate) struct Client {
    by: By,
    signer: Signer,
    nonce: u64,
}

impl Client {
    pub(crate) fn new(by: By, first: u64) -> Self {
        let token = (by == By::Busy).then(|| Secret::new(TOKEN_SECRET));
        let key = HmacKey::new(&Secret::new(SECRET), token.as_ref());
        Self {
            by,
            signer: Signer::hmac(Method::HMAC_SHA1, &key).unwrap(),
            nonce: first,
        }
    }

    /// The same requests from somebody else.
    pub(crate) fn sent_by(&self, by: By) -> Self {
        Self::new(by, self.nonce)
    }

    fn authorization(&mut self) -> String {
        self.nonce += 1;
        let (key, token) = match self.by {
            By::One => (KEY.to_owned(), None),
            By::Busy => (consumer(self.nonce % BUSY), Some(token(self.nonce % BUSY))),
            By::All => (consumer(self.nonce % CONSUMERS), None),
        };
        let (nonce, timestamp) = (format!("kllo{:016x}", self.nonce), NOW.to_string());
        let url = format!("{ORIGIN}{TARGET}");
        let request = countersign_base_string::Request::new("POST", Uri::parse(&url).unwrap())
            .unwrap()
            .with_body(Some("application/x-www-form-urlencoded"), FORM.as_bytes());
        let mut protocol = ProtocolParameters::new(&key, "HMAC-SHA1", &timestamp, &nonce);
        if let Some(token) = &token {
            protocol = protocol.with_token(token);
        }
        let signed = sign(&request, &protocol, &self.signer, Place::Header, None, None).unwrap();
        signed.authorization().unwrap().to_owned()
    }

    pub(crate) fn request(&mut self) -> Request<Body> {
        Request::post(TARGET)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("content-length", FORM.len())
            .header("authorization", self.authorization())
            .body(Body::from(FORM))
            .unwrap()
    }

    pub(crate) fn bytes(&mut self) -> Vec<u8> {
        format!(
            "POST {TARGET} HTTP/1.1\r\nHost: api.example.com\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
             Authorization: {}\r\n\r\n{FORM}",
            FORM.len(),
            self.authorization()
        )
        .into_bytes()
    }
}

/// An upstream that answers whatever ends like the form.
pub(crate) fn upstream() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.set_nodelay(true).unwrap();
            std::thread::spawn(move || {
                let (mut room, mut read) = ([0; 8192], 0);
                while let Ok(more @ 1..) = stream.read(&mut room[read..]) {
                    read += more;
                    if room[..read].ends_with(FORM.as_bytes()) {
                        read = 0;
                        if stream.write_all(ANSWER.as_bytes()).is_err() {
                            return;
                        }
                    }
                }
            });
        }
    });
    address
}
