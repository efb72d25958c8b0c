//! What things are known by without being kept themselves.

use sha2::{Digest as _, Sha256};

pub(crate) type Digest = [u8; 32];

/// SHA-256 of parts that can't run into one another; `purpose` keeps digests of the same parts for
/// different ends apart.
pub(crate) fn of(purpose: &'static str, parts: &[&[u8]]) -> Digest {
    let mut hash = Sha256::new();
    for part in core::iter::once(&purpose.as_bytes()).chain(parts) {
        // A length never has more than 64 bits.
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_purposes_do_not_run_into_one_another() {
        let all = [
            of("a", &[]),
            of("a", &[b""]),
            of("a", &[b"b"]),
            of("ab", &[]),
            of("a", &[b"b", b"c"]),
            of("a", &[b"bc"]),
            of("a", &[b"", b"bc"]),
        ];
        for (index, one) in all.iter().enumerate() {
            assert!(all.iter().skip(index + 1).all(|other| other != one));
        }
    }
}
