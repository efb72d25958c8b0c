//! The request's URI as it is on the wire, and the base URI made of it.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::Scheme;

mod error;
mod host;
#[cfg(test)]
mod tests;

pub use error::{UriError, UriErrorKind};
use host::{authority_parts, host_field, is_plain_host, simple_authority};

/// A request's URI: the bytes of the wire, borrowed, never rebuilt.
///
/// ```
/// use countersign_base_string::Uri;
///
/// let uri = Uri::parse("https://API.Example.com:443//a/%7e;v=1?b=1#c")?;
/// assert_eq!(uri.base_uri(), "https://api.example.com//a/%7e;v=1");
/// assert_eq!(uri.query(), Some("b=1"));
/// # Ok::<(), countersign_base_string::UriError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Uri<'a> {
    scheme: Scheme,
    host: &'a str,
    port: Option<u16>,
    path: &'a str,
    query: Option<&'a str>,
    /// Whether the host is signed as spelled: neither folded nor encoded.
    host_is_plain: bool,
}

impl<'a> Uri<'a> {
    /// Reads an absolute URI.
    ///
    /// Userinfo and fragment are legal and left out: neither is sent in a request.
    ///
    /// # Errors
    /// Anything but `http://` or `https://`, a host, perhaps a port, and visible ASCII.
    pub fn parse(absolute: &'a str) -> Result<Self, UriError> {
        check_visible(absolute)?;
        let (scheme, rest, start) = split_scheme(absolute).ok_or(UriError {
            kind: UriErrorKind::InvalidScheme,
            offset: 0,
        })?;
        Self::after_scheme(scheme, rest, start)
    }

    /// Reads the URI of a request as a server gets it: the connection's scheme, the `Host` field
    /// and the request target, which is a path with its query or an absolute URI.
    ///
    /// An absolute target must agree with the scheme and with the `Host` field, unless that is
    /// empty; RFC 5849 3.4.1.2 signs the host and port of the `Host` field.
    ///
    /// # Errors
    /// A malformed or empty host, a target that is neither a path nor an absolute URI or that has
    /// a fragment, anything but visible ASCII, and a contradiction.
    ///
    /// ```
    /// use countersign_base_string::{Scheme, Uri};
    ///
    /// let uri = Uri::from_target(Scheme::Http, "example.com:8080", "/request?b5=%3D%253D")?;
    /// assert_eq!(uri.base_uri(), "http://example.com:8080/request");
    /// # Ok::<(), countersign_base_string::UriError>(())
    /// ```
    pub fn from_target(
        scheme: Scheme,
        host_header: &'a str,
        request_target: &'a str,
    ) -> Result<Self, UriError> {
        check_target(request_target)?;
        if request_target.starts_with('/') {
            let (path, query) = split_query(request_target);
            let (host, port, host_is_plain) = match simple_authority(host_header) {
                Some(simple) if simple.len == host_header.len() => {
                    (simple.host, simple.port, simple.host_is_plain)
                }
                _ => {
                    let (host, port) = host_field(host_header)?;
                    (host, port, is_plain_host(host))
                }
            };
            return Ok(Self {
                scheme,
                host,
                port,
                path,
                query,
                host_is_plain,
            });
        }
        let (named, rest, start) = split_scheme(request_target).ok_or(UriError {
            kind: UriErrorKind::UnsupportedTarget,
            offset: 0,
        })?;
        if named != scheme {
            return Err(UriError {
                kind: UriErrorKind::SchemeMismatch,
                offset: 0,
            });
        }
        let uri = Self::after_scheme(scheme, rest, start)?;
        if !host_header.is_empty() {
            let (host, port) = host_field(host_header)?;
            if !host.eq_ignore_ascii_case(uri.host)
                || port.unwrap_or_else(|| scheme.default_port()) != uri.effective_port()
            {
                return Err(UriError {
                    kind: UriErrorKind::HostMismatch,
                    offset: start,
                });
            }
        }
        Ok(uri)
    }

    /// Reads authority, path, query and fragment; `rest` is visible ASCII.
    #[inline]
    fn after_scheme(scheme: Scheme, rest: &'a str, start: usize) -> Result<Self, UriError> {
        if let Some(simple) = simple_authority(rest) {
            let (path, query) = split_query(split(rest, simple.len).1);
            return Ok(Self {
                scheme,
                host: simple.host,
                port: simple.port,
                path,
                query,
                host_is_plain: simple.host_is_plain,
            });
        }
        let end = rest
            .bytes()
            .position(|byte| matches!(byte, b'/' | b'?' | b'#'))
            .unwrap_or(rest.len());
        let (authority, after) = split(rest, end);
        let userinfo = authority
            .bytes()
            .rposition(|byte| byte == b'@')
            .map_or(0, |at| at.saturating_add(1));
        let (host, port) = authority_parts(split(authority, userinfo).1)
            .map_err(|fault| fault.shifted(start.saturating_add(userinfo)))?;
        let (path, query) = split_query(after);
        Ok(Self {
            scheme,
            host,
            port,
            path,
            query,
            host_is_plain: is_plain_host(host),
        })
    }

