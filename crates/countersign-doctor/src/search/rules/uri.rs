//! Rules of the search: the base URI.

use std::borrow::Cow;

use crate::search::rule::Out;
use crate::search::state::UriParts;

pub(super) mod host;
pub(super) mod path;
pub(super) mod port;
pub(super) mod query;
pub(super) mod scheme;
pub(super) mod slash;
pub(super) mod spelling;
pub(super) mod whole;

/// More places in a path are not looked at one by one.
const PLACES: usize = 16;

/// Longer paths are not varied.
const LONGEST: usize = 16_384;

/// The URI with another path.
fn put_path(
    uri: &UriParts,
    path: impl Into<Vec<u8>>,
    detail: impl Into<Cow<'static, str>>,
    out: &mut Out<UriParts>,
) {
    let path = path.into();
    if path != uri.path && path.len() <= LONGEST {
        out.push(
            UriParts {
                path,
                ..uri.clone()
            },
            detail,
        );
    }
}

/// The URI with another host.
fn put_host(
    uri: &UriParts,
    host: impl Into<Vec<u8>>,
    detail: impl Into<Cow<'static, str>>,
    out: &mut Out<UriParts>,
) {
    let host = host.into();
    if host != uri.host {
        out.push(
            UriParts {
                host,
                ..uri.clone()
            },
            detail,
        );
    }
}
