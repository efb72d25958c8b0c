//! Rules of the search: a body that is no form, signed as if it were one, and the other way round.

mod json;
mod multipart;

use countersign_base_string::Place;
use countersign_encoding::form;

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::rules::parameters::with_pairs;
use crate::search::state::{Piece, Plan, Scope, Spell};
use crate::search::subject::{Pair, Subject};

pub(super) const ROWS: &[Rule] = &[
    Rule {
        code: "sbs.non_form_body_included",
        dimension: Dimension::Body,
        prior: 40,
        did: "signed a body that is no form, taken apart like a form",
        deviate: Deviate::Parameters(|subject, plan, out| {
            if let Some(body) = foreign(subject) {
                as_form(plan, body, out);
            }
        }),
    },
    Rule {
        code: "sbs.non_form_body_included",
        dimension: Dimension::Body,
        prior: 36,
        did: "signed a body that is no form as one parameter",
        deviate: Deviate::Parameters(|subject, plan, out| {
            if let Some(body) = foreign(subject) {
                as_one(plan, body, out);
            }
        }),
    },
    Rule {
        code: "sbs.non_form_body_included",
        dimension: Dimension::Body,
        prior: 24,
        did: "signed the members of a JSON body as parameters",
        deviate: Deviate::Parameters(|subject, plan, out| {
            if let Some(body) = foreign(subject) {
                for (pairs, detail) in json::readings(body) {
                    add(plan, pairs, detail, out);
                }
            }
        }),
    },
    Rule {
        code: "sbs.multipart_or_file_field",
        dimension: Dimension::Body,
        prior: 36,
        did: "signed the fields of a multipart body",
        deviate: Deviate::Parameters(|subject, plan, out| {
            if let Some(body) = foreign(subject) {
                for (pairs, detail) in multipart::readings(subject.content_type, body) {
                    add(plan, pairs, detail, out);
                }
            }
        }),
    },
    Rule {
        code: "sbs.form_body_mismatch",
        dimension: Dimension::Body,
        prior: 14,
        did: "signed the text of the form instead of its fields",
        deviate: Deviate::Parameters(|subject, plan, out| {
            if subject.is_form && !subject.body.is_empty() && subject.body.len() <= LARGEST {
                unread_form(plan, subject.body, out);
            }
        }),
    },
];

/// A larger body was not signed as a parameter by mistake.
const LARGEST: usize = 256 << 10;

/// The body, where it is no form.
fn foreign<'a>(subject: &Subject<'a>) -> Option<&'a [u8]> {
    let body = subject.body;
    let is_small = !body.is_empty() && body.len() <= LARGEST;
    (!subject.is_form && is_small).then_some(body)
}

/// A name and its value, or a name without `=`.
type Field = (Vec<u8>, Option<Vec<u8>>);

/// A parameter of the body.
fn field((name, value): Field) -> Pair {
    let has_equals = value.is_some();
    Pair {
        has_equals,
        ..Pair::added(name, value.unwrap_or_default(), Place::Body)
    }
}

/// The plan with `fields` behind what is there.
fn add(plan: &Plan, fields: Vec<Field>, detail: &'static str, out: &mut Out<Plan>) {
    if fields.is_empty() {
        return;
    }
    let mut pairs = plan.pairs.to_vec();
    pairs.extend(fields.into_iter().map(|one| field(one).into()));
    out.push(with_pairs(plan, pairs), detail);
}

/// More pieces of a body make no form.
const PIECES: usize = 256;

