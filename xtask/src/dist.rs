//! `cargo xtask dist`: the command, compiled with what its own work showed of it.
//!
//! Which branches a request takes, and which functions it never comes to, is more than a compiler
//! can guess: told of it, it lays out the service so that it answers a quarter to two fifths more
//! requests. So all is built twice: once to count what happens under load, in the demo and while a
//! refusal is explained, and once with the counts. What is not part of that work is compiled to be
//! small.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::process::{capture, cargo, command, show, tee};
use crate::workspace::Workspace;
use crate::{bench, tools};

/// The component of the toolchain that reads counts.
const COMPONENT: &str = "llvm-tools";

/// A refused request whose cause is searched for, with the keys that it was signed by.
const REFUSED: [&str; 2] = [
    "crates/countersign-cli/examples/refused/plus-for-space/keys.toml",
    "crates/countersign-cli/examples/refused/plus-for-space/request.http",
];

/// What comes of one build.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Built {
    pub(crate) command: PathBuf,
    /// The bench `http`, which is the service under load.
    pub(crate) bench: PathBuf,
}

/// Builds, and tells where the command is.
pub(crate) fn run(workspace: &Workspace) -> Result<(), String> {
    let built = build(workspace)?;
    println!("{}", built.command.display());
    Ok(())
}

/// Builds with counts, which are taken anew only where what is counted has changed.
pub(crate) fn build(workspace: &Workspace) -> Result<Built, String> {
    let merge = merger(workspace)?;
    let dir = workspace.target_dir.join("dist");
    let place = |name: &str| dir.join(name);
    let (counts, profile, counted) = (place("counts"), place("profile"), place("counted"));
    let flag = format!("-Cprofile-generate={}", counts.display());
    let counting = compile(workspace, &place("counting"), &flag)?;
    let digest = digest(&counting)?;
    if !profile.is_file() || std::fs::read_to_string(&counted).ok() != Some(digest.clone()) {
        // What was compiled with other counts would be taken for new: their name is the same.
        for old in [&counts, &place("counted-on")] {
            remove(old)?;
        }
        work(workspace, &counting, &counts)?;
        let mut merge = command(merge, &workspace.root);
        merge
            .arg("merge")
            .arg("--output")
            .arg(&profile)
            .arg(&counts);
        show(merge)?;
        std::fs::write(&counted, digest)
            .map_err(|error| format!("{}: {error}", counted.display()))?;
    }
    let flag = format!("-Cprofile-use={}", profile.display());
    compile(workspace, &place("counted-on"), &flag)
}

/// `llvm-profdata` of this very toolchain, installed where it is missing.
fn merger(workspace: &Workspace) -> Result<PathBuf, String> {
    let mut rustc = command("rustc", &workspace.root);
    rustc.args(["--print", "target-libdir"]);
    let found = capture(rustc)?;
    let tool = Path::new(found.stdout.trim()).with_file_name("bin");
    let tool = tool.join(format!("llvm-profdata{}", std::env::consts::EXE_SUFFIX));
    if !tool.is_file() {
        let mut rustup = command("rustup", &workspace.root);
        rustup.args(["component", "add", COMPONENT]);
        show(rustup)?;
    }
    Ok(tool)
}

/// Builds command and bench together, so that both are made of the same crates.
fn compile(workspace: &Workspace, dir: &Path, flag: &str) -> Result<Built, String> {
    // With a target named, what runs while all is built is not counted.
    let host = tools::host()?;
    let dir = dir.to_string_lossy();
    let words = [
        "build",
        "--profile",
        "dist",
        "--target",
        &host,
        "--target-dir",
        &dir,
        "--package",
        "countersign-cli",
        "--package",
        "countersign-server",
        "--bin",
        "countersign",
        "--bench",
        "http",
    ];
    let given = std::env::var("RUSTFLAGS").unwrap_or_default();
    let flags: Vec<&str> = given.split_whitespace().chain([flag]).collect();
    // Apart by a character that no path has, where RUSTFLAGS is apart by blanks.
    let flags = flags.join("\u{1f}");
    let building = |more: &[&str]| {
        let mut building = cargo(&workspace.root, &[&words[..], more].concat());
        building.env("CARGO_ENCODED_RUSTFLAGS", &flags);
        building
    };
    show(building(&[]))?;
    let told = capture(building(&["--message-format", "json"]))?;
    built(&told.stdout)
}

/// Where both are, by what cargo tells.
fn built(told: &str) -> Result<Built, String> {
    let mut built = Built::default();
    for line in told.lines() {
        let told: Value = serde_json::from_str(line).unwrap_or_default();
        let text = |path: &str| told.pointer(path).and_then(Value::as_str);
        let Some(executable) = text("/executable") else {
            continue;
        };
        match text("/target/name") {
            Some("countersign") => built.command = executable.into(),
            Some("http") => built.bench = executable.into(),
            _ => {}
        }
    }
    let is_there = |path: &PathBuf| !path.as_os_str().is_empty();
    if is_there(&built.command) && is_there(&built.bench) {
        Ok(built)
    } else {
        Err("cargo tells of no command or no bench that it built".to_owned())
    }
}

/// What is counted: the service under load, the demo, and a search for a cause.
fn work(workspace: &Workspace, counting: &Built, counts: &Path) -> Result<(), String> {
    let counted = |mut command: Command| {
        command.env("LLVM_PROFILE_FILE", counts.join("%p-%m.profraw"));
        command
    };
    println!("what is measured while all is counted is held against no limit");
    let loaded = tee(counted(loaded(workspace, &counting.bench)?))?;
    bench::finished(&loaded).map_err(|fault| format!("the bench {fault}"))?;
    let [keys, request] = REFUSED;
    for words in [&["demo"][..], &["doctor", "--keys", keys, request]] {
        let mut at_work = counted(command(&counting.command, &workspace.root));
        at_work.args(words);
        let done = tee(at_work)?;
        // `doctor` ends with 1, as the request is refused rightly; what it prints is on stdout.
        if done.stdout.is_empty() {
            return Err(format!("`countersign {}` printed nothing", words.join(" ")));
        }
    }
    Ok(())
}

/// The bench, on the core that the service is not on.
pub(crate) fn loaded(workspace: &Workspace, bench: &Path) -> Result<Command, String> {
    let server = workspace
        .member("countersign-server")
        .ok_or("no crate countersign-server")?;
    let dir = workspace.root.join(&server.dir);
    Ok(bench::pinned(bench, &dir, &["--bench"]))
}

fn digest(built: &Built) -> Result<String, String> {
    let mut all = Sha256::new();
    for path in [&built.command, &built.bench] {
        let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        all.update(Sha256::digest(bytes));
    }
    Ok(all
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

fn remove(dir: &Path) -> Result<(), String> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", dir.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_built_is_found_among_what_cargo_tells() {
        let line = |name: &str, path: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","target":{{"name":"{name}"}},"executable":{path}}}"#
            )
        };
        let library = line("countersign", "null");
        let command = line("countersign", r#""/t/dist/countersign""#);
        let bench = line("http", r#""/t/dist/deps/http-1""#);
        let told = [
            &*library,
            &command,
            &library,
            &bench,
            r#"{"reason":"build-finished"}"#,
        ];
        let found = built(&told.join("\n")).unwrap();
        assert_eq!(found.command, Path::new("/t/dist/countersign"));
        assert_eq!(found.bench, Path::new("/t/dist/deps/http-1"));
        assert!(built(&[library, command].join("\n")).is_err());
    }

    #[test]
    fn what_is_explained_while_it_is_counted_is_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        assert!(REFUSED.iter().all(|path| root.join(path).is_file()));
    }
}
