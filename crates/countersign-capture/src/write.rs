//! Captured requests written out again: as raw HTTP and as a curl command.

use countersign_base_string::Scheme;

use crate::capture::Missing;
use crate::error::{CaptureError, Refused};
use crate::http::start::is_token_byte;
use crate::request::{OwnedRequest, split_scheme};

#[cfg(test)]
mod tests;

impl OwnedRequest {
    /// The request as raw HTTP/1.1 with CRLF line ends.
    ///
    /// Target, headers and body are written as they are. A missing `Host` is added, and the
    /// framing headers (`Content-Length`, `Transfer-Encoding`) are those of this very body.
    ///
    /// # Errors
    ///
    /// [`Refused::NotPrintable`] if a part would break out of its line.
    ///
    /// # Examples
    ///
    /// ```
    /// use countersign_capture::OwnedRequest;
    ///
    /// let request = OwnedRequest::new("POST", "/1.1/update.json")
    ///     .with_host("api.example.com")
    ///     .with_body("a=b");
    /// assert_eq!(
    ///     request.to_http()?,
    ///     b"POST /1.1/update.json HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 3\r\n\r\na=b",
    /// );
    /// # Ok::<(), countersign_capture::CaptureError>(())
    /// ```
    pub fn to_http(&self) -> Result<Vec<u8>, CaptureError> {
        self.check_lines()?;
        let mut out = Vec::new();
        let mut line = |parts: [&[u8]; 3]| {
            for part in parts {
                out.extend_from_slice(part);
            }
            out.extend_from_slice(b"\r\n");
        };
        let target = self.target().as_bytes();
        line([
            self.method().as_bytes(),
            b" ",
            &[target, b" HTTP/1.1"].concat(),
        ]);
        // HTTP/2 may name another host in a field than in `:authority`, which is the one that counts
        // and takes the field's place (RFC 9113 section 8.3.1).
        let host = self.host().filter(|host| {
            let field = self.headers().first("host");
            field.is_none_or(|field| field.value() != host.as_bytes())
        });
        if let Some(host) = host {
            line([b"Host", b": ", host.as_bytes()]);
        }
        let mut is_framed = !self.body().is_empty();
        for header in self.headers().iter() {
            if header.is("content-length") || header.is("transfer-encoding") {
                is_framed = true;
            } else if host.is_none() || !header.is("host") {
                line([header.name().as_bytes(), b": ", header.value()]);
            }
        }
        if is_framed {
            let length = self.body().len().to_string();
            line([b"Content-Length", b": ", length.as_bytes()]);
        }
        line([b"", b"", b""]);
        out.extend_from_slice(self.body());
        Ok(out)
    }

