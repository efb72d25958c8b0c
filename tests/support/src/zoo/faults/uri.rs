//! The method and the base string URI.

use crate::zoo::fault::{Fault, fault};
use crate::zoo::request::{Request, written_port};
use crate::zoo::spelling;

/// The faults of method and URI.
pub(in crate::zoo) const TABLE: &[Fault] = &[
    fault(
        "method.mismatch",
        3,
        "another method is signed",
        |plan, _, random| {
            let methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"];
            (*random.pick(&methods)).clone_into(&mut plan.method);
            Some(())
        },
    ),
    fault(
        "method.mismatch",
        1,
        "the method is signed in lower case",
        |plan, _, _| {
            plan.method = plan.method.to_ascii_lowercase();
            Some(())
        },
    ),
    fault(
        "uri.scheme_proxy",
        3,
        "the other scheme is signed",
        |plan, _, _| {
            plan.uri.scheme = other_scheme(plan.uri.scheme);
            Some(())
        },
    ),
    fault(
        "uri.scheme_proxy",
        2,
        "the other scheme is signed, and the port by that scheme's rule",
        |plan, request, _| {
            plan.uri.scheme = other_scheme(request.scheme);
            let standard = if plan.uri.scheme == "https" { 443 } else { 80 };
            plan.uri.port = written_port(request.port.filter(|port| *port != standard));
            Some(())
        },
    ),
    fault(
        "uri.host",
        1,
        "www. is added to the host or taken off",
        |plan, _, _| {
            let host = &plan.uri.host;
            plan.uri.host = match host.strip_prefix("www.") {
                Some(rest) => rest.to_owned(),
                None if host.starts_with(|first: char| first.is_ascii_alphabetic()) => {
                    format!("www.{host}")
                }
                None => return None,
            };
            Some(())
        },
    ),
    fault(
        "uri.host",
        1,
        "the host before the proxy is signed",
        |plan, request, _| {
            forwarded(request, "X-Forwarded-Host")?.clone_into(&mut plan.uri.host);
            Some(())
        },
    ),
    fault(
        "uri.host",
        1,
        "the host is signed as written, not in lower case",
        |plan, request, _| {
            request.host.clone_into(&mut plan.uri.host);
            Some(())
        },
    ),
    fault(
        "uri.proxy_port",
        1,
        "the port before the proxy is signed",
        |plan, request, _| {
            plan.uri.port = format!(":{}", forwarded(request, "X-Forwarded-Port")?);
            Some(())
        },
    ),
    fault(
        "uri.nondefault_port",
        3,
        "the port is left out",
        |plan, _, _| {
            plan.uri.port.clear();
            Some(())
        },
    ),
    fault(
        "uri.default_port",
        1,
        "the default port is signed",
        |plan, request, _| {
            let standard = if request.scheme == "https" { 443 } else { 80 };
            if plan.uri.port.is_empty() {
                plan.uri.port = written_port(Some(standard));
            }
            Some(())
        },
    ),
    fault(
        "uri.trailing_slash",
        2,
        "a slash is added at the end of the path",
        |plan, _, _| {
            plan.uri.path.push('/');
            Some(())
        },
    ),
    fault(
        "uri.trailing_slash",
        2,
        "the slash at the end of the path is dropped",
        |plan, _, _| {
            plan.uri.path = plan.uri.path.strip_suffix('/')?.to_owned();
            Some(())
        },
    ),
    fault(
        "uri.double_slash",
        1,
        "two slashes are made one",
        |plan, _, _| {
            while plan.uri.path.contains("//") {
                plan.uri.path = plan.uri.path.replace("//", "/");
            }
            Some(())
        },
    ),
    fault(
        "uri.double_slash",
        1,
        "the base URL's slash is signed before that of the path",
        |plan, _, _| {
            plan.uri.path.insert(0, '/');
            Some(())
        },
    ),
    fault(
        "uri.path_encoding",
        1,
        "%2F in the path is signed as a slash",
        |plan, _, _| {
            plan.uri.path = plan.uri.path.replace("%2F", "/").replace("%2f", "/");
            Some(())
        },
    ),
    fault(
        "uri.path_encoding",
        1,
        "the path is decoded",
        |plan, _, _| {
            plan.uri.path = spelling::decode(&plan.uri.path);
            Some(())
        },
    ),
    fault(
        "uri.path_encoding",
        1,
        "brackets in the path are encoded",
        |plan, _, _| {
            for (bracket, triplet) in [("[", "%5B"), ("]", "%5D"), ("(", "%28"), (")", "%29")] {
                plan.uri.path = plan.uri.path.replace(bracket, triplet);
            }
            Some(())
        },
    ),
    fault(
        "uri.path_case",
        1,
        "the path is signed in lower case",
        |plan, _, _| {
            plan.uri.path = plan.uri.path.to_lowercase();
            Some(())
        },
    ),
    fault(
        "uri.path_params",
        1,
        "the path is cut at its first semicolon",
        |plan, _, _| {
            plan.uri.path = plan.uri.path.split(';').next()?.to_owned();
            Some(())
        },
    ),
    fault(
        "uri.path_prefix",
        1,
        "the first segment of the path is signed twice",
        |plan, _, _| {
            let (first, _) = plan.uri.path.strip_prefix('/')?.split_once('/')?;
            if first.is_empty() {
                return None;
            }
            plan.uri.path = format!("/{first}{}", plan.uri.path);
            Some(())
        },
    ),
    fault(
        "uri.malformed",
        2,
        "null//null is signed for scheme and host",
        |plan, _, _| {
            plan.uri.origin = Some("null//null");
            Some(())
        },
    ),
    fault(
        "uri.whitespace",
        1,
        "the URI is signed with a blank at its end",
        |plan, _, _| {
            plan.uri.tail.push(' ');
            Some(())
        },
    ),
    fault(
        "uri.path_encoding",
        1,
        "the URI is encoded twice",
        |plan, _, _| {
            plan.uri.spelling = plan.uri.spelling.passes(2);
            Some(())
        },
    ),
];

fn other_scheme(scheme: &str) -> &'static str {
    if scheme == "https" { "http" } else { "https" }
}

fn forwarded<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let (_, value) = request
        .forwarded
        .iter()
        .find(|(header, _)| *header == name)?;
    Some(value)
}
