//! Pictures, music, words.

use super::{HMAC_SHA1, PLAINTEXT};
use crate::endpoint::{at, three};
use crate::provider::code;
use crate::{
    BodyHash, Endpoints, ErrorFormat, Grade, Legs, Nonce, Placement, Provider, Realm, Shape, Window,
};

pub(crate) const X: Provider = Provider {
    id: "x",
    name: "X (Twitter), v1.1 and v2 in the user's name",
    hosts: &["api.twitter.com", "twitter.com", "api.x.com"],
    api: Some(at("https://api.twitter.com", Grade::A)),
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three, Legs::XAuth],
    endpoints: Endpoints {
        others: &[at("https://api.twitter.com/oauth/authenticate", Grade::A)],
        ..three(
            "https://api.twitter.com/oauth/request_token",
            "https://api.twitter.com/oauth/authorize",
            "https://api.twitter.com/oauth/access_token",
            Grade::A,
        )
    },
    placement: &[Placement::Header],
    realm: Realm::Ignored,
    body_hash: BodyHash::NotUsed,
    window: Window::note("about five minutes; no figure is published"),
    notes: &[
        "JSON and multipart bodies are not signed",
        "a user who declines comes back with denied=REQUEST_TOKEN",
        "x_auth_access_type=read or write narrows the permission on the request token",
        "the access token answer adds user_id and screen_name",
        "xAuth needs a permission of its own",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::Json, Shape::Text],
        note: "errors[].code in v1.1, problem+json in v2; 32 covers a wrong signature and any malformed parameter alike",
        codes: &[
            code(
                "32",
                "the signature or a parameter is wrong",
                "signature_invalid",
            ),
            code("89", "the token is invalid or expired", "token_rejected"),
            code(
                "135",
                "the timestamp lies outside the window",
                "timestamp_refused",
            ),
            code(
                "215",
                "the credentials are malformed or missing (400)",
                "parameter_absent",
            ),
            code(
                "220",
                "these credentials may not read this resource (403)",
                "permission_denied",
            ),
            code("261", "the application may not write", "permission_denied"),
            code(
                "415",
                "the callback address is not registered",
                "parameter_rejected",
            ),
        ],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const TUMBLR: Provider = Provider {
    id: "tumblr",
    name: "Tumblr",
    hosts: &["www.tumblr.com", "api.tumblr.com"],
    api: Some(at("https://api.tumblr.com", Grade::B)),
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three, Legs::XAuth],
    endpoints: three(
        "https://www.tumblr.com/oauth/request_token",
        "https://www.tumblr.com/oauth/authorize",
        "https://www.tumblr.com/oauth/access_token",
        Grade::B,
    ),
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    errors: ErrorFormat {
        shapes: &[Shape::Text],
        note: "names the received and the expected signature, so the deviation can be searched for",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "client configurations and threads",
    grade: Grade::B,
    ..Provider::BLANK
};

