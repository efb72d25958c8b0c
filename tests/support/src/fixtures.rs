//! Keys and certificates, see `fixtures/README.md`.

use std::path::PathBuf;

/// The passphrase of every encrypted fixture.
pub const PASSPHRASE: &str = "countersign-test";

fn read(directory: &str, name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(directory)
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A key file by name, such as `rsa2048.pkcs8.pem`.
#[must_use]
pub fn key(name: &str) -> Vec<u8> {
    read("keys", name)
}

/// A certificate file by name, such as `live.pem`.
#[must_use]
pub fn certificate(name: &str) -> Vec<u8> {
    read("certificates", name)
}
