//! No `Debug`, no `Display` and no error shows a secret.

use core::error::Error;
use core::fmt::{Debug, Display};

use countersign_base_string::{
    Authorization, BaseString, Limits, Parameters, Parts, Place, ProtocolParameters, Request, Uri,
    diff,
};
use countersign_capture::{OwnedAnswer, OwnedRequest, read};
use countersign_clock::UnixTime;
use countersign_encoding::form::{parse, raw_pairs};
use countersign_key::{RsaPrivateKey, RsaPublicKey, Secret, SecretBytes, pkcs12};
use countersign_signature::{
    HmacKey, Method, Methods, Scratch, SignRequest, Signature, Signer, ToSign, Verifier, recover,
};
use countersign_test_support::credentials::CANARY;
use countersign_test_support::fixtures::{self, PASSPHRASE};
use countersign_test_support::random::FixedRandom;
use countersign_verify::{Consumer, ConsumerLookup, Policy, Token, TokenLookup, examine, verify};

/// The spellings in which a secret could show.
fn spellings(secret: &[u8]) -> Vec<String> {
    let decimal = secret.iter().map(u8::to_string).collect::<Vec<_>>();
    let hexadecimal = |upper: bool| {
        let digit = |byte: &u8| {
            if upper {
                format!("{byte:02X}")
            } else {
                format!("{byte:02x}")
            }
        };
        secret.iter().map(digit).collect::<String>()
    };
    let mut all = vec![
        decimal.join(", "),
        decimal.join(",\n    "),
        hexadecimal(false),
        hexadecimal(true),
        Signature::from_bytes(secret).to_base64(),
    ];
    if let Ok(text) = core::str::from_utf8(secret) {
        all.push(text.to_owned());
        all.push(countersign_encoding::encode(text).into_owned());
    }
    all
}

/// Looks for one secret in everything that is shown.
struct Watch {
    spellings: Vec<String>,
    seen: Vec<String>,
    looked_at: usize,
}

impl Watch {
    fn new(secret: &[u8]) -> Self {
        Self {
            spellings: spellings(secret),
            seen: Vec::new(),
            looked_at: 0,
        }
    }

    fn text(&mut self, what: &str, shown: &str) {
        self.looked_at += 1;
        let compact = shown.split_whitespace().collect::<String>();
        let found = self.spellings.iter().any(|spelling| {
            shown.contains(spelling)
                || compact.contains(&spelling.split_whitespace().collect::<String>())
        });
        if found {
            self.seen.push(format!("{what}: {shown}"));
        }
    }

    fn debug(&mut self, what: &str, value: &dyn Debug) {
        self.text(what, &format!("{value:?}"));
        self.text(what, &format!("{value:#?}"));
    }

    fn display(&mut self, what: &str, value: &dyn Display) {
        self.text(what, &format!("{value}"));
    }

    /// An error and everything that it names as its source.
    fn error(&mut self, what: &str, error: &dyn Error) {
        let mut next = Some(error);
        while let Some(error) = next {
            self.debug(what, &error);
            self.display(what, &error);
            next = error.source();
        }
    }

    fn finish(self, at_least: usize) {
        assert!(self.seen.is_empty(), "{}", self.seen.join("\n"));
        assert!(
            self.looked_at >= at_least,
            "only {} texts were looked at",
            self.looked_at
        );
    }
}

#[test]
fn the_watch_sees_what_leaks() {
    for leak in [
        format!("Secret({CANARY})"),
        format!("{:?}", CANARY.as_bytes()),
        format!("{:#?}", CANARY.as_bytes()),
        Signature::from_bytes(CANARY.as_bytes()).to_base64(),
    ] {
        let mut watch = Watch::new(CANARY.as_bytes());
        watch.text("leak", &leak);
        assert_eq!(watch.seen.len(), 1, "{leak}");
    }
}

