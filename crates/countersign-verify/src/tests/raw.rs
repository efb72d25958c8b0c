//! Signers that enter the protocol parameters unencoded, where the policy takes them.

use countersign_base_string::{
    BaseString, Limits, Parameters, Place, ProtocolParameters, Request, Uri,
};
use countersign_signature::{Hash, Method, SignRequest, body_hash};

use super::{KEY, NOW, TOKEN, cause_at, signer};
use crate::{Cause, Policy};

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");
const JSON: Option<&str> = Some("application/json");
const PLACE: &str = "https://photos.example.net/photos?page=2";

fn request<'a>(url: &'a str, media: Option<&'a str>, body: &'a [u8]) -> Request<'a> {
    Request::new("POST", Uri::parse(url).unwrap())
        .unwrap()
        .with_body(media, body)
}

fn header(media: Option<&str>, body: &[u8], is_raw: bool) -> String {
    let hash = body_hash::compute(Hash::Sha1, body);
    let protocol = ProtocolParameters::new(KEY, "HMAC-SHA1", "137131202", "cha!poH")
        .with_token(TOKEN)
        .without_version()
        .with_body_hash(&hash);
    let request = request(PLACE, media, body);
    let mut sign = SignRequest::new(&request, &protocol);
    if is_raw {
        sign = sign.with_raw_protocol();
    }
    let signed = sign.sign(&signer(Method::HMAC_SHA1), None).unwrap();
    signed.authorization().unwrap().to_owned()
}

fn cause(media: Option<&str>, body: &[u8], header: &str, policy: &Policy) -> Option<Cause> {
    let request = request(PLACE, media, body).with_authorization(header);
    cause_at(&request, policy, NOW)
}

/// What stands in the header is what counts: where it is encoded there, both are the same text.
#[test]
fn a_policy_takes_values_as_they_stand() {
    let (strict, raw) = (Policy::default(), Policy::default().lenient_raw_protocol());
    let body = b"{\"a\":1}";
    let mismatch = Some(Cause::SignatureMismatch);
    for (is_raw, by_strict) in [(true, mismatch), (false, None)] {
        let header = header(JSON, body, is_raw);
        assert_eq!(cause(JSON, body, &header, &raw), None, "{is_raw}");
        assert_eq!(cause(JSON, body, &header, &strict), by_strict, "{is_raw}");
        let forged = header.replace("137131202", "137131203");
        let refused = cause(JSON, body, &forged, &raw);
        assert_eq!(refused, Some(Cause::SignatureMismatch), "{is_raw}");
    }
}

/// A form is covered by its hash, and a changed one is refused.
#[test]
fn a_form_counts_by_its_hash() {
    let raw = Policy::default().lenient_raw_protocol();
    let header = header(FORM, b"x=1", true);
    assert_eq!(cause(FORM, b"x=1", &header, &raw), None);
    let refused = cause(FORM, b"x=2", &header, &raw);
    assert_eq!(refused, Some(Cause::BodyHashMismatch));
}

/// The twins of a signed request: a parameter changed, and one moved into a value.
#[test]
fn no_parameter_can_be_moved_into_a_value() {
    let raw = Policy::default().lenient_raw_protocol();
    let own = header(None, b"", true);
    assert_eq!(cause(None, b"", &own, &raw), None);
    let without = "https://photos.example.net/photos";
    for (url, header) in [
        (PLACE, own.replace("cha!poH", "cha!poX")),
        (without, own.clone()),
        // `oauth_token=…&page=2` is what was signed.
        (without, own.replace(TOKEN, &format!("{TOKEN}&page=2"))),
        (without, own.replace(TOKEN, &format!("{TOKEN}%26page=2"))),
    ] {
        let request = request(url, None, b"").with_authorization(&header);
        let refused = cause_at(&request, &raw, NOW);
        assert_eq!(refused, Some(Cause::SignatureMismatch), "{header}");
    }
}

/// One signature over the address alone, with protocol parameters of anybody's choice in the form.
#[test]
fn no_protocol_parameter_is_taken_from_a_form() {
    let raw = Policy::default().lenient_raw_protocol();
    let bare = request(PLACE, None, b"");
    let parameters = Parameters::collect(&bare, &Limits::default()).unwrap();
    let base = BaseString::of_raw_protocol(&bare, &parameters);
    let signature = signer(Method::HMAC_SHA1).sign(base.as_str().as_bytes(), None);
    let signature = signature.unwrap().to_text();
    let signature = signature.replace('+', "%2B").replace('=', "%3D");
    for (nonce, timestamp) in [("one", NOW), ("another", NOW - 7)] {
        let form = format!(
            "oauth_consumer_key={KEY}&oauth_token={TOKEN}&oauth_signature_method=HMAC-SHA1&\
             oauth_timestamp={timestamp}&oauth_nonce={nonce}&amount=1&oauth_signature={signature}"
        );
        let refused = cause_at(&request(PLACE, FORM, form.as_bytes()), &raw, NOW);
        let places = vec![Place::Body];
        assert_eq!(refused, Some(Cause::Placement { places }));
    }
    // Nor one of them, beside a header.
    let split = raw.clone().lenient_split_placement();
    let form = b"oauth_verifier=guessed";
    for policy in [&raw, &split] {
        let refused = cause(FORM, form, &header(None, form, true), policy);
        let places = vec![Place::Header, Place::Body];
        assert_eq!(refused, Some(Cause::Placement { places }));
    }
}
