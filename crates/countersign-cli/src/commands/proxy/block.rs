//! What is printed at the start.

use core::fmt::Write as _;
use core::net::SocketAddr;
use std::path::{Path, PathBuf};

use countersign_key::Secret;
use serde_json::{Value, json};

use crate::text::{shell_word, within_quotes};

/// Where the proxy listens.
#[derive(Debug)]
pub(super) enum Place {
    Tcp(SocketAddr),
    #[cfg(unix)]
    Unix(PathBuf),
}

/// What a tool has to show, as far as it is told.
#[derive(Debug)]
pub(super) enum Shown {
    /// Made for this run, and told here alone.
    Token(Secret),
    /// In a file of the user's.
    File(PathBuf),
    /// The file system says who may connect.
    #[cfg(unix)]
    Nothing,
}

/// What there is to tell.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) place: Place,
    pub(super) shown: Shown,
    pub(super) upstream: String,
    /// The path of the profile's base_url.
    pub(super) path: String,
    pub(super) profile: Option<String>,
    pub(super) consumer: String,
    pub(super) has_token: bool,
    pub(super) method: &'static str,
    pub(super) placement: &'static str,
    pub(super) names: Vec<String>,
    pub(super) max_body: u16,
    pub(super) timeout: u32,
}

impl Facts {
    fn listen(&self) -> String {
        match &self.place {
            Place::Tcp(address) => format!("http://{address}"),
            #[cfg(unix)]
            Place::Unix(path) => path.display().to_string(),
        }
    }

    fn token(&self) -> String {
        match &self.shown {
            Shown::Token(token) => format!("{}  (for this run)", token.expose_secret()),
            Shown::File(path) if path == Path::new("-") => "that of standard input".to_owned(),
            Shown::File(path) => format!("in {}", path.display()),
            #[cfg(unix)]
            Shown::Nothing => "none: the socket is for this user alone".to_owned(),
        }
    }

    fn curl(&self) -> String {
        let path = within_quotes(&self.path);
        match &self.place {
            #[cfg(unix)]
            Place::Unix(socket) => {
                let socket = shell_word(&socket.display().to_string());
                format!("curl --unix-socket {socket} 'http://localhost{path}'")
            }
            Place::Tcp(address) => {
                let user = match &self.shown {
                    Shown::Token(token) => format!("{}:", token.expose_secret()),
                    Shown::File(file) if file == Path::new("-") => "TOKEN:".to_owned(),
                    Shown::File(file) => {
                        format!("\"$(cat {})\":", shell_word(&file.display().to_string()))
                    }
                    #[cfg(unix)]
                    Shown::Nothing => ":".to_owned(),
                };
                format!("curl -u {user} 'http://{address}{path}'")
            }
        }
    }
}

pub(super) fn text(facts: &Facts) -> String {
    let mut text = format!(
        "countersign {}  signing proxy\n\n",
        env!("CARGO_PKG_VERSION")
    );
    let profile = match &facts.profile {
        Some(profile) => format!("  (profile {profile})"),
        None => String::new(),
    };
    let token = if facts.has_token { "" } else { ", no token" };
    let rows = [
        (
            "listen",
            format!("{}  ->  {}", facts.listen(), facts.upstream),
        ),
        (
            "signs as",
            format!("consumer {}{token}{profile}", facts.consumer),
        ),
        (
            "method",
            format!("{}, parameters in the {}", facts.method, facts.placement),
        ),
        ("names", facts.names.join("  ")),
        (
            "limits",
            format!(
                "bodies of {} MiB, answers begin within {} s",
                facts.max_body, facts.timeout
            ),
        ),
        ("token", facts.token()),
    ];
    for (name, value) in rows {
        // Writing to a String can't fail.
        let _ = writeln!(text, "  {name:<10} {value}");
    }
    let _ = write!(text, "\nTry this:\n  {}\n", facts.curl());
    if let (Place::Tcp(address), Shown::Token(token)) = (&facts.place, &facts.shown) {
        let _ = write!(
            text,
            "For tools that take an address, or a proxy for http:// ones:\n  http://{}@{address}\n",
            token.expose_secret()
        );
    }
    text.push_str("\nready; Ctrl-C stops it\n");
    text
}

pub(super) fn json(facts: &Facts) -> Value {
    let (listen, unix) = match &facts.place {
        Place::Tcp(address) => (Some(address.to_string()), None),
        #[cfg(unix)]
        Place::Unix(path) => (None, Some(path.display().to_string())),
    };
    let (token, token_file) = match &facts.shown {
        Shown::Token(token) => (Some(token.expose_secret()), None),
        Shown::File(path) => (None, Some(path.display().to_string())),
        #[cfg(unix)]
        Shown::Nothing => (None, None),
    };
    json!({
        "schema": "countersign/proxy/1",
        "listen": listen,
        "unix": unix,
        "upstream": facts.upstream,
        "profile": facts.profile,
        "consumer": facts.consumer,
        "has_token": facts.has_token,
        "signature_method": facts.method,
        "placement": facts.placement,
        "names": facts.names,
        "max_body": facts.max_body,
        "timeout": facts.timeout,
        "token": token,
        "token_file": token_file,
        "curl": facts.curl(),
    })
}
