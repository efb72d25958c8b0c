use countersign_store::{Domain, FingerprintKey};

use super::*;

#[test]
fn an_entry_comes_back() {
    let key = FingerprintKey::from_bytes([7; 16]);
    let entry = Entry {
        fingerprint: key.of(Domain::Nonce, &[b"a"]),
        consumer: key.of(Domain::Consumer, &[b"b"]),
        timestamp: UnixTime::from_seconds(-5),
    };
    let mut packed = Vec::new();
    entry.pack(&mut packed);
    let (chunks, rest) = packed.as_chunks::<ENTRY>();
    assert!(rest.is_empty());
    assert_eq!(Entry::unpack(&chunks[0]), Some(entry));
}
