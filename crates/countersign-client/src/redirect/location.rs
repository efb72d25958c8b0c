//! A `Location` against the address of the request (RFC 3986 section 5.2).

use countersign_encoding::decode_form_bytes;
use http::Uri;

use super::RedirectError;

/// More than any address has, in bytes.
const LONGEST: usize = 8 * 1024;

/// The address that a `Location` names, seen from `base`, which is absolute. A fragment is left out.
///
/// # Errors
/// [`RedirectError::Location`] for anything but a URI reference of visible ASCII, and for one with a
/// user name or a backslash, about which readers disagree.
pub(super) fn resolve(base: &Uri, location: &str) -> Result<Uri, RedirectError> {
    let fault = RedirectError::Location;
    let plain = location
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if !plain || location.len() > LONGEST {
        return Err(fault);
    }
    let location = location.split('#').next().unwrap_or_default();
    let scheme = base.scheme_str().ok_or(fault)?;
    let authority = base.authority().ok_or(fault)?.as_str();
    let origin = || [scheme, "://", authority].concat();
    let absolute = match (has_scheme(location), location) {
        (true, absolute) => without_dots(absolute)?,
        (false, network) if network.starts_with("//") => {
            without_dots(&[scheme, ":", network].concat())?
        }
        (false, path) if path.starts_with('/') => without_dots(&[&origin(), path].concat())?,
        (false, "") => [&origin(), base_target(base)].concat(),
        (false, query) if query.starts_with('?') => [&origin(), base.path(), query].concat(),
        (false, relative) => {
            let path = base.path();
            let parent = path.rfind('/').and_then(|end| path.get(..=end));
            without_dots(&[&origin(), parent.unwrap_or("/"), relative].concat())?
        }
    };
    let uri: Uri = absolute.parse().map_err(|_| fault)?;
    match uri.authority() {
        Some(authority) if !authority.as_str().contains('@') => Ok(uri),
        Some(_) | None => Err(fault),
    }
}

/// Nothing is signed without it.
const SIGNATURE: &str = "oauth_signature";

/// What signing adds (RFC 5849 section 3.1; the body hash extension).
const ADDED: [&str; 8] = [
    "oauth_body_hash",
    "oauth_consumer_key",
    "oauth_nonce",
    SIGNATURE,
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_token",
    "oauth_version",
];

/// An address without what signing added to the query of the request that was `asked`, if a signature
/// came back with it; what that had in its own query stays.
pub(super) fn unsigned(next: Uri, asked: &Uri) -> Uri {
    let Some(query) = next.query() else {
        return next;
    };
    let own: Vec<String> = pairs(asked.query()).filter_map(name).collect();
    let is_foreign = |name: &String| !own.contains(name);
    // Alone, any of them is what the server asks for.
    let is_echo = pairs(Some(query))
        .filter_map(name)
        .any(|name| name == SIGNATURE && is_foreign(&name));
    if !is_echo {
        return next;
    }
    let is_kept = |pair: &&str| {
        let added = name(pair).filter(|name| ADDED.contains(&name.as_str()));
        !added.as_ref().is_some_and(is_foreign)
    };
    let kept: Vec<&str> = pairs(Some(query)).filter(is_kept).collect();
    let target = if kept.is_empty() {
        next.path().to_owned()
    } else {
        [next.path(), "?", &kept.join("&")].concat()
    };
    let mut parts = next.clone().into_parts();
    parts.path_and_query = target.parse().ok();
    Uri::from_parts(parts).unwrap_or(next)
}

fn pairs(query: Option<&str>) -> impl Iterator<Item = &str> {
    query.into_iter().flat_map(|query| query.split('&'))
}

/// The name of a pair, if it can be read.
fn name(pair: &str) -> Option<String> {
    let name = pair.split('=').next().unwrap_or_default();
    let name = decode_form_bytes(name.as_bytes()).ok()?;
    String::from_utf8(name.into()).ok()
}

fn base_target(base: &Uri) -> &str {
    base.path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str)
}

/// RFC 3986 section 3.1: letters, digits, `+`, `-`, `.`, and then a colon.
fn has_scheme(reference: &str) -> bool {
    let end = reference.find([':', '/', '?']);
    end.is_some_and(|end| {
        reference
            .get(end..)
            .is_some_and(|rest| rest.starts_with(':'))
    })
}

/// An absolute address whose path has its dot segments taken out (RFC 3986 section 5.2.4).
fn without_dots(absolute: &str) -> Result<String, RedirectError> {
    let (scheme, rest) = absolute.split_once("://").ok_or(RedirectError::Location)?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at(end);
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let mut kept: Vec<&str> = Vec::new();
    let mut open = false;
    for segment in path.strip_prefix('/').unwrap_or(path).split('/') {
        open = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            other => kept.push(other),
        }
    }
    // The path of a directory ends in a slash.
    if open {
        kept.push("");
    }
    let mut written = [scheme, "://", authority, "/", &kept.join("/")].concat();
    if let Some(query) = query {
        written.extend(["?", query]);
    }
    Ok(written)
}
