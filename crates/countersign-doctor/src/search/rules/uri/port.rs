//! The port.

use std::borrow::Cow;

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::state::UriParts;
use crate::search::subject::Subject;

type Uri = fn(&Subject<'_>, &UriParts, &mut Out<UriParts>);

const fn row(code: &'static str, prior: u16, did: &'static str, deviate: Uri) -> Rule {
    Rule {
        code,
        dimension: Dimension::Port,
        prior,
        did,
        deviate: Deviate::Uri(deviate),
    }
}

pub(in super::super) const ROWS: &[Rule] = &[
    row(
        "uri.nondefault_port",
        30,
        "left a port out of the base URI that is not the default one",
        |_, uri, out| {
            if uri.port.is_empty() {
                return;
            }
            let bare = UriParts {
                port: Vec::new(),
                ..uri.clone()
            };
            out.push(bare.clone(), "the port was left out");
            out.push(
                UriParts {
                    path: Vec::new(),
                    ..bare
                },
                "the port was left out, and the path as well",
            );
        },
    ),
    row(
        "uri.default_port",
        12,
        "signed the default port, which is left out of the base URI",
        |_, uri, out| {
            if uri.port.is_empty() {
                put(uri, default(uri), "the default port was signed", out);
            }
        },
    ),
    row(
        "uri.proxy_port",
        10,
        "signed the port of a proxy, or of the server behind it",
        |subject, uri, out| {
            for (name, value) in &subject.headers {
                let is_port = !value.is_empty()
                    && value.len() <= 5
                    && value.bytes().all(|octet| octet.is_ascii_digit());
                if name == "x-forwarded-port" && is_port {
                    let port = format!(":{value}");
                    put(uri, &port, "the port of X-Forwarded-Port was signed", out);
                }
            }
            for port in PORTS {
                // The default port has a code of its own.
                if port != default(uri) || !uri.port.is_empty() {
                    put(uri, port, format!("{port} was signed"), out);
                }
            }
        },
    ),
    row(
        "uri.malformed",
        4,
        "signed a port that is none, where the URL has no port",
        |_, uri, out| {
            for port in [":-1", ":0", ":", ":null", ":undefined"] {
                put(uri, port, format!("{port} was signed"), out);
            }
        },
    ),
];

/// The default ports under the other scheme, and where applications and proxies listen.
const PORTS: [&str; 25] = [
    ":80", ":443", ":8080", ":8443", ":3000", ":8000", ":8081", ":5000", ":8888", ":81", ":9000",
    ":8008", ":4000", ":8181", ":9443", ":9090", ":3001", ":4200", ":5001", ":9080", ":8001",
    ":8082", ":4443", ":444", ":7001",
];

fn default(uri: &UriParts) -> &'static str {
    if uri.scheme.eq_ignore_ascii_case(b"http") {
        ":80"
    } else {
        ":443"
    }
}

fn put(uri: &UriParts, port: &str, detail: impl Into<Cow<'static, str>>, out: &mut Out<UriParts>) {
    if uri.port != port.as_bytes() {
        out.push(
            UriParts {
                port: port.into(),
                ..uri.clone()
            },
            detail,
        );
    }
}
