//! Requests that are right, refused by a provider that computes something else.

use countersign_base_string::Scheme;
use countersign_capture::OwnedAnswer;
use countersign_encoding::encode;
use countersign_key::Secret;
use countersign_signature::{HmacKey, Method, Signer};

use super::{capture, found, keys};
use crate::{Case, Diagnosis, Keys, Side, diagnose};

/// One request, signed by the rule unless a test says otherwise.
struct Request<'r> {
    method: &'r str,
    url: &'r str,
    /// Type and body.
    body: Option<(&'r str, &'r str)>,
    /// Name and value as they are signed, in the order that is due; without the OAuth ones.
    before: &'r [(&'r str, &'r str)],
    after: &'r [(&'r str, &'r str)],
}

const OAUTH: [(&str, &str); 5] = [
    ("oauth_consumer_key", "dpf43f3p2l4k3l03"),
    ("oauth_nonce", "kllo9940pd9333jh"),
    ("oauth_signature_method", "HMAC-SHA1"),
    ("oauth_timestamp", "1191242096"),
    ("oauth_token", "nnch734d00sl2jdk"),
];

const PLAIN: Request<'_> = Request {
    method: "GET",
    url: "https://api.example.com/v1/items",
    body: None,
    before: &[],
    after: &[],
};

impl Request<'_> {
    fn base(&self) -> String {
        let pairs: Vec<String> = self
            .before
            .iter()
            .chain(&OAUTH)
            .chain(self.after)
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let uri = self.url.split('?').next().unwrap();
        format!(
            "{}&{}&{}",
            self.method,
            encode(uri),
            encode(&pairs.join("&"))
        )
    }

    fn raw(&self, signature: &str) -> String {
        let rest = self.url.split_once("://").unwrap().1;
        let (host, path) = rest.split_once('/').unwrap();
        let oauth: Vec<String> = OAUTH
            .iter()
            .map(|(name, value)| format!("{name}=\"{value}\""))
            .collect();
        let (kind, body) = self.body.unwrap_or(("", ""));
        let kind = match kind {
            "" => String::new(),
            kind => format!("Content-Type: {kind}\r\n"),
        };
        format!(
            "{} /{path} HTTP/1.1\r\nHost: {host}\r\n{kind}Authorization: OAuth {}, \
             oauth_signature=\"{}\"\r\n\r\n{body}",
            self.method,
            oauth.join(", "),
            encode(signature)
        )
    }
}

fn signature(key: &HmacKey, base: &str) -> String {
    let signer = Signer::hmac(Method::HMAC_SHA1, key).unwrap();
    signer.sign(base.as_bytes(), None).unwrap().to_base64()
}

fn key(consumer: &str) -> HmacKey {
    HmacKey::new(
        &Secret::new(consumer),
        Some(&Secret::new("pfkkdhi9sl3r4s00")),
    )
}

/// The diagnosis of a request signed by the rule, with the provider's base string.
fn with_theirs(request: &Request<'_>, theirs: &str, answer: Option<&OwnedAnswer>) -> Diagnosis {
    let signed = signature(&key("kd94hf93k423kf44"), &request.base());
    judged(
        &request.raw(&signed),
        &keys(),
        request,
        Some(theirs),
        answer,
    )
}

fn judged(
    raw: &str,
    keys: &Keys,
    request: &Request<'_>,
    theirs: Option<&str>,
    answer: Option<&OwnedAnswer>,
) -> Diagnosis {
    let scheme = if request.url.starts_with("https") {
        Scheme::Https
    } else {
        Scheme::Http
    };
    let capture = capture(raw);
    let mut case = Case::default()
        .with_keys(keys)
        .with_scheme(scheme)
        .with_budget(3_000);
    case.request = capture.request();
    case.provider_base_string = theirs;
    case.answer = answer;
    diagnose(&case)
}

