//! Banks, brokers, gateways.

use super::{HMAC_SHA1, HMAC_SHA256, RSA_SHA256};
use crate::endpoint::{at, three};
use crate::provider::code;
use crate::quirk::{HEADER_AND_BODY, MASTERCARD_RAW_PARAMS};
use crate::{
    BodyHash, Endpoints, ErrorFormat, Flow, Grade, Legs, Nonce, Placement, Provider, Shape, Window,
};

pub(crate) const MASTERCARD: Provider = Provider {
    id: "mastercard",
    name: "Mastercard gateways",
    hosts: &["api.mastercard.com", "sandbox.api.mastercard.com"],
    api: Some(at("https://api.mastercard.com", Grade::A)),
    methods: &[RSA_SHA256, "RSA-PSS"],
    legs: &[Legs::One],
    endpoints: Endpoints {
        others: &[
            at("https://api.mastercard.com", Grade::A),
            at("https://sandbox.api.mastercard.com", Grade::A),
        ],
        ..Endpoints::NONE
    },
    placement: &[Placement::Header],
    body_hash: BodyHash::Required("SHA-256"),
    quirks: &[MASTERCARD_RAW_PARAMS],
    notes: &[
        "the key comes as a PKCS#12 file; the consumer key has two parts joined by an exclamation mark",
        "the official signers send the hash of the empty body too",
        "only the newest signers know RSA-PSS (salt of 32 octets)",
        "the official JavaScript signer loses repeated query values",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::Json],
        note: "Errors.Error[] with Source, ReasonCode, Description, Recoverable, Details",
        codes: &[
            code(
                "INVALID_OAUTH_SBS",
                "the gateway's base string differs from the client's",
                "signature_invalid",
            ),
            code("AUTHENTICATION_FAILED", "refused (unverified code)", ""),
            code(
                "INVALID_CLIENT_ID",
                "no such client (unverified code)",
                "consumer_key_unknown",
            ),
            code(
                "INVALID_KEY",
                "the key is not the registered one (unverified code)",
                "",
            ),
        ],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "the provider's own signers",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const ETRADE: Provider = Provider {
    id: "etrade",
    name: "E*TRADE",
    hosts: &["api.etrade.com", "apisb.etrade.com", "us.etrade.com"],
    api: Some(at("https://api.etrade.com", Grade::A)),
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three],
    endpoints: Endpoints {
        others: &[
            at("https://api.etrade.com/oauth/renew_access_token", Grade::A),
            at("https://api.etrade.com/oauth/revoke_access_token", Grade::A),
        ],
        ..three(
            "https://api.etrade.com/oauth/request_token",
            "https://us.etrade.com/e/t/etws/authorize",
            "https://api.etrade.com/oauth/access_token",
            Grade::A,
        )
    },
    flow: Flow {
        token_name: "token",
        consumer_key_name: Some("key"),
        callback: Some("oob"),
        ..Flow::RFC5849
    },
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    window: Window::symmetric(300, ""),
    notes: &[
        "authorize wants key=CONSUMER_KEY and token=REQUEST_TOKEN, the token percent-encoded",
        "oauth_callback is oob; the user copies a verifier of five digits",
        "an access token sleeps after two idle hours (renew_access_token) and dies at midnight, US Eastern",
        "consumer keys lapse too: consumer_key_rejected without warning",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::Html],
        note: "a servlet page around oauth_problem; companions follow after a comma",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "provider documentation and client threads",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const OPEN_BANK_PROJECT: Provider = Provider {
    id: "open-bank-project",
    name: "Open Bank Project",
    methods: &[HMAC_SHA1, HMAC_SHA256],
    legs: &[Legs::Three],
    endpoints: three(
        "https://{host}/oauth/initiate",
        "https://{host}/oauth/authorize",
        "https://{host}/oauth/token",
        Grade::A,
    ),
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    nonce: Nonce {
        note: "may never be used again",
        ..Nonce::UNKNOWN
    },
    errors: ErrorFormat {
        shapes: &[Shape::Json],
        note: "",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "server source",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const PAYNETEASY: Provider = Provider {
    id: "payneteasy",
    name: "PaynetEasy family of gateways",
    methods: &[HMAC_SHA1, RSA_SHA256],
    legs: &[Legs::One],
    endpoints: Endpoints {
        others: &[at("https://{gateway}/paynet/api/v2", Grade::A)],
        ..Endpoints::NONE
    },
    placement: &[Placement::Header, Placement::Body],
    body_hash: BodyHash::NotUsed,
    window: Window::UNKNOWN,
    quirks: &[HEADER_AND_BODY],
    notes: &[
        "the protocol parameters are wanted in the header and in the body at once, and count once",
    ],
    errors: ErrorFormat {
        shapes: &[],
        note: "403",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};