#[test]
fn secrets_and_what_is_made_of_them() {
    let mut watch = Watch::new(CANARY.as_bytes());
    let secret = Secret::new(CANARY);
    watch.debug("Secret", &secret);
    watch.debug("SecretBytes", &SecretBytes::new(CANARY.as_bytes().to_vec()));
    let key = HmacKey::new(&secret, Some(&secret));
    watch.debug("HmacKey", &key);
    watch.debug("HmacKey", &HmacKey::from_bytes(CANARY.as_bytes()));
    let signer = Signer::dangerous_plaintext(&key);
    watch.debug("Signer", &signer);
    watch.debug("Verifier", &Verifier::dangerous_plaintext(&key));
    watch.debug(
        "Signer",
        &Signer::hmac(Method::HMAC_SHA1, &key).expect("HMAC"),
    );
    watch.debug(
        "Verifier",
        &Verifier::hmac(Method::HMAC_SHA512, &key).expect("HMAC"),
    );
    let signature = signer.sign(b"", None).expect("a signature");
    assert!(
        signature.to_text().contains(CANARY),
        "PLAINTEXT is made of the secrets"
    );
    watch.debug("Signature", &signature);
    watch.debug("ToSign", &ToSign::new(Method::HMAC_SHA1, CANARY.as_bytes()));
    let mismatch = Verifier::dangerous_plaintext(&HmacKey::from_bytes(b"other"))
        .verify(b"", &signature)
        .expect_err("another secret");
    watch.error("SignatureMismatch", &mismatch);
    let unusable = Signer::hmac(Method::RSA_SHA1, &key).expect_err("no RSA key");
    watch.error("UnusableKey", &unusable);
    watch.error(
        "SignatureSyntaxError",
        &Signature::parse_base64(CANARY).expect_err("no base64"),
    );
    watch.finish(20);
}

#[test]
fn keys_and_what_they_were_read_from() {
    let pem = fixtures::key("rsa2048.pkcs8.pem");
    let key = RsaPrivateKey::read(&pem, None).expect("a key");
    let der = key.to_pkcs1_der();
    // Somewhere in the private exponent and in the first prime.
    for at in [300, 560] {
        let mut watch = Watch::new(&der.expose_secret()[at..at + 12]);
        watch.debug("RsaPrivateKey", &key);
        watch.debug("SecretBytes", &der);
        watch.debug(
            "Signer",
            &Signer::rsa(Method::RSA_SHA256, &key).expect("a usable key"),
        );
        let archive = fixtures::key("rsa2048.p12");
        let contents = pkcs12::read(&archive, &Secret::new(PASSPHRASE)).expect("an archive");
        watch.debug("pkcs12::Contents", &contents);
        let public = RsaPublicKey::read(&pem).expect_err("that is a private key");
        watch.error("KeyError", &public);
        for cut in [40, 400, 900, der.expose_secret().len() - 1] {
            let damaged = RsaPrivateKey::read(&der.expose_secret()[..cut], None);
            watch.error("KeyError", &damaged.expect_err("a cut key"));
        }
        watch.finish(18);
    }
    let mut watch = Watch::new(CANARY.as_bytes());
    let passphrase = Secret::new(CANARY);
    let encrypted = fixtures::key("rsa2048.encrypted-pkcs8.pem");
    watch.error(
        "KeyError",
        &RsaPrivateKey::read(&encrypted, Some(&passphrase)).expect_err("another passphrase"),
    );
    let archive = fixtures::key("rsa2048.p12");
    watch.error(
        "KeyError",
        &pkcs12::read(&archive, &passphrase).expect_err("another passphrase"),
    );
    for shape in [
        format!("-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n"),
        format!("-----BEGIN {CANARY}-----\nAAAA\n-----END {CANARY}-----\n"),
        CANARY.to_owned(),
    ] {
        let refused = RsaPrivateKey::read(shape.as_bytes(), None).expect_err("no key");
        watch.error("KeyError", &refused);
    }
    watch.finish(15);
}

