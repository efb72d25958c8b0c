//! What is durable before something else is done.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;

use super::World;
use super::provider::{GOOD, Provider};

/// The system calls of a command, one a line; none where that can't be had, which is a failure where
/// everything has to be there.
#[expect(clippy::print_stderr, reason = "that a test was skipped is to be seen")]
fn traced(world: &World, config: &Path, arguments: &[&str]) -> Option<String> {
    let trace = world.files().path().join("trace");
    let ran = Command::new("strace")
        .args(["-f", "-y", "-e", "trace=mkdir,fsync,rename", "-o"])
        .arg(&trace)
        .arg(env!("CARGO_BIN_EXE_countersign"))
        .args(arguments)
        .current_dir(world.files().path())
        .env_remove("COUNTERSIGN_PROFILE")
        .env("COUNTERSIGN_CONFIG_DIR", config)
        .output();
    match ran {
        Ok(output) if output.status.success() => Some(std::fs::read_to_string(&trace).unwrap()),
        other => {
            let strict = std::env::var_os("COUNTERSIGN_STRICT").is_some_and(|value| value == "1");
            assert!(!strict, "no strace: {other:?}");
            eprintln!("SKIP no strace: {other:?}");
            None
        }
    }
}

/// In which line of a trace a call with these words is, behind another line.
fn line(trace: &str, behind: usize, words: [&str; 2]) -> Option<usize> {
    let mut lines = trace.lines().enumerate().skip(behind);
    let found = lines.find(|(_, line)| words.iter().all(|word| line.contains(word)));
    found.map(|(at, _)| at)
}

/// The directory's own name is durable before the file loses its token.
#[test]
fn the_directory_of_the_store_is_there_before_the_token_leaves_the_file() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    let url = format!("{}/api", provider.base);
    let request = ["request", "--profile", "acme", &url];
    let Some(trace) = traced(&world, Path::new(world.config()), &request) else {
        return;
    };
    let made = line(&trace, 0, ["mkdir(", "/connections\""]).expect(&trace);
    let synced = format!("<{}>", world.config());
    let synced = line(&trace, made, ["fsync(", &synced]).expect(&trace);
    line(&trace, synced, ["rename(", "/acme.toml\""]).expect(&trace);
    let moved = line(&trace, 0, ["rename(", "/acme.toml\""]);
    assert!(moved > Some(synced), "{trace}");
}

#[test]
fn each_directory_that_is_made_is_durable() {
    let world = World::at("http://127.0.0.1:9");
    let below = world.files().path().join("a/b");
    let add = ["profile", "add", "x", "--keys", "keys.toml"];
    let Some(trace) = traced(&world, &below, &add) else {
        return;
    };
    for made in [
        &below,
        &world.files().path().join("a"),
        &below.join("profiles"),
    ] {
        let above: &Path = made.parent().unwrap();
        let name = format!("/{}\"", made.file_name().unwrap().display());
        let at = line(&trace, 0, ["mkdir(", &name]).expect(&trace);
        let above = format!("<{}>", above.display());
        line(&trace, at, ["fsync(", &above]).expect(&trace);
    }
}
