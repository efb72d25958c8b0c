//! Finds the blocks line by line and names what stands in the way.

use alloc::string::String;
use alloc::vec::Vec;

use crate::pem::{Block, MAX_BLOCKS, PemError, base64};
use crate::{Kind, MAX_INPUT, SecretBytes, identify};

pub(super) const BEGIN: &[u8] = b"-----BEGIN ";
pub(super) const END: &[u8] = b"-----END ";
const HYPHENS: &[u8] = b"-----";

pub(super) fn blocks(input: &[u8]) -> Result<Vec<Block>, PemError> {
    check_whole(input)?;
    let mut blocks = Vec::new();
    let mut open: Option<Open> = None;
    for line in lines(input) {
        match (boundary(line, open.is_some())?, open.take()) {
            (None, still_open) => open = still_open,
            (Some(Boundary::Begin(label)), None) => {
                if blocks.len() >= MAX_BLOCKS {
                    return Err(PemError::TooManyBlocks { limit: MAX_BLOCKS });
                }
                if label.starts_with("PGP ") {
                    return Err(PemError::OtherFormat {
                        found: Kind::OpenPgp,
                    });
                }
                open = Some(Open {
                    label,
                    offset: line.start,
                    body: line.next,
                });
            }
            (Some(Boundary::Begin(_)), Some(earlier)) => return Err(earlier.unclosed()),
            (Some(Boundary::End(_)), None) => {
                return Err(PemError::BeginMissing { offset: line.start });
            }
            (Some(Boundary::End(end)), Some(begun)) => {
                if begun.label != end {
                    return Err(PemError::LabelMismatch {
                        begin: begun.label,
                        end,
                        offset: line.start,
                    });
                }
                blocks.push(begun.close(input, line.start)?);
            }
        }
    }
    if let Some(open) = open {
        return Err(open.unclosed());
    }
    if blocks.is_empty() {
        return Err(without_block(input));
    }
    Ok(blocks)
}

/// What ails the file as a whole, before any line is looked at.
fn check_whole(input: &[u8]) -> Result<(), PemError> {
    if input.len() > MAX_INPUT {
        return Err(PemError::TooLarge {
            limit: MAX_INPUT,
            found: input.len(),
        });
    }
    let text = input.trim_ascii();
    if text.starts_with(b"{\\rtf") {
        return Err(PemError::OtherFormat {
            found: Kind::RichText,
        });
    }
    match (text.first(), text.last()) {
        (None, _) => return Err(PemError::Empty),
        (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')) => {
            // A web key has no PEM inside.
            return Err(match find(text, BEGIN) {
                Some(_) => PemError::Json,
                None => PemError::OtherFormat { found: Kind::Json },
            });
        }
        (Some(b'"'), Some(b'"')) | (Some(b'\''), Some(b'\'')) if text.len() > 1 => {
            return Err(PemError::Json);
        }
        _ => {}
    }
    match input {
        [0xef, 0xbb, 0xbf, ..] => Err(PemError::ByteOrderMark),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(PemError::Utf16),
        [0, b'-', ..] | [b'-', 0, ..] => Err(PemError::Utf16),
        _ => Ok(()),
    }
}

struct Open {
    label: String,
    offset: usize,
    body: usize,
}

impl Open {
    fn unclosed(self) -> PemError {
        PemError::EndMissing {
            label: self.label,
            offset: self.offset,
        }
    }

    fn close(self, input: &[u8], end: usize) -> Result<Block, PemError> {
        let body = input.get(self.body..end).unwrap_or_default();
        let mut skipped = 0;
        let mut traditional_encryption = false;
        // Headers hold a colon, base64 never does.
        for line in lines(body) {
            let text = line.text.trim_ascii();
            if !text.contains(&b':') {
                if text.is_empty() {
                    continue;
                }
                break;
            }
            traditional_encryption |=
                text.starts_with(b"Proc-Type") && text.ends_with(b"ENCRYPTED");
            skipped = line.next;
        }
        let text = body.get(skipped..).unwrap_or_default();
        let contents =
            base64::decode(text, self.body.saturating_add(skipped)).map_err(PemError::Base64)?;
        if contents.is_empty() {
            return Err(PemError::EmptyBlock {
                offset: self.offset,
            });
        }
        Ok(Block {
            label: self.label,
            contents: SecretBytes::from_zeroizing(contents),
            offset: self.offset,
            traditional_encryption,
        })
    }
}

