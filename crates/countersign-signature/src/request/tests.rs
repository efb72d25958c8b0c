#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use countersign_base_string::{Limits, Parameters, Place, ProtocolParameters, Request, Uri};
use proptest::prelude::*;

use crate::testing::key;
use crate::{
    HmacKey, Method, Scratch, SignError, SignRequest, Signature, Signed, Signer, Verifier, sign,
};

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

/// A published example: the request, the secrets, the signature.
struct Example {
    method: &'static str,
    url: &'static str,
    body: Option<&'static str>,
    protocol: ProtocolParameters<'static>,
    key: HmacKey,
    signature: &'static str,
}

fn examples() -> Vec<Example> {
    let rfc = "dpf43f3p2l4k3l03";
    let x = "xvz1evFS4wEEPTGEFPHBog";
    let x_secret = "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw";
    let x_token = "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb";
    vec![
        // RFC 5849 section 1.2, its three requests.
        Example {
            method: "POST",
            url: "https://photos.example.net/initiate",
            body: None,
            protocol: ProtocolParameters::new(rfc, "HMAC-SHA1", "137131200", "wIjqoS")
                .without_version()
                .with_callback("http://printer.example.com/ready"),
            key: key("kd94hf93k423kf44", ""),
            signature: "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
        },
        Example {
            method: "POST",
            url: "https://photos.example.net/token",
            body: None,
            protocol: ProtocolParameters::new(rfc, "HMAC-SHA1", "137131201", "walatlh")
                .without_version()
                .with_token("hh5s93j4hdidpola")
                .with_verifier("hfdp7dh39dks9884"),
            key: key("kd94hf93k423kf44", "hdhd0244k9j7ao03"),
            signature: "gKgrFCywp7rO0OXSjdot/IHF7IU=",
        },
        Example {
            method: "GET",
            url: "http://photos.example.net/photos?file=vacation.jpg&size=original",
            body: None,
            protocol: ProtocolParameters::new(rfc, "HMAC-SHA1", "137131202", "chapoH")
                .without_version()
                .with_token("nnch734d00sl2jdk"),
            key: key("kd94hf93k423kf44", "pfkkdhi9sl3r4s00"),
            signature: "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
        },
        // RFC 5849 section 3.1, with the signature of erratum 2550.
        Example {
            method: "POST",
            url: "http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
            body: Some("c2&a3=2+q"),
            protocol: ProtocolParameters::new(
                "9djdj82h48djs9d2",
                "HMAC-SHA1",
                "137131201",
                "7d8f3e4a",
            )
            .without_version()
            .with_token("kkk9d7dh3k39sjv7"),
            key: key("j49sk3j29djd", "dh893hdasih9"),
            signature: "r6/TJjbCOr97/+UU0NsvSne7s5g=",
        },
        // X's (Twitter's) documentation, "Creating a signature", with the URL of today and that of
        // before.
        Example {
            method: "POST",
            url: "https://api.twitter.com/1.1/statuses/update.json?include_entities=true",
            body: Some(
                "status=Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20signed%20OAuth%20request%21",
            ),
            protocol: ProtocolParameters::new(
                x,
                "HMAC-SHA1",
                "1318622958",
                "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
            )
            .with_token(x_token),
            key: key(x_secret, "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"),
            signature: "hCtSmYh+iHYCEqBWrE7C7hYmtUk=",
        },
        Example {
            method: "POST",
            url: "https://api.twitter.com/1/statuses/update.json?include_entities=true",
            body: Some("status=Hello%20Ladies%20%2b%20Gentlemen%2c+a+signed+OAuth%20request!"),
            protocol: ProtocolParameters::new(
                x,
                "HMAC-SHA1",
                "1318622958",
                "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
            )
            .with_token(x_token),
            key: key(x_secret, "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"),
            signature: "tnnArxj06cWHq44gCs1OSKk/jLY=",
        },
    ]
}

impl Example {
    fn request(&self) -> Request<'static> {
        let request = Request::new(self.method, Uri::parse(self.url).unwrap()).unwrap();
        match self.body {
            Some(body) => request.with_body(FORM, body.as_bytes()),
            None => request,
        }
    }
}

