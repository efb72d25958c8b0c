use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use countersign_encoding::{Decoder, Leniency, is_canonical, is_unreserved};

use super::fault::{PartsError, PartsErrorKind as Kind, StructureFault};
use super::{EncodedPair, Parts, UriParts};

/// No text in the wild is known with more; each costs a pass over the text.
const MAX_EXTRA_LAYERS: u8 = 3;

pub(super) fn parse_strict(text: &str) -> Result<Parts, PartsError> {
    let ends = |found| PartsError::new(Kind::MissingPart { found }, text.len());
    let (method, rest) = text.split_once('&').ok_or_else(|| ends(1))?;
    let (raw_uri, raw_parameters) = rest.split_once('&').ok_or_else(|| ends(2))?;
    let uri_at = method.len().saturating_add(1);
    let parameters_at = uri_at.saturating_add(raw_uri.len()).saturating_add(1);
    if let Some(place) = raw_parameters.find('&') {
        return Err(PartsError::new(
            Kind::StrayAmpersand,
            parameters_at.saturating_add(place),
        ));
    }
    for (part, offset) in [
        (method, 0),
        (raw_uri, uri_at),
        (raw_parameters, parameters_at),
    ] {
        if let Some(place) = first_uncanonical(part) {
            return Err(PartsError::new(
                Kind::NotCanonical,
                offset.saturating_add(place),
            ));
        }
    }
    if method.is_empty() {
        return Err(PartsError::new(Kind::NotCanonical, 0));
    }
    let uri = UriParts::divide(&decode_once(raw_uri));
    if !uri.is_well_formed() {
        return Err(PartsError::new(Kind::Uri, uri_at));
    }
    let mut parameters = Vec::new();
    for pair in pairs(raw_parameters, parameters_at) {
        if !pair.has_equals {
            let kind = if pair.name.is_empty() {
                Kind::EmptyPair
            } else {
                Kind::MissingEquals
            };
            return Err(PartsError::new(kind, pair.offset));
        }
        if !is_canonical(pair.name.as_bytes()) || !is_canonical(pair.value.as_bytes()) {
            return Err(PartsError::new(Kind::NotCanonical, pair.offset));
        }
        parameters.push(pair);
    }
    Ok(Parts {
        method: decode_once(method).into_owned(),
        uri,
        raw_uri: raw_uri.into(),
        raw_parameters: raw_parameters.into(),
        parameters,
        faults: Vec::new(),
    })
}

pub(super) fn parse_lenient(text: &str) -> Result<Parts, PartsError> {
    let mut faults = Vec::new();
    let trimmed = text.trim();
    if trimmed.len() != text.len() {
        faults.push(StructureFault::Blanks);
    }
    let text = undo_whole_encoding(trimmed, &mut faults);
    let Some((first, rest)) = text.split_once('&') else {
        return Err(PartsError::new(Kind::MissingPart { found: 1 }, text.len()));
    };
    let (method, raw_uri, raw_parameters) = if looks_like_uri(first) {
        faults.push(StructureFault::MissingMethod);
        ("", first, Some(rest))
    } else {
        match rest.split_once('&') {
            Some((raw_uri, raw_parameters)) => (first, raw_uri, Some(raw_parameters)),
            None => (first, rest, None),
        }
    };
    if raw_parameters.is_none() {
        faults.push(StructureFault::MissingParameters);
    }
    let raw_parameters = raw_parameters.unwrap_or_default();
    if raw_parameters.contains('&') {
        faults.push(StructureFault::ParametersNotEncoded);
    }

    let (uri, layers) = undo_extra_layers(decode_once(raw_uri), is_encoded_uri);
    if layers > 0 {
        faults.push(StructureFault::UriEncodedAgain { layers });
    }
    let uri = UriParts::divide(&uri);
    if uri.scheme().is_empty() {
        faults.push(StructureFault::UriNotAbsolute);
    }

    let (once_less, layers) = undo_extra_layers(Cow::Borrowed(raw_parameters), is_encoded_list);
    if layers > 0 {
        faults.push(StructureFault::ParametersEncodedAgain { layers });
    }
    Ok(Parts {
        method: decode_once(method).into_owned(),
        uri,
        raw_uri: raw_uri.into(),
        raw_parameters: raw_parameters.into(),
        parameters: pairs(&once_less, offset_within(&text, raw_parameters)).collect(),
        faults,
    })
}

