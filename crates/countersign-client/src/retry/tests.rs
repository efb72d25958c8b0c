use countersign_clock::UnixTime;
use countersign_problem::ProblemCode;
use countersign_problem::catalogue::rows;
use http::{Method, Response};
use proptest::prelude::*;

use super::{Attempts, LONGEST_WAIT, Next, Step, WAITS};

const LOCAL: UnixTime = UnixTime::from_seconds(1_700_000_000);

fn refused(status: u16, body: &str) -> Response<String> {
    Response::builder()
        .status(status)
        .body(body.to_owned())
        .unwrap()
}

fn with(mut response: Response<String>, name: &'static str, value: &str) -> Response<String> {
    response.headers_mut().insert(name, value.parse().unwrap());
    response
}

#[test]
fn every_code_has_its_step() {
    for (step, codes) in [
        (Step::CorrectClock, &["timestamp_refused"][..]),
        (Step::NewNonce, &["nonce_used"]),
        (Step::Renew, &["token_expired"]),
        (Step::Reread, &["token_revoked", "token_rejected"]),
        (Step::Reauthorise, &["additional_authorization_required"]),
        (Step::Wait, &["consumer_key_refused"]),
    ] {
        let of_step: Vec<&str> = rows()
            .iter()
            .filter(|row| Step::of(&row.code) == step)
            .map(|row| row.code.as_str())
            .collect();
        assert_eq!(of_step, codes, "{step:?}");
    }
    let invented = |text| Step::of(&ProblemCode::parse(text).unwrap());
    assert_eq!(invented("access_token_expired"), Step::Renew);
    assert_eq!(invented("TIMESTAMP_REFUSED"), Step::CorrectClock);
    assert_eq!(invented("who knows"), Step::Deliver);
}

#[test]
fn a_refused_timestamp_corrects_the_clock_once() {
    let answer = refused(
        401,
        "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1700003300-1700003900",
    );
    // A refused request has had no effect, whatever its method.
    for method in [Method::GET, Method::POST] {
        let mut attempts = Attempts::new(&method);
        let Next::CorrectClock(estimate) = attempts.next(&answer, LOCAL) else {
            panic!("no correction");
        };
        assert_eq!(estimate.offset_seconds(), 3600);
        assert_eq!(attempts.next(&answer, LOCAL), Next::Deliver);
    }
}

#[test]
fn a_date_will_do_and_an_incredible_one_will_not() {
    let answer = |date| {
        with(
            refused(401, "oauth_problem=timestamp_refused"),
            "date",
            date,
        )
    };
    let hour_later = answer("Tue, 14 Nov 2023 23:13:20 GMT");
    let next = Attempts::new(&Method::GET).next(&hour_later, LOCAL);
    assert!(matches!(next, Next::CorrectClock(estimate) if estimate.offset_seconds() == 3600));
    // An offset learnt before may be what is wrong.
    let agreeing = answer("Tue, 14 Nov 2023 22:13:20 GMT");
    let next = Attempts::new(&Method::GET).next(&agreeing, LOCAL);
    assert!(matches!(next, Next::CorrectClock(estimate) if estimate.offset_seconds() == 0));
    for date in ["Tue, 14 Nov 2033 22:13:20 GMT", "yesterday"] {
        let next = Attempts::new(&Method::GET).next(&answer(date), LOCAL);
        assert_eq!(next, Next::Deliver, "{date}");
    }
}

#[test]
fn only_a_safe_request_is_sent_with_another_nonce() {
    let answer = refused(401, "oauth_problem=nonce_used");
    for (method, next) in [
        (Method::GET, Next::NewNonce),
        (Method::HEAD, Next::NewNonce),
        (Method::POST, Next::Deliver),
        (Method::PUT, Next::Deliver),
        (Method::DELETE, Next::Deliver),
        (Method::PATCH, Next::Deliver),
    ] {
        assert_eq!(
            Attempts::new(&method).next(&answer, LOCAL),
            next,
            "{method}"
        );
    }
}

#[test]
fn a_rejected_token_is_read_again_then_it_is_lost() {
    let answer = refused(
        401,
        "oauth_problem=token_rejected&oauth_problem_advice=revoked",
    );
    let mut attempts = Attempts::new(&Method::POST);
    assert_eq!(attempts.next(&answer, LOCAL), Next::Reread);
    let lost = Next::Reauthorise(ProblemCode::TOKEN_REJECTED);
    assert_eq!(attempts.next(&answer, LOCAL), lost);
}

