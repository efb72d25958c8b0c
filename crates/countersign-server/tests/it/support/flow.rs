//! Users, and the steps of the three-legged flow that an application makes.

use std::sync::LazyLock;

use countersign_key::Secret;

use super::browser::{Browser, Page};
use super::world::Answer;
use super::{CONSUMER, Client, FORM, SECRET, Unsigned, World};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Where the application has its users sent to.
pub(crate) const READY: &str = "http://printer.example/ready";

/// What is told once a user has ended an authorisation.
pub(crate) const REVOKED: &str = "oauth_problem=token_rejected&oauth_problem_advice=\
    The%20access%20token%20has%20not%20been%20authorized%2C%20or%20has%20been%20revoked%20by%20the%20user";

static HASH: LazyLock<String> =
    LazyLock::new(|| countersign_server::hash_password(&Secret::new(PASSWORD)).unwrap());

/// Users: ann may connect for two organisations and not for a third, bob for one of them, eve for
/// none.
pub(crate) fn users() -> String {
    let user = |name: &str, places: &[(&str, &str)]| {
        let places = places
            .iter()
            .map(|(name, role)| format!("{{ name = \"{name}\", role = \"{role}\" }}"));
        format!(
            "[[user]]\nname = \"{name}\"\npassword_hash = \"{}\"\norganisations = [{}]\n",
            *HASH,
            places.collect::<Vec<_>>().join(", ")
        )
    };
    [
        user(
            "ann",
            &[
                ("Demo Ltd", "standard"),
                ("Read & Sons", "read only"),
                ("Second Ltd", "Financial Adviser"),
            ],
        ),
        user("bob", &[("Demo Ltd", "standard")]),
        user("eve", &[("Read & Sons", "read only")]),
    ]
    .concat()
}

/// Another password's hash.
pub(crate) fn other_hash() -> String {
    countersign_server::hash_password(&Secret::new("another password")).unwrap()
}

/// A service with these users.
pub(crate) async fn world() -> World {
    World::with("", &users()).await
}

/// Token and secret of an answer, as a client has them.
pub(crate) struct Credentials {
    pub(crate) token: String,
    pub(crate) secret: String,
}

impl Credentials {
    pub(crate) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{answer:?}");
        Self {
            token: answer.value("oauth_token").unwrap().to_owned(),
            secret: answer.value("oauth_token_secret").unwrap().to_owned(),
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::hmac_with_token(CONSUMER, SECRET, &self.token, &self.secret)
    }

    pub(crate) fn page(&self) -> String {
        format!("/oauth/Authorize?oauth_token={}", self.token)
    }

    pub(crate) async fn exchange(&self, world: &World, verifier: &str) -> Answer {
        let ask = Unsigned {
            verifier: Some(verifier),
            ..Unsigned::post("/oauth/AccessToken", FORM, b"")
        };
        world.send(Some(&self.client()), &ask).await
    }

    pub(crate) async fn call(&self, world: &World) -> Answer {
        let call = Unsigned::get("/echo");
        world.send(Some(&self.client()), &call).await
    }
}

/// The application asks for temporary credentials.
pub(crate) async fn begin(world: &World, callback: &str) -> Credentials {
    let ask = Unsigned {
        callback: Some(callback),
        ..Unsigned::post("/oauth/RequestToken", FORM, b"")
    };
    Credentials::of(&world.send(Some(&world.client()), &ask).await)
}

/// A user logs in on the way to the question, and is asked.
pub(crate) async fn asked(
    world: &World,
    browser: &mut Browser,
    temporary: &Credentials,
    name: &str,
) -> Page {
    let page = browser.get(world, &temporary.page()).await;
    if page.status != 303 {
        return page;
    }
    let login = browser.follow(world, &page).await;
    let filled = [("username", name), ("password", PASSWORD)];
    let form = login.form("/oauth/login");
    let entered = browser.submit(world, form, &filled).await;
    browser.follow(world, &entered).await
}

pub(crate) async fn allow(
    world: &World,
    browser: &mut Browser,
    page: &Page,
    organisation: &str,
) -> Page {
    let filled = [("organisation", organisation), ("decision", "allow")];
    let form = page.form("/oauth/authorize");
    browser.submit(world, form, &filled).await
}

/// The whole flow with a code; gives the access token.
pub(crate) async fn connect(
    world: &World,
    browser: &mut Browser,
    name: &str,
    organisation: &str,
) -> Credentials {
    let temporary = begin(world, "oob").await;
    let page = asked(world, browser, &temporary, name).await;
    let page = allow(world, browser, &page, organisation).await;
    let code = page.text_of("<output");
    Credentials::of(&temporary.exchange(world, &code).await)
}