#[test]
fn requests_that_carry_secrets() {
    let mut watch = Watch::new(CANARY.as_bytes());
    let url = format!("https://example.com/r?x_auth_password={CANARY}");
    let header = format!(
        "OAuth oauth_consumer_key=\"k\", oauth_verifier=\"{CANARY}\", \
         oauth_signature_method=\"PLAINTEXT\", oauth_signature=\"{CANARY}%26\""
    );
    let body = format!("oauth_session_handle={CANARY}");
    let form_type = "application/x-www-form-urlencoded";
    let request = Request::new("POST", Uri::parse(&url).expect("a URI"))
        .expect("a method")
        .with_authorization(&header)
        .with_body(Some(form_type), body.as_bytes());
    watch.debug("Request", &request);
    watch.debug("Uri", request.uri());
    let authorization = Authorization::parse(&header).expect("credentials");
    watch.debug("Authorization", &authorization);
    for parameter in authorization.parameters() {
        watch.debug("RawParameter", parameter);
    }
    let parameters = Parameters::collect(&request, &Limits::default()).expect("parameters");
    watch.debug("Parameters", &parameters);
    for parameter in parameters.iter() {
        watch.debug("Parameter", parameter);
    }
    let base_string = BaseString::new(&request, &parameters);
    watch.debug("BaseString", &base_string);
    // What somebody compares is shown, but for secrets.
    for name in [
        "x_auth_password",
        "X_AUTH_PASSWORD",
        "oauth_session_handle",
        "oauth_token_secret",
        "oauth_verifier",
        "device_passphrase",
    ] {
        let text = format!("POST&https%3A%2F%2Fexample.com%2Fr&a%3Db%26{name}%3D{CANARY}");
        watch.debug("Parts", &Parts::parse(&text).expect("three parts"));
        for other in [
            text.replace(CANARY, "other"),
            text.replace(CANARY, ""),
            text.replace("POST", "GET"),
            text.replace(&format!("%26{name}%3D{CANARY}"), ""),
            text.replace(name, "another_secret"),
        ] {
            let differences = diff(&text, &other).expect("two base strings");
            watch.debug("Difference", &differences);
            for difference in &differences {
                watch.display("Difference", difference);
            }
        }
    }
    for damaged in [
        format!("OAuth {CANARY}"),
        format!("OAuth a=\"{CANARY}"),
        CANARY.to_owned(),
    ] {
        watch.error(
            "AuthorizationError",
            &Authorization::parse(&damaged).expect_err("damaged"),
        );
    }
    let damaged = format!("{CANARY}%zz");
    watch.error(
        "DecodeError",
        &countersign_encoding::decode(&damaged).expect_err("damaged"),
    );
    watch.error(
        "UriError",
        &Uri::parse(&format!("{CANARY}://x")).expect_err("no URI"),
    );
    watch.error(
        "UriError",
        &Uri::parse(&format!("http://{CANARY} ")).expect_err("no URI"),
    );
    let damaged = format!("{body}%zz");
    let request = request.with_body(Some(form_type), damaged.as_bytes());
    let refused = Parameters::collect(&request, &Limits::default()).expect_err("damaged");
    watch.error("ParametersError", &refused);
    watch.finish(120);
}

#[test]
fn forms_that_carry_secrets() {
    let mut watch = Watch::new(CANARY.as_bytes());
    let form = format!("oauth_token=t&oauth_token_secret={CANARY}&x_auth_password={CANARY}");
    watch.debug("RawPairs", &raw_pairs(form.as_bytes()));
    for pair in raw_pairs(form.as_bytes()) {
        watch.debug("RawPair", &pair);
    }
    let pairs = parse(form.as_bytes()).expect("a form");
    watch.debug("Pair", &pairs);
    let shown = format!("{pairs:?}");
    assert!(shown.contains("oauth_token_secret"), "{shown}");
    watch.finish(10);
}

#[test]
fn signing_and_its_outcome() {
    let mut watch = Watch::new(CANARY.as_bytes());
    let signer = Signer::dangerous_plaintext(&HmacKey::new(&Secret::new(CANARY), None));
    let request =
        Request::new("GET", Uri::parse("https://example.com/").expect("a URI")).expect("a method");
    let protocol = ProtocolParameters::new("key", "PLAINTEXT", "1700000000", "nonce")
        .with_verifier(CANARY)
        .with_session_handle(CANARY)
        .with_parameter("x_auth_password", CANARY);
    watch.debug("ProtocolParameters", &protocol);
    for place in [Place::Header, Place::Query] {
        let ask = SignRequest::new(&request, &protocol).with_placement(place);
        watch.debug("SignRequest", &ask);
        watch.debug("Prepared", &ask.prepare(signer.method()).expect("prepared"));
        let signed = ask.sign(&signer, None).expect("a signature");
        watch.debug("Signed", &signed);
        let (mut scratch, mut out) = (Scratch::default(), Vec::new());
        ask.sign_into(&signer, None, &mut scratch, &mut out)
            .expect("a signature");
        watch.debug("Scratch", &scratch);
    }
    let body = SignRequest::new(&request, &protocol).with_placement(Place::Body);
    watch.error("SignError", &body.sign(&signer, None).expect_err("no form"));
    let other = Signer::hmac(Method::HMAC_SHA1, &HmacKey::from_bytes(CANARY.as_bytes()));
    let refused = SignRequest::new(&request, &protocol).sign(&other.expect("HMAC"), None);
    watch.error("SignError", &refused.expect_err("another method"));
    watch.finish(20);
}

