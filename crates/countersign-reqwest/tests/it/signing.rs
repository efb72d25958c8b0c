use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use countersign_client::{
    Body, Client, ClockOffsets, Consumer, Credentials, Origin, RedirectPolicy, Stamp, Token,
};
use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_reqwest::{
    Clock, CredentialSource, NeedsReauthorisation, Signing, SigningError, SourceError, client,
};
use countersign_signature::{Method, Placement};
use reqwest_middleware::ClientWithMiddleware;

use crate::script::{Script, answer, value};

fn credentials_of(token: &str) -> Credentials {
    let consumer = Consumer::hmac("key", Secret::new("consumer canary"));
    let client = Client::new(consumer, Method::HMAC_SHA1).unwrap();
    let token = Token::new(token, Secret::new("token canary"));
    client.with_token(&token).unwrap()
}

fn signing(url: &str) -> Signing {
    Signing::new(credentials_of("token"), url).unwrap()
}

fn made<S: CredentialSource>(signing: Signing<S>) -> ClientWithMiddleware {
    client(reqwest::Client::builder().no_proxy(), signing).unwrap()
}

#[tokio::test]
async fn a_request_to_another_origin_is_not_sent() {
    let ours = Script::serve(vec![]).await;
    let other = Script::serve(vec![answer(200, &[], "")]).await;
    let client = made(signing(&ours.url));
    let error = client.get(&other.url).send().await.unwrap_err();
    let reqwest_middleware::Error::Middleware(error) = error else {
        panic!("{error:?}");
    };
    let error = error.downcast_ref::<SigningError>().unwrap();
    assert!(matches!(error, SigningError::OtherOrigin));
    assert!(other.asked().is_empty());

    let both = signing(&ours.url).with_origin(&other.url).unwrap();
    assert_eq!(
        made(both).get(&other.url).send().await.unwrap().status(),
        200
    );
}

/// H59: nothing is sent to where a redirect leads away, whatever the builder says.
#[tokio::test]
async fn h59_no_redirect_carries_a_signature_away() {
    for status in [301, 302, 303, 307, 308] {
        let evil = Script::serve(vec![answer(200, &[], "caught")]).await;
        let host = evil.url.strip_prefix("http:").unwrap().to_owned();
        for location in [evil.url.as_str(), host.as_str()] {
            let ours = Script::serve(vec![answer(status, &[("location", location)], "")]).await;
            let signing = signing(&ours.url).with_redirects(RedirectPolicy::SameOrigin { most: 5 });
            let follows = reqwest::redirect::Policy::limited(10);
            let builder = reqwest::Client::builder().no_proxy().redirect(follows);
            let client = client(builder, signing).unwrap();
            let response = client.get(&ours.url).send().await.unwrap();
            assert_eq!(response.status(), status, "delivered as it came");
            assert_eq!(ours.asked().len(), 1);
        }
        assert!(evil.asked().is_empty());
    }
}

#[tokio::test]
async fn a_redirect_within_the_origin_is_signed_anew() {
    let answers = || {
        vec![
            answer(307, &[("location", "/second?page=2")], ""),
            answer(303, &[("location", "third")], ""),
            answer(200, &[], "done"),
        ]
    };
    let server = Script::serve(answers()).await;
    let follow = signing(&server.url).with_redirects(RedirectPolicy::SameOrigin { most: 5 });
    let request = made(follow)
        .post(format!("{}/first", server.url))
        .form(&[("a", "b")]);
    assert_eq!(request.send().await.unwrap().text().await.unwrap(), "done");
    let asked = server.asked();
    let starts = ["POST /first ", "POST /second?page=2 ", "GET /third "];
    for (request, start) in asked.iter().zip(starts) {
        assert!(request.starts_with(start), "{request}");
        assert_eq!(request.ends_with("a=b"), start.starts_with("POST"));
    }
    let nonces: Vec<&str> = asked
        .iter()
        .map(|request| value(request, "oauth_nonce"))
        .collect();
    assert!(nonces[0] != nonces[1] && nonces[1] != nonces[2]);
    assert!(!asked[2].to_lowercase().contains("content-type"));

    // At first, a redirect is delivered.
    let server = Script::serve(answers()).await;
    let response = made(signing(&server.url))
        .get(&server.url)
        .send()
        .await
        .unwrap();
    assert_eq!((response.status().as_u16(), server.asked().len()), (307, 1));
}

