//! Who may depend on whom; the table is `layers.rs`.

use crate::layers::{self, ANY};
use crate::tidy::{Finding, Repo};
use crate::workspace::{Kind, Package};

/// Every member has a layer; a normal dependency on a sibling goes strictly down.
pub(super) fn layers(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in &repo.members {
        let path = manifest(member);
        let Some(row) = layers::find(&member.name) else {
            findings.push(Finding::new(&path, 0, "no row in the layer table"));
            continue;
        };
        for sibling in member
            .dependencies
            .iter()
            .filter(|d| d.path && d.kind == Kind::Normal)
        {
            let below = layers::find(&sibling.name).is_some_and(|other| other.layer < row.layer);
            if !below {
                let message = format!(
                    "layer {} depends on {}, which is not below it",
                    row.layer, sibling.name
                );
                findings.push(Finding::new(&path, 0, message));
            }
        }
    }
    findings
}

/// Only the external packages of the member's row; build scripts need none.
pub(super) fn external(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in &repo.members {
        let allowed = layers::find(&member.name).map_or(&[][..], |row| row.external);
        for dependency in member
            .dependencies
            .iter()
            .filter(|d| !d.path && d.kind != Kind::Dev)
        {
            let listed = allowed == ANY || allowed.contains(&dependency.name.as_str());
            if !listed || dependency.kind == Kind::Build {
                let message = format!("{} is not in its row of the layer table", dependency.name);
                findings.push(Finding::new(&manifest(member), 0, message));
            }
        }
    }
    findings
}

/// A versioned dev-dependency on a sibling breaks publishing.
pub(super) fn dev_dependencies(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in &repo.members {
        for dependency in member.dependencies.iter().filter(|d| d.kind == Kind::Dev) {
            if dependency.path && dependency.req != "*" {
                let message = format!("dev-dependency {} is to have a path only", dependency.name);
                findings.push(Finding::new(&manifest(member), 0, message));
            }
        }
    }
    findings
}

fn manifest(member: &Package) -> String {
    format!("{}/Cargo.toml", member.dir)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn repo(name: &str, dependencies: &[(&str, Kind, &str, bool)]) -> Repo {
        let dependencies = dependencies
            .iter()
            .map(|(name, kind, req, path)| Dependency {
                name: (*name).into(),
                kind: *kind,
                req: (*req).into(),
                path: *path,
            })
            .collect();
        let member = Package {
            name: name.into(),
            dependencies,
            ..Package::default()
        };
        Repo {
            members: vec![member],
            ..Repo::default()
        }
    }

    #[test]
    fn dependencies_go_down() {
        let on = |name: &str, other: &str, kind| {
            layers(&repo(name, &[(other, kind, "^0.1", true)])).len()
        };
        assert_eq!(
            on(
                "countersign-base-string",
                "countersign-encoding",
                Kind::Normal
            ),
            0
        );
        assert_eq!(
            on(
                "countersign-base-string",
                "countersign-problem",
                Kind::Normal
            ),
            1
        );
        assert_eq!(
            on("countersign-encoding", "countersign-verify", Kind::Normal),
            1
        );
        assert_eq!(
            on("countersign-encoding", "countersign-verify", Kind::Dev),
            0
        );
        assert_eq!(
            on("countersign-key", "countersign-unknown", Kind::Normal),
            1
        );
        assert_eq!(layers(&repo("countersign-unknown", &[])).len(), 1);
    }

    #[test]
    fn external_packages_are_listed() {
        let on = |name: &str, other: &str, kind| {
            external(&repo(name, &[(other, kind, "^1", false)])).len()
        };
        assert_eq!(on("countersign-clock", "time", Kind::Normal), 0);
        assert_eq!(on("countersign-clock", "chrono", Kind::Normal), 1);
        assert_eq!(on("countersign-clock", "time", Kind::Build), 1);
        assert_eq!(on("countersign-clock", "proptest", Kind::Dev), 0);
        assert_eq!(on("countersign-test-it", "anything", Kind::Normal), 0);
    }

    #[test]
    fn siblings_for_tests_come_by_path() {
        let on = |req, kind, path| {
            dev_dependencies(&repo(
                "countersign-key",
                &[("countersign-clock", kind, req, path)],
            ))
            .len()
        };
        assert_eq!(on("*", Kind::Dev, true), 0);
        assert_eq!(on("^0.1", Kind::Dev, true), 1);
        assert_eq!(on("^0.1", Kind::Normal, true), 0);
        assert_eq!(on("^1", Kind::Dev, false), 0);
    }

    #[test]
    fn the_table_is_sorted_by_layer_and_names_no_crate_twice() {
        let rows: Vec<_> = layers::LAYERS
            .iter()
            .filter(|row| row.name != "xtask")
            .collect();
        assert!(rows.is_sorted_by_key(|row| row.layer));
        let mut names: Vec<_> = layers::LAYERS.iter().map(|row| row.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), layers::LAYERS.len());
    }
}
