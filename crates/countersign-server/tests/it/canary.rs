//! Nothing that was sent is written anywhere, and no secret lies open on the disk.

use std::path::Path;

use countersign_base_string::{Place, ProtocolParameters, Request, Uri};
use countersign_key::Secret;
use countersign_server::RefusalReader;
use countersign_signature::{HmacKey, Method, OsRandom, Signer, sign};

use crate::support::log::{all, listen_to_all};
use crate::support::{Access, Answer, CONSUMER, Client, FORM, Office, SECRET, Unsigned, World};

/// A word that may stand wherever a client may write anything.
const CANARY: &str = "cAnAryZq7x";

/// Whether `bytes` holds `word`, in whichever case.
fn holds(bytes: &[u8], word: &str) -> bool {
    let (bytes, word) = (bytes.to_ascii_lowercase(), word.to_ascii_lowercase());
    bytes.windows(word.len()).any(|it| it == word.as_bytes())
}

/// The files of a service that hold one of `words`, but for those that an operator wrote.
fn files_with(directory: &Path, words: &[&str]) -> Vec<String> {
    let mut looked_at = 0;
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "consumer.secret" {
            continue;
        }
        looked_at += 1;
        let bytes = std::fs::read(&path).unwrap();
        let held = words.iter().filter(|word| holds(&bytes, word));
        found.extend(held.map(|word| format!("{name}: {word}")));
    }
    assert!(looked_at >= 4, "store, key, records and trail");
    found
}

/// The header of a request that is right, with the canary wherever the signature lets it be.
fn signed(world: &World, method: &str, target: &str, nonce: &str) -> String {
    let key = HmacKey::new(&Secret::new(SECRET), None);
    let signer = Signer::hmac(Method::HMAC_SHA1, &key).unwrap();
    let url = format!("{}{target}", world.origin());
    let request = Request::new(method, Uri::parse(&url).unwrap()).unwrap();
    let timestamp = crate::support::NOW.to_string();
    let protocol = ProtocolParameters::new(CONSUMER, "HMAC-SHA1", &timestamp, nonce);
    let mut random = OsRandom::new();
    let place = Place::Header;
    let realm = Some(CANARY);
    let signed = sign(
        &request,
        &protocol,
        &signer,
        place,
        realm,
        Some(&mut random),
    );
    signed.unwrap().authorization().unwrap().to_owned()
}

