//! Health, travel, home.

use super::HMAC_SHA1;
use crate::endpoint::{at, three};
use crate::provider::code;
use crate::{BodyHash, Endpoints, ErrorFormat, Grade, Legs, Placement, Provider, Shape, Window};

pub(crate) const GARMIN: Provider = Provider {
    id: "garmin",
    name: "Garmin Connect, Garmin Health",
    hosts: &[
        "connectapi.garmin.com",
        "connect.garmin.com",
        "apis.garmin.com",
    ],
    api: Some(at("https://apis.garmin.com", Grade::B)),
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three],
    endpoints: three(
        "https://connectapi.garmin.com/oauth-service/oauth/request_token",
        "https://connect.garmin.com/oauthConfirm",
        "https://connectapi.garmin.com/oauth-service/oauth/access_token",
        Grade::B,
    ),
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    notes: &[
        "the provider's own signing tool once took a JSON body for a form and computed another value",
        "OAuth 1.0a ends on 2026-12-31",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::Html],
        note: "a servlet page, 401",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    ends: Some("2026-12-31"),
    source: "client configurations and threads",
    grade: Grade::B,
    ..Provider::BLANK
};

pub(crate) const FATSECRET: Provider = Provider {
    id: "fatsecret",
    name: "FatSecret Platform",
    hosts: &["authentication.fatsecret.com", "platform.fatsecret.com"],
    api: Some(at("https://platform.fatsecret.com", Grade::A)),
    methods: &[HMAC_SHA1],
    legs: &[Legs::One, Legs::Three],
    endpoints: Endpoints {
        others: &[at(
            "https://platform.fatsecret.com/rest/server.api",
            Grade::A,
        )],
        ..three(
            "https://authentication.fatsecret.com/oauth/request_token",
            "https://authentication.fatsecret.com/oauth/authorize",
            "https://authentication.fatsecret.com/oauth/access_token",
            Grade::A,
        )
    },
    placement: &[Placement::Query, Placement::Body],
    body_hash: BodyHash::NotUsed,
    window: Window::note("timestamps may not run backwards"),
    notes: &["oauth_version=1.0 is required"],
    errors: ErrorFormat {
        shapes: &[Shape::Json, Shape::Xml],
        note: "error.code and error.message",
        codes: &[
            code("2", "a parameter is missing", "parameter_absent"),
            code("3", "a parameter is not supported", "parameter_rejected"),
            code(
                "4",
                "the signature method is not taken",
                "signature_method_rejected",
            ),
            code("5", "the consumer key is wrong", "consumer_key_unknown"),
            code("6", "the timestamp is off", "timestamp_refused"),
            code("7", "the nonce is wrong or was used", "nonce_used"),
            code("8", "the signature differs", "signature_invalid"),
            code("9", "the token is wrong", "token_rejected"),
        ],
        statuses: &[200],
        code_at: &["error.code"],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const TRIPIT: Provider = Provider {
    id: "tripit",
    name: "TripIt",
    hosts: &["api.tripit.com", "www.tripit.com"],
    api: Some(at("https://api.tripit.com", Grade::B)),
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three, Legs::Two],
    endpoints: three(
        "https://api.tripit.com/oauth/request_token",
        "https://www.tripit.com/oauth/authorize",
        "https://api.tripit.com/oauth/access_token",
        Grade::B,
    ),
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    notes: &["calls without a user are for reservation systems"],
    errors: ErrorFormat {
        shapes: &[Shape::Xml],
        note: "detailed_error_code and description",
        codes: &[code("104.1", "the signature differs", "signature_invalid")],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "client configurations and threads",
    grade: Grade::B,
    ..Provider::BLANK
};

pub(crate) const TELLDUS: Provider = Provider {
    id: "telldus",
    name: "Telldus Live",
    hosts: &["api.telldus.com", "pa-api.telldus.com"],
    methods: &[HMAC_SHA1],
    notes: &["unverified: the row rests on general knowledge"],
    source: "general knowledge",
    grade: Grade::C,
    ..Provider::BLANK
};
