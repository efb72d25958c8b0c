//! A server that gives the answers it is told to, in order, and keeps what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// One answer, and the bytes that follow it for ever.
#[derive(Clone)]
pub(crate) struct Answer {
    bytes: Vec<u8>,
    endless: bool,
    ends: bool,
}

/// An answer with a body.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut text = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    let bytes = format!("{text}\r\n{body}").into_bytes();
    Answer {
        bytes,
        endless: false,
        ends: false,
    }
}

/// An answer whose body never ends.
pub(crate) fn endless(status: u16, start: &str) -> Answer {
    endless_with(status, &[], start)
}

pub(crate) fn endless_with(status: u16, headers: &[(&str, &str)], start: &str) -> Answer {
    let mut text = format!("HTTP/1.1 {status} X\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    Answer {
        bytes: format!("{text}\r\n{start}").into_bytes(),
        endless: true,
        ends: false,
    }
}

/// An answer whose body breaks off.
pub(crate) fn broken(status: u16, headers: &[(&str, &str)], start: &str) -> Answer {
    let mut bytes = format!("HTTP/1.1 {status} X\r\ncontent-length: 9999\r\n");
    for (name, value) in headers {
        bytes.push_str(&format!("{name}: {value}\r\n"));
    }
    Answer {
        bytes: format!("{bytes}\r\n{start}").into_bytes(),
        endless: false,
        ends: true,
    }
}

pub(crate) struct Script {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<String>>>,
    sent: Arc<Mutex<usize>>,
}

impl Script {
    pub(crate) async fn serve(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let script = Self {
            url,
            asked: Arc::default(),
            sent: Arc::default(),
        };
        let answers = Arc::new(Mutex::new(VecDeque::from(answers)));
        let (asked, sent) = (Arc::clone(&script.asked), Arc::clone(&script.sent));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answers, asked, sent) =
                    (Arc::clone(&answers), Arc::clone(&asked), Arc::clone(&sent));
                tokio::spawn(async move {
                    let _closed = talk(stream, &answers, &asked, &sent).await;
                });
            }
        });
        script
    }

    /// The requests so far, head and body.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// How much of an endless body was taken.
    pub(crate) fn sent(&self) -> usize {
        *self.sent.lock().unwrap()
    }
}

/// What is quoted after a name in an `Authorization` field.
pub(crate) fn value<'a>(request: &'a str, name: &str) -> &'a str {
    let start = request.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
    request[start..].split('"').next().unwrap()
}

async fn talk(
    mut stream: TcpStream,
    answers: &Mutex<VecDeque<Answer>>,
    asked: &Mutex<Vec<String>>,
    sent: &Mutex<usize>,
) -> std::io::Result<()> {
    while let Some(request) = read(&mut stream).await? {
        asked.lock().unwrap().push(request);
        let next = answers.lock().unwrap().pop_front();
        let next = next.unwrap_or_else(|| answer(418, &[], "no answer is left"));
        stream.write_all(&next.bytes).await?;
        if next.ends {
            return Ok(());
        }
        if next.endless {
            return flood(&mut stream, sent).await;
        }
    }
    Ok(())
}

/// Until the other side closes.
async fn flood(stream: &mut TcpStream, sent: &Mutex<usize>) -> std::io::Result<()> {
    let more = [b'x'; 4096];
    loop {
        stream.write_all(&more).await?;
        *sent.lock().unwrap() += more.len();
    }
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Ok(None);
        }
        text.extend_from_slice(&buffer[..read]);
        let whole = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = whole.split_once("\r\n\r\n") {
            let length = head
                .to_lowercase()
                .split("content-length: ")
                .nth(1)
                .map_or(0, |rest| {
                    rest.split("\r\n").next().unwrap().parse().unwrap()
                });
            let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
            if (!chunked && body.len() >= length) || (chunked && body.ends_with("0\r\n\r\n")) {
                return Ok(Some(whole));
            }
        }
    }
}
