//! Installs what `ci --strict` needs and this machine lacks.
//!
//! Nothing is installed twice, and nothing that is there is replaced. `cargo-nextest` is used when
//! it is there and never installed: `cargo test` runs the same tests.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::ci::{Context, Notes};
use crate::process::{self, answers, show};
use crate::tools;
use crate::workspace::Workspace;

/// Compile targets for NOSTD and WASM.
const TARGETS: &[&str] = &["thumbv7em-none-eabi", "wasm32-unknown-unknown"];

/// Cargo's subcommands, by the version that this project was last tried with.
const CARGO_TOOLS: &[(&str, &str)] = &[("deny", "0.20.2"), ("fuzz", "0.13.2")];

/// Debian's packages with a keyring for tests.
const KEYRING_PACKAGES: &[&str] = &["dbus", "gnome-keyring"];

/// Debian's packages for the feature `openssl`.
const OPENSSL_PACKAGES: &[&str] = &["libssl-dev", "pkg-config"];

/// One thing to have.
struct Step {
    what: String,
    present: bool,
    install: Install,
}

enum Install {
    /// Run these, in order.
    Commands(Vec<Command>),
    /// This machine offers no way, for this reason.
    Impossible(String),
}

pub(crate) fn section(context: &Context) -> Result<Notes, String> {
    run(&context.workspace)
}

pub(crate) fn command(workspace: &Workspace) -> Result<(), String> {
    let notes = run(workspace)?;
    for reason in notes.skipped {
        println!("SKIP {reason}");
    }
    Ok(())
}

fn run(workspace: &Workspace) -> Result<Notes, String> {
    let mut notes = Notes::default();
    let mut faults = Vec::new();
    for step in steps(workspace) {
        if step.present {
            println!("{:<40} present", step.what);
            continue;
        }
        match step.install {
            Install::Impossible(reason) => notes.skipped.push(format!("{}: {reason}", step.what)),
            Install::Commands(commands) => {
                println!("{:<40} installing", step.what);
                if let Err(message) = commands.into_iter().try_for_each(show) {
                    faults.push(format!("{}: {message}", step.what));
                }
            }
        }
    }
    if faults.is_empty() {
        Ok(notes)
    } else {
        Err(faults.join("; "))
    }
}

fn steps(workspace: &Workspace) -> Vec<Step> {
    let root = &workspace.root;
    let by_rustup = |words: &[&str]| {
        if tools::find("rustup").is_none() {
            return Install::Impossible("no rustup".to_owned());
        }
        let mut rustup = command_in(root, "rustup");
        rustup.args(words);
        Install::Commands(vec![rustup])
    };
    let mut steps = Vec::new();
    for (component, package) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        steps.push(Step {
            what: format!("component {package}"),
            present: tools::has_component(component),
            install: by_rustup(&["component", "add", package]),
        });
    }
    for target in TARGETS {
        steps.push(Step {
            what: format!("target {target}"),
            present: tools::has_target(target),
            install: by_rustup(&["target", "add", target]),
        });
    }
    for version in toolchains(workspace) {
        steps.push(Step {
            what: format!("toolchain {version}"),
            present: tools::toolchain(&version).is_some(),
            install: by_rustup(&[
                "toolchain",
                "install",
                &version,
                "--profile",
                "minimal",
                "--no-self-update",
            ]),
        });
    }
    for (name, version) in CARGO_TOOLS {
        steps.push(Step {
            what: format!("cargo-{name} {version}"),
            present: tools::has_cargo_tool(name),
            install: Install::Commands(vec![cargo_install(workspace, name, version)]),
        });
    }
    steps.push(Step {
        what: format!("OpenSSL headers ({})", OPENSSL_PACKAGES.join(", ")),
        present: tools::has_openssl(),
        install: apt(root, OPENSSL_PACKAGES),
    });
    steps.push(Step {
        what: "strace".to_owned(),
        present: tools::has_strace(),
        install: apt(root, &["strace"]),
    });
    if cfg!(target_os = "linux") {
        steps.push(Step {
            what: format!("a keyring ({})", KEYRING_PACKAGES.join(", ")),
            present: tools::has_keyring(),
            install: apt(root, KEYRING_PACKAGES),
        });
    }
    steps.push(python(workspace));
    steps.push(node(workspace));
    steps
}

