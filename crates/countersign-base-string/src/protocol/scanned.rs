//! Protocol parameters on their way into a base string and a header.

use alloc::vec::Vec;
use core::fmt;

use countersign_encoding::is_plain;

use super::ProtocolParameters;
use super::frames::{
    BASE_STRING_SEPARATOR, Frame, HEADER_SEPARATOR, IN_BASE_STRING, IN_HEADER, SIGNATURE_IN_HEADER,
};
use crate::base_string::{write_head, write_parameters};
use crate::component::Component;
use crate::order::{Key, Keys};
use crate::output::{Buffer, Output};
use crate::parameter::{is_protocol_prefix, precedes_protocol};
use crate::{AuthorizationWriteError, BaseStringBuffer, Parameters, Place, Request};

/// Protocol parameters whose values have been looked at, for writing both the base string and the
/// header without looking again.
///
/// This is the fastest way to sign: names are known and their order too, so nothing but the other
/// parameters is sorted. The outcome is that of [`Parameters::add_protocol`],
/// [`write_base_string`](crate::write_base_string) and [`Parameters::write_header`].
///
/// ```
/// use countersign_base_string::{
///     BaseStringBuffer, Parameters, Place, ProtocolParameters, Request, Uri,
/// };
///
/// let request = Request::new("GET", Uri::parse("http://h/")?)?;
/// let mut others = Parameters::new();
/// others.add("a", "1", Place::Query);
/// let protocol = ProtocolParameters::new("key", "HMAC-SHA1", "1", "n").without_version();
/// let protocol = protocol.scan();
/// let mut base_string = BaseStringBuffer::new();
/// protocol.write_base_string(&request, &others, &mut base_string);
/// assert!(base_string.as_bytes().starts_with(b"GET&http%3A%2F%2Fh%2F&a%3D1%26oauth_consumer_key"));
/// let mut header = Vec::new();
/// protocol.write_header(None, b"bYT5", &mut header)?;
/// assert!(header.starts_with(br#"OAuth oauth_consumer_key="key", oauth_nonce="n", "#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct ScannedProtocol<'p, 'a> {
    protocol: &'p ProtocolParameters<'a>,
    /// A bit for each value that needs no encoding.
    plain: u16,
}

impl<'a> ProtocolParameters<'a> {
    /// Looks at the values, for writing them more than once.
    #[must_use]
    #[inline]
    pub fn scan(&self) -> ScannedProtocol<'_, 'a> {
        let mut plain = 0;
        let mut bit = 1_u16;
        for value in &self.known {
            if value.is_some_and(|value| is_plain(value.as_bytes())) {
                plain |= bit;
            }
            bit = bit.wrapping_shl(1);
        }
        ScannedProtocol {
            protocol: self,
            plain,
        }
    }
}

impl<'a> ScannedProtocol<'_, 'a> {
    /// Writes the base string of a request with these protocol parameters and the others, over
    /// what `out` held before.
    pub fn write_base_string(
        &self,
        request: &Request<'_>,
        others: &Parameters<'a>,
        out: &mut BaseStringBuffer,
    ) {
        let entries = others.entries();
        let mut keys = Keys::new();
        let keys = keys.sorted(entries, |_| true);
        let before = keys.partition_point(|(prefix, _)| precedes_protocol(*prefix));
        let (before, after) = keys.split_at_checked(before).unwrap_or_default();
        let mixed = after
            .first()
            .is_some_and(|(prefix, _)| is_protocol_prefix(*prefix));
        if mixed || !self.protocol.more.is_empty() {
            return self.write_mixed(request, others, out);
        }
        out.overwrite(|buffer| {
            write_head(request, buffer);
            let mut first = true;
            write_parameters(entries, before, &mut first, buffer);
            self.write_signed(&mut first, buffer);
            write_parameters(entries, after, &mut first, buffer);
        });
    }

    /// Some of the names may belong between those that are known.
    #[cold]
    fn write_mixed(
        &self,
        request: &Request<'_>,
        others: &Parameters<'a>,
        out: &mut BaseStringBuffer,
    ) {
        let mut all = others.clone();
        all.add_protocol(self.protocol, Place::Header);
        let entries = all.entries();
        let mut keys = Keys::new();
        let keys: &[Key] = keys.sorted(entries, |parameter| parameter.is_signed());
        out.overwrite(|buffer| {
            write_head(request, buffer);
            write_parameters(entries, keys, &mut true, buffer);
        });
    }

    #[inline]
    fn write_signed(&self, first: &mut bool, out: &mut impl Output) {
        let mut values = self.values(&IN_BASE_STRING);
        if *first && let Some((frame, value)) = values.next() {
            out.plain(without(BASE_STRING_SEPARATOR, frame));
            out.twice(&value);
        }
        *first = false;
        for (frame, value) in values {
            out.framed_twice(frame, &value);
        }
    }

    /// Values with the frames of their names.
    #[inline(always)]
    fn values(
        &self,
        frames: &'static [Frame],
    ) -> impl Iterator<Item = (&'static Frame, Component<'a>)> {
        let mut plain = self.plain;
        frames
            .iter()
            .zip(&self.protocol.known)
            .filter_map(move |(frame, value)| {
                let is_plain = plain & 1 != 0;
                plain >>= 1;
                let value = (*value)?;
                Some((frame, Component::tested(value.as_bytes(), is_plain)))
            })
    }

    /// Appends the value of an `Authorization` field to `out`, as
    /// [`ProtocolParameters::write_header`] does.
    ///
    /// # Errors
    /// A realm or an additional name that no field value can carry; `out` is as it was then.
    pub fn write_header(
        &self,
        realm: Option<&str>,
        signature: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), AuthorizationWriteError> {
        const SCHEME: &[u8] = b"OAuth ";
        /// As long as most headers are.
        const USUAL: usize = 384;
        if realm.is_some() || !self.protocol.more.is_empty() {
            return self.protocol.write_header_bytes(realm, signature, out);
        }
        Buffer::append(out, USUAL, |buffer| {
            buffer.plain(SCHEME);
            let mut values = self.values(&IN_HEADER);
            if let Some((frame, value)) = values.next() {
                buffer.plain(without(HEADER_SEPARATOR, frame));
                buffer.component_once(&value);
            }
            for (frame, value) in values {
                buffer.framed_once(frame, &value);
            }
            buffer.frame(&SIGNATURE_IN_HEADER);
            buffer.once(signature);
            buffer.plain(b"\"");
        });
        Ok(())
    }
}

/// For the first one, which needs no separator.
#[inline(always)]
fn without<'f>(separator: &[u8], frame: &'f Frame) -> &'f [u8] {
    frame.text().get(separator.len()..).unwrap_or_default()
}

/// The names only, as of the parameters themselves.
impl fmt::Debug for ScannedProtocol<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.protocol, f)
    }
}