/// What a receiver makes of the signed request: its base string and the signature sent along.
fn received(request: &Request<'_>, signed: &Signed) -> (String, Signature) {
    let url = signed.url(&url_of(request));
    let mut body = request.body().to_vec();
    signed.append_to_body(&mut body);
    let mut received = Request::new(request.method(), Uri::parse(&url).unwrap())
        .unwrap()
        .with_body(request.content_type(), &body);
    if let Some(value) = signed.authorization() {
        received = received.with_authorization(value);
    }
    let parameters = Parameters::collect(&received, &Limits::default()).unwrap();
    assert_eq!(parameters.places().collect::<Vec<_>>(), [signed.place()]);
    assert!(parameters.duplicates().is_empty());
    let text = parameters
        .protocol("oauth_signature")
        .unwrap()
        .value()
        .into_owned();
    let text = String::from_utf8(text).unwrap();
    let base_string = countersign_base_string::BaseString::new(&received, &parameters);
    (
        base_string.into_string(),
        Signature::parse_base64(&text).unwrap(),
    )
}

fn url_of(request: &Request<'_>) -> String {
    let uri = request.uri();
    let port = uri
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let query = uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    format!(
        "{}://{}{port}{}{query}",
        uri.scheme(),
        uri.host(),
        uri.path()
    )
}

#[test]
fn the_published_signatures() {
    for example in examples() {
        let signer = Signer::hmac(Method::HMAC_SHA1, &example.key).unwrap();
        let verifier = Verifier::hmac(Method::HMAC_SHA1, &example.key).unwrap();
        let request = example.request();
        for placement in [Place::Header, Place::Query, Place::Body] {
            if placement == Place::Body && example.body.is_none() {
                continue;
            }
            let signed = sign(&request, &example.protocol, &signer, placement, None, None).unwrap();
            assert_eq!(
                signed.signature().to_text(),
                example.signature,
                "{}",
                example.url
            );
            let (base_string, signature) = received(&request, &signed);
            assert_eq!(base_string, signed.base_string().as_str());
            verifier.verify(base_string.as_bytes(), &signature).unwrap();

            // The tampered twin: one character of one value.
            let tampered = base_string.replacen("oauth_nonce%3D", "oauth_nonce%3Dx", 1);
            assert_ne!(tampered, base_string);
            assert!(verifier.verify(tampered.as_bytes(), &signature).is_err());
        }
    }
}

#[test]
fn reused_memory_changes_nothing() {
    let mut scratch = Scratch::new();
    for example in examples() {
        let signer = Signer::hmac(Method::HMAC_SHA1, &example.key).unwrap();
        let request = example.request();
        for placement in [Place::Header, Place::Query] {
            let sign = SignRequest::new(&request, &example.protocol).with_placement(placement);
            let mut out = b"before ".to_vec();
            sign.sign_into(&signer, None, &mut scratch, &mut out)
                .unwrap();
            let signed = sign.sign(&signer, None).unwrap();
            let addition = signed.authorization().or_else(|| signed.query()).unwrap();
            assert_eq!(
                String::from_utf8(out).unwrap(),
                format!("before {addition}")
            );
        }
    }
}

