//! `key` and `rsa`: what the signature was made with.

use super::{Fix, Page, fix, page};

const TRIM: &[Fix] = &[
    fix(
        "shell",
        "printf %s \"$SECRET\" > secret.txt (echo adds a line end)",
    ),
    fix("Python", "secret.strip()"),
    fix("JavaScript", "process.env.SECRET.trim()"),
    fix(
        "Kubernetes",
        "echo -n \"$SECRET\" | base64 for a Secret's data",
    ),
];

const JOIN: &[Fix] = &[fix(
    "any",
    "key = encode(consumer_secret) + '&' + encode(token_secret), with an empty token_secret while there is no token",
)];

pub(super) const PAGES: &[Page] = &[
    page(
        "key.missing_ampersand",
        "Calls with a token work, the first call (without one) fails.",
        "key: consumer_secret",
        "key: consumer_secret&",
        JOIN,
    ),
    page(
        "key.token_secret_missing",
        "The request for a temporary token works; the exchange or the first API call fails.",
        "key: consumer_secret&",
        "key: consumer_secret&token_secret",
        JOIN,
    ),
    page(
        "key.wrong_material",
        "Not one call works, and the values look right one by one.",
        "key: consumer_key&token_secret",
        "key: consumer_secret&token_secret",
        JOIN,
    ),
    page(
        "key.extra_token",
        "It fails for calls without a token once a token is configured.",
        "no oauth_token sent     key: consumer_secret&token_secret",
        "no oauth_token sent     key: consumer_secret&",
        JOIN,
    ),
    page(
        "key.not_encoded",
        "Most keys work; one with a reserved character such as % = + / in its secret does not.",
        "secret h%>%U4=     key: h%>%U4=&",
        "secret h%>%U4=     key: h%25%3E%25U4%3D&",
        &[
            fix("any", "encode both secrets before joining them"),
            fix(
                "if the provider is at fault",
                "have the secret made anew until it holds letters and digits only",
            ),
        ],
    ),
    page(
        "key.whitespace",
        "The secret in use is one or two characters longer than the one in the provider's portal.",
        "a secret of 41 characters: 40 and a line end",
        "a secret of 40 characters",
        TRIM,
    ),
    page(
        "key.wrong_value",
        "The base string is right and the signature is another one.",
        "the secret of another application, environment or token",
        "the secret whose length, first two and last two characters are those of the portal",
        &[],
    ),
    page(
        "key.other_kind",
        "The declared method and the keys at hand do not go together.",
        "oauth_signature_method=\"RSA-SHA1\", a consumer secret in the keys file",
        "oauth_signature_method=\"RSA-SHA1\", a private key in the keys file",
        &[],
    ),
    page(
        "rsa.key_mismatch",
        "Your private key opens the signature, the registered certificate does not; the two moduli differ.",
        "private key 4F2A...     certificate 9C01...",
        "private key 4F2A...     certificate 4F2A...",
        &[
            fix(
                "openssl",
                "compare openssl rsa -noout -modulus -in key.pem with openssl x509 -noout -modulus -in cert.pem",
            ),
            fix(
                "countersign",
                "countersign cert check cert.pem --private-key key.pem",
            ),
        ],
    ),
    page(
        "rsa.not_this_key_or_altered",
        "The signature does not open under the registered certificate, and the private key that signed is not at hand.",
        "certificate alone: another key, or altered on the way?",
        "certificate and private key: one of the two is ruled out",
        &[],
    ),
    page(
        "rsa.other_base_string",
        "The signature opens under the registered certificate, and the digest in it is that of another text.",
        "digest in the signature     not the digest of this request",
        "digest in the signature     the digest of this request's base string",
        &[],
    ),
    page(
        "rsa.other_hash",
        "The signature opens under the registered certificate, and the digest in it names another hash.",
        "oauth_signature_method=\"RSA-SHA1\"     SHA-256 inside",
        "oauth_signature_method=\"RSA-SHA256\"   SHA-256 inside",
        &[
            fix(
                "Java",
                "Signature.getInstance(\"SHA1withRSA\") for RSA-SHA1, \"SHA256withRSA\" for RSA-SHA256",
            ),
            fix("Node", "crypto.createSign('RSA-SHA1') for RSA-SHA1"),
            fix(
                "C#",
                "SignData(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1)",
            ),
        ],
    ),
    page(
        "rsa.digest_info",
        "Key and base string are right; what stands inside the padding is the bare digest.",
        "padding, then 20 bytes of SHA-1",
        "padding, then 30 21 30 09 06 05 2B 0E 03 02 1A 05 00 04 14, then 20 bytes of SHA-1",
        &[
            fix(
                "Node",
                "crypto.createSign('RSA-SHA1').sign(key), not crypto.privateEncrypt()",
            ),
            fix("PHP", "openssl_sign(), not openssl_private_encrypt()"),
        ],
    ),
    page(
        "rsa.pss_salt",
        "Key, hash and base string are right; the salt inside the PSS padding has another length.",
        "salt of 222 bytes (the maximum for 2048 bits)",
        "salt of 32 bytes (the length of SHA-256)",
        &[
            fix(
                "Python",
                "padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.DIGEST_LENGTH)",
            ),
            fix(
                "Java",
                "new PSSParameterSpec(\"SHA-256\", \"MGF1\", MGF1ParameterSpec.SHA256, 32, 1)",
            ),
        ],
    ),
    page(
        "rsa.certificate_expired",
        "Every call fails since a certain day; the answer speaks of missing certificates.",
        "valid to 2026-11-18     today 2026-11-23",
        "valid to 2028-11-22     today 2026-11-23",
        &[
            fix(
                "countersign",
                "countersign cert renew old.pem --private-key key.pem --days 730 -o new.pem",
            ),
            fix(
                "openssl",
                "openssl req -new -x509 -key key.pem -days 730 -out new.pem",
            ),
        ],
    ),
    page(
        "rsa.certificate_not_yet_valid",
        "The certificate was made today and is refused until some hours later.",
        "valid from 2026-11-24 00:00     today 2026-11-23",
        "valid from 2026-11-23 00:00     today 2026-11-23",
        &[],
    ),
    page(
        "rsa.no_certificate",
        "Not one call of this application ever worked, and its page at the provider shows no certificate.",
        "application page: no certificate uploaded",
        "application page: certificate with the SHA-256 fingerprint of yours",
        &[fix(
            "countersign",
            "countersign cert new --private-key key.pem -o cert.pem, then upload cert.pem",
        )],
    ),
    page(
        "rsa.weak_key",
        "The upload of the certificate is refused, or calls fail since the provider raised its demands.",
        "RSA with 1024 bits",
        "RSA with 2048 bits or more, exponent 65537",
        &[fix("openssl", "openssl genrsa -out key.pem 2048")],
    ),
    page(
        "key.altered",
        "The secret in the running program and the one in the portal differ in a few characters.",
        "a secret of 42 characters: 40 and two quotes",
        "a secret of 40 characters, as the portal shows it",
        &[
            fix("shell, .env", "SECRET='pa$$word' in single quotes"),
            fix("PHP", "'pa$$word' in single quotes"),
        ],
    ),
    page(
        "key.encoding",
        "Most keys work; one with a reserved character in its secret does not.",
        "secret a/b     key: a%252Fb&",
        "secret a/b     key: a%2Fb&",
        &[],
    ),
    page(
        "key.other_set",
        "Another set of keys in the keys file gives the signature received.",
        "oauth_token of production, token secret of the sandbox",
        "oauth_token and token secret of production",
        &[],
    ),
];
