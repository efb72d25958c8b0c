//! `cargo xtask bench`: ours against the peers, on one core.

use std::process::Command;

use crate::process::{cargo, command, tee};
use crate::workspace::Workspace;
use crate::{features, process, tools};

/// What can be asked for, each with the crates that have limits and the bench that has them.
pub(crate) const GROUPS: &[(&str, &[(&str, &str)])] = &[
    ("signature", &[("countersign-signature", "ratios")]),
    ("doctor", &[("countersign-doctor", "search")]),
    (
        "provider",
        &[
            ("countersign-provider", "check"),
            ("countersign-tower", "layer"),
            ("countersign-test-it", "timing"),
            ("countersign-store", "nonces"),
            ("countersign-store-sqlite", "nonces"),
        ],
    ),
    (
        "client",
        &[
            ("countersign-client", "current"),
            ("countersign-reqwest", "overhead"),
            ("countersign-store-sqlite", "connections"),
        ],
    ),
    ("http", &[("countersign-server", "http")]),
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
        .filter_map(|(name, bench)| one(workspace, name, bench).err())
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("; "))
    }
}

fn one(workspace: &Workspace, name: &str, bench: &str) -> Result<(), String> {
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
    // Built on all cores, run on one.
    process::show(cargo(
        &workspace.root,
        &[&words[..], &["--no-run"]].concat(),
    ))?;
    let out = tee(pinned(workspace, &words))?;
    let missed = out
        .stdout
        .lines()
        .filter(|line| line.split_whitespace().any(|word| word == MISSED))
        .count();
    match (out.ok, missed) {
        (true, 0) => Ok(()),
        (_, 0) => Err(format!("the bench of {name} failed")),
        (_, missed) => Err(format!("{missed} limits of {name} missed")),
    }
}

fn pinned(workspace: &Workspace, words: &[&str]) -> Command {
    let core = std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| last_allowed_core(&status));
    match (core, tools::find("taskset")) {
        (Some(core), Some(taskset)) => {
            let mut run = command(taskset, &workspace.root);
            run.args(["--cpu-list", &core, "cargo"]).args(words);
            run
        }
        _ => {
            println!("not pinned to a core: no taskset");
            cargo(&workspace.root, words)
        }
    }
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
    fn the_last_core_is_found() {
        let status = |list: &str| format!("Name:\txtask\nCpus_allowed_list:\t{list}\n");
        assert_eq!(last_allowed_core(&status("0-1")).as_deref(), Some("1"));
        assert_eq!(last_allowed_core(&status("0,2-5,7")).as_deref(), Some("7"));
        assert_eq!(last_allowed_core(&status("3")).as_deref(), Some("3"));
        assert_eq!(last_allowed_core("Name:\txtask\n"), None);
    }
}
