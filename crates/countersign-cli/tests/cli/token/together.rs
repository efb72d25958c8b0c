//! Many processes, and applications, with one connection.

use std::io::Read as _;
use std::process::Child;
use std::sync::Arc;
use std::thread;

use countersign_client::connections::{
    Connections, Exchange, Host, RawReply, ReadReply, RenewalRequest, Settings, Undelivered,
};
use countersign_client::{Client, Consumer, Renewal, Service, Stamp, Token};
use countersign_clock::{UnixTime, system};
use countersign_key::Secret;
use countersign_signature::{Method, OsRandom};
use countersign_store::testing::block_on;
use ureq::http::{Request, Response};

use super::World;
use super::kept::id;
use super::provider::{EXPIRED, GOOD, Provider, token};
use crate::run::{ended, start};

const REQUEST: [&str; 4] = ["request", "--profile", "acme", "--timeout"];
const RENEW: [&str; 4] = ["token", "renew", "--profile", "acme"];

fn begin(world: &World, arguments: &[&str]) -> Child {
    let variables = [("COUNTERSIGN_CONFIG_DIR", world.config())];
    start(world.files().path(), arguments, &variables)
}

/// All have the file with the token of the first generation, whose time is over: it is moved once,
/// renewed once, and all are served.
#[test]
fn of_64_processes_one_renews_and_all_are_served() {
    let provider = Provider::start();
    let world = provider.world(EXPIRED);
    let url = format!("{}/api", provider.base);
    let request = [&REQUEST[..], &["60", &url]].concat();
    let children: Vec<Child> = (0..64).map(|_| begin(&world, &request)).collect();
    for child in children {
        let ran = ended(&request, child).exits(0);
        assert!(ran.out.contains("served"), "{}", ran.out);
    }
    let counts = provider.set(|state| (state.renewals, state.requests));
    assert_eq!(counts, (1, 64));
    let kept = world.kept();
    assert_eq!((kept.generation(), kept.token()), (2, token(2)));
    assert!(!world.written().contains("canary-1"), "moved");
}

/// The provider would refuse a second renewal: all processes end with the one new token.
#[test]
fn of_many_processes_one_renews() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    let url = format!("{}/api", provider.base);
    world
        .run(&[&REQUEST[..], &["60", &url]].concat(), b"")
        .exits(0);
    let kept = world.kept();
    // Until all have read the old token and wait.
    kept.take_lease();
    let mut children: Vec<Child> = (0..8).map(|_| begin(&world, &RENEW)).collect();
    for child in &mut children {
        let mut line = [0; 14];
        let told = child.stderr.as_mut().unwrap();
        told.read_exact(&mut line).unwrap();
        assert_eq!(&line, b"another proces");
    }
    kept.end_lease();
    for child in children {
        let told = ended(&RENEW, child).exits(0).err;
        assert_eq!(told.matches(" s at most if it has ended").count(), 1);
    }
    assert_eq!(provider.set(|state| state.renewals), 1);
    assert_eq!((kept.generation(), kept.token()), (2, token(2)));
    assert_eq!(
        kept.previous(),
        Some(token(1)),
        "kept until the next has worked"
    );
    world
        .run(&[&REQUEST[..], &["60", &url]].concat(), b"")
        .exits(0);
    assert_eq!(kept.previous(), None);
}

/// An application's way to send renewals.
struct Application {
    client: Client,
    service: Service,
}

impl Exchange for Application {
    async fn renew(&self, request: RenewalRequest) -> Result<RawReply, Undelivered> {
        let presented = request.credentials;
        let secret = Secret::new(presented.secret.expose_secret());
        let token = Token::new(presented.token.expose_secret(), secret);
        let handle = presented.session_handle.unwrap();
        let renewal = Renewal::new(&self.client, &self.service, &token, &handle).unwrap();
        let mut random = OsRandom::new();
        let stamp = Stamp::drawn(system::now(), &mut random).unwrap();
        let (parts, _) = renewal.request(stamp).unwrap().into_parts();
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let answer = agent.run(Request::from_parts(parts, ())).unwrap();
        let (parts, mut body) = answer.into_parts();
        let body = body.read_to_vec().unwrap();
        Ok(RawReply::of(&Response::from_parts(parts, body)))
    }

    fn read(&self, bytes: &[u8], received: UnixTime) -> ReadReply {
        ReadReply::of(&self.client, bytes, received)
    }
}

struct Clock;

impl Host for Clock {
    fn now(&self) -> UnixTime {
        system::now()
    }

    async fn wait(&self, time: core::time::Duration) {
        thread::sleep(time);
    }

    fn jitter(&self) -> u64 {
        7
    }
}

/// The command and an application share the store: whoever comes first renews for both.
#[test]
fn an_application_and_the_command_renew_once() {
    let provider = Provider::start();
    let world = provider.world(EXPIRED);
    // The first of all, which makes the store.
    let url = format!("{}/api", provider.base);
    let request = [&REQUEST[..], &["60", &url]].concat();
    provider.set(|state| state.revoked = false);
    world.run(&request, b"").exits(0);
    assert_eq!(provider.set(|state| state.renewals), 1);

    let consumer = Consumer::hmac("dpf43f3p2l4k3l03", Secret::new("canary-consumer"));
    let client = Client::new(consumer, Method::HMAC_SHA1).unwrap();
    let service = Service::token_only(&format!("{}/access_token", provider.base)).unwrap();
    let application = Application { client, service };
    let store = world.kept().store;
    let connections = Connections::new(store, application, Clock, Settings::default());
    let before = block_on(connections.read(&id())).unwrap();
    assert_eq!(before.credentials.token.expose_secret(), token(2));

    // The provider ends the token early; the application and four commands hear of it at once.
    provider.set(|state| {
        state.expired = Some(2);
        state.holds = true;
    });
    let connections = Arc::new(connections);
    let here = Arc::clone(&connections);
    let generation = before.generation;
    let renewing = thread::spawn(move || block_on(here.renew(&id(), generation)).unwrap());
    let children: Vec<Child> = (0..4).map(|_| begin(&world, &request)).collect();
    // One renews; the commands were all refused, and wait for it.
    provider.until(|state| state.renewals == 2 && state.requests == 5);
    provider.set(|state| state.holds = false);
    let renewed = renewing.join().unwrap();
    assert_eq!(renewed.credentials.token.expose_secret(), token(3));
    for child in children {
        let ran = ended(&request, child).exits(0);
        assert!(ran.out.contains("served"), "{}", ran.out);
        assert!(ran.err.contains("sent once more"), "{}", ran.err);
    }
    assert_eq!(provider.set(|state| state.renewals), 2);
    assert_eq!(world.kept().generation(), 3);
}