/// The base string inside a text whose dividing ampersands are encoded.
fn undo_whole_encoding<'a>(text: &'a str, faults: &mut Vec<StructureFault>) -> Cow<'a, str> {
    let (text, layers) = undo_extra_layers(Cow::Borrowed(text), |text| {
        !text.contains('&') && text.contains("%26") || is_deeply_encoded(text)
    });
    if layers > 0 {
        faults.push(StructureFault::EncodedAsWhole { layers });
    }
    text
}

fn is_deeply_encoded(text: &str) -> bool {
    !text.contains('&') && text.contains("%2526")
}

fn undo_extra_layers<'a>(
    mut text: Cow<'a, str>,
    is_encoded: impl Fn(&str) -> bool,
) -> (Cow<'a, str>, u8) {
    let mut layers = 0;
    while layers < MAX_EXTRA_LAYERS && is_encoded(&text) {
        text = Cow::Owned(decode_once(&text).into_owned());
        layers = layers.saturating_add(1);
    }
    (text, layers)
}

/// A method holds no colon, a URI in any number of encodings does.
fn looks_like_uri(part: &str) -> bool {
    part.contains("://")
        || contains_ignoring_case(part, "%3A")
        || contains_ignoring_case(part, "%253A")
}

fn is_encoded_uri(uri: &str) -> bool {
    !uri.contains("://")
        && (contains_ignoring_case(uri, "%3A%2F%2F")
            || contains_ignoring_case(uri, "%253A%252F%252F"))
}

/// Whether a third part, all of its outer encoding still on, would have no equals sign once that is undone, but one later.
fn is_encoded_list(list: &str) -> bool {
    !list.contains('=')
        && !contains_ignoring_case(list, "%3D")
        && (contains_ignoring_case(list, "%253D") || contains_ignoring_case(list, "%25253D"))
}

fn contains_ignoring_case(text: &str, wanted: &str) -> bool {
    text.as_bytes()
        .windows(wanted.len())
        .any(|window| window.eq_ignore_ascii_case(wanted.as_bytes()))
}

/// The pairs of a third part, divided at its ampersands before anything is decoded, so that each keeps its place.
fn pairs(list: &str, offset: usize) -> impl Iterator<Item = EncodedPair> {
    let mut at = offset;
    let mut rest = (!list.is_empty()).then_some(list);
    core::iter::from_fn(move || {
        let text = rest?;
        let start = at;
        let (chunk, width) = match next_ampersand(text) {
            Some((place, width)) => (text.get(..place).unwrap_or_default(), width),
            None => (text, 0),
        };
        let used = chunk.len().saturating_add(width);
        rest = if width == 0 { None } else { text.get(used..) };
        at = at.saturating_add(used);
        let pair = decode_once(chunk);
        let divided = pair.split_once('=');
        let (name, value) = divided.unwrap_or((&pair, ""));
        Some(EncodedPair {
            name: name.into(),
            value: value.into(),
            has_equals: divided.is_some(),
            offset: start,
        })
    })
}

fn next_ampersand(text: &str) -> Option<(usize, usize)> {
    text.match_indices(['&', '%'])
        .find_map(|(place, found)| match found {
            "&" => Some((place, 1)),
            _ => text.get(place..)?.starts_with("%26").then_some((place, 3)),
        })
}

/// Undoes one layer of encoding; malformed triplets stay, octets that are no UTF-8 become U+FFFD.
pub(super) fn decode_once(text: &str) -> Cow<'_, str> {
    match Decoder::new()
        .with_leniency(Leniency::StrayPercent)
        .decode_bytes(text.as_bytes())
    {
        Ok(Cow::Owned(octets)) => Cow::Owned(
            String::from_utf8(octets)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into()),
        ),
        Ok(Cow::Borrowed(_)) | Err(_) => Cow::Borrowed(text),
    }
}

/// The first byte of `encoded` that no canonical encoding has.
fn first_uncanonical(encoded: &str) -> Option<usize> {
    let bytes = encoded.as_bytes();
    if is_canonical(bytes) {
        return None;
    }
    let mut at = 0_usize;
    while let Some(byte) = bytes.get(at) {
        let width = if *byte == b'%' { 3 } else { 1 };
        let next = at.saturating_add(width);
        let canonical =
            bytes.get(at..next).is_some_and(is_canonical) && (width == 3 || is_unreserved(*byte));
        if !canonical {
            return Some(at);
        }
        at = next;
    }
    None
}

fn offset_within(text: &str, part: &str) -> usize {
    text.len().saturating_sub(part.len())
}
