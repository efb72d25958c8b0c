//! The addresses of a provider.

use crate::Grade;

/// One address of a provider.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Endpoint {
    /// An absolute URL; a part in braces, such as `{host}` or `{acct}`, is to be filled in.
    pub url: &'static str,
    /// How well this address is supported; never better than the row's own grade.
    pub grade: Grade,
}

impl Endpoint {
    /// Whether a part of the address is still to be filled in.
    #[must_use]
    pub fn is_template(&self) -> bool {
        self.url.contains('{')
    }

    /// The host of the address, without port, as a pattern of [`Provider::hosts`](crate::Provider::hosts).
    #[must_use]
    pub fn host(&self) -> &'static str {
        let rest = self
            .url
            .split_once("://")
            .map_or(self.url, |(_, rest)| rest);
        let authority = rest
            .split_once(['/', '?'])
            .map_or(rest, |(authority, _)| authority);
        authority
            .split_once(':')
            .map_or(authority, |(host, _)| host)
    }
}

/// The addresses of the three steps, and of the API itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Endpoints {
    /// Where temporary credentials are asked for (RFC 5849 section 2.1).
    pub request_token: Option<Endpoint>,
    /// Where the user approves (RFC 5849 section 2.2).
    pub authorize: Option<Endpoint>,
    /// Where the token is asked for (RFC 5849 section 2.3).
    pub access_token: Option<Endpoint>,
    /// Further addresses: renewal, revocation, the API's root.
    pub others: &'static [Endpoint],
}

impl Endpoints {
    pub(crate) const NONE: Self = Self {
        request_token: None,
        authorize: None,
        access_token: None,
        others: &[],
    };

    /// Every address of the row.
    ///
    /// ```
    /// let x = countersign_dialect::by_id("x").expect("a row");
    /// assert!(x.endpoints.iter().count() >= 3);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = Endpoint> {
        [self.request_token, self.authorize, self.access_token]
            .into_iter()
            .flatten()
            .chain(self.others.iter().copied())
    }
}

pub(crate) const fn at(url: &'static str, grade: Grade) -> Endpoint {
    Endpoint { url, grade }
}

pub(crate) const fn three(
    request_token: &'static str,
    authorize: &'static str,
    access_token: &'static str,
    grade: Grade,
) -> Endpoints {
    Endpoints {
        request_token: Some(at(request_token, grade)),
        authorize: Some(at(authorize, grade)),
        access_token: Some(at(access_token, grade)),
        others: &[],
    }
}
