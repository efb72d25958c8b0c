//! Every container and every damage, one file each in `tests/data`.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::path::PathBuf;
use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, fs};

use proptest::prelude::*;

use crate::pem::{self, PemError, Repair};
use crate::{
    DerDamage, KeyError, KeyWarning, Kind, MAX_INPUT, PolicyViolation, RegistrationPolicy,
    RsaPrivateKey, RsaPublicKey, Secret, SecretBytes, identify,
};

fn folder(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "data", name]
        .iter()
        .collect()
}

fn names(name: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn good(name: &str) -> Vec<u8> {
    fs::read(folder("good").join(name)).unwrap()
}

fn damaged(name: &str) -> Vec<u8> {
    fs::read(folder("damaged").join(name)).unwrap()
}

fn passphrase() -> Secret {
    Secret::new("correct horse")
}

const NEEDS_PKCS12: &str = ".p12";

fn is_readable(name: &str) -> bool {
    cfg!(feature = "pkcs12") || !name.ends_with(NEEDS_PKCS12)
}

/// The files of the folder `good`: private or public key, and its size.
const GOOD: &[(&str, bool, usize)] = &[
    ("bag-attributes.pem", true, 2048),
    ("carriage-returns.pem", true, 2048),
    ("certificate-then-spki.pem", false, 2048),
    ("crlf.pem", true, 2048),
    ("exponent-by-euler.pem", true, 2048),
    ("key-and-certificate-legacy.p12", true, 2048),
    ("key-and-certificate.p12", true, 2048),
    ("key-and-certificate.pem", true, 2048),
    ("no-final-newline.pem", true, 2048),
    ("one-long-base64-line.pem", true, 2048),
    ("pkcs1-1024-e3.pem", true, 1024),
    ("pkcs1-1031.pem", true, 1031),
    ("pkcs1-2048.der", true, 2048),
    ("pkcs1-2048.pem", true, 2048),
    ("pkcs1-4096.pem", true, 4096),
    ("pkcs1-512.pem", true, 512),
    ("pkcs1-public.der", false, 2048),
    ("pkcs1-public.pem", false, 2048),
    ("pkcs8-2048.der", true, 2048),
    ("pkcs8-2048.pem", true, 2048),
    ("pkcs8-aes128-scrypt.pem", true, 2048),
    ("pkcs8-aes192-sha512.der", true, 2048),
    ("pkcs8-aes256.pem", true, 2048),
    ("pkcs8-des3-sha1.pem", true, 2048),
    ("pkcs8-pss.pem", true, 2048),
    ("primes-swapped.pem", true, 2048),
    ("spki-2048.der", false, 2048),
    ("spki-2048.pem", false, 2048),
    ("spki-pss.pem", false, 2048),
    ("trailing-blanks.pem", true, 2048),
];

#[test]
fn every_container_is_read() {
    let plain = RsaPublicKey::read(&good("spki-2048.pem")).unwrap();
    let pss = RsaPublicKey::read(&good("spki-pss.pem")).unwrap();
    for &(name, private, bits) in GOOD.iter().filter(|(name, ..)| is_readable(name)) {
        let key = if private {
            let key = RsaPrivateKey::read(&good(name), Some(&passphrase()));
            key.unwrap_or_else(|error| panic!("{name}: {error}"))
                .public_key()
                .clone()
        } else {
            RsaPublicKey::read(&good(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
        };
        assert_eq!(key.bits(), bits, "{name}");
        assert_eq!(key.signature_length(), bits.div_ceil(8), "{name}");
        if bits == 2048 {
            let expected = if name.contains("pss") { &pss } else { &plain };
            assert_eq!(&key, expected, "{name}");
        }
    }
    let mut listed: Vec<&str> = GOOD.iter().map(|(name, ..)| *name).collect();
    listed.push("certificate-only.p12");
    listed.sort_unstable();
    assert_eq!(names("good"), listed);
}

/// The table also stands for the wording: every message was read by a person once.
#[test]
fn every_damage_is_named() {
    let table = fs::read_to_string(folder("damaged.tsv")).unwrap();
    let mut seen = Vec::new();
    for row in table.lines().skip(1) {
        let [name, reader, message] =
            <[&str; 3]>::try_from(row.split('\t').collect::<Vec<_>>()).unwrap();
        seen.push(String::from(name));
        if !is_readable(name) {
            continue;
        }
        let input = damaged(name);
        let error = match reader {
            "private" => RsaPrivateKey::read(&input, None).err(),
            "private+passphrase" => RsaPrivateKey::read(&input, Some(&passphrase())).err(),
            _ => RsaPublicKey::read(&input).err(),
        };
        let error = error.unwrap_or_else(|| panic!("{name} was read as {reader}"));
        assert_eq!(error.to_string(), message, "{name} as {reader}");
        if let Some(remedy) = error.remedy() {
            assert!(
                message.ends_with(&format!("; {remedy}")),
                "{name} as {reader}"
            );
        }
        assert_ne!(message, format!("{error:?}"));
    }
    seen.dedup();
    assert_eq!(seen, names("damaged"));
}

#[cfg(feature = "pkcs12")]
#[test]
fn a_panic_of_the_decoder_is_an_error() {
    let input = damaged("pkcs12-scrypt-inside.p12");
    assert_eq!(
        crate::pkcs12::read(&input, &passphrase()).err(),
        Some(KeyError::UnsupportedEncryption)
    );
    assert_eq!(
        crate::pkcs12::read(&input, &Secret::new("wrong")).err(),
        Some(KeyError::PassphraseWrong)
    );
}

#[test]
fn a_wrong_passphrase_is_told_apart_from_a_missing_one() {
    for name in names("good") {
        if !name.starts_with("pkcs8-") && !name.ends_with(".p12") || !is_readable(&name) {
            continue;
        }
        let input = good(&name);
        let Err(without) = RsaPrivateKey::read(&input, None) else {
            continue;
        };
        assert_eq!(without, KeyError::PassphraseMissing, "{name}");
        for wrong in ["", "correct horsf", "Correct horse"] {
            let with = RsaPrivateKey::read(&input, Some(&Secret::new(wrong))).err();
            assert_eq!(
                with,
                Some(KeyError::PassphraseWrong),
                "{name} with {wrong:?}"
            );
        }
    }
}

#[test]
fn altered_encrypted_contents_are_refused() {
    for place in [400, 700, 1_000, 1_290] {
        let mut input = good("pkcs8-aes192-sha512.der");
        input[place] ^= 1;
        assert!(
            RsaPrivateKey::read(&input, Some(&passphrase())).is_err(),
            "{place}"
        );
    }
}

#[test]
fn what_is_written_reads_as_the_same_key() {
    for name in [
        "pkcs1-512.pem",
        "pkcs1-1024-e3.pem",
        "pkcs1-2048.pem",
        "pkcs8-pss.pem",
    ] {
        let key = RsaPrivateKey::read(&good(name), None).unwrap();
        let written: [SecretBytes; 3] =
            [key.to_pkcs1_der(), key.to_pkcs8_der(), key.to_pkcs8_pem()];
        for form in &written {
            let again = RsaPrivateKey::read(form.expose_secret(), None).unwrap();
            assert_eq!(again.public_key(), key.public_key(), "{name}");
            assert_eq!(
                again.to_pkcs1_der().expose_secret(),
                key.to_pkcs1_der().expose_secret(),
                "{name}"
            );
        }
        let public = key.public_key();
        assert_eq!(
            &RsaPublicKey::read(&public.to_spki_der()).unwrap(),
            public,
            "{name}"
        );
        assert_eq!(
            &RsaPublicKey::read(public.to_spki_pem().as_bytes()).unwrap(),
            public,
            "{name}"
        );
    }
}

#[test]
fn what_is_written_is_what_openssl_writes() {
    let key = RsaPrivateKey::read(&good("pkcs1-2048.pem"), None).unwrap();
    assert_eq!(key.to_pkcs1_der().expose_secret(), good("pkcs1-2048.der"));
    assert_eq!(key.to_pkcs8_der().expose_secret(), good("pkcs8-2048.der"));
    assert_eq!(key.to_pkcs8_pem().expose_secret(), good("pkcs8-2048.pem"));
    assert_eq!(key.public_key().to_spki_der(), good("spki-2048.der"));
    assert_eq!(
        key.public_key().to_spki_pem().as_bytes(),
        good("spki-2048.pem")
    );
}

#[test]
fn the_wrapping_can_be_demanded() {
    let (pem, der) = (good("pkcs1-2048.pem"), good("pkcs1-2048.der"));
    assert!(RsaPrivateKey::from_pem(&pem, None).is_ok());
    assert!(RsaPrivateKey::from_der(&der, None).is_ok());
    assert!(matches!(
        RsaPrivateKey::from_pem(&der, None),
        Err(KeyError::Pem(PemError::OtherFormat { .. }))
    ));
    assert_eq!(
        RsaPrivateKey::from_der(&pem, None).err(),
        Some(KeyError::Der(DerDamage::NotDer))
    );
}

#[test]
fn every_cut_of_a_der_key_is_refused() {
    for name in [
        "pkcs1-2048.der",
        "pkcs8-2048.der",
        "spki-2048.der",
        "pkcs1-public.der",
    ] {
        let whole = good(name);
        for length in 0..whole.len() {
            let cut = &whole[..length];
            assert!(RsaPrivateKey::read(cut, None).is_err(), "{name} {length}");
            assert!(RsaPublicKey::read(cut).is_err(), "{name} {length}");
        }
    }
}

#[test]
fn nothing_secret_shows_in_debug_or_errors() {
    let canary = "c4n4ry-passphrase";
    let secret = Secret::new(canary);
    let key = RsaPrivateKey::read(&good("pkcs1-2048.pem"), Some(&secret)).unwrap();
    let der = key.to_pkcs1_der();
    let block = pem::blocks(&good("pkcs1-2048.pem")).unwrap().remove(0);
    let repaired = pem::repair(&damaged("literal-newline.pem")).unwrap();
    let mut shown = format!("{secret:?}{secret:#?}{key:?}{key:#?}{der:?}{der:#?}{block:?}");
    shown += &format!("{block:#?}{repaired:?}{repaired:#?}");
    for name in names("damaged") {
        for error in [
            RsaPrivateKey::read(&damaged(&name), Some(&secret)).err(),
            RsaPublicKey::read(&damaged(&name)).err(),
        ]
        .into_iter()
        .flatten()
        {
            shown += &format!("{error}{error:?}{error:#?}");
        }
    }
    assert!(!shown.contains(canary));
    // No run of eight characters of the key's base64 (or of its bytes in decimal or hexadecimal).
    let text = String::from_utf8(good("pkcs1-2048.pem")).unwrap();
    for line in text.lines().filter(|line| !line.contains('-')) {
        for start in 0..line.len().saturating_sub(8) {
            assert!(
                !shown.contains(&line[start..start + 8]),
                "{}",
                &line[start..start + 8]
            );
        }
    }
    for window in der.expose_secret().windows(5).skip(300) {
        let decimal = window
            .iter()
            .map(u8::to_string)
            .collect::<Vec<_>>()
            .join(", ");
        assert!(!shown.contains(&decimal));
        let hexadecimal: String = window.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!shown.contains(&hexadecimal));
    }
}

#[test]
fn registration_is_stricter_than_loading() {
    let check = |name: &str| {
        let key = RsaPrivateKey::read(&good(name), None).unwrap();
        RegistrationPolicy::default().check(key.public_key())
    };
    assert_eq!(check("pkcs1-2048.pem"), Ok(()));
    assert_eq!(check("pkcs1-4096.pem"), Ok(()));
    let (minimum, maximum) = (2048, 8192);
    assert_eq!(
        check("pkcs1-1024-e3.pem"),
        Err(PolicyViolation::Size {
            bits: 1024,
            minimum,
            maximum
        })
    );
    let large = RsaPublicKey::from_components(&[0xff; 1025], &[1, 0, 1]).unwrap();
    assert_eq!(
        RegistrationPolicy::default().check(&large),
        Err(PolicyViolation::Size {
            bits: 8200,
            minimum,
            maximum
        })
    );
    assert!(
        RegistrationPolicy::default()
            .with_maximum_bits(16_384)
            .check(&large)
            .is_ok()
    );
    let small = RsaPublicKey::from_components(&[0xff; 256], &[3]).unwrap();
    assert_eq!(
        RegistrationPolicy::default().check(&small),
        Err(PolicyViolation::Exponent {
            exponent: 3,
            minimum: 65_537
        })
    );
    let old = RsaPrivateKey::read(&good("pkcs1-1024-e3.pem"), None).unwrap();
    assert_eq!(
        old.warnings(),
        [
            KeyWarning::ShortModulus { bits: 1024 },
            KeyWarning::SmallExponent { exponent: 3 }
        ]
    );
    let new = RsaPrivateKey::read(&good("pkcs1-2048.pem"), None).unwrap();
    assert_eq!(new.public_key().warnings(), []);
}

#[test]
fn numbers_have_bounds() {
    let modulus = |bytes| RsaPublicKey::from_components(&std::vec![0xff; bytes], &[1, 0, 1]);
    assert_eq!(modulus(63).err(), Some(KeyError::Size { bits: 504 }));
    assert!(modulus(64).is_ok());
    assert!(modulus(2048).is_ok());
    assert_eq!(modulus(2049).err(), Some(KeyError::Size { bits: 16_392 }));
    assert_eq!(modulus(0).err(), Some(KeyError::Size { bits: 0 }));
    let exponent = |bytes: &[u8]| RsaPublicKey::from_components(&[0xff; 64], bytes).err();
    assert_eq!(exponent(&[0, 0, 3]), None);
    assert_eq!(exponent(&[1, 0xff, 0xff, 0xff, 0xff]), None);
    for wrong in [&[][..], &[0], &[1], &[4], &[2, 0, 0, 0, 1], &[1; 9]] {
        assert_eq!(exponent(wrong), Some(KeyError::Exponent), "{wrong:?}");
    }
    let padded = RsaPublicKey::from_components(&[&[0, 0][..], &[0xff; 64]].concat(), &[0, 3]);
    assert_eq!(padded.unwrap().modulus(), [0xff; 64]);
}

#[test]
fn inputs_have_bounds() {
    let text = std::vec![b'a'; MAX_INPUT + 1];
    let expected = PemError::TooLarge {
        limit: MAX_INPUT,
        found: MAX_INPUT + 1,
    };
    assert_eq!(pem::blocks(&text).err(), Some(expected.clone()));
    assert_eq!(pem::repair(&text).err(), Some(expected));
    let mut der = std::vec![0; MAX_INPUT + 1];
    der[0] = 0x30;
    let expected = KeyError::TooLarge {
        limit: MAX_INPUT,
        found: MAX_INPUT + 1,
    };
    assert_eq!(
        RsaPrivateKey::read(&der, None).err(),
        Some(expected.clone())
    );
    assert_eq!(RsaPublicKey::read(&der).err(), Some(expected));
    let many = "-----BEGIN A-----\nQUJD\n-----END A-----\n".repeat(pem::MAX_BLOCKS + 1);
    let expected = PemError::TooManyBlocks {
        limit: pem::MAX_BLOCKS,
    };
    assert_eq!(pem::blocks(many.as_bytes()).err(), Some(expected));
}

#[test]
fn what_can_be_mended_is_mended() {
    let whole = RsaPrivateKey::read(&good("pkcs1-2048.pem"), None).unwrap();
    for (name, repairs) in [
        ("byte-order-mark.pem", &[Repair::RemovedByteOrderMark][..]),
        ("environment-assignment.env", &[Repair::RebrokenLines]),
        ("indented.pem", &[Repair::RebrokenLines]),
        (
            "json-string.json",
            &[Repair::RemovedQuotes, Repair::ReplacedLiteralNewlines],
        ),
        ("literal-crlf.pem", &[Repair::ReplacedLiteralNewlines]),
        (
            "literal-newline-before-end.pem",
            &[Repair::ReplacedLiteralNewlines],
        ),
        (
            "literal-newline-in-quotes.pem",
            &[Repair::RemovedQuotes, Repair::ReplacedLiteralNewlines],
        ),
        (
            "literal-newline-inside-only.pem",
            &[Repair::ReplacedLiteralNewlines],
        ),
        ("literal-newline.pem", &[Repair::ReplacedLiteralNewlines]),
        ("one-line-blanks.pem", &[Repair::RebrokenLines]),
        ("one-line-joined.pem", &[Repair::RebrokenLines]),
        ("utf-16-big-endian.pem", &[Repair::ConvertedFromUtf16]),
        ("utf-16-little-endian.pem", &[Repair::ConvertedFromUtf16]),
        ("utf-16-without-mark.pem", &[Repair::ConvertedFromUtf16]),
    ] {
        let repaired =
            pem::repair(&damaged(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(repaired.repairs(), repairs, "{name}");
        let key = RsaPrivateKey::read(repaired.text(), None).unwrap();
        assert_eq!(key.public_key(), whole.public_key(), "{name}");
    }
    for name in ["line-lost.pem", "key-and-certificate.pem"] {
        let input = if name.starts_with("line") {
            damaged(name)
        } else {
            good(name)
        };
        let repaired = pem::repair(&input).unwrap();
        assert_eq!(
            (repaired.text(), repaired.repairs()),
            (&input[..], &[][..]),
            "{name}"
        );
    }
    for name in [
        "no-end.pem",
        "character-lost.pem",
        "jwk.json",
        "en-dashes.pem",
        "empty.pem",
    ] {
        assert!(pem::repair(&damaged(name)).is_err(), "{name}");
    }
}

#[test]
fn kinds_are_told_by_structure() {
    use crate::Algorithm::Rsa;
    for (name, kind) in [
        ("pkcs1-2048.der", Kind::BarePrivateKey(Rsa)),
        ("pkcs1-public.der", Kind::BarePublicKey),
        ("pkcs8-2048.der", Kind::PrivateKey(Rsa)),
        ("pkcs8-aes192-sha512.der", Kind::EncryptedPrivateKey),
        ("spki-2048.der", Kind::PublicKey(Rsa)),
        ("key-and-certificate.p12", Kind::Pkcs12),
    ] {
        assert_eq!(identify(&good(name)), kind, "{name}");
    }
    assert_eq!(identify(&damaged("certificate.der")), Kind::Certificate);
    assert_eq!(
        identify(&damaged("certificate-request.der")),
        Kind::CertificateRequest
    );
}

#[cfg(not(feature = "pkcs12"))]
#[test]
fn pkcs12_is_named_where_it_is_not_read() {
    let error = RsaPrivateKey::read(&good("key-and-certificate.p12"), Some(&passphrase()));
    assert_eq!(
        error.err().map(|error| error.to_string()).as_deref(),
        Some(
            "expected an RSA private key, found a PKCS#12 file; read it as PKCS#12 with its \
             passphrase, or take the key out with `openssl pkcs12 -in file.p12 -nocerts -nodes \
             -out key.pem`"
        )
    );
}

#[cfg(feature = "pkcs12")]
#[test]
fn pkcs12_gives_key_and_certificates() {
    for name in ["key-and-certificate.p12", "key-and-certificate-legacy.p12"] {
        let contents = crate::pkcs12::read(&good(name), &passphrase()).unwrap();
        assert_eq!(contents.private_key().bits(), 2048);
        let certificate = damaged("certificate.der");
        assert_eq!(contents.certificates(), [certificate], "{name}");
        let (key, certificates) = contents.into_parts();
        assert_eq!((key.bits(), certificates.len()), (2048, 1));
    }
    let only = good("certificate-only.p12");
    assert_eq!(
        crate::pkcs12::certificates(&only, &passphrase())
            .unwrap()
            .len(),
        1
    );
    assert!(crate::pkcs12::read(&only, &passphrase()).is_err());
}

fn samples() -> Vec<Vec<u8>> {
    let mut samples: Vec<Vec<u8>> = Vec::new();
    for name in names("good") {
        // The derivation of a key from a passphrase is slow on purpose.
        if !name.contains("4096") && !name.contains("aes") && !name.ends_with(".p12") {
            samples.push(good(&name));
        }
    }
    samples.extend(names("damaged").iter().map(|name| damaged(name)));
    samples
}

proptest! {
    #[test]
    fn no_mutation_makes_a_reader_panic(
        sample in proptest::sample::select(samples()),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let mut input = sample;
        for (place, byte, edit) in edits {
            if input.is_empty() {
                break;
            }
            let place = place.index(input.len());
            match edit {
                0 => input[place] = byte,
                1 => input.truncate(place),
                _ => input.insert(place, byte),
            }
        }
        let _ = RsaPrivateKey::read(&input, None);
        let _ = RsaPublicKey::read(&input);
        if let Ok(repaired) = pem::repair(&input) {
            prop_assert!(pem::blocks(repaired.text()).is_ok());
        }
        let _ = identify(&input);
    }

    #[cfg(feature = "pkcs12")]
    #[test]
    fn no_mutation_makes_the_pkcs12_reader_panic(
        sample in proptest::sample::select(std::vec![
            good("key-and-certificate.p12"),
            good("key-and-certificate-legacy.p12"),
            good("certificate-only.p12"),
        ]),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut input = sample;
        let place = place.index(input.len());
        input[place] = byte;
        let _ = crate::pkcs12::read(&input, &passphrase());
        let _ = crate::pkcs12::certificates(&input[..place], &passphrase());
    }

    #[test]
    fn no_text_makes_the_scanner_panic(input in "(-----BEGIN [A-C]-----|-----END [A-C]-----|\n|\r|QUJD|=|\\\\n| |:|-|[ -~]){0,30}") {
        if let Ok(blocks) = pem::blocks(input.as_bytes()) {
            for block in blocks {
                prop_assert!(input[block.offset()..].starts_with("-----BEGIN "));
                prop_assert!(!block.contents().is_empty());
            }
        }
    }
}

#[test]
fn text_escaped_twice_is_repaired() {
    let input = damaged("literal-newline-escaped-twice.pem");
    let repaired = pem::repair(&input).unwrap();
    assert_eq!(repaired.repairs(), [Repair::ReplacedLiteralNewlines]);
    assert!(RsaPrivateKey::read(repaired.text(), None).is_ok());
}
