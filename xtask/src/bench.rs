//! `cargo xtask bench`: ours against the peers, on one core.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::process::{Captured, cargo, command, tee};
use crate::workspace::Workspace;
use crate::{dist, features, process, tools};

/// How the code of a bench is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compiled {
    /// As whoever depends on the crate compiles it.
    Plainly,
    /// As the command is given out: see [`dist`].
    AsTheCommand,
}

/// A crate that has limits, and the bench that has them.
type Bench = (&'static str, &'static str, Compiled);

const fn plain(name: &'static str, bench: &'static str) -> Bench {
    (name, bench, Compiled::Plainly)
}

/// What can be asked for.
pub(crate) const GROUPS: &[(&str, &[Bench])] = &[
    ("signature", &[plain("countersign-signature", "ratios")]),
    ("doctor", &[plain("countersign-doctor", "search")]),
    (
        "provider",
        &[
            plain("countersign-provider", "check"),
            plain("countersign-tower", "layer"),
            plain("countersign-test-it", "timing"),
            plain("countersign-store", "nonces"),
            plain("countersign-store-sqlite", "nonces"),
        ],
    ),
    (
        "client",
        &[
            plain("countersign-client", "current"),
            plain("countersign-reqwest", "overhead"),
            plain("countersign-store-sqlite", "connections"),
        ],
    ),
    (
        "http",
        &[("countersign-server", "http", Compiled::AsTheCommand)],
    ),
];

/// What the bench prints behind a ratio above its limit; it ends with an error too.
const MISSED: &str = "MISSED";

/// Runs the groups asked for, or all.
pub(crate) fn run(workspace: &Workspace, groups: &[String]) -> Result<(), String> {
    // All are run, so that one miss does not hide another.
    let faults: Vec<_> = GROUPS
        .iter()
        .filter(|(group, _)| groups.is_empty() || groups.iter().any(|asked| asked == group))
        .flat_map(|(_, benches)| benches.iter())
        .filter_map(|bench| one(workspace, *bench).err())
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("; "))
    }
}

fn one(workspace: &Workspace, (name, bench, compiled): Bench) -> Result<(), String> {
    let run = match compiled {
        Compiled::Plainly => plainly(workspace, name, bench)?,
        Compiled::AsTheCommand => dist::loaded(workspace, &dist::build(workspace)?.bench)?,
    };
    let out = tee(run)?;
    match finished(&out) {
        Ok(0) => Ok(()),
        Ok(missed) => Err(format!("{missed} limits of {name} missed")),
        Err(fault) => Err(format!("the bench of {name} {fault}")),
    }
}

/// How many limits a bench missed, if it came to its end.
pub(crate) fn finished(out: &Captured) -> Result<usize, String> {
    let is_miss = |line: &&str| line.split_whitespace().any(|word| word == MISSED);
    match out.stdout.lines().filter(is_miss).count() {
        0 if !out.ok => Err("failed".to_owned()),
        missed => Ok(missed),
    }
}

/// Builds a bench on all cores; what runs it on one.
fn plainly(workspace: &Workspace, name: &str, bench: &str) -> Result<Command, String> {
    let package = workspace
        .member(name)
        .ok_or_else(|| format!("no crate {name}"))?;
    let openssl = tools::has_openssl();
    if !openssl && features::wants_openssl(package) {
        println!("SKIP {}", tools::NO_OPENSSL);
    }
    let all = features::all([package].into_iter(), openssl).join(",");
    let words = [
        "bench",
        "--package",
        name,
        "--bench",
        bench,
        "--features",
        &all,
    ];
    process::show(cargo(
        &workspace.root,
        &[&words[..], &["--no-run"]].concat(),
    ))?;
    Ok(pinned("cargo", &workspace.root, &words))
}

/// A program on one core only.
pub(crate) fn pinned(program: impl AsRef<OsStr>, dir: &Path, words: &[&str]) -> Command {
    let core = std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| last_allowed_core(&status));
    let mut run = match (core, tools::find("taskset")) {
        (Some(core), Some(taskset)) => {
            let mut run = command(taskset, dir);
            run.args(["--cpu-list", &core]).arg(program);
            run
        }
        _ => {
            println!("not pinned to a core: no taskset");
            command(program, dir)
        }
    };
    run.args(words);
    run
}

/// The last core this process may run on: the first is where the machine does its own work.
fn last_allowed_core(status: &str) -> Option<String> {
    let list = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    let last = list.trim().rsplit([',', '-']).next()?;
    last.parse::<u32>().ok().map(|core| core.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_miss_is_told_from_a_failure() {
        let out = |ok, stdout: &str| {
            finished(&Captured {
                ok,
                stdout: stdout.to_owned(),
                stderr: String::new(),
            })
        };
        assert_eq!(out(true, "a 1 ok\n"), Ok(0));
        assert_eq!(out(false, "a 1 ok\nb 2 MISSED\nc 3 MISSED\n"), Ok(2));
        assert!(out(false, "a 1 ok\n").is_err());
    }

    #[test]
    fn the_last_core_is_found() {
        let status = |list: &str| format!("Name:\txtask\nCpus_allowed_list:\t{list}\n");
        assert_eq!(last_allowed_core(&status("0-1")).as_deref(), Some("1"));
        assert_eq!(last_allowed_core(&status("0,2-5,7")).as_deref(), Some("7"));
        assert_eq!(last_allowed_core(&status("3")).as_deref(), Some("3"));
        assert_eq!(last_allowed_core("Name:\txtask\n"), None);
    }
}
