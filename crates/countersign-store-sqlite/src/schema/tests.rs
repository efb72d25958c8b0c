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

/// Written by the version of the time, with rows in each table.
const VERSION_3: &str = include_str!("../../tests/store/version-3.sql");

fn new(path: &Path) {
    crate::file::create(path).unwrap();
}

fn of_version_3(path: &Path) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(VERSION_3).unwrap();
}

/// Every row of every table.
fn rows(path: &Path) -> Vec<String> {
    let connection = opened(path);
    let mut rows = Vec::new();
    for (table, sql) in tables(&connection).unwrap() {
        if !sql.starts_with("CREATE TABLE") {
            continue;
        }
        let mut statement = connection
            .prepare(&format!("SELECT * FROM {table}"))
            .unwrap();
        let columns = statement.column_count();
        let mut found = statement.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let values = (0..columns).map(|at| row.get_ref(at).unwrap());
            rows.push(format!("{table} {:?}", values.collect::<Vec<_>>()));
        }
    }
    rows
}

/// Kills it at each step, which are more than so many; gives what a whole one leaves.
fn killed_anywhere(make: fn(&Path), fewest: u32) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("whole.db");
    make(&path);
    let all = steps(&path);
    assert!(all > fewest, "{all}");
    assert_eq!(steps(&path), 0, "done once");
    let whole = rows(&path);
    for step in 0..all {
        let path = directory.path().join(format!("{step}.db"));
        make(&path);
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
        assert_eq!(rows(&path), whole, "step {step}");
    }
    whole
}

#[test]
fn a_migration_that_died_anywhere_is_made_to_its_end_by_the_next_start() {
    killed_anywhere(new, 20);
}

#[test]
fn a_migration_that_died_anywhere_loses_no_row() {
    let rows = killed_anywhere(of_version_3, 10);
    for table in ["consumers", "nonce_pages", "grants", "access_tokens"] {
        let found = rows.iter().filter(|row| row.starts_with(table));
        assert!(found.count() > 0, "{table}");
    }
}

/// The version before knows no withdrawn grants: beside a row that is one it must not serve.
#[test]
fn the_version_before_refuses_the_file_and_its_rows_stay_as_they_are() {
    const BEFORE: Schema = Schema {
        application_id: PROVIDER.application_id,
        migrations: MIGRATIONS.split_at(7).0,
    };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    of_version_3(&path);
    let connection = opened(&path);
    BEFORE.migrate(&connection, &path, &mut || {}).unwrap();
    let before = rows(&path);
    PROVIDER.migrate(&connection, &path, &mut || {}).unwrap();
    assert_eq!(rows(&path), before);
    let refused = BEFORE.version(&connection, &path).unwrap_err();
    assert!(
        matches!(
            refused,
            OpenError::Newer {
                supported: 7,
                found: 8,
                ..
            }
        ),
        "{refused:?}"
    );
}
