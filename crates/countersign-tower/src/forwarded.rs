//! What proxies in front of a provider say of the request they received.

use core::net::IpAddr;
use std::borrow::Cow;

use countersign_provider::{Origin, OriginError};
use http::{HeaderMap, HeaderName};

use crate::prefix::IpPrefix;

/// Which fields a proxy sets. Only the one kind is read: the other comes from whoever likes to send
/// it, as the proxy passes it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForwardedFields {
    /// `Forwarded` (RFC 7239), of which `proto` and `host` are read.
    Forwarded,
    /// `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-Port`.
    XForwarded,
}

/// The proxies whose forwarded fields are believed.
///
/// A proxy listed here must set or remove every field of its kind: one that it passes on is the
/// client's word. Of several values the last counts, which the nearest proxy wrote. Most proxies
/// write down whatever `Host` their client sent: name the [public origins](Self::with_origins).
///
/// Fields that can't be read, and an origin that is none of the public ones, are no fault of the
/// caller's: 503 without a problem, and `forwarded_origin` for the cause in the audit trail.
#[derive(Debug, Clone)]
pub struct TrustedProxies {
    fields: ForwardedFields,
    networks: Vec<IpPrefix>,
    origins: Option<Vec<Origin>>,
}

const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const PORT: HeaderName = HeaderName::from_static("x-forwarded-port");

/// What one proxy says.
#[derive(Debug, Default)]
struct Said<'h> {
    proto: Option<&'h str>,
    host: Option<&'h str>,
    port: Option<&'h str>,
}

impl TrustedProxies {
    /// Proxies in these networks, which set fields of this kind.
    pub fn new(fields: ForwardedFields, networks: impl IntoIterator<Item = IpPrefix>) -> Self {
        Self {
            fields,
            networks: networks.into_iter().collect(),
            origins: None,
        }
    }

    /// Believes forwarded fields only where they name one of these origins; the configured one is
    /// always one of them. Without this any host is believed that a listed proxy forwards.
    ///
    /// ```
    /// use countersign_provider::Origin;
    /// use countersign_tower::{ForwardedFields, TrustedProxies};
    ///
    /// let proxies = TrustedProxies::new(ForwardedFields::XForwarded, ["10.0.0.0/8".parse()?])
    ///     .with_origins([Origin::parse("https://photos.example.net")?]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_origins(mut self, origins: impl IntoIterator<Item = Origin>) -> Self {
        self.origins = Some(origins.into_iter().collect());
        self
    }

    pub(crate) fn includes(&self, address: IpAddr) -> bool {
        self.networks
            .iter()
            .any(|network| network.contains(address))
    }

    /// The configured origin, with what the proxy says in place of its own.
    pub(crate) fn forwarded_origin<'o>(
        &self,
        headers: &HeaderMap,
        origin: &'o Origin,
    ) -> Result<Cow<'o, Origin>, OriginError> {
        let said = match self.fields {
            ForwardedFields::Forwarded => Said::in_forwarded(headers),
            ForwardedFields::XForwarded => Said {
                proto: last(headers, &PROTO),
                host: last(headers, &HOST),
                port: last(headers, &PORT),
            },
        };
        if said.is_empty() {
            return Ok(Cow::Borrowed(origin));
        }
        let configured = origin.scheme().to_string();
        let scheme = said.proto.unwrap_or(&configured);
        let host = said.host.unwrap_or_else(|| origin.authority());
        let url = match said.port {
            Some(port) => format!("{scheme}://{}:{port}", without_port(host)),
            None => format!("{scheme}://{host}"),
        };
        let forwarded = Origin::parse(&url)?;
        let is_public = self
            .origins
            .as_ref()
            .is_none_or(|public| forwarded == *origin || public.contains(&forwarded));
        if is_public {
            Ok(Cow::Owned(forwarded))
        } else {
            Err(OriginError::NotPublic)
        }
    }
}

impl<'h> Said<'h> {
    const fn is_empty(&self) -> bool {
        self.proto.is_none() && self.host.is_none() && self.port.is_none()
    }

    fn in_forwarded(headers: &'h HeaderMap) -> Self {
        let mut said = Self::default();
        let element = last(headers, &http::header::FORWARDED).unwrap_or_default();
        for pair in element.split(';') {
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            let value = value.trim().trim_matches('"');
            match name.trim() {
                name if name.eq_ignore_ascii_case("proto") => said.proto = Some(value),
                name if name.eq_ignore_ascii_case("host") => said.host = Some(value),
                _ => {}
            }
        }
        said
    }
}

/// The last value of a list over all fields of a name; what is no text is no origin either.
fn last<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let field = headers.get_all(name).iter().next_back()?;
    let text = field.to_str().unwrap_or("\u{fffd}");
    text.rsplit(',').next().map(str::trim)
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        // In brackets a colon is part of the address.
        Some((host, port)) if !port.ends_with(']') => host,
        _ => authority,
    }
}
