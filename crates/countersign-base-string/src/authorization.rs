//! The `Authorization: OAuth …` field value (RFC 5849 section 3.5.1): read, strictly or with named leniencies, and written.

mod error;
mod leniency;
mod reader;
mod realm;
mod scan;
#[cfg(test)]
mod tests;
mod writer;

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use countersign_encoding::is_plain;

use crate::ProtocolName;
pub use error::{AuthorizationError, AuthorizationErrorKind};
pub use leniency::{Departure, HeaderLeniencies, HeaderLeniency};
pub use reader::RawParameters;
pub use writer::{AuthorizationWriteError, AuthorizationWriter, write_authorization};

/// The OAuth credentials of one `Authorization` field value, as sent: nothing is decoded, nothing is copied.
///
/// The strict grammar (RFC 5849 section 3.5.1):
///
/// - the scheme token `OAuth`, compared without regard to case, then at least one blank;
/// - `name="value"` pairs separated by a comma with optional blanks around it; a value may be empty;
/// - at most one `realm` (its name compared without regard to case, as HTTP does), an HTTP quoted string with backslash
///   escapes; it is neither percent-decoded nor signed and may stand anywhere in the list.
///
/// Names and values are percent-encoded (section 3.6) and handed out in that form. Characters that a correct sender would
/// have encoded, such as the `+`, `/` and `=` of base64, are taken as they are since their meaning is not in doubt; a
/// control character, a non-ASCII character and a backslash are refused. Repeated names are kept: whether a name may occur
/// twice is a question about the whole request.
///
/// ```
/// use countersign_base_string::Authorization;
///
/// let read = Authorization::parse(r#"OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="""#)?;
/// assert_eq!(read.realm(), Some("Photos"));
/// let names: Vec<&str> = read.parameters().iter().map(|parameter| parameter.name()).collect();
/// assert_eq!(names, ["oauth_consumer_key", "oauth_token"]);
///
/// let refused = Authorization::parse(r#"OAuth ,oauth_token="kkk9d7dh3k39sjv7""#).unwrap_err();
/// assert_eq!(refused.offset(), 6);
/// assert_eq!(refused.to_string(), "expected a parameter, found a leading comma at byte 6");
/// # Ok::<(), countersign_base_string::AuthorizationError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization<'a> {
    parameters: Vec<RawParameter<'a>>,
    realm: Option<Cow<'a, str>>,
    departures: Vec<Departure>,
}

impl<'a> Authorization<'a> {
    /// The longest field value that [`parse`](Self::parse) and [`parse_lenient`](Self::parse_lenient) read, in bytes.
    pub const MAX_BYTES: usize = 64 * 1024;

    /// Reads a field value under the strict grammar.
    ///
    /// # Errors
    ///
    /// [`AuthorizationError`] names the first breach of the grammar and its byte offset; a value longer than
    /// [`MAX_BYTES`](Self::MAX_BYTES) is refused before it is looked at.
    pub fn parse(field_value: &'a str) -> Result<Self, AuthorizationError> {
        Self::parse_lenient(field_value, HeaderLeniencies::NONE)
    }

    /// Reads a field value, putting up with the departures from the grammar that `allowed` names.
    ///
    /// Those that were met are listed by [`departures`](Self::departures).
    ///
    /// ```
    /// use countersign_base_string::{Authorization, HeaderLeniencies, HeaderLeniency};
    ///
    /// let read = Authorization::parse_lenient("OAuth oauth_problem=token_rejected", HeaderLeniencies::ALL)?;
    /// assert_eq!(read.parameters()[0].value(), "token_rejected");
    /// assert_eq!(read.departures()[0].leniency(), HeaderLeniency::UnquotedValues);
    /// # Ok::<(), countersign_base_string::AuthorizationError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), for whatever is not allowed.
    pub fn parse_lenient(
        field_value: &'a str,
        allowed: HeaderLeniencies,
    ) -> Result<Self, AuthorizationError> {
        let mut reader = RawParameters::new(field_value, Self::MAX_BYTES, allowed)?;
        let mut parameters = Vec::new();
        for parameter in &mut reader {
            parameters.push(parameter?);
        }
        Ok(Self {
            parameters,
            realm: reader.realm(),
            departures: reader.departures().collect(),
        })
    }

