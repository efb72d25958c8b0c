//! Where the user comes back to.

use countersign_encoding::encode;

/// Where the user comes back to after the decision, or that the user brings the verifier in another
/// way (`oauth_callback`, RFC 5849 section 2.1).
///
/// ```
/// use countersign_client::Callback;
///
/// assert!(Callback::to("https://app.example.com/ready").is_ok());
/// assert!(Callback::to("javascript:alert(1)").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    url: Option<String>,
    state_parameter: Option<&'static str>,
}

/// What a provider understands when there is no address to come back to.
const OUT_OF_BAND: &str = "oob";

impl Callback {
    /// An address of the application: https, http, or a scheme of its own with `://`.
    ///
    /// # Errors
    /// [`CallbackUrlError`] for anything else, and for one with a fragment.
    pub fn to(url: &str) -> Result<Self, CallbackUrlError> {
        let (scheme, rest) = url.split_once("://").ok_or(CallbackUrlError)?;
        let mut letters = scheme.bytes();
        let named = letters
            .next()
            .is_some_and(|byte| byte.is_ascii_alphabetic())
            && letters.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        let plain = rest
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'#' | b'\\' | b'"'));
        if !named || !plain || rest.is_empty() {
            return Err(CallbackUrlError);
        }
        Ok(Self {
            url: Some(url.to_owned()),
            state_parameter: None,
        })
    }

    /// The user reads the verifier on the provider's page and brings it along.
    #[must_use]
    pub const fn out_of_band() -> Self {
        Self {
            url: None,
            state_parameter: None,
        }
    }

    /// Sends the session's state along in the address, under this name, and demands it back; for
    /// providers that take any query on a registered callback.
    #[must_use]
    pub const fn with_state_parameter(mut self, name: &'static str) -> Self {
        self.state_parameter = Some(name);
        self
    }

    /// The name under which the state comes back, if it does.
    pub(crate) fn state_parameter(&self) -> Option<&'static str> {
        self.url.as_ref().and(self.state_parameter)
    }

    /// The value of `oauth_callback`.
    pub(crate) fn value(&self, state: &str) -> String {
        let Some(url) = &self.url else {
            return OUT_OF_BAND.to_owned();
        };
        let Some(name) = self.state_parameter else {
            return url.clone();
        };
        let separator = if url.contains('?') { "&" } else { "?" };
        [url, separator, name, "=", &encode(state)].concat()
    }
}

/// The callback is no absolute address without fragment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an absolute address without fragment as callback, found something else")]
#[non_exhaustive]
pub struct CallbackUrlError;
