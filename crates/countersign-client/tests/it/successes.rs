//! What is under a status of success: refusals of providers that say no so, and what was asked for.

use countersign_client::{Attempts, Next};
use http::{Method, Response};

use crate::double::NOW;

/// What was asked for is no refusal, whatever words are in it.
#[test]
fn content_that_resembles_a_refusal_is_none() {
    for (id, body) in [
        (
            "bricklink",
            r#"{"meta":{"description":"OK","message":"OK","code":200},"data":{"remarks":"SIGNATURE_INVALID"}}"#,
        ),
        (
            "fatsecret",
            r#"{"food":{"food_name":"Invalid signature soup","code":8}}"#,
        ),
        (
            "mediawiki",
            r#"{"query":{"pages":[{"title":"Invalid consumer","extract":"Invalid signature"}]}}"#,
        ),
        ("mediawiki", "The error was: Invalid signature"),
        ("trello", r#"{"name":"Invalid Signature"}"#),
        ("trello", r#""invalid token""#),
        // Text is that of whoever wrote it.
        (
            "mediawiki",
            "Errors of OAuth\n\n* No approved grant was found for that authorization token.",
        ),
        (
            "mediawiki",
            "Error: No approved grant was found for that authorization token.",
        ),
        ("fatsecret", "9\noauth_problem=token_rejected"),
        ("bricklink", "BAD_OAUTH_REQUEST\nTOKEN_REVOKED"),
        // The code has to stand in the document itself.
        (
            "mediawiki",
            r#"{"a":{"error":{"code":"mwoauth-invalid-authorization","info":"No approved grant was found for that authorization token."}}}"#,
        ),
        (
            "mediawiki",
            r#"[{"error":{"code":"mwoauth-invalid-authorization","info":"No approved grant was found for that authorization token."}}]"#,
        ),
        (
            "mediawiki",
            r#"{"error":[{"code":"mwoauth-invalid-authorization","info":"No approved grant was found for that authorization token."}]}"#,
        ),
        (
            "mediawiki",
            r#"<api><a><error code="mwoauth-invalid-authorization" info="No approved grant was found for that authorization token."/></a></api>"#,
        ),
        // A list of errors is one of the root, and its first is the cause.
        (
            "mediawiki",
            r#"{"a":{"errors":[{"code":"mwoauth-invalid-authorization","text":"No approved grant was found for that authorization token."}]}}"#,
        ),
        (
            "mediawiki",
            r#"{"errors":[{"code":"x"},{"code":"mwoauth-invalid-authorization","text":"No approved grant was found for that authorization token."}]}"#,
        ),
        (
            "mediawiki",
            r#"{"errors":["x",{"code":"mwoauth-invalid-authorization","text":"No approved grant was found for that authorization token."}]}"#,
        ),
        (
            "mediawiki",
            r#"{"errors":[[{"code":"mwoauth-invalid-authorization","text":"No approved grant was found for that authorization token."}]]}"#,
        ),
        (
            "mediawiki",
            r#"{"errors":{"code":"mwoauth-invalid-authorization","text":"No approved grant was found for that authorization token."}}"#,
        ),
        (
            "mediawiki",
            r#"{"pages":[{"code":"mwoauth-invalid-authorization","text":"No approved grant was found for that authorization token."}]}"#,
        ),
        (
            "mediawiki",
            r#"<api><errors><a/><error code="mwoauth-invalid-authorization"><text>No approved grant was found for that authorization token.</text></error></errors></api>"#,
        ),
        (
            "mediawiki",
            r#"<api><a><errors><error code="mwoauth-invalid-authorization"><text>No approved grant was found for that authorization token.</text></error></errors></a></api>"#,
        ),
        (
            "mediawiki",
            r#"<api><pages><error code="mwoauth-invalid-authorization"><text>No approved grant was found for that authorization token.</text></error></pages></api>"#,
        ),
        (
            "mediawiki",
            "{\"title\":1}\n{\"error\":{\"code\":\"mwoauth-invalid-authorization\",\"info\":\"No approved grant was found for that authorization token.\"}}",
        ),
        (
            "bricklink",
            r#"{"meta":{"message":"OK","code":200},"data":[{"meta":{"message":"BAD_OAUTH_REQUEST"},"x":"TOKEN_REVOKED"}]}"#,
        ),
        ("fatsecret", r#"{"foods":[{"error":{"code":9}}]}"#),
    ] {
        let row = countersign_dialect::by_id(id);
        let answer = Response::builder().status(200).body(body).unwrap();
        let mut attempts = Attempts::new(&Method::GET).with_provider(row);
        assert!(!attempts.is_refusal(&answer), "{body}");
        assert!(attempts.speaks_for_the_token(&answer), "{body}");
        assert_eq!(attempts.next(&answer, NOW), Next::Deliver, "{body}");
    }
}

/// Under a status of success the cause is the provider's own word beside its code, whatever else is there.
#[test]
fn the_cause_stands_beside_the_code() {
    for (id, body) in [
        (
            "bricklink",
            r#"{"meta":{"description":"x","message":"BAD_OAUTH_REQUEST","code":401},"data":{"x":"TOKEN_REVOKED","oauth_problem":"token_rejected"}}"#,
        ),
        (
            "mediawiki",
            r#"{"error":{"code":"mwoauth-invalid-authorization","info":"x"},"query":"No approved grant was found for that authorization token."}"#,
        ),
        // The words of another provider.
        (
            "mediawiki",
            r#"{"error":{"code":"mwoauth-invalid-authorization","info":"invalid token"}}"#,
        ),
        (
            "mediawiki",
            r#"{"error":{"code":"mwoauth-invalid-authorization","info":"x","a":{"info":"No approved grant was found for that authorization token."}}}"#,
        ),
    ] {
        let row = countersign_dialect::by_id(id);
        let mut attempts = Attempts::new(&Method::GET).with_provider(row);
        let answer = Response::builder().status(200).body(body).unwrap();
        assert_eq!(attempts.next(&answer, NOW), Next::Deliver, "{body}");
    }
    // A page's own text, which a client asked for, is sent as what it is.
    let body = r#"{"error":{"code":"mwoauth-invalid-authorization","info":"No approved grant was found for that authorization token."}}"#;
    for (kind, next) in [
        ("text/x-wiki; charset=UTF-8", Next::Deliver),
        ("application/json; charset=utf-8", Next::Reread),
        ("", Next::Reread),
    ] {
        let row = countersign_dialect::by_id("mediawiki");
        let mut attempts = Attempts::new(&Method::GET).with_provider(row);
        let mut answer = Response::builder().status(200);
        if !kind.is_empty() {
            answer = answer.header("Content-Type", kind);
        }
        let answer = answer.body(body).unwrap();
        assert_eq!(attempts.next(&answer, NOW), next, "{kind}");
    }
    let body = r#"<?xml version="1.0"?><api servedby="mw1"><error code="mwoauth-invalid-authorization" info="The authorization headers in your request are not valid: No approved grant was found for that authorization token." xml:space="preserve"/></api>"#;
    let row = countersign_dialect::by_id("mediawiki");
    let mut attempts = Attempts::new(&Method::GET).with_provider(row);
    assert_eq!(attempts.next(&Response::new(body), NOW), Next::Reread);
    let body = r#"<?xml version="1.0" encoding="utf-8" ?><error xmlns="http://platform.fatsecret.com/api/1.0/"><code>7</code><message>Invalid/used nonce</message></error>"#;
    let row = countersign_dialect::by_id("fatsecret");
    let mut attempts = Attempts::new(&Method::GET).with_provider(row);
    assert_eq!(attempts.next(&Response::new(body), NOW), Next::NewNonce);
}

/// The forms that a request can ask for its refusal in.
#[test]
fn a_list_of_errors_is_read_by_its_first() {
    let cause = "The authorization headers in your request are not valid: No approved grant was found for that authorization token.";
    for body in [
        format!(
            r#"{{"errors":[{{"code":"mwoauth-invalid-authorization","text":"{cause}","module":"main"}}],"docref":"x"}}"#
        ),
        format!(
            r#"{{"servedby":"mw1","errors":[{{"code":"mwoauth-invalid-authorization","module":"main","*":"{cause}"}},{{"code":"x"}}]}}"#
        ),
        format!(
            r#"<?xml version="1.0"?><api servedby="mw1"><errors><error code="mwoauth-invalid-authorization" module="main"><text xml:space="preserve">{cause}</text></error><error code="x"/></errors></api>"#
        ),
    ] {
        let row = countersign_dialect::by_id("mediawiki");
        let mut attempts = Attempts::new(&Method::GET).with_provider(row);
        let answer = Response::new(body.clone());
        assert!(attempts.is_refusal(&answer), "{body}");
        assert!(!attempts.speaks_for_the_token(&answer), "{body}");
        assert_eq!(attempts.next(&answer, NOW), Next::Reread, "{body}");
    }
}

/// What a wiki refuses after the signature was right leaves the token as it is, and is a refusal.
#[test]
fn a_wiki_refuses_in_more_ways_than_one() {
    for (code, text) in [
        (
            "mwoauth-invalid-authorization-wrong-wiki",
            "The authorization headers in your request are not valid for dewiki",
        ),
        (
            "mwoauth-invalid-authorization-invalid-user",
            "The authorization headers in your request are for a user that does not exist here",
        ),
        (
            "mwoauth-invalid-authorization-blocked-user",
            "The authorization headers in your request are for a user who is blocked",
        ),
        (
            "mwoauth-invalid-authorization-not-approved",
            "The app that you are trying to connect seems to be set up incorrectly.",
        ),
        ("mwoauth-api-module-disabled", "The x module is disabled"),
    ] {
        for body in [
            format!(r#"{{"error":{{"code":"{code}","info":"{text}"}}}}"#),
            format!(r#"{{"errors":[{{"code":"{code}","text":"{text}"}}]}}"#),
            format!(r#"<api><error code="{code}" info="{text}"/></api>"#),
        ] {
            let row = countersign_dialect::by_id("mediawiki");
            let mut attempts = Attempts::new(&Method::GET).with_provider(row);
            let answer = Response::new(body.clone());
            assert!(attempts.is_refusal(&answer), "{body}");
            assert!(!attempts.speaks_for_the_token(&answer), "{body}");
            assert_eq!(attempts.next(&answer, NOW), Next::Deliver, "{body}");
        }
    }
}

/// The code stands in the head whatever form the body has; that body may be one that nobody reads.
#[test]
fn a_code_in_the_head_says_nothing_for_the_token() {
    let row = countersign_dialect::by_id("mediawiki");
    let attempts = Attempts::new(&Method::GET).with_provider(row);
    let page = "<!DOCTYPE html>\n<html><body><pre>{ \"error\": {} }</pre></body></html>";
    for (value, speaks) in [
        ("mwoauth-invalid-authorization", false),
        ("x, mwoauth-invalid-authorization-blocked-user", false),
        ("maxlag", true),
        ("", true),
    ] {
        let mut answer = Response::new(page);
        if !value.is_empty() {
            let value = value.parse().unwrap();
            answer.headers_mut().insert("mediawiki-api-error", value);
        }
        assert_eq!(attempts.speaks_for_the_token(&answer), speaks, "{value}");
        assert!(!attempts.is_refusal(&answer), "{value}");
    }
}

/// What is of another kind than the refusals was not looked at.
#[test]
fn a_body_of_another_kind_says_nothing_for_the_token() {
    for (id, kind, body, speaks) in [
        ("fatsecret", "image/png", "PNG", false),
        (
            "mediawiki",
            "application/vnd.php.serialized",
            "a:0:{}",
            false,
        ),
        ("mediawiki", "application/json", "{}", true),
        ("mediawiki", "text/xml; charset=utf-8", "<api/>", true),
        ("tumblr", "image/png", "PNG", true),
    ] {
        let row = countersign_dialect::by_id(id);
        let attempts = Attempts::new(&Method::GET).with_provider(row);
        let answer = Response::builder().header("content-type", kind);
        let answer = answer.body(body).unwrap();
        assert_eq!(
            attempts.speaks_for_the_token(&answer),
            speaks,
            "{id} {kind}"
        );
    }
}
