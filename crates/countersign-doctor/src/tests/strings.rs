//! Base strings and signatures that a side printed.

use countersign_base_string::Scheme;
use countersign_encoding::encode;
use countersign_key::Secret;
use countersign_signature::{HmacKey, Method, Signer};

use super::{PHOTO, capture, found, keys};
use crate::{Case, Diagnosis, Keys, Side, Verdict, diagnose};

const RIGHT: &str = "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg\
    %26oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3DchapoH\
    %26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131202\
    %26oauth_token%3Dnnch734d00sl2jdk%26size%3Doriginal";

/// The photo request with the signature of `base` by the example keys.
fn signed_over(base: &str) -> String {
    let key = HmacKey::new(
        &Secret::new("kd94hf93k423kf44"),
        Some(&Secret::new("pfkkdhi9sl3r4s00")),
    );
    let signer = Signer::hmac(Method::HMAC_SHA1, &key).unwrap();
    let signature = signer.sign(base.as_bytes(), None).unwrap().to_base64();
    PHOTO.replace("MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D", &encode(&signature))
}

#[derive(Default)]
struct Printed<'a> {
    client: Option<&'a str>,
    provider: Option<&'a str>,
    signature: Option<&'a str>,
}

fn diagnosed(text: &str, keys: &Keys, printed: &Printed<'_>) -> Diagnosis {
    let capture = capture(text);
    let exchange = &capture.exchanges()[0];
    let mut case = Case::default().with_keys(keys).with_scheme(Scheme::Http);
    case.request = exchange.request();
    case.answer = exchange.answer();
    case.client_base_string = printed.client;
    case.provider_base_string = printed.provider;
    case.provider_signature = printed.signature;
    diagnose(&case)
}

#[test]
fn a_client_base_string_that_gives_the_signature_proves_the_cause() {
    let cases = [
        ("http%3A%2F%2F", "https%3A%2F%2F", "uri.scheme_server"),
        ("photos&file", "photos%2F&file", "uri.trailing_slash"),
        ("photos.example.net", "www.photos.example.net", "uri.host"),
        ("example.net%2F", "example.net%3A80%2F", "uri.default_port"),
        ("&file%3Dvacation.jpg%26", "&", "sbs.query_omitted"),
        ("%26size", "%26realm%3DPhotos%26size", "sbs.realm_included"),
        ("GET&", "POST&", "method.mismatch"),
        (
            "photos&file%3Dvacation.jpg%26",
            "photos%3Ffile%3Dvacation.jpg%26size%3Doriginal&",
            "sbs.query_in_uri",
        ),
        (
            "%26oauth_token%3Dnnch734d00sl2jdk",
            "",
            "sbs.oauth_param_missing",
        ),
        (
            "%26oauth_token",
            "%26oauth_tojen%3D1.0%26oauth_token",
            "sbs.oauth_param_added",
        ),
        (
            "%26size%3Doriginal",
            "%26size%3Doriginal%26size%3Doriginal",
            "sbs.duplicate_params",
        ),
    ];
    for (from, to, code) in cases {
        let wrong = RIGHT.replacen(from, to, 1);
        assert_ne!(wrong, RIGHT, "{code}: nothing was changed");
        let printed = Printed {
            client: Some(&wrong),
            ..Printed::default()
        };
        let diagnosis = diagnosed(&signed_over(&wrong), &keys(), &printed);
        let best = &diagnosis.findings()[0];
        let allowed = best.also.iter().chain([&best.code]);
        assert!(
            allowed.into_iter().any(|one| one.as_str() == code),
            "{wrong}: {:?}",
            diagnosis.findings()
        );
        assert_eq!(best.confidence.as_str(), "proven");
        assert_eq!(diagnosis.verdict(), Verdict::Explained);
    }
}

#[test]
fn a_client_base_string_that_does_not_give_it_proves_nothing() {
    let wrong = RIGHT.replace("http%3A", "https%3A");
    let printed = Printed {
        client: Some(&wrong),
        ..Printed::default()
    };
    let diagnosis = diagnosed(&signed_over("something else"), &keys(), &printed);
    assert!(!found(&diagnosis).is_empty());
    assert!(
        found(&diagnosis)
            .iter()
            .all(|(_, confidence)| *confidence != "proven")
    );
}

#[test]
fn the_right_base_string_and_a_wrong_signature_leave_the_key() {
    let keys = keys().with_token_secret(Secret::new("old"));
    let printed = Printed {
        client: Some(RIGHT),
        ..Printed::default()
    };
    assert_eq!(
        found(&diagnosed(PHOTO, &keys, &printed)),
        [("key.wrong_value", "likely")]
    );
}

#[test]
fn a_right_request_and_another_base_string_of_the_provider_put_the_fault_there() {
    let theirs = RIGHT.replace(
        "http%3A%2F%2Fphotos.example.net",
        "https%3A%2F%2Fphotos.example.net%3A8443",
    );
    let printed = Printed {
        provider: Some(&theirs),
        ..Printed::default()
    };
    let diagnosis = diagnosed(PHOTO, &keys(), &printed);
    let mut codes = found(&diagnosis);
    codes.sort_unstable();
    assert_eq!(
        codes,
        [("uri.proxy_port", "proven"), ("uri.scheme_proxy", "proven")]
    );
    assert!(
        diagnosis
            .findings()
            .iter()
            .all(|finding| finding.side == Side::Verifier)
    );
}

#[test]
fn the_base_string_in_an_answer_is_read() {
    let theirs = RIGHT.replace("http%3A", "https%3A");
    let text = format!(
        "{PHOTO}HTTP/1.1 401 Unauthorized\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n\
         oauth_problem=signature_invalid&oauth_signature_base_string={}",
        encode(&theirs)
    );
    let diagnosis = diagnosed(&text, &keys(), &Printed::default());
    assert_eq!(found(&diagnosis), [("uri.scheme_proxy", "proven")]);
}

#[test]
fn an_expected_signature_that_is_right_clears_the_provider() {
    let printed = Printed {
        signature: Some("MdpQcU8iPSUjWoN/UDMsK2sui9I="),
        ..Printed::default()
    };
    let diagnosis = diagnosed(&signed_over("something else"), &keys(), &printed);
    let check = diagnosis
        .checks()
        .iter()
        .find(|check| check.id == "provider_signature")
        .unwrap();
    assert_eq!(check.status.as_str(), "ok");
    assert_eq!(found(&diagnosis), [("sig.mismatch", "possible")]);
}
