//! `cargo xtask ci`: the only definition of CI, as a table of sections.

mod build;
mod deny;
mod lint;
mod package;
mod test;
mod tree;

use core::fmt;
use core::time::Duration;
use std::time::Instant;

use crate::workspace::Workspace;
use crate::{fuzz, setup, tidy, vectors};

/// What a section works with.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) workspace: Workspace,
    pub(crate) strict: bool,
}

/// What a section that did not fail has to say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    /// Left undone because this machine lacks something; a failure under `--strict`.
    pub(crate) skipped: Vec<String>,
    /// Left undone because the internet can't be reached.
    pub(crate) offline: Vec<String>,
}

impl Notes {
    pub(crate) fn skip(reason: impl Into<String>) -> Self {
        Self {
            skipped: vec![reason.into()],
            offline: Vec::new(),
        }
    }
}

type Run = fn(&Context) -> Result<Notes, String>;

#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) name: &'static str,
    run: Run,
}

const fn section(name: &'static str, run: Run) -> Section {
    Section { name, run }
}

/// In this order: quick answers first, then what reuses the builds before it.
pub(crate) const SECTIONS: &[Section] = &[
    section("SETUP", setup::section),
    section("FMT", lint::fmt),
    section("TIDY", tidy_and_vectors),
    section("CLIPPY", lint::clippy),
    section("TEST", test::test),
    section("DOCTEST", test::doctest),
    section("DOC", lint::doc),
    section("TREE", tree::section),
    section("FEATURES", build::features),
    section("NOSTD", build::no_std),
    section("WASM", build::wasm),
    section("MSRV", build::msrv),
    section("FUZZ-REPLAY", fuzz::replay_section),
    section("FUZZ-SMOKE", fuzz::smoke_section),
    section("DENY", deny::section),
    section("PACKAGE", package::section),
];

/// Runs the named sections, or all of them; SETUP only when it is named or `strict`.
pub(crate) fn run(strict: bool, wanted: &[String]) -> Result<(), String> {
    let context = Context {
        workspace: Workspace::load()?,
        strict,
    };
    let mut rows = Vec::new();
    let all = Instant::now();
    for section in SECTIONS
        .iter()
        .filter(|section| chosen(section.name, strict, wanted))
    {
        println!("\n== {} ==", section.name);
        let start = Instant::now();
        let outcome = Verdict::of((section.run)(&context), strict);
        println!("{}: {outcome}", section.name);
        rows.push((section.name, outcome, start.elapsed()));
    }
    print!("{}", table(&rows, all.elapsed()));
    let failed: Vec<&str> = rows
        .iter()
        .filter(|(_, verdict, _)| verdict.fails())
        .map(|(name, ..)| *name)
        .collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("failed: {}", failed.join(", ")))
    }
}

fn chosen(name: &str, strict: bool, wanted: &[String]) -> bool {
    if wanted.is_empty() {
        strict || name != "SETUP"
    } else {
        wanted.iter().any(|word| word == name)
    }
}

fn tidy_and_vectors(context: &Context) -> Result<Notes, String> {
    let tidy = tidy::run(&context.workspace);
    let vectors = vectors::check(&context.workspace);
    tidy.and(vectors).map(|()| Notes::default())
}

/// How a section ended.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Ok(Notes),
    Failed(String),
}

impl Verdict {
    fn of(result: Result<Notes, String>, strict: bool) -> Self {
        match result {
            Ok(notes) if strict && !notes.skipped.is_empty() => {
                Self::Failed(format!("SKIP under --strict: {}", notes.skipped.join("; ")))
            }
            Ok(notes) => Self::Ok(notes),
            Err(message) => Self::Failed(message),
        }
    }

    fn fails(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let notes = match self {
            Self::Failed(message) => return write!(f, "FAIL {message}"),
            Self::Ok(notes) => notes,
        };
        let mut words = Vec::new();
        if !notes.skipped.is_empty() {
            words.push(format!("SKIP {}", notes.skipped.join("; ")));
        }
        if !notes.offline.is_empty() {
            words.push(format!("OFFLINE {}", notes.offline.join("; ")));
        }
        if words.is_empty() {
            words.push("ok".to_owned());
        }
        f.write_str(&words.join("; "))
    }
}

/// The table cuts results to this; the section itself printed all of it.
const WIDTH: usize = 100;

fn table(rows: &[(&str, Verdict, Duration)], total: Duration) -> String {
    use fmt::Write as _;

    let mut text = String::from("\n");
    for (name, verdict, took) in rows {
        let verdict = verdict.to_string();
        let first_line: String = verdict
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .take(WIDTH)
            .collect();
        // Writing to a String can't fail.
        let _ = writeln!(
            text,
            "{name:<12} {:>7.1} s  {first_line}",
            took.as_secs_f64()
        );
    }
    let _ = writeln!(text, "{:<12} {:>7.1} s", "all", total.as_secs_f64());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setup_runs_when_strict_or_named() {
        let none: &[String] = &[];
        assert!(!chosen("SETUP", false, none));
        assert!(chosen("SETUP", true, none));
        assert!(chosen("SETUP", false, &["SETUP".into()]));
        assert!(chosen("FMT", false, none));
        assert!(!chosen("FMT", true, &["TIDY".into()]));
    }

    #[test]
    fn a_skip_fails_only_under_strict_and_offline_never() {
        let skip = || Ok(Notes::skip("no rustup"));
        assert!(!Verdict::of(skip(), false).fails());
        assert!(Verdict::of(skip(), true).fails());
        let offline = || {
            Ok(Notes {
                offline: vec!["advisories".into()],
                ..Notes::default()
            })
        };
        assert!(!Verdict::of(offline(), true).fails());
        assert!(Verdict::of(Err("broken".into()), false).fails());
    }

    #[test]
    fn the_table_names_result_and_seconds() {
        let rows = [
            (
                "FMT",
                Verdict::Ok(Notes::default()),
                Duration::from_millis(1500),
            ),
            (
                "MSRV",
                Verdict::Ok(Notes::skip("no rustup")),
                Duration::from_secs(2),
            ),
            (
                "TEST",
                Verdict::Failed("cargo test\nmore".into()),
                Duration::ZERO,
            ),
        ];
        let text = table(&rows, Duration::from_secs(4));
        assert_eq!(
            text,
            "\nFMT              1.5 s  ok\n\
             MSRV             2.0 s  SKIP no rustup\n\
             TEST             0.0 s  FAIL cargo test\n\
             all              4.0 s\n"
        );
    }
}
