//! The published vectors, every stage of them.

use std::borrow::Cow;

use countersign_base_string::{Authorization, HeaderLeniencies, Uri};
use countersign_encoding as encoding;
use countersign_key::{RsaPrivateKey, Secret};
use countersign_signature::{Hash, HmacKey, KeyKind, Signature, Signer, Verifier, body_hash};
use countersign_test_support::random::FixedRandom;
use countersign_test_support::report::Report;
use countersign_test_support::vectors::{self, Case};
use countersign_test_support::wire::Wire;

use crate::wire;

const FORM: &str = "application/x-www-form-urlencoded";

/// Runs every case of a kind; a kind that loses cases fails.
fn run(kind: &str, expected: usize, mut check: impl FnMut(&Case, &mut Report)) {
    let cases = vectors::cases(kind);
    let mut report = Report::new(kind);
    for case in &cases {
        check(case, &mut report);
    }
    assert_eq!(cases.len(), expected, "{kind}: number of cases");
    report.finish(cases.len());
}

#[test]
fn exceptions_have_reasons_and_cases() {
    for row in vectors::exceptions() {
        assert!(row.reason.len() > 20, "{}: no reason", row.case);
        let known = vectors::cases(&row.kind);
        assert!(
            known.iter().any(|case| case.id == row.case),
            "{}: no such case",
            row.case
        );
    }
    for row in vectors::policies() {
        assert!(row.reason.len() > 20, "{}: no reason", row.flag);
        assert!(
            ["accept", "reject"].contains(&row.ours.as_str()),
            "{}",
            row.flag
        );
    }
    for row in vectors::disagreements() {
        assert!(row.reason.len() > 20, "{}: no reason", row.class);
    }
}

#[test]
fn percent_encode() {
    run("percent_encode", 17, |case, report| {
        if let Some(encoded) = case.input("encoded") {
            assert_eq!(case.input("direction"), Some("decode_form"));
            let ours = encoding::decode_form_bytes(encoded.as_bytes()).expect("well formed");
            report.check(
                &case.id,
                "text",
                &*ours,
                case.expected("text").expect("text").as_bytes(),
            );
            return;
        }
        let text = case.input("text").expect("text");
        let encoded = case.expected("encoded").expect("encoded");
        report.check(&case.id, "encoded", &*encoding::encode(text), encoded);
        report.check(
            &case.id,
            "length",
            &encoding::encoded_len(text.as_bytes()),
            &encoded.len(),
        );
        report.check(
            &case.id,
            "canonical",
            &encoding::is_canonical(encoded.as_bytes()),
            &true,
        );
        report.check(
            &case.id,
            "decoded",
            &encoding::decode(encoded),
            &Ok(Cow::Borrowed(text)),
        );
        let mut twice = Vec::new();
        encoding::encode_twice_into(text.as_bytes(), &mut twice);
        report.check(
            &case.id,
            "twice",
            &twice[..],
            encoding::encode(encoded).as_bytes(),
        );
    });
}

/// The third part of a base string, decoded once.
fn normalized(base_string: &str) -> String {
    let part = base_string.splitn(3, '&').nth(2).expect("three parts");
    encoding::decode(part).expect("well formed").into_owned()
}

#[test]
fn normalize_params() {
    run("normalize_params", 13, |case, report| {
        let published = case.expected("normalized").expect("normalized");
        let mut wires = Vec::new();
        let bare = Wire {
            method: "POST".to_owned(),
            url: "http://example.com/".to_owned(),
            ..Wire::default()
        };
        if let Some(form) = case.input("form") {
            wires.push(Wire {
                content_type: Some(FORM.to_owned()),
                body: form.as_bytes().to_vec(),
                ..bare.clone()
            });
            // The same pairs in the query, spelt so that a URL can hold them.
            let query = form.replace('{', "%7B").replace('}', "%7D");
            wires.push(Wire {
                url: format!("{}?{query}", bare.url),
                ..bare
            });
        } else {
            wires.push(Wire {
                authorization: wire::credentials(&case.params()),
                ..bare
            });
        }
        for wire in wires {
            let ours = normalized(&wire::base_string(&wire).expect("a base string"));
            report.check(&case.id, "normalized", ours.as_str(), published);
            if let Some(conforming) = case.expected("rfc5849_normalized") {
                report.check(&case.id, "rfc5849_normalized", ours.as_str(), conforming);
            }
        }
    });
}

