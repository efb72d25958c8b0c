//! The scheme.

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::state::UriParts;
use crate::search::subject::Subject;

type Uri = fn(&Subject<'_>, &UriParts, &mut Out<UriParts>);

const fn row(code: &'static str, prior: u16, did: &'static str, deviate: Uri) -> Rule {
    Rule {
        code,
        dimension: Dimension::Scheme,
        prior,
        did,
        deviate: Deviate::Uri(deviate),
    }
}

pub(in super::super) const ROWS: &[Rule] = &[
    // A server behind a proxy sees http where https was called and signed. The other direction is
    // rather a client that signs another URL than it calls.
    row(
        "uri.scheme_proxy",
        50,
        "had https before it, while the other side of a TLS proxy has http",
        |_, uri, out| to(uri, b"http", b"https", "https was signed for http", out),
    ),
    row(
        "uri.scheme_proxy",
        8,
        "had http before it, while the other side of a TLS proxy has https",
        |_, uri, out| to(uri, b"https", b"http", "http was signed for https", out),
    ),
    row(
        "uri.scheme_server",
        12,
        "signed the other scheme than the one of the request",
        |_, uri, out| {
            to(uri, b"http", b"https", "https was signed for http", out);
            to(uri, b"https", b"http", "http was signed for https", out);
        },
    ),
    row(
        "uri.scheme_proxy",
        10,
        "signed the other scheme, and a port by the rule of that scheme",
        |_, uri, out| {
            ported(uri, [b"http", b":80"], [b"https", b":443"], out);
            ported(uri, [b"https", b":443"], [b"http", b":80"], out);
        },
    ),
    row(
        "redirect.not_resigned",
        6,
        "signed the http URL that was redirected to https",
        |_, uri, out| to(uri, b"https", b"http", "http was signed for https", out),
    ),
    row(
        "uri.case",
        4,
        "signed the scheme in capital letters",
        |_, uri, out| {
            out.push(
                UriParts {
                    scheme: uri.scheme.to_ascii_uppercase(),
                    ..uri.clone()
                },
                "the scheme was written in capital letters",
            );
        },
    ),
    row(
        "uri.malformed",
        8,
        "signed a URL without its scheme",
        |_, uri, out| {
            for (slashes, detail) in [
                (&b""[..], "scheme and slashes were missing"),
                (b"//", "the scheme was missing before the two slashes"),
                (b"://", "the scheme was missing before '://'"),
            ] {
                out.push(
                    UriParts {
                        scheme: Vec::new(),
                        slashes: slashes.to_vec(),
                        ..uri.clone()
                    },
                    detail,
                );
            }
        },
    ),
    row(
        "uri.malformed",
        4,
        "signed a URL without the two slashes after its scheme, or with them twice",
        |_, uri, out| {
            for (slashes, detail) in [
                (&b":/"[..], "one slash of '://' was missing"),
                (b":", "the slashes of '://' were missing"),
                (b":///", "'://' had a slash too many"),
            ] {
                out.push(
                    UriParts {
                        slashes: slashes.to_vec(),
                        ..uri.clone()
                    },
                    detail,
                );
            }
            let twice = [uri.slashes.as_slice(), &uri.scheme, &uri.slashes].concat();
            out.push(
                UriParts {
                    slashes: twice,
                    ..uri.clone()
                },
                "the scheme stood there twice",
            );
        },
    ),
];

fn to(uri: &UriParts, from: &[u8], to: &[u8], detail: &'static str, out: &mut Out<UriParts>) {
    if uri.scheme == from {
        out.push(
            UriParts {
                scheme: to.to_vec(),
                ..uri.clone()
            },
            detail,
        );
    }
}

/// The other scheme, where that changes which port is left out: its default port that was sent, or
/// the default port of the scheme sent, which is none by the other.
fn ported(uri: &UriParts, from: [&[u8]; 2], to: [&[u8]; 2], out: &mut Out<UriParts>) {
    let ([scheme, default], [other, other_default]) = (from, to);
    let (port, detail) = if uri.port.is_empty() {
        (
            default,
            "the port that is the default one was signed with the other scheme",
        )
    } else if uri.port == other_default {
        (
            &b""[..],
            "the port was left out, as it is the default one of the other scheme",
        )
    } else {
        return;
    };
    if uri.scheme == scheme {
        out.push(
            UriParts {
                scheme: other.to_vec(),
                port: port.to_vec(),
                ..uri.clone()
            },
            detail,
        );
    }
}
