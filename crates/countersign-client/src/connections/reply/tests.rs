#![allow(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use countersign_signature::Method;
use countersign_token::Refusal;
use proptest::prelude::*;

use super::*;
use crate::Consumer;

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
const BODY: &str = "oauth_token=token2&oauth_token_secret=secret2&oauth_session_handle=ODJhNGM5\
    &oauth_expires_in=1800&oauth_authorization_expires_in=31536000";

fn client() -> Client {
    Client::new(
        Consumer::hmac("key", Secret::new("secret")),
        Method::HMAC_SHA1,
    )
    .unwrap()
}

fn answer(status: u16, fields: &[(&str, &str)], body: &str) -> Response<Vec<u8>> {
    let mut response = Response::builder().status(status);
    for (name, value) in fields {
        response = response.header(*name, *value);
    }
    response.body(body.as_bytes().to_vec()).unwrap()
}

fn read(response: &Response<Vec<u8>>) -> ReadReply {
    ReadReply::of(&client(), RawReply::of(response).bytes.expose_secret(), NOW)
}

#[test]
fn a_token_is_read_whole() {
    let length = BODY.len().to_string();
    let response = answer(200, &[("content-length", &length)], BODY);
    assert!(RawReply::of(&response).may_hold_token);
    let ReadReply::Token(read) = read(&response) else {
        panic!("no token");
    };
    assert_eq!(read.token.expose_secret(), "token2");
    assert_eq!(read.secret.expose_secret(), "secret2");
    assert_eq!(read.session_handle.unwrap().expose_secret(), "ODJhNGM5");
    assert_eq!(read.expiry.seconds_left(NOW), Some(1800));
    assert_eq!(
        read.authorization_expiry.seconds_left(NOW),
        Some(31_536_000)
    );
    assert_eq!(read.received, NOW);
}

/// F04 of the faults: whatever is cut off, half a token is none.
#[test]
fn what_is_cut_anywhere_is_no_token() {
    let length = BODY.len().to_string();
    let whole = RawReply::of(&answer(200, &[("content-length", &length)], BODY));
    let whole = whole.bytes.expose_secret();
    for end in 0..whole.len() {
        let cut = whole.get(..end).unwrap();
        assert!(
            matches!(ReadReply::of(&client(), cut, NOW), ReadReply::Garbled),
            "cut at {end}"
        );
    }
}

#[test]
fn only_the_provider_itself_says_that_a_token_is_dead() {
    let dead = "oauth_problem=token_rejected";
    assert!(matches!(
        read(&answer(401, &[], dead)),
        ReadReply::Refused(Refusal::TokenRejected)
    ));
    let challenge = [(
        "www-authenticate",
        "OAuth oauth_problem=\"permission_denied\"",
    )];
    assert!(matches!(
        read(&answer(401, &challenge, "")),
        ReadReply::Refused(Refusal::PermissionDenied)
    ));
    let page = "x".repeat(MAX_ANSWER + 1);
    for (status, body, fault) in [
        (503, page.as_str(), RenewalFault::Provider),
        (302, "", RenewalFault::Provider),
        (503, dead, RenewalFault::Provider),
        (502, "<html>", RenewalFault::Provider),
        (
            401,
            "oauth_problem=timestamp_refused",
            RenewalFault::Refused,
        ),
        // The request came before: its answer is lost.
        (401, "oauth_problem=nonce_used", RenewalFault::Lost),
    ] {
        let response = answer(status, &[], body);
        assert!(!RawReply::of(&response).may_hold_token);
        assert!(
            matches!(read(&response), ReadReply::Fault(found) if found == fault),
            "{status}"
        );
    }
}

#[test]
fn what_is_no_answer_of_a_token_endpoint_is_garbled() {
    let long = format!("{BODY}&more={}", "a".repeat(MAX_ANSWER));
    for (fields, body) in [
        (&[][..], "<html>Please log in</html>"),
        (&[("content-encoding", "gzip")], BODY),
        (&[("content-length", "7")], BODY),
        (&[("content-type", "application/json")], BODY),
        (&[], "oauth_token=token2"),
        (&[], &long),
    ] {
        assert!(
            matches!(read(&answer(200, fields, body)), ReadReply::Garbled),
            "{fields:?}"
        );
    }
    let other_form = [b"countersign/reply/2\n200\n\n", BODY.as_bytes()].concat();
    assert!(matches!(
        ReadReply::of(&client(), &other_form, NOW),
        ReadReply::Garbled
    ));
}

#[test]
fn fields_without_end_are_not_kept_without_end() {
    let many = "x".repeat(MOST_OF_FIELDS);
    let fields = [("www-authenticate", many.as_str()), ("content-length", "3")];
    let kept = RawReply::of(&answer(200, &fields, "abc"));
    assert!(kept.bytes.expose_secret().len() < 100);
}

proptest! {
    #[test]
    fn no_octets_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let form = [b"countersign/reply/1\n", bytes.as_slice()].concat();
        for bytes in [&bytes, &form] {
            prop_assert!(!matches!(
                ReadReply::of(&client(), bytes, NOW),
                ReadReply::Token(_)
            ));
        }
    }

    #[test]
    fn what_is_kept_is_read_as_what_came(
        status in 200_u16..600,
        length in proptest::option::of(0_usize..300),
        problem in proptest::option::of("[a-z_]{1,20}"),
        body in "[ -~\n]{0,200}",
    ) {
        let length = length.map(|length| length.to_string());
        let challenge = problem.map(|code| format!("OAuth oauth_problem=\"{code}\""));
        let fields: Vec<(&str, &str)> = [("content-length", &length), ("www-authenticate", &challenge)]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?)))
            .collect();
        let response = answer(status, &fields, &body);
        let direct = client().read_access_token(&response, NOW);
        let same = match (read(&response), direct) {
            (ReadReply::Token(kept), Ok(direct)) => {
                kept.token.expose_secret() == direct.token().token()
            }
            (ReadReply::Refused(kept), Err(direct)) => direct.refusal() == Some(kept),
            (ReadReply::Fault(_) | ReadReply::Garbled, Err(direct)) => direct.refusal().is_none(),
            _ => false,
        };
        prop_assert!(same);
    }
}
