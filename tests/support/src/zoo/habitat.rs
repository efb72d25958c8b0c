//! Requests made at random, right ones all of them.

mod words;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::Digest as _;

use self::words::{HOSTS, METHODS, NAMES, PATHS, PIECES, REALMS, VALUES, WORDS};
use super::request::{Body, Credentials, Field, Hash, Kind, Other, Placing, Request};
use super::spelling::Spelling;
use crate::random::FixedRandom;

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn one_in(random: &mut FixedRandom, n: usize) -> bool {
    random.below(n) == 0
}

/// A right request.
pub(super) fn request(random: &mut FixedRandom) -> Request {
    let hash = *random.pick(&[
        Hash::Sha1,
        Hash::Sha1,
        Hash::Sha1,
        Hash::Sha256,
        Hash::Sha512,
    ]);
    let mut method = *random.pick(METHODS);
    let placing = match random.below(12) {
        0 => Placing::Query,
        1 => Placing::Body,
        _ => Placing::Header,
    };
    let style = style(random);
    let may_have_body = !matches!(method, "GET" | "HEAD" | "OPTIONS" | "DELETE");
    let body = if placing == Placing::Body {
        if !may_have_body {
            method = "POST";
        }
        let most = if one_in(random, 5) { 0 } else { 4 };
        Body::Form(fields(random, style, most))
    } else if may_have_body {
        body(random, style)
    } else {
        Body::None
    };
    let content_type = match &body {
        Body::None => None,
        Body::Form(_) if one_in(random, 4) => {
            Some("application/x-www-form-urlencoded; charset=UTF-8")
        }
        Body::Form(_) => Some(FORM),
        Body::Other { content_type, .. } => *content_type,
    };
    let credentials = credentials(random);
    let most = if one_in(random, 12) { 13 } else { 5 };
    let query = fields(random, style, most);
    Request {
        method,
        scheme: if one_in(random, 2) { "http" } else { "https" },
        host: (*random.pick(HOSTS)).to_owned(),
        port: *random.pick(&[
            None,
            None,
            None,
            Some(80),
            Some(443),
            Some(8080),
            Some(8443),
        ]),
        path: (*random.pick(PATHS)).to_owned(),
        query,
        content_type,
        protocol: protocol(random, hash, &credentials, &body),
        body,
        realm: (placing == Placing::Header && one_in(random, 3))
            .then(|| (*random.pick(REALMS)).to_owned()),
        placing,
        hash,
        forwarded: forwarded(random),
        credentials,
    }
}

/// How a request spells its query and form: the encoder, and whether a few characters are left.
fn style(random: &mut FixedRandom) -> Spelling {
    match random.below(7) {
        0 => Spelling::RFC.java(),
        1 => Spelling::RFC.php(),
        2 => Spelling::RFC.javascript(),
        3 => Spelling::RFC.leaving("!$'()*,:@/?;"),
        4 => Spelling::RFC.lower(),
        _ => Spelling::RFC,
    }
}

fn fields(random: &mut FixedRandom, style: Spelling, most: usize) -> Vec<Field> {
    let count = random.below(most + 1);
    let mut fields: Vec<Field> = Vec::with_capacity(count);
    for _ in 0..count {
        let name = match (fields.last(), random.below(6)) {
            (Some(last), 0) => last.name.clone(),
            _ => (*random.pick(NAMES)).to_owned(),
        };
        let value = value(random);
        let without_equals = value.is_empty() && one_in(random, 2);
        fields.push(Field {
            raw_name: style.encode(&name),
            raw_value: (!without_equals).then(|| style.encode(&value)),
            name,
            value,
        });
    }
    fields
}

fn value(random: &mut FixedRandom) -> String {
    match random.below(8) {
        0 => String::new(),
        1 | 2 => (*random.pick(VALUES)).to_owned(),
        3 => {
            let length = 1 + random.below(8);
            (0..length).map(|_| *random.pick(PIECES)).collect()
        }
        _ => (*random.pick(WORDS)).to_owned(),
    }
}

fn body(random: &mut FixedRandom, style: Spelling) -> Body {
    match random.below(8) {
        0 => Body::None,
        1 | 2 => json(random),
        3 => multipart(random),
        4 if one_in(random, 2) => {
            let fields: Vec<Field> = fields(random, style, 3);
            Body::Other {
                content_type: *random.pick(&[None, Some("text/plain")]),
                text: super::request::written(&fields),
                kind: Kind::Undeclared,
                fields: fields.into_iter().map(|f| (f.name, f.value)).collect(),
            }
        }
        _ => Body::Form(fields(random, style, 5)),
    }
}

fn json(random: &mut FixedRandom) -> Body {
    let mut object = serde_json::Map::new();
    for _ in 0..=random.below(3) {
        let name = *random.pick(&["name", "id", "q", "status", "amount", "note"]);
        let value = if one_in(random, 3) {
            serde_json::Value::from(random.below(1000))
        } else {
            let text = *random.pick(&[
                "x",
                "hello",
                "a=b",
                "joe@example.com",
                "two words",
                "caf\u{e9}",
            ]);
            serde_json::Value::from(text)
        };
        object.insert(name.to_owned(), value);
    }
    let fields = object
        .iter()
        .map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), text)
        })
        .collect();
    Body::Other {
        content_type: Some("application/json"),
        text: serde_json::Value::Object(object).to_string(),
        kind: Kind::Json,
        fields,
    }
}

