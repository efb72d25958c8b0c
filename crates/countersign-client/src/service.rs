//! The addresses of a provider's flow.

use http::Uri;

use crate::origin::{Origin, OriginError};

/// The addresses of a provider's flow (RFC 5849 section 2), and how they are asked.
///
/// All are https, or on this machine: what is answered there is a secret.
///
/// ```
/// use countersign_client::Service;
///
/// let service = Service::new(
///     "https://api.example.com/oauth/request_token",
///     "https://www.example.com/oauth/authorize",
///     "https://api.example.com/oauth/access_token",
/// )?;
/// assert!(Service::new("http://api.example.com/", "https://a.example/", "https://a.example/").is_err());
/// # Ok::<(), countersign_client::ServiceError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub(crate) request_token: Option<Uri>,
    pub(crate) authorize: Option<Uri>,
    pub(crate) access_token: Uri,
    pub(crate) token_parameter: &'static str,
    pub(crate) with_consumer_key: Option<&'static str>,
    pub(crate) confirms: bool,
}

impl Service {
    /// The addresses where temporary credentials are asked for, where the user decides, and where
    /// the token is asked for.
    ///
    /// # Errors
    /// [`ServiceError`]: an address is not absolute, or neither https nor on this machine.
    pub fn new(
        request_token: &str,
        authorize: &str,
        access_token: &str,
    ) -> Result<Self, ServiceError> {
        Ok(Self {
            request_token: Some(address(request_token)?),
            authorize: Some(address(authorize)?),
            ..Self::token_only(access_token)?
        })
    }

    /// A provider that only exchanges: xAuth, and renewal by session handle.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn token_only(access_token: &str) -> Result<Self, ServiceError> {
        Ok(Self {
            request_token: None,
            authorize: None,
            access_token: address(access_token)?,
            token_parameter: "oauth_token",
            with_consumer_key: None,
            confirms: true,
        })
    }

    /// A provider without a page to which users are sent: their approval comes about elsewhere, and
    /// brings the verifier.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn without_page(request_token: &str, access_token: &str) -> Result<Self, ServiceError> {
        Self::maybe_new(Some(request_token), None, access_token)
    }

    pub(crate) fn maybe_new(
        request_token: Option<&str>,
        authorize: Option<&str>,
        access_token: &str,
    ) -> Result<Self, ServiceError> {
        Ok(Self {
            request_token: request_token.map(address).transpose()?,
            authorize: authorize.map(address).transpose()?,
            ..Self::token_only(access_token)?
        })
    }

    /// Takes temporary credentials without `oauth_callback_confirmed=true` too.
    ///
    /// # Background
    /// RFC 5849 section 2.1 demands the confirmation: without it the provider may speak OAuth Core
    /// 1.0, where an attacker can have somebody approve the attacker's own request. Providers whose
    /// user approves on an administrator's page and not at all by a callback, as Magento, do not
    /// send it.
    #[must_use]
    pub const fn dangerous_without_confirmation(mut self) -> Self {
        self.confirms = false;
        self
    }

    /// Where temporary credentials are asked for.
    #[must_use]
    pub const fn request_token(&self) -> Option<&Uri> {
        self.request_token.as_ref()
    }

    /// Where the user decides.
    #[must_use]
    pub const fn authorize(&self) -> Option<&Uri> {
        self.authorize.as_ref()
    }

    /// Where the token is asked for, and renewed.
    #[must_use]
    pub const fn access_token(&self) -> &Uri {
        &self.access_token
    }
}

fn address(text: &str) -> Result<Uri, ServiceError> {
    // A fragment would be cut off without a word.
    if text.contains('#') {
        return Err(ServiceError::Uri);
    }
    let uri: Uri = text.parse().map_err(|_| ServiceError::Uri)?;
    let authority = uri.authority().ok_or(ServiceError::Uri)?;
    if authority.as_str().contains('@') {
        return Err(ServiceError::Uri);
    }
    match Origin::of(&uri) {
        Ok(origin) if origin.is_private() => Ok(uri),
        Ok(_) => Err(ServiceError::WithoutTls),
        Err(OriginError::Scheme(_) | OriginError::Port | OriginError::Relative) => {
            Err(ServiceError::Uri)
        }
    }
}

/// Why an address can't be one of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// It is no absolute URI, or has a user name or a fragment.
    #[error("expected an absolute URI without user name and fragment, found something else")]
    Uri,
    /// Everybody on the way could read the secrets.
    #[error("expected https, found http to another machine")]
    WithoutTls,
}
