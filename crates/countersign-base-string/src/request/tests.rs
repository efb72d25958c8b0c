use super::{Request, RequestError};
use crate::Uri;
use alloc::format;
use alloc::vec::Vec;

fn request(method: &str) -> Result<Request<'_>, RequestError> {
    Request::new(method, Uri::parse("http://h/").unwrap())
}

#[test]
fn a_method_is_a_token() {
    assert!(request("GET").is_ok());
    assert!(request("x-!#$%&'*+.^_`|~9").is_ok());
    assert_eq!(request("").unwrap_err(), RequestError::EmptyMethod);
    for (method, offset, found) in [("GET ", 3, b' '), ("G\r\n", 1, b'\r'), ("\u{e9}", 0, 0xC3)] {
        assert_eq!(
            request(method).unwrap_err(),
            RequestError::InvalidMethod { offset, found }
        );
    }
}

#[test]
fn form_bodies_are_recognised_by_their_type_alone() {
    let is_form = |content_type| {
        request("PUT")
            .unwrap()
            .with_body(content_type, b"a=1")
            .is_form_body()
    };
    for yes in [
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-URLencoded",
        "application/x-www-form-urlencoded; charset=UTF-8",
        "application/x-www-form-urlencoded;charset=\"a;b\"",
        " application/x-www-form-urlencoded\t;",
    ] {
        assert!(is_form(Some(yes)), "{yes}");
    }
    for no in [
        "",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencodedx",
        "application/x-www-form-urlencoded, text/plain",
        "text/plain; application/x-www-form-urlencoded",
    ] {
        assert!(!is_form(Some(no)), "{no}");
    }
    assert!(!is_form(None));
}

#[test]
fn all_authorization_values_are_kept_in_order() {
    let request = request("GET")
        .unwrap()
        .with_authorization("Basic x")
        .with_authorization("OAuth y")
        .with_authorization("OAuth z");
    let values: Vec<&str> = request.authorizations().collect();
    assert_eq!(values, ["Basic x", "OAuth y", "OAuth z"]);
}

#[test]
fn debug_hides_credentials_and_body() {
    let request = request("GET")
        .unwrap()
        .with_authorization("OAuth oauth_signature=\"canary\"")
        .with_body(None, b"x_auth_password=canary");
    let shown = format!("{request:?} {request:#?}");
    assert!(!shown.contains("canary"), "{shown}");
}
