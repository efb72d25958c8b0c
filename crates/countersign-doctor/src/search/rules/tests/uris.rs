//! Scheme, host, port, query and white space.

use super::{UriVector, assert_complete, assert_uris, bare, row, uri, uris};
use crate::search::rule::Deviate;

const START: &str = "https://api.example.com/v1/items";

const VECTORS: &[UriVector] = &[
    (
        "uri.scheme_proxy",
        "had https before it",
        "http://api.example.com/x",
        &["https://api.example.com/x"],
        Some(START),
    ),
    (
        "uri.scheme_proxy",
        "had http before it",
        START,
        &["http://api.example.com/v1/items"],
        Some("http://api.example.com/x"),
    ),
    (
        "uri.scheme_server",
        "signed the other scheme",
        START,
        &["http://api.example.com/v1/items"],
        None,
    ),
    (
        "uri.scheme_proxy",
        "signed the other scheme, and a port",
        START,
        &["http://api.example.com:443/v1/items"],
        Some("https://api.example.com:8080/x"),
    ),
    (
        "uri.scheme_proxy",
        "signed the other scheme, and a port",
        "http://api.example.com:443/x",
        &["https://api.example.com/x"],
        Some("ftp://api.example.com/x"),
    ),
    (
        "redirect.not_resigned",
        "signed the http URL",
        START,
        &["http://api.example.com/v1/items"],
        Some("http://api.example.com/x"),
    ),
    (
        "uri.case",
        "signed the scheme in capital",
        START,
        &["HTTPS://api.example.com/v1/items"],
        Some("HTTPS://api.example.com/"),
    ),
    (
        "uri.malformed",
        "signed a URL without its scheme",
        START,
        &[
            "api.example.com/v1/items",
            "//api.example.com/v1/items",
            "://api.example.com/v1/items",
        ],
        None,
    ),
    (
        "uri.malformed",
        "signed a URL without the two slashes",
        START,
        &[
            "https:/api.example.com/v1/items",
            "https:api.example.com/v1/items",
            "https:///api.example.com/v1/items",
            "https://https://api.example.com/v1/items",
        ],
        None,
    ),
    (
        "uri.host",
        "signed the host with www where",
        "https://www.example.com/x",
        &["https://example.com/x"],
        None,
    ),
    (
        "redirect.not_resigned",
        "signed the URL before a redirect to the host",
        "https://example.com/x",
        &["https://www.example.com/x"],
        None,
    ),
    (
        "uri.host",
        "signed the host that a header names",
        START,
        &[
            "https://public.example.com/v1/items",
            "https://public.example.com:8444/v1/items",
            "https://outer.example.org/v1/items",
        ],
        Some(START),
    ),
    (
        "uri.host",
        "signed the name of its own machine",
        START,
        &[
            "https://localhost/v1/items",
            "https://127.0.0.1/v1/items",
            "https://[::1]/v1/items",
        ],
        None,
    ),
    (
        "uri.host",
        "signed another subdomain",
        START,
        &[
            "https://example.com/v1/items",
            "https://www.example.com/v1/items",
        ],
        Some("https://localhost/x"),
    ),
    (
        "uri.host",
        "signed the host by its other name",
        "https://api.x.com/1.1/statuses",
        &["https://api.twitter.com/1.1/statuses"],
        Some(START),
    ),
    (
        "uri.host",
        "signed the host with a dot",
        START,
        &["https://api.example.com./v1/items"],
        None,
    ),
    (
        "uri.host",
        "left user name and password",
        START,
        &["https://me:pass@api.example.com/v1/items"],
        Some(START),
    ),
    (
        "uri.case",
        "signed the host with capital letters",
        START,
        &[
            "https://Api.example.com/v1/items",
            "https://API.EXAMPLE.COM/v1/items",
            "https://Api.Example.Com/v1/items",
        ],
        None,
    ),
    (
        "uri.nondefault_port",
        "left a port out",
        "http://localhost:8080/test",
        &["http://localhost/test", "http://localhost"],
        Some(START),
    ),
    (
        "uri.default_port",
        "signed the default port",
        START,
        &["https://api.example.com:443/v1/items"],
        Some("http://localhost:8080/"),
    ),
    (
        "uri.default_port",
        "signed the default port",
        "http://api.example.com/",
        &["http://api.example.com:80/"],
        None,
    ),
    (
        "uri.proxy_port",
        "signed the port of a proxy",
        START,
        &[
            "https://api.example.com:8445/v1/items",
            "https://api.example.com:80/v1/items",
            "https://api.example.com:8080/v1/items",
            "https://api.example.com:8081/v1/items",
        ],
        None,
    ),
    (
        "uri.malformed",
        "signed a port that is none",
        START,
        &[
            "https://api.example.com:-1/v1/items",
            "https://api.example.com:/v1/items",
        ],
        None,
    ),
    (
        "sbs.query_in_uri",
        "left the query in",
        START,
        &[
            "https://api.example.com/v1/items?b=2&a=%5B1%5D+x&oauth_nonce=n",
            "https://api.example.com/v1/items?b=2&a=[1] x&oauth_nonce=n",
            "https://api.example.com/v1/items?b=2&a=[1]+x&oauth_nonce=n",
            "https://api.example.com/v1/items?b=2&a=%255B1%255D+x&oauth_nonce=n",
            "https://api.example.com/v1/items?b=2&a=%5B1%5D%20x&oauth_nonce=n",
            "https://api.example.com/v1/items?a=%5B1%5D%20x&b=2&oauth_nonce=n",
            "https://api.example.com/v1/items?b=2&a=%5B1%5D+x",
            "https://api.example.com/v1/items?b=2&a=%5B1%5D%20x",
        ],
        Some(START),
    ),
    (
        "sbs.query_in_uri",
        "left a question mark",
        START,
        &["https://api.example.com/v1/items?"],
        None,
    ),
    (
        "uri.fragment",
        "left the fragment",
        START,
        &[
            "https://api.example.com/v1/items#top",
            "https://api.example.com/v1/items#",
        ],
        None,
    ),
    (
        "uri.whitespace",
        "signed a URL with white space",
        "https://api.example.com/v1/",
        &[
            "https://api.example.com/v1/ ",
            "https://api.example.com/v1/\n",
            "https://api.example.com/v1/%20",
            " https://api.example.com/v1/",
            "\u{feff}https://api.example.com/v1/",
            "https://api.example.com /v1/",
            "https://api.example.com/v1 /",
        ],
        None,
    ),
    (
        "uri.malformed",
        "signed a URL that has no scheme and no host",
        START,
        &[
            "null//null/v1/items",
            "undefined://undefined/v1/items",
            "/v1/items",
            ":///v1/items",
        ],
        None,
    ),
    (
        "uri.malformed",
        "signed a URL without its host",
        START,
        &["https:///v1/items", "https://undefined/v1/items"],
        None,
    ),
    (
        "uri.malformed",
        "signed a URL with quotes",
        START,
        &["\"https://api.example.com/v1/items\"", ""],
        None,
    ),
];

