//! The command line, read by hand: nine words do not need a parser crate.

use crate::bench::GROUPS;
use crate::ci::SECTIONS;

pub(crate) const USAGE: &str = "\
usage: cargo xtask COMMAND

  ci [--strict] [SECTION...]   run CI, or some of its sections
  tidy                         check the shape of the repository
  bench [GROUP...]             measure against the peers; a missed limit fails
  dist                         build the command as it is given out
  fuzz [build|replay|smoke [--seconds N]|TARGET [--seconds N]]
  soak                         the long counts: property cases, the zoo, 60 s a fuzz target
  vectors [check|list]         check the vectors' sums, or count them
  setup                        install what `ci --strict` needs";

/// How long `ci` fuzzes each target.
pub(crate) const SMOKE_SECONDS: u32 = 5;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Bench { groups: Vec<String> },
    Ci { strict: bool, sections: Vec<String> },
    Dist,
    Fuzz(FuzzAction),
    Help,
    Setup,
    Soak,
    Tidy,
    Vectors { list: bool },
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FuzzAction {
    Build,
    Replay,
    Smoke { seconds: u32 },
    One { target: String, seconds: u32 },
}

pub(crate) fn parse(words: &[String]) -> Result<Command, String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some((command, rest)) = words.split_first() else {
        return Ok(Command::Help);
    };
    match *command {
        "bench" => bench(rest),
        "ci" => ci(rest),
        "fuzz" => fuzz(rest).map(Command::Fuzz),
        "vectors" => match rest {
            [] | ["check"] => Ok(Command::Vectors { list: false }),
            ["list"] => Ok(Command::Vectors { list: true }),
            _ => Err("vectors takes `check` or `list`".to_owned()),
        },
        "help" | "-h" | "--help" => Ok(Command::Help),
        other => {
            let command = match other {
                "dist" => Command::Dist,
                "setup" => Command::Setup,
                "soak" => Command::Soak,
                "tidy" => Command::Tidy,
                _ => return Err(format!("no command `{other}`")),
            };
            match rest {
                [] => Ok(command),
                [extra, ..] => Err(format!("`{other}` takes no `{extra}`")),
            }
        }
    }
}

fn bench(rest: &[&str]) -> Result<Command, String> {
    let known = || GROUPS.iter().map(|(group, _)| *group);
    if let Some(other) = rest
        .iter()
        .find(|word| !known().any(|group| group == **word))
    {
        let known: Vec<&str> = known().collect();
        return Err(format!(
            "no group `{other}`; there are {}",
            known.join(", ")
        ));
    }
    Ok(Command::Bench {
        groups: rest.iter().map(|word| (*word).to_owned()).collect(),
    })
}

fn ci(rest: &[&str]) -> Result<Command, String> {
    let mut strict = false;
    let mut sections = Vec::new();
    for word in rest {
        if *word == "--strict" {
            strict = true;
            continue;
        }
        let name = word.to_ascii_uppercase();
        if !SECTIONS.iter().any(|section| section.name == name) {
            let known: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
            return Err(format!(
                "no section `{word}`; there are {}",
                known.join(", ")
            ));
        }
        sections.push(name);
    }
    Ok(Command::Ci { strict, sections })
}

fn fuzz(rest: &[&str]) -> Result<FuzzAction, String> {
    let (seconds, rest) = match rest {
        [before @ .., "--seconds", number] => {
            let seconds = number
                .parse::<u32>()
                .ok()
                .filter(|seconds| *seconds > 0)
                .ok_or_else(|| format!("--seconds takes a whole number from 1, not `{number}`"))?;
            (Some(seconds), before)
        }
        all => (None, all),
    };
    match (rest, seconds) {
        ([] | ["smoke"], seconds) => Ok(FuzzAction::Smoke {
            seconds: seconds.unwrap_or(SMOKE_SECONDS),
        }),
        (["build"], None) => Ok(FuzzAction::Build),
        (["replay"], None) => Ok(FuzzAction::Replay),
        (["build" | "replay"], Some(_)) => Err("--seconds goes with smoke or a target".to_owned()),
        ([target], seconds) if !target.starts_with('-') => Ok(FuzzAction::One {
            target: (*target).to_owned(),
            seconds: seconds.unwrap_or(60),
        }),
        _ => Err("fuzz takes one of build, replay, smoke or a target's name".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Command, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&words)
    }

    #[test]
    fn commands_are_read() {
        assert_eq!(read(""), Ok(Command::Help));
        assert_eq!(read("tidy"), Ok(Command::Tidy));
        assert_eq!(read("dist"), Ok(Command::Dist));
        assert_eq!(read("vectors list"), Ok(Command::Vectors { list: true }));
        assert_eq!(
            read("ci --strict fmt TIDY"),
            Ok(Command::Ci {
                strict: true,
                sections: vec!["FMT".into(), "TIDY".into()]
            })
        );
        assert_eq!(
            read("fuzz smoke --seconds 7"),
            Ok(Command::Fuzz(FuzzAction::Smoke { seconds: 7 }))
        );
        assert_eq!(
            read("fuzz base_uri"),
            Ok(Command::Fuzz(FuzzAction::One {
                target: "base_uri".into(),
                seconds: 60
            }))
        );
    }

    #[test]
    fn misspelled_words_are_refused() {
        for line in [
            "tidyy",
            "tidy now",
            "dist now",
            "ci --stric",
            "ci NOSUCH",
            "vectors all",
            "fuzz a b",
            "fuzz --seconds x",
            "fuzz smoke --seconds 0",
            "fuzz build --seconds 3",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
