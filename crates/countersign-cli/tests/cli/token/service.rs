//! Against the real service, whose pages a browser without a screen fills in.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use crate::run::{Files, Ran, ended, run_with, start};
use crate::serve::Service;

/// A browser: cookies, and the forms of the service's own pages.
struct Browser {
    authority: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Sends a request, and follows where it leads.
    fn send(&mut self, method: &str, target: &str, body: &str) -> String {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: {1}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {2}\r\n\
             Connection: close\r\n\r\n{body}",
            self.authority,
            cookies.join("; "),
            body.len()
        );
        let mut stream = TcpStream::connect(&self.authority).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, page) = answer.split_once("\r\n\r\n").unwrap();
        let mut location = None;
        for line in head.lines().skip(1) {
            let (name, value) = line.split_once(": ").unwrap_or((line, ""));
            if name.eq_ignore_ascii_case("set-cookie") {
                let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            if name.eq_ignore_ascii_case("location") {
                location = Some(value.to_owned());
            }
        }
        match location {
            Some(target) => {
                let origin = format!("http://{}", self.authority);
                let target = target.strip_prefix(&origin).unwrap_or(&target).to_owned();
                self.send("GET", &target, "")
            }
            None => page.to_owned(),
        }
    }

    /// Fills in the form that goes to `action`.
    fn submit(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> String {
        let form = between(page, &format!("action=\"{action}\">"), "</form>");
        let hidden = form.split("<input type=\"hidden\" ").skip(1).map(|input| {
            let name = between(input, "name=\"", "\"");
            (name, between(input, "value=\"", "\""))
        });
        let pairs: Vec<String> = hidden
            .chain(fields.iter().copied())
            .map(|(name, value)| {
                let value = countersign_encoding::encode(value);
                format!("{}={value}", countersign_encoding::encode(name))
            })
            .collect();
        self.send("POST", action, &pairs.join("&"))
    }

    /// Logs in, allows, and gives the code that the page shows.
    fn allow(&mut self, target: &str, password: &str) -> String {
        let mut page = self.send("GET", target, "");
        if page.contains("name=\"password\"") {
            let fields = [("username", "demo"), ("password", password)];
            page = self.submit(&page, "/oauth/login", &fields);
        }
        let chosen = [("organisation", "Demo Company"), ("decision", "allow")];
        let page = self.submit(&page, "/oauth/authorize", &chosen);
        between(&page, "class=\"code\">", "<").to_owned()
    }
}

#[track_caller]
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("{before}: {text}"));
    rest.split_once(after)
        .unwrap_or_else(|| panic!("{after}: {text}"))
        .0
}

/// A service with its demonstration applications, and profiles for one of them.
struct World {
    files: Files,
    service: Service,
    origin: String,
    config: String,
    browser: Browser,
}

impl World {
    fn new() -> Self {
        let files = Files::new();
        let (service, block) = Service::start(files.path(), &["--format", "json"]);
        let facts: serde_json::Value = serde_json::from_str(&block).unwrap();
        let authority = facts["listen"].as_str().unwrap().to_owned();
        Self {
            config: files.path().join("config").display().to_string(),
            files,
            service,
            origin: format!("http://{authority}"),
            browser: Browser {
                authority,
                cookies: BTreeMap::new(),
            },
        }
    }

    #[track_caller]
    fn run(&self, arguments: &[&str]) -> Ran {
        let variables = [("COUNTERSIGN_CONFIG_DIR", self.config.as_str())];
        run_with(self.files.path(), arguments, b"", &variables)
    }

    /// A profile of the application that renews its tokens.
    fn add(&self, name: &str) {
        let endpoints = [
            format!("request_token={}/oauth/request_token", self.origin),
            format!("authorize={}/oauth/authorize", self.origin),
            format!("access_token={}/oauth/access_token", self.origin),
        ];
        let keys = "countersign-demo/demo-partner.toml";
        let mut add = vec![
            "profile",
            "add",
            name,
            "--keys",
            keys,
            "--base-url",
            &self.origin,
        ];
        for endpoint in &endpoints {
            add.extend(["--endpoint", endpoint]);
        }
        self.run(&add).exits(0);
    }

