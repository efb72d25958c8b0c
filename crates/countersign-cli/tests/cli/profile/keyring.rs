//! `countersign profile keyring`.

use super::Home;
use super::desktop::Desktop;
use crate::run::{KEYS, Ran};

/// What nobody may find in a file once it is sealed: as it stands in `KEYS`.
const SECRETS: [&str; 3] = ["kd94hf93k423kf44", "nnch734d00sl2jdk", "pfkkdhi9sl3r4s00"];

struct World {
    home: Home,
    desktop: Desktop,
}

impl World {
    fn new() -> Option<Self> {
        let desktop = Desktop::unlocked()?;
        let home = Home::with_acme();
        Some(Self { home, desktop })
    }

    #[track_caller]
    fn run(&self, arguments: &[&str]) -> Ran {
        self.home
            .run_with(arguments, b"", &self.desktop.variables())
    }

    /// Has the token of `acme` go into the store.
    #[track_caller]
    fn connect(&self) {
        let request = ["request", "--profile", "acme", "http://127.0.0.1:9/"];
        self.run(&request).exits(3);
        assert!(self.key_file().exists());
    }

    fn key_file(&self) -> std::path::PathBuf {
        let config = self.home.files().path().join("config");
        config.join("connections/seal-keys.toml")
    }

    fn key_text(&self) -> String {
        std::fs::read_to_string(self.key_file()).unwrap()
    }

    /// The signature of a request that is always the same.
    #[track_caller]
    fn signature(&self) -> String {
        let ran = self.run(&[
            "sign",
            "--profile",
            "acme",
            "--timestamp",
            "1191242096",
            "--nonce",
            "kllo9940pd9333jh",
            "http://photos.example.net/photos?file=vacation.jpg&size=original",
        ]);
        ran.exits(0).out
    }

    /// All files below the configuration directory, as one text.
    fn all(&self) -> String {
        let mut all = std::collections::BTreeMap::new();
        let mut directories = vec![self.home.files().path().join("config")];
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    directories.push(path);
                } else {
                    let text = std::fs::read(&path).unwrap();
                    let text = String::from_utf8_lossy(&text).into_owned();
                    all.insert(path, text);
                }
            }
        }
        all.iter()
            .map(|(path, text)| format!("{}:\n{text}\n", path.display()))
            .collect()
    }

    fn is_on(&self) -> bool {
        let ran = self.run(&["profile", "keyring", "--format", "json"]);
        ran.exits(0).json()["keyring"].as_bool().unwrap()
    }
}

#[test]
fn secrets_are_sealed_and_used_and_come_back() {
    let Some(world) = World::new() else { return };
    assert!(!world.is_on());
    let before = world.signature();
    for _again in 0..2 {
        let ran = world.run(&["profile", "keyring", "on"]).exits(0);
        assert!(ran.out.starts_with("keyring: on"), "{}", ran.out);
        assert!(world.is_on());
    }
    let all = world.all();
    for secret in SECRETS {
        assert!(!all.contains(secret), "{secret} stands in a file");
    }
    assert!(!world.key_text().contains("[keys]"), "{}", world.key_text());
    assert_eq!(world.signature(), before);
    let shown = world.run(&["profile", "show", "acme"]).exits(0).out;
    assert!(shown.contains("consumer_secret   set"), "{shown}");
    assert!(shown.contains("nnch... (16 chars)"), "{shown}");

    // What is added now is sealed at once.
    world
        .run(&["profile", "add", "more", "--keys", "keys.toml"])
        .exits(0);
    assert!(!world.all().contains(SECRETS[0]));

    let ran = world.run(&["profile", "keyring", "off"]).exits(0);
    assert!(ran.out.starts_with("keyring: off"), "{}", ran.out);
    assert!(!world.is_on());
    assert_eq!(world.signature(), before);
    let all = world.all();
    for secret in SECRETS {
        assert_eq!(all.matches(secret).count(), 2, "{secret}");
    }
    // Nothing is needed of the keyring any more, and nothing is left in it.
    let key_text = world.key_text();
    assert!(!key_text.contains("keyring ="), "{key_text}");
    let World { home, mut desktop } = world;
    desktop.lose_keyring();
    let sign = ["sign", "--profile", "more", "http://photos.example.net/"];
    home.run_with(&sign, b"", &desktop.variables()).exits(0);
}

