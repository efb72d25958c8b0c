//! The fields of a multipart body, as clients sign them by mistake.

use super::Field;

/// More parts are not read.
const PARTS: usize = 64;

/// A larger part is a file, whose content nobody signs by mistake.
const CONTENT: usize = 16 << 10;

/// One part.
struct Part<'a> {
    name: &'a [u8],
    file_name: Option<&'a [u8]>,
    content: &'a [u8],
}

/// What the fields of `body` may have been taken for.
pub(super) fn readings(content_type: Option<&str>, body: &[u8]) -> Vec<(Vec<Field>, &'static str)> {
    let parts = parts(body);
    if parts.is_empty() {
        let is_multipart = content_type.is_some_and(|text| {
            text.trim_start()
                .to_ascii_lowercase()
                .starts_with("multipart/")
        });
        return if is_multipart {
            vec![(loose(body), "the texts name=value in it")]
        } else {
            Vec::new()
        };
    }
    let files = parts.iter().any(|part| part.file_name.is_some());
    let all = |with: &dyn Fn(&Part<'_>) -> Option<Vec<u8>>| -> Vec<Field> {
        parts
            .iter()
            .filter_map(|part| Some((part.name.to_vec(), Some(with(part)?))))
            .collect()
    };
    let text = |part: &Part<'_>| {
        let is_text = part.file_name.is_none() && part.content.len() <= CONTENT;
        is_text.then(|| part.content.to_vec())
    };
    let mut readings = vec![(all(&text), "")];
    if !files {
        return readings;
    }
    // The texts together with the files, each kind of client in its own way.
    let file = |with: &dyn Fn(&[u8]) -> Vec<u8>| {
        all(&|part| {
            part.file_name
                .map_or_else(|| text(part), |name| Some(with(name)))
        })
    };
    readings.extend([
        (
            file(&|name| [b"@", name].concat()),
            "files as @ and their name",
        ),
        (file(&<[u8]>::to_vec), "files by their name"),
        (file(&|_| Vec::new()), "files as empty values"),
        (
            all(&|part| (part.content.len() <= CONTENT).then(|| part.content.to_vec())),
            "files with their content",
        ),
    ]);
    readings.retain(|(fields, _)| !fields.is_empty());
    readings
}

/// The parts that have a name. The boundary is the first line: it need not be looked up, and is
/// right even where the header says another.
fn parts(body: &[u8]) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let start = body.trim_ascii_start();
    if !start.starts_with(b"--") {
        return parts;
    }
    let end = start
        .iter()
        .position(|byte| matches!(byte, b'\r' | b'\n'))
        .unwrap_or(start.len());
    let (boundary, mut rest) = start.split_at(end);
    if boundary.len() < 3 {
        return parts;
    }
    while parts.len() < PARTS {
        rest = line_end(rest);
        let Some(next) = find(rest, boundary) else {
            return parts;
        };
        let (part, after) = rest.split_at(next);
        parts.extend(read(part));
        rest = after.get(boundary.len()..).unwrap_or_default();
        if rest.starts_with(b"--") {
            return parts;
        }
    }
    parts
}

fn line_end(text: &[u8]) -> &[u8] {
    let text = text.strip_prefix(b"\r").unwrap_or(text);
    text.strip_prefix(b"\n").unwrap_or(text)
}

/// Fields, an empty line, the content, a line end.
fn read(part: &[u8]) -> Option<Part<'_>> {
    let (head, content) = match find(part, b"\r\n\r\n") {
        Some(at) => (part.get(..at)?, part.get(at.checked_add(4)?..)?),
        None => {
            let at = find(part, b"\n\n")?;
            (part.get(..at)?, part.get(at.checked_add(2)?..)?)
        }
    };
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    Some(Part {
        name: attribute(head, b"name=")?,
        file_name: attribute(head, b"filename="),
        content,
    })
}

/// The value of an attribute of `Content-Disposition`, with or without quotes.
fn attribute<'a>(head: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut rest = head;
    while let Some(at) = find(rest, name) {
        let before = at.checked_sub(1).and_then(|before| rest.get(before));
        let value = rest.get(at.checked_add(name.len())?..)?;
        if matches!(before, Some(b' ' | b';' | b'\t')) {
            let (quote, value) = match value.strip_prefix(b"\"") {
                Some(value) => (true, value),
                None => (false, value),
            };
            let ends = |byte: &u8| match byte {
                b'"' => quote,
                b';' | b' ' => !quote,
                b'\r' | b'\n' => true,
                _ => false,
            };
            let end = value.iter().position(ends).unwrap_or(value.len());
            return value.get(..end);
        }
        rest = value;
    }
    None
}

/// Where `needle` begins. The needle's first octet is looked for by a quick search.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = needle.first()?;
    let mut from = 0_usize;
    loop {
        let rest = haystack.get(from..)?;
        let at = from.checked_add(rest.iter().position(|byte| byte == first)?)?;
        if haystack.get(at..)?.starts_with(needle) {
            return Some(at);
        }
        from = at.checked_add(1)?;
    }
}

/// The words `name=value` in any text.
fn loose(body: &[u8]) -> Vec<Field> {
    body.split(|byte| byte.is_ascii_whitespace() || *byte == b'&')
        .filter_map(|word| {
            let at = word.iter().position(|byte| *byte == b'=')?;
            let (name, value) = word.split_at(at);
            let value = value.get(1..)?.to_vec();
            (!name.is_empty()).then(|| (name.to_vec(), Some(value)))
        })
        .take(PARTS)
        .collect()
}
