use countersign_clock::UnixTime;
use countersign_key::{RsaPrivateKey, Secret};
use countersign_signature::{KeyKind, Method};
use countersign_token::{Expiry, Refusal};
use http::Response;
use proptest::prelude::*;

use super::{AccessToken, AnswerError, Lifetime, MAX_ANSWER, read_temporary};
use crate::{Client, Consumer};

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
const GOOD: &str = "oauth_token=token&oauth_token_secret=secret";

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response<String> {
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body.to_owned()).unwrap()
}

const PEM: &[u8] = include_bytes!("../../../countersign-key/tests/data/good/pkcs8-2048.pem");

/// A client with a key of this kind.
fn client(kind: KeyKind) -> Client {
    let (consumer, method) = match kind {
        KeyKind::Rsa => {
            let key = RsaPrivateKey::read(PEM, None).unwrap();
            (Consumer::rsa("key", key), Method::RSA_SHA1)
        }
        KeyKind::Secret => (
            Consumer::hmac("key", Secret::new("secret")),
            Method::HMAC_SHA1,
        ),
    };
    Client::new(consumer, method).unwrap()
}

fn read(response: &Response<String>) -> Result<AccessToken, AnswerError> {
    AccessToken::read(response, &client(KeyKind::Secret), NOW)
}

#[test]
fn a_whole_answer_is_taken() {
    let body = "oauth_token=ab%3Dc&oauth_token_secret=s%20s&oauth_expires_in=1800\
        &oauth_session_handle=handle&oauth_authorization_expires_in=31536000&screen_name=jane\r\n";
    // Providers are careless about the type.
    for content_type in [
        "application/x-www-form-urlencoded",
        "text/html; charset=utf-8",
        "text/plain",
    ] {
        let token = read(&answer(200, &[("content-type", content_type)], body)).unwrap();
        assert_eq!(token.token().token(), "ab=c");
        assert_eq!(token.token().secret().expose_secret(), "s s");
        assert_eq!(token.session_handle().unwrap().expose_secret(), "handle");
        assert_eq!(token.expiry(), Expiry::after(NOW, 1800));
        assert_eq!(token.authorization_expiry(), Expiry::after(NOW, 31_536_000));
        assert_eq!(
            token.extra(),
            [("screen_name".to_owned(), "jane".to_owned())]
        );
        let shown = format!("{token:?}");
        assert!(!shown.contains("s s") && !shown.contains("handle\"") && !shown.contains("jane"));
    }
}

