//! How each provider says no: in the status, the header and the body that its row tells of.

use countersign_client::{
    Attempts, Callback, Next, Service, SessionState, Stamp, Start, Token, preset,
};
use countersign_clock::UnixTime;
use countersign_dialect::{Legs, Provider, presets};
use countersign_key::Secret;
use countersign_problem::{Answer, parse, parse_beyond};
use countersign_signature::Methods;
use http::{Method, Request, Response};

use crate::double::{ACCESS, Double, NOW, PARTS};
use crate::keys::{CONSUMER_SECRET, Counter, consumer, private_key};

/// What a request is refused for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Consumer,
    Signature,
    Timestamp,
    Token,
}

/// What a client makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Makes {
    /// The token is believed to be refused, and lost if the store has no other.
    Lost,
    /// The clock is corrected.
    Clock,
    /// It is given to the caller, and the token stays.
    Stays,
}

/// One answer.
struct Said {
    id: &'static str,
    kind: Kind,
    status: u16,
    challenge: &'static str,
    body: &'static str,
    code: &'static str,
    makes: Makes,
}

const fn said(
    id: &'static str,
    kind: Kind,
    status: u16,
    body: &'static str,
    code: &'static str,
    makes: Makes,
) -> Said {
    Said {
        id,
        kind,
        status,
        challenge: "",
        body,
        code,
        makes,
    }
}

use Kind::{Consumer, Signature, Timestamp};
use Makes::{Clock, Lost, Stays};

const NETSUITE: &str =
    r#"{"error":{"code":"INVALID_LOGIN_ATTEMPT","message":"Invalid login attempt."}}"#;
const NETSUITE_CHALLENGE: &str = r#"OAuth realm="1234567_SB1", error="token_rejected", error_description="Invalid login attempt.""#;

/// One answer of NetSuite, whatever the cause.
const fn netsuite(kind: Kind) -> Said {
    Said {
        challenge: NETSUITE_CHALLENGE,
        ..said("netsuite-tba", kind, 401, NETSUITE, "token_rejected", Stays)
    }
}

