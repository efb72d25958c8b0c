//! The textual wrapping of keys and certificates (RFC 7468), read strictly enough to name what
//! happened to a file and leniently enough for what every other reader takes.
//!
//! Taken without a word: text before, between and after the blocks, any line ends, blanks at the
//! end of a line, base64 lines of any length, headers as RFC 1421 has them. Refused by name:
//! everything in [`PemError`], even where the intent is plain, because the next program that reads
//! the same file would stumble. [`repair`] mends what can be mended without a guess.

mod base64;
mod damage;
mod repair;
mod scan;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use damage::{Base64Damage, PemError};
pub use repair::{Repair, Repaired, repair};

use crate::{Kind, SecretBytes, identify, kind};

/// The most blocks one file may hold.
pub const MAX_BLOCKS: usize = 64;

/// One block between a `BEGIN` and an `END` line, its base64 decoded.
pub struct Block {
    label: String,
    contents: SecretBytes,
    offset: usize,
    traditional_encryption: bool,
}

impl Block {
    /// The label, such as `RSA PRIVATE KEY`.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The decoded contents, normally DER. They are wiped on drop, whatever they are.
    #[must_use]
    pub fn contents(&self) -> &[u8] {
        self.contents.expose_secret()
    }

    /// Where the `BEGIN` line starts, in bytes from the start of the input.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Whether the header says `Proc-Type: 4,ENCRYPTED`: the encryption of OpenSSL before PKCS#8,
    /// whose key comes from one round of MD5.
    #[must_use]
    pub const fn is_traditionally_encrypted(&self) -> bool {
        self.traditional_encryption
    }

    pub(crate) fn into_parts(self) -> (String, SecretBytes) {
        (self.label, self.contents)
    }

    /// What the contents are: by their structure, and by the label where that says nothing.
    #[must_use]
    pub fn kind(&self) -> Kind {
        if self.traditional_encryption {
            return Kind::EncryptedPrivateKey;
        }
        match identify(self.contents()) {
            Kind::Unknown => kind::by_label(&self.label),
            found => found,
        }
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            label,
            contents,
            offset,
            traditional_encryption,
        } = self;
        f.debug_struct("Block")
            .field("label", label)
            .field("contents", contents)
            .field("offset", offset)
            .field("traditional_encryption", traditional_encryption)
            .finish()
    }
}

/// Reads all blocks of a PEM file, in order.
///
/// # Errors
///
/// [`PemError`] for the first damage, or if there is no block at all.
///
/// # Examples
///
/// ```
/// use countersign_key::pem;
///
/// let blocks = pem::blocks(b"for the books\n-----BEGIN NOTE-----\nQUJD\n-----END NOTE-----\n")?;
/// assert_eq!(blocks[0].label(), "NOTE");
/// assert_eq!(blocks[0].contents(), b"ABC");
///
/// let refused = pem::blocks(br"-----BEGIN NOTE-----\nQUJD\n-----END NOTE-----").unwrap_err();
/// assert_eq!(refused, pem::PemError::LiteralNewline { offset: 20 });
/// # Ok::<(), pem::PemError>(())
/// ```
pub fn blocks(input: &[u8]) -> Result<Vec<Block>, PemError> {
    scan::blocks(input)
}

/// Writes one block in lines of 64 characters.
pub(crate) fn write(label: &str, der: &[u8]) -> SecretBytes {
    let room = der
        .len()
        .saturating_mul(2)
        .saturating_add(label.len().saturating_mul(2));
    let mut out = Vec::with_capacity(room.saturating_add(64));
    write_boundary("BEGIN", label, &mut out);
    base64::encode_lines(der, &mut out);
    write_boundary("END", label, &mut out);
    SecretBytes::new(out)
}

fn write_boundary(which: &str, label: &str, out: &mut Vec<u8>) {
    for part in ["-----", which, " ", label, "-----\n"] {
        out.extend_from_slice(part.as_bytes());
    }
}
