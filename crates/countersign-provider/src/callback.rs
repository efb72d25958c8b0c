//! Callbacks: registered, bound when temporary credentials are asked for, matched exactly.

use countersign_base_string::Uri;
use countersign_encoding::encode;
use countersign_store::Consumer;

/// The callback of an application that can't receive one (RFC 5849 section 2.1).
pub const OUT_OF_BAND: &str = "oob";

/// What is wrong with a callback that is to be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// It has a fragment, which a redirect would push the verifier behind.
    #[error("expected a callback without a fragment, found one at byte {offset}")]
    Fragment {
        /// Where it starts.
        offset: usize,
    },
    /// Neither `oob` nor an absolute http or https URI without user information.
    #[error("expected \"oob\" or an absolute http or https URI without user information")]
    NotAbsolute,
    /// A character that browsers and servers read in different ways.
    #[error("expected visible ASCII without backslash, found another character at byte {offset}")]
    Character {
        /// Where it stands.
        offset: usize,
    },
    /// A parameter of the protocol's own in its query (RFC 5849 section 2).
    #[error("expected a query without oauth_ parameters, found one")]
    ProtocolParameter,
}

/// Checks a callback before it is registered.
///
/// A callback that two parsers may read in two ways is refused here, once; after that it is only
/// ever compared, byte by byte, with what a request asks for.
///
/// ```
/// use countersign_provider::check_callback;
///
/// assert!(check_callback("https://printer.example.com/ready").is_ok());
/// assert!(check_callback("https://printer.example.com@evil.example/ready").is_err());
/// assert!(check_callback("javascript:alert(1)").is_err());
/// ```
///
/// # Errors
///
/// See [`CallbackError`].
pub fn check_callback(callback: &str) -> Result<(), CallbackError> {
    if callback == OUT_OF_BAND {
        return Ok(());
    }
    let suspicious = |(_, byte): &(usize, u8)| !byte.is_ascii_graphic() || *byte == b'\\';
    if let Some((offset, _)) = callback.bytes().enumerate().find(suspicious) {
        return Err(CallbackError::Character { offset });
    }
    if let Some(offset) = callback.find('#') {
        return Err(CallbackError::Fragment { offset });
    }
    let uri = Uri::parse(callback).map_err(|_| CallbackError::NotAbsolute)?;
    let authority = callback
        .split_once("://")
        .and_then(|(_, rest)| rest.split(['/', '?']).next())
        .unwrap_or_default();
    if authority.is_empty() || authority.contains('@') {
        return Err(CallbackError::NotAbsolute);
    }
    let protocol = uri
        .query()
        .is_some_and(|query| query.split('&').any(|pair| pair.starts_with("oauth_")));
    if protocol {
        return Err(CallbackError::ProtocolParameter);
    }
    Ok(())
}

/// Whether the application may be called back there: what it registered, exactly, or `oob`.
pub(crate) fn is_registered(consumer: &Consumer, callback: &str) -> bool {
    callback == OUT_OF_BAND || consumer.callbacks.iter().any(|known| known == callback)
}

/// The callback with parameters behind its own (RFC 5849 section 2.2); `None` for `oob`.
pub(crate) fn with_parameters(callback: &str, pairs: &[(&str, &str)]) -> Option<String> {
    if callback == OUT_OF_BAND {
        return None;
    }
    let mut url = callback.to_owned();
    let mut separator = match callback.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    for (name, value) in pairs {
        url.push_str(separator);
        url.push_str(&encode(name));
        url.push('=');
        url.push_str(&encode(value));
        separator = "&";
    }
    Some(url)
}
