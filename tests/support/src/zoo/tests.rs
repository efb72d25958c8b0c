use std::collections::BTreeSet;

use super::request::{Body, Field, Placing};
use super::{Credentials, Hash, Request, all, draw, right, signature};
use crate::credentials::{CONSUMER_KEY, CONSUMER_SECRET, TOKEN, TOKEN_SECRET};
use crate::random::FixedRandom;

fn field(name: &str, value: &str) -> Field {
    Field {
        name: name.to_owned(),
        value: value.to_owned(),
        raw_name: name.to_owned(),
        raw_value: Some(value.to_owned()),
    }
}

/// RFC 5849 section 1.2, the request for the photo.
fn photo() -> Request {
    Request {
        method: "GET",
        scheme: "http",
        host: "photos.example.net".to_owned(),
        port: None,
        path: "/photos".to_owned(),
        query: vec![field("file", "vacation.jpg"), field("size", "original")],
        content_type: None,
        body: Body::None,
        protocol: [
            ("oauth_consumer_key", CONSUMER_KEY),
            ("oauth_token", TOKEN),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131202"),
            ("oauth_nonce", "chapoH"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec(),
        realm: Some("Photos".to_owned()),
        placing: Placing::Header,
        hash: Hash::Sha1,
        forwarded: Vec::new(),
        credentials: Credentials {
            consumer_key: CONSUMER_KEY.to_owned(),
            consumer_secret: CONSUMER_SECRET.to_owned(),
            token: TOKEN.to_owned(),
            token_secret: TOKEN_SECRET.to_owned(),
            others: Vec::new(),
        },
    }
}

#[test]
fn the_signer_makes_the_example_of_the_rfc() {
    let request = photo();
    assert_eq!(
        signature(&request).encoded,
        "MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"
    );
    let sent = right(&request);
    assert_eq!(sent.target, "/photos?file=vacation.jpg&size=original");
    assert_eq!(
        sent.headers,
        [(
            "Authorization".to_owned(),
            "OAuth realm=\"Photos\", oauth_consumer_key=\"dpf43f3p2l4k3l03\", \
             oauth_token=\"nnch734d00sl2jdk\", oauth_signature_method=\"HMAC-SHA1\", \
             oauth_timestamp=\"137131202\", oauth_nonce=\"chapoH\", \
             oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\""
                .to_owned()
        )]
    );
}

#[test]
fn there_are_many_faults_and_each_can_be_met() {
    let names: BTreeSet<_> = all().map(|fault| fault.what).collect();
    assert_eq!(names.len(), all().count(), "two faults of one name");
    assert!(names.len() >= 70, "{}", names.len());
    for fault in all() {
        let mut random = FixedRandom::new(3);
        let met = (0..2000).any(|_| super::fault::with(fault, &mut random).is_some());
        assert!(met, "{}: {}", fault.code, fault.what);
    }
}

#[test]
fn a_seed_draws_the_same_specimens() {
    let first = |seed| draw(&mut FixedRandom::new(seed), 2).sent;
    assert_eq!(first(1), first(1));
    assert_ne!(first(1), first(2));
}

#[test]
fn a_specimen_has_the_number_of_faults_asked_for() {
    let mut random = FixedRandom::new(5);
    for count in 1..=3 {
        for _ in 0..20 {
            let specimen = draw(&mut random, count);
            assert_eq!(specimen.faults.len(), count);
            assert_ne!(specimen.sent, right(&specimen.request));
        }
    }
}
