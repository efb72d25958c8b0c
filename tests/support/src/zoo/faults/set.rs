//! Which parameters are signed.

use crate::random::FixedRandom;
use crate::zoo::fault::{Fault, fault};
use crate::zoo::request::{Body, Kind, Placing, Request};
use crate::zoo::signer::{Pair, Plan, Source};

/// The faults of the parameter set.
pub(in crate::zoo) const TABLE: &[Fault] = &[
    fault(
        "sbs.form_body_omitted",
        6,
        "the form body is not signed",
        |plan, _, _| leave_out(plan, |pair| pair.source == Source::Form),
    ),
    fault(
        "sbs.form_body_omitted",
        2,
        "one field of the form is not signed",
        |plan, _, random| leave_out_one(plan, random, |pair| pair.source == Source::Form),
    ),
    fault(
        "sbs.query_omitted",
        4,
        "the query is not signed",
        |plan, _, _| leave_out(plan, |pair| pair.source == Source::Query),
    ),
    fault(
        "sbs.query_omitted",
        2,
        "one query parameter is not signed",
        |plan, _, random| leave_out_one(plan, random, |pair| pair.source == Source::Query),
    ),
    fault(
        "sbs.query_omitted",
        2,
        "some query parameters are not signed",
        some_of_the_query,
    ),
    fault(
        "sbs.query_omitted",
        1,
        "only the first query parameter is signed",
        |plan, _, _| {
            let first = plan
                .pairs
                .iter()
                .find(|pair| pair.source == Source::Query)?;
            let first = first.name.clone();
            leave_out(plan, |pair| {
                pair.source == Source::Query && pair.name != first
            })
        },
    ),
    fault(
        "sbs.query_in_uri",
        2,
        "the query stays in the URI and is missing in the list",
        |plan, request, _| {
            query_in_uri(plan, request)?;
            leave_out(plan, |pair| pair.source == Source::Query)
        },
    ),
    fault(
        "sbs.query_in_uri",
        1,
        "the query stays in the URI and is in the list too",
        query_in_uri_too,
    ),
    fault(
        "sbs.non_form_body_included",
        2,
        "a body that is no form is signed, split at its first equals sign",
        |plan, request, _| {
            let (text, _) = other_body(request, &[Kind::Json, Kind::Undeclared])?;
            let (name, value) = text.split_once('=')?;
            plan.pairs.push(Pair::decoded(Source::Form, name, value));
            Some(())
        },
    ),
    fault(
        "sbs.non_form_body_included",
        2,
        "a body that is no form is signed as the name of a parameter",
        |plan, request, _| {
            let (text, _) = other_body(request, &[Kind::Json, Kind::Undeclared])?;
            plan.pairs.push(Pair::decoded(Source::Form, text, ""));
            Some(())
        },
    ),
    fault(
        "sbs.non_form_body_included",
        2,
        "the keys of a JSON object are signed as parameters",
        |plan, request, _| sign_fields(plan, request, Kind::Json),
    ),
    fault(
        "sbs.form_body_mismatch",
        2,
        "the body is signed as a form and sent as something else",
        |plan, request, _| sign_fields(plan, request, Kind::Undeclared),
    ),
    fault(
        "sbs.multipart_or_file_field",
        2,
        "the text fields of a multipart body are signed",
        |plan, request, _| sign_fields(plan, request, Kind::Multipart),
    ),
    fault(
        "sbs.duplicate_params",
        2,
        "form fields are signed twice",
        |plan, _, _| twice(plan, |pair| pair.source == Source::Form),
    ),
    fault(
        "sbs.duplicate_params",
        1,
        "query parameters are signed twice",
        |plan, _, _| twice(plan, |pair| pair.source == Source::Query),
    ),
    fault(
        "sbs.duplicate_params",
        1,
        "every parameter is signed twice",
        |plan, _, _| twice(plan, |_| true),
    ),
    fault(
        "sbs.duplicate_params",
        2,
        "of a repeated name only the last is signed",
        |plan, _, _| {
            plan.pairs.reverse();
            first_of_each(plan);
            plan.pairs.reverse();
            Some(())
        },
    ),
    fault(
        "sbs.duplicate_params",
        1,
        "of a repeated name only the first is signed",
        |plan, _, _| {
            first_of_each(plan);
            Some(())
        },
    ),
    fault(
        "sbs.empty_param",
        2,
        "parameters without a value are not signed",
        |plan, _, _| {
            leave_out(plan, |pair| {
                pair.source != Source::Protocol && pair.value.is_empty()
            })
        },
    ),
    fault(
        "sbs.empty_oauth_token",
        2,
        "an oauth_token= that is not sent is signed",
        |plan, _, _| add(plan, "oauth_token", ""),
    ),
    fault(
        "sbs.empty_oauth_token",
        1,
        "the empty oauth_token is not signed",
        |plan, _, _| {
            leave_out(plan, |pair| {
                pair.name == "oauth_token" && pair.value.is_empty()
            })
        },
    ),
    fault(
        "sbs.valueless_param",
        2,
        "a name without a value is signed without an equals sign",
        |plan, _, _| without_equals(plan, |pair| !pair.has_equals),
    ),
    fault(
        "sbs.valueless_param",
        1,
        "parameters with empty values are signed without an equals sign",
        |plan, _, _| without_equals(plan, |pair| pair.value.is_empty()),
    ),
    fault(
        "sbs.valueless_param",
        1,
        "a name without a value is decoded, and then split at an equals sign",
        |plan, _, _| {
            let mut split = None;
            for pair in plan.pairs.iter_mut().filter(|pair| !pair.has_equals) {
                if let Some((name, value)) = pair.name.clone().split_once('=') {
                    name.clone_into(&mut pair.name);
                    value.clone_into(&mut pair.value);
                    split = Some(());
                }
            }
            split
        },
    ),
    fault(
        "sbs.oauth_param_missing",
        3,
        "a protocol parameter is not signed",
        |plan, _, random| leave_out_one(plan, random, |pair| pair.source == Source::Protocol),
    ),
    fault(
        "sbs.oauth_param_added",
        1,
        "an oauth_callback=oob that is not sent is signed",
        |plan, _, _| add(plan, "oauth_callback", "oob"),
    ),
    fault(
        "sbs.oauth_param_added",
        1,
        "an oauth_callback=about:blank that is not sent is signed",
        |plan, _, _| add(plan, "oauth_callback", "about:blank"),
    ),
    fault(
        "sbs.oauth_param_added",
        1,
        "an empty oauth_callback that is not sent is signed",
        |plan, _, _| add(plan, "oauth_callback", ""),
    ),
    fault(
        "sbs.oauth_param_added",
        1,
        "an empty oauth_verifier that is not sent is signed",
        |plan, _, _| add(plan, "oauth_verifier", ""),
    ),
    fault(
        "sbs.oauth_param_added",
        1,
        "an oauth_version that is not sent is signed",
        |plan, _, _| add(plan, "oauth_version", "1.0"),
    ),
    fault(
        "sbs.oauth_param_added",
        1,
        "an empty oauth_signature is signed",
        |plan, _, _| add(plan, "oauth_signature", ""),
    ),
    fault(
        "sbs.realm_included",
        2,
        "the realm is signed",
        |plan, request, _| add(plan, "realm", request.realm.as_deref()?),
    ),
];