/// Neither a wrong signature nor a new key nor a changed file: the command says what it takes.
#[test]
fn without_the_keyring_nothing_is_done() {
    let Some(mut world) = World::new() else {
        return;
    };
    world.connect();
    world.run(&["profile", "use", "acme"]).exits(0);
    world.run(&["profile", "keyring", "on"]).exits(0);
    let files = world.all();
    world.desktop.lose_keyring();
    for arguments in [
        &["sign", "--profile", "acme", "http://photos.example.net/"][..],
        &["profile", "keyring", "on"],
        &["profile", "keyring", "off"],
        &["profile", "add", "more", "--keys", "keys.toml"],
        &["profile", "remove", "acme"],
    ] {
        let ran = world.run(arguments).exits(3);
        assert!(ran.err.contains("keyring of the system"), "{}", ran.err);
        assert!(world.all() == files, "{arguments:?}");
    }
    let listed = world.run(&["profile", "list"]).exits(0).out;
    assert!(listed.contains("error: the keyring"), "{listed}");

    world.desktop.unlock();
    world.signature();
}

/// A keyring that is locked says of an item that is not there nothing else than one that is open.
#[test]
fn a_locked_keyring_changes_nothing() {
    for is_used in [false, true] {
        let Some(mut world) = World::new() else {
            return;
        };
        if is_used {
            world.connect();
        }
        let files = world.all();
        world.desktop.lock();
        for _again in 0..2 {
            let ran = world.run(&["profile", "keyring", "on"]).exits(3);
            assert!(ran.err.contains("keyring of the system"), "{}", ran.err);
            let now = world.all();
            assert!(now == files, "{is_used}: {now}");
        }
    }
}

/// Who was stopped on the way goes on, in either direction, and can work meanwhile.
#[test]
fn who_is_stopped_on_the_way_loses_nothing() {
    let Some(world) = World::new() else { return };
    let before = world.signature();
    let plain = std::fs::read(world.home.profile("acme.toml")).unwrap();
    world.run(&["profile", "keyring", "on"]).exits(0);
    let named = world.key_text();
    let sealed = std::fs::read(world.home.profile("acme.toml")).unwrap();
    world.run(&["profile", "keyring", "off"]).exits(0);
    let item = named
        .lines()
        .find(|line| line.starts_with("keyring ="))
        .unwrap();
    let both = format!("{item}\n{}", world.key_text());

    // The item named, and not there yet; or there, and the profile in its old or its new state.
    for profile in [&plain, &sealed] {
        for turn in ["on", "off"] {
            world
                .home
                .files()
                .write("config/connections/seal-keys.toml", &both);
            world
                .home
                .files()
                .write("config/profiles/acme.toml", profile);
            assert!(!world.is_on());
            assert_eq!(world.signature(), before);
            world.run(&["profile", "keyring", turn]).exits(0);
            assert_eq!(world.is_on(), turn == "on");
            assert_eq!(world.key_text().contains("[keys]"), turn == "off");
            assert_eq!(world.signature(), before);
            let is_plain = world.all().contains(SECRETS[0]);
            assert_eq!(is_plain, turn == "off");
        }
    }
    // The keys there, and no profile sealed yet.
    world.run(&["profile", "keyring", "on"]).exits(0);
    world
        .home
        .files()
        .write("config/profiles/acme.toml", &plain);
    assert_eq!(world.signature(), before);
    world.run(&["profile", "keyring", "on"]).exits(0);
    assert!(!world.all().contains(SECRETS[0]));
}

/// An item that was deleted is not made anew: the key that it had is what opens the secrets.
#[test]
fn a_lost_item_is_told_and_not_replaced() {
    let Some(world) = World::new() else { return };
    world.run(&["profile", "keyring", "on"]).exits(0);
    let named = world.key_text();
    let other = named.replace("seal-keys-", "seal-keys-f");
    world
        .home
        .files()
        .write("config/connections/seal-keys.toml", &other);
    for arguments in [
        &["sign", "--profile", "acme", "http://photos.example.net/"][..],
        &["profile", "keyring", "off"],
    ] {
        let ran = world.run(arguments).exits(4);
        assert!(ran.err.contains("has no item seal-keys-f"), "{}", ran.err);
    }
    assert_eq!(world.key_text(), other);
    world
        .home
        .files()
        .write("config/connections/seal-keys.toml", named);
    world.signature();
}

