use std::process::Command;

use super::*;
use crate::connection;

/// Set for the process that is to die: the file, and before which step.
const PATH: &str = "COUNTERSIGN_MIGRATION_FILE";
const STEP: &str = "COUNTERSIGN_MIGRATION_STEP";

#[expect(
    clippy::disallowed_methods,
    reason = "how a test tells its helper what to do"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn opened(path: &Path) -> Connection {
    let connection = connection::open(path, core::time::Duration::from_secs(5)).unwrap();
    connection::set(&connection, path).unwrap();
    connection
}

fn steps(path: &Path) -> u32 {
    let mut steps = 0;
    PROVIDER
        .migrate(&opened(path), path, &mut || {
            steps = u32::saturating_add(steps, 1)
        })
        .unwrap();
    steps
}

#[test]
fn child() {
    let (Some(path), Some(step)) = (variable(PATH), variable(STEP)) else {
        return;
    };
    let path = Path::new(&path);
    let mut left: u32 = step.parse().unwrap();
    PROVIDER
        .migrate(&opened(path), path, &mut || {
            if left == 0 {
                std::process::abort();
            }
            left = left.saturating_sub(1);
        })
        .unwrap();
}

#[test]
fn a_migration_that_died_anywhere_is_made_to_its_end_by_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("whole.db");
    crate::file::create(&path).unwrap();
    let all = steps(&path);
    assert!(all > 20);
    assert_eq!(steps(&path), 0, "done once");
    for step in 0..all {
        let path = directory.path().join(format!("{step}.db"));
        crate::file::create(&path).unwrap();
        let died = Command::new(std::env::current_exe().unwrap())
            .args(["schema::tests::child", "--exact"])
            .env(PATH, &path)
            .env(STEP, step.to_string())
            .output()
            .unwrap();
        assert!(!died.status.success(), "step {step}");
        // Of one version, with the tables of that version, and nothing between.
        let connection = opened(&path);
        let version = PROVIDER.version(&connection, &path).unwrap();
        PROVIDER.check(&connection, &path, version).unwrap();
        drop(connection);
        steps(&path);
        PROVIDER
            .check(&opened(&path), &path, PROVIDER.newest())
            .unwrap();
    }
}
