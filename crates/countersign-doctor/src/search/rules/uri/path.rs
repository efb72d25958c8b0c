//! The path: lost, with other segments, of another version, in other letters.

use super::{PLACES, put_path};
use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::state::UriParts;
use crate::search::subject::Subject;

type Uri = fn(&Subject<'_>, &UriParts, &mut Out<UriParts>);

const fn row(code: &'static str, prior: u16, did: &'static str, deviate: Uri) -> Rule {
    Rule {
        code,
        dimension: Dimension::Path,
        prior,
        did,
        deviate: Deviate::Uri(deviate),
    }
}

pub(in super::super) const ROWS: &[Rule] = &[
    row(
        "uri.path",
        15,
        "lost the path, or the end of it, before it signed",
        |_, uri, out| {
            if !uri.path.is_empty() && uri.path != b"/" {
                put_path(uri, "", "nothing of the path was signed", out);
                put_path(uri, "/", "a slash was signed in place of the path", out);
            }
            for at in slashes(&uri.path).rev() {
                if let Some((kept, _)) = uri.path.split_at_checked(at).filter(|_| at > 0) {
                    put_path(uri, kept, "segments at the end were left out", out);
                    put_path(
                        uri,
                        [kept, b"/"].concat(),
                        "segments at the end were left out, but for the slash",
                        out,
                    );
                }
            }
        },
    ),
    row(
        "uri.path_prefix",
        12,
        "signed the path without its first segments, or with them twice, as behind a proxy that maps them",
        |_, uri, out| {
            for at in slashes(&uri.path).filter(|at| *at > 0) {
                if let Some((first, rest)) = uri.path.split_at_checked(at) {
                    put_path(uri, rest, "segments at the beginning were left out", out);
                    put_path(
                        uri,
                        [first, first, rest].concat(),
                        "segments at the beginning stood there twice",
                        out,
                    );
                }
            }
            // A path of one segment, twice.
            put_path(
                uri,
                uri.path.repeat(2),
                "the whole path stood there twice",
                out,
            );
        },
    ),
    row(
        "uri.path_prefix",
        14,
        "signed the path that a proxy names in a header",
        named,
    ),
    row(
        "uri.path_prefix",
        5,
        "signed the path with a usual prefix that the other side does not have, or without it",
        |_, uri, out| {
            for prefix in ["/index.php", "/api", "/rest", "/services", "/oauth"] {
                match uri.path.strip_prefix(prefix.as_bytes()) {
                    Some(rest) => {
                        put_path(uri, rest, format!("{prefix} was left out"), out);
                    }
                    None => put_path(
                        uri,
                        [prefix.as_bytes(), &uri.path].concat(),
                        format!("{prefix} was put before it"),
                        out,
                    ),
                }
            }
        },
    ),
    row(
        "redirect.not_resigned",
        15,
        "signed the URL of another version, from which the request was redirected",
        version,
    ),
    row(
        "uri.path_case",
        12,
        "signed the path in other letters, capitals for small ones or the other way round",
        |_, uri, out| {
            put_path(
                uri,
                uri.path.to_ascii_lowercase(),
                "the path was signed in small letters",
                out,
            );
            put_path(
                uri,
                uri.path.to_ascii_uppercase(),
                "the path was signed in capital letters",
                out,
            );
        },
    ),
    row(
        "uri.path_params",
        12,
        "left out what follows a ';' in the path",
        |_, uri, out| {
            let cut = uri.path.split(|octet| *octet == b';').next();
            put_path(
                uri,
                cut.unwrap_or_default(),
                "all from the first ';' on was left out",
                out,
            );
            let each: Vec<&[u8]> = uri
                .path
                .split(|octet| *octet == b'/')
                .map(|segment| {
                    segment
                        .split(|octet| *octet == b';')
                        .next()
                        .unwrap_or_default()
                })
                .collect();
            put_path(
                uri,
                each.join(&b'/'),
                "';' and what follows it was left out of each segment",
                out,
            );
        },
    ),
    row(
        "uri.path",
        6,
        "resolved '.' and '..' in the path before it signed",
        |_, uri, out| {
            if uri.path.split(|octet| *octet == b'/').any(is_dots) {
                put_path(uri, resolved(&uri.path), "'.' and '..' were resolved", out);
            }
        },
    ),
    row(
        "uri.path",
        6,
        "signed the path with an ending such as .json that the other side does not have, or without it",
        |_, uri, out| {
            for ending in [".json", ".xml", ".php"] {
                match uri.path.strip_suffix(ending.as_bytes()) {
                    Some(bare) => put_path(uri, bare, format!("{ending} was left out"), out),
                    None if uri.path.ends_with(b"/") || uri.path.is_empty() => {}
                    None => put_path(
                        uri,
                        [&uri.path, ending.as_bytes()].concat(),
                        format!("{ending} was added"),
                        out,
                    ),
                }
            }
        },
    ),
];

/// Where the first slashes are.
fn slashes(path: &[u8]) -> impl DoubleEndedIterator<Item = usize> {
    let places: Vec<usize> = path
        .iter()
        .enumerate()
        .filter(|(_, octet)| **octet == b'/')
        .map(|(at, _)| at)
        .take(PLACES)
        .collect();
    places.into_iter()
}

/// Header fields in which proxies pass on the path that was called, and those that hold a prefix.
const PATHS: [&str; 6] = [
    "x-original-url",
    "x-original-uri",
    "x-rewrite-url",
    "x-forwarded-uri",
    "x-forwarded-path",
    "x-envoy-original-path",
];
const PREFIXES: [&str; 3] = ["x-forwarded-prefix", "x-script-name", "x-forwarded-context"];

fn named(subject: &Subject<'_>, uri: &UriParts, out: &mut Out<UriParts>) {
    let mut left = 8_u8;
    for (name, value) in &subject.headers {
        let is_path = PATHS.contains(&name.as_str());
        if !is_path && !PREFIXES.contains(&name.as_str()) {
            continue;
        }
        let Some(fewer) = left.checked_sub(1) else {
            return;
        };
        left = fewer;
        let value = value.trim();
        let path = value.split_once("://").map_or(value, |(_, after)| {
            after.find('/').and_then(|at| after.get(at..)).unwrap_or("")
        });
        let path = path.split(['?', '#']).next().unwrap_or_default();
        if is_path {
            put_path(uri, path, format!("the path of {name} was signed"), out);
            continue;
        }
        let prefix = path.trim_end_matches('/');
        put_path(
            uri,
            [prefix.as_bytes(), &uri.path].concat(),
            format!("{name} was put before the path"),
            out,
        );
        if let Some(rest) = uri.path.strip_prefix(prefix.as_bytes()) {
            put_path(uri, rest, format!("{name} was cut off the path"), out);
        }
    }
}

/// Versions as they stand in paths.
const VERSIONS: [&str; 12] = [
    "v1", "v2", "v3", "v4", "1", "2", "3", "1.0", "1.1", "2.0", "v1.0", "v2.0",
];

fn version(_: &Subject<'_>, uri: &UriParts, out: &mut Out<UriParts>) {
    let segments: Vec<&[u8]> = uri.path.split(|octet| *octet == b'/').collect();
    let versions = segments
        .iter()
        .enumerate()
        .filter(|(_, segment)| is_version(segment))
        .take(2);
    for (at, segment) in versions {
        let has_letter = segment.starts_with(b"v");
        let has_point = segment.contains(&b'.');
        for other in VERSIONS {
            // Of the same form: v1 and v2, 1.0 and 1.1.
            let is_alike = other.starts_with('v') == has_letter
                && (other.contains('.') == has_point || has_letter);
            if !is_alike || other.as_bytes() == *segment {
                continue;
            }
            let mut changed = segments.clone();
            if let Some(segment) = changed.get_mut(at) {
                *segment = other.as_bytes();
            }
            put_path(
                uri,
                changed.join(&b'/'),
                format!("version {other} was signed"),
                out,
            );
        }
    }
}

fn is_version(segment: &[u8]) -> bool {
    let number = segment.strip_prefix(b"v").unwrap_or(segment);
    let has_mark = number.len() < segment.len() || number.contains(&b'.') || number.len() == 1;
    has_mark
        && (1..=5).contains(&number.len())
        && number.first().is_some_and(u8::is_ascii_digit)
        && number
            .iter()
            .all(|octet| octet.is_ascii_digit() || *octet == b'.')
}

fn is_dots(segment: &[u8]) -> bool {
    segment == b"." || segment == b".."
}

/// The path without dot segments, RFC 3986 section 5.2.4.
fn resolved(path: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut segments = path.split(|octet| *octet == b'/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            b".." => {
                // The empty one before the first slash stays.
                if kept.len() > 1 {
                    kept.pop();
                }
            }
            b"." => {}
            _ => kept.push(segment),
        }
        if is_last && is_dots(segment) {
            kept.push(b"");
        }
    }
    kept.join(&b'/')
}
