//! Which clients there are, and what each of them offers.

use super::cell::Ask;

/// A client, by the name that its driver knows.
pub(super) struct Client {
    pub(super) name: &'static str,
    pub(super) methods: &'static [&'static str],
    /// Where it can put the protocol parameters, and what it can send then.
    pub(super) placements: &'static [(&'static str, &'static [Ask])],
}

const ANY: &[Ask] = &[
    Ask::Query,
    Ask::EncodedName,
    Ask::RepeatedInQuery,
    Ask::Form,
    Ask::Repeated,
    Ask::InBoth,
    Ask::Json,
    Ask::HashedJson,
];
/// RFC 5849 section 3.5.2: only a form can hold them.
const FORMS: &[Ask] = &[Ask::Form, Ask::Repeated, Ask::InBoth];
const EVERYWHERE: &[(&str, &[Ask])] = &[("header", ANY), ("body", FORMS), ("query", ANY)];

/// Driven by `python/peers.py`.
pub(super) const PYTHON: &[Client] = &[
    Client {
        name: "requests-oauthlib",
        methods: &[
            "HMAC-SHA1",
            "HMAC-SHA256",
            "HMAC-SHA512",
            "RSA-SHA1",
            "RSA-SHA256",
            "RSA-SHA512",
        ],
        placements: EVERYWHERE,
    },
    Client {
        name: "Authlib",
        methods: &["HMAC-SHA1", "RSA-SHA1"],
        placements: EVERYWHERE,
    },
];

/// Driven by `node/peers.js`.
pub(super) const NODE: &[Client] = &[
    Client {
        name: "oauth-1.0a",
        methods: &["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1"],
        placements: EVERYWHERE,
    },
    Client {
        name: "oauth",
        methods: &["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1"],
        placements: &[
            (
                "header",
                // It has no body hash.
                &[
                    Ask::Query,
                    Ask::EncodedName,
                    Ask::RepeatedInQuery,
                    Ask::Form,
                    Ask::Repeated,
                    Ask::InBoth,
                    Ask::Json,
                ],
            ),
            (
                "query",
                // It signs an address, without a form, and renames what is repeated there.
                &[Ask::Query, Ask::EncodedName, Ask::Json],
            ),
        ],
    },
];
