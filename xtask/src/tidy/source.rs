//! Rust sources: length, layout, words that must not be there, where the outside world is touched.

use crate::layers::{self, SANS_IO_UP_TO};
use crate::tidy::files::{File, line_of};
use crate::tidy::{Finding, Repo};

/// A file that is longer holds more than one concept.
const MAX_LINES: usize = 600;

/// A file that is longer is worth a look.
const WARN_LINES: usize = 400;

/// Files that may be longer than [`MAX_LINES`], each with its own limit; the list only shrinks.
const NAUGHTY: &[(&str, usize)] = &[];

/// Words of code that have no place in a finished tree, and why.
const UNWANTED: &[(&str, &str)] = &[
    ("#[ignore", "a test that doesn't run proves nothing"),
    ("#[should_panic", "assert on the error instead"),
    ("dbg!", "left over"),
    ("todo!", "unfinished"),
    ("unimplemented!", "unfinished"),
];

/// Modules of `std` that reach outside of the program.
const OUTSIDE: &[&str] = &["env", "fs", "net", "process", "thread"];

/// The one file of the libraries and the command that reads the clock.
const CLOCK: &str = "crates/countersign-clock/src/system.rs";

pub(super) fn length(repo: &Repo) -> Vec<Finding> {
    length_with(repo, NAUGHTY)
}