/// H60: whatever a hostile or broken provider answers, there is a whole token or none.
#[test]
fn h60_never_half_a_token() {
    let long = format!("{GOOD}&x={}", "x".repeat(MAX_ANSWER));
    let many = format!("{GOOD}{}", "&a=b".repeat(200));
    let length = GOOD.len().saturating_add(10).to_string();
    type Check = fn(&AnswerError) -> bool;
    type Headers<'a> = &'a [(&'a str, &'a str)];
    let cases: &[(u16, Headers<'_>, &str, Check)] = &[
        (200, &[], "", |e| {
            matches!(
                e,
                AnswerError::Missing {
                    name: "oauth_token"
                }
            )
        }),
        (200, &[], "oauth_token=token", |e| {
            matches!(
                e,
                AnswerError::Missing {
                    name: "oauth_token_secret"
                }
            )
        }),
        (200, &[], "oauth_token=&oauth_token_secret=s", |e| {
            matches!(
                e,
                AnswerError::Missing {
                    name: "oauth_token"
                }
            )
        }),
        (200, &[], "oauth_token=t&oauth_token_secret=", |e| {
            matches!(
                e,
                AnswerError::Missing {
                    name: "oauth_token_secret"
                }
            )
        }),
        (
            200,
            &[],
            "oauth_token=a&oauth_token_secret=s&oauth_token=b",
            |e| matches!(e, AnswerError::Repeated { name } if name == "oauth_token"),
        ),
        (
            200,
            &[],
            "oauth_token=a&oauth_token_secret=s&oauth%5Ftoken%5Fsecret=r",
            |e| matches!(e, AnswerError::Repeated { name } if name == "oauth_token_secret"),
        ),
        (
            200,
            &[],
            "<html>oauth_token=a&oauth_token_secret=s</html>",
            |e| matches!(e, AnswerError::NoForm),
        ),
        (
            200,
            &[("content-type", "text/html")],
            "\n <!doctype html>",
            |e| matches!(e, AnswerError::NoForm),
        ),
        (200, &[("content-type", "application/json")], GOOD, |e| {
            matches!(e, AnswerError::NoForm)
        }),
        (
            200,
            &[],
            r#"{"oauth_token":"a","oauth_token_secret":"s"}"#,
            |e| matches!(e, AnswerError::NoForm),
        ),
        (200, &[], "oauth_token=a%zz&oauth_token_secret=s", |e| {
            matches!(e, AnswerError::Encoding(_))
        }),
        (200, &[], "oauth_token=a%FF&oauth_token_secret=s", |e| {
            matches!(e, AnswerError::NoForm)
        }),
        (200, &[], "oauth_token=a%0D%0Ab&oauth_token_secret=s", |e| {
            matches!(e, AnswerError::NoForm)
        }),
        (200, &[], &long, |e| matches!(e, AnswerError::TooLong)),
        (200, &[], &many, |e| matches!(e, AnswerError::TooLong)),
        (200, &[("content-encoding", "gzip")], GOOD, |e| {
            matches!(e, AnswerError::Compressed)
        }),
        (200, &[("content-length", &length)], GOOD, |e| {
            matches!(e, AnswerError::Truncated)
        }),
        (302, &[("location", "https://evil.example/")], GOOD, |e| {
            matches!(e, AnswerError::Redirected { status: 302 })
        }),
        (204, &[], "", |e| matches!(e, AnswerError::Missing { .. })),
        (
            200,
            &[],
            "oauth_problem=token_rejected&oauth_token=a&oauth_token_secret=s",
            |e| e.refusal() == Some(Refusal::TokenRejected),
        ),
        (401, &[], "oauth_problem=token_rejected", |e| {
            e.refusal() == Some(Refusal::TokenRejected)
        }),
        (403, &[], "oauth_problem=permission_denied", |e| {
            e.refusal() == Some(Refusal::PermissionDenied)
        }),
        // Another problem, and a page, say nothing against the token.
        (401, &[], "oauth_problem=signature_invalid", |e| {
            e.refused().is_some() && e.refusal().is_none()
        }),
        (404, &[], "<html>gone</html>", |e| {
            matches!(e, AnswerError::Fault { status: 404 })
        }),
        // Nor does a fault, whatever it claims, or a success without success's status.
        (500, &[], "oauth_problem=token_rejected", |e| {
            matches!(e, AnswerError::Fault { status: 500 })
        }),
        (
            503,
            &[("www-authenticate", "OAuth oauth_problem=\"token_rejected\"")],
            "",
            |e| matches!(e, AnswerError::Fault { status: 503 }),
        ),
        (500, &[], GOOD, |e| {
            matches!(e, AnswerError::Fault { status: 500 })
        }),
    ];
    for (status, headers, body, expected) in cases {
        let error = read(&answer(*status, headers, body)).unwrap_err();
        let shown: String = body.chars().take(60).collect();
        assert!(expected(&error), "{status} {headers:?} {shown}: {error:?}");
    }
    // Their twin.
    let exact = GOOD.len().to_string();
    assert!(read(&answer(200, &[("content-length", &exact)], GOOD)).is_ok());
    assert!(read(&answer(200, &[("content-encoding", "identity")], GOOD)).is_ok());
}

/// H60: a strange lifetime is none, but the token, which may be the only one left, is kept.
#[test]
fn h60_strange_lifetimes_lose_no_token() {
    let far = "1".to_owned() + &"0".repeat(40);
    for (value, lifetime, expiry) in [
        ("-1", Lifetime::Unreadable, Expiry::NEVER),
        ("", Lifetime::Unreadable, Expiry::NEVER),
        ("never", Lifetime::Unreadable, Expiry::NEVER),
        ("+5", Lifetime::Unreadable, Expiry::NEVER),
        ("1800", Lifetime::Seconds(1800), Expiry::after(NOW, 1800)),
        ("0", Lifetime::Seconds(0), Expiry::after(NOW, 0)),
        (
            &far,
            Lifetime::Seconds(u32::MAX),
            Expiry::after(NOW, u32::MAX),
        ),
    ] {
        let body = format!("{GOOD}&oauth_expires_in={value}");
        let token = read(&answer(200, &[], &body)).unwrap();
        assert_eq!(
            (token.expires_in(), token.expiry()),
            (lifetime, expiry),
            "{value}"
        );
        assert_eq!(token.token().token(), "token");
    }
    assert_eq!(
        read(&answer(200, &[], GOOD)).unwrap().expires_in(),
        Lifetime::Unsaid
    );
}

#[test]
fn an_rsa_consumer_needs_no_token_secret_in_it() {
    let response = answer(200, &[], "oauth_token=t&oauth_token_secret=");
    assert!(AccessToken::read(&response, &client(KeyKind::Rsa), NOW).is_ok());
    let without = answer(200, &[], "oauth_token=t");
    assert!(AccessToken::read(&without, &client(KeyKind::Rsa), NOW).is_err());
}

#[test]
fn an_unconfirmed_callback_is_refused() {
    for (confirmation, confirmed) in [
        ("&oauth_callback_confirmed=true", true),
        ("&oauth_callback_confirmed=false", false),
        ("&oauth_callback_confirmed=True", false),
        ("&oauth_callback_confirmed=", false),
        ("", false),
    ] {
        let response = answer(200, &[], &format!("{GOOD}{confirmation}"));
        let read = |demanded| read_temporary(&response, &client(KeyKind::Secret), demanded);
        assert_eq!(read(true).is_ok(), confirmed, "{confirmation}");
        assert!(read(false).is_ok());
    }
}

proptest! {
    /// Whatever is answered: a whole token or an error, and never a secret in what is shown.
    #[test]
    fn all_or_nothing(body in "[a-z_=&%+<> ]{0,60}", status in 200_u16..600, cut in 0_usize..90) {
        let whole = format!("{GOOD}&oauth_session_handle=canary&{body}");
        let cut: String = whole.chars().take(cut).collect();
        for body in [body, cut] {
            match read(&answer(status, &[], &body)) {
                Ok(token) => {
                    prop_assert!(!token.token().token().is_empty());
                    prop_assert!(!token.token().secret().is_empty());
                    prop_assert!((200..300).contains(&status));
                    let shown = format!("{token:?}");
                    prop_assert!(!shown.contains("canary"));
                }
                Err(error) => {
                    let shown = format!("{error:?} {error}");
                    prop_assert!(!shown.contains("canary"));
                }
            }
        }
    }
}
