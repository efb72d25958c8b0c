//! How the user's decision comes back.

use countersign_base_string::{Scheme, Uri};
use countersign_client::Callback;

use super::listen::Listener;
use crate::exit::Failure;

/// How the verifier is to come.
pub(super) enum Way {
    /// By a request of the user's browser to this machine.
    Listen(Listener),
    /// The provider shows it.
    OutOfBand,
    /// In an address that only the browser sees.
    Elsewhere(String),
}

impl Way {
    /// By the callback that is asked for; without one a free port of this machine.
    pub(super) fn choose(callback: Option<&str>) -> Result<Self, Failure> {
        let Some(callback) = callback else {
            return Listener::free().map(Self::Listen);
        };
        if callback == "oob" {
            return Ok(Self::OutOfBand);
        }
        let wrong = |error: &dyn core::error::Error| Failure::Usage(format!("callback: {error}"));
        // A scheme of an application of its own can't be listened at, and is no URI to sign.
        if !callback.starts_with("http://") {
            return Ok(Self::Elsewhere(callback.to_owned()));
        }
        let uri = Uri::parse(callback).map_err(|error| wrong(&error))?;
        let host = uri.host().trim_matches(['[', ']']);
        let address: Option<core::net::IpAddr> = match host {
            "localhost" => Some(core::net::Ipv4Addr::LOCALHOST.into()),
            host => host.parse().ok(),
        };
        match address.filter(core::net::IpAddr::is_loopback) {
            Some(address) if uri.scheme() == Scheme::Http => {
                Listener::at(address, &uri, callback).map(Self::Listen)
            }
            _ => Ok(Self::Elsewhere(callback.to_owned())),
        }
    }

    pub(super) fn callback(&self) -> Result<Callback, Failure> {
        let url = match self {
            Self::OutOfBand => return Ok(Callback::out_of_band()),
            Self::Listen(listener) => listener.url(),
            Self::Elsewhere(url) => url,
        };
        Callback::to(url).map_err(|error| Failure::Usage(format!("callback: {error}")))
    }
}
