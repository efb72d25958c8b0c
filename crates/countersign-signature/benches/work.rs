//! The work that is measured: ours, and the same done by others.

use core::num::NonZeroU64;

use countersign_base_string::{
    HeaderLeniencies, Limits, Parameters, ProtocolParameters, Request, Scheme, Uri,
    write_base_string,
};
use countersign_key::Secret;
use countersign_signature::{HmacKey, Method, Scratch, SignRequest, Signature, Signer, Verifier};
use oauth1_request as peer;
use peer::signature_method::SignatureMethod;
use peer::signature_method::hmac_sha1::{HmacSha1, HmacSha1Sign};

const CONSUMER_KEY: &str = "xvz1evFS4wEEPTGEFPHBog";
const CONSUMER_SECRET: &str = "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw";
const TOKEN: &str = "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb";
const TOKEN_SECRET: &str = "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE";
const NONCE: &str = "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg";
const TIMESTAMP: &str = "1318622958";
const FORM: &str = "application/x-www-form-urlencoded";

/// One request, signed by us and by the peer from the same decoded pairs.
pub(crate) struct Job {
    url: &'static str,
    pairs: &'static [(&'static str, &'static str)],
    /// The same request on the wire.
    wire_url: &'static str,
    wire_body: String,
    signer: Signer,
    verifier: Verifier,
    scratch: Scratch,
    kept: Parameters<'static>,
    base_string: Vec<u8>,
    out: Vec<u8>,
    peer: Peer<HmacSha1>,
    peer_kept: Peer<KeptKey>,
    /// For the peer with the kept key, which gets its pairs sorted.
    sorted: Vec<(&'static str, &'static str)>,
    peer_out: String,
}

type Peer<M> = peer::Builder<'static, M, &'static str, &'static str>;

/// The peer has no way to keep a prepared key, but its trait lets one be made.
#[derive(Clone)]
pub(crate) struct KeptKey(HmacSha1Sign);

impl SignatureMethod for KeptKey {
    type Sign = HmacSha1Sign;

    fn sign_with(self, _: &str, _: Option<&str>) -> HmacSha1Sign {
        self.0
    }
}

fn peer<M: SignatureMethod>(method: M) -> Peer<M> {
    let client = peer::Credentials::new(CONSUMER_KEY, CONSUMER_SECRET);
    let mut peer = peer::Builder::new(client, method);
    peer.token(peer::Credentials::new(TOKEN, TOKEN_SECRET))
        .nonce(NONCE)
        .timestamp(NonZeroU64::new(1_318_622_958))
        .version(true);
    peer
}

impl Job {
    fn new(
        url: &'static str,
        pairs: &'static [(&'static str, &'static str)],
        wire_url: &'static str,
        wire_body: String,
    ) -> Self {
        let secret = Secret::new(CONSUMER_SECRET);
        let key = HmacKey::new(&secret, Some(&Secret::new(TOKEN_SECRET)));
        let mut sorted = pairs.to_vec();
        sorted.sort_unstable();
        Self {
            url,
            pairs,
            wire_url,
            wire_body,
            signer: Signer::hmac(Method::HMAC_SHA1, &key).unwrap(),
            verifier: Verifier::hmac(Method::HMAC_SHA1, &key).unwrap(),
            scratch: Scratch::new(),
            kept: Parameters::new(),
            base_string: Vec::new(),
            out: Vec::new(),
            peer: peer(HmacSha1::new()),
            peer_kept: peer(KeptKey(
                HmacSha1::new().sign_with(CONSUMER_SECRET, Some(TOKEN_SECRET)),
            )),
            sorted,
            peer_out: String::new(),
        }
        .agreed()
    }

    /// The example of X's (Twitter's) documentation, "Creating a signature".
    pub(crate) fn x_example() -> Self {
        let mut job = Self::new(
            "https://api.twitter.com/1.1/statuses/update.json",
            &[
                (
                    "status",
                    "Hello Ladies + Gentlemen, a signed OAuth request!",
                ),
                ("include_entities", "true"),
            ],
            "https://api.twitter.com/1.1/statuses/update.json?include_entities=true",
            "status=Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20signed%20OAuth%20request%21".into(),
        );
        let published = "oauth_signature=\"hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D\"";
        assert!(
            core::str::from_utf8(job.ours())
                .unwrap()
                .contains(published)
        );
        job
    }

    /// A form of 100 parameters with values of 20 characters, 30 % of them reserved, the names out
    /// of order.
    pub(crate) fn hundred() -> Self {
        let reserved = [' ', '&', '/', '+', '=', '%'];
        let pairs: Vec<(&str, &str)> = (0..100_usize)
            .map(|n| {
                let value: String = (0..20_usize)
                    .map(|k| {
                        if (n + k) % 10 < 3 {
                            reserved[(n + 7 * k) % reserved.len()]
                        } else {
                            char::from(b'a' + u8::try_from((n * 3 + k) % 26).unwrap())
                        }
                    })
                    .collect();
                let name = format!("field{:02}", n * 37 % 100);
                (&*name.leak(), &*value.leak())
            })
            .collect();
        let body: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={}", countersign_encoding::encode(value)))
            .collect();
        let url = "https://api.twitter.com/1.1/form.json";
        Self::new(url, pairs.leak(), url, body.join("&"))
    }