/// A provider's one word for whatever it refuses tells nothing of the token.
#[test]
fn what_is_said_to_every_refusal_ends_no_grant() {
    let challenge = r#"OAuth realm="1234567", error="token_rejected", error_description="Invalid login attempt.""#;
    for answer in [
        refused(401, "INVALID_LOGIN_ATTEMPT"),
        refused(401, r#"{"error":{"code":"INVALID_LOGIN"}}"#),
        with(refused(401, ""), "www-authenticate", challenge),
        refused(
            401,
            r#"{"meta":{"description":"TOKEN_IP_MISMATCHED: 192.0.2.1","code":401}}"#,
        ),
    ] {
        let mut attempts = Attempts::new(&Method::GET);
        assert_eq!(attempts.next(&answer, LOCAL), Next::Deliver, "{answer:?}");
    }
    // Its twin: the word of a provider that has others for other refusals.
    let x = refused(
        401,
        r#"{"errors":[{"code":89,"message":"Invalid or expired token."}]}"#,
    );
    assert_eq!(Attempts::new(&Method::GET).next(&x, LOCAL), Next::Reread);
}

#[test]
fn an_expired_token_is_renewed_once() {
    let answer = refused(401, "oauth_problem=token_expired");
    let mut attempts = Attempts::new(&Method::POST);
    assert_eq!(attempts.next(&answer, LOCAL), Next::Renew);
    assert_eq!(attempts.next(&answer, LOCAL), Next::Deliver);
}

/// H60: whoever is faulty, or stands in between, knows nothing of tokens and clocks.
#[test]
fn h60_a_forged_problem_on_a_fault_says_nothing() {
    for status in [500, 502, 503, 504, 407, 408, 413, 414, 431] {
        for problem in [
            "token_rejected",
            "token_expired",
            "timestamp_refused",
            "nonce_used",
        ] {
            let body = format!("oauth_problem={problem}&oauth_acceptable_timestamps=1-600");
            let mut attempts = Attempts::new(&Method::GET);
            let before = attempts.clone();
            let next = attempts.next(&refused(status, &body), LOCAL);
            assert_eq!(
                (next, &attempts),
                (Next::Deliver, &before),
                "{status} {problem}"
            );
        }
    }
    // Its twin: the provider itself.
    let next =
        Attempts::new(&Method::GET).next(&refused(401, "oauth_problem=token_rejected"), LOCAL);
    assert_eq!(next, Next::Reread);
}

#[test]
fn a_success_is_delivered_whatever_it_talks_about() {
    let post = refused(200, "oauth_problem=token_rejected");
    assert_eq!(
        Attempts::new(&Method::GET).next(&post, LOCAL),
        Next::Deliver
    );
}

#[test]
fn patience_is_bounded() {
    let busy = refused(429, "");
    let mut attempts = Attempts::new(&Method::POST);
    let waits: Vec<Next> = (0..4).map(|_| attempts.next(&busy, LOCAL)).collect();
    assert_eq!(
        waits,
        [Next::Wait(1), Next::Wait(2), Next::Wait(4), Next::Deliver]
    );

    let named = |value| with(refused(429, ""), "retry-after", value);
    for (value, next) in [
        ("7", Next::Wait(7)),
        ("0", Next::Wait(0)),
        ("301", Next::Deliver),
        ("99999999999999999999", Next::Deliver),
        ("Tue, 14 Nov 2023 22:13:50 GMT", Next::Wait(30)),
        ("Tue, 14 Nov 2023 22:12:50 GMT", Next::Wait(0)),
        ("soon", Next::Wait(1)),
    ] {
        let found = Attempts::new(&Method::GET).next(&named(value), LOCAL);
        assert_eq!(found, next, "{value}");
    }

    // A fault that asks for patience gets it where nothing can happen twice.
    let down = with(
        refused(503, "oauth_problem=token_rejected"),
        "retry-after",
        "2",
    );
    assert_eq!(
        Attempts::new(&Method::GET).next(&down, LOCAL),
        Next::Wait(2)
    );
    assert_eq!(
        Attempts::new(&Method::POST).next(&down, LOCAL),
        Next::Deliver
    );
}

proptest! {
    /// However a provider answers, a request is sent a bounded number of times, and no pause is
    /// longer than five minutes.
    #[test]
    fn the_end_comes(
        answers in prop::collection::vec((0_usize..18, 400_u16..600, any::<u32>()), 40),
        post in any::<bool>(),
    ) {
        let mut attempts = Attempts::new(if post { &Method::POST } else { &Method::GET });
        let mut again = 0_u32;
        for (code, status, after) in answers {
            let body = format!("oauth_problem={}", ProblemCode::ALL[code]);
            let answer = with(refused(status, &body), "retry-after", &after.to_string());
            match attempts.next(&answer, LOCAL) {
                Next::Deliver | Next::Reauthorise(_) => {}
                Next::Wait(seconds) => {
                    prop_assert!(seconds <= LONGEST_WAIT);
                    again = again.saturating_add(1);
                }
                Next::CorrectClock(_) | Next::NewNonce | Next::Renew | Next::Reread => {
 again = again.saturating_add(1);
}
            }
        }
        prop_assert!(again <= WAITS + 4);
    }
}

/// What is said of something else than the request's credentials moves neither token nor clock.
#[test]
fn what_only_resembles_a_refusal_of_the_token_is_delivered() {
    let json = |status: u16, body: &str| {
        Response::builder()
            .status(status)
            .header("content-type", "application/json")
            .body(body.to_owned())
            .unwrap()
    };
    let invalid = r#"{"errors":[{"code":89,"message":"Invalid or expired token."}]}"#;
    let next = |answer: &Response<String>| Attempts::new(&Method::GET).next(answer, LOCAL);
    assert_eq!(next(&json(401, invalid)), Next::Reread);
    for (status, body) in [
        (422, invalid),
        (404, invalid),
        (409, invalid),
        (422, r#"{"message":"Invalid token"}"#),
        (404, r#"{"error":{"code":9}}"#),
        (422, r#"{"field":"name","value":"token_rejected x"}"#),
        (404, "oauth_problem=token_rejected"),
    ] {
        assert_eq!(next(&json(status, body)), Next::Deliver, "{status} {body}");
    }
}
