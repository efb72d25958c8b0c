//! Refused requests and what their senders are told.

use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_signature::Method;

use super::{NOW, SECRET, TOKEN_SECRET, URL, header, ordinary, told};
use crate::{Answer, Consumer, Policy, Token, verify};

fn answer(url: &str, value: Option<&str>) -> Answer {
    let (secret, token_secret) = (Secret::new(SECRET), Secret::new(TOKEN_SECRET));
    let mut request = countersign_base_string::Request::new(
        "GET",
        countersign_base_string::Uri::parse(url).unwrap(),
    )
    .unwrap();
    if let Some(value) = value {
        request = request.with_authorization(value);
    }
    let policy = Policy::default();
    let report = verify(
        &request,
        Consumer::secret(&secret),
        Some(Token::new(&token_secret)),
        UnixTime::from_seconds(NOW),
        &policy,
    );
    report.into_outcome().unwrap_err().answer()
}

fn code(answer: &Answer) -> Option<&str> {
    answer
        .problem
        .as_ref()
        .map(|problem| problem.code().as_str())
}

#[test]
fn requests_without_oauth_get_a_bare_challenge() {
    for value in [
        None,
        Some("Basic eDp5"),
        Some("OAuth2 x=\"y\""),
        Some("Bearer abc"),
    ] {
        let answer = answer(URL, value);
        assert_eq!((answer.status, code(&answer)), (401, None), "{value:?}");
    }
}

#[test]
fn each_fault_of_form_has_its_code() {
    let right = header(URL, &ordinary(), Method::HMAC_SHA1);
    let cases = [
        (
            right.replace("oauth_nonce", "oauth_nonze"),
            400,
            "parameter_absent",
        ),
        (
            right.replace("\"chapoH\"", "\"\""),
            400,
            "parameter_rejected",
        ),
        (
            right.replace("\"chapoH\"", "\"a%00\""),
            400,
            "parameter_rejected",
        ),
        (
            right.replace("\"chapoH\"", &format!("\"{}\"", "n".repeat(256))),
            400,
            "parameter_rejected",
        ),
        (
            right.replace("\"1.0\"", "\"1.0a\""),
            400,
            "version_rejected",
        ),
        (
            right.replace("\"137131202\"", "\"-1\""),
            400,
            "parameter_rejected",
        ),
        (
            right.replace("\"137131202\"", "\"0137131202\""),
            400,
            "parameter_rejected",
        ),
        (
            right.replace("\"137131202\"", "\"1.5\""),
            400,
            "parameter_rejected",
        ),
        (
            right.replace("\"137131202\"", "\"99999999999999999999\""),
            400,
            "parameter_rejected",
        ),
        (
            right.replace("\"137131202\"", "\"137131202000\""),
            401,
            "timestamp_refused",
        ),
        (
            right.replace("HMAC-SHA1", "hmac-sha1"),
            400,
            "signature_method_rejected",
        ),
        (
            right.replace("HMAC-SHA1", "RSA-SHA1"),
            400,
            "signature_method_rejected",
        ),
        (
            format!("{right}, oauth_nonce=\"chapoH\""),
            400,
            "parameter_rejected",
        ),
        (format!("{right},"), 400, "parameter_rejected"),
        (right.replace("%3D\"", "%3\""), 400, "parameter_rejected"),
        (
            right.replace("oauth_signature=\"", "oauth_signature=\"A"),
            401,
            "signature_invalid",
        ),
    ];
    for (value, status, expected) in &cases {
        assert_ne!(value, &right, "the case must differ from the right request");
        let answer = answer(URL, Some(value));
        assert_eq!(
            (answer.status, code(&answer)),
            (*status, Some(*expected)),
            "{value}"
        );
    }
}

#[test]
fn two_places_are_refused() {
    let right = header(URL, &ordinary(), Method::HMAC_SHA1);
    let answer = answer(&format!("{URL}&oauth_version=1.0"), Some(&right));
    assert_eq!(
        (answer.status, code(&answer)),
        (400, Some("parameter_rejected"))
    );
}

#[test]
fn rsa_for_a_consumer_without_certificate_says_so() {
    let right = header(URL, &ordinary(), Method::HMAC_SHA1);
    let problem = answer(URL, Some(&right.replace("HMAC-SHA1", "RSA-SHA1")))
        .problem
        .unwrap();
    assert_eq!(
        problem.advice(),
        Some("No certificates have been registered for the consumer")
    );
}

