//! The signature base string (RFC 5849 3.4.1).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::order::{Key, Keys};
use crate::output::{Buffer, Output, Stream};
use crate::uri::decimal;
use crate::{Parameter, Parameters, Request, Scheme, Uri};

mod buffer;
mod raw;
#[cfg(test)]
mod tests;

pub use buffer::BaseStringBuffer;

/// A signature base string: what a signature covers (RFC 5849 3.4.1).
///
/// It may hold secrets that are parameters, such as `x_auth_password`, so `Debug` shows its length
/// only; [`as_str`](Self::as_str) and `Display` show it.
///
/// ```
/// use countersign_base_string::{BaseString, Limits, Parameters, Request, Uri};
///
/// let request = Request::new("get", Uri::parse("http://EXAMPLE.com:80/?b=+&a")?)?;
/// let parameters = Parameters::collect(&request, &Limits::default())?;
/// let base_string = BaseString::new(&request, &parameters);
/// assert_eq!(base_string.as_str(), "GET&http%3A%2F%2Fexample.com%2F&a%3D%26b%3D%2520");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BaseString(String);

impl BaseString {
    /// Builds the base string of a request with these parameters.
    ///
    /// `oauth_signature` is left out wherever it is. The parameters of the request that are not in
    /// the list are not signed: collect them, or add them.
    #[must_use]
    pub fn new(request: &Request<'_>, parameters: &Parameters<'_>) -> Self {
        let mut out = Vec::new();
        write_base_string(request, parameters, &mut out);
        Self(crate::text::from_ascii(out))
    }

    /// Takes a text for a base string, as one that somebody else computed.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The octets that are signed.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The text, owned.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for BaseString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BaseString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseString([{} bytes])", self.0.len())
    }
}

/// Appends the base string to `out`: with a cleared buffer that is kept, nothing is allocated for
/// up to 16 parameters.
///
/// ```
/// use countersign_base_string::{Parameters, Request, Uri, write_base_string};
///
/// let request = Request::new("GET", Uri::parse("http://example.com/")?)?;
/// let mut buffer = Vec::new();
/// write_base_string(&request, &Parameters::new(), &mut buffer);
/// assert_eq!(buffer, b"GET&http%3A%2F%2Fexample.com%2F&");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_base_string(request: &Request<'_>, parameters: &Parameters<'_>, out: &mut Vec<u8>) {
    let entries = parameters.entries();
    let mut keys = Keys::new();
    let keys = keys.sorted(entries, |parameter| parameter.is_signed());
    let len = expected_len(request, keys.len());
    Buffer::append(out, len, |buffer| {
        write_head(request, buffer);
        write_parameters(entries, keys, &mut true, buffer);
    });
}

/// Something that takes a base string piece by piece, such as the state of a hash.
pub trait Sink {
    /// Takes the next bytes.
    fn write(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn write(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Hands the base string to `sink` piece by piece, without building it.
///
/// ```
/// use countersign_base_string::{Parameters, Request, Sink, Uri, stream_base_string};
///
/// struct Length(usize);
///
/// impl Sink for Length {
///     fn write(&mut self, bytes: &[u8]) {
///         self.0 += bytes.len();
///     }
/// }
///
/// let request = Request::new("GET", Uri::parse("http://example.com/")?)?;
/// let mut length = Length(0);
/// stream_base_string(&request, &Parameters::new(), &mut length);
/// assert_eq!(length.0, "GET&http%3A%2F%2Fexample.com%2F&".len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn stream_base_string(
    request: &Request<'_>,
    parameters: &Parameters<'_>,
    sink: &mut impl Sink,
) {
    let entries = parameters.entries();
    let mut keys = Keys::new();
    let keys = keys.sorted(entries, |parameter| parameter.is_signed());
    let mut stream = Stream::new(|bytes: &[u8]| sink.write(bytes));
    write_head(request, &mut stream);
    write_parameters(entries, keys, &mut true, &mut stream);
    stream.flush();
}

const COLON: &[u8] = b"%3A";

/// Method and base URI, and the `&` before the parameters.
#[inline]
pub(crate) fn write_head(request: &Request<'_>, out: &mut impl Output) {
    let method = request.method();
    if method.bytes().all(|byte| byte.is_ascii_uppercase()) {
        out.plain(method.as_bytes());
    } else {
        mapped(method, u8::to_ascii_uppercase, out);
    }
    write_uri(request.uri(), out);
    out.plain(b"&");
}

/// Parameters in the order of `keys`; `first` says whether none is there yet.
#[inline]
pub(crate) fn write_parameters(
    entries: &[Parameter<'_>],
    keys: &[Key],
    first: &mut bool,
    out: &mut impl Output,
) {
    for (_, index) in keys {
        let Some(parameter) = entries.get(*index) else {
            continue;
        };
        out.pair_twice(*first, &parameter.name, &parameter.value);
        *first = false;
    }
}

/// The `&` before it, and the base URI.
#[inline]
fn write_uri(uri: &Uri<'_>, out: &mut impl Output) {
    out.plain(match uri.scheme() {
        Scheme::Http => b"&http%3A%2F%2F",
        Scheme::Https => b"&https%3A%2F%2F",
    });
    if uri.host_is_plain() {
        out.plain(uri.host().as_bytes());
    } else {
        mapped(uri.host(), u8::to_ascii_lowercase, out);
    }
    if let Some(port) = uri.signed_port() {
        out.plain(COLON);
        out.plain(decimal(port, &mut [0; 5]));
    }
    out.once(uri.signed_path().as_bytes());
}

/// Encodes text whose letters change their case.
#[cold]
fn mapped(text: &str, map: impl Fn(&u8) -> u8, out: &mut impl Output) {
    let mut block = [0; 32];
    for piece in text.as_bytes().chunks(block.len()) {
        for (slot, byte) in block.iter_mut().zip(piece) {
            *slot = map(byte);
        }
        out.once(block.get(..piece.len()).unwrap_or_default());
    }
}

/// About how long the base string will be, when parameters are as long as most are.
#[inline]
fn expected_len(request: &Request<'_>, parameters: usize) -> usize {
    const HEAD: usize = 64;
    const PARAMETER: usize = 64;
    let uri = request.uri();
    uri.host()
        .len()
        .saturating_add(uri.path().len().saturating_mul(2))
        .saturating_add(parameters.saturating_mul(PARAMETER))
        .saturating_add(HEAD)
}
