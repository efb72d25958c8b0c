//! Values that were signed as another text than the one sent.

use countersign_base_string::Place;

use crate::search::rule::{Deviate, Dimension, Rule};
use crate::search::rules::parameters::{change_names, change_values, with_pairs};
use crate::search::state::Plan;
use crate::search::subject::Pair;

pub(crate) const ROWS: &[Rule] = &[
    Rule {
        code: "sbs.param_value",
        dimension: Dimension::ParameterSet,
        prior: 8,
        did: "signed only the part of a value up to a character that splits it",
        deviate: Deviate::Parameters(|_, plan, out| {
            for (at, detail) in [
                (b'=', "up to '='"),
                (b'&', "up to '&'"),
                (b'#', "up to '#'"),
                (b'?', "up to '?'"),
                (b';', "up to ';'"),
                (b'+', "up to '+'"),
                (b'\n', "up to a line end"),
                (0, "up to a NUL"),
            ] {
                change_values(plan, detail, out, &|pair| {
                    let end = pair.value.iter().position(|byte| *byte == at)?;
                    pair.value.get(..end).map(<[u8]>::to_vec)
                });
            }
            change_values(plan, "without '=' at the end", out, &|pair| {
                let kept = pair.value.iter().rposition(|byte| *byte != b'=');
                let end = kept.map_or(0, |last| last.saturating_add(1));
                pair.value.get(..end).map(<[u8]>::to_vec)
            });
        }),
    },
    Rule {
        code: "sbs.param_value",
        dimension: Dimension::ParameterSet,
        prior: 8,
        did: "trimmed values before signing them",
        deviate: Deviate::Parameters(|_, plan, out| {
            change_values(plan, "", out, &|pair| {
                Some(pair.value.trim_ascii().to_vec())
            });
            change_values(plan, "at the end", out, &|pair| {
                Some(pair.value.trim_ascii_end().to_vec())
            });
            change_values(plan, "spaces only", out, &|pair| {
                let text = pair.value.as_slice();
                let first = text.iter().position(|byte| *byte != b' ').unwrap_or(0);
                let kept = text.iter().rposition(|byte| *byte != b' ');
                let end = kept.map_or(0, |last| last.saturating_add(1));
                Some(text.get(first..end).unwrap_or_default().to_vec())
            });
        }),
    },
    Rule {
        code: "sbs.param_value",
        dimension: Dimension::ParameterSet,
        prior: 8,
        did: "changed line ends before signing",
        deviate: Deviate::Parameters(|_, plan, out| {
            for (to, detail) in [
                ("\n", "to LF"),
                ("\r\n", "to CR LF"),
                ("\r", "to CR"),
                ("", "removed them"),
                (" ", "to spaces"),
            ] {
                change_values(plan, detail, out, &|pair| {
                    line_ends(&pair.value, to.as_bytes())
                });
            }
        }),
    },
    Rule {
        code: "enc.html_escaped",
        dimension: Dimension::ParameterSet,
        prior: 10,
        did: "signed text that was escaped for HTML",
        deviate: Deviate::Parameters(|_, plan, out| {
            for (what, detail) in [
                (HTML, ""),
                (HTML_APOSTROPHE, "with apostrophes as &#039;"),
                (HTML_AMPERSAND, "'&' only"),
            ] {
                change_values(plan, detail, out, &|pair| replace(&pair.value, what));
            }
            change_names(plan, "names after '&amp;'", out, &|pair| {
                // Cutting a query with '&amp;' between its parameters at '&' leaves this.
                Some([b"amp;".as_slice(), &pair.name].concat())
                    .filter(|_| pair.place != Place::Header)
                    .filter(|_| !is_first_of_place(plan, pair))
            });
            change_names(plan, "names without 'amp;'", out, &|pair| {
                pair.name.strip_prefix(b"amp;").map(<[u8]>::to_vec)
            });
            change_values(
                plan,
                "signed without the escaping that was sent",
                out,
                &|pair| replace(&pair.value, UNHTML),
            );
        }),
    },
    Rule {
        code: "sbs.param_value",
        dimension: Dimension::ParameterSet,
        prior: 5,
        did: "signed text with backslashes added or removed",
        deviate: Deviate::Parameters(|_, plan, out| {
            for (what, detail) in [
                (SLASHES, "before quotes"),
                (JSON_SLASHES, "before '/'"),
                (UNSLASHES, "removed before quotes"),
                (JSON_UNSLASHES, "removed before '/'"),
            ] {
                change_values(plan, detail, out, &|pair| replace(&pair.value, what));
            }
        }),
    },
    Rule {
        code: "sbs.param_value",
        dimension: Dimension::ParameterSet,
        prior: 8,
        did: "signed a truth value, number or nothing in its own language's spelling",
        deviate: Deviate::Parameters(|_, plan, out| {
            for (from, to) in SPELLINGS {
                change_values(plan, to, out, &|pair| {
                    let is = pair.value == from.as_bytes() && !pair.is_protocol();
                    is.then(|| to.as_bytes().to_vec())
                });
            }
            change_values(plan, "without '.0'", out, &|pair| {
                let whole = pair.value.strip_suffix(b".0")?;
                let is_number = !whole.is_empty() && whole.iter().all(u8::is_ascii_digit);
                (is_number && !pair.is_protocol()).then(|| whole.to_vec())
            });
        }),
    },
    Rule {
        code: "sbs.param_value",
        dimension: Dimension::ParameterSet,
        prior: 5,
        did: "signed the word for an array where its elements were sent",
        deviate: Deviate::Parameters(|_, plan, out| {
            for word in ["Array", "[object Object]", "[object Array]"] {
                let mut known: Vec<Vec<u8>> = Vec::new();
                let mut pairs = Vec::with_capacity(plan.pairs.len());
                for pair in plan.pairs.iter() {
                    let Some(base) = array_base(&pair.name) else {
                        pairs.push(pair.clone());
                        continue;
                    };
                    if !known.iter().any(|name| name == base) && known.len() < 64 {
                        known.push(base.to_vec());
                        pairs.push(
                            Pair {
                                name: base.to_vec(),
                                value: word.as_bytes().to_vec(),
                                ..Pair::clone(pair)
                            }
                            .into(),
                        );
                    }
                }
                if !known.is_empty() {
                    out.push(with_pairs(plan, pairs), format!("as {word}"));
                }
            }
        }),
    },
];

