//! Which tools this machine has.

use std::path::{Path, PathBuf};

use crate::process::{answers, capture, command};

/// A program in `PATH` or in cargo's own directory of binaries.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(cargo_home().map(|home| home.join("bin")))
        .map(|dir| dir.join(program))
        .find(|file| file.is_file())
}

/// `cargo-NAME` is there; cargo itself looks in the same two places.
pub(crate) fn has_cargo_tool(name: &str) -> bool {
    find(&format!("cargo-{name}")).is_some()
}

/// A component of the toolchain (`fmt`, `clippy`) that a minimal one lacks.
pub(crate) fn has_component(name: &str) -> bool {
    answers("cargo", &[name, "--version"])
}

/// The full name of an installed toolchain for `nightly` or a version `1.88`: `1.88.0-x86_64-…`
/// serves `1.88` too.
pub(crate) fn toolchain(wanted: &str) -> Option<String> {
    let mut rustup = command("rustup", Path::new("."));
    rustup.args(["toolchain", "list"]);
    let listed = capture(rustup).ok().filter(|out| out.ok)?;
    pick_toolchain(&listed.stdout, wanted)
}

/// The platform that the default toolchain runs on, and builds for.
pub(crate) fn host() -> Result<String, String> {
    let mut rustc = command("rustc", Path::new("."));
    rustc.arg("-vV");
    let told = capture(rustc)?.stdout;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| "rustc -vV names no host".to_owned())
}

/// The compile targets of the default toolchain.
pub(crate) fn has_target(target: &str) -> bool {
    let mut rustc = command("rustc", Path::new("."));
    rustc.args(["--print", "target-libdir", "--target", target]);
    capture(rustc).is_ok_and(|out| out.ok && Path::new(out.stdout.trim()).is_dir())
}

/// OpenSSL's headers can be found the way `openssl-sys` looks for them.
pub(crate) fn has_openssl() -> bool {
    std::env::var_os("OPENSSL_DIR").is_some() || answers("pkg-config", &["--exists", "openssl"])
}

/// Why a feature on OpenSSL is left out.
pub(crate) const NO_OPENSSL: &str = "feature openssl: no OpenSSL headers with pkg-config";

/// Whether the order of system calls can be looked at.
pub(crate) fn has_strace() -> bool {
    answers("strace", &["-V"])
}

/// Why that is left out.
pub(crate) const NO_STRACE: &str = "the order of writes and syncs: no strace";

/// Whether there is a keyring to keep keys in, and a bus to ask it over.
pub(crate) fn has_keyring() -> bool {
    answers("dbus-daemon", &["--version"]) && answers("gnome-keyring-daemon", &["--version"])
}

/// Why that is left out.
pub(crate) const NO_KEYRING: &str = "keys in a keyring: no dbus-daemon with gnome-keyring-daemon";

/// True for the superuser, who may install packages.
pub(crate) fn is_root() -> bool {
    let mut id = command("id", Path::new("."));
    id.arg("-u");
    capture(id).is_ok_and(|out| out.stdout.trim() == "0")
}

fn cargo_home() -> Option<PathBuf> {
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")))
}

fn pick_toolchain(listed: &str, wanted: &str) -> Option<String> {
    listed
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .find(|name| {
            name.strip_prefix(wanted)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
        })
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "stable-x86_64-unknown-linux-gnu (active, default)\n\
        nightly-x86_64-unknown-linux-gnu\n1.88.0-x86_64-unknown-linux-gnu\n";

    #[test]
    fn a_patch_release_serves_its_version() {
        assert_eq!(
            pick_toolchain(LISTED, "1.88").as_deref(),
            Some("1.88.0-x86_64-unknown-linux-gnu")
        );
        assert_eq!(
            pick_toolchain(LISTED, "nightly").as_deref(),
            Some("nightly-x86_64-unknown-linux-gnu")
        );
    }

    #[test]
    fn another_version_does_not_serve() {
        assert_eq!(pick_toolchain(LISTED, "1.8"), None);
        assert_eq!(pick_toolchain(LISTED, "1.89"), None);
    }

    #[test]
    fn the_host_is_one_of_its_targets() {
        assert!(has_target(&host().unwrap()));
    }

    #[test]
    fn missing_programs_are_not_found() {
        assert_eq!(find("no-such-program-anywhere"), None);
        assert!(find("cargo").is_some());
    }
}
