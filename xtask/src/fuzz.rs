//! The fuzz targets: built once, then run side by side; the seeds replayed on stable.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use crate::args::{FuzzAction, SMOKE_SECONDS};
use crate::ci::{Context, Notes};
use crate::process::{capture, cargo, command, line, show};
use crate::tools;
use crate::workspace::Workspace;

/// An input that takes longer than this is a finding, in seconds.
const INPUT_TIMEOUT: u32 = 10;

/// Memory beyond this is a finding, in MiB.
const MEMORY_LIMIT: u32 = 2048;

/// How the targets are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In half of the time: no code of the workspace is unsafe, so that what the sanitizer would find
    /// in a few seconds lies in a dependency.
    Quick,
    /// With the address sanitizer, and lines in a finding's trace.
    Thorough,
}

impl Kind {
    const fn dir(self) -> &'static str {
        match self {
            Self::Quick => "fuzz-quick",
            Self::Thorough => "fuzz",
        }
    }

    const fn sanitizer(self) -> &'static str {
        match self {
            Self::Quick => "none",
            Self::Thorough => "address",
        }
    }

    const fn profile(self) -> [(&'static str, &'static str); 3] {
        let (level, lto, debug) = match self {
            Self::Quick => ("1", "off", "none"),
            Self::Thorough => ("3", "false", "line-tables-only"),
        };
        [
            ("CARGO_PROFILE_RELEASE_OPT_LEVEL", level),
            ("CARGO_PROFILE_RELEASE_LTO", lto),
            ("CARGO_PROFILE_RELEASE_DEBUG", debug),
        ]
    }
}

pub(crate) fn run(workspace: &Workspace, action: &FuzzAction) -> Result<(), String> {
    let names = targets(&workspace.root);
    match action {
        FuzzAction::Build => build(workspace, Kind::Thorough),
        FuzzAction::Replay => replay(workspace),
        FuzzAction::Smoke { seconds } => {
            build(workspace, Kind::Quick)?;
            run_all(workspace, Kind::Quick, &names, *seconds)
        }
        FuzzAction::One { target, seconds } => {
            if !names.contains(target) {
                return Err(format!(
                    "no fuzz target `{target}`; there are {}",
                    names.join(", ")
                ));
            }
            build(workspace, Kind::Thorough)?;
            let names = core::slice::from_ref(target);
            run_all(workspace, Kind::Thorough, names, *seconds)
        }
    }
}

pub(crate) fn replay_section(context: &Context) -> Result<Notes, String> {
    replay(&context.workspace)?;
    Ok(Notes::default())
}

pub(crate) fn smoke_section(context: &Context) -> Result<Notes, String> {
    if !tools::has_cargo_tool("fuzz") {
        return Ok(Notes::skip("no cargo-fuzz"));
    }
    if tools::toolchain("nightly").is_none() {
        return Ok(Notes::skip("no nightly toolchain"));
    }
    build(&context.workspace, Kind::Quick)?;
    run_all(
        &context.workspace,
        Kind::Quick,
        &targets(&context.workspace.root),
        SMOKE_SECONDS,
    )?;
    Ok(Notes::default())
}

