//! The one place that requests go to.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use countersign_client::Origin;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderValue, Uri};

use crate::exit::{Failure, in_full};

/// The one place that requests go to: scheme, host and port.
#[derive(Clone, Debug)]
pub(super) struct Upstream {
    origin: Origin,
    scheme: Scheme,
    authority: Authority,
    host: HeaderValue,
}

impl Upstream {
    /// Reads `https://host:port`, a slash behind it allowed.
    pub(super) fn parse(url: &str, plain_http: bool) -> Result<Self, Failure> {
        let refused = || {
            usage("scheme, host and port, such as https://api.example.com; paths are the tool's")
        };
        let uri: Uri = url.parse().map_err(|_| refused())?;
        let is_plain = uri.path() == "/"
            && uri.query().is_none()
            && !url.contains(['#', '?', '@'])
            && url.matches('/').count() <= 3;
        if !is_plain {
            return Err(refused());
        }
        Self::of(&uri, plain_http)
    }

    /// The origin of the profile's own address.
    pub(super) fn of_base_url(url: &str, plain_http: bool) -> Result<Self, Failure> {
        let uri: Uri = url
            .parse()
            .map_err(|_| usage("a base_url of scheme, host and path; give --upstream"))?;
        Self::of(&uri, plain_http)
    }

    fn of(uri: &Uri, plain_http: bool) -> Result<Self, Failure> {
        let origin = Origin::of(uri)
            .map_err(|error| Failure::Usage(format!("upstream: {}", in_full(&error))))?;
        if !origin.is_private() && !plain_http {
            return Err(Failure::Usage(format!(
                "upstream: {origin} would be asked without TLS, for everyone on the way to read; give https://, or --plain-http if that is meant"
            )));
        }
        let unusable = |_| usage("a host that HTTP can carry");
        let text = origin.to_string();
        let (scheme, authority) = text.split_once("://").unwrap_or_default();
        Ok(Self {
            scheme: if scheme == "https" {
                Scheme::HTTPS
            } else {
                Scheme::HTTP
            },
            authority: authority.parse().map_err(unusable)?,
            host: HeaderValue::from_str(authority).map_err(|_| usage("a host in ASCII"))?,
            origin,
        })
    }

    pub(super) const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether it is what listens on this loopback address.
    pub(super) fn is_at(&self, listen: SocketAddr) -> bool {
        let host = self.origin.host();
        let address = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>();
        let is_host = match address {
            Ok(address) => listen.ip() == address,
            // Of its other names no one knows where they lead.
            Err(_) => {
                host == "localhost"
                    && [
                        IpAddr::from(Ipv4Addr::LOCALHOST),
                        Ipv6Addr::LOCALHOST.into(),
                    ]
                    .contains(&listen.ip())
            }
        };
        is_host && !self.origin.is_https() && self.origin.port() == listen.port()
    }

    /// What is sent as `Host`.
    pub(super) const fn host(&self) -> &HeaderValue {
        &self.host
    }

    /// The address of a target, whose bytes stay as they are.
    pub(super) fn uri(&self, target: &PathAndQuery) -> Option<Uri> {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(target.clone());
        Uri::from_parts(parts).ok()
    }

    /// Whether an absolute target means it. A tool that has to use `http://` so that it asks the proxy
    /// at all may name an upstream with TLS so.
    pub(super) fn is_named_by(&self, target: &Uri) -> bool {
        let has_user = target
            .authority()
            .is_none_or(|it| it.as_str().contains('@'));
        let (Ok(named), false) = (Origin::of(target), has_user) else {
            return false;
        };
        let default = |origin: &Origin| origin.port() == if origin.is_https() { 443 } else { 80 };
        named == self.origin
            || (self.origin.is_https()
                && !named.is_https()
                && named.host() == self.origin.host()
                && (named.port() == self.origin.port()
                    || (default(&named) && default(&self.origin))))
    }

    /// Where a redirect within the upstream leads for a tool that knows it as `reach`. What is behind
    /// the host stays as it is; redirects to elsewhere and relative ones too.
    pub(super) fn seen_from(&self, location: &HeaderValue, reach: &str) -> Option<HeaderValue> {
        let text = location.to_str().ok()?;
        let (scheme, behind) = match text.split_once("://") {
            Some((scheme, behind)) if !scheme.contains(['/', '?', '#']) => (scheme, behind),
            _ => (self.scheme.as_str(), text.strip_prefix("//")?),
        };
        let end = behind.find(['/', '?', '#']).unwrap_or(behind.len());
        let (authority, rest) = behind.split_at_checked(end)?;
        if authority.contains('@') {
            return None;
        }
        let uri: Uri = format!("{scheme}://{authority}/").parse().ok()?;
        if Origin::of(&uri).ok()? != self.origin {
            return None;
        }
        HeaderValue::from_str(&format!("http://{reach}{rest}")).ok()
    }
}

