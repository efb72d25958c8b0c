use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_problem::ProblemCode;
use countersign_signature::{Method, Placement};
use http::Response;
use proptest::prelude::*;

use super::{Callback, CallbackError, Pending, Renewal, SessionState, Start, XAuth};
use crate::{AnswerError, Client, Consumer, Service, Stamp, Token};

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
const KEPT: &str = "2ZgzTbq0qdVYkBnb";

fn client() -> Client {
    let consumer = Consumer::hmac("key", Secret::new("consumer secret"));
    Client::new(consumer, Method::HMAC_SHA1).unwrap()
}

fn service() -> Service {
    Service::new(
        "https://a.example/request",
        "https://a.example/authorize?lang=en",
        "https://a.example/access",
    )
    .unwrap()
}

fn state() -> SessionState {
    SessionState::from_kept(KEPT)
}

fn stamp() -> Stamp<'static> {
    Stamp::new(NOW, "nonce")
}

fn pending_with(callback: Callback) -> Pending {
    let token = Token::new("temp=", Secret::new("temporary secret"));
    Pending::new(&client(), &service(), &callback, token, &state())
}

fn pending() -> Pending {
    pending_with(Callback::to("https://app.example.com/ready").unwrap())
}

fn header(request: &http::Request<Vec<u8>>) -> &str {
    request.headers()["authorization"].to_str().unwrap()
}

#[test]
fn each_step_sends_its_parameters() {
    let callback = Callback::to("https://app.example.com/ready").unwrap();
    let start = Start::new(&client(), &service(), callback, &state())
        .unwrap()
        .with_parameter("scope", "read write");
    let request = start.request(stamp()).unwrap();
    assert_eq!(
        (request.method().as_str(), request.body().as_slice()),
        ("POST", &b"scope=read%20write"[..])
    );
    assert_eq!(
        request.headers()["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert!(header(&request).contains("oauth_callback=\"https%3A%2F%2Fapp.example.com%2Fready\""));
    assert!(!header(&request).contains("oauth_token"));

    let pending = pending();
    assert_eq!(
        pending.authorization_url(&[("perms", "a&b")]).unwrap(),
        "https://a.example/authorize?lang=en&oauth_token=temp%3D&perms=a%26b"
    );
    let approved = pending
        .come_back(
            "https://app.example.com/ready?oauth_token=temp%3D&oauth_verifier=v",
            &state(),
        )
        .unwrap();
    let request = approved.request(stamp()).unwrap();
    assert!(header(&request).contains("oauth_token=\"temp%3D\", oauth_verifier=\"v\""));

    let token = Token::new("token", Secret::new("token secret"));
    let renewal = Renewal::new(&client(), &service(), &token, &Secret::new("handle")).unwrap();
    let request = renewal.request(stamp()).unwrap();
    assert!(header(&request).contains("oauth_session_handle=\"handle\""));
}

#[test]
fn parameters_go_where_the_provider_takes_them() {
    let state = state();
    let request = |placement| {
        let client = client().with_placement(placement);
        let start = Start::new(&client, &service(), Callback::out_of_band(), &state).unwrap();
        start.request(stamp()).unwrap()
    };
    let query = request(Placement::Query);
    assert_eq!(query.method(), "GET");
    assert!(query.uri().query().unwrap().contains("oauth_callback=oob&"));
    assert!(query.body().is_empty() && query.headers().is_empty());
    let body = request(Placement::Body);
    assert!(body.body().starts_with(b"oauth_callback=oob&"));
    assert_eq!(body.uri().query(), None);

    // A password is never in an address.
    let client = client().with_placement(Placement::Query);
    let login = XAuth::new(&client, &service(), "jane", Secret::new("pass word")).unwrap();
    let request = login.request(stamp()).unwrap();
    assert!(!request.uri().to_string().contains("pass"));
    assert!(request.body().ends_with(b"x_auth_password=pass%20word"));
}

#[test]
fn an_unconfirmed_callback_ends_the_flow() {
    let start = Start::new(&client(), &service(), Callback::out_of_band(), &state()).unwrap();
    let body = "oauth_token=temp&oauth_token_secret=s";
    let error = start.read(&Response::new(body)).unwrap_err();
    assert!(matches!(error, AnswerError::NotConfirmed));
    let confirmed = format!("{body}&oauth_callback_confirmed=true");
    assert_eq!(
        start
            .read(&Response::new(confirmed))
            .unwrap()
            .token()
            .token(),
        "temp"
    );
}

#[test]
fn a_callback_belongs_to_one_session_and_one_token() {
    let pending = pending();
    let good = "/ready?oauth_token=temp%3D&oauth_verifier=hfdp7dh39dks9884";
    assert!(pending.come_back(good, &state()).is_ok());
    for kept in [
        "",
        "2ZgzTbq0qdVYkBn",
        "2ZgzTbq0qdVYkBnb ",
        "2zgztbq0qdvykbnb",
    ] {
        let outcome = pending.come_back(good, &SessionState::from_kept(kept));
        assert_eq!(outcome.unwrap_err(), CallbackError::OtherSession, "{kept}");
    }
    // A flow without a state matches nobody, not even nobody.
    let token = pending.token().clone();
    let callback = Callback::out_of_band();
    let nobody = SessionState::from_kept("");
    let stateless = Pending::new(&client(), &service(), &callback, token, &nobody);
    assert_eq!(
        stateless.come_back(good, &nobody).unwrap_err(),
        CallbackError::OtherSession
    );
}

