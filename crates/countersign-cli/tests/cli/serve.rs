//! `serve`: what a newcomer does with it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::run::{Files, run_in};

/// The service, ended with the test.
pub(crate) struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

impl Service {
    pub(crate) fn start(directory: &Path, more: &[&str]) -> (Self, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--admin-listen",
                "127.0.0.1:0",
            ])
            .args(more)
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        for line in out.lines().map_while(Result::ok) {
            text.push_str(&line);
            text.push('\n');
            if line.starts_with("ready") || line.starts_with('{') {
                break;
            }
        }
        (Self(child), text)
    }

    /// Asks it to stop, and gives the log.
    #[cfg(unix)]
    pub(crate) fn terminate(self) -> (i32, String) {
        self.signal("-TERM");
        self.ended()
    }

    #[cfg(unix)]
    fn signal(&self, name: &str) {
        let pid = self.0.id().to_string();
        let sent = Command::new("kill").args([name, &pid]).status().unwrap();
        assert!(sent.success());
    }

    #[cfg(unix)]
    fn ended(mut self) -> (i32, String) {
        let status = self.0.wait().unwrap();
        let mut log = String::new();
        let errors = self.0.stderr.as_mut().unwrap();
        errors.read_to_string(&mut log).unwrap();
        (status.code().unwrap(), log)
    }
}

/// A command of the block, as a shell runs it.
fn paste(directory: &Path, command: &str) -> String {
    let done = Command::new("sh")
        .args(["-c", &format!("{command} -sS -i")])
        .current_dir(directory)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{command}: {done:?}");
    text
}

#[cfg(unix)]
#[test]
fn the_printed_command_succeeds_once() {
    let files = Files::new();
    let (service, block) = Service::start(files.path(), &[]);
    let curl = block
        .lines()
        .find(|line| line.trim_start().starts_with("curl "))
        .unwrap_or_else(|| panic!("{block}"));
    let answer = paste(files.path(), curl);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\"consumer\":\"demo-public\""), "{answer}");
    assert!(answer.contains("hello=world"), "{answer}");
    let again = paste(files.path(), curl);
    assert!(again.starts_with("HTTP/1.1 401"), "{again}");
    assert!(again.contains("oauth_problem=nonce_used"), "{again}");

    // The other printed command signs one that is new.
    let sign = block
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("countersign sign "))
        .unwrap_or_else(|| panic!("{block}"));
    let words: Vec<&str> = sign
        .split(' ')
        .map(|word| word.trim_matches('\''))
        .collect();
    let signed = run_in(files.path(), &[&["sign"], &words[..]].concat(), b"").exits(0);
    let answer = paste(files.path(), signed.out.trim_end());
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    // RSA, and no flow.
    let url = words.last().unwrap();
    let keys = "countersign-demo/demo-private.toml";
    let arguments = ["sign", "--keys", keys, "--as", "curl", url];
    let signed = run_in(files.path(), &arguments, b"").exits(0);
    let answer = paste(files.path(), signed.out.trim_end());
    assert!(
        answer.contains("\"organisation\":\"Demo Company\""),
        "{answer}"
    );

    let (code, log) = service.terminate();
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("nonce_used"), "{log}");
    assert!(!log.contains("hello"), "{log}");
}

#[cfg(unix)]
#[test]
fn the_log_has_one_line_for_what_was_refused_with_the_id_of_its_answer() {
    let files = Files::new();
    let (service, block) = Service::start(files.path(), &["--format", "json"]);
    let facts: serde_json::Value = serde_json::from_str(&block).unwrap();
    let address = facts["listen"].as_str().unwrap();
    let mut ids = Vec::new();
    for target in ["/echo", "/oauth/authorize?oauth_token=canary", "/nowhere"] {
        let answer = paste(files.path(), &format!("curl 'http://{address}{target}'"));
        let mut lines = answer.lines();
        let id = lines.find_map(|line| line.strip_prefix("x-request-id: "));
        ids.push(id.unwrap().to_owned());
    }
    let (_, log) = service.terminate();
    assert_eq!(log.lines().count(), ids.len(), "{log}");
    for (line, id) in log.lines().zip(&ids) {
        assert!(line.contains(id), "{id} {line}");
    }
    assert!(!log.contains("canary"), "{log}");
}