/// A whole request with the canary in every field beside `authorization`.
fn around(method: &str, target: &str, authorization: &str, body: &str) -> String {
    format!(
        "{method} {target} HTTP/1.1\r\nHost: {CANARY}.example\r\nConnection: close\r\n\
         Authorization: {authorization}\r\nCookie: session={CANARY}\r\nUser-Agent: {CANARY}\r\n\
         X-Request-Id: {CANARY}\r\nX-{CANARY}: {CANARY}\r\nReferer: http://{CANARY}/\r\n\
         X-Forwarded-For: {CANARY}\r\nContent-Type: text/plain; a={CANARY}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Requests with the canary in one more place each: some are accepted, most are not.
fn requests(world: &World) -> Vec<String> {
    let target = format!("/echo/{CANARY}?{CANARY}={CANARY}");
    let right = signed(world, CANARY, &target, CANARY);
    let forged = right.replace("oauth_nonce", "oauth_nonc");
    let mut all = vec![
        around(CANARY, &target, &right, CANARY),
        // The same once more, and with something else about it.
        around(CANARY, &target, &right, CANARY),
        around("GET", &target, &right, CANARY),
        around(CANARY, &format!("{target}&more={CANARY}"), &right, CANARY),
        around(CANARY, &target, &forged, CANARY),
        around("GET", &target, CANARY, CANARY),
        around("GET", &target, &format!("OAuth {CANARY}"), CANARY),
        around(
            "GET",
            &target,
            &format!("OAuth {CANARY}=\"%{CANARY}\""),
            CANARY,
        ),
    ];
    let at = crate::support::NOW;
    let usual = [
        ("realm", "Photos".to_owned()),
        ("oauth_consumer_key", CONSUMER.to_owned()),
        ("oauth_signature_method", "HMAC-SHA1".to_owned()),
        ("oauth_timestamp", at.to_string()),
        ("oauth_nonce", "n".to_owned()),
        ("oauth_signature", "c2lnbmF0dXJl".to_owned()),
    ];
    let others = [
        "oauth_token",
        "oauth_verifier",
        "oauth_callback",
        "oauth_session_handle",
        "oauth_version",
        "oauth_body_hash",
        "oauth_cAnAryZq7x",
        "x_auth_username",
        "x_auth_password",
        "cAnAryZq7x",
    ];
    let header = |changed: &str| {
        let mut pairs: Vec<String> = usual
            .iter()
            .map(|(name, value)| {
                let value = if *name == changed { CANARY } else { value };
                format!("{name}=\"{value}\"")
            })
            .collect();
        if others.contains(&changed) {
            pairs.push(format!("{changed}=\"{CANARY}\""));
            pairs.push(format!("{changed}=\"{CANARY}2\""));
        }
        format!("OAuth {}", pairs.join(", "))
    };
    let once = |text: String, name: &str| text.replace(&format!(", {name}=\"{CANARY}2\""), "");
    for path in [&*target, "/oauth/RequestToken", "/oauth/AccessToken"] {
        for name in usual.iter().map(|(name, _)| *name).chain(others) {
            let twice = header(name);
            all.push(around("POST", path, &once(twice.clone(), name), CANARY));
            if others.contains(&name) {
                all.push(around("POST", path, &twice, CANARY));
            }
        }
    }
    // A form, with a password, signed and not.
    let form = format!("x_auth_mode=client_auth&x_auth_username={CANARY}&x_auth_password={CANARY}");
    for client in [Client::hmac(CONSUMER, SECRET), Client::hmac(CANARY, CANARY)] {
        let unsigned = Unsigned::post("/oauth/AccessToken", FORM, form.as_bytes());
        let bytes = world.request(Some(&client), &unsigned);
        all.push(String::from_utf8(bytes).unwrap());
    }
    all
}

async fn send(world: &World, request: &str) -> Answer {
    world.raw(request.as_bytes()).await
}

/// Waits until the refusals of these answers are explained.
async fn explained(world: &World, answers: &[Answer]) {
    let reader = RefusalReader::open(&world.path("countersign-service.db")).unwrap();
    for answer in answers.iter().filter(|it| it.problem().is_some()) {
        let id = answer.field("x-request-id").unwrap();
        let mut left = 250;
        while reader.find(id).unwrap().is_none() {
            left -= 1;
            assert!(left > 0, "nothing is kept of {answer:?}");
            tokio::time::sleep(core::time::Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h57_nothing_that_was_sent_is_logged_kept_or_counted() {
    listen_to_all();
    for answers in ["explicit", "terse"] {
        let mut world = World::with(&format!("answers = \"{answers}\""), "").await;
        let mut answers = Vec::new();
        for (number, request) in requests(&world).iter().enumerate() {
            // Each second some more may be explained of one application.
            world.pass(i64::from(number % 10 == 9));
            answers.push(send(&world, request).await);
        }
        let accepted = answers.iter().filter(|it| it.status == 200).count();
        assert_eq!(accepted, 1, "{answers:?}");
        let problems = answers.iter().filter(|it| it.problem().is_some());
        assert!(problems.count() > 40);
        explained(&world, &answers).await;

        let counted = world.admin("/metrics").await.body;
        assert!(
            counted.contains("countersign_refusals_kept_total"),
            "{counted}"
        );
        assert!(!holds(counted.as_bytes(), CANARY), "{counted}");
        let while_open = files_with(world.directory.path(), &[CANARY]);
        assert_eq!(while_open, [""; 0], "while the service runs");
        world.stop().await;
        assert_eq!(files_with(world.directory.path(), &[CANARY]), [""; 0]);
    }
    let log = all();
    assert!(
        log.contains("endpoint=\"access_token\" method=\"POST\""),
        "{log}"
    );
    assert!(log.contains("method=\"other\""), "{log}");
    assert!(log.contains(" TRACE ") || log.contains(" DEBUG "), "{log}");
    assert!(!holds(log.as_bytes(), CANARY), "{log}");
}

/// The test itself sees what it looks for.
#[test]
fn the_canary_sings_where_it_stands() {
    let directory = tempfile::tempdir().unwrap();
    for number in 0..4 {
        std::fs::write(directory.path().join(format!("file {number}")), "nothing").unwrap();
    }
    assert_eq!(files_with(directory.path(), &[CANARY]), [""; 0]);
    let text = format!("\0\u{1}{}\0", CANARY.to_ascii_uppercase());
    std::fs::write(directory.path().join("file 2"), text).unwrap();
    assert_eq!(
        files_with(directory.path(), &[CANARY]),
        [format!("file 2: {CANARY}")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_and_no_token_lies_open_on_the_disk() {
    listen_to_all();
    let mut world = World::new().await;
    let client = world.client();
    let ask = Unsigned {
        callback: Some("oob"),
        ..Unsigned::post("/oauth/RequestToken", FORM, b"")
    };
    let answer = world.send(Some(&client), &ask).await;
    let (token, secret) = (
        answer.value("oauth_token").unwrap().to_owned(),
        answer.value("oauth_token_secret").unwrap().to_owned(),
    );
    world.stop().await;
    let office = Office::beside(&world);
    let public = |token: Option<(&str, &str)>| match token {
        None => Client::hmac(CONSUMER, SECRET),
        Some((token, secret)) => Client::hmac_with_token(CONSUMER, SECRET, token, secret),
    };
    let Access {
        token: access,
        secret: access_secret,
        ..
    } = office.connect(public, "ann", "Demo Company").await;
    drop(office);
    world.start("", "").await.unwrap();
    let by_token = Client::hmac_with_token(CONSUMER, SECRET, &access, &access_secret);
    let get = Unsigned::get("/echo");
    assert_eq!(world.send(Some(&by_token), &get).await.status, 200);
    let forged = Client::hmac_with_token(CONSUMER, SECRET, &access, "another secret");
    let refused = world.send(Some(&forged), &get).await;
    assert_eq!(refused.problem(), Some("signature_invalid"));
    explained(&world, &[refused]).await;
    let words = [SECRET, &*token, &*secret, &*access, &*access_secret];
    assert_eq!(files_with(world.directory.path(), &words), [""; 0]);
    world.stop().await;
    assert_eq!(files_with(world.directory.path(), &words), [""; 0]);
    let log = all();
    for word in words {
        assert!(!holds(log.as_bytes(), word), "{word}");
    }
}
