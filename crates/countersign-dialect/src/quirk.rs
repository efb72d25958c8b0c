//! The ways in which real signers leave RFC 5849.

/// One departure from RFC 5849, with its name, its effect on the base string and where it lives.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Quirk {
    /// The name, in lower case with underscores.
    pub id: &'static str,
    /// What becomes different.
    pub effect: &'static str,
    /// Who does it.
    pub seen_in: &'static str,
}

/// Every known dialect; the first row is RFC 5849 itself.
///
/// ```
/// assert_eq!(countersign_dialect::quirks()[0].id, "rfc5849");
/// ```
#[must_use]
pub fn quirks() -> &'static [Quirk] {
    &QUIRKS
}

/// The dialect of this name.
#[must_use]
pub fn quirk_by_id(id: &str) -> Option<&'static Quirk> {
    QUIRKS.iter().find(|quirk| quirk.id == id)
}

const fn quirk(id: &'static str, effect: &'static str, seen_in: &'static str) -> Quirk {
    Quirk {
        id,
        effect,
        seen_in,
    }
}

pub(crate) const RFC5849: Quirk = quirk(
    "rfc5849",
    "none: the reference",
    "oauthlib, gomodule/oauth1, net.oauth",
);
pub(crate) const MASTERCARD_RAW_PARAMS: Quirk = quirk(
    "mastercard_raw_params",
    "values of protocol parameters enter the parameter string without their own encoding, so that only the outer one is applied",
    "the official Mastercard signers",
);
pub(crate) const NO_ROOT_SLASH: Quirk = quirk(
    "no_root_slash",
    "an empty path stays empty: `http://host` instead of `http://host/`",
    "several PHP libraries, MediaWiki, ScribeJava, bettiolo/oauth-signature-js",
);
const SORT_BEFORE_ENCODING: Quirk = quirk(
    "sort_before_encoding",
    "parameters are ordered by their decoded form, so names and values that need encoding land elsewhere",
    "bettiolo/oauth-signature-js and several JavaScript and PHP signers",
);
const SORT_JOINED_PAIRS: Quirk = quirk(
    "sort_joined_pairs",
    "`name=value` strings are ordered as wholes, so `a-b=1` comes before `a=1`",
    "home-made signers",
);
const MERGE_DUPLICATE_NAMES: Quirk = quirk(
    "merge_duplicate_names",
    "parameters of one name are grouped or all but one are lost",
    "ddo/oauth-1.0a and other signers that keep parameters in a map",
);
const RAW_UNICODE_PATH: Quirk = quirk(
    "raw_unicode_path",
    "non-ASCII characters of the path enter as they are",
    "older Python 2 clients",
);
const TLS_TERMINATED: Quirk = quirk(
    "tls_terminated_http_scheme_port_443",
    "the verifier behind a TLS proxy signs `http://host:443/...`",
    "Sina Weibo in 2011, misconfigured reverse proxies",
);
const CORE10_POST_ONLY_BODY: Quirk = quirk(
    "core10_post_only_body",
    "form bodies are signed for POST only",
    "servers written for OAuth Core 1.0, before RFC 5849",
);
pub(crate) const ALWAYS_EMPTY_TOKEN: Quirk = quirk(
    "always_empty_token",
    "`oauth_token=` is sent and signed even where there is no token",
    "Consumer Request draft 2, Schoology",
);
pub(crate) const PHP_ARRAY_PARAMS: Quirk = quirk(
    "php_array_params",
    "names such as `filter[limit]` are encoded as they stand, brackets included",
    "WooCommerce, Magento",
);
pub(crate) const BODY_AS_FORM_REGARDLESS: Quirk = quirk(
    "body_as_form_regardless",
    "a JSON or XML body whose type is missing or wrong is taken for a form and signed",
    "ImmoScout24, some gateways",
);
pub(crate) const HEADER_AND_BODY: Quirk = quirk(
    "header_and_body",
    "the same protocol parameters are sent in the header and in the body and signed once",
    "the PaynetEasy family of gateways",
);

static QUIRKS: [Quirk; 13] = [
    RFC5849,
    MASTERCARD_RAW_PARAMS,
    NO_ROOT_SLASH,
    SORT_BEFORE_ENCODING,
    SORT_JOINED_PAIRS,
    MERGE_DUPLICATE_NAMES,
    RAW_UNICODE_PATH,
    TLS_TERMINATED,
    CORE10_POST_ONLY_BODY,
    ALWAYS_EMPTY_TOKEN,
    PHP_ARRAY_PARAMS,
    BODY_AS_FORM_REGARDLESS,
    HEADER_AND_BODY,
];
