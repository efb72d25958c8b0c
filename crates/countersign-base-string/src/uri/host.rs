//! Host and port: within an authority, and in the `Host` field (RFC 3986 3.2).

use countersign_encoding::is_unreserved;

use super::error::{UriError, UriErrorKind};
use super::{find, split};

pub(super) fn host_field(field: &str) -> Result<(&str, Option<u16>), UriError> {
    authority_parts(field).map_err(|fault| UriError {
        kind: match fault.kind {
            UriErrorKind::InvalidHost { found } => UriErrorKind::HostField { found },
            kind => kind,
        },
        offset: fault.offset,
    })
}

/// Splits `host`, `host:`, `host:port` or `[literal]:port`.
pub(super) fn authority_parts(text: &str) -> Result<(&str, Option<u16>), UriError> {
    let host_end = if text.starts_with('[') {
        let close = find(text, b']').ok_or(UriError {
            kind: UriErrorKind::InvalidHost { found: b'[' },
            offset: 0,
        })?;
        close.saturating_add(1)
    } else {
        find(text, b':').unwrap_or(text.len())
    };
    let (host, rest) = split(text, host_end);
    check_host(host)?;
    if rest.is_empty() {
        return Ok((host, None));
    }
    let Some(first) = rest.bytes().next() else {
        return Ok((host, None));
    };
    if first != b':' {
        return Err(UriError {
            kind: UriErrorKind::InvalidHost { found: first },
            offset: host_end,
        });
    }
    let digits = rest.get(1..).unwrap_or_default();
    if digits.is_empty() {
        return Ok((host, None));
    }
    let fault = UriError {
        kind: UriErrorKind::InvalidPort,
        offset: host_end.saturating_add(1),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(fault);
    }
    match digits.parse() {
        Ok(port) => Ok((host, Some(port))),
        Err(_) => Err(fault),
    }
}

/// RFC 3986 3.2.2: within brackets a literal, else a name or an IPv4 address.
fn check_host(host: &str) -> Result<(), UriError> {
    let (inner, start, literal) = match host.strip_prefix('[') {
        Some(rest) => (rest.strip_suffix(']').unwrap_or(rest), 1, true),
        None => (host, 0, false),
    };
    if inner.is_empty() {
        return Err(UriError {
            kind: UriErrorKind::EmptyHost,
            offset: start,
        });
    }
    let also = if literal { b':' } else { b'%' };
    let legal = |byte: u8| host_class(byte) != ILLEGAL || byte == also;
    match inner.bytes().enumerate().find(|(_, byte)| !legal(*byte)) {
        None => Ok(()),
        Some((at, found)) => Err(UriError {
            kind: UriErrorKind::InvalidHost { found },
            offset: at.saturating_add(start),
        }),
    }
}

/// What nearly every authority is.
pub(super) struct Simple<'a> {
    pub(super) host: &'a str,
    pub(super) port: Option<u16>,
    pub(super) host_is_plain: bool,
    /// All of it, with the port.
    pub(super) len: usize,
}

/// A name or an IPv4 address, perhaps with a port, up to the end or to what follows an authority: read
/// in one pass. None of anything else, legal or not.
#[inline]
pub(super) fn simple_authority(text: &str) -> Option<Simple<'_>> {
    let (run, host_is_plain) = host_run(text);
    let (host, rest) = split(text, run);
    if host.is_empty() {
        return None;
    }
    let (port, digits) = match rest.strip_prefix(':') {
        None => (None, 0),
        Some(rest) => {
            let (port, digits) = port_run(rest)?;
            (Some(port), digits.saturating_add(1))
        }
    };
    matches!(rest.as_bytes().get(digits), None | Some(b'/' | b'?' | b'#')).then_some(Simple {
        host,
        port,
        host_is_plain,
        len: run.saturating_add(digits),
    })
}

/// The digits at the beginning, one to five of them, and how many they are.
fn port_run(text: &str) -> Option<(u16, usize)> {
    let (mut port, mut digits) = (0_u32, 0_usize);
    for byte in text.bytes().take(6) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        port = port.wrapping_mul(10).wrapping_add(u32::from(digit));
        digits = digits.wrapping_add(1);
    }
    let port = u16::try_from(port).ok()?;
    (1..=5).contains(&digits).then_some((port, digits))
}

/// How many bytes at the beginning can be a name's, and whether all are signed as they are.
#[inline]
fn host_run(text: &str) -> (usize, bool) {
    let mut end: usize = 0;
    let mut classes = PLAIN;
    for byte in text.bytes() {
        let class = host_class(byte);
        if class == ILLEGAL {
            break;
        }
        classes |= class;
        end = end.wrapping_add(1);
    }
    (end, classes == PLAIN)
}

pub(super) fn is_plain_host(host: &str) -> bool {
    host_run(host) == (host.len(), true)
}

/// Signed as it is.
const PLAIN: u8 = 0;
/// Signed in lower case, or encoded.
const CHANGED: u8 = 1;
/// Not within a name or an address.
const ILLEGAL: u8 = 2;

/// RFC 3986 2.2 and 2.3: `unreserved` and `sub-delims`.
#[expect(
    clippy::indexing_slicing,
    reason = "a table of 256 has an entry for every byte"
)]
#[inline]
fn host_class(byte: u8) -> u8 {
    static CLASSES: [u8; 256] = host_classes();
    CLASSES[usize::from(byte)]
}

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, where a fault is a compile error"
)]
const fn host_classes() -> [u8; 256] {
    let mut table = [ILLEGAL; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'A'..=b'Z' | b'!' | b'$' | b'&'..=b',' | b';' | b'=' => CHANGED,
            other if is_unreserved(other) => PLAIN,
            _ => ILLEGAL,
        };
        byte += 1;
    }
    table
}
