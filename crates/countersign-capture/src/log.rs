//! What libraries and servers write about requests: logs, debug output, dumps, environments.
//!
//! Each format is a row of [`FORMATS`]: how it is known, and how it is read. Bytes that a format
//! does not tell are named as missing or in a note, never made up.

mod access;
mod cgi_env;
mod fields;
mod header;
mod java;
mod labels;
mod literal;
mod message;
mod oauthlib;
mod pecl;
mod php_request;
mod powershell;
mod python;
mod ruby;
mod scribe;
mod wget;
mod xeroizer;

#[cfg(test)]
mod tests;

use core::str;

use crate::capture::{Capture, InputKind};
use crate::error::CaptureError;
use crate::http::Exchanges;
use crate::limits::Limits;
use crate::lines::Line;

/// A format: its kind, whether a text is in it, and its reader.
struct Format {
    kind: InputKind,
    is: fn(&str) -> bool,
    read: fn(&str, &Limits) -> Result<Exchanges, CaptureError>,
}

/// Those that show whole messages come before those that show parts, since logs of several
/// libraries are often pasted as one.
const FORMATS: [Format; 13] = [
    Format {
        kind: InputKind::WgetTrace,
        is: wget::is,
        read: wget::read,
    },
    Format {
        kind: InputKind::PythonHttpLog,
        is: python::is,
        read: python::read,
    },
    Format {
        kind: InputKind::RubyHttpLog,
        is: ruby::is,
        read: ruby::read,
    },
    Format {
        kind: InputKind::JavaHttpLog,
        is: java::is,
        read: java::read,
    },
    Format {
        kind: InputKind::PeclDebug,
        is: pecl::is,
        read: pecl::read,
    },
    Format {
        kind: InputKind::PhpRequest,
        is: php_request::is,
        read: php_request::read,
    },
    Format {
        kind: InputKind::CgiEnvironment,
        is: cgi_env::is,
        read: cgi_env::read,
    },
    Format {
        kind: InputKind::ScribeLog,
        is: scribe::is,
        read: scribe::read,
    },
    Format {
        kind: InputKind::OauthlibLog,
        is: oauthlib::is,
        read: oauthlib::read,
    },
    Format {
        kind: InputKind::XeroizerLog,
        is: xeroizer::is,
        read: xeroizer::read,
    },
    Format {
        kind: InputKind::PowerShellLog,
        is: powershell::is,
        read: powershell::read,
    },
    Format {
        kind: InputKind::AccessLog,
        is: access::is,
        read: access::read,
    },
    Format {
        kind: InputKind::SigningLog,
        is: labels::is_log,
        read: labels::read,
    },
];

/// The kind of log that an input is, if it is one.
pub(crate) fn kind(input: &[u8]) -> Option<InputKind> {
    let text = str::from_utf8(input).ok()?;
    Some(FORMATS.iter().find(|format| (format.is)(text))?.kind)
}

/// Reads an input as a log of this kind.
pub(crate) fn read(
    kind: InputKind,
    input: &[u8],
    limits: &Limits,
) -> Result<Capture, CaptureError> {
    let place = Line {
        text: b"",
        offset: 0,
        number: 1,
    };
    let other = || place.fault(kind, 0, "such a log", "something else");
    let text = str::from_utf8(input).map_err(|_| other())?;
    let format = FORMATS.iter().find(|format| format.kind == kind);
    let format = format
        .filter(|format| (format.is)(text))
        .ok_or_else(other)?;
    let mut capture = (format.read)(text, limits)?.into_capture(kind);
    labels::add(&mut capture, text);
    Ok(capture)
}

/// What follows `mark` in a line, wherever it stands: logs put time, level and logger before it.
fn after<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    Some(line.split_once(mark)?.1)
}