fn length_with(repo: &Repo, naughty: &[(&str, usize)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in repo.files.iter().filter(|file| file.is_rust()) {
        let own = naughty
            .iter()
            .find(|(path, _)| *path == file.path)
            .map(|(_, limit)| *limit);
        let lines = file.text.lines().count();
        let limit = own.unwrap_or(MAX_LINES);
        if lines > limit {
            let message = format!("{lines} lines, more than {limit}: split it by concept");
            findings.push(Finding::new(&file.path, 0, message));
        } else if own.is_some() && lines <= MAX_LINES {
            findings.push(Finding::new(
                &file.path,
                0,
                "no longer too long: take it off the list",
            ));
        }
    }
    findings
}

/// Files on their way to the limit; no breach yet.
pub(super) fn long_files(repo: &Repo) -> Vec<Finding> {
    let long = |file: &&File| file.is_rust() && file.text.lines().count() > WARN_LINES;
    repo.files
        .iter()
        .filter(long)
        .map(|file| {
            Finding::new(
                &file.path,
                0,
                format!("{} lines", file.text.lines().count()),
            )
        })
        .collect()
}

pub(super) fn module_files(repo: &Repo) -> Vec<Finding> {
    repo.files
        .iter()
        .filter(|file| file.name() == "mod.rs")
        .map(|file| Finding::new(&file.path, 0, "a module's file carries its name"))
        .collect()
}

pub(super) fn unwanted_words(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &repo.files {
        for (word, why) in UNWANTED {
            for (offset, _) in file.code.match_indices(word) {
                if starts_a_word(&file.code, offset) {
                    let line = line_of(&file.code, offset);
                    findings.push(Finding::new(&file.path, line, format!("`{word}`: {why}")));
                }
            }
        }
    }
    findings
}

/// `#[allow(…)]` and `#[expect(…)]` say why.
pub(super) fn attribute_reasons(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &repo.files {
        for opening in ["[allow(", "[expect("] {
            for (offset, _) in file.code.match_indices(opening) {
                let attribute = file.code.get(offset..).unwrap_or_default();
                let attribute = attribute.split(")]").next().unwrap_or_default();
                if !attribute.contains("reason") {
                    let line = line_of(&file.code, offset);
                    findings.push(Finding::new(
                        &file.path,
                        line,
                        "a relaxed lint without a reason",
                    ));
                }
            }
        }
    }
    findings
}

pub(super) fn clock(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in repo
        .files
        .iter()
        .filter(|file| file.path.starts_with("crates/"))
    {
        if file.path == CLOCK {
            continue;
        }
        for (offset, _) in file.code.match_indices("SystemTime::now") {
            let line = line_of(&file.code, offset);
            findings.push(Finding::new(
                &file.path,
                line,
                format!("only {CLOCK} reads the clock"),
            ));
        }
    }
    findings
}

/// Suites that are run by tests may start threads: they look for what goes wrong between them.
const SUITES: &str = "/src/testing/";

/// No file, socket, process, thread or environment below the adapters.
pub(super) fn sans_io(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in repo.library_sources() {
        let low = file
            .crate_name()
            .and_then(layers::find)
            .is_some_and(|row| row.layer <= SANS_IO_UP_TO);
        if !low || file.path.contains(SUITES) {
            continue;
        }
        let code = &file.shipped;
        for (offset, _) in code.match_indices("std::") {
            let rest = code.get(offset + "std::".len()..).unwrap_or_default();
            for module in used_modules(rest) {
                if OUTSIDE.contains(&module) {
                    let message = format!("`std::{module}` in a crate without input and output");
                    findings.push(Finding::new(&file.path, line_of(code, offset), message));
                }
            }
        }
    }
    findings
}

pub(super) fn crate_docs(repo: &Repo) -> Vec<Finding> {
    repo.members
        .iter()
        .filter(|member| member.publish)
        .filter_map(|member| {
            let file = repo.file(&format!("{}/src/lib.rs", member.dir))?;
            let included = file.text.contains("doc = include_str!(\"../README.md\")");
            (!included).then(|| Finding::new(&file.path, 0, "the README is not the crate's docs"))
        })
        .collect()
}

/// `fs::read` gives `fs`; `{env, fs::File}` gives both.
fn used_modules(rest: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let first = |text: &'_ str| text.find(|c| !is_word(c)).unwrap_or(text.len());
    match rest.strip_prefix('{') {
        None => vec![rest.get(..first(rest)).unwrap_or_default()],
        Some(list) => {
            let list = list.split(';').next().unwrap_or_default();
            list.split([',', '{', '}'])
                .map(str::trim)
                .map(|item| item.get(..first(item)).unwrap_or_default())
                .collect()
        }
    }
}

fn starts_a_word(code: &str, offset: usize) -> bool {
    let before = code.get(..offset).and_then(|text| text.chars().next_back());
    !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Package;

    fn rust(text: &str) -> Repo {
        Repo::of(&[("crates/countersign-key/src/a.rs", text)])
    }

    #[test]
    fn files_have_a_length() {
        assert!(length(&rust(&"x\n".repeat(600))).is_empty());
        assert_eq!(length(&rust(&"x\n".repeat(601))).len(), 1);
        let naughty = [("crates/countersign-key/src/a.rs", 700)];
        assert!(length_with(&rust(&"x\n".repeat(700)), &naughty).is_empty());
        assert_eq!(length_with(&rust(&"x\n".repeat(701)), &naughty).len(), 1);
        assert_eq!(length_with(&rust("x\n"), &naughty).len(), 1);
        assert_eq!(long_files(&rust(&"x\n".repeat(401))).len(), 1);
        assert!(long_files(&rust(&"x\n".repeat(400))).is_empty());
    }

    #[test]
    fn modules_have_names() {
        assert!(module_files(&rust("")).is_empty());
        assert_eq!(
            module_files(&Repo::of(&[("crates/a/src/b/mod.rs", "")])).len(),
            1
        );
    }

    #[test]
    fn unwanted_words_are_found_in_code_only() {
        for code in [
            "#[ignore]",
            "#[ignore = \"slow\"]",
            "#[should_panic(x)]",
            "todo!()",
            "dbg!(1)",
        ] {
            assert_eq!(unwanted_words(&rust(code)).len(), 1, "{code}");
        }
        for code in ["// todo!()", "\"dbg!\"", "my_todo!()", "#[test]"] {
            assert!(unwanted_words(&rust(code)).is_empty(), "{code}");
        }
    }

    #[test]
    fn relaxed_lints_have_reasons() {
        let count = |code| attribute_reasons(&rust(code)).len();
        assert_eq!(
            count("#[expect(clippy::x,\n    reason = \"y\")]\nfn a() {}"),
            0
        );
        assert_eq!(count("#[allow(clippy::x)]\nfn a() {}"), 1);
        assert_eq!(count("#![expect(clippy::x)]\n// reason"), 1);
        assert_eq!(
            count("#![cfg_attr(test, allow(x))]"),
            0,
            "clippy sees this one"
        );
    }

    #[test]
    fn one_file_reads_the_clock() {
        let at = |path, code| clock(&Repo::of(&[(path, code)])).len();
        assert_eq!(at(CLOCK, "SystemTime::now()"), 0);
        assert_eq!(
            at("crates/countersign-cli/src/a.rs", "SystemTime::now()"),
            1
        );
        assert_eq!(
            at("crates/countersign-cli/src/a.rs", "// SystemTime::now()"),
            0
        );
    }

    #[test]
    fn libraries_do_no_io() {
        let count = |code| sans_io(&rust(code)).len();
        assert_eq!(count("use std::fs;"), 1);
        assert_eq!(
            count("use std::{collections::HashMap, env, net::IpAddr};"),
            2
        );
        assert_eq!(count("std::thread::spawn(f)"), 1);
        assert_eq!(
            count("use std::collections::HashMap;\nuse std::error::Error;"),
            0
        );
        assert_eq!(
            count("fn a() {}\n#[cfg(test)]\nmod tests { use std::fs; }"),
            0
        );
        let cli = Repo::of(&[("crates/countersign-cli/src/a.rs", "use std::fs;")]);
        assert!(sans_io(&cli).is_empty());
    }

    #[test]
    fn the_readme_is_the_docs() {
        let repo = |text| Repo {
            members: vec![Package {
                dir: "crates/a".into(),
                publish: true,
                ..Package::default()
            }],
            ..Repo::of(&[("crates/a/src/lib.rs", text)])
        };
        assert!(crate_docs(&repo("#![doc = include_str!(\"../README.md\")]\n")).is_empty());
        assert_eq!(crate_docs(&repo("//! Docs.\n")).len(), 1);
    }
}