/// The names of the fuzz targets, sorted.
pub(crate) fn targets(root: &Path) -> Vec<String> {
    let files = std::fs::read_dir(root.join("fuzz/fuzz_targets"))
        .into_iter()
        .flatten()
        .flatten();
    let mut names: Vec<String> = files
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

/// All seeds and regressions through all bodies, with the stable toolchain.
fn replay(workspace: &Workspace) -> Result<(), String> {
    let target_dir = workspace.target_dir.to_string_lossy();
    let words = [
        "test",
        "--manifest-path",
        "fuzz/Cargo.toml",
        // An integration test would link every target once more.
        "--lib",
        "--target-dir",
    ];
    show(cargo(
        &workspace.root,
        &[&words[..], &[&target_dir]].concat(),
    ))
}

/// All targets in one build.
pub(crate) fn build(workspace: &Workspace, kind: Kind) -> Result<(), String> {
    let toolchain = tools::toolchain("nightly").ok_or("no nightly toolchain")?;
    let toolchain = format!("+{toolchain}");
    let target_dir = workspace.target_dir.join(kind.dir());
    let words = [
        &toolchain,
        "fuzz",
        "build",
        "--sanitizer",
        kind.sanitizer(),
        "--target-dir",
        &target_dir.to_string_lossy(),
    ];
    let mut command = cargo(&workspace.root, &words);
    command.envs(kind.profile());
    show(command)
}

/// Runs each target for `seconds`, as many at a time as there are cores, and prints how far each
/// came.
pub(crate) fn run_all(
    workspace: &Workspace,
    kind: Kind,
    names: &[String],
    seconds: u32,
) -> Result<(), String> {
    if names.is_empty() {
        return Err("there are no fuzz targets".to_owned());
    }
    let binaries = binaries_dir(workspace, kind)?;
    let open = Mutex::new(names.iter());
    let failed = Mutex::new(Vec::new());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{} targets, {seconds} s each, {cores} at a time",
        names.len()
    );
    thread::scope(|scope| {
        for _ in 0..cores.min(names.len()) {
            scope.spawn(|| {
                loop {
                    let next = open.lock().ok().and_then(|mut names| names.next());
                    let Some(name) = next else { break };
                    let start = Instant::now();
                    let result = run_one(workspace, &binaries, name, seconds);
                    let took = start.elapsed().as_secs_f64();
                    match result {
                        Ok(executions) => {
                            println!("{name:<24} {executions:>12} runs {took:>7.1} s")
                        }
                        Err(message) => {
                            println!("{name:<24} FAIL\n{message}");
                            if let Ok(mut failed) = failed.lock() {
                                failed.push(name.clone());
                            }
                        }
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().unwrap_or_default();
    failed.sort();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("findings in {}", failed.join(", ")))
    }
}

fn run_one(
    workspace: &Workspace,
    binaries: &Path,
    name: &str,
    seconds: u32,
) -> Result<u64, String> {
    let run = libfuzzer(workspace, binaries, name, seconds)?;
    let typed = line(&run);
    let out = capture(run)?;
    if out.ok {
        return executions(&out.stderr)
            .filter(|count| *count > 0)
            .ok_or_else(|| format!("{name} ran nothing:\n{}", last_lines(&out.stderr, 20)));
    }
    Err(format!("$ {typed}\n{}", last_lines(&out.stderr, 60)))
}

/// The target's program on its corpus (new inputs go there), its seeds and its regressions.
fn libfuzzer(
    workspace: &Workspace,
    binaries: &Path,
    name: &str,
    seconds: u32,
) -> Result<Command, String> {
    let fuzz = workspace.root.join("fuzz");
    let corpus = fuzz.join("corpus").join(name);
    let artifacts = fuzz.join("artifacts").join(name);
    for dir in [&corpus, &artifacts] {
        std::fs::create_dir_all(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    }
    let mut run = command(binaries.join(name), &fuzz);
    run.arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={INPUT_TIMEOUT}"))
        .arg(format!("-rss_limit_mb={MEMORY_LIMIT}"))
        .arg("-print_final_stats=1")
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg(corpus)
        .env("ASAN_OPTIONS", "detect_odr_violation=0");
    for kept in ["seeds", "regressions"] {
        let dir = fuzz.join(kept).join(name);
        if dir.is_dir() {
            run.arg(dir);
        }
    }
    Ok(run)
}

fn binaries_dir(workspace: &Workspace, kind: Kind) -> Result<PathBuf, String> {
    let target_dir = workspace.target_dir.join(kind.dir());
    Ok(target_dir.join(tools::host()?).join("release"))
}

/// libFuzzer's count of inputs tried.
fn executions(stderr: &str) -> Option<u64> {
    stderr
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .and_then(|count| count.trim().parse().ok())
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(count);
    lines.get(from..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executions_are_read() {
        let stderr = "Done 8\nstat::number_of_executed_units: 524288\nstat::peak_rss_mb: 40\n";
        assert_eq!(executions(stderr), Some(524_288));
        assert_eq!(executions("Done 8\n"), None);
    }

    #[test]
    fn the_end_of_a_text_is_kept() {
        assert_eq!(last_lines("a\nb\nc", 2), "b\nc");
        assert_eq!(last_lines("a", 9), "a");
    }
}
