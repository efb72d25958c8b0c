use countersign_key::Secret;
use http::Request;

use super::*;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const GOOD: &[(&str, &str)] = &[("host", "127.0.0.1:8080"), ("x-countersign-token", TOKEN)];

fn door(more: &[&str], replaces: bool) -> Door {
    let upstream = Arc::new(Upstream::parse("https://api.example.com", false).unwrap());
    let more: Vec<String> = more.iter().map(ToString::to_string).collect();
    let pass = Some(Pass::of(Secret::new(TOKEN)));
    let listen = Some("127.0.0.1:8080".parse().unwrap());
    let door = Door::new(upstream, &more, listen, pass).unwrap();
    if replaces {
        door.replacing_authorization()
    } else {
        door
    }
}

fn parts(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn admit(door: &Door, target: &str, headers: &[(&str, &str)]) -> Result<Asked, Refusal> {
    door.admit(&mut parts("GET", target, headers))
}

fn with(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    [GOOD, more].concat()
}

#[test]
fn who_has_the_token_is_let_in_and_it_stays_here() {
    let mut parts = parts("GET", "/a?b=%2f", &with(&[("accept", "*/*")]));
    let asked = door(&[], false).admit(&mut parts).unwrap();
    assert_eq!(asked.target.as_str(), "/a?b=%2f");
    assert_eq!(asked.reach, "127.0.0.1:8080");
    assert!(!parts.headers.contains_key("x-countersign-token"));
    assert!(parts.headers.contains_key("accept"));

    let wrong = TOKEN.replace('f', "e");
    for token in [None, Some(&wrong)] {
        let mut headers = vec![("host", "127.0.0.1:8080")];
        headers.extend(token.map(|token| ("x-countersign-token", token.as_str())));
        let refused = admit(&door(&[], false), "/a", &headers).unwrap_err();
        assert_eq!(refused, Refusal::Token { as_proxy: false });
        let refused = admit(&door(&[], false), "http://api.example.com/a", &headers);
        assert_eq!(refused, Err(Refusal::Token { as_proxy: true }));
    }
}

#[test]
fn this_machine_is_known_by_its_own_names_and_those_allowed() {
    let door = door(&["Build.local"], false);
    for host in [
        "127.0.0.1",
        "127.0.0.1:8080",
        "localhost:1",
        "LOCALHOST",
        "[::1]:8080",
        "build.local",
        "api.example.com",
    ] {
        let headers = [("host", host), GOOD[1]];
        assert!(admit(&door, "/", &headers).is_ok(), "{host}");
    }
    for host in [
        "evil.example",
        "evil.example:8080",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "localhost.",
        "127.0.0.2",
        "0.0.0.0:8080",
        "user@127.0.0.1",
        "evil.example@127.0.0.1",
        "127.0.0.1, evil.example",
        "",
    ] {
        // With the right token too: a page may have been told it.
        let headers = [("host", host), GOOD[1]];
        let refused = admit(&door, "/", &headers);
        assert!(matches!(refused, Err(Refusal::Host(_))), "{host}");
        let refused = admit(&door, "http://api.example.com/", &headers);
        assert!(matches!(refused, Err(Refusal::Host(_))), "{host}");
    }
    let twice = [("host", "127.0.0.1"), GOOD[0], GOOD[1]];
    assert_eq!(admit(&door, "/", &twice), Err(Refusal::Host(None)));
    assert_eq!(admit(&door, "/", &GOOD[1..]), Err(Refusal::Host(None)));
}

#[test]
fn the_address_it_listens_on_is_a_name_of_it() {
    for (listen, host) in [
        ("127.0.0.2:8080", "127.0.0.2:8080"),
        ("[::1]:8080", "[::1]:8080"),
    ] {
        let upstream = Arc::new(Upstream::parse("https://api.example.com", false).unwrap());
        let listen = Some(listen.parse().unwrap());
        let door = Door::new(upstream, &[], listen, None).unwrap();
        let headers = [("host", host)];
        assert!(admit(&door, "/", &headers).is_ok(), "{host}");
        let own = format!("http://{host}/a");
        assert!(admit(&door, &own, &headers).is_ok(), "{own}");
    }
}

#[test]
fn what_a_foreign_page_asks_is_refused_before_the_token_is_looked_at() {
    let door = door(&[], false);
    for (name, value) in [
        ("origin", "http://127.0.0.1:8080"),
        ("origin", "HTTP://127.0.0.1:8080"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "none"),
        ("referer", "http://127.0.0.1:8080/a"),
        ("referer", "http://127.0.0.1:8080"),
    ] {
        assert!(
            admit(&door, "/", &with(&[(name, value)])).is_ok(),
            "{value}"
        );
    }
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "https://127.0.0.1:8080"),
        ("origin", "http://127.0.0.1:9090"),
        ("origin", "http://localhost:8080"),
        ("origin", ""),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", ""),
        ("sec-fetch-site", "none, cross-site"),
        ("referer", "http://evil.example/"),
        ("referer", "https://127.0.0.1:8080/"),
        ("referer", "http://127.0.0.1:80801/"),
        ("referer", "http://127.0.0.1:8080@evil.example/"),
        ("referer", "http://127.0.0.1"),
        ("referer", ""),
    ] {
        let refused = admit(&door, "/", &with(&[(name, value)]));
        assert_eq!(refused, Err(Refusal::ForeignPage), "{name}: {value}");
        let refused = admit(&door, "/", &[GOOD[0], (name, value)]);
        assert_eq!(refused, Err(Refusal::ForeignPage), "{name}: {value}");
    }
    let twice = with(&[("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")]);
    assert_eq!(admit(&door, "/", &twice), Err(Refusal::ForeignPage));
}