    /// The request as a curl command for a POSIX shell; [`crate::read`] reads it back as the
    /// same request.
    ///
    /// # Errors
    ///
    /// [`CaptureError::Missing`] when scheme or host are not known, [`Refused::NotPrintable`]
    /// when a part holds bytes that a command line cannot carry.
    ///
    /// # Examples
    ///
    /// ```
    /// use countersign_base_string::Scheme;
    /// use countersign_capture::OwnedRequest;
    ///
    /// let request = OwnedRequest::new("GET", "/search?q=a%20b")
    ///     .with_host("api.example.com")
    ///     .with_header("Authorization", "OAuth oauth_consumer_key=\"dpf43f3p2l4k3l03\"");
    /// assert_eq!(
    ///     request.to_curl(Some(Scheme::Https))?,
    ///     r#"curl -H 'Authorization: OAuth oauth_consumer_key="dpf43f3p2l4k3l03"' 'https://api.example.com/search?q=a%20b'"#,
    /// );
    /// # Ok::<(), countersign_capture::CaptureError>(())
    /// ```
    pub fn to_curl(&self, scheme: Option<Scheme>) -> Result<String, CaptureError> {
        self.check_lines()?;
        let host = self.host().ok_or(CaptureError::Missing(Missing::Host))?;
        let whole = split_scheme(self.target());
        // A whole URL is what is called, unless it names another server than the request went to, or has
        // no slash, which curl would put there.
        let called = whole.and_then(|(own, rest)| {
            let end = rest.find(['/', '?']).unwrap_or(rest.len());
            let (authority, target) = rest.split_at_checked(end)?;
            let is_same = authority == host && self.scheme().is_none_or(|scheme| scheme == own);
            (is_same && target.starts_with('/')).then_some(target)
        });
        let scheme = scheme
            .or_else(|| self.scheme())
            .or_else(|| whole.map(|(own, _)| own))
            .ok_or(CaptureError::Missing(Missing::Scheme))?;
        let target = called.unwrap_or_else(|| self.target());

        let mut words: Vec<String> = vec!["curl".to_owned()];
        self.push_method(&mut words);
        self.push_headers(&mut words, host)?;
        if !self.body().is_empty() {
            let body = core::str::from_utf8(self.body())
                .map_err(|_| Refused::NotPrintable { what: "the body" })?;
            words.extend(["--data-raw".to_owned(), body.to_owned()]);
        }
        // What is no path is sent as it stands.
        let is_url = target.starts_with('/') && !target.contains('#');
        let url = if is_url {
            format!("{scheme}://{host}{target}")
        } else {
            words.extend(["--request-target".to_owned(), target.to_owned()]);
            format!("{scheme}://{host}/")
        };
        if url.contains(['[', ']', '{', '}']) {
            words.push("-g".to_owned());
        }
        if is_url && target.contains("/.") {
            words.push("--path-as-is".to_owned());
        }
        words.push(url);
        shlex::try_join(words.iter().map(String::as_str)).map_err(|_| {
            Refused::NotPrintable {
                what: "the request",
            }
            .into()
        })
    }

    fn push_method(&self, words: &mut Vec<String>) {
        let default = if self.body().is_empty() {
            "GET"
        } else {
            "POST"
        };
        if self.method() == "HEAD" && self.body().is_empty() {
            words.push("-I".to_owned());
        } else if self.method() != default {
            words.extend(["-X".to_owned(), self.method().to_owned()]);
        }
    }

    fn push_headers(&self, words: &mut Vec<String>, host: &str) -> Result<(), CaptureError> {
        let hosts = self.headers().all("host").count();
        for header in self.headers().iter() {
            let (name, value) = (header.name(), header.value_str());
            let value = value.ok_or(Refused::NotPrintable { what: "a header" })?;
            // curl frames the body and names the host of the URL by itself.
            let is_own = header.is("content-length")
                || header.is("transfer-encoding")
                || (header.is("host") && hosts == 1 && value == host);
            if is_own {
                continue;
            }
            let word = match value {
                "" => format!("{name};"),
                value => format!("{name}: {value}"),
            };
            words.extend(["-H".to_owned(), word]);
        }
        if !self.body().is_empty() && self.headers().first("content-type").is_none() {
            words.extend(["-H".to_owned(), "Content-Type:".to_owned()]);
        }
        Ok(())
    }

    /// Nothing may break out of the line it is written on.
    fn check_lines(&self) -> Result<(), CaptureError> {
        let refuse = |what: &'static str| Err(Refused::NotPrintable { what }.into());
        let is_blank = |byte: u8| byte.is_ascii_whitespace() || byte.is_ascii_control();
        if self.method().is_empty() || !self.method().bytes().all(is_token_byte) {
            return refuse("the method");
        }
        if self.target().is_empty() || self.target().bytes().any(is_blank) {
            return refuse("the request target");
        }
        // In a URL, what stands before an @ is a user and what follows the others is no host.
        let ends_host = |byte: u8| is_blank(byte) || b"@/?#\\".contains(&byte);
        if self.host().is_some_and(|host| host.bytes().any(ends_host)) {
            return refuse("the host");
        }
        for header in self.headers().iter() {
            let is_token = !header.name().is_empty() && header.name().bytes().all(is_token_byte);
            let is_control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
            if !is_token || header.value().iter().any(is_control) {
                return refuse("a header");
            }
        }
        Ok(())
    }
}
