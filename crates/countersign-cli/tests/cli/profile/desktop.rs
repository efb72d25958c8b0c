//! A session of a desktop with a keyring, of its own and on a bus of its own.

use core::time::Duration;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::run::Files;

/// No service is started by being asked: what is not started here is not there.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=DIRECTORY</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A bus, and perhaps a keyring on it; both end with it.
pub(crate) struct Desktop {
    files: Files,
    bus: Child,
    address: String,
    keyring: Option<Child>,
}

impl Desktop {
    /// `None` where this machine has no such thing.
    pub(crate) fn start() -> Option<Self> {
        let is_there = |program| {
            let mut asked = Command::new(program);
            let asked = asked
                .arg("--version")
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            asked.status().is_ok_and(|status| status.success())
        };
        if !["dbus-daemon", "gnome-keyring-daemon"]
            .into_iter()
            .all(is_there)
        {
            let is_strict = std::env::var("COUNTERSIGN_STRICT").is_ok_and(|value| value == "1");
            assert!(!is_strict, "no dbus-daemon or no gnome-keyring-daemon");
            say("SKIP no keyring: dbus-daemon or gnome-keyring-daemon is missing");
            return None;
        }
        let files = Files::new();
        let directory = files.path().display().to_string();
        let config = files.write("bus.conf", BUS.replace("DIRECTORY", &directory));
        let mut bus = Command::new("dbus-daemon")
            .arg("--config-file")
            .arg(config)
            .args(["--nofork", "--print-address"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        let mut said = BufReader::new(bus.stdout.take().unwrap());
        said.read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        assert!(address.starts_with("unix:"), "{address}");
        Some(Self {
            files,
            bus,
            address,
            keyring: None,
        })
    }

    /// The same, with its keyring unlocked.
    pub(crate) fn unlocked() -> Option<Self> {
        let mut desktop = Self::start()?;
        desktop.unlock();
        Some(desktop)
    }

    pub(crate) fn unlock(&mut self) {
        let keyring = self.keyring_with(&["--unlock"]);
        keyring.stdin.take().unwrap().write_all(b"pw").unwrap();
        self.wait();
    }

    /// A keyring that nobody gave its password to.
    pub(crate) fn lock(&mut self) {
        self.lose_keyring();
        self.keyring_with(&[]);
        self.wait();
    }

    fn keyring_with(&mut self, more: &[&str]) -> &mut Child {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]);
        let keyring = command.args(more).stdin(Stdio::piped()).spawn().unwrap();
        self.keyring.insert(keyring)
    }

    fn wait(&self) {
        let until = Instant::now() + Duration::from_secs(30);
        while !self.has_keyring() {
            assert!(Instant::now() < until, "the keyring does not come");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The keyring ends; what it has is kept on its disk.
    pub(crate) fn lose_keyring(&mut self) {
        if let Some(mut keyring) = self.keyring.take() {
            keyring.kill().unwrap();
            keyring.wait().unwrap();
        }
        while self.has_keyring() {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What a command needs to find it.
    pub(crate) fn variables(&self) -> [(&str, &str); 1] {
        [("DBUS_SESSION_BUS_ADDRESS", &self.address)]
    }

    fn has_keyring(&self) -> bool {
        let asked = self
            .command("dbus-send")
            .args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.DBus",
                "/",
            ])
            .args([
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ])
            .stdout(Stdio::piped())
            .output()
            .unwrap();
        String::from_utf8_lossy(&asked.stdout).contains("boolean true")
    }

    fn command(&self, program: &str) -> Command {
        let home: &Path = self.files.path();
        let mut command = Command::new(program);
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_RUNTIME_DIR", home)
            .env_remove("DISPLAY")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in self.keyring.iter_mut().chain([&mut self.bus]) {
            let _ended = child.kill();
            let _ended = child.wait();
        }
    }
}

#[expect(clippy::print_stdout, reason = "what is left out is to be seen")]
fn say(line: &str) {
    println!("{line}");
}
