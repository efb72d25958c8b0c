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

/// All targets with all features, then the libraries as a user gets them by default and with
/// nothing.
pub(super) fn clippy(context: &Context) -> Result<Notes, String> {
    if !tools::has_component("clippy") {
        return Ok(Notes::skip("no clippy"));
    }
    let root = &context.workspace.root;
    let openssl = tools::has_openssl();
    let all = features::of_workspace(&context.workspace, openssl);
    let deny = ["--", "-D", "warnings"];
    let everything: &[&str] = &["clippy", "--workspace", "--all-targets", "--features", &all];
    let by_default: &[&str] = &["clippy", "--workspace", "--lib", "--bins"];
    let with_nothing: &[&str] = &["clippy", "--workspace", "--lib", "--no-default-features"];
    for words in [everything, by_default, with_nothing] {
        show(cargo(root, &[words, &deny].concat()))?;
    }
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
