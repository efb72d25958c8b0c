//! What each route asks of its requests.

use std::sync::Arc;

use countersign_provider::Route;
use http::request::Parts;

/// What a route asks, and how the bodies of its requests are taken.
#[derive(Debug, Clone)]
pub struct Rule {
    route: Route,
    streaming: bool,
}

impl Rule {
    /// Checks a body whose hash was sent before the handler is called.
    #[must_use]
    pub const fn new(route: Route) -> Self {
        Self {
            route,
            streaming: false,
        }
    }

    /// Checks a body whose hash was sent while the handler reads it, for bodies too large to keep.
    ///
    /// The handler gets [`VerifiedHead`](countersign_provider::VerifiedHead) for proof and must not
    /// act on the body before its end: with a wrong hash the body ends in an error. The nonce is
    /// stored by then, and the policy's limit on bodies is the handler's to enforce.
    #[must_use]
    pub const fn streaming(mut self) -> Self {
        self.streaming = true;
        self
    }

    /// The route.
    #[must_use]
    pub const fn route(&self) -> &Route {
        &self.route
    }

    /// Whether bodies are checked while they are read.
    #[must_use]
    pub const fn is_streaming(&self) -> bool {
        self.streaming
    }
}

/// Chooses the rule for a request: a [`Routes`] table, or a function from the head of the request.
pub trait Rules: Send + Sync {
    /// The rule for this request.
    fn rule(&self, parts: &Parts) -> Arc<Rule>;
}

impl<F: Fn(&Parts) -> Arc<Rule> + Send + Sync> Rules for F {
    fn rule(&self, parts: &Parts) -> Arc<Rule> {
        self(parts)
    }
}

/// A table of rules by the beginning of the path; the longest beginning counts.
///
/// Paths are compared as they were sent, since that is what was signed: `/%61dmin` is not under
/// `/admin`. So let the rule for all others be the strictest.
#[derive(Debug, Clone)]
pub struct Routes {
    others: Arc<Rule>,
    /// The longest first.
    prefixes: Vec<(String, Arc<Rule>)>,
}

impl Routes {
    /// One rule for all requests.
    #[must_use]
    pub fn new(rule: Rule) -> Self {
        Self {
            others: Arc::new(rule),
            prefixes: Vec::new(),
        }
    }

    /// Another rule for paths that begin with `prefix`, in whole segments: `/files` is for `/files`
    /// and `/files/a`, not for `/filesystem`.
    #[must_use]
    pub fn with(mut self, prefix: impl Into<String>, rule: Rule) -> Self {
        self.prefixes.push((prefix.into(), Arc::new(rule)));
        self.prefixes
            .sort_by_key(|(prefix, _)| core::cmp::Reverse(prefix.len()));
        self
    }
}

impl From<Route> for Routes {
    fn from(route: Route) -> Self {
        Self::new(Rule::new(route))
    }
}

impl Rules for Routes {
    fn rule(&self, parts: &Parts) -> Arc<Rule> {
        let path = parts.uri.path();
        let found = self
            .prefixes
            .iter()
            .find(|(prefix, _)| is_under(path, prefix))
            .map_or(&self.others, |(_, rule)| rule);
        Arc::clone(found)
    }
}

fn is_under(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || prefix.ends_with('/'))
}
