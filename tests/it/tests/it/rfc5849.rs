//! The examples of RFC 5849, with what is known of their errors.

use countersign_base_string::{Authorization, BaseString, Uri};
use countersign_key::Secret;
use countersign_signature::{HmacKey, Method, Signer, Verifier};
use countersign_test_support::credentials::{CONSUMER_KEY, CONSUMER_SECRET, TOKEN, TOKEN_SECRET};
use countersign_test_support::wire::Wire;

use crate::wire;

const FORM: &str = "application/x-www-form-urlencoded";

fn hmac_sha1(consumer: &str, token: &str) -> (Signer, Verifier) {
    let key = HmacKey::new(&Secret::new(consumer), Some(&Secret::new(token)));
    (
        Signer::hmac(Method::HMAC_SHA1, &key).expect("an HMAC method"),
        Verifier::hmac(Method::HMAC_SHA1, &key).expect("an HMAC method"),
    )
}

/// Section 1.2: three requests, each verified with the secrets that the text gives.
#[test]
fn section_1_2() {
    let header =
        |token: Option<&str>, timestamp: &str, nonce: &str, more: &str, signature: &str| {
            let token =
                token.map_or_else(String::new, |token| format!("oauth_token=\"{token}\", "));
            format!(
                "OAuth realm=\"Photos\", oauth_consumer_key=\"{CONSUMER_KEY}\", {token}\
             oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"{timestamp}\", \
             oauth_nonce=\"{nonce}\", {more}oauth_signature=\"{signature}\""
            )
        };
    let post = |url: &str, authorization: String| Wire {
        method: "POST".to_owned(),
        url: url.to_owned(),
        authorization: Some(authorization),
        ..Wire::default()
    };
    let initiate = post(
        "https://photos.example.net/initiate",
        header(
            None,
            "137131200",
            "wIjqoS",
            "oauth_callback=\"http%3A%2F%2Fprinter.example.com%2Fready\", ",
            "74KNZJeDHnMBp0EMJ9ZHt%2FXKycU%3D",
        ),
    );
    let token = post(
        "https://photos.example.net/token",
        header(
            Some("hh5s93j4hdidpola"),
            "137131201",
            "walatlh",
            "oauth_verifier=\"hfdp7dh39dks9884\", ",
            "gKgrFCywp7rO0OXSjdot%2FIHF7IU%3D",
        ),
    );
    let photo = Wire {
        method: "GET".to_owned(),
        url: "http://photos.example.net/photos?file=vacation.jpg&size=original".to_owned(),
        authorization: Some(header(
            Some(TOKEN),
            "137131202",
            "chapoH",
            "",
            "MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D",
        )),
        ..Wire::default()
    };
    for (wire, token_secret) in [
        (initiate, ""),
        (token, "hdhd0244k9j7ao03"),
        (photo.clone(), TOKEN_SECRET),
    ] {
        let (_, verifier) = hmac_sha1(CONSUMER_SECRET, token_secret);
        assert_eq!(wire::verify(&wire, &verifier), Ok(()), "{}", wire.url);
        for (change, twin) in wire.tampered() {
            assert!(
                wire::verify(&twin, &verifier).is_err(),
                "{}: {change}",
                wire.url
            );
        }
    }
    // The photo was fetched over http; over https its signature is another one.
    let (signer, verifier) = hmac_sha1(CONSUMER_SECRET, TOKEN_SECRET);
    let over_https = Wire {
        url: photo.url.replace("http:", "https:"),
        ..photo
    };
    assert!(wire::verify(&over_https, &verifier).is_err());
    let base_string = wire::base_string(&over_https).expect("a base string");
    let signature = signer
        .sign(base_string.as_bytes(), None)
        .expect("a signature");
    assert_eq!(signature.to_text(), "91yh92rtXzicpezVYjTDNzieVps=");
}

/// Sections 3.1 and 3.4.1: one request, printed three times.
fn example() -> Wire {
    Wire {
        method: "POST".to_owned(),
        url: "http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b".to_owned(),
        content_type: Some(FORM.to_owned()),
        body: b"c2&a3=2+q".to_vec(),
        authorization: Some(
            "OAuth realm=\"Example\", oauth_consumer_key=\"9djdj82h48djs9d2\", \
             oauth_token=\"kkk9d7dh3k39sjv7\", oauth_signature_method=\"HMAC-SHA1\", \
             oauth_timestamp=\"137131201\", oauth_nonce=\"7d8f3e4a\", \
             oauth_signature=\"r6%2FTJjbCOr97%2F%2BUU0NsvSne7s5g%3D\""
                .to_owned(),
        ),
    }
}

