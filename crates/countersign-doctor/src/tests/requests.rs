//! Requests with one fault each, with and without keys.

use countersign_clock::UnixTime;
use countersign_encoding::encode;
use countersign_key::Secret;
use countersign_signature::{Hash, body_hash};

use super::{PHOTO, diagnosed, found, keys};
use crate::{Keys, Verdict};

#[test]
fn a_right_request_is_valid_and_http_is_found_out() {
    let diagnosis = diagnosed(PHOTO, &keys(), |case| case);
    assert_eq!(found(&diagnosis), []);
    assert_eq!(diagnosis.verdict(), Verdict::Valid);
    let checks: Vec<_> = diagnosis
        .checks()
        .iter()
        .map(|c| (c.id, c.status.as_str()))
        .collect();
    assert!(checks.contains(&("signature", "ok")));
    assert!(
        checks.contains(&("scheme", "warn")),
        "the signature is right for http only"
    );
}

#[test]
fn a_wrong_secret_is_never_proven() {
    let keys = keys().with_consumer_secret(Secret::new("another"));
    let diagnosis = diagnosed(PHOTO, &keys, |case| case);
    assert_eq!(found(&diagnosis), [("sig.mismatch", "possible")]);
    assert!(
        diagnosis
            .next()
            .is_some_and(|next| next.contains("--client-base-string"))
    );
}

#[test]
fn without_keys_the_signature_is_not_judged() {
    let diagnosis = diagnosed(PHOTO, &Keys::default(), |case| case);
    assert_eq!(found(&diagnosis), []);
    assert!(
        diagnosis
            .not_checked()
            .iter()
            .any(|line| line.starts_with("signature:"))
    );
    assert!(diagnosis.next().is_some_and(|next| next.contains("--keys")));
}

/// The photo request with one thing changed, and what is found.
#[test]
fn each_fault_has_its_code() {
    const SIGNATURE: &str = "MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D";
    const HEX: &str = "31da50714f223d25235a837f50332c2b6b2e8bd2";
    const HEX_IN_BASE64: &str = "MzFkYTUwNzE0ZjIyM2QyNTIzNWE4MzdmNTAzMzJjMmI2YjJlOGJkMg%3D%3D";
    const NONCE: &str = "oauth_nonce=\"chapoH\", ";
    let cases: [(&str, String, &str, &str); 12] = [
        (SIGNATURE, HEX.to_owned(), "sig.hex_not_base64", "proven"),
        (
            SIGNATURE,
            HEX_IN_BASE64.to_owned(),
            "sig.base64_of_hex",
            "proven",
        ),
        (
            "2sui9I%3D",
            "2sui9I%253D".to_owned(),
            "sig.double_encoded",
            "proven",
        ),
        ("2sui9I%3D", "2sui9I".to_owned(), "sig.not_base64", "proven"),
        (
            "HMAC-SHA1",
            "HMAC-SHA256".to_owned(),
            "sig.alg_mismatch",
            "proven",
        ),
        (
            "HMAC-SHA1",
            "HMAC-MD5".to_owned(),
            "sig.method_unknown",
            "likely",
        ),
        (
            "oauth_nonce",
            "oauth_nonse".to_owned(),
            "hdr.param_name_typo",
            "proven",
        ),
        (NONCE, String::new(), "hdr.param_absent", "likely"),
        (NONCE, NONCE.repeat(2), "hdr.param_duplicated", "likely"),
        (NONCE, format!("{NONCE}, "), "hdr.malformed", "proven"),
        (
            NONCE,
            format!("{NONCE}oauth_version=\"1.0a\", "),
            "protocol.version",
            "likely",
        ),
        (
            "vacation.jpg",
            "vacation%2.jpg".to_owned(),
            "enc.malformed",
            "likely",
        ),
    ];
    for (from, to, code, confidence) in &cases {
        let text = PHOTO.replace(from, to);
        assert_ne!(text, PHOTO, "{code}: nothing was changed");
        let diagnosis = diagnosed(&text, &keys(), |case| case);
        assert!(
            found(&diagnosis).contains(&(*code, *confidence)),
            "{code}: {:?}",
            found(&diagnosis)
        );
    }
}

#[test]
fn a_request_without_oauth_says_so() {
    let diagnosis = diagnosed(
        "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n",
        &keys(),
        |case| case,
    );
    assert_eq!(found(&diagnosis), [("hdr.absent", "likely")]);
}

