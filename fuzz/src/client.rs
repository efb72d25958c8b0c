use countersign_client::{
    Attempts, Callback, Client, Consumer, Next, Origin, Pending, RedirectPolicy, Redirects,
    Service, SessionState, Start, Token,
};
use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_signature::Method;
use http::{Response, StatusCode, Uri};

use crate::split;

const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);

/// An answer in lines: the status, fields, an empty line, the body.
///
/// It is read as the answer to every step of a flow, as a refusal, as a redirect, and the body as a callback too. A token is
/// whole or there is none; a fault says nothing against a token; a request ends; redirects stay within the origin; a callback
/// that is taken names the token.
pub fn client(data: &[u8]) {
    if let Some(response) = response(data) {
        tokens(&response);
        refusals(&response);
        redirects(&response);
    }
    if let Some(text) = split::text(data) {
        callback(text);
    }
}

fn response(data: &[u8]) -> Option<Response<&[u8]>> {
    let (head, body) = split::once(data, b"\n\n");
    let mut lines = split::text(head)?.lines();
    let mut builder = Response::builder().status(lines.next()?.parse::<u16>().ok()?);
    for line in lines {
        let (name, value) = line.split_once(": ")?;
        builder = builder.header(name, value);
    }
    builder.body(body).ok()
}

fn made() -> (Client, Service) {
    let consumer = Consumer::hmac("key", Secret::new("secret"));
    let client = Client::new(consumer, Method::HMAC_SHA1).expect("an HMAC method");
    let service = Service::new(
        "https://api.example.com/request",
        "https://api.example.com/authorize",
        "https://api.example.com/access",
    );
    (client, service.expect("addresses"))
}

fn tokens(response: &Response<&[u8]>) {
    let (client, service) = made();
    let state = SessionState::from_kept("state");
    let start = Start::new(&client, &service, Callback::out_of_band(), &state).expect("a key");
    let whole = |token: &Token| {
        assert!(response.status().is_success());
        assert!(!token.token().is_empty() && !token.secret().is_empty());
    };
    if let Ok(pending) = start.read(response) {
        whole(pending.token());
        let text = String::from_utf8_lossy(response.body());
        assert!(text.contains("true"), "confirmed by nobody");
    }
    match client.read_access_token(response, NOW) {
        Ok(token) => {
            whole(token.token());
            assert!(token.expiry().time().is_none_or(|time| time >= NOW));
        }
        Err(error) => {
            let client_error =
                response.status().is_client_error() || response.status().is_success();
            assert!(error.refusal().is_none() || client_error);
        }
    }
}

fn refusals(response: &Response<&[u8]>) {
    let mut attempts = Attempts::new(&http::Method::GET);
    let fault = response.status().is_server_error();
    for _ in 0..16 {
        match attempts.next(response, NOW) {
            Next::Deliver | Next::Reauthorise(_) => return,
            Next::Wait(seconds) => assert!(seconds <= 300),
            Next::CorrectClock(estimate) => {
                assert!(!fault && estimate.offset_seconds().abs() <= 86_400);
            }
            Next::NewNonce | Next::Renew | Next::Reread => assert!(!fault),
        }
    }
    panic!("a request without end");
}

fn redirects(response: &Response<&[u8]>) {
    let location = response.headers().get("location");
    let Some(Ok(location)) = location.map(|value| value.to_str()) else {
        return;
    };
    let base = Uri::from_static("https://api.example.com/a/b?c");
    let policy = RedirectPolicy::SameOrigin { most: 3 };
    let mut redirects = Redirects::new(policy, &base).expect("an origin");
    if let Ok(next) = redirects.follow(&http::Method::GET, &base, StatusCode::FOUND, location) {
        assert_eq!(Origin::of(next.uri()), Origin::of(&base));
    }
}

fn callback(text: &str) {
    let (client, service) = made();
    let state = SessionState::from_kept("state");
    let token = Token::new("temporary", Secret::new("secret"));
    let pending = Pending::new(&client, &service, &Callback::out_of_band(), token, &state);
    if pending.come_back(text, &state).is_ok() {
        assert!(text.contains("oauth_verifier") || text.contains('%'));
    }
    let _ = Callback::to(text);
    let _ = Service::token_only(text);
}