#[test]
fn section_3_1_with_erratum_2550() {
    let (_, verifier) = hmac_sha1("j49sk3j29djd", "dh893hdasih9");
    let wire = example();
    assert_eq!(wire::verify(&wire, &verifier), Ok(()));
    for (change, twin) in wire.tampered() {
        assert!(wire::verify(&twin, &verifier).is_err(), "{change}");
    }
    // What the RFC prints, and the placeholder of section 3.4.1.3.1.
    for printed in [
        "bYT5CMsGcbgUdFHObYMEfcx6bsw%3D",
        "djosJKDKJSD8743243%2Fjdk33klY%3D",
    ] {
        let authorization = wire
            .authorization
            .as_deref()
            .map(|header| header.replace("r6%2FTJjbCOr97%2F%2BUU0NsvSne7s5g%3D", printed));
        let wire = Wire {
            authorization,
            ..wire.clone()
        };
        assert!(wire::verify(&wire, &verifier).is_err(), "{printed}");
    }
}

#[test]
fn section_3_4_1_1() {
    assert_eq!(
        wire::base_string(&example()).expect("a base string"),
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D\
         %25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f\
         3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3D\
         kkk9d7dh3k39sjv7"
    );
}

#[test]
fn section_3_4_1_2() {
    for (scheme, host, target, base_uri) in [
        (
            "http",
            "EXAMPLE.COM:80",
            "/r%20v/X?id=123",
            "http://example.com/r%20v/X",
        ),
        (
            "https",
            "www.example.net:8080",
            "/?q=1",
            "https://www.example.net:8080/",
        ),
    ] {
        let scheme = scheme.parse().expect("a scheme");
        let uri = Uri::from_target(scheme, host, target).expect("a target");
        assert_eq!(uri.base_uri(), base_uri);
    }
}

/// Section 3.4.1.3.1: the decoded parameters, with their places of origin.
#[test]
fn section_3_4_1_3_1() {
    let listed = wire::read(&example(), |_, parameters| {
        parameters
            .iter()
            .filter(|parameter| parameter.is_signed())
            .map(|parameter| {
                let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
                (text(&parameter.name()), text(&parameter.value()))
            })
            .collect::<Vec<_>>()
    })
    .expect("parameters");
    let mut sorted = listed
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect::<Vec<_>>();
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        [
            ("a2", "r b"),
            ("a3", "2 q"),
            ("a3", "a"),
            ("b5", "=%3D"),
            ("c2", ""),
            ("c@", ""),
            ("oauth_consumer_key", "9djdj82h48djs9d2"),
            ("oauth_nonce", "7d8f3e4a"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131201"),
            ("oauth_token", "kkk9d7dh3k39sjv7"),
        ]
    );
}

/// Section 3.5.1: the header reads; its signature cannot be checked, the secrets are not given.
#[test]
fn section_3_5_1() {
    let header = Authorization::parse(
        "OAuth realm=\"Example\",oauth_consumer_key=\"0685bd9184jfhq22\",\
         oauth_token=\"ad180jjd733klru7\",oauth_signature_method=\"HMAC-SHA1\",\
         oauth_signature=\"wOJIO9A2W5mFwDgiDvZbTSMK%2FPY%3D\",oauth_timestamp=\"137131200\",\
         oauth_nonce=\"4572616e48616d6d65724c61686176\",oauth_version=\"1.0\"",
    )
    .expect("the RFC's own header");
    assert_eq!(header.realm(), Some("Example"));
    assert_eq!(header.parameters().len(), 7);
}

/// Sections 2.1 and 2.3: `PLAINTEXT`, which signs nothing.
#[test]
fn sections_2_1_and_2_3() {
    for (token_secret, sent) in [
        ("", "ja893SD9%26"),
        ("hdhd0244k9j7ao03", "ja893SD9%26hdhd0244k9j7ao03"),
    ] {
        let key = HmacKey::new(&Secret::new("ja893SD9"), Some(&Secret::new(token_secret)));
        let signer = Signer::dangerous_plaintext(&key);
        let text = BaseString::from_text("whatever");
        let signature = signer
            .sign(text.as_bytes(), None)
            .expect("a signature")
            .to_text();
        assert_eq!(countersign_encoding::encode(&signature), sent);
    }
}
