//! DENY: licences, bans and sources of all dependencies; advisories when they can be fetched.

use std::process::Command;

use crate::ci::{Context, Notes};
use crate::process::{capture, cargo, show};
use crate::tools;

pub(super) fn section(context: &Context) -> Result<Notes, String> {
    if !tools::has_cargo_tool("deny") {
        return Ok(Notes::skip("no cargo-deny"));
    }
    show(deny(
        context,
        &[
            "check",
            "--hide-inclusion-graph",
            "licenses",
            "bans",
            "sources",
        ],
    ))?;
    if !capture(deny(context, &["fetch", "db"]))?.ok {
        return Ok(Notes {
            offline: vec!["advisories: the database can't be fetched".to_owned()],
            ..Notes::default()
        });
    }
    show(deny(
        context,
        &["check", "--hide-inclusion-graph", "advisories"],
    ))?;
    Ok(Notes::default())
}

fn deny(context: &Context, words: &[&str]) -> Command {
    let head = [
        "deny",
        "--all-features",
        "--workspace",
        "--config",
        ".cargo/deny.toml",
    ];
    cargo(&context.workspace.root, &[&head[..], words].concat())
}
