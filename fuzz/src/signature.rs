use countersign_signature::{Hash, Methods, Signature, body_hash};

use crate::split;

/// A signature as text in the first line, the body it may be the hash of behind it.
///
/// A signature has one spelling only; a body's own hash is right and any other is not; a method is found by its very name.
pub fn signature(data: &[u8]) {
    let (head, body) = split::once(data, b"\n");
    let Some(text) = split::text(head) else {
        return;
    };
    match Signature::parse_base64(text) {
        Ok(signature) => {
            assert_eq!(signature.to_base64(), text);
            assert_eq!(
                Signature::from_bytes(signature.as_bytes()).to_base64(),
                text
            );
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    assert_eq!(
        Signature::parse_base64(&Signature::from_bytes(data).to_base64()).is_ok(),
        !data.is_empty()
    );
    for hash in [Hash::Sha1, Hash::Sha256, Hash::Sha512] {
        let right = body_hash::compute(hash, body);
        assert!(body_hash::check(hash, body, &right).is_ok());
        assert_eq!(body_hash::check(hash, body, text).is_ok(), text == right);
    }
    if let Some(method) = Methods::standard().find(text) {
        assert!(!method.name().is_empty());
    }
}