    /// The scheme.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host as spelled, without userinfo and port; an IPv6 literal has its brackets.
    #[must_use]
    pub const fn host(&self) -> &'a str {
        self.host
    }

    /// The port as written, even if it is the default one; `None` when there is none.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// The port that is connected to.
    #[must_use]
    pub fn effective_port(&self) -> u16 {
        self.port.unwrap_or_else(|| self.scheme.default_port())
    }

    /// The path as spelled; empty when the URI has none.
    #[must_use]
    pub const fn path(&self) -> &'a str {
        self.path
    }

    /// The query as spelled, without `?`; `Some("")` when there is a `?` with nothing after it.
    #[must_use]
    pub const fn query(&self) -> Option<&'a str> {
        self.query
    }

    /// The same URI under another scheme, as behind a proxy that ends TLS.
    ///
    /// The port stays as written, so `:80` becomes significant under `https`.
    #[must_use]
    pub const fn with_scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// The base string URI (RFC 5849 3.4.1.2): lower-case scheme and host, the port unless it is
    /// the scheme's own, the path as sent or `/`, and no query.
    #[must_use]
    pub fn base_uri(&self) -> String {
        let mut out = Vec::new();
        self.write_base_uri(&mut out);
        crate::text::from_ascii(out)
    }

    /// Appends the [base string URI](Self::base_uri) to `out`.
    pub fn write_base_uri(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.scheme.as_str().as_bytes());
        out.extend_from_slice(b"://");
        let host = out.len();
        out.extend_from_slice(self.host.as_bytes());
        if let Some(host) = out.get_mut(host..) {
            host.make_ascii_lowercase();
        }
        if let Some(port) = self.signed_port() {
            let mut digits = [0; 5];
            out.push(b':');
            out.extend_from_slice(decimal(port, &mut digits));
        }
        out.extend_from_slice(self.signed_path().as_bytes());
    }

    /// The port, unless it is the scheme's own.
    pub(crate) fn signed_port(&self) -> Option<u16> {
        self.port.filter(|&port| port != self.scheme.default_port())
    }

    pub(crate) const fn host_is_plain(&self) -> bool {
        self.host_is_plain
    }

    pub(crate) const fn signed_path(&self) -> &'a str {
        if self.path.is_empty() { "/" } else { self.path }
    }
}

/// Without the query, which may hold a signature, and so perhaps a secret.
impl fmt::Debug for Uri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            scheme,
            host,
            port,
            path,
            query,
            host_is_plain: _,
        } = self;
        f.debug_struct("Uri")
            .field("scheme", scheme)
            .field("host", host)
            .field("port", port)
            .field("path", path)
            .field("query_bytes", &query.map(str::len))
            .finish()
    }
}

impl UriError {
    const fn shifted(self, by: usize) -> Self {
        Self {
            kind: self.kind,
            offset: self.offset.saturating_add(by),
        }
    }
}

/// The decimal digits of a port, at the end of `digits`.
pub(crate) fn decimal(port: u16, digits: &mut [u8; 5]) -> &[u8] {
    let mut rest = port;
    let mut used: usize = 0;
    for slot in digits.iter_mut().rev() {
        let [_, low] = (rest % 10).to_be_bytes();
        *slot = b'0' | low;
        rest /= 10;
        used = used.saturating_add(1);
        if rest == 0 {
            break;
        }
    }
    digits
        .get(digits.len().saturating_sub(used)..)
        .unwrap_or_default()
}

fn visible(byte: u8) -> bool {
    byte.wrapping_sub(0x21) < 0x5E
}

fn check_visible(text: &str) -> Result<(), UriError> {
    if text.bytes().fold(true, |all, byte| all & visible(byte)) {
        return Ok(());
    }
    match text.bytes().enumerate().find(|(_, byte)| !visible(*byte)) {
        None => Ok(()),
        Some((offset, found)) => Err(UriError {
            kind: UriErrorKind::InvalidByte { found },
            offset,
        }),
    }
}

fn check_target(text: &str) -> Result<(), UriError> {
    let legal = |byte| visible(byte) & (byte != b'#');
    if text.bytes().fold(true, |all, byte| all & legal(byte)) {
        return Ok(());
    }
    check_visible(text)?;
    match find(text, b'#') {
        None => Ok(()),
        Some(offset) => Err(UriError {
            kind: UriErrorKind::Fragment,
            offset,
        }),
    }
}

fn find(text: &str, wanted: u8) -> Option<usize> {
    text.bytes().position(|byte| byte == wanted)
}

/// Splits at a place that was found by its ASCII byte, so it is a character's boundary.
fn split(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// How much is there before a `?` or `#`, looking at eight bytes at a time.
#[inline]
fn path_len(text: &str) -> usize {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);
    // The high bit of the lowest byte that is `byte`, and perhaps of some above.
    let found = |word: u64, byte| {
        let differing = word ^ u64::from_ne_bytes([byte; 8]);
        differing.wrapping_sub(ONES) & !differing & HIGHS
    };
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let mut len: usize = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let found = found(word, b'?') | found(word, b'#');
        if found != 0 {
            let within = usize::try_from(found.trailing_zeros() / 8).unwrap_or(0);
            return len.wrapping_add(within);
        }
        len = len.wrapping_add(8);
    }
    let within = rest.iter().position(|byte| matches!(byte, b'?' | b'#'));
    len.wrapping_add(within.unwrap_or(rest.len()))
}

/// The path and the query, without the fragment.
#[inline]
fn split_query(text: &str) -> (&str, Option<&str>) {
    let (path, rest) = split(text, path_len(text));
    let query = rest.strip_prefix('?').map(|query| match find(query, b'#') {
        None => query,
        Some(at) => split(query, at).0,
    });
    (path, query)
}

/// The scheme, what follows `://`, and where that begins.
#[inline]
fn split_scheme(text: &str) -> Option<(Scheme, &str, usize)> {
    [(Scheme::Https, 5), (Scheme::Http, 4)]
        .into_iter()
        .find_map(|(scheme, len): (Scheme, usize)| {
            let (name, rest) = text.split_at_checked(len)?;
            let rest = rest.strip_prefix("://")?;
            name.eq_ignore_ascii_case(scheme.as_str()).then_some((
                scheme,
                rest,
                len.saturating_add(3),
            ))
        })
}