#[test]
fn base_uri() {
    run("base_uri", 23, |case, report| {
        let url = case.input("url").expect("url");
        let ours = Uri::parse(url).map(|uri| uri.base_uri()).ok();
        let published = case.expected("base_uri").map(str::to_owned);
        assert!(
            published.is_some() || case.expected.get("error").is_some(),
            "{}",
            case.id
        );
        report.check(&case.id, "base_uri", &ours, &published);
        if let Some(conforming) = case.expected("rfc5849_base_uri") {
            report.check(
                &case.id,
                "rfc5849_base_uri",
                ours.as_deref().unwrap_or(""),
                conforming,
            );
        }
    });
}

/// The base string, checked against the published one and, where it differs, the conforming one.
fn check_base_string(case: &Case, wire: &Wire, report: &mut Report) -> Option<String> {
    let ours = wire::base_string(wire);
    if let Some(published) = case.expected("base_string") {
        report.check(&case.id, "base_string", &ours, &Ok(published.to_owned()));
    }
    if let Some(conforming) = case.expected("rfc5849_base_string") {
        report.check(
            &case.id,
            "rfc5849_base_string",
            &ours,
            &Ok(conforming.to_owned()),
        );
    }
    ours.ok()
}

#[test]
fn base_string() {
    run("base_string", 28, |case, report| {
        let wire = wire::of_case(case).expect("a request");
        check_base_string(case, &wire, report);
    });
}

#[test]
fn body_hash() {
    run("body_hash", 4, |case, report| {
        let hash = match case.input("algorithm") {
            Some("sha1") => Hash::Sha1,
            Some("sha256") => Hash::Sha256,
            other => panic!("{other:?}"),
        };
        let body = case.input("body").expect("a body").as_bytes();
        let published = case.expected("body_hash").expect("a hash");
        report.check(
            &case.id,
            "body_hash",
            body_hash::compute(hash, body).as_str(),
            published,
        );
        report.check(
            &case.id,
            "accepted",
            &body_hash::check(hash, body, published).is_ok(),
            &true,
        );
        let mut tampered = body.to_vec();
        tampered.push(b' ');
        let refused = body_hash::check(hash, &tampered, published).is_err();
        report.check(&case.id, "tampered body refused", &refused, &true);
    });
}

#[test]
fn header_parse() {
    run("header_parse", 16, |case, report| {
        let header = case.input("header").expect("a header");
        let read = match case.dialect.as_deref() {
            None => Authorization::parse(header),
            Some("lenient") => {
                let strict = Authorization::parse(header).is_err();
                report.check(&case.id, "strict refuses", &strict, &true);
                Authorization::parse_lenient(header, HeaderLeniencies::ALL)
            }
            Some(other) => panic!("{}: {other}", case.id),
        };
        if case.expected.get("error").is_some() {
            report.check(&case.id, "refused", &read.is_err(), &true);
            return;
        }
        let read = match read {
            Ok(read) => Some(read),
            Err(error) => {
                report.check(&case.id, "parsed", error.to_string().as_str(), "");
                let all = HeaderLeniencies::ALL;
                Authorization::parse_lenient(header, all).ok()
            }
        };
        let Some(read) = read else { return };
        report.check(&case.id, "scheme", &Authorization::is_oauth(header), &true);
        let realm = case.expected("realm").map(str::to_owned);
        let unescaped = realm.map(|realm| realm.replace("\\\\", "\\"));
        report.check(
            &case.id,
            "realm",
            &read.realm().map(str::to_owned),
            &unescaped,
        );
        let decode = |text: &str| encoding::decode(text).expect("well formed").into_owned();
        let mut ours = read
            .parameters()
            .iter()
            .map(|pair| (decode(pair.name()), decode(pair.value())))
            .collect::<Vec<_>>();
        let mut published = vectors::pairs(case.expected.get("params"));
        // Some sources print their pairs sorted.
        ours.sort();
        published.sort();
        report.check(&case.id, "params", &ours, &published);
    });
}

