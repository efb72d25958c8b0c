//! FMT, CLIPPY, DOC: what the compiler's own tools say.

use crate::ci::{Context, Notes};
use crate::process::{cargo, show};
use crate::{features, tools};

pub(super) fn fmt(context: &Context) -> Result<Notes, String> {
    if !tools::has_component("fmt") {
        return Ok(Notes::skip("no rustfmt"));
    }
    let root = &context.workspace.root;
    show(cargo(root, &["fmt", "--all", "--check"]))?;
    if root.join("fuzz/Cargo.toml").is_file() {
        show(cargo(
            root,
            &[
                "fmt",
                "--all",
                "--check",
                "--manifest-path",
                "fuzz/Cargo.toml",
            ],
        ))?;
    }
    Ok(Notes::default())
}

/// All targets with all features; FEATURES has what is published looked at with fewer.
pub(super) fn clippy(context: &Context) -> Result<Notes, String> {
    if !tools::has_component("clippy") {
        return Ok(Notes::skip("no clippy"));
    }
    let root = &context.workspace.root;
    let openssl = tools::has_openssl();
    let all = features::of_workspace(&context.workspace, openssl);
    let words = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        &all,
        "--",
        "-D",
        "warnings",
    ];
    show(cargo(root, &words))?;
    Ok(openssl_note(context, openssl))
}

/// Documentation of the libraries; the binaries' is their `--help`.
pub(super) fn doc(context: &Context) -> Result<Notes, String> {
    let openssl = tools::has_openssl();
    let all = features::of_workspace(&context.workspace, openssl);
    let words = [
        "doc",
        "--workspace",
        "--lib",
        "--no-deps",
        "--features",
        &all,
    ];
    let mut command = cargo(&context.workspace.root, &words);
    command.env("RUSTDOCFLAGS", "-D warnings");
    show(command)?;
    Ok(openssl_note(context, openssl))
}

/// Says so when OpenSSL's features had to be left out.
pub(super) fn openssl_note(context: &Context, openssl: bool) -> Notes {
    let wanted = context
        .workspace
        .members
        .iter()
        .any(features::wants_openssl);
    if wanted && !openssl {
        Notes::skip(tools::NO_OPENSSL)
    } else {
        Notes::default()
    }
}
