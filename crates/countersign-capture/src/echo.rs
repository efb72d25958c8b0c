//! What a provider tells about its own computation of the signature.

use core::fmt;

use crate::unescape::Layer;

/// What an [`Echo`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EchoKind {
    /// The base string the provider built.
    BaseString,
    /// The base string URI it built.
    BaseUri,
    /// The signature it expected.
    Signature,
    /// The body hash it computed.
    BodyHash,
}

/// A value that a provider computed and sent back. `Debug` shows its length only.
#[derive(Clone, PartialEq, Eq)]
pub struct Echo {
    pub(crate) kind: EchoKind,
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

    /// Whether it is a base string.
    #[must_use]
    pub fn is_base_string(&self) -> bool {
        self.kind == EchoKind::BaseString
    }

    /// The words that announced it, such as `debug_sbs=`; `None` for a bare one.
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
            marker,
            text,
            layers,
        } = self;
        f.debug_struct("Echo")
            .field("kind", kind)
            .field("marker", marker)
            .field("text", &format_args!("[{} bytes]", text.len()))
            .field("layers", layers)
            .finish()
    }
}