/// A sealed file is a profile's, and of one name.
#[test]
fn sealed_secrets_open_in_their_own_profile_alone() {
    let Some(world) = World::new() else { return };
    world.run(&["profile", "keyring", "on"]).exits(0);
    let sealed = std::fs::read(world.home.profile("acme.toml")).unwrap();
    world
        .home
        .files()
        .write("config/profiles/other.toml", &sealed);
    world.home.files().write("sealed.toml", &sealed);
    let ran = world.run(&["sign", "--profile", "other", "http://photos.example.net/"]);
    assert!(
        ran.exits(3)
            .err
            .contains("the secrets of the profile other")
    );
    let ran = world.run(&[
        "sign",
        "--keys",
        "sealed.toml",
        "http://photos.example.net/",
    ]);
    assert!(ran.exits(2).err.contains("--profile"));
    // Nor is it a source of credentials for another, whatever that one has.
    let add = ["profile", "add", "more", "--force", "--keys", "sealed.toml"];
    let ran = world.run(&add).exits(2);
    assert!(ran.err.contains("--profile"), "{}", ran.err);
    // Nothing is rewritten while one of them can't be read.
    let files = world.all();
    world.run(&["profile", "keyring", "off"]).exits(3);
    assert!(world.all() == files);
    assert!(KEYS.contains(SECRETS[0]));
}

/// New keys are none in the place of those that something is sealed by.
#[test]
fn a_lost_key_file_is_not_made_anew_while_something_is_sealed() {
    let Some(world) = World::new() else { return };
    world.run(&["profile", "keyring", "on"]).exits(0);
    let named = world.key_text();
    std::fs::remove_file(world.key_file()).unwrap();
    world
        .run(&["profile", "add", "more", "--keys", "keys.toml"])
        .exits(0);
    // Its token would be moved into a store that is sealed by a new key; it is used from the file.
    let request = ["request", "--profile", "more", "http://127.0.0.1:9/"];
    let ran = world.run(&request).exits(3);
    assert!(ran.err.contains("the keys are gone"), "{}", ran.err);
    assert!(!world.key_file().exists());
    world
        .home
        .files()
        .write("config/connections/seal-keys.toml", named);
    world.signature();
}

/// Of an import that can't be sealed nothing is there, and what was there before it is whole.
#[test]
fn an_import_without_the_keyring_takes_no_key_away() {
    let Some(mut world) = World::new() else {
        return;
    };
    world.run(&["profile", "remove", "acme"]).exits(0);
    for (file, key) in [
        ("one", "rsa2048.pkcs8.pem"),
        ("two", "rsa2048-other.pkcs8.pem"),
    ] {
        let text = super::import::with_private_key(file, key);
        world.home.files().write(&format!("{file}.bru"), text);
    }
    let import = ["profile", "import", "--from", "bruno", "--force", "--name"];
    world
        .run(&[&import[..], &["rsa", "one.bru"]].concat())
        .exits(0);
    world.run(&["profile", "keyring", "on"]).exits(0);
    let files = world.all();
    world.desktop.lose_keyring();
    for name in ["rsa", "fresh"] {
        let ran = world.run(&[&import[..], &[name, "two.bru"]].concat());
        let ran = ran.exits(3);
        assert!(ran.err.contains("keyring of the system"), "{}", ran.err);
        assert!(world.all() == files, "{name}");
    }
    world.desktop.unlock();
    world
        .run(&[&import[..], &["rsa", "two.bru"]].concat())
        .exits(0);
}

/// Nor by turning the keyring on: whoever has the key that is lost could put it back no more.
#[test]
fn a_lost_key_is_not_made_anew_for_the_keyring() {
    let Some(world) = World::new() else { return };
    world.connect();
    let lost = world.key_text();
    std::fs::remove_file(world.key_file()).unwrap();
    let files = world.all();
    let ran = world.run(&["profile", "keyring", "on"]).exits(3);
    assert!(ran.err.contains("the key is gone"), "{}", ran.err);
    assert!(world.all() == files);
    world
        .home
        .files()
        .write("config/connections/seal-keys.toml", lost);
    world.signature();
    world.run(&["profile", "keyring", "on"]).exits(0);
    world.signature();
}

/// Whoever has no keyring is as before, after `on` and after `off`.
#[test]
fn a_keyring_that_is_not_there_is_not_turned_on() {
    let Some(mut world) = World::new() else {
        return;
    };
    world.desktop.lose_keyring();
    for connects in [false, true] {
        if connects {
            world.connect();
        }
        let files = world.all();
        let ran = world.run(&["profile", "keyring", "on"]).exits(3);
        assert!(ran.err.contains("keyring of the system"), "{}", ran.err);
        assert!(world.all() == files);
        world.run(&["profile", "keyring", "off"]).exits(0);
        assert!(world.all() == files);
    }
    // Named by who was stopped on the way: the file has all that is needed.
    let item = "keyring = \"seal-keys-1\"\n";
    let both = format!("{item}{}", world.key_text());
    world
        .home
        .files()
        .write("config/connections/seal-keys.toml", both);
    let ran = world.run(&["profile", "keyring", "off"]).exits(0);
    assert!(ran.err.contains("seal-keys-1"), "{}", ran.err);
    assert!(!world.key_text().contains("keyring ="));
    world.signature();
}
