//! PACKAGE: what would go to the registry.

use crate::ci::{Context, Notes};
use crate::process::{capture, cargo};

/// Files that every package holds.
const REQUIRED: &[&str] = &["Cargo.toml", "README.md"];

/// Parts of paths that no package holds.
const JUNK: &[&str] = &[
    ".bak",
    ".DS_Store",
    ".log",
    ".orig",
    ".profraw",
    ".rej",
    ".swp",
    "proptest-regressions",
    "target/",
    "~",
];

/// Cargo's own additions.
const ADDED: &[&str] = &["Cargo.toml.orig", ".cargo_vcs_info.json", "Cargo.lock"];

pub(super) fn section(context: &Context) -> Result<Notes, String> {
    let mut faults = Vec::new();
    for package in context.workspace.published() {
        let words = [
            "package",
            "--list",
            "--allow-dirty",
            "--package",
            &package.name,
        ];
        let out = capture(cargo(&context.workspace.root, &words))?;
        if !out.ok {
            return Err(format!(
                "cargo package --list failed:\n{}",
                out.stderr.trim_end()
            ));
        }
        let files: Vec<&str> = out.stdout.lines().collect();
        println!("{}: {} files", package.name, files.len());
        faults.extend(
            faults_in(&files)
                .into_iter()
                .map(|fault| format!("{}: {fault}", package.name)),
        );
    }
    if faults.is_empty() {
        Ok(Notes::default())
    } else {
        Err(faults.join("; "))
    }
}

fn faults_in(files: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    for required in REQUIRED {
        if !files.contains(required) {
            faults.push(format!("no {required}"));
        }
    }
    if !files
        .iter()
        .any(|file| ["src/lib.rs", "src/main.rs"].contains(file))
    {
        faults.push("no sources".to_owned());
    }
    for file in files.iter().filter(|file| !ADDED.contains(file)) {
        if JUNK.iter().any(|junk| file.contains(junk)) {
            faults.push(format!("junk: {file}"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_package_passes() {
        let files = [
            ".cargo_vcs_info.json",
            "Cargo.lock",
            "Cargo.toml",
            "Cargo.toml.orig",
            "README.md",
            "src/lib.rs",
        ];
        assert!(faults_in(&files).is_empty());
    }

    #[test]
    fn a_missing_readme_and_junk_are_named() {
        let faults = faults_in(&["Cargo.toml", "src/main.rs", "src/a.rs.orig", "notes.swp"]);
        assert_eq!(
            faults,
            ["no README.md", "junk: src/a.rs.orig", "junk: notes.swp"]
        );
        assert_eq!(faults_in(&["Cargo.toml", "README.md"]), ["no sources"]);
    }
}
