//! The eight scenarios of the seed against the example application, over a socket: status,
//! challenge and body letter for letter, and the true cause in the trail.

use core::net::SocketAddr;
use std::sync::Arc;

use countersign_provider::{Origin, Settings};
use countersign_signature::Method;
use countersign_store::{ConsumerStore as _, Credential, Expected};
use countersign_test_support::clock::FakeClock;
use tokio::net::TcpListener;

use crate::app::{App, CALLBACK, Inputs, ORGANISATION, PARTNER, PRIVATE, PUBLIC, PUBLIC_SECRET};
use crate::http_world::{
    Answer, Call, FORM, Keys, NOW, Sent, Socket, Trail, certificate, exchange,
};

const NOT_AUTHORIZED: &str = "The%20access%20token%20has%20not%20been%20authorized%2C%20or%20has\
                              %20been%20revoked%20by%20the%20user";

/// The example, running.
struct Example {
    app: App,
    clock: Arc<FakeClock>,
    trail: Trail,
    socket: Socket,
    origin: String,
}

impl Example {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let origin = format!("http://{address}");
        let clock = Arc::new(FakeClock::at(NOW));
        let (hands, trail) = (Arc::clone(&clock), Trail::default());
        let app = App::new(Inputs {
            origin: Origin::parse(&origin).unwrap(),
            settings: Settings::default(),
            clock: Arc::new(move || hands.now()),
            audit: trail.clone(),
        })
        .await
        .unwrap();
        let socket = Socket::serve_on(listener, app.router());
        Self {
            app,
            clock,
            trail,
            socket,
            origin,
        }
    }

    async fn send(&self, sent: &Sent) -> Answer {
        Answer::read(&exchange(self.socket.address, &sent.bytes()).await).unwrap()
    }

    fn call(&self, consumer: &str, token: Option<(&str, &str)>, path: &str) -> Call {
        let (token, secret) = token.unwrap_or_default();
        let keys = match consumer {
            PUBLIC => Keys::secrets(PUBLIC_SECRET, secret),
            PARTNER => Keys::Rsa(Method::RSA_SHA1, "rsa2048-other.pkcs8.pem"),
            _ => Keys::Rsa(Method::RSA_SHA1, "rsa2048.pkcs8.pem"),
        };
        let call = Call::new(consumer, keys, "GET", path)
            .origin(&self.origin)
            .at(self.clock.now().seconds());
        if token.is_empty() {
            call
        } else {
            call.set("oauth_token", token)
        }
    }

    fn private(&self) -> Call {
        self.call(PRIVATE, Some((PRIVATE, "")), "/echo")
    }

    /// The flow of RFC 5849 section 2, through the example's own page.
    async fn connect(&self, consumer: &str, user: &str) -> Answer {
        let temporary = self
            .call(consumer, None, "/oauth/RequestToken")
            .set("oauth_callback", CALLBACK);
        let temporary = self.send(&temporary.sign()).await;
        let [token, secret] = pair(&temporary);
        let form = format!(
            "oauth_token={token}&user={user}&organisation=Demo+Company&role=standard&decision=approve"
        );
        let mut decision = self
            .call(consumer, None, "/oauth/Authorize")
            .body(FORM, form);
        decision.method = "POST";
        let decided = self.send(&decision.sign().without("authorization")).await;
        assert_eq!(decided.status, 303, "{decided:?}");
        let location = decided.field("location").unwrap();
        let (_, verifier) = location.split_once("oauth_verifier=").unwrap();
        let swap = self
            .call(consumer, Some((&token, &secret)), "/oauth/AccessToken")
            .set("oauth_verifier", verifier);
        let access = self.send(&swap.sign()).await;
        assert_eq!(access.status, 200, "{access:?}");
        access
    }

    async fn echo(&self, consumer: &str, access: &Answer) -> Answer {
        let [token, secret] = pair(access);
        let call = self.call(consumer, Some((&token, &secret)), "/echo");
        self.send(&call.sign()).await
    }

    async fn renew(&self, access: &Answer) -> Answer {
        let [token, secret] = pair(access);
        let call = self
            .call(PARTNER, Some((&token, &secret)), "/oauth/AccessToken")
            .set(
                "oauth_session_handle",
                access.parameter("oauth_session_handle").unwrap(),
            );
        self.send(&call.sign()).await
    }

    /// Letter for letter, in both places.
    fn assert_told(&self, answer: &Answer, status: u16, code: &str, advice: &str, cause: &str) {
        assert_eq!(answer.status, status);
        let challenge =
            format!("OAuth oauth_problem=\"{code}\", oauth_problem_advice=\"{advice}\"");
        assert_eq!(answer.field("www-authenticate"), Some(challenge.as_str()));
        let body = format!("oauth_problem={code}&oauth_problem_advice={advice}");
        assert_eq!(answer.body, body);
        self.assert_form(answer, cause);
    }

    fn assert_form(&self, answer: &Answer, cause: &str) {
        assert_eq!(answer.field("content-type"), Some(FORM));
        assert_eq!(self.trail.cause(), cause);
        assert_eq!(self.trail.events().last().unwrap().cause, Some(cause));
    }
}

fn pair(answer: &Answer) -> [String; 2] {
    ["oauth_token", "oauth_token_secret"].map(|name| answer.parameter(name).unwrap())
}

#[tokio::test]
async fn the_user_revoked_access() {
    let example = Example::start().await;
    let access = example.connect(PUBLIC, "ann").await;
    assert_eq!(example.echo(PUBLIC, &access).await.status, 200);
    assert!(example.app.disconnect(PUBLIC, ORGANISATION).await.unwrap());
    let answer = example.echo(PUBLIC, &access).await;
    example.assert_told(
        &answer,
        401,
        "token_rejected",
        NOT_AUTHORIZED,
        "revoked_by_user",
    );
}