fn usage(expected: &str) -> Failure {
    Failure::Usage(format!("upstream: expected {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upstream(url: &str) -> Upstream {
        Upstream::parse(url, false).unwrap()
    }

    #[test]
    fn an_upstream_is_scheme_host_and_port() {
        for url in [
            "https://api.example.com",
            "https://API.example.com:8443/",
            "http://127.0.0.1:9000",
            "http://[::1]:1/",
            "http://localhost",
        ] {
            assert!(Upstream::parse(url, false).is_ok(), "{url}");
        }
        for url in [
            "api.example.com",
            "ftp://api.example.com",
            "https://",
            "https://a/v1",
            "https://a//",
            "https://a/?b",
            "https://a?",
            "https://a/#b",
            "https://user@a",
            "http://api.example.com",
            "",
        ] {
            assert!(Upstream::parse(url, false).is_err(), "{url}");
        }
        assert!(Upstream::parse("http://api.example.com", true).is_ok());
        let of = Upstream::of_base_url("https://api.example.com/1.1", false).unwrap();
        assert_eq!(of.origin().to_string(), "https://api.example.com");
        assert!(Upstream::of_base_url("http://api.example.com/1.1", false).is_err());
    }

    #[test]
    fn the_proxy_does_not_ask_itself() {
        for (url, listen, is_itself) in [
            ("http://127.0.0.1:80", "127.0.0.1:80", true),
            ("http://localhost", "127.0.0.1:80", true),
            ("http://localhost", "[::1]:80", true),
            ("http://[::1]:9", "[::1]:9", true),
            ("http://127.0.0.1:80", "127.0.0.2:80", false),
            ("http://localhost", "127.0.0.2:80", false),
            ("http://127.0.0.1:80", "127.0.0.1:81", false),
            ("https://127.0.0.1:80", "127.0.0.1:80", false),
        ] {
            let upstream = upstream(url);
            assert_eq!(upstream.is_at(listen.parse().unwrap()), is_itself, "{url}");
        }
    }

    #[test]
    fn a_target_keeps_its_bytes() {
        let upstream = upstream("https://API.example.com:443");
        assert_eq!(upstream.host(), "api.example.com");
        for target in [
            "/",
            "//a",
            "/?",
            "/a?b=%2f&b=%2F&c[]=1;2",
            "/%zz?&&=",
            "/a/../%61?",
        ] {
            let uri = upstream.uri(&target.parse().unwrap()).unwrap();
            assert_eq!(uri.path_and_query().unwrap().as_str(), target);
        }
    }

    #[test]
    fn an_absolute_target_names_the_upstream_or_is_elsewhere() {
        let secure = upstream("https://api.example.com");
        for (target, named) in [
            ("https://api.example.com/a", true),
            ("http://API.example.com/a", true),
            ("http://api.example.com:443/a", true),
            ("http://api.example.com:8080/a", false),
            ("http://api.example.com.evil.example/a", false),
            ("https://evil.example/a", false),
            ("http://user@api.example.com/a", false),
            ("ftp://api.example.com/a", false),
        ] {
            assert_eq!(
                secure.is_named_by(&target.parse().unwrap()),
                named,
                "{target}"
            );
        }
        // Never the other way round: what was to be secret would be sent in the open.
        let plain = upstream("http://127.0.0.1:9000");
        assert!(plain.is_named_by(&"http://127.0.0.1:9000/".parse().unwrap()));
        assert!(!plain.is_named_by(&"https://127.0.0.1:9000/".parse().unwrap()));
    }

    #[test]
    fn a_redirect_within_the_upstream_leads_back_here() {
        let upstream = upstream("https://api.example.com");
        let seen = |location: &'static str| {
            upstream
                .seen_from(&HeaderValue::from_static(location), "127.0.0.1:8080")
                .map(|value| value.to_str().unwrap().to_owned())
        };
        for (location, expected) in [
            (
                "https://api.example.com/a?b=%2f#c",
                "http://127.0.0.1:8080/a?b=%2f#c",
            ),
            ("https://API.example.com:443", "http://127.0.0.1:8080"),
            ("//api.example.com/a", "http://127.0.0.1:8080/a"),
        ] {
            assert_eq!(seen(location).as_deref(), Some(expected), "{location}");
        }
        for location in [
            "/a?to=https://api.example.com/",
            "a",
            "http://api.example.com/a",
            "https://api.example.com.evil.example/a",
            "https://user@api.example.com/a",
            "https://login.example.com/a",
        ] {
            assert_eq!(seen(location), None, "{location}");
        }
    }
}