/// The virtual environment of the tests that ask another implementation.
fn python(workspace: &Workspace) -> Step {
    let root = &workspace.root;
    let environment = workspace.tools_dir().join("python");
    let wanted = root.join("tests/it/python/requirements.txt");
    // The list is kept beside what was installed from it; another list installs anew.
    let installed = environment.join("requirements.txt");
    let read = |path: &Path| std::fs::read(path).ok();
    let make = || {
        let mut venv = command_in(root, "python3");
        venv.args(["-m", "venv"]).arg(&environment);
        let mut pip = command_in(root, workspace.python());
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .arg("--requirement")
        .arg(&wanted);
        let mut keep = command_in(root, "cp");
        keep.arg(&wanted).arg(&installed);
        Install::Commands(vec![venv, pip, keep])
    };
    Step {
        what: "Python packages of the tests".to_owned(),
        present: read(&wanted).is_some() && read(&wanted) == read(&installed),
        install: if answers("python3", &["-c", "import venv, ensurepip"]) {
            make()
        } else {
            Install::Impossible("no python3 with venv".to_owned())
        },
    }
}

/// The Node packages of the tests that let clients of others work.
fn node(workspace: &Workspace) -> Step {
    let root = &workspace.root;
    let environment = workspace.node();
    let wanted = root.join("tests/it/node");
    // As for Python, the list of what was installed is kept under a name of its own.
    let installed = environment.join("installed.json");
    let lock = wanted.join("package-lock.json");
    let read = |path: &Path| std::fs::read(path).ok();
    let make = || {
        let mut mkdir = command_in(root, "mkdir");
        mkdir.arg("-p").arg(&environment);
        let mut copy = command_in(root, "cp");
        copy.args([&wanted.join("package.json"), &lock, &environment]);
        let mut npm = command_in(root, "npm");
        npm.args([
            "ci",
            "--silent",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
        ])
        .arg("--prefix")
        .arg(&environment);
        let mut keep = command_in(root, "cp");
        keep.arg(&lock).arg(&installed);
        Install::Commands(vec![mkdir, copy, npm, keep])
    };
    Step {
        what: "Node packages of the tests".to_owned(),
        present: read(&lock).is_some() && read(&lock) == read(&installed),
        install: if answers("node", &["--version"]) && answers("npm", &["--version"]) {
            make()
        } else {
            Install::Impossible("no node with npm".to_owned())
        },
    }
}

/// The compilers that the manifests promise, and the one that fuzzing needs.
fn toolchains(workspace: &Workspace) -> Vec<String> {
    let mut versions: Vec<String> = workspace
        .published()
        .map(|package| package.rust_version.clone())
        .collect();
    versions.sort();
    versions.dedup();
    versions.retain(|version| !version.is_empty());
    versions.push("nightly".to_owned());
    versions
}

/// A tool runs for seconds: it is built fast rather than to be fast, and the tools share what they
/// have in common.
fn cargo_install(workspace: &Workspace, name: &str, version: &str) -> Command {
    let mut install = command_in(&workspace.root, "cargo");
    install
        .args([
            "install",
            "--locked",
            "--version",
            version,
            &format!("cargo-{name}"),
        ])
        .env("CARGO_TARGET_DIR", workspace.target_dir.join("tools-build"))
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "false");
    install
}

fn apt(root: &Path, packages: &[&str]) -> Install {
    if !answers("apt-get", &["--version"]) {
        return Install::Impossible("no apt-get".to_owned());
    }
    if !tools::is_root() {
        return Install::Impossible("installing packages needs root".to_owned());
    }
    let apt_get = |words: &[&str]| {
        let mut apt_get = command_in(root, "apt-get");
        apt_get.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        apt_get
    };
    let install = ["install", "--yes", "--no-install-recommends"];
    Install::Commands(vec![
        apt_get(&["update", "--quiet"]),
        apt_get(&[&install[..], packages].concat()),
    ])
}

fn command_in(root: &Path, program: impl AsRef<OsStr>) -> Command {
    process::command(program, root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Package;

    #[test]
    fn toolchains_come_from_the_manifests() {
        let package = |rust_version: &str, publish| Package {
            rust_version: rust_version.to_owned(),
            publish,
            ..Package::default()
        };
        let workspace = Workspace {
            root: ".".into(),
            target_dir: "target".into(),
            members: vec![
                package("1.89", true),
                package("1.88", true),
                package("1.88", true),
                package("1.99", false),
                package("", true),
            ],
        };
        assert_eq!(toolchains(&workspace), ["1.88", "1.89", "nightly"]);
    }
}
