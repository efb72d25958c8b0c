use alloc::string::String;

/// The base URI of a base string, divided; every part as the text has it once the outer encoding is undone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct UriParts {
    scheme: String,
    host: String,
    port: Option<String>,
    path: String,
    query: Option<String>,
}

impl UriParts {
    /// The scheme before `://`; empty when the URI is not absolute.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The host, an IPv6 literal with its brackets; empty when the URI is not absolute.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The digits (or whatever stands there) behind the host's colon.
    #[must_use]
    pub fn port(&self) -> Option<&str> {
        self.port.as_deref()
    }

    /// The path, which may be empty.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What stands behind a `?` (or `#`) that a base URI must not have.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    /// Divides `uri`; one without `://` is all path.
    pub(super) fn divide(uri: &str) -> Self {
        let (scheme, rest) = uri
            .split_once("://")
            .map_or((None, uri), |(scheme, rest)| (Some(scheme), rest));
        let (hierarchy, query) = match rest
            .find(['?', '#'])
            .and_then(|end| rest.split_at_checked(end))
        {
            Some((hierarchy, tail)) => (hierarchy, Some(tail.get(1..).unwrap_or_default())),
            None => (rest, None),
        };
        let Some(scheme) = scheme else {
            return Self {
                path: hierarchy.into(),
                query: query.map(Into::into),
                ..Self::default()
            };
        };
        let slash = hierarchy.find('/').unwrap_or(hierarchy.len());
        let (authority, path) = hierarchy.split_at_checked(slash).unwrap_or((hierarchy, ""));
        let (host, port) = divide_authority(authority);
        Self {
            scheme: scheme.into(),
            host: host.into(),
            port: port.map(Into::into),
            path: path.into(),
            query: query.map(Into::into),
        }
    }

    pub(super) fn is_well_formed(&self) -> bool {
        matches!(self.scheme.as_str(), "http" | "https")
            && !self.host.is_empty()
            && self.port.as_deref().is_none_or(|port| {
                !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
            })
            && self.path.starts_with('/')
            && self.query.is_none()
    }
}

/// Host and port; the colons inside an IPv6 literal's brackets divide nothing.
fn divide_authority(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}
