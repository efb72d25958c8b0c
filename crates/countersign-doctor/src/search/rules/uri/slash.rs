//! Slashes in the path: at its end, and two in a row.

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
        "uri.trailing_slash",
        40,
        "signed the path with a slash at its end where the other side has none, or the other way round",
        |_, uri, out| match uri.path.strip_suffix(b"/") {
            Some(bare) => {
                put_path(uri, bare, "the slash at the end was left out", out);
                let mut bare = bare;
                while let Some(shorter) = bare.strip_suffix(b"/") {
                    bare = shorter;
                }
                if !uri.path.ends_with(b"//") {
                    return;
                }
                put_path(uri, bare, "all slashes at the end were left out", out);
            }
            None => put_path(
                uri,
                [&*uri.path, b"/"].concat(),
                "a slash was added at the end",
                out,
            ),
        },
    ),
    row(
        "redirect.not_resigned",
        4,
        "signed the URL before a redirect that adds or removes the slash at its end",
        |_, uri, out| match uri.path.strip_suffix(b"/") {
            Some(bare) => put_path(uri, bare, "the slash at the end was not yet there", out),
            None => put_path(
                uri,
                [&*uri.path, b"/"].concat(),
                "the slash at the end was still there",
                out,
            ),
        },
    ),
    row(
        "uri.double_slash",
        12,
        "signed a double slash in the path as a single one, or a single one as two",
        |_, uri, out| {
            put_path(
                uri,
                folded(&uri.path),
                "double slashes were folded into one",
                out,
            );
            let slashes = uri
                .path
                .iter()
                .enumerate()
                .filter(|(_, octet)| **octet == b'/');
            for (place, (at, _)) in slashes.take(PLACES).enumerate() {
                let Some((before, after)) = uri.path.split_at_checked(at) else {
                    continue;
                };
                let detail = if place == 0 {
                    "the path began with two slashes"
                } else {
                    "a slash within the path was doubled"
                };
                put_path(uri, [before, b"/", after].concat(), detail, out);
            }
        },
    ),
    row(
        "uri.path",
        4,
        "signed the path without the slash it begins with",
        |_, uri, out| {
            if let Some(bare) = uri.path.strip_prefix(b"/")
                && !bare.is_empty()
            {
                put_path(
                    uri,
                    bare,
                    "the slash between host and path was missing",
                    out,
                );
            }
        },
    ),
];

fn folded(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    for octet in path {
        if !(*octet == b'/' && out.last() == Some(&b'/')) {
            out.push(*octet);
        }
    }
    out
}
