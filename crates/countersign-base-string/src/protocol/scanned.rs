//! Protocol parameters on their way into a base string and a header.

use alloc::vec::Vec;
use core::fmt;

use countersign_encoding::{SLACK, is_plain};

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
    /// The length of all frames and values, encoded twice, at most.
    len: usize,
}

impl<'a> ProtocolParameters<'a> {
    /// Looks at the values, for writing them more than once.
    #[must_use]
    #[inline]
    pub fn scan(&self) -> ScannedProtocol<'_, 'a> {
        let (mut plain, mut len, mut bit) = (0, 0_usize, 1_u16);
        for value in &self.known {
            if let Some(value) = value {
                let value = value.as_bytes();
                let mut most = value.len();
                if is_plain(value) {
                    plain |= bit;
                } else {
                    most = most.saturating_mul(5);
                }
                len = len.saturating_add(most).saturating_add(Frame::SIZE);
            }
            bit = bit.wrapping_shl(1);
        }
        ScannedProtocol {
            protocol: self,
            plain,
            len,
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
            let skip = if first {
                BASE_STRING_SEPARATOR.len()
            } else {
                0
            };
            self.write_values(&IN_BASE_STRING, skip, Component::write_twice, buffer);
            write_parameters(entries, after, &mut false, buffer);
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

    /// Writes names and values, without the first `skip` bytes.
    #[inline(always)]
    fn write_values(
        &self,
        frames: &'static [Frame],
        mut skip: usize,
        write: impl Fn(&Component<'a>, &mut [u8]) -> Option<usize>,
        buffer: &mut Buffer,
    ) {
        let len = self.len.saturating_add(SLACK);
        buffer.with_room(len, |room| {
            let mut at: usize = 0;
            let mut plain = self.plain;
            for (frame, value) in frames.iter().zip(&self.protocol.known) {
                if let Some(value) = value {
                    let value = Component::tested(value.as_bytes(), plain & 1 != 0);
                    at = at.wrapping_add(frame.write(skip, room.get_mut(at..)?)?);
                    at = at.wrapping_add(write(&value, room.get_mut(at..)?)?);
                    skip = 0;
                }
                plain >>= 1;
            }
            Some(at)
        });
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
        const FIXED: usize = SCHEME.len() + SIGNATURE_IN_HEADER.len() + 1;
        if realm.is_some() || !self.protocol.more.is_empty() {
            return self.protocol.write_header_bytes(realm, signature, out);
        }
        let len = signature
            .len()
            .saturating_mul(3)
            .saturating_add(FIXED)
            .saturating_add(self.len);
        Buffer::append(out, len, |buffer| {
            buffer.plain(SCHEME);
            let skip = HEADER_SEPARATOR.len();
            self.write_values(&IN_HEADER, skip, Component::write_raw_once, buffer);
            buffer.plain(SIGNATURE_IN_HEADER);
            buffer.once(signature);
            buffer.plain(b"\"");
        });
        Ok(())
    }
}

/// The names only, as of the parameters themselves.
impl fmt::Debug for ScannedProtocol<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.protocol, f)
    }
}
