//! What the remarks of a trace prove about the connection.

use std::collections::BTreeMap;

use countersign_base_string::Scheme;

use crate::request::split_scheme;

/// The scheme of the next request, as far as the remarks prove it.
#[derive(Default)]
pub(super) struct Connection {
    /// Of the connection in use.
    current: Option<Scheme>,
    /// Of a URL that a remark names.
    announced: Option<Scheme>,
    /// Of the connections by host, for those that are used again.
    by_host: BTreeMap<String, Scheme>,
    reused: bool,
}

/// Remarks that only a TLS handshake causes.
const TLS: [&str; 10] = [
    "ALPN",
    "SSL connection using",
    "SSL certificate",
    "SSL: ",
    "Server certificate",
    "TLS handshake",
    "TLSv1",
    "schannel: ",
    "successfully set certificate",
    "using TLS",
];

/// Ports on which nobody expects plain HTTP: without TLS remarks the trace was cut.
const TLS_PORTS: [&str; 2] = ["443", "8443"];

impl Connection {
    /// Takes in one `*` line.
    pub(super) fn remark(&mut self, text: &[u8]) {
        let Ok(text) = core::str::from_utf8(text) else {
            return;
        };
        let text = text.trim_start();
        if text.starts_with("Connected to ") {
            self.reused = false;
            self.current = match port(text) {
                Some(port) if !TLS_PORTS.contains(&port) => Some(Scheme::Http),
                _ => None,
            };
        } else if text.starts_with("Re-using existing") || text.starts_with("Reusing existing") {
            self.reused = true;
            self.current = None;
            for (word, scheme) in [("https: ", Scheme::Https), ("http: ", Scheme::Http)] {
                if text.contains(word) {
                    self.current = Some(scheme);
                    break;
                }
            }
        } else if let Some(url) = text.strip_prefix("Issue another request to this URL: ") {
            let url = url.trim_start_matches(['\'', '"']);
            self.announced = split_scheme(url).map(|(scheme, _)| scheme);
        } else if text.contains("[:scheme: https]")
            || TLS.iter().any(|remark| text.starts_with(remark))
        {
            self.current = Some(Scheme::Https);
        } else if text.contains("[:scheme: http]") {
            self.current = Some(Scheme::Http);
        }
    }

    /// The scheme of a request to this host, if it is proven.
    pub(super) fn scheme(&mut self, host: Option<&str>) -> Option<Scheme> {
        let mut scheme = self.announced.take().or(self.current);
        if scheme.is_none() && self.reused {
            scheme = host.and_then(|host| self.by_host.get(host).copied());
        }
        if let (Some(host), Some(scheme)) = (host, scheme) {
            self.by_host.insert(host.to_owned(), scheme);
        }
        scheme
    }
}

/// The port of `Connected to HOST (ADDRESS) port PORT (#0)`.
fn port(text: &str) -> Option<&str> {
    let (_, after) = text.rsplit_once(" port ")?;
    after.split([' ', ',']).next()
}
