use alloc::string::String;
use alloc::vec::Vec;

use countersign_encoding::encode_into;

use super::realm;

/// Writes one `Authorization` field value, `OAuth realm="…", name="value", …`, behind what a buffer already holds.
///
/// Names and values are given decoded. What is written reads back as what was given.
///
/// ```
/// use countersign_base_string::AuthorizationWriter;
///
/// let mut buffer = Vec::new();
/// let mut writer = AuthorizationWriter::new(&mut buffer);
/// writer.realm("Photos")?;
/// writer.parameter(b"oauth_signature", b"r6/TJjbCOr97/+UU0NsvSne7s5g=")?;
/// assert_eq!(buffer, br#"OAuth realm="Photos", oauth_signature="r6%2FTJjbCOr97%2F%2BUU0NsvSne7s5g%3D""#);
/// # Ok::<(), countersign_base_string::AuthorizationWriteError>(())
/// ```
#[derive(Debug)]
pub struct AuthorizationWriter<'b> {
    out: &'b mut Vec<u8>,
    separator: &'static [u8],
    realm_written: bool,
}

impl<'b> AuthorizationWriter<'b> {
    /// Appends the scheme to `out`.
    #[must_use]
    pub fn new(out: &'b mut Vec<u8>) -> Self {
        out.extend_from_slice(b"OAuth");
        Self {
            out,
            separator: b" ",
            realm_written: false,
        }
    }

    /// Appends the realm.
    ///
    /// # Errors
    ///
    /// When a realm is written already, or the text holds a control character (other than a tab), which no field value can
    /// carry. Nothing is written then.
    pub fn realm(&mut self, text: &str) -> Result<(), AuthorizationWriteError> {
        if self.realm_written {
            return Err(AuthorizationWriteError::RepeatedRealm);
        }
        if let Some(offset) = realm::first_control(text) {
            return Err(AuthorizationWriteError::ControlInRealm { offset });
        }
        self.realm_written = true;
        self.begin();
        self.out.extend_from_slice(b"realm=\"");
        realm::escape_into(text, self.out);
        self.out.push(b'"');
        Ok(())
    }

    /// Appends a parameter, encoding its name and value (RFC 5849 section 3.6).
    ///
    /// # Errors
    ///
    /// When the name is empty or, in whatever case, `realm`: a reader could not take the one for a parameter and would take
    /// the other for the realm. Nothing is written then.
    pub fn parameter(&mut self, name: &[u8], value: &[u8]) -> Result<(), AuthorizationWriteError> {
        if name.is_empty() {
            return Err(AuthorizationWriteError::EmptyName);
        }
        if name.eq_ignore_ascii_case(b"realm") {
            return Err(AuthorizationWriteError::ParameterNamedRealm);
        }
        self.begin();
        encode_into(name, self.out);
        self.out.extend_from_slice(b"=\"");
        encode_into(value, self.out);
        self.out.push(b'"');
        Ok(())
    }

    fn begin(&mut self) {
        self.out.extend_from_slice(self.separator);
        self.separator = b", ";
    }
}

/// Writes an `Authorization` field value from decoded pairs, the realm first.
///
/// ```
/// use countersign_base_string::write_authorization;
///
/// let written = write_authorization(Some("Example"), &[("oauth_token", "kkk9d7dh3k39sjv7"), ("oauth_nonce", "7d8f3e4a")])?;
/// assert_eq!(written, r#"OAuth realm="Example", oauth_token="kkk9d7dh3k39sjv7", oauth_nonce="7d8f3e4a""#);
/// # Ok::<(), countersign_base_string::AuthorizationWriteError>(())
/// ```
///
/// # Errors
///
/// As [`AuthorizationWriter::realm`] and [`AuthorizationWriter::parameter`].
pub fn write_authorization<N: AsRef<[u8]>, V: AsRef<[u8]>>(
    realm: Option<&str>,
    pairs: &[(N, V)],
) -> Result<String, AuthorizationWriteError> {
    let mut out = Vec::new();
    let mut writer = AuthorizationWriter::new(&mut out);
    if let Some(realm) = realm {
        writer.realm(realm)?;
    }
    for (name, value) in pairs {
        writer.parameter(name.as_ref(), value.as_ref())?;
    }
    // Everything written is ASCII but for the realm, which came as text.
    Ok(String::from_utf8(out).unwrap_or_default())
}

/// Why something can't be put into an `Authorization` field value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorizationWriteError {
    /// The realm holds a control character.
    #[error("expected a realm without control characters, found one at byte {offset}")]
    ControlInRealm {
        /// Its byte offset in the realm.
        offset: usize,
    },
    /// A parameter without a name.
    #[error("expected a parameter's name, found an empty one")]
    EmptyName,
    /// A parameter named like the realm: it would be read as the realm.
    #[error("expected a parameter's name, found \"realm\", which would be read as the realm")]
    ParameterNamedRealm,
    /// A second realm.
    #[error("expected one realm, found a second")]
    RepeatedRealm,
}
