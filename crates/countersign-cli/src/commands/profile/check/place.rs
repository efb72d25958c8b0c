//! Checks of the realm and of the addresses.

use countersign_base_string::{Scheme, Uri};
use countersign_dialect::{Provider, Realm};

use super::{Line, Subject};
use crate::local::is_loopback;
use crate::profile::Profile;

pub(super) fn realm(subject: &Subject<'_>) -> Vec<Line> {
    let given = subject.profile.written.realm.as_deref();
    let Some(row) = subject.provider else {
        return Vec::new();
    };
    let line = match (row.realm, given) {
        (Realm::Required(what), None) => Line::fail("realm", format!("missing: {what}")),
        (Realm::Literal(text), None) => Line::fail("realm", format!("missing: {text:?} exactly")),
        (Realm::Literal(text), Some(given)) if given != text => Line::fail(
            "realm",
            format!("{given:?}, but {} wants {text:?} exactly", row.name),
        ),
        (Realm::Required(what), Some(given)) if account(row, given).is_some() => {
            let due = account(row, given).unwrap_or_default();
            Line::fail("realm", format!("{given:?}, but it is {what}: {due}"))
        }
        (Realm::LeaveOut, Some(_)) => {
            Line::warn("realm", format!("{} asks to leave it out", row.name))
        }
        (_, Some(given)) => Line::ok("realm", given),
        (_, None) => return Vec::new(),
    };
    vec![line]
}

/// The realm that is meant, where an account is written as it stands in a host.
fn account(row: &Provider, given: &str) -> Option<String> {
    let is_account = row.hosts.iter().any(|host| host.starts_with("{acct}."));
    let due = given.to_ascii_uppercase().replace('-', "_");
    (is_account && due != given).then_some(due)
}

/// Why a text is no address of a profile; says nothing of what stands in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UrlError {
    #[error("no URL that can be signed: {0}")]
    Uri(#[from] countersign_base_string::UriError),
    #[error("a user name or password has no place in a URL")]
    UserInfo,
}

/// Reads an address of a profile.
pub(crate) fn url(text: &str) -> Result<Uri<'_>, UrlError> {
    let uri = Uri::parse(text)?;
    let authority = text.split("://").nth(1).unwrap_or_default();
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(UrlError::UserInfo);
    }
    Ok(uri)
}

/// Every address of a profile with its name.
fn urls(profile: &Profile) -> impl Iterator<Item = (&'static str, &str)> {
    let written = &profile.written;
    [
        ("base_url", &written.base_url),
        ("request_token_url", &written.request_token_url),
        ("authorize_url", &written.authorize_url),
        ("access_token_url", &written.access_token_url),
    ]
    .into_iter()
    .filter_map(|(name, url)| Some((name, url.as_deref()?)))
}

/// The host that requests go to, as far as the profile tells.
pub(super) fn host(profile: &Profile) -> Option<String> {
    let (_, url) = urls(profile).next()?;
    self::url(url).ok().map(|uri| uri.host().to_owned())
}

pub(super) fn addresses(subject: &Subject<'_>) -> Vec<Line> {
    urls(subject.profile)
        .map(|(name, url)| address(subject, name, url))
        .collect()
}

fn address(subject: &Subject<'_>, name: &'static str, url: &str) -> Line {
    let uri = match self::url(url) {
        Ok(uri) => uri,
        Err(error) => return Line::fail(name, error.to_string()),
    };
    let foreign = subject
        .provider
        .filter(|row| !row.hosts.is_empty() && !row.owns_host(uri.host()));
    match foreign {
        Some(row) => Line::warn(
            name,
            format!("{} is not known to belong to {}", uri.host(), row.name),
        ),
        None if is_http_only(subject) && !is_loopback(uri.host()) => match uri.scheme() {
            Scheme::Https => Line::fail(
                name,
                "https: there the provider takes no OAuth, but the keys by Basic authentication or in the query; OAuth is for http",
            ),
            Scheme::Http => Line::warn(
                name,
                "http, as the provider's OAuth is: answers can be read on the way; over https it takes the keys by Basic authentication",
            ),
        },
        None if uri.scheme() == Scheme::Http && !is_loopback(uri.host()) => Line::warn(
            name,
            "http: tokens and answers can be read on the way; use https",
        ),
        None => Line::ok(name, url),
    }
}

/// Whether the provider speaks OAuth over plain http alone.
fn is_http_only(subject: &Subject<'_>) -> bool {
    let api = subject.provider.and_then(|row| row.api);
    api.is_some_and(|api| api.url.starts_with("http://"))
}
