//! Which combinations of features are checked.

use std::collections::BTreeSet;

use crate::workspace::{Package, Workspace};

/// A crate with more features than this is checked with each feature alone instead.
pub(crate) const POWERSET_UP_TO: usize = 5;

/// What a feature brings in that a machine may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    OpensslHeaders,
    /// OpenSSL's C sources compiled: minutes for nothing that the system's library doesn't show.
    OpensslBuild,
}

/// `package/feature` of all features of these packages, for `--features`.
pub(crate) fn all<'p>(packages: impl Iterator<Item = &'p Package>, openssl: bool) -> Vec<String> {
    packages
        .flat_map(|package| {
            usable(package, openssl)
                .into_iter()
                .map(|name| format!("{}/{name}", package.name))
        })
        .collect()
}

/// All features of the workspace as one word; see [`all`].
pub(crate) fn of_workspace(workspace: &Workspace, openssl: bool) -> String {
    all(workspace.members.iter(), openssl).join(",")
}

/// The sets to check one crate with, from none to all, no two of them the same once a feature's
/// own features are counted in.
pub(crate) fn sets(package: &Package, openssl: bool, alone: bool) -> Vec<Vec<String>> {
    let names = usable(package, openssl);
    let mut candidates: Vec<Vec<String>> = vec![Vec::new()];
    if alone || names.len() > POWERSET_UP_TO {
        candidates.extend(names.iter().map(|name| vec![name.clone()]));
        candidates.push(names);
    } else {
        for name in names {
            let with: Vec<Vec<String>> = candidates
                .iter()
                .map(|set| set.iter().cloned().chain([name.clone()]).collect())
                .collect();
            candidates.extend(with);
        }
    }
    let mut seen = BTreeSet::new();
    candidates.retain(|set| seen.insert(closure(package, set)));
    candidates
}

/// True when some feature is left out for want of OpenSSL's headers.
pub(crate) fn wants_openssl(package: &Package) -> bool {
    package
        .features
        .keys()
        .any(|name| needs(package, name) == Needs::OpensslHeaders)
}

fn usable(package: &Package, openssl: bool) -> Vec<String> {
    let fits = |name: &&String| match needs(package, name) {
        Needs::Nothing => true,
        Needs::OpensslHeaders => openssl,
        Needs::OpensslBuild => false,
    };
    let names = package.features.keys().filter(|name| *name != "default");
    names.filter(fits).cloned().collect()
}

fn needs(package: &Package, name: &str) -> Needs {
    let within = closure(package, &[name.to_owned()]);
    if within.iter().any(|part| part.contains("vendored")) {
        Needs::OpensslBuild
    } else if within.iter().any(|part| part.contains("openssl")) {
        Needs::OpensslHeaders
    } else {
        Needs::Nothing
    }
}

fn closure(package: &Package, set: &[String]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<String> = set.to_vec();
    while let Some(name) = open.pop() {
        if let Some(inner) = package.features.get(&name) {
            open.extend(inner.iter().filter(|part| !found.contains(*part)).cloned());
        }
        found.insert(name);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(features: &[(&str, &[&str])]) -> Package {
        Package {
            name: "p".into(),
            features: features
                .iter()
                .map(|(name, parts)| {
                    (
                        (*name).to_owned(),
                        parts.iter().map(|part| (*part).to_owned()).collect(),
                    )
                })
                .collect(),
            ..Package::default()
        }
    }

    fn joined(sets: &[Vec<String>]) -> Vec<String> {
        sets.iter().map(|set| set.join("+")).collect()
    }

    #[test]
    fn a_few_features_give_their_powerset() {
        let package = package(&[("default", &["a"]), ("a", &["dep:a"]), ("b", &[])]);
        assert_eq!(joined(&sets(&package, true, false)), ["", "a", "b", "a+b"]);
    }

    #[test]
    fn sets_that_come_to_the_same_are_checked_once() {
        let package = package(&[("a", &["dep:a"]), ("b", &["a"])]);
        // a+b is b: b brings a.
        assert_eq!(joined(&sets(&package, true, false)), ["", "a", "b"]);
    }

    #[test]
    fn many_features_are_checked_alone_and_all() {
        let package = package(&[
            ("a", &[]),
            ("b", &[]),
            ("c", &[]),
            ("d", &[]),
            ("e", &[]),
            ("f", &[]),
        ]);
        let sets = joined(&sets(&package, true, false));
        assert_eq!(sets.len(), 8);
        assert_eq!(sets.last().map(String::as_str), Some("a+b+c+d+e+f"));
    }

    #[test]
    fn the_facade_is_checked_with_each_feature_alone() {
        let package = package(&[("a", &[]), ("b", &[])]);
        assert_eq!(joined(&sets(&package, true, true)), ["", "a", "b", "a+b"]);
        let three = self::package(&[("a", &[]), ("b", &[]), ("c", &[])]);
        assert_eq!(
            joined(&sets(&three, true, true)),
            ["", "a", "b", "c", "a+b+c"]
        );
    }

    #[test]
    fn openssl_counts_when_it_can_be_had_and_its_own_build_never() {
        let package = package(&[
            ("o", &["dep:openssl"]),
            ("far", &["other/openssl"]),
            ("v", &["o", "openssl/vendored"]),
            ("x", &[]),
        ]);
        assert!(wants_openssl(&package));
        assert_eq!(all([&package].into_iter(), true), ["p/far", "p/o", "p/x"]);
        assert_eq!(all([&package].into_iter(), false), ["p/x"]);
        assert!(!wants_openssl(&self::package(&[("x", &[])])));
    }
}
