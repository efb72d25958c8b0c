//! The protocol parameters that a client sends.

use alloc::vec::Vec;
use core::fmt;

use crate::{AuthorizationWriteError, AuthorizationWriter};

mod frames;
mod name;
mod scanned;
#[cfg(test)]
mod tests;

use frames::NAMES;
pub use name::ProtocolName;
pub use scanned::ScannedProtocol;

/// What a client sends besides its request (RFC 5849 3.1): decoded, each at most once, in the
/// order of the base string.
///
/// `oauth_version` is sent unless [left out](Self::without_version); `oauth_token` is sent, be it
/// empty, when it is [given](Self::with_token). The signature is not among them: it is made from
/// them.
///
/// ```
/// use countersign_base_string::ProtocolParameters;
///
/// let protocol = ProtocolParameters::new("dpf43f3p2l4k3l03", "HMAC-SHA1", "137131200", "wIjqoxSZ")
///     .with_token("");
/// let names: Vec<&str> = protocol.iter().map(|(name, _)| name).collect();
/// assert_eq!(
///     names,
///     [
///         "oauth_consumer_key",
///         "oauth_nonce",
///         "oauth_signature_method",
///         "oauth_timestamp",
///         "oauth_token",
///         "oauth_version",
///     ],
/// );
/// ```
#[derive(Clone)]
pub struct ProtocolParameters<'a> {
    known: [Option<&'a str>; NAMES.len()],
    more: Vec<(&'a str, &'a str)>,
}

const BODY_HASH: usize = 0;
const CALLBACK: usize = 1;
const CONSUMER_KEY: usize = 2;
const NONCE: usize = 3;
const SESSION_HANDLE: usize = 4;
const SIGNATURE_METHOD: usize = 5;
const TIMESTAMP: usize = 6;
const TOKEN: usize = 7;
const VERIFIER: usize = 8;
const VERSION: usize = 9;

const SIGNATURE: &str = "oauth_signature";

impl<'a> ProtocolParameters<'a> {
    /// How many there are at most, without those that have no method of their own.
    pub(crate) const USUAL: usize = NAMES.len();

    /// The parameters of every request, and `oauth_version`.
    #[must_use]
    #[inline]
    pub const fn new(
        consumer_key: &'a str,
        method_name: &'a str,
        timestamp: &'a str,
        nonce: &'a str,
    ) -> Self {
        let mut known = [None; NAMES.len()];
        known[CONSUMER_KEY] = Some(consumer_key);
        known[NONCE] = Some(nonce);
        known[SIGNATURE_METHOD] = Some(method_name);
        known[TIMESTAMP] = Some(timestamp);
        known[VERSION] = Some("1.0");
        Self {
            known,
            more: Vec::new(),
        }
    }

    /// Sends `oauth_token`, even if it is empty.
    #[must_use]
    #[inline]
    pub const fn with_token(mut self, token: &'a str) -> Self {
        self.known[TOKEN] = Some(token);
        self
    }

    /// Sends `oauth_callback`, an absolute URI or `oob` (RFC 5849 2.1).
    #[must_use]
    pub const fn with_callback(mut self, callback: &'a str) -> Self {
        self.known[CALLBACK] = Some(callback);
        self
    }

    /// Sends `oauth_verifier` (RFC 5849 2.3).
    #[must_use]
    pub const fn with_verifier(mut self, verifier: &'a str) -> Self {
        self.known[VERIFIER] = Some(verifier);
        self
    }

    /// Sends `oauth_version`, which is always `1.0`.
    #[must_use]
    pub const fn with_version(mut self) -> Self {
        self.known[VERSION] = Some("1.0");
        self
    }

    /// Sends no `oauth_version`; it is optional (RFC 5849 3.1).
    #[must_use]
    pub const fn without_version(mut self) -> Self {
        self.known[VERSION] = None;
        self
    }

    /// Sends no timestamp and no nonce, which is allowed for PLAINTEXT only (RFC 5849 3.1).
    #[must_use]
    pub const fn without_timestamp_and_nonce(mut self) -> Self {
        self.known[TIMESTAMP] = None;
        self.known[NONCE] = None;
        self
    }

    /// Sends `oauth_body_hash` (Request Body Hash extension).
    #[must_use]
    pub const fn with_body_hash(mut self, body_hash: &'a str) -> Self {
        self.known[BODY_HASH] = Some(body_hash);
        self
    }

    /// Sends `oauth_session_handle` (Session extension).
    #[must_use]
    pub const fn with_session_handle(mut self, session_handle: &'a str) -> Self {
        self.known[SESSION_HANDLE] = Some(session_handle);
        self
    }

