//! Refusals of a service, explained by their ids.

use core::net::SocketAddr;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use countersign_server::{Config, Inputs, Server};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::run::{Files, Ran};

const CONFIG: &str = "\
[server]
listen = \"127.0.0.1:0\"
admin_listen = \"127.0.0.1:0\"

[[consumer]]
key = \"dpf43f3p2l4k3l03\"
kind = \"public\"
secret_file = \"consumer.secret\"
two_legged = true
";

/// A service in a directory of its own.
struct Service {
    files: Files,
    runtime: Runtime,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Service {
    fn start() -> Self {
        let files = Files::new();
        files.write("countersign.toml", CONFIG);
        files.write("consumer.secret", "kd94hf93k423kf44");
        files.write(
            "keys.toml",
            "consumer_key = \"dpf43f3p2l4k3l03\"\nconsumer_secret = \"kd94hf93k423kf44\"\n",
        );
        let runtime = Runtime::new().unwrap();
        let config = Config::read(files.path().join("countersign.toml")).unwrap();
        let server = runtime
            .block_on(Server::open(config, Inputs::default()))
            .unwrap();
        let address = server.facts().listen;
        let (stop, stopped) = oneshot::channel();
        let task = runtime.spawn(server.run(async {
            let _dropped = stopped.await;
        }));
        Self {
            files,
            runtime,
            address,
            stop,
            task,
        }
    }

    /// Sends a request and gives the id of its answer.
    fn id_of(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let line = answer.lines().find(|line| line.starts_with("x-request-id"));
        line.unwrap().split(": ").nth(1).unwrap().to_owned()
    }

    /// A signed request for `target`, as it is sent.
    fn signed(&self, target: &str, more: &[&str]) -> String {
        let url = format!("http://{}{target}", self.address);
        let sign = ["sign", "--keys", "keys.toml", "--as", "http"];
        let signed = self.files.run(&[&sign, more, &[&url]].concat()).exits(0);
        signed.out.replacen("\r\n", "\r\nConnection: close\r\n", 1)
    }

    /// Explains an id; what a request left is written beside its answer.
    fn doctor(&self, id: &str, more: &[&str]) -> Ran {
        let arguments = [
            &["doctor", "--id", id, "--config", "countersign.toml"],
            more,
        ]
        .concat();
        for _ in 0..250 {
            let ran = self.files.run(&arguments);
            if ran.code != 3 {
                return ran;
            }
            std::thread::sleep(core::time::Duration::from_millis(20));
        }
        self.files.run(&arguments)
    }

    fn end(self) -> Files {
        self.stop.send(()).unwrap();
        self.runtime.block_on(self.task).unwrap();
        self.files
    }
}

/// An administrator finds them without their ids, the newest first.
fn listed(files: &Files, ids: &[&String]) {
    let list = ["admin", "refusal", "list"];
    let ran = files.run(&list).exits(0);
    let first = ran.out.lines().filter_map(|line| line.split(' ').next());
    assert_eq!(first.collect::<Vec<_>>(), ids, "{}", ran.out);
    let known = ["--consumer", "dpf43f3p2l4k3l03", "--limit", "1"];
    let json = ["--format", "json"];
    let ran = files.run(&[&list[..], &known, &json].concat()).exits(0);
    let refusals = &ran.json()["refusals"];
    assert_eq!(refusals.as_array().unwrap().len(), 1);
    assert_eq!(refusals[0]["id"], ids[0].as_str());
    assert_eq!(refusals[0]["problem"], "signature_invalid");
    let none = files.run(&[&list[..], &["--limit", "0"]].concat()).exits(0);
    assert_eq!(none.out, "No refusals are kept.\n");
    let elsewhere = Files::new();
    let err = elsewhere.run(&list).exits(3).err;
    assert!(err.contains("found none: countersign-service.db"), "{err}");
}

#[test]
fn what_was_no_matter_of_a_signature_is_explained_by_its_cause() {
    let service = Service::start();
    let page = service.id_of(
        "GET /oauth/authorize?oauth_token=canary HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    );
    let ran = service.doctor(&page, &[]).exits(1);
    for line in [
        "GET authorize   404\n",
        "  note: cause: page_unknown, no request for access is known by that token\n",
        "  = fix: Connect the application again, from the application.\n",
    ] {
        assert!(ran.out.contains(line), "{line}: {}", ran.out);
    }
    assert!(!ran.out.contains("environment"), "{}", ran.out);
    let path = "GET /canary HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let ran = service.doctor(&service.id_of(path), &[]).exits(1);
    assert!(ran.out.contains("cause: no_such_path, "), "{}", ran.out);
    assert!(!ran.out.contains("--keys"), "{}", ran.out);
    let elsewhere = Files::new();
    let err = elsewhere.run(&["doctor", "--id", &page]).exits(3).err;
    assert!(err.contains("--config"), "{err}");
    service.end();
}

#[test]
fn a_refusal_is_explained_beside_its_service_and_without_it() {
    let service = Service::start();
    let nothing = "GET /echo?pin=canary HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let unsigned = service.id_of(nothing);
    let ran = service.doctor(&unsigned, &[]).exits(1);
    for line in [
        "GET echo   401\n".to_owned(),
        format!("{unsigned}: read as a refusal of 2"),
        "  note: cause: grammar, the request carries no OAuth parameter\n".to_owned(),
        "  [fail] grammar".to_owned(),
        "error[hdr.absent]: the request carries no OAuth parameter\n".to_owned(),
        "  = proven: the service's own checks and records say so\n".to_owned(),
        "  = at fault: the client: the program that signs".to_owned(),
        "  = fix: Check that the signing step runs for this request.\n".to_owned(),
        "  = the same evidence fits: hdr.stripped\n".to_owned(),
    ] {
        assert!(ran.out.contains(&line), "{line}: {}", ran.out);
    }

    let late = service.signed("/echo?pin=canary", &["--timestamp", "1500000000"]);
    let late = service.id_of(&late);
    let ran = service.doctor(&late, &["--format", "json"]).exits(1);
    let document = ran.json();
    assert_eq!(document["schema"], "countersign/doctor/1");
    assert_eq!(document["verdict"], "explained");
    assert_eq!(document["problem"]["code"], "timestamp_refused");
    let finding = &document["findings"][0];
    assert_eq!(finding["code"], "time.skew");
    assert!(!finding["remedies"].as_array().unwrap().is_empty());
    let refusal = &document["refusal"];
    assert_eq!(refusal["id"], late.as_str());
    assert_eq!(refusal["cause"], "timestamp");
    assert_eq!(refusal["endpoint"], "echo");
    assert_eq!(refusal["consumer"], "dpf43f3p2l4k3l03");

    let changed = service.signed("/echo?a=red%20shoes", &[]);
    let changed = changed.replacen("?a=red%20shoes", "?a=red%20shoes&pin=canary", 1);
    let changed = service.id_of(&changed);
    let ran = service.doctor(&changed, &["--verbose"]).exits(1);
    assert!(ran.out.contains("query parameter 2"), "{}", ran.out);
    assert!(ran.out.contains("= your secrets are right."), "{}", ran.out);

    let files = service.end();
    listed(&files, &[&changed, &late, &unsigned]);
    for id in [&unsigned, &late, &changed] {
        // In the directory of the service its configuration need not be named.
        let id = id.to_lowercase();
        let ran = files
            .run(&["doctor", "--id", &id, "--explain-all"])
            .exits(1);
        assert!(!ran.out.contains("canary"), "{}", ran.out);
    }
}

#[test]
fn what_is_not_kept_and_what_cannot_be_read_is_said() {
    let service = Service::start();
    let ran = service.files.run(&["doctor", "--id", "0000000000000"]);
    let err = ran.exits(3).err;
    assert!(
        err.contains("no refusal is kept under \"0000000000000\""),
        "{err}"
    );
    assert!(err.contains("at most 10000, for 30 d"), "{err}");
    let files = service.end();

    let elsewhere = Files::new();
    let id = "0000000000000";
    let err = elsewhere.run(&["doctor", "--id", id]).exits(3).err;
    assert!(err.contains("found none: countersign-service.db"), "{err}");
    let config = ["doctor", "--id", id, "--config", "none.toml"];
    assert!(elsewhere.run(&config).exits(3).err.contains("none.toml"));
    files.write(
        "countersign-service.db",
        "no database at all, but long enough for its header",
    );
    let err = files.run(&["doctor", "--id", id]).exits(3).err;
    assert!(err.contains("countersign-service.db"), "{err}");
}

#[test]
fn an_id_goes_with_no_input() {
    let files = Files::new();
    files.write("request.http", "GET / HTTP/1.1\r\n\r\n");
    for more in [
        &["request.http"][..],
        &["--keys", "request.http"],
        &["--response", "request.http"],
        &["--redact"],
        &["--budget", "3"],
    ] {
        let arguments = [&["doctor", "--id", "0000000000000"], more].concat();
        files.run(&arguments).exits(2);
    }
    files
        .run(&["doctor", "--config", "a.toml", "request.http"])
        .exits(2);
}
