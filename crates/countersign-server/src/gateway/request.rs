//! The head of a request as the upstream gets it.

use core::net::IpAddr;

use countersign_base_string::Scheme;
use countersign_provider::{Origin, Verified};
use http::Version;
use http::header::{HeaderMap, HeaderName, HeaderValue, VIA};
use http::request::Parts;

use super::fields::{self, Sender};
use super::identity;
use crate::config::ForwardedKind;
use crate::request_id;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The address of the public side, which clients sign.
#[derive(Debug, Clone)]
pub(crate) struct Public {
    proto: HeaderValue,
    host: Option<HeaderValue>,
}

impl Public {
    pub(crate) fn of(origin: &Origin) -> Self {
        Self {
            proto: HeaderValue::from_static(match origin.scheme() {
                Scheme::Http => "http",
                Scheme::Https => "https",
            }),
            host: HeaderValue::from_str(origin.authority()).ok(),
        }
    }
}

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// The other end of the connection.
    pub(crate) peer: Option<IpAddr>,
    /// The fields that it sets, if it is a listed proxy.
    pub(crate) proxy: Option<ForwardedKind>,
    /// The origin that was signed, where that proxy says another one than the configuration.
    pub(crate) origin: Option<Public>,
}

/// Makes a head for the upstream of one from a client.
pub(super) fn rewrite(parts: &mut Parts, public: &Public, seen: &Seen, verified: &Verified) {
    parts.version = Version::HTTP_11;
    let headers = &mut parts.headers;
    fields::remove(
        headers,
        match seen.proxy {
            None => Sender::Anybody,
            Some(ForwardedKind::XForwarded) => Sender::XForwardedProxy,
            Some(ForwardedKind::Forwarded) => Sender::ForwardedProxy,
        },
    );
    identity::set(headers, verified);
    let public = seen.origin.as_ref().unwrap_or(public);
    headers.insert(FORWARDED_PROTO, public.proto.clone());
    match &public.host {
        Some(host) => headers.insert(FORWARDED_HOST, host.clone()),
        None => headers.remove(FORWARDED_HOST),
    };
    if let Some(value) = seen.peer.and_then(|peer| forwarded_for(headers, peer)) {
        headers.insert(FORWARDED_FOR, value);
    }
    let id = request_id::current();
    if let Some(value) = id.and_then(|id| HeaderValue::try_from(id.to_string()).ok()) {
        headers.insert(REQUEST_ID, value);
    }
    headers.append(VIA, HeaderValue::from_static("1.1 countersign"));
}

/// What is left of the list is a listed proxy's; the peer goes behind it.
fn forwarded_for(headers: &HeaderMap, peer: IpAddr) -> Option<HeaderValue> {
    let mut list: Vec<u8> = Vec::new();
    for value in headers.get_all(FORWARDED_FOR) {
        list.extend_from_slice(value.as_bytes());
        list.extend_from_slice(b", ");
    }
    list.extend_from_slice(peer.to_canonical().to_string().as_bytes());
    HeaderValue::try_from(list).ok()
}
