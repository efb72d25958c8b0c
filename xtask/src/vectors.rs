//! The test vectors: their sums checked, their cases counted.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::tidy::files;
use crate::workspace::Workspace;

const DIR: &str = "tests/vectors";

/// The name of a file of `sum  path` lines, as `sha256sum` writes them.
const SUMS: &str = "SHA256SUMS";

pub(crate) fn run(workspace: &Workspace, list: bool) -> Result<(), String> {
    if list {
        self::list(workspace)
    } else {
        check(workspace)
    }
}

/// Every sum in every `SHA256SUMS` is right, and such a file covers its whole directory.
pub(crate) fn check(workspace: &Workspace) -> Result<(), String> {
    let paths = vector_files(workspace);
    let mut checked = 0_usize;
    let mut faults = Vec::new();
    for sums in paths
        .iter()
        .filter(|path| path.ends_with(&format!("/{SUMS}")))
    {
        let dir = sums.strip_suffix(SUMS).unwrap_or_default();
        let text = read(&workspace.root, sums)?;
        let below: Vec<&str> = paths
            .iter()
            .filter_map(|path| path.strip_prefix(dir))
            .collect();
        let listed = parse_sums(&String::from_utf8_lossy(&text))
            .map_err(|fault| format!("{sums}: {fault}"))?;
        faults.extend(
            unlisted(&listed, &below)
                .into_iter()
                .map(|name| format!("{dir}{name}: not in {SUMS}")),
        );
        for (name, sum) in listed {
            checked += 1;
            match read(&workspace.root, &format!("{dir}{name}")) {
                Ok(bytes) if hex_sha256(&bytes) == sum => {}
                Ok(_) => faults.push(format!("{dir}{name}: another sum than {SUMS} says")),
                Err(error) => faults.push(error),
            }
        }
    }
    println!("vectors: {checked} sums checked");
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("\n"))
    }
}

/// Cases by the directory below `tests/vectors`.
fn list(workspace: &Workspace) -> Result<(), String> {
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for path in vector_files(workspace) {
        let below = path
            .strip_prefix(DIR)
            .unwrap_or(&path)
            .trim_start_matches('/');
        let name = below.rsplit('/').next().unwrap_or(below);
        if !name.ends_with(".json") {
            continue;
        }
        let kind = below.split_once('/').map_or("(top)", |(kind, _)| kind);
        let cases = cases(&read(&workspace.root, &path)?);

        let counts = kinds.entry(kind.to_owned()).or_default();
        counts.0 += 1;
        counts.1 += cases;
    }
    for (kind, (files, cases)) in &kinds {
        println!("{kind:<24} {files:>6} files {cases:>7} cases");
    }
    let (files, cases) = kinds
        .values()
        .fold((0, 0), |sum, counts| (sum.0 + counts.0, sum.1 + counts.1));
    println!("{:<24} {files:>6} files {cases:>7} cases", "all");
    Ok(())
}

/// The cases in one JSON file: the tests of its groups, the items of its list, or itself.
fn cases(bytes: &[u8]) -> usize {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return 1;
    };
    if let Some(groups) = value.get("testGroups").and_then(Value::as_array) {
        return groups
            .iter()
            .filter_map(|group| group.get("tests")?.as_array())
            .map(Vec::len)
            .sum();
    }
    let lists = ["cases", "tests", "vectors"]
        .iter()
        .find_map(|key| value.get(key)?.as_array());
    value.as_array().or(lists).map_or(1, Vec::len)
}

fn vector_files(workspace: &Workspace) -> Vec<String> {
    let inside = |path: &String| path.starts_with(&format!("{DIR}/"));
    files::paths(&workspace.root)
        .into_iter()
        .filter(inside)
        .collect()
}

fn parse_sums(text: &str) -> Result<Vec<(String, String)>, String> {
    text.lines()
        .enumerate()
        .map(|(index, line)| match line.split_once("  ") {
            Some((sum, name)) if sum.len() == 64 => {
                Ok((name.trim_start_matches("./").to_owned(), sum.to_owned()))
            }
            _ => Err(format!("line {} is not `sum  path`", index + 1)),
        })
        .collect()
}

/// Files beside the sums that they do not cover; prose needs no sum.
fn unlisted<'p>(listed: &[(String, String)], below: &[&'p str]) -> Vec<&'p str> {
    below
        .iter()
        .copied()
        .filter(|name| *name != SUMS && !name.ends_with(".md"))
        .filter(|name| !listed.iter().any(|(known, _)| known == name))
        .collect()
}

fn read(root: &Path, path: &str) -> Result<Vec<u8>, String> {
    std::fs::read(root.join(path)).map_err(|error| format!("{path}: {error}"))
}

fn hex_sha256(bytes: &[u8]) -> String {
    use core::fmt::Write as _;

    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String can't fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-2, appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_sum_is_sha256() {
        assert_eq!(hex_sha256(b"abc"), ABC);
        assert_ne!(hex_sha256(b"abd"), ABC);
    }

    #[test]
    fn sums_are_read_and_damage_is_refused() {
        let listed = parse_sums(&format!("{ABC}  a.json\n{ABC}  ./b/c.json\n")).unwrap();
        assert_eq!(
            listed,
            [
                ("a.json".into(), ABC.into()),
                ("b/c.json".into(), ABC.into())
            ]
        );
        assert!(parse_sums("abc a.json\n").is_err());
    }

    #[test]
    fn a_file_without_a_sum_is_named() {
        let listed = [("a.json".to_owned(), ABC.to_owned())];
        assert_eq!(unlisted(&listed, &["a.json", "README.md", SUMS]), [""; 0]);
        assert_eq!(unlisted(&listed, &["a.json", "b.json"]), ["b.json"]);
    }

    #[test]
    fn cases_are_counted_in_every_shape() {
        assert_eq!(
            cases(br#"{"testGroups":[{"tests":[1,2]},{"tests":[3]}]}"#),
            3
        );
        assert_eq!(cases(b"[1,2]"), 2);
        assert_eq!(cases(br#"{"cases":[1,2,3,4]}"#), 4);
        assert_eq!(cases(br#"{"input":"x"}"#), 1);
    }
}
