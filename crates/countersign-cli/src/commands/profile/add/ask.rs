//! Credentials from the keyboard, where `--ask` asks for them.

use std::io::{BufRead as _, IsTerminal as _, Read as _};

use countersign_key::Secret;

use crate::exit::Failure;
use crate::keys_file::{Hidden, Written};
use crate::output;

/// A line that is longer is no key.
const LONGEST: u64 = 64 * 1024;

/// Writes one line.
type Set = fn(&mut Written, &str);

/// Asks for each; an empty line leaves it out.
pub(super) fn read() -> Result<Written, Failure> {
    let mut written = Written::default();
    let lines: [(&str, Set); 4] = [
        ("consumer key: ", |to, it| {
            to.consumer_key = Some(it.to_owned());
        }),
        ("consumer secret: ", |to, it| {
            to.consumer_secret = Some(Hidden::new(it));
        }),
        ("token: ", |to, it| to.token = Some(it.to_owned())),
        ("token secret: ", |to, it| {
            to.token_secret = Some(Hidden::new(it));
        }),
    ];
    for (question, set) in lines {
        output::ask(question);
        let answer = answer()?;
        let answer = answer.expose_secret().trim_end_matches(['\r', '\n']);
        if !answer.is_empty() {
            set(&mut written, answer);
        }
    }
    if written.consumer_key.is_none() {
        return Err(Failure::Credentials(
            "--ask: expected a consumer key, found none".to_owned(),
        ));
    }
    Ok(written)
}

fn answer() -> Result<Secret, Failure> {
    let failed = |source| Failure::File {
        path: "standard input".into(),
        source,
    };
    if std::io::stdin().is_terminal() {
        return rpassword::read_password().map(Secret::new).map_err(failed);
    }
    let mut line = String::new();
    let mut input = std::io::stdin().lock().take(LONGEST);
    input.read_line(&mut line).map_err(failed)?;
    Ok(Secret::new(line))
}