/// Replaces each line end by `to`; none where there is no line end.
fn line_ends(text: &[u8], to: &[u8]) -> Option<Vec<u8>> {
    if !text.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'\r' => {
                rest = rest.strip_prefix(b"\n").unwrap_or(rest);
                out.extend_from_slice(to);
            }
            b'\n' => out.extend_from_slice(to),
            other => out.push(*other),
        }
    }
    Some(out)
}

/// What stands for what.
type Replacements = &'static [(&'static str, &'static str)];

const HTML_AMPERSAND: Replacements = &[("&", "&amp;")];
const HTML: Replacements = &[
    ("&", "&amp;"),
    ("<", "&lt;"),
    (">", "&gt;"),
    ("\"", "&quot;"),
];

const HTML_APOSTROPHE: Replacements = &[
    ("&", "&amp;"),
    ("<", "&lt;"),
    (">", "&gt;"),
    ("\"", "&quot;"),
    ("'", "&#039;"),
];

const UNHTML: Replacements = &[
    ("&amp;", "&"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#039;", "'"),
    ("&#39;", "'"),
];

const SLASHES: Replacements = &[("'", "\\'"), ("\"", "\\\""), ("\\", "\\\\")];
const UNSLASHES: Replacements = &[("\\'", "'"), ("\\\"", "\""), ("\\\\", "\\")];
const JSON_SLASHES: Replacements = &[("/", "\\/")];
const JSON_UNSLASHES: Replacements = &[("\\/", "/")];
/// Replaces from left to right, the first that fits; none where nothing does.
fn replace(text: &[u8], by: Replacements) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut any = false;
    'next: while let Some((byte, after)) = rest.split_first() {
        for (from, to) in by {
            if let Some(left) = rest.strip_prefix(from.as_bytes()) {
                out.extend_from_slice(to.as_bytes());
                rest = left;
                any = true;
                continue 'next;
            }
        }
        out.push(*byte);
        rest = after;
    }
    any.then_some(out)
}

/// How languages write the same thing.
const SPELLINGS: [(&str, &str); 12] = [
    ("true", "True"),
    ("true", "1"),
    ("True", "true"),
    ("1", "true"),
    ("false", "False"),
    ("false", "0"),
    ("false", ""),
    ("False", "false"),
    ("0", "false"),
    ("", "null"),
    ("", "None"),
    ("null", ""),
];

/// The name before the brackets of `name[...]`.
fn array_base(name: &[u8]) -> Option<&[u8]> {
    let at = name.iter().position(|byte| *byte == b'[')?;
    let (base, brackets) = name.split_at_checked(at)?;
    (!base.is_empty() && brackets.ends_with(b"]")).then_some(base)
}

fn is_first_of_place(plan: &Plan, pair: &Pair) -> bool {
    plan.pairs
        .iter()
        .find(|other| other.place == pair.place)
        .is_some_and(|first| core::ptr::eq(&raw const **first, pair))
}
