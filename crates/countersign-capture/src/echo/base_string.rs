//! Base strings inside other texts.

use crate::unescape::{self, Layer, SEPARATORS};

use super::{Echo, EchoKind, EchoOrigin, MAX_ECHOES};

/// The words that announce a base string, the most telling first.
///
/// # Background
///
/// `debug_sbs` PECL, Flickr, Etsy; `oauth_signature_base_string` net.oauth (Jira); "acceptable"
/// Mastercard; "expected" python-oauth2 (Yelp, Khan, Dropbox); `base_string` Google;
/// `oauth_problem_advice` LinkedIn.
const MARKERS: [&str; 8] = [
    "debug_sbs",
    "oauth_signature_base_string",
    "acceptable signature base string",
    "expected signature base string",
    "signature base string",
    "base_string",
    "base string",
    "oauth_problem_advice",
];

const METHODS: [&[u8]; 9] = [
    b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT",
];

/// JSON escapes that can stand inside a base string; any other one ends it.
const ESCAPES: [&str; 4] = ["\\u0026", "\\/", "\\\\u0026", "\\\\/"];

/// How far before a base string its marker may stand.
const MARKER_WINDOW: usize = 80;

/// Finds base strings by their shape: method, some spelling of `&`, `http`.
pub(crate) fn find(text: &str) -> Vec<Echo> {
    let mut echoes = Vec::new();
    let mut from = 0_usize;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("http")) {
        let http = from.saturating_add(at);
        from = http.saturating_add(4);
        let Some(found) = Found::before(text, http) else {
            continue;
        };
        // Whatever comes of it, these bytes are not looked at again.
        let end = http.saturating_add(found.length(text, http));
        echoes.extend(found.take(text, end));
        if echoes.len() >= MAX_ECHOES {
            break;
        }
        from = end.max(from);
    }
    echoes
}

/// The beginning of a base string.
struct Found {
    start: usize,
    layer: Option<Layer>,
    marker: Option<&'static str>,
}

impl Found {
    /// Looks back from `http` for a separator and a method.
    fn before(text: &str, http: usize) -> Option<Self> {
        let head = text.as_bytes().get(..http)?;
        let (method_end, layer) = SEPARATORS.iter().find_map(|(mark, layer)| {
            let split = head.len().checked_sub(mark.len())?;
            head.get(split..)?
                .eq_ignore_ascii_case(mark.as_bytes())
                .then_some((split, *layer))
        })?;
        let head = head.get(..method_end)?;
        let start = METHODS.iter().find_map(|method| {
            let split = head.len().checked_sub(method.len())?;
            head.get(split..)?
                .eq_ignore_ascii_case(method)
                .then_some(split)
        })?;
        let window = head
            .get(start.saturating_sub(MARKER_WINDOW)..start)
            .unwrap_or_default()
            .to_ascii_lowercase();
        let marker = MARKERS
            .iter()
            .find(|marker| {
                window
                    .windows(marker.len())
                    .any(|part| part == marker.as_bytes())
            })
            .copied();
        Some(Self {
            start,
            layer,
            marker,
        })
    }

    /// Takes the layers off.
    fn take(&self, text: &str, end: usize) -> Option<Echo> {
        let raw = text.get(self.start..end)?;
        let (mut value, layers) = unescape::peel(raw)?.into_parts();
        if self.layer.is_none() && self.marker != Some("debug_sbs") {
            cut_after_parameters(&mut value);
        }
        Some(Echo {
            kind: EchoKind::BaseString,
            origin: EchoOrigin::Provider,
            marker: self.marker,
            text: value,
            layers,
        })
    }

    /// How many bytes from `http` on belong to the base string.
    fn length(&self, text: &str, http: usize) -> usize {
        let rest = text.get(http..).unwrap_or("");
        let opened = self
            .start
            .checked_sub(1)
            .and_then(|at| text.as_bytes().get(at).copied());
        let closing = match opened {
            Some(b'\'') => b'\'',
            Some(b'[') => b']',
            Some(b'(') => b')',
            _ => b'"',
        };
        // PECL puts the raw base string, blanks and all, at the very end of the body.
        let to_the_end = self.layer.is_none() && self.marker == Some("debug_sbs");
        let ends = |(at, byte): (usize, u8)| match byte {
            b'\n' | b'\r' | b'"' | b'<' | b'>' | b'`' => true,
            b' ' | b'\t' => !to_the_end,
            b'\\' => {
                let escape = rest.get(at..).unwrap_or("");
                !ESCAPES.iter().any(|known| escape.starts_with(known))
            }
            b'&' => match self.layer {
                Some(Layer::Percent) => true,
                Some(Layer::Html) => {
                    let escape = rest.get(at..).unwrap_or("");
                    unescape::entity(escape).is_none_or(|(character, _)| character != '&')
                }
                Some(Layer::Json) | None => false,
            },
            b',' | b';' | b']' | b'}' | b')' | b'\'' if self.layer == Some(Layer::Percent) => true,
            byte => byte == closing,
        };
        rest.bytes()
            .enumerate()
            .position(ends)
            .unwrap_or(rest.len())
    }
}

/// A raw base string has two `&`; what follows a third is the next field of a form body, unless
/// the parameters were left unencoded by mistake.
fn cut_after_parameters(value: &mut String) {
    let mut marks = value.match_indices('&').map(|(at, _)| at);
    let (Some(_), Some(second), Some(third)) = (marks.next(), marks.next(), marks.next()) else {
        return;
    };
    let encoded = value
        .get(second..third)
        .is_some_and(|parameters| !parameters.contains('='));
    if encoded {
        value.truncate(third);
    }
}
