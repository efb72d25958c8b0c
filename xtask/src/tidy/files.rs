//! The files of the repository: what git tracks or would track.

use std::path::Path;

use crate::process::{capture, command};
use crate::tidy::code;

/// Larger files are data; their names are checked and their text is not.
const TEXT_LIMIT: u64 = 1 << 20;

#[derive(Debug)]
pub(crate) struct File {
    /// Relative to the root, with `/`.
    pub(crate) path: String,
    /// Empty for what is not text.
    pub(crate) text: String,
    /// The text of a Rust file with comments and the insides of strings blanked, line for line.
    pub(crate) code: String,
    /// The code without the items that only tests see; line for line as well.
    pub(crate) shipped: String,
}

impl File {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let code = if path.ends_with(".rs") {
            code::only(text)
        } else {
            String::new()
        };
        let shipped = code::without_tests(&code);
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code,
            shipped,
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// A file of tests, benches or examples.
    pub(crate) fn is_test(&self) -> bool {
        self.name() == "tests.rs"
            || ["/tests/", "/benches/", "/examples/"]
                .iter()
                .any(|dir| self.path.contains(dir))
    }

    /// The crate's directory name for files below `crates/`.
    pub(crate) fn crate_name(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }
}

/// The line, from 1, on which a byte offset lies.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

pub(crate) fn load(root: &Path) -> Vec<File> {
    paths(root)
        .into_iter()
        .map(|path| {
            let full = root.join(&path);
            let small = full.metadata().is_ok_and(|about| about.len() <= TEXT_LIMIT);
            let text = if small {
                std::fs::read_to_string(&full).unwrap_or_default()
            } else {
                String::new()
            };
            File::new(&path, &text)
        })
        .collect()
}

/// What git tracks or would track; without git, what is there.
pub(crate) fn paths(root: &Path) -> Vec<String> {
    let mut git = command("git", root);
    git.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let mut paths: Vec<String> = match capture(git) {
        Ok(out) if out.ok => out
            .stdout
            .split('\0')
            .filter(|path| !path.is_empty() && root.join(path).is_file())
            .map(str::to_owned)
            .collect(),
        _ => {
            let mut found = Vec::new();
            walk(root, "", &mut found);
            found
        }
    };
    paths.sort();
    paths.dedup();
    paths
}

fn walk(root: &Path, dir: &str, found: &mut Vec<String>) {
    /// What a checkout collects and an archive of it does not hold.
    const GROWN: &[&str] = &[
        ".git",
        "target",
        "fuzz/artifacts",
        "fuzz/corpus",
        "fuzz/coverage",
        "fuzz/target",
    ];
    for entry in std::fs::read_dir(root.join(dir))
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if dir.is_empty() {
            name
        } else {
            format!("{dir}/{name}")
        };
        if GROWN.contains(&path.as_str()) {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(root, &path, found),
            Ok(kind) if kind.is_file() => found.push(path),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_knows_what_it_is() {
        let file = File::new("crates/countersign-key/src/pem/tests.rs", "fn a() {}");
        assert!(file.is_rust() && file.is_test());
        assert_eq!(file.crate_name(), Some("countersign-key"));
        let file = File::new(
            "crates/countersign/src/lib.rs",
            "a\n#[cfg(test)]\nmod tests;",
        );
        assert!(!file.is_test());
        assert_eq!(file.shipped.trim(), "a");
        assert!(File::new("tests/it/src/lib.rs", "").crate_name().is_none());
    }

    #[test]
    fn the_checkout_is_listed_with_and_without_git() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let listed = paths(root);
        assert!(listed.contains(&"src/tidy/files.rs".to_owned()));
        let mut walked = Vec::new();
        walk(root, "", &mut walked);
        assert!(listed.iter().all(|path| walked.contains(path)));
    }

    #[test]
    fn lines_count_from_one() {
        assert_eq!(line_of("a\nb\nc", 0), 1);
        assert_eq!(line_of("a\nb\nc", 4), 3);
    }
}
