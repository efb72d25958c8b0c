use countersign_client::{
    AnswerError, Callback, Client, Consumer, Renewal, Service, SessionState, Start, Token,
};
use countersign_key::Secret;
use countersign_reqwest::{Clock, Driver, DriverError, Signing, client};
use countersign_signature::Method;

use crate::script::{Script, answer, endless};

fn signer() -> Client {
    let consumer = Consumer::hmac("key", Secret::new("consumer secret"));
    Client::new(consumer, Method::HMAC_SHA1).unwrap()
}

fn driver() -> Driver {
    Driver::new(reqwest::Client::builder().no_proxy(), Clock::default()).unwrap()
}

fn renewal(server: &Script) -> Renewal {
    let service = Service::token_only(&format!("{}/access", server.url)).unwrap();
    let token = Token::new("token", Secret::new("secret"));
    Renewal::new(&signer(), &service, &token, &Secret::new("handle")).unwrap()
}

/// H60: of an answer without end, 64 KiB and what is on the way are read.
#[tokio::test]
async fn h60_an_endless_answer_is_read_up_to_the_bound() {
    let start = "oauth_token=a&oauth_token_secret=s&x=";
    let server = Script::serve(vec![endless(200, start)]).await;
    let error = driver().renew(&renewal(&server)).await.unwrap_err();
    assert!(
        matches!(error, DriverError::Answer(AnswerError::TooLong)),
        "{error:?}"
    );

    let server = Script::serve(vec![endless(401, "oauth_problem=token_rejected&x=")]).await;
    let credentials = signer().without_token().unwrap();
    let signing = Signing::new(credentials, &server.url).unwrap();
    let client = client(reqwest::Client::builder().no_proxy(), signing).unwrap();
    let mut response = client.get(&server.url).send().await.unwrap();
    // What follows is the caller's to read, from the first byte on.
    let first = response.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b"oauth_problem=token_rejected&x="));
    drop(response);
    // The buffers of two sockets, and no gigabyte.
    assert!(server.sent() < 32 << 20, "{}", server.sent());
}

#[tokio::test]
async fn answers_of_token_endpoints_are_whole_or_none() {
    let token = "oauth_token=a&oauth_token_secret=s";
    let gzip = [("content-encoding", "gzip")];
    let away = [("location", "http://127.0.0.1:1/")];
    for (answered, expected) in [
        (answer(200, &[], token), None),
        (answer(200, &[], "<html>"), Some("NoForm")),
        (answer(200, &gzip, token), Some("Compressed")),
        (answer(307, &away, ""), Some("Redirected")),
        (
            answer(502, &[], "oauth_problem=token_rejected"),
            Some("Fault"),
        ),
        (
            answer(401, &[], "oauth_problem=token_rejected"),
            Some("Refused"),
        ),
    ] {
        let server = Script::serve(vec![answered]).await;
        let renewed = driver().renew(&renewal(&server)).await;
        assert_eq!(server.asked().len(), 1, "a renewal is sent once");
        match (renewed, expected) {
            (Ok(token), None) => assert_eq!(token.token().token(), "a"),
            (Err(DriverError::Answer(error)), Some(name)) => {
                assert!(format!("{error:?}").starts_with(name), "{error:?}");
                assert_eq!(error.refusal().is_some(), name == "Refused");
            }
            (outcome, expected) => panic!("{outcome:?}, not {expected:?}"),
        }
    }
}

#[tokio::test]
async fn a_refused_timestamp_is_mended_in_a_flow_too() {
    let later = countersign_clock::system::now().seconds() + 3600;
    let range = format!("{}-{}", later - 300, later + 300);
    let refused = format!("oauth_problem=timestamp_refused&oauth_acceptable_timestamps={range}");
    let given = "oauth_token=a&oauth_token_secret=s&oauth_callback_confirmed=true";
    let server = Script::serve(vec![answer(401, &[], &refused), answer(200, &[], given)]).await;
    let service = Service::new(
        &format!("{}/request", server.url),
        &format!("{}/authorize", server.url),
        &format!("{}/access", server.url),
    )
    .unwrap();
    let state = SessionState::from_kept("state");
    let start = Start::new(&signer(), &service, Callback::out_of_band(), &state).unwrap();
    let pending = driver().begin(&start).await.unwrap();
    assert_eq!(pending.token().token(), "a");
    assert_eq!(server.asked().len(), 2);
    assert!(
        server.asked()[0]
            .to_lowercase()
            .contains("accept-encoding: identity")
    );
}
