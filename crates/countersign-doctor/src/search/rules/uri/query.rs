//! Query and fragment left in the base URI.

use std::rc::Rc;

use super::super::percent;
use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::state::UriParts;
use crate::search::subject::{Pair, Subject};
use countersign_base_string::Place;
use countersign_encoding::encode_into;

type Uri = fn(&Subject<'_>, &UriParts, &mut Out<UriParts>);

const fn row(code: &'static str, prior: u16, did: &'static str, deviate: Uri) -> Rule {
    Rule {
        code,
        dimension: Dimension::Query,
        prior,
        did,
        deviate: Deviate::Uri(deviate),
    }
}

// A query in the URI comes with its parameters in the list or without them. Without them it takes
// two deviations for one mistake, so this one is what is told first.
pub(in super::super) const ROWS: &[Rule] = &[
    row(
        "sbs.query_in_uri",
        60,
        "left the query in the base URI",
        left_in,
    ),
    row(
        "sbs.query_in_uri",
        8,
        "left a question mark at the end of the base URI",
        |_, uri, out| put(uri, b"?", "a bare '?' was left at the end", out),
    ),
    row(
        "uri.fragment",
        8,
        "left the fragment in the base URI",
        |subject, uri, out| {
            if let Some((_, fragment)) = subject.target.split_once('#') {
                put(
                    uri,
                    &[b"#", fragment.as_bytes()].concat(),
                    "'#' and what follows it was left at the end",
                    out,
                );
            }
            put(uri, b"#", "a bare '#' was left at the end", out);
        },
    ),
];

fn put(uri: &UriParts, suffix: &[u8], detail: &'static str, out: &mut Out<UriParts>) {
    if suffix != uri.suffix {
        out.push(
            UriParts {
                suffix: suffix.to_vec(),
                ..uri.clone()
            },
            detail,
        );
    }
}

fn left_in(subject: &Subject<'_>, uri: &UriParts, out: &mut Out<UriParts>) {
    let Some(query) = subject.query.map(str::as_bytes) else {
        return;
    };
    if query.is_empty() {
        return;
    }
    let mut put = |query: &[u8], detail| put(uri, &[b"?", query].concat(), detail, out);
    put(query, "the query was left as it was sent");
    put(
        &percent::decode(query, |_| true),
        "the query was left, decoded",
    );
    put(
        &percent::decode(&percent::replace(query, b'+', b" "), |_| true),
        "the query was left, decoded, with blanks for '+'",
    );
    put(
        &percent::replace(query, b'%', b"%25"),
        "the query was left, its percent signs encoded once more",
    );
    put(
        &percent::replace(query, b'+', b"%20"),
        "the query was left, with %20 for '+'",
    );
    let of_query = |is_wanted: fn(&Pair) -> bool| -> Vec<&Rc<Pair>> {
        subject
            .pairs()
            .iter()
            .filter(|pair| pair.place == Place::Query && is_wanted(pair))
            .collect()
    };
    let mut all = of_query(|_| true);
    put(&written(&all), "the query was left, encoded by the rule");
    all.sort_by(|a, b| (&a.name, &a.value).cmp(&(&b.name, &b.value)));
    put(
        &written(&all),
        "the query was left, encoded by the rule and sorted",
    );
    // The protocol parameters are added after signing.
    let own: Vec<&[u8]> = query
        .split(|octet| *octet == b'&')
        .filter(|pair| !pair.starts_with(b"oauth_"))
        .collect();
    if !own.is_empty() {
        put(
            &own.join(&b'&'),
            "the query was left as it was sent, but for the oauth_ parameters",
        );
        put(
            &written(&of_query(|pair| !pair.is_protocol())),
            "the query was left, encoded by the rule, but for the oauth_ parameters",
        );
    }
}

fn written(pairs: &[&Rc<Pair>]) -> Vec<u8> {
    let mut out = Vec::new();
    for (position, pair) in pairs.iter().enumerate() {
        if position > 0 {
            out.push(b'&');
        }
        encode_into(&pair.name, &mut out);
        if pair.has_equals {
            out.push(b'=');
        }
        encode_into(&pair.value, &mut out);
    }
    out
}
