//! Certificates as openssl made them, and every damage, one file each in `tests/data`.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::path::PathBuf;

use countersign_clock::UnixTime;
use countersign_key::{KeyError, RsaPrivateKey, Secret};
use proptest::prelude::*;

use crate::{Certificate, CertificateError, FORECAST_DAYS, Validity, Weakness, live, live_set};

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

fn bytes(folder_name: &str, name: &str) -> Vec<u8> {
    fs::read(folder(folder_name).join(name)).unwrap()
}

fn good(name: &str) -> Certificate {
    Certificate::read(&bytes("good", name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn key(name: &str) -> RsaPrivateKey {
    RsaPrivateKey::read(&bytes("key", name), None).unwrap()
}

fn at(text: &str) -> UnixTime {
    let date = format!("{text} GMT");
    countersign_clock::parse_http_date(&date).unwrap()
}

/// What `openssl x509 -serial -dates -fingerprint -sha256` prints.
#[test]
fn openssl_agrees() {
    for (name, serial, start, end, sha256, sha1) in [
        (
            "acme.pem",
            "4F2A9C017D",
            "Mon, 18 Nov 2024 09:00:00",
            "Wed, 18 Nov 2026 09:00:00",
            "7F:42:A1:14:76:2E:FF:FA:C9:7B:21:D2:6C:0C:69:1D:B1:52:F2:D6:43:D7:5B:28:88:05:1A:21:\
             E6:7A:C6:4E",
            "DC:1E:FB:89:6C:3E:16:82:B0:4A:52:61:B8:03:75:FC:C7:A0:8D:DC",
        ),
        (
            "acme-renewed.pem",
            "5B",
            "Sun, 01 Nov 2026 00:00:00",
            "Wed, 01 Nov 2028 00:00:00",
            "1B:E7:E6:18:81:BE:4E:BF:0E:E2:06:09:F1:9D:50:C8:EA:75:02:C3:BF:91:BE:8D:AD:D5:C4:95:\
             92:09:BE:8A",
            "EE:5A:81:EE:4C:F8:26:0B:21:1C:88:13:92:20:4A:3F:0B:DD:BE:4E",
        ),
        (
            "ec.pem",
            "13",
            "Wed, 01 Jan 2025 00:00:00",
            "Fri, 01 Jan 2027 00:00:00",
            "63:17:A9:10:48:14:D3:62:7A:FC:E8:9E:51:86:D8:37:0F:80:5C:CF:DA:B4:E9:5A:B6:C7:10:E8:\
             47:0C:92:FB",
            "93:80:F0:42:D4:8A:47:12:BB:CB:FA:BA:BD:FC:29:2F:29:81:7F:6B",
        ),
    ] {
        let certificate = good(name);
        assert_eq!(certificate.serial_hex(), serial, "{name}");
        assert_eq!(certificate.not_before(), at(start), "{name}");
        assert_eq!(certificate.not_after(), at(end), "{name}");
        assert_eq!(
            certificate.sha256_fingerprint().to_string(),
            sha256,
            "{name}"
        );
        assert_eq!(certificate.sha1_fingerprint().to_string(), sha1, "{name}");
        assert!(certificate.is_self_signed(), "{name}");
        assert!(
            !certificate.sha1_fingerprint().matches_text(sha256),
            "{name}"
        );
    }
    let spki = "1121e7dade5ad99cf235fdc16ecfdcfbd27ceb9e0dc8ceb938895ec88110a2d5";
    assert!(good("acme.pem").public_key_fingerprint().matches_text(spki));
    assert!(
        good("acme-renewed.pem")
            .public_key_fingerprint()
            .matches_text(spki)
    );
    assert!(
        !good("other-key.pem")
            .public_key_fingerprint()
            .matches_text(spki)
    );
    assert_eq!(
        good("long-validity.pem").not_after().rfc3339(),
        "9999-12-31T23:59:59Z"
    );
}

#[test]
fn every_wrapping_gives_the_same_certificate() {
    let acme = good("acme.pem");
    for name in ["acme.der", "crlf.pem", "old-label.pem", "text-before.pem"] {
        assert_eq!(good(name), acme, "{name}");
        assert_eq!(good(name).der(), bytes("good", "acme.der"), "{name}");
    }
    let both = bytes("good", "roll-over.pem");
    assert_eq!(
        Certificate::read_all(&both),
        Ok(vec![acme.clone(), good("acme-renewed.pem")])
    );
    assert_eq!(
        Certificate::read(&both),
        Err(CertificateError::Several { count: 2 })
    );
    let beside = bytes("damaged", "key-and-certificate.pem");
    assert_eq!(Certificate::read_beside_keys(&beside), Ok(vec![acme]));
}

#[cfg(feature = "pkcs12")]
#[test]
fn pkcs12_gives_its_certificates() {
    let file = bytes("good", "acme.p12");
    let read = |passphrase| Certificate::read_pkcs12(&file, &Secret::new(passphrase));
    assert_eq!(read("correct horse"), Ok(vec![good("acme.pem")]));
    assert_eq!(
        read("wrong"),
        Err(CertificateError::Pkcs12(KeyError::PassphraseWrong))
    );
}

/// The table also stands for the wording: every message was read by a person once.
#[test]
fn every_damage_is_named() {
    let table = fs::read_to_string(folder("damaged.tsv")).unwrap();
    let mut seen = Vec::new();
    for row in table.lines().skip(1) {
        let (name, message) = row.split_once('\t').unwrap();
        seen.push(name.to_owned());
        let input = bytes("damaged", name);
        let error = Certificate::read_all(&input).unwrap_err();
        assert_eq!(error.to_string(), message, "{name}");
        assert_eq!(Certificate::read(&input).unwrap_err(), error, "{name}");
        assert_ne!(message, format!("{error:?}"));
    }
    assert_eq!(seen, names("damaged"));
}

#[test]
fn both_dates_are_inclusive() {
    let certificate = good("acme.pem");
    let (start, end) = (certificate.not_before(), certificate.not_after());
    let year = 365 * 86_400;
    for (now, validity, words) in [
        (
            start.saturating_sub(1),
            Validity::NotYet { starts_in: 1 },
            "starts in 1 s",
        ),
        (
            start,
            Validity::Live {
                ends_in: 2 * 31_536_000,
            },
            "ends in 730 d",
        ),
        (end, Validity::Live { ends_in: 0 }, "ends in 0 s"),
        (
            end.saturating_add(1),
            Validity::Expired { since: 1 },
            "expired 1 s ago",
        ),
        (
            end.saturating_add(5 * 86_400 + 6 * 3_600 + 1_560),
            Validity::Expired { since: 455_160 },
            "expired 5 d 6 h ago",
        ),
        (
            start.saturating_sub(year),
            Validity::NotYet {
                starts_in: 31_536_000,
            },
            "starts in 365 d",
        ),
    ] {
        assert_eq!(certificate.validity(now), validity);
        assert_eq!(validity.to_string(), words);
        assert_eq!(validity.is_live(), now >= start && now <= end);
    }
    for extreme in [i64::MIN, i64::MAX] {
        assert!(
            !certificate
                .validity(UnixTime::from_seconds(extreme))
                .is_live()
        );
    }
}

#[test]
fn the_forecast_names_the_nearest_limit() {
    let certificate = good("acme.pem");
    let day = 86_400;
    for (left, within, words) in [
        (31 * day, None, "ends in 31 d"),
        (30 * day + 1, None, "ends in 30 d"),
        (30 * day, Some(30), "ends in 30 d, less than 30 days"),
        (7 * day, Some(7), "ends in 7 d, less than 7 days"),
        (3_600, Some(1), "ends in 1 h, less than a day"),
        (-1, None, "expired 1 s ago"),
    ] {
        let now = certificate.not_after().saturating_sub(left);
        let forecast = certificate.forecast(now, &FORECAST_DAYS);
        assert_eq!(forecast.within_days(), within, "{left}");
        assert_eq!(forecast.to_string(), words, "{left}");
        assert_eq!(forecast.is_calm(), left > 30 * day, "{left}");
    }
}

#[test]
fn during_a_roll_over_two_certificates_live() {
    let both = Certificate::read_all(&bytes("good", "roll-over.pem")).unwrap();
    let count = |date: &str| {
        let set = live_set(&both, at(date));
        assert_eq!(set.live(), live(&both, at(date)));
        (set.expired().len(), set.live().len(), set.not_yet().len())
    };
    assert_eq!(count("Sun, 17 Nov 2024 00:00:00"), (0, 0, 2));
    assert_eq!(count("Wed, 01 Jul 2026 00:00:00"), (0, 1, 1));
    assert_eq!(count("Tue, 10 Nov 2026 00:00:00"), (0, 2, 0));
    assert_eq!(count("Mon, 23 Nov 2026 00:00:00"), (1, 1, 0));
    assert_eq!(count("Thu, 02 Nov 2028 00:00:00"), (2, 0, 0));

    let summer = at("Wed, 01 Jul 2026 00:00:00");
    assert_eq!(
        live_set(&both, summer).covered_until(),
        Some(both[1].not_after())
    );
    assert_eq!(
        live_set(&both[..1], summer).covered_until(),
        Some(both[0].not_after())
    );
    let late = at("Thu, 02 Nov 2028 00:00:00");
    assert_eq!(live_set(&both, late).covered_until(), None);
    assert_eq!(live_set(&both, late).expired(), [&both[1], &both[0]]);
    assert_eq!(live(&[], summer), Vec::<&Certificate>::new());
}

#[test]
fn a_key_matches_its_own_certificates_only() {
    let (acme, other) = (key("acme.pem"), key("other.pem"));
    for name in ["acme.pem", "acme-renewed.pem", "signed-md5.pem"] {
        assert_eq!(good(name).matches(&acme), Ok(()), "{name}");
        let mismatch = good(name).matches(&other).unwrap_err();
        assert_eq!(mismatch.key(), other.public_key(), "{name}");
        assert_eq!(
            mismatch.certificate_key(),
            Some(acme.public_key()),
            "{name}"
        );
    }
    assert_eq!(good("other-key.pem").matches(&other), Ok(()));
    let shown = good("acme.pem").matches(&other).unwrap_err().to_string();
    let (ours, theirs) = (acme.public_key(), other.public_key());
    assert_eq!(
        shown,
        format!(
            "the key does not belong to the certificate: the certificate's has {ours}; \
             the key has {theirs}"
        )
    );
    assert!(
        good("ec.pem")
            .matches(&acme)
            .unwrap_err()
            .certificate_key()
            .is_none()
    );
}

#[test]
fn weaknesses_are_told_with_what_they_mean() {
    let of = |name: &str| good(name).weaknesses();
    for name in ["acme.pem", "acme-renewed.pem", "signed-sha512.pem"] {
        assert_eq!(of(name), [], "{name}");
    }
    assert_eq!(
        of("rsa-1024-e3.pem"),
        [
            Weakness::ShortKey { bits: 1024 },
            Weakness::SmallExponent { exponent: 3 }
        ]
    );
    assert_eq!(of("rsa-512.pem"), [Weakness::ShortKey { bits: 512 }]);
    assert_eq!(of("never-valid.pem"), [Weakness::NeverValid]);
    assert_eq!(
        of("long-validity.pem"),
        [Weakness::LongValidity { years: 7974 }]
    );
    assert_eq!(of("version-1.pem"), [Weakness::OldVersion { version: 1 }]);
    assert_eq!(of("modulus-even.der"), [Weakness::DamagedKey]);
    for (name, hash) in [("signed-md5.pem", "md5"), ("signed-sha1.pem", "sha1")] {
        let algorithm = format!("{hash}WithRSAEncryption");
        assert_eq!(of(name), [Weakness::WeakSignature { algorithm }], "{name}");
        assert!(of(name)[0].is_harmless(), "{name}");
        assert!(of(name)[0].to_string().contains("harmless here"), "{name}");
    }
    for name in ["ec.pem", "ed25519.pem"] {
        assert!(matches!(of(name)[0], Weakness::NotRsa { .. }), "{name}");
        assert!(
            of(name)[0].is_fatal() && !of(name)[0].is_harmless(),
            "{name}"
        );
        let refused = good(name).public_key().unwrap_err();
        assert!(matches!(refused, CertificateError::NotRsa { .. }), "{name}");
    }
    assert!(good("rsa-pss.pem").public_key().is_ok());
    assert!(matches!(
        good("modulus-even.der").public_key(),
        Err(CertificateError::Key(KeyError::Size { bits: 2048 }))
    ));
}

#[test]
fn names_are_harmless_to_print() {
    for (name, subject) in [
        ("acme.pem", "CN=acme-ledger-sync"),
        (
            "name-punctuation.pem",
            r"CN=Zürich Ltd\, Ledgers \+ Co, O=Acme \\ Söhne, C=NZ",
        ),
        ("name-control-characters.pem", r"CN=a\u{1b}[2Jb\u{202e}c"),
        ("name-latin-1.pem", "CN=café"),
        ("name-utf-16.pem", "CN=Bücher, emailAddress=a@example.com"),
    ] {
        let certificate = good(name);
        assert_eq!(certificate.subject(), subject, "{name}");
        assert_eq!(certificate.issuer(), subject, "{name}");
        assert!(
            !format!("{certificate:?}").chars().any(char::is_control),
            "{name}"
        );
    }
}

/// As `openssl x509 -subject -dates -serial` prints them.
#[test]
fn rare_but_legal_contents_are_read() {
    for (name, start, end) in [
        (
            "until-2050.der",
            "1950-01-01T00:00:00Z",
            "2050-01-01T00:00:00Z",
        ),
        (
            "until-9999.der",
            "2020-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
        ),
    ] {
        let certificate = good(name);
        assert_eq!(certificate.not_before().rfc3339(), start, "{name}");
        assert_eq!(certificate.not_after().rfc3339(), end, "{name}");
        assert!(certificate.validity(certificate.not_after()).is_live());
        let after = certificate.not_after().saturating_add(1);
        assert!(!certificate.validity(after).is_live());
    }
    assert_eq!(good("serial-huge.der").serial_hex(), "7F".repeat(300));
    assert_eq!(good("name-utf-32.der").subject(), r"CN=Zoë\u{202e}");
    assert_eq!(
        good("signed-unknown-long.der").signature_algorithm(),
        "an identifier of unreasonable length"
    );
}

#[test]
fn nothing_of_a_private_key_shows() {
    let error = Certificate::read(&bytes("damaged", "private-key.pem")).unwrap_err();
    let mismatch = good("acme.pem").matches(&key("other.pem")).unwrap_err();
    let secret = Secret::new("c4n4ry");
    let shown = format!(
        "{error}{error:?}{mismatch}{mismatch:?}{secret:?}{:?}",
        good("acme.pem")
    );
    let text = String::from_utf8(bytes("key", "other.pem")).unwrap();
    for line in text.lines().chain(["c4n4ry"]) {
        assert!(!shown.contains(&line[..line.len().min(8)]) || line.starts_with('-'));
    }
}

#[test]
fn every_cut_is_refused() {
    let whole = bytes("good", "acme.der");
    for length in 0..whole.len() {
        assert!(Certificate::read(&whole[..length]).is_err(), "{length}");
    }
}

proptest! {
    #[test]
    fn no_mutation_makes_the_reader_panic(
        name in proptest::sample::select(names("good")),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
        now in any::<i64>(),
    ) {
        // DER even where the file is PEM: an edit of base64 hardly ever gets past the outer layer.
        let mut input = Certificate::read_all(&bytes("good", &name))
            .map_or_else(|_| bytes("good", &name), |all| all[0].der().to_vec());
        for (place, byte, edit) in edits {
            let place = place.index(input.len());
            match edit {
                0 => input[place] = byte,
                1 if place > 40 => input.truncate(place),
                _ => input.insert(place, byte),
            }
        }
        // So that the outer length is right again and the inner structure is reached.
        if let [0x30, 0x82, high, low, body @ ..] = &mut input[..]
            && let Ok(length) = u16::try_from(body.len())
        {
            [*high, *low] = length.to_be_bytes();
        }
        if let Ok(certificates) = Certificate::read_all(&input) {
            let now = UnixTime::from_seconds(now);
            for certificate in &certificates {
                let _ = certificate.forecast(now, &FORECAST_DAYS).to_string();
                let _ = (certificate.weaknesses(), certificate.serial_hex());
                prop_assert!(!certificate.subject().chars().any(char::is_control));
            }
            let _ = live_set(&certificates, now).covered_until();
        }
    }
}
