//! A request as the program that signs it knows it, and as it is sent.

use super::spelling::{self, Spelling};

/// A hash of HMAC signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// The signature method that it makes with HMAC.
    #[must_use]
    pub const fn method(self) -> &'static str {
        match self {
            Self::Sha1 => "HMAC-SHA1",
            Self::Sha256 => "HMAC-SHA256",
            Self::Sha512 => "HMAC-SHA512",
        }
    }
}

/// A parameter of a query or form: decoded, and as it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) raw_name: String,
    /// `None` when there is no equals sign.
    pub(crate) raw_value: Option<String>,
}

/// What is sent behind the headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    None,
    Form(Vec<Field>),
    /// Whatever is not signed; the fields are what a mistaken signer would read in it.
    Other {
        content_type: Option<&'static str>,
        text: String,
        kind: Kind,
        fields: Vec<(String, String)>,
    },
}

/// What a body that is no form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Json,
    Multipart,
    /// A form that is declared as something else.
    Undeclared,
}

/// Where the protocol parameters stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placing {
    Header,
    Query,
    Body,
}

/// What the user holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The consumer key.
    pub consumer_key: String,
    /// Its secret.
    pub consumer_secret: String,
    /// A token, which not every request sends.
    pub token: String,
    /// Its secret.
    pub token_secret: String,
    /// What else is on file.
    pub others: Vec<Other>,
}

/// Secrets of another environment or token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// What the user calls them.
    pub name: &'static str,
    /// The secret of a consumer.
    pub consumer_secret: Option<String>,
    /// The secret of a token.
    pub token_secret: Option<String>,
}

/// A request as the program that signs it knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub(crate) method: &'static str,
    pub(crate) scheme: &'static str,
    /// As written, perhaps in capitals.
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    /// As sent.
    pub(crate) path: String,
    pub(crate) query: Vec<Field>,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: Body,
    /// The protocol parameters without the signature, decoded, in the order sent.
    pub(crate) protocol: Vec<(String, String)>,
    pub(crate) realm: Option<String>,
    pub(crate) placing: Placing,
    pub(crate) hash: Hash,
    /// Headers of a proxy, in front of which other names may hold.
    pub(crate) forwarded: Vec<(&'static str, String)>,
    pub(crate) credentials: Credentials,
}

/// A request as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The method.
    pub method: String,
    /// `http` or `https`.
    pub scheme: String,
    /// The `Host` field.
    pub host: String,
    /// Path and query.
    pub target: String,
    /// The other headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// What the user holds.
    #[must_use]
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// When it was signed.
    #[must_use]
    pub fn timestamp(&self) -> i64 {
        let (_, value) = self
            .protocol
            .iter()
            .find(|(name, _)| name == "oauth_timestamp")
            .expect("every request has one");
        value.parse().expect("a number")
    }

    /// The same request, which declares another signature method and has no body hash, since that
    /// would be made with another hash.
    #[must_use]
    pub fn declaring(mut self, method: &str) -> Self {
        self.protocol.retain(|(name, _)| name != "oauth_body_hash");
        for (name, value) in &mut self.protocol {
            if name == "oauth_signature_method" {
                method.clone_into(value);
            }
        }
        self
    }

    /// Whether a token is sent that has a secret.
    pub(crate) fn has_token(&self) -> bool {
        self.protocol
            .iter()
            .any(|(name, value)| name == "oauth_token" && !value.is_empty())
    }

    pub(crate) fn form(&self) -> &[Field] {
        match &self.body {
            Body::Form(fields) => fields,
            _ => &[],
        }
    }

    /// What a verifier reads of a signature that was sent like this.
    pub(crate) fn received(&self, encoded_signature: &str) -> String {
        match self.placing {
            Placing::Header => spelling::decode(encoded_signature),
            Placing::Query | Placing::Body => spelling::decode_form(encoded_signature),
        }
    }

    /// The request with this signature, already percent-encoded.
    #[must_use]
    pub fn send(&self, encoded_signature: &str) -> Sent {
        let mut query = written(&self.query);
        let mut body = match &self.body {
            Body::None => String::new(),
            Body::Form(fields) => written(fields),
            Body::Other { text, .. } => text.clone(),
        };
        let encode = |text: &str| Spelling::RFC.encode(text);
        let mut protocol: Vec<(String, String)> = self
            .protocol
            .iter()
            .map(|(name, value)| (encode(name), encode(value)))
            .collect();
        protocol.push(("oauth_signature".to_owned(), encoded_signature.to_owned()));
        let mut headers: Vec<(String, String)> = self
            .forwarded
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        match self.placing {
            Placing::Header => {
                let realm = self.realm.iter().map(|realm| format!("realm=\"{realm}\""));
                let items = protocol
                    .iter()
                    .map(|(name, value)| format!("{name}=\"{value}\""));
                let items: Vec<String> = realm.chain(items).collect();
                headers.push((
                    "Authorization".to_owned(),
                    format!("OAuth {}", items.join(", ")),
                ));
            }
            Placing::Query => append(&mut query, &protocol),
            Placing::Body => append(&mut body, &protocol),
        }
        if let Some(content_type) = self.content_type {
            headers.push(("Content-Type".to_owned(), content_type.to_owned()));
        }
        let separator = if query.is_empty() { "" } else { "?" };
        Sent {
            method: self.method.to_owned(),
            scheme: self.scheme.to_owned(),
            host: format!("{}{}", self.host, written_port(self.port)),
            target: format!("{}{separator}{query}", self.path),
            headers,
            body: body.into_bytes(),
        }
    }
}

/// `:8080`, or nothing.
pub(crate) fn written_port(port: Option<u16>) -> String {
    port.map_or_else(String::new, |port| format!(":{port}"))
}

/// The fields as they stand in a query or form.
pub(crate) fn written(fields: &[Field]) -> String {
    let items: Vec<String> = fields
        .iter()
        .map(|field| match &field.raw_value {
            Some(value) => format!("{}={value}", field.raw_name),
            None => field.raw_name.clone(),
        })
        .collect();
    items.join("&")
}

fn append(form: &mut String, protocol: &[(String, String)]) {
    for (name, value) in protocol {
        if !form.is_empty() {
            form.push('&');
        }
        form.push_str(name);
        form.push('=');
        form.push_str(value);
    }
}
