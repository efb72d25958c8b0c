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
pub(crate) const FIXTURES: [(&str, &[u8]); 24] = [
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
];

/// The fixture called `name`.
pub(crate) fn fixture(name: &str) -> &'static [u8] {
    FIXTURES.iter().find(|(known, _)| *known == name).unwrap().1
}