/// What is under way has its time; told twice, it waits for nobody.
#[cfg(unix)]
#[test]
fn told_twice_it_ends_at_once_and_says_what_was_cut_off() {
    use core::time::Duration;
    use std::io::Write as _;
    use std::net::TcpStream;
    use std::time::Instant;

    for (second, exit) in [("-TERM", 1), ("-INT", 130)] {
        let files = Files::new();
        let (service, block) = Service::start(files.path(), &["--format", "json"]);
        let facts: serde_json::Value = serde_json::from_str(&block).unwrap();
        let address = facts["listen"].as_str().unwrap();
        let mut slow = TcpStream::connect(address).unwrap();
        let head = "POST /oauth/login HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\
                    Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\na";
        slow.write_all(head.as_bytes()).unwrap();
        let mut told = [0; 25];
        slow.read_exact(&mut told).unwrap();
        service.signal("-TERM");
        // The second one comes when the first was taken in.
        let until = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(address).is_ok() {
            assert!(Instant::now() < until, "it goes on listening");
            std::thread::sleep(Duration::from_millis(20));
        }
        // At once it would be the same one, on another way.
        std::thread::sleep(Duration::from_secs(1));
        let since = Instant::now();
        service.signal(second);
        let (code, log) = service.ended();
        assert_eq!(code, exit, "{log}");
        assert!(since.elapsed() < Duration::from_secs(15), "{log}");
        let lines: Vec<_> = log.lines().filter(|it| it.contains("cut off")).collect();
        assert!(
            matches!(lines[..], [line] if line.contains("requests=1") || line.contains("\"requests\":1")),
            "{log}"
        );
    }
}

#[cfg(unix)]
#[test]
fn keys_are_for_their_owner_and_are_kept() {
    use std::os::unix::fs::PermissionsExt as _;

    let files = Files::new();
    let (service, block) = Service::start(files.path(), &["--format", "json"]);
    let facts: serde_json::Value = serde_json::from_str(&block).unwrap();
    assert_eq!(facts["schema"], "countersign/serve/1");
    assert_eq!(facts["consumers"], 3);
    assert_eq!(facts["users"], 1);
    service.terminate();
    let keys = files.path().join("countersign-demo");
    let read = || -> Vec<(String, Vec<u8>)> {
        let mut all: Vec<_> = std::fs::read_dir(&keys)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| {
                let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if !name.ends_with(".cer.pem") {
                    assert_eq!(mode, 0o600, "{name}");
                }
                (name, std::fs::read(&path).unwrap())
            })
            .collect();
        all.sort();
        all
    };
    let before = read();
    let (service, _) = Service::start(files.path(), &[]);
    service.terminate();
    assert_eq!(before, read());
}

#[cfg(unix)]
#[test]
fn a_key_that_is_lost_is_told_with_what_helps() {
    let files = Files::new();
    let (service, _) = Service::start(files.path(), &[]);
    service.terminate();
    let lost = files.path().join("countersign-demo/demo-partner.key.pem");
    std::fs::remove_file(&lost).unwrap();
    let ran = run_in(files.path(), &["serve"], b"").exits(3);
    assert!(ran.err.contains("demo-partner.key.pem"), "{}", ran.err);
    assert!(
        ran.err.contains("remove the directory countersign-demo"),
        "{}",
        ran.err
    );
    assert!(!lost.exists());
}

#[test]
fn what_cannot_be_meant_is_a_matter_of_usage() {
    let files = Files::new();
    files.write(
        "countersign.toml",
        "[server]\nlisten = \"127.0.0.1:0\"\nlissen = 1\n",
    );
    let ran = run_in(files.path(), &["serve"], b"").exits(2);
    assert!(ran.err.contains("line 3"), "{}", ran.err);
    let ran = run_in(files.path(), &["serve", "--config", "elsewhere.toml"], b"").exits(2);
    assert!(ran.err.contains("elsewhere.toml"), "{}", ran.err);
    assert!(!files.path().join("countersign.db").exists());
}

#[test]
fn every_key_of_the_configuration_is_printed_and_changes_nothing() {
    let files = Files::new();
    let ran = run_in(files.path(), &["serve", "--example-config"], b"").exits(0);
    assert!(ran.out.contains("\n#public_url = "), "{}", ran.out);
    assert!(!files.path().join("countersign.db").exists());
    let config = countersign_server::Config::parse(&ran.out, "countersign.toml").unwrap();
    let default = countersign_server::Config::default();
    assert_eq!(format!("{config:?}"), format!("{default:?}"));
}

#[test]
fn an_address_in_use_is_told() {
    let files = Files::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = run_in(files.path(), &["serve", "--listen", &address], b"").exits(3);
    assert!(ran.err.contains(&address), "{}", ran.err);
}
