//! A request as sent, and what somebody on the way could make of it.

/// The parts of a request that a signature covers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Wire {
    /// The method.
    pub method: String,
    /// The absolute URL.
    pub url: String,
    /// The value of the `Authorization` header.
    pub authorization: Option<String>,
    /// The value of the `Content-Type` header.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Wire {
    /// Copies of the request with one part changed each, and the name of the change. Every change
    /// touches what is signed.
    #[must_use]
    pub fn tampered(&self) -> Vec<(&'static str, Self)> {
        let mut twins = vec![
            (
                "method",
                Self {
                    method: other_method(&self.method),
                    ..self.clone()
                },
            ),
            (
                "parameter added",
                Self {
                    url: with_parameter(&self.url),
                    ..self.clone()
                },
            ),
            (
                "host",
                Self {
                    url: other_host(&self.url),
                    ..self.clone()
                },
            ),
            (
                "scheme",
                Self {
                    url: other_scheme(&self.url),
                    ..self.clone()
                },
            ),
        ];
        if let Some(url) = longer_path(&self.url) {
            twins.push((
                "path",
                Self {
                    url,
                    ..self.clone()
                },
            ));
        }
        if let Some(url) = changed_value(&self.url) {
            twins.push((
                "query value",
                Self {
                    url,
                    ..self.clone()
                },
            ));
        }
        if let Some(authorization) = self.authorization.as_deref().and_then(changed_credentials) {
            twins.push((
                "header parameter",
                Self {
                    authorization: Some(authorization),
                    ..self.clone()
                },
            ));
        }
        if self.is_form() && !self.body.is_empty() {
            let mut body = self.body.clone();
            body.extend_from_slice(b"&tampered=1");
            twins.push((
                "body parameter",
                Self {
                    body,
                    ..self.clone()
                },
            ));
        }
        twins
    }

    /// Whether the body is a form by its type.
    #[must_use]
    pub fn is_form(&self) -> bool {
        let kind = self.content_type.as_deref().unwrap_or_default();
        kind.split(';').next().is_some_and(|kind| {
            kind.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
    }
}

fn changed_credentials(field_value: &str) -> Option<String> {
    let name = ["oauth_nonce=\"", "oauth_consumer_key=\"", "oauth_token=\""]
        .into_iter()
        .find(|name| field_value.contains(name))?;
    Some(field_value.replacen(name, &format!("{name}tampered"), 1))
}

fn other_method(method: &str) -> String {
    if method.eq_ignore_ascii_case("DELETE") {
        "PATCH"
    } else {
        "DELETE"
    }
    .to_owned()
}

fn with_parameter(url: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}tampered=1")
}

fn other_host(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").expect("an absolute URL");
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (format!("{user}@"), host),
        None => (String::new(), authority),
    };
    let host = match host.split_once(']') {
        Some((_, port)) => format!("[2001:db8::bad]{port}"),
        None => format!("tampered.{host}"),
    };
    format!("{scheme}://{user}{host}{tail}")
}

fn other_scheme(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").expect("an absolute URL");
    let other = if scheme.eq_ignore_ascii_case("https") {
        "http"
    } else {
        "https"
    };
    format!("{other}://{rest}")
}

fn longer_path(url: &str) -> Option<String> {
    let (front, query) = match url.split_once('?') {
        Some((front, query)) => (front, Some(query)),
        None => (url, None),
    };
    let path = front.split_once("://").and_then(|(_, rest)| rest.find('/'));
    path?;
    let front = format!("{front}x");
    Some(query.map_or_else(|| front.clone(), |query| format!("{front}?{query}")))
}

fn changed_value(url: &str) -> Option<String> {
    let (front, query) = url.split_once('?')?;
    query
        .contains('=')
        .then(|| format!("{front}?{}", query.replacen('=', "=tampered", 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_twin_differs_in_one_part() {
        let wire = Wire {
            method: "POST".to_owned(),
            url: "https://user:pw@[::1]:8443/p?a=1".to_owned(),
            authorization: Some("OAuth oauth_nonce=\"n\"".to_owned()),
            content_type: Some("Application/x-www-form-urlencoded; charset=UTF-8".to_owned()),
            body: b"b=2".to_vec(),
        };
        let twins = wire.tampered();
        assert_eq!(twins.len(), 8);
        for (change, twin) in &twins {
            let changed = [
                wire.method != twin.method,
                wire.url != twin.url,
                wire.authorization != twin.authorization,
                wire.content_type != twin.content_type,
                wire.body != twin.body,
            ];
            assert_eq!(
                changed.iter().filter(|changed| **changed).count(),
                1,
                "{change}"
            );
        }
        let urls = twins
            .iter()
            .map(|(_, twin)| twin.url.as_str())
            .collect::<Vec<_>>();
        assert!(urls.contains(&"https://user:pw@[2001:db8::bad]:8443/p?a=1"));
        assert!(urls.contains(&"https://user:pw@[::1]:8443/px?a=1"));
    }
}
