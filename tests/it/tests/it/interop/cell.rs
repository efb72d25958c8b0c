//! One cell of the matrix: a client with one method and one placement, from its first token to
//! its last request.

use countersign_test_support::fixtures;
use serde_json::{Value, json};

use crate::app::{CALLBACK, PARTNER, PUBLIC, PUBLIC_SECRET};
use crate::peer::Peer;

/// What a client is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// The three legs of RFC 5849 section 2.
    Connect,
    /// GET with a path and values in the query that need their encoding.
    Query,
    /// GET with names in the query that need their encoding.
    EncodedName,
    /// GET with repeated and empty parameters.
    RepeatedInQuery,
    /// POST of a form with reserved characters and letters beyond ASCII.
    Form,
    /// POST of a form with repeated and empty parameters.
    Repeated,
    /// POST of a form, one of whose parameters is in the query too.
    InBoth,
    /// POST of JSON.
    Json,
    /// POST of JSON with `oauth_body_hash`.
    HashedJson,
    /// Another token for the session handle.
    Renew,
    /// A request again, with another secret.
    WrongSecret,
}

impl Ask {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Query => "query",
            Self::EncodedName => "encoded-name",
            Self::RepeatedInQuery => "repeated-in-query",
            Self::Form => "form",
            Self::Repeated => "repeated",
            Self::InBoth => "in-both",
            Self::Json => "json",
            Self::HashedJson => "hashed-json",
            Self::Renew => "renew",
            Self::WrongSecret => "wrong-secret",
        }
    }

    fn request(self) -> Value {
        let get = |target: &str| json!({"method": "GET", "target": target});
        let form = "application/x-www-form-urlencoded";
        match self {
            Self::Form => json!({
                "method": "POST",
                "target": "/echo",
                "content_type": form,
                "form": [
                    ["status", "Hello Ladies + Gentlemen, a signed OAuth request! 100%"],
                    ["reserved[]", "a=b&c;d:e/f?g#h@i$j,k'l(m)n*o~p-q_r.s"],
                    ["naïve", "crème brûlée ☃"],
                ],
            }),
            Self::Repeated => json!({
                "method": "POST",
                "target": "/echo",
                "content_type": form,
                "form": [["a", "2"], ["a", "10"], ["a", ""], ["empty", ""], ["a b", "1"]],
            }),
            Self::InBoth => json!({
                "method": "POST",
                "target": "/echo?a=0",
                "content_type": form,
                "form": [["a", "1"], ["b", "2"]],
            }),
            Self::Json | Self::HashedJson => json!({
                "method": "POST",
                "target": "/echo?order=1",
                "content_type": "application/json",
                "text": "{\"a\": [1, \"b=c&d\"]}",
                "body_hash": self == Self::HashedJson,
            }),
            Self::EncodedName => get("/echo?%C3%A9=1&a%5B%5D=2"),
            Self::RepeatedInQuery => get("/echo?a=2&a=10&a=&z="),
            _ => get("/echo/a%2Fb?q=red%20shoes&plus=a%2Bb%26c&letter=%E2%98%83&percent=%2525"),
        }
    }
}

/// How one thing went: `Err` with a problem code, or what went wrong before there was one.
pub(super) type Outcome = Result<(), String>;

/// Has the client do everything.
pub(super) fn run(
    peer: &mut Peer,
    origin: &str,
    client: &str,
    method: &str,
    placement: &str,
    asks: &[Ask],
) -> Vec<(Ask, Outcome)> {
    let mut outcomes = Vec::new();
    let with_rsa = method.starts_with("RSA-");
    let pem = |name: &str| String::from_utf8(fixtures::key(name)).expect("PEM");
    let mut question = json!({
        "op": "connect",
        "client": client,
        "signature_method": method,
        "placement": placement,
        "origin": origin,
        "callback": CALLBACK,
    });
    let wrong = if with_rsa {
        question["consumer_key"] = PARTNER.into();
        question["private_key"] = pem("rsa2048-other.pkcs8.pem").into();
        json!({"private_key": pem("rsa2048.pkcs8.pem")})
    } else {
        question["consumer_key"] = PUBLIC.into();
        question["consumer_secret"] = PUBLIC_SECRET.into();
        json!({"consumer_secret": "another secret"})
    };
    let answer = peer.ask(&question);
    let connected = outcome(&answer);
    let is_connected = connected.is_ok();
    outcomes.push((Ask::Connect, connected));
    if !is_connected {
        return outcomes;
    }
    take_token(&mut question, &answer);

    question["op"] = "send".into();
    for ask in asks {
        question["request"] = ask.request();
        let answer = peer.ask(&question);
        let seen = outcome(&answer).and_then(|()| check(*ask, method, &answer));
        outcomes.push((*ask, seen));
    }
    // One that every client gets right.
    let plain = *asks
        .iter()
        .find(|ask| **ask == Ask::Form)
        .unwrap_or(&Ask::Json);
    let mut twin = question.clone();
    twin["request"] = plain.request();
    merge(&mut twin, &wrong);
    outcomes.push((Ask::WrongSecret, outcome(&peer.ask(&twin))));

    if with_rsa {
        question["op"] = "renew".into();
        let answer = peer.ask(&question);
        let renewed = outcome(&answer).and_then(|()| {
            take_token(&mut question, &answer);
            question["op"] = "send".into();
            question["request"] = plain.request();
            outcome(&peer.ask(&question))
        });
        outcomes.push((Ask::Renew, renewed));
    }
    outcomes
}

/// The driver's answer: a status with a problem, or its own error.
fn outcome(answer: &Value) -> Outcome {
    if let Some(error) = answer["error"].as_str() {
        return Err(error.to_owned());
    }
    if answer["status"] == json!(200) {
        return Ok(());
    }
    let body = answer["body"].as_str().unwrap_or_default();
    let problem = body
        .split('&')
        .find_map(|pair| pair.strip_prefix("oauth_problem="));
    Err(problem.map_or_else(|| answer.to_string(), str::to_owned))
}

/// The server saw what was asked for.
fn check(ask: Ask, method: &str, answer: &Value) -> Outcome {
    let body = answer["body"].as_str().unwrap_or_default();
    let seen: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
    let request = ask.request();
    let path = request["target"].as_str().and_then(|t| t.split('?').next());
    let coverage = match ask {
        Ask::Form | Ask::Repeated | Ask::InBoth => "form",
        Ask::HashedJson => "hashed",
        Ask::Json => "unsigned",
        // Some declare a form without having one.
        _ => seen["body"].as_str().unwrap_or_default(),
    };
    let expected = json!({
        "method": request["method"],
        "path": path,
        "user": "ann",
        "signature_method": method,
        "body": coverage,
    });
    let differs = expected
        .as_object()
        .into_iter()
        .flatten()
        .find(|(name, value)| seen[name.as_str()] != **value);
    differs.map_or(Ok(()), |(name, value)| {
        Err(format!("{name} is {}, not {value}", seen[name.as_str()]))
    })
}

fn take_token(question: &mut Value, answer: &Value) {
    for name in ["token", "token_secret", "session_handle"] {
        question[name] = answer[name].clone();
    }
}

fn merge(into: &mut Value, other: &Value) {
    for (name, value) in other.as_object().into_iter().flatten() {
        into[name.as_str()] = value.clone();
    }
}
