//! Bodies: what of them is signed, and what is never opened.

use countersign_signature::{Hash, body_hash};

use crate::http_world::{Answer, FORM, Sent, Setup, World};

const JSON: &str = "application/json";

#[tokio::test]
async fn h33_types_of_bodies() {
    let world = World::fresh().await;
    let socket = world.serve().await;
    for (content_type, counted) in [
        (FORM, true),
        ("APPLICATION/X-WWW-Form-UrlEncoded", true),
        ("application/x-www-form-urlencoded; charset=utf-16", true),
        ("application/x-www-form-urlencodedX", false),
        ("application/x-www-form-urlencoded-2", false),
        ("text/plain; x=application/x-www-form-urlencoded", false),
        ("", false),
    ] {
        for signed_as_form in [true, false] {
            let kind = if signed_as_form { FORM } else { JSON };
            let mut call = world.victim().body(kind, "a=b");
            call.method = "POST";
            let mut sent = call.sign();
            if content_type.is_empty() {
                sent = sent.without("content-type");
            } else {
                content_type.clone_into(sent.field_mut("content-type"));
            }
            let before = world.snapshot();
            let answer = world.send_raw(&socket, &sent, 1).await;
            if signed_as_form == counted {
                assert_eq!(answer.status, 200, "{content_type} {answer:?}");
            } else {
                world
                    .came_to_nothing(&before, &answer, 401, "signature_invalid")
                    .await;
            }
        }
    }
    let mut call = world.victim().body(FORM, "a=b");
    call.method = "POST";
    for other in [FORM, JSON] {
        let sent = call.sign().and("content-type", other);
        let before = world.snapshot();
        let answer = world.send_raw(&socket, &sent, 1).await;
        world
            .came_to_nothing(&before, &answer, 400, "parameter_rejected")
            .await;
    }
}

#[tokio::test]
async fn h35_a_body_that_was_changed() {
    let world = World::fresh().await;
    let body = b"{\"amount\":1}";
    let hash = body_hash::compute(Hash::Sha1, body);
    let call = |target: &str| {
        let mut call = world
            .call(crate::http_world::VICTIM, target)
            .body(JSON, body);
        call.method = "POST";
        call
    };
    let changed = |sent: Sent| Sent {
        body: b"{\"amount\":1000}".to_vec(),
        ..sent
    };
    for target in ["/pay", "/hashed/pay"] {
        let hashed = call(target).set("oauth_body_hash", &hash).sign();
        world
            .refuse(&changed(hashed.clone()), 401, "signature_invalid")
            .await;
        world.accept(&hashed).await;
    }
    // Without a hash it is what the route says: by default such a body is told to be unsigned.
    world.accept(&changed(call("/pay").sign())).await;
    let answer = world
        .refuse(&call("/hashed/pay").sign(), 400, "parameter_absent")
        .await;
    assert_eq!(
        super::names(&answer, "oauth_parameters_absent"),
        ["oauth_body_hash"]
    );
    // A form is signed already; its hash could only differ.
    let form = call("/pay")
        .body(FORM, "a=b")
        .set("oauth_body_hash", &hash)
        .sign();
    world.refuse(&form, 400, "parameter_rejected").await;
}

#[tokio::test]
async fn h42_a_body_that_never_comes() {
    let setup = Setup {
        impatient: true,
        ..Setup::default()
    };
    let world = setup.world().await;
    let socket = world.serve().await;
    let mut call = world.victim().body(FORM, "a=b&c=d");
    call.method = "POST";
    let sent = call.sign();
    let mut bytes = sent.bytes();
    bytes.truncate(bytes.len() - 4);
    let before = world.snapshot();
    let answer = world.send_bytes(&socket, &bytes, &sent, 1).await;
    assert_eq!(answer.field("connection"), Some("close"));
    world.came_to_nothing(&before, &answer, 408, "").await;
}

/// The first answer that is not `100 Continue`.
fn last(received: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(received);
    let rest = text
        .strip_prefix("HTTP/1.1 100 Continue\r\n\r\n")
        .unwrap_or(&text);
    Answer::read(rest.as_bytes()).unwrap()
}

#[tokio::test]
async fn h46_encoded_bodies_expectations_and_trailers() {
    let world = World::fresh().await;
    // A bomb: whatever it would become, it is hashed and handed on as it came.
    let bomb = [&b"\x1f\x8b\x08\0\0\0\0\0"[..], &[0xff; 4_096]].concat();
    let mut call = world.victim().body(JSON, bomb.clone());
    call.method = "POST";
    let hash = body_hash::compute(Hash::Sha1, &bomb);
    let sent = call
        .clone()
        .set("oauth_body_hash", hash)
        .sign()
        .and("content-encoding", "gzip");
    let answer = world.accept(&sent).await;
    assert!(
        answer.body.ends_with(&format!(" {} true", bomb.len())),
        "{}",
        answer.body
    );
    // As a form it is not read as anything else either.
    let encoded = call
        .nonce("another")
        .body(FORM, "a=b")
        .sign()
        .and("content-encoding", "gzip");
    world.accept(&encoded).await;

    // Whoever asks before sending is told at once, and nothing waits for the body.
    let socket = world.serve().await;
    let forged = world.victim().forged("AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    let head = format!(
        "POST /photos HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\n\
         content-type: {JSON}\r\ncontent-length: 10\r\nauthorization: {}\r\n\r\n",
        forged.authorization()
    );
    let received = crate::http_world::exchange(socket.address, head.as_bytes()).await;
    assert_eq!(last(&received).status, 401);

    let mut call = world.victim().body(FORM, "a=b");
    call.method = "POST";
    let sent = call.sign();
    let bytes = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: {FORM}\r\n\
         authorization: {}\r\ntransfer-encoding: chunked\r\ntrailer: oauth_token\r\n\r\n\
         3\r\na=b\r\n0\r\noauth_token: x\r\nauthorization: OAuth oauth_nonce=\"x\"\r\n\r\n",
        sent.target,
        sent.authorization()
    );
    let answer = world.send_bytes(&socket, bytes.as_bytes(), &sent, 1).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}