/// The two halves of one key.
struct Keys {
    signer: Signer,
    verifier: Verifier,
}

fn keys(case: &Case) -> Option<Keys> {
    let method = wire::method(case.input("signature_method").expect("a method"));
    if method.kind() == KeyKind::Rsa {
        let pem = case.input("private_key_pem")?;
        let key = RsaPrivateKey::read(pem.as_bytes(), None).expect("a key");
        return Some(Keys {
            signer: Signer::rsa(method, &key).expect("a usable key"),
            verifier: Verifier::rsa(method, key.public_key()).expect("a usable key"),
        });
    }
    let key = HmacKey::new(
        &Secret::new(case.input("consumer_secret")?),
        case.input("token_secret").map(Secret::new).as_ref(),
    );
    Some(if method.is_plaintext() {
        Keys {
            signer: Signer::dangerous_plaintext(&key),
            verifier: Verifier::dangerous_plaintext(&key),
        }
    } else {
        Keys {
            signer: Signer::hmac(method, &key).expect("an HMAC method"),
            verifier: Verifier::hmac(method, &key).expect("an HMAC method"),
        }
    })
}

#[test]
fn signature() {
    let mut twins = 0_usize;
    run("signature", 62, |case, report| {
        let mut wire = wire::of_case(case);
        let mut base_string = match &wire {
            Some(wire) => check_base_string(case, wire, report),
            None => case.input("base_string").map(str::to_owned),
        };
        if let Some(wire) = wire.as_mut().filter(|wire| !wire.url.is_ascii()) {
            // What was typed is no URI; what a client sends is.
            wire.url = ascii(&wire.url);
            let ours = wire::base_string(wire).expect("a base string");
            let published = case.expected("base_string").expect("a base string");
            report.check(&case.id, "base_string of the URI", ours.as_str(), published);
            base_string = Some(ours);
        }
        let Some(keys) = keys(case) else {
            assert!(!case.verified, "{}: no key", case.id);
            report.check(
                &case.id,
                "key",
                "none",
                case.expected("signature").unwrap_or_default(),
            );
            return;
        };
        let Some(base_string) = base_string else {
            return;
        };
        if let Some(presented) = case.input("presented_signature") {
            assert!(case.negative, "{}", case.id);
            let accepted = Signature::parse_base64(presented).is_ok_and(|signature| {
                keys.verifier
                    .verify(base_string.as_bytes(), &signature)
                    .is_ok()
            });
            report.check(&case.id, "accepted", &accepted, &false);
            return;
        }
        check_signature(case, &keys, &base_string, report);
        if let Some(wire) = wire {
            twins += check_on_the_wire(case, &keys, &wire, &base_string, report);
        } else if !keys.signer.method().is_plaintext() {
            let tampered = format!("{base_string}x");
            let published = case.expected("signature").expect("a signature");
            let signature = Signature::parse_base64(published).expect("base64");
            let refused = keys
                .verifier
                .verify(tampered.as_bytes(), &signature)
                .is_err();
            report.check(&case.id, "tampered base string refused", &refused, &true);
            twins += 1;
        }
    });
    println!("signature: {twins} tampered twins refused");
    assert!(twins >= 276, "{twins}");
}

