//! Manifests: what is inherited from the root, and what is relaxed.

use crate::manifest::{Entry, entries};
use crate::tidy::{Finding, Repo};

/// Inherited by every member.
const INHERITED: &[&str] = &["edition", "license", "repository"];

/// Inherited by every member, or written out by one that needs a newer compiler.
const RUST_VERSION: &str = "rust-version";

pub(super) fn inheritance(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in &repo.members {
        let path = format!("{}/Cargo.toml", member.dir);
        let Some(file) = repo.file(&path) else {
            findings.push(Finding::new(&path, 0, "missing"));
            continue;
        };
        let entries = entries(&file.text);
        for key in INHERITED {
            if !inherits(&entries, "package", key) {
                findings.push(Finding::new(
                    &path,
                    0,
                    format!("`{key}.workspace = true` is missing"),
                ));
            }
        }
        if !inherits(&entries, "lints", "") {
            findings.push(Finding::new(
                &path,
                0,
                "`[lints] workspace = true` is missing",
            ));
        }
        let own = entries
            .iter()
            .any(|e| e.section == "package" && e.key == RUST_VERSION);
        if !own && !inherits(&entries, "package", RUST_VERSION) {
            findings.push(Finding::new(&path, 0, "no rust-version"));
        }
    }
    findings
}

/// A lint that is allowed for the whole workspace, or a member's own lints, carries its reason.
pub(super) fn relaxed_lints(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in repo.files.iter().filter(|file| file.name() == "Cargo.toml") {
        for entry in entries(&file.text) {
            let of_lints = entry.section.contains("lints.");
            if of_lints && entry.value.contains("\"allow\"") && entry.comment.is_none() {
                let message = format!("`{}` is allowed without a reason", entry.key);
                findings.push(Finding::new(&file.path, entry.line, message));
            }
        }
    }
    findings
}

/// `key.workspace = true` in a section; an empty key means the section itself.
fn inherits(entries: &[Entry<'_>], section: &str, key: &str) -> bool {
    let due = if key.is_empty() {
        "workspace".to_owned()
    } else {
        format!("{key}.workspace")
    };
    entries
        .iter()
        .any(|e| e.section == section && e.key == due && e.value == "true")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Package;

    const GOOD: &str = "[package]\nname = \"a\"\nedition.workspace = true\nlicense.workspace = true\n\
        repository.workspace = true\nrust-version.workspace = true\n[lints]\nworkspace = true\n";

    fn repo(manifest: &str) -> Repo {
        let members = vec![Package {
            dir: "crates/a".into(),
            ..Package::default()
        }];
        Repo {
            members,
            ..Repo::of(&[("crates/a/Cargo.toml", manifest)])
        }
    }

    #[test]
    fn members_inherit() {
        assert!(inheritance(&repo(GOOD)).is_empty());
        let own = GOOD.replace("rust-version.workspace = true", "rust-version = \"1.89\"");
        assert!(inheritance(&repo(&own)).is_empty());
        for line in GOOD.lines().filter(|line| line.contains("workspace")) {
            assert_eq!(
                inheritance(&repo(&GOOD.replace(&format!("\n{line}\n"), "\n"))).len(),
                1,
                "{line}"
            );
        }
    }

    #[test]
    fn a_relaxed_lint_has_a_reason() {
        let lints = |text: &str| relaxed_lints(&repo(text)).len();
        assert_eq!(
            lints("[workspace.lints.clippy]\nx = \"warn\"\n# because\ny = \"allow\"\n"),
            0
        );
        assert_eq!(lints("[workspace.lints.clippy]\ny = \"allow\"\n"), 1);
        assert_eq!(
            lints("[lints.rust]\ny = { level = \"allow\", priority = 1 }\n"),
            1
        );
        assert_eq!(lints("[package]\ny = \"allow\"\n"), 0);
    }
}
