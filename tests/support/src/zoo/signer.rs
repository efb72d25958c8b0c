//! The signer: RFC 5849 section 3.4, in steps that each can go wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};

use super::request::{Hash, Placing, Request, written_port};
use super::sorting::Sorting;
use super::spelling::Spelling;

/// Everything that goes into a signature, each part open to mistakes.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) method: String,
    pub(crate) uri: UriPlan,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) sorting: Sorting,
    /// Between two parameters.
    pub(crate) separator: &'static str,
    /// How the joined parameters are encoded.
    pub(crate) whole: Spelling,
    pub(crate) structure: Structure,
    pub(crate) key: KeyPlan,
    pub(crate) hash: Hash,
    pub(crate) text: SignatureText,
    pub(crate) sending: Sending,
}

#[derive(Clone, Debug)]
pub(crate) struct UriPlan {
    pub(crate) scheme: &'static str,
    pub(crate) host: String,
    /// With its colon, or empty.
    pub(crate) port: String,
    pub(crate) path: String,
    /// What does not belong there.
    pub(crate) tail: String,
    /// Something else in the place of scheme, host and port.
    pub(crate) origin: Option<&'static str>,
    pub(crate) spelling: Spelling,
}

/// Where a signed parameter comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Protocol,
    Query,
    Form,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) source: Source,
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) raw_name: String,
    pub(crate) raw_value: String,
    /// Whether the wire has an equals sign.
    pub(crate) has_equals: bool,
    /// Whether the equals sign is signed.
    pub(crate) signs_equals: bool,
    pub(crate) name_spelling: Spelling,
    pub(crate) value_spelling: Spelling,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Structure {
    Rfc,
    WithoutMethod,
    OneBlock,
    Commas,
}

#[derive(Clone, Debug)]
pub(crate) struct KeyPlan {
    pub(crate) consumer: Vec<u8>,
    pub(crate) ampersand: bool,
    pub(crate) token: Vec<u8>,
    /// `None`: the secrets go in as they are.
    pub(crate) spelling: Option<Spelling>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignatureText {
    Base64,
    LowerHex,
    UpperHex,
    Base64OfHex,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sending {
    Encoded,
    Raw,
    EncodedTwice,
}

/// What the signer made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// What was signed.
    pub base_string: String,
    /// As it goes on the wire, percent-encoded.
    pub encoded: String,
}

impl Plan {
    /// The plan by the RFC.
    pub(crate) fn right(request: &Request) -> Self {
        let standard = if request.scheme == "https" { 443 } else { 80 };
        let mut pairs = Vec::new();
        let mut take = |source, fields: &[super::request::Field]| {
            for field in fields {
                pairs.push(Pair {
                    source,
                    name: field.name.clone(),
                    value: field.value.clone(),
                    raw_name: field.raw_name.clone(),
                    raw_value: field.raw_value.clone().unwrap_or_default(),
                    has_equals: field.raw_value.is_some(),
                    ..Pair::default()
                });
            }
        };
        take(Source::Query, &request.query);
        take(Source::Form, request.form());
        let protocol = request
            .protocol
            .iter()
            .map(|(name, value)| Pair::protocol(name, value));
        match request.placing {
            Placing::Header => {
                pairs.splice(0..0, protocol);
            }
            Placing::Query => {
                let at = request.query.len();
                pairs.splice(at..at, protocol);
            }
            Placing::Body => pairs.extend(protocol),
        }
        let token = if request.has_token() {
            request.credentials.token_secret.clone()
        } else {
            String::new()
        };
        Self {
            method: request.method.to_owned(),
            uri: UriPlan {
                scheme: request.scheme,
                host: request.host.to_ascii_lowercase(),
                port: written_port(request.port.filter(|port| *port != standard)),
                path: request.path.clone(),
                tail: String::new(),
                origin: None,
                spelling: Spelling::RFC,
            },
            pairs,
            sorting: Sorting::Rfc,
            separator: "&",
            whole: Spelling::RFC,
            structure: Structure::Rfc,
            key: KeyPlan {
                consumer: request.credentials.consumer_secret.clone().into_bytes(),
                ampersand: true,
                token: token.into_bytes(),
                spelling: Some(Spelling::RFC),
            },
            hash: request.hash,
            text: SignatureText::Base64,
            sending: Sending::Encoded,
        }
    }

