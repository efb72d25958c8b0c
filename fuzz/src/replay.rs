//! Runs every committed seed and regression through its target's body, on stable and without libFuzzer.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{Body, TARGETS};

/// What a target is to start from at least.
const SEEDS: usize = 5;

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a directory, sorted; none when it is not there.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

fn replay(kind: &str, target: &str, body: Body) -> usize {
    let files = files(&home().join(kind).join(target));
    for file in &files {
        println!("{}", file.display());
        body(&fs::read(file).expect("a committed file is readable"));
    }
    files.len()
}

#[test]
fn every_seed_of_every_target() {
    for (target, body) in TARGETS {
        let count = replay("seeds", target, *body);
        assert!(
            count >= SEEDS,
            "{target} has {count} seeds, fewer than {SEEDS}"
        );
    }
}

#[test]
fn every_regression_of_every_target() {
    for (target, body) in TARGETS {
        replay("regressions", target, *body);
    }
}

#[test]
fn every_regression_has_its_root_cause_written_down() {
    let causes = fs::read_to_string(home().join("regressions/README.md"))
        .expect("there is a list of causes");
    for (target, _) in TARGETS {
        for file in files(&home().join("regressions").join(target)) {
            let name = file
                .file_name()
                .expect("a file has a name")
                .to_string_lossy()
                .into_owned();
            assert!(
                causes.contains(&format!("`{target}/{name}`")),
                "{target}/{name} has no cause"
            );
        }
    }
}

#[test]
fn programs_bodies_and_seeds_are_the_same_targets() {
    let listed: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let programs: BTreeSet<String> = files(&home().join("fuzz_targets"))
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    assert_eq!(programs, listed);
    let seeded: BTreeSet<String> = fs::read_dir(home().join("seeds"))
        .expect("there are seeds")
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| home().join("seeds").join(name).is_dir())
        .collect();
    assert_eq!(seeded, listed);
    let manifest = fs::read_to_string(home().join("Cargo.toml")).expect("there is a manifest");
    for name in listed {
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name} is no program of the manifest"
        );
    }
}

/// Short inputs of every kind of byte: what a target does with them it does in no time.
#[test]
fn nothing_and_single_bytes() {
    for (_, body) in TARGETS {
        body(b"");
        for byte in 0..=u8::MAX {
            body(&[byte]);
        }
    }
}
