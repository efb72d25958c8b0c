use http::{Method, StatusCode, Uri};
use proptest::prelude::*;

use super::{RedirectError, RedirectPolicy, Redirects, resolve};
use crate::Origin;

const FOUND: StatusCode = StatusCode::FOUND;

fn base() -> Uri {
    "https://api.example.com/v1/items?page=2".parse().unwrap()
}

fn allowed() -> Redirects {
    Redirects::new(RedirectPolicy::SameOrigin { most: 10 }, &base()).unwrap()
}

/// H59: no request goes to another origin, however it is spelled.
#[test]
fn h59_nothing_leads_to_another_origin() {
    for location in [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "////evil.example/",
        "http://api.example.com/v1/items",
        "HTTP://api.example.com/",
        "https://api.example.com:8443/",
        "https://api.example.com.evil.example/",
        "https://evil.example\\@api.example.com/",
        "https://api.example.com@evil.example/",
        "https://user:pw@api.example.com/",
        "https:\\\\evil.example/",
        "\\\\evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https:evil.example",
        "https:///evil.example",
        "https://",
        "https://api.example.com:/",
        "https://api.example.com:99999/",
        "https://evil.example/\r\nx: y",
        "/a b",
        "https://äpi.example.com/",
        "//[::1]/",
    ] {
        let outcome = allowed().follow(&Method::GET, &base(), FOUND, location);
        // An odd number of slashes makes a path of the own origin at worst.
        match outcome {
            Ok(next) => assert_eq!(Origin::of(next.uri()), Origin::of(&base()), "{location}"),
            Err(error) => assert!(
                matches!(error, RedirectError::OtherOrigin | RedirectError::Location),
                "{location}: {error}"
            ),
        }
    }
    for (location, error) in [
        ("//evil.example/", RedirectError::OtherOrigin),
        (
            "http://api.example.com/v1/items",
            RedirectError::OtherOrigin,
        ),
        ("https://api.example.com:8443/", RedirectError::OtherOrigin),
        ("https://user@api.example.com/", RedirectError::Location),
        ("/\\evil.example/", RedirectError::Location),
    ] {
        assert_eq!(
            allowed().follow(&Method::GET, &base(), FOUND, location),
            Err(error),
            "{location}"
        );
    }
}

#[test]
fn h59_the_own_origin_is_followed_where_that_is_allowed() {
    for (location, uri) in [
        ("/v2", "https://api.example.com/v2"),
        ("", "https://api.example.com/v1/items?page=2"),
        ("#top", "https://api.example.com/v1/items?page=2"),
        ("?page=3", "https://api.example.com/v1/items?page=3"),
        ("other", "https://api.example.com/v1/other"),
        ("../v2/./x?y#z", "https://api.example.com/v2/x?y"),
        ("../../../..", "https://api.example.com/"),
        ("a/..", "https://api.example.com/v1/"),
        ("a:b/c", "never"),
        ("./a:b/c", "https://api.example.com/v1/a:b/c"),
        ("//api.example.com/x", "https://api.example.com/x"),
        (
            "https://API.EXAMPLE.COM:443/x",
            "https://API.EXAMPLE.COM:443/x",
        ),
    ] {
        let next = allowed().follow(&Method::GET, &base(), FOUND, location);
        match next {
            Ok(next) => assert_eq!(next.uri().to_string(), uri, "{location}"),
            Err(error) => assert_eq!(
                ("never", RedirectError::Location),
                (uri, error),
                "{location}"
            ),
        }
    }
    let mut delivered = Redirects::new(RedirectPolicy::default(), &base()).unwrap();
    let outcome = delivered.follow(&Method::GET, &base(), FOUND, "/v2");
    assert_eq!(outcome, Err(RedirectError::NotAllowed));
}

#[test]
fn h59_a_loop_ends() {
    let mut redirects = allowed();
    let mut followed = 0;
    for _ in 0..50 {
        match redirects.follow(&Method::GET, &base(), FOUND, "/v1/items?page=2") {
            Ok(_) => followed += 1,
            Err(error) => assert_eq!(error, RedirectError::TooMany { most: 10 }),
        }
    }
    assert_eq!(followed, 10);
}