#[tokio::test]
async fn parameters_go_where_they_belong() {
    let server = Script::serve(vec![answer(200, &[], ""); 2]).await;
    let consumer = || Consumer::hmac("key", Secret::new("consumer canary"));
    let in_query = Client::new(consumer(), Method::HMAC_SHA1)
        .unwrap()
        .with_placement(Placement::Query);
    let signing = Signing::new(in_query.without_token().unwrap(), &server.url).unwrap();
    let url = format!("{}/a?q=a+b&q=%2B'", server.url);
    made(signing).get(&url).send().await.unwrap();
    let in_body = Client::new(consumer(), Method::HMAC_SHA1)
        .unwrap()
        .with_placement(Placement::Body);
    let signing = Signing::new(in_body.without_token().unwrap(), &server.url).unwrap();
    let form = made(signing).post(&server.url).form(&[("a", "b c")]);
    form.send().await.unwrap();

    let asked = server.asked();
    assert!(
        asked[0].starts_with("GET /a?q=a+b&q=%2B%27&oauth_consumer_key=key&"),
        "{}",
        asked[0]
    );
    assert!(
        asked[1].contains("\r\n\r\na=b+c&oauth_consumer_key=key&"),
        "{}",
        asked[1]
    );
    assert!(!asked.concat().contains("uthorization: "));
}

/// What is on the wire is signed: up to HTTP/1.1 the `Host` field, then the authority of the URL, which
/// is sent as `:authority`.
#[tokio::test]
async fn the_host_that_is_sent_is_signed() {
    /// Keeps the head of a request, and answers it.
    #[derive(Clone, Default)]
    struct Kept(Arc<std::sync::Mutex<http::HeaderMap>>);

    #[async_trait::async_trait]
    impl reqwest_middleware::Middleware for Kept {
        async fn handle(
            &self,
            request: reqwest::Request,
            _: &mut http::Extensions,
            _: reqwest_middleware::Next<'_>,
        ) -> reqwest_middleware::Result<reqwest::Response> {
            self.0.lock().unwrap().clone_from(request.headers());
            Ok(http::Response::new("").into())
        }
    }

    for (version, host, signed) in [
        (http::Version::HTTP_11, None, "api.example.com:8443"),
        (
            http::Version::HTTP_11,
            Some("other.example"),
            "other.example",
        ),
        (http::Version::HTTP_2, None, "api.example.com:8443"),
        (
            http::Version::HTTP_2,
            Some("other.example"),
            "api.example.com:8443",
        ),
        (
            http::Version::HTTP_3,
            Some("other.example"),
            "api.example.com:8443",
        ),
    ] {
        let url = "https://api.example.com:8443/v1/items?page=2";
        let kept = Kept::default();
        let builder = reqwest::Client::builder().no_proxy();
        let client = countersign_reqwest::builder(builder, signing(url)).unwrap();
        let mut request = client.with(kept.clone()).build().get(url).version(version);
        if let Some(host) = host {
            request = request.header("host", host);
        }
        request.send().await.unwrap();
        let headers = kept.0.lock().unwrap();
        let sent = headers["authorization"].to_str().unwrap();
        let (timestamp, nonce) = (value(sent, "oauth_timestamp"), value(sent, "oauth_nonce"));
        let now = UnixTime::from_seconds(timestamp.parse().unwrap());
        let expected = http::Request::get(format!("https://{signed}/v1/items?page=2"));
        let expected = credentials_of("token").sign(
            &expected.body(()).unwrap(),
            Body::EMPTY,
            Stamp::new(now, nonce),
        );
        let expected = expected.unwrap();
        assert_eq!(Some(sent), expected.authorization(), "{version:?} {host:?}");
    }
}