#[tokio::test]
async fn the_role_of_the_user_changed_or_the_user_was_removed() {
    let example = Example::start().await;
    let access = example.connect(PUBLIC, "ann").await;
    // This one may still connect applications.
    let role = example
        .app
        .change_role("ann", ORGANISATION, "Financial Adviser");
    assert_eq!(role.await.unwrap(), 0);
    assert_eq!(example.echo(PUBLIC, &access).await.status, 200);
    let role = example.app.change_role("ann", ORGANISATION, "read only");
    assert_eq!(role.await.unwrap(), 1);
    let answer = example.echo(PUBLIC, &access).await;
    example.assert_told(
        &answer,
        401,
        "token_rejected",
        NOT_AUTHORIZED,
        "role_changed",
    );

    let access = example.connect(PUBLIC, "bob").await;
    assert_eq!(
        example.app.remove_user("bob", ORGANISATION).await.unwrap(),
        1
    );
    let answer = example.echo(PUBLIC, &access).await;
    example.assert_told(
        &answer,
        401,
        "token_rejected",
        NOT_AUTHORIZED,
        "user_removed",
    );
}

#[tokio::test]
async fn a_second_authentication_has_taken_place() {
    let example = Example::start().await;
    let first = example.connect(PUBLIC, "ann").await;
    let second = example.connect(PUBLIC, "bob").await;
    let answer = example.echo(PUBLIC, &first).await;
    example.assert_told(&answer, 401, "token_rejected", NOT_AUTHORIZED, "replaced");
    assert_eq!(example.echo(PUBLIC, &second).await.status, 200);
}

#[tokio::test]
async fn the_token_was_swapped_before() {
    let example = Example::start().await;
    let first = example.connect(PARTNER, "ann").await;
    let second = example.renew(&first).await;
    assert_eq!(second.status, 200, "{second:?}");
    let [token, _] = pair(&first);
    let answer = example.renew(&first).await;
    let advice = format!("Token%20{token}%20does%20not%20match%20an%20expected%20REQUEST%20token");
    example.assert_told(&answer, 401, "token_rejected", &advice, "superseded");
    let answer = example.echo(PARTNER, &first).await;
    let advice = advice.replace("REQUEST", "ACCESS");
    example.assert_told(&answer, 401, "token_rejected", &advice, "superseded");
    assert_eq!(example.echo(PARTNER, &second).await.status, 200);
}

/// The whole answer to a timestamp outside of the window.
async fn out_of_time(offset: i64, advice: &str) {
    let example = Example::start().await;
    let answer = example
        .send(&example.private().at(NOW + offset).sign())
        .await;
    assert_eq!(answer.status, 401);
    let (low, high) = (NOW - 300, NOW + 300);
    let challenge = format!(
        "OAuth oauth_problem=\"timestamp_refused\", oauth_problem_advice=\"{advice}\", \
         oauth_acceptable_timestamps=\"{low}-{high}\""
    );
    assert_eq!(answer.field("www-authenticate"), Some(challenge.as_str()));
    let body = format!(
        "oauth_problem=timestamp_refused&oauth_problem_advice={advice}\
         &oauth_acceptable_timestamps={low}-{high}"
    );
    assert_eq!(answer.body, body);
    example.assert_form(&answer, "timestamp");
    let edge = example.private().at(NOW + offset - offset.signum());
    assert_eq!(example.send(&edge.sign()).await.status, 200);
}

#[tokio::test]
async fn the_timestamp_is_too_old() {
    let advice = "The%20timestamp%20is%20too%20old%2C%20it%20must%20be%20at%20most%20300%20seconds\
                  %20before%20the%20server%27s%20current%20date%20and%20time";
    out_of_time(-301, advice).await;
}

#[tokio::test]
async fn the_timestamp_is_too_new() {
    let advice = "The%20timestamp%20is%20too%20far%20in%20the%20future%2C%20it%20must%20be%20at\
                  %20most%20300%20seconds%20after%20the%20server%27s%20current%20date%20and%20time";
    out_of_time(301, advice).await;
}

/// The private application with another certificate, and what its request is told.
async fn with_certificate(name: &str) -> (Example, Answer) {
    let example = Example::start().await;
    assert_eq!(example.send(&example.private().sign()).await.status, 200);
    let provider = example.app.provider();
    let found = provider.stores().consumers.consumer(PRIVATE).await.unwrap();
    let found = found.unwrap();
    let mut consumer = found.row.clone();
    consumer.credential = Credential::Certificates([certificate(name)].into_iter().collect());
    let (version, now) = (Expected::Version(found.version), example.clock.now());
    provider.register(version, consumer, now).await.unwrap();
    let answer = example.send(&example.private().sign()).await;
    (example, answer)
}

#[tokio::test]
async fn the_certificate_has_expired() {
    let advice = "No%20certificates%20have%20been%20registered%20for%20the%20consumer";
    let (example, answer) = with_certificate("expired.pem").await;
    example.assert_told(
        &answer,
        400,
        "signature_method_rejected",
        advice,
        "certificate",
    );
}

#[tokio::test]
async fn the_certificate_is_of_another_key_pair() {
    let advice = "Failed%20to%20validate%20signature";
    let (example, answer) = with_certificate("other-key.pem").await;
    example.assert_told(&answer, 401, "signature_invalid", advice, "signature");
}
