//! Requests made to mislead: what is no text, what can't be printed, what is listed without end.

use countersign_base_string::{Request, Uri};
use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_signature::{Method, Methods};

use super::{NOW, SECRET, TOKEN_SECRET, URL, cause, cause_at, get, header, ordinary, told};
use crate::{Cause, CheckId, Consumer, Outcome, Policy, Token, examine, verify};

fn code(cause: &Cause) -> (u16, Option<String>, Vec<String>) {
    let answer = told(cause);
    let names = answer.problem.as_ref().map_or_else(Vec::new, |problem| {
        problem
            .parameters_rejected()
            .iter()
            .map(|rejected| rejected.name().to_owned())
            .collect()
    });
    let code = answer.problem.map(|p| p.code().as_str().to_owned());
    (answer.status, code, names)
}

#[test]
fn values_that_are_not_utf8_are_rejected_by_name_and_are_not_absent() {
    let right = header(URL, &ordinary(), Method::HMAC_SHA1);
    for name in ["oauth_consumer_key", "oauth_token", "oauth_nonce"] {
        let value = right.replace(&format!("{name}=\""), &format!("{name}=\"%C3%28"));
        assert_ne!(value, right);
        let request = get(URL, &value);
        let policy = Policy::default();
        let examination = examine(&request, UnixTime::from_seconds(NOW), &policy);
        assert_eq!(
            examination.trail().outcome(CheckId::Grammar),
            Outcome::Failed,
            "{name}"
        );
        let cause = cause(&request).unwrap();
        assert_eq!(cause.check(), CheckId::Grammar, "{name}");
        assert_eq!(
            code(&cause),
            (
                400,
                Some("parameter_rejected".into()),
                vec![name.to_owned()]
            )
        );
    }
}

#[test]
fn control_characters_are_rejected_in_every_protocol_parameter() {
    let right = header(URL, &ordinary(), Method::HMAC_SHA1);
    for name in ["oauth_consumer_key", "oauth_token", "oauth_nonce"] {
        for bad in ["%00", "%0D%0ASet-Cookie%3Ax", "%1B%5B31m", "%7F"] {
            let value = right.replace(&format!("{name}=\""), &format!("{name}=\"{bad}"));
            let cause = cause(&get(URL, &value)).unwrap();
            assert_eq!(
                code(&cause),
                (
                    400,
                    Some("parameter_rejected".into()),
                    vec![name.to_owned()]
                ),
                "{name} {bad}"
            );
        }
    }
}

/// An empty timestamp or nonce was sent: its syntax is wrong, it is not absent.
#[test]
fn empty_and_absent_are_told_apart() {
    let right = header(URL, &ordinary(), Method::HMAC_SHA1);
    for (name, value, expected) in [
        ("oauth_nonce", "chapoH", "parameter_rejected"),
        ("oauth_timestamp", "137131202", "parameter_rejected"),
        ("oauth_consumer_key", super::KEY, "parameter_absent"),
        ("oauth_signature_method", "HMAC-SHA1", "parameter_absent"),
    ] {
        let empty = right.replace(&format!("{name}=\"{value}\""), &format!("{name}=\"\""));
        assert_ne!(empty, right);
        let (status, found, _) = code(&cause(&get(URL, &empty)).unwrap());
        assert_eq!((status, found.as_deref()), (400, Some(expected)), "{name}");
        let absent = right.replace(&format!("{name}=\"{value}\", "), "");
        assert_ne!(absent, right);
        let (status, found, _) = code(&cause(&get(URL, &absent)).unwrap());
        assert_eq!(
            (status, found.as_deref()),
            (400, Some("parameter_absent")),
            "{name}"
        );
    }
}

