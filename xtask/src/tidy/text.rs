//! Words that tie the project to one machine or one host.

use crate::tidy::files::line_of;
use crate::tidy::{Finding, Repo};

/// First directories of absolute paths that only exist on somebody's machine.
const DIRECTORIES: &[&str] = &["Users", "home", "root", "work"];

/// Where a request's path may look like one of those.
const REQUEST_DATA: &[&str] = &["fuzz/regressions/", "fuzz/seeds/", "tests/vectors/"];

/// Hosts and settings of package registries, in two parts each, so that this file is none of its
/// own findings.
const REGISTRIES: &[(&str, &str)] = &[
    ("index.", "crates.io"),
    ("static.", "crates.io"),
    ("pypi.org", "/simple"),
    ("python", "hosted.org"),
    ("registry.", "npmjs"),
    ("artifact", "ory"),
    ("--index", "-url"),
    ("extra-index", "-url"),
    ("replace-", "with ="),
    ("[regis", "tries"),
    ("[source", "."),
];

/// The only source of a locked package.
const LOCK: &str = "Cargo.lock";
const LOCK_SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Hosts that our own documents link to; a name ends a match, so subdomains are covered.
const KNOWN_HOSTS: &[&str] = &[
    "127.0.0.1",
    "[::1]",
    "cryptography.io",
    "doc.rust-lang.org",
    "docs.rs",
    "example",
    "example.com",
    "example.net",
    "example.org",
    "github.com/countersign",
    "invalid",
    "keepachangelog.com",
    "rfc-editor.org",
    "rustsec.org",
    "semver.org",
    "test",
    "www.apache.org",
];

pub(super) fn machine_paths(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &repo.files {
        if REQUEST_DATA.iter().any(|dir| file.path.starts_with(dir)) {
            continue;
        }
        for directory in DIRECTORIES {
            let prefix = format!("/{directory}/");
            for (offset, _) in file.text.match_indices(&prefix) {
                if starts_a_path(&file.text, offset) {
                    let message = format!("a path below {prefix} of one machine");
                    findings.push(Finding::new(
                        &file.path,
                        line_of(&file.text, offset),
                        message,
                    ));
                }
            }
        }
    }
    findings
}

/// In `https://host/home/`, `a/home/` and `./home/` the directory is somebody else's.
fn starts_a_path(text: &str, offset: usize) -> bool {
    let before = text.get(..offset).unwrap_or_default();
    let last = before.chars().next_back();
    if last == Some('/') {
        return before.ends_with("file://");
    }
    !last.is_some_and(|c| c.is_alphanumeric() || "._-~}])%".contains(c))
}

pub(super) fn registries(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &repo.files {
        if file.name() == LOCK {
            for (index, line) in file.text.lines().enumerate() {
                let source = line
                    .strip_prefix("source = \"")
                    .and_then(|l| l.strip_suffix('"'));
                if source.is_some_and(|source| source != LOCK_SOURCE) {
                    findings.push(Finding::new(
                        &file.path,
                        index + 1,
                        "a package from elsewhere",
                    ));
                }
            }
            continue;
        }
        for (first, second) in REGISTRIES {
            let word = format!("{first}{second}");
            for (offset, _) in file.text.match_indices(&word) {
                let line = line_of(&file.text, offset);
                findings.push(Finding::new(
                    &file.path,
                    line,
                    format!("`{word}` names a registry"),
                ));
            }
        }
    }
    findings
}

/// Readers and their tools need no host beyond these.
pub(super) fn readme_hosts(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in repo.files.iter().filter(|file| file.name() == "README.md") {
        if REQUEST_DATA.iter().any(|dir| file.path.starts_with(dir)) {
            continue;
        }
        for (offset, _) in file.text.match_indices("://") {
            let rest = file.text.get(offset + "://".len()..).unwrap_or_default();
            let end = rest.find(|c: char| c.is_whitespace() || "\"'`)>,;".contains(c));
            let address = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            if !known(address) {
                let message = format!("`{address}` is not one of the known hosts");
                findings.push(Finding::new(
                    &file.path,
                    line_of(&file.text, offset),
                    message,
                ));
            }
        }
    }
    findings
}

fn known(address: &str) -> bool {
    let host_end = address.find(['/', '?', '#']).unwrap_or(address.len());
    let (host, path) = address.split_at(host_end);
    // Whoever logs in there, it is that host.
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    // A name without a dot is on nobody's internet.
    if !host.contains('.') && !host.contains('[') {
        return true;
    }
    KNOWN_HOSTS.iter().any(|known| {
        let (known_host, known_path) = match known.split_once('/') {
            Some((host, path)) => (host, path),
            None => (*known, ""),
        };
        let of_host = host == known_host || host.ends_with(&format!(".{known_host}"));
        of_host && path.trim_start_matches('/').starts_with(known_path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(check: fn(&Repo) -> Vec<Finding>, path: &str, text: &str) -> usize {
        check(&Repo::of(&[(path, text)])).len()
    }

    #[test]
    fn paths_of_a_machine_are_found() {
        let path = |directory: &str| format!("read /{directory}/me/x");
        for directory in DIRECTORIES {
            assert_eq!(
                count(machine_paths, "README.md", &path(directory)),
                1,
                "{directory}"
            );
            assert_eq!(
                count(machine_paths, "tests/vectors/a.http", &path(directory)),
                0
            );
        }
        let file_url = format!("file:///{}/me", "home");
        assert_eq!(count(machine_paths, "a.rs", &file_url), 1);
        for fine in [
            "https://example.com/home/x",
            "crates/home/x",
            "~/work/",
            "/tmp/x",
            "{dir}/work/a",
        ] {
            assert_eq!(count(machine_paths, "a.rs", fine), 0, "{fine}");
        }
    }

    #[test]
    fn registries_are_found() {
        for (first, second) in REGISTRIES {
            assert_eq!(
                count(registries, "a.toml", &format!("x {first}{second} y")),
                1,
                "{first}"
            );
        }
        assert_eq!(
            count(
                registries,
                "a.toml",
                "x = \"1\"\nhttps://crates.io/crates/time"
            ),
            0
        );
        let lock = |source: &str| format!("[[package]]\nsource = \"{source}\"\n");
        assert_eq!(count(registries, "Cargo.lock", &lock(LOCK_SOURCE)), 0);
        assert_eq!(
            count(registries, "Cargo.lock", &lock("git+https://example.com/x")),
            1
        );
    }

    #[test]
    fn readmes_name_known_hosts() {
        for fine in [
            "https://www.rfc-editor.org/rfc/rfc5849",
            "http://example.com:8080/request?b5=x",
            "https://api.example/x",
            "https://github.com/countersign/countersign/issues",
            "https://localhost",
            "http://h:80/",
            "http://user@example.com:8080/",
        ] {
            assert_eq!(count(readme_hosts, "README.md", fine), 0, "{fine}");
        }
        for foreign in [
            "https://github.com/other/x",
            "https://badges.io/x.svg",
            "https://example.com.evil",
            "https://example.com@badges.io/",
        ] {
            assert_eq!(
                count(readme_hosts, "crates/a/README.md", foreign),
                1,
                "{foreign}"
            );
        }
        assert_eq!(count(readme_hosts, "NOTES.md", "https://badges.io"), 0);
    }
}
