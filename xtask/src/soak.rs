//! `cargo xtask soak`: the counts that are too long for every run of CI.

use std::process::Command;

use crate::process::{cargo, show};
use crate::workspace::Workspace;
use crate::{features, fuzz, tools};

/// How long each fuzz target runs.
const SECONDS: u32 = 60;

/// Cases of each property test that does not fix its own number; 256 in `ci`.
const PROPERTY_CASES: &str = "20000";

/// How often a client is killed while it renews; 20 in `ci`.
const KILL_ROUNDS: &str = "1000";

/// The tests that measure how much the doctor explains.
const MEASURED: &str = "zoo::explained::";

pub(crate) fn run(workspace: &Workspace) -> Result<(), String> {
    println!("== PROPERTIES ==");
    let properties = properties(workspace);
    println!("\n== KILLS ==");
    let kills = kills(workspace);
    println!("\n== POWER ==");
    let power = power(workspace);
    println!("\n== ZOO ==");
    let zoo = zoo(workspace);
    println!("\n== FUZZ ==");
    let names = fuzz::targets(&workspace.root);
    let fuzzed = fuzz::build(workspace, fuzz::Kind::Thorough)
        .and_then(|()| fuzz::run_all(workspace, fuzz::Kind::Thorough, &names, SECONDS));
    let faults: Vec<String> = [properties, kills, power, zoo, fuzzed]
        .into_iter()
        .filter_map(Result::err)
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("; "))
    }
}

fn properties(workspace: &Workspace) -> Result<(), String> {
    let all = features::of_workspace(workspace, tools::has_openssl());
    let words = [
        "test",
        "--release",
        "--workspace",
        "--lib",
        "--bins",
        "--tests",
        "--no-fail-fast",
    ];
    let rest = ["--features", &all, "--", "--skip", MEASURED];
    let mut test = cargo(&workspace.root, &[&words[..], &rest].concat());
    test.env("PROPTEST_CASES", PROPERTY_CASES)
        .env("COUNTERSIGN_SOAK", "1")
        .env("COUNTERSIGN_TOOLS", workspace.tools_dir());
    show(test)
}

/// A client that is killed at every point of a renewal, again and again.
fn kills(workspace: &Workspace) -> Result<(), String> {
    let mut test = tests_of(workspace, "countersign-client", "connections", &["kill::"]);
    test.env("COUNTERSIGN_KILL_ROUNDS", KILL_ROUNDS);
    show(test)
}

/// A client's store whose power fails at so many moments.
fn power(workspace: &Workspace) -> Result<(), String> {
    let power = ["connections::power::"];
    let mut test = tests_of(workspace, "countersign-store-sqlite", "store", &power);
    test.env("COUNTERSIGN_KILL_ROUNDS", KILL_ROUNDS);
    show(test)
}

/// The doctor against broken signers, in the long form or with the counts and the seed given by
/// `COUNTERSIGN_ZOO` (`2000,1000,300`) and `COUNTERSIGN_ZOO_SEED`; prints what was explained.
fn zoo(workspace: &Workspace) -> Result<(), String> {
    let measured = [
        "--test-threads=1",
        MEASURED,
        "no_false_proof::",
        "rsa_proofs::",
    ];
    let mut test = tests_of(workspace, "countersign-test-it", "it", &measured);
    test.env("COUNTERSIGN_SOAK", "1");
    show(test)
}

/// Some tests of one file, with what they print.
fn tests_of(workspace: &Workspace, package: &str, file: &str, which: &[&str]) -> Command {
    let words = [
        "test",
        "--release",
        "--package",
        package,
        "--test",
        file,
        "--no-fail-fast",
        "--",
        "--nocapture",
    ];
    cargo(&workspace.root, &[&words[..], which].concat())
}
