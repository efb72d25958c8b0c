//! The name of a profile, which is a file name on every system.

use core::fmt;
use core::str::FromStr;

const LONGEST: usize = 64;

/// Lower-case letters, digits, `.`, `_` and `-`, the first a letter or digit: no path, no hidden
/// file, and no two names that a file system without case takes for one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(String);

impl Name {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The nearest name to a label of another program.
    pub(crate) fn from_label(label: &str) -> Option<Self> {
        let mut name = String::new();
        for letter in label.chars() {
            if letter.is_ascii_alphanumeric() {
                name.push(letter.to_ascii_lowercase());
            } else if !name.is_empty() && !name.ends_with('-') {
                name.push('-');
            }
            if name.len() == LONGEST {
                break;
            }
        }
        name.trim_end_matches('-').parse().ok()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no name.
#[derive(Debug, thiserror::Error)]
#[error(
    "a name of a profile is 1 to {LONGEST} lower-case letters, digits, '.', '_' and '-', and begins with a letter or digit"
)]
pub(crate) struct NoName;

impl FromStr for Name {
    type Err = NoName;

    fn from_str(text: &str) -> Result<Self, NoName> {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let mut bytes = text.bytes();
        let begins = bytes.next().is_some_and(is_plain);
        let goes_on = bytes.all(|byte| is_plain(byte) || matches!(byte, b'.' | b'_' | b'-'));
        if begins && goes_on && text.len() <= LONGEST && !is_device(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoName)
        }
    }
}

/// Windows takes these for devices, whatever follows a dot.
fn is_device(text: &str) -> bool {
    let stem = text.split('.').next().unwrap_or_default();
    matches!(stem, "con" | "prn" | "aux" | "nul")
        || ["com", "lpt"].iter().any(|start| {
            stem.strip_prefix(start)
                .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
        })
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn names_that_are_no_file_names_are_refused() {
        for good in [
            "acme",
            "a",
            "7",
            "acme-sandbox",
            "acme.eu_1",
            "com10",
            "a..b",
        ] {
            assert!(good.parse::<Name>().is_ok(), "{good}");
        }
        let long = "a".repeat(65);
        for bad in [
            "", ".", "..", "../x", "a/b", "a\\b", "-a", ".a", "_a", "Acme", "a b", "a\n", "ä",
            "nul", "con.x", "com1", "a\0", &long,
        ] {
            assert!(bad.parse::<Name>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn labels_become_names() {
        for (label, name) in [
            ("Search / By colour", Some("search-by-colour")),
            ("../../etc/passwd", Some("etc-passwd")),
            ("ÄÖ", None),
            ("nul", None),
        ] {
            assert_eq!(
                Name::from_label(label).as_ref().map(Name::as_str),
                name,
                "{label}"
            );
        }
        assert_eq!(
            Name::from_label(&"a".repeat(99)).unwrap().as_str().len(),
            64
        );
    }
}
