//! Each fixture is read as what it is, whole and without a secret shown.

#![allow(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "tests"
)]

mod fixtures;
mod never_panics;
mod secrecy;

/// Every fixture with its name.
pub(crate) const FIXTURES: [(&str, &[u8]); 45] = [
    (
        "authorization",
        include_bytes!("../tests/data/authorization.txt"),
    ),
    (
        "base-string",
        include_bytes!("../tests/data/base-string.txt"),
    ),
    ("chrome-har", include_bytes!("../tests/data/chrome.har")),
    (
        "curl-chrome",
        include_bytes!("../tests/data/curl-chrome.sh"),
    ),
    (
        "curl-chrome-cmd",
        include_bytes!("../tests/data/curl-chrome-cmd.txt"),
    ),
    (
        "curl-firefox",
        include_bytes!("../tests/data/curl-firefox.sh"),
    ),
    (
        "devtools-alternating",
        include_bytes!("../tests/data/devtools-alternating.txt"),
    ),
    (
        "devtools-general",
        include_bytes!("../tests/data/devtools-general.txt"),
    ),
    (
        "devtools-general-lines",
        include_bytes!("../tests/data/devtools-general-lines.txt"),
    ),
    (
        "devtools-headers",
        include_bytes!("../tests/data/devtools-headers.txt"),
    ),
    (
        "echo-flickr",
        include_bytes!("../tests/data/echo-flickr.txt"),
    ),
    (
        "echo-flickr-callback",
        include_bytes!("../tests/data/echo-flickr-callback.txt"),
    ),
    (
        "echo-google",
        include_bytes!("../tests/data/echo-google.html"),
    ),
    ("echo-jira", include_bytes!("../tests/data/echo-jira.txt")),
    (
        "echo-linkedin",
        include_bytes!("../tests/data/echo-linkedin.xml"),
    ),
    (
        "echo-mastercard",
        include_bytes!("../tests/data/echo-mastercard.json"),
    ),
    (
        "echo-tumblr",
        include_bytes!("../tests/data/echo-tumblr.txt"),
    ),
    (
        "echo-wordpress",
        include_bytes!("../tests/data/echo-wordpress.json"),
    ),
    ("echo-yelp", include_bytes!("../tests/data/echo-yelp.json")),
    ("error-text", include_bytes!("../tests/data/error-text.txt")),
    ("postman", include_bytes!("../tests/data/postman.json")),
    (
        "raw-exchange",
        include_bytes!("../tests/data/raw-exchange.http"),
    ),
    (
        "raw-request",
        include_bytes!("../tests/data/raw-request.http"),
    ),
    (
        "trace-redirect",
        include_bytes!("../tests/data/trace-redirect.txt"),
    ),
    (
        "env-fastcgi",
        include_bytes!("../tests/data/env-fastcgi.txt"),
    ),
    ("env-json", include_bytes!("../tests/data/env-json.json")),
    ("env-lines", include_bytes!("../tests/data/env-lines.txt")),
    (
        "env-print-r",
        include_bytes!("../tests/data/env-print-r.txt"),
    ),
    ("env-rack", include_bytes!("../tests/data/env-rack.txt")),
    ("env-wsgi", include_bytes!("../tests/data/env-wsgi.txt")),
    ("log-access", include_bytes!("../tests/data/log-access.txt")),
    ("log-java", include_bytes!("../tests/data/log-java.txt")),
    (
        "log-liboauthcpp",
        include_bytes!("../tests/data/log-liboauthcpp.txt"),
    ),
    (
        "log-oauthlib-server",
        include_bytes!("../tests/data/log-oauthlib-server.txt"),
    ),
    (
        "log-oauthlib",
        include_bytes!("../tests/data/log-oauthlib.txt"),
    ),
    (
        "log-pecl-print-r",
        include_bytes!("../tests/data/log-pecl-print-r.txt"),
    ),
    (
        "log-pecl-var-dump",
        include_bytes!("../tests/data/log-pecl-var-dump.txt"),
    ),
    (
        "log-php-request",
        include_bytes!("../tests/data/log-php-request.txt"),
    ),
    (
        "log-powershell",
        include_bytes!("../tests/data/log-powershell.txt"),
    ),
    ("log-python", include_bytes!("../tests/data/log-python.txt")),
    ("log-ruby", include_bytes!("../tests/data/log-ruby.txt")),
    (
        "log-scribe-exception",
        include_bytes!("../tests/data/log-scribe-exception.txt"),
    ),
    ("log-scribe", include_bytes!("../tests/data/log-scribe.txt")),
    ("log-wget", include_bytes!("../tests/data/log-wget.txt")),
    (
        "log-xeroizer",
        include_bytes!("../tests/data/log-xeroizer.txt"),
    ),
];

/// The fixture called `name`.
pub(crate) fn fixture(name: &str) -> &'static [u8] {
    FIXTURES.iter().find(|(known, _)| *known == name).unwrap().1
}
