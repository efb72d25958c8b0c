//! Help, completions, manual pages.

use crate::run::{Files, run};

const COMMANDS: &[&[&str]] = &[
    &["sign"],
    &["verify"],
    &["doctor"],
    &["explain"],
    &["clock"],
    &["cert"],
    &["cert", "inspect"],
    &["cert", "check"],
    &["cert", "new"],
    &["cert", "renew"],
    &["profile"],
    &["profile", "add"],
    &["profile", "import"],
    #[cfg(feature = "keyring")]
    &["profile", "keyring"],
    &["profile", "list"],
    &["profile", "use"],
    &["profile", "show"],
    &["profile", "status"],
    &["profile", "remove"],
    &["profile", "presets"],
    &["completions"],
    &["man"],
    &["schema"],
];

/// What the feature `network` brings.
#[cfg(feature = "network")]
const NETWORK: &[&[&str]] = &[
    &["request"],
    &["token"],
    &["token", "authorize"],
    &["token", "reinstate"],
    &["token", "renew"],
    &["token", "status"],
];
#[cfg(not(feature = "network"))]
const NETWORK: &[&[&str]] = &[];

/// What the feature `service` brings.
#[cfg(feature = "service")]
const SERVICE: &[&[&str]] = &[
    &["demo"],
    &["serve"],
    &["admin"],
    &["admin", "consumer"],
    &["admin", "consumer", "list"],
    &["admin", "consumer", "show"],
    &["admin", "consumer", "add"],
    &["admin", "consumer", "set"],
    &["admin", "consumer", "secret"],
    &["admin", "consumer", "reject"],
    &["admin", "consumer", "accept"],
    &["admin", "consumer", "remove"],
    &["admin", "certificate"],
    &["admin", "certificate", "list"],
    &["admin", "certificate", "add"],
    &["admin", "certificate", "remove"],
    &["admin", "user"],
    &["admin", "user", "list"],
    &["admin", "user", "show"],
    &["admin", "user", "add"],
    &["admin", "user", "password"],
    &["admin", "user", "role"],
    &["admin", "user", "leave"],
    &["admin", "user", "remove"],
    &["admin", "user", "hash"],
    &["admin", "grant"],
    &["admin", "grant", "list"],
    &["admin", "grant", "show"],
    &["admin", "grant", "revoke"],
    &["admin", "token"],
    &["admin", "token", "show"],
    &["admin", "token", "revoke"],
];
#[cfg(not(feature = "service"))]
const SERVICE: &[&[&str]] = &[];

/// What the feature `proxy` brings.
#[cfg(feature = "proxy")]
const PROXY: &[&[&str]] = &[&["proxy"]];
#[cfg(not(feature = "proxy"))]
const PROXY: &[&[&str]] = &[];

fn commands() -> impl Iterator<Item = &'static [&'static str]> {
    COMMANDS
        .iter()
        .chain(NETWORK)
        .chain(SERVICE)
        .chain(PROXY)
        .copied()
}

#[test]
fn every_help_has_examples_and_exit_codes() {
    for command in commands() {
        let ran = run(&[command, &["--help"][..]].concat()).exits(0);
        assert!(
            ran.out.contains("\nExamples:\n"),
            "{command:?}: {}",
            ran.out
        );
        if ![["cert"], ["profile"], ["token"]]
            .iter()
            .any(|it| command == it)
        {
            assert!(
                ran.out.contains("Exit codes: 0 "),
                "{command:?}: {}",
                ran.out
            );
        }
    }
    let ran = run(&["--help"]).exits(0);
    for command in commands().filter(|command| command.len() == 1) {
        assert!(
            ran.out.contains(&format!("\n  {} ", command[0])),
            "{command:?}"
        );
    }
    assert!(ran.out.contains("Exit codes:\n  0  yes"), "{}", ran.out);
}

#[test]
fn nothing_at_all_shows_the_help_as_usage() {
    let ran = run(&[]).exits(2);
    assert!(ran.err.contains("Examples:"), "{}", ran.err);
}

#[test]
fn a_misspelt_command_is_guessed() {
    let ran = run(&["doktor"]).exits(2);
    assert!(ran.err.contains("'doctor'"), "{}", ran.err);
    assert!(run(&["--version"]).exits(0).out.starts_with("countersign "));
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = run(&["completions", shell]).exits(0);
        assert!(ran.out.contains("doctor"), "{shell}");
    }
    run(&["completions", "csh"]).exits(2);
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let ran = run(&["man"]).exits(0);
    assert!(ran.out.contains(".TH countersign 1"), "{}", ran.out);
    let files = Files::new();
    files.run(&["man", "man1"]).exits(0);
    for page in [
        "countersign.1",
        "countersign-sign.1",
        "countersign-cert-check.1",
        "countersign-profile-add.1",
    ] {
        assert!(files.path().join("man1").join(page).exists(), "{page}");
    }
}

/// Options whose value could be a secret: there must be none.
#[test]
fn no_option_takes_a_secret() {
    for command in commands() {
        let help = run(&[command, &["--help"][..]].concat()).exits(0).out;
        let (options, _) = help.split_once("\nExamples:").unwrap();
        for line in options
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with("--"))
        {
            let name = line.split([' ', '=']).next().unwrap();
            let is_file = name.ends_with("-file") || line.contains("<FILE>");
            for word in ["secret", "password", "passphrase", "token", "private"] {
                assert!(!name.contains(word) || is_file, "{command:?}: {line}");
            }
        }
    }
}

/// An example that names a preset names one that there is.
#[test]
fn presets_in_examples_are_known() {
    let mut seen = 0;
    for command in [COMMANDS, NETWORK, SERVICE].concat() {
        let help = run(&[command, &["--help"]].concat()).exits(0).out;
        let words: Vec<&str> = help.split_whitespace().collect();
        for pair in words.windows(2).filter(|pair| pair[0] == "--preset") {
            if pair[1].starts_with(|first: char| first.is_ascii_lowercase()) {
                run(&["profile", "presets", pair[1]]).exits(0);
                seen += 1;
            }
        }
    }
    assert!(seen >= 4, "{seen}");
}
