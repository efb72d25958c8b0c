//! How the path is percent-encoded.

use super::super::percent::{self, Part};
use super::{PLACES, put_path};
use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::state::UriParts;
use crate::search::subject::Subject;
use countersign_encoding::is_unreserved;

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
        "uri.path_encoding",
        30,
        "decoded the path before it signed",
        decoded,
    ),
    row(
        "uri.path_encoding",
        20,
        "encoded characters in the path that were sent as they are",
        encoded,
    ),
    row(
        "uri.path_encoding",
        12,
        "encoded a path that was encoded already",
        |_, uri, out| {
            put_path(
                uri,
                percent::replace(&uri.path, b'%', b"%25"),
                "each percent sign in the path was encoded",
                out,
            );
            put_path(
                uri,
                percent::encode_those(&percent::replace(&uri.path, b'%', b"%25"), |octet| {
                    octet != b'/' && !is_unreserved(octet)
                }),
                "the path was encoded once more, but for its slashes",
                out,
            );
        },
    ),
    row(
        "uri.path_encoding",
        10,
        "wrote a blank in the path as '+', or took a '+' for a blank",
        |_, uri, out| {
            let mut plus = Vec::new();
            percent::walk(&uri.path, |part| match part {
                Part::Triple { octet: b' ', .. } | Part::Plain(b' ') => plus.push(b'+'),
                Part::Triple { spelt, .. } => plus.extend_from_slice(&spelt),
                Part::Plain(octet) => plus.push(octet),
            });
            put_path(uri, plus, "a blank was written as '+'", out);
            put_path(
                uri,
                percent::replace(&uri.path, b'+', b"%20"),
                "a '+' was taken for a blank, and written as %20",
                out,
            );
            put_path(
                uri,
                percent::replace(&uri.path, b'+', b" "),
                "a '+' was taken for a blank",
                out,
            );
        },
    ),
    row(
        "uri.path_encoding",
        8,
        "wrote the digits of the percent-encoding in other letters than were sent",
        |_, uri, out| {
            for (to_upper, detail) in [
                (false, "percent-encoding was signed with small letters"),
                (true, "percent-encoding was signed with capital letters"),
            ] {
                put_path(uri, percent::recase(&uri.path, to_upper), detail, out);
            }
        },
    ),
    row(
        "uri.path_encoding",
        4,
        "encoded the slashes in the path",
        |_, uri, out| {
            put_path(
                uri,
                percent::replace(&uri.path, b'/', b"%2F"),
                "all slashes were encoded",
                out,
            );
            if let Some(rest) = uri.path.strip_prefix(b"/") {
                let mut path = vec![b'/'];
                path.extend(percent::replace(rest, b'/', b"%2F"));
                put_path(uri, path, "all slashes but the first were encoded", out);
            }
        },
    ),
];

/// What `encodeURI` and most URL objects leave alone in a path.
fn is_path_character(octet: u8) -> bool {
    is_unreserved(octet) || b"!$&'()*+,;=:@/".contains(&octet)
}

fn decoded(_: &Subject<'_>, uri: &UriParts, out: &mut Out<UriParts>) {
    let found = distinct(&uri.path, |part| match part {
        Part::Triple { octet, .. } => Some(octet),
        Part::Plain(_) => None,
    });
    if found.is_empty() {
        return;
    }
    let all = percent::decode(&uri.path, |_| true);
    put_path(uri, all.clone(), "the whole path was decoded", out);
    put_path(
        uri,
        percent::decode(&all, |_| true),
        "the path was decoded twice",
        out,
    );
    put_path(
        uri,
        percent::decode(&uri.path, |octet| octet != b'/'),
        "all of the path but %2F was decoded",
        out,
    );
    put_path(
        uri,
        percent::decode(&uri.path, is_unreserved),
        "characters that need no encoding were decoded",
        out,
    );
    put_path(
        uri,
        percent::decode(&uri.path, |octet| octet != b'/' && is_path_character(octet)),
        "characters that may stand in a path were decoded",
        out,
    );
    put_path(
        uri,
        percent::decode(&uri.path, |octet| octet != b'/' && octet.is_ascii_graphic()),
        "all visible ASCII in the path was decoded",
        out,
    );
    put_path(
        uri,
        percent::decode(&uri.path, |octet| !octet.is_ascii()),
        "letters beyond ASCII were decoded",
        out,
    );
    for octet in found {
        put_path(
            uri,
            percent::decode(&uri.path, |each| each == octet),
            format!("%{octet:02X} in the path was decoded"),
            out,
        );
    }
}

fn encoded(_: &Subject<'_>, uri: &UriParts, out: &mut Out<UriParts>) {
    put_path(
        uri,
        percent::encode_those(&uri.path, |octet| {
            octet != b'/' && octet != b'%' && !is_unreserved(octet)
        }),
        "all reserved characters but slashes were encoded",
        out,
    );
    put_path(
        uri,
        percent::encode_those(&uri.path, |octet| {
            octet != b'%' && !is_path_character(octet)
        }),
        "characters that may not stand in a path were encoded",
        out,
    );
    let found = distinct(&uri.path, |part| match part {
        Part::Plain(octet) if octet != b'/' && (octet == b'~' || !is_unreserved(octet)) => {
            Some(octet)
        }
        _ => None,
    });
    for octet in found {
        put_path(
            uri,
            percent::encode_those(&uri.path, |each| each == octet),
            format!("a character of the path was encoded as %{octet:02X}"),
            out,
        );
    }
}

/// The octets that `wanted` picks, each once; not more than are looked at one by one.
fn distinct(path: &[u8], mut wanted: impl FnMut(Part) -> Option<u8>) -> Vec<u8> {
    let mut found = Vec::new();
    percent::walk(path, |part| {
        if let Some(octet) = wanted(part)
            && found.len() < PLACES
            && !found.contains(&octet)
        {
            found.push(octet);
        }
    });
    found
}
