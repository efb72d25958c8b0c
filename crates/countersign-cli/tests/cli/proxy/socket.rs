//! A Unix socket in place of an address.

use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use super::relayed::files;
use super::{Answer, Proxy};
use crate::request::server::{Server, reply};
use crate::run::Files;

const ARGUMENTS: [&str; 6] = [
    "--keys",
    "keys.toml",
    "--upstream",
    "http://127.0.0.1:9",
    "--unix",
    "run/acme.sock",
];

/// Files, and a directory for the socket with these permissions.
fn world(mode: u32) -> (Files, PathBuf) {
    let files = files();
    let directory = files.path().join("run");
    std::fs::create_dir(&directory).unwrap();
    std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(mode)).unwrap();
    let socket = directory.join("acme.sock");
    (files, socket)
}

fn ask(socket: &Path, fields: &str) -> Answer {
    let mut stream = UnixStream::connect(socket).unwrap();
    let request = format!("GET /a HTTP/1.1\r\nConnection: close\r\n{fields}\r\n");
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    Answer::read(&mut stream)
}

#[track_caller]
fn refused(files: &Files, words: &str) {
    let ran = files.run(&[&["proxy"], &ARGUMENTS[..]].concat()).exits(3);
    assert!(ran.err.contains(words), "{}", ran.err);
    assert_eq!(ran.out, "");
}

#[test]
fn a_socket_needs_no_token_and_goes_with_the_proxy() {
    let (files, socket) = world(0o700);
    let server = Server::answering(vec![reply("200 OK", "", "yes")]);
    let upstream = server.url("");
    let mut arguments = ARGUMENTS;
    arguments[3] = &upstream;
    let proxy = Proxy::start(files.path(), &arguments);
    assert_eq!(proxy.facts["token"], serde_json::Value::Null);
    assert_eq!(proxy.facts["unix"], "run/acme.sock");
    let mode = std::fs::metadata(&socket).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let fields = "Host: localhost\r\nX-Countersign-Token: canary\r\n";
    assert_eq!(ask(&socket, fields).body, "yes");
    // What else is checked is checked here too.
    ask(&socket, "Host: evil.example\r\n").is_own(421, "http_request_denied", "--allow-host");
    ask(
        &socket,
        "Host: localhost\r\nOrigin: https://evil.example\r\n",
    )
    .is_own(403, "http_request_denied", "another origin");
    proxy.stop();
    assert!(!socket.exists());
    let left: Vec<_> = std::fs::read_dir(files.path().join("run"))
        .unwrap()
        .collect();
    assert!(left.is_empty(), "{left:?}");
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    // A token that nobody asked for is the upstream's least of all.
    let sent = String::from_utf8_lossy(&requests[0]).to_ascii_lowercase();
    assert!(!sent.contains("canary"), "{sent}");
}

#[test]
fn a_dead_socket_makes_room_and_a_living_one_does_not() {
    let (files, socket) = world(0o700);
    // One that a process left behind which was killed.
    let proxy = Proxy::start(files.path(), &ARGUMENTS);
    drop(proxy);
    assert!(socket.exists());
    let proxy = Proxy::start(files.path(), &ARGUMENTS);
    assert_eq!(ask(&socket, "Host: a\r\n").status, 421);
    refused(&files, "another process listens there");
    assert_eq!(ask(&socket, "Host: a\r\n").status, 421);
    // Whoever has taken its place keeps it.
    std::fs::remove_file(&socket).unwrap();
    let other = UnixListener::bind(&socket).unwrap();
    proxy.stop();
    assert!(socket.exists());
    drop(other);
}

#[test]
fn of_many_that_start_at_once_one_listens() {
    let (files, socket) = world(0o700);
    drop(Proxy::start(files.path(), &ARGUMENTS));
    let arguments = [&["proxy", "--format", "json"], &ARGUMENTS[..]].concat();
    let mut started: Vec<Started> = (0..4)
        .map(|_| Started(crate::run::start(files.path(), &arguments, &[])))
        .collect();
    let mut listening = 0;
    for Started(child) in &mut started {
        let out = std::io::BufReader::new(child.stdout.take().unwrap());
        match std::io::BufRead::lines(out).next() {
            Some(line) => {
                assert!(line.unwrap().contains("acme.sock"));
                listening += 1;
            }
            None => assert_eq!(child.wait().unwrap().code(), Some(3)),
        }
    }
    assert_eq!(listening, 1);
    assert_eq!(ask(&socket, "Host: a\r\n").status, 421);
}

/// Ended with the test.
struct Started(std::process::Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

#[test]
fn other_files_stay() {
    let (files, socket) = world(0o700);
    std::fs::write(&socket, "important").unwrap();
    refused(&files, "it stays");
    assert_eq!(std::fs::read(&socket).unwrap(), b"important");
    std::fs::remove_file(&socket).unwrap();
    std::os::unix::fs::symlink("elsewhere", &socket).unwrap();
    refused(&files, "it stays");
    assert!(socket.symlink_metadata().unwrap().is_symlink());
    std::fs::remove_file(&socket).unwrap();
    std::fs::create_dir(&socket).unwrap();
    refused(&files, "it stays");
}

#[test]
fn a_directory_that_is_open_to_others_is_none() {
    for mode in [0o755, 0o711, 0o770, 0o777] {
        let (files, socket) = world(mode);
        refused(&files, "chmod 700");
        assert!(!socket.exists());
    }
    let (files, _) = world(0o700);
    std::fs::rename(files.path().join("run"), files.path().join("real")).unwrap();
    refused(&files, "run");
    std::os::unix::fs::symlink("real", files.path().join("run")).unwrap();
    refused(&files, "found a link");
    assert!(!files.path().join("real/acme.sock").exists());
}

/// Only root can come into another user's directory, and its owner could put a socket there.
#[test]
fn a_directory_of_another_user_is_none() {
    let (files, socket) = world(0o700);
    let directory = files.path().join("run");
    if std::os::unix::fs::chown(&directory, Some(12_345), None).is_err() {
        // Not root: then the system refuses it before anything is looked at.
        return;
    }
    refused(&files, "belongs to another user");
    assert!(!socket.exists());
}

#[test]
fn a_socket_and_an_address_exclude_each_other() {
    let (files, socket) = world(0o700);
    for more in [["--listen", "127.0.0.1:0"], ["--token-file", "x"]] {
        let arguments = [&["proxy"], &ARGUMENTS[..], &more].concat();
        files.run(&arguments).exits(2);
    }
    assert!(!socket.exists());
    let file_type = std::fs::metadata(files.path().join("run")).unwrap();
    assert!(!file_type.file_type().is_socket());
}