#[test]
fn uris_deviate() {
    assert_uris(VECTORS);
    let vectors: Vec<_> = VECTORS
        .iter()
        .chain(super::paths::VECTORS)
        .map(|(code, did, ..)| (*code, *did))
        .collect();
    assert_complete(&vectors, |rule| matches!(rule.deviate, Deviate::Uri(_)));
}

#[test]
fn the_default_port_is_not_also_one_of_a_proxy() {
    let proxy = row("uri.proxy_port", "signed the port of a proxy");
    let made = uris(proxy, &bare(), &uri(START));
    assert!(!made.contains(&"https://api.example.com:443/v1/items".to_owned()));
    let made = uris(
        proxy,
        &bare(),
        &uri("https://api.example.com:8443/v1/items"),
    );
    assert!(made.contains(&"https://api.example.com:443/v1/items".to_owned()));
}

#[test]
fn addresses_have_no_subdomains() {
    let rule = row("uri.host", "signed another subdomain");
    for host in ["https://10.0.0.1/", "https://api/", "https://www.local/"] {
        assert!(uris(rule, &bare(), &uri(host)).is_empty(), "{host}");
    }
}

#[test]
fn a_wrong_host_keeps_the_port() {
    let rule = row("uri.host", "signed the host with www where");
    assert_eq!(
        uris(rule, &bare(), &uri("http://example.com:8080/x")),
        ["http://www.example.com:8080/x"]
    );
}