/// Pairs that are not on the wire yet are signed as if they were.
#[test]
fn decoded_pairs_are_signed_like_those_of_the_wire() {
    let signer = Signer::hmac(Method::HMAC_SHA1, &key("a", "b")).unwrap();
    let protocol = ProtocolParameters::new("key", "HMAC-SHA1", "1", "n");
    let on_the_wire = Request::new("POST", Uri::parse("https://h/?c=%26&d").unwrap())
        .unwrap()
        .with_body(FORM, b"e=f+g&e=");
    let bare = Request::new("POST", Uri::parse("https://h/").unwrap()).unwrap();
    let (query, form) = ([("c", "&"), ("d", "")], [("e", "f g"), ("e", "")]);
    for place in [Place::Header, Place::Query, Place::Body] {
        let expected = sign(&on_the_wire, &protocol, &signer, place, None, None).unwrap();
        let sign = SignRequest::new(&bare, &protocol).with_placement(place);
        let sign = sign.with_query(&query).with_form(&form);
        let signed = sign.sign(&signer, None).unwrap();
        assert_eq!(signed.base_string(), expected.base_string());
        assert_eq!(signed.authorization(), expected.authorization());
        let mut out = Vec::new();
        sign.sign_into(&signer, None, &mut Scratch::new(), &mut out)
            .unwrap();
        let addition = signed
            .authorization()
            .or_else(|| signed.query())
            .or_else(|| signed.body());
        assert_eq!(Some(out.as_slice()), addition.map(str::as_bytes));
    }

    let refuse = |sign: SignRequest<'_>| sign.sign(&signer, None).unwrap_err();
    let json = bare.clone().with_body(Some("application/json"), b"{}");
    let sign = SignRequest::new(&json, &protocol).with_form(&form);
    assert!(matches!(refuse(sign), SignError::NoFormBody));
    let hashed = protocol
        .clone()
        .with_body_hash("2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
    let sign = SignRequest::new(&bare, &hashed).with_form(&form);
    assert!(matches!(refuse(sign), SignError::BodyHashOnForm));
    let repeated = [("oauth_nonce", "x")];
    let sign = SignRequest::new(&bare, &protocol).with_query(&repeated);
    assert!(matches!(refuse(sign), SignError::Repeated { .. }));
}

#[test]
fn the_steps_are_shown() {
    let example = &examples()[2];
    let signer = Signer::hmac(Method::HMAC_SHA1, &example.key).unwrap();
    let signed = sign(
        &example.request(),
        &example.protocol,
        &signer,
        Place::Header,
        Some("Photos"),
        None,
    )
    .unwrap();
    let names: Vec<&str> = signed
        .parameters()
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "file",
            "oauth_consumer_key",
            "oauth_nonce",
            "oauth_signature_method",
            "oauth_timestamp",
            "oauth_token",
            "size"
        ]
    );
    assert_eq!(
        signed.authorization(),
        Some(
            "OAuth realm=\"Photos\", oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_nonce=\"chapoH\", \
             oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"137131202\", \
             oauth_token=\"nnch734d00sl2jdk\", oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\""
        )
    );
    assert_eq!((signed.query(), signed.body()), (None, None));
}

#[test]
fn plaintext_sends_the_key_string() {
    let key = key("ja893SD9", "xyz4992k83j47x0b");
    let signer = Signer::dangerous_plaintext(&key);
    let request = Request::new("POST", Uri::parse("https://server.example.com/").unwrap()).unwrap();
    let protocol = ProtocolParameters::new("jd83jd92dhsh93js", "PLAINTEXT", "", "")
        .without_timestamp_and_nonce()
        .without_version();
    let signed = sign(&request, &protocol, &signer, Place::Header, None, None).unwrap();
    assert_eq!(
        signed.authorization(),
        Some(
            "OAuth oauth_consumer_key=\"jd83jd92dhsh93js\", oauth_signature_method=\"PLAINTEXT\", \
             oauth_signature=\"ja893SD9%26xyz4992k83j47x0b\""
        )
    );
    let verifier = Verifier::dangerous_plaintext(&key);
    let parse = |text| Method::dangerous_plaintext().parse_signature(text).unwrap();
    verifier
        .verify(b"anything", &parse("ja893SD9&xyz4992k83j47x0b"))
        .unwrap();
    for wrong in [
        "ja893SD9&xyz4992k83j47x0",
        "ja893SD9&",
        "",
        "JA893SD9&xyz4992k83j47x0b",
    ] {
        assert!(verifier.verify(b"anything", &parse(wrong)).is_err());
    }
}

