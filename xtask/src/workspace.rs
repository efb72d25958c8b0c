//! The workspace as `cargo metadata` tells it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::process::{capture, cargo};

/// The workspace: its members, and where things are.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target_dir: PathBuf,
    pub(crate) members: Vec<Package>,
}

/// One member.
#[derive(Debug, Clone, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Relative to the root, with `/`.
    pub(crate) dir: String,
    pub(crate) version: String,
    pub(crate) rust_version: String,
    pub(crate) publish: bool,
    pub(crate) features: BTreeMap<String, Vec<String>>,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a member's `[dependencies]`, as resolved with the workspace's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The version requirement; `*` when none is given.
    pub(crate) req: String,
    /// True for a path dependency: a sibling.
    pub(crate) path: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    #[default]
    Normal,
    Dev,
    Build,
}

impl Workspace {
    /// Reads the workspace this program was built from.
    pub(crate) fn load() -> Result<Self, String> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        // A binary kept from another checkout works where it is run.
        let root = if here.is_dir() {
            here.parent().unwrap_or(here)
        } else {
            Path::new(".")
        };
        let words = ["metadata", "--format-version=1", "--no-deps"];
        let out = capture(cargo(root, &words))?;
        if !out.ok {
            return Err(format!("cargo metadata failed:\n{}", out.stderr.trim_end()));
        }
        Self::from_json(&out.stdout)
    }

    pub(crate) fn from_json(text: &str) -> Result<Self, String> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| format!("cargo metadata: {error}"))?;
        let root = PathBuf::from(string(&value, "workspace_root"));
        let mut members: Vec<Package> = array(&value, "packages")
            .iter()
            .map(|package| read_package(package, &root))
            .collect();
        members.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self {
            target_dir: PathBuf::from(string(&value, "target_directory")),
            root,
            members,
        })
    }

    pub(crate) fn member(&self, name: &str) -> Option<&Package> {
        self.members.iter().find(|package| package.name == name)
    }

    /// What goes to the registry: the crates, not the tests and not this tool.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Package> {
        self.members.iter().filter(|package| package.publish)
    }

    /// The interpreter of the tests that ask another implementation; `setup` makes it.
    pub(crate) fn python(&self) -> PathBuf {
        self.tools_dir().join("python/bin/python")
    }

    /// The directory with the Node packages of the tests; `setup` makes it.
    pub(crate) fn node(&self) -> PathBuf {
        self.tools_dir().join("node")
    }

    /// Where virtual environments and the like are kept, outside of what is built.
    pub(crate) fn tools_dir(&self) -> PathBuf {
        std::env::var_os("COUNTERSIGN_TOOLS")
            .map_or_else(|| self.target_dir.join("tools"), PathBuf::from)
    }
}

fn read_package(package: &Value, root: &Path) -> Package {
    let manifest = PathBuf::from(string(package, "manifest_path"));
    let dir = manifest.parent().unwrap_or(root);
    let dir = dir
        .strip_prefix(root)
        .unwrap_or(dir)
        .to_string_lossy()
        .replace('\\', "/");
    Package {
        name: string(package, "name"),
        dir,
        version: string(package, "version"),
        rust_version: string(package, "rust_version"),
        publish: !package.get("publish").is_some_and(Value::is_array),
        features: package
            .get("features")
            .and_then(Value::as_object)
            .map(|features| {
                features
                    .iter()
                    .map(|(name, value)| (name.clone(), strings(value)))
                    .collect()
            })
            .unwrap_or_default(),
        dependencies: array(package, "dependencies")
            .iter()
            .map(read_dependency)
            .collect(),
    }
}

fn read_dependency(value: &Value) -> Dependency {
    Dependency {
        name: string(value, "name"),
        kind: match value.get("kind").and_then(Value::as_str) {
            Some("dev") => Kind::Dev,
            Some("build") => Kind::Build,
            _ => Kind::Normal,
        },
        req: string(value, "req"),
        path: value.get("path").is_some_and(Value::is_string),
    }
}

fn string(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn array<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    items
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read() {
        let json = r#"{"workspace_root":"/w","target_directory":"/w/target","packages":[
            {"name":"b","version":"0.1.0","rust_version":"1.88","manifest_path":"/w/crates/b/Cargo.toml",
             "publish":null,"features":{"default":["x"],"x":[]},
             "targets":[{"kind":["lib"]}],
             "dependencies":[{"name":"a","kind":"dev","req":"*","path":"/w/crates/a"},
                             {"name":"time","kind":null,"req":"^0.3"}]},
            {"name":"a","version":"0.1.0","manifest_path":"/w/crates/a/Cargo.toml","publish":[],
             "targets":[{"kind":["bin"]}]}]}"#;
        let workspace = Workspace::from_json(json).unwrap();
        assert_eq!(workspace.members.len(), 2);
        let b = workspace.member("b").unwrap();
        assert_eq!((b.dir.as_str(), b.publish), ("crates/b", true));
        let [a, time] = b.dependencies.as_slice() else {
            unreachable!("two dependencies")
        };
        assert_eq!((a.kind, a.path, a.req.as_str()), (Kind::Dev, true, "*"));
        assert_eq!((time.kind, time.path), (Kind::Normal, false));
        assert_eq!(workspace.published().count(), 1);
    }

    #[test]
    fn damaged_metadata_is_an_error() {
        assert!(Workspace::from_json("{").is_err());
    }
}