fn multipart(random: &mut FixedRandom) -> Body {
    let mut text = String::new();
    let mut fields = Vec::new();
    for name in ["title", "tags"] {
        let value = (*random.pick(WORDS)).to_owned();
        text.push_str(&format!(
            "--frontier\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
        fields.push((name.to_owned(), value));
        if one_in(random, 2) {
            break;
        }
    }
    text.push_str(
        "--frontier\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"cat.jpg\"\r\n\
         Content-Type: image/jpeg\r\n\r\n(octets)\r\n--frontier--\r\n",
    );
    Body::Other {
        content_type: Some("multipart/form-data; boundary=frontier"),
        text,
        kind: Kind::Multipart,
        fields,
    }
}

fn protocol(
    random: &mut FixedRandom,
    hash: Hash,
    credentials: &Credentials,
    body: &Body,
) -> Vec<(String, String)> {
    let mut pairs = vec![("oauth_consumer_key", credentials.consumer_key.clone())];
    match random.below(20) {
        0 => pairs.push(("oauth_token", String::new())),
        1..=5 => {}
        _ => pairs.push(("oauth_token", credentials.token.clone())),
    }
    pairs.push(("oauth_signature_method", hash.method().to_owned()));
    let timestamp = 1_600_000_000 + random.below(180_000_000);
    pairs.push(("oauth_timestamp", timestamp.to_string()));
    let nonce = letters(random, 6, 26);
    pairs.push((
        "oauth_nonce",
        if one_in(random, 5) {
            format!("{nonce}+/=")
        } else {
            nonce
        },
    ));
    if !one_in(random, 4) {
        pairs.push(("oauth_version", "1.0".to_owned()));
    }
    match random.below(16) {
        0 => pairs.push((
            "oauth_callback",
            "http://app.example.org/ready?a=1&b=2".to_owned(),
        )),
        1 => pairs.push(("oauth_callback", "oob".to_owned())),
        2 => pairs.push(("oauth_verifier", letters(random, 7, 12))),
        _ => {}
    }
    if let Body::Other { text, .. } = body
        && one_in(random, 4)
    {
        let digest = match hash {
            Hash::Sha1 => sha1::Sha1::digest(text.as_bytes()).to_vec(),
            Hash::Sha256 => sha2::Sha256::digest(text.as_bytes()).to_vec(),
            Hash::Sha512 => sha2::Sha512::digest(text.as_bytes()).to_vec(),
        };
        pairs.push(("oauth_body_hash", STANDARD.encode(digest)));
    }
    if one_in(random, 4) {
        // Some libraries send them sorted.
        pairs.sort_unstable();
    }
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn forwarded(random: &mut FixedRandom) -> Vec<(&'static str, String)> {
    if !one_in(random, 8) {
        return Vec::new();
    }
    let mut headers = Vec::new();
    if one_in(random, 2) {
        headers.push(("X-Forwarded-Host", "public.example.com".to_owned()));
    }
    if one_in(random, 2) {
        headers.push((
            "X-Forwarded-Port",
            (*random.pick(&["8443", "9000"])).to_owned(),
        ));
    }
    headers
}

fn credentials(random: &mut FixedRandom) -> Credentials {
    Credentials {
        consumer_key: key(random),
        consumer_secret: secret(random),
        token: key(random),
        token_secret: secret(random),
        others: others(random),
    }
}

fn others(random: &mut FixedRandom) -> Vec<Other> {
    let mut others = Vec::new();
    if one_in(random, 4) {
        others.push(Other {
            name: "sandbox",
            consumer_secret: Some(secret(random)),
            token_secret: Some(secret(random)),
        });
    }
    if one_in(random, 6) {
        others.push(Other {
            name: "request token",
            consumer_secret: None,
            token_secret: Some(secret(random)),
        });
    }
    others
}

fn key(random: &mut FixedRandom) -> String {
    let letters = letters(random, 10, 30);
    match random.below(10) {
        0 => format!("{letters}=="),
        1 => format!("app {letters}"),
        2 => format!("{letters}-{letters}@example.com"),
        _ => letters,
    }
}

fn secret(random: &mut FixedRandom) -> String {
    let letters = letters(random, 8, 40);
    match random.below(12) {
        0 => format!("{letters}+/=="),
        1 => format!("{letters}&{letters}"),
        2 => format!("!{letters}*('~')"),
        3 => format!("{letters}%2B%3D"),
        4 => STANDARD.encode(&letters),
        5 => {
            let mut octets = letters.into_bytes();
            octets.iter_mut().for_each(|octet| *octet ^= 0x95);
            STANDARD.encode(octets)
        }
        _ => letters,
    }
}

fn letters(random: &mut FixedRandom, least: usize, most: usize) -> String {
    let length = least + random.below(most - least + 1);
    (0..length)
        .map(|_| char::from(*random.pick(LETTERS)))
        .collect()
}

/// A secret that has nothing to do with the right one.
pub(super) fn another_secret(random: &mut FixedRandom) -> String {
    letters(random, 16, 40)
}
