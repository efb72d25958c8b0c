//! Tokens that end while the proxy runs.

use super::Proxy;
use crate::request::server::{Server, reply};
use crate::token::World;

const TOKEN: &str = "token = \"old-token-of-user\"\ntoken_secret = \"canary-old\"\n\
                     session_handle = \"canary-handle\"\n";

fn refused(problem: &str) -> String {
    reply("401 Unauthorized", "", &format!("oauth_problem={problem}"))
}

fn renewed() -> String {
    let body = "oauth_token=new-token-of-user&oauth_token_secret=canary-new&oauth_expires_in=1800\
                &oauth_session_handle=canary-next";
    reply("200 OK", "", body)
}

fn start(world: &World, upstream: &str) -> Proxy {
    let arguments = ["--profile", "acme", "--upstream", upstream];
    let variables = [("COUNTERSIGN_CONFIG_DIR", world.config())];
    Proxy::start_with(world.files().path(), &arguments, &variables)
}

fn token_of(request: &[u8]) -> String {
    let text = String::from_utf8_lossy(request).into_owned();
    let (_, rest) = text.split_once("oauth_token=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[cfg(unix)]
#[test]
fn an_expired_token_is_renewed_and_the_request_sent_once_more() {
    let server = Server::answering(vec![
        refused("token_expired"),
        renewed(),
        reply("200 OK", "", "yes"),
        reply("200 OK", "", "again"),
    ]);
    let base = server.url("");
    let world = World::at(&base);
    world.add(&base, TOKEN);
    let proxy = start(&world, &base);
    // Refused before it was looked at, it had no effect.
    assert_eq!(proxy.ask("POST /a", "", "b=c").body, "yes");
    assert_eq!(proxy.get("/d").body, "again");
    proxy.stop();
    let requests = server.requests();
    let lines: Vec<String> = requests
        .iter()
        .map(|request| String::from_utf8_lossy(request).into_owned())
        .map(|text| text.lines().next().unwrap().to_owned())
        .collect();
    let expected = [
        "POST /a HTTP/1.1",
        "POST /access_token HTTP/1.1",
        "POST /a HTTP/1.1",
        "GET /d HTTP/1.1",
    ];
    assert_eq!(lines, expected);
    let tokens: Vec<String> = requests.iter().map(|request| token_of(request)).collect();
    let (old, new) = ("old-token-of-user", "new-token-of-user");
    assert_eq!(tokens, [old, old, new, new]);
    assert!(world.written().contains("token = \"new-token-of-user\""));
    assert_eq!(world.state(), "active");
}

/// Several requests at once find that the token is over: one renewal.
#[cfg(unix)]
#[test]
fn of_many_requests_one_renews() {
    use std::io::Write as _;

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let base = format!("http://{address}");
    let provider = std::thread::spawn(move || {
        let mut renewals = 0;
        loop {
            let (mut stream, _) = listener.accept().unwrap();
            let request = crate::request::server::read(&mut stream);
            if request.is_empty() {
                return renewals;
            }
            let answer = if request.starts_with(b"POST /access_token ") {
                renewals += 1;
                renewed()
            } else if token_of(&request) == "new-token-of-user" {
                reply("200 OK", "", "yes")
            } else {
                refused("token_expired")
            };
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let world = World::at(&base);
    world.add(&base, TOKEN);
    let proxy = start(&world, &base);
    std::thread::scope(|scope| {
        for at in 0..8 {
            let proxy = &proxy;
            scope.spawn(move || assert_eq!(proxy.get(&format!("/{at}")).body, "yes"));
        }
    });
    proxy.stop();
    drop(std::net::TcpStream::connect(address));
    assert_eq!(provider.join().unwrap(), 1);
}

/// What another process has put into the profile counts.
#[cfg(unix)]
#[test]
fn a_token_that_another_process_got_is_taken_over() {
    let files = std::sync::Arc::new(std::sync::OnceLock::<std::path::PathBuf>::new());
    let seen = std::sync::Arc::clone(&files);
    let server = Server::meanwhile(
        vec![
            refused("token_rejected"),
            reply("200 OK", "", "yes"),
            refused("token_rejected"),
        ],
        move |asked| {
            if asked == 0 {
                let profile = seen.get().unwrap();
                let text = std::fs::read_to_string(profile).unwrap();
                let text = text.replace("old-token-of-user", "other-token-of-user");
                std::fs::write(profile, text).unwrap();
            }
        },
    );
    let base = server.url("");
    let world = World::at(&base);
    world.add(&base, TOKEN);
    let profile = world.files().path().join("config/profiles/acme.toml");
    files.set(profile).unwrap();
    let proxy = start(&world, &base);
    assert_eq!(proxy.ask("POST /a", "", "b=c").body, "yes");
    // Nobody has another one: the answer is the tool's, and the log says who can help.
    assert_eq!(proxy.get("/b").status, 401);
    let log = proxy.stop();
    assert!(
        log.contains("countersign token authorize --profile acme"),
        "{log}"
    );
    let requests = server.requests();
    let tokens: Vec<String> = requests.iter().map(|request| token_of(request)).collect();
    let (old, other) = ("old-token-of-user", "other-token-of-user");
    assert_eq!(tokens, [old, other, other]);
}

/// A profile that can't be renewed, or read any more: the answer is passed back as it is.
#[cfg(unix)]
#[test]
fn where_nothing_helps_the_answer_is_the_tools() {
    let server = Server::answering(vec![refused("token_expired"), refused("token_rejected")]);
    let base = server.url("");
    let world = World::at(&base);
    world.add(&base, "token = \"t\"\ntoken_secret = \"canary\"\n");
    let proxy = start(&world, &base);
    let answer = proxy.get("/a");
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (401, "oauth_problem=token_expired")
    );
    let profile = world.files().path().join("config/profiles/acme.toml");
    std::fs::write(profile, "consumer_secret = \"canary\" \"\n").unwrap();
    let answer = proxy.get("/b");
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (401, "oauth_problem=token_rejected")
    );
    let log = proxy.stop();
    assert!(
        log.contains("countersign token renew --profile acme"),
        "{log}"
    );
    assert_eq!(
        log.matches("no other token is to be had").count(),
        2,
        "{log}"
    );
    assert_eq!(server.requests().len(), 2);
}

/// Another profile that is put in use meanwhile signs nothing here.
#[cfg(unix)]
#[test]
fn the_profile_in_use_at_the_start_stays() {
    let server = Server::answering(vec![refused("token_rejected"), reply("200 OK", "", "")]);
    let base = server.url("");
    let world = World::at(&base);
    world.add(&base, TOKEN);
    let other = "consumer_key = \"other\"\nconsumer_secret = \"canary\"\ntoken = \"t\"\n";
    world.files().write("other.toml", other);
    let add = ["profile", "add", "other", "--keys", "other.toml"];
    world.run(&add, b"").exits(0);
    world.run(&["profile", "use", "acme"], b"").exits(0);
    let variables = [("COUNTERSIGN_CONFIG_DIR", world.config())];
    let arguments = ["--upstream", base.as_str()];
    let proxy = Proxy::start_with(world.files().path(), &arguments, &variables);
    assert_eq!(proxy.facts["profile"], "acme");
    world.run(&["profile", "use", "other"], b"").exits(0);
    assert_eq!(proxy.get("/").status, 401);
    let log = proxy.stop();
    assert!(log.contains("authorize --profile acme"), "{log}");
    assert_eq!(server.requests().len(), 1);
}

/// What a keys file can't have is not advised.
#[cfg(unix)]
#[test]
fn a_keys_file_is_not_renewed() {
    let files = super::relayed::files();
    let server = Server::answering(vec![refused("token_expired"), refused("token_rejected")]);
    let proxy = Proxy::to(files.path(), &server.url(""));
    for _ in 0..2 {
        assert_eq!(proxy.get("/").status, 401);
    }
    let log = proxy.stop();
    assert_eq!(log.matches("(countersign profile add)").count(), 2, "{log}");
    assert!(!log.contains("--keys"), "{log}");
    assert_eq!(server.requests().len(), 2);
}
