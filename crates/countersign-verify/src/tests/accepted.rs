use countersign_base_string::{ProtocolParameters, Request, Uri};
use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_signature::{Hash, Method, body_hash};

use super::{NOW, SECRET, TOKEN_SECRET, URL, cause, cause_at, get, header, ordinary};
use crate::{
    BodyCoverage, BodyHashRule, Cause, CheckId, Consumer, ConsumerLookup, Policy, Refusal, Token,
    TokenLookup, examine,
};

/// RFC 5849 section 1.2, the photo request.
const PHOTO: &str = "http://photos.example.net/photos?file=vacation.jpg&size=original";
const PHOTO_HEADER: &str = "OAuth realm=\"Photos\", oauth_consumer_key=\"dpf43f3p2l4k3l03\", \
     oauth_token=\"nnch734d00sl2jdk\", oauth_signature_method=\"HMAC-SHA1\", \
     oauth_timestamp=\"137131202\", oauth_nonce=\"chapoH\", \
     oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\"";

#[test]
fn the_photo_request_verifies() {
    assert_eq!(cause(&get(PHOTO, PHOTO_HEADER)), None);
}

#[test]
fn its_tampered_twins_do_not() {
    let tampered = [
        (PHOTO.replace("http:", "https:"), PHOTO_HEADER.to_owned()),
        (
            PHOTO.replace("vacation", "vacaction"),
            PHOTO_HEADER.to_owned(),
        ),
        (
            PHOTO.replace("example.net", "example.net:8080"),
            PHOTO_HEADER.to_owned(),
        ),
        (format!("{PHOTO}&x=y"), PHOTO_HEADER.to_owned()),
        (PHOTO.to_owned(), PHOTO_HEADER.replace("chapoH", "chapoI")),
        (
            PHOTO.to_owned(),
            PHOTO_HEADER.replace("137131202", "137131203"),
        ),
        (PHOTO.to_owned(), PHOTO_HEADER.replace("9I%3D", "9M%3D")),
    ];
    for (url, header) in &tampered {
        assert_eq!(
            cause(&get(url, header)),
            Some(Cause::SignatureMismatch),
            "{url} {header}"
        );
    }
    let post = Request::new("POST", Uri::parse(PHOTO).unwrap())
        .unwrap()
        .with_authorization(PHOTO_HEADER);
    assert_eq!(cause(&post), Some(Cause::SignatureMismatch));
    // realm is not signed.
    assert_eq!(
        cause(&get(PHOTO, &PHOTO_HEADER.replace("Photos", "Other"))),
        None
    );
}

#[test]
fn another_spelling_of_the_same_base64_is_no_signature() {
    // 9I= and 9J= decode to the same bytes for a lenient decoder.
    let request = PHOTO_HEADER.replace("9I%3D", "9J%3D");
    let found = cause(&get(PHOTO, &request)).unwrap();
    assert_eq!(found.check(), CheckId::Signature);
    assert!(matches!(found, Cause::SignatureSyntax(_)));
}

#[test]
fn the_window_is_inclusive_on_both_sides() {
    let request = header(URL, &ordinary(), Method::HMAC_SHA1);
    let request = get(URL, &request);
    let policy = Policy::default();
    for offset in [-300, -1, 0, 1, 300] {
        assert_eq!(cause_at(&request, &policy, NOW + offset), None, "{offset}");
    }
    for offset in [-301, 301] {
        let cause = cause_at(&request, &policy, NOW + offset).unwrap();
        assert_eq!(cause.check(), CheckId::Window, "{offset}");
    }
}

#[test]
fn a_body_hash_is_checked() {
    let body = br#"{"title":"x"}"#;
    let hash = body_hash::compute(Hash::Sha1, body);
    let protocol = ordinary().with_body_hash(&hash);
    let value = header(URL, &protocol, Method::HMAC_SHA1);
    let with = |content_type, bytes| get(URL, &value).with_body(Some(content_type), bytes);
    assert_eq!(cause(&with("application/json", body)), None);
    assert_eq!(
        cause(&with("application/json", br#"{"title":"y"}"#)),
        Some(Cause::BodyHashMismatch)
    );
    assert_eq!(
        cause(&with("application/x-www-form-urlencoded", b"")),
        Some(Cause::BodyHashOnForm)
    );
}

#[test]
fn a_body_hash_can_be_required() {
    let value = header(URL, &ordinary(), Method::HMAC_SHA1);
    let request = get(URL, &value).with_body(Some("application/json"), b"{}");
    assert_eq!(cause(&request), None);
    let policy = Policy::default().with_body_hash(BodyHashRule::Required);
    assert_eq!(
        cause_at(&request, &policy, NOW),
        Some(Cause::Absent {
            names: vec!["oauth_body_hash"]
        })
    );
}

#[test]
fn plaintext_needs_the_opt_in_and_tls() {
    let method = Method::dangerous_plaintext();
    let protocol = ProtocolParameters::new(super::KEY, "PLAINTEXT", "137131202", "chapoH")
        .with_token(super::TOKEN);
    let value = header(URL, &protocol, method);
    let request = get(URL, &value);
    assert_eq!(
        cause(&request),
        Some(Cause::MethodNotAllowed {
            rsa_without_certificate: false
        })
    );
    let policy = Policy::default()
        .with_methods(countersign_signature::Methods::standard().dangerous_with_plaintext());
    assert_eq!(cause_at(&request, &policy, NOW), None);
    let http = URL.replace("https:", "http:");
    assert_eq!(
        cause_at(&get(&http, &value), &policy, NOW),
        Some(Cause::PlaintextWithoutTls)
    );
    let wrong = value.replace("kd94", "kd95");
    assert_ne!(wrong, value);
    assert_eq!(
        cause_at(&get(URL, &wrong), &policy, NOW),
        Some(Cause::SignatureMismatch)
    );
}

#[test]
fn a_body_hash_can_be_checked_later() {
    let hash = body_hash::compute(Hash::Sha1, b"{\"a\":1}");
    let (secret, token_secret) = (Secret::new(SECRET), Secret::new(TOKEN_SECRET));
    let head = |protocol: &ProtocolParameters<'_>, policy: &Policy| {
        let header = header(URL, protocol, Method::HMAC_SHA1);
        let request = get(URL, &header);
        let (proven, due) = examine(&request, UnixTime::from_seconds(NOW), policy)
            .admit()?
            .with_consumer(ConsumerLookup::Known(Consumer::secret(&secret)))?
            .with_token(TokenLookup::Known(Token::new(&token_secret)))?
            .verify_head()?;
        Ok::<_, Refusal>((proven.body(), due))
    };
    let policy = Policy::default();
    let (coverage, due) = head(&ordinary().with_body_hash(&hash), &policy).unwrap();
    assert_eq!(coverage, BodyCoverage::Pending);
    let mut due = due.unwrap();
    due.update(b"{\"a\":1}");
    assert_eq!(due.finish(), Ok(()));

    let (coverage, due) = head(&ordinary(), &policy).unwrap();
    assert_eq!(coverage, BodyCoverage::Unsigned);
    assert!(due.is_none());

    let required = Policy::default().with_body_hash(BodyHashRule::Required);
    let refusal = head(&ordinary(), &required).unwrap_err();
    assert_eq!(
        *refusal.cause(),
        Cause::Absent {
            names: vec!["oauth_body_hash"]
        }
    );
    let refusal = head(&ordinary().with_body_hash("AAAA"), &policy).unwrap_err();
    assert_eq!(*refusal.cause(), Cause::BodyHashMismatch);
}
