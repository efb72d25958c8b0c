//! A captured request.

use core::fmt;

use countersign_base_string::{Request, Scheme, Uri};

use crate::capture::Missing;
use crate::error::CaptureError;
use crate::headers::Headers;

/// A request as captured: the target as written, headers and body byte for byte.
///
/// `Debug` shows the method, the host, the path, and names and lengths of the rest: query,
/// header values and body may hold secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnedRequest {
    method: String,
    scheme: Option<Scheme>,
    host: Option<String>,
    target: String,
    headers: Headers,
    body: Vec<u8>,
}

impl OwnedRequest {
    /// A request without scheme, host, headers and body.
    ///
    /// `target` is what stands in the request line: path and query, or a whole URL.
    #[must_use]
    pub fn new(method: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            scheme: None,
            host: None,
            target: target.into(),
            headers: Headers::new(),
            body: Vec::new(),
        }
    }

    /// Sets the scheme.
    #[must_use]
    pub fn with_scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = Some(scheme);
        self
    }

    /// Sets the host, with its port if one is written.
    #[must_use]
    pub fn with_host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Adds a header at the end.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push(name, value);
        self
    }

    /// Replaces all headers.
    #[must_use]
    pub fn with_headers(mut self, headers: Headers) -> Self {
        self.headers = headers;
        self
    }

    /// Sets the body, byte for byte.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The method as written.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The scheme, if the input tells it.
    #[must_use]
    pub fn scheme(&self) -> Option<Scheme> {
        self.scheme
    }

    /// Host and port as written, if the input tells them.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// The request target as written.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The body bytes.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// All `Authorization` values that are text, in order.
    #[must_use]
    pub fn authorizations(&self) -> Vec<&str> {
        self.headers
            .all("authorization")
            .filter_map(|header| header.value_str())
            .collect()
    }

    /// The `Content-Type`.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.headers.first("content-type")?.value_str()
    }

    /// The URL that was called, with `scheme` where given, else the captured one.
    ///
    /// # Errors
    ///
    /// [`CaptureError::Missing`] when neither tells the scheme, or the host is not known.
    pub fn url(&self, scheme: Option<Scheme>) -> Result<String, CaptureError> {
        if let Some((own, rest)) = split_scheme(&self.target) {
            return Ok(format!("{}://{rest}", scheme.unwrap_or(own)));
        }
        let scheme = scheme
            .or(self.scheme)
            .ok_or(CaptureError::Missing(Missing::Scheme))?;
        let host = self
            .host
            .as_deref()
            .ok_or(CaptureError::Missing(Missing::Host))?;
        Ok(format!("{scheme}://{host}{}", self.target))
    }

    /// The request as a signer or verifier sees it, borrowing the bytes of the capture.
    ///
    /// `scheme` overrules the captured one, as when a proxy ended TLS. All `Authorization`
    /// values are passed on, whatever their scheme. Host and port are those of the `Host`
    /// field, as RFC 5849 section 3.4.1.2 has it; without one, those of the URL.
    ///
    /// # Errors
    ///
    /// [`CaptureError::Missing`] when scheme or host are not known, [`CaptureError::Uri`] and
    /// [`CaptureError::Method`] when they are malformed, [`CaptureError::HeaderNotText`] when
    /// `Authorization` or `Content-Type` is not UTF-8.
    ///
    /// # Examples
    ///
    /// ```
    /// use countersign_base_string::Scheme;
    /// use countersign_capture::read;
    ///
    /// let capture = read(b"GET /photos?size=original HTTP/1.1\nHost: photos.example.net:8443\n")?;
    /// let request = capture.request().unwrap().as_request(Some(Scheme::Https))?;
    /// assert_eq!(request.uri().base_uri(), "https://photos.example.net:8443/photos");
    /// # Ok::<(), countersign_capture::CaptureError>(())
    /// ```
    pub fn as_request(&self, scheme: Option<Scheme>) -> Result<Request<'_>, CaptureError> {
        let absolute = split_scheme(&self.target).map(|(scheme, _)| scheme);
        let known = absolute
            .or(scheme)
            .or(self.scheme)
            .ok_or(CaptureError::Missing(Missing::Scheme))?;
        let host = match (&self.host, absolute) {
            (_, Some(_)) => self
                .headers
                .first("host")
                .and_then(|header| header.value_str())
                .unwrap_or(""),
            (Some(host), None) => host,
            (None, None) => return Err(CaptureError::Missing(Missing::Host)),
        };
        let uri = Uri::from_target(known, host, &self.target)
            .map_err(CaptureError::Uri)?
            .with_scheme(scheme.unwrap_or(known));
        let mut request = Request::new(&self.method, uri).map_err(CaptureError::Method)?;
        for header in self.headers.all("authorization") {
            let value = header.value_str().ok_or(CaptureError::HeaderNotText {
                name: "Authorization",
            })?;
            request = request.with_authorization(value);
        }
        let content_type = match self.headers.first("content-type") {
            Some(header) => Some(header.value_str().ok_or(CaptureError::HeaderNotText {
                name: "Content-Type",
            })?),
            None => None,
        };
        Ok(request.with_body(content_type, &self.body))
    }

    /// Whether OAuth 1.0 parameters stand in the header, the query or a form body.
    #[must_use]
    pub fn has_oauth(&self) -> bool {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        self.authorizations()
            .iter()
            .any(|value| has_oauth_scheme(value))
            || has_oauth_name(query.as_bytes())
            || (self.is_form() && has_oauth_name(&self.body))
    }

    fn is_form(&self) -> bool {
        self.content_type().is_some_and(is_form_type)
    }
}

/// Whether an `Authorization` value names the scheme `OAuth`.
pub(crate) fn has_oauth_scheme(value: &str) -> bool {
    value
        .trim_start()
        .split([' ', '\t', ','])
        .next()
        .is_some_and(|word| word.eq_ignore_ascii_case("oauth"))
}

/// Whether a media type is `application/x-www-form-urlencoded`, parameters ignored.
pub(crate) fn is_form_type(content_type: &str) -> bool {
    content_type
        .split(';')
        .next()
        .is_some_and(|media| media.trim().eq_ignore_ascii_case(FORM_TYPE))
}

/// The media type of form bodies.
pub(crate) const FORM_TYPE: &str = "application/x-www-form-urlencoded";

fn has_oauth_name(form: &[u8]) -> bool {
    form.split(|&byte| byte == b'&')
        .any(|pair| pair.starts_with(b"oauth_"))
}

/// Splits an absolute URL into its scheme and the part after `://`.
pub(crate) fn split_scheme(url: &str) -> Option<(Scheme, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = if scheme.eq_ignore_ascii_case("http") {
        Scheme::Http
    } else if scheme.eq_ignore_ascii_case("https") {
        Scheme::Https
    } else {
        return None;
    };
    Some((scheme, rest))
}

impl fmt::Debug for OwnedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            method,
            scheme,
            host,
            target,
            headers,
            body,
        } = self;
        let rest = split_scheme(target).map_or(target.as_str(), |(_, rest)| {
            rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("")
        });
        let path = rest.split('?').next().unwrap_or("");
        f.debug_struct("OwnedRequest")
            .field("method", method)
            .field("scheme", scheme)
            .field("host", host)
            .field("path", &path)
            .field("target", &format_args!("[{} bytes]", target.len()))
            .field("headers", headers)
            .field("body", &format_args!("[{} bytes]", body.len()))
            .finish()
    }
}
