//! Forwarded fields, from whom they are believed and from whom not.

use core::net::SocketAddr;

use bytes::Bytes;
use countersign_provider::Origin;
use countersign_tower::{ForwardedFields, TrustedProxies};
use http_body_util::Empty;

use crate::support::{Answer, Setup, Unsigned};

const PROXY: &str = "10.1.2.3:40000";
const STRANGER: &str = "192.0.2.1:40000";

fn proxies(fields: ForwardedFields) -> TrustedProxies {
    let networks = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
    TrustedProxies::new(fields, networks)
}

async fn ask(
    fields: ForwardedFields,
    peer: &str,
    signed_for: &str,
    headers: &[(&'static str, &str)],
) -> Answer {
    let mut setup = Setup::new().await;
    ask_behind(&mut setup, proxies(fields), peer, signed_for, headers).await
}

async fn ask_behind(
    setup: &mut Setup,
    proxies: TrustedProxies,
    peer: &str,
    signed_for: &str,
    headers: &[(&'static str, &str)],
) -> Answer {
    let site = setup.site.clone();
    setup.site = site.with_trusted_proxies(proxies, |extensions| {
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

/// Neither the caller's fault nor told to them; the operator finds it in the trail.
fn is_the_operators(setup: &Setup, answer: &Answer) -> bool {
    let event = setup.events.all().pop().unwrap();
    assert!(!event.granted);
    assert_eq!((event.status, event.cause), (503, Some("forwarded_origin")));
    answer.status == 503
        && answer.header("retry-after").is_some()
        && answer.header("www-authenticate").is_none()
        && answer.body.is_empty()
}

#[tokio::test]
async fn a_forwarded_origin_that_is_none_is_the_operators_fault() {
    for (name, value) in [
        ("x-forwarded-proto", "ftp"),
        ("x-forwarded-host", "evil.example/path"),
        ("x-forwarded-host", "a b"),
        ("x-forwarded-port", "eighty"),
        ("x-forwarded-host", ""),
    ] {
        let mut setup = Setup::new().await;
        let x = proxies(ForwardedFields::XForwarded);
        let signed_for = "https://api.example.com";
        let answer = ask_behind(&mut setup, x, PROXY, signed_for, &[(name, value)]).await;
        assert!(is_the_operators(&setup, &answer), "{name}: {value}");
    }
}

#[tokio::test]
async fn only_public_origins_are_forwarded() {
    let public = || {
        let origins = ["https://photos.example.net", "http://[::1]:8080"];
        proxies(ForwardedFields::XForwarded)
            .with_origins(origins.map(|origin| Origin::parse(origin).unwrap()))
    };
    for (signed_for, host, proto) in [
        (
            "https://photos.example.net",
            "PHOTOS.example.net:443",
            "https",
        ),
        ("https://api.example.com", "api.example.com", "https"),
        ("http://[::1]:8080", "[::1]:8080", "http"),
    ] {
        let headers = [("x-forwarded-host", host), ("x-forwarded-proto", proto)];
        let mut setup = Setup::new().await;
        let answer = ask_behind(&mut setup, public(), PROXY, signed_for, &headers).await;
        assert_eq!(answer.status, 200, "{signed_for}");
    }
    for (signed_for, host, proto) in [
        ("https://evil.example", "evil.example", "https"),
        ("http://photos.example.net", "photos.example.net", "http"),
        ("https://[::1]:8080", "[::1]:8080", "https"),
        (
            "https://api.example.com:8443",
            "api.example.com:8443",
            "https",
        ),
    ] {
        let headers = [("x-forwarded-host", host), ("x-forwarded-proto", proto)];
        let mut setup = Setup::new().await;
        let answer = ask_behind(&mut setup, public(), PROXY, signed_for, &headers).await;
        assert!(is_the_operators(&setup, &answer), "{signed_for}");
    }
    // No list at all is not an empty one.
    let none = proxies(ForwardedFields::XForwarded).with_origins([]);
    let headers = [("x-forwarded-host", "photos.example.net")];
    let mut setup = Setup::new().await;
    let signed_for = "https://photos.example.net";
    let answer = ask_behind(&mut setup, none, PROXY, signed_for, &headers).await;
    assert!(is_the_operators(&setup, &answer));
}
