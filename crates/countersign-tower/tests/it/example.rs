//! The example's server over a socket.

use core::net::SocketAddr;
use core::sync::atomic::{AtomicI64, Ordering};
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_provider::{Origin, Settings};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::app::{App, CALLBACK, Inputs, ORGANISATION, PARTNER, PRIVATE, PUBLIC, PUBLIC_SECRET};
use crate::support::{Client, Events, FORM, JSON, NOW, Unsigned};

const PRIVATE_KEY: &[u8] =
    include_bytes!("../../../../tests/support/fixtures/keys/rsa2048.pkcs8.pem");
const PARTNER_KEY: &[u8] =
    include_bytes!("../../../../tests/support/fixtures/keys/rsa2048-other.pkcs8.pem");

struct Running {
    app: Arc<App>,
    address: SocketAddr,
    origin: String,
    clock: Arc<AtomicI64>,
    events: Events,
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn value(&self, name: &str) -> String {
        let pairs = self.body.split('&').filter_map(|pair| pair.split_once('='));
        let found = pairs.clone().find(|(known, _)| *known == name);
        found
            .unwrap_or_else(|| panic!("no {name} in {}", self.body))
            .1
            .to_owned()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Running {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let origin = format!("http://{address}");
        let clock = Arc::new(AtomicI64::new(NOW));
        let (hands, events) = (Arc::clone(&clock), Events::default());
        let app = App::new(Inputs {
            origin: Origin::parse(&origin).unwrap(),
            settings: Settings::default(),
            clock: Arc::new(move || UnixTime::from_seconds(hands.load(Ordering::Relaxed))),
            audit: events.clone(),
        })
        .await
        .unwrap();
        let router = app.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            app: Arc::new(app),
            address,
            origin,
            clock,
            events,
        }
    }

    async fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    async fn send(&self, client: Option<&Client>, unsigned: &Unsigned<'_>) -> Answer {
        let unsigned = Unsigned {
            origin: &self.origin,
            at: self.clock.load(Ordering::Relaxed),
            ..*unsigned
        };
        let mut text = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
            unsigned.method, unsigned.target, self.address
        );
        if let Some(client) = client {
            text += &format!("Authorization: {}\r\n", client.authorization(&unsigned));
        }
        if let Some(content_type) = unsigned.content_type {
            let length = unsigned.body.len();
            text += &format!("Content-Type: {content_type}\r\nContent-Length: {length}\r\n");
        }
        text += "\r\n";
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(unsigned.body);
        self.raw(&bytes).await
    }

    /// The flow of RFC 5849 section 2 from its first request to the access token.
    async fn connect(&self, client: impl Fn(Option<(&str, &str)>) -> Client) -> Answer {
        let unsigned = Unsigned {
            callback: Some(CALLBACK),
            ..Unsigned::post("/oauth/RequestToken", FORM, b"")
        };
        let temporary = self.send(Some(&client(None)), &unsigned).await;
        assert_eq!(temporary.status, 200, "{}", temporary.body);
        let token = temporary.value("oauth_token");
        let secret = temporary.value("oauth_token_secret");

        let target = format!("/oauth/Authorize?oauth_token={token}");
        let page = self.send(None, &Unsigned::get(&target)).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains(&token));
        let form = format!(
            "oauth_token={token}&user=ann&organisation=Demo+Company&role=standard&decision=approve"
        );
        let approve = Unsigned::post("/oauth/Authorize", FORM, form.as_bytes());
        let approved = self.send(None, &approve).await;
        assert_eq!(approved.status, 303, "{}", approved.body);
        let location = approved.field("location").unwrap();
        assert!(location.starts_with(CALLBACK), "{location}");
        let (_, verifier) = location.split_once("oauth_verifier=").unwrap();

        let unsigned = Unsigned {
            verifier: Some(verifier),
            ..Unsigned::post("/oauth/AccessToken", FORM, b"")
        };
        let access = self
            .send(Some(&client(Some((&token, &secret)))), &unsigned)
            .await;
        assert_eq!(access.status, 200, "{}", access.body);
        access
    }
}

fn public(token: Option<(&str, &str)>) -> Client {
    match token {
        None => Client::hmac(PUBLIC, PUBLIC_SECRET),
        Some((token, secret)) => Client::hmac_with_token(PUBLIC, PUBLIC_SECRET, token, secret),
    }
}

fn partner(token: Option<(&str, &str)>) -> Client {
    Client::rsa(PARTNER, PARTNER_KEY, token.map(|(token, _)| token))
}

fn public_with(access: &Answer) -> Client {
    let (token, secret) = (
        access.value("oauth_token"),
        access.value("oauth_token_secret"),
    );
    public(Some((&token, &secret)))
}

