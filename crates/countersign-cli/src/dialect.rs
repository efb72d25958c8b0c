//! How a provider wants requests signed: by the row of its preset, as `request` signs them.

use countersign_clock::Window;
use countersign_dialect::{BodyHash, Legs, Provider, Realm};
use countersign_signature::body_hash::Rule;
use countersign_signature::{Hash, Method, Methods, SignRequest};
use countersign_verify::{BodyHashWith, Policy};

use crate::keys_file::{Facts, KeySet, Place};

/// Departures from RFC 5849, and what a signer and a verifier make of them.
const QUIRKS: &[Row] = &[
    Row {
        id: "always_empty_token",
        has_token: true,
        hashes_forms: false,
        sign: |sign| sign,
        verify: |policy| policy,
    },
    Row {
        id: "mastercard_raw_params",
        has_token: false,
        hashes_forms: true,
        sign: |sign| sign.with_raw_protocol(),
        verify: Policy::lenient_raw_protocol,
    },
];

struct Row {
    id: &'static str,
    /// Whether `oauth_token` is sent empty where there is none.
    has_token: bool,
    /// Whether the hash covers a form too.
    hashes_forms: bool,
    sign: for<'a> fn(SignRequest<'a>) -> SignRequest<'a>,
    verify: fn(Policy) -> Policy,
}

/// How a provider gives tokens out, and what a user has to do for one.
const TOKENS: &[(Legs, &str)] = &[
    (Legs::Three, "countersign token authorize gets one"),
    (
        Legs::XAuth,
        "countersign token authorize gets one for a user's name and password",
    ),
    (
        Legs::IssuedToken,
        "it is issued on a page of the provider; write token and token_secret into the file",
    ),
];

/// What to do for a token, by the usual way of the provider; nothing where it has none.
pub(crate) fn how_to_get_a_token(row: &Provider) -> Option<&'static str> {
    row.legs.iter().find_map(|legs| {
        let known = TOKENS.iter().find(|(known, _)| known == legs);
        known.map(|(_, how)| *how)
    })
}

/// What the row of a preset says for one method; nothing without a row that takes it.
#[derive(Clone, Copy)]
pub(crate) struct Dialect {
    row: Option<&'static Provider>,
    method: &'static Method,
}

impl Dialect {
    pub(crate) fn of(facts: &Facts, method: &'static Method) -> Self {
        Self {
            row: facts.row_for(method),
            method,
        }
    }

    fn quirks(self) -> impl Iterator<Item = &'static Row> {
        let quirks = self.row.map_or(&[][..], |row| row.quirks);
        let has = |id: &str| quirks.iter().any(|quirk| quirk.id == id);
        QUIRKS.iter().filter(move |row| has(row.id))
    }

    /// The name of the method as it is sent.
    pub(crate) fn method_name(self) -> &'static str {
        let name = self.method.name();
        match (self.row, self.method.alias()) {
            (Some(row), Some(alias)) if !row.accepts(name) => alias,
            _ => name,
        }
    }

    /// The usual place of the protocol parameters.
    pub(crate) fn placement(self) -> Option<Place> {
        self.row?.placement.first().copied().and_then(Place::of)
    }

    /// The place for one request: a body that is no form has none for them.
    pub(crate) fn placement_for(self, usual: Option<Place>, is_form: bool) -> Option<Place> {
        let places = self.row.map_or(&[][..], |row| row.placement);
        let mut others = places.iter().copied().filter_map(Place::of);
        let other = others.find(|place| *place != Place::Body);
        match (usual, other) {
            (Some(Place::Body), Some(other)) if !is_form => Some(other),
            (usual, _) => usual,
        }
    }

    /// The realm, where it is the same for everybody.
    pub(crate) fn realm(self) -> Option<&'static str> {
        match self.row?.realm {
            Realm::Literal(text) => Some(text),
            _ => None,
        }
    }

    /// What is sent as `oauth_token` where there is no token.
    pub(crate) fn no_token(self) -> Option<&'static str> {
        self.quirks().any(|quirk| quirk.has_token).then_some("")
    }

    /// The request, signed as the provider's own signers do.
    pub(crate) fn sign(self, sign: SignRequest<'_>) -> SignRequest<'_> {
        self.quirks().fold(sign, |sign, quirk| (quirk.sign)(sign))
    }

    /// By which rule a body is hashed. Some providers want the hash of one that is empty too.
    pub(crate) fn body_hash(self, wanted: Option<bool>, body: BodyKind) -> Option<Rule> {
        let named = |name: &str| {
            let hash = Hash::ALL.into_iter().find(|hash| hash.name() == name);
            hash.map_or(Rule::MethodHash, Rule::Always)
        };
        let hashes_forms = self.quirks().any(|quirk| quirk.hashes_forms);
        let is_open = body == BodyKind::Other || (hashes_forms && body == BodyKind::Form);
        match (wanted, self.row.map(|row| row.body_hash)) {
            (Some(false), _) => None,
            (_, Some(BodyHash::Required(name))) => {
                (is_open || body == BodyKind::Empty).then(|| named(name))
            }
            (_, Some(BodyHash::NonFormBodies(name))) => is_open.then(|| named(name)),
            (Some(true), _) => is_open.then_some(Rule::MethodHash),
            (None, _) => None,
        }
    }
}

/// What a body is to its hash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyKind {
    /// There is none.
    Empty,
    /// Its parameters are signed.
    Form,
    /// Nothing but a hash covers it.
    Other,
}

/// What the provider of the keys takes, as far as its row says.
pub(crate) fn policy(keys: &KeySet, method: Option<&'static Method>) -> Policy {
    let mut policy = Policy::default();
    // Naming PLAINTEXT in one's own file is the opt-in.
    if keys.facts.signature_method.as_deref() == Some("PLAINTEXT") {
        policy = policy.with_methods(Methods::standard().dangerous_with_plaintext());
    }
    let Some(method) = method else { return policy };
    let dialect = Dialect::of(&keys.facts, method);
    let Some(row) = dialect.row else {
        return policy;
    };
    if let BodyHash::Required(name) | BodyHash::NonFormBodies(name) = row.body_hash
        && let Some(hash) = Hash::ALL.into_iter().find(|hash| hash.name() == name)
    {
        policy = policy.with_body_hash_made_with(BodyHashWith::Always(hash));
    }
    if let (Some(past), Some(future)) = (row.window.past, row.window.future) {
        policy = policy.with_window(Window::new(past, future));
    }
    dialect
        .quirks()
        .fold(policy, |policy, quirk| (quirk.verify)(policy))
}