#[test]
fn absolute_targets_are_the_upstreams_or_the_proxys_own() {
    let door = door(&[], false);
    for (target, reach) in [
        ("http://api.example.com/a", "api.example.com"),
        ("https://api.example.com/a", "api.example.com"),
        ("http://127.0.0.1:8080/a", "127.0.0.1:8080"),
        ("http://localhost:8080/a", "localhost:8080"),
    ] {
        let asked = admit(&door, target, GOOD).unwrap();
        assert_eq!((asked.target.as_str(), asked.reach.as_str()), ("/a", reach));
    }
    for (target, asked_for) in [
        ("http://api.example.com?x=1", "/?x=1"),
        ("http://api.example.com", "/"),
        ("http://127.0.0.1:8080?", "/?"),
    ] {
        let asked = admit(&door, target, GOOD).unwrap();
        assert_eq!(asked.target.as_str(), asked_for);
    }
    for target in [
        "http://evil.example/a",
        // Another service of this machine.
        "http://127.0.0.1:9090/a",
        "http://127.0.0.1/a",
        "http://user@api.example.com/a",
        "http://user@127.0.0.1:8080/a",
        "ftp://api.example.com/a",
    ] {
        let refused = admit(&door, target, GOOD);
        assert!(matches!(refused, Err(Refusal::OtherOrigin(_))), "{target}");
    }
    let mut tunnel = parts("CONNECT", "api.example.com:443", GOOD);
    assert_eq!(door.admit(&mut tunnel), Err(Refusal::Connect));
    let mut all = parts("OPTIONS", "*", GOOD);
    assert_eq!(door.admit(&mut all), Err(Refusal::Target));
}

#[test]
fn a_login_of_the_tools_own_is_refused_or_replaced() {
    for own in ["OAuth oauth_consumer_key=\"a\"", "Basic YTpi", "Bearer x"] {
        let headers = with(&[("authorization", own)]);
        let refused = admit(&door(&[], false), "/", &headers);
        assert_eq!(refused, Err(Refusal::Authorization), "{own}");
        let mut parts = parts("GET", "/", &headers);
        door(&[], true).admit(&mut parts).unwrap();
        assert!(!parts.headers.contains_key("authorization"));
    }
    let bearer = format!("Bearer {TOKEN}");
    let headers = [GOOD[0], ("authorization", &bearer)];
    assert!(admit(&door(&[], false), "/", &headers).is_ok());
    let both = [headers[0], headers[1], ("authorization", "Basic YTpi")];
    let refused = admit(&door(&[], false), "/", &both);
    assert_eq!(refused, Err(Refusal::Authorization));
}

#[test]
fn a_name_to_allow_is_a_name() {
    let upstream = Arc::new(Upstream::parse("https://api.example.com", false).unwrap());
    for name in [
        "", "a:1", "http://a", "*", "*.local", "user@a", "a/b", "a b",
    ] {
        let names = [name.to_owned()];
        let door = Door::new(Arc::clone(&upstream), &names, None, None);
        assert!(door.is_err(), "{name}");
    }
}
