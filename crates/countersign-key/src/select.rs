//! Picks the key out of a file, in whatever wrapping.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::kind::{self, Algorithm, Kind};
use crate::pem::{self, PemError};
use crate::{KeyError, MAX_INPUT, SecretBytes, Wanted, der, identify};

/// One binary structure and what it is.
pub(crate) struct Piece {
    pub(crate) kind: Kind,
    pub(crate) contents: SecretBytes,
    /// The label of the block, if it came from PEM.
    label: Option<String>,
    traditional_encryption: bool,
}

/// The one piece in `input` that can be read as `wanted`.
pub(crate) fn select(input: &[u8], wanted: Wanted) -> Result<Piece, KeyError> {
    let mut pieces = if der::is_der(input) {
        from_der(input)?
    } else {
        from_pem(input, wanted)?
    };
    let absent = |found: &[Piece]| KeyError::NotFound {
        wanted,
        found: kinds(found),
    };
    if wanted == Wanted::PublicKey && pieces.iter().any(|piece| piece.kind.holds_private_key()) {
        pieces.retain(|piece| piece.kind.holds_private_key());
        return Err(absent(&pieces));
    }
    let count = pieces
        .iter()
        .filter(|piece| fits(piece.kind, wanted))
        .count();
    if count > 1 {
        return Err(KeyError::Several { wanted, count });
    }
    let Some(place) = pieces.iter().position(|piece| fits(piece.kind, wanted)) else {
        return Err(absent(&pieces));
    };
    let piece = pieces.swap_remove(place);
    piece.check()?;
    Ok(piece)
}

fn from_der(input: &[u8]) -> Result<Vec<Piece>, KeyError> {
    if input.len() > MAX_INPUT {
        return Err(KeyError::TooLarge {
            limit: MAX_INPUT,
            found: input.len(),
        });
    }
    let kind = identify(input);
    if kind == Kind::Unknown {
        der::whole_sequence(input).map_err(KeyError::Der)?;
    }
    let contents = SecretBytes::new(input.to_vec());
    Ok(vec![Piece {
        kind,
        contents,
        label: None,
        traditional_encryption: false,
    }])
}

fn from_pem(input: &[u8], wanted: Wanted) -> Result<Vec<Piece>, KeyError> {
    let blocks = pem::blocks(input).map_err(|damage| match damage {
        PemError::OtherFormat { found } => KeyError::NotFound {
            wanted,
            found: vec![found],
        },
        other => KeyError::Pem(other),
    })?;
    Ok(blocks.into_iter().map(Piece::from_block).collect())
}

fn kinds(pieces: &[Piece]) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for piece in pieces {
        if !kinds.contains(&piece.kind) {
            kinds.push(piece.kind);
        }
    }
    kinds
}

const fn fits(kind: Kind, wanted: Wanted) -> bool {
    match wanted {
        Wanted::Certificate => matches!(kind, Kind::Certificate),
        Wanted::PrivateKey => matches!(
            kind,
            Kind::BarePrivateKey(Algorithm::Rsa)
                | Kind::EncryptedPrivateKey
                // Also `Other`, which is all that is known of a block too damaged to look into.
                | Kind::PrivateKey(Algorithm::Rsa | Algorithm::RsaPss | Algorithm::Other)
        ),
        Wanted::PublicKey => matches!(
            kind,
            Kind::BarePublicKey
                | Kind::PublicKey(Algorithm::Rsa | Algorithm::RsaPss | Algorithm::Other)
        ),
    }
}

impl Piece {
    pub(crate) fn from_block(block: pem::Block) -> Self {
        let kind = block.kind();
        let traditional_encryption = block.is_traditionally_encrypted();
        let (label, contents) = block.into_parts();
        Self {
            kind,
            contents,
            label: Some(label),
            traditional_encryption,
        }
    }

    /// A structure that came out of another one, such as a decrypted key.
    pub(crate) fn inner(contents: SecretBytes) -> Self {
        let kind = identify(contents.expose_secret());
        Self {
            kind,
            contents,
            label: None,
            traditional_encryption: false,
        }
    }

    fn check(&self) -> Result<(), KeyError> {
        if self.traditional_encryption {
            return Err(KeyError::TraditionalEncryption);
        }
        der::whole_sequence(self.contents.expose_secret()).map_err(KeyError::Der)?;
        if let (Some(label), Some(expected)) = (&self.label, kind::label_of(self.kind))
            && label != expected
        {
            return Err(KeyError::Mislabelled {
                label: label.clone(),
                holds: self.kind,
                expected,
            });
        }
        Ok(())
    }
}
