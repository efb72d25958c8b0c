//! `sig` and `spec`: the signature itself.

use super::{Fix, Page, fix, page};

const RAW_DIGEST: &[Fix] = &[
    fix("PHP", "base64_encode(hash_hmac('sha1', $base, $key, true))"),
    fix(
        "Python",
        "base64.b64encode(hmac.new(key, base, hashlib.sha1).digest()), not hexdigest()",
    ),
    fix(
        "JavaScript",
        "crypto.createHmac('sha1', key).update(base).digest('base64'); CryptoJS: .toString(CryptoJS.enc.Base64)",
    ),
    fix(
        "Ruby",
        "Base64.strict_encode64(OpenSSL::HMAC.digest('SHA1', key, base))",
    ),
    fix(
        "shell",
        "openssl dgst -sha1 -hmac \"$key\" -binary | base64",
    ),
    fix("C#", "Convert.ToBase64String(hmac.ComputeHash(bytes))"),
];

const ENCODE_ONCE: &[Fix] = &[
    fix(
        "JavaScript",
        "encodeURIComponent(signature) when you write the header yourself; not when a library does",
    ),
    fix("Python", "quote(signature, safe='')"),
    fix("PHP", "rawurlencode($signature)"),
    fix(
        "Postman",
        "'Encode the parameters in the authorization header' decides it",
    ),
];

pub(super) const PAGES: &[Page] = &[
    page(
        "sig.hex_not_base64",
        "The signature is 40 or 64 characters of 0-9 and a-f.",
        "oauth_signature=\"2c9a377a04e16ad8e3498bca8c6b40fbd8aa1fea\"",
        "oauth_signature=\"LJo3egThatjjSYvKjGtA%2B9iqH%2Bo%3D\"",
        RAW_DIGEST,
    ),
    page(
        "sig.base64_of_hex",
        "The signature is about twice as long as it should be: 56 characters for SHA-1, 88 for SHA-256.",
        "oauth_signature=\"MmM5YTM3N2EwNGUxNmFkOGUzNDk4YmNhOGM2YjQwZmJkOGFhMWZlYQ%3D%3D\"",
        "oauth_signature=\"LJo3egThatjjSYvKjGtA%2B9iqH%2Bo%3D\"",
        RAW_DIGEST,
    ),
    page(
        "sig.not_percent_encoded",
        "About half of all requests fail, and the same request works when it is tried again.",
        "oauth_signature=\"a+b/c=\"     read as 'a b/c='",
        "oauth_signature=\"a%2Bb%2Fc%3D\"",
        ENCODE_ONCE,
    ),
    page(
        "sig.double_encoded",
        "The signature ends in %253D, or a PLAINTEXT signature shows %2526.",
        "oauth_signature=\"a%252Bb%253D\"",
        "oauth_signature=\"a%2Bb%3D\"",
        ENCODE_ONCE,
    ),
    page(
        "sig.not_base64",
        "The signature holds blanks, line ends, - or _, or lacks its = at the end.",
        "oauth_signature=\"a-b_c\"",
        "oauth_signature=\"a%2Bb%2Fc%3D\"",
        &[
            fix(
                "Java",
                "Base64.getEncoder(), neither getUrlEncoder() nor getMimeEncoder()",
            ),
            fix("Ruby", "Base64.strict_encode64(), not encode64()"),
            fix(
                "Python",
                "base64.b64encode(), neither encodestring() nor urlsafe_b64encode()",
            ),
        ],
    ),
    page(
        "sig.alg_mismatch",
        "The length of the signature does not fit the declared method.",
        "oauth_signature_method=\"HMAC-SHA256\", a signature of 28 characters",
        "oauth_signature_method=\"HMAC-SHA256\", a signature of 44 characters",
        &[
            fix(
                "JavaScript",
                "oauth-1.0a: signature_method and hash_function must name the same hash",
            ),
            fix("Python", "OAuth1(..., signature_method='HMAC-SHA256')"),
        ],
    ),
    page(
        "sig.method_unknown",
        "The answer is signature_method_rejected and the name is spelt unusually.",
        "oauth_signature_method=\"HmacSHA1\"",
        "oauth_signature_method=\"HMAC-SHA1\"",
        &[],
    ),
    page(
        "sig.method_unsupported",
        "Nothing in the request changed, and it fails since a date, or at this provider only.",
        "NetSuite: oauth_signature_method=\"HMAC-SHA1\"",
        "NetSuite: oauth_signature_method=\"HMAC-SHA256\"",
        &[
            fix("NetSuite", "HMAC-SHA256"),
            fix("Magento", "HMAC-SHA256 from 2.4.4 on, HMAC-SHA1 before"),
            fix("Mastercard", "RSA-SHA256"),
            fix("Jira, Confluence", "RSA-SHA1"),
            fix("Trello", "HMAC-SHA1"),
        ],
    ),
    page(
        "sig.method_required",
        "The application was registered with a certificate, and the request declares an HMAC method, or the other way round.",
        "private application, oauth_signature_method=\"HMAC-SHA1\"",
        "private application, oauth_signature_method=\"RSA-SHA1\"",
        &[],
    ),
    page(
        "sig.mismatch",
        "The signature is well formed and not the one that these keys give, and no known mistake gives it.",
        "signed with other keys, or over another text",
        "print the base string in the client: countersign doctor --client-base-string base.txt request.http",
        &[
            fix(
                "Python",
                "logging.basicConfig(level=logging.DEBUG): requests_oauthlib prints its base string",
            ),
            fix("PHP", "OAuth::enableDebug() and $oauth->debugInfo['sbs']"),
            fix("Java", "ScribeJava: .debug() on the service builder"),
            fix("Ruby", "request.oauth_helper.signature_base_string"),
        ],
    ),
    page(
        "spec.example_wrong",
        "The expected signature is bYT5CMsGcbgUdFHObYMEfcx6bsw=.",
        "oauth_signature=\"bYT5CMsGcbgUdFHObYMEfcx6bsw%3D\"",
        "oauth_signature=\"r6%2FTJjbCOr97%2F%2BUU0NsvSne7s5g%3D\"",
        &[],
    ),
    page(
        "sig.base64_twice",
        "The signature is a third longer than it should be, and decodes to base64 text.",
        "base64(base64(digest)): 40 characters for SHA-1",
        "base64(digest): 28 characters for SHA-1",
        RAW_DIGEST,
    ),
];