pub(crate) const INSTAPAPER: Provider = Provider {
    id: "instapaper",
    name: "Instapaper",
    hosts: &["www.instapaper.com"],
    api: Some(at("https://www.instapaper.com", Grade::A)),
    methods: &[HMAC_SHA1],
    legs: &[Legs::XAuth],
    endpoints: Endpoints {
        access_token: Some(at(
            "https://www.instapaper.com/api/1/oauth/access_token",
            Grade::A,
        )),
        ..Endpoints::NONE
    },
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    notes: &["https only; the request's own parameters travel in the POST body"],
    errors: ErrorFormat {
        shapes: &[Shape::Text],
        note: "401 that names the received and the expected signature",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const DISCOGS: Provider = Provider {
    id: "discogs",
    name: "Discogs",
    hosts: &["api.discogs.com", "www.discogs.com"],
    api: Some(at("https://api.discogs.com", Grade::B)),
    methods: &[PLAINTEXT, HMAC_SHA1],
    legs: &[Legs::Three],
    endpoints: three(
        "https://api.discogs.com/oauth/request_token",
        "https://www.discogs.com/oauth/authorize",
        "https://api.discogs.com/oauth/access_token",
        Grade::B,
    ),
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    window: Window::note("a clock that is an hour off was refused with 401"),
    notes: &[
        "a User-Agent is required",
        "a missing or wrong verifier gives 400 on the access token",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::Text, Shape::Json],
        note: "401",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "client configurations and threads",
    grade: Grade::B,
    ..Provider::BLANK
};

pub(crate) const FLICKR: Provider = Provider {
    id: "flickr",
    name: "Flickr",
    hosts: &["www.flickr.com", "api.flickr.com"],
    api: Some(at("https://api.flickr.com", Grade::B)),
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three],
    endpoints: three(
        "https://www.flickr.com/services/oauth/request_token",
        "https://www.flickr.com/services/oauth/authorize",
        "https://www.flickr.com/services/oauth/access_token",
        Grade::B,
    ),
    placement: &[Placement::Query],
    body_hash: BodyHash::NotUsed,
    errors: ErrorFormat {
        shapes: &[Shape::FormBody],
        note: "oauth_problem, and debug_sbs with the server's base string, unencoded up to the end of the body",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "client configurations and threads",
    grade: Grade::B,
    ..Provider::BLANK
};

pub(crate) const SMUGMUG: Provider = Provider {
    id: "smugmug",
    name: "SmugMug",
    hosts: &["api.smugmug.com"],
    api: Some(at("https://api.smugmug.com", Grade::A)),
    methods: &[HMAC_SHA1, PLAINTEXT],
    legs: &[Legs::Three],
    endpoints: three(
        "https://api.smugmug.com/services/oauth/1.0a/getRequestToken",
        "https://api.smugmug.com/services/oauth/1.0a/authorize",
        "https://api.smugmug.com/services/oauth/1.0a/getAccessToken",
        Grade::A,
    ),
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    notes: &[
        "a request token lives five minutes and works once",
        "parameter_absent usually means that no oauth_callback was sent",
        "PLAINTEXT over https only",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::FormBody],
        note: "oauth_problem; the older API 1.2.2 has numbers",
        codes: &[
            code("17", "invalid method", ""),
            code("22", "a parameter is missing", "parameter_absent"),
            code("30", "the timestamp has expired", "timestamp_refused"),
            code("31", "the consumer key is invalid", "consumer_key_unknown"),
            code("33", "the nonce is invalid or was used", "nonce_used"),
            code("35", "the signature is invalid", "signature_invalid"),
            code(
                "36",
                "the token is invalid or has expired",
                "token_rejected",
            ),
            code(
                "37",
                "the signature method is not supported",
                "signature_method_rejected",
            ),
            code("38", "the version is not supported", "version_rejected"),
        ],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const NOUN_PROJECT: Provider = Provider {
    id: "noun-project",
    name: "The Noun Project",
    hosts: &["api.thenounproject.com"],
    api: Some(at("https://api.thenounproject.com", Grade::A)),
    methods: &[HMAC_SHA1],
    legs: &[Legs::One],
    endpoints: Endpoints {
        others: &[at("https://api.thenounproject.com", Grade::A)],
        ..Endpoints::NONE
    },
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    nonce: Nonce {
        min_len: Some(8),
        ..Nonce::UNKNOWN
    },
    notes: &["knows no tokens at all"],
    errors: ErrorFormat {
        shapes: &[Shape::Json],
        note: "",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const PLURK: Provider = Provider {
    id: "plurk",
    name: "Plurk",
    hosts: &["www.plurk.com"],
    api: Some(at("https://www.plurk.com", Grade::A)),
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three, Legs::Two],
    endpoints: Endpoints {
        others: &[at("https://www.plurk.com/m/authorize", Grade::A)],
        ..three(
            "https://www.plurk.com/OAuth/request_token",
            "https://www.plurk.com/OAuth/authorize",
            "https://www.plurk.com/OAuth/access_token",
            Grade::A,
        )
    },
    placement: &[Placement::Header, Placement::Query, Placement::Body],
    body_hash: BodyHash::NotUsed,
    window: Window::note("the timestamp is compared with the server's clock"),
    notes: &[
        "authorize takes deviceid (32 characters at most) and model; the same deviceid replaces the earlier token",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::Json],
        note: "error_text",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const RAVELRY: Provider = Provider {
    id: "ravelry",
    name: "Ravelry",
    hosts: &["www.ravelry.com", "api.ravelry.com"],
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three],
    endpoints: three(
        "https://www.ravelry.com/oauth/request_token",
        "https://www.ravelry.com/oauth/authorize",
        "https://www.ravelry.com/oauth/access_token",
        Grade::B,
    ),
    source: "client configurations",
    grade: Grade::B,
    ..Provider::BLANK
};

pub(crate) const SKYROCK: Provider = Provider {
    id: "skyrock",
    name: "Skyrock",
    hosts: &["api.skyrock.com"],
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three],
    endpoints: three(
        "https://api.skyrock.com/v2/oauth/initiate",
        "https://api.skyrock.com/v2/oauth/authorize",
        "https://api.skyrock.com/v2/oauth/token",
        Grade::B,
    ),
    source: "client configurations",
    grade: Grade::B,
    ..Provider::BLANK
};

pub(crate) const BEATPORT: Provider = Provider {
    id: "beatport",
    name: "Beatport",
    hosts: &["oauth-api.beatport.com"],
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three],
    source: "client configurations",
    grade: Grade::B,
    ..Provider::BLANK
};

pub(crate) const SEVEN_DIGITAL: Provider = Provider {
    id: "7digital",
    name: "7digital",
    hosts: &["api.7digital.com"],
    methods: &[HMAC_SHA1],
    notes: &["unverified: the row rests on general knowledge; its error text was seen in a client"],
    errors: ErrorFormat {
        shapes: &[Shape::Text],
        note: "begins with OAuth authentication error and names the cause",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    source: "general knowledge",
    grade: Grade::C,
    ..Provider::BLANK
};

pub(crate) const HATENA: Provider = Provider {
    id: "hatena",
    name: "Hatena",
    hosts: &["www.hatena.com", "www.hatena.ne.jp"],
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three],
    endpoints: three(
        "https://www.hatena.com/oauth/initiate",
        "https://www.hatena.ne.jp/oauth/authorize",
        "https://www.hatena.com/oauth/token",
        Grade::C,
    ),
    placement: &[Placement::Header, Placement::Query, Placement::Body],
    body_hash: BodyHash::NotUsed,
    window: Window::note("a refusal names the acceptable range"),
    notes: &["the addresses of this row are unverified"],
    errors: ErrorFormat {
        shapes: &[Shape::Challenge, Shape::FormBody],
        note: "Problem Reporting in full, with ranges and names; new codes may come",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};
