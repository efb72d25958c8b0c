//! Header fields as they were sent: order, spelling and repeats kept.

use core::fmt;
use core::str;

/// One header field. `Debug` shows the name and the length of the value only.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    name: String,
    value: Vec<u8>,
}

impl Header {
    /// The name in the spelling of the input.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value without the blanks around it, otherwise byte for byte.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// The value as text, if it is UTF-8.
    #[must_use]
    pub fn value_str(&self) -> Option<&str> {
        str::from_utf8(&self.value).ok()
    }

    /// Whether the name is `name`, ASCII case ignored.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value } = self;
        write!(f, "{name}: [{} bytes]", value.len())
    }
}

/// The header fields of one message, in order of arrival.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<Header>);

impl Headers {
    /// No headers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field at the end.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) {
        self.0.push(Header {
            name: name.into(),
            value: value.into(),
        });
    }

    /// All fields, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Header> {
        self.0.iter()
    }

    /// All fields called `name` (ASCII case ignored), in order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Header> {
        self.0.iter().filter(move |header| header.is(name))
    }

    /// The first field called `name` (ASCII case ignored).
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&Header> {
        self.0.iter().find(|header| header.is(name))
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}
