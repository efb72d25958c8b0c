//! Words by which some answers say more than their code, or say it without one.

use super::causes::Row;

/// A text that names its causes, whatever code comes with it.
pub(super) struct Words {
    /// Parts that all have to stand in the answer, in lower case.
    pub(super) parts: &'static [&'static str],
    /// The codes of the causes, most likely first.
    pub(super) causes: &'static [&'static str],
    /// What tells them apart.
    pub(super) settles: &'static str,
}

const fn words(
    parts: &'static [&'static str],
    causes: &'static [&'static str],
    settles: &'static str,
) -> Words {
    Words {
        parts,
        causes,
        settles,
    }
}

impl Words {
    /// As a row of the other table, which fits every code.
    pub(super) const fn as_row(&self) -> Row {
        Row {
            problem: "",
            provider: "",
            advice: "",
            causes: self.causes,
            settles: self.settles,
        }
    }
}

const PORTAL: &str = "the state of the application in the provider's portal";

/// The first row that fits counts: the more telling stand first.
pub(super) const WORDS: &[Words] = &[
    words(
        &["applications cannot request a request token"],
        &["flow.wrong_for_app_type"],
        PORTAL,
    ),
    words(
        &["the request could not be verified"],
        &["consumer.wrong_kind", "token.unknown", "env.mismatch"],
        "the kind of application that the consumer key belongs to, in the provider's portal",
    ),
    words(
        &["read-only application"],
        &["permission.token_scope", "permission.denied"],
        "when the token was issued, and when the permission was raised",
    ),
    words(
        &["only support the oauth_callback value"],
        &["callback.config"],
        "the callback in the settings of the application",
    ),
    words(
        &["callback url not approved"],
        &["callback.config"],
        "the callback sent, compared with the settings of the application",
    ),
    words(
        &["oauth 1.0", "disabled"],
        &["protocol.retired"],
        "the provider's announcement",
    ),
    words(
        &["no apikeyindex for keystring"],
        &["provider.fault"],
        "whether others see it in the same hour",
    ),
    words(
        &["the signature is invalid. verify and try again"],
        &["sig.method_unsupported", "sig.mismatch"],
        "the release of the shop: Magento takes HMAC-SHA256 alone from 2.4.4 on, HMAC-SHA1 before",
    ),
    words(
        &["consumer secret is invalid"],
        &["key.wrong_value", "key.whitespace"],
        "the length of the secret, compared with the portal's",
    ),
    words(
        &["certificate", "expired"],
        &["rsa.certificate_expired", "rsa.no_certificate"],
        "the end date of the certificate you uploaded: countersign cert inspect FILE",
    ),
    words(
        &["not allowed to view"],
        &["permission.role", "permission.denied", "sig.mismatch"],
        "the request and your keys: --keys FILE; some servers say this of a wrong signature too",
    ),
    words(
        &["no oauth parameters"],
        &[
            "hdr.absent",
            "redirect.header_dropped",
            "hdr.stripped",
            "hdr.provider_strict_parser",
        ],
        "the request as it was sent, each redirect in between, and the one that arrived",
    ),
    words(
        &["concurren", "limit"],
        &["ratelimit.concurrency"],
        "how many requests were under way at once",
    ),
    words(
        &["too many requests"],
        &["ratelimit", "ratelimit.concurrency"],
        "the Retry-After header of the answer",
    ),
    words(
        &["rate limit"],
        &["ratelimit", "ratelimit.concurrency"],
        "whether it works again after a pause",
    ),
    words(
        &["invalid login attempt"],
        LOGIN,
        "the Login Audit Trail of the account, column Detail",
    ),
    words(
        &["invalid_login"],
        LOGIN,
        "the Login Audit Trail of the account, column Detail",
    ),
];

/// What NetSuite reports as a failed login, all with one text.
pub(super) const LOGIN: &[&str] = &[
    "hdr.realm",
    "sig.method_unsupported",
    "sbs.query_omitted",
    "permission.role",
    "token.revoked",
    "ratelimit.concurrency",
];

/// How long an answer says that it took is a word of its own: the request stood in a queue.
pub(super) const WAITED: Words = words(
    &["duration"],
    &["ratelimit.concurrency"],
    "how many requests were under way at once",
);

/// From this many milliseconds on, a refusal was not computed but waited for.
const LONG: u64 = 10_000;

/// The row that fits a text, which is in lower case.
pub(super) fn fitting(text: &str) -> Option<&'static Words> {
    if waited(text) {
        return Some(&WAITED);
    }
    WORDS
        .iter()
        .find(|row| row.parts.iter().all(|part| text.contains(part)))
}

/// Whether the text says `duration: 60847ms` or the like, and that this is long.
fn waited(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("duration:") else {
        return false;
    };
    let rest = rest.trim_start();
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
    let (Some(number), Some(unit)) = (rest.get(..digits), rest.get(digits..)) else {
        return false;
    };
    number.parse::<u64>().is_ok_and(|number| number >= LONG) && unit.trim_start().starts_with("ms")
}

#[cfg(test)]
mod tests {
    use super::{WORDS, fitting, waited};

    #[test]
    fn parts_are_in_lower_case_and_causes_are_codes() {
        for row in WORDS {
            assert!(!row.parts.is_empty() && !row.causes.is_empty());
            for part in row.parts {
                assert_eq!(*part, part.to_lowercase());
            }
            for cause in row.causes {
                assert!(crate::row(cause).is_some(), "{cause}");
            }
        }
    }

    #[test]
    fn a_long_wait_is_read() {
        assert!(waited("invalid login attempt … duration: 60847ms"));
        assert!(waited("duration:10000 ms"));
        for text in [
            "duration: 85ms",
            "duration: 60847 s",
            "duration:",
            "no such word",
        ] {
            assert!(!waited(text), "{text}");
        }
        assert!(fitting("all is well").is_none());
    }
}
