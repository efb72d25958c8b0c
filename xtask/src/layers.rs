//! The layer table: which crate may use which.
//!
//! A crate depends only on crates of a strictly lower layer, and on the external packages of its
//! row. A new external package is a decision: it is written here with the crate that needs it.

/// One crate's place in the workspace.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) layer: u8,
    /// External packages allowed under `[dependencies]`.
    pub(crate) external: &'static [&'static str],
}

const fn row(name: &'static str, layer: u8, external: &'static [&'static str]) -> Row {
    Row {
        name,
        layer,
        external,
    }
}

pub(crate) const LAYERS: &[Row] = &[
    row("countersign-encoding", 0, &[]),
    row("countersign-clock", 0, &["thiserror", "time"]),
    row("countersign-base-string", 1, &["thiserror"]),
    row("countersign-dialect", 1, &[]),
    row(
        "countersign-key",
        1,
        &["p12-keystore", "pkcs8", "rsa", "thiserror", "zeroize"],
    ),
    row("countersign-problem", 1, &["thiserror"]),
    row(
        "countersign-capture",
        2,
        &[
            "base64",
            "httparse",
            "saphyr-parser",
            "serde_json",
            "shlex",
            "thiserror",
        ],
    ),
    row(
        "countersign-certificate",
        2,
        &["sha1", "sha2", "thiserror", "time", "x509-parser"],
    ),
    row(
        "countersign-signature",
        2,
        &[
            "base64",
            "getrandom",
            "hmac",
            "openssl",
            "rsa",
            "sha1",
            "sha2",
            "subtle",
            "thiserror",
            "zeroize",
        ],
    ),
    row("countersign-token", 3, &["thiserror"]),
    row("countersign-verify", 3, &["thiserror"]),
    row("countersign-doctor", 4, &["thiserror", "zeroize"]),
    row(
        "countersign-store",
        4,
        &[
            "chacha20poly1305",
            "siphasher",
            "subtle",
            "thiserror",
            "zeroize",
        ],
    ),
    row(
        "countersign-client",
        5,
        &["http", "subtle", "thiserror", "zeroize"],
    ),
    row("countersign-provider", 5, &["http", "thiserror"]),
    row(
        "countersign-tower",
        6,
        &[
            "axum",
            "bytes",
            "http",
            "http-body",
            "http-body-util",
            "metrics",
            "pin-project-lite",
            "thiserror",
            "tokio",
            "tower-layer",
            "tower-service",
            "tracing",
        ],
    ),
    row(
        "countersign-reqwest",
        6,
        &[
            "bytes",
            "http",
            "http-body",
            "http-body-util",
            "reqwest",
            "reqwest-middleware",
            "thiserror",
            "tokio",
        ],
    ),
    row(
        "countersign-store-sqlite",
        6,
        &["rusqlite", "thiserror", "zeroize"],
    ),
    row("countersign", 7, &["http", "thiserror"]),
    row(
        "countersign-server",
        8,
        &[
            "argon2",
            "askama",
            "axum",
            "base64",
            "bytes",
            "http",
            "http-body",
            "http-body-util",
            "hyper",
            "hyper-util",
            "memchr",
            "metrics",
            "metrics-exporter-prometheus",
            "pin-project-lite",
            "rusqlite",
            "serde",
            "serde_json",
            "sha2",
            "subtle",
            "thiserror",
            "tokio",
            "toml",
            "tower",
            "tracing",
            "zeroize",
        ],
    ),
    row(
        "countersign-cli",
        9,
        &[
            "annotate-snippets",
            "anstream",
            "anstyle",
            // The key file of the store of connections.
            "base64",
            "bytes",
            "clap",
            "clap_complete",
            "clap_mangen",
            "http",
            "http-body",
            "http-body-util",
            "hyper",
            "hyper-rustls",
            "hyper-util",
            "keyring",
            "mimalloc",
            "rcgen",
            "rpassword",
            "rsa",
            "rustls",
            "serde",
            "serde_json",
            "similar",
            "subtle",
            "tempfile",
            "thiserror",
            "time",
            "tokio",
            "toml",
            "tracing",
            "tracing-subscriber",
            "ureq",
            "x509-parser",
        ],
    ),
    row("countersign-test-support", 10, ANY),
    row("countersign-test-it", 11, ANY),
    row("xtask", 0, &["serde_json", "sha2"]),
];

/// Test members may use what the tests need.
pub(crate) const ANY: &[&str] = &["*"];

/// The highest layer of the libraries that are built for WebAssembly.
pub(crate) const WASM_UP_TO: u8 = 3;

/// The highest layer that does no input or output of its own.
pub(crate) const SANS_IO_UP_TO: u8 = 5;

/// Built for a target without an operating system.
pub(crate) const NO_STD: &[&str] = &["countersign-base-string", "countersign-encoding"];

/// The crate whose features are checked one at a time.
pub(crate) const FACADE: &str = "countersign";

pub(crate) fn find(name: &str) -> Option<&'static Row> {
    LAYERS.iter().find(|row| row.name == name)
}