#[tokio::test]
async fn a_public_application_connects_and_is_disconnected() {
    let server = Running::start().await;
    let access = server.connect(public).await;
    let client = public_with(&access);
    let answer = server
        .send(Some(&client), &Unsigned::get("/echo/a%2Fb?c=d"))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let seen = answer.json();
    assert_eq!(seen["method"], "GET");
    assert_eq!(seen["path"], "/echo/a%2Fb");
    assert_eq!(seen["consumer"], PUBLIC);
    assert_eq!(seen["user"], "ann");
    assert_eq!(seen["organisation"], ORGANISATION);

    assert!(server.app.disconnect(PUBLIC, ORGANISATION).await.unwrap());
    let answer = server.send(Some(&client), &Unsigned::get("/echo")).await;
    assert_eq!(answer.status, 401);
    assert_eq!(
        answer.field("www-authenticate"),
        Some(
            "OAuth oauth_problem=\"token_rejected\", oauth_problem_advice=\"The%20access%20token\
             %20has%20not%20been%20authorized%2C%20or%20has%20been%20revoked%20by%20the%20user\""
        )
    );
    assert!(server.events.all().iter().any(|event| !event.granted));
}

#[tokio::test]
async fn who_leaves_or_changes_role_takes_the_grant_along() {
    let server = Running::start().await;
    let client = public_with(&server.connect(public).await);
    let role = server.app.change_role("ann", ORGANISATION, "Standard");
    assert_eq!(role.await.unwrap(), 0);
    assert_eq!(
        server
            .send(Some(&client), &Unsigned::get("/echo"))
            .await
            .status,
        200
    );
    let role = server.app.change_role("ann", ORGANISATION, "read only");
    assert_eq!(role.await.unwrap(), 1);
    assert_eq!(
        server
            .send(Some(&client), &Unsigned::get("/echo"))
            .await
            .status,
        401
    );
    let client = public_with(&server.connect(public).await);
    assert_eq!(
        server
            .send(Some(&client), &Unsigned::get("/echo"))
            .await
            .status,
        200
    );
    assert_eq!(
        server.app.remove_user("ann", ORGANISATION).await.unwrap(),
        1
    );
    assert_eq!(
        server
            .send(Some(&client), &Unsigned::get("/echo"))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_private_application_needs_no_flow() {
    let server = Running::start().await;
    let client = Client::rsa(PRIVATE, PRIVATE_KEY, Some(PRIVATE));
    let unsigned = Unsigned::post("/echo", JSON, b"{\"a\":1}").hashed();
    let answer = server.send(Some(&client), &unsigned).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["organisation"], ORGANISATION);
    assert_eq!(answer.json()["user"], Value::Null);
    assert_eq!(answer.json()["body"], "hashed");
}

#[tokio::test]
async fn a_partner_application_renews() {
    let server = Running::start().await;
    let access = server.connect(partner).await;
    let token = access.value("oauth_token");
    let handle = access.value("oauth_session_handle");
    server.clock.fetch_add(1_801, Ordering::Relaxed);
    let client = Client::rsa(PARTNER, PARTNER_KEY, Some(&token));
    let expired = server.send(Some(&client), &Unsigned::get("/echo")).await;
    assert_eq!(expired.status, 401);
    assert!(
        expired.body.starts_with("oauth_problem=token_expired"),
        "{}",
        expired.body
    );
    let renew = Unsigned {
        session_handle: Some(&handle),
        ..Unsigned::post("/oauth/AccessToken", FORM, b"")
    };
    let renewed = server.send(Some(&client), &renew).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    let client = Client::rsa(PARTNER, PARTNER_KEY, Some(&renewed.value("oauth_token")));
    let answer = server.send(Some(&client), &Unsigned::get("/echo")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn what_is_declared_too_long_is_answered_at_once() {
    let server = Running::start().await;
    let answer = server
        .raw(
            b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\
              Content-Type: application/x-www-form-urlencoded\r\n\r\na=b",
        )
        .await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.field("www-authenticate"), None);
}

#[tokio::test]
async fn chunks_are_read_and_trailers_are_not() {
    let server = Running::start().await;
    let client = Client::rsa(PRIVATE, PRIVATE_KEY, Some(PRIVATE));
    let unsigned = Unsigned {
        origin: &server.origin,
        ..Unsigned::post("/echo?x=y", FORM, b"a=b&c=d")
    };
    let head = format!(
        "POST /echo?x=y HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {FORM}\r\n\
         Authorization: {}\r\nTransfer-Encoding: chunked\r\nTrailer: oauth_token\r\n\r\n",
        client.authorization(&unsigned)
    );
    let body = "4\r\na=b&\r\n3\r\nc=d\r\n0\r\noauth_token: x\r\n\r\n";
    let answer = server.raw(format!("{head}{body}").as_bytes()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("\"body_bytes\":7"), "{}", answer.body);
}

#[tokio::test]
async fn a_user_says_no() {
    let server = Running::start().await;
    let unsigned = Unsigned {
        callback: Some(CALLBACK),
        ..Unsigned::post("/oauth/RequestToken", FORM, b"")
    };
    let temporary = server.send(Some(&public(None)), &unsigned).await;
    let token = temporary.value("oauth_token");
    let form = format!("oauth_token={token}&user=ann&organisation=x&role=standard&decision=deny");
    let deny = Unsigned::post("/oauth/Authorize", FORM, form.as_bytes());
    let answer = server.send(None, &deny).await;
    assert_eq!(answer.status, 303);
    let location = answer.field("location").unwrap();
    assert!(
        location.ends_with("oauth_problem=user_refused"),
        "{location}"
    );
}
