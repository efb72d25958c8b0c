//! FEATURES, NOSTD, WASM, MSRV: that every crate compiles where it says it does.

use std::collections::BTreeMap;

use crate::ci::lint::openssl_note;
use crate::ci::{Context, Notes};
use crate::layers::{self, FACADE, NO_STD, WASM_UP_TO};
use crate::process::{capture, cargo, line, show};
use crate::{features, tools};

/// Each crate by itself with each set of its features, so that no sibling's features help out.
///
/// With resolver 3 a `check` of library and binary does not see dev-dependencies, so no manifest
/// has to be rewritten for it.
pub(super) fn features(context: &Context) -> Result<Notes, String> {
    let openssl = tools::has_openssl();
    let mut faults = Vec::new();
    for package in context.workspace.published() {
        let sets = features::sets(package, openssl, package.name == FACADE);
        println!("{}: {} sets of features", package.name, sets.len());
        for set in sets {
            let set = set.join(",");
            let words = [
                "check",
                "--package",
                &package.name,
                "--no-default-features",
                "--features",
                &set,
            ];
            let command = cargo(&context.workspace.root, &words);
            let typed = line(&command);
            let out = capture(command)?;
            if !out.ok || has_own_warnings(&out.stderr) {
                print!("$ {typed}\n{}", out.stderr);
                faults.push(format!("{} [{set}]", package.name));
            }
        }
    }
    if faults.is_empty() {
        Ok(openssl_note(context, openssl))
    } else {
        Err(format!("errors or warnings in: {}", faults.join(", ")))
    }
}

/// A build, not a check: code that needs an operating system must not even link in.
pub(super) fn no_std(context: &Context) -> Result<Notes, String> {
    build_for(context, "thumbv7em-none-eabi", NO_STD)
}

pub(super) fn wasm(context: &Context) -> Result<Notes, String> {
    let low = |name: &str| layers::find(name).is_some_and(|row| row.layer <= WASM_UP_TO);
    let published = context
        .workspace
        .published()
        .filter(|package| low(&package.name));
    let names: Vec<&str> = published.map(|package| package.name.as_str()).collect();
    build_for(context, "wasm32-unknown-unknown", &names)
}

fn build_for(context: &Context, target: &str, names: &[&str]) -> Result<Notes, String> {
    if !tools::has_target(target) {
        return Ok(Notes::skip(format!("no target {target}")));
    }
    let mut words = vec!["build", "--lib", "--target", target];
    for name in names {
        words.extend(["--package", name]);
    }
    show(cargo(&context.workspace.root, &words))?;
    Ok(Notes::default())
}

/// Every published crate with the oldest compiler its manifest promises.
pub(super) fn msrv(context: &Context) -> Result<Notes, String> {
    let openssl = tools::has_openssl();
    let mut by_version: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for package in context.workspace.published() {
        by_version
            .entry(&package.rust_version)
            .or_default()
            .push(package);
    }
    let mut notes = openssl_note(context, openssl);
    let mut faults = Vec::new();
    for (version, packages) in by_version {
        if version.is_empty() {
            return Err("a published crate has no rust-version".to_owned());
        }
        let Some(toolchain) = tools::toolchain(version) else {
            notes.skipped.push(format!("no toolchain {version}"));
            continue;
        };
        let toolchain = format!("+{toolchain}");
        let all = features::all(packages.iter().copied(), openssl).join(",");
        let mut words = vec![toolchain.as_str(), "check", "--features", &all];
        for package in packages {
            words.extend(["--package", &package.name]);
        }
        faults.extend(show(cargo(&context.workspace.root, &words)).err());
    }
    if faults.is_empty() {
        Ok(notes)
    } else {
        Err(faults.join("; "))
    }
}

/// Cargo's closing line about a crate of ours; those of dependencies are capped away.
fn has_own_warnings(stderr: &str) -> bool {
    stderr
        .lines()
        .any(|line| line.starts_with("warning: `") && line.contains(" generated "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_seen() {
        assert!(has_own_warnings(
            "warning: unused import\nwarning: `countersign-key` (lib) generated 1 warning\n"
        ));
        assert!(!has_own_warnings(
            "    Checking countersign-key v0.1.0\n    Finished `dev`\n"
        ));
    }
}
