//! Against the real service, whose pages a browser without a screen fills in.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use crate::run::{Files, ended, run_with, start};
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

/// Consent, calls, renewal, and the end of the grant: what a user of the command goes through.
#[test]
fn a_token_is_got_used_renewed_and_lost() {
    let files = Files::new();
    let (service, block) = Service::start(files.path(), &["--format", "json"]);
    let facts: serde_json::Value = serde_json::from_str(&block).unwrap();
    let origin = format!("http://{}", facts["listen"].as_str().unwrap());
    let config = files.path().join("config").display().to_string();
    let variables = [("COUNTERSIGN_CONFIG_DIR", config.as_str())];
    let run = |arguments: &[&str]| run_with(files.path(), arguments, b"", &variables);
    let endpoints = [
        format!("request_token={origin}/oauth/request_token"),
        format!("authorize={origin}/oauth/authorize"),
        format!("access_token={origin}/oauth/access_token"),
    ];
    let [one, two, three] = &endpoints;
    run(&[
        "profile",
        "add",
        "demo",
        "--use",
        "--keys",
        "countersign-demo/demo-partner.toml",
        "--base-url",
        &origin,
        "--endpoint",
        one,
        "--endpoint",
        two,
        "--endpoint",
        three,
    ])
    .exits(0);
    run(&["profile", "status"]).exits(0);

    let authorize = ["token", "authorize", "--callback", "oob"];
    let mut child = start(files.path(), &authorize, &variables);
    let mut told = BufReader::new(child.stderr.take().unwrap());
    let target = loop {
        let mut line = String::new();
        assert!(told.read_line(&mut line).unwrap() > 0, "an address");
        if let Some(target) = line.trim().strip_prefix(&origin) {
            break target.to_owned();
        }
    };
    let mut browser = Browser {
        authority: origin.strip_prefix("http://").unwrap().to_owned(),
        cookies: BTreeMap::new(),
    };
    let password = files.read("countersign-demo/demo.password");
    let code = browser.allow(&target, password.trim());
    let mut input = child.stdin.take().unwrap();
    input.write_all(format!("{code}\n").as_bytes()).unwrap();
    drop(input);
    let ran = ended(&authorize, child).exits(0);
    assert!(ran.out.contains("state          active"), "{}", ran.out);
    assert!(
        ran.out.contains("in 29 min") || ran.out.contains("in 30 min"),
        "{}",
        ran.out
    );

    let echo = ["request", "/echo", "q==x"];
    let ran = run(&echo).exits(0);
    assert!(ran.out.contains("\"user\":\"demo\""), "{}", ran.out);
    let ran = run(&["token", "renew"]).exits(0);
    assert!(ran.out.contains("state          active"), "{}", ran.out);
    run(&echo).exits(0);

    // The grant is revoked behind the application's back.
    let revoke = ["admin", "grant", "revoke", "--consumer", "demo-partner"];
    run(&[&revoke[..], &["--organisation", "Demo Company"]].concat()).exits(0);
    let ran = run(&echo).exits(1);
    assert!(
        ran.err.contains("countersign token authorize"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("token_rejected"), "{}", ran.err);
    let ran = run(&["token", "renew"]).exits(1);
    assert!(ran.out.contains("state          lost"), "{}", ran.out);
    assert!(
        ran.out
            .contains("next: countersign token authorize --profile demo"),
        "{}",
        ran.out
    );
    let ran = run(&["token", "status", "--history"]).exits(1);
    for word in ["connected", "renewed", "lost", "token_rejected"] {
        assert!(ran.out.contains(word), "{word}: {}", ran.out);
    }
    service.terminate();
}
