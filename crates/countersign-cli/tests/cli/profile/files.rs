//! Where profiles stand, and who can read them.
#![cfg(unix)]

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;

use super::Home;
use crate::run::run_with;

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn files_and_directories_are_their_owners_alone() {
    let home = Home::with_acme();
    home.run(&["profile", "use", "acme"]).exits(0);
    for (file, expected) in [
        ("config", 0o700),
        ("config/active", 0o600),
        ("config/profiles", 0o700),
        ("config/profiles/acme.toml", 0o600),
        ("config/profiles/.lock", 0o600),
    ] {
        assert_eq!(mode(&home.files().path().join(file)), expected, "{file}");
    }
    let left: Vec<_> = std::fs::read_dir(home.files().path().join("config/profiles"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_file_that_others_can_read_is_not_used() {
    let home = Home::with_acme();
    let path = home.profile("acme.toml");
    for open in [0o640, 0o604, 0o620, 0o660, 0o601, 0o644] {
        set_mode(&path, open);
        for command in [
            &["sign", "--profile", "acme", "https://a.example/"][..],
            &["profile", "show", "acme"],
            &["profile", "use", "acme"],
        ] {
            let ran = home.run(command).exits(3);
            assert_eq!(ran.out, "", "{command:?}");
            assert!(ran.err.contains(&format!("mode {open:04o}")), "{}", ran.err);
            assert!(ran.err.contains("chmod 600"), "{}", ran.err);
        }
        let ran = home.run(&["profile", "status", "acme"]).exits(1);
        assert!(ran.out.contains("[fail] file"), "{}", ran.out);
        assert!(
            home.run(&["profile", "list"])
                .exits(0)
                .out
                .contains("error")
        );
    }
    set_mode(&path, 0o600);
    home.run(&["profile", "show", "acme"]).exits(0);
}

#[test]
fn a_directory_that_others_can_enter_is_not_used() {
    let home = Home::with_acme();
    let directory = home.files().path().join("config/profiles");
    set_mode(&directory, 0o755);
    for command in [
        &["profile", "show", "acme"][..],
        &["profile", "list"],
        &["profile", "add", "other"],
        &["sign", "--profile", "acme", "https://a.example/"],
    ] {
        let ran = home.run(command).exits(3);
        assert!(ran.err.contains("chmod 700"), "{}", ran.err);
    }
    set_mode(&directory, 0o700);
    home.run(&["profile", "show", "acme"]).exits(0);
}

#[test]
fn a_link_is_not_followed() {
    let home = Home::with_acme();
    let elsewhere = home.files().write("elsewhere.toml", crate::run::KEYS);
    symlink(&elsewhere, home.profile("linked.toml")).unwrap();
    symlink("nowhere", home.profile("dangling.toml")).unwrap();
    for name in ["linked", "dangling"] {
        let ran = home.run(&["sign", "--profile", name, "https://a.example/"]);
        assert!(ran.exits(3).err.contains("found a link"));
        // Nor is it there for the taking.
        home.run(&["profile", "add", name]).exits(2);
    }
    // Replacing it puts a file in the place of the link.
    let add = ["profile", "add", "linked", "--keys", "keys.toml", "--force"];
    home.run(&add).exits(0);
    assert!(mode(&home.profile("linked.toml")) == 0o600);
    assert_eq!(
        std::fs::read_to_string(&elsewhere).unwrap(),
        crate::run::KEYS
    );
    home.run(&["profile", "show", "linked"]).exits(0);
    // A directory that is a link is none.
    let other = Home::new();
    std::fs::create_dir_all(other.config()).unwrap();
    symlink(
        home.files().path().join("config/profiles"),
        other.files().path().join("config/profiles"),
    )
    .unwrap();
    other.run(&["profile", "list"]).exits(3);
}

#[test]
fn what_a_stopped_process_left_is_no_profile() {
    let home = Home::with_acme();
    let left = home.profile(".acme.toml.new");
    std::fs::write(&left, "consumer_key = \"half").unwrap();
    let listed = home.run(&["profile", "list", "--format", "json"]).exits(0);
    assert_eq!(listed.json()["profiles"].as_array().unwrap().len(), 1);
    let add = ["profile", "add", "acme", "--keys", "keys.toml", "--force"];
    home.run(&[&add[..], &["--realm", "r"]].concat()).exits(0);
    assert!(!left.exists());
    let shown = home.run(&["profile", "show", "acme"]).exits(0);
    assert!(shown.out.contains("realm             r"), "{}", shown.out);
}

/// Many processes at once: each profile is whole, and of those that add the same one, one does.
#[test]
fn processes_do_not_get_into_each_others_way() {
    let home = Home::new();
    let codes: Vec<i32> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    home.run(&["profile", "add", "acme", "--keys", "keys.toml"])
                        .code
                })
            })
            .collect();
        running.into_iter().map(|it| it.join().unwrap()).collect()
    });
    assert_eq!(
        codes.iter().filter(|code| **code == 0).count(),
        1,
        "{codes:?}"
    );
    assert_eq!(
        codes.iter().filter(|code| **code == 2).count(),
        7,
        "{codes:?}"
    );
    home.run(&["sign", "--profile", "acme", "https://a.example/"])
        .exits(0);
}

#[cfg(not(target_os = "macos"))]
#[test]
fn the_usual_places_are_found() {
    let home = Home::new();
    let base = home.files().path().display().to_string();
    let xdg = format!("{base}/xdg");
    for (variables, file) in [
        (
            vec![("XDG_CONFIG_HOME", xdg.as_str()), ("HOME", base.as_str())],
            "xdg/countersign/profiles/acme.toml",
        ),
        (
            vec![("XDG_CONFIG_HOME", ""), ("HOME", base.as_str())],
            ".config/countersign/profiles/acme.toml",
        ),
    ] {
        let variables = [vec![("COUNTERSIGN_CONFIG_DIR", "")], variables].concat();
        let add = ["profile", "add", "acme", "--keys", "keys.toml"];
        run_with(home.files().path(), &add, b"", &variables).exits(0);
        assert!(home.files().path().join(file).exists(), "{file}");
    }
    let nowhere = [
        ("COUNTERSIGN_CONFIG_DIR", ""),
        ("XDG_CONFIG_HOME", ""),
        ("HOME", ""),
    ];
    let ran = run_with(home.files().path(), &["profile", "list"], b"", &nowhere).exits(3);
    assert!(ran.err.contains("COUNTERSIGN_CONFIG_DIR"), "{}", ran.err);
    // Who has no place for profiles can still do without.
    let sign = ["sign", "--keys", "keys.toml", "https://a.example/"];
    run_with(home.files().path(), &sign, b"", &nowhere).exits(0);
}
