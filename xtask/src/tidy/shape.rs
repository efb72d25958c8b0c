//! What stands where: the top level, package names, documents, the CI script.

use crate::layers::FACADE;
use crate::tidy::{Finding, Repo};

/// The top level is fixed; a new name here is a decision about the whole layout.
const TOP: &[&str] = &[
    ".cargo",
    ".ci",
    ".clippy.toml",
    ".gitignore",
    ".rustfmt.toml",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "crates",
    "fuzz",
    "tests",
    "xtask",
];

/// What the directories of the top level hold.
const INSIDE: &[(&str, &[&str])] = &[
    (".cargo", &["config.toml", "deny.toml", "nextest.toml"]),
    (".ci", &["run"]),
    ("tests", &["it", "support", "vectors"]),
];

/// Members whose package name is not their directory's.
const NAMES: &[(&str, &str)] = &[
    ("tests/it", "countersign-test-it"),
    ("tests/support", "countersign-test-support"),
];

/// More lines than this and the script defines something of its own.
const CI_LINES: usize = 10;

pub(super) fn top_level(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &repo.files {
        let (top, rest) = file.path.split_once('/').unwrap_or((&file.path, ""));
        if !TOP.contains(&top) {
            findings.push(Finding::new(
                &file.path,
                0,
                "not one of the fixed names at the top",
            ));
        }
        let next = rest.split('/').next().unwrap_or_default();
        if let Some((_, names)) = INSIDE.iter().find(|(dir, _)| *dir == top)
            && !names.contains(&next)
        {
            findings.push(Finding::new(
                &file.path,
                0,
                format!("{top}/ holds only {names:?}"),
            ));
        }
    }
    findings
}

pub(super) fn package_names(repo: &Repo) -> Vec<Finding> {
    repo.members
        .iter()
        .filter_map(|member| {
            let own = member.dir.rsplit('/').next().unwrap_or_default();
            let due = NAMES
                .iter()
                .find(|(dir, _)| *dir == member.dir)
                .map_or(own, |(_, name)| name);
            (member.name != due).then(|| {
                Finding::new(
                    &member.dir,
                    0,
                    format!("package `{}` is to be `{due}`", member.name),
                )
            })
        })
        .collect()
}

pub(super) fn documents(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut due = |path: &str| {
        if repo
            .file(path)
            .is_none_or(|file| file.text.trim().is_empty())
        {
            findings.push(Finding::new(path, 0, "missing or empty"));
        }
    };
    for path in ["LICENSE-APACHE", "LICENSE-MIT", "README.md"] {
        due(path);
    }
    for member in repo.members.iter().filter(|member| member.publish) {
        due(&format!("{}/README.md", member.dir));
    }
    if let Some(facade) = repo.members.iter().find(|member| member.name == FACADE) {
        let path = format!("{}/CHANGELOG.md", facade.dir);
        let headings = [
            format!("## {}", facade.version),
            format!("## [{}]", facade.version),
        ];
        let text = repo.file(&path).map_or("", |file| &file.text);
        if !text
            .lines()
            .any(|line| headings.iter().any(|heading| line.starts_with(heading)))
        {
            findings.push(Finding::new(
                &path,
                0,
                format!("no heading `{}`", headings.join("` or `")),
            ));
        }
    }
    findings
}

/// CI is `cargo xtask ci`; the script only starts it.
pub(super) fn ci_script(repo: &Repo) -> Vec<Finding> {
    const PATH: &str = ".ci/run";
    let text = repo.file(PATH).map_or("", |file| &file.text);
    if !text.contains("cargo xtask ci --strict") {
        return vec![Finding::new(
            PATH,
            0,
            "does not run `cargo xtask ci --strict`",
        )];
    }
    if text.lines().count() > CI_LINES {
        return vec![Finding::new(PATH, 0, format!("more than {CI_LINES} lines"))];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Package;

    fn member(name: &str, dir: &str) -> Package {
        Package {
            name: name.into(),
            dir: dir.into(),
            version: "0.1.0".into(),
            publish: true,
            ..Package::default()
        }
    }

    #[test]
    fn the_top_level_is_fixed() {
        let good = Repo::of(&[("Cargo.toml", ""), ("tests/it/a.rs", ""), (".ci/run", "")]);
        assert!(top_level(&good).is_empty());
        let bad = Repo::of(&[("notes.md", ""), ("tests/more/a.rs", ""), (".ci/other", "")]);
        assert_eq!(top_level(&bad).len(), 3);
    }

    #[test]
    fn packages_are_named_like_their_directory() {
        let repo = |name, dir| Repo {
            members: vec![member(name, dir)],
            ..Repo::default()
        };
        assert!(package_names(&repo("countersign-key", "crates/countersign-key")).is_empty());
        assert!(package_names(&repo("countersign-test-it", "tests/it")).is_empty());
        assert_eq!(
            package_names(&repo("key", "crates/countersign-key")).len(),
            1
        );
        assert_eq!(package_names(&repo("it", "tests/it")).len(), 1);
    }

    #[test]
    fn documents_are_there() {
        let texts = [
            ("LICENSE-APACHE", "x"),
            ("LICENSE-MIT", "x"),
            ("README.md", "x"),
            ("crates/countersign/README.md", "x"),
            (
                "crates/countersign/CHANGELOG.md",
                "# Changelog\n\n## [0.1.0] - unreleased\n",
            ),
        ];
        let facade = || vec![member("countersign", "crates/countersign")];
        let good = Repo {
            members: facade(),
            ..Repo::of(&texts)
        };
        assert!(documents(&good).is_empty());
        for missing in 0..texts.len() {
            let mut texts = texts;
            texts[missing].1 = " \n";
            let bad = Repo {
                members: facade(),
                ..Repo::of(&texts)
            };
            assert_eq!(documents(&bad).len(), 1, "{}", texts[missing].0);
        }
    }

    #[test]
    fn the_ci_script_only_starts_ci() {
        let script = |text: &str| ci_script(&Repo::of(&[(".ci/run", text)])).len();
        assert_eq!(script("#!/bin/sh\nexec cargo xtask ci --strict\n"), 0);
        assert_eq!(script("#!/bin/sh\ncargo test\n"), 1);
        assert_eq!(
            script(&format!("cargo xtask ci --strict\n{}", "x\n".repeat(20))),
            1
        );
        assert_eq!(ci_script(&Repo::default()).len(), 1);
    }
}
