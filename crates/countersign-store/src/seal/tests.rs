use countersign_key::{RandomError, SecureRandom};

use super::{KeyId, Place, SealError, SealKey, Sealer, key_id};
use crate::error::StoreError;

/// Counts: never the same nonce twice.
struct Counting(u64);

impl SecureRandom for Counting {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        self.0 = self.0.wrapping_add(1);
        for (byte, from) in out.iter_mut().zip(self.0.to_be_bytes().iter().cycle()) {
            *byte = *from;
        }
        Ok(())
    }
}

struct Broken;

impl SecureRandom for Broken {
    fn fill(&mut self, _: &mut [u8]) -> Result<(), RandomError> {
        Err(RandomError::new())
    }
}

const ONE: KeyId = KeyId::new(1);
const TWO: KeyId = KeyId::new(2);
const SECRET: &[u8] = b"pfkkdhi9sl3r4s00";

fn sealer(id: KeyId, byte: u8) -> Sealer {
    Sealer::new(id, SealKey::from_bytes([byte; 32]))
}

fn place() -> Place<'static> {
    Place::new("access", b"row", 7)
}

fn sealed() -> Vec<u8> {
    let sealed = sealer(ONE, 1).seal(place(), SECRET, &mut Counting(0));
    sealed.unwrap()
}

fn failure(sealer: &Sealer, place: Place<'_>, sealed: &[u8]) -> SealError {
    sealer.open(place, sealed).expect_err("it must not open")
}

#[test]
fn what_was_sealed_opens() {
    let sealer = sealer(ONE, 1);
    let mut random = Counting(0);
    for plain in [&b""[..], b"x", SECRET, &[0; 10_000]] {
        let one = sealer.seal(place(), plain, &mut random).unwrap();
        let other = sealer.seal(place(), plain, &mut random).unwrap();
        assert_ne!(one, other);
        assert_eq!(one.len(), plain.len().wrapping_add(45));
        let opened = sealer.open(place(), &one).unwrap();
        assert_eq!(opened.expose_secret(), plain);
    }
}

#[test]
fn it_opens_in_its_place_only() {
    let altered = SealError::Altered { key: ONE };
    for other in [
        Place::new("grant", b"row", 7),
        Place::new("access", b"another", 7),
        Place::new("access", b"row", 6),
        Place::new("access", b"row", 8),
        Place::new("accessr", b"ow", 7),
        Place::new("acces", b"srow", 7),
        Place::new("", b"", 0),
    ] {
        assert_eq!(failure(&sealer(ONE, 1), other, &sealed()), altered);
    }
}

#[test]
fn no_changed_bit_goes_unnoticed() {
    let good = sealed();
    let sealer = sealer(ONE, 1);
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[at] ^= 1 << bit;
            let error = failure(&sealer, place(), &bad);
            let meant = match at {
                0 => error == SealError::NotSealed,
                1..5 => matches!(error, SealError::UnknownKey { key } if key != ONE),
                _ => error == SealError::Altered { key: ONE },
            };
            assert!(meant, "byte {at}: {error:?}");
        }
    }
}

#[test]
fn no_lost_end_goes_unnoticed() {
    let good = sealed();
    for length in 0..good.len() {
        let error = failure(&sealer(ONE, 1), place(), &good[..length]);
        let short = if length < 45 {
            SealError::NotSealed
        } else {
            SealError::Altered { key: ONE }
        };
        assert_eq!(error, short, "{length}");
    }
    let longer = [&good[..], b"x"].concat();
    let error = failure(&sealer(ONE, 1), place(), &longer);
    assert_eq!(error, SealError::Altered { key: ONE });
}

#[test]
fn another_key_does_not_open() {
    let error = failure(&sealer(ONE, 2), place(), &sealed());
    assert_eq!(error, SealError::Altered { key: ONE });
    let error = failure(&sealer(TWO, 1), place(), &sealed());
    assert_eq!(error, SealError::UnknownKey { key: ONE });
    // The same key under another id seals something else.
    let both = sealer(TWO, 1)
        .with_older_key(ONE, SealKey::from_bytes([1; 32]))
        .unwrap();
    let mut renamed = sealed();
    renamed[4] = 2;
    let error = failure(&both, place(), &renamed);
    assert_eq!(error, SealError::Altered { key: TWO });
}

#[test]
fn keys_rotate_by_id() {
    let new = sealer(TWO, 2)
        .with_older_key(ONE, SealKey::from_bytes([1; 32]))
        .unwrap();
    let old = sealed();
    assert_eq!(key_id(&old), Ok(ONE));
    assert_eq!(new.is_current(&old), Ok(false));
    let plain = new.open(place(), &old).unwrap();
    let again = new.seal(place(), plain.expose_secret(), &mut Counting(9));
    let again = again.unwrap();
    assert_eq!(key_id(&again), Ok(TWO));
    assert_eq!(new.is_current(&again), Ok(true));
    assert_eq!(new.open(place(), &again).unwrap().expose_secret(), SECRET);
    let twice = new.with_older_key(ONE, SealKey::from_bytes([3; 32]));
    assert_eq!(twice.err(), Some(SealError::DuplicateKey { key: ONE }));
}

#[test]
fn without_randomness_nothing_is_sealed() {
    let failed = sealer(ONE, 1).seal(place(), SECRET, &mut Broken);
    assert_eq!(failed, Err(SealError::NoRandomness));
}

#[test]
fn no_key_is_shown() {
    let key = SealKey::from_bytes([0xc7; 32]);
    let sealer = sealer(ONE, 0xc7);
    for shown in [format!("{key:?}"), format!("{sealer:?} {sealer:#?}")] {
        assert!(!shown.contains("199") && !shown.contains("c7"), "{shown}");
    }
}

#[test]
fn errors_have_texts_and_a_place_among_the_stores_errors() {
    for (error, damaged) in [
        (SealError::Altered { key: ONE }, true),
        (SealError::NotSealed, true),
        (SealError::UnknownKey { key: TWO }, true),
        (SealError::NoRandomness, false),
        (SealError::TooLong, false),
        (SealError::DuplicateKey { key: ONE }, false),
    ] {
        let text = error.to_string();
        assert!(text.starts_with(char::is_lowercase) && !text.ends_with('.'));
        let store = StoreError::from(error);
        assert_eq!(matches!(store, StoreError::Damaged { .. }), damaged);
    }
}
