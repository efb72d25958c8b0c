//! Clients and flows from a provider's row.

use countersign_dialect::{BodyHash, Flow, Placement as RowPlacement, Provider, Quirk};
use countersign_signature::body_hash::Rule;
use countersign_signature::{Hash, KeyKind, Method, Methods, Placement};

use crate::body::BodyHashPolicy;
use crate::client::{Client, ClientError};
use crate::consumer::{Consumer, ConsumerSecret};
use crate::service::{Service, ServiceError};

/// Departures from RFC 5849 that the signer has to make too, and how.
const QUIRKS: &[(&str, Apply)] = &[
    ("always_empty_token", Client::with_empty_token),
    ("mastercard_raw_params", Client::with_raw_parameters),
];

type Apply = fn(Client) -> Client;

/// A client for a provider of `countersign-dialect`: the first of its methods that fits the
/// consumer's key, its place for the parameters, its body hash, its quirks.
///
/// What depends on the account stays to be said: [`Client::with_realm`] where the row's realm is
/// required.
///
/// ```
/// use countersign_client::{Consumer, preset};
/// use countersign_key::Secret;
///
/// let row = countersign_dialect::by_id("netsuite-tba").ok_or("no such row")?;
/// let client = preset(row, Consumer::hmac("key", Secret::new("secret")))?.with_realm("1234567_SB1");
/// assert_eq!(client.method().name(), "HMAC-SHA256");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`PresetError`]: the provider takes no method that the consumer can sign by.
pub fn preset(row: &'static Provider, consumer: Consumer) -> Result<Client, PresetError> {
    let method = method(row, &consumer).ok_or(PresetError::NoMethod { id: row.id })?;
    preset_with_method(row, consumer, method)
}

/// The same with another of its methods than the first that fits the key.
///
/// # Errors
/// [`PresetError`]: the provider does not take the method, or the consumer can't sign by it.
pub fn preset_with_method(
    row: &'static Provider,
    consumer: Consumer,
    method: &'static Method,
) -> Result<Client, PresetError> {
    let named = row.accepts(method.name());
    if !named && !method.alias().is_some_and(|alias| row.accepts(alias)) {
        return Err(PresetError::NoMethod { id: row.id });
    }
    let client = Client::new(consumer, method).map_err(PresetError::Client)?;
    let mut client = client.with_row(row);
    if !named {
        client = client.with_method_alias();
    }
    if let Some(place) = row.placement.first() {
        client = client.with_placement(placement(*place));
    }
    let mut others = row.placement.iter().map(|place| placement(*place));
    let otherwise = others.find(|place| *place != Placement::Body);
    client = client.with_placement_otherwise(otherwise);
    if let countersign_dialect::Realm::Literal(realm) = row.realm {
        client = client.with_realm(realm);
    }
    client = client.with_body_hash(body_hash(row.body_hash));
    let applies = |id: &str| row.quirks.iter().any(|quirk: &Quirk| quirk.id == id);
    for (id, apply) in QUIRKS {
        if applies(id) {
            client = apply(client);
        }
    }
    Ok(client)
}

fn method(row: &Provider, consumer: &Consumer) -> Option<&'static Method> {
    let known = Methods::standard().dangerous_with_plaintext();
    row.methods
        .iter()
        .filter_map(|name| known.find(name))
        .find(|method| match &consumer.secret {
            ConsumerSecret::Plaintext(_) => method.is_plaintext(),
            ConsumerSecret::Hmac(_) => method.kind() == KeyKind::Secret && !method.is_plaintext(),
            ConsumerSecret::Rsa(_) => method.kind() == KeyKind::Rsa,
            ConsumerSecret::Signer(signer) => *method == signer.method(),
        })
}

fn placement(place: RowPlacement) -> Placement {
    match place {
        RowPlacement::Query => Placement::Query,
        RowPlacement::Body => Placement::Body,
        // The place of RFC 5849 section 3.5.1, and of whatever a later row may say.
        _ => Placement::Header,
    }
}

fn body_hash(wanted: BodyHash) -> BodyHashPolicy {
    let rule = |name: &str| {
        Hash::ALL
            .into_iter()
            .find(|hash| hash.name() == name)
            .map_or(Rule::MethodHash, Rule::Always)
    };
    match wanted {
        BodyHash::Required(name) => BodyHashPolicy::always(rule(name)),
        BodyHash::NonFormBodies(name) => BodyHashPolicy::with_body(rule(name)),
        _ => BodyHashPolicy::NEVER,
    }
}

impl Service {
    /// The addresses of a provider of `countersign-dialect`. `parts` fill what is in braces there,
    /// as `{host}` and `{acct}`.
    ///
    /// ```
    /// use countersign_client::Service;
    ///
    /// let row = countersign_dialect::by_id("atlassian-data-center").ok_or("no such row")?;
    /// let service = Service::preset(row, &[("host", "jira.example.com")])?;
    /// let at = service.access_token().to_string();
    /// assert_eq!(at, "https://jira.example.com/plugins/servlet/oauth/access-token");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`PresetError`]: the provider gives out no tokens by a flow, a part is missing or no host.
    pub fn preset(row: &Provider, parts: &[(&str, &str)]) -> Result<Self, PresetError> {
        let filled = |endpoint: Option<countersign_dialect::Endpoint>| {
            endpoint.map(|at| fill(at.url, parts)).transpose()
        };
        let access_token =
            filled(row.endpoints.access_token)?.ok_or(PresetError::NoFlow { id: row.id })?;
        let request_token = filled(row.endpoints.request_token)?;
        let authorize = filled(row.endpoints.authorize)?;
        let service = Self::maybe_new(
            request_token.as_deref(),
            authorize.as_deref(),
            &access_token,
        );
        Ok(service.map_err(PresetError::Service)?.with_flow(row.flow))
    }

    /// Takes the steps as a provider of `countersign-dialect` wants them, whatever the addresses: those
    /// of its sandbox, or of an own host.
    #[must_use]
    pub const fn with_flow(mut self, flow: Flow) -> Self {
        self.token_parameter = flow.token_name;
        self.with_consumer_key = flow.consumer_key_name;
        self.confirms = flow.confirms;
        self
    }
}

/// Fills the braces of an address. What fills them are names of hosts and accounts, nothing that
/// could lead elsewhere.
fn fill(template: &str, parts: &[(&str, &str)]) -> Result<String, PresetError> {
    let mut url = template.to_owned();
    for (name, value) in parts {
        let plain = !value.is_empty()
            && value
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte));
        let braced = ["{", name, "}"].concat();
        if url.contains(&braced) && !plain {
            return Err(PresetError::Part);
        }
        url = url.replace(&braced, value);
    }
    if url.contains(['{', '}']) {
        return Err(PresetError::Part);
    }
    Ok(url)
}

/// Why a row makes no client or no flow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PresetError {
    /// The key can't be used.
    #[error("the consumer can't sign there")]
    Client(#[source] ClientError),
    /// The provider gives tokens out in another way.
    #[error("expected a provider with an access token address, found {id}")]
    NoFlow {
        /// The row.
        id: &'static str,
    },
    /// None of its methods fits the consumer's key.
    #[error("expected a consumer with a key for one of the methods of {id}, found another")]
    NoMethod {
        /// The row.
        id: &'static str,
    },
    /// A part of an address is missing, or can't be one.
    #[error("expected a host or account name for each part of the address in braces")]
    Part,
    /// An address can't be one of a flow.
    #[error("the address can't be used")]
    Service(#[source] ServiceError),
}