    /// All give the same signature, and it verifies, or there is nothing to compare.
    fn agreed(mut self) -> Self {
        let signature = |header: &str| {
            let (_, rest) = header.split_once("oauth_signature=\"").unwrap();
            rest.split_once('"').unwrap().0.to_owned()
        };
        let ours = signature(core::str::from_utf8(self.ours()).unwrap());
        assert_eq!(ours, signature(self.peer()));
        assert_eq!(ours, signature(self.peer_kept()));
        assert_eq!(
            ours,
            signature(core::str::from_utf8(self.ours_from_wire()).unwrap())
        );
        self.verify();
        self
    }

    /// From the decoded pairs in any order to the header, in reused memory.
    pub(crate) fn ours(&mut self) -> &[u8] {
        let request = Request::new("POST", Uri::parse(self.url).unwrap()).unwrap();
        let protocol =
            ProtocolParameters::new(CONSUMER_KEY, "HMAC-SHA1", TIMESTAMP, NONCE).with_token(TOKEN);
        self.out.clear();
        SignRequest::new(&request, &protocol)
            .with_form(self.pairs)
            .sign_into(&self.signer, None, &mut self.scratch, &mut self.out)
            .unwrap();
        &self.out
    }

    /// From the wire to the header, in reused memory.
    pub(crate) fn ours_from_wire(&mut self) -> &[u8] {
        let uri = Uri::parse(self.wire_url).unwrap();
        let request = Request::new("POST", uri)
            .unwrap()
            .with_body(Some(FORM), self.wire_body.as_bytes());
        let protocol =
            ProtocolParameters::new(CONSUMER_KEY, "HMAC-SHA1", TIMESTAMP, NONCE).with_token(TOKEN);
        self.out.clear();
        SignRequest::new(&request, &protocol)
            .sign_into(&self.signer, None, &mut self.scratch, &mut self.out)
            .unwrap();
        &self.out
    }

    /// From the decoded pairs in any order to the header, in reused memory: the peer's list sorts
    /// them.
    pub(crate) fn peer(&mut self) -> &str {
        self.peer_out.clear();
        let request = peer::ParameterList::new(self.pairs.to_vec());
        self.peer
            .authorize_with_buf(&mut self.peer_out, "POST", self.url, &request);
        &self.peer_out
    }

    /// The same with sorted pairs and a kept key: more than the peer's users get.
    pub(crate) fn peer_kept(&mut self) -> &str {
        self.peer_out.clear();
        let request = peer::request::AssertSorted::new(self.sorted.iter().copied());
        self.peer_kept
            .authorize_with_buf(&mut self.peer_out, "POST", self.url, &request);
        &self.peer_out
    }

    /// Only the base string, from the wire.
    pub(crate) fn base_string(&mut self) -> &[u8] {
        let uri = Uri::parse(self.wire_url).unwrap();
        let request = Request::new("POST", uri)
            .unwrap()
            .with_body(Some(FORM), self.wire_body.as_bytes());
        let mut parameters = core::mem::take(&mut self.kept).recycle();
        parameters
            .extend_from_request(&request, &Limits::default(), HeaderLeniencies::NONE)
            .unwrap();
        self.base_string.clear();
        write_base_string(&request, &parameters, &mut self.base_string);
        self.kept = parameters.recycle();
        &self.base_string
    }

    /// From the wire, the header just written included, to the verdict.
    pub(crate) fn verify(&mut self) {
        let header = core::str::from_utf8(&self.out).unwrap();
        let target = self
            .wire_url
            .strip_prefix("https://api.twitter.com")
            .unwrap();
        let uri = Uri::from_target(Scheme::Https, "api.twitter.com", target).unwrap();
        let request = Request::new("POST", uri)
            .unwrap()
            .with_authorization(header)
            .with_body(Some(FORM), self.wire_body.as_bytes());
        let mut parameters = core::mem::take(&mut self.kept).recycle();
        parameters
            .extend_from_request(&request, &Limits::default(), HeaderLeniencies::NONE)
            .unwrap();
        let signature = parameters.protocol("oauth_signature").unwrap().value();
        let signature = core::str::from_utf8(&signature).unwrap();
        let signature = Signature::parse_base64(signature).unwrap();
        self.base_string.clear();
        write_base_string(&request, &parameters, &mut self.base_string);
        self.verifier.verify(&self.base_string, &signature).unwrap();
        self.kept = parameters.recycle();
    }
}

/// 1 KiB of letters of one, two, three and four bytes, and reserved characters.
pub(crate) fn mixed_text() -> String {
    "Grüße & \u{65e5}\u{672c}\u{8a9e}, caf\u{e9}=50% \u{1f600}/ abc+"
        .chars()
        .cycle()
        .take(700)
        .fold(String::new(), |mut text, letter| {
            if text.len() + letter.len_utf8() <= 1024 {
                text.push(letter);
            }
            text
        })
}

/// 1 KiB that needs no encoding.
pub(crate) fn ascii_text() -> String {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        .chars()
        .cycle()
        .take(1024)
        .collect()
}

/// What RFC 5849 3.6 leaves as it is, in the `percent-encoding` crate's words.
pub(crate) const RESERVED: percent_encoding::AsciiSet = percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
