//! Against the real service, which verifies: a wrong signature fails.
#![cfg(unix)]

use std::process::Command;

use super::Proxy;
use crate::run::{Files, run_with};
use crate::serve::Service;

const PUBLIC: &str = "countersign-demo/demo-public.toml";

struct World {
    files: Files,
    service: Service,
    origin: String,
}

impl World {
    fn new() -> Self {
        let files = Files::new();
        let (service, block) = Service::start(files.path(), &["--format", "json"]);
        let facts: serde_json::Value = serde_json::from_str(&block).unwrap();
        let origin = format!("http://{}", facts["listen"].as_str().unwrap());
        Self {
            files,
            service,
            origin,
        }
    }

    fn proxy(&self, keys: &str, more: &[&str]) -> Proxy {
        let arguments = ["--keys", keys, "--upstream", &self.origin];
        Proxy::start(self.files.path(), &[&arguments[..], more].concat())
    }

    /// Keys with one that the service does not know.
    fn tampered(&self) -> &'static str {
        let keys = self.files.read(PUBLIC);
        let (head, secret) = keys.split_once("consumer_secret = \"").unwrap();
        let wrong = format!("{head}consumer_secret = \"0{secret}");
        self.files.write("wrong.toml", wrong);
        "wrong.toml"
    }
}

/// Another address of this machine, where it has more than one from the start.
const OTHER: &str = if cfg!(target_os = "linux") {
    "127.0.0.2:0"
} else {
    "127.0.0.1:0"
};

const JSON: &str = "Content-Type: application/json\r\n";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// A request line with further fields, a body, and what the service says of the body's coverage.
const ASKED: [(&str, &str, &str, &str); 9] = [
    ("GET /echo", "", "", "empty"),
    ("GET /echo?hello=world", "", "", "empty"),
    (
        "GET /echo?a=%2f&a=%2F&c[]=1+1&&e=&f&=g&h=%7e~&i=a%20b;c",
        "",
        "",
        "empty",
    ),
    ("DELETE /echo/a//b/%2e%2E/?", "", "", "empty"),
    ("POST /echo", FORM, "status=Hello+world&x=%2f&x=%26", "form"),
    ("POST /echo?page=2&b=5%3D3", FORM, "c2&a3=2+q", "form"),
    ("POST /echo", JSON, "{\"a\": \"+ %2f\"}", "unsigned"),
    ("PUT /echo", JSON, "{}", "unsigned"),
    ("PURGE /echo", "", "", "empty"),
];

#[test]
fn what_tools_send_is_verified_and_with_another_key_nothing_is() {
    let world = World::new();
    let proxy = world.proxy(PUBLIC, &[]);
    for (line, fields, body, coverage) in ASKED {
        let answer = proxy.ask(line, fields, body);
        assert_eq!(answer.status, 200, "{line}: {answer:?}");
        let echo: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(echo["consumer"], "demo-public", "{line}");
        assert_eq!(echo["body"], coverage, "{line}");
        assert_eq!(echo["body_bytes"], body.len(), "{line}");
        let (method, target) = line.split_once(' ').unwrap();
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        assert_eq!(echo["method"], method, "{line}");
        assert_eq!(echo["path"], path, "{line}");
        assert_eq!(echo["query"].as_str(), query, "{line}");
    }
    let log = proxy.stop();
    assert!(log.contains("GET /echo"), "{log}");
    assert!(!log.contains("hello") && !log.contains("status=H"), "{log}");

    let proxy = world.proxy(world.tampered(), &[]);
    for (line, fields, body, _) in ASKED {
        let answer = proxy.ask(line, fields, body);
        assert_eq!(answer.status, 401, "{line}: {answer:?}");
        assert!(answer.body.contains("signature_invalid"), "{answer:?}");
        // The upstream's word, and not the proxy's own.
        assert_eq!(answer.field("proxy-status"), None, "{answer:?}");
    }
    let log = proxy.stop();
    assert_eq!(
        log.matches("\"problem\":\"signature_invalid\"").count(),
        ASKED.len(),
        "{log}"
    );
    let hint = format!(
        "\"countersign request --keys wrong.toml GET {}/echo\"",
        world.origin
    );
    assert!(log.contains(&hint), "{log}");
    // What changes something is not to be sent once more for that.
    assert!(
        !log.contains("toml DELETE") && !log.contains("toml POST"),
        "{log}"
    );
    assert!(
        log.contains("countersign explain signature_invalid"),
        "{log}"
    );
    world.service.terminate();
}

