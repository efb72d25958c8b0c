//! How a request goes out.

use super::server::{Server, reply};
use crate::run::{run_with, with_keys};

const FORM: &str = "application/x-www-form-urlencoded";

/// Servers refuse a body without a length, and there is no need for one.
#[test]
fn a_request_without_a_body_goes_out_in_no_chunks() {
    for (method, length) in [
        ("POST", Some("content-length: 0")),
        ("PUT", Some("content-length: 0")),
        ("PATCH", Some("content-length: 0")),
        ("GET", None),
        ("DELETE", None),
    ] {
        let files = with_keys();
        let server = Server::answering(vec![reply("200 OK", "", "")]);
        let url = server.url("/v1");
        let ran = files.run(&["request", "--keys", "keys.toml", method, &url]);
        ran.exits(0);
        let requests = server.requests();
        let sent = String::from_utf8_lossy(&requests[0]).to_ascii_lowercase();
        assert!(!sent.contains("transfer-encoding"), "{sent}");
        assert_eq!(
            sent.lines().find(|line| line.starts_with("content-length")),
            length
        );
    }
}

/// What stays on this machine goes to no proxy: tokens may go without TLS for that very reason.
#[test]
fn this_machine_is_asked_past_a_proxy() {
    let proxy = Server::answering(vec![reply("200 OK", "", "proxied")]);
    let server = Server::answering(vec![reply("200 OK", "", "served")]);
    let files = with_keys();
    let proxied = proxy.url("");
    let variables = [
        ("HTTP_PROXY", proxied.as_str()),
        ("http_proxy", &proxied),
        ("ALL_PROXY", &proxied),
        // That of whoever runs this may name this machine.
        ("NO_PROXY", ""),
        ("no_proxy", ""),
    ];
    let url = server.url("/v1");
    let request = ["request", "--keys", "keys.toml", "--print", "body", &url];
    let ran = run_with(files.path(), &request, b"", &variables).exits(0);
    assert_eq!(ran.out, "served");
    assert_eq!(proxy.requests().len(), 0);
    server.requests();
}

/// The document of a dry run has all that would be sent.
#[test]
fn a_dry_run_is_whole_as_a_document() {
    let files = with_keys();
    let url = "http://127.0.0.1:9/v1?a=1";
    let arguments = [
        "request",
        "--keys",
        "keys.toml",
        "--dry-run",
        "--format",
        "json",
    ];
    let ran = files.run(&[&arguments[..], &["POST", url, "status=Hello world"]].concat());
    let document = ran.exits(0).json();
    let signed = &document["signed"];
    assert_eq!(signed["method"], "POST");
    assert_eq!(signed["url"], url);
    assert_eq!(signed["body"], "status=Hello%20world");
    assert_eq!(signed["bytes"], 20);
    let headers = signed["headers"].as_array().unwrap();
    let authorization = headers
        .iter()
        .find(|it| it["name"] == "authorization")
        .unwrap();
    let value = authorization["value"].as_str().unwrap();
    assert!(value.contains("oauth_signature=\""), "{value}");
}

#[test]
fn a_password_has_no_place_in_a_url() {
    let files = with_keys();
    for name in ["x_auth_password", "x%5Fauth_password"] {
        let url = format!("http://127.0.0.1:9/access?a=1&{name}=canary");
        let ran = files.run(&["request", "--keys", "keys.toml", "--dry-run", &url]);
        let ran = ran.exits(2);
        assert!(ran.err.contains("x_auth_password==@FILE"), "{}", ran.err);
        assert!(!ran.err.contains("canary"), "{}", ran.err);
        let ran = files.run(&["sign", "--keys", "keys.toml", &url]).exits(2);
        assert!(ran.err.contains("x_auth_password"), "{}", ran.err);
        assert!(!ran.err.contains("canary"), "{}", ran.err);
    }
}

/// A server that sends its visitors on may send the query along.
#[test]
fn a_redirect_is_told_without_its_query() {
    let files = with_keys();
    files.write("pw", "canary pass\n");
    for format in ["text", "json"] {
        for follow in [&["--follow"][..], &[]] {
            let server = Server::echoing("302 Found", "/b", reply("200 OK", "", "no"));
            let url = server.url("/a");
            let request = ["request", "--keys", "keys.toml", "--format", format];
            let items = ["--print", "body", &url, "x_auth_password==@pw"];
            let ran = files.run(&[&request[..], follow, &items].concat());
            let ran = ran.exits(0);
            assert!(!ran.err.contains("canary"), "{}", ran.err);
            assert!(ran.err.contains("/b"), "{}", ran.err);
            if format == "json" {
                let notes = ran.json()["notes"].to_string();
                assert!(notes.contains("/b"), "{notes}");
                assert!(!notes.contains("canary"), "{notes}");
            }
            server.requests();
        }
    }
}