    /// The user's consent, on the service's own pages.
    fn authorise(&mut self, name: &str) -> Ran {
        let variables = [("COUNTERSIGN_CONFIG_DIR", self.config.as_str())];
        let authorize = ["token", "authorize", "--profile", name, "--callback", "oob"];
        let mut child = start(self.files.path(), &authorize, &variables);
        let mut told = BufReader::new(child.stderr.take().unwrap());
        let target = loop {
            let mut line = String::new();
            assert!(told.read_line(&mut line).unwrap() > 0, "an address");
            if let Some(target) = line.trim().strip_prefix(&self.origin) {
                break target.to_owned();
            }
        };
        let password = self.files.read("countersign-demo/demo.password");
        let code = self.browser.allow(&target, password.trim());
        let mut input = child.stdin.take().unwrap();
        input.write_all(format!("{code}\n").as_bytes()).unwrap();
        drop(input);
        ended(&authorize, child).exits(0)
    }

    /// A request, a renewal and a look at the token, after the grant has ended.
    #[track_caller]
    fn is_lost(&self, name: &str) {
        let ran = self.run(&["request", "--profile", name, "/echo"]).exits(1);
        assert!(
            ran.err.contains("countersign token authorize"),
            "{}",
            ran.err
        );
        assert!(ran.err.contains("token_rejected"), "{}", ran.err);
        let ran = self.run(&["token", "renew", "--profile", name]).exits(1);
        assert!(ran.out.contains("state          lost"), "{}", ran.out);
        let next = format!("next: countersign token authorize --profile {name}");
        assert!(ran.out.contains(&next), "{}", ran.out);
        let ran = self.run(&["token", "status", "--profile", name]).exits(1);
        assert!(ran.out.contains(&next), "{}", ran.out);
    }

    #[track_caller]
    fn is_good(&self, name: &str) {
        let ran = self.run(&["request", "--profile", name, "/echo"]).exits(0);
        assert!(ran.out.contains("\"user\":\"demo\""), "{}", ran.out);
    }
}

/// Consent, calls, renewal, and the end of the grant: what a user of the command goes through.
#[test]
fn a_token_is_got_used_renewed_and_lost() {
    let mut world = World::new();
    world.add("demo");
    world.run(&["profile", "use", "demo"]).exits(0);
    world.run(&["profile", "status"]).exits(0);
    let ran = world.authorise("demo");
    assert!(ran.out.contains("state          active"), "{}", ran.out);
    assert!(
        ran.out.contains("in 29 min") || ran.out.contains("in 30 min"),
        "{}",
        ran.out
    );
    world.is_good("demo");
    let ran = world.run(&["token", "renew"]).exits(0);
    assert!(ran.out.contains("state          active"), "{}", ran.out);
    world.is_good("demo");

    // The grant is revoked behind the application's back.
    let revoke = ["admin", "grant", "revoke", "--consumer", "demo-partner"];
    let company = ["--organisation", "Demo Company"];
    world.run(&[&revoke[..], &company].concat()).exits(0);
    world.is_lost("demo");
    let ran = world.run(&["token", "status", "--history"]).exits(1);
    for word in ["connected", "renewed", "lost", "token_rejected"] {
        assert!(ran.out.contains(word), "{word}: {}", ran.out);
    }
    // What the next line says is what helps.
    world.authorise("demo");
    world.is_good("demo");
    world.run(&["token", "status"]).exits(0);
    world.service.terminate();
}

/// A second authorisation for the same organisation replaces the first, whoever asks for it.
#[test]
fn a_second_authorisation_is_told_as_such() {
    let mut world = World::new();
    world.add("first");
    world.add("second");
    world.authorise("first");
    world.is_good("first");
    world.authorise("second");
    world.is_good("second");
    world.is_lost("first");
    world.is_good("second");
    world.service.terminate();
}

/// A user whose role no longer allows it takes the grants along.
#[test]
fn a_role_that_is_lost_ends_the_grant() {
    let mut world = World::new();
    world.add("demo");
    world.authorise("demo");
    world.is_good("demo");
    let role = ["admin", "user", "role", "demo", "Demo Company", "read only"];
    world.run(&role).exits(0);
    world.is_lost("demo");
    world.service.terminate();
}
