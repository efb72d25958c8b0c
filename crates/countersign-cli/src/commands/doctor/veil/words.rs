//! Words that tell nothing about an input: those of the protocol and of the doctor's own texts.

use std::collections::HashSet;
use std::sync::LazyLock;

use countersign_problem::{catalogue, text};

/// Facts about the protocol, whole.
const VOCABULARY: [&str; 34] = [
    "1.0",
    "CONNECT",
    "DELETE",
    "GET",
    "HEAD",
    "HMAC-SHA1",
    "HMAC-SHA256",
    "HMAC-SHA512",
    "OAuth",
    "OPTIONS",
    "PATCH",
    "PKCS#1 v1.5",
    "PLAINTEXT",
    "POST",
    "PSS",
    "PUT",
    "RSA-PSS-SHA256",
    "RSA-SHA1",
    "RSA-SHA256",
    "RSA-SHA512",
    "SHA-1",
    "SHA-256",
    "SHA-384",
    "SHA-512",
    "TRACE",
    "absent",
    "empty",
    "false",
    "http",
    "https",
    "multipart/form-data",
    "none",
    "not sent",
    "true",
];

/// Whether a text is a fact about the protocol.
pub(super) fn is_vocabulary(text: &str) -> bool {
    VOCABULARY.contains(&text)
}

static OWN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut words = HashSet::new();
    let mut add = |text: &str| {
        for word in text.split(|letter: char| !letter.is_alphanumeric()) {
            if !word.is_empty() {
                words.insert(word.to_lowercase());
            }
        }
    };
    for row in countersign_doctor::codes() {
        for text in [row.code.as_str(), row.title, row.meaning, row.rule] {
            add(text);
        }
        row.remedies.iter().copied().for_each(&mut add);
    }
    for row in catalogue::rows() {
        add(row.code.as_str());
        add(row.meaning);
        row.remedies.iter().copied().for_each(&mut add);
    }
    for row in text::rows() {
        add(row.pattern.text());
        add(row.meaning);
    }
    VOCABULARY.into_iter().for_each(&mut add);
    words
});

/// Whether a word is one of the doctor's own texts, whatever its capitals.
pub(super) fn is_own(word: &str) -> bool {
    OWN.contains(&word.to_lowercase())
}
