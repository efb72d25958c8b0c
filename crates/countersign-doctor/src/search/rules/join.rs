//! Rules of the search: how names, values and pairs are put together.

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::state::{Join, Piece, Plan};

pub(super) const ROWS: &[Rule] = &[
    Rule {
        code: "sbs.valueless_param",
        dimension: Dimension::WholeEncoding,
        prior: 30,
        did: "signed a parameter without '=' without the '=' that is due",
        deviate: Deviate::Parameters(|_, plan, out| {
            if plan.pairs.iter().any(|pair| !pair.has_equals) {
                push(plan, without_equals_as_sent, "", out);
            }
        }),
    },
    Rule {
        code: "sbs.empty_param",
        dimension: Dimension::WholeEncoding,
        prior: 20,
        did: "signed parameters with an empty value without the '='",
        deviate: Deviate::Parameters(|_, plan, out| {
            if plan.pairs.iter().any(|pair| pair.value.is_empty()) {
                push(plan, without_equals, "", out);
            }
        }),
    },
    Rule {
        code: "sbs.structure",
        dimension: Dimension::WholeEncoding,
        prior: 12,
        did: "joined the parameters by something else than '&'",
        deviate: Deviate::Parameters(|_, plan, out| {
            for (join, detail) in BETWEEN {
                push(plan, join, detail, out);
            }
        }),
    },
    Rule {
        code: "sbs.structure",
        dimension: Dimension::WholeEncoding,
        prior: 8,
        did: "put something before or behind the list of parameters",
        deviate: Deviate::Parameters(|_, plan, out| {
            for (join, detail) in AROUND {
                push(plan, join, detail, out);
            }
        }),
    },
    Rule {
        code: "sbs.structure",
        dimension: Dimension::WholeEncoding,
        prior: 8,
        did: "joined names and values by something else than '='",
        deviate: Deviate::Parameters(|_, plan, out| {
            for (join, detail) in WITHIN {
                push(plan, join, detail, out);
            }
        }),
    },
];

fn push(plan: &Plan, join: Join, detail: &'static str, out: &mut Out<Plan>) {
    let state = Plan {
        join,
        ..plan.clone()
    };
    out.push(state, detail);
}

/// Other texts between the pairs.
const BETWEEN: [(Join, &str); 9] = [
    (
        |pieces, out| write(pieces, b"=", b"", out),
        "nothing between them",
    ),
    (|pieces, out| write(pieces, b"=", b",", out), "a comma"),
    (
        |pieces, out| write(pieces, b"=", b", ", out),
        "a comma and a space",
    ),
    (|pieces, out| write(pieces, b"=", b"&amp;", out), "&amp;"),
    (|pieces, out| write(pieces, b"=", b"\n", out), "a line end"),
    (|pieces, out| write(pieces, b"=", b"\r\n", out), "CR LF"),
    (|pieces, out| write(pieces, b"=", b";", out), "a semicolon"),
    (|pieces, out| write(pieces, b"=", b" ", out), "a space"),
    (
        |pieces, out| write(pieces, b"=", b" & ", out),
        "'&' with spaces around it",
    ),
];

/// Something around the list.
const AROUND: [(Join, &str); 6] = [
    (
        |pieces, out| {
            by_the_rule(pieces, out);
            out.push(b'&');
        },
        "an '&' behind it",
    ),
    (
        |pieces, out| {
            out.push(b'&');
            by_the_rule(pieces, out);
        },
        "an '&' before it",
    ),
    (
        |pieces, out| {
            out.push(b'?');
            by_the_rule(pieces, out);
        },
        "a '?' before it",
    ),
    (
        |pieces, out| {
            by_the_rule(pieces, out);
            out.push(b',');
        },
        "a comma behind it",
    ),
    (
        |pieces, out| {
            by_the_rule(pieces, out);
            out.push(b'\n');
        },
        "a line end behind it",
    ),
    (
        |pieces, out| {
            by_the_rule(pieces, out);
            out.push(b' ');
        },
        "a space behind it",
    ),
];

/// Other texts between name and value.
const WITHIN: [(Join, &str); 6] = [
    (
        |pieces, out| write(pieces, b"", b"", out),
        "nothing, and nothing between the pairs",
    ),
    (|pieces, out| write(pieces, b"", b"&", out), "nothing"),
    (|pieces, out| write(pieces, b":", b"&", out), "a colon"),
    (
        |pieces, out| write(pieces, b" = ", b"&", out),
        "'=' with spaces around it",
    ),
    (
        |pieces, out| quoted(pieces, b"&", out),
        "'=', and the value in quotes",
    ),
    (
        |pieces, out| quoted(pieces, b", ", out),
        "'=', the value in quotes, and commas, as in the header",
    ),
];

fn by_the_rule(pieces: &[Piece<'_>], out: &mut Vec<u8>) {
    write(pieces, b"=", b"&", out);
}

fn write(pieces: &[Piece<'_>], within: &[u8], between: &[u8], out: &mut Vec<u8>) {
    for (position, piece) in pieces.iter().enumerate() {
        if position > 0 {
            out.extend_from_slice(between);
        }
        out.extend_from_slice(piece.name);
        out.extend_from_slice(within);
        out.extend_from_slice(piece.value);
    }
}

fn quoted(pieces: &[Piece<'_>], between: &[u8], out: &mut Vec<u8>) {
    for (position, piece) in pieces.iter().enumerate() {
        if position > 0 {
            out.extend_from_slice(between);
        }
        out.extend_from_slice(piece.name);
        out.extend_from_slice(b"=\"");
        out.extend_from_slice(piece.value);
        out.push(b'"');
    }
}

/// No `=` where none was sent.
pub(super) fn without_equals_as_sent(pieces: &[Piece<'_>], out: &mut Vec<u8>) {
    sparing(
        pieces,
        |piece| !piece.pair.has_equals && piece.value.is_empty(),
        out,
    );
}

/// No `=` where nothing follows.
fn without_equals(pieces: &[Piece<'_>], out: &mut Vec<u8>) {
    sparing(pieces, |piece| piece.value.is_empty(), out);
}

fn sparing(pieces: &[Piece<'_>], spares: impl Fn(&Piece<'_>) -> bool, out: &mut Vec<u8>) {
    for (position, piece) in pieces.iter().enumerate() {
        if position > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(piece.name);
        if !spares(piece) {
            out.push(b'=');
            out.extend_from_slice(piece.value);
        }
    }
}