/// RSA, and a hash of bodies that are no form.
#[test]
fn the_method_and_the_body_hash_are_those_of_the_profile() {
    let world = World::new();
    let config = world.files.path().join("config").display().to_string();
    let variables = [("COUNTERSIGN_CONFIG_DIR", config.as_str())];
    let private = "countersign-demo/demo-private.toml";
    for (name, keys, more) in [
        ("hashed", PUBLIC, &["--body-hash"][..]),
        ("sha256", PUBLIC, &["--signature-method", "HMAC-SHA256"]),
        ("rsa", private, &["--body-hash"]),
    ] {
        let add = ["profile", "add", name, "--keys", keys];
        let base = ["--base-url", &world.origin];
        let add = [&add[..], &base, more].concat();
        run_with(world.files.path(), &add, b"", &variables).exits(0);
    }
    for (name, method, coverage) in [
        ("hashed", "HMAC-SHA1", "hashed"),
        ("sha256", "HMAC-SHA256", "unsigned"),
        ("rsa", "RSA-SHA1", "hashed"),
    ] {
        // The upstream is the profile's own.
        let profile = ["--profile", name];
        let proxy = Proxy::start_with(world.files.path(), &profile, &variables);
        assert_eq!(proxy.facts["upstream"], world.origin.as_str());
        assert_eq!(proxy.facts["profile"], name);
        let answer = proxy.ask("POST /echo?a=b", JSON, "{\"a\":1}");
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        let echo: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(echo["signature_method"], method);
        assert_eq!(echo["body"], coverage, "{name}");
        proxy.stop();
    }
    world.service.terminate();
}

/// What is printed for people is pasted as it is.
#[test]
fn the_printed_command_succeeds_and_needs_its_token() {
    let world = World::new();
    let paste = |command: &str| {
        let command = command.replacen("curl ", "curl -sS -i ", 1);
        let done = Command::new("sh")
            .args(["-c", &command])
            .current_dir(world.files.path())
            .output()
            .unwrap();
        String::from_utf8_lossy(&done.stdout).into_owned()
    };
    let token = "0123456789abcdef0123456789abcdef";
    world.files.write("it's the token", format!("{token}\n"));
    let private = world.files.path().join("run");
    std::fs::create_dir(&private).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(&private, mode).unwrap();
    let mut starts = vec![
        &[][..],
        &["--listen", OTHER],
        &["--token-file", "it's the token"],
        &["--unix", "run/it's.sock"],
    ];
    // Not every container has it.
    if std::net::TcpListener::bind("[::1]:0").is_ok() {
        starts.push(&["--listen", "[::1]:0"]);
    }
    for more in starts {
        let proxy = world.proxy(PUBLIC, more);
        let command = proxy.facts["curl"].as_str().unwrap();
        assert!(!command.contains(token), "{command}");
        let command = command.replace("/'", "/echo?a=b'");
        let answer = paste(&command);
        assert!(answer.starts_with("HTTP/1.1 200"), "{command}: {answer}");
        assert!(answer.contains("\"consumer\":\"demo-public\""), "{answer}");
        if more.is_empty() {
            let other = command.replacen(proxy.token(), token, 1);
            let answer = paste(&other);
            assert!(answer.starts_with("HTTP/1.1 401"), "{other}: {answer}");
            // The other address that is printed: as base of an address, and as a proxy.
            let (token, address) = (proxy.token(), proxy.address());
            let answer = paste(&format!("curl 'http://{token}@{address}/echo'"));
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            let origin = &world.origin;
            for (user, status) in [(format!("{token}@"), "200"), (String::new(), "407")] {
                // curl asks no proxy for this machine unless it is told to.
                let command =
                    format!("curl --noproxy '' -x 'http://{user}{address}' '{origin}/echo'");
                let answer = paste(&command);
                let expected = format!("HTTP/1.1 {status}");
                assert!(answer.starts_with(&expected), "{command}: {answer}");
            }
        }
        let log = proxy.stop();
        assert!(!log.contains(token), "{log}");
    }
    world.service.terminate();
}

#[test]
fn the_block_for_people_says_what_there_is() {
    let world = World::new();
    let arguments = ["proxy", "--keys", PUBLIC, "--upstream", &world.origin];
    let mut child = crate::run::start(world.files.path(), &arguments, &[]);
    let out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut block = String::new();
    for line in std::io::BufRead::lines(out).map_while(Result::ok) {
        block.push_str(&line);
        block.push('\n');
        if line.starts_with("ready") {
            break;
        }
    }
    let _gone = child.kill();
    let _gone = child.wait();
    for words in [
        "signing proxy\n",
        &format!("  ->  {}\n", world.origin),
        "  signs as   consumer demo-public, no token\n",
        "  method     HMAC-SHA1, parameters in the header\n",
        "127.0.0.1  [::1]  localhost",
        "(for this run)\n",
        "Try this:\n  curl -u ",
        "For tools that take an address",
    ] {
        assert!(block.contains(words), "{words}: {block}");
    }
    let keys = world.files.read(PUBLIC);
    let (_, secret) = keys.split_once("consumer_secret = \"").unwrap();
    let secret = secret.split('"').next().unwrap();
    assert!(!block.contains(secret), "{block}");
    world.service.terminate();
}
