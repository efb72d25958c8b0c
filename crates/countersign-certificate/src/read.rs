use countersign_key::pem::{self, Block, PemError};
use countersign_key::{Kind, MAX_INPUT, identify, is_der};

use crate::{Certificate, CertificateError};

/// The most certificates one file may hold.
pub const MAX_CERTIFICATES: usize = 32;

impl Certificate {
    /// Reads the one certificate of a file, PEM or DER.
    ///
    /// # Errors
    ///
    /// [`CertificateError`], which names the damage. A file that holds a private key is refused,
    /// even if a certificate stands beside it: such a file is about to be given away by mistake.
    /// For a file of your own that holds both there is
    /// [`read_beside_keys`](Self::read_beside_keys).
    pub fn read(input: &[u8]) -> Result<Self, CertificateError> {
        let mut certificates = Self::read_all(input)?;
        match (certificates.pop(), certificates.len()) {
            (Some(only), 0) => Ok(only),
            (None, _) => Err(CertificateError::NotFound { found: Vec::new() }),
            (Some(_), others) => Err(CertificateError::Several {
                count: others.saturating_add(1),
            }),
        }
    }

    /// Reads all certificates of a file, in order: at least one, PEM or DER.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_all(input: &[u8]) -> Result<Vec<Self>, CertificateError> {
        let blocks = match from_der(input)? {
            Some(certificate) => return Ok(vec![certificate]),
            None => blocks(input)?,
        };
        let private: Vec<Kind> = kinds(&blocks)
            .into_iter()
            .filter(|kind| kind.holds_private_key())
            .collect();
        if !private.is_empty() {
            return Err(CertificateError::NotFound { found: private });
        }
        from_blocks(&blocks)
    }

    /// Reads all certificates of a PEM or DER file and passes over the private keys beside them.
    ///
    /// # Background
    ///
    /// Some servers want key and certificate in one file, and `openssl pkcs12 -nodes` writes such
    /// files. Use this for files that stay on this machine, never for what somebody uploads.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), save for the private key.
    pub fn read_beside_keys(input: &[u8]) -> Result<Vec<Self>, CertificateError> {
        match from_der(input)? {
            Some(certificate) => Ok(vec![certificate]),
            None => from_blocks(&blocks(input)?),
        }
    }

    /// Reads the certificates of a PKCS#12 file, in order; there may be none.
    ///
    /// # Errors
    ///
    /// [`CertificateError::Pkcs12`] if the file can't be opened, else as [`read`](Self::read).
    #[cfg(feature = "pkcs12")]
    pub fn read_pkcs12(
        input: &[u8],
        passphrase: &countersign_key::Secret,
    ) -> Result<Vec<Self>, CertificateError> {
        let certificates = countersign_key::pkcs12::certificates(input, passphrase)
            .map_err(CertificateError::Pkcs12)?;
        check_count(certificates.len())?;
        certificates.iter().map(|der| Self::from_der(der)).collect()
    }
}

fn from_der(input: &[u8]) -> Result<Option<Certificate>, CertificateError> {
    if input.len() > MAX_INPUT {
        return Err(CertificateError::TooLarge {
            limit: MAX_INPUT,
            found: input.len(),
        });
    }
    if !is_der(input) {
        return Ok(None);
    }
    match identify(input) {
        Kind::Certificate => Certificate::from_der(input).map(Some),
        // A PEM label says what a certificate is; without one its own reader decides, so that both
        // agree on the same bytes.
        Kind::Unknown => Certificate::from_der(input).map(Some).or_else(|_| {
            countersign_key::check_der(input).map_err(CertificateError::Der)?;
            Err(CertificateError::NotFound {
                found: vec![Kind::Unknown],
            })
        }),
        found => Err(CertificateError::NotFound { found: vec![found] }),
    }
}

fn blocks(input: &[u8]) -> Result<Vec<Block>, CertificateError> {
    pem::blocks(input).map_err(|damage| match damage {
        PemError::OtherFormat { found } => CertificateError::NotFound { found: vec![found] },
        other => CertificateError::Pem(other),
    })
}

fn from_blocks(blocks: &[Block]) -> Result<Vec<Certificate>, CertificateError> {
    let chosen: Vec<&Block> = blocks
        .iter()
        .filter(|block| block.kind() == Kind::Certificate)
        .collect();
    if chosen.is_empty() {
        return Err(CertificateError::NotFound {
            found: kinds(blocks),
        });
    }
    check_count(chosen.len())?;
    chosen.into_iter().map(from_block).collect()
}

fn from_block(block: &Block) -> Result<Certificate, CertificateError> {
    match block.label() {
        "CERTIFICATE" | "X509 CERTIFICATE" => Certificate::from_der(block.contents()),
        label => Err(CertificateError::Mislabelled {
            label: label.to_owned(),
            holds: Kind::Certificate,
            expected: "CERTIFICATE",
        }),
    }
}

fn check_count(found: usize) -> Result<(), CertificateError> {
    if found > MAX_CERTIFICATES {
        return Err(CertificateError::TooMany {
            limit: MAX_CERTIFICATES,
            found,
        });
    }
    Ok(())
}

fn kinds(blocks: &[Block]) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for block in blocks {
        if !kinds.contains(&block.kind()) {
            kinds.push(block.kind());
        }
    }
    kinds
}
