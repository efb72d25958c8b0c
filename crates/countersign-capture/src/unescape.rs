//! One unescaper for what lies between a value and the text that quotes it.

use core::fmt;

/// A way of escaping that was wrapped around a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Layer {
    /// HTML or XML entities: `&amp;`.
    Html,
    /// JSON string escapes: `\u0026`, `\/`.
    Json,
    /// Percent-encoding: `%26`.
    Percent,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Html => "HTML entities",
            Self::Json => "JSON escapes",
            Self::Percent => "percent-encoding",
        })
    }
}
