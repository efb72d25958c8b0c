//! The table of providers against the crates that would use it.

use countersign_base_string::Uri;
use countersign_dialect::{providers, quirks};
use countersign_signature::Methods;

#[test]
fn every_address_is_a_uri() {
    let mut addresses = 0;
    for row in providers() {
        for endpoint in row.endpoints.iter() {
            let mut url = endpoint.url.to_owned();
            for (part, filled) in [
                ("{acct}", "1234567-sb1"),
                ("{host}", "host.example"),
                ("{gateway}", "gate.example"),
            ] {
                url = url.replace(part, filled);
            }
            let uri = Uri::parse(&url).unwrap_or_else(|error| panic!("{}: {url}: {error}", row.id));
            if !endpoint.host().contains("{host}") && !endpoint.host().contains("{gateway}") {
                assert!(row.owns_host(uri.host()), "{}: {}", row.id, uri.host());
            }
            addresses += 1;
        }
    }
    assert!(addresses > 60, "{addresses}");
}

#[test]
fn every_method_is_one_of_ours() {
    let methods = Methods::standard().dangerous_with_plaintext();
    for row in providers() {
        for name in row.methods {
            assert!(methods.find(name).is_some(), "{}: {name}", row.id);
        }
    }
}

#[test]
fn the_dialects_of_the_vectors_are_in_the_table() {
    for kind in ["base_string", "base_uri", "normalize_params", "signature"] {
        for case in countersign_test_support::vectors::cases(kind) {
            let Some(dialect) = case.dialect else {
                continue;
            };
            assert!(
                quirks().iter().any(|quirk| quirk.id == dialect),
                "{}: {dialect}",
                case.id
            );
        }
    }
}
