//! Every public parser is fuzzed, from seeds.

use crate::layers::{self, SANS_IO_UP_TO};
use crate::tidy::api::public_functions;
use crate::tidy::files::line_of;
use crate::tidy::{Finding, Repo};

/// A target starts from at least so many seeds.
const SEEDS: usize = 5;

/// Names that parsers go by.
const NAMES: &[&str] = &[
    "decode",
    "from_der",
    "from_pem",
    "parse",
    "read",
    "recognise",
];

/// Which target reaches the parsers of a file or of a whole crate.
const FUZZED: &[(&str, &str)] = &[
    (
        "countersign-base-string/src/authorization.rs",
        "authorization",
    ),
    ("countersign-base-string/src/base_string.rs", "base_string"),
    ("countersign-base-string/src/parts.rs", "echo_diff"),
    ("countersign-base-string/src/uri.rs", "base_uri"),
    ("countersign-capture", "cgi_env"),
    ("countersign-capture", "curl"),
    ("countersign-capture", "har"),
    ("countersign-capture", "log"),
    ("countersign-capture", "raw_http"),
    ("countersign-capture/src/settings.rs", "settings"),
    ("countersign-certificate", "certificate"),
    ("countersign-client", "client"),
    ("countersign-clock", "clock"),
    ("countersign-encoding/src/decode.rs", "encoding"),
    ("countersign-encoding/src/form.rs", "form"),
    ("countersign-key", "pem"),
    ("countersign-problem", "problem"),
    ("countersign-provider", "provider"),
    ("countersign-signature", "signature"),
    ("countersign-token", "token"),
];

pub(super) fn fuzzed(repo: &Repo) -> Vec<Finding> {
    fuzzed_with(repo, FUZZED)
}

fn fuzzed_with(repo: &Repo, table: &[(&str, &str)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (place, target) in table {
        let path = format!("fuzz/fuzz_targets/{target}.rs");
        if repo.file(&path).is_none() {
            findings.push(Finding::new(
                &path,
                0,
                format!("missing; it is to fuzz {place}"),
            ));
        }
        let prefix = format!("crates/{place}");
        if !repo.files.iter().any(|file| file.path.starts_with(&prefix)) {
            findings.push(Finding::new(
                &prefix,
                0,
                format!("gone; {target} still names it"),
            ));
        }
    }
    for file in repo.library_sources() {
        let low = file
            .crate_name()
            .and_then(layers::find)
            .is_some_and(|r| r.layer <= SANS_IO_UP_TO);
        let listed = |(place, _): &(&str, &str)| {
            let prefix = format!("crates/{place}");
            file.path == prefix || file.path.starts_with(&format!("{prefix}/"))
        };
        if !low || table.iter().any(listed) {
            continue;
        }
        let code = &file.shipped;
        for function in public_functions(code) {
            let parser = NAMES.iter().any(|name| {
                function.name == *name || function.name.starts_with(&format!("{name}_"))
            });
            let takes_input = ["&str", "&[u8]", "&'a str", "&'a [u8]"]
                .iter()
                .any(|input| function.signature.contains(input));
            if parser && takes_input {
                let message = format!("`{}` has no fuzz target in the list", function.name);
                findings.push(Finding::new(
                    &file.path,
                    line_of(code, function.offset),
                    message,
                ));
            }
        }
    }
    findings
}

pub(super) fn seeds(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &repo.files {
        let target = file
            .path
            .strip_prefix("fuzz/fuzz_targets/")
            .and_then(|name| name.strip_suffix(".rs"));
        let Some(target) = target else { continue };
        let dir = format!("fuzz/seeds/{target}/");
        let count = repo
            .files
            .iter()
            .filter(|file| file.path.starts_with(&dir))
            .count();
        if count < SEEDS {
            findings.push(Finding::new(
                &dir,
                0,
                format!("{count} seeds, fewer than {SEEDS}"),
            ));
        }
        let declared = format!("fuzz_targets/{target}.rs");
        if !repo
            .file("fuzz/Cargo.toml")
            .is_some_and(|file| file.text.contains(&declared))
        {
            findings.push(Finding::new(
                &file.path,
                0,
                "not a binary of fuzz/Cargo.toml",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARSER: (&str, &str) = (
        "crates/countersign-key/src/pem.rs",
        "pub fn parse(input: &[u8]) -> Result<A, B> {}",
    );

    #[test]
    fn a_listed_parser_has_its_target() {
        let repo = Repo::of(&[PARSER, ("fuzz/fuzz_targets/pem.rs", "")]);
        assert!(fuzzed_with(&repo, &[("countersign-key", "pem")]).is_empty());
        assert!(fuzzed_with(&repo, &[("countersign-key/src/pem.rs", "pem")]).is_empty());
    }

    #[test]
    fn an_unlisted_parser_and_a_missing_target_are_found() {
        let repo = Repo::of(&[PARSER]);
        assert_eq!(fuzzed_with(&repo, &[]).len(), 1);
        assert_eq!(
            fuzzed_with(&repo, &[("countersign-key/src/pem.rs", "pem")]).len(),
            1
        );
        // Both the target is missing and the file is gone, and the parser is not covered.
        assert_eq!(
            fuzzed_with(&repo, &[("countersign-key/src/der.rs", "der")]).len(),
            3
        );
    }

    #[test]
    fn what_parses_nothing_is_left_alone() {
        for code in [
            "pub fn read(&self) -> u8 {}",
            "fn parse(a: &str) {}",
            "pub fn parser(a: &str) {}",
        ] {
            let repo = Repo::of(&[("crates/countersign-key/src/a.rs", code)]);
            assert!(fuzzed_with(&repo, &[]).is_empty(), "{code}");
        }
    }

    #[test]
    fn targets_have_seeds_and_are_declared() {
        let mut files = vec![
            ("fuzz/Cargo.toml", "path = \"fuzz_targets/pem.rs\""),
            ("fuzz/fuzz_targets/pem.rs", ""),
            ("fuzz/seeds/pem/1", ""),
            ("fuzz/seeds/pem/2", ""),
            ("fuzz/seeds/pem/3", ""),
            ("fuzz/seeds/pem/4", ""),
            ("fuzz/seeds/pem/5", ""),
        ];
        assert!(seeds(&Repo::of(&files)).is_empty());
        files.pop();
        assert_eq!(seeds(&Repo::of(&files)).len(), 1);
        files[0].1 = "";
        assert_eq!(seeds(&Repo::of(&files)).len(), 2);
    }
}
