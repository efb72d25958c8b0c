//! What of a request is passed on, and which requests are.

use crate::support::{Client, Gate, Step, Unsigned, Upstream, World, exchange};

/// Each of these reads otherwise once somebody tidies it up.
const TARGETS: [&str; 20] = [
    "/",
    "//",
    "//a//b",
    "/?",
    "/a?",
    "/a??",
    "/a/../b/./c",
    "/%7Euser/%2e%2E/%2F",
    "/a;v=1;w",
    "/a?amount=1&amount=1000",
    "/a?amount=1000&amount=1",
    "/a?a[]=1&a[]=2&a[0]=3",
    "/a?b;c=1",
    "/a?b=%2f&b=%2F",
    "/a?b+c=d%20e&b%2Bc",
    "/a?=&=b&c=&d",
    "/a?b=c=d",
    "/a?b=J%C3%BCrgen",
    "/a?q='(*)!$,:@~",
    "/echo/of/the/upstream?oauth=1",
];

#[tokio::test(flavor = "multi_thread")]
async fn h34_the_upstream_gets_the_bytes_that_were_sent() {
    let gate = Gate::new().await;
    for target in TARGETS {
        let answer = gate.get(target, "").await;
        assert_eq!(answer.status, 200, "{target} {answer:?}");
        assert_eq!(
            gate.upstream.last().line(),
            format!("GET {target} HTTP/1.1")
        );
        assert_eq!(gate.upstream.last().body, b"");
    }
    // Another order, or another spelling of what is no parameter, is another request.
    let twins = [
        ("/a?amount=1&amount=1000", "/a?amount=1&amount=1001"),
        ("/a?a[]=1", "/a?a[]=2"),
        ("/a?b;c=1", "/a?b&c=1"),
        ("/a/../b", "/b"),
        ("//a", "/a"),
        ("/a%2Fb", "/a/b"),
        ("/echo", "/echo/"),
    ];
    for (signed, sent) in twins {
        let authorization = gate.authorization(&Unsigned::get(signed));
        let bytes = format!(
            "GET {sent} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
             Authorization: {authorization}\r\n\r\n"
        );
        let text = gate.refused(bytes.as_bytes(), 401).await;
        assert!(text.contains("signature_invalid"), "{text}");
    }
    gate.honest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_of_a_query_stay_in_it_whatever_they_are() {
    let gate = Gate::new().await;
    let client = gate.world.client();
    let unsigned = Unsigned {
        origin: gate.world.origin(),
        ..Unsigned::get("/a?b=c")
    };
    let field = client.authorization(&unsigned);
    let pairs = field.trim_start_matches("OAuth ").replace(['"', ' '], "");
    let target = format!("/a?b=c&{}", pairs.replace(',', "&"));
    let bytes = format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let text = exchange(&gate.world, bytes.as_bytes()).await;
    assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
    assert_eq!(
        gate.upstream.last().line(),
        format!("GET {target} HTTP/1.1")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_are_passed_on_and_connections_are_not_made() {
    let gate = Gate::new().await;
    for method in ["DELETE", "OPTIONS", "PROPFIND", "get", "X!#$%&'*+-.^_`|~"] {
        let head = gate.head(&Unsigned {
            method,
            ..Unsigned::get("/a")
        });
        let bytes = format!("{head}Connection: close\r\n\r\n");
        let text = exchange(&gate.world, bytes.as_bytes()).await;
        assert!(text.starts_with("HTTP/1.1 200 "), "{method} {text}");
        assert_eq!(gate.upstream.last().line(), format!("{method} /a HTTP/1.1"));
    }
    let heads = gate.upstream.heads();
    for target in ["a.example:80", "/a"] {
        let authorization = gate.authorization(&Unsigned {
            method: "CONNECT",
            ..Unsigned::get("/a")
        });
        let bytes = format!(
            "CONNECT {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
             Authorization: {authorization}\r\n\r\n"
        );
        let text = exchange(&gate.world, bytes.as_bytes()).await;
        let refused = ["400", "401", "501"].map(|status| format!("HTTP/1.1 {status} "));
        assert!(
            refused.iter().any(|start| text.starts_with(start)),
            "{text}"
        );
    }
    assert_eq!(gate.upstream.heads(), heads);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_verified_never_reaches_the_upstream() {
    let gate = Gate::new().await;
    let (world, upstream) = (&gate.world, &gate.upstream);
    let unsigned = world.send(None, &Unsigned::get("/a")).await;
    assert_eq!((unsigned.status, unsigned.problem()), (401, None));
    let forger = Client::hmac(crate::support::CONSUMER, "a secret of the forger's own");
    let stranger = Client::hmac("stranger", crate::support::SECRET);
    for (client, problem) in [
        (&forger, "signature_invalid"),
        (&stranger, "consumer_key_unknown"),
    ] {
        let answer = world.send(Some(client), &Unsigned::get("/a")).await;
        assert_eq!(answer.problem(), Some(problem), "{answer:?}");
    }
    let late = Unsigned {
        at: crate::support::NOW - 301,
        ..Unsigned::get("/a")
    };
    let answer = world.send(Some(&world.client()), &late).await;
    assert_eq!(answer.problem(), Some("timestamp_refused"), "{answer:?}");
    assert_eq!((upstream.connections(), upstream.heads()), (0, 0));

    let request = world.request(Some(&world.client()), &Unsigned::get("/a"));
    assert_eq!(world.raw(&request).await.status, 200);
    let copy = world.raw(&request).await;
    assert_eq!(copy.problem(), Some("nonce_used"), "{copy:?}");
    assert_eq!(upstream.heads(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn own_endpoints_are_never_the_upstreams() {
    let gate = Gate::new().await;
    let client = gate.world.client();
    for target in ["/oauth", "/oauth/", "/oauth/unknown", "/oauth/a/b?c"] {
        let answer = gate.world.send(Some(&client), &Unsigned::get(target)).await;
        assert_eq!(answer.status, 404, "{target}");
    }
    let tokens = gate
        .world
        .send(None, &Unsigned::get("/oauth/RequestToken"))
        .await;
    assert!((400..500).contains(&tokens.status), "{tokens:?}");
    assert_eq!(gate.upstream.heads(), 0);
    // What only begins like them is not this service's.
    for target in [
        "/oauthx",
        "/OAuth/RequestToken",
        "/%6Fauth/RequestToken",
        "//oauth/a",
    ] {
        assert_eq!(gate.get(target, "").await.status, 200, "{target}");
        assert_eq!(
            gate.upstream.last().line(),
            format!("GET {target} HTTP/1.1")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absolute_target_is_passed_on_without_its_host() {
    let gate = Gate::new().await;
    let authorization = gate.authorization(&Unsigned::get("/a?b"));
    let bytes = format!(
        "GET http://evil.example/a?b HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\
         Authorization: {authorization}\r\n\r\n"
    );
    let text = exchange(&gate.world, bytes.as_bytes()).await;
    assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
    let last = gate.upstream.last();
    assert_eq!(last.line(), "GET /a?b HTTP/1.1");
    assert!(!last.head.contains("evil"), "{}", last.head);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_share_connections_to_the_upstream() {
    let gate = Gate::new().await;
    for _ in 0..5 {
        gate.honest().await;
    }
    assert_eq!(gate.upstream.connections(), 1);
    // And one that the upstream closed is not used again.
    let closing = Upstream::answering(|_| {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        vec![Step::Write(answer.to_vec()), Step::Close]
    })
    .await;
    let gate = Gate::before(closing, "").await;
    for _ in 0..5 {
        gate.honest().await;
    }
    assert_eq!(gate.upstream.connections(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_is_none_is_refused_by_name() {
    let world = World::stopped();
    for url in [
        "127.0.0.1:9000",
        "https://127.0.0.1:9000",
        "http://127.0.0.1:9000/v1",
    ] {
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\nupstream = \"{url}\"\n"
        );
        let error = world.open(&text, false).await.unwrap_err().to_string();
        assert!(error.starts_with("[server] upstream: expected "), "{error}");
        assert!(!world.path("countersign.db").exists());
    }
}
