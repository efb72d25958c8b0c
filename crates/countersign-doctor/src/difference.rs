//! From a structural difference of two base strings to the code of its cause.

use countersign_base_string::{Difference, Field, Side, Spelling, StructureFault};

/// The code of a difference between the right base string (ours) and the faulty one (theirs).
pub(crate) fn code(difference: &Difference) -> &'static str {
    match difference {
        Difference::Method { .. } => "method.mismatch",
        Difference::Scheme { .. } => "uri.scheme_server",
        Difference::Host { .. } => "uri.host",
        Difference::Port { ours: Some(_), .. } => "uri.nondefault_port",
        Difference::Port { .. } => "uri.default_port",
        Difference::Path { ours, theirs } => path(ours, theirs),
        Difference::QueryInUri { .. } => "sbs.query_in_uri",
        Difference::ParameterMissing { name, value, .. } => missing(name, value),
        Difference::ParameterExtra { name, value, .. } => extra(name, value),
        Difference::ParameterValue { .. } => "sbs.param_value",
        Difference::Repeated { .. } => "sbs.duplicate_params",
        Difference::Encoding {
            of,
            spelling,
            ours,
            theirs,
        } => encoding(of, spelling, ours, theirs),
        Difference::EqualsSign { .. } => "sbs.valueless_param",
        Difference::Order { .. } => "sbs.order",
        Difference::Structure {
            fault: StructureFault::UriNotAbsolute,
            ..
        } => "uri.malformed",
        _ => "sbs.structure",
    }
}

pub(crate) fn path(ours: &str, theirs: &str) -> &'static str {
    if ours.trim_end_matches('/') == theirs.trim_end_matches('/') {
        "uri.trailing_slash"
    } else if ours.trim() == theirs.trim() {
        "uri.whitespace"
    } else if collapsed(ours) == collapsed(theirs) {
        "uri.double_slash"
    } else {
        "uri.path"
    }
}

fn collapsed(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for character in path.chars() {
        if !(character == '/' && out.ends_with('/')) {
            out.push(character);
        }
    }
    out
}

/// A parameter of the request that was not signed.
fn missing(name: &str, value: &str) -> &'static str {
    match name {
        "oauth_token" if value.is_empty() => "sbs.empty_oauth_token",
        _ if name.starts_with("oauth_") => "sbs.oauth_param_missing",
        _ if value.is_empty() => "sbs.empty_param",
        _ => "sbs.param_missing",
    }
}

/// A parameter that was signed and is not in the request.
fn extra(name: &str, value: &str) -> &'static str {
    match name {
        "realm" => "sbs.realm_included",
        "oauth_token" if value.is_empty() => "sbs.empty_oauth_token",
        _ if name.starts_with("oauth_") => "sbs.oauth_param_added",
        _ => "sbs.param_added",
    }
}

/// What common encoders leave alone.
const LEFT_ALONE: &str = "!*'()/";

fn encoding(of: &Field, spelling: &Spelling, ours: &str, theirs: &str) -> &'static str {
    match (of, spelling) {
        (Field::Path | Field::Uri, _) => "uri.path_encoding",
        (
            _,
            Spelling::Layers {
                more: Side::Theirs, ..
            },
        ) => "enc.double_encoded",
        (_, Spelling::Layers { .. }) => "enc.single_encoded",
        (_, Spelling::PlusForSpace { .. }) => "enc.plus_space",
        (_, Spelling::LowerCaseHex { .. }) => "enc.lowercase_hex",
        (_, Spelling::Latin1 { .. } | Spelling::Charset { .. }) => "enc.non_ascii",
        (Field::Name, Spelling::Raw { .. }) => "enc.param_name",
        // Nothing of the value is encoded, or only what some encoders leave alone is not.
        (Field::Value { .. }, Spelling::Raw { characters, .. })
            if !theirs.contains('%') && characters.chars().any(|one| !LEFT_ALONE.contains(one)) =>
        {
            "enc.single_encoded"
        }
        (_, Spelling::Raw { .. }) => "enc.reserved_chars",
        (_, Spelling::EncodedUnreserved { characters, .. }) if characters.contains('~') => {
            "enc.tilde"
        }
        (_, Spelling::EncodedUnreserved { .. }) => "enc.reserved_chars",
        _ if theirs.len() > ours.len() => "enc.double_encoded",
        _ => "enc.single_encoded",
    }
}

/// The two spellings of a difference, where it has two.
pub(crate) fn sides(difference: &Difference) -> Option<(String, String)> {
    let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    Some(match difference {
        Difference::Method { ours, theirs }
        | Difference::Scheme { ours, theirs }
        | Difference::Host { ours, theirs }
        | Difference::Path { ours, theirs } => (ours.clone(), theirs.clone()),
        Difference::Encoding {
            of, ours, theirs, ..
        } if !matches!(of, Field::Value { name } if is_sensitive(name)) => {
            (ours.clone(), theirs.clone())
        }
        Difference::ParameterValue {
            name, ours, theirs, ..
        } if !is_sensitive(name) => (ours.clone(), theirs.clone()),
        Difference::Port { ours, theirs } => (shown(ours), shown(theirs)),
        _ => return None,
    })
}

pub(crate) fn is_sensitive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let has = |part: &str| name.contains(part);
    ["password", "secret", "verifier"].into_iter().any(has) || (has("session") && has("handle"))
}

/// What a difference is about, in a word or two.
pub(crate) fn subject(difference: &Difference) -> String {
    match difference {
        Difference::Method { .. } => "method".to_owned(),
        Difference::Scheme { .. } => "scheme".to_owned(),
        Difference::Host { .. } => "host".to_owned(),
        Difference::Port { .. } => "port".to_owned(),
        Difference::Path { .. } => "path".to_owned(),
        Difference::ParameterMissing { name, .. }
        | Difference::ParameterExtra { name, .. }
        | Difference::ParameterValue { name, .. }
        | Difference::Repeated { name, .. }
        | Difference::EqualsSign { name, .. }
        | Difference::Encoding {
            of: Field::Value { name },
            ..
        } => format!("parameter {name}"),
        Difference::Order { .. } => "order".to_owned(),
        _ => "base string".to_owned(),
    }
}
