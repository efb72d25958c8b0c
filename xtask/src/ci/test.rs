//! TEST, DOCTEST: every test of the workspace with all features.

use std::process::Command;

use crate::ci::lint::openssl_note;
use crate::ci::{Context, Notes};
use crate::process::{cargo, show, tee};
use crate::{features, tools};

pub(super) fn test(context: &Context) -> Result<Notes, String> {
    let openssl = tools::has_openssl();
    let all = features::of_workspace(&context.workspace, openssl);
    let tail = ["--workspace", "--features", &all];
    if tools::has_cargo_tool("nextest") {
        let head = [
            "nextest",
            "run",
            "--config-file",
            ".cargo/nextest.toml",
            "--no-fail-fast",
        ];
        show(with_environment(
            context,
            cargo(&context.workspace.root, &[&head[..], &tail].concat()),
        ))?;
    } else {
        let head = ["test", "--no-fail-fast", "--lib", "--bins", "--tests"];
        let command = cargo(&context.workspace.root, &[&head[..], &tail].concat());
        let out = tee(with_environment(context, command))?;
        println!("{}", Totals::read(&out.stdout).line());
        if !out.ok {
            return Err("cargo test failed".to_owned());
        }
    }
    let mut notes = openssl_note(context, openssl);
    if !context.workspace.python().is_file() {
        notes
            .skipped
            .push("comparison with oauthlib: no Python environment".to_owned());
    }
    if !context.workspace.node().join("node_modules").is_dir() {
        notes
            .skipped
            .push("clients of others: no Node packages".to_owned());
    }
    if !tools::has_strace() {
        notes.skipped.push(tools::NO_STRACE.to_owned());
    }
    if cfg!(target_os = "linux") && !tools::has_keyring() {
        notes.skipped.push(tools::NO_KEYRING.to_owned());
    }
    Ok(notes)
}

pub(super) fn doctest(context: &Context) -> Result<Notes, String> {
    let openssl = tools::has_openssl();
    let all = features::of_workspace(&context.workspace, openssl);
    let words = [
        "test",
        "--doc",
        "--no-fail-fast",
        "--workspace",
        "--features",
        &all,
    ];
    show(with_environment(
        context,
        cargo(&context.workspace.root, &words),
    ))?;
    Ok(openssl_note(context, openssl))
}

/// Tests that need an optional tool of the machine read these two.
fn with_environment(context: &Context, mut command: Command) -> Command {
    command.env("COUNTERSIGN_TOOLS", context.workspace.tools_dir());
    if context.strict {
        command.env("COUNTERSIGN_STRICT", "1");
    }
    command
}

/// The sums over all `test result:` lines of `cargo test`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Totals {
    binaries: u64,
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Totals {
    fn read(output: &str) -> Self {
        let mut totals = Self::default();
        for line in output
            .lines()
            .filter(|line| line.starts_with("test result:"))
        {
            let count = |what: &str| {
                let words: Vec<&str> = line.split([' ', ';']).filter(|w| !w.is_empty()).collect();
                words
                    .windows(2)
                    .find_map(|pair| match pair {
                        [number, word] if *word == what => number.parse::<u64>().ok(),
                        _ => None,
                    })
                    .unwrap_or(0)
            };
            totals.binaries += 1;
            totals.passed += count("passed");
            totals.failed += count("failed");
            totals.ignored += count("ignored");
        }
        totals
    }

    fn line(&self) -> String {
        format!(
            "Summary: {} tests run in {} binaries: {} passed, {} failed, {} ignored",
            self.passed + self.failed,
            self.binaries,
            self.passed,
            self.failed,
            self.ignored
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_summed() {
        let output = "running 2 tests\n\
            test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            noise\n\
            test result: FAILED. 1 passed; 2 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.10s\n";
        let totals = Totals::read(output);
        assert_eq!(
            totals,
            Totals {
                binaries: 2,
                passed: 13,
                failed: 2,
                ignored: 3
            }
        );
        assert!(
            totals
                .line()
                .starts_with("Summary: 15 tests run in 2 binaries: 13 passed, 2 failed")
        );
    }
}
