//! The host.

use super::put_host;
use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::state::UriParts;
use crate::search::subject::Subject;

type Uri = fn(&Subject<'_>, &UriParts, &mut Out<UriParts>);

const fn row(code: &'static str, prior: u16, did: &'static str, deviate: Uri) -> Rule {
    Rule {
        code,
        dimension: Dimension::Host,
        prior,
        did,
        deviate: Deviate::Uri(deviate),
    }
}

pub(in super::super) const ROWS: &[Rule] = &[
    row(
        "uri.host",
        30,
        "signed the host with www where the other side has it without, or the other way round",
        |_, uri, out| match uri.host.strip_prefix(b"www.") {
            Some(bare) => put_host(uri, bare, "www. was left out", out),
            None => put_host(uri, [b"www.", &*uri.host].concat(), "www. was added", out),
        },
    ),
    row(
        "redirect.not_resigned",
        5,
        "signed the URL before a redirect to the host with www, or without",
        |_, uri, out| match uri.host.strip_prefix(b"www.") {
            Some(bare) => put_host(uri, bare, "www. was not yet there", out),
            None => put_host(
                uri,
                [b"www.", &*uri.host].concat(),
                "www. was still there",
                out,
            ),
        },
    ),
    row(
        "uri.host",
        15,
        "signed the host that a header names beside the one called",
        forwarded,
    ),
    row(
        "uri.host",
        6,
        "signed the name of its own machine in place of the host called",
        |_, uri, out| {
            for local in ["localhost", "127.0.0.1", "0.0.0.0", "[::1]"] {
                put_host(uri, local, format!("{local} was signed as the host"), out);
            }
        },
    ),
    row(
        "uri.host",
        8,
        "signed another subdomain than the one called",
        subdomain,
    ),
    row(
        "uri.host",
        8,
        "signed the host by its other name, before or after the provider was renamed",
        |_, uri, out| {
            for (before, after) in RENAMED {
                for (from, to) in [(before, after), (after, before)] {
                    if uri.host == from.as_bytes() {
                        put_host(uri, to, format!("{to} was signed"), out);
                    }
                }
            }
        },
    ),
    row(
        "uri.host",
        3,
        "signed the host with a dot at its end, or without the one it has",
        |_, uri, out| match uri.host.strip_suffix(b".") {
            Some(bare) => put_host(uri, bare, "the dot at the end was left out", out),
            None => put_host(
                uri,
                [&*uri.host, b"."].concat(),
                "a dot was at the end",
                out,
            ),
        },
    ),
    row(
        "uri.host",
        4,
        "left user name and password in the URL that was signed",
        |subject, uri, out| {
            if let Some(user) = userinfo(subject.target) {
                put_host(
                    uri,
                    [user.as_bytes(), b"@", &uri.host].concat(),
                    "user name and password stood before the host",
                    out,
                );
            }
        },
    ),
    row(
        "uri.case",
        8,
        "signed the host with capital letters",
        capitals,
    ),
];

/// Hosts of the same service under two names.
const RENAMED: [(&str, &str); 4] = [
    ("api.twitter.com", "api.x.com"),
    ("twitter.com", "x.com"),
    ("upload.twitter.com", "upload.x.com"),
    ("userstream.twitter.com", "stream.twitter.com"),
];

/// Header fields in which proxies pass on the host that was called, or the one they call.
const NAMES: [&str; 6] = [
    "host",
    "x-forwarded-host",
    "x-forwarded-server",
    "x-original-host",
    "x-host",
    ":authority",
];

fn forwarded(subject: &Subject<'_>, uri: &UriParts, out: &mut Out<UriParts>) {
    let named = subject.headers.iter().flat_map(|(name, value)| {
        let hosts: Vec<&str> = if NAMES.contains(&name.as_str()) {
            value.split(',').map(str::trim).collect()
        } else if name == "forwarded" {
            in_forwarded(value).collect()
        } else {
            Vec::new()
        };
        hosts.into_iter().map(move |host| (name, host))
    });
    for (name, authority) in named.take(8) {
        let authority = authority.to_ascii_lowercase();
        let (host, port) = split(&authority);
        if host.is_empty() || host.as_bytes() == uri.host {
            continue;
        }
        put_host(uri, host, format!("the host of {name} was signed"), out);
        if !port.is_empty() && port.as_bytes() != uri.port {
            out.push(
                UriParts {
                    host: host.into(),
                    port: port.into(),
                    ..uri.clone()
                },
                format!("host and port of {name} were signed"),
            );
        }
    }
}

/// The hosts in a `Forwarded` field, RFC 7239 section 4.
fn in_forwarded(value: &str) -> impl Iterator<Item = &str> {
    value.split([',', ';']).filter_map(|part| {
        let (name, host) = part.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("host")
            .then(|| host.trim().trim_matches('"'))
    })
}

/// A host, and its port with the colon.
fn split(authority: &str) -> (&str, &str) {
    authority
        .rfind(':')
        .and_then(|at| authority.split_at_checked(at))
        .filter(|(_, port)| port.bytes().skip(1).all(|octet| octet.is_ascii_digit()))
        .unwrap_or((authority, ""))
}

fn subdomain(_: &Subject<'_>, uri: &UriParts, out: &mut Out<UriParts>) {
    const LABELS: [&str; 6] = ["api", "www", "app", "secure", "m", "sandbox"];
    let Ok(host) = core::str::from_utf8(&uri.host) else {
        return;
    };
    let first = host.split_once('.');
    let known = first.filter(|(label, _)| LABELS.contains(label));
    let domain = known.map_or(host, |(_, domain)| domain);
    // An address or a name without a domain has no subdomains.
    let is_name = domain.contains('.')
        && domain
            .rsplit('.')
            .next()
            .is_some_and(|last| last.bytes().all(|octet| octet.is_ascii_alphabetic()));
    if !is_name {
        return;
    }
    if known.is_some() {
        put_host(uri, domain, format!("{domain} was signed"), out);
    }
    for label in LABELS {
        put_host(
            uri,
            format!("{label}.{domain}"),
            format!("{label}.{domain} was signed"),
            out,
        );
    }
}

/// User name and password of an absolute URL.
fn userinfo(target: &str) -> Option<&str> {
    let after = target.split_once("://")?.1;
    let authority = after.split(['/', '?', '#']).next()?;
    authority.rsplit_once('@').map(|(user, _)| user)
}

fn capitals(subject: &Subject<'_>, uri: &UriParts, out: &mut Out<UriParts>) {
    // As it was written in the Host field, or in an absolute URL.
    let written = subject
        .headers
        .iter()
        .filter(|(name, _)| name == "host")
        .map(|(_, value)| value.trim())
        .chain(
            subject
                .target
                .split_once("://")
                .and_then(|(_, after)| after.split(['/', '?', '#']).next()),
        );
    for authority in written.take(2) {
        let host = split(authority.rsplit('@').next().unwrap_or(authority)).0;
        if host.as_bytes().eq_ignore_ascii_case(&uri.host) {
            put_host(uri, host, "as it was written in the URL", out);
        }
    }
    put_host(
        uri,
        uri.host.to_ascii_uppercase(),
        "the host was written in capital letters",
        out,
    );
    let mut capitalised = uri.host.clone();
    if let Some(first) = capitalised.first_mut() {
        first.make_ascii_uppercase();
    }
    put_host(
        uri,
        capitalised,
        "the host began with a capital letter",
        out,
    );
    let mut each = uri.host.clone();
    let mut begins = true;
    for octet in &mut each {
        if begins {
            octet.make_ascii_uppercase();
        }
        begins = matches!(octet, b'.' | b'-');
    }
    put_host(
        uri,
        each,
        "each part of the host began with a capital letter",
        out,
    );
}
