//! Whole signatures: base string, signature, header, verification, tampered twins.

use countersign_encoding as encoding;
use countersign_key::{RsaPrivateKey, Secret};
use countersign_signature::{HmacKey, KeyKind, Signature, Signer, Verifier, body_hash};
use countersign_test_support::random::FixedRandom;
use countersign_test_support::report::Report;
use countersign_test_support::vectors::Case;
use countersign_test_support::wire::Wire;

use super::{check_base_string, run};
use crate::wire;

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
