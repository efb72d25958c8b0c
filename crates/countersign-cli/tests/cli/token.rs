//! `token`: against servers of our own on free ports.

mod authorize;
pub(crate) mod clocks;
mod damaged;
mod durable;
mod elsewhere;
mod kept;
#[cfg(all(feature = "keyring", target_os = "linux"))]
mod keyring;
mod killed;
mod listened;
mod moved;
pub(crate) mod presets;
pub(crate) mod provider;
mod reinstated;
mod renew;
#[cfg(feature = "service")]
mod service;
mod together;
mod unstored;
mod used;

use crate::request::server::Server;
use crate::run::{Files, Ran, run_with};
use kept::Kept;

/// A directory with a profile `acme` for a server.
pub(crate) struct World {
    files: Files,
    config: String,
}

impl World {
    /// The profile's addresses are at this server.
    pub(crate) fn at(base: &str) -> Self {
        let files = Files::new();
        let config = files.path().join("config").display().to_string();
        let world = Self { files, config };
        world.add(base, "");
        world
    }

    pub(crate) fn new(server: &Server) -> Self {
        Self::at(&server.url(""))
    }

    /// Writes the profile anew.
    pub(crate) fn add(&self, base: &str, more: &str) {
        let keys = format!(
            "consumer_key = \"dpf43f3p2l4k3l03\"\nconsumer_secret = \"canary-consumer\"\n{more}"
        );
        self.files.write("keys.toml", keys);
        let steps = ["request_token", "authorize", "access_token"];
        let endpoints: Vec<String> = steps
            .iter()
            .map(|step| format!("{step}={base}/{step}"))
            .collect();
        let mut add = vec!["profile", "add", "acme", "--force", "--keys", "keys.toml"];
        for endpoint in &endpoints {
            add.extend(["--endpoint", endpoint]);
        }
        self.run(&add, b"").exits(0);
    }

    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let variables = [("COUNTERSIGN_CONFIG_DIR", self.config.as_str())];
        let ran = run_with(self.files.path(), arguments, input, &variables);
        for text in [&ran.out, &ran.err] {
            assert!(!text.contains("canary"), "{arguments:?}: {text}");
        }
        ran
    }

    /// The store of connections, opened beside the command.
    pub(crate) fn kept(&self) -> Kept {
        Kept::open(&self.config)
    }

    pub(crate) fn config(&self) -> &str {
        &self.config
    }

    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    pub(crate) fn store(&self) -> std::path::PathBuf {
        self.files.path().join("config/connections/store.db")
    }

    /// The profile as it stands in its file.
    pub(crate) fn written(&self) -> String {
        let path = self.files.path().join("config/profiles/acme.toml");
        std::fs::read_to_string(path).unwrap()
    }

    #[track_caller]
    pub(crate) fn state(&self) -> String {
        let status = ["token", "status", "--profile", "acme", "--format", "json"];
        let document = self.run(&status, b"").json();
        document["state"].as_str().unwrap().to_owned()
    }
}

#[test]
fn what_a_profile_lacks_is_named() {
    let world = World::at("http://127.0.0.1:9");
    assert_eq!(world.state(), "absent");
    world.run(&["token", "status"], b"").exits(2);
    world
        .run(&["token", "status", "--profile", "nobody"], b"")
        .exits(4);
    let renew = ["token", "renew", "--profile", "acme"];
    let ran = world.run(&renew, b"").exits(4);
    assert!(ran.err.contains("no token to renew"), "{}", ran.err);
    world.add(
        "http://127.0.0.1:9",
        "token = \"t\"\ntoken_secret = \"canary\"\n",
    );
    let ran = world.run(&renew, b"").exits(4);
    assert!(ran.err.contains("no session handle"), "{}", ran.err);
    assert_eq!(world.state(), "active");
    let keys = ["profile", "add", "bare", "--keys", "keys.toml"];
    world.run(&keys, b"").exits(0);
    let authorize = ["token", "authorize", "--profile", "bare"];
    let ran = world.run(&authorize, b"").exits(4);
    assert!(ran.err.contains("access_token_url"), "{}", ran.err);
    // Each address that is missing, by its own line; what is said of it costs no credentials.
    let lines = ["request_token_url", "authorize_url", "access_token_url"];
    let whole = world.written();
    for line in lines {
        let without: Vec<&str> = whole.lines().filter(|it| !it.starts_with(line)).collect();
        world
            .files()
            .write("config/profiles/bare.toml", without.join("\n"));
        let ran = world.run(&authorize, b"").exits(4);
        let said = format!("{line} is missing in the profile; write it into its file");
        assert!(ran.err.contains(&said), "{line}: {}", ran.err);
        assert!(!ran.err.contains("--force"), "{line}: {}", ran.err);
    }
    // A token that everybody between can read is none.
    world.add("http://a.example", "");
    world
        .run(&["token", "authorize", "--profile", "acme"], b"")
        .exits(3);
}

#[test]
fn the_end_of_a_token_is_seen() {
    let world = World::at("http://127.0.0.1:9");
    world.add(
        "http://127.0.0.1:9",
        "token = \"nnch734d00sl2jdk\"\ntoken_secret = \"canary\"\nsession_handle = \"canary\"\n\
         token_expires = 1700001800\nauthorization_expires = 1800000000\n",
    );
    let status = |at: &str| {
        let status = ["token", "status", "--profile", "acme", "--at", at];
        world.run(&status, b"")
    };
    let ran = status("1700000000").exits(0);
    assert!(ran.out.contains("nnch... (16 chars)"), "{}", ran.out);
    assert!(ran.out.contains("in 30 min"), "{}", ran.out);
    assert!(ran.out.contains("renewable      until 2027"), "{}", ran.out);
    let ran = status("1700001800").exits(1);
    assert!(ran.out.contains("state          expired"), "{}", ran.out);
    assert!(
        ran.out.contains("countersign token renew --profile acme"),
        "{}",
        ran.out
    );
}