#[test]
fn a_refused_timestamp_comes_with_advice_and_range() {
    let old = ordinary();
    let right = header(URL, &old, Method::HMAC_SHA1).replace("137131202", "137130901");
    let problem = answer(URL, Some(&right)).problem.unwrap();
    assert_eq!(
        problem.advice(),
        Some(
            "The timestamp is too old, it must be at most 300 seconds before the server's current date and time"
        )
    );
    let range = problem.acceptable_timestamps().unwrap();
    assert_eq!((range.low(), range.high()), (137_130_902, 137_131_502));
}

/// Every status of the Problem Reporting vocabulary that this pipeline can give, in one table.
#[test]
fn each_cause_has_its_status_code_and_companions() {
    use crate::{Cause, TokenFault};
    use countersign_base_string::Place;
    const INVALID: Option<&str> = Some("Failed to validate signature");
    const NO_CERTIFICATE: Option<&str> =
        Some("No certificates have been registered for the consumer");
    let superseded = || "TOKEN".to_owned();
    let cases: Vec<(Cause, u16, Option<&str>, Option<&str>)> = vec![
        (Cause::NotOAuth, 401, None, None),
        (
            Cause::AuthorizationTwice { found: 2 },
            400,
            Some("parameter_rejected"),
            None,
        ),
        (
            Cause::Placement {
                places: vec![Place::Body],
            },
            400,
            Some("parameter_rejected"),
            None,
        ),
        (
            Cause::Placement {
                places: vec![Place::Header, Place::Query],
            },
            400,
            Some("parameter_rejected"),
            None,
        ),
        (
            Cause::Absent {
                names: vec!["oauth_nonce"],
            },
            400,
            Some("parameter_absent"),
            None,
        ),
        (Cause::Version, 400, Some("version_rejected"), None),
        (
            Cause::ConsumerUnknown,
            401,
            Some("consumer_key_unknown"),
            None,
        ),
        (
            Cause::ConsumerRejected,
            401,
            Some("consumer_key_rejected"),
            None,
        ),
        (
            Cause::ConsumerRefused { retry_after: 7 },
            429,
            Some("consumer_key_refused"),
            None,
        ),
        (
            Cause::MethodNotAllowed {
                rsa_without_certificate: false,
            },
            400,
            Some("signature_method_rejected"),
            None,
        ),
        (
            Cause::MethodNotAllowed {
                rsa_without_certificate: true,
            },
            400,
            Some("signature_method_rejected"),
            NO_CERTIFICATE,
        ),
        (
            Cause::NoLiveCertificate {
                expired: 1,
                not_yet: 0,
            },
            400,
            Some("signature_method_rejected"),
            NO_CERTIFICATE,
        ),
        (
            Cause::PlaintextWithoutTls,
            400,
            Some("signature_method_rejected"),
            None,
        ),
        (
            Cause::Token(TokenFault::NotAuthorized),
            401,
            Some("token_rejected"),
            Some("The access token has not been authorized, or has been revoked by the user"),
        ),
        (
            Cause::Token(TokenFault::Unknown),
            401,
            Some("token_rejected"),
            Some("The access token is not valid"),
        ),
        (
            Cause::Token(TokenFault::ExpectedRequestToken {
                presented: superseded(),
            }),
            401,
            Some("token_rejected"),
            Some("Token TOKEN does not match an expected REQUEST token"),
        ),
        (
            Cause::Token(TokenFault::ExpectedAccessToken {
                presented: superseded(),
            }),
            401,
            Some("token_rejected"),
            Some("Token TOKEN does not match an expected ACCESS token"),
        ),
        (
            Cause::Token(TokenFault::Used),
            401,
            Some("token_used"),
            None,
        ),
        (Cause::BodyHashOnForm, 400, Some("parameter_rejected"), None),
        (
            Cause::BodyHashMismatch,
            401,
            Some("signature_invalid"),
            INVALID,
        ),
        (
            Cause::SignatureMismatch,
            401,
            Some("signature_invalid"),
            INVALID,
        ),
        (Cause::NonceUsed, 401, Some("nonce_used"), None),
        (
            Cause::NonceQuota { retry_after: 9 },
            429,
            Some("consumer_key_refused"),
            None,
        ),
        (Cause::NonceUnavailable { retry_after: 1 }, 503, None, None),
    ];
    for (cause, status, expected, advice) in cases {
        let answer = told(&cause);
        assert_eq!(
            (answer.status, code(&answer)),
            (status, expected),
            "{cause}"
        );
        let problem = answer.problem.as_ref();
        assert_eq!(problem.and_then(|p| p.advice()), advice, "{cause}");
        let waits = matches!(
            cause,
            Cause::ConsumerRefused { .. }
                | Cause::NonceQuota { .. }
                | Cause::NonceUnavailable { .. }
        );
        assert_eq!(answer.retry_after.is_some(), waits, "{cause}");
    }
}