/// What can't be read can't be masked either, nor what is named in another way.
#[test]
fn a_body_that_hides_a_password_is_not_shown() {
    let files = with_keys();
    for (media, body, shown) in [
        (
            "application/json",
            r#"{"n":1e999,"x_auth_password":"canary pass"}"#,
            None,
        ),
        (
            "application/json",
            "{\"a\":1}\n{\"x_auth_password\":\"canary pass\"}",
            None,
        ),
        (
            "application/json",
            r#"{"n":1e999,"x\u005fauth_password":"canary pass"}"#,
            None,
        ),
        (
            "application/json",
            r#"{"a":"{\"x_auth_password\":\"canary pass\"}"}"#,
            Some(r#"{"a":"***"}"#),
        ),
        // The reader keeps the last of two members of one name.
        (
            "application/json",
            r#"{"a":{"x_auth_password":"canary pass"},"a":1}"#,
            None,
        ),
        (
            "application/json",
            r#"{"a":{"x_auth_password":"canary"},"a":1,"x_auth_password":"canary pass"}"#,
            Some(r#"{"a":1,"x_auth_password":"***"}"#),
        ),
        (
            "application/json",
            r#"{"X_Auth_Password":"canary pass"}"#,
            None,
        ),
        (
            "application/json",
            r#"{"user[x_auth_password]":"canary pass"}"#,
            None,
        ),
        (
            "application/json",
            r#"{"name":"x_auth_password","value":"canary pass"}"#,
            None,
        ),
        (
            "application/json",
            r#"{"a":"{\"b\":\"{\\\"x\\\\u005fauth_password\\\":\\\"canary\\\"}\"}"}"#,
            Some(r#"{"a":"***"}"#),
        ),
        (
            FORM,
            "a=b&x_auth_password=canary",
            Some("a=b&x_auth_password=***"),
        ),
        (
            FORM,
            "data=%7B%22x_auth_password%22%3A%22canary%22%7D",
            None,
        ),
        (FORM, "user[x_auth_password]=canary", None),
        (FORM, "user%255Bx%255Fauth_password%255D=canary", None),
        (FORM, "x_auth_password=canary&X_AUTH_PASSWORD=canary", None),
        // curl calls a body so that nobody said what it is.
        (FORM, r#"{"x_auth_password":"canary"}"#, None),
        (FORM, "<m name='&#120;_auth_password'>canary</m>", None),
        (FORM, "<m name='&#x78;_auth_password'>canary</m>", None),
        (FORM, "x_auth_password=a&#120;_auth_password='canary'", None),
        ("text/plain", "x%255Fauth_password=canary", None),
        (
            "text/plain",
            "x%25252525252525252525255Fauth_password=canary",
            None,
        ),
        (
            "text/xml",
            "<m name='&#120;_auth_password'>canary</m>",
            None,
        ),
        (
            "text/xml",
            "<m name='&#x78;_auth_password'>canary</m>",
            None,
        ),
        (
            "text/xml",
            "<m name='&#0000000000120;_auth_password'>canary</m>",
            None,
        ),
        (
            "text/xml",
            "<m name='&#x0000000000078;_auth_password'>canary</m>",
            None,
        ),
        ("text/plain", "a=b&x_auth_password=canary%20pass", None),
        ("text/plain", "a=b&x%5Fauth_password=canary%20pass", None),
        (
            "text/plain",
            "password of nobody",
            Some("password of nobody"),
        ),
        ("application/json", r#"{"n":1e999}"#, Some(r#"{"n":1e999}"#)),
        (FORM, "a=%5f&b", Some("a=%5f&b")),
    ] {
        let media = format!("Content-Type:{media}");
        files.write("body", body);
        let request = ["request", "--keys", "keys.toml", "--dry-run", "--format"];
        let more = ["json", "--body", "body", "http://127.0.0.1:9/", &media];
        let ran = files.run(&[&request[..], &more].concat()).exits(0);
        assert!(!ran.out.contains("canary"), "{body}: {}", ran.out);
        let document = ran.json();
        assert_eq!(document["signed"]["body"].as_str(), shown, "{body}");
    }
}

/// What comes out of a file goes to the provider alone.
#[test]
fn a_password_stands_in_no_document() {
    let files = with_keys();
    files.write("pw", "canary pass\n");
    let server = Server::answering(vec![reply("401 Unauthorized", "", "no")]);
    let sent = server.url("/access?a=1");
    let unsent = "http://127.0.0.1:9/access?a=1";
    for (more, items) in [
        (&[][..], &[&sent[..], "x_auth_password==@pw"][..]),
        (&["--dry-run"], &[unsent, "x_auth_password==@pw"]),
        (&["--dry-run"], &[unsent, "x_auth_password=@pw", "b=c"]),
        (&["--dry-run"], &[unsent, "x_auth_password:=@json", "b:=1"]),
        (&["--dry-run"], &[unsent, "x_auth_password:@pw"]),
        (&["--dry-run"], &[unsent, "my_x_auth_password:canary"]),
        (&["--dry-run"], &[unsent, "Cookie:x_auth_password=canary"]),
        (
            &["--dry-run"],
            &[unsent, "Cookie:&#0000000120;_auth_password=canary"],
        ),
    ] {
        files.write("json", "\"canary pass\"");
        let request = ["request", "--keys", "keys.toml", "--format", "json"];
        let ran = files.run(&[&request[..], more, items].concat());
        assert!(ran.out.contains("countersign/request/1"), "{}", ran.err);
        assert!(!ran.out.contains("canary"), "{items:?}: {}", ran.out);
        assert!(!ran.err.contains("canary"), "{items:?}: {}", ran.err);
        assert!(ran.out.contains("a=1"), "{}", ran.out);
    }
    let request = String::from_utf8(server.requests().remove(0)).unwrap();
    assert!(
        request.contains("x_auth_password=canary%20pass"),
        "{request}"
    );
}

/// A provider that misses a password names it, and who asked reads that.
#[test]
fn an_answer_that_names_a_password_is_shown() {
    let files = with_keys();
    let missing = "oauth_problem=parameter_absent&oauth_parameters_absent=x_auth_password";
    let more = format!("WWW-Authenticate: OAuth {}\r\n", missing.replace('&', ", "));
    let server = Server::answering(vec![reply("400 Bad Request", &more, missing)]);
    let request = ["request", "--keys", "keys.toml", "--format", "json"];
    let ran = files.run(&[&request[..], &[&server.url("/access")]].concat());
    let answer = &ran.json()["answer"];
    assert_eq!(answer["body"], missing);
    let headers = answer["headers"].to_string();
    assert!(
        headers.contains("oauth_parameters_absent=x_auth_password"),
        "{headers}"
    );
}