#[test]
fn a_callback_says_what_it_says() {
    let problem = |code: &str| CallbackError::Problem {
        code: ProblemCode::parse(code).unwrap(),
    };
    let pending = pending();
    for (query, error) in [
        ("", CallbackError::OtherToken),
        ("oauth_verifier=v", CallbackError::OtherToken),
        (
            "oauth_token=other&oauth_verifier=v",
            CallbackError::OtherToken,
        ),
        ("oauth_token=temp%3D", CallbackError::NoVerifier),
        (
            "oauth_token=temp%3D&oauth_verifier=",
            CallbackError::NoVerifier,
        ),
        (
            "oauth_token=temp%3D&oauth_verifier=denied",
            CallbackError::Denied,
        ),
        ("denied=temp%3D", CallbackError::Denied),
        ("denied=other", CallbackError::OtherToken),
        (
            "oauth_token=temp%3D&denied=temp%3D&oauth_verifier=v",
            CallbackError::Denied,
        ),
        ("oauth_problem=user_refused", CallbackError::Denied),
        (
            "oauth_token=temp%3D&oauth_problem=permission_denied",
            CallbackError::Denied,
        ),
        (
            "oauth_token=other&oauth_problem=user_refused",
            CallbackError::OtherToken,
        ),
        (
            "oauth_problem=token_expired&oauth_token=temp%3D",
            problem("token_expired"),
        ),
        (
            "oauth_token=temp%3D&oauth_token=other&oauth_verifier=v",
            CallbackError::Repeated {
                name: "oauth_token",
            },
        ),
        (
            "oauth_token=temp%3D&oauth_verifier=v&oauth_verifier=w",
            CallbackError::Repeated {
                name: "oauth_verifier",
            },
        ),
        (
            "oauth_token=temp%3D&oauth_verifier=%FF",
            CallbackError::NotText,
        ),
    ] {
        let outcome = pending.come_back(&format!("/ready?{query}"), &state());
        assert_eq!(outcome.unwrap_err(), error, "{query}");
    }
    let long = format!("oauth_token=temp%3D&oauth_verifier={}", "v".repeat(9000));
    assert_eq!(
        pending.come_back(&long, &state()).unwrap_err(),
        CallbackError::TooLong
    );
    let broken = pending
        .come_back("oauth_token=temp%3", &state())
        .unwrap_err();
    assert!(matches!(broken, CallbackError::Encoding(_)));
    // None of them has used anything up.
    assert!(
        pending
            .come_back("oauth_verifier=v&oauth_token=temp%3D&x=%zz", &state())
            .is_ok()
    );
}

#[test]
fn a_state_in_the_address_has_to_come_back() {
    let callback = Callback::to("https://app.example.com/ready?a=b")
        .unwrap()
        .with_state_parameter("state");
    let start = Start::new(&client(), &service(), callback.clone(), &state()).unwrap();
    let request = start.request(stamp()).unwrap();
    assert!(header(&request).contains(&format!("ready%3Fa%3Db%26state%3D{KEPT}\"")));

    let pending = pending_with(callback);
    let come_back = |query: &str| pending.come_back(query, &state());
    let good = "oauth_token=temp%3D&oauth_verifier=v";
    assert!(come_back(&format!("{good}&state={KEPT}")).is_ok());
    for query in [
        good.to_owned(),
        format!("{good}&state=other"),
        format!("{good}&state="),
    ] {
        assert_eq!(
            come_back(&query).unwrap_err(),
            CallbackError::OtherSession,
            "{query}"
        );
    }
}

#[test]
fn a_verifier_that_the_user_brings() {
    let pending = pending_with(Callback::out_of_band());
    let request = pending
        .with_verifier(" 7d8f3\n")
        .unwrap()
        .request(stamp())
        .unwrap();
    assert!(header(&request).contains("oauth_verifier=\"7d8f3\""));
    assert_eq!(
        pending.with_verifier(" ").unwrap_err(),
        CallbackError::NoVerifier
    );
}

#[test]
fn callbacks_are_addresses() {
    for good in [
        "https://a.example/b?c=d",
        "http://127.0.0.1:8080/",
        "myapp://ready",
    ] {
        assert!(Callback::to(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "oob",
        "javascript:alert(1)",
        "https://",
        "://x",
        "https://a/#b",
        "https://a\\b",
        "ht tp://a",
        "https://a b",
        "1x://a",
    ] {
        assert!(Callback::to(bad).is_err(), "{bad}");
    }
}

#[test]
fn nothing_shows_a_secret() {
    let approved = pending().come_back("oauth_token=temp%3D&oauth_verifier=canary", &state());
    let shown = format!("{:?} {approved:?} {:?}", pending(), pending().state());
    for secret in ["canary", KEPT, "temporary secret", "consumer secret"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

proptest! {
    /// Whatever comes back, an approval has the token, and the verifier that was sent.
    #[test]
    fn forged_callbacks(query in "[a-z_=&%?#+0-9D]{0,50}", good in any::<bool>()) {
        let query = if good { format!("oauth_token=temp%3D&{query}") } else { query };
        if let Ok(approved) = pending().come_back(&query, &state()) {
            prop_assert!(query.contains("oauth_verifier=") && query.contains("temp%3D"));
            prop_assert!(approved.request(stamp()).is_ok());
        }
    }
}