#[test]
fn method_and_body_follow_the_status() {
    for (status, method, next, keeps_body) in [
        (301, "POST", "GET", false),
        (302, "POST", "GET", false),
        (303, "POST", "GET", false),
        (307, "POST", "POST", true),
        (308, "POST", "POST", true),
        (301, "PUT", "PUT", true),
        (302, "GET", "GET", true),
        (303, "PUT", "GET", false),
        (303, "HEAD", "HEAD", false),
        (301, "HEAD", "HEAD", true),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let redirect = allowed()
            .follow(&method.parse().unwrap(), &base(), status, "/x")
            .unwrap();
        assert_eq!(redirect.method(), next, "{status} {method}");
        assert_eq!(redirect.keeps_body(), keeps_body, "{status} {method}");
    }
    for status in [200, 300, 304, 305, 306, 401] {
        let status = StatusCode::from_u16(status).unwrap();
        let outcome = allowed().follow(&Method::GET, &base(), status, "/x");
        assert_eq!(outcome, Err(RedirectError::NoRedirect), "{status}");
    }
}

/// A server that puts a slash on sends the query back, with what signed it.
#[test]
fn what_signed_a_query_does_not_go_on() {
    let signed = "oauth_consumer_key=k&oauth_nonce=n&oauth_signature=s%3D&oauth_signature_method=HMAC-SHA1&oauth_timestamp=1&oauth_token=t&oauth_version=1.0&oauth_body_hash=h";
    for (asked, location, next) in [
        ("/a", format!("/a/?{signed}"), "/a/"),
        ("/a?b=c", format!("/a/?b=c&{signed}&d"), "/a/?b=c&d"),
        ("/a", format!("?{signed}&b=c"), "/a?b=c"),
        (
            "/a",
            "/b?oauth%5Ftoken=t&c=%20&oauth%5Fsignature=s".to_owned(),
            "/b?c=%20",
        ),
        // What the caller sent is the caller's, and what else there is the server's.
        (
            "/a?oauth_token=u",
            "/b?oauth_token=u".to_owned(),
            "/b?oauth_token=u",
        ),
        (
            "/a?oauth_signature=u",
            "/b?oauth_signature=u&oauth_token=t".to_owned(),
            "/b?oauth_signature=u&oauth_token=t",
        ),
        // Without a signature none of it came from signing.
        ("/a", "/b?oauth_token=t&c".to_owned(), "/b?oauth_token=t&c"),
        (
            "/a",
            "/b?oauth_problem=x&oauthtoken=".to_owned(),
            "/b?oauth_problem=x&oauthtoken=",
        ),
        ("/a", "/b?".to_owned(), "/b?"),
        ("/a", "/b?&c&&d=".to_owned(), "/b?&c&&d="),
    ] {
        let uri: Uri = format!("https://api.example.com{asked}").parse().unwrap();
        let redirect = allowed().follow(&Method::GET, &uri, FOUND, &location);
        let redirect = redirect.unwrap();
        let target = redirect.uri().path_and_query().unwrap();
        assert_eq!(target, next, "{asked} {location}");
    }
}

proptest! {
    /// What is followed is of the same origin, whatever the `Location` says.
    #[test]
    fn the_origin_stays(location in "[-a-z:/\\\\@?#.%\\[\\]0-9]{0,40}") {
        if let Ok(next) = allowed().follow(&Method::GET, &base(), FOUND, &location) {
            prop_assert_eq!(Origin::of(next.uri()), Origin::of(&base()));
            prop_assert!(!next.uri().authority().unwrap().as_str().contains('@'));
        }
        if let Ok(next) = resolve(&base(), &location) {
            // What is absolute once is the same when resolved again.
            let again = resolve(&base(), &next.to_string());
            prop_assert_eq!(again, Ok(next));
        }
    }
}
