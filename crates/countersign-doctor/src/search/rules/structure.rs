//! Rules of the search: the three parts put together in another way.

use countersign_encoding::encode_into;
use countersign_signature::Signature;

use crate::search::rule::{Deviate, Dimension, Rule};
use crate::search::state::Pieces;

const fn row(
    code: &'static str,
    prior: u16,
    did: &'static str,
    write: fn(&Pieces<'_>, &mut Vec<u8>),
) -> Rule {
    Rule {
        code,
        dimension: Dimension::Structure,
        prior,
        did,
        deviate: Deviate::Structure(write),
    }
}

const fn structure(prior: u16, did: &'static str, write: fn(&Pieces<'_>, &mut Vec<u8>)) -> Rule {
    row("sbs.structure", prior, did, write)
}

/// A piece of a base string.
#[derive(Clone, Copy)]
enum Text<'a> {
    Raw(&'a [u8]),
    Encoded(&'a [u8]),
}

use Text::{Encoded, Raw};

fn put(texts: &[Text<'_>], out: &mut Vec<u8>) {
    for text in texts {
        match text {
            Raw(text) => out.extend_from_slice(text),
            Encoded(text) => encode_into(text, out),
        }
    }
}

/// Encodes all of it once more.
fn put_encoded(texts: &[Text<'_>], out: &mut Vec<u8>) {
    let mut whole = Vec::new();
    put(texts, &mut whole);
    encode_into(&whole, out);
}

/// METHOD, URI and PARAMETERS, joined in another way.
fn joined(pieces: &Pieces<'_>, between: &[u8], out: &mut Vec<u8>) {
    let between = Raw(between);
    put(
        &[
            Raw(pieces.method),
            between,
            Encoded(pieces.uri),
            between,
            Encoded(pieces.parameters),
        ],
        out,
    );
}

/// The base string by the rule.
fn whole(pieces: &Pieces<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    joined(pieces, b"&", &mut out);
    out
}

/// Right, but for something before and after the parameters.
fn around(pieces: &Pieces<'_>, before: &[u8], after: &[u8], out: &mut Vec<u8>) {
    let parameters = [before, pieces.parameters, after].concat();
    let pieces = Pieces {
        parameters: &parameters,
        ..*pieces
    };
    joined(&pieces, b"&", out);
}

const AND: Text<'_> = Raw(b"&");
const QUESTION: Text<'_> = Raw(b"?");

pub(super) const ROWS: &[Rule] = &[
    // Parts left out.
    structure(15, "left the method out of the base string", |p, out| {
        put(&[Encoded(p.uri), AND, Encoded(p.parameters)], out);
    }),
    structure(5, "left the parameters out of the base string", |p, out| {
        put(&[Raw(p.method), AND, Encoded(p.uri)], out);
    }),
    structure(
        5,
        "put nothing into the third part of the base string, where the parameters are due",
        |p, out| put(&[Raw(p.method), AND, Encoded(p.uri), AND], out),
    ),
    structure(3, "left the base URI out of the base string", |p, out| {
        put(&[Raw(p.method), AND, Encoded(p.parameters)], out);
    }),
    structure(3, "signed the list of parameters alone", |p, out| {
        put(&[Raw(p.parameters)], out);
    }),
    structure(
        2,
        "signed the encoded list of parameters alone",
        |p, out| put(&[Encoded(p.parameters)], out),
    ),
    structure(2, "signed the URI alone", |p, out| put(&[Raw(p.uri)], out)),
    // The URI and the parameters in one block.
    structure(
        20,
        "encoded URI?PARAMETERS as one block, without the method",
        |p, out| put_encoded(&[Raw(p.uri), QUESTION, Raw(p.parameters)], out),
    ),
    structure(
        20,
        "encoded URI?PARAMETERS as one block after the method",
        |p, out| {
            put(&[Raw(p.method), AND], out);
            put_encoded(&[Raw(p.uri), QUESTION, Raw(p.parameters)], out);
        },
    ),
    structure(
        10,
        "encoded URI&PARAMETERS as one block after the method",
        |p, out| {
            put(&[Raw(p.method), AND], out);
            put_encoded(&[Raw(p.uri), AND, Raw(p.parameters)], out);
        },
    ),
    structure(
        5,
        "encoded URI&PARAMETERS as one block, without the method",
        |p, out| put_encoded(&[Raw(p.uri), AND, Raw(p.parameters)], out),
    ),
    structure(5, "signed METHOD&URI?PARAMETERS as it is", |p, out| {
        put(
            &[Raw(p.method), AND, Raw(p.uri), QUESTION, Raw(p.parameters)],
            out,
        );
    }),
    structure(4, "signed URI?PARAMETERS as it is", |p, out| {
        put(&[Raw(p.uri), QUESTION, Raw(p.parameters)], out);
    }),
    // The parts joined in another way.
    structure(
        10,
        "joined the three parts without anything between",
        |p, out| {
            joined(p, b"", out);
        },
    ),
    structure(10, "joined the three parts by a comma", |p, out| {
        joined(p, b",", out);
    }),
    structure(5, "joined the three parts by a blank", |p, out| {
        joined(p, b" ", out);
    }),
    structure(5, "joined the three parts by a line end", |p, out| {
        joined(p, b"\n", out);
    }),
    structure(
        5,
        "joined the three parts by an '&' that was encoded as %26",
        |p, out| joined(p, b"%26", out),
    ),
    structure(
        3,
        "joined the three parts by &amp;, as in a page of HTML",
        |p, out| joined(p, b"&amp;", out),
    ),
    structure(3, "put the URI before the method", |p, out| {
        put(
            &[
                Encoded(p.uri),
                AND,
                Raw(p.method),
                AND,
                Encoded(p.parameters),
            ],
            out,
        );
    }),
    structure(3, "put the parameters before the URI", |p, out| {
        put(
            &[
                Raw(p.method),
                AND,
                Encoded(p.parameters),
                AND,
                Encoded(p.uri),
            ],
            out,
        );
    }),
    // Layers of encoding.
    structure(15, "did not encode the base URI", |p, out| {
        put(
            &[Raw(p.method), AND, Raw(p.uri), AND, Encoded(p.parameters)],
            out,
        );
    }),
    structure(
        15,
        "did not encode the list of parameters as a whole",
        |p, out| {
            put(
                &[Raw(p.method), AND, Encoded(p.uri), AND, Raw(p.parameters)],
                out,
            );
        },
    ),
    structure(
        15,
        "encoded neither the base URI nor the list of parameters",
        |p, out| {
            put(
                &[Raw(p.method), AND, Raw(p.uri), AND, Raw(p.parameters)],
                out,
            );
        },
    ),
    structure(10, "encoded the whole base string once more", |p, out| {
        encode_into(&whole(p), out);
    }),
    structure(
        10,
        "encoded the base string as a whole, not its parts",
        |p, out| {
            put_encoded(
                &[Raw(p.method), AND, Raw(p.uri), AND, Raw(p.parameters)],
                out,
            );
        },
    ),
    structure(
        8,
        "encoded the base string as a whole, and the base URI not by itself",
        |p, out| {
            put_encoded(
                &[Raw(p.method), AND, Raw(p.uri), AND, Encoded(p.parameters)],
                out,
            );
        },
    ),
    structure(
        5,
        "encoded the base string as a whole, and the parameters not by themselves",
        |p, out| {
            put_encoded(
                &[Raw(p.method), AND, Encoded(p.uri), AND, Raw(p.parameters)],
                out,
            );
        },
    ),
    row(
        "uri.path_encoding",
        8,
        "encoded the base URI twice",
        |p, out| {
            put(&[Raw(p.method), AND], out);
            put_encoded(&[Encoded(p.uri)], out);
            put(&[AND, Encoded(p.parameters)], out);
        },
    ),
    row(
        "enc.double_encoded",
        12,
        "encoded the list of parameters twice",
        |p, out| {
            put(&[Raw(p.method), AND, Encoded(p.uri), AND], out);
            put_encoded(&[Encoded(p.parameters)], out);
        },
    ),
    // Something too much.
    structure(8, "left an '&' after the last parameter", |p, out| {
        around(p, b"", b"&", out);
    }),
    structure(6, "put an '&' before the first parameter", |p, out| {
        around(p, b"&", b"", out);
    }),
    structure(4, "put a '?' before the first parameter", |p, out| {
        around(p, b"?", b"", out);
    }),
    structure(4, "left a line end after the last parameter", |p, out| {
        around(p, b"", b"\n", out);
    }),
    structure(5, "left an '&' at the end of the base string", |p, out| {
        joined(p, b"&", out);
        out.push(b'&');
    }),
    structure(
        5,
        "left a line end at the end of the base string",
        |p, out| {
            joined(p, b"&", out);
            out.push(b'\n');
        },
    ),
    structure(3, "put an '&' before the base string", |p, out| {
        out.push(b'&');
        joined(p, b"&", out);
    }),
    structure(3, "signed the base64 of the base string", |p, out| {
        let text = Signature::from_bytes(&whole(p)).to_text();
        out.extend_from_slice(text.as_bytes());
    }),
];