#[tokio::test]
async fn the_clock_is_corrected_once_and_for_this_origin() {
    let refused = |range: &str| {
        let body = format!("oauth_problem=timestamp_refused&oauth_acceptable_timestamps={range}");
        answer(401, &[], &body)
    };
    let local = countersign_clock::system::now().seconds();
    let hour_later = format!("{}-{}", local + 3300, local + 3900);
    let server = Script::serve(vec![
        refused(&hour_later),
        answer(200, &[], "a"),
        answer(200, &[], "b"),
    ])
    .await;
    let clock = Clock::new(ClockOffsets::new());
    let client = made(signing(&server.url).with_clock(clock.clone()));
    let first = client
        .post(&server.url)
        .form(&[("a", "b")])
        .send()
        .await
        .unwrap();
    assert_eq!(first.text().await.unwrap(), "a");
    client.get(&server.url).send().await.unwrap();
    let ahead: Vec<bool> = server
        .asked()
        .iter()
        .map(|request| value(request, "oauth_timestamp").parse::<i64>().unwrap() > local + 1800)
        .collect();
    assert_eq!(ahead, [false, true, true]);
    let origin = Origin::of(&server.url.parse().unwrap()).unwrap();
    let stored = clock.offsets().get(&origin).unwrap().seconds();
    assert!((3595..=3605).contains(&stored), "{stored}");

    // A year is more than any clock is off, and twice is once too often.
    let year = format!("{}-{}", local + 31_536_000, local + 31_536_600);
    let hostile = Script::serve(vec![
        refused(&year),
        refused(&hour_later),
        refused(&hour_later),
    ]);
    let hostile = hostile.await;
    let client = made(signing(&hostile.url));
    assert_eq!(client.get(&hostile.url).send().await.unwrap().status(), 401);
    assert_eq!(hostile.asked().len(), 1);
    let refused = client.get(&hostile.url).send().await.unwrap();
    assert_eq!(hostile.asked().len(), 3);
    assert!(
        refused
            .text()
            .await
            .unwrap()
            .starts_with("oauth_problem=timestamp_refused")
    );
}