#[test]
fn lists_of_foreign_names_stay_short_and_printable() {
    let mut value = "OAuth ".to_owned();
    for i in 0..150 {
        for _ in 0..2 {
            value.push_str(&format!("oauth_%1B{i}=\"\", "));
        }
    }
    value.push_str("oauth_nonce=\"n\"");
    let cause = cause(&get(URL, &value)).unwrap();
    assert_eq!(cause.check(), CheckId::Duplicates);
    let shown = cause.to_string();
    assert!(!shown.contains('\u{1b}'), "{shown}");
    assert!(shown.len() < 1000, "{} bytes", shown.len());
    let (_, _, names) = code(&cause);
    assert!(names.len() <= 16, "{} names", names.len());
}

#[test]
fn a_header_beyond_its_limit_is_a_limit_also_beside_another() {
    let long = format!("OAuth x=\"{}\"", "a".repeat(1 << 20));
    let request = Request::new("GET", Uri::parse(URL).unwrap())
        .unwrap()
        .with_authorization("Basic eDp5")
        .with_authorization(&long);
    let (status, found, _) = code(&cause(&request).unwrap());
    assert_eq!((status, found), (431, None));
}

#[test]
fn two_authorization_fields_are_rejected_if_one_is_oauth() {
    let right = header(URL, &ordinary(), Method::HMAC_SHA1);
    for (first, second) in [
        (right.as_str(), right.as_str()),
        ("Basic eDp5", right.as_str()),
        (right.as_str(), "Basic eDp5"),
    ] {
        let request = Request::new("GET", Uri::parse(URL).unwrap())
            .unwrap()
            .with_authorization(first)
            .with_authorization(second);
        let (status, found, _) = code(&cause(&request).unwrap());
        assert_eq!(
            (status, found.as_deref()),
            (400, Some("parameter_rejected"))
        );
    }
    let (status, found, _) = code(&cause(&get(URL, &format!("{right}, Bearer abc"))).unwrap());
    assert_eq!(
        (status, found.as_deref()),
        (400, Some("parameter_rejected"))
    );
}

#[test]
fn only_the_token_oauth_and_a_blank_begin_credentials() {
    let right = header(URL, &ordinary(), Method::HMAC_SHA1);
    let rest = right.strip_prefix("OAuth ").unwrap();
    for scheme in ["NotOAuthAtAll ", "OAuth2 ", "OAut ", "OAuth\t", "OAuthx "] {
        let (status, found, _) = code(&cause(&get(URL, &format!("{scheme}{rest}"))).unwrap());
        assert_eq!((status, found), (401, None), "{scheme:?}");
    }
    assert_eq!(
        code(&cause(&get(URL, "OAuth")).unwrap()).0,
        401,
        "no parameters at all"
    );
    for scheme in ["oauth ", "OAUTH "] {
        assert_eq!(cause(&get(URL, &format!("{scheme}{rest}"))), None);
    }
}

#[test]
fn no_debug_output_shows_what_opens_something() {
    let value = format!(
        "OAuth oauth_consumer_key=\"k\", oauth_token=\"t\", oauth_signature_method=\"PLAINTEXT\", \
         oauth_timestamp=\"{NOW}\", oauth_nonce=\"n\", oauth_verifier=\"canary-verifier\", \
         oauth_session_handle=\"canary-handle\", x_auth_password=\"canary-password\", \
         oauth_signature=\"canary%26signature\""
    );
    let url = format!("{URL}&x_auth_password=canary-query");
    let request = get(&url, &value);
    let policy = Policy::default().with_methods(Methods::standard().dangerous_with_plaintext());
    let examination = examine(&request, UnixTime::from_seconds(NOW), &policy);
    let mut shown = format!("{examination:?} {examination:#?}");
    let (secret, token_secret) = (Secret::new(SECRET), Secret::new(TOKEN_SECRET));
    let report = verify(
        &request,
        Consumer::secret(&secret),
        Some(Token::new(&token_secret)),
        UnixTime::from_seconds(NOW),
        &policy,
    );
    shown.push_str(&format!("{report:?} {:?}", report.checks()));
    let refusal = report.into_outcome().unwrap_err();
    shown.push_str(&format!(
        "{refusal} {refusal:?} {:?} {}",
        refusal.answer(),
        refusal.cause().in_full()
    ));
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn an_alias_is_the_method_itself_when_a_consumer_is_pinned() {
    let (secret, token_secret) = (Secret::new(SECRET), Secret::new(TOKEN_SECRET));
    let policy = Policy::default();
    let run = |method: &str, pinned: &'static [&'static str]| {
        let right = header(URL, &ordinary(), Method::HMAC_SHA1).replace("HMAC-SHA1", method);
        let request = get(URL, &right);
        verify(
            &request,
            Consumer::secret(&secret).with_methods(pinned),
            Some(Token::new(&token_secret)),
            UnixTime::from_seconds(NOW),
            &policy,
        )
        .into_outcome()
        .unwrap_err()
        .cause()
        .clone()
    };
    // The kind of key is wrong in the first place, and the advice says so, pinned or not.
    let no_certificate = Cause::MethodNotAllowed {
        rsa_without_certificate: true,
    };
    assert_eq!(run("RSA-SHA1", &["HMAC-SHA1"]), no_certificate);
    assert_eq!(run("RSA-PSS", &["RSA-PSS-SHA256"]), no_certificate);
    assert_eq!(
        run("HMAC-SHA256", &["HMAC-SHA1"]),
        Cause::MethodNotAllowed {
            rsa_without_certificate: false
        }
    );
}