/// What providers compute of a right request, after reports of each; the code and what the
/// remedies must speak of.
#[test]
fn what_the_provider_computes_is_its_own_fault_with_a_way_to_be_accepted() {
    let natural = Request {
        url: "https://api.example.com/v1/items?f%5B2%5D=c&f%5B10%5D=k",
        before: &[("f[10]", "k"), ("f[2]", "c")],
        ..PLAIN
    };
    let members = Request {
        url: "https://api.example.com/v1/items?filter%5Blimit%5D=9&filter%5Bcreated_at_min%5D=2015",
        before: &[("filter[created_at_min]", "2015"), ("filter[limit]", "9")],
        ..PLAIN
    };
    let form = Request {
        method: "POST",
        body: Some((
            "application/x-www-form-urlencoded; charset=utf-8",
            "roles=Learner",
        )),
        after: &[("roles", "Learner")],
        ..PLAIN
    };
    let json = Request {
        method: "POST",
        body: Some(("application/json", "{\"a\":1}")),
        ..PLAIN
    };
    let realm = Request {
        url: "https://api.example.com/v1/items?realm=secret",
        after: &[("realm", "secret")],
        ..PLAIN
    };
    let port = Request {
        method: "POST",
        url: "http://magentohost:81/oauth/initiate",
        ..PLAIN
    };
    let blank = Request {
        url: "http://example.com/r%20v/X?id=123",
        before: &[("id", "123")],
        ..PLAIN
    };
    let head = Request {
        method: "HEAD",
        ..PLAIN
    };
    let query = Request {
        url: "https://api.example.com/v1/items?a=1",
        before: &[("a", "1")],
        ..PLAIN
    };
    let cases: [(&Request<'_>, &str, &str, &str, &str); 12] = [
        (
            &natural,
            "f%255B10%255D%3Dk%26f%255B2%255D%3Dc",
            "f%255B2%255D%3Dc%26f%255B10%255D%3Dk",
            "sbs.order",
            "f[02]",
        ),
        (
            &members,
            "filter%255Bcreated_at_min%255D%3D2015%26filter%255Blimit%255D%3D9",
            "filter%255Blimit%255D%3D9%26filter%255Bcreated_at_min%255D%3D2015",
            "sbs.order",
            "already sorted",
        ),
        (
            &form,
            "%26roles%3DLearner",
            "",
            "sbs.form_body_omitted",
            "without anything behind",
        ),
        (
            &json,
            "&oauth_consumer",
            "&%257B%2522a%2522%253A1%257D%3D%26oauth_consumer",
            "sbs.non_form_body_included",
            "application/json",
        ),
        (
            &realm,
            "%26realm%3Dsecret",
            "",
            "sbs.realm_included",
            "another name",
        ),
        (
            &port,
            "magentohost%3A81",
            "magentohost",
            "uri.nondefault_port",
            "default port",
        ),
        (
            &PLAIN,
            "api.example.com",
            "api.example.com%3A8081",
            "uri.proxy_port",
            "ProxyPreserveHost",
        ),
        (
            &PLAIN,
            "https%3A",
            "http%3A",
            "uri.scheme_proxy",
            "X-Forwarded-Proto",
        ),
        (
            &PLAIN,
            "api.example.com",
            "www.api.example.com",
            "uri.host",
            "https://www.api.example.com/v1/items",
        ),
        (
            &blank,
            "r%2520v",
            "r%20v",
            "uri.path_encoding",
            "nothing to decode",
        ),
        (
            &head,
            "HEAD",
            "GET",
            "method.rewritten_by_proxy",
            "proxy_cache_convert_head",
        ),
        (&query, "a%3D1%26", "", "sbs.query_omitted", "cache"),
    ];
    for (request, from, to, code, remedy) in cases {
        let theirs = request.base().replacen(from, to, 1);
        assert_ne!(theirs, request.base(), "{code}: nothing was changed");
        let diagnosis = with_theirs(request, &theirs, None);
        assert_eq!(found(&diagnosis), [(code, "proven")], "{theirs}");
        let finding = &diagnosis.findings()[0];
        let side = if code.starts_with("method.") {
            Side::Network
        } else {
            Side::Verifier
        };
        assert_eq!(finding.side, side, "{code}");
        let remedies = finding.remedies.join("\n");
        assert!(remedies.contains(remedy), "{code}: {remedies}");
        assert!(
            remedies.contains("leave the signing code alone"),
            "{remedies}"
        );
        assert!(
            !finding.summary.contains("signed as"),
            "{}",
            finding.summary
        );
        assert_eq!(
            !finding.also.is_empty(),
            diagnosis.next().is_some(),
            "{code}"
        );
        // With another signature the provider's text proves nothing.
        let wrong = signature(&key("other"), &request.base());
        let twin = judged(&request.raw(&wrong), &keys(), request, Some(&theirs), None);
        let of_theirs = found(&twin).into_iter().find(|(known, _)| *known == code);
        assert_eq!(of_theirs.map(|(_, sure)| sure), Some("likely"), "{code}");
    }
}

#[test]
fn a_base_uri_alone_tells_as_much() {
    let signed = signature(&key("kd94hf93k423kf44"), &PLAIN.base());
    let body = "OAuth verification failed. The following path was reconstructed. It should match \
        the path in the LMS: http://api.example.com/v1/items";
    let answer = OwnedAnswer::new().with_status(401).with_body(body);
    let diagnosis = judged(&PLAIN.raw(&signed), &keys(), &PLAIN, None, Some(&answer));
    assert_eq!(found(&diagnosis)[0], ("uri.scheme_proxy", "proven"));
    let right = OwnedAnswer::new()
        .with_status(401)
        .with_body(body.replace("http://", "https://"));
    let diagnosis = judged(&PLAIN.raw(&signed), &keys(), &PLAIN, None, Some(&right));
    assert!(
        found(&diagnosis)
            .iter()
            .all(|(code, _)| !code.starts_with("uri."))
    );
}

/// The secret of a real report, its characters only.
const ODD: &str = "h%>%U4=v8HiV]$j";

fn odd_keys() -> Keys {
    keys().with_consumer_secret(Secret::new(ODD))
}

#[test]
fn a_right_base_string_and_signature_leave_the_key() {
    let signed = signature(&key(ODD), &PLAIN.base());
    let right = PLAIN.base();
    let diagnosis = judged(&PLAIN.raw(&signed), &odd_keys(), &PLAIN, Some(&right), None);
    assert_eq!(found(&diagnosis)[0], ("key.not_encoded", "likely"));
    assert_eq!(diagnosis.findings()[0].side, Side::Verifier);
    assert!(diagnosis.next().is_some());
    // A secret that encoding does not change leaves only another key.
    let signed = signature(&key("kd94hf93k423kf44"), &PLAIN.base());
    let diagnosis = judged(&PLAIN.raw(&signed), &keys(), &PLAIN, Some(&right), None);
    assert!(
        found(&diagnosis)
            .iter()
            .all(|(code, _)| *code != "key.not_encoded")
    );
    assert!(
        found(&diagnosis)
            .iter()
            .all(|(_, sure)| *sure == "possible")
    );
    // And an accepted request leaves nothing.
    let fine = OwnedAnswer::new().with_status(200);
    let diagnosis = judged(
        &PLAIN.raw(&signed),
        &odd_keys(),
        &PLAIN,
        Some(&right),
        Some(&fine),
    );
    assert!(
        found(&diagnosis)
            .iter()
            .all(|(code, _)| *code != "key.not_encoded")
    );
}

#[test]
fn the_signature_the_provider_computed_proves_its_key() {
    let bare = HmacKey::from_bytes(format!("{ODD}&pfkkdhi9sl3r4s00").as_bytes());
    let sent = signature(&key(ODD), &PLAIN.base());
    let mismatch = |computed: &str, received: &str| {
        OwnedAnswer::new().with_status(401).with_body(format!(
            "OAuth signature mismatch. Computed: {computed}, Received: {received}"
        ))
    };
    let answer = mismatch(&signature(&bare, &PLAIN.base()), &sent);
    let diagnosis = judged(&PLAIN.raw(&sent), &odd_keys(), &PLAIN, None, Some(&answer));
    assert_eq!(found(&diagnosis)[0], ("key.not_encoded", "proven"));
    assert_eq!(diagnosis.findings()[0].side, Side::Verifier);
    let answer = mismatch(&signature(&key("another"), &PLAIN.base()), &sent);
    let diagnosis = judged(&PLAIN.raw(&sent), &odd_keys(), &PLAIN, None, Some(&answer));
    assert!(found(&diagnosis).iter().all(|(_, sure)| *sure != "proven"));
}

#[test]
fn what_arrived_is_told_from_what_was_sent() {
    // A nonce whose signature has plus signs, after a real report.
    let sent = "GET /v1/items HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: OAuth \
        oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_nonce=\"n1\", \
        oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1191242096\", \
        oauth_token=\"nnch734d00sl2jdk\", oauth_version=\"1.0\", \
        oauth_signature=\"+XZg49a/2XHktigZ+oYn9SS138M=\"\r\n\r\n";
    let whole = "+XZg49a/2XHktigZ+oYn9SS138M=";
    let received = |text: &str| {
        OwnedAnswer::new().with_status(401).with_body(format!(
            "Invalid signature. Expected value \"{whole}\". Received value \"{text}\""
        ))
    };
    let at = |raw: &str, text: &str| {
        let answer = received(text);
        judged(raw, &keys(), &PLAIN, None, Some(&answer))
    };
    let blanks = whole.replace('+', " ");
    let diagnosis = at(sent, &blanks);
    assert_eq!(found(&diagnosis)[0], ("sig.not_percent_encoded", "proven"));
    assert_eq!(diagnosis.findings()[0].side, Side::Client);
    // Sent encoded, it is the provider that decodes twice.
    let encoded = sent.replace(whole, &encode(whole));
    let diagnosis = at(&encoded, &blanks);
    assert_eq!(found(&diagnosis)[0], ("sig.not_percent_encoded", "proven"));
    assert_eq!(diagnosis.findings()[0].side, Side::Verifier);
    let diagnosis = at(&encoded, "");
    assert_eq!(found(&diagnosis)[0], ("hdr.param_lost", "proven"));
    // The whole of it arrived: it did not change on the way.
    let diagnosis = at(sent, whole);
    assert!(found(&diagnosis).iter().all(|(_, sure)| *sure != "proven"));
}