#[tokio::test]
async fn only_a_safe_request_is_sent_with_another_nonce() {
    let used = answer(401, &[], "oauth_problem=nonce_used");
    let server = Script::serve(vec![used.clone(), answer(200, &[], ""), used]).await;
    let client = made(signing(&server.url));
    assert_eq!(client.get(&server.url).send().await.unwrap().status(), 200);
    let asked = server.asked();
    assert_ne!(
        value(&asked[0], "oauth_nonce"),
        value(&asked[1], "oauth_nonce")
    );
    assert_eq!(client.post(&server.url).send().await.unwrap().status(), 401);
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn patience_has_to_be_asked_for() {
    let busy = answer(429, &[("retry-after", "0")], "");
    let long = answer(429, &[("retry-after", "2")], "");
    let server = Script::serve(vec![busy, answer(200, &[], ""), long]).await;
    let client = made(signing(&server.url).with_patience(1));
    assert_eq!(client.get(&server.url).send().await.unwrap().status(), 200);
    assert_eq!(client.get(&server.url).send().await.unwrap().status(), 429);
    assert_eq!(server.asked().len(), 3);
}

/// A store with a next token, or without one.
struct Store {
    next: Option<&'static str>,
    renewals: Arc<AtomicUsize>,
}

impl CredentialSource for Store {
    async fn current(&self) -> Result<Arc<Credentials>, SourceError> {
        Ok(Arc::new(credentials_of("first")))
    }

    async fn renewed(
        &self,
        _refused: &Arc<Credentials>,
    ) -> Result<Option<Arc<Credentials>>, SourceError> {
        self.renewals.fetch_add(1, Ordering::SeqCst);
        Ok(self.next.map(|token| Arc::new(credentials_of(token))))
    }

    async fn reread(
        &self,
        refused: &Arc<Credentials>,
    ) -> Result<Option<Arc<Credentials>>, SourceError> {
        let next = self.next.filter(|next| refused.token() != Some(next));
        Ok(next.map(|next| Arc::new(credentials_of(next))))
    }
}

#[tokio::test]
async fn an_expired_token_is_renewed_and_a_rejected_one_read_again() {
    for problem in ["token_expired", "token_rejected"] {
        let refused = answer(401, &[], &format!("oauth_problem={problem}"));
        let twice = vec![refused.clone(), refused.clone(), refused];
        for (next, answers, status, tokens) in [
            (
                Some("second"),
                vec![twice[0].clone(), answer(200, &[], "")],
                200,
                vec!["first", "second"],
            ),
            (Some("second"), twice.clone(), 401, vec!["first", "second"]),
            (None, twice, 401, vec!["first"]),
        ] {
            let server = Script::serve(answers).await;
            let renewals = Arc::new(AtomicUsize::new(0));
            let store = Store {
                next,
                renewals: Arc::clone(&renewals),
            };
            let client = made(Signing::with_source(store, &server.url).unwrap());
            let response = client
                .post(&server.url)
                .form(&[("a", "b")])
                .send()
                .await
                .unwrap();
            assert_eq!(response.status(), status);
            let asked = server.asked();
            let sent: Vec<&str> = asked
                .iter()
                .map(|request| value(request, "oauth_token"))
                .collect();
            assert_eq!(sent, tokens, "{problem}");
            assert_eq!(
                renewals.load(Ordering::SeqCst),
                usize::from(problem == "token_expired")
            );
            let lost = response
                .extensions()
                .get::<NeedsReauthorisation>()
                .is_some();
            // After a renewal, an expired token is a riddle, but no lost grant.
            assert_eq!(
                lost,
                status == 401 && !(problem == "token_expired" && next.is_some())
            );
        }
    }
}

/// A token that was found at the second look and is rejected as well is a loss: the source hears of it.
#[tokio::test]
async fn a_successor_that_is_rejected_too_is_told() {
    #[derive(Clone, Default)]
    struct Told(Arc<std::sync::Mutex<Vec<String>>>);

    impl CredentialSource for Told {
        async fn current(&self) -> Result<Arc<Credentials>, SourceError> {
            Ok(Arc::new(credentials_of("first")))
        }

        async fn renewed(
            &self,
            _refused: &Arc<Credentials>,
        ) -> Result<Option<Arc<Credentials>>, SourceError> {
            Ok(None)
        }

        async fn reread(
            &self,
            refused: &Arc<Credentials>,
        ) -> Result<Option<Arc<Credentials>>, SourceError> {
            let refused = refused.token().unwrap().to_owned();
            let next = (refused == "first").then(|| Arc::new(credentials_of("second")));
            self.0.lock().unwrap().push(refused);
            Ok(next)
        }
    }

    let rejected = answer(401, &[], "oauth_problem=token_rejected");
    let server = Script::serve(vec![rejected.clone(), rejected]).await;
    let source = Told::default();
    let signing = Signing::with_source(source.clone(), &server.url).unwrap();
    let response = made(signing).get(&server.url).send().await.unwrap();
    assert_eq!(response.status(), 401);
    let lost = response.extensions().get::<NeedsReauthorisation>().unwrap();
    assert_eq!(lost.code().as_str(), "token_rejected");
    assert_eq!(server.asked().len(), 2);
    assert_eq!(*source.0.lock().unwrap(), ["first", "second"]);
}

#[tokio::test]
async fn no_source_no_request() {
    struct Nothing;
    impl CredentialSource for Nothing {
        async fn current(&self) -> Result<Arc<Credentials>, SourceError> {
            Err(SourceError::new("the store is closed"))
        }
        async fn renewed(
            &self,
            _refused: &Arc<Credentials>,
        ) -> Result<Option<Arc<Credentials>>, SourceError> {
            Ok(None)
        }
        async fn reread(
            &self,
            _refused: &Arc<Credentials>,
        ) -> Result<Option<Arc<Credentials>>, SourceError> {
            Ok(None)
        }
    }
    let server = Script::serve(vec![answer(200, &[], "")]).await;
    let client = made(Signing::with_source(Nothing, &server.url).unwrap());
    assert!(client.get(&server.url).send().await.is_err());
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn no_error_shows_a_secret_or_a_signed_address() {
    let consumer = Consumer::dangerous_plaintext("key", Secret::new("consumer-canary"));
    let plaintext = Client::new(consumer, Method::dangerous_plaintext())
        .unwrap()
        .with_placement(Placement::Query);
    // Nobody listens there.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let signing = Signing::new(plaintext.without_token().unwrap(), &url).unwrap();
    let shown = format!("{signing:?}");
    let error = made(signing).get(&url).send().await.unwrap_err();
    assert!(!format!("{shown} {error:?} {error}").contains("canary"));

    // Nor does an answer, or an error that somebody makes of it.
    for status in [200, 500, 404] {
        let server = Script::serve(vec![answer(status, &[], "body")]).await;
        let signing = Signing::new(plaintext.without_token().unwrap(), &server.url).unwrap();
        let url = format!("{}/?a=b", server.url);
        let response = made(signing).get(&url).send().await.unwrap();
        assert!(server.asked()[0].contains("consumer-canary"));
        assert_eq!(response.url().as_str(), url);
        let shown = format!("{response:?} {:?}", response.error_for_status_ref());
        assert!(!shown.contains("canary"), "{shown}");
        assert_eq!(response.text().await.unwrap(), "body");
    }
}

/// What was served is told, also where the way that it points to can't be signed.
#[tokio::test]
async fn an_answer_is_not_lost_to_a_redirect_that_can_not_be_signed() {
    let see = answer(303, &[("location", "/done")], "created");
    let server = Script::serve(vec![see, answer(200, &[], "")]).await;
    let consumer = Consumer::hmac("key", Secret::new("secret"));
    let in_form = Client::new(consumer, Method::HMAC_SHA1)
        .unwrap()
        .with_placement(Placement::Body);
    let credentials = in_form.without_token().unwrap();
    let signing = Signing::new(credentials, &server.url)
        .unwrap()
        .with_redirects(RedirectPolicy::SameOrigin { most: 3 });
    let post = made(signing).post(&server.url).form(&[("a", "b")]);
    assert_eq!(post.send().await.unwrap().status(), 303);
    assert_eq!(server.asked().len(), 1);
}

/// One signature is sent once, whatever the builder says.
#[tokio::test]
async fn reqwest_sends_nothing_again_by_itself() {
    let answers = vec![answer(503, &[], ""), answer(200, &[], "")];
    let server = Script::serve(answers).await;
    let host = server.url.strip_prefix("http://").unwrap();
    let host = host.split(':').next().unwrap().to_owned();
    let again = reqwest::retry::for_host(host)
        .no_budget()
        .classify_fn(|answer| match answer.status() {
            Some(status) if status.is_server_error() => answer.retryable(),
            _ => answer.success(),
        });
    let builder = reqwest::Client::builder().no_proxy().retry(again);
    let client = client(builder, signing(&server.url)).unwrap();
    assert_eq!(client.get(&server.url).send().await.unwrap().status(), 503);
    assert_eq!(server.asked().len(), 1);
}
