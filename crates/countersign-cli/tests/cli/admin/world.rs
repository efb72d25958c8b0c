//! A directory with a service's store, and the service if it runs: in this process, as the command
//! is another one.

use core::net::SocketAddr;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_clock::{UnixTime, system};
use countersign_key::Secret;
use countersign_server::{Config, Inputs, Server};
use countersign_signature::OsRandom;
use countersign_store::seal::{KeyId, SealKey, Sealer};
use countersign_store::{
    AccessToken, Change, Commit, Domain, Expected, Grant, GrantId, TokenStore as _,
};
use countersign_store_sqlite::{Options, SqliteStore};
use countersign_token::Expiry;
use tokio::runtime::Runtime;

use crate::run::{Files, Ran};

pub(crate) const TOKEN_SECRET: &str = "canary: the secret of a token";

const CONFIG: &str = "[server]\nlisten = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\n\
                      public_url = \"http://api.example.test\"\n";

pub(crate) struct World {
    pub(crate) files: Files,
    runtime: Runtime,
    address: Option<SocketAddr>,
}

impl World {
    /// A store, and nobody who serves from it.
    pub(crate) fn stopped() -> Self {
        let files = Files::new();
        files.write("countersign.toml", CONFIG);
        let world = Self {
            files,
            runtime: Runtime::new().unwrap(),
            address: None,
        };
        // A first start makes it.
        drop(world.opened());
        world
    }

    /// A store with a service.
    pub(crate) fn serving() -> Self {
        let mut world = Self::stopped();
        world.serve();
        world
    }

    fn opened(&self) -> Server {
        let config = Config::read(self.files.path().join("countersign.toml")).unwrap();
        let opened = Server::open(config, Inputs::default());
        self.runtime.block_on(opened).unwrap()
    }

    pub(crate) fn serve(&mut self) {
        let server = self.opened();
        self.address = Some(server.facts().listen);
        self.runtime.spawn(server.run(core::future::pending()));
    }

    /// Adds to the configuration.
    pub(crate) fn configure(&self, more: &str) {
        self.files
            .write("countersign.toml", format!("{CONFIG}{more}"));
    }

    fn store(&self) -> SqliteStore {
        let keys: toml::Table = toml::from_str(&self.files.read("countersign.key")).unwrap();
        let key = STANDARD
            .decode(keys["keys"]["1"].as_str().unwrap())
            .unwrap();
        let key = SealKey::from_bytes(key.try_into().unwrap());
        let options = Options::sealed_by(Sealer::new(KeyId::new(1), key));
        let path = self.files.path().join("countersign.db");
        SqliteStore::open(path, &options, system::now(), OsRandom::new()).unwrap()
    }

    /// Puts grants of `ann` into the store, which nobody may have open: organisation and token.
    pub(crate) fn give(&self, consumer: &str, given: &[(&str, &str)]) {
        let store = self.store();
        let now = system::now();
        for (number, (organisation, token)) in (1_u8..).zip(given) {
            let id = GrantId::from_bytes([number; 16]);
            let ends = Expiry::after(now, 1800);
            let mut grant = Grant::new(id, consumer, *organisation, "ann", now, ends);
            grant.role = "standard".to_owned();
            let token = store
                .fingerprint_key()
                .of(Domain::Token, &[token.as_bytes()]);
            let secret = Arc::new(Secret::new(TOKEN_SECRET));
            let token = AccessToken::new(token, &grant, secret, now, ends);
            let change = Change::new().grant(Expected::Absent, grant).access(token);
            let done = self.runtime.block_on(store.commit(change)).unwrap();
            assert_eq!(done, Commit::Done);
        }
    }

    pub(crate) fn admin(&self, arguments: &[&str]) -> Ran {
        self.feed(arguments, "")
    }

    pub(crate) fn feed(&self, arguments: &[&str], input: &str) -> Ran {
        let arguments = [&["admin"], arguments].concat();
        self.files.feed(&arguments, input.as_bytes())
    }

    /// Asks for `/echo`, signed with a secret and no token; gives `ok` or the problem.
    pub(crate) fn ask_as(&self, key: &str, secret: &str) -> String {
        let keys = format!("consumer_key = \"{key}\"\nconsumer_secret = \"{secret}\"\n");
        self.ask(&keys)
    }

    /// The same with a token.
    pub(crate) fn ask_with(&self, key: &str, secret: &str, token: &str) -> String {
        let keys = format!(
            "consumer_key = \"{key}\"\nconsumer_secret = \"{secret}\"\n\
             token = \"{token}\"\ntoken_secret = \"{TOKEN_SECRET}\"\n"
        );
        self.ask(&keys)
    }

    /// The same with a private key of the fixtures and no token.
    pub(crate) fn ask_rsa(&self, key: &str, file: &str) -> String {
        let private_key = countersign_test_support::fixtures::key(file);
        self.files.write("asking.key.pem", private_key);
        self.ask(&format!(
            "consumer_key = \"{key}\"\nprivate_key = \"asking.key.pem\"\n"
        ))
    }

    fn ask(&self, keys: &str) -> String {
        self.files.write("asking.toml", keys);
        let url = "http://api.example.test/echo";
        let sign = ["sign", "--keys", "asking.toml", "--as", "http", url];
        let signed = self.files.run(&sign).exits(0).out;
        let (line, rest) = signed.split_once("\r\n").unwrap();
        let request = format!("{line}\r\nConnection: close\r\n{}\r\n\r\n", rest.trim_end());
        let mut stream = TcpStream::connect(self.address.unwrap()).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        if answer.starts_with("HTTP/1.1 200 ") {
            return "ok".to_owned();
        }
        let problem = answer.split_once("\r\n\r\noauth_problem=");
        let problem = problem.and_then(|(_, rest)| rest.split('&').next());
        problem.unwrap_or(&answer).to_owned()
    }
}

/// The time as it is shown.
pub(crate) fn day(time: UnixTime) -> String {
    time.rfc3339()[..10].to_owned()
}
