//! What a head says of the length of its body.

use super::{Next, line};

/// What a head says of the length of its body, as far as it was read.
#[derive(Debug)]
pub(super) struct Head {
    /// HTTP/1.0, which knows no chunks.
    is_old: bool,
    has_host: bool,
    length: Option<u64>,
    is_chunked: bool,
}

impl Head {
    pub(super) const fn new() -> Self {
        Self {
            is_old: false,
            has_host: false,
            length: None,
            is_chunked: false,
        }
    }

    /// Begins with the request line.
    pub(super) fn of(request_line: &[u8]) -> Option<Self> {
        let is_old = if request_line.ends_with(b" HTTP/1.1") {
            false
        } else if request_line.ends_with(b" HTTP/1.0") {
            true
        } else {
            return None;
        };
        // No target has a fragment (RFC 9112 section 3.2): one reader cuts it off, another takes it
        // for a part of the path or query. A method may have the sign.
        let mut words = request_line.splitn(2, |byte| *byte == b' ');
        if words.nth(1).is_some_and(|rest| rest.contains(&b'#')) {
            return None;
        }
        Some(Self {
            is_old,
            ..Self::new()
        })
    }

    /// Takes a field; nothing if two readers may differ over it.
    pub(super) fn field(&mut self, text: &[u8]) -> Option<()> {
        // All names but three are of no interest here, and hyper reads every line.
        if !matches!(
            text.first()?,
            b'c' | b'C' | b'h' | b'H' | b't' | b'T' | b' ' | b'\t'
        ) {
            return Some(());
        }
        if !line::is_field(text) {
            return None;
        }
        if let Some(value) = line::value(text, b"content-length") {
            // Twice is once too often, even if they agree.
            if self.is_chunked || self.length.is_some() {
                return None;
            }
            self.length = Some(line::decimal(value)?);
        } else if let Some(value) = line::value(text, b"transfer-encoding") {
            let is_clear = !self.is_old && !self.is_chunked && self.length.is_none();
            if !is_clear || !value.eq_ignore_ascii_case(b"chunked") {
                return None;
            }
            self.is_chunked = true;
        } else if line::value(text, b"host").is_some() {
            // > A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request
            // > message that lacks a Host header field and to any request message that contains more
            // > than one Host header field line (RFC 9112 section 3.2)
            if self.has_host {
                return None;
            }
            self.has_host = true;
        }
        Some(())
    }

    /// What comes behind the head; nothing if it lacks what it must have.
    pub(super) fn body(&self) -> Option<Next> {
        if !self.is_old && !self.has_host {
            return None;
        }
        Some(match self.length {
            _ if self.is_chunked => Next::Size,
            None | Some(0) => Next::Request,
            Some(length) => Next::Body(length),
        })
    }
}