fn leave_out(plan: &mut Plan, mut which: impl FnMut(&Pair) -> bool) -> Option<()> {
    let before = plan.pairs.len();
    plan.pairs.retain(|pair| !which(pair));
    (plan.pairs.len() < before).then_some(())
}

/// Leaves out all parameters of one name.
fn leave_out_one(
    plan: &mut Plan,
    random: &mut FixedRandom,
    among: impl Fn(&Pair) -> bool,
) -> Option<()> {
    let names: Vec<String> = plan
        .pairs
        .iter()
        .filter(|pair| among(pair))
        .map(|pair| pair.name.clone())
        .collect();
    let name = names.get(random.below(names.len()))?;
    leave_out(plan, |pair| among(pair) && pair.name == *name)
}

/// Any names of a query of up to ten; of a longer one the first or the last ones.
fn some_of_the_query(plan: &mut Plan, _: &Request, random: &mut FixedRandom) -> Option<()> {
    let mut names: Vec<String> = Vec::new();
    for pair in plan
        .pairs
        .iter()
        .filter(|pair| pair.source == Source::Query)
    {
        if !names.contains(&pair.name) {
            names.push(pair.name.clone());
        }
    }
    let count = names.len();
    if count < 3 {
        return None;
    }
    let left: Vec<&String> = if count <= 10 {
        names.iter().filter(|_| random.below(2) == 0).collect()
    } else {
        let cut = 1 + random.below(count - 1);
        match random.below(2) {
            0 => names[..cut].iter().collect(),
            _ => names[cut..].iter().collect(),
        }
    };
    leave_out(plan, |pair| {
        pair.source == Source::Query && left.contains(&&pair.name)
    })
}

fn query_in_uri(plan: &mut Plan, request: &Request) -> Option<()> {
    let sent = request.send("");
    let (_, query) = sent.target.split_once('?')?;
    if request.placing == Placing::Query {
        return None;
    }
    plan.uri.tail = format!("?{query}");
    Some(())
}

fn query_in_uri_too(plan: &mut Plan, request: &Request, _: &mut FixedRandom) -> Option<()> {
    query_in_uri(plan, request)
}

fn other_body<'a>(
    request: &'a Request,
    kinds: &[Kind],
) -> Option<(&'a str, &'a [(String, String)])> {
    match &request.body {
        Body::Other {
            text, kind, fields, ..
        } if kinds.contains(kind) && !text.is_empty() => Some((text, fields)),
        _ => None,
    }
}

fn sign_fields(plan: &mut Plan, request: &Request, kind: Kind) -> Option<()> {
    let (_, fields) = other_body(request, &[kind])?;
    for (name, value) in fields {
        plan.pairs.push(Pair::decoded(Source::Form, name, value));
    }
    Some(())
}

fn twice(plan: &mut Plan, which: impl Fn(&Pair) -> bool) -> Option<()> {
    let again: Vec<Pair> = plan
        .pairs
        .iter()
        .filter(|pair| which(pair))
        .cloned()
        .collect();
    let any = !again.is_empty();
    plan.pairs.extend(again);
    any.then_some(())
}

fn first_of_each(plan: &mut Plan) {
    let mut seen: Vec<String> = Vec::new();
    plan.pairs.retain(|pair| {
        let new = !seen.contains(&pair.name);
        seen.push(pair.name.clone());
        new
    });
}

fn without_equals(plan: &mut Plan, which: impl Fn(&Pair) -> bool) -> Option<()> {
    let mut any = None;
    for pair in plan.pairs.iter_mut().filter(|pair| which(pair)) {
        pair.signs_equals = false;
        any = Some(());
    }
    any
}

/// Adds a parameter whose name is not signed yet.
fn add(plan: &mut Plan, name: &str, value: &str) -> Option<()> {
    if plan.pairs.iter().any(|pair| pair.name == name) {
        return None;
    }
    plan.pairs.insert(0, Pair::protocol(name, value));
    Some(())
}
