//! `cargo xtask tidy`: the checks of the repository's shape, as a table of pure functions.
//!
//! Each check takes the files and the members and gives findings, so that its tests show one
//! repository that passes and one that does not.

mod api;
mod code;
mod dependencies;
pub(crate) mod files;
mod manifests;
mod parsers;
mod shape;
mod source;
mod text;

use core::fmt;

use crate::workspace::{Package, Workspace};
use files::File;

/// What the checks look at.
#[derive(Debug, Default)]
pub(crate) struct Repo {
    pub(crate) files: Vec<File>,
    pub(crate) members: Vec<Package>,
}

/// One breach.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) path: String,
    /// From 1; 0 when the whole file or a directory is meant.
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl Finding {
    pub(crate) fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

#[derive(Debug)]
struct Check {
    name: &'static str,
    run: fn(&Repo) -> Vec<Finding>,
}

const fn check(name: &'static str, run: fn(&Repo) -> Vec<Finding>) -> Check {
    Check { name, run }
}

const CHECKS: &[Check] = &[
    check("top level", shape::top_level),
    check("directory is package name", shape::package_names),
    check("readme, changelog, licences", shape::documents),
    check("ci script", shape::ci_script),
    check("inherited manifests", manifests::inheritance),
    check("relaxed lints", manifests::relaxed_lints),
    check("layers", dependencies::layers),
    check("external packages", dependencies::external),
    check("dev-dependencies", dependencies::dev_dependencies),
    check("file length", source::length),
    check("module files", source::module_files),
    check("unwanted words", source::unwanted_words),
    check("reasons", source::attribute_reasons),
    check("clock", source::clock),
    check("sans-io", source::sans_io),
    check("crate docs", source::crate_docs),
    check("verification is no bool", api::verification_is_no_bool),
    check("no public tuple fields", api::tuple_fields),
    check("no foreign From", api::foreign_from),
    check("no global state", api::global_state),
    check("opaque mismatch", api::opaque_mismatch),
    check("danger in the name", api::danger_in_the_name),
    check("machine paths", text::machine_paths),
    check("registries", text::registries),
    check("hosts in readmes", text::readme_hosts),
    check("parsers are fuzzed", parsers::fuzzed),
    check("fuzz targets have seeds", parsers::seeds),
];

/// Runs every check on the checkout.
pub(crate) fn run(workspace: &Workspace) -> Result<(), String> {
    let repo = Repo::load(workspace);
    for warning in source::long_files(&repo) {
        println!("warning: {warning}");
    }
    let findings = repo.findings();
    if findings.is_empty() {
        println!(
            "tidy: {} checks on {} files",
            CHECKS.len(),
            repo.files.len()
        );
        Ok(())
    } else {
        Err(format!(
            "{} untidy places\n{}",
            findings.len(),
            findings.join("\n")
        ))
    }
}

impl Repo {
    pub(crate) fn load(workspace: &Workspace) -> Self {
        Self {
            files: files::load(&workspace.root),
            members: workspace.members.clone(),
        }
    }

    fn findings(&self) -> Vec<String> {
        CHECKS
            .iter()
            .flat_map(|check| {
                let named = |finding: Finding| format!("{finding} [{}]", check.name);
                (check.run)(self).into_iter().map(named)
            })
            .collect()
    }

    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The Rust files of the crates that go to the registry, without their tests.
    pub(crate) fn library_sources(&self) -> impl Iterator<Item = &File> {
        self.files
            .iter()
            .filter(|file| file.path.starts_with("crates/") && file.path.contains("/src/"))
            .filter(|file| file.is_rust() && !file.is_test())
    }
}

#[cfg(test)]
impl Repo {
    /// A repository of these files, for the tests of the checks.
    fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| File::new(path, text))
            .collect();
        Self {
            files,
            members: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checkout_is_tidy() {
        let workspace = Workspace::load().unwrap();
        let findings = Repo::load(&workspace).findings();
        assert!(findings.is_empty(), "\n{}", findings.join("\n"));
    }

    #[test]
    fn a_finding_names_its_place() {
        assert_eq!(Finding::new("a.rs", 3, "long").to_string(), "a.rs:3: long");
        assert_eq!(Finding::new("a", 0, "odd").to_string(), "a: odd");
    }
}
