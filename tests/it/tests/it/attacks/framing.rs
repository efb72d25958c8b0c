//! Fields, targets and frames of HTTP, as bytes on a connection.

use countersign_base_string::Limits;

use crate::http_world::{HONEST, Sent, Setup, VICTIM, World, exchange};

const REJECTED: &str = "parameter_rejected";

#[tokio::test]
async fn h31_two_credentials() {
    let world = World::fresh().await;
    let socket = world.serve().await;
    let sent = || world.victim().sign();
    let other = sent().authorization().to_owned();
    let listed = |end: &str| {
        let mut sent = sent();
        sent.field_mut("authorization").push_str(end);
        sent
    };
    for sent in [
        sent().and("authorization", &other),
        sent().and("authorization", "Basic dXNlcjpwYXNz"),
        sent().and("authorization", "OAuth realm=\"x\""),
        sent()
            .and("authorization", "Bearer abc")
            .and("authorization", "Basic abc"),
        listed(", Bearer abc"),
        listed(", Basic dXNlcjpwYXNz"),
    ] {
        let before = world.snapshot();
        let answer = world.send_raw(&socket, &sent, 1).await;
        world.came_to_nothing(&before, &answer, 400, REJECTED).await;
    }
}

#[tokio::test]
async fn h32_schemes_that_are_not_this_one() {
    let world = World::fresh().await;
    let socket = world.serve().await;
    for scheme in [
        "NotOAuthAtAll",
        "OAuth2",
        "OAut",
        "XOAuth",
        "Bearer",
        "OAuth\t",
    ] {
        let mut sent = world.victim().sign();
        let field = sent.field_mut("authorization");
        *field = field.replacen("OAuth ", scheme, 1);
        let spaced = Sent { ..sent.clone() }.replaced(scheme, &format!("{scheme} "));
        let attempts = if scheme == "OAuth\t" {
            vec![sent]
        } else {
            vec![sent, spaced]
        };
        for sent in attempts {
            let before = world.snapshot();
            let answer = world.send_raw(&socket, &sent, 1).await;
            let challenge = Some("OAuth realm=\"Example\"");
            assert_eq!(answer.field("www-authenticate"), challenge, "{scheme:?}");
            world.came_to_nothing(&before, &answer, 401, "").await;
        }
    }
    for (field, problem) in [("OAuth", ""), ("OAuth ", ""), ("", "")] {
        let mut sent = world.victim().sign();
        field.clone_into(sent.field_mut("authorization"));
        let before = world.snapshot();
        let answer = world.send_raw(&socket, &sent, 1).await;
        world.came_to_nothing(&before, &answer, 401, problem).await;
    }
    for scheme in ["oauth ", "OAUTH ", "oAuTh   "] {
        let sent = world.victim().sign().replaced("OAuth ", scheme);
        let answer = world.send_raw(&socket, &sent, 1).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[tokio::test]
async fn h36_another_host() {
    let world = World::fresh().await;
    let socket = world.serve().await;
    let spoofed = world.victim().origin("https://evil.example").sign();
    let bytes = |sent: &Sent, host: &str| {
        let text = String::from_utf8(sent.bytes()).unwrap();
        text.replacen("host: api.example.com", &format!("host: {host}"), 1)
            .into_bytes()
    };
    for host in ["evil.example", "api.example.com"] {
        let before = world.snapshot();
        let raw = bytes(&spoofed, host);
        let answer = world.send_bytes(&socket, &raw, &spoofed, 1).await;
        world
            .came_to_nothing(&before, &answer, 401, "signature_invalid")
            .await;
    }
    // The origin comes from the configuration: the field is not looked at.
    for host in ["evil.example", "api.example.com:8443", ""] {
        let sent = world.victim().sign();
        let answer = world
            .send_bytes(&socket, &bytes(&sent, host), &sent, 1)
            .await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[tokio::test]
async fn h37_forwarded_fields_of_anybody() {
    let world = World::fresh().await;
    let lies = [
        ("x-forwarded-proto", "http"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-port", "80"),
        ("forwarded", "proto=http;host=evil.example"),
        ("x-original-url", "/evil"),
        ("x-http-method-override", "DELETE"),
    ];
    for origin in [
        "http://api.example.com",
        "http://evil.example",
        "https://api.example.com:80",
    ] {
        let sent = world.victim().origin(origin).sign();
        world.refuse(&sent, 401, "signature_invalid").await;
        for (name, value) in lies {
            world
                .refuse(&sent.clone().and(name, value), 401, "signature_invalid")
                .await;
        }
    }
    for (name, value) in lies {
        world.accept(&world.victim().sign().and(name, value)).await;
    }
}

#[tokio::test]
async fn h38_paths_are_what_was_sent() {
    let world = World::fresh().await;
    let socket = world.serve().await;
    let tricky = [
        "/a/../b",
        "//b",
        "/%2e%2e/b",
        "/b%2Fc",
        "/b;x",
        "/./b",
        "/b//",
        "/%62",
    ];
    for target in tricky {
        // What was signed is what the handler sees, or it is refused.
        let answer = world
            .send_raw(&socket, &world.call(HONEST, target).sign(), 1)
            .await;
        assert_eq!(answer.status, 200, "{target} {answer:?}");
        assert_eq!(answer.body.split(' ').nth(2), Some(target));
        for signed in ["/b", "/a/b", "/b/c", "/b/"] {
            let sent = Sent {
                target: target.to_owned(),
                ..world.call(VICTIM, signed).sign()
            };
            let before = world.snapshot();
            let answer = world.send_raw(&socket, &sent, 1).await;
            world
                .came_to_nothing(&before, &answer, 401, "signature_invalid")
                .await;
        }
    }
    // The route that demands a body hash is not to be got around by another spelling of it: the
    // handler sees the spelling too.
    let absolute = Sent {
        target: "http://evil.example/b".to_owned(),
        ..world.call(HONEST, "/b").sign()
    };
    assert_eq!(world.send_raw(&socket, &absolute, 1).await.status, 200);
    let mut asterisk = world.call(VICTIM, "/").sign();
    (asterisk.method, asterisk.target) = ("OPTIONS", "*".to_owned());
    let before = world.snapshot();
    let answer = world.send_raw(&socket, &asterisk, 1).await;
    world.came_to_nothing(&before, &answer, 400, REJECTED).await;
    // No client sends a fragment; it is in neither what was signed nor what the handler sees.
    let fragment = Sent {
        target: "/b#/admin".to_owned(),
        ..world.call(HONEST, "/b").sign()
    };
    let answer = world.send_raw(&socket, &fragment, 1).await;
    assert!(
        answer.status == 400 || answer.body.contains(" /b "),
        "{answer:?}"
    );
}

#[tokio::test]
async fn h39_frames_that_two_readers_read_differently() {
    let world = World::fresh().await;
    let socket = world.serve().await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let chunked = "transfer-encoding: chunked\r\n";
    let refused = [
        format!("transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n{smuggled}"),
        format!("transfer-encoding: xchunked\r\n\r\n0\r\n\r\n{smuggled}"),
        format!("content-length: +5\r\n\r\nhello{smuggled}"),
        format!("content-length: 5\r\ncontent-length: 6\r\n\r\nhello{smuggled}"),
        format!("content-length: 5, 6\r\n\r\nhello{smuggled}"),
        format!("content-length: 0x5\r\n\r\nhello{smuggled}"),
        format!("x-folded: a\r\n b\r\n\r\n{smuggled}"),
        format!("x-blank : a\r\n\r\n{smuggled}"),
        format!("{chunked}\r\nffffffffffffffffff\r\n{smuggled}"),
        format!("{chunked}\r\n5;\nhello\r\n0\r\n\r\n{smuggled}"),
    ];
    // What the server reads in one way only, and signed by nobody is what comes after.
    let read = [
        format!("{chunked}{chunked}\r\n0\r\n\r\n{smuggled}"),
        format!("content-length: 5\r\n{chunked}\r\n0\r\n\r\n{smuggled}"),
        format!("{chunked}content-length: 5\r\n\r\n0\r\n\r\n{smuggled}"),
        format!("content-length: 5\r\n\r\nhello{smuggled}"),
    ];
    let all = refused.iter().map(|rest| (rest, 400));
    for (rest, status) in all.chain(read.iter().map(|rest| (rest, 200))) {
        let (reached, lines) = (world.reached(), world.trail.len());
        let sent = world.call(VICTIM, "/photos").sign();
        let head = format!(
            "GET /photos HTTP/1.1\r\nauthorization: {}\r\n",
            sent.authorization()
        );
        let bytes = format!("{head}host: x\r\n{rest}");
        let received = exchange(socket.address, bytes.as_bytes()).await;
        let text = String::from_utf8_lossy(&received);
        assert!(
            text.starts_with(&format!("HTTP/1.1 {status} ")),
            "{rest:?} {text}"
        );
        if status == 400 {
            // It closes: what comes after is not looked at.
            assert_eq!(text.matches("HTTP/1.1 ").count(), 1, "{rest:?} {text}");
            assert_eq!(world.reached(), reached, "{rest:?}");
            // A chunk that is none is found when its body is read, which nobody signed.
            assert!(world.trail.len() <= lines + 1);
        } else {
            // Two lengths are one too many: it takes the chunks, and closes.
            let doubtful = rest.contains(chunked) && rest.contains("content-length");
            let (first, second) = text.rsplit_once("HTTP/1.1 ").unwrap();
            assert_eq!(first.is_empty(), doubtful, "{rest:?} {text}");
            assert!(doubtful || second.starts_with("401 "), "{rest:?} {text}");
            assert_eq!(world.reached(), reached + 1, "{rest:?}");
        }
    }
    world.accept(&world.call(HONEST, "/photos").sign()).await;
}

#[tokio::test]
async fn h40_identity_comes_from_the_proof() {
    let world = World::fresh().await;
    let sent = world
        .victim()
        .sign()
        .and("x-oauth-consumer", HONEST)
        .and("x-oauth-user", "admin");
    let answer = world.accept(&sent).await;
    assert!(
        answer.body.starts_with(&format!("{VICTIM} - ")),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn h43_fields_that_are_too_large() {
    let world = World::fresh().await;
    let socket = world.serve().await;
    let limit = Setup::default().settings.policy.limits().header_bytes();
    assert_eq!(limit, 8 * 1024);
    assert!(limit < Limits::default().header_bytes());
    let padded = |length: usize| {
        let mut sent = world.victim().sign();
        let field = sent.field_mut("authorization");
        let missing = length - field.len() - ", realm=\"\"".len();
        field.push_str(&format!(", realm=\"{}\"", "r".repeat(missing)));
        sent
    };
    assert_eq!(world.send_raw(&socket, &padded(limit), 1).await.status, 200);
    let before = world.snapshot();
    let answer = world.send_raw(&socket, &padded(limit + 1), 1).await;
    world.came_to_nothing(&before, &answer, 431, "").await;

    // The server's own limits: nothing comes to the provider.
    let mut many = world.victim().sign();
    for number in 0..101 {
        many = many.and(&format!("x-field-{number}"), "1");
    }
    let line = world.victim().sign().and("x-long", &"x".repeat(1 << 20));
    for sent in [many, line] {
        let before = world.snapshot();
        let answer = world.send_raw(&socket, &sent, 0).await;
        world.came_to_nothing(&before, &answer, 431, "").await;
    }
}
