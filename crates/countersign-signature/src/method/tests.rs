#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use crate::{Hash, KeyKind, Method, Methods};

#[test]
fn the_table() {
    let rows: Vec<_> = Methods::standard()
        .iter()
        .map(|row| (row.name(), row.kind(), row.hash()))
        .collect();
    use Hash::{Sha1, Sha256, Sha512};
    use KeyKind::{Rsa, Secret};
    assert_eq!(
        rows,
        [
            ("HMAC-SHA1", Secret, Some(Sha1)),
            ("HMAC-SHA256", Secret, Some(Sha256)),
            ("HMAC-SHA512", Secret, Some(Sha512)),
            ("RSA-SHA1", Rsa, Some(Sha1)),
            ("RSA-SHA256", Rsa, Some(Sha256)),
            ("RSA-SHA512", Rsa, Some(Sha512)),
            ("RSA-PSS-SHA256", Rsa, Some(Sha256)),
        ]
    );
}

#[test]
fn names_are_exact() {
    let methods = Methods::standard();
    assert_eq!(methods.find("RSA-PSS"), Some(Method::RSA_PSS_SHA256));
    assert_eq!(methods.find("RSA-PSS-SHA256"), Some(Method::RSA_PSS_SHA256));
    for wrong in [
        "",
        "hmac-sha1",
        "HMAC-SHA1 ",
        "HMAC_SHA1",
        "HMACSHA1",
        "PLAINTEXT",
        "RSA-PSS-",
    ] {
        assert_eq!(methods.find(wrong), None, "{wrong}");
    }
}

#[test]
fn plaintext_is_there_only_on_demand_and_rows_can_be_taken_out() {
    let methods = Methods::standard()
        .dangerous_with_plaintext()
        .dangerous_with_plaintext();
    assert_eq!(
        methods.find("PLAINTEXT"),
        Some(Method::dangerous_plaintext())
    );
    assert_eq!(methods.iter().count(), 8);
    let methods = methods
        .without(Method::dangerous_plaintext())
        .without(Method::HMAC_SHA1);
    assert_eq!(methods.find("PLAINTEXT"), None);
    assert_eq!(methods.find("HMAC-SHA1"), None);
    assert_eq!(Methods::none().iter().count(), 0);
}
