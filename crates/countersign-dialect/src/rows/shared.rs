//! What many services speak alike.

use super::{HMAC_SHA1, HMAC_SHA256, RSA_SHA1, RSA_SHA256};
use crate::endpoint::three;
use crate::{BodyHash, ErrorFormat, Grade, Legs, Nonce, Placement, Provider, Shape, Window};

pub(crate) const LTI: Provider = Provider {
    id: "lti-1",
    name: "LTI 1.0 and 1.1 launches (Canvas, Moodle, Blackboard, Sakai, Open edX)",
    methods: &[HMAC_SHA1, HMAC_SHA256],
    legs: &[Legs::One],
    placement: &[Placement::Body, Placement::Header],
    body_hash: BodyHash::NonFormBodies("SHA-1"),
    window: Window {
        past: None,
        future: None,
        note: "the tool decides; 60 to 300 s are usual, hours where nonces are recorded",
    },
    nonce: Nonce {
        kept: Some(5_400),
        note: "90 minutes are advised",
        ..Nonce::UNKNOWN
    },
    notes: &[
        "HMAC-SHA1 is in the specification; SHA-256 by agreement",
        "a launch is a browser's form POST; every field is signed, whatever its prefix, and the launch URL's query as well",
        "oauth_callback=about:blank is usual and signed",
        "some consumers repeat the query's parameters in the body: duplicates",
        "outcome and other service calls carry the signature in the header and a body hash",
        "a tool behind a TLS proxy that computes http is the frequent cause of a mismatch",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::Redirect],
        note: "to the return URL, with lti_errormsg for the user and lti_errorlog for the operator",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "specification and tool sources",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const PARTNER: Provider = Provider {
    id: "partner",
    name: "Partner API with sessions, as Xero's was and as countersign serve has it",
    methods: &[RSA_SHA1, RSA_SHA256, HMAC_SHA1, HMAC_SHA256],
    legs: &[Legs::Three],
    endpoints: three(
        "https://{host}/oauth/RequestToken",
        "https://{host}/oauth/Authorize",
        "https://{host}/oauth/AccessToken",
        Grade::A,
    ),
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    window: Window::symmetric(300, ""),
    notes: &[
        "an access token lives 30 minutes and is renewed by its session handle",
        "a second authorisation for the same organisation replaces the earlier token",
        "the certificate is registered before; once it has expired, signature_method_rejected is the answer",
        "Xero itself ended OAuth 1.0a in 2021",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::Challenge, Shape::FormBody],
        note: "Problem Reporting in full",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "provider documentation and server source",
    grade: Grade::A,
    ..Provider::BLANK
};
