//! The whole, or its outer layer, written by another encoder.

use super::super::percent::Encoder;
use super::row;
use crate::search::rule::Rule;
use crate::search::state::Pieces;

/// Another encoder for the two parts, and not for what is in the parameters.
fn outside(encoder: Encoder, pieces: &Pieces<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(pieces.method);
    out.push(b'&');
    encoder.write(pieces.uri, out);
    out.push(b'&');
    encoder.write(pieces.parameters, out);
}

/// Another encoder wherever something is encoded.
fn everywhere(encoder: Encoder, pieces: &Pieces<'_>, out: &mut Vec<u8>) {
    let parameters = encoder.respell(pieces.parameters);
    let pieces = Pieces {
        parameters: &parameters,
        ..*pieces
    };
    outside(encoder, &pieces, out);
}

pub(in super::super) const ROWS: &[Rule] = &[
    row(
        "enc.lowercase_hex",
        10,
        "encoded with lower-case digits, names and values too",
        |p, out| everywhere(Encoder::LOWER_CASE, p, out),
    ),
    row(
        "enc.lowercase_hex",
        8,
        "encoded the URI and the list of parameters with lower-case digits",
        |p, out| outside(Encoder::LOWER_CASE, p, out),
    ),
    row(
        "enc.reserved_chars",
        15,
        "encoded with encodeURIComponent, which leaves ! * ' ( ) alone",
        |p, out| everywhere(Encoder::COMPONENT, p, out),
    ),
    row(
        "enc.reserved_chars",
        8,
        "encoded the URI and the list of parameters with encodeURIComponent",
        |p, out| outside(Encoder::COMPONENT, p, out),
    ),
    row(
        "enc.reserved_chars",
        10,
        "encoded with quote() of Python, which leaves '/' alone",
        |p, out| everywhere(Encoder::QUOTE, p, out),
    ),
    row(
        "enc.reserved_chars",
        8,
        "left the slashes in the URI and the list of parameters",
        |p, out| outside(Encoder::QUOTE, p, out),
    ),
    row(
        "enc.reserved_chars",
        4,
        "encoded with escape() of JavaScript",
        |p, out| everywhere(Encoder::ESCAPE, p, out),
    ),
    row(
        "enc.reserved_chars",
        3,
        "encoded the URI and the list of parameters with escape() of JavaScript",
        |p, out| outside(Encoder::ESCAPE, p, out),
    ),
    row(
        "enc.reserved_chars",
        5,
        "encoded the URI and the list of parameters with encodeURI(), which leaves what separates parts",
        |p, out| outside(Encoder::WHOLE_URI, p, out),
    ),
    row(
        "enc.plus_space",
        8,
        "encoded with a form encoder (URLEncoder of Java), not with percent-encoding",
        |p, out| everywhere(Encoder::JAVA, p, out),
    ),
    row(
        "enc.plus_space",
        8,
        "encoded with a form encoder (urlencode of PHP), not with percent-encoding",
        |p, out| everywhere(Encoder::FORM, p, out),
    ),
    row(
        "enc.plus_space",
        4,
        "encoded the URI and the list of parameters with a form encoder (urlencode, URLEncoder)",
        |p, out| outside(Encoder::FORM, p, out),
    ),
    row(
        "enc.lowercase_hex",
        6,
        "encoded with HttpUtility.UrlEncode of .NET",
        |p, out| everywhere(Encoder::HTTP_UTILITY, p, out),
    ),
    row(
        "enc.lowercase_hex",
        4,
        "encoded the URI and the list of parameters with HttpUtility.UrlEncode of .NET",
        |p, out| outside(Encoder::HTTP_UTILITY, p, out),
    ),
    row(
        "enc.tilde",
        8,
        "encoded the tilde wherever it stands",
        |p, out| everywhere(Encoder::TILDE, p, out),
    ),
    row(
        "enc.tilde",
        6,
        "encoded the tilde in the URI and the list of parameters",
        |p, out| outside(Encoder::TILDE, p, out),
    ),
];