#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) text: &'a [u8],
    pub(super) start: usize,
    pub(super) next: usize,
}

/// Lines ended by LF, CR LF or a lone CR, without the line end.
pub(super) fn lines(input: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0_usize;
    core::iter::from_fn(move || {
        let rest = input.get(start..).filter(|rest| !rest.is_empty())?;
        let length = rest
            .iter()
            .position(|b| matches!(b, b'\n' | b'\r'))
            .unwrap_or(rest.len());
        let (text, tail) = rest.split_at_checked(length)?;
        let ending = match tail {
            [b'\r', b'\n', ..] => 2,
            [_, ..] => 1,
            [] => 0,
        };
        let next = start.saturating_add(length).saturating_add(ending);
        let line = Line { text, start, next };
        start = next;
        Some(line)
    })
}

enum Boundary {
    Begin(String),
    End(String),
}

fn boundary(line: Line<'_>, inside: bool) -> Result<Option<Boundary>, PemError> {
    let text = line.text.trim_ascii_end();
    let is_begin = text.starts_with(BEGIN);
    if is_begin || text.starts_with(END) {
        let prefix = if is_begin { BEGIN.len() } else { END.len() };
        let label = label(text.get(prefix..).unwrap_or_default(), line.start, prefix)?;
        return Ok(Some(if is_begin {
            Boundary::Begin(label)
        } else {
            Boundary::End(label)
        }));
    }
    if let Some(place) = find(text, BEGIN).or_else(|| find(text, END)) {
        let before = text.get(..place).unwrap_or_default();
        return Err(if before.trim_ascii().is_empty() {
            PemError::Indented { offset: line.start }
        } else if before.iter().all(|&b| b == b'-') {
            PemError::Boundary { offset: line.start }
        } else if let Some(escape) = find_escape(before) {
            PemError::LiteralNewline {
                offset: line.start.saturating_add(escape),
            }
        } else {
            PemError::MissingLineBreaks {
                offset: line.start.saturating_add(place),
            }
        });
    }
    if inside
        && !text.contains(&b':')
        && let Some(escape) = find_escape(text)
    {
        return Err(PemError::LiteralNewline {
            offset: line.start.saturating_add(escape),
        });
    }
    if starts_with_dash(text) {
        if find(text, b"BEGIN SSH2").is_some() {
            return Err(PemError::OtherFormat {
                found: Kind::OpenSshPublicKey,
            });
        }
        let upper = text.to_ascii_uppercase();
        if find(&upper, b"BEGIN ")
            .or_else(|| find(&upper, b"END "))
            .is_some()
        {
            return Err(PemError::Boundary { offset: line.start });
        }
    }
    Ok(None)
}

/// The label from what follows `-----BEGIN `, and nothing may follow its closing hyphens.
fn label(text: &[u8], start: usize, prefix: usize) -> Result<String, PemError> {
    let length = find(text, HYPHENS).ok_or(PemError::Boundary { offset: start })?;
    let after = text
        .get(length.saturating_add(HYPHENS.len())..)
        .unwrap_or_default();
    let offset = start
        .saturating_add(prefix)
        .saturating_add(length)
        .saturating_add(HYPHENS.len());
    match after {
        [] => {}
        [b'\\', ..] if is_escape(after) => return Err(PemError::LiteralNewline { offset }),
        // Six hyphens, or the next boundary glued on.
        [b'-', ..] if find(after, BEGIN).is_none() => {
            return Err(PemError::Boundary { offset: start });
        }
        _ => return Err(PemError::MissingLineBreaks { offset }),
    }
    let label = text.get(..length).unwrap_or_default();
    let printable = label.iter().all(|b| matches!(b, 0x20..=0x7e)) && label.len() <= 64;
    match core::str::from_utf8(label) {
        Ok(label) if printable => Ok(String::from(label)),
        _ => Err(PemError::Boundary { offset: start }),
    }
}