fn refusal(
    request: &Request<'_>,
    protocol: &ProtocolParameters<'_>,
    change: fn(SignRequest<'_>) -> SignRequest<'_>,
) -> SignError {
    let signer = Signer::hmac(Method::HMAC_SHA1, &key("a", "b")).unwrap();
    let mut out = b"before".to_vec();
    let mut scratch = Scratch::new();
    let error = change(SignRequest::new(request, protocol))
        .sign_into(&signer, None, &mut scratch, &mut out)
        .unwrap_err();
    assert_eq!(out, b"before", "an error changes nothing");
    let again = change(SignRequest::new(request, protocol))
        .sign(&signer, None)
        .unwrap_err();
    assert_eq!(error.to_string(), again.to_string());
    error
}

#[test]
fn what_a_request_cannot_carry_is_refused() {
    fn same(sign: SignRequest<'_>) -> SignRequest<'_> {
        sign
    }
    fn body(sign: SignRequest<'_>) -> SignRequest<'_> {
        sign.with_placement(Place::Body)
    }
    fn to_query(sign: SignRequest<'_>) -> SignRequest<'_> {
        sign.with_placement(Place::Query)
    }
    fn realm(sign: SignRequest<'_>) -> SignRequest<'_> {
        to_query(sign.with_realm("r"))
    }
    fn newline(sign: SignRequest<'_>) -> SignRequest<'_> {
        sign.with_realm("a\r\nSet-Cookie: b")
    }
    let plain = || Request::new("POST", Uri::parse("https://example.com/a?b=c").unwrap()).unwrap();
    let protocol = || ProtocolParameters::new("key", "HMAC-SHA1", "1", "n");
    let form = || plain().with_body(FORM, b"a=1");

    assert!(matches!(
        refusal(&plain(), &protocol(), body),
        SignError::NoFormBody
    ));
    let json = plain().with_body(Some("application/json"), b"{}");
    assert!(matches!(
        refusal(&json, &protocol(), body),
        SignError::NoFormBody
    ));

    let hash = protocol().with_body_hash("2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
    assert!(matches!(
        refusal(&form(), &hash, same),
        SignError::BodyHashOnForm
    ));

    assert!(matches!(
        refusal(&plain(), &protocol(), realm),
        SignError::RealmOutsideHeader
    ));
    assert!(matches!(
        refusal(&plain(), &protocol(), newline),
        SignError::Header(_)
    ));

    for name in ["HMAC-SHA256", "hmac-sha1", "", "PLAINTEXT"] {
        let other = ProtocolParameters::new("key", name, "1", "n");
        assert!(matches!(
            refusal(&plain(), &other, same),
            SignError::OtherMethod { .. }
        ));
    }
    let timeless = protocol().without_timestamp_and_nonce();
    assert!(matches!(
        refusal(&plain(), &timeless, same),
        SignError::Missing {
            name: "oauth_timestamp"
        }
    ));

    let query = |text| Request::new("GET", Uri::parse(text).unwrap()).unwrap();
    for (request, repeated) in [
        (query("https://example.com/?oauth_nonce=x"), "oauth_nonce"),
        (query("https://example.com/?oauth%5fnonce=x"), "oauth_nonce"),
        (
            query("https://example.com/?oauth_signature=x"),
            "oauth_signature",
        ),
        (
            plain().with_body(FORM, b"oauth_timestamp=1"),
            "oauth_timestamp",
        ),
    ] {
        match refusal(&request, &protocol(), same) {
            SignError::Repeated { name } => assert_eq!(name, repeated),
            other => panic!("{other}"),
        }
    }
    for name in ["oauth_nonce", "oauth_signature"] {
        let twice = protocol().with_parameter(name, "x");
        assert!(matches!(
            refusal(&plain(), &twice, same),
            SignError::Repeated { .. }
        ));
    }

    let basic = plain().with_authorization("Basic YTpi");
    assert!(matches!(
        refusal(&basic, &protocol(), same),
        SignError::AuthorizationTaken
    ));
    let oauth = plain().with_authorization("OAuth oauth_token=\"a\"");
    assert!(matches!(
        refusal(&oauth, &protocol(), to_query),
        SignError::AuthorizationTaken
    ));
    let malformed = query("https://example.com/?a=%zz");
    assert!(matches!(
        refusal(&malformed, &protocol(), same),
        SignError::Parameters(_)
    ));

    // Credentials of another scheme do not disturb the other places, nor do strange names of one's
    // own.
    let signer = Signer::hmac(Method::HMAC_SHA1, &key("a", "b")).unwrap();
    sign(&basic, &protocol(), &signer, Place::Query, None, None).unwrap();
    let more = protocol()
        .with_parameter("xoauth_requestor_id", "a")
        .with_parameter("b", "c");
    sign(&plain(), &more, &signer, Place::Header, None, None).unwrap();
}

#[test]
fn additions_are_appended_with_the_right_separator() {
    let request = Request::new("GET", Uri::parse("https://example.com/").unwrap()).unwrap();
    let protocol = ProtocolParameters::new("key", "HMAC-SHA1", "1", "n");
    let signer = Signer::hmac(Method::HMAC_SHA1, &key("a", "b")).unwrap();
    let signed = sign(&request, &protocol, &signer, Place::Query, None, None).unwrap();
    let added = signed.query().unwrap();
    assert!(added.starts_with("oauth_consumer_key=key&") && !added.contains(' '));
    for (url, expected) in [
        ("/a", format!("/a?{added}")),
        ("/a?", format!("/a?{added}")),
        ("/a?b", format!("/a?b&{added}")),
        ("/a?b&", format!("/a?b&{added}")),
        (
            "https://h/a?b=%2B+#f?",
            format!("https://h/a?b=%2B+&{added}#f?"),
        ),
    ] {
        assert_eq!(signed.url(url), expected);
    }
}

proptest! {
    /// verify(sign(x)) for any request, in every place; the wire stays as it is; one other bit
    /// fails.
    #[test]
    fn what_is_signed_verifies(
        query in "[a-zA-Z0-9_.~+&=;!*'()-]{0,40}",
        form in "[a-zA-Z0-9_.~+&=;!*'()-]{0,40}",
        consumer in "\\PC{0,12}",
        token in "\\PC{0,12}",
        nonce in "[a-zA-Z0-9 %+&=~-]{1,20}",
        place in prop::sample::select(vec![Place::Header, Place::Query, Place::Body]),
    ) {
        let key = key(&consumer, &token);
        let signer = Signer::hmac(Method::HMAC_SHA256, &key).unwrap();
        let verifier = Verifier::hmac(Method::HMAC_SHA256, &key).unwrap();
        let url = format!("https://example.com:8443/a%2fb?{query}");
        let request = Request::new("PUT", Uri::parse(&url).unwrap())
            .unwrap()
            .with_body(FORM, form.as_bytes());
        let protocol = ProtocolParameters::new("key & co", "HMAC-SHA256", "137131200", &nonce)
            .with_token(&token);
        let signed = sign(&request, &protocol, &signer, place, None, None).unwrap();
        prop_assert!(signed.url(&url).starts_with(&url));
        let (base_string, signature) = received(&request, &signed);
        prop_assert_eq!(&base_string, signed.base_string().as_str());
        prop_assert!(verifier.verify(base_string.as_bytes(), &signature).is_ok());

        let mut altered = signature.as_bytes().to_vec();
        altered[0] ^= 1;
        let altered = Signature::from_bytes(&altered);
        prop_assert!(verifier.verify(base_string.as_bytes(), &altered).is_err());
        let tampered = base_string.replacen("PUT", "POST", 1);
        prop_assert!(verifier.verify(tampered.as_bytes(), &signature).is_err());
    }

    /// Both ways to sign agree on what to add and on what to refuse.
    #[test]
    fn signing_into_a_buffer_is_signing(
        query in "([a-z]{1,3}|oauth_(token|x|signature)|%C3%A9)(=[a-z0-9+]{0,9})?(&[a-z]{0,3}){0,4}",
        form in proptest::collection::vec(("[a-z]{0,3}|oauth_(x|nonce)|\\PC{0,3}", "\\PC{0,40}"), 0..30),
        token in proptest::option::of("\\PC{0,12}"),
        more in proptest::option::of(("xoauth_a|oauth_x|oauth_nonce|realm", "\\PC{0,3}")),
        realm in proptest::option::of("[ -~]{0,5}"),
        place in prop::sample::select(vec![Place::Header, Place::Query, Place::Body]),
    ) {
        let signer = Signer::hmac(Method::HMAC_SHA1, &key("a", "b")).unwrap();
        let url = format!("https://example.com/a?{query}");
        let request = Request::new("POST", Uri::parse(&url).unwrap()).unwrap();
        let mut protocol = ProtocolParameters::new("key", "HMAC-SHA1", "137131200", "n");
        if let Some(token) = &token {
            protocol = protocol.with_token(token);
        }
        if let Some((name, value)) = &more {
            protocol = protocol.with_parameter(name, value);
        }
        let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let mut sign = SignRequest::new(&request, &protocol).with_placement(place).with_form(&form);
        if let Some(realm) = &realm {
            sign = sign.with_realm(realm);
        }
        let mut scratch = Scratch::new();
        for _ in 0..2 {
            let mut out = Vec::new();
            match (sign.sign_into(&signer, None, &mut scratch, &mut out), sign.sign(&signer, None)) {
                (Ok(()), Ok(signed)) => {
                    let addition = signed
                        .authorization()
                        .or_else(|| signed.query())
                        .or_else(|| signed.body());
                    prop_assert_eq!(Some(out.as_slice()), addition.map(str::as_bytes));
                }
                (Err(one), Err(other)) => {
                    prop_assert_eq!(one.to_string(), other.to_string());
                    prop_assert!(out.is_empty());
                }
                (one, other) => panic!("{one:?} but {:?}", other.map(|signed| signed.place())),
            }
        }
    }
}