    /// The signature by this plan.
    pub(crate) fn sign(&self) -> Signature {
        let base_string = self.base_string();
        let digest = mac(self.hash, &self.key.bytes(), base_string.as_bytes());
        let text = match self.text {
            SignatureText::Base64 => STANDARD.encode(&digest),
            SignatureText::LowerHex => hexadecimal(&digest),
            SignatureText::UpperHex => hexadecimal(&digest).to_ascii_uppercase(),
            SignatureText::Base64OfHex => STANDARD.encode(hexadecimal(&digest)),
        };
        let encode = |text: &str| Spelling::RFC.encode(text);
        let encoded = match self.sending {
            Sending::Encoded => encode(&text),
            Sending::Raw => text,
            Sending::EncodedTwice => encode(&encode(&text)),
        };
        Signature {
            base_string,
            encoded,
        }
    }

    fn base_string(&self) -> String {
        let mut pairs = self.pairs.clone();
        self.sorting.sort(&mut pairs);
        let items: Vec<String> = pairs.iter().map(Pair::written).collect();
        let parameters = items.join(self.separator);
        let uri = self.uri.written();
        if self.structure == Structure::OneBlock {
            return self
                .whole
                .encode(&format!("{}&{uri}&{parameters}", self.method));
        }
        let uri = self.uri.spelling.encode(&uri);
        let parameters = self.whole.encode(&parameters);
        match self.structure {
            Structure::WithoutMethod => format!("{uri}&{parameters}"),
            Structure::Commas => format!("{},{uri},{parameters}", self.method),
            Structure::Rfc | Structure::OneBlock => {
                format!("{}&{uri}&{parameters}", self.method)
            }
        }
    }
}

impl UriPlan {
    fn written(&self) -> String {
        let Self {
            scheme,
            host,
            port,
            path,
            tail,
            ..
        } = self;
        match self.origin {
            Some(origin) => format!("{origin}{path}{tail}"),
            None => format!("{scheme}://{host}{port}{path}{tail}"),
        }
    }
}

impl Default for Pair {
    fn default() -> Self {
        Self {
            source: Source::Protocol,
            name: String::new(),
            value: String::new(),
            raw_name: String::new(),
            raw_value: String::new(),
            has_equals: true,
            signs_equals: true,
            name_spelling: Spelling::RFC,
            value_spelling: Spelling::RFC,
        }
    }
}

impl Pair {
    /// A protocol parameter.
    pub(crate) fn protocol(name: &str, value: &str) -> Self {
        Self::decoded(Source::Protocol, name, value)
    }

    /// A parameter that is not on the wire, or there as the RFC spells it.
    pub(crate) fn decoded(source: Source, name: &str, value: &str) -> Self {
        Self {
            source,
            name: name.to_owned(),
            value: value.to_owned(),
            raw_name: Spelling::RFC.encode(name),
            raw_value: Spelling::RFC.encode(value),
            ..Self::default()
        }
    }

    pub(crate) fn encoded_name(&self) -> String {
        self.name_spelling.encode(&self.name)
    }

    pub(crate) fn encoded_value(&self) -> String {
        self.value_spelling.encode(&self.value)
    }

    pub(crate) fn written(&self) -> String {
        let (name, value) = (self.encoded_name(), self.encoded_value());
        if self.signs_equals || !value.is_empty() {
            format!("{name}={value}")
        } else {
            name
        }
    }
}

impl KeyPlan {
    fn bytes(&self) -> Vec<u8> {
        let mut key = self.part(&self.consumer);
        if self.ampersand {
            key.push(b'&');
        }
        key.extend(self.part(&self.token));
        key
    }

    fn part(&self, secret: &[u8]) -> Vec<u8> {
        match (self.spelling, core::str::from_utf8(secret)) {
            (Some(spelling), Ok(text)) => spelling.encode(text).into_bytes(),
            // Octets that are no text reach the key as they are.
            _ => secret.to_vec(),
        }
    }
}

fn mac(hash: Hash, key: &[u8], text: &[u8]) -> Vec<u8> {
    fn with<M: Mac + KeyInit>(key: &[u8], text: &[u8]) -> Vec<u8> {
        let mut mac = <M as KeyInit>::new_from_slice(key).expect("a key of any length");
        mac.update(text);
        mac.finalize().into_bytes().to_vec()
    }
    match hash {
        Hash::Sha1 => with::<Hmac<sha1::Sha1>>(key, text),
        Hash::Sha256 => with::<Hmac<sha2::Sha256>>(key, text),
        Hash::Sha512 => with::<Hmac<sha2::Sha512>>(key, text),
    }
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