#[test]
fn a_token_secret_is_never_taken_for_a_request_without_token() {
    let protocol = countersign_base_string::ProtocolParameters::new(
        super::KEY,
        "HMAC-SHA1",
        "137131202",
        "chapoH",
    );
    let value = header(URL, &protocol, Method::HMAC_SHA1);
    let request = get(URL, &value);
    let policy = Policy::default();
    let (secret, token_secret) = (Secret::new(SECRET), Secret::new(TOKEN_SECRET));
    let refusal = examine(&request, UnixTime::from_seconds(NOW), &policy)
        .admit()
        .and_then(|admitted| {
            admitted.with_consumer(crate::ConsumerLookup::Known(Consumer::secret(&secret)))
        })
        .and_then(|keyed| keyed.with_token(crate::TokenLookup::Known(Token::new(&token_secret))))
        .unwrap_err();
    assert_eq!(refusal.check(), CheckId::TokenBinding);
    assert_eq!(
        cause_at(&request, &policy, NOW).unwrap().check(),
        CheckId::Signature
    );
}

#[test]
fn an_empty_token_and_no_token_are_two_requests_and_both_verify() {
    let secret = Secret::new(SECRET);
    let policy = Policy::default();
    let base = || {
        countersign_base_string::ProtocolParameters::new(
            super::KEY,
            "HMAC-SHA1",
            "137131202",
            "chapoH",
        )
    };
    let key = countersign_signature::HmacKey::new(&secret, None);
    let signer = countersign_signature::Signer::hmac(Method::HMAC_SHA1, &key).unwrap();
    for protocol in [base(), base().with_token("")] {
        let unsigned = Request::new("GET", Uri::parse(URL).unwrap()).unwrap();
        let signed = countersign_signature::sign(
            &unsigned,
            &protocol,
            &signer,
            countersign_base_string::Place::Header,
            None,
            None,
        )
        .unwrap();
        let value = signed.authorization().unwrap().to_owned();
        let check = |value: &str| {
            let request = get(URL, value);
            verify(
                &request,
                Consumer::secret(&secret),
                None,
                UnixTime::from_seconds(NOW),
                &policy,
            )
            .into_outcome()
            .map(|proven| proven.claims().token().map(str::to_owned))
            .map_err(|refusal| refusal.cause().clone())
        };
        let other = if value.contains("oauth_token=\"\", ") {
            value.replace("oauth_token=\"\", ", "")
        } else {
            value.replace("OAuth ", "OAuth oauth_token=\"\", ")
        };
        assert_ne!(value, other);
        assert!(check(&value).is_ok(), "{value}");
        assert_eq!(check(&other), Err(Cause::SignatureMismatch), "{other}");
    }
}
