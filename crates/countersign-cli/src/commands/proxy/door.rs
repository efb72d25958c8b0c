//! Who is let in: every check of a request's head before anything is read or signed for it.

use core::net::{IpAddr, SocketAddr};
use std::collections::BTreeSet;
use std::sync::Arc;

use http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, ORIGIN, REFERER};
use http::request::Parts;
use http::uri::{Authority, PathAndQuery};
use http::{HeaderValue, Method, Uri};

use super::pass::Pass;
use super::refusal::Refusal;
use super::upstream::Upstream;
use crate::exit::Failure;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names that this machine has for itself, beside the address that the proxy listens on.
const OWN_NAMES: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];

/// Who is let in.
#[derive(Debug)]
pub(super) struct Door {
    upstream: Arc<Upstream>,
    names: BTreeSet<String>,
    /// Its own; none of a Unix socket.
    port: Option<u16>,
    /// None where the file system says who may connect.
    pass: Option<Pass>,
    replaces_authorization: bool,
}

/// What a request that was let in asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) target: PathAndQuery,
    /// What the tool calls the proxy, or the upstream through it.
    pub(super) reach: String,
}

impl Door {
    pub(super) fn new(
        upstream: Arc<Upstream>,
        more_names: &[String],
        listen: Option<SocketAddr>,
        pass: Option<Pass>,
    ) -> Result<Self, Failure> {
        // Of the upstream's name nobody can make a browser believe that it is here but the upstream.
        let mut names = BTreeSet::from([upstream.origin().host().to_owned()]);
        names.extend(OWN_NAMES.map(ToOwned::to_owned));
        names.extend(listen.map(|listen| match listen.ip() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        }));
        for name in more_names {
            let known: Option<Authority> = name.parse().ok();
            let is_name = known.is_some_and(|known| known.host() == name && !name.contains('*'));
            if !is_name {
                return Err(Failure::Usage(format!(
                    "--allow-host {name:?}: expected a name without scheme, port or *, such as build.local"
                )));
            }
            names.insert(name.to_ascii_lowercase());
        }
        Ok(Self {
            upstream,
            names,
            port: listen.map(|listen| listen.port()),
            pass,
            replaces_authorization: false,
        })
    }

    /// Drops the tool's own `Authorization` header instead of refusing it.
    pub(super) fn replacing_authorization(mut self) -> Self {
        self.replaces_authorization = true;
        self
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The checks, in this order: what comes first tells nothing to somebody who is stopped by it.
    /// What was shown to the proxy alone is removed from the head.
    pub(super) fn admit(&self, parts: &mut Parts) -> Result<Asked, Refusal> {
        let host = self.known_host(&parts.headers)?;
        if is_from_foreign_page(&parts.headers, &host) {
            return Err(Refusal::ForeignPage);
        }
        let as_proxy = parts.method == Method::CONNECT || parts.uri.scheme().is_some();
        if let Some(pass) = &self.pass
            && !pass.is_shown(&mut parts.headers)
        {
            return Err(Refusal::Token { as_proxy });
        }
        if parts.method == Method::CONNECT {
            return Err(Refusal::Connect);
        }
        // The answer would repeat the signature, with PLAINTEXT the secrets (RFC 9110 section 9.3.8).
        if parts.method == Method::TRACE {
            return Err(Refusal::Trace);
        }
        let reach = match parts.uri.authority() {
            Some(authority) => {
                if !self.is_here(authority) && !self.upstream.is_named_by(&parts.uri) {
                    return Err(Refusal::OtherOrigin(self.upstream.origin().to_string()));
                }
                authority.to_string()
            }
            None => host,
        };
        let target = path_and_query(&parts.uri).ok_or(Refusal::Target)?;
        if !self.replaces_authorization && parts.headers.contains_key(AUTHORIZATION) {
            return Err(Refusal::Authorization);
        }
        parts.headers.remove(AUTHORIZATION);
        Ok(Asked { target, reach })
    }

    /// Whether an absolute target is the proxy itself, and no other service of this machine.
    fn is_here(&self, authority: &Authority) -> bool {
        self.port
            .is_some_and(|port| authority.port_u16() == Some(port))
            && !authority.as_str().contains('@')
            && self.names.contains(&authority.host().to_ascii_lowercase())
    }

    /// The `Host` header, if this machine is known by it: a page whose own name was made to lead here
    /// sends that (DNS rebinding).
    fn known_host(&self, headers: &HeaderMap) -> Result<String, Refusal> {
        let mut values = headers.get_all(HOST).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(Refusal::Host(None));
        };
        let sent = value.to_str().map_err(|_| Refusal::Host(None))?;
        let known: Option<Authority> = sent.parse().ok();
        let is_known = known.is_some_and(|known| {
            !sent.contains('@') && self.names.contains(&known.host().to_ascii_lowercase())
        });
        if is_known {
            Ok(sent.to_owned())
        } else {
            Err(Refusal::Host(Some(sent.to_owned())))
        }
    }
}

/// What is asked for. Of an absolute address an empty path is `/` (RFC 9110 section 4.2.3).
fn path_and_query(target: &Uri) -> Option<PathAndQuery> {
    let found = target.path_and_query()?;
    match found.as_str() {
        text if text.starts_with('/') => Some(found.clone()),
        text if text.starts_with('?') && target.scheme().is_some() => {
            format!("/{text}").parse().ok()
        }
        _ => None,
    }
}

/// Whether a browser says that another origin than this one makes it ask. For an address of another
/// machine that it has a proxy for, without TLS, it says so in `Referer` alone, if at all.
fn is_from_foreign_page(headers: &HeaderMap, host: &str) -> bool {
    let own = format!("http://{host}");
    let origins = headers.get_all(ORIGIN).iter();
    let mut foreign = origins.filter(|origin| !is(origin, &own));
    let sites = headers.get_all(SEC_FETCH_SITE).iter();
    let mut others = sites.filter(|site| !is(site, "same-origin") && !is(site, "none"));
    let mut pages = headers.get_all(REFERER).iter();
    foreign.next().is_some() || others.next().is_some() || pages.any(|page| !is_page_of(page, &own))
}

fn is_page_of(page: &HeaderValue, own: &str) -> bool {
    let split = page.as_bytes().split_at_checked(own.len());
    split.is_some_and(|(origin, rest)| {
        origin.eq_ignore_ascii_case(own.as_bytes())
            && matches!(rest.first(), None | Some(b'/' | b'?' | b'#'))
    })
}

fn is(value: &HeaderValue, expected: &str) -> bool {
    value.as_bytes().eq_ignore_ascii_case(expected.as_bytes())
}

#[cfg(test)]
mod tests;