/// Taken apart at `&` and `=`, decoded and not, or at the first `=` alone.
fn as_form(plan: &Plan, body: &[u8], out: &mut Out<Plan>) {
    let decoded = |text: &[u8]| {
        countersign_encoding::Decoder::form()
            .with_leniency(countersign_encoding::Leniency::StrayPercent)
            .decode_bytes(text)
            .map_or_else(|_| text.to_vec(), std::borrow::Cow::into_owned)
    };
    let raw = |text: &[u8]| text.to_vec();
    let pairs = |read: &dyn Fn(&[u8]) -> Vec<u8>| {
        form::raw_pairs(body)
            .take(PIECES)
            .map(|pair| (read(pair.name()), pair.value().map(read)))
            .collect::<Vec<Field>>()
    };
    if let Some(at) = body.iter().position(|byte| *byte == b'=') {
        let (name, value) = body.split_at(at);
        let value = value.get(1..).unwrap_or_default();
        add(
            plan,
            vec![(raw(name), Some(raw(value)))],
            "at the first '='",
            out,
        );
        let both = vec![(decoded(name), Some(decoded(value)))];
        add(plan, both, "at the first '=', decoded", out);
    }
    add(plan, pairs(&decoded), "at '&' and '=', decoded", out);
    add(plan, pairs(&raw), "at '&' and '='", out);
    let trimmed = body.trim_ascii();
    if trimmed.len() < body.len() {
        let fields = form::raw_pairs(trimmed)
            .take(PIECES)
            .map(|pair| (decoded(pair.name()), pair.value().map(decoded)))
            .collect();
        add(plan, fields, "trimmed first", out);
    }
}

/// The names under which frameworks keep a body.
const BODY_NAMES: [&str; 6] = ["body", "data", "payload", "json", "xml", "file"];

/// As a name, as a value.
fn as_one(plan: &Plan, body: &[u8], out: &mut Out<Plan>) {
    for (text, as_name, as_value) in [
        (body, "as a name", "as a value without a name"),
        (
            body.trim_ascii(),
            "as a name, trimmed",
            "as a value without a name, trimmed",
        ),
    ] {
        add(plan, vec![(text.to_vec(), Some(Vec::new()))], as_name, out);
        add(plan, vec![(Vec::new(), Some(text.to_vec()))], as_value, out);
        if text.len() == body.trim_ascii().len() {
            break;
        }
    }
    let mut bare = plan.pairs.to_vec();
    bare.push(field((body.to_vec(), None)).into());
    let bare = Plan {
        join: super::join::without_equals_as_sent,
        ..with_pairs(plan, bare)
    };
    out.push(bare, "as a name, without '='");
    // As it is, behind the sorted list.
    out.push(raw_behind(plan, body), "unencoded, behind the parameters");
    for name in BODY_NAMES {
        let fields = vec![(name.as_bytes().to_vec(), Some(body.to_vec()))];
        add(plan, fields, name, out);
    }
}

/// The parameters other than the body's, sorted, and then a text as it is.
fn raw_behind(plan: &Plan, text: &[u8]) -> Plan {
    let mut pairs = plan.pairs.to_vec();
    pairs.retain(|pair| pair.place != Place::Body);
    let body = field((Vec::new(), None));
    pairs.push(
        Pair {
            raw_name: text.to_vec(),
            ..body
        }
        .into(),
    );
    Plan {
        names: Spell {
            write: |_, raw, out| out.extend_from_slice(raw),
            on: Scope::In(Place::Body),
        },
        order: body_last,
        join: super::join::without_equals_as_sent,
        ..with_pairs(plan, pairs)
    }
}

/// Sorted, but for the body, which comes last as it is.
fn body_last(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| {
        let is_body = |piece: &Piece<'_>| piece.pair.place == Place::Body;
        match (is_body(a), is_body(b)) {
            (false, false) => (&a.name, &a.value).cmp(&(&b.name, &b.value)),
            (a, b) => a.cmp(&b),
        }
    });
}

/// The form's own text: behind the list, as one name, as one parameter cut at the first `=`.
fn unread_form(plan: &Plan, body: &[u8], out: &mut Out<Plan>) {
    out.push(
        raw_behind(plan, body),
        "as it is, behind the other parameters",
    );
    let mut pairs = plan.pairs.to_vec();
    pairs.retain(|pair| pair.place != Place::Body);
    let others = with_pairs(plan, pairs);
    add(
        &others,
        vec![(body.to_vec(), Some(Vec::new()))],
        "as one name",
        out,
    );
    if let Some(at) = body.iter().position(|byte| *byte == b'=') {
        let (name, value) = body.split_at(at);
        let value = value.get(1..).unwrap_or_default().to_vec();
        add(
            &others,
            vec![(name.to_vec(), Some(value))],
            "cut at its first '='",
            out,
        );
    }
}