/// The characters that a URL cannot hold, percent-encoded.
fn ascii(url: &str) -> String {
    let encode = |character: char| {
        if character.is_ascii() {
            character.to_string()
        } else {
            encoding::encode(&character.to_string()).into_owned()
        }
    };
    url.chars().map(encode).collect()
}

fn check_signature(case: &Case, keys: &Keys, base_string: &str, report: &mut Report) {
    let mut random = FixedRandom::new(1);
    let mut sign = |text: &str| {
        keys.signer
            .sign(text.as_bytes(), Some(&mut random))
            .expect("a signature")
            .to_text()
    };
    let ours = sign(base_string);
    let published = case.expected("signature").expect("a signature");
    report.check(&case.id, "signature", ours.as_str(), published);
    if let Some(conforming) = case.expected("rfc5849_signature") {
        report.check(&case.id, "rfc5849_signature", ours.as_str(), conforming);
    }
    if let Some(on_the_wire) = case.expected("on_the_wire") {
        report.check(
            &case.id,
            "on_the_wire",
            &*encoding::encode(&ours),
            on_the_wire,
        );
    }
    // Whatever dialect made the base string: the signature of the text as published is right.
    if let Some(text) = case
        .expected("base_string")
        .filter(|_| case.dialect.is_some())
    {
        report.check(
            &case.id,
            "signature of the published text",
            sign(text).as_str(),
            published,
        );
    }
    if let Some(twice) = case.expected("rfc5849_signature_when_alt_also_in_body") {
        let text = base_string.replace("alt%3Djson", "alt%3Djson%26alt%3Djson");
        report.check(
            &case.id,
            "signature with alt twice",
            sign(&text).as_str(),
            twice,
        );
    }
    if let Some(header) = case.expected("authorization_header_sorted") {
        let mut pairs = case.params();
        pairs.retain(|(name, _)| name.starts_with("oauth_"));
        pairs.push(("oauth_signature".to_owned(), ours));
        pairs.sort();
        let written = wire::credentials(&pairs).expect("a header");
        report.check(&case.id, "authorization", written.as_str(), header);
    }
}

/// Sends the signature in the header, verifies it, and sees every tampered twin refused.
fn check_on_the_wire(
    case: &Case,
    keys: &Keys,
    wire: &Wire,
    base_string: &str,
    report: &mut Report,
) -> usize {
    let mut random = FixedRandom::new(2);
    let signature = keys
        .signer
        .sign(base_string.as_bytes(), Some(&mut random))
        .expect("a signature");
    let mut pairs = case.params();
    pairs.retain(|(name, _)| name != "oauth_signature");
    pairs.push(("oauth_signature".to_owned(), signature.to_text()));
    let sent = Wire {
        authorization: wire::credentials(&pairs),
        ..wire.clone()
    };
    report.check(
        &case.id,
        "verified",
        &wire::verify(&sent, &keys.verifier),
        &Ok(()),
    );
    if let Some((_, hash)) = pairs.iter().find(|(name, _)| name == "oauth_body_hash")
        && case.input("body").is_some()
    {
        let ours = keys.signer.method().hash().expect("a hash");
        let checked = body_hash::check(ours, &wire.body, hash).is_ok();
        report.check(&case.id, "body hash", &checked, &true);
    }
    if keys.signer.method().is_plaintext() {
        let other = Verifier::dangerous_plaintext(&HmacKey::from_bytes(b"another&secret"));
        report.check(
            &case.id,
            "other secret refused",
            &wire::verify(&sent, &other).is_err(),
            &true,
        );
        return 1;
    }
    let twins = sent.tampered();
    assert!(twins.len() >= 5, "{}", case.id);
    for (change, twin) in &twins {
        if wire::verify(twin, &keys.verifier).is_ok() {
            report.fail(
                &case.id,
                format!("accepted although the {change} was changed"),
            );
        }
    }
    twins.len()
}
