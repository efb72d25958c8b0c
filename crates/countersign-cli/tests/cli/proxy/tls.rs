//! An upstream over TLS.
#![cfg(all(unix, not(target_os = "macos")))]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::Proxy;
use super::relayed::files;

/// A certificate for `localhost`, and a server that has it, answering so many requests.
fn server(count: usize) -> (String, u16, std::thread::JoinHandle<Vec<String>>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let pem = made.cert.pem();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || {
        let mut requests = Vec::new();
        for _ in 0..count {
            let (stream, _) = listener.accept().unwrap();
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            let mut request = Vec::new();
            let mut part = [0; 4096];
            while !request.ends_with(b"\r\n\r\n") {
                match stream.read(&mut part) {
                    // Whoever does not trust it says nothing.
                    Ok(0) | Err(_) => break,
                    Ok(read) => request.extend_from_slice(&part[..read]),
                }
            }
            requests.push(String::from_utf8(request).unwrap());
            let answer = "HTTP/1.1 302 Found\r\nLocation: https://localhost:{}/b\r\n\
                          Content-Length: 3\r\nConnection: close\r\n\r\nyes";
            let answer = answer.replace("{}", &port.to_string());
            let _gone = stream.write_all(answer.as_bytes());
            stream.conn.send_close_notify();
            let _gone = stream.flush();
        }
        requests
    });
    (pem, port, thread)
}

#[test]
fn what_is_sent_in_the_open_here_goes_out_over_tls() {
    let files = files();
    let (pem, port, thread) = server(2);
    let trusted = files.write("trusted.pem", pem);
    let trusted = trusted.to_str().unwrap();
    let upstream = format!("https://localhost:{port}");
    let arguments = ["--keys", "keys.toml", "--upstream", &upstream];
    let variables = [("SSL_CERT_FILE", trusted)];
    let proxy = Proxy::start_with(files.path(), &arguments, &variables);
    let answer = proxy.get("/a?b=%2f");
    assert_eq!(answer.body, "yes", "{answer:?}");
    let here = format!("http://{}/b", proxy.address());
    assert_eq!(answer.field("location"), Some(here.as_str()));
    // As a tool asks that has the proxy for http:// addresses.
    let absolute = format!("GET http://localhost:{port}/a");
    let fields = proxy.fields();
    let answer = proxy.send(format!("{absolute} HTTP/1.1\r\n{fields}\r\n"));
    assert_eq!(answer.body, "yes", "{answer:?}");
    let here = format!("http://localhost:{port}/b");
    assert_eq!(answer.field("location"), Some(here.as_str()));
    proxy.stop();
    let requests = thread.join().unwrap();
    assert!(
        requests[0].starts_with("GET /a?b=%2f HTTP/1.1\r\n"),
        "{requests:?}"
    );
    files.write("sent.http", &requests[0]);
    let verify = ["verify", "--keys", "keys.toml", "--scheme"];
    files
        .run(&[&verify[..], &["https", "sent.http"]].concat())
        .exits(0);
    files
        .run(&[&verify[..], &["http", "sent.http"]].concat())
        .exits(1);
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    let files = files();
    let (_, port, thread) = server(1);
    let (other, _, _) = server(0);
    let trusted = files.write("trusted.pem", other);
    let trusted = trusted.to_str().unwrap();
    let upstream = format!("https://localhost:{port}");
    let arguments = ["--keys", "keys.toml", "--upstream", &upstream];
    let variables = [("SSL_CERT_FILE", trusted)];
    let proxy = Proxy::start_with(files.path(), &arguments, &variables);
    proxy
        .get("/a")
        .is_own(502, "tls_certificate_error", "certificate");
    let log = proxy.stop();
    assert!(log.contains("upstream_certificate"), "{log}");
    // It was told nothing.
    assert_eq!(thread.join().unwrap(), [""]);
}

/// The block in the README is what is printed, but for what each run makes anew.
#[test]
fn the_readme_shows_what_is_printed() {
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let (_, shown) = readme.split_once("```text\n$ countersign proxy ").unwrap();
    let (command, shown) = shown.split_once('\n').unwrap();
    let (shown, _) = shown.split_once("```").unwrap();

    let files = files();
    let (trusted, _, _) = server(0);
    let trusted = files.write("trusted.pem", trusted);
    let variables = [("SSL_CERT_FILE", trusted.to_str().unwrap())];
    let arguments: Vec<&str> = [&["proxy"], &command.split(' ').collect::<Vec<_>>()[..]].concat();
    let mut child = crate::run::start(&root, &arguments, &variables);
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut printed = String::new();
    while !printed.contains("\nready") {
        let read = std::io::BufRead::read_line(&mut out, &mut printed).unwrap();
        assert!(read > 0, "{printed}");
    }
    let _gone = child.kill();
    let _gone = child.wait();
    assert_eq!(steady(&printed), steady(shown));
    assert_ne!(printed, shown, "each run has a token of its own");
}

/// Tokens and ports as signs.
fn steady(block: &str) -> String {
    let is_token = |word: &str| word.len() == 32 && word.bytes().all(|it| it.is_ascii_hexdigit());
    let mut out = String::new();
    for word in block.split_inclusive(|it: char| !it.is_ascii_alphanumeric()) {
        let bare = word.trim_end_matches(|it: char| !it.is_ascii_alphanumeric());
        let is_port = bare.len() == 5 && bare.bytes().all(|it| it.is_ascii_digit());
        if is_token(bare) || is_port {
            out.push_str(&word.replacen(bare, if is_port { "PORT" } else { "TOKEN" }, 1));
        } else {
            out.push_str(word);
        }
    }
    out
}
