//! Every command in the READMEs runs, exits as they say, and prints what they show.
//!
//! In a fenced block of the kind `console`, a line that begins with `$ ` is a command; a comment
//! `# exit N` at its end is its exit code, else it is 0. Each line below must occur in what it
//! prints.
#![cfg(unix)]
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    reason = "tests"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Commands that build or test, for which a test is no place.
const NOT_RUN: [&str; 2] = ["cargo install ", "cargo xtask ci"];

struct Step {
    line: usize,
    command: String,
    code: i32,
    shown: Vec<String>,
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let (true, Some(command)) = (inside, line.strip_prefix("$ ")) {
            let (command, code) = match command.rsplit_once("  # exit ") {
                Some((command, code)) => (command, code.parse().expect("an exit code")),
                None => (command, 0),
            };
            steps.push(Step {
                line: number.saturating_add(1),
                command: command.replace(
                    "cargo run --release -q -p countersign-cli --",
                    "countersign",
                ),
                code,
                shown: Vec::new(),
            });
        } else if let (true, false, Some(step)) = (inside, line.is_empty(), steps.last_mut()) {
            step.shown.push(line.to_owned());
        }
    }
    steps
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// How much was tried grows with every rule: those numbers are not compared.
fn steady(text: &str) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    for at in 1..words.len() {
        let counts = matches!(words[at], "variants" | "candidates");
        if counts && words[at - 1].bytes().all(|byte| byte.is_ascii_digit()) {
            words[at - 1] = "N";
        }
    }
    words.join(" ")
}

/// Runs the commands of a README in a copy of the examples; gives their number.
fn check(readme: &str, examples: &str) -> usize {
    run(readme, examples, false)
}

/// With `whole`, what is shown has to be all that is printed, in that order.
fn run(readme: &str, examples: &str, whole: bool) -> usize {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join(readme)).expect("the README");
    let place = tempfile::tempdir().unwrap();
    copy(&root.join("examples"), &place.path().join(examples));
    let command = Path::new(env!("CARGO_BIN_EXE_countersign"));
    let path = format!(
        "{}:{}",
        command.parent().unwrap().display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let mut ran = 0_usize;
    for step in steps(&text) {
        if NOT_RUN.iter().any(|start| step.command.starts_with(start)) {
            continue;
        }
        let at = format!("{readme}:{}: {}", step.line, step.command);
        assert!(step.command.starts_with("countersign "), "{at}");
        let done = Command::new("sh")
            .args(["-c", &step.command])
            .current_dir(place.path())
            .env("PATH", &path)
            .env_remove("COUNTERSIGN_PROFILE")
            .env("COUNTERSIGN_CONFIG_DIR", place.path().join("config"))
            .output()
            .expect("a shell");
        let (out, err) = (
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr),
        );
        assert_eq!(done.status.code(), Some(step.code), "{at}\n{out}{err}");
        assert!(!err.contains("warning"), "{at}\n{err}");
        let (steady_out, steady_err) = (steady(&out), steady(&err));
        for line in &step.shown {
            let line = steady(line);
            assert!(
                steady_out.contains(&line) || steady_err.contains(&line),
                "{at}\ndoes not print {line:?}, but\n{out}{err}"
            );
        }
        if whole {
            let printed: Vec<&str> = steady_out.lines().filter(|line| !line.is_empty()).collect();
            let shown: Vec<String> = step.shown.iter().map(|line| steady(line)).collect();
            assert_eq!(printed, shown, "{at}");
        }
        ran += 1;
    }
    ran
}

#[test]
fn the_root_readme() {
    let ran = check("../../README.md", "crates/countersign-cli/examples");
    assert!(ran >= 2, "{ran}");
}

/// The facade's README is a doctest; the same lines stand in the root's.
#[test]
fn the_example_of_the_root_readme_is_the_tested_one() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect("a README");
    let (text, facade) = (read("../../README.md"), read("../countersign/README.md"));
    let (_, block) = text.split_once("```rust\n").expect("an example");
    let (block, _) = block.split_once("```").expect("its end");
    assert!(block.lines().count() <= 13, "a dozen lines");
    for line in block.lines() {
        assert!(facade.lines().any(|known| known == line), "{line}");
    }
}

#[test]
fn the_readme_of_the_command() {
    let ran = check("README.md", "examples");
    assert!(ran >= 12, "{ran}");
}

#[test]
fn the_readme_of_the_refused_requests() {
    assert_eq!(check("examples/refused/README.md", "examples"), 6);
}

/// Five causes at least, each with its whole report.
#[test]
fn the_reports_of_the_manual() {
    let ran = run("../countersign/src/manual/reports.md", "examples", true);
    assert!(ran >= 5, "{ran}");
}

#[test]
fn commands_codes_and_lines_are_told_apart() {
    let steps = steps("```sh\n$ no\n```\n```console\n$ a  # exit 3\nx\n\n$ b | c\n```\ny\n");
    let found: Vec<(&str, i32, usize)> = steps
        .iter()
        .map(|step| (step.command.as_str(), step.code, step.shown.len()))
        .collect();
    assert_eq!(found, [("a", 3, 1), ("b | c", 0, 0)]);
}
