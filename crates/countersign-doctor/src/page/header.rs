//! `hdr`, `time`, `nonce` and `protocol`: how the request carries its parameters.

use super::{Fix, Page, fix, page};

const PASS_ON: &[Fix] = &[
    fix("Apache, PHP-FPM or CGI", "CGIPassAuth On"),
    fix(
        "Apache, FastCGI",
        "SetEnvIf Authorization \"(.*)\" HTTP_AUTHORIZATION=$1, or -pass-header Authorization",
    ),
    fix(
        "Apache, mod_rewrite",
        "RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]; after another rewrite it is REDIRECT_HTTP_AUTHORIZATION",
    ),
    fix("Apache, mod_wsgi", "WSGIPassAuthorization On"),
    fix(
        "nginx",
        "proxy_set_header Authorization $http_authorization;",
    ),
    fix(
        "AWS",
        "let the load balancer or CDN forward the Authorization header",
    ),
];

const SECONDS: &[Fix] = &[
    fix("JavaScript", "Math.floor(Date.now() / 1000)"),
    fix("Java", "System.currentTimeMillis() / 1000"),
    fix(
        "Python",
        "int(time.time()); not datetime.utcnow().timestamp()",
    ),
    fix("C#", "DateTimeOffset.UtcNow.ToUnixTimeSeconds()"),
    fix("PHP", "time()"),
    fix("Go", "time.Now().Unix()"),
];

const SYNCHRONISE: &[Fix] = &[
    fix("Linux", "timedatectl set-ntp true, or chronyc makestep"),
    fix("Windows", "w32tm /resync"),
    fix("macOS", "sudo sntp -sS time.apple.com"),
    fix(
        "Docker, virtual machines",
        "mend the clock of the host; after a suspend it stands behind",
    ),
    fix("any", "countersign clock https://the.provider/"),
];

