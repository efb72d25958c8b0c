//! Writing the `Authorization` field from parameters that were signed.

use alloc::vec::Vec;

use super::Parameters;
use crate::output::{Buffer, Output};
use crate::{AuthorizationWriteError, AuthorizationWriter, Parameter, Place};

impl Parameters<'_> {
    /// Appends the value of an `Authorization` field to `out`: the realm, the parameters whose
    /// place is the header in their order, and the signature last (RFC 5849 3.5.1).
    ///
    /// What is known about the parameters' spelling from signing is used again, so this is the
    /// fastest way to write the field.
    ///
    /// ```
    /// use countersign_base_string::{Parameters, Place};
    ///
    /// let mut parameters = Parameters::new();
    /// parameters.add("oauth_nonce", "7d8f3e4a", Place::Header);
    /// parameters.add("a", "1", Place::Query);
    /// let mut out = Vec::new();
    /// parameters.write_header(None, "bYT5", &mut out)?;
    /// assert_eq!(out, br#"OAuth oauth_nonce="7d8f3e4a", oauth_signature="bYT5""#);
    /// # Ok::<(), countersign_base_string::AuthorizationWriteError>(())
    /// ```
    ///
    /// # Errors
    /// A realm or a name that no field value can carry; `out` is as it was then.
    pub fn write_header(
        &self,
        realm: Option<&str>,
        signature: &str,
        out: &mut Vec<u8>,
    ) -> Result<(), AuthorizationWriteError> {
        let header = || {
            self.entries
                .iter()
                .filter(|parameter| matches!(parameter.place, Place::Header))
        };
        let mut harmless = realm.is_none();
        let mut len: usize = 0;
        for parameter in header() {
            harmless &= parameter.is_protocol() && parameter.name.is_verbatim();
            len = len
                .saturating_add(parameter.name.once_len())
                .saturating_add(parameter.value.once_len())
                .saturating_add(HEADER_FRAME);
        }
        if harmless {
            write_plain_header(header(), len, signature, out);
            return Ok(());
        }
        let start = out.len();
        let mut writer = AuthorizationWriter::new(out);
        let written = realm
            .map_or(Ok(()), |realm| writer.realm(realm))
            .and_then(|()| {
                header().try_for_each(|parameter| {
                    writer.parameter(&parameter.name(), &parameter.value())
                })
            })
            .and_then(|()| writer.parameter(b"oauth_signature", signature.as_bytes()));
        if written.is_err() {
            out.truncate(start);
        }
        written
    }
}

/// What stands around a name and a value.
const HEADER_FRAME: usize = "=\"\", ".len();

/// The field value without a realm, with names that need no encoding; `len` is enough for the
/// parameters.
fn write_plain_header<'p, 'a: 'p>(
    header: impl Iterator<Item = &'p Parameter<'a>>,
    len: usize,
    signature: &str,
    out: &mut Vec<u8>,
) {
    const SCHEME: &[u8] = b"OAuth ";
    const OPEN: &[u8] = b"=\"";
    const NEXT: &[u8] = b"\", ";
    const SIGNATURE: &[u8] = b"oauth_signature=\"";
    let len = len
        .saturating_add(SCHEME.len())
        .saturating_add(SIGNATURE.len())
        .saturating_add(signature.len().saturating_mul(3))
        .saturating_add(HEADER_FRAME);
    Buffer::append(out, len, |buffer| {
        buffer.plain(SCHEME);
        for parameter in header {
            buffer.plain(parameter.name.bytes());
            buffer.plain(OPEN);
            buffer.component_once(&parameter.value);
            buffer.plain(NEXT);
        }
        buffer.plain(SIGNATURE);
        buffer.once(signature.as_bytes());
        buffer.plain(b"\"");
    });
}
