//! Forwarded fields, from whom they are believed and from whom not.

use core::net::SocketAddr;

use bytes::Bytes;
use countersign_tower::{ForwardedFields, TrustedProxies};
use http_body_util::Empty;

use crate::support::{Answer, Setup, Unsigned};

const PROXY: &str = "10.1.2.3:40000";
const STRANGER: &str = "192.0.2.1:40000";

async fn ask(
    fields: ForwardedFields,
    peer: &str,
    signed_for: &str,
    headers: &[(&'static str, &str)],
) -> Answer {
    let mut setup = Setup::new().await;
    let networks = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
    setup.site = setup
        .site
        .with_trusted_proxies(TrustedProxies::new(fields, networks), |extensions| {
            extensions.get::<SocketAddr>().map(SocketAddr::ip)
        });
    let unsigned = Unsigned {
        origin: signed_for,
        ..Unsigned::get("/photos?a=b")
    };
    let mut request = setup.client().request(&unsigned, Empty::<Bytes>::new());
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    if let Ok(peer) = peer.parse::<SocketAddr>() {
        request.extensions_mut().insert(peer);
    }
    setup.ask(request).await
}

#[tokio::test]
async fn a_listed_proxy_is_believed() {
    let x = ForwardedFields::XForwarded;
    let proto = ("x-forwarded-proto", "http");
    let host = ("x-forwarded-host", "Photos.example.net");
    let port = ("x-forwarded-port", "8443");
    for (signed_for, headers) in [
        ("http://api.example.com", &[proto][..]),
        ("http://photos.example.net", &[proto, host]),
        ("https://photos.example.net:8443", &[host, port]),
        ("https://api.example.com:8443", &[port]),
        ("https://api.example.com", &[]),
        (
            "https://photos.example.net:8443",
            &[
                ("x-forwarded-host", "evil.example, photos.example.net:1"),
                port,
            ],
        ),
        ("https://[::1]:8443", &[("x-forwarded-host", "[::1]"), port]),
    ] {
        let answer = ask(x, PROXY, signed_for, headers).await;
        assert_eq!(answer.status, 200, "{signed_for} {headers:?}");
    }
    let forwarded = ForwardedFields::Forwarded;
    for field in [
        "for=192.0.2.60;proto=http;host=photos.example.net",
        "for=\"[2001:db8::1]\";Proto=https;host=evil.example, for=10.0.0.9; proto=\"http\"; host=\"photos.example.net\"",
    ] {
        let headers = [("forwarded", field)];
        let answer = ask(forwarded, PROXY, "http://photos.example.net", &headers).await;
        assert_eq!(answer.status, 200, "{field}");
    }
}

#[tokio::test]
async fn nobody_else_is() {
    let headers = [
        ("x-forwarded-proto", "http"),
        ("x-forwarded-host", "evil.example"),
    ];
    let x = ForwardedFields::XForwarded;
    for peer in [
        STRANGER,
        "[2001:db8::1]:1",
        "[::ffff:192.0.2.1]:1",
        "unknown",
    ] {
        let answer = ask(x, peer, "http://evil.example", &headers).await;
        assert_eq!(
            answer.problem().as_deref(),
            Some("signature_invalid"),
            "{peer}"
        );
        // Never a second try with another scheme.
        let answer = ask(x, peer, "http://api.example.com", &[]).await;
        assert_eq!(
            answer.problem().as_deref(),
            Some("signature_invalid"),
            "{peer}"
        );
        let answer = ask(x, peer, "https://api.example.com", &headers).await;
        assert_eq!(answer.status, 200, "{peer}");
    }
    // What the proxy does not set comes from its client.
    let other = [("forwarded", "proto=http;host=evil.example")];
    let answer = ask(x, PROXY, "http://evil.example", &other).await;
    assert_eq!(answer.problem().as_deref(), Some("signature_invalid"));
}

#[tokio::test]
async fn a_proxy_in_any_notation() {
    let headers = [("x-forwarded-proto", "http")];
    for peer in ["[::ffff:10.1.2.3]:1", "[fd12::1]:1"] {
        let x = ForwardedFields::XForwarded;
        let answer = ask(x, peer, "http://api.example.com", &headers).await;
        assert_eq!(answer.status, 200, "{peer}");
    }
}

#[tokio::test]
async fn a_forwarded_origin_that_is_none_is_refused() {
    for (name, value) in [
        ("x-forwarded-proto", "ftp"),
        ("x-forwarded-host", "evil.example/path"),
        ("x-forwarded-host", "a b"),
        ("x-forwarded-port", "eighty"),
        ("x-forwarded-host", ""),
    ] {
        let x = ForwardedFields::XForwarded;
        let answer = ask(x, PROXY, "https://api.example.com", &[(name, value)]).await;
        assert_eq!(answer.status, 400, "{name}: {value}");
    }
}