#[test]
fn the_clock_is_judged_by_the_date_of_the_answer() {
    // 137131202 is 1974-05-07 04:00:02.
    let answer = |time: &str| {
        let text = format!(
            "{PHOTO}HTTP/1.1 401 Unauthorized\r\nDate: Tue, 07 May 1974 {time} GMT\r\n\r\n\
             oauth_problem=timestamp_refused"
        );
        let diagnosis = diagnosed(&text, &keys(), |case| case);
        (found(&diagnosis), diagnosis.verdict())
    };
    let (findings, verdict) = answer("04:05:03");
    assert!(
        matches!(findings[..], [(code, "proven")] if code.starts_with("time.")),
        "the signature verifies, the clock is off: {findings:?}"
    );
    assert_eq!(verdict, Verdict::Explained);
    let (findings, _) = answer("04:05:02");
    assert!(
        findings
            .iter()
            .all(|(_, confidence)| *confidence != "proven"),
        "300 s are inside the window: {findings:?}"
    );
}

#[test]
fn milliseconds_are_recognised_without_any_clock() {
    let text = PHOTO.replace("137131202", "1795447604123");
    let diagnosis = diagnosed(&text, &keys(), |case| case);
    assert!(
        found(&diagnosis).contains(&("time.unit", "likely")),
        "{:?}",
        found(&diagnosis)
    );
}

#[test]
fn an_explicit_time_counts() {
    let at = |seconds| {
        let diagnosis = diagnosed(PHOTO, &keys(), |case| {
            case.at(UnixTime::from_seconds(seconds))
        });
        (found(&diagnosis), diagnosis.verdict())
    };
    assert_eq!(at(137_131_202), (vec![], Verdict::Valid));
    let (findings, verdict) = at(137_132_202);
    assert_eq!(verdict, Verdict::Explained);
    assert!(
        findings.iter().all(|(code, _)| code.starts_with("time.")),
        "{findings:?}"
    );
}

#[test]
fn a_body_hash_of_other_bytes_is_named() {
    let check = |hash: &str| {
        let text = format!(
            "POST /x HTTP/1.1\r\nHost: example.com\r\nContent-Type: application/json\r\n\
             Content-Length: 2\r\nAuthorization: OAuth oauth_consumer_key=\"k\", oauth_token=\"t\", \
             oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"137131202\", \
             oauth_nonce=\"chapoHchapoH\", oauth_body_hash=\"{}\", \
             oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\"\r\n\r\n[]",
            encode(hash)
        );
        diagnosed(&text, &keys(), |case| case)
    };
    let cases = [
        (
            body_hash::compute(Hash::Sha1, b""),
            "bodyhash.wrong_bytes",
            "likely",
        ),
        (
            body_hash::compute(Hash::Sha256, b"null"),
            "bodyhash.wrong_bytes",
            "likely",
        ),
        (
            body_hash::compute(Hash::Sha1, b"[]\n"),
            "bodyhash.wrong_bytes",
            "likely",
        ),
        (
            body_hash::compute(Hash::Sha256, b"[]"),
            "bodyhash.other_hash",
            "likely",
        ),
        (
            body_hash::compute(Hash::Sha1, b"something else"),
            "bodyhash.wrong_bytes",
            "likely",
        ),
        ("AAAA".to_owned(), "bodyhash.wrong_bytes", "likely"),
    ];
    for (hash, code, confidence) in &cases {
        let findings = found(&check(hash));
        assert!(
            findings.contains(&(*code, *confidence)),
            "{hash}: {findings:?}"
        );
    }
    let right = check(&body_hash::compute(Hash::Sha1, b"[]"));
    assert!(
        right
            .checks()
            .iter()
            .any(|c| c.id == "body_hash" && c.status.as_str() == "ok")
    );
}

#[test]
fn no_output_shows_a_secret() {
    let keys = keys();
    let diagnosis = diagnosed(PHOTO, &keys, |case| case);
    let shown = format!("{diagnosis:?} {keys:?} {keys:#?}");
    for canary in ["kd94hf93k423kf44", "pfkkdhi9sl3r4s00"] {
        assert!(!shown.contains(canary));
    }
}

#[test]
fn two_headers_and_other_schemes_are_named() {
    let line = PHOTO
        .lines()
        .find(|line| line.starts_with("Authorization"))
        .unwrap();
    let twice = PHOTO.replace(line, &format!("{line}\r\n{line}"));
    assert_eq!(
        found(&diagnosed(&twice, &keys(), |case| case)),
        [("hdr.duplicated", "likely")]
    );
    for (value, code) in [
        ("Bearer abc", "hdr.scheme"),
        ("OAuth2 abc", "hdr.scheme"),
        ("OAuth", "hdr.scheme"),
        ("Basic eDp5", "hdr.absent"),
    ] {
        let text = PHOTO.replace(line, &format!("Authorization: {value}"));
        assert_eq!(
            found(&diagnosed(&text, &keys(), |case| case)),
            [(code, "likely")],
            "{value}"
        );
    }
}