pub(super) const PAGES: &[Page] = &[
    page(
        "hdr.absent",
        "The request as sent holds no parameter whose name begins with oauth_.",
        "GET /v1/items HTTP/1.1   and no Authorization",
        "GET /v1/items HTTP/1.1   Authorization: OAuth oauth_consumer_key=\"k\", ...",
        &[
            fix(
                "browser",
                "a call from a page to another site needs the header allowed by CORS; sign on your server instead",
            ),
            fix("Guzzle", "'auth' => 'oauth' on each request"),
        ],
    ),
    page(
        "hdr.stripped",
        "The client's log shows the Authorization header, the server's environment does not.",
        "sent: Authorization: OAuth ...     received: no Authorization",
        "sent: Authorization: OAuth ...     received: HTTP_AUTHORIZATION=OAuth ...",
        PASS_ON,
    ),
    page(
        "hdr.malformed",
        "The header has a comma too many, lacks quotes, or is split over lines.",
        "Authorization: OAuth , oauth_consumer_key=\"k\"",
        "Authorization: OAuth oauth_consumer_key=\"k\", oauth_nonce=\"n\"",
        &[],
    ),
    page(
        "hdr.scheme",
        "The header begins with another word than OAuth and a blank.",
        "Authorization: Bearer oauth_consumer_key=\"k\", ...",
        "Authorization: OAuth oauth_consumer_key=\"k\", ...",
        &[],
    ),
    page(
        "hdr.duplicated",
        "The request as sent has the Authorization field twice.",
        "Authorization: Basic ...   Authorization: OAuth ...",
        "Authorization: OAuth ...",
        &[],
    ),
    page(
        "hdr.param_duplicated",
        "One oauth_ name stands twice in header, query and body together.",
        "oauth_token=\"a\" in the header and ?oauth_token=a in the URL",
        "oauth_token=\"a\" in the header",
        &[],
    ),
    page(
        "hdr.param_location",
        "The oauth_ parameters stand in a place the provider does not read, or in two.",
        "?oauth_consumer_key=k&oauth_signature=...",
        "Authorization: OAuth oauth_consumer_key=\"k\", oauth_signature=\"...\"",
        &[
            fix(
                "Python",
                "OAuth1(..., signature_type='AUTH_HEADER'), or 'QUERY' or 'BODY'",
            ),
            fix("Postman", "'Add authorization data to'"),
        ],
    ),
    page(
        "hdr.param_absent",
        "The answer is parameter_absent, often with the names it misses.",
        "Authorization: OAuth oauth_consumer_key=\"k\", oauth_signature=\"...\"",
        "the same with oauth_signature_method, oauth_timestamp and oauth_nonce",
        &[],
    ),
    page(
        "hdr.param_name_typo",
        "A name is near to a known one and the known one is missing.",
        "oauth_signagure=\"...\"     \"oauth_consumer_key \"=\"k\"",
        "oauth_signature=\"...\"     oauth_consumer_key=\"k\"",
        &[],
    ),
    page(
        "hdr.value_malformed",
        "The answer is parameter_rejected.",
        "oauth_nonce=\"a b\"",
        "oauth_nonce=\"4572616e48616d6d65724c61686176\"",
        &[],
    ),
    page(
        "hdr.realm",
        "The signature is right, and the provider can't find the account.",
        "NetSuite: realm=\"1234567-sb1\"",
        "NetSuite: realm=\"1234567_SB1\"",
        &[],
    ),
    page(
        "hdr.limits",
        "The answer is 413, 414 or 431, or the request is unusually large.",
        "a query of 20 kB",
        "the same data in a body that is no form",
        &[],
    ),
    page(
        "time.skew",
        "The timestamp and the Date of the answer differ by more than the provider allows (300 s as a rule); by whole hours if a time zone is at fault.",
        "oauth_timestamp 1795450200     Date of the answer 1795447004: 3196 s ahead",
        "oauth_timestamp 1795447003     Date of the answer 1795447004",
        SYNCHRONISE,
    ),
    page(
        "time.unit",
        "The timestamp does not have 10 digits.",
        "oauth_timestamp=\"1795447004123\"",
        "oauth_timestamp=\"1795447004\"",
        SECONDS,
    ),
    page(
        "time.malformed",
        "The timestamp holds something else than the digits 0 to 9.",
        "oauth_timestamp=\"1795447004.12\"",
        "oauth_timestamp=\"1795447004\"",
        SECONDS,
    ),
    page(
        "time.example",
        "The timestamp is years old and stands in some documentation.",
        "oauth_timestamp=\"1191242096\" (2007, OAuth Core 1.0)",
        "oauth_timestamp of now",
        SECONDS,
    ),
    page(
        "nonce.reuse",
        "The first of two requests works; the same one again, a retry or a parallel one fails.",
        "two requests with oauth_nonce=\"1795447004\"",
        "each request with its own 20 to 32 random characters",
        &[
            fix("Python", "secrets.token_hex(16)"),
            fix("JavaScript", "crypto.randomUUID().replaceAll('-', '')"),
            fix("PHP", "bin2hex(random_bytes(16))"),
            fix("Java", "UUID.randomUUID().toString().replace(\"-\", \"\")"),
            fix("C#", "Guid.NewGuid().ToString(\"N\")"),
        ],
    ),
    page(
        "nonce.too_short",
        "The provider's documentation names a least length, and the nonce is shorter.",
        "oauth_nonce=\"12345\"",
        "oauth_nonce=\"4572616e48616d6d65724c61686176\"",
        &[],
    ),
    page(
        "protocol.version",
        "oauth_version is sent and is not 1.0.",
        "oauth_version=\"1.0a\"",
        "oauth_version=\"1.0\"",
        &[],
    ),
    page(
        "protocol.retired",
        "Every application fails since a date that the provider announced.",
        "Authorization: OAuth ... (OAuth 1.0a)",
        "Authorization: Bearer ... (the provider's OAuth 2)",
        &[],
    ),
    page(
        "hdr.extra_params",
        "The Authorization header holds names that do not begin with oauth_, and some servers accept it while others do not.",
        "Authorization: OAuth page=\"2\", oauth_consumer_key=\"k\", ...     GET /items?page=2",
        "Authorization: OAuth oauth_consumer_key=\"k\", ...     GET /items?page=2",
        &[],
    ),
    page(
        "hdr.param_lost",
        "The client computed the parameter, and the provider's answer shows it empty.",
        "<input name=\"oauth_signature\" value=\"...     not closed, so not submitted",
        "<input name=\"oauth_signature\" value=\"...\">",
        &[],
    ),
    page(
        "hdr.provider_strict_parser",
        "The header is right, and it works with another way to write commas and blanks.",
        "oauth_consumer_key=\"k\", oauth_nonce=\"n\"     refused by this server",
        "oauth_consumer_key=\"k\",oauth_nonce=\"n\"     taken by this server",
        &[],
    ),
];
