//! Closed vocabularies with stable names, as they stand in databases, audit logs and documents.

/// Declares an enum together with its names.
macro_rules! named {
    (
        $(#[$meta:meta])*
        pub enum $name:ident: $what:literal {
            $( $(#[$variant_meta:meta])* $variant:ident = $text:literal, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )*
        }

        impl $name {
            #[doc = concat!("Every ", $what, ", in order.")]
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name, as stored and printed.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            #[doc = concat!("Reads the stable name of one ", $what, ".")]
            ///
            /// # Errors
            /// [`UnknownName`](crate::UnknownName) if no such name exists; names are case-sensitive.
            pub fn parse(text: &str) -> Result<Self, crate::UnknownName> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|known| known.as_str() == text)
                    .ok_or(crate::UnknownName { expected: $what })
            }
        }

        impl core::str::FromStr for $name {
            type Err = crate::UnknownName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }
    };
}

/// `Display` is the stable name.
macro_rules! displayed_by_name {
    ($($name:ty),*) => {
        $(impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        })*
    };
}

pub(crate) use {displayed_by_name, named};

/// A text is none of the stable names of a vocabulary. It never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected the name of one {expected}, found another text")]
pub struct UnknownName {
    pub(crate) expected: &'static str,
}

impl UnknownName {
    /// What the text was to name.
    #[must_use]
    pub const fn expected(self) -> &'static str {
        self.expected
    }
}
