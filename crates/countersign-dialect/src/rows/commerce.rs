//! Shops and books of account.

use super::{HMAC_SHA1, HMAC_SHA256, PLAINTEXT};
use crate::endpoint::{at, three};
use crate::provider::code;
use crate::quirk::{BODY_AS_FORM_REGARDLESS, PHP_ARRAY_PARAMS};
use crate::{
    BodyHash, Endpoints, ErrorFormat, Flow, Grade, Legs, Nonce, Placement, Provider, Realm, Shape,
    Window,
};

pub(crate) const NETSUITE_TBA: Provider = Provider {
    id: "netsuite-tba",
    name: "NetSuite token-based authentication",
    hosts: &[
        "{acct}.restlets.api.netsuite.com",
        "{acct}.suitetalk.api.netsuite.com",
        "{acct}.app.netsuite.com",
    ],
    methods: &[HMAC_SHA256],
    legs: &[Legs::IssuedToken, Legs::Three],
    endpoints: three(
        "https://{acct}.restlets.api.netsuite.com/rest/requesttoken",
        "https://{acct}.app.netsuite.com/app/login/secure/authorizetoken.nl",
        "https://{acct}.restlets.api.netsuite.com/rest/accesstoken",
        Grade::A,
    ),
    placement: &[Placement::Header],
    realm: Realm::Required(
        "the account id in upper case, a sandbox with an underscore: 1234567_SB1",
    ),
    body_hash: BodyHash::NotUsed,
    window: Window::symmetric(300, ""),
    nonce: Nonce {
        min_len: Some(6),
        max_len: Some(64),
        note: "20 characters are advised",
        ..Nonce::UNKNOWN
    },
    notes: &[
        "the realm is 1234567_SB1 where the host is 1234567-sb1: the most frequent mix-up",
        "script, deploy and every other query parameter are signed",
        "HMAC-SHA1 is no longer taken since 2023.1",
        "no new integrations from 2027.1; existing ones go on",
        "the SOAP TokenPassport signs account, consumer key, token, nonce and timestamp joined by &, with the same key rule: that is no OAuth base string",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::Challenge, Shape::Json],
        note: "the answer says as good as nothing; the cause is in the Login Audit Trail",
        codes: &[
            code("INVALID_LOGIN", "refused; see the Login Audit Trail", ""),
            code(
                "INVALID_LOGIN_ATTEMPT",
                "refused; see the Login Audit Trail",
                "",
            ),
            code(
                "consumer_key_refused",
                "the integration is blocked",
                "consumer_key_refused",
            ),
            code(
                "IntegrationBlocked",
                "the integration is blocked",
                "consumer_key_refused",
            ),
            code(
                "consumer_key_unknown",
                "no such integration",
                "consumer_key_unknown",
            ),
            code(
                "UnknownIntegration",
                "no such integration",
                "consumer_key_unknown",
            ),
            code(
                "FeatureDisabled",
                "token-based authentication is switched off",
                "",
            ),
            code(
                "MissingTokenPassportRequiredFields",
                "a field is missing",
                "parameter_absent",
            ),
            code(
                "MissingRequiredParameter",
                "a parameter is missing",
                "parameter_absent",
            ),
            code(
                "nonce_rejected",
                "the nonce is too short",
                "parameter_rejected",
            ),
            code(
                "NonceRejected",
                "the nonce is too short",
                "parameter_rejected",
            ),
            code("nonce_used", "the nonce was used before", "nonce_used"),
            code("NonceUsed", "the nonce was used before", "nonce_used"),
            code(
                "InvalidTimestamp",
                "more than five minutes off",
                "timestamp_refused",
            ),
            code(
                "InvalidSignature",
                "the signature differs",
                "signature_invalid",
            ),
            code(
                "InvalidCallback",
                "the callback is not the registered one",
                "parameter_rejected",
            ),
            code(
                "AuthorizationFlowRequired",
                "the integration demands the three-step flow",
                "",
            ),
        ],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const NETSUITE_SUITESIGNON: Provider = Provider {
    id: "netsuite-suitesignon",
    name: "NetSuite SuiteSignOn (outbound single sign-on)",
    methods: &[HMAC_SHA256, HMAC_SHA1, PLAINTEXT],
    legs: &[Legs::ProviderCalls],
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    notes: &["a token that is not used for 15 minutes expires"],
    errors: ErrorFormat {
        shapes: &[Shape::Challenge],
        note: "oauth_problem in the challenge, percent-encoded realm; parameter_absent and parameter_rejected name the parameters",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const MAGENTO: Provider = Provider {
    id: "magento",
    name: "Magento 2, Adobe Commerce",
    methods: &[HMAC_SHA256, HMAC_SHA1],
    legs: &[Legs::Three],
    endpoints: Endpoints {
        authorize: None,
        ..three(
            "https://{host}/oauth/token/request",
            "",
            "https://{host}/oauth/token/access",
            Grade::A,
        )
    },
    flow: Flow {
        confirms: false,
        ..Flow::RFC5849
    },
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    quirks: &[PHP_ARRAY_PARAMS],
    notes: &[
        "activating the integration in the admin panel posts the credentials to you and stands in for the approval",
        "older documents name HMAC-SHA1",
        "since 2.4.4 an access token alone is no longer taken as a bearer token unless that is switched on",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::Json],
        note: "message holds oauth_problem=CODE; a lack of rights is another message with 401 or 403",
        codes: &[
            code(
                "token_revoke",
                "the token was revoked (spelt without d)",
                "token_revoked",
            ),
            code(
                "verifier_invalid",
                "the verifier is wrong",
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

pub(crate) const WOOCOMMERCE: Provider = Provider {
    id: "woocommerce",
    name: "WooCommerce REST API",
    api: Some(at("http://{host}/wp-json/wc/v3", Grade::C)),
    methods: &[HMAC_SHA1, HMAC_SHA256],
    legs: &[Legs::One],
    placement: &[Placement::Query, Placement::Header],
    body_hash: BodyHash::NotUsed,
    window: Window::symmetric(900, ""),
    nonce: Nonce {
        kept: Some(900),
        ..Nonce::UNKNOWN
    },
    quirks: &[PHP_ARRAY_PARAMS],
    notes: &[
        "OAuth is for plain http only: over https the API wants Basic authentication or keys in the query",
        "behind a TLS proxy the site may take https for http, and then refuses what it should accept",
        "there is no token: the key is the secret and an ampersand",
        "the URL that is signed must be the one that the site believes to be its own",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::Json],
        note: "code, message, data.status 401; only the message tells the causes apart",
        codes: &[code(
            "woocommerce_rest_authentication_error",
            "refused; read the message",
            "",
        )],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const BRICKLINK: Provider = Provider {
    id: "bricklink",
    name: "BrickLink",
    hosts: &["api.bricklink.com"],
    api: Some(at("https://api.bricklink.com/api/store/v1", Grade::B)),
    methods: &[HMAC_SHA1],
    legs: &[Legs::IssuedToken],
    endpoints: Endpoints {
        others: &[at("https://api.bricklink.com/api/store/v1", Grade::B)],
        ..Endpoints::NONE
    },
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    notes: &["the token is bound to registered addresses"],
    errors: ErrorFormat {
        shapes: &[Shape::Json],
        note: "HTTP 200 even for a refusal: the status is meta.code, the cause begins meta.description in upper case; some accounts get a transport 401 too",
        codes: &[
            code(
                "TOKEN_IP_MISMATCHED",
                "called from an address that is not registered",
                "",
            ),
            code(
                "TIMESTAMP_REFUSED",
                "the timestamp is off",
                "timestamp_refused",
            ),
            code("BAD_OAUTH_REQUEST", "refused; see the description", ""),
            code(
                "PERMISSION_DENIED",
                "no right to this resource (403)",
                "permission_denied",
            ),
        ],
        statuses: &[200],
        code_at: &["meta.message"],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "client code and threads",
    grade: Grade::B,
    ..Provider::BLANK
};

pub(crate) const TRADE_ME: Provider = Provider {
    id: "trade-me",
    name: "Trade Me",
    hosts: &["secure.trademe.co.nz", "api.trademe.co.nz", "trademe.co.nz"],
    api: Some(at("https://api.trademe.co.nz", Grade::A)),
    methods: &[PLAINTEXT, HMAC_SHA1],
    legs: &[Legs::Three, Legs::One],
    endpoints: three(
        "https://secure.trademe.co.nz/Oauth/RequestToken",
        "https://trademe.co.nz/Oauth/Authorize",
        "https://secure.trademe.co.nz/Oauth/AccessToken",
        Grade::A,
    ),
    placement: &[Placement::Header],
    body_hash: BodyHash::NotUsed,
    notes: &[
        "header only since 7 May 2018, https only",
        "other documents have the page for the user at secure.trademe.co.nz",
        "PLAINTEXT is what the documentation recommends; RSA is not taken",
        "the request token takes a scope parameter",
        "documented examples leave header values unquoted",
    ],
    preset: true,
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const IMMOSCOUT24: Provider = Provider {
    id: "immoscout24",
    name: "ImmoScout24",
    hosts: &["rest.immobilienscout24.de"],
    api: Some(at("https://rest.immobilienscout24.de", Grade::A)),
    methods: &[HMAC_SHA1],
    legs: &[Legs::Three, Legs::Two],
    endpoints: three(
        "https://rest.immobilienscout24.de/restapi/security/oauth/request_token",
        "https://rest.immobilienscout24.de/restapi/security/oauth/confirm_access",
        "https://rest.immobilienscout24.de/restapi/security/oauth/access_token",
        Grade::A,
    ),
    placement: &[Placement::Header],
    realm: Realm::LeaveOut,
    body_hash: BodyHash::NotUsed,
    quirks: &[BODY_AS_FORM_REGARDLESS],
    notes: &[
        "a request token lives 30 minutes",
        "the scheme of a callback may hold letters, dot, plus and hyphen, but no digits",
        "an XML body with a wrong Content-Type is signed by the server as if it were a form",
    ],
    errors: ErrorFormat {
        shapes: &[Shape::Xml],
        note: "always 401; the cause stands in square brackets",
        codes: &[code(
            "ERROR_COMMON_AUTHENTICATION_REQUIRED",
            "refused; read the brackets",
            "",
        )],
        ..ErrorFormat::UNKNOWN
    },
    preset: true,
    source: "provider documentation",
    grade: Grade::A,
    ..Provider::BLANK
};

pub(crate) const SELLSY: Provider = Provider {
    id: "sellsy",
    name: "Sellsy v1",
    hosts: &["apifeed.sellsy.com"],
    methods: &[PLAINTEXT],
    legs: &[Legs::Three],
    errors: ErrorFormat {
        shapes: &[Shape::Json],
        note: "JSON that wraps oauth_problem",
        codes: &[],
        ..ErrorFormat::UNKNOWN
    },
    source: "client configurations",
    grade: Grade::B,
    ..Provider::BLANK
};

pub(crate) const CARDMARKET: Provider = Provider {
    id: "cardmarket",
    name: "Cardmarket",
    hosts: &["api.cardmarket.com"],
    methods: &[HMAC_SHA1],
    realm: Realm::Required("the URL of the request"),
    notes: &["unverified: the row rests on general knowledge"],
    source: "general knowledge",
    grade: Grade::C,
    ..Provider::BLANK
};
