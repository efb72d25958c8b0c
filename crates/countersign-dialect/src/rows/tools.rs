//! Tools for work and learning.

use super::{HMAC_SHA1, HMAC_SHA256, PLAINTEXT, RSA_SHA1};
use crate::endpoint::{at, three};
use crate::provider::code;
use crate::quirk::{ALWAYS_EMPTY_TOKEN, NO_ROOT_SLASH};
use crate::{
    BodyHash, Endpoints, ErrorFormat, Grade, Legs, Nonce, Placement, Provider, Realm, Shape, Window,
};

pub(crate) const ATLASSIAN_DATA_CENTER: Provider = Provider {
    id: "atlassian-data-center",
    name: "Jira, Confluence and Bitbucket Data Center (application links)",
    methods: &[RSA_SHA1, HMAC_SHA1, PLAINTEXT],
    legs: &[Legs::Three, Legs::Two],
    endpoints: three(
        "https://{host}/plugins/servlet/oauth/request-token",
        "https://{host}/plugins/servlet/oauth/authorize",
        "https://{host}/plugins/servlet/oauth/access-token",
        Grade::A,
    ),
    placement: &[Placement::Header],
    realm: Realm::Optional,
    body_hash: BodyHash::NotUsed,
    window: Window::symmetric(300, "the default of net.oauth"),
    notes: &[
        "RSA-SHA1 is for other applications; HMAC-SHA1 and PLAINTEXT are spoken between Atlassian products",
        "an incoming link holds consumer key, name, public key (certificate or bare) and callback",
        "an access token lives about five years; the server knows the session handle",
        "nonce_used: one signed header was used for two requests",
        "signature_invalid: often a reverse proxy without scheme, proxyName and proxyPort, visible in the echoed base string",
        "a user who declines comes back with verifier denied",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::Challenge, Shape::FormBody],
        note: "net.oauth: signature_invalid echoes the server's base string, the signature and the method",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "provider documentation and client threads",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const WORDPRESS: Provider = Provider {
    id: "wordpress-oauth1",
    name: "WordPress, WP-API OAuth1 plugin",
    methods: &[HMAC_SHA1, HMAC_SHA256],
    legs: &[Legs::Three],
    endpoints: three(
        "https://{host}/oauth1/request",
        "https://{host}/oauth1/authorize",
        "https://{host}/oauth1/access",
        Grade::A,
    ),
    placement: &[Placement::Header, Placement::Query, Placement::Body],
    body_hash: BodyHash::NotUsed,
    window: Window::symmetric(900, "a site can change it by a filter"),
    errors: ErrorFormat {
        shapes: &[Shape::Json],
        note: "",
        codes: &[
            code(
                "json_consumer_notfound",
                "no such consumer",
                "consumer_key_unknown",
            ),
            code(
                "json_oauth1_consumer_mismatch",
                "the token belongs to another consumer",
                "token_rejected",
            ),
            code(
                "json_oauth1_invalid_token",
                "no such token",
                "token_rejected",
            ),
            code(
                "json_oauth1_expired_token",
                "the token has expired",
                "token_expired",
            ),
            code(
                "json_oauth1_unauthorized_token",
                "nobody approved the token yet",
                "permission_unknown",
            ),
            code(
                "json_oauth1_invalid_verifier",
                "the verifier is wrong",
                "parameter_rejected",
            ),
            code(
                "json_oauth1_invalid_callback",
                "the callback is not the registered one",
                "parameter_rejected",
            ),
            code("json_oauth1_invalid_user", "no such user", ""),
            code(
                "json_oauth1_missing_parameter",
                "a parameter is missing",
                "parameter_absent",
            ),
            code("json_oauth1_invalid_route", "no such step", ""),
            code(
                "json_oauth1_failed_parameter_sort",
                "the server could not sort the parameters",
                "",
            ),
            code(
                "json_oauth1_invalid_signature_method",
                "the method is not taken",
                "signature_method_rejected",
            ),
            code(
                "json_oauth1_signature_mismatch",
                "the signature differs",
                "signature_invalid",
            ),
            code(
                "json_oauth1_invalid_timestamp",
                "the timestamp is off",
                "timestamp_refused",
            ),
            code(
                "json_oauth1_nonce_already_used",
                "the nonce was used before",
                "nonce_used",
            ),
        ],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "server source",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const MEDIAWIKI: Provider = Provider {
    id: "mediawiki",
    name: "MediaWiki, Wikimedia",
    hosts: &[
        "wikipedia.org",
        "wikimedia.org",
        "mediawiki.org",
        "wikidata.org",
        "wiktionary.org",
    ],
    methods: &[HMAC_SHA1, RSA_SHA1],
    legs: &[Legs::Three, Legs::IssuedToken],
    endpoints: Endpoints {
        others: &[
            at(
                "https://{host}/w/index.php?title=Special:OAuth/authenticate",
                Grade::A,
            ),
            at(
                "https://{host}/w/index.php?title=Special:OAuth/identify",
                Grade::A,
            ),
        ],
        ..three(
            "https://{host}/w/index.php?title=Special:OAuth/initiate",
            "https://{host}/w/index.php?title=Special:OAuth/authorize",
            "https://{host}/w/index.php?title=Special:OAuth/token",
            Grade::A,
        )
    },
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    window: Window::symmetric(300, ""),
    nonce: Nonce {
        note: "once per token",
        ..Nonce::UNKNOWN
    },
    quirks: &[NO_ROOT_SLASH],
    notes: &[
        "title is a query parameter and signed",
        "oauth_callback begins with the registered prefix, or is oob",
        "owner-only consumers have a token from the start",
        "identify answers with a JWT",
        "the nonce is stored before the signature is checked",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::Json, Shape::Xml, Shape::Text],
        note: "API: error.code mwoauth-* (SessionProvider.php), the cause at the end of error.info, or both in errors by errorformat; in MediaWiki-API-Error for every format; flow: a body that begins with Error, codes E001 and up",
        codes: &[
            code(
                "mwoauth-invalid-authorization",
                "refused; read the end of the text",
                "",
            ),
            code(
                "mwoauth-invalid-authorization-wrong-wiki",
                "the token or the application is for another wiki",
                "permission_denied",
            ),
            code(
                "mwoauth-invalid-authorization-invalid-user",
                "the user has no account at this wiki",
                "permission_denied",
            ),
            code(
                "mwoauth-invalid-authorization-blocked-user",
                "the user is locked or blocked",
                "permission_denied",
            ),
            code(
                "mwoauth-invalid-authorization-not-approved",
                "the application may not be used by this user",
                "consumer_key_rejected",
            ),
            code(
                "mwoauth-api-module-disabled",
                "this part of the API is closed to applications",
                "permission_denied",
            ),
            code("E004", "no such token", "token_rejected"),
        ],
        statuses: &[200],
        code_at: &["error.code", "errors[0].code"],
        code_header: "MediaWiki-API-Error",
        step_begins: "Error",
    },
    preset: true,
    source: "server source",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const TRELLO: Provider = Provider {
    id: "trello",
    name: "Trello",
    hosts: &["trello.com", "api.trello.com"],
    api: Some(at("https://api.trello.com", Grade::B)),
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three],
    endpoints: three(
        "https://trello.com/1/OAuthGetRequestToken",
        "https://trello.com/1/OAuthAuthorizeToken",
        "https://trello.com/1/OAuthGetAccessToken",
        Grade::B,
    ),
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    notes: &[
        "PLAINTEXT is refused",
        "authorize takes name, scope (read, write, account) and expiration (1hour, 1day, 30days, never)",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::Text],
        note: "HTTP 500 for a wrong signature, a wrong token and an unknown key",
        codes: &[
            code(
                "Invalid Signature",
                "the signature differs",
                "signature_invalid",
            ),
            code("invalid token", "no such token", "token_rejected"),
            code(
                "App not found",
                "no such consumer key",
                "consumer_key_unknown",
            ),
        ],
        statuses: &[500],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "client configurations and threads",
    grade: Grade::B,
    ..Provider::BLANK
};

pub(crate) const ZOTERO: Provider = Provider {
    id: "zotero",
    name: "Zotero",
    hosts: &["www.zotero.org"],
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three],
    endpoints: three(
        "https://www.zotero.org/oauth/request",
        "https://www.zotero.org/oauth/authorize",
        "https://www.zotero.org/oauth/access",
        Grade::A,
    ),
    placement: &[Placement::Header, Placement::Query, Placement::Body],
    body_hash: BodyHash::NotUsed,
    notes: &[
        "the flow serves to get an API key: the token secret is the key, and later calls are not signed",
        "the access token answer adds userID and username",
    ],
    preset: true,
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const EVERNOTE: Provider = Provider {
    id: "evernote",
    name: "Evernote",
    hosts: &["www.evernote.com", "sandbox.evernote.com"],
    methods: &[HMAC_SHA1, PLAINTEXT],
    legs: &[Legs::Three],
    endpoints: three(
        "https://www.evernote.com/oauth",
        "https://www.evernote.com/OAuth.action",
        "https://www.evernote.com/oauth",
        Grade::A,
    ),
    placement: &[Placement::Query],
    body_hash: BodyHash::NotUsed,
    errors: ErrorFormat {
        shapes: &[Shape::Html, Shape::Text],
        note: "401",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const SCHOOLOGY: Provider = Provider {
    id: "schoology",
    name: "Schoology",
    hosts: &["api.schoology.com", "app.schoology.com"],
    api: Some(at("https://api.schoology.com", Grade::A)),
    methods: &[HMAC_SHA1, PLAINTEXT],
    legs: &[Legs::Two, Legs::Three],
    endpoints: three(
        "https://api.schoology.com/v1/oauth/request_token",
        "https://app.schoology.com/oauth/authorize",
        "https://api.schoology.com/v1/oauth/access_token",
        Grade::A,
    ),
    placement: &[Placement::Header],
    realm: Realm::Literal("Schoology API"),
    body_hash: BodyHash::NotUsed,
    window: Window::note("timestamps may not run backwards"),
    quirks: &[ALWAYS_EMPTY_TOKEN],
    notes: &["calls without a user send and sign oauth_token with an empty value"],
    errors: ErrorFormat {
        shapes: &[Shape::Text],
        note: "401",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const ALCHEMER: Provider = Provider {
    id: "alchemer",
    name: "Alchemer (SurveyGizmo)",
    hosts: &["restapi.surveygizmo.com"],
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three],
    source: "client configurations",
    grade: Grade::B,
    ..Provider::BLANK
};

pub(crate) const PROJECTPLACE: Provider = Provider {
    id: "projectplace",
    name: "Projectplace",
    hosts: &["api.projectplace.com"],
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three],
    source: "client configurations",
    grade: Grade::B,
    ..Provider::BLANK
};