/// Hyphen-minus, or what word processors make of it.
fn starts_with_dash(text: &[u8]) -> bool {
    matches!(
        text.trim_ascii_start(),
        [b'-', ..] | [0xe2, 0x80, 0x90..=0x95, ..] | [0xe2, 0x88, 0x92, ..]
    )
}

pub(super) fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len().max(1))
        .position(|window| window == what)
}

/// Backslashes (two, if the text was escaped twice) with n or r behind them.
fn is_escape(text: &[u8]) -> bool {
    let backslashes = text.iter().take_while(|byte| **byte == b'\\').count();
    backslashes > 0 && matches!(text.get(backslashes), Some(b'n' | b'r'))
}

/// A backslash with n or r behind it.
fn find_escape(text: &[u8]) -> Option<usize> {
    text.windows(2)
        .position(|window| matches!(window, [b'\\', b'n' | b'r']))
}

/// Why there is no block in a file that has no line with BEGIN or END.
fn without_block(input: &[u8]) -> PemError {
    const OTHERS: &[(&[u8], Kind)] = &[
        (b"<RSAKeyValue>", Kind::XmlKey),
        (b"PK\x03\x04", Kind::Archive),
        (b"\x1f\x8b\x08", Kind::Archive),
        (b"PuTTY-User-Key-File", Kind::PuttyPrivateKey),
        (b"ssh-rsa ", Kind::OpenSshPublicKey),
        (b"ssh-dss ", Kind::OpenSshPublicKey),
        (b"ssh-ed25519 ", Kind::OpenSshPublicKey),
        (b"ecdsa-sha2-", Kind::OpenSshPublicKey),
    ];
    let text = input.trim_ascii();
    if let Some((_, found)) = OTHERS.iter().find(|(start, _)| text.starts_with(start)) {
        return PemError::OtherFormat { found: *found };
    }
    match identify(input) {
        Kind::Unknown => {}
        found => return PemError::OtherFormat { found },
    }
    if input.contains(&0) || core::str::from_utf8(input).is_err() {
        return PemError::Binary;
    }
    if is_page(text) {
        return PemError::OtherFormat { found: Kind::Html };
    }
    if text.starts_with(b"-----BEGIN+") || text.starts_with(b"-----BEGIN%20") {
        return PemError::PercentEncoded;
    }
    // A sequence of more than 127 bytes.
    if is_hexadecimal(text) && matches!(text, [b'3', b'0', b'8', ..]) {
        return PemError::Hexadecimal;
    }
    // The base64 of "-----BEGIN".
    if text.starts_with(b"LS0tLS1CRUdJTi") {
        return PemError::Base64OfPem;
    }
    let inside = base64::decode(text, 0).map_or(Kind::Unknown, |der| identify(&der));
    if matches!(inside, Kind::JavaKeyStore | Kind::Pkcs12) {
        return PemError::Base64OfBinary { found: inside };
    }
    if inside != Kind::Unknown || text.starts_with(b"MII") {
        let blanks = input.len().saturating_sub(input.trim_ascii_start().len());
        return PemError::BeginMissing { offset: blanks };
    }
    PemError::NoBlock
}

/// Whether a text is a web page.
fn is_page(text: &[u8]) -> bool {
    let starts = |with: &[u8]| {
        text.get(..with.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(with))
    };
    starts(b"<!doctype html") || starts(b"<html")
}

/// Whether a text is hexadecimal digits, with colons or blanks between them or not.
fn is_hexadecimal(text: &[u8]) -> bool {
    text.len() > 64
        && text
            .iter()
            .all(|byte| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace() || *byte == b':')
}
