//! The token endpoints as a service.

use bytes::Bytes;
use countersign_clock::UnixTime;
use countersign_provider::Approver;
use countersign_store::NonceStore;
use http::Request;
use http_body::Body;
use http_body_util::{Empty, Full};
use tower::ServiceExt as _;

use crate::support::{
    Answer, CONSUMER, Client, FORM, FailingNonces, NOW, SECRET, Setup, Step, TestBody, Unsigned,
};

async fn ask<N, B>(setup: &Setup<N>, request: Request<B>) -> Answer
where
    N: NonceStore + 'static,
    B: Body<Data = Bytes> + Send + 'static,
{
    let service = setup.site.token_endpoints();
    Answer::read(service.oneshot(request).await.unwrap()).await
}

fn values(answer: &Answer) -> Vec<(&str, &str)> {
    let pairs = answer.body.split('&');
    pairs.map(|pair| pair.split_once('=').unwrap()).collect()
}

fn value<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let found = values(answer).into_iter().find(|(known, _)| *known == name);
    found
        .unwrap_or_else(|| panic!("no {name} in {}", answer.body))
        .1
}

#[tokio::test]
async fn from_nothing_to_a_resource() {
    for (first, second) in [
        ("/oauth/RequestToken", "/oauth/AccessToken"),
        ("/oauth/request_token", "/oauth/access_token"),
    ] {
        let setup = Setup::new().await;
        let unsigned = Unsigned {
            callback: Some("oob"),
            ..Unsigned::post(first, FORM, b"")
        };
        let request = setup.client().request(&unsigned, Empty::<Bytes>::new());
        let temporary = ask(&setup, request).await;
        assert_eq!(temporary.status, 200, "{}", temporary.body);
        assert_eq!(temporary.header("content-type"), Some(FORM));
        assert_eq!(value(&temporary, "oauth_callback_confirmed"), "true");
        let token = value(&temporary, "oauth_token");
        let approver = Approver::new("ann", "Demo Company", "standard");
        let approval = setup
            .site
            .provider()
            .approve(token, approver, UnixTime::from_seconds(NOW))
            .await
            .unwrap();

        let secret = value(&temporary, "oauth_token_secret");
        let client = Client::hmac_with_token(CONSUMER, SECRET, token, secret);
        let unsigned = Unsigned {
            verifier: Some(approval.verifier.expose_secret()),
            ..Unsigned::get(second)
        };
        let access = ask(&setup, client.request(&unsigned, Empty::<Bytes>::new())).await;
        assert_eq!(access.status, 200, "{}", access.body);
        assert_eq!(value(&access, "oauth_expires_in"), "1800");

        let token = value(&access, "oauth_token");
        let secret = value(&access, "oauth_token_secret");
        let client = Client::hmac_with_token(CONSUMER, SECRET, token, secret);
        let request = client.request(&Unsigned::get("/photos"), Empty::<Bytes>::new());
        assert_eq!(setup.ask(request).await.status, 200);
    }
}

#[tokio::test]
async fn other_paths_and_methods_are_not_served() {
    let setup = Setup::new().await;
    for (method, path, status) in [
        ("GET", "/oauth/requesttoken", 404),
        ("POST", "/oauth/RequestToken/", 404),
        ("PUT", "/oauth/RequestToken", 405),
        ("DELETE", "/oauth/access_token", 405),
        ("GET", "/oauth/RequestToken", 401),
        ("POST", "/oauth/AccessToken?x=y", 401),
    ] {
        let request = Request::builder().method(method).uri(path);
        let answer = ask(&setup, request.body(Empty::<Bytes>::new()).unwrap()).await;
        assert_eq!(answer.status, status, "{method} {path}");
        let allowed = (status == 405).then_some("GET, POST");
        assert_eq!(answer.header("allow"), allowed);
        let challenge = (status == 401).then_some("OAuth realm=\"Photos\"");
        assert_eq!(answer.header("www-authenticate"), challenge);
    }
}

#[tokio::test]
async fn faults_of_the_body_are_told_without_a_problem() {
    let setup = Setup::new().await;
    static MEGABYTE: [u8; 1024 * 1024] = [b'a'; 1024 * 1024];
    let long = TestBody::new([Step::Data(&MEGABYTE), Step::Data(b"b")]);
    let broken = TestBody::new([Step::Break]);
    for (body, status) in [(long, 413), (broken, 400)] {
        let unsigned = Unsigned::post("/oauth/RequestToken", FORM, b"");
        let answer = ask(&setup, setup.client().request(&unsigned, body)).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("www-authenticate"), None);
    }
    let actions: Vec<_> = setup
        .events
        .all()
        .iter()
        .map(|e| e.action.as_str())
        .collect();
    assert_eq!(actions, ["temporary_credentials", "temporary_credentials"]);
}

#[tokio::test]
async fn a_callback_is_due_and_must_be_registered() {
    let setup = Setup::new().await;
    let ask_for = async |callback| {
        let unsigned = Unsigned {
            callback,
            ..Unsigned::post("/oauth/RequestToken", FORM, b"a=b")
        };
        let request = setup.client().request(&unsigned, Full::from("a=b"));
        ask(&setup, request).await
    };
    let answer = ask_for(None).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.problem().as_deref(), Some("parameter_absent"));
    let answer = ask_for(Some("https://evil.example/")).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.problem().as_deref(), Some("parameter_rejected"));
}

#[tokio::test]
async fn a_failing_store_is_not_the_callers_fault() {
    let setup = Setup::with_nonces(FailingNonces).await;
    let unsigned = Unsigned {
        callback: Some("oob"),
        ..Unsigned::post("/oauth/RequestToken", FORM, b"")
    };
    let request = setup.client().request(&unsigned, Empty::<Bytes>::new());
    let answer = ask(&setup, request).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.header("www-authenticate"), None);
}
