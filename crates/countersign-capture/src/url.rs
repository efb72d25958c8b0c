//! URLs taken apart as clients take them apart before they send.

use countersign_base_string::Scheme;

use crate::request::split_scheme;

/// A URL in the parts that go different ways.
pub(crate) struct Url<'a> {
    pub(crate) scheme: Scheme,
    /// The scheme was not written.
    pub(crate) scheme_assumed: bool,
    pub(crate) userinfo: Option<&'a str>,
    pub(crate) authority: &'a str,
    /// As written; may be empty.
    path: &'a str,
    pub(crate) query: Option<&'a str>,
}

/// What is wrong with a URL word.
pub(crate) enum UrlFault {
    Blank,
    Host,
    Scheme,
}

impl<'a> Url<'a> {
    pub(crate) fn parse(word: &'a str, default: Scheme) -> Result<Self, UrlFault> {
        if word.contains(|c: char| c.is_ascii_whitespace() || c.is_ascii_control()) {
            return Err(UrlFault::Blank);
        }
        let (scheme, rest, scheme_assumed) = match split_scheme(word) {
            Some((scheme, rest)) => (scheme, rest, false),
            None if word.contains("://") => return Err(UrlFault::Scheme),
            None => (default, word, true),
        };
        let rest = rest.split('#').next().unwrap_or(rest);
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let (userinfo, authority) = match authority.rsplit_once('@') {
            Some((userinfo, authority)) => (Some(userinfo), authority),
            None => (None, authority),
        };
        if authority.is_empty() {
            return Err(UrlFault::Host);
        }
        let (path, query) = match after.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (after, None),
        };
        Ok(Self {
            scheme,
            scheme_assumed,
            userinfo,
            authority,
            path,
            query,
        })
    }

    /// Path and query as written; an empty path is sent as `/`.
    pub(crate) fn sent_target(&self) -> String {
        let path = if self.path.is_empty() { "/" } else { self.path };
        match self.query {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        }
    }

    /// The path that is sent: never empty, and without dot segments unless wanted as it is.
    pub(crate) fn sent_path(&self, as_is: bool) -> String {
        let path = if self.path.is_empty() { "/" } else { self.path };
        if as_is {
            path.to_owned()
        } else {
            without_dot_segments(path)
        }
    }
}

/// RFC 3986 section 5.2.4, for a path that starts with `/`.
fn without_dot_segments(path: &str) -> String {
    if !path.contains("/.") {
        return path.to_owned();
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if last {
                    kept.push("");
                }
            }
            segment => kept.push(segment),
        }
    }
    let mut out = String::with_capacity(path.len());
    for segment in kept {
        out.push('/');
        out.push_str(segment);
    }
    out
}
