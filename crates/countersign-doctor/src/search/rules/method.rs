//! Rules of the search: the HTTP method.

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::subject::Subject;

pub(super) const ROWS: &[Rule] = &[
    Rule {
        code: "method.mismatch",
        dimension: Dimension::Method,
        prior: 20,
        did: "signed another HTTP method than the one sent",
        deviate: Deviate::Method(|_, method, out| {
            for other in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] {
                put(other, method, out);
            }
        }),
    },
    Rule {
        code: "method.rewritten_by_proxy",
        dimension: Dimension::Method,
        prior: 22,
        did: "had another HTTP method before it than the one that arrived",
        deviate: Deviate::Method(rewritten),
    },
    Rule {
        code: "method.case",
        dimension: Dimension::Method,
        prior: 10,
        did: "signed the HTTP method in small letters",
        deviate: Deviate::Method(|_, method, out| {
            out.push(
                method.to_ascii_lowercase(),
                "the method was signed in small letters",
            );
            let mut capitalised = method.to_ascii_lowercase();
            if let Some(first) = capitalised.first_mut() {
                first.make_ascii_uppercase();
            }
            out.push(
                capitalised,
                "the method was signed with one capital letter only",
            );
            // A method that was sent in small letters is signed in capitals.
            out.push(
                method.to_ascii_uppercase(),
                "the method was signed in capital letters, and sent in others",
            );
        }),
    },
    Rule {
        code: "sbs.structure",
        dimension: Dimension::Method,
        prior: 3,
        did: "signed an empty HTTP method",
        deviate: Deviate::Method(|_, _, out| {
            out.push(Vec::new(), "the method was empty");
        }),
    },
];

fn put(other: &str, method: &[u8], out: &mut Out<Vec<u8>>) {
    if other.as_bytes() != method {
        out.push(other.as_bytes().to_vec(), format!("{other} was signed"));
    }
}

/// Header fields that ask a framework to take the request for one of another method.
const OVERRIDES: [&str; 3] = [
    "x-http-method-override",
    "x-method-override",
    "x-http-method",
];

fn rewritten(subject: &Subject<'_>, method: &[u8], out: &mut Out<Vec<u8>>) {
    match method {
        b"GET" => put("HEAD", method, out),
        b"HEAD" => put("GET", method, out),
        _ => {}
    }
    for (name, value) in &subject.headers {
        if OVERRIDES.contains(&name.as_str()) {
            let asked = value.trim().to_ascii_uppercase();
            if !asked.is_empty() && asked.bytes().all(|octet| octet.is_ascii_alphabetic()) {
                out.push(
                    asked.into_bytes(),
                    format!("the method that {name} asks for was signed"),
                );
            }
            put("POST", method, out);
        }
    }
}
