//! What a provider tells about its own computation of the signature.

use core::fmt;

use crate::answer::OwnedAnswer;
use crate::unescape::{self, Layer};

pub(crate) mod base_string;
mod values;

#[cfg(test)]
mod tests;

/// What an [`Echo`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EchoKind {
    /// The base string the provider built.
    BaseString,
    /// The base string URI it built.
    BaseUri,
    /// The body hash it computed.
    BodyHash,
    /// The body hash it says it received, in the spelling in which it arrived there.
    ReceivedBodyHash,
    /// The signature it says it received, in the spelling in which it arrived there; empty if it
    /// received none.
    ReceivedSignature,
    /// The signature it expected.
    Signature,
}

/// Whose computation an [`Echo`] shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EchoOrigin {
    /// The client's own: its log or a dump of its request.
    Client,
    /// The provider's: its answer, or the log of a server.
    Provider,
    /// The input does not tell: a bare base string, or a dump that both sides can print.
    Unknown,
}

/// A value that one side computed, and printed or sent back: mostly the provider's, see
/// [`Echo::origin`]. `Debug` shows its length only.
///
/// # Examples
///
/// ```
/// use countersign_capture::EchoOrigin;
/// use countersign_capture::unescape::Layer;
///
/// let body = br#"{"error":"Invalid signature. Expected signature base string: GET\u0026https%3A%2F%2Fapi.example.com%2F\u0026a%3Db"}"#;
/// let capture = countersign_capture::read(body)?;
/// let echo = capture.echo().unwrap();
/// assert_eq!(echo.as_str(), "GET&https%3A%2F%2Fapi.example.com%2F&a%3Db");
/// assert_eq!(echo.marker(), Some("expected signature base string"));
/// assert_eq!(echo.layers(), [Layer::Json]);
/// assert_eq!(echo.origin(), EchoOrigin::Provider);
/// # Ok::<(), countersign_capture::CaptureError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Echo {
    pub(crate) kind: EchoKind,
    pub(crate) origin: EchoOrigin,
    pub(crate) marker: Option<&'static str>,
    pub(crate) text: String,
    pub(crate) layers: Vec<Layer>,
}

impl Echo {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> EchoKind {
        self.kind
    }

    /// Whose computation it shows.
    #[must_use]
    pub fn origin(&self) -> EchoOrigin {
        self.origin
    }

    /// Whether both are the same thing with the same value, from the same side.
    pub(crate) fn says(&self, other: &Self) -> bool {
        (self.kind, self.origin, &self.text) == (other.kind, other.origin, &other.text)
    }

    /// Whether it is a base string.
    #[must_use]
    pub fn is_base_string(&self) -> bool {
        self.kind == EchoKind::BaseString
    }

    /// The words that announced it, in lower case, such as `debug_sbs`; `None` for a bare one.
    #[must_use]
    pub fn marker(&self) -> Option<&'static str> {
        self.marker
    }

    /// The value with its transport layers taken off.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The layers that were taken off, outermost first.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }
}

impl fmt::Debug for Echo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            origin,
            marker,
            text,
            layers,
        } = self;
        f.debug_struct("Echo")
            .field("kind", kind)
            .field("origin", origin)
            .field("marker", marker)
            .field("text", &format_args!("[{} bytes]", text.len()))
            .field("layers", layers)
            .finish()
    }
}

/// More echoes than this are not collected from one text.
pub(crate) const MAX_ECHOES: usize = 16;

/// A base string that is the whole text.
pub(crate) fn whole(text: &str) -> Option<Echo> {
    let text = text.trim();
    if text.contains(['\n', '\r']) {
        return None;
    }
    let (text, layers) = unescape::peel(text)?.into_parts();
    Some(Echo {
        kind: EchoKind::BaseString,
        origin: EchoOrigin::Unknown,
        marker: None,
        text,
        layers,
    })
}

/// Everything in a text that a provider tells about its own computation.
pub(crate) fn in_text(text: &str) -> Vec<Echo> {
    let mut echoes = base_string::find(text);
    echoes.extend(values::find(text));
    echoes
}

/// [`in_text`] for the parts of an answer where such things stand, each value once.
pub(crate) fn in_answer(answer: &OwnedAnswer) -> Vec<Echo> {
    let mut echoes: Vec<Echo> = Vec::new();
    let body = String::from_utf8_lossy(answer.body());
    let texts = answer
        .challenges()
        .into_iter()
        .chain(answer.location())
        .chain([body.as_ref()]);
    for echo in texts.flat_map(in_text) {
        let known = echoes
            .iter()
            .any(|known| known.kind == echo.kind && known.text == echo.text);
        if !known && echoes.len() < MAX_ECHOES {
            echoes.push(echo);
        }
    }
    echoes
}