/// The answers that were seen or are documented; where a provider has one for every cause, it stands
/// under [`Kind::Signature`].
// One answer a line.
#[rustfmt::skip]
const SAID: &[Said] = &[
    said("x", Signature, 401, r#"{"errors":[{"code":32,"message":"Could not authenticate you."}]}"#, "signature_invalid", Stays),
    said("x", Timestamp, 401, r#"{"errors":[{"code":135,"message":"Timestamp out of bounds."}]}"#, "timestamp_refused", Clock),
    said("x", Kind::Token, 401, r#"{"errors":[{"code":89,"message":"Invalid or expired token."}]}"#, "token_rejected", Lost),
    said("tumblr", Signature, 401, "oauth_signature [a] does not match expected value [b]", "signature_invalid", Stays),
    said("instapaper", Signature, 401, "oauth_signature [a] does not match expected value [b]", "signature_invalid", Stays),
    said("discogs", Signature, 401, r#"{"message":"Invalid signature."}"#, "signature_invalid", Stays),
    said("flickr", Signature, 401, "oauth_problem=signature_invalid&debug_sbs=GET&http%3A%2F%2Fx&a%3Db", "signature_invalid", Stays),
    said("flickr", Timestamp, 401, "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1699999700-1700000300", "timestamp_refused", Clock),
    said("flickr", Kind::Token, 401, "oauth_problem=token_rejected", "token_rejected", Lost),
    said("smugmug", Signature, 401, "oauth_problem=signature_invalid", "signature_invalid", Stays),
    said("smugmug", Kind::Token, 401, "oauth_problem=token_rejected", "token_rejected", Lost),
    said("plurk", Signature, 400, r#"{"error_text":"40004:invalid signature"}"#, "signature_invalid", Stays),
    said("partner", Signature, 401, "oauth_problem=signature_invalid&oauth_problem_advice=Failed%20to%20validate%20signature", "signature_invalid", Stays),
    said("partner", Timestamp, 401, "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1699999700-1700000300", "timestamp_refused", Clock),
    said("partner", Kind::Token, 401, "oauth_problem=token_rejected&oauth_problem_advice=The%20access%20token%20has%20not%20been%20authorized%2C%20or%20has%20been%20revoked%20by%20the%20user", "token_rejected", Lost),
    said("partner", Consumer, 401, "oauth_problem=consumer_key_unknown", "consumer_key_unknown", Stays),
    said("woocommerce", Signature, 401, r#"{"code":"woocommerce_rest_authentication_error","message":"Invalid signature - provided signature does not match.","data":{"status":401}}"#, "signature_invalid", Stays),
    said("woocommerce", Timestamp, 401, r#"{"code":"woocommerce_rest_authentication_error","message":"Invalid timestamp.","data":{"status":401}}"#, "timestamp_refused", Clock),
    said("woocommerce", Consumer, 401, r#"{"code":"woocommerce_rest_authentication_error","message":"Consumer key is invalid.","data":{"status":401}}"#, "consumer_key_unknown", Stays),
    netsuite(Signature),
    netsuite(Timestamp),
    netsuite(Kind::Token),
    said("magento", Signature, 401, r#"{"message":"oauth_problem=signature_invalid"}"#, "signature_invalid", Stays),
    said("magento", Timestamp, 400, r#"{"message":"oauth_problem=timestamp_refused"}"#, "timestamp_refused", Clock),
    said("magento", Kind::Token, 401, r#"{"message":"oauth_problem=token_rejected"}"#, "token_rejected", Lost),
    said("magento", Consumer, 401, r#"{"message":"oauth_problem=consumer_key_rejected"}"#, "consumer_key_rejected", Stays),
    said("bricklink", Signature, 200, r#"{"meta":{"description":"SIGNATURE_INVALID: x","message":"BAD_OAUTH_REQUEST","code":401},"data":{}}"#, "signature_invalid", Stays),
    said("bricklink", Timestamp, 200, r#"{"meta":{"description":"TIMESTAMP_REFUSED: x","message":"BAD_OAUTH_REQUEST","code":401},"data":{}}"#, "timestamp_refused", Clock),
    said("bricklink", Kind::Token, 200, r#"{"meta":{"description":"TOKEN_IP_MISMATCHED: consumer: KEY IP: 1.2.3.4","message":"BAD_OAUTH_REQUEST","code":401},"data":{}}"#, "token_rejected", Stays),
    said("bricklink", Consumer, 200, r#"{"meta":{"description":"CONSUMER_KEY_UNKNOWN: x","message":"BAD_OAUTH_REQUEST","code":401},"data":{}}"#, "consumer_key_unknown", Stays),
    said("immoscout24", Signature, 401, r#"<?xml version="1.0"?><common:messages xmlns:common="x"><message><messageCode>ERROR_COMMON_AUTHENTICATION_REQUIRED</messageCode><message>[ERROR MESSAGE: Invalid signature for signature method HMAC-SHA1]</message></message></common:messages>"#, "signature_invalid", Stays),
    said("mastercard", Signature, 400, r#"{"Errors":{"Error":[{"Source":"Gateway","ReasonCode":"INVALID_OAUTH_SBS","Description":"x","Recoverable":false,"Details":null}]}}"#, "signature_invalid", Stays),
    said("mastercard", Consumer, 400, r#"{"Errors":{"Error":[{"Source":"Gateway","ReasonCode":"INVALID_CLIENT_ID","Description":"x","Recoverable":false,"Details":null}]}}"#, "consumer_key_unknown", Stays),
    said("etrade", Signature, 401, "<html><head><title>Error</title></head><body><h1>HTTP Status 401 - oauth_problem=signature_invalid</h1></body></html>", "signature_invalid", Stays),
    said("etrade", Timestamp, 401, "<html><body><h1>HTTP Status 401 - oauth_problem=timestamp_refused,oauth_acceptable_timestamps=1699999700-1700000300</h1></body></html>", "timestamp_refused", Clock),
    said("etrade", Kind::Token, 401, "<html><body><h1>HTTP Status 401 - oauth_problem=token_rejected</h1></body></html>", "token_rejected", Lost),
    said("etrade", Consumer, 401, "<html><body><h1>HTTP Status 401 - oauth_problem=consumer_key_rejected</h1></body></html>", "consumer_key_rejected", Stays),
    said("open-bank-project", Signature, 401, r#"{"error":"Invalid signature"}"#, "signature_invalid", Stays),
    Said {
        challenge: r#"OAuth realm="https%3A%2F%2Fshop.example.com", oauth_problem="signature_invalid""#,
        ..said("atlassian-data-center", Signature, 401, "oauth_problem=signature_invalid&oauth_signature=a&oauth_signature_base_string=GET%26http&oauth_signature_method=RSA-SHA1", "signature_invalid", Stays)
    },
    Said {
        challenge: r#"OAuth realm="https%3A%2F%2Fshop.example.com", oauth_problem="timestamp_refused", oauth_acceptable_timestamps="1699999700-1700000300""#,
        ..said("atlassian-data-center", Timestamp, 401, "", "timestamp_refused", Clock)
    },
    Said {
        challenge: r#"OAuth realm="https%3A%2F%2Fshop.example.com", oauth_problem="token_rejected""#,
        ..said("atlassian-data-center", Kind::Token, 401, "", "token_rejected", Lost)
    },
    Said {
        challenge: r#"OAuth realm="https%3A%2F%2Fshop.example.com", oauth_problem="consumer_key_unknown""#,
        ..said("atlassian-data-center", Consumer, 401, "", "consumer_key_unknown", Stays)
    },
    said("wordpress-oauth1", Signature, 401, r#"{"code":"json_oauth1_signature_mismatch","message":"OAuth signature does not match","data":{"status":401}}"#, "signature_invalid", Stays),
    said("wordpress-oauth1", Timestamp, 401, r#"{"code":"json_oauth1_invalid_timestamp","message":"Invalid timestamp.","data":{"status":401}}"#, "timestamp_refused", Clock),
    said("wordpress-oauth1", Kind::Token, 401, r#"{"code":"json_oauth1_invalid_token","message":"Token is invalid","data":{"status":401}}"#, "token_rejected", Lost),
    said("wordpress-oauth1", Consumer, 401, r#"{"code":"json_consumer_notfound","message":"Consumer key is invalid","data":{"status":401}}"#, "consumer_key_unknown", Stays),
    said("mediawiki", Signature, 200, r#"{"error":{"code":"mwoauth-invalid-authorization","info":"The authorization headers in your request are not valid: Invalid signature"}}"#, "signature_invalid", Stays),
    said("mediawiki", Timestamp, 200, r#"{"error":{"code":"mwoauth-invalid-authorization","info":"The authorization headers in your request are not valid: Expired timestamp, yours 1700000901, ours 1700000000"}}"#, "timestamp_refused", Clock),
    said("mediawiki", Kind::Token, 200, r#"{"error":{"code":"mwoauth-invalid-authorization","info":"The authorization headers in your request are not valid: No approved grant was found for that authorization token."}}"#, "token_rejected", Lost),
    said("mediawiki", Consumer, 200, r#"{"error":{"code":"mwoauth-invalid-authorization","info":"The authorization headers in your request are not valid: Invalid consumer"}}"#, "consumer_key_unknown", Stays),
    // A fault of the server takes no token away, whatever it says.
    said("trello", Signature, 500, "Invalid Signature", "signature_invalid", Stays),
    said("trello", Kind::Token, 500, "invalid token", "token_rejected", Stays),
    said("trello", Consumer, 500, "App not found", "consumer_key_unknown", Stays),
    said("evernote", Signature, 401, "<html><head><title>Error</title></head><body><h1>HTTP Status 401 - Invalid signature</h1></body></html>", "signature_invalid", Stays),
    said("evernote", Consumer, 401, "<html><body><h1>HTTP Status 401 - Unknown consumer key</h1></body></html>", "consumer_key_unknown", Stays),
    said("garmin", Signature, 401, "<html><head><title>Apache Tomcat - Error report</title></head><body><h1>HTTP Status 401 - Invalid signature</h1></body></html>", "signature_invalid", Stays),
    said("garmin", Consumer, 401, "<html><body><h1>HTTP Status 401 - Unknown consumer key</h1></body></html>", "consumer_key_unknown", Stays),
    said("fatsecret", Signature, 200, r#"{"error":{"code":8,"message":"Invalid signature: oauth_signature 'a'"}}"#, "signature_invalid", Stays),
    said("fatsecret", Timestamp, 200, r#"{"error":{"code":6,"message":"Invalid/expired timestamp: 'oauth_timestamp' '1'"}}"#, "timestamp_refused", Clock),
    said("fatsecret", Kind::Token, 200, r#"{"error":{"code":9,"message":"Invalid access token: 'oauth_token' 'x'"}}"#, "token_rejected", Lost),
    said("fatsecret", Consumer, 200, r#"{"error":{"code":5,"message":"Invalid/unknown consumer key: 'oauth_consumer_key' 'x'"}}"#, "consumer_key_unknown", Stays),
    said("tripit", Signature, 401, "<Response><Error><code>401</code><detailed_error_code>104.1</detailed_error_code><description>invalid signature</description></Error></Response>", "signature_invalid", Stays),
];

/// Presets of whose refusals nothing was seen but the status.
const SILENT: &[&str] = &["noun-project", "trade-me", "zotero", "schoology", "lti-1"];

fn of(row: &Provider, kind: Kind) -> Option<&'static Said> {
    let own = |said: &&Said| said.id == row.id && said.kind == kind;
    let usual = |said: &&Said| said.id == row.id && said.kind == Signature;
    SAID.iter().find(own).or_else(|| SAID.iter().find(usual))
}

/// The answer of a provider to a request that it refuses.
pub(crate) fn answer(row: &Provider, kind: Kind) -> Response<String> {
    let mut answer = Response::builder()
        .status(401)
        .header("Date", "Tue, 14 Nov 2023 22:13:20 GMT");
    let Some(said) = of(row, kind) else {
        return answer.body(String::new()).unwrap();
    };
    answer = answer.status(said.status);
    if !said.challenge.is_empty() {
        answer = answer.header("WWW-Authenticate", said.challenge);
    }
    answer.body(said.body.to_owned()).unwrap()
}

/// A request that is wrong in one way.
fn wrong(row: &'static Provider, method: &str, kind: Kind) -> Option<(Double, Request<Vec<u8>>)> {
    let method = Methods::standard()
        .dangerous_with_plaintext()
        .find(method)?;
    let realm =
        matches!(row.realm, countersign_dialect::Realm::Required(_)).then_some("1234567_SB1");
    let own = match kind {
        Consumer if method.is_plaintext() => countersign_client::Consumer::dangerous_plaintext(
            "another",
            Secret::new(CONSUMER_SECRET),
        ),
        Consumer if method.kind() == countersign_signature::KeyKind::Secret => {
            countersign_client::Consumer::hmac("another", Secret::new(CONSUMER_SECRET))
        }
        Consumer => countersign_client::Consumer::rsa("another", private_key()),
        _ => consumer(method),
    };
    let mut client = preset(row, own).unwrap();
    if let Some(realm) = realm {
        client = client.with_realm(realm);
    }
    let has_token = row.legs.iter().any(|legs| !matches!(legs, Legs::One));
    let credentials = match kind {
        Kind::Token if !has_token => return None,
        Kind::Token => client.with_token(&Token::new("nobody", Secret::new("s"))),
        _ if has_token => client.with_token(&Token::new(ACCESS.0, Secret::new(ACCESS.1))),
        _ => client.without_token(),
    };
    let late = UnixTime::from_seconds(NOW.seconds() + 901);
    let at = if kind == Timestamp { late } else { NOW };
    let mut request = Request::get("https://api.example.com/a?b=c")
        .body(Vec::new())
        .unwrap();
    let mut random = Counter(1);
    let stamp = Stamp::drawn(at, &mut random).unwrap();
    credentials
        .unwrap()
        .sign_in_place(&mut request, stamp)
        .unwrap();
    if kind == Signature {
        if method.is_plaintext() {
            return None;
        }
        *request.method_mut() = Method::DELETE;
    }
    Some((Double { row, realm }, request))
}

/// Each preset refuses in its own words, whatever the cause, and what the client makes of it is known.
#[test]
fn each_preset_refuses_in_its_own_words() {
    let (mut asked, mut silent) = (0, Vec::new());
    for row in presets() {
        for name in row.methods {
            for kind in [Consumer, Signature, Timestamp, Kind::Token] {
                let Some((double, request)) = wrong(row, name, kind) else {
                    continue;
                };
                let what = format!("{} {name} {kind:?}", row.id);
                // PLAINTEXT needs no timestamp.
                if kind == Timestamp && *name == "PLAINTEXT" {
                    continue;
                }
                let refused = double.check(&request).map_err(|refusal| refusal.kind);
                assert_eq!(refused, Err(kind), "{what}");
                let answer = double.answer(&request);
                asked += 1;
                let mut attempts = Attempts::new(&Method::GET).with_provider(Some(row));
                let next = attempts.next(&answer, NOW);
                let Some(said) = of(row, kind) else {
                    assert_eq!(next, Next::Deliver, "{what}");
                    silent.push(row.id);
                    continue;
                };
                assert_eq!(u16::from(answer.status()), said.status, "{what}");
                let challenges: Vec<&str> = answer
                    .headers()
                    .get_all("www-authenticate")
                    .iter()
                    .map(|value| value.to_str().unwrap())
                    .collect();
                let read = Answer {
                    status: Some(said.status),
                    challenges: &challenges,
                    content_type: None,
                    body: said.body.as_bytes(),
                };
                let beyond = parse_beyond(
                    &read,
                    row.name,
                    row.errors.statuses,
                    row.errors.code_at,
                    row.errors.code_names(),
                );
                assert!(!attempts.speaks_for_the_token(&answer), "{what}");
                assert_eq!(
                    attempts.is_refusal(&answer),
                    !(400..500).contains(&said.status),
                    "{what}"
                );
                let found = beyond.or_else(|| parse(&read)).unwrap();
                assert_eq!(found.problem.code().as_str(), said.code, "{what}");
                let makes = match next {
                    Next::Reread | Next::Renew | Next::Reauthorise(_) => Lost,
                    Next::CorrectClock(_) => Clock,
                    _ => Stays,
                };
                assert_eq!(makes, said.makes, "{what}: {next:?}");
            }
        }
    }
    assert!(asked > 90, "{asked}");
    silent.dedup();
    assert_eq!(silent, SILENT);
}

/// What a step of a flow answers begins with the whole word; it is no text that somebody asked for.
#[test]
fn the_refusal_of_a_step_is_no_longer_word() {
    let row = countersign_dialect::by_id("mediawiki");
    let of_step = || Attempts::new(&Method::POST).with_provider(row).of_a_step();
    let body = "Error: Expired timestamp, yours 1700000901, ours 1700000000";
    let refused = Response::builder()
        .header("Date", "Tue, 14 Nov 2023 22:13:20 GMT")
        .body(body)
        .unwrap();
    assert!(of_step().is_refusal(&refused));
    assert!(matches!(
        of_step().next(&refused, NOW),
        Next::CorrectClock(_)
    ));
    let of_content = Attempts::new(&Method::POST).with_provider(row);
    assert!(!of_content.is_refusal(&refused));
    let errors = "Errors: Expired timestamp, yours 1700000901, ours 1700000000";
    assert!(!of_step().is_refusal(&Response::new(errors)));
}

/// A step of a flow that is refused under a status of success says why.
#[test]
fn a_step_is_refused_whatever_its_status() {
    let state = SessionState::from_kept("2ZgzTbq0qdVYkBnb");
    for (id, expected) in [
        ("mediawiki", Some("signature_invalid")),
        ("wordpress-oauth1", None),
    ] {
        let row = countersign_dialect::by_id(id).unwrap();
        let method = Methods::standard().find("HMAC-SHA1").unwrap();
        let client = preset(row, consumer(method)).unwrap();
        let service = Service::preset(row, PARTS).unwrap();
        let start = Start::new(&client, &service, Callback::out_of_band(), &state).unwrap();
        let body = "Error: An error occurred in the OAuth protocol: Invalid signature";
        let error = start.read(&Response::new(body)).unwrap_err();
        let code = error
            .refused()
            .map(|refused| refused.code().as_str().to_owned());
        assert_eq!(code.as_deref(), expected, "{id}: {error}");
    }
}
