//! Finding a row.

use crate::Provider;
use crate::rows::PROVIDERS;

/// Every provider known to be in service, grouped by kind.
#[must_use]
pub fn providers() -> &'static [Provider] {
    &PROVIDERS
}

/// The provider of this id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.id == id)
}

/// The provider that owns this host: `Host` header or URL host, with or without a port. Where
/// several rows match, the longest pattern wins.
///
/// ```
/// use countersign_dialect::by_host;
/// assert_eq!(by_host("1234567-sb1.restlets.api.netsuite.com").map(|row| row.id), Some("netsuite-tba"));
/// assert_eq!(by_host("API.twitter.com:443").map(|row| row.id), Some("x"));
/// assert!(by_host("nottwitter.com").is_none());
/// ```
#[must_use]
pub fn by_host(host: &str) -> Option<&'static Provider> {
    let matches = PROVIDERS
        .iter()
        .filter_map(|provider| best_match(provider.hosts, host).map(|length| (length, provider)));
    let mut best = None;
    for (length, provider) in matches {
        if best.is_none_or(|(longest, _)| length > longest) {
            best = Some((length, provider));
        }
    }
    best.map(|(_, provider)| provider)
}

/// The providers known to take this signature method.
///
/// ```
/// assert!(countersign_dialect::accepting("RSA-SHA256").any(|row| row.id == "mastercard"));
/// ```
pub fn accepting(method: &str) -> impl Iterator<Item = &'static Provider> {
    PROVIDERS
        .iter()
        .filter(move |provider| provider.accepts(method))
}

/// The providers from whose row a client can be set up.
pub fn presets() -> impl Iterator<Item = &'static Provider> {
    PROVIDERS.iter().filter(|provider| provider.preset)
}

/// The length of the longest pattern that covers the host.
pub(crate) fn best_match(patterns: &[&str], host: &str) -> Option<usize> {
    let host = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) {
            name
        } else {
            host
        }
    });
    let host = host.strip_suffix('.').unwrap_or(host);
    patterns
        .iter()
        .filter_map(|pattern| covers(pattern, host))
        .max()
}

fn covers(pattern: &str, host: &str) -> Option<usize> {
    let (suffix, needs_label) = match pattern.split_once("}.") {
        Some((_, suffix)) => (suffix, true),
        None => (pattern, false),
    };
    let start = host.len().checked_sub(suffix.len())?;
    let (front, tail) = (host.get(..start)?, host.get(start..)?);
    if !tail.eq_ignore_ascii_case(suffix) {
        return None;
    }
    let below = front.len() > 1 && front.ends_with('.');
    (below || (front.is_empty() && !needs_label)).then_some(suffix.len())
}