    /// Starts reading a field value of at most `limit` bytes under the strict grammar, one parameter at a time and
    /// without allocating.
    ///
    /// # Errors
    ///
    /// When the value is longer than `limit` or its scheme is not `OAuth`. Whatever is wrong further on is reported by the
    /// iterator, which ends there.
    pub fn raw_parameters(
        field_value: &'a str,
        limit: usize,
    ) -> Result<RawParameters<'a>, AuthorizationError> {
        RawParameters::new(field_value, limit, HeaderLeniencies::NONE)
    }

    /// Whether a field value carries the scheme `OAuth`, however the rest of it looks.
    ///
    /// So it says yes to a tab after the scheme as well, which [`parse`](Self::parse) refuses: such a field is broken
    /// credentials, not those of another scheme.
    ///
    /// ```
    /// use countersign_base_string::Authorization;
    ///
    /// assert!(Authorization::is_oauth("oauth realm=\"x\""));
    /// assert!(!Authorization::is_oauth("Bearer dpf43f3p2l4k3l03"));
    /// assert!(!Authorization::is_oauth("OAuth2 dpf43f3p2l4k3l03"));
    /// ```
    #[must_use]
    pub fn is_oauth(field_value: &str) -> bool {
        reader::after_scheme(field_value).is_some()
    }

    /// The realm, its escapes undone. It is never signed.
    #[must_use]
    pub fn realm(&self) -> Option<&str> {
        self.realm.as_deref()
    }

    /// The parameters in the order of the field value, the realm left out, everything else kept (`oauth_signature` too).
    #[must_use]
    pub fn parameters(&self) -> &[RawParameter<'a>] {
        &self.parameters
    }

    /// Where the field value departs from the strict grammar: one entry for each leniency that was needed, in the order of
    /// [`HeaderLeniency`], with the first place that needed it. Empty after [`parse`](Self::parse).
    #[must_use]
    pub fn departures(&self) -> &[Departure] {
        &self.departures
    }
}

impl fmt::Debug for Authorization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            parameters,
            realm,
            departures,
        } = self;
        f.debug_struct("Authorization")
            .field("parameters", parameters)
            .field("realm", realm)
            .field("departures", departures)
            .finish()
    }
}

/// One `name="value"` of a field value, both still percent-encoded.
///
/// Its `Debug` form withholds the value: under `PLAINTEXT` the signature is the secrets themselves.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RawParameter<'a> {
    name: &'a str,
    value: &'a str,
    offset: usize,
    /// Which protocol parameter it is, if its name is spelled plainly.
    known: Option<ProtocolName>,
    /// Whether the name consists of unreserved characters.
    name_is_plain: bool,
    /// Whether the value does.
    value_is_plain: bool,
}

impl<'a> RawParameter<'a> {
    fn of(name: &'a str, value: &'a str, offset: usize) -> Self {
        Self {
            name,
            value,
            offset,
            known: ProtocolName::of(name.as_bytes()),
            name_is_plain: is_plain(name.as_bytes()),
            value_is_plain: is_plain(value.as_bytes()),
        }
    }

    pub(crate) const fn known(&self) -> Option<ProtocolName> {
        self.known
    }

    pub(crate) const fn name_is_plain(&self) -> bool {
        self.name_is_plain
    }

    pub(crate) const fn value_is_plain(&self) -> bool {
        self.value_is_plain
    }

    /// The name as sent, percent-encoded; never empty.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The value as sent, percent-encoded and without its quotes; may be empty.
    #[must_use]
    pub fn value(&self) -> &'a str {
        self.value
    }

    /// The byte offset of the name in the field value.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Debug for RawParameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            value,
            offset,
            known: _,
            name_is_plain: _,
            value_is_plain: _,
        } = self;
        f.debug_struct("RawParameter")
            .field("name", name)
            .field("value", &format_args!("[{} bytes]", value.len()))
            .field("offset", offset)
            .finish()
    }
}
