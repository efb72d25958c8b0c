//! The published vectors, every stage of them.

mod echoes;
mod problem;
mod signature;

use std::borrow::Cow;

use countersign_base_string::{Authorization, HeaderLeniencies, Uri};
use countersign_encoding as encoding;
use countersign_signature::{Hash, body_hash};
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
