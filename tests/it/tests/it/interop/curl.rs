//! The curl command that `countersign sign --as curl` prints, pasted into a shell.

use std::process::{Command, Output};

use countersign_base_string::{Place, ProtocolParameters, Request, Scheme, Uri};
use countersign_capture::OwnedRequest;
use countersign_key::{RsaPrivateKey, SecureRandom as _};
use countersign_provider::Settings;
use countersign_signature::{Method, OsRandom, Signer, sign};
use countersign_test_support::fixtures;
use countersign_tower::system_clock;

use super::server::Server;
use crate::app::PRIVATE;
use crate::peer;

struct Job {
    method: &'static str,
    target: &'static str,
    content_type: Option<&'static str>,
    body: &'static str,
}

const JOBS: &[Job] = &[
    Job {
        method: "GET",
        target: "/echo/a%2Fb?q=red%20shoes&x[]=1&it=it's&plus=a+b%2Bc",
        content_type: None,
        body: "",
    },
    Job {
        method: "POST",
        target: "/echo?a=0&z=",
        content_type: Some("application/x-www-form-urlencoded"),
        body: "a=2&a=10&a=&status=Hello+%24HOME+%60id%60+%27quoted%27&caf%C3%A9=%E2%98%83",
    },
    Job {
        method: "PUT",
        target: "/echo",
        content_type: Some("application/json"),
        body: "{\"it's\": \"$HOME `id` \\\\ café\"}",
    },
];

/// The private application's request as a command; it needs no flow.
fn command(job: &Job, origin: &str, key: &RsaPrivateKey) -> String {
    let mut random = OsRandom::new();
    let mut bytes = [0; 8];
    random.fill(&mut bytes).expect("random bytes");
    let nonce = format!("n{:x}", u64::from_be_bytes(bytes));
    let timestamp = system_clock().seconds().to_string();
    let method = Method::RSA_SHA256;
    let protocol =
        ProtocolParameters::new(PRIVATE, method.name(), &timestamp, &nonce).with_token(PRIVATE);
    let url = format!("{origin}{}", job.target);
    let request = Request::new(job.method, Uri::parse(&url).expect("a URL"))
        .expect("a method")
        .with_body(job.content_type, job.body.as_bytes());
    let signer = Signer::rsa(method, key).expect("a usable key");
    let random = Some(&mut random as _);
    let signed = sign(&request, &protocol, &signer, Place::Header, None, random);
    let signed = signed.expect("a signature");
    let host = origin.strip_prefix("http://").expect("http");
    let mut owned = OwnedRequest::new(job.method, job.target)
        .with_host(host)
        .with_header("Authorization", signed.authorization().expect("a header"));
    if let Some(content_type) = job.content_type {
        owned = owned.with_header("Content-Type", content_type);
    }
    owned
        .with_body(job.body)
        .to_curl(Some(Scheme::Http))
        .expect("a command")
}

/// The status and the body.
fn paste(command: &str) -> (String, String) {
    let shell = format!("{command} --silent --show-error --write-out '\\n%{{http_code}}'");
    let output = Command::new("sh")
        .args(["-c", &shell])
        .env("CURL_HOME", "/nonexistent")
        .env("NO_PROXY", "127.0.0.1")
        .output();
    let Output { stdout, stderr, .. } = output.expect("a shell");
    let text = String::from_utf8(stdout).expect("UTF-8");
    let (body, status) = text
        .rsplit_once('\n')
        .unwrap_or_else(|| panic!("{command}: {}", String::from_utf8_lossy(&stderr)));
    (status.to_owned(), body.to_owned())
}

#[test]
fn a_pasted_command_works_once() {
    if Command::new("curl").arg("--version").output().is_err() {
        peer::skip("curl", "no such program");
        return;
    }
    let server = Server::start(Settings::default());
    let key = |name: &str| RsaPrivateKey::read(&fixtures::key(name), None).expect("a key");
    let (right, wrong) = (key("rsa2048.pkcs8.pem"), key("rsa2048-other.pkcs8.pem"));
    for job in JOBS {
        let line = command(job, &server.origin, &right);
        let (status, body) = paste(&line);
        assert_eq!(status, "200", "{line}\n{body}");
        let length = format!("\"body_bytes\":{}", job.body.len());
        assert!(body.contains(&length), "{line}\n{body}");

        let (status, body) = paste(&line);
        assert_eq!(status, "401", "{line}\n{body}");
        assert!(body.starts_with("oauth_problem=nonce_used"), "{body}");

        let (status, body) = paste(&command(job, &server.origin, &wrong));
        assert_eq!(status, "401", "{body}");
        assert!(
            body.starts_with("oauth_problem=signature_invalid"),
            "{body}"
        );
        println!("curl               RSA-SHA256   header  ok: {}", job.method);
    }
}