    /// Sends another parameter after those that have a method of their own, as `xoauth_…`.
    #[must_use]
    pub fn with_parameter(mut self, name: &'a str, value: &'a str) -> Self {
        self.more.push((name, value));
        self
    }

    /// Names and values, decoded, in the order in which they are sent.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> + '_ {
        self.known().chain(self.more.iter().copied())
    }

    /// Those that have a method of their own; their names need no encoding.
    #[inline]
    pub(crate) fn known(&self) -> impl Iterator<Item = (&'a str, &'a str)> + '_ {
        NAMES
            .iter()
            .zip(&self.known)
            .filter_map(|(name, value)| Some((*name, (*value)?)))
    }

    /// Those that have no method of their own.
    pub(crate) fn more(&self) -> impl Iterator<Item = (&'a str, &'a str)> + '_ {
        self.more.iter().copied()
    }

    /// What is sent besides the parameters that have a method of their own.
    #[must_use]
    pub fn additional(&self) -> &[(&'a str, &'a str)] {
        &self.more
    }

    /// `oauth_signature_method`, as given to [`new`](Self::new).
    #[must_use]
    pub const fn signature_method(&self) -> Option<&'a str> {
        self.known[SIGNATURE_METHOD]
    }

    /// `oauth_timestamp`, unless left out.
    #[must_use]
    pub const fn timestamp(&self) -> Option<&'a str> {
        self.known[TIMESTAMP]
    }

    /// `oauth_nonce`, unless left out.
    #[must_use]
    pub const fn nonce(&self) -> Option<&'a str> {
        self.known[NONCE]
    }

    /// `oauth_body_hash`, if given.
    #[must_use]
    pub const fn body_hash(&self) -> Option<&'a str> {
        self.known[BODY_HASH]
    }

    /// The value of the first parameter of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.iter()
            .find_map(|(candidate, value)| (candidate == name).then_some(value))
    }

    /// Appends the value of an `Authorization` field to `out`: the realm, the parameters, and the
    /// signature last (RFC 5849 3.5.1).
    ///
    /// ```
    /// use countersign_base_string::ProtocolParameters;
    ///
    /// let mut out = Vec::new();
    /// ProtocolParameters::new("key", "HMAC-SHA1", "137131200", "wIjqoxSZ")
    ///     .without_version()
    ///     .write_header(Some("Photos"), "r6/TJjbCOr97/+UU0NsvSne7s5g=", &mut out)?;
    /// assert_eq!(
    ///     String::from_utf8_lossy(&out),
    ///     "OAuth realm=\"Photos\", oauth_consumer_key=\"key\", oauth_nonce=\"wIjqoxSZ\", \
    ///      oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"137131200\", \
    ///      oauth_signature=\"r6%2FTJjbCOr97%2F%2BUU0NsvSne7s5g%3D\"",
    /// );
    /// # Ok::<(), countersign_base_string::AuthorizationWriteError>(())
    /// ```
    ///
    /// # Errors
    /// A realm or an additional name that no field value can carry; `out` is as it was then.
    pub fn write_header(
        &self,
        realm: Option<&str>,
        signature: &str,
        out: &mut Vec<u8>,
    ) -> Result<(), AuthorizationWriteError> {
        self.write_header_bytes(realm, signature.as_bytes(), out)
    }

    pub(crate) fn write_header_bytes(
        &self,
        realm: Option<&str>,
        signature: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), AuthorizationWriteError> {
        let start = out.len();
        let written = self.write_all(realm, signature, out);
        if written.is_err() {
            out.truncate(start);
        }
        written
    }

    fn write_all(
        &self,
        realm: Option<&str>,
        signature: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), AuthorizationWriteError> {
        let mut writer = AuthorizationWriter::new(out);
        if let Some(realm) = realm {
            writer.realm(realm)?;
        }
        for (name, value) in self.iter() {
            writer.parameter(name.as_bytes(), value.as_bytes())?;
        }
        writer.parameter(SIGNATURE.as_bytes(), signature)
    }

    /// Appends `name=value&…` to `out`, as for a query (RFC 5849 3.5.3) or a form body (3.5.2);
    /// the signature comes last. A separator from what is there is the caller's.
    pub fn write_form(&self, signature: &str, out: &mut Vec<u8>) {
        let mut first = true;
        for (name, value) in self.iter().chain([(SIGNATURE, signature)]) {
            if !first {
                out.push(b'&');
            }
            first = false;
            countersign_encoding::encode_into(name.as_bytes(), out);
            out.push(b'=');
            countersign_encoding::encode_into(value.as_bytes(), out);
        }
    }
}

/// The names only; a verifier or a session handle is a secret.
impl fmt::Debug for ProtocolParameters<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProtocolParameters")?;
        f.debug_list()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}