#[test]
fn what_an_rsa_signature_gives_back() {
    let key = RsaPrivateKey::read(&fixtures::key("rsa2048.pkcs8.pem"), None).expect("a key");
    let mut random = FixedRandom::new(9);
    let mut watch = Watch::new(CANARY.as_bytes());
    for method in [Method::RSA_SHA1, Method::RSA_PSS_SHA256] {
        let signer = Signer::rsa(method, &key).expect("a usable key");
        let signature = signer
            .sign(CANARY.as_bytes(), Some(&mut random))
            .expect("a signature");
        watch.debug("Signature", &signature);
        let recovered = recover::recover(key.public_key(), signature.as_bytes()).expect("a key");
        assert!(recovered.matches(CANARY.as_bytes()));
        watch.debug("Recovered", &recovered);
    }
    watch.finish(8);
}

#[test]
fn captured_traffic() {
    let mut watch = Watch::new(CANARY.as_bytes());
    let raw = format!(
        "POST /r?x_auth_password={CANARY} HTTP/1.1\r\nHost: example.com\r\n\
         Authorization: OAuth oauth_consumer_key=\"k\", oauth_signature_method=\"PLAINTEXT\", \
         oauth_signature=\"{CANARY}%26\"\r\nCookie: session={CANARY}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\noauth_session_handle={CANARY}"
    );
    let curl = format!(
        "curl -H 'Authorization: OAuth oauth_consumer_key=\"k\", oauth_signature=\"{CANARY}\"' \
         -d 'x_auth_password={CANARY}' 'https://example.com/?a={CANARY}'"
    );
    for input in [raw, curl] {
        let capture = read(input.as_bytes()).expect("a request");
        watch.debug("Capture", &capture);
        watch.text("read_as", &capture.read_as());
        let request = capture.request().expect("a request");
        watch.debug("OwnedRequest", request);
        for header in request.headers().iter() {
            watch.debug("Header", header);
        }
    }
    let request = OwnedRequest::new("GET", format!("/?a={CANARY}")).with_header(
        "Authorization",
        format!("OAuth oauth_signature=\"{CANARY}\""),
    );
    watch.debug("OwnedRequest", &request);
    let answer = OwnedAnswer::new()
        .with_status(200)
        .with_header("Set-Cookie", format!("a={CANARY}"))
        .with_body(format!("oauth_token=t&oauth_token_secret={CANARY}"));
    watch.debug("OwnedAnswer", &answer);
    for damaged in [
        format!("{{\"log\":{{\"{CANARY}\""),
        format!("curl '{CANARY}"),
    ] {
        if let Err(refused) = read(damaged.as_bytes()) {
            watch.error("CaptureError", &refused);
        }
    }
    watch.finish(20);
}

#[test]
fn verification_and_its_outcome() {
    let mut watch = Watch::new(CANARY.as_bytes());
    let secret = Secret::new(CANARY);
    let policy = Policy::default().with_methods(Methods::standard().dangerous_with_plaintext());
    watch.debug("Policy", &policy);
    watch.debug("Consumer", &Consumer::secret(&secret));
    watch.debug(
        "ConsumerLookup",
        &ConsumerLookup::Known(Consumer::secret(&secret)),
    );
    watch.debug("TokenLookup", &TokenLookup::Known(Token::new(&secret)));
    let now = UnixTime::from_seconds(1_700_000_000);
    let url = format!("https://example.com/?x_auth_password={CANARY}");
    // Right, wrong, and not a signature at all.
    for signature in [
        format!("{CANARY}%26{CANARY}"),
        format!("{CANARY}%26"),
        CANARY.to_owned(),
    ] {
        for method in ["PLAINTEXT", "HMAC-SHA1"] {
            let header = format!(
                "OAuth oauth_consumer_key=\"k\", oauth_token=\"t\", \
                 oauth_signature_method=\"{method}\", oauth_timestamp=\"1700000000\", \
                 oauth_nonce=\"n\", oauth_verifier=\"{CANARY}\", \
                 oauth_session_handle=\"{CANARY}\", oauth_signature=\"{signature}\""
            );
            let request = Request::new("GET", Uri::parse(&url).expect("a URI"))
                .expect("a method")
                .with_authorization(&header);
            let examination = examine(&request, now, &policy);
            watch.debug("Examination", &examination);
            watch.debug("Claims", examination.claims());
            let token = Some(Token::new(&secret));
            let report = verify(&request, Consumer::secret(&secret), token, now, &policy);
            watch.debug("Report", &report);
            for check in report.checks() {
                watch.debug("Check", &check);
            }
            match report.into_outcome() {
                Ok(proven) => {
                    watch.debug("Proven", &proven);
                    watch.debug("Verified", &proven.dangerous_without_replay_check());
                }
                Err(refusal) => watch.error("Refusal", &refusal),
            }
        }
    }
    watch.finish(50);
}
