//! The request taken apart: what a signer had before it when it signed.

use std::rc::Rc;

use countersign_base_string::Place;
use zeroize::Zeroizing;

use super::state::{KeyParts, Plan, UriParts};

/// One parameter as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    /// The how-manieth parameter of the request it is; one that a rule adds has none.
    pub(crate) id: Option<u16>,
    pub(crate) place: Place,
    pub(crate) name: Vec<u8>,
    pub(crate) value: Vec<u8>,
    /// As spelt on the wire.
    pub(crate) raw_name: Vec<u8>,
    pub(crate) raw_value: Vec<u8>,
    pub(crate) has_equals: bool,
}

impl Pair {
    /// A parameter that is not part of the request.
    pub(crate) fn added(name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>, place: Place) -> Self {
        let (name, value) = (name.into(), value.into());
        Self {
            id: None,
            place,
            raw_name: countersign_encoding::encode_bytes(&name)
                .into_owned()
                .into_bytes(),
            raw_value: countersign_encoding::encode_bytes(&value)
                .into_owned()
                .into_bytes(),
            name,
            value,
            has_equals: true,
        }
    }

    /// The same one with another name and value, sent as it was.
    pub(crate) fn with(&self, name: Vec<u8>, value: Vec<u8>) -> Self {
        Self {
            name,
            value,
            raw_name: self.raw_name.clone(),
            raw_value: self.raw_value.clone(),
            ..*self
        }
    }

    /// Whether its name begins with `oauth_`.
    pub(crate) fn is_protocol(&self) -> bool {
        self.name.starts_with(b"oauth_")
    }
}

/// The request taken apart, and the state from which every deviation starts.
#[derive(Debug, Clone)]
pub(crate) struct Subject<'a> {
    pub(crate) method: &'a str,
    /// The request target as sent.
    pub(crate) target: &'a str,
    /// The query as sent, without the question mark.
    pub(crate) query: Option<&'a str>,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) is_form: bool,
    pub(crate) body: &'a [u8],
    /// Values of header fields, by name in lower case: what proxies add is here.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) consumer_key: Option<&'a str>,
    pub(crate) token: Option<&'a str>,
    /// The realm of the `Authorization` field, which is not signed.
    pub(crate) realm: Option<&'a str>,
    /// The received signature, decoded once.
    pub(crate) signature: Option<&'a str>,
    /// The base URI by RFC 5849.
    pub(crate) uri: UriParts,
    /// The same by the other scheme, where the scheme is not known.
    pub(crate) other_uri: Option<UriParts>,
    /// The parameters by RFC 5849.
    pub(crate) plan: Plan,
    /// The key by RFC 5849; none where no secret is at hand.
    pub(crate) key: Option<KeyParts>,
    /// The token secret at hand although no token is sent, so that the key has none.
    pub(crate) unused_token_secret: Option<Zeroizing<Vec<u8>>>,
    /// Further sets of keys at hand, by name; a secret that a set has not is empty.
    pub(crate) other_keys: Vec<(String, KeyParts)>,
}

impl Subject<'_> {
    /// The signed parameters of the request, in order of arrival.
    pub(crate) fn pairs(&self) -> &[Rc<Pair>] {
        &self.plan.pairs
    }
}
